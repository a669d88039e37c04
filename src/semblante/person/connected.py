"""Rows that are joined in pairs, directly or by way of others: the connected components of a graph."""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Integer


def connected_components(
    count: int, pairs: Iterable[tuple[np.integer, np.integer]]
) -> Integer[np.ndarray, " count"]:
    """For each of `count` rows, the lowest row that `pairs` of rows join it with; itself if none is lower."""
    lowest = np.arange(count)
    for row, other in pairs:
        one, two = lowest[row], lowest[other]
        if one != two:
            lowest[lowest == max(one, two)] = min(one, two)
    return lowest
