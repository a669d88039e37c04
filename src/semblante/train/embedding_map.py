"""The affine map that is put behind a trained network's embeddings, before they get the length one.

`discriminant_scaling` fits one to people. Here one is fitted to teachers: the training has drawn a linear map
of the embeddings to what the teachers see, and least squares find the best such map of the weights that are
kept, which are a moving average. On validation people it tells more than the embeddings that it maps.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

RIDGE = 1e-2
"""Of the mean variance, added to each: directions in which the embeddings hardly vary must not decide."""


@dataclass(frozen=True)
class EmbeddingMap:
    """`(embeddings - centre) @ matrix`, for embeddings (n, d)."""

    centre: Float32[np.ndarray, " d"]
    matrix: Float32[np.ndarray, "d k"]


def fit_teacher_map(
    embeddings: Float32[np.ndarray, "n d"], targets: Float32[np.ndarray, "n k"]
) -> EmbeddingMap:
    """The map from embeddings (n, d) to targets (n, k) with the least squared error (ridge regression)."""
    centre = embeddings.mean(axis=0)
    centred = (embeddings - centre).astype(np.float64)
    covariance = centred.T @ centred
    covariance[np.diag_indices_from(covariance)] += RIDGE * covariance.trace() / len(covariance)
    matrix = np.linalg.solve(covariance, centred.T @ targets)
    return EmbeddingMap(centre, matrix.astype(np.float32))
