"""Which photos can be learnt from: enough of them, not the same on both sides, twins kept together.

How near two photos are is measured in units of the others' spread, because a network may put all faces
into a narrow cone, where every cosine is close to one.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Integer

from semblante.errors import SamePhotos, TooFewPhotos
from semblante.i18n import tr
from semblante.person.model import Examples, Gallery
from semblante.types import Embeddings

FEWEST = 5
"""Fewer photos of either side do not show how a face varies."""
FEWEST_MOMENTS = 4
"""Of these photos, so many must be more than near-duplicates of others."""
NEAR_DUPLICATE = 0.04
"""Squared distance in spreads below which photos are of one moment: of unit vectors, a cosine of 0.98."""
SAME = 0.0002
"""Squared distance in spreads below which photos are one photo, saved twice: a cosine of 0.9999."""
_SMALLEST_SPREAD = 1e-6


@dataclass(frozen=True)
class Standardizer:
    """The mean of the others' embeddings and the root mean square of their distance from it."""

    mean: Float32[np.ndarray, " d"]
    spread: float

    def rows(self, embeddings: Embeddings) -> Float32[np.ndarray, "n d"]:
        """Features about the others' mean, in units of their spread."""
        rows: Float32[np.ndarray, "n d"] = (embeddings - self.mean) / np.float32(self.spread)
        return rows


def standardizer_of(others: Embeddings) -> Standardizer:
    """The scale that the others' embeddings set; photos that are all the same get a tiny one, not zero."""
    mean = others.mean(axis=0)
    spread = float(np.sqrt(np.square(others - mean).sum(axis=1, dtype=np.float64).mean()))
    return Standardizer(mean, max(spread, _SMALLEST_SPREAD))


def check_enough(name: str, examples: Examples, background: int = 0) -> None:
    """Raise `TooFewPhotos`, saying how many are there and are missing; `strangers` are others too."""
    check_count(name, len(examples.me))
    check_count(tr("Others"), len(examples.others) + background)


def check_count(whose: str, count: int) -> None:
    """Raise `TooFewPhotos` where `count` photos are too few to learn from."""
    if count < FEWEST:
        raise TooFewPhotos(
            tr(
                "{whose}: {count} usable photos, {needed} needed; add {missing}",
                whose=whose,
                count=count,
                needed=FEWEST,
                missing=FEWEST - count,
            )
        )


def check_apart(scale: Standardizer, ours: Gallery, theirs: Gallery) -> None:
    """Raise `SamePhotos` if a photo is in both galleries, naming the first and saying how many are."""
    same = same_photos(scale, ours.embeddings, theirs.embeddings)
    found = np.flatnonzero(same.any(axis=1))
    if len(found):
        raise SamePhotos(
            tr(
                "{first} and {second} are the same photo, and it cannot be on both sides "
                "({count} such photos); take it out of one of them",
                first=ours.sources[found[0]],
                second=theirs.sources[int(same[found[0]].argmax())],
                count=len(found),
            )
        )


def same_photos(
    scale: Standardizer, ours: Float32[np.ndarray, "n d"], theirs: Float32[np.ndarray, "m d"]
) -> Bool[np.ndarray, "n m"]:
    """Which of our faces (n, d) and of theirs (m, d) are of one photo, however often it was saved."""
    same: Bool[np.ndarray, "n m"] = _squared_distances(scale.rows(ours), scale.rows(theirs)) < SAME
    return same


def near_duplicates(rows: Float32[np.ndarray, "n d"]) -> Integer[np.ndarray, " n"]:
    """A number for each row that near-duplicates share, directly or by way of others."""
    near = _squared_distances(rows, rows) < NEAR_DUPLICATE
    np.fill_diagonal(near, True)
    group = np.arange(len(rows))
    while True:
        # Each row takes the lowest number around it until none changes.
        lowest = np.where(near, group, len(rows)).min(axis=1, initial=len(rows))
        if (lowest == group).all():
            return group
        group = lowest


def check_varied(whose: str, groups: Integer[np.ndarray, " n"]) -> None:
    """Raise `TooFewPhotos` where, near-duplicates counting once, the photos show too few moments."""
    moments = len(np.unique(groups))
    if moments < FEWEST_MOMENTS:
        raise TooFewPhotos(
            tr(
                "{whose}: many of the {count} photos are nearly the same picture; different ones: {moments}, "
                "needed: {needed}; add photos of other moments",
                whose=whose,
                count=len(groups),
                moments=moments,
                needed=FEWEST_MOMENTS,
            )
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
