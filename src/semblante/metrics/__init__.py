"""Metrics of predictions against labels, with confidence intervals.

    evaluation    a network on a split -> `Evaluation`, also within groups of people
    attributes    accuracy and balanced accuracy of the 40 attributes against the majority-class baseline
    verification  the true accept rate at a false accept rate, over all pairs of images
    scores        average precision, ROC curve, true positive rate, reliability curve, calibration error
    resampling    the cluster bootstrap that the intervals come from
    results       what all of these return

Arrays in, frozen results out; nothing is read or written. A metric that is undefined, because only one class
occurs, is nan.
"""

from semblante.metrics.attributes import BinarySummary, Scored, binary_summary
from semblante.metrics.evaluation import evaluation_of
from semblante.metrics.scores import average_precision, reliability, roc_curve, sigmoid, tpr_at_fpr
from semblante.metrics.verification import true_accept_rate

__all__ = [
    "BinarySummary",
    "Scored",
    "average_precision",
    "binary_summary",
    "evaluation_of",
    "reliability",
    "roc_curve",
    "sigmoid",
    "tpr_at_fpr",
    "true_accept_rate",
]
