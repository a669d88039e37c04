"""The end of a training: its best weights become a bundle, and what only the training needed goes."""

import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float64, Int64

from semblante.celeba import PreparedSet
from semblante.files import partials_of
from semblante.geometry import FRAME_HEIGHT_PX, FRAME_WIDTH_PX
from semblante.jobs import EpochRow
from semblante.metrics import Scored, evaluate
from semblante.model.bundle import BACKGROUND_NAME, MANIFEST_NAME, NETWORK_NAME, write_bundle
from semblante.model.face_model import BATCH, FaceModel
from semblante.train.background import choose_background
from semblante.train.checkpoint import CHECKPOINT_NAME
from semblante.train.discriminant_scaling import DiscriminantScaling, fit_discriminant_scaling
from semblante.train.distributed import Place
from semblante.train.export import OPSET, Deployed, check_export, to_onnx
from semblante.train.networks import AttributeNetwork
from semblante.train.progress import best_row
from semblante.train.quantise import agreement, quantised
from semblante.train.recipes import Recipe, Settings
from semblante.train.resize import resized_path
from semblante.train.training_logger import LOG_NAME
from semblante.types import Crops

CELEBA_TERMS = (
    "Trained on CelebA: for non-commercial research only. "
    "Not for deciding about people, and not for identifying anyone without consent."
)
DRAWN_TERMS = "Trained on drawn faces: free to use, and worth nothing on real ones."
CHECKED_CROPS = 16
CALIBRATION_CROPS = 256
LEAST_AGREEMENT = 0.99
"""The mean cosine between embeddings in 8 bits and as trained from which on 8 bits are good enough."""


@dataclass(frozen=True)
class Trained:
    """What a training ended with: the best network, and what there is to say of how it came about."""

    network: AttributeNetwork
    recipe: Recipe
    settings: Settings
    history: tuple[EpochRow, ...]
    data: PreparedSet
    positive_rates: Float64[np.ndarray, "40"]
    place: Place


def write_bundle_of(trained: Trained, crops: Crops, out: Path, purpose: Mapping[str, object]) -> None:
    """Write the bundle of a trained network and measure it; then remove what only the training needed.

    `crops` are the whole prepared set's at the network's side. The network file is checked against the
    trained network, and what the manifest says of it is measured on the file itself, as it will be used.
    """
    side_px, data = trained.settings.side_px, trained.data
    val_rows = data.rows("val")
    deployed = Deployed(trained.network, trained.recipe.mirrored, _stretch(trained, crops))
    content = to_onnx(deployed, side_px)
    check_export(content, deployed, crops[val_rows[:CHECKED_CROPS]])
    if trained.recipe.reduced:
        content = _reduced(content, crops, data)
    manifest = {"purpose": purpose, **_manifest(trained, content)}
    with tempfile.TemporaryDirectory(prefix="semblante-") as folder:
        network = FaceModel(write_bundle(Path(folder), content, manifest))
        logits, embeddings = network.collect((crops[part] for part in _parts(val_rows)), len(val_rows))
        background = choose_background(
            lambda some: network(some).embeddings, crops, data.identities, data.rows("train")
        )
    scored = Scored(
        logits,
        data.labels[val_rows],
        data.identities[val_rows],
        trained.positive_rates,
        embeddings,
    )
    evaluation = evaluate(scored, "val", network.bundle.network_sha256, data.sha256)
    manifest["metrics"]["val"] |= {
        "accuracy": evaluation.mean_accuracy.value,
        "balanced_accuracy": evaluation.mean_balanced_accuracy.value,
        "evaluation": evaluation.as_json(),
    }
    write_bundle(out, content, manifest, background)
    tidy(out, side_px)


def tidy(out: Path, side_px: int) -> None:
    """Remove from a finished training's folder what only the training needed, and what killed runs left."""
    needed = (out / CHECKPOINT_NAME, resized_path(out, side_px))
    written = (*needed, out / NETWORK_NAME, out / BACKGROUND_NAME, out / MANIFEST_NAME, out / LOG_NAME)
    for path in (*needed, *partials_of(out, [path.name for path in written])):
        path.unlink(missing_ok=True)


def _parts(rows: Int64[np.ndarray, " n"]) -> list[Int64[np.ndarray, " k"]]:
    return np.split(rows, range(BATCH, len(rows), BATCH))


def _stretch(trained: Trained, crops: Crops) -> DiscriminantScaling | None:
    """How the embeddings are to be stretched, where people were learnt."""
    rows = trained.data.rows("train")
    rows = rows[trained.data.identities[rows] >= 0]
    if trained.recipe.identity is None or not len(rows):
        return None
    network = trained.network.eval()
    with torch.inference_mode():
        parts = [
            network(torch.from_numpy(crops[part]).permute(0, 3, 1, 2).float())[1].numpy()
            for part in _parts(rows)
        ]
    return fit_discriminant_scaling(np.concatenate(parts), trained.data.identities[rows])


def _reduced(content: bytes, crops: Crops, data: PreparedSet) -> bytes:
    """The network in 8 bits if that hardly moves its embeddings, else as it is (small crops need more)."""
    train_rows, val_rows = data.rows("train"), data.rows("val")
    chosen = np.linspace(0, len(train_rows) - 1, min(CALIBRATION_CROPS, len(train_rows))).astype(int)
    small = quantised(content, crops[train_rows[chosen]])
    checked = crops[val_rows[:CALIBRATION_CROPS]]
    return small if agreement(content, small, checked) >= LEAST_AGREEMENT else content


def _manifest(trained: Trained, content: bytes) -> dict[str, Any]:
    recipe, settings, network = trained.recipe, trained.settings, trained.network
    best = best_row(trained.history)
    terms = trained.data.manifest.terms
    return {
        "recipe": {
            **recipe.plain(),
            "side_px": settings.side_px,
            "epochs": settings.epochs,
            "seed": settings.seed,
        },
        "data": _data(trained.data),
        "training": {
            "epochs": len(trained.history),
            "best_epoch": best.epoch,
            "minutes": round(sum(row.seconds for row in trained.history) / 60, 2),
            "device": trained.place.device.type,
            "processes": trained.place.world,
            "threads": torch.get_num_threads(),
            "torch": torch.__version__,
            "positive_rates": trained.positive_rates.tolist(),
        },
        "metrics": {
            "val": {
                "loss": best.val_loss,
                "accuracy": best.accuracy,
                "balanced_accuracy": best.balanced_accuracy,
                "majority_baseline": best.majority_baseline,
            }
        },
        "history": [asdict(row) for row in trained.history],
        "licence": {"terms": terms, "text": DRAWN_TERMS if terms == "drawn" else CELEBA_TERMS},
        "geometry": {"frame": [FRAME_WIDTH_PX, FRAME_HEIGHT_PX], "side_px": settings.side_px},
        "weights": {
            "bytes": len(content),
            "parameters": sum(parameter.numel() for parameter in network.parameters()),
            "embedding_size": network.embedding_size,
            "opset": OPSET,
        },
    }


def _data(data: PreparedSet) -> dict[str, Any]:
    train_rows = data.rows("train")
    people = set(data.identities[train_rows].tolist()) - {-1}
    return {
        "sha256": data.sha256,
        "terms": data.manifest.terms,
        "train_images": len(train_rows),
        "val_images": len(data.rows("val")),
        "train_people": len(people) or None,
    }
