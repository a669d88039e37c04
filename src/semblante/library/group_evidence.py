"""What speaks for a group of faces: the most typical ones, likely intruders, and whether it is certain.

Among n faces there are n² / 2 pairs, so however seldom two people are alike, many faces bring some such pairs
about. Both rules count what is to be expected of other people alone, from the tail of the background's pairs.

Of k faces of different people, k - 1 similarities must be exceptional by chance: to be expected are as many
such groups as there are sets of k faces, times the rate of similar pairs to the power of k - 1. A group is
certain where, of all groups of k that are at least as similar, at most one in ten is to be expected.

A face is doubtful where so many faces of other people make it likelier than one in twenty that one of them is
as similar to the rest of the group; and where another face of its photo is the group's, and more typical.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float64, Integer

from semblante.library.impostor_tail import ImpostorTail
from semblante.types import Embeddings

_COLLECTION_FACTOR: Final = 3.0
"""The people of one collection are alike more often than the background's: 2 to 4 times as often in LFW."""
_MAX_FALSE_SHARE: Final = 0.1
_MAX_EXPECTED: Final = 0.05


@dataclass(frozen=True, eq=False)
class FaceGroup:
    """The rows of the faces of a group, the most typical first; those that are doubtful stand apart.

    `mean_cosine` is over all pairs of `rows`. `is_certain` is False where the faces of as many different
    people would be as similar.
    """

    rows: Integer[np.ndarray, " k"]
    doubtful: Integer[np.ndarray, " l"]
    mean_cosine: float
    is_certain: bool


def judged_groups(
    embeddings: Embeddings,
    contents: Integer[np.ndarray, " n"],
    labels: Integer[np.ndarray, " n"],
    tail: ImpostorTail,
) -> list[FaceGroup]:
    """The groups that `labels` make of all faces compared, in the order of their first face.

    `contents` are the numbers of the photos' contents. A face alone is certain.
    """
    ordered = [_ordered(embeddings, contents, members, tail) for members in _members(labels)]
    cosines = [_mean_cosine(embeddings[rows]) for rows, _ in ordered]
    certain = _certain([len(rows) for rows, _ in ordered], cosines, len(embeddings), tail)
    return [
        FaceGroup(rows, doubtful, cosine, bool(is_certain))
        for (rows, doubtful), cosine, is_certain in zip(ordered, cosines, certain, strict=True)
    ]


def _ordered(
    embeddings: Embeddings,
    contents: Integer[np.ndarray, " n"],
    members: Integer[np.ndarray, " m"],
    tail: ImpostorTail,
) -> tuple[Integer[np.ndarray, " k"], Integer[np.ndarray, " l"]]:
    """The rows by typicality, those that are not doubtful and those that are."""
    if len(members) == 1:
        return members, members[:0]
    cosines = _cosines_with_rest(embeddings[members])
    order = np.argsort(-cosines, kind="stable")
    members, cosines = members[order], cosines[order]
    expected = np.exp(tail.log_rates(cosines)) * len(embeddings) * _COLLECTION_FACTOR
    doubtful: Bool[np.ndarray, " m"] = np.ones(len(members), np.bool_)
    doubtful[np.unique(contents[members], return_index=True)[1]] = False
    if len(members) > 2:
        doubtful |= expected > _MAX_EXPECTED
    if (~doubtful).sum() < 2:  # Then it is the group that is in doubt.
        doubtful[:] = False
    return members[~doubtful], members[doubtful]


def _cosines_with_rest(rows: Embeddings) -> Float64[np.ndarray, " m"]:
    """The cosine of each row with the mean of the others."""
    wide = rows.astype(np.float64)
    rest = wide.sum(axis=0) - wide
    lengths = np.maximum(np.linalg.norm(rest, axis=1), 1e-12)
    cosines: Float64[np.ndarray, " m"] = (wide * rest).sum(axis=1) / lengths
    return cosines


def _mean_cosine(rows: Embeddings) -> float:
    """Over all pairs of the rows; 0 for one alone."""
    if len(rows) < 2:
        return 0.0
    total = rows.astype(np.float64).sum(axis=0)
    return float((total @ total - len(rows)) / (len(rows) * (len(rows) - 1)))


def _certain(
    sizes: Sequence[int], cosines: Sequence[float], faces: int, tail: ImpostorTail
) -> Bool[np.ndarray, " g"]:
    """For each group whether it is certain, from its size and the mean cosine of its pairs."""
    certain: Bool[np.ndarray, " g"] = np.array(sizes) == 1
    of_size: dict[int, list[int]] = defaultdict(list)
    for place, size in enumerate(sizes):
        of_size[size].append(place)
    for size in sorted(of_size.keys() - {1}):
        places = np.array(of_size[size])
        cosine = np.array(cosines)[places]
        places, cosine = places[np.argsort(-cosine)], np.sort(cosine)[::-1]
        sets = math.lgamma(faces + 1) - math.lgamma(size + 1) - math.lgamma(faces - size + 1)
        expected = sets + (size - 1) * (tail.log_rates(cosine) + math.log(_COLLECTION_FACTOR))
        few = np.flatnonzero(expected - np.log(np.arange(1, len(places) + 1)) <= math.log(_MAX_FALSE_SHARE))
        if len(few):  # All that are more similar than the last one that fits.
            certain[places[: few[-1] + 1]] = True
    return certain


def _members(labels: Integer[np.ndarray, " n"]) -> list[Integer[np.ndarray, "..."]]:
    """The places of each label, the labels in the order of their first place."""
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order])) + 1
    parts = [part for part in np.split(order, starts) if len(part)]
    return sorted(parts, key=lambda part: int(part[0]))
