"""A trained network evaluated on a split of a prepared set."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int64

from semblante.celeba import PreparedSet
from semblante.errors import EmptyDataset, check_type
from semblante.geometry import resize_to_square
from semblante.jobs import SILENT, JobContext
from semblante.metrics import Scored, evaluation_of
from semblante.metrics.results import Evaluation
from semblante.model.face_model import FaceModel
from semblante.types import Crops, Split

BATCH = 256


@dataclass(frozen=True, eq=False)
class EvaluatedSplit:
    """An evaluation, and the rows of the prepared set and their logits that it was made from."""

    evaluation: Evaluation
    rows: Int64[np.ndarray, " n"]
    logits: Float32[np.ndarray, "n 40"]


def evaluate(
    model: FaceModel, data: PreparedSet, split: Split = "val", job: JobContext = SILENT
) -> EvaluatedSplit:
    """Run the model on a split and measure how well it does; stage `evaluating`.

    Verification is left out where the embeddings of the split are too many to be collected. Raises
    `EmptyDataset` if the split is empty, `Cancelled`.
    """
    check_type(model, FaceModel)
    check_type(data, PreparedSet)
    rows = data.rows(split)
    if not len(rows):
        raise EmptyDataset("no_images_in_split", path=data.folder, split=split)
    bundle = model.bundle
    batches = (
        crops_of(data, part, bundle.side_px) for part in np.split(rows, range(BATCH, len(rows), BATCH))
    )
    logits, embeddings = model.collect(batches, len(rows), job)
    positive_rates = np.asarray(bundle.manifest["training"]["positive_rates"], np.float64)
    scored = Scored(
        logits, data.labels[rows], data.identities[rows], positive_rates, embeddings, data.manifest.terms
    )
    evaluation = evaluation_of(scored, split, bundle.network_sha256, data.sha256, job)
    return EvaluatedSplit(evaluation, rows, logits)


def crops_of(data: PreparedSet, rows: Int64[np.ndarray, " n"], side_px: int) -> Crops:
    """The images of `rows`, resized to `side_px` if they have another side."""
    crops: Crops = data.images[rows]
    return crops if data.side_px == side_px else np.stack([resize_to_square(crop, side_px) for crop in crops])
