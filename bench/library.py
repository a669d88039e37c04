"""What an index costs: memory and time of a scan by the number of photos, and time of a search by faces.

    python bench/library.py scan [--photos 10000 1000000]
    python bench/library.py find [--faces 100000 1000000]
    python bench/library.py people --faces 20000

No picture is drawn and no network runs: the reader makes up one face a photo, and the walk, the look at each
file and its hash are made up likewise, for a million files would measure the disk. All else is what
`semblante scan` does. Each part of `scan` runs in a process of its own, so that its highest memory is its
own; it scans twice, the second time everything is known. Prints JSON: MB, seconds, and how many a second.
"""

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from semblante.library import (
    EmbeddingMatrix,
    FailedRead,
    ImpostorTail,
    PhotoWalk,
    Query,
    SqliteStore,
    group,
    judged_groups,
    scan,
    scan_steps,
    scanning,
    search,
)
from semblante.library.store import FileState, PhotoRecord
from semblante.metrics.results import Reliability, RocCurve
from semblante.person import HeldOutEvaluation
from semblante.pipeline.collection import score_of
from semblante.types import DESCRIPTOR_SIZE, AnalyzedPhoto, Embeddings, Face, Quality

BASE = "ab" * 32
WIDTH = 128
"""As long as the embeddings of the network that comes with Semblante."""
NO_DESCRIPTOR = np.zeros(DESCRIPTOR_SIZE, np.int8)
ROOT = Path("/made-up")


