"""Calibration: from logits of held-out faces to a `DecisionRule`, its probabilities and its thresholds."""

import math
from typing import Final

import numpy as np
from jaxtyping import Float, Float64, Integer

from semblante.metrics import sigmoid
from semblante.person.decision import (
    FALSE_NON_MATCH_RATE,
    MAX_NO,
    MIN_NO_IN_PRIORS,
    YES_ABOVE,
    DecisionRule,
    prior_of,
)

MIN_TAIL_VALUES: Final = 1000
"""The fewest values whose tail is modelled."""
TAIL_SHARE: Final = 0.05
"""The share of the largest values that the tail is fitted to: fifty at least."""
NORMAL_MEAN_EXCESS: Final = 0.418
"""Of a normal distribution, the mean excess over the quantile at `TAIL_SHARE`, in standard deviations."""
MIN_COUNTED: Final = 10
"""So many values beyond a bound can be counted; of fewer it is chance how far out they lie."""
TYPICAL_SLOPE, SLOPE_DEVIATION = 2.2, 0.6
"""Mean and standard deviation over people of the calibration's slope, per mean excess of the others' tail."""
TYPICAL_SHARE, LOG_ODDS_DEVIATION = 0.05, 1.0
"""The share of a person's faces that lies within one mean excess of the bound that the others seldom pass,
and the standard deviation over people of its logarithm. All four come from the 26 people of CelebA's
validation with 25 photos or more (`bench/people.py`), learnt from 5, 10 and 20 photos: the median slope was
2.6, 2.8 and 6.1 with the pretrained model, and 1.8, 2.2 and 2.6 with a weaker one; the share 0.07, 0.04 and
0.05. A slope that only fits a strong network makes a weak one claim too much."""
DISTANCE_POWER: Final = 0.14
"""How far a yes may lie from the person's mean logit, as a part of the way to the others': the rate at which
these may pass, to this power. It is a third where 1 in 2,000 may, and three fifths where 1 in 50 may. One in
four of those 26 people get a stricter threshold by it than by the bound. Without it, LFW had 2 false yeses
after five photos and 4 after ten; with it, 1 and none."""
_MAX_ITERATIONS: Final = 100
_TOLERANCE: Final = 1e-10


def class_weights(labels: Integer[np.ndarray, " n"], prior: float = 0.5) -> Float64[np.ndarray, " n"]:
    """Weights that sum to one and give the share `prior` to the positives."""
    positives = int(labels.sum())
    return np.where(labels == 1, prior / max(positives, 1), (1 - prior) / max(len(labels) - positives, 1))


def fit_rule(
    logits: Float64[np.ndarray, " n"],
    labels: Integer[np.ndarray, " n"],
    false_match_rate: float,
    strictness: float,
) -> DecisionRule:
    """The calibration and the thresholds from logits of held-out faces, label 1 being the person.

    A yes is for at most the share `false_match_rate` / `strictness` of the others.
    """
    prior = prior_of(false_match_rate)
    slope, offset = _calibration(logits, labels, false_match_rate, strictness)
    lowest_logit = -upper_bound(-logits[labels == 1], FALSE_NON_MATCH_RATE)
    lowest = float(sigmoid(np.array([slope * lowest_logit + offset]))[0])
    return DecisionRule(
        slope=slope,
        offset=offset,
        prior=prior,
        no_below=min(MAX_NO, max(MIN_NO_IN_PRIORS * prior, lowest)),
        false_match_rate=false_match_rate,
    )


def rule_loss(
    logits: Float64[np.ndarray, " n"],
    labels: Integer[np.ndarray, " n"],
    false_match_rate: float,
    strictness: float,
) -> float:
    """The cross-entropy of the probabilities that `fit_rule` gives, the classes weighted by its prior.

    It compares neurons whatever the scale of their logits.
    """
    slope, offset = _calibration(logits, labels, false_match_rate, strictness)
    return _cross_entropy(slope * logits + offset, labels, class_weights(labels, prior_of(false_match_rate)))


