"""Which faces are of one moment: copies of a photo, and photos that follow each other.

However many they are, they show how a face looked once. A moment weighs as one photo, is in one fold, and is
one piece of evidence.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int8, Integer

from semblante.faces import copy_similarity
from semblante.person.connected import connected_components
from semblante.types import CopyDescriptors

MIN_COPY_SIMILARITY: Final = 0.93
"""The similarity above which faces are of one moment. `bench/copies.py` says of how many copies, and of how
many different photos of one person, this is so."""
MIN_SURE_SIMILARITY: Final = 0.97
"""The similarity above which faces of one person are surely of one moment. A photo to validate with is left
out for it, and one that was wrongly taken for a copy would be missed."""
_ROWS: Final = 1024
"""Faces that are compared with all at once."""


def moments_of(descriptors: CopyDescriptors) -> Integer[np.ndarray, " n"]:
    """A number for each face (n, 400) that those of one moment share, directly or by way of others."""
    return connected_components(len(descriptors), _copies_among(descriptors))


def _copies_among(descriptors: CopyDescriptors) -> Iterator[tuple[np.integer, np.integer]]:
    for start in range(0, len(descriptors), _ROWS):
        near = are_copies(descriptors[start : start + _ROWS], descriptors)
        for row, other in zip(*np.nonzero(near), strict=True):
            yield start + row, other


def are_copies(
    ours: Int8[np.ndarray, "n 400"],
    theirs: Int8[np.ndarray, "m 400"],
    min_similarity: float = MIN_COPY_SIMILARITY,
) -> Bool[np.ndarray, "n m"]:
    """Which of our faces (n, 400) and of theirs (m, 400) are of one moment."""
    copies: Bool[np.ndarray, "n m"] = copy_similarity(ours, theirs) > min_similarity
    return copies


def one_of_each(
    moments: Integer[np.ndarray, " n"], values: Float[np.ndarray, " n"]
) -> Integer[np.ndarray, " k"]:
    """The row with the median value of each moment, the rows in order."""
    found = []
    for moment in np.unique(moments):
        rows = np.flatnonzero(moments == moment)
        found.append(rows[np.argsort(values[rows], kind="stable")[(len(rows) - 1) // 2]])
    return np.sort(np.array(found, np.intp))
