"""All that is measured of a network on one split, in one call."""

from semblante.labels import ATTRIBUTES
from semblante.metrics.attributes import (
    Scored,
    average_precisions_with_intervals,
    majority_baseline,
    rates_with_intervals,
)
from semblante.metrics.calibration import reliability, sigmoid
from semblante.metrics.groups import group_results
from semblante.metrics.pairs import compare
from semblante.metrics.resampling import clusters
from semblante.metrics.results import AttributeResult, Evaluation
from semblante.metrics.verification import FALSE_ACCEPT_RATES, verify
from semblante.types import Split


def evaluate(scored: Scored, split: Split, network_sha256: str, data_sha256: str) -> Evaluation:
    """All that is measured of a network on one split. 7,000 images take some seconds on one core.

    Intervals come from 1,000 resamples of people (of images where nobody is known), those of average
    precision and of pairs from 200. With a single person there is nothing to resample and they are nan.
    Nobody is verified without embeddings or without a known person.
    """
    images, grouping = len(scored.labels), clusters(scored.identities)
    accuracy, balanced = rates_with_intervals(scored, grouping)
    precision = average_precisions_with_intervals(scored, grouping)
    baseline = majority_baseline(scored.labels, scored.positive_rates)
    shares = scored.labels.mean(axis=0)
    pairs = (
        None
        if scored.embeddings is None
        else compare(scored.embeddings, scored.identities, max(FALSE_ACCEPT_RATES))
    )
    verification = None if pairs is None else verify(pairs)
    return Evaluation(
        split=split,
        images=images,
        people=grouping.people,
        resampled=grouping.kind,
        attributes=tuple(
            AttributeResult(
                name=name,
                positive_share=float(shares[k]),
                accuracy=accuracy.each(k),
                balanced_accuracy=balanced.each(k),
                average_precision=precision.each(k),
                majority_baseline=float(baseline[k]),
            )
            for k, name in enumerate(ATTRIBUTES)
        ),
        mean_accuracy=accuracy.mean(),
        mean_balanced_accuracy=balanced.mean(),
        mean_average_precision=precision.mean(),
        mean_majority_baseline=float(baseline.mean()),
        reliability=reliability(sigmoid(scored.logits).ravel(), scored.labels.ravel()),
        verification=verification,
        groups=group_results(scored, pairs, None if verification is None else verification.rates[0]),
        network_sha256=network_sha256,
        data_sha256=data_sha256,
    )
