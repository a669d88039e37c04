"""The end of a training: its best weights become a bundle, and what only the training needed goes.

best weights -> discriminant scaling -> ONNX -> checked -> 8 bits -> measured on the file itself
             -> background embeddings -> network.onnx, background.npy, manifest.json
"""

import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float16, Float64, Int32, Int64

from semblante.celeba import PreparedSet
from semblante.files import partials_of
from semblante.geometry import FRAME_HEIGHT_PX, FRAME_WIDTH_PX
from semblante.jobs import SILENT, EpochRow, JobContext, best_row
from semblante.metrics import Scored, evaluation_of
from semblante.metrics.results import Evaluation
from semblante.model.bundle import BACKGROUND_NAME, MANIFEST_NAME, NETWORK_NAME, write_bundle
from semblante.model.face_model import BATCH, FaceModel
from semblante.train.checkpoint import CHECKPOINT_NAME
from semblante.train.data_loader import resized_path
from semblante.train.discriminant_scaling import DiscriminantScaling, fit_discriminant_scaling
from semblante.train.distributed import Distributed
from semblante.train.export import (
    OPSET,
    DeployedNetwork,
    check_export,
    embedding_agreement,
    quantise,
    to_onnx,
)
from semblante.train.networks import AttributeNetwork
from semblante.train.recipes import Recipe
from semblante.train.resumption import Purpose, can_add_epochs
from semblante.train.settings import Settings
from semblante.train.training_logger import LOG_NAME
from semblante.types import Crops, Embeddings

CELEBA_TERMS = (
    "Trained on CelebA: for non-commercial research only. "
    "Not for deciding about people, and not for identifying anyone without consent."
)
DRAWN_TERMS = "Trained on drawn faces: free to use, and worth nothing on real ones."
CHECKED_CROPS = 16
CALIBRATION_CROPS = 256
MIN_AGREEMENT = 0.99
"""The mean cosine between embeddings in 8 bits and as trained from which on 8 bits are good enough."""
MAX_BACKGROUND_PEOPLE = 4000
"""A threshold that 1 face of other people in 2,000 may pass needs some thousands of them."""
MAX_BACKGROUND_VALUES = 60_000_000
"""120 MB. Embeddings of so many people are 2 MB; of whole feature maps of large images fewer fit."""


@dataclass(frozen=True)
class TrainingResult:
    """The best network of a training, and what the manifest says of how it came about."""

    network: AttributeNetwork
    recipe: Recipe
    settings: Settings
    history: tuple[EpochRow, ...]
    data: PreparedSet
    positive_rates: Float64[np.ndarray, "40"]
    distributed: Distributed


def finalize(
    result: TrainingResult,
    crops: Crops,
    out: Path,
    purpose: Purpose,
    job: JobContext = SILENT,
) -> None:
    """Write the bundle of a trained network and measure it; then remove what only the training needed.

    `crops` are the whole prepared set's at the network's side. The network file is checked against the
    trained network, and what the manifest says of it is measured on the file itself, as it will be used.
    Raises `Cancelled` between two of these steps and within the longer ones; the same training then begins
    here again.
    """
    data = result.data
    scaling = _fit_scaling(result, crops, job)
    deployed = DeployedNetwork(result.network, result.recipe.flip_tta, scaling)
    content = to_onnx(deployed, result.settings.side_px)
    job.check()
    check_export(content, deployed, crops[data.rows("val")[:CHECKED_CROPS]])
    if result.recipe.int8:
        content = _quantised(content, crops, data)
    job.check()
    manifest = {"purpose": purpose, **_manifest(result, content)}
    with tempfile.TemporaryDirectory(prefix="semblante-") as folder:
        model = FaceModel(write_bundle(Path(folder), content, manifest))
        evaluation = _evaluate(model, result, crops, job)

        def embeddings_of(some: Crops) -> Embeddings:
            job.check()
            return model(some).embeddings

        background = choose_background(embeddings_of, crops, data.identities, data.rows("train"))
    manifest["metrics"]["val"] |= {
        "accuracy": evaluation.mean_accuracy.value,
        "balanced_accuracy": evaluation.mean_balanced_accuracy.value,
        "evaluation": evaluation.as_json(),
    }
    write_bundle(out, content, manifest, background)
    remove_intermediates(out, result.settings.side_px, can_add_epochs(purpose))


def remove_intermediates(out: Path, side_px: int, keep_checkpoint: bool) -> None:
    """Remove from a finished training's folder what only the training needed, and what killed runs left.

    The checkpoint stays where epochs can be added to it.
    """
    intermediates = [resized_path(out, side_px)]
    if not keep_checkpoint:
        intermediates.append(out / CHECKPOINT_NAME)
    written = (
        *intermediates,
        *(out / name for name in (NETWORK_NAME, BACKGROUND_NAME, MANIFEST_NAME, LOG_NAME)),
    )
    for path in (*intermediates, *partials_of(out, [CHECKPOINT_NAME, *(path.name for path in written)])):
        path.unlink(missing_ok=True)


def _fit_scaling(result: TrainingResult, crops: Crops, job: JobContext) -> DiscriminantScaling | None:
    """The scaling of the embeddings, where people were learnt."""
    rows = result.data.rows("train")
    rows = rows[result.data.identities[rows] >= 0]
    if result.recipe.identity is None or not len(rows):
        return None
    network = result.network.eval()
    parts = []
    with torch.inference_mode():
        for part in _batches(rows):
            job.check()
            pixels = torch.from_numpy(crops[part]).permute(0, 3, 1, 2).float()
            parts.append(network(pixels)[1].numpy())
    return fit_discriminant_scaling(np.concatenate(parts), result.data.identities[rows])


