"""Faces of the index that are somebody, or look like something, and the photos that they are in.

Features are read in one pass, some thousands of faces at a time: a search takes the memory of one such part
and of what it finds.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float, Float32, Integer

from semblante.labels import ATTRIBUTES
from semblante.library.found import Match
from semblante.library.index import Library, unpacked
from semblante.types import Embeddings, Verdict

Score = Callable[[Embeddings], tuple[Sequence[Verdict], Sequence[float]]]
"""A verdict and a probability for each of n faces, embeddings (n, d)."""

PART: Final = 8192
_SUREST: Final[dict[Verdict, int]] = {"yes": 0, "unsure": 1, "no": 2}


@dataclass(frozen=True)
class Query:
    """What is looked for: somebody, attributes that a face must have, and such as it must not.

    Attributes are named as CelebA writes them; a face has one where its logit is above zero. Without `score`
    only they decide. With `several`, more than one face in a photo may be the person.
    """

    score: Score | None = None
    with_: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    several: bool = False


@dataclass(frozen=True)
class Candidate:
    """A face that may be what is looked for. `strength` orders faces of one verdict, the surest highest.

    `fits` says whether it has the attributes asked for: which face of a photo is the person does not hang on
    them.
    """

    face: int
    content: int
    is_good: bool
    verdict: Verdict
    probability: float | None
    strength: float
    fits: bool


@dataclass(frozen=True)
class SearchResult:
    """The photos found, the surest first, and how many faces were looked at, and could not be.

    `faces_of_other_base` were read by another network than the one asked for; scanning again reads them anew.
    """

    matches: tuple[Match, ...]
    faces: int
    faces_of_other_base: int


@dataclass(frozen=True, eq=False)
class Faces:
    """Some faces of the index, row by row: numbers, contents, which may decide alone, embeddings, logits.

    `logits` has no columns where they were not asked for.
    """

    ids: Integer[np.ndarray, " n"]
    contents: Integer[np.ndarray, " n"]
    good: Integer[np.ndarray, " n"]
    embeddings: Embeddings
    logits: Float[np.ndarray, "n k"]


def faces_of(
    library: Library, base_sha256: str, with_logits: bool = False, present: bool = False
) -> Iterator[Faces]:
    """All faces that the network with this hash read, part by part.

    With `present`, only those in photos that were there at the last scan.
    """
    logits = "logits" if with_logits else "x''"
    is_there = "EXISTS (SELECT 1 FROM photos WHERE photos.content = contents.id AND NOT missing)"
    condition = is_there if present else "1"
    last, width = 0, None
    while True:
        with library.asking() as connection:
            rows = connection.execute(
                f"SELECT faces.id, content, good, embeddings, {logits} FROM faces "
                "JOIN contents ON contents.id = content JOIN bases ON bases.id = base "
                f"WHERE faces.id > ? AND bases.sha256 = ? AND {condition} ORDER BY faces.id LIMIT ?",
                (last, base_sha256, PART),
            ).fetchall()
            if not rows:
                return
            ids, contents, good, packed, packed_logits = zip(*rows, strict=True)
            # Here, where damage is dealt with.
            embeddings = unpacked(packed, width)
            attributes = unpacked(packed_logits, len(ATTRIBUTES)) if with_logits else embeddings[:, :0]
        last, width = ids[-1], embeddings.shape[1]
        yield Faces(np.array(ids), np.array(contents), np.array(good), embeddings, attributes)


def search(library: Library, base_sha256: str, wanted: Query) -> SearchResult:
    """The photos with a face that is, or may be, what is wanted; those that are missing are left out.

    Raises what `Library.asking` raises.
    """
    looked_at = 0
    found: list[Candidate] = []
    for faces in faces_of(library, base_sha256, bool(wanted.with_ or wanted.without)):
        looked_at += len(faces.ids)
        found += candidates(faces, wanted)
    with library.asking() as connection:
        (stored,) = connection.execute("SELECT count(*) FROM faces").fetchone()
        matches = list(_matches(connection, best_face_per_photo(found, wanted.several)))
    matches.sort(key=lambda pair: (_SUREST[pair[0].verdict], -pair[0].strength, str(pair[1].path)))
    return SearchResult(tuple(match for _, match in matches), looked_at, max(0, stored - looked_at))


def candidates(faces: Faces, wanted: Query) -> list[Candidate]:
    """The faces that are not surely somebody else, each by itself; without a person, those that fit."""
    strength = _strength(faces, wanted)
    fitting = strength > 0
    if wanted.score is None:
        rows = np.flatnonzero(fitting)
        verdicts: Sequence[Verdict] = ["yes"] * len(faces.ids)
        said: Sequence[float | None] = [None] * len(faces.ids)
    else:
        verdicts, probabilities = wanted.score(faces.embeddings)
        rows = np.flatnonzero(np.array(verdicts) != "no")
        said, strength = probabilities, np.asarray(probabilities)
    return [
        Candidate(
            int(faces.ids[row]),
            int(faces.contents[row]),
            bool(faces.good[row]),
            verdicts[row],
            said[row],
            float(strength[row]),
            bool(fitting[row]),
        )
        for row in rows.tolist()
    ]


def _strength(faces: Faces, wanted: Query) -> Float32[np.ndarray, " n"]:
    """By how much the attribute that fits worst is on its right side of zero."""
    asked = [ATTRIBUTES.index(each) for each in (*wanted.with_, *wanted.without)]
    if not asked:
        return np.full(len(faces.ids), np.inf, np.float32)
    signs = np.array([1] * len(wanted.with_) + [-1] * len(wanted.without), np.float32)
    worst: Float32[np.ndarray, " n"] = (faces.logits[:, asked].astype(np.float32) * signs).min(axis=1)
    return worst


def best_face_per_photo(found: Iterable[Candidate], several: bool) -> list[Candidate]:
    """One face a photo, the likeliest, unless there may be several; of these, the ones that fit.

    A flawed face never decides alone.
    """
    judged = [each if each.is_good else replace(each, verdict="unsure") for each in found]
    if not several:
        surest: dict[int, Candidate] = {}
        for each in sorted(judged, key=lambda each: (_SUREST[each.verdict], -each.strength, each.face)):
            surest.setdefault(each.content, each)
        judged = list(surest.values())
    return [each for each in judged if each.fits]


def _matches(connection: sqlite3.Connection, found: Sequence[Candidate]) -> Iterator[tuple[Candidate, Match]]:
    for each in found:
        for path, sha256, x0, y0, x1, y1, width_px, height_px in connection.execute(
            "SELECT path, hex(sha256), x0, y0, x1, y1, width_px, height_px FROM faces "
            "JOIN contents ON contents.id = faces.content JOIN photos ON photos.content = contents.id "
            "WHERE faces.id = ? AND NOT missing",
            (each.face,),
        ):
            yield (
                each,
                Match(
                    Path(os.fsdecode(path)),
                    sha256.lower(),
                    each.verdict,
                    each.probability,
                    (x0, y0, x1, y1),
                    width_px,
                    height_px,
                ),
            )


def paths_with(library: Library, faces: Iterable[int]) -> tuple[Path, ...]:
    """The photos that the faces with these numbers are in, by path, those that are missing left out."""
    with library.asking() as connection:
        paths = {
            path
            for face in faces
            for (path,) in connection.execute(
                "SELECT path FROM faces JOIN photos ON photos.content = faces.content "
                "WHERE faces.id = ? AND NOT missing",
                (face,),
            )
        }
    return tuple(Path(os.fsdecode(path)) for path in sorted(paths))
