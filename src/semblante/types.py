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
Embeddings = Float32[np.ndarray, "n d"]
"""What the frozen network says of each crop, as rows of length one."""

Split = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = ("train", "val", "test")
"""The position of a split is its number in CelebA's `list_eval_partition.txt`."""

Region = Literal["background", "hair", "sides", "forehead", "eyes", "nose", "cheeks", "mouth", "chin", "neck"]
REGIONS: tuple[Region, ...] = get_args(Region)
"""What a place of the CelebA frame shows in a typical face; `geometry` knows where they are."""

Verdict = Literal["yes", "no", "unsure"]

QualityIssue = Literal["small", "blurred", "turned", "hidden"]
"""Why a face is not relied on; `faces.flaw_in_words` says it to a user."""

OnProgress = Callable[[int, int], None]
"""Called with how many are done, and of how many; after a resumption the first call is far along."""


def unwatched(_done: int, _total: int) -> None:
    """The progress that nobody watches."""


@dataclass(frozen=True)
class Photo:
    """A picture as it came in, upright, RGB.

    It may have been decoded at a reduced size; at its full size it has the width and height given here.
    """

    pixels: Pixels
    source: str
    full_width_px: int
    full_height_px: int


@dataclass(frozen=True)
class Detection:
    """A face that a detector found: its box (x0, y0, x1, y1) in photo pixels, and how sure it is, 0 to 1."""

    box_xyxy: tuple[float, float, float, float]
    score: float


@dataclass(frozen=True)
class Quality:
    """What can be relied on in a face.

    `interocular_px` is the distance between the eyes in photo pixels; the others go from 0 to 1: `sharpness`,
    `frontal` (1 looks straight ahead), and `placed` (how surely it lies in the CelebA frame, which hands,
    masks and what is no face make doubtful). A face with `flaws` neither teaches nor decides alone.
    `side_light` says from where light falls, -1 from the left of the picture to 1 from its right; None where
    nobody looked.
    """

    interocular_px: float
    sharpness: float
    frontal: float
    placed: float
    issues: tuple[QualityIssue, ...] = ()
    side_light: float | None = None

    @property
    def is_good(self) -> bool:
        """Whether the face may teach, and decide alone."""
        return not self.issues


@dataclass(frozen=True)
class Face:
    """A face in a photo: its box (x0, y0, x1, y1) and its eyes (x, y), the left one in the picture first.

    All in pixels of the upright photo at its full size.
    """

    box_xyxy: tuple[float, float, float, float]
    score: float
    eyes_xy: tuple[tuple[float, float], tuple[float, float]]
    quality: Quality


@dataclass(frozen=True, eq=False)
class ReadFace:
    """A face as the network sees it: 40 attribute logits, and embeddings of length one."""

    face: Face
    logits: Float32[np.ndarray, "40"]
    embeddings: Float32[np.ndarray, " d"]


@dataclass(frozen=True, eq=False)
class ReadPhoto:
    """A photo that was read, upright and at its full size, with its faces, the largest first."""

    source: str
    width_px: int
    height_px: int
    faces: tuple[ReadFace, ...]


@dataclass(frozen=True)
class ModelOutput:
    """What a network says of n crops: attribute logits (n, 40) and embeddings (n, d)."""

    logits: Float32[np.ndarray, "n 40"]
    embeddings: Embeddings


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval; `value` is nan where the data cannot tell (one class only)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class EpochRow:
    """One line of a training log. Losses are mean binary cross-entropies; rates are shares of 1.

    `train_loss` is that of changed views, in which an attribute that is no longer known counts as right, by
    the leading process. `identity_loss` is the training loss of who is who, and `true_accept_rate` that of
    all pairs of validation images at a false accept rate of 0.1 %; None where nobody is known.
    """

    epoch: int
    train_loss: float
    val_loss: float
    accuracy: float
    balanced_accuracy: float
    majority_baseline: float
    learning_rate: float
    seconds: float
    identity_loss: float | None = None
    true_accept_rate: float | None = None


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
    mean_majority_baseline: float
    mean_balanced_accuracy: Estimate
    left_out: tuple[str, ...]
    matching: GroupMatching | None


@dataclass(frozen=True)
class Evaluation:
    """A bundle measured on one split of a prepared set. Intervals come from resampling `resampled`.

    `verification` is None where nobody is known or the network's embeddings were not given.
    """

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
    verification: Verification | None
    groups: tuple[GroupResult, ...]
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
class HeldOutEvaluation:
    """How well a person is told from others, on photos that the neuron had not seen.

    `method` says where those photos come from. Of `photos_of_others`, so many as `background` came with the
    base network; they are always held out in turn. A rate is None where the photos are too few to say.
    """

    method: Literal["validation", "cross-validation"]
    photos_of_person: int
    photos_of_others: int
    tpr_at_fpr_1_percent: Estimate | None
    tpr_at_fpr_01_percent: Estimate | None
    roc: RocCurve
    reliability: Reliability
    background: int = 0


@dataclass(frozen=True)
class Decision:
    """Whether a photo shows the person, and which face the answer is about.

    `probability` is None where no face was judged; `reason` says why, and also why a likely face is not
    relied on. `source` is empty where there is no photo to look at: of a stranger that came with the base.
    """

    source: str
    verdict: Verdict
    probability: float | None
    reason: str | None = None
    face: Face | None = None


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
