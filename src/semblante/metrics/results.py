"""What is measured: frozen results with their intervals."""

import math
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from semblante.types import Split, Terms


class _NullIsNan:
    """Tells pydantic that JSON's null, which `Evaluation.as_json` writes for nan, is nan again."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_before_validator_function(_or_nan, handler(source))


def _or_nan(value: Any) -> Any:
    return math.nan if value is None else value


Metric = Annotated[float, _NullIsNan()]
"""A number that is nan where the data cannot tell, such as with one class only."""


@dataclass(frozen=True)
class Estimate:
    """A metric with its 95 % interval."""

    value: Metric
    low: Metric
    high: Metric


@dataclass(frozen=True)
class AttributeResult:
    """How well one attribute is read on a split."""

    name: str
    positive_share: Metric
    accuracy: Estimate
    balanced_accuracy: Estimate
    average_precision: Estimate
    majority_baseline: Metric


@dataclass(frozen=True)
class Reliability:
    """A reliability curve: in each bin, the mean predicted probability, the share of positives, the count."""

    mean_predicted: tuple[Metric, ...]
    fraction_positive: tuple[Metric, ...]
    counts: tuple[int, ...]
    expected_calibration_error: Metric


@dataclass(frozen=True)
class AcceptRate:
    """Of the genuine pairs, the share accepted where `false_accept_rate` of the impostor pairs may be.

    Accepted are pairs whose similarity, a cosine, is above `threshold`. Both are None where the pairs are too
    few to say.
    """

    false_accept_rate: float
    true_accept_rate: Estimate | None
    threshold: float | None


@dataclass(frozen=True)
class Verification:
    """Whether two images show one person, over all pairs of the images whose person is known."""

    images: int
    people: int
    people_in_genuine_pairs: int
    genuine_pairs: int
    impostor_pairs: int
    rates: tuple[AcceptRate, ...]


@dataclass(frozen=True)
class GroupMatching:
    """Verification among the people of one group, at the threshold that gives all pairs the named rate.

    The false match rate is the share of the group's impostor pairs that are accepted, the false non-match
    rate the share of its genuine pairs that are not; None where the group has too few to say.
    """

    at_false_accept_rate: float
    people: int
    genuine_pairs: int
    impostor_pairs: int
    false_match_rate: Estimate | None
    false_non_match_rate: Estimate | None


@dataclass(frozen=True)
class GroupResult:
    """The images with (`labelled`) or without a label, and the people most of whose images are among them.

    `left_out` names the attributes that always or never occur in one of the label's two groups: they are in
    no mean balanced accuracy, so that the two are means of the same attributes.
    """

    attribute: str
    labelled: bool
    images: int
    mean_accuracy: Estimate
    mean_majority_baseline: Metric
    mean_balanced_accuracy: Estimate
    left_out: tuple[str, ...]
    matching: GroupMatching | None


@dataclass(frozen=True)
class RocCurve:
    """False- and true-positive rates at falling thresholds, both from 0 to 1."""

    false_positive_rate: tuple[Metric, ...]
    true_positive_rate: tuple[Metric, ...]
    area: Metric


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """A bundle measured on one split of a prepared set. Intervals come from resampling `resampled`.

    `verification` is None where nobody is known or the network's embeddings were not given. `terms` are those
    of the images: labels of `celeba` are what annotators saw, those of `drawn` faces are true.
    """

    split: Split
    images: int
    people: int | None
    resampled: Literal["people", "images"]
    attributes: tuple[AttributeResult, ...]
    mean_accuracy: Estimate
    mean_balanced_accuracy: Estimate
    mean_average_precision: Estimate
    mean_majority_baseline: Metric
    reliability: Reliability
    verification: Verification | None = None
    groups: tuple[GroupResult, ...] = ()
    network_sha256: str
    data_sha256: str
    terms: Terms = "celeba"

    def as_json(self) -> dict[str, Any]:
        """The evaluation as JSON-ready values; nan becomes null."""
        values: dict[str, Any] = _without_nan(asdict(self))
        return values


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(inner) for inner in value]
    if isinstance(value, float) and math.isnan(value):
        return None
    return value
