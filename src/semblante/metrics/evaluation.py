"""Everything that is measured of a network on one split, also within groups of people.

The groups are formed by labels, which are what annotators thought they saw, not facts about anybody.
"""

from dataclasses import replace
from typing import Final

import numpy as np
from jaxtyping import Bool, Integer

from semblante.jobs import SILENT, JobContext
from semblante.labels import ATTRIBUTES
from semblante.metrics.attributes import (
    Scored,
    average_precisions_with_intervals,
    majority_baseline,
    rates_with_intervals,
)
from semblante.metrics.resampling import clusters, estimate_over_people
from semblante.metrics.results import AcceptRate, AttributeResult, Evaluation, GroupMatching, GroupResult
from semblante.metrics.scores import reliability, sigmoid
from semblante.metrics.verification import (
    FALSE_ACCEPT_RATES,
    MIN_PEOPLE_IN_GENUINE_PAIRS,
    Pairs,
    compare,
    verify,
)
from semblante.types import Split

GROUPED_BY: Final = ("Male", "Young")
MIN_EXPECTED_FALSE_MATCHES = 10
"""A false match rate needs so many impostor pairs that at the rate of all pairs 10 false matches are due."""


def evaluation_of(
    scored: Scored, split: Split, network_sha256: str, data_sha256: str, job: JobContext = SILENT
) -> Evaluation:
    """All that is measured of a network on one split. 7,000 images take some seconds on one core.

    Intervals come from 1,000 resamples of people (of images where nobody is known), those of average
    precision and of pairs from 200. With a single person there is nothing to resample and they are nan.
    Nobody is verified without embeddings or without a known person. Raises `Cancelled`.
    """
    images, grouping = len(scored.labels), clusters(scored.identities)
    accuracy, balanced = rates_with_intervals(scored, grouping)
    precision = average_precisions_with_intervals(scored, grouping, job)
    baseline = majority_baseline(scored.labels, scored.positive_rates)
    shares = scored.labels.mean(axis=0)
    pairs = (
        None
        if scored.embeddings is None
        else compare(scored.embeddings, scored.identities, max(FALSE_ACCEPT_RATES), job)
    )
    verification = None if pairs is None else verify(pairs, job)
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
        groups=group_results(scored, pairs, None if verification is None else verification.rates[0], job),
        network_sha256=network_sha256,
        data_sha256=data_sha256,
        terms=scored.terms,
    )


def group_results(
    scored: Scored, pairs: Pairs | None, accepted: AcceptRate | None, job: JobContext = SILENT
) -> tuple[GroupResult, ...]:
    """Those with each label of `GROUPED_BY`, then those without; a group without images is left out.

    Attributes are measured on the images of the group, pairs on its people: a person is in the group of most
    of her images, and without the label where they are evenly split. One threshold serves everybody, that of
    `accepted`; without it, or without `pairs`, no group has `matching`.

    Intervals come from resamples of the group's people, 1,000 for the accuracies and 200 for the error rates
    of pairs, where the threshold is held fixed.
    Raises `Cancelled`.
    """
    found = []
    for attribute in GROUPED_BY:
        column = ATTRIBUTES.index(attribute)
        parts = [(labelled, (scored.labels[:, column] > 0) == labelled) for labelled in (True, False)]
        parts = [(labelled, chosen) for labelled, chosen in parts if chosen.any()]
        varies = np.all([_varies(scored, chosen) for _, chosen in parts], axis=0)
        for labelled, chosen in parts:
            job.check()
            result = _on_images(scored, attribute, labelled, chosen, varies)
            if pairs is not None and accepted is not None and accepted.threshold is not None:
                members = _most_images_labelled(pairs, scored.labels[:, column]) == labelled
                matching = _matching(pairs, members, accepted.threshold, accepted.false_accept_rate, job)
                result = replace(result, matching=matching)
            found.append(result)
    return tuple(found)


def _varies(scored: Scored, chosen: Bool[np.ndarray, " n"]) -> Bool[np.ndarray, " 40"]:
    """Which attributes occur on some of the chosen images and are missing on others."""
    labels = scored.labels[chosen] > 0
    varies: Bool[np.ndarray, " 40"] = labels.any(axis=0) & ~labels.all(axis=0)
    return varies


def _on_images(
    scored: Scored,
    attribute: str,
    labelled: bool,
    chosen: Bool[np.ndarray, " n"],
    varies: Bool[np.ndarray, " 40"],
) -> GroupResult:
    part = Scored(
        scored.logits[chosen], scored.labels[chosen], scored.identities[chosen], scored.positive_rates
    )
    accuracy, balanced = rates_with_intervals(part, clusters(part.identities))
    return GroupResult(
        attribute=attribute,
        labelled=labelled,
        images=len(part.labels),
        mean_accuracy=accuracy.mean(),
        mean_majority_baseline=float(majority_baseline(part.labels, part.positive_rates).mean()),
        mean_balanced_accuracy=balanced.only(varies).mean(),
        left_out=tuple(name for name, kept in zip(ATTRIBUTES, varies, strict=True) if not kept),
        matching=None,
    )


def _most_images_labelled(pairs: Pairs, labels: Integer[np.ndarray, " n"]) -> Bool[np.ndarray, " p"]:
    known = pairs.person_of_image >= 0
    labelled = np.bincount(pairs.person_of_image[known], weights=labels[known] > 0, minlength=pairs.people)
    most: Bool[np.ndarray, " p"] = labelled > pairs.sizes / 2
    return most


def _matching(
    pairs: Pairs, people: Bool[np.ndarray, " p"], threshold: float, rate: float, job: JobContext
) -> GroupMatching:
    once = people.astype(np.float32)
    impostor_pairs = pairs.impostor_count(once)
    can_say_false = impostor_pairs * rate >= MIN_EXPECTED_FALSE_MATCHES
    can_say_true = (pairs.sizes[people] > 1).sum() >= MIN_PEOPLE_IN_GENUINE_PAIRS
    return GroupMatching(
        at_false_accept_rate=rate,
        people=int(people.sum()),
        genuine_pairs=int(pairs.genuine_count(once)),
        impostor_pairs=int(impostor_pairs),
        false_match_rate=estimate_over_people(
            people, lambda drawn: pairs.false_accept_rate(drawn, threshold), job
        )
        if can_say_false
        else None,
        false_non_match_rate=estimate_over_people(
            people, lambda drawn: 1 - pairs.true_accept_rate(drawn, threshold), job
        )
        if can_say_true
        else None,
    )
