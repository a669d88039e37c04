"""Scores against labels: how well they rank, and whether they can be read as probabilities.

Ranking is measured by average precision, the ROC curve and the true positive rate at a false positive rate;
calibration by the reliability curve and the expected calibration error.
"""

import math

import numpy as np
from jaxtyping import Float, Float64, Integer

from semblante.metrics.results import Estimate, Reliability, RocCurve

BINS = 15
"""As in Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", 2017."""

NORMAL_95 = 1.959963984540054
"""The standard normal's 97.5 % point: a 95 % interval leaves 2.5 % on each side."""


def sigmoid(logits: Float[np.ndarray, "*shape"]) -> Float64[np.ndarray, "*shape"]:
    """1 / (1 + exp(-logits)), without overflow and exact in both tails."""
    return np.exp(-np.logaddexp(0.0, -np.asarray(logits, np.float64)))


def reliability(
    probabilities: Float[np.ndarray, " n"],
    labels: Integer[np.ndarray, " n"],
    weights: Float[np.ndarray, " n"] | None = None,
) -> Reliability:
    """The reliability curve over 15 bins of equal width, without the empty ones.

    The expected calibration error is the mean gap between predicted and observed, each bin counting by
    its weight (Guo et al., 2017, eq. 5). `weights` (1 each by default) let one class stand for more of the
    population than of the sample; `counts` stay those of the sample.
    """
    weights = np.ones(len(labels)) if weights is None else weights
    position = np.minimum((probabilities * BINS).astype(np.intp), BINS - 1)
    counts = np.bincount(position, minlength=BINS)
    filled = counts > 0
    mass, predicted_sum, positive_sum = (
        np.bincount(position, weights=weights * values, minlength=BINS)[filled]
        for values in (1.0, np.asarray(probabilities, np.float64), labels)
    )
    gap = float(np.abs(predicted_sum - positive_sum).sum() / mass.sum()) if len(labels) else float("nan")
    return Reliability(
        mean_predicted=tuple((predicted_sum / mass).tolist()),
        fraction_positive=tuple((positive_sum / mass).tolist()),
        counts=tuple(counts[filled].tolist()),
        expected_calibration_error=gap,
    )


def average_precision(scores: Float[np.ndarray, " n"], labels: Integer[np.ndarray, " n"]) -> float:
    """The sum of (R_n - R_(n-1)) P_n over falling distinct thresholds; nan without positives."""
    return float(average_precisions(scores, labels, np.ones((len(scores), 1)))[0])


def average_precisions(
    scores: Float[np.ndarray, " n"], labels: Integer[np.ndarray, " n"], counts: Float[np.ndarray, "n r"]
) -> Float64[np.ndarray, " r"]:
    """The average precision of each of r resamples that drew row i `counts[i]` times, after one sort."""
    order = np.argsort(-scores, kind="stable")
    drawn, hits = counts[order], np.flatnonzero(labels[order])
    # All rows of one score pass the threshold together, so each hit looks at the last row of its score.
    last = _last_of_equals(scores[order])[hits]
    passed = np.cumsum(drawn, axis=0)[last]
    of_hits = drawn[hits]
    found = np.cumsum(of_hits, axis=0)[np.searchsorted(hits, last, side="right") - 1]
    # Where nothing has passed, the hit itself counts 0: the 1 only keeps the quotient defined.
    gained = (of_hits * found / np.maximum(passed, 1.0)).sum(axis=0, dtype=np.float64)
    positives = of_hits.sum(axis=0, dtype=np.float64)
    precisions: Float64[np.ndarray, " r"] = np.full(len(positives), np.nan)
    np.divide(gained, positives, out=precisions, where=positives > 0)
    return precisions


def roc_curve(scores: Float[np.ndarray, " n"], labels: Integer[np.ndarray, " n"]) -> RocCurve:
    """The ROC curve at every distinct score, without points inside a level or upright run.

    The area is the chance that a true row scores above a false one, equal scores counting half (the
    Mann-Whitney statistic). With one class only the curve is empty and its area nan.
    """
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if not positives or not negatives:
        return RocCurve((), (), math.nan)
    hits, alarms = _passed(scores, labels)
    area = float((np.diff(alarms) * (hits[1:] + hits[:-1])).sum() / (2 * positives * negatives))
    kept = np.ones(len(hits), bool)
    kept[1:-1] = [
        not any(run[k - 1] == run[k] == run[k + 1] for run in (hits, alarms)) for k in range(1, len(hits) - 1)
    ]
    return RocCurve(
        tuple((alarms[kept] / negatives).tolist()), tuple((hits[kept] / positives).tolist()), area
    )


def tpr_at_fpr(
    scores: Float[np.ndarray, " n"], labels: Integer[np.ndarray, " n"], false_positive_rate: float
) -> Estimate | None:
    """The share of true rows found at the lowest threshold whose false positives stay within the rate.

    No interpolation: a real threshold that keeps the promise on this sample. The 95 % interval is
    Wilson's (1927) for the share found at that threshold; that the threshold itself is an estimate is
    not in it; of few true rows it is wide. None with fewer than 1 / rate false rows, or without a true one.
    """
    positives = int(labels.sum())
    negatives = len(labels) - positives
    # A hair more than the product, because 0.001 * 1000 need not be 1 in floating point.
    allowed = math.floor(negatives * false_positive_rate * (1 + 1e-9))
    if allowed < 1 or not positives:
        return None
    hits, alarms = _passed(scores, labels)
    return wilson(int(hits[np.searchsorted(alarms, allowed, side="right") - 1]), positives)


def wilson(successes: int, trials: int) -> Estimate:
    """A share with its 95 % interval by Wilson's score method (1927), sound for few trials too."""
    share, spread = successes / trials, NORMAL_95**2 / trials
    middle = (share + spread / 2) / (1 + spread)
    half = math.sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return Estimate(share, min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half)))


def _passed(
    scores: Float[np.ndarray, " n"], labels: Integer[np.ndarray, " n"]
) -> tuple[Float64[np.ndarray, " k"], Float64[np.ndarray, " k"]]:
    """True and false rows above each of the falling distinct thresholds, from none to all."""
    order = np.argsort(-scores, kind="stable")
    ends = np.unique(_last_of_equals(scores[order]))
    hits = np.cumsum(labels[order], dtype=np.float64)[ends]
    return np.append(0.0, hits), np.append(0.0, ends + 1 - hits)


def _last_of_equals(falling: Float[np.ndarray, " n"]) -> Integer[np.ndarray, " n"]:
    """For each row of a sorted array, the last row with the same value."""
    ends = np.append(np.flatnonzero(np.diff(falling)), len(falling) - 1)
    return ends[np.searchsorted(ends, np.arange(len(falling)))]
