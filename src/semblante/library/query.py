"""Faces of the index that are somebody, or look like something, and the photos that they are in."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float32, Float64, Integer

from semblante.labels import ATTRIBUTES
from semblante.library.embedding_matrix import EmbeddingMatrix
from semblante.library.store import FaceInPhoto, FaceStore, FaceTable
from semblante.types import Box, FaceRef, Verdict

_NONE: Final = np.zeros(0, np.int64)
_SUREST: Final[dict[Verdict, int]] = {"yes": 0, "unsure": 1, "no": 2}


@dataclass(frozen=True, eq=False)
class ScoredFaces:
    """The rows of a matrix of embeddings that may be a person, each with verdict and probability.

    `max_unsure` is the highest probability that is no yes.
    """

    rows: Integer[np.ndarray, " k"]
    verdicts: Sequence[Verdict]
    probabilities: Float64[np.ndarray, " k"]
    max_unsure: float


Score = Callable[[FaceTable], ScoredFaces]
"""Compares the faces of a table with a person; faces whose verdict is no are left out."""


@dataclass(frozen=True, eq=False)
class Query:
    """What is looked for: a person, attributes that a face must have, and attributes that it must not.

    Attributes are named as CelebA writes them; a face has one where its logit is above zero. Without `score`
    the attributes alone decide. With `several`, more than one face in a photo may be the person. `confirmed`
    are faces by number of which a user has said whether they are the person: the score has no say there.
    `ignored` are numbers of faces that are found only where they are surely the person.
    """

    score: Score | None = None
    with_: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    several: bool = False
    confirmed: Mapping[int, bool] = field(default_factory=dict)
    ignored: Integer[np.ndarray, " n"] = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass(frozen=True)
class Candidate:
    """A face, by its number and that of its content, that may be what is looked for.

    `strength` orders faces of one verdict, the surest highest. `fits` says whether it has the attributes
    asked for: which face of a photo is the person does not depend on them.
    """

    number: int
    content: int
    is_good: bool
    verdict: Verdict
    probability: float | None
    strength: float
    fits: bool


@dataclass(frozen=True)
class Match:
    """A photo of the index, and what is said of the face in it that was asked for.

    `face.photo` is the SHA-256 of the photo that was read, in hexadecimal. The box (x0, y0, x1, y1) and the
    photo's size are in pixels of the upright photo at full size. The probability is None where only
    attributes were asked for, and where a user has confirmed the face.
    `copies` are further files with the very bytes of the one at `path`, by path.
    """

    path: Path
    face: FaceRef
    verdict: Verdict
    probability: float | None
    box: Box
    photo_width_px: int
    photo_height_px: int
    copies: tuple[Path, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """All files that hold the photo."""
        return self.path, *self.copies

    @property
    def content_sha256(self) -> str:
        """The hash of the photo that was read."""
        return self.face.photo


@dataclass(frozen=True)
class SearchResult:
    """The photos found, the surest first, and how many faces were compared, and could not be.

    `faces_of_other_base` were read by another network than the one asked for; scanning again reads them anew.
    """

    matches: tuple[Match, ...]
    faces: int
    faces_of_other_base: int

    @property
    def unsure_photos(self) -> int:
        """How many of the photos have no face that is surely what was asked for."""
        sure = {match.path for match in self.matches if match.verdict == "yes"}
        return len({match.path for match in self.matches} - sure)


def search(
    store: FaceStore, base_sha256: str, query: Query, matrix: EmbeddingMatrix | None = None
) -> SearchResult:
    """The photos with a face that is, or may be, what is wanted; those that are missing are left out.
    A photo is one, however many files hold it.

    Callers that search more than once give the same `matrix` each time. Raises what the store raises.
    """
    faces = 0
    found: list[Candidate] = []
    for table in (matrix or EmbeddingMatrix(store)).tables(base_sha256):
        faces += len(table)
        found += candidates(table, query)
    best = {each.number: each for each in best_face_per_photo(found, query.several)}
    places: dict[int, list[FaceInPhoto]] = {}
    for place in store.photos_of_faces(best):
        places.setdefault(place.number, []).append(place)
    seen = [(best[number], place, copies) for number, (place, *copies) in places.items()]
    seen.sort(key=lambda each: (*_order(each[0]), str(each[1].path)))
    matches = tuple(
        Match(
            place.path,
            place.face,
            each.verdict,
            each.probability,
            place.box,
            place.photo_width_px,
            place.photo_height_px,
            tuple(copy.path for copy in copies),
        )
        for each, place, copies in seen
    )
    return SearchResult(matches, faces, max(0, store.face_count() - faces))


def matching_faces(
    store: FaceStore,
    base_sha256: str,
    query: Query,
    verdicts: Collection[Verdict] = ("yes", "unsure"),
    matrix: EmbeddingMatrix | None = None,
) -> tuple[Integer[np.ndarray, " k"], Integer[np.ndarray, " k"]]:
    """The faces that are, or may be, what is wanted, by number, and the numbers of their contents.

    Where a person is wanted, it is one face a photo, with one of these `verdicts`.
    """
    tables = (matrix or EmbeddingMatrix(store)).tables(base_sha256)
    if query.score is None:
        parts = [_fitting(table, query) for table in tables]
        numbers, contents = zip(*parts, strict=True) if parts else ([], [])
        return np.concatenate([*numbers, _NONE]), np.concatenate([*contents, _NONE])
    found = [each for table in tables for each in candidates(table, query)]
    best = [each for each in best_face_per_photo(found, query.several) if each.verdict in verdicts]
    return (
        np.array([each.number for each in best], np.int64),
        np.array([each.content for each in best], np.int64),
    )


def _fitting(table: FaceTable, query: Query) -> tuple[Integer[np.ndarray, " k"], Integer[np.ndarray, " k"]]:
    """The numbers of the faces that have the attributes asked for, and of their contents."""
    strengths = _strengths(table, query)
    if strengths is None:
        return table.numbers, table.contents
    return table.numbers[strengths > 0], table.contents[strengths > 0]


def candidates(table: FaceTable, query: Query) -> list[Candidate]:
    """The faces that are not surely somebody else, each by itself; without a person, those that fit."""
    strengths = _strengths(table, query)
    if strengths is None:
        strengths = np.full(len(table), np.inf, np.float32)
    fitting = strengths > 0
    if query.score is None:
        rows = np.flatnonzero(fitting)
        verdicts: Sequence[Verdict] = ["yes"] * len(rows)
        probabilities: Sequence[float | None] = [None] * len(rows)
        ordering = strengths[rows].tolist()
    else:
        rows, verdicts, probabilities = _less_ignored(
            table, query.ignored, *_judged(table, query.score, query.confirmed)
        )
        ordering = [np.inf if each is None else each for each in probabilities]
    return list(
        map(
            Candidate,
            table.numbers[rows].tolist(),
            table.contents[rows].tolist(),
            table.good[rows].tolist(),
            verdicts,
            probabilities,
            ordering,
            fitting[rows].tolist(),
        )
    )


def _judged(
    table: FaceTable, score: Score, confirmed: Mapping[int, bool]
) -> tuple[Integer[np.ndarray, " k"], Sequence[Verdict], Sequence[float | None]]:
    """The rows of faces that may be the person, with verdicts and probabilities; confirmed ones have none.

    A poor face does not get the probability of a yes.
    """
    scores = score(table)
    highest = np.where(table.good[scores.rows], 1.0, scores.max_unsure)
    probabilities: list[float | None] = np.minimum(scores.probabilities, highest).tolist()
    known = np.flatnonzero(np.isin(table.numbers, list(confirmed))) if confirmed else ()
    if not len(known):
        return scores.rows, scores.verdicts, probabilities
    hers = [row for row in known if confirmed[int(table.numbers[row])]]
    others: list[int] = np.flatnonzero(~np.isin(scores.rows, known)).tolist()
    confirmed_yes: list[Verdict] = ["yes"] * len(hers)
    return (
        np.concatenate([np.array(hers, np.intp), scores.rows[others]]),
        [*confirmed_yes, *(scores.verdicts[place] for place in others)],
        [*(None for _ in hers), *(probabilities[place] for place in others)],
    )


def _less_ignored(
    table: FaceTable,
    ignored: Integer[np.ndarray, " i"],
    rows: Integer[np.ndarray, " k"],
    verdicts: Sequence[Verdict],
    probabilities: Sequence[float | None],
) -> tuple[Integer[np.ndarray, " l"], Sequence[Verdict], Sequence[float | None]]:
    """The rows without ignored faces, unless they surely are the person; a poor face never is surely."""
    if not len(ignored):
        return rows, verdicts, probabilities
    hidden = np.isin(table.numbers[rows], ignored) & ~(table.good[rows] & (np.array(verdicts) == "yes"))
    kept = np.flatnonzero(~hidden).tolist()
    return rows[kept], [verdicts[place] for place in kept], [probabilities[place] for place in kept]


def _strengths(table: FaceTable, query: Query) -> Float32[np.ndarray, " n"] | None:
    """By how much the attribute that fits worst is on its right side of zero; None where none is asked."""
    asked = [ATTRIBUTES.index(each) for each in (*query.with_, *query.without)]
    if not asked:
        return None
    signs = np.array([1] * len(query.with_) + [-1] * len(query.without), np.float32)
    worst: Float32[np.ndarray, " n"] = (table.logits[:, asked].astype(np.float32) * signs).min(axis=1)
    return worst


def best_face_per_photo(found: Iterable[Candidate], several: bool) -> list[Candidate]:
    """One face a photo, the likeliest, unless there may be several; of these, the ones that fit.

    A poor face never decides alone.
    """
    judged = [each if each.is_good else replace(each, verdict="unsure") for each in found]
    if not several:
        best: dict[int, Candidate] = {}
        for each in sorted(judged, key=lambda each: (*_order(each), each.number)):
            best.setdefault(each.content, each)
        judged = list(best.values())
    return [each for each in judged if each.fits]


def _order(each: Candidate) -> tuple[int, float]:
    """What puts the surest first."""
    return _SUREST[each.verdict], -each.strength