def fit_calibration(
    logits: Float64[np.ndarray, " n"],
    labels: Integer[np.ndarray, " n"],
    prior: float,
    rate: float,
    at_most: float,
) -> tuple[float, float]:
    """The slope and offset of sigmoid(slope * logit + offset), the probability of a positive given a prior.

    Logistic regression with the classes weighted by the prior (Brümmer and du Preez,
    "Application-independent evaluation of speaker detection", 2006) is calibrated where that prior makes the
    decision hard: in the negatives' tail, about the bound that the share `rate` of them passes. Few positives
    alone would claim too much, so the slope and the log-odds at the bound have normal priors of what is
    typical of people (Gelman et al., "A weakly informative default prior distribution for logistic and other
    regression models", 2008; Morrison and Poh, "Avoiding overstating the strength of forensic evidence",
    2018). Each positive counts as one observation: the more there are, the less counts what is typical.

    At the bound, and as far from the positives' mean as `DISTANCE_POWER` says, the probability is lowered to
    `at_most`, and everywhere else by the same log-odds: in a wide gap between the two classes nothing was
    seen, and somebody unlike the known negatives may lie there. Logits that do not rank the positives higher
    carry no information: the probability is the prior then.
    """
    excess = mean_excess(logits[labels == 0]) or NORMAL_MEAN_EXCESS * float(logits.std())
    if not excess:
        return 0.0, _log_odds(prior)
    bound = upper_bound(logits[labels == 0], rate)
    weights = class_weights(labels, prior) * labels.sum() / prior
    design = np.stack([(logits - bound) / excess, np.ones_like(logits)])
    typical = np.array([TYPICAL_SLOPE, _log_odds(prior) + math.log(TYPICAL_SHARE / rate)])
    precision = np.array([SLOPE_DEVIATION, LOG_ODDS_DEVIATION]) ** -2.0

    def loss(point: Float64[np.ndarray, "2"]) -> float:
        return _cross_entropy(point @ design, labels, weights) + float(precision @ (point - typical) ** 2) / 2

    point = typical
    for _ in range(_MAX_ITERATIONS):
        predicted = sigmoid(point @ design)
        gradient = design @ (weights * (predicted - labels)) + precision * (point - typical)
        curvature = (design * (weights * predicted * (1 - predicted))) @ design.T + np.diag(precision)
        step = np.linalg.solve(curvature, gradient)
        if gradient @ step < _TOLERANCE:
            break
        size = 1.0
        while loss(point - size * step) > loss(point) and size > _TOLERANCE:
            size /= 2
        point = point - size * step
    slope, log_odds = (float(value) for value in point)
    if slope <= 0:
        return 0.0, _log_odds(prior)
    own, others = float(logits[labels == 1].mean()), float(logits[labels == 0].mean())
    limit = max(bound, own - rate**DISTANCE_POWER * (own - others))
    slope /= excess
    return slope, min(log_odds - slope * bound, _log_odds(at_most) - slope * limit)


def mean_excess(values: Float64[np.ndarray, " n"]) -> float:
    """The mean excess of the largest values over the quantile at `TAIL_SHARE`: the scale of their tail.

    Of fewer than `MIN_TAIL_VALUES` values, that of a normal distribution with their standard deviation.
    """
    if len(values) < MIN_TAIL_VALUES:
        return NORMAL_MEAN_EXCESS * float(values.std(ddof=1))
    start, beyond = _tail(values)
    return float(np.mean(beyond)) - start


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
        start, _ = _tail(values)
        return start + mean_excess(values) * math.log(TAIL_SHARE / rate)
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


def _tail(values: Float64[np.ndarray, " n"]) -> tuple[float, Float64[np.ndarray, " k"]]:
    """The quantile at `TAIL_SHARE`, and the values beyond it."""
    start, *beyond = np.sort(values)[-round(TAIL_SHARE * len(values)) - 1 :].tolist()
    return start, np.array(beyond)


def _log_odds(share: float) -> float:
    return math.log(share / (1 - share))


def _cross_entropy(
    logits: Float64[np.ndarray, " n"], labels: Integer[np.ndarray, " n"], weights: Float[np.ndarray, " n"]
) -> float:
    return float(weights @ (np.logaddexp(0.0, logits) - labels * logits))


def _calibration(
    logits: Float64[np.ndarray, " n"],
    labels: Integer[np.ndarray, " n"],
    false_match_rate: float,
    strictness: float,
) -> tuple[float, float]:
    """Slope and offset. At most `strictness` times fewer negatives than asked for get a yes."""
    prior = prior_of(false_match_rate)
    return fit_calibration(logits, labels, prior, false_match_rate / strictness, YES_ABOVE)
