"""How far a face can be relied on: its size, sharpness, pose, and the confidence of its alignment."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from jaxtyping import Float32

from semblante.errors import Reason
from semblante.faces.aligner import MIDDLE, Alignment, window
from semblante.geometry import EYES, SimilarityTransform
from semblante.types import Detection, Pixels, Quality, QualityIssue

MIN_INTEROCULAR_PX: Final = 14.0
"""Between the eyes, in photo pixels; CelebA has 40."""
MIN_SHARPNESS, MIN_FRONTAL, MIN_ALIGNMENT_CONFIDENCE = 0.2, 0.25, 0.7
PATCH_PX: Final = 96
TYPICAL_DETAIL: Final = 0.34
"""The median of `_detail` over CelebA's validation crops."""
PROFILE_PX: Final = 26.0
"""How far, in frame pixels, a box lies beside the middle of the frame where a head is seen from the side."""
NO_CONFIDENCE_PX: Final = 10.0
"""The expected error of an alignment, in frame pixels, at which its confidence is 0."""


@dataclass(frozen=True)
class QualityMeasure:
    """What an issue is judged by: a face whose `value` is below the `limit` has it.

    In pixels for "small", from 0 to 1 for the others.
    """

    issue: QualityIssue
    value: float
    limit: float


def measures_of(quality: Quality) -> tuple[QualityMeasure, ...]:
    """What each issue is judged by, in the order of the issues. Sharpness is not judged of a small face."""
    return (
        QualityMeasure("small", quality.interocular_px, MIN_INTEROCULAR_PX),
        QualityMeasure("blurred", quality.sharpness, MIN_SHARPNESS),
        QualityMeasure("turned", quality.frontal, MIN_FRONTAL),
        QualityMeasure("hidden", quality.alignment_confidence, MIN_ALIGNMENT_CONFIDENCE),
    )


def quality_of(pixels: Pixels, found: Detection, alignment: Alignment, reduced: float = 1.0) -> Quality:
    """The quality of a face. `found` and `alignment` are in pixels of `pixels`.

    `reduced` is the factor from these to pixels of the photo at full size.
    """
    interocular_px = (
        float(np.hypot(*(alignment.frame(np.array(EYES[1])) - alignment.frame(np.array(EYES[0]))))) * reduced
    )
    grey = window(pixels, alignment.frame, PATCH_PX).astype(np.float32).mean(axis=2)
    sharpness = min(1.0, _detail(grey) / TYPICAL_DETAIL)
    frontal = max(0.0, 1 - abs(turned_px(found, alignment.frame)) / PROFILE_PX)
    confidence = max(0.0, 1 - alignment.error_px / NO_CONFIDENCE_PX)
    quality = Quality(interocular_px, sharpness, frontal, confidence, side_light=_side_light(grey))
    poor = [each.issue for each in measures_of(quality) if each.value < each.limit]
    issues = tuple(issue for issue in poor if issue != "blurred" or "small" not in poor)
    return replace(quality, issues=issues)


def measured_issues(quality: Quality) -> tuple[QualityMeasure, ...]:
    """The issues of a face with their measures and limits."""
    return tuple(each for each in measures_of(quality) if each.issue in quality.issues)


def unreliable(quality: Quality) -> Reason:
    """Why a face of this quality cannot be relied on."""
    return Reason("face_unreliable", {"issues": [Reason(f"face_{issue}") for issue in quality.issues]})


def turned_px(found: Detection, frame: SimilarityTransform) -> float:
    """How far to the right of the frame's middle the middle of the detector's box lies, in frame pixels.

    The frame follows the eyes and the mouth, the box the whole head: they part as the head turns aside.
    """
    x0, y0, x1, y1 = found.box
    middle = frame.inverse()(np.array([(x0 + x1) / 2, (y0 + y1) / 2]))
    return float(middle[0]) - MIDDLE[0]


def _side_light(grey: Float32[np.ndarray, "s s"]) -> float:
    """By how much the right half of the face is brighter than the left, as a share of both."""
    edge, middle = len(grey) // 5, len(grey) // 2
    face = grey[edge:-edge]
    left, right = float(face[:, edge:middle].mean()), float(face[:, -middle:-edge].mean())
    return (right - left) / (right + left + 1e-6)


def _detail(grey: Float32[np.ndarray, "s s"]) -> float:
    """The spread of the face's Laplacian as a share of the spread of its grey: high where it is sharp."""
    beside = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return float((4 * grey[1:-1, 1:-1] - beside).std() / (grey.std() + 1e-6))
