"""How far a face in a photo can be relied on: large enough, sharp, looking ahead, surely placed."""

from typing import Final

import numpy as np
from jaxtyping import Float32

from semblante.faces.aligner import MIDDLE, Alignment, window
from semblante.geometry import EYES, SimilarityTransform
from semblante.i18n import tr
from semblante.types import Detection, Pixels, Quality, QualityIssue

SMALLEST_EYES_PX: Final = 14.0
"""Between the eyes, in photo pixels; CelebA has 40."""
LEAST_SHARPNESS, LEAST_FRONTAL, LEAST_PLACED = 0.2, 0.25, 0.7
PATCH_PX: Final = 96
SHARP: Final = 0.34
"""The median of `_detail` over CelebA's validation crops."""
PROFILE_PX: Final = 26.0
"""How far, in frame pixels, a box lies beside the middle of the frame where a head is seen from the side."""
LOST_PX: Final = 10.0
"""From an expected error of so many frame pixels on, nothing is known of where the face is."""


def quality_of(pixels: Pixels, found: Detection, placed: Alignment, reduced: float = 1.0) -> Quality:
    """The quality of a face, from the pixels it is read from.

    `reduced` is how many pixels of the whole photo stand for one of `pixels`, each way; the box and the
    placement are those in `pixels`.
    """
    interocular_px = (
        float(np.hypot(*(placed.frame(np.array(EYES[1])) - placed.frame(np.array(EYES[0]))))) * reduced
    )
    grey = window(pixels, placed.frame, PATCH_PX).astype(np.float32).mean(axis=2)
    sharpness = min(1.0, _detail(grey) / SHARP)
    frontal = max(0.0, 1 - abs(turned_px(found, placed.frame)) / PROFILE_PX)
    surely = max(0.0, 1 - placed.error_px / LOST_PX)
    poor: dict[QualityIssue, bool] = {
        "small": interocular_px < SMALLEST_EYES_PX,
        "blurred": interocular_px >= SMALLEST_EYES_PX and sharpness < LEAST_SHARPNESS,
        "turned": frontal < LEAST_FRONTAL,
        "hidden": surely < LEAST_PLACED,
    }
    issues = tuple(flaw for flaw, is_so in poor.items() if is_so)
    return Quality(interocular_px, sharpness, frontal, surely, issues, _side_light(grey))


def flaw_in_words(flaw: QualityIssue) -> str:
    """What is wrong with a face, to follow "the face cannot be relied on:"."""
    words: dict[QualityIssue, str] = {
        "small": tr("it is too small"),
        "blurred": tr("it is blurred"),
        "turned": tr("it is seen from the side"),
        "hidden": tr("it is hidden in part, or no face"),
    }
    return words[flaw]


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
