"""A bundle measured on a split of a prepared set, written as JSON for programs and as HTML to read."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int64

from semblante.celeba import PreparedSet, summarise
from semblante.errors import EmptyDataset, InvalidOption
from semblante.files import write_json
from semblante.geometry import resize_to_square
from semblante.i18n import tr
from semblante.labels import ATTRIBUTES
from semblante.metrics import Scored, evaluate, sigmoid
from semblante.metrics.results import Evaluation
from semblante.model.bundle import Bundle, is_in_pretrained
from semblante.model.face_model import FaceModel
from semblante.report import DataSection, ModelSection, pick_examples, write_report
from semblante.types import Crops, OnProgress, Split, unwatched

BATCH = 256
SHOWN_FACES = 24


@dataclass(frozen=True)
class Measured:
    """An evaluation, and the rows and logits (n, 40) that it was made from."""

    evaluation: Evaluation
    rows: Int64[np.ndarray, " n"]
    logits: Float32[np.ndarray, "n 40"]


def measure(
    bundle: Bundle,
    data: PreparedSet,
    split: Split = "val",
    on_progress: OnProgress = unwatched,
) -> Measured:
    """Run the bundle's network on a split and measure it. Raises `NothingUsable` if the split is empty.

    Nobody is verified where the embeddings of the split are too many to be collected.
    """
    rows = data.rows(split)
    if not len(rows):
        raise EmptyDataset(
            tr("{path}: no images in the split {split}; choose another one", path=data.folder, split=split)
        )
    network = FaceModel(bundle)
    batches = (
        crops_of(data, part, bundle.side_px) for part in np.split(rows, range(BATCH, len(rows), BATCH))
    )
    logits, embeddings = network.collect(batches, len(rows), on_progress)
    positive_rates = np.asarray(bundle.manifest["training"]["positive_rates"], np.float64)
    scored = Scored(logits, data.labels[rows], data.identities[rows], positive_rates, embeddings)
    return Measured(evaluate(scored, split, bundle.network_sha256, data.sha256), rows, logits)


def evaluation_paths(bundle: Bundle, split: Split, folder: Path | None = None) -> tuple[Path, Path]:
    """The JSON and the HTML file of an evaluation in `folder`, by default beside the network.

    The network that comes along has the working folder instead: the HTML shows pictures of the data set,
    which must not get into the package. Raises `BadSetting` where they would.
    """
    where = folder or (Path() if is_in_pretrained(bundle.folder) else bundle.folder)
    if is_in_pretrained(where):
        raise InvalidOption(
            tr("{path}: this folder is Semblante's own; name another one with --out", path=where.resolve())
        )
    return where / f"evaluation-{split}.json", where / f"evaluation-{split}.html"


def write_evaluation(
    measured: Measured, bundle: Bundle, data: PreparedSet, folder: Path | None = None
) -> tuple[Path, Path]:
    """Write the two files that `evaluation_paths` names, and return their paths."""
    as_json, as_html = evaluation_paths(bundle, measured.evaluation.split, folder)
    write_json(as_json, measured.evaluation.as_json())
    sections = (model_section(measured, bundle, data), data_section(data))
    write_report(as_html, sections, bundle.manifest["licence"]["terms"])
    return as_json, as_html


def model_section(measured: Measured, bundle: Bundle, data: PreparedSet) -> ModelSection:
    """The report's part on the network, with its surest hits and worst mistakes."""
    hits, mistakes = pick_examples(
        data.images, measured.rows, data.labels[measured.rows], sigmoid(measured.logits).astype(np.float32)
    )
    return ModelSection(bundle.manifest, bundle.history, measured.evaluation, hits, mistakes)


def data_section(data: PreparedSet) -> DataSection:
    """The report's part on the prepared set, with some of its faces."""
    summary = summarise(data)
    rows = np.linspace(0, len(data.names) - 1, min(SHOWN_FACES, len(data.names))).astype(int)
    manifest = data.manifest.as_json()
    return DataSection(
        images=summary.images_by_split,
        people=summary.people,
        positive_shares=dict(zip(ATTRIBUTES, data.labels.mean(axis=0).tolist(), strict=True)),
        skipped={issue: rows.names for issue, rows in data.manifest.skipped.items()},
        notes=summary.notes,
        pictures=tuple(np.asarray(data.images[row]) for row in rows),
        settings={
            name: manifest[name] for name in ("layout", "terms", "side_px", "frame", "sha256", "sources")
        },
    )


def crops_of(data: PreparedSet, rows: Int64[np.ndarray, " n"], side_px: int) -> Crops:
    """The images of `rows`, resized to `side_px` if they have another side."""
    crops: Crops = data.images[rows]
    return crops if data.side_px == side_px else np.stack([resize_to_square(crop, side_px) for crop in crops])
