"""Calibration: from logits of held-out faces to probabilities and to thresholds of yes and no."""

import math
from typing import Final

import numpy as np
from jaxtyping import Float, Float64, Integer

from semblante.metrics import sigmoid

MIN_TAIL_VALUES: Final = 1000
"""The fewest values whose tail is modelled."""
TAIL_SHARE: Final = 0.05
"""The share of the largest values that the tail is fitted to: fifty at least."""
MIN_COUNTED: Final = 10
"""So many values beyond a bound can be counted; of fewer it is chance how far out they lie."""
_MAX_ITERATIONS: Final = 100
_TOLERANCE: Final = 1e-10


def class_weights(labels: Integer[np.ndarray, " n"]) -> Float64[np.ndarray, " n"]:
    """Weights that sum to one and give half to each class, as if both were equally likely."""
    positives = int(labels.sum())
    return np.where(labels == 1, 0.5 / max(positives, 1), 0.5 / max(len(labels) - positives, 1))


def fit_platt(logits: Float64[np.ndarray, " n"], labels: Integer[np.ndarray, " n"]) -> tuple[float, float]:
    """The slope and offset of sigmoid(slope * logit + offset) that calibrates logits to a prior of one half.

    Platt, "Probabilistic outputs for support vector machines", 1999, with his smoothed targets
    (n + 1) / (n + 2) and 1 / (n + 2), so that few photos give no certainty; Newton's method with line
    search as in Lin, Lin and Weng, "A note on Platt's probabilistic outputs", 2007, each class weighing
    half. Logits that do not rank the positives higher carry no information: slope and offset are then 0.
    """
    positives = int(labels.sum())
    targets = np.where(labels == 1, (positives + 1) / (positives + 2), 1 / (len(labels) - positives + 2))
    weights, design = class_weights(labels), np.stack([logits, np.ones_like(logits)])
    point = np.zeros(2)
    loss = _cross_entropy(point @ design, targets, weights)
    for _ in range(_MAX_ITERATIONS):
        predicted = sigmoid(point @ design)
        gradient = design @ (weights * (predicted - targets))
        curvature = (design * (weights * predicted * (1 - predicted))) @ design.T
        # The ridge of Lin et al. keeps the system solvable where all logits are equal.
        step = np.linalg.solve(curvature + 1e-12 * np.eye(2), gradient)
        if gradient @ step < _TOLERANCE:
            break
        size = 1.0
        while (new := _cross_entropy((point - size * step) @ design, targets, weights)) > loss:
            size /= 2
        point, loss = point - size * step, new
    slope, offset = (float(value) for value in point)
    return (slope, offset) if slope > 0 else (0.0, 0.0)


def calibrated_loss(logits: Float64[np.ndarray, " n"], labels: Integer[np.ndarray, " n"]) -> float:
    """The balanced cross-entropy of logits after calibration, which does not depend on their scale."""
    slope, offset = fit_platt(logits, labels)
    return _cross_entropy(slope * logits + offset, labels.astype(np.float64), class_weights(labels))


def upper_bound(values: Float64[np.ndarray, " n"], rate: float) -> float:
    """The value that one more of the same kind exceeds with a probability of at most `rate`.

    The k-th largest, k = floor(rate (n + 1)), where k is at least `MIN_COUNTED`, or at least 1 of fewer than
    `MIN_TAIL_VALUES` values. One more value is as likely to take any place among the n + 1, so this holds for
    every distribution (split conformal prediction; Vovk, Gammerman and Shafer, 2005).

    With k below `MIN_COUNTED`, but at least `MIN_TAIL_VALUES` values: the excess over the quantile at the
    `TAIL_SHARE` is modelled as exponential (peaks over threshold; Coles, An Introduction to Statistical
    Modeling of Extreme Values, 2001, ch. 4). Then the few values that are nearest to the person decide how
    far out the bound lies, not the crowd, and not the most extreme value alone.

    With too few for both: the prediction bound of the normal distribution, mean + t s sqrt(1 + 1/n), where t
    is Student's for n - 1 degrees of freedom, and never below the largest value seen. The fewer the values,
    the farther out it lies: 3.1 s for many, 7.9 s for five at a rate of 1 in 1,000.
    """
    rank = math.floor(rate * (len(values) + 1) * (1 + 1e-9))
    if len(values) >= MIN_TAIL_VALUES and rank < MIN_COUNTED:
        start, *beyond = np.sort(values)[-round(TAIL_SHARE * len(values)) - 1 :].tolist()
        return float(start + (np.mean(beyond) - start) * math.log(TAIL_SHARE / rate))
    if rank >= 1:
        return float(np.sort(values)[-rank])
    spread = float(values.std(ddof=1)) * math.sqrt(1 + 1 / len(values))
    tail = student_quantile(1 - rate, len(values) - 1) * spread
    return max(float(values.max()), float(values.mean()) + tail)


def student_quantile(share: float, degrees: int) -> float:
    """The quantile of Student's t distribution.

    With t = sqrt(degrees) tan(a), its density is proportional to cos(a) ** (degrees - 1): a smooth
    function of a bounded angle, summed here by the trapezium rule.
    """
    angles = np.linspace(-np.pi / 2, np.pi / 2, 20_001)[1:-1]
    heights = np.cos(angles) ** (degrees - 1)
    below = np.cumsum(heights) - heights / 2
    return float(math.sqrt(degrees) * math.tan(np.interp(share, below / heights.sum(), angles)))


def _cross_entropy(
    logits: Float64[np.ndarray, " n"], targets: Float64[np.ndarray, " n"], weights: Float[np.ndarray, " n"]
) -> float:
    return float(weights @ (np.logaddexp(0.0, logits) - targets * logits))
