"""Arithmetic on answers and truths: how often right, how well ranked, how far to be believed.

    evaluation   a network on a split -> `Evaluation`, with intervals over people, from the next four
    attributes   how well the 40 attributes are read
    pairs        which two images are alike: all genuine pairs, and the most similar impostor pairs
    verification the true accept rate at a false accept rate, over all pairs
    groups       both again within groups of people
    resampling   the cluster bootstrap that those intervals come from
    ranking      average precision, the ROC curve, the rate of finds at a rate of false alarms
    calibration  sigmoid, reliability curve, expected calibration error

Arrays in, results of `semblante.types` out; nothing is read or written. A figure that the data cannot
give, because only one class occurs, is nan.
"""

from semblante.metrics.attributes import BinarySummary, Scored, binary_summary
from semblante.metrics.calibration import reliability, sigmoid
from semblante.metrics.evaluation import evaluate
from semblante.metrics.pairs import true_accept_rate
from semblante.metrics.ranking import average_precision, roc_curve, tpr_at_fpr

__all__ = [
    "BinarySummary",
    "Scored",
    "average_precision",
    "binary_summary",
    "evaluate",
    "reliability",
    "roc_curve",
    "sigmoid",
    "tpr_at_fpr",
    "true_accept_rate",
]
