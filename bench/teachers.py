"""Embedding networks adopted, beside the bundled model: how well each tells the same people apart.

    python bench/teachers.py DATA [NETWORK ...] [--as NAME ...] [--images IMAGES] [--people PEOPLE]
        [--photos 10] [--least 30]

Each NETWORK, an ONNX file, is adopted with DATA, a prepared set; `--as` names the description of each, in
their order, where it is neither known by hash nor beside the file. All, and the bundled model, are measured
on the validation people of DATA: the true accept rate of all pairs at a false accept rate of 1 %, 0.1 % and
0.01 %; persons learnt from PHOTOS photos among background embeddings, as `bench/people.py` measures it (the
true-positive rate at a false-positive rate of 0.1 %, over the people with LEAST images or more); the size of
the file; and the time of a crop on one core. IMAGES says how many validation images to take at most, those of
the people with most of them.

Prints a Markdown table.
"""

import argparse
import dataclasses
import tempfile
import time
from pathlib import Path

import numpy as np
from jaxtyping import Int64
from people import _summary, judge_all

from semblante.celeba import PreparedSet, open_prepared
from semblante.metrics import true_accept_rate
from semblante.model.bundle import Bundle, load_pretrained, write_bundle
from semblante.model.face_model import FaceModel
from semblante.pipeline.evaluation import crops_of
from semblante.train.adoption import adopt
from semblante.train.embedding_network import describe_network
from semblante.train.measured_bundle import choose_background
from semblante.types import Crops, Embeddings

FALSE_ACCEPT_RATES = (0.01, 0.001, 0.0001)
TIMED_CROPS, TIMES = 16, 3
BATCH = 64


def embeddings_of(model: FaceModel, data: PreparedSet, rows: Int64[np.ndarray, " n"]) -> Embeddings:
    """The embeddings of rows of the prepared set, computed part by part."""
    parts = np.split(rows, range(BATCH, len(rows), BATCH))
    return np.concatenate([model(crops_of(data, part, model.bundle.side_px)).embeddings for part in parts])


def with_background(bundle: Bundle, data: PreparedSet) -> Bundle:
    """The bundle with background embeddings of the training people."""
    model = FaceModel(bundle, 1)

    def embed(crops: Crops) -> Embeddings:
        return embeddings_of(model, dataclasses.replace(data, images=crops), np.arange(len(crops)))

    background = choose_background(embed, data.images, data.identities, data.rows("train"))
    return write_bundle(bundle.folder, bundle.network_path.read_bytes(), bundle.manifest, background)


def validation_rows(data: PreparedSet, most: int | None) -> Int64[np.ndarray, " n"]:
    """The validation images, those of the people with most of them first."""
    rows = data.rows("val")
    people = data.identities[rows]
    known, counts = np.unique(people, return_counts=True)
    of_person = counts[np.searchsorted(known, people)] * (people >= 0)
    return np.sort(rows[np.lexsort((people, -of_person))][:most])


def row_of(name: str, bundle: Bundle, data: PreparedSet, options: argparse.Namespace) -> str:
    """The row of the table about one bundle."""
    model, rows = FaceModel(bundle, 1), validation_rows(data, options.images)
    crops = crops_of(data, rows[:TIMED_CROPS], bundle.side_px)
    seconds = []
    for _ in range(TIMES):
        started_s = time.perf_counter()
        model(crops)
        seconds.append((time.perf_counter() - started_s) / len(crops))
    embeddings = embeddings_of(model, data, rows)
    rates = [true_accept_rate(embeddings, data.identities[rows], rate) for rate in FALSE_ACCEPT_RATES]
    accepted = " / ".join("" if rate is None else f"{rate:.1%}" for rate in rates)
    judged = judge_all(data, rows, embeddings, bundle, options.photos, options)
    found = _summary(judged, options.photos)["summary"]["tpr_at_fpr_0.1%"]
    learnt = "" if found is None else f"{found['median']:.1%}; {found['mean']:.1%}"
    size = bundle.network_path.stat().st_size / 1e6
    return f"| {name} | {accepted} | {learnt} | {size:.1f} MB | {1000 * min(seconds):.1f} ms |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("networks", type=Path, nargs="*")
    parser.add_argument("--as", dest="names", nargs="+", default=[], help="the description of each network")
    parser.add_argument("--images", type=int, help="at most so many validation images; all by default")
    parser.add_argument("--people", type=int, help="the first so many; all by default")
    parser.add_argument("--photos", type=int, default=10)
    parser.add_argument("--least", type=int, default=30)
    options = parser.parse_args()
    if options.names and len(options.names) != len(options.networks):
        parser.error("--as takes one description for each network")
    data, ours = open_prepared(options.data), load_pretrained()
    print("| network | TAR at FAR 1 / 0.1 / 0.01 % | `learn`: median; mean TPR | size | a crop |")
    print("| --- | --- | --- | --- | --- |")
    print(row_of("bundled", ours, data, options), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(options.networks):
            description = describe_network(path, options.names[number] if options.names else None)
            bundle = with_background(adopt(path, Path(folder) / str(number), description, ours), data)
            print(row_of(description.name, bundle, data, options), flush=True)


if __name__ == "__main__":
    main()
