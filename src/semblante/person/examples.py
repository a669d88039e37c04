"""The faces to learn from: enough photos, none on both sides, near-duplicates kept together.

Distances between photos are in units of the spread of the negatives, because a model may map all faces into
a narrow cone, where every cosine is close to one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float32, Integer

from semblante.errors import Reason, SamePhotos, TooFewPhotos
from semblante.types import Embeddings

MIN_PHOTOS: Final = 5
"""Fewer photos of either side do not show how a face varies."""
MIN_DISTINCT_PHOTOS: Final = 4
"""Of these photos, so many must be more than near-duplicates of others."""
MAX_NEAR_DUPLICATE_DISTANCE: Final = 0.04
"""Squared distance in spreads below which photos are of one moment: of unit vectors, a cosine of 0.98."""
MAX_SAME_PHOTO_DISTANCE: Final = 0.0002
"""Squared distance in spreads below which photos are one photo, saved twice: a cosine of 0.9999."""
OTHERS: Final = Reason("other_people")
"""Whose photos they are where they are not the person's."""
_MIN_SPREAD: Final = 1e-6


@dataclass(frozen=True)
class Gallery:
    """Embeddings (n, d) of n faces, rows of length one, and where each face comes from.

    A source is a photo's path, or a `Reason` that names a photo whose path is not known.
    """

    embeddings: Embeddings
    sources: tuple[str | Reason, ...]

    @classmethod
    def of(
        cls, faces: Iterable[tuple[str | Reason, Float32[np.ndarray, " d"]]], embedding_size: int
    ) -> "Gallery":
        """The gallery of pairs of source and embedding; without any, the embeddings are (0, d)."""
        given = list(faces)
        rows: Embeddings = np.zeros((len(given), embedding_size), np.float32)
        for row, (_, embedding) in zip(rows, given, strict=True):
            row[:] = embedding
        return cls(rows, tuple(source for source, _ in given))

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


def check_disjoint(standardizer: Standardizer, ours: Gallery, theirs: Gallery) -> None:
    """Raise `SamePhotos` if a photo is in both galleries, with the first such pair and their number."""
    same = same_photos(standardizer, ours.embeddings, theirs.embeddings)
    found = np.flatnonzero(same.any(axis=1))
    if len(found):
        raise SamePhotos(
            "photo_on_both_sides",
            first=ours.sources[found[0]],
            second=theirs.sources[int(same[found[0]].argmax())],
            count=len(found),
        )


def same_photos(
    standardizer: Standardizer, ours: Float32[np.ndarray, "n d"], theirs: Float32[np.ndarray, "m d"]
) -> Bool[np.ndarray, "n m"]:
    """Which of our faces (n, d) and of theirs (m, d) are of one photo, however often it was saved."""
    distances = _squared_distances(standardizer.transform(ours), standardizer.transform(theirs))
    same: Bool[np.ndarray, "n m"] = distances < MAX_SAME_PHOTO_DISTANCE
    return same


def near_duplicates(rows: Float32[np.ndarray, "n d"]) -> Integer[np.ndarray, " n"]:
    """A number for each standardized row that near-duplicates share, directly or by way of others."""
    near = _squared_distances(rows, rows) < MAX_NEAR_DUPLICATE_DISTANCE
    np.fill_diagonal(near, True)
    group = np.arange(len(rows))
    while True:
        # Each row takes the lowest number around it until none changes.
        lowest = np.where(near, group, len(rows)).min(axis=1, initial=len(rows))
        if (lowest == group).all():
            return group
        group = lowest


def check_varied(whose: str | Reason, groups: Integer[np.ndarray, " n"]) -> None:
    """Raise `TooFewPhotos` where, near-duplicates counting once, the photos show too few moments."""
    moments = len(np.unique(groups))
    if moments < MIN_DISTINCT_PHOTOS:
        raise TooFewPhotos(
            "photos_too_alike",
            whose=whose,
            count=len(groups),
            moments=moments,
            needed=MIN_DISTINCT_PHOTOS,
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
