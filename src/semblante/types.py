"""The values that travel between rooms: frozen results and the names of array shapes.

Images are RGB, uint8, height before width. Nothing here is filled in later: each step makes new values.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

import numpy as np
from jaxtyping import Float32, UInt8

Pixels = UInt8[np.ndarray, "h w 3"]
"""One RGB image."""
Crops = UInt8[np.ndarray, "n s s 3"]
"""Square RGB crops in the CelebA frame, as the network takes them."""
Labels = UInt8[np.ndarray, "n 40"]
"""0 or 1 for each of the 40 attributes, in the order of `labels.ATTRIBUTES`."""
Features = Float32[np.ndarray, "n d"]
"""What the frozen network says of each crop, as rows of length one."""

Split = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = ("train", "val", "test")
"""The position of a split is its number in CelebA's `list_eval_partition.txt`."""

Region = Literal["background", "hair", "sides", "forehead", "eyes", "nose", "cheeks", "mouth", "chin", "neck"]
REGIONS: tuple[Region, ...] = get_args(Region)
"""What a place of the CelebA frame shows in a typical face; `geometry` knows where they are."""

Verdict = Literal["yes", "no", "unsure"]

OnProgress = Callable[[int, int], None]
"""Called with how many are done, and of how many; after a resumption the first call is far along."""


def unwatched(_done: int, _total: int) -> None:
    """The progress that nobody watches."""


@dataclass(frozen=True)
class Photo:
    """A picture as it came in, upright, RGB."""

    pixels: Pixels
    source: str


@dataclass(frozen=True)
class Scores:
    """What a network says of n crops: attribute logits (n, 40) and features (n, d)."""

    logits: Float32[np.ndarray, "n 40"]
    features: Features


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval; `value` is nan where the data cannot tell (one class only)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class EpochRow:
    """One line of a training log. Losses are mean binary cross-entropies; rates are shares of 1."""

    epoch: int
    train_loss: float
    val_loss: float
    accuracy: float
    balanced_accuracy: float
    majority_baseline: float
    learning_rate: float
    seconds: float


@dataclass(frozen=True)
class AttributeResult:
    """How well one attribute is read on a split."""

    name: str
    positive_share: float
    accuracy: Estimate
    balanced_accuracy: Estimate
    average_precision: Estimate
    majority_baseline: float


@dataclass(frozen=True)
class Reliability:
    """A reliability curve: in each bin, mean probability said, share that was true, and count."""

    said: tuple[float, ...]
    true: tuple[float, ...]
    counts: tuple[int, ...]
    expected_calibration_error: float


@dataclass(frozen=True)
class Evaluation:
    """A bundle measured on one split of a prepared set. Intervals come from resampling `resampled`."""

    split: Split
    images: int
    people: int | None
    resampled: Literal["people", "images"]
    attributes: tuple[AttributeResult, ...]
    mean_accuracy: Estimate
    mean_balanced_accuracy: Estimate
    mean_average_precision: Estimate
    mean_majority_baseline: float
    reliability: Reliability
    network_sha256: str
    data_sha256: str

    def as_json(self) -> dict[str, Any]:
        """The evaluation as JSON-ready values; nan becomes null."""
        values: dict[str, Any] = _without_nan(asdict(self))
        return values


@dataclass(frozen=True)
class RocCurve:
    """False- and true-positive rates at falling thresholds, both from 0 to 1."""

    false_positive_rate: tuple[float, ...]
    true_positive_rate: tuple[float, ...]
    area: float


@dataclass(frozen=True)
class Evidence:
    """How well a person is told from others, on photos that the neuron had not seen.

    `method` says where those photos come from. A rate is None where the photos are too few to say.
    """

    method: Literal["validation", "cross-validation"]
    photos_of_person: int
    photos_of_others: int
    tpr_at_fpr_1_percent: Estimate | None
    tpr_at_fpr_01_percent: Estimate | None
    roc: RocCurve
    reliability: Reliability


@dataclass(frozen=True)
class Answer:
    """Whether a photo shows the person. `probability` is None, and `reason` says why, where none was made."""

    source: str
    verdict: Verdict
    probability: float | None
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class Explanation:
    """Where in a photo's face an answer comes from.

    The question is whether `subject` is there: an attribute as CelebA writes it, or a person by name. The
    probability is None for an attribute, whose logit is not calibrated. `heat` says by how much `logit` falls
    when the place about each pixel is hidden: positive speaks for `subject`, negative against it. `regions`
    holds the mean heat in each part of a typical face.
    """

    source: str
    kind: Literal["attribute", "person"]
    subject: str
    verdict: Verdict
    probability: float | None
    logit: float
    crop: UInt8[np.ndarray, "s s 3"]
    heat: Float32[np.ndarray, "s s"]
    regions: Mapping[Region, float]

    def as_json(self) -> dict[str, Any]:
        """The explanation as JSON-ready values: heat row by row with 5 decimals, no crop."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        del values["crop"], values["heat"]
        heat = [[round(place, 5) for place in row] for row in self.heat.tolist()]
        return {**values, "side_px": len(self.heat), "heat": heat}


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(inner) for inner in value]
    if isinstance(value, float) and np.isnan(value):
        return None
    return value
