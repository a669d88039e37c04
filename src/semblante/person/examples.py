"""The faces to learn from: enough photos, of enough moments, none on both sides, moments kept together.

Distances between photos are in units of the spread of the negatives, because a model may map all faces into
a narrow cone, where every cosine is close to one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Bool, Float32, Int8, Integer

from semblante.errors import Reason, SamePhotos, TooFewPhotos
from semblante.person.moments import are_copies, moments_of
from semblante.types import DESCRIPTOR_SIZE, CopyDescriptors, Embeddings

MIN_PHOTOS: Final = 5
"""Fewer photos of either side, each of another moment, do not show how a face varies."""
MAX_SAME_PHOTO_DISTANCE: Final = 0.0002
"""Squared distance in spreads below which photos are one photo, saved twice: a cosine of 0.9999."""
OTHERS: Final = Reason("other_people")
"""Whose photos they are where they are not the person's."""
_MIN_SPREAD: Final = 1e-6


ExampleFace = tuple[
    str | Path | Reason, Float32[np.ndarray, " d"], Int8[np.ndarray, "400"] | None, date | None
]
"""Where a face comes from, its embedding, and its copy descriptor and the photo's day if these are known."""


@dataclass(frozen=True)
class Gallery:
    """Embeddings (n, d) of n faces, rows of length one, where each comes from, and of which moment it is.

    A source is a photo's path, or a `Reason` that names a photo whose path is not known. Without
    `copy_descriptors` (n, 400), or where one is all zeros, a face is taken to be of a moment of its own.
    `days` are those on which the photos were taken; it is empty where none is known.
    """

    embeddings: Embeddings
    sources: tuple[str | Path | Reason, ...]
    copy_descriptors: CopyDescriptors | None = None
    days: tuple[date | None, ...] = ()

    @classmethod
    def of(cls, faces: Iterable[ExampleFace], embedding_size: int) -> "Gallery":
        """The gallery of these faces; without any, the embeddings are (0, d)."""
        given = list(faces)
        rows: Embeddings = np.zeros((len(given), embedding_size), np.float32)
        descriptors: CopyDescriptors = np.zeros((len(given), DESCRIPTOR_SIZE), np.int8)
        for row, descriptor, (_, embedding, of_face, _) in zip(rows, descriptors, given, strict=True):
            row[:] = embedding
            if of_face is not None:
                descriptor[:] = of_face
        days = tuple(day for *_, day in given)
        return cls(rows, tuple(source for source, *_ in given), descriptors, days)

    def day_of(self, row: int) -> date | None:
        """When the photo of this row was taken, if that is known."""
        return self.days[row] if self.days else None

    def part(self, rows: Sequence[int]) -> "Gallery":
        """The gallery of these rows."""
        return Gallery(
            self.embeddings[rows],
            tuple(self.sources[row] for row in rows),
            None if self.copy_descriptors is None else self.copy_descriptors[rows],
            tuple(self.days[row] for row in rows) if self.days else (),
        )

    @cached_property
    def moments(self) -> Integer[np.ndarray, " n"]:
        """A number for each face that those of one moment share."""
        if self.copy_descriptors is None:
            return np.arange(len(self))
        return moments_of(self.copy_descriptors)

    def __len__(self) -> int:
        return len(self.embeddings)


@dataclass(frozen=True)
class Examples:
    """Faces of a person, and faces of others."""

    positives: Gallery
    negatives: Gallery


@dataclass(frozen=True)
class Standardizer:
    """The mean of the negatives' embeddings and the root mean square of their distance from it."""

    mean: Float32[np.ndarray, " d"]
    spread: float

    def transform(self, embeddings: Embeddings) -> Float32[np.ndarray, "n d"]:
        """The embeddings about the negatives' mean, in units of their spread."""
        rows: Float32[np.ndarray, "n d"] = (embeddings - self.mean) / np.float32(self.spread)
        return rows


def fit_standardizer(negatives: Embeddings) -> Standardizer:
    """The standardizer of the negatives (n, d); where all are the same, the spread is tiny and not zero."""
    mean = negatives.mean(axis=0)
    spread = float(np.sqrt(np.square(negatives - mean).sum(axis=1, dtype=np.float64).mean()))
    return Standardizer(mean, max(spread, _MIN_SPREAD))


def check_enough(name: str, examples: Examples, background: int = 0) -> None:
    """Raise `TooFewPhotos` where either side has too few; `background` embeddings count as negatives."""
    check_count(name, len(examples.positives))
    check_count(OTHERS, len(examples.negatives) + background)


def check_count(whose: str | Reason, count: int) -> None:
    """Raise `TooFewPhotos` where `count` photos are too few to learn from."""
    if count < MIN_PHOTOS:
        raise TooFewPhotos(
            "too_few_photos", whose=whose, count=count, needed=MIN_PHOTOS, missing=MIN_PHOTOS - count
        )


def check_disjoint(
    standardizer: Standardizer, ours: Gallery, theirs: Gallery, is_one_side: bool = False
) -> None:
    """Raise `SamePhotos` if a photo is in both galleries, with the first pair and their number.

    Copies are the same photo too, unless the galleries are of the same people, as `is_one_side` says.
    """
    if is_one_side:
        ours, theirs = (replace(each, copy_descriptors=None) for each in (ours, theirs))
    same = same_photos(standardizer, ours, theirs)
    found = np.flatnonzero(same.any(axis=1))
    if len(found):
        raise SamePhotos(
            "photo_on_both_sides",
            first=ours.sources[found[0]],
            second=theirs.sources[int(same[found[0]].argmax())],
            count=len(found),
        )


def same_photos(standardizer: Standardizer, ours: Gallery, theirs: Gallery) -> Bool[np.ndarray, "n m"]:
    """Which of our n faces and of their m are of one photo, however often and however it was saved."""
    rows, columns = (standardizer.transform(each.embeddings) for each in (ours, theirs))
    same: Bool[np.ndarray, "n m"] = _squared_distances(rows, columns) < MAX_SAME_PHOTO_DISTANCE
    if ours.copy_descriptors is not None and theirs.copy_descriptors is not None:
        same |= are_copies(ours.copy_descriptors, theirs.copy_descriptors)
    return same


def check_varied(whose: str | Reason, moments: Integer[np.ndarray, " n"]) -> None:
    """Raise `TooFewPhotos` where the photos are of too few moments."""
    found = len(np.unique(moments))
    if found < MIN_PHOTOS:
        raise TooFewPhotos(
            "too_few_moments", whose=whose, count=len(moments), moments=found, needed=MIN_PHOTOS
        )


def folds_of(
    groups: Integer[np.ndarray, " n"], count: int, rng: np.random.Generator
) -> Integer[np.ndarray, " n"]:
    """A fold, 0 to `count` - 1, for each row: a group in one fold, the folds as even as that allows."""
    names, group = np.unique(groups, return_inverse=True)
    sizes = np.bincount(group)
    filled = np.zeros(count, np.intp)
    fold_of_group = np.empty(len(names), np.intp)
    shuffled = rng.permutation(len(names))
    for k in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        fold_of_group[k] = filled.argmin()
        filled[fold_of_group[k]] += sizes[k]
    return fold_of_group[group]


def _squared_distances(
    ours: Float32[np.ndarray, "n d"], theirs: Float32[np.ndarray, "m d"]
) -> Float32[np.ndarray, "n m"]:
    lengths = [np.square(rows).sum(axis=1) for rows in (ours, theirs)]
    squares: Float32[np.ndarray, "n m"] = lengths[0][:, None] + lengths[1] - 2 * (ours @ theirs.T)
    return squares
