"""Features stretched along the directions in which people lie apart.

A network's features are normalised one by one, so each varies as much as any other, whether it tells people
apart or not. On people it never saw those directions serve best along which the training people's means lie
farthest from each other; the rest is mostly chance. So the features are multiplied, along each principal
direction of the means, by the fourth root of their spread there: a quarter of the way, on a log scale, from
leaving features as they are to weighing every direction by how far apart people lie along it.
"""

import numpy as np
from jaxtyping import Float32, Int32

from semblante.train.feed import numbered
from semblante.types import Features

POWER = 0.125
"""Of the variance; of -0.25, -0.12, 0, 0.06, 0.12 and 0.25, 0.12 did best on validation people."""
LEAST_SHARE = 1e-3
"""Directions have at least this share of the mean variance, so that few people do not flatten the rest."""


def stretching(features: Features, identities: Int32[np.ndarray, " n"]) -> Float32[np.ndarray, "d d"] | None:
    """The symmetric matrix that unit features (n, d) are to be multiplied by; None where under 3 are known.

    `identities` says whose they are; -1, nobody's known, are left out.
    """
    people = numbered(identities)
    known = people >= 0
    counts = np.bincount(people[known])
    if len(counts) < 3:
        return None
    sums = np.zeros((len(counts), features.shape[1]))
    np.add.at(sums, people[known], features[known])
    variances, directions = np.linalg.eigh(np.cov((sums / counts[:, None]).T))
    share = np.maximum(variances / variances.mean(), LEAST_SHARE)
    matrix: Float32[np.ndarray, "d d"] = ((directions * share**POWER) @ directions.T).astype(np.float32)
    return matrix