def unit_rows(count: int, seed: int) -> Embeddings:
    rows = np.random.default_rng(seed).normal(size=(count, WIDTH)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


class MadeUp:
    """A million files that are not there: how the scan meets, looks at, hashes and reads each."""

    def __init__(self, photos: int) -> None:
        self.photos = photos
        self.rows = unit_rows(4096, 0)
        self.logits = np.random.default_rng(1).normal(size=(4096, 40)).astype(np.float32)

    def walk(self, _start: object) -> Iterator[Path]:
        return (ROOT / f"{number // 1000:06}" / f"IMG_{number:08}.jpg" for number in range(self.photos))

    def seen(self, path: Path) -> FileState:
        return FileState(path, 4_000_000, 1_700_000_000_000_000_000, 1_700_000_000_000_000_000)

    def hashed(self, path: Path, _check: object) -> str:
        return hashlib.sha256(bytes(path)).hexdigest()

    def is_gone(self, path: Path) -> bool:
        return path == ROOT

    def read(self, paths: Iterable[Path]) -> Iterator[AnalyzedPhoto | FailedRead]:
        quality = Quality(60.0, 0.8, 0.9, 0.9)
        landmarks = ((60.0, 90.0), (140.0, 90.0), (98.0, 138.0), (68.0, 170.0), (132.0, 170.0))
        for number, path in enumerate(paths):
            row = number % len(self.rows)
            box, logits, embedding = (10.0, 10.0, 200.0, 230.0), self.logits[row], self.rows[row]
            face = Face(box, 0.9, landmarks, quality, logits, embedding, NO_DESCRIPTOR)
            yield AnalyzedPhoto(str(path), 4000, 3000, (face,))


def scan_made_up(library: SqliteStore, photos: int) -> float:
    """Seconds of one scan of so many photos."""
    made_up = MadeUp(photos)
    replaced: dict[str, Callable[..., Any]] = {
        "_state": made_up.seen,
        "sha256_of": made_up.hashed,
    }
    PhotoWalk.photos = made_up.walk  # type: ignore[method-assign, assignment]
    for name, function in replaced.items():
        setattr(scanning, name, function)
    scan_steps.is_gone = made_up.is_gone
    began = time.perf_counter()
    scan(library, [Path("/")], made_up.read, BASE)
    return time.perf_counter() - began


def measure_scan(photos: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder, SqliteStore(Path(folder)) as library:
        before_mb = _highest_mb()
        first_s, second_s = scan_made_up(library, photos), scan_made_up(library, photos)
        file_mb = library.path.stat().st_size / 1e6
    return {
        "photos": photos,
        "highest_mb": round(_highest_mb(), 1),
        "before_mb": round(before_mb, 1),
        "file_mb": round(file_mb, 1),
        "first_s": round(first_s, 2),
        "second_s": round(second_s, 2),
        "first_a_second": round(photos / first_s),
        "second_a_second": round(photos / second_s),
    }


def _highest_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def measure_find(faces: int) -> dict[str, float]:
    from semblante.person import DecisionRule, Neuron, Person

    nothing = HeldOutEvaluation(
        "validation", 5, 5, None, None, RocCurve((), (), 0.5), Reliability((), (), (), 0.0)
    )
    neuron = Neuron(10 * unit_rows(1, 5)[0], 0.0, 0.0)
    person = Person("Ana", BASE, neuron, DecisionRule(1.0, 0.0, 0.02, 0.82), 5, 5, 5, nothing)
    with tempfile.TemporaryDirectory() as folder, SqliteStore(Path(folder)) as library:
        write_made_up(library, faces)
        asked = {
            "by_person_s": Query(score_of(person)),
            "by_person_and_attributes_s": Query(score_of(person), ("Eyeglasses", "Smiling")),
            "by_attributes_s": Query(None, ("Eyeglasses", "Smiling", "Wearing_Hat", "Bald", "Young")),
        }
        matrix = EmbeddingMatrix(library)
        began = time.perf_counter()
        search(library, BASE, asked["by_person_s"], matrix)
        measured: dict[str, float] = {"faces": faces, "first_s": round(time.perf_counter() - began, 2)}
        began = time.perf_counter()
        search(library, BASE, asked["by_person_s"])
        measured["opening_s"] = round(time.perf_counter() - began, 3)
        for name, query in asked.items():
            times = []
            for _ in range(5):
                began = time.perf_counter()
                found = len(search(library, BASE, query, matrix).matches)
                times.append(time.perf_counter() - began)
            measured |= {name: round(min(times), 4), f"{name.removesuffix('_s')}_found": found}
        size = sum(path.stat().st_size for path in Path(folder).glob("*.matrix"))
        measured["matrix_mb"] = round(size / 1e6)
    return measured


def write_made_up(library: SqliteStore, faces: int, base_sha256: str = BASE) -> None:
    """So many photos of one face each, each another."""
    part, logits = 20_000, np.random.default_rng(1).normal(size=(4096, 40)).astype(np.float32)
    quality = Quality(60.0, 0.8, 0.9, 0.9)
    landmarks = ((60.0, 90.0), (140.0, 90.0), (98.0, 138.0), (68.0, 170.0), (132.0, 170.0))
    for start in range(0, faces, part):
        records = []
        for number, row in enumerate(unit_rows(min(part, faces - start), start), start=start):
            box, logits_of = (10.0, 10.0, 200.0, 230.0), logits[number % 4096]
            face = Face(box, 0.9, landmarks, quality, logits_of, row, NO_DESCRIPTOR)
            state = FileState(ROOT / f"{number // 1000:06}" / f"IMG_{number:08}.jpg", 4_000_000, 1, 1)
            sha256 = hashlib.sha256(bytes(state.path)).digest()
            read = AnalyzedPhoto(str(state.path), 4000, 3000, (face,))
            records.append(PhotoRecord(sha256, read, (state,)))
        library.write(records, base_sha256)


def measure_people(faces: int) -> dict[str, float]:
    rng = np.random.default_rng(0)
    who = rng.integers(0, faces // 5, faces)
    rows = 0.8 * unit_rows(faces // 5, 2)[who] + 0.6 * unit_rows(faces, 3)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    tail = ImpostorTail.of(unit_rows(4000, 4))
    alike = tail.clustering_threshold(faces)
    began = time.perf_counter()
    groups = judged_groups(rows, np.arange(faces), group(rows, alike), tail)
    seconds = time.perf_counter() - began
    return {
        "faces": faces,
        "people": len(np.unique(who)),
        "groups": len(groups),
        "certain": sum(each.is_certain and len(each.rows) > 1 for each in groups),
        "seconds": round(seconds, 2),
        "alike": alike,
    }


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("part", choices=["scan", "find", "people"])
    arguments.add_argument("--photos", type=int, nargs="+", default=[10_000, 1_000_000])
    arguments.add_argument("--faces", type=int, nargs="+", default=[100_000, 1_000_000])
    given = arguments.parse_args()
    if given.part == "find":
        for faces in given.faces:
            print(json.dumps(measure_find(faces), indent=2))
    elif given.part == "people":
        for faces in given.faces:
            print(json.dumps(measure_people(faces), indent=2))
    elif len(given.photos) == 1:
        print(json.dumps(measure_scan(given.photos[0]), indent=2))
    else:
        for photos in given.photos:
            subprocess.run([sys.executable, __file__, "scan", "--photos", str(photos)], check=True)


if __name__ == "__main__":
    main()
