"""How pure groups of unknown faces are, by size: collections mixed of CelebA's validation people, and LFW.

    python bench/groups.py DATA [--lfw LFW] [--base BUNDLE] [--orders 4]

DATA is a prepared set. The collections: all faces of its validation people; 26 people with 12 photos each
among 700 with one; 300 with two among 600 with one; one photo each of all. LFW is a folder with
`photos/NAME/*.jpg`: all of it, and only those who are there once. A photo of LFW counts with the face in its
middle.

Prints JSON. For each collection: how many faces and people who are there more than once, how many of these
have two faces in one group, and in a certain one; for each size of group, certain or not: the groups, those
that hold one person only, their faces, and how many of these are of the person who has most of them. Then,
over ORDERS random orders of the faces, of groups with five faces or more that are mostly one person's: the
faces of others, and of the person, and how many of both are doubtful.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64, Int64

from semblante.celeba import open_prepared
from semblante.library import FaceGroup, ImpostorTail, group, judged_groups
from semblante.model.bundle import Bundle
from semblante.model.face_model import FaceModel
from semblante.pipeline import FaceAnalyzer, open_base
from semblante.pipeline.evaluation import crops_of
from semblante.types import AnalyzedPhoto, Box, Embeddings

SIZES = {"2": (2, 2), "3": (3, 3), "4": (4, 4), "5 to 9": (5, 9), "10 and more": (10, 10**9)}
Faces = tuple[Embeddings, Int64[np.ndarray, " n"]]
"""Embeddings, and the number of the person of each."""


def celeba_collections(data: Path, bundle: Bundle) -> Iterator[tuple[str, Faces]]:
    prepared = open_prepared(data)
    rows = prepared.rows("val")
    rows = rows[prepared.identities[rows] >= 0]
    embeddings = FaceModel(bundle)(crops_of(prepared, rows, bundle.side_px)).embeddings
    who = prepared.identities[rows].astype(np.int64)
    yield "validation people", (embeddings, who)
    for people, photos, alone in ((26, 12, 700), (300, 2, 600)):
        chosen = mixture(who, people, photos, alone)
        yield f"{people} of {photos}, {alone} of 1", (embeddings[chosen], who[chosen])
    once = np.unique(who, return_index=True)[1]
    yield "validation people once", (embeddings[once], who[once])


def mixture(who: Int64[np.ndarray, " n"], people: int, photos: int, alone: int) -> Int64[np.ndarray, " k"]:
    """The rows of so many people with so many photos each, and of so many others with one, at random."""
    rng = np.random.default_rng(0)
    known, counts = np.unique(who, return_counts=True)
    several = rng.permutation(known[counts >= photos])[:people]
    single = rng.permutation(np.setdiff1d(known, several))[:alone]
    rows = [rng.permutation(np.flatnonzero(who == each))[:photos] for each in several]
    rows += [rng.permutation(np.flatnonzero(who == each))[:1] for each in single]
    return rng.permutation(np.concatenate(rows)).astype(np.int64)


def lfw_collections(folder: Path, bundle: Bundle) -> Iterator[tuple[str, Faces]]:
    paths = sorted((folder / "photos").rglob("*.jpg"))
    rows, names = [], []
    for path, read in zip(paths, FaceAnalyzer(bundle).analyze_many(paths), strict=True):
        if isinstance(read, AnalyzedPhoto) and read.faces:
            middle = np.array([read.width_px, read.height_px]) / 2
            face = min(read.faces, key=lambda face: distance(face.box, middle))
            if face.quality.is_good:
                rows.append(face.embedding)
                names.append(path.parent.name)
    embeddings, who = np.stack(rows), np.unique(names, return_inverse=True)[1].astype(np.int64)
    yield "LFW", (embeddings, who)
    once = np.bincount(who)[who] == 1
    yield "LFW's people once", (embeddings[once], who[once])


def distance(box: Box, point: Float64[np.ndarray, "2"]) -> float:
    """How far the middle of the box is from the point."""
    return float(np.linalg.norm(np.reshape(box, (2, 2)).mean(axis=0) - point))


def grouped(faces: Faces, tail: ImpostorTail) -> list[FaceGroup]:
    embeddings, who = faces
    labels = group(embeddings, tail.clustering_threshold(len(who)))
    return [
        each for each in judged_groups(embeddings, np.arange(len(who)), labels, tail) if len(each.rows) > 1
    ]


def measure(faces: Faces, tail: ImpostorTail, orders: int) -> dict[str, Any]:
    _, who = faces
    groups = grouped(faces, tail)
    table: dict[str, dict[str, list[int]]] = {"certain": {}, "uncertain": {}}
    for each in groups:
        size = next(name for name, (least, most) in SIZES.items() if least <= len(each.rows) <= most)
        row = table["certain" if each.is_certain else "uncertain"].setdefault(size, [0, 0, 0, 0])
        most = int(np.unique(who[each.rows], return_counts=True)[1].max())
        for place, count in enumerate((1, most == len(each.rows), len(each.rows), most)):
            row[place] += count
    counts = np.unique(who, return_counts=True)[1]
    return {
        "faces": len(who),
        "people": int((counts > 1).sum()),
        "found": len(seen_twice(groups, who)),
        "found_certain": len(seen_twice([each for each in groups if each.is_certain], who)),
        "groups_pure_faces_main": table,
        "doubtful": doubts(faces, tail, orders),
    }


def seen_twice(groups: list[FaceGroup], who: Int64[np.ndarray, " n"]) -> set[int]:
    """The people with two faces in one of the groups."""
    found: set[int] = set()
    for each in groups:
        people, counts = np.unique(who[each.rows], return_counts=True)
        found |= set(people[counts > 1].tolist())
    return found


def doubts(faces: Faces, tail: ImpostorTail, orders: int) -> dict[str, int]:
    counts = dict.fromkeys(("of_others", "of_others_doubtful", "own", "own_doubtful"), 0)
    for order in range(orders):
        shuffled = np.random.default_rng(order).permutation(len(faces[1]))
        who = faces[1][shuffled]
        for each in grouped((faces[0][shuffled], who), tail):
            rows = np.concatenate([each.rows, each.doubtful])
            people, of_each = np.unique(who[rows], return_counts=True)
            if len(rows) < 5 or of_each.max() * 2 <= len(rows):
                continue
            other, is_doubtful = who[rows] != people[of_each.argmax()], np.isin(rows, each.doubtful)
            counts["of_others"] += int(other.sum())
            counts["of_others_doubtful"] += int((other & is_doubtful).sum())
            counts["own"] += int((~other).sum())
            counts["own_doubtful"] += int((~other & is_doubtful).sum())
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--lfw", type=Path)
    parser.add_argument("--base", type=Path, help="a bundle; the pretrained one by default")
    parser.add_argument("--orders", type=int, default=4)
    options = parser.parse_args()
    bundle = open_base(options.base)
    background = bundle.background()
    if background is None:
        parser.error("the bundle has no background embeddings")
    tail = ImpostorTail.of(background)
    collections = list(celeba_collections(options.data, bundle))
    if options.lfw:
        collections += lfw_collections(options.lfw, bundle)
    print(json.dumps({title: measure(faces, tail, options.orders) for title, faces in collections}, indent=1))


if __name__ == "__main__":
    main()
