"""How well a network reads attributes: each one and on the mean, against the majority-class baseline."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, Integer

from semblante.jobs import SILENT, JobContext
from semblante.metrics.resampling import RESAMPLES, RESAMPLES_OF_RANKINGS, Clusters, estimate, resamples
from semblante.metrics.results import Estimate
from semblante.metrics.scores import average_precision, average_precisions
from semblante.types import Embeddings, Terms


@dataclass(frozen=True)
class Scored:
    """Logits of n images with the truth, the person on each (-1 unknown) and the training positive rates.

    A logit above 0 says yes. The majority-class baseline answers each attribute as most of the training
    images do, and no where exactly half do. `embeddings`, rows of length one, say who is alike; without them
    nobody is verified. `terms` are those of the images.
    """

    logits: Float[np.ndarray, "n 40"]
    labels: Integer[np.ndarray, "n 40"]
    identities: Integer[np.ndarray, " n"]
    positive_rates: Float[np.ndarray, " 40"]
    embeddings: Embeddings | None = None
    terms: Terms = "celeba"


@dataclass(frozen=True)
class BinarySummary:
    """Means over all attributes: cross-entropy, accuracy, balanced accuracy, accuracy of the baseline."""

    loss: float
    accuracy: float
    balanced_accuracy: float
    majority_baseline: float


def binary_summary(
    logits: Float[np.ndarray, "n k"],
    labels: Integer[np.ndarray, "n k"],
    positive_rates: Float[np.ndarray, " k"],
) -> BinarySummary:
    """The few metrics that are worth computing after every epoch; not-a-number logits give a nan loss."""
    exact = np.asarray(logits, np.float64)
    totals = _outcomes(exact, labels).sum(axis=0, dtype=np.float64)
    # A diverging network's infinities may meet 0 here; the nan that results is the right answer.
    with np.errstate(invalid="ignore"):
        loss = float((np.logaddexp(0.0, exact) - labels * exact).mean())
    return BinarySummary(
        loss=loss,
        accuracy=float(_mean(_accuracy(totals, len(labels)))),
        balanced_accuracy=float(_mean(_balanced_accuracy(totals, len(labels)))),
        majority_baseline=float(majority_baseline(labels, positive_rates).mean()),
    )


@dataclass(frozen=True)
class ResampledMetric:
    """One metric of each of k attributes, as measured and over r resamples."""

    values: Float64[np.ndarray, " k"]
    resampled: Float64[np.ndarray, "r k"]

    def each(self, k: int) -> Estimate:
        """That of attribute k."""
        return estimate(float(self.values[k]), self.resampled[:, k])

    def only(self, chosen: Bool[np.ndarray, " k"]) -> "ResampledMetric":
        """The same of some of the attributes."""
        return ResampledMetric(self.values[chosen], self.resampled[:, chosen])

    def mean(self) -> Estimate:
        """The mean over the attributes that are defined."""
        defined = ~np.isnan(self.values)
        return estimate(float(_mean(self.values)), _mean(self.resampled[:, defined]))


def rates_with_intervals(scored: Scored, grouping: Clusters) -> tuple[ResampledMetric, ResampledMetric]:
    """Accuracy and balanced accuracy of each attribute.

    Each person's outcomes are summed once; a resample is then a weighted sum of people, and all
    resamples of a block are one matrix product.
    """
    outcomes = _outcomes(scored.logits, scored.labels)
    by_cluster = _sum_by_cluster(outcomes, grouping)
    sizes = np.bincount(grouping.of_image, minlength=grouping.count).astype(np.float32)
    drawn_rates = [
        (_accuracy(totals, (counts @ sizes)[:, None]), _balanced_accuracy(totals, (counts @ sizes)[:, None]))
        for counts in resamples(grouping.count, RESAMPLES if grouping.count > 1 else 0)
        # Whole numbers below 2**24 are exact in float32.
        for totals in [(counts @ by_cluster).reshape(len(counts), 3, -1).astype(np.float64)]
    ]
    totals, columns = outcomes.sum(axis=0, dtype=np.float64), scored.labels.shape[1]
    accuracies, balanced = zip(*drawn_rates, strict=True) if drawn_rates else ((), ())
    nothing = np.empty((0, columns))
    return (
        ResampledMetric(_accuracy(totals, len(outcomes)), np.concatenate([nothing, *accuracies])),
        ResampledMetric(_balanced_accuracy(totals, len(outcomes)), np.concatenate([nothing, *balanced])),
    )


def average_precisions_with_intervals(
    scored: Scored, grouping: Clusters, job: JobContext = SILENT
) -> ResampledMetric:
    """The average precision of each attribute. Raises `Cancelled` between two attributes."""
    pairs = list(zip(scored.logits.T, scored.labels.T, strict=True))
    values = np.array([average_precision(logits, labels) for logits, labels in pairs])
    wanted = RESAMPLES_OF_RANKINGS if grouping.count > 1 else 0
    drawn = [np.empty((0, len(pairs)))]
    for counts in resamples(grouping.count, wanted, size=len(scored.labels)):
        of_image = np.ascontiguousarray(counts.T)[grouping.of_image]
        columns = []
        for pair in pairs:
            job.check()
            columns.append(average_precisions(*pair, of_image))
        drawn.append(np.stack(columns, axis=1))
    return ResampledMetric(values, np.concatenate(drawn))


def _outcomes(
    logits: Float[np.ndarray, "n k"], labels: Integer[np.ndarray, "n k"]
) -> Float32[np.ndarray, "n 3 k"]:
    """1 or 0 for each answer: a true positive, a true negative, a positive label."""
    predicted, labelled = logits > 0, labels > 0
    return np.stack([predicted & labelled, ~predicted & ~labelled, labelled], axis=1).astype(np.float32)


def _sum_by_cluster(
    outcomes: Float32[np.ndarray, "n 3 k"], grouping: Clusters
) -> Float32[np.ndarray, "clusters columns"]:
    order = np.argsort(grouping.of_image, kind="stable")
    starts = np.searchsorted(grouping.of_image[order], np.arange(grouping.count))
    sums: Float32[np.ndarray, "clusters columns"]
    sums = np.add.reduceat(outcomes[order].reshape(len(outcomes), -1), starts, axis=0)
    return sums


def _accuracy(
    totals: Float64[np.ndarray, "*r 3 k"], images: Float[np.ndarray, "*r 1"] | int
) -> Float64[np.ndarray, "*r k"]:
    rates: Float64[np.ndarray, "*r k"] = (totals[..., 0, :] + totals[..., 1, :]) / images
    return rates


def _balanced_accuracy(
    totals: Float64[np.ndarray, "*r 3 k"], images: Float[np.ndarray, "*r 1"] | int
) -> Float64[np.ndarray, "*r k"]:
    """The mean of the rates of finding positives and negatives; nan where one of them does not occur."""
    found, dismissed, positives = totals[..., 0, :], totals[..., 1, :], totals[..., 2, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        rates: Float64[np.ndarray, "*r k"] = (found / positives + dismissed / (images - positives)) / 2
    return rates


def majority_baseline(
    labels: Integer[np.ndarray, "n k"], positive_rates: Float[np.ndarray, " k"]
) -> Float64[np.ndarray, " k"]:
    """The accuracy of answering each attribute as most of the training images do."""
    rates: Float64[np.ndarray, " k"] = ((labels > 0) == (positive_rates > 0.5)).mean(axis=0)
    return rates


def _mean(values: Float64[np.ndarray, "*r k"]) -> Float64[np.ndarray, "*r"]:
    """The mean over the last axis without nan; nan of nothing."""
    defined = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        means: Float64[np.ndarray, "*r"] = np.asarray(
            np.where(defined, values, 0.0).sum(axis=-1) / defined.sum(axis=-1)
        )
    return means