def _quantised(content: bytes, crops: Crops, data: PreparedSet) -> bytes:
    """The network in 8 bits if that hardly moves its embeddings, else as it is (small crops need more)."""
    train_rows, val_rows = data.rows("train"), data.rows("val")
    chosen = np.linspace(0, len(train_rows) - 1, min(CALIBRATION_CROPS, len(train_rows))).astype(int)
    small = quantise(content, crops[train_rows[chosen]])
    checked = crops[val_rows[:CALIBRATION_CROPS]]
    return small if embedding_agreement(content, small, checked) >= MIN_AGREEMENT else content


def _evaluate(model: FaceModel, result: TrainingResult, crops: Crops, job: JobContext) -> Evaluation:
    """The network file on the validation images."""
    data = result.data
    rows = data.rows("val")

    def batch(part: Int64[np.ndarray, " k"]) -> Crops:
        job.check()
        taken: Crops = crops[part]
        return taken

    logits, embeddings = model.collect((batch(part) for part in _batches(rows)), len(rows))
    scored = Scored(
        logits,
        data.labels[rows],
        data.identities[rows],
        result.positive_rates,
        embeddings,
        data.manifest.terms,
    )
    return evaluation_of(scored, "val", model.bundle.network_sha256, data.sha256, job)


def _batches(rows: Int64[np.ndarray, " n"]) -> list[Int64[np.ndarray, " k"]]:
    return np.split(rows, range(BATCH, len(rows), BATCH))


def choose_background(
    embeddings_of: Callable[[Crops], Embeddings],
    crops: Crops,
    identities: Int32[np.ndarray, " n"],
    rows: Int64[np.ndarray, " k"],
    seed: int = 0,
) -> Float16[np.ndarray, "m d"]:
    """The background embeddings of a bundle, so that a person can be learnt without a folder of others.

    One photo each of people the network was trained on, at random: neither their likeliest photo nor a mean,
    since another person who turns up is any photo of anybody, and a threshold must have seen that. They are
    of at most `MAX_BACKGROUND_PEOPLE` and have at most `MAX_BACKGROUND_VALUES` in all.

    `crops` and `identities` are those of a whole prepared set at the network's side, `rows` the training rows
    among them. Images of unknown people (identity -1) each count as a person.
    """
    embedding_size = embeddings_of(crops[rows[:1]]).shape[1]
    count = min(MAX_BACKGROUND_PEOPLE, MAX_BACKGROUND_VALUES // embedding_size)
    chosen = _one_row_each(identities, rows, count, np.random.default_rng(seed))
    parts = [embeddings_of(crops[part]) for part in _batches(chosen)]
    background: Float16[np.ndarray, "m d"] = np.concatenate(parts).astype(np.float16)
    return background


def _one_row_each(
    identities: Int32[np.ndarray, " n"], rows: Int64[np.ndarray, " k"], count: int, rng: np.random.Generator
) -> Int64[np.ndarray, " m"]:
    shuffled = rng.permutation(rows)
    people = identities[shuffled]
    _, first = np.unique(people, return_index=True)
    unknown = np.flatnonzero(people < 0)
    each = rng.permutation(np.union1d(first, unknown))[:count]
    # Rising, so that images on the disk are read from front to back.
    return np.sort(shuffled[each])


def _manifest(result: TrainingResult, content: bytes) -> dict[str, Any]:
    recipe, settings, network = result.recipe, result.settings, result.network
    best = best_row(result.history)
    terms = result.data.manifest.terms
    return {
        "recipe": {
            **recipe.as_json(),
            "side_px": settings.side_px,
            "epochs": settings.epochs,
            "seed": settings.seed,
        },
        "data": _data_summary(result.data),
        "training": {
            "epochs": len(result.history),
            "best_epoch": best.epoch,
            "minutes": round(sum(row.seconds for row in result.history) / 60, 2),
            "device": result.distributed.device.type,
            "processes": result.distributed.world_size,
            "threads": torch.get_num_threads(),
            "torch": torch.__version__,
            "positive_rates": result.positive_rates.tolist(),
        },
        "metrics": {
            "val": {
                "loss": best.val_loss,
                "accuracy": best.accuracy,
                "balanced_accuracy": best.balanced_accuracy,
                "majority_baseline": best.majority_baseline,
            }
        },
        "history": [asdict(row) for row in result.history],
        "licence": {"terms": terms, "text": DRAWN_TERMS if terms == "drawn" else CELEBA_TERMS},
        "geometry": {"frame": [FRAME_WIDTH_PX, FRAME_HEIGHT_PX], "side_px": settings.side_px},
        "weights": {
            "bytes": len(content),
            "parameters": sum(parameter.numel() for parameter in network.parameters()),
            "embedding_size": network.embedding_size,
            "opset": OPSET,
        },
    }


def _data_summary(data: PreparedSet) -> dict[str, Any]:
    train_rows = data.rows("train")
    people = set(data.identities[train_rows].tolist()) - {-1}
    return {
        "sha256": data.sha256,
        "terms": data.manifest.terms,
        "train_images": len(train_rows),
        "val_images": len(data.rows("val")),
        "train_people": len(people) or None,
    }
