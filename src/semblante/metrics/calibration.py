"""Whether probabilities can be believed: of all answers given with 80 %, are 80 % true?"""

import numpy as np
from jaxtyping import Float, Float64, Integer

from semblante.metrics.results import Reliability

BINS = 15
"""As in Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", 2017."""


def sigmoid(logits: Float[np.ndarray, "*shape"]) -> Float64[np.ndarray, "*shape"]:
    """1 / (1 + exp(-logits)), without overflow and exact in both tails."""
    return np.exp(-np.logaddexp(0.0, -np.asarray(logits, np.float64)))


def reliability(
    probabilities: Float[np.ndarray, " n"],
    labels: Integer[np.ndarray, " n"],
    weights: Float[np.ndarray, " n"] | None = None,
) -> Reliability:
    """The reliability curve over 15 bins of equal width, without the empty ones.

    The expected calibration error is the mean gap between said and true, each bin counting by its
    weight (Guo et al., 2017, eq. 5). `weights` (1 each by default) let one class stand for more of the
    population than of the sample; `counts` stay those of the sample.
    """
    weights = np.ones(len(labels)) if weights is None else weights
    position = np.minimum((probabilities * BINS).astype(np.intp), BINS - 1)
    counts = np.bincount(position, minlength=BINS)
    filled = counts > 0
    mass, said_sum, true_sum = (
        np.bincount(position, weights=weights * values, minlength=BINS)[filled]
        for values in (1.0, np.asarray(probabilities, np.float64), labels)
    )
    gap = float(np.abs(said_sum - true_sum).sum() / mass.sum()) if len(labels) else float("nan")
    return Reliability(
        said=tuple((said_sum / mass).tolist()),
        true=tuple((true_sum / mass).tolist()),
        counts=tuple(counts[filled].tolist()),
        expected_calibration_error=gap,
    )
