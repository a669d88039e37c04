"""A network file becomes a bundle: measured as it will be used, and with background embeddings.

network.onnx, manifest -> logits and embeddings of the validation images -> figures in the manifest
                       -> embeddings of training people                  -> background.npy
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float16, Int32, Int64, UInt8

from semblante.celeba import PreparedSet
from semblante.geometry import resize_to_square
from semblante.jobs import SILENT, JobContext
from semblante.metrics import Scored, evaluation_of
from semblante.model.bundle import Bundle, write_bundle
from semblante.model.face_model import BATCH, FaceModel
from semblante.types import Crops, Embeddings

MAX_BACKGROUND_PEOPLE = 4000
"""A threshold that 1 face of other people in 2,000 may pass needs some thousands of them."""
MAX_BACKGROUND_VALUES = 60_000_000
"""120 MB. Embeddings of so many people are 2 MB; of whole feature maps of large images fewer fit."""


def write_measured_bundle(
    out: Path,
    content: bytes,
    manifest: dict[str, Any],
    data: PreparedSet,
    images: Crops,
    job: JobContext = SILENT,
) -> Bundle:
    """Write the bundle of the ONNX file `content`, and in its manifest what the file does with `data`.

    `images` are all of the prepared set's at any side; what the file takes is resized. Stage "evaluating".
    Raises `Cancelled` before anything is written.
    """
    with tempfile.TemporaryDirectory(prefix="semblante-") as folder:
        model = FaceModel(write_bundle(Path(folder), content, manifest))

        def sized(crops: Crops) -> UInt8[np.ndarray, "n t t 3"]:
            job.check()
            return np.stack([resize_to_square(crop, model.bundle.side_px) for crop in crops])

        def embeddings_of(crops: Crops) -> Embeddings:
            return model(sized(crops)).embeddings

        rows = data.rows("val")
        logits, embeddings = model.collect((sized(images[part]) for part in _batches(rows)), len(rows), job)
        rates = np.asarray(manifest["training"]["positive_rates"], np.float64)
        scored = Scored(
            logits, data.labels[rows], data.identities[rows], rates, embeddings, data.manifest.terms
        )
        evaluation = evaluation_of(scored, "val", model.bundle.network_sha256, data.sha256, job)
        background = choose_background(embeddings_of, images, data.identities, data.rows("train"))
    val = {
        **manifest["metrics"]["val"],
        "accuracy": evaluation.mean_accuracy.value,
        "balanced_accuracy": evaluation.mean_balanced_accuracy.value,
        "evaluation": evaluation.as_json(),
    }
    return write_bundle(out, content, {**manifest, "metrics": {"val": val}}, background)


def choose_background(
    embeddings_of: Callable[[Crops], Embeddings],
    crops: Crops,
    identities: Int32[np.ndarray, " n"],
    rows: Int64[np.ndarray, " k"],
    seed: int = 0,
) -> Float16[np.ndarray, "m d"]:
    """The background embeddings of a bundle, so that a person can be learnt without a folder of others.

    One photo each of training people, at random: neither their likeliest photo nor a mean,
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


def _batches(rows: Int64[np.ndarray, " n"]) -> list[Int64[np.ndarray, " k"]]:
    return np.split(rows, range(BATCH, len(rows), BATCH))
