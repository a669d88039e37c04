"""The end of a training: its best weights become a bundle, and what only the training needed goes.

best weights -> map of the embeddings -> ONNX -> checked -> 8 bits -> measured on the file itself
             -> background embeddings -> network.onnx, background.npy, manifest.json
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float64, Int64

from semblante.celeba import PreparedSet
from semblante.files import partials_of, sha256_of
from semblante.geometry import FRAME_HEIGHT_PX, FRAME_WIDTH_PX
from semblante.jobs import SILENT, EpochRow, JobContext, best_row
from semblante.model.bundle import BACKGROUND_NAME, MANIFEST_NAME, NETWORK_NAME
from semblante.model.face_model import BATCH
from semblante.train.checkpoint import CHECKPOINT_NAME
from semblante.train.data_loader import resized_path
from semblante.train.discriminant_scaling import fit_discriminant_scaling
from semblante.train.distributed import Distributed
from semblante.train.embedding_map import EmbeddingMap, fit_teacher_map
from semblante.train.export import (
    OPSET,
    DeployedNetwork,
    check_export,
    embedding_agreement,
    quantise,
    to_onnx,
)
from semblante.train.measured_bundle import write_measured_bundle
from semblante.train.networks import AttributeNetwork
from semblante.train.recipes import Recipe
from semblante.train.resumption import Purpose, can_add_epochs
from semblante.train.settings import Settings
from semblante.train.teacher import DistillationTargets, Teacher
from semblante.train.training_logger import LOG_NAME
from semblante.types import Crops

CELEBA_TERMS = (
    "Trained on CelebA: for non-commercial research only. "
    "Not for deciding about people, and not for identifying anyone without consent."
)
DRAWN_TERMS = "Trained on drawn faces: free to use, and worth nothing on real ones."
_TAUGHT_BY = {"name", "licence", "source", "training_data"}
CHECKED_CROPS = 16
CALIBRATION_CROPS = 256
MIN_AGREEMENT = 0.99
"""The mean cosine between embeddings in 8 bits and as trained from which on 8 bits are good enough."""


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
    teachers: tuple[Teacher, ...] = ()
    targets: DistillationTargets | None = None


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
    embedding_map = _fit_map(result, crops, job)
    deployed = DeployedNetwork(result.network, result.recipe.flip_tta, embedding_map)
    content = to_onnx(deployed, result.settings.side_px)
    job.check()
    check_export(content, deployed, crops[data.rows("val")[:CHECKED_CROPS]])
    if result.recipe.int8:
        content = _quantised(content, crops, data)
    job.check()
    embedding_size = embedding_map.matrix.shape[1] if embedding_map else result.network.embedding_size
    manifest = {"purpose": purpose, **_manifest(result, content, embedding_size)}
    write_measured_bundle(out, content, manifest, data, crops, job)
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


def _fit_map(result: TrainingResult, crops: Crops, job: JobContext) -> EmbeddingMap | None:
    """The map to what teachers see; else the discriminant scaling, where people were learnt."""
    rows = result.data.rows("train")
    if result.targets is None:
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
    embeddings = np.concatenate(parts)
    if result.targets is not None:
        return fit_teacher_map(embeddings, result.targets.images)
    return fit_discriminant_scaling(embeddings, result.data.identities[rows])


def _quantised(content: bytes, crops: Crops, data: PreparedSet) -> bytes:
    """The network in 8 bits if that hardly moves its embeddings, else as it is (small crops need more)."""
    train_rows, val_rows = data.rows("train"), data.rows("val")
    chosen = np.linspace(0, len(train_rows) - 1, min(CALIBRATION_CROPS, len(train_rows))).astype(int)
    small = quantise(content, crops[train_rows[chosen]])
    checked = crops[val_rows[:CALIBRATION_CROPS]]
    return small if embedding_agreement(content, small, checked) >= MIN_AGREEMENT else content


def _batches(rows: Int64[np.ndarray, " n"]) -> list[Int64[np.ndarray, " k"]]:
    return np.split(rows, range(BATCH, len(rows), BATCH))


def _manifest(result: TrainingResult, content: bytes, embedding_size: int) -> dict[str, Any]:
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
        "teachers": [
            {"sha256": sha256_of(each.network), **each.description.model_dump(include=_TAUGHT_BY)}
            for each in result.teachers
        ],
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
            "embedding_size": embedding_size,
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
