"""How far a logit is to be believed: its probability, and the thresholds of yes and no.

Everything here looks at logits of photos that the neuron had not seen.
"""

import math

import numpy as np
from jaxtyping import Float, Float64, Integer

from semblante.metrics import sigmoid

MANY = 1000
TAIL = 0.05
"""The share of the largest values that tell how the largest are spread: fifty at least."""
COUNTED = 10
"""So many values beyond a bound can be counted; of fewer it is chance how far out they lie."""
_ITERATIONS = 100
_CONVERGED = 1e-10


def class_weights(labels: Integer[np.ndarray, " n"]) -> Float64[np.ndarray, " n"]:
    """Weights that sum to one and give half to each class, as if both were equally likely."""
    positives = int(labels.sum())
    return np.where(labels == 1, 0.5 / max(positives, 1), 0.5 / max(len(labels) - positives, 1))


def fit_platt(logits: Float64[np.ndarray, " n"], labels: Integer[np.ndarray, " n"]) -> tuple[float, float]:
    """The slope and offset of sigmoid(slope * logit + offset) that calibrates logits to a prior of one half.

    Platt, "Probabilistic outputs for support vector machines", 1999, with his smoothed targets
    (n + 1) / (n + 2) and 1 / (n + 2), so that few photos give no certainty; Newton's method with line
    search as in Lin, Lin and Weng, "A note on Platt's probabilistic outputs", 2007, each class weighing
    half. Logits that do not rank the person higher say nothing: slope and offset 0, always one half.
    """
    positives = int(labels.sum())
    targets = np.where(labels == 1, (positives + 1) / (positives + 2), 1 / (len(labels) - positives + 2))
    weights, design = class_weights(labels), np.stack([logits, np.ones_like(logits)])
    point = np.zeros(2)
    loss = _cross_entropy(point @ design, targets, weights)
    for _ in range(_ITERATIONS):
        said = sigmoid(point @ design)
        gradient = design @ (weights * (said - targets))
        curvature = (design * (weights * said * (1 - said))) @ design.T
        # The ridge of Lin et al. keeps the system solvable where all logits are equal.
        step = np.linalg.solve(curvature + 1e-12 * np.eye(2), gradient)
        if gradient @ step < _CONVERGED:
            break
        size = 1.0
        while (new := _cross_entropy((point - size * step) @ design, targets, weights)) > loss:
            size /= 2
        point, loss = point - size * step, new
    slope, offset = (float(value) for value in point)
    return (slope, offset) if slope > 0 else (0.0, 0.0)


def calibrated_loss(logits: Float64[np.ndarray, " n"], labels: Integer[np.ndarray, " n"]) -> float:
    """The balanced cross-entropy of logits once calibrated: how much they tell, whatever their scale."""
    slope, offset = fit_platt(logits, labels)
    return _cross_entropy(slope * logits + offset, labels.astype(np.float64), class_weights(labels))


def upper_bound(values: Float64[np.ndarray, " n"], rate: float) -> float:
    """The value that one more of the same kind exceeds with a chance of at most `rate`.

    The k-th largest, k = floor(rate (n + 1)), where k is at least `COUNTED`, or at least 1 of fewer than
    `MANY` values. One more value is as likely to take any place among the n + 1, so this holds for every
    distribution (split conformal prediction; Vovk, Gammerman and Shafer, 2005).

    With k below `COUNTED`, but at least `MANY` values: what exceeds the value of the `TAIL` is taken to do so
    exponentially (peaks over threshold; Coles, An Introduction to Statistical Modeling of Extreme Values,
    2001, ch. 4). Then those few who are most like the person say how far out the bound lies, not the crowd,
    and not the most extreme of all alone.

    With too few for both: the prediction bound of the normal distribution, mean + t s sqrt(1 + 1/n), where t
    is Student's for n - 1 degrees of freedom, and never below the largest value seen. The fewer the values,
    the farther out it lies: 3.1 s for many, 7.9 s for five at a rate of 1 in 1,000.
    """
    place = math.floor(rate * (len(values) + 1) * (1 + 1e-9))
    if len(values) >= MANY and place < COUNTED:
        start, *beyond = np.sort(values)[-round(TAIL * len(values)) - 1 :].tolist()
        return float(start + (np.mean(beyond) - start) * math.log(TAIL / rate))
    if place >= 1:
        return float(np.sort(values)[-place])
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
