"""A photo to its faces: found, placed, judged, and cut out as a network takes them."""

import numpy as np
from jaxtyping import Float64

from semblante.faces.aligner import LANDMARKS, Aligner, Alignment
from semblante.faces.detectors import Detector
from semblante.faces.quality import quality_of
from semblante.geometry import EYES, FRAME_HEIGHT_PX, FRAME_WIDTH_PX, align_crop, resize_to_square
from semblante.types import AlignedFace, Detection, Landmarks, Pixels, Quality

WHOLE = (FRAME_HEIGHT_PX, FRAME_WIDTH_PX)
"""A picture of exactly this size is taken for one of CelebA's, its face placed already."""


class FaceFinder:
    """Finds the faces of photos and cuts them out as crops of `side_px`."""

    def __init__(self, detector: Detector, aligner: Aligner, side_px: int) -> None:
        self._detector, self._aligner, self.side_px = detector, aligner, side_px

    def __call__(self, pixels: Pixels, reduced: float = 1.0) -> list[AlignedFace]:
        """The faces in a photo, the largest first.

        `reduced` is how many pixels of the whole photo stand for one of `pixels`, each way, where it was
        decoded smaller; boxes and eyes are in pixels of the whole.
        """
        if pixels.shape[:2] == WHOLE:
            return [self._whole(pixels)]
        found = sorted(self._detector(pixels), key=lambda each: -_area(each))
        return [
            self._cut(pixels, detection, placed, reduced)
            for detection, placed in zip(found, self._aligner(pixels, found), strict=True)
        ]

    def _cut(self, pixels: Pixels, found: Detection, placed: Alignment, reduced: float) -> AlignedFace:
        x0, y0, x1, y1 = (length * reduced for length in found.box)
        return AlignedFace(
            (x0, y0, x1, y1),
            found.score,
            _landmarks(placed.frame(LANDMARKS) * reduced),
            quality_of(pixels, found, placed, reduced),
            align_crop(pixels, placed.frame, self.side_px),
        )

    def _whole(self, pixels: Pixels) -> AlignedFace:
        """The face of a CelebA crop: nothing is to be found, and nothing is known against it."""
        interocular_px = EYES[1][0] - EYES[0][0]
        box = (0.0, 0.0, float(FRAME_WIDTH_PX), float(FRAME_HEIGHT_PX))
        quality = Quality(interocular_px, 1.0, 1.0, 1.0)
        return AlignedFace(box, 1.0, _landmarks(LANDMARKS), quality, resize_to_square(pixels, self.side_px))


def needs_more_pixels(found: list[AlignedFace], reduced: float, side_px: int) -> bool:
    """Whether a face would be clearer in the whole photo than in one decoded smaller by `reduced`."""
    enough = side_px / FRAME_HEIGHT_PX * (EYES[1][0] - EYES[0][0])
    return reduced > 1 and any(each.quality.interocular_px / reduced < enough for each in found)


def _area(found: Detection) -> float:
    x0, y0, x1, y1 = found.box
    return (x1 - x0) * (y1 - y0)


def _landmarks(points: Float64[np.ndarray, "5 2"]) -> Landmarks:
    eye, other_eye, nose, left, right = ((x, y) for x, y in points.tolist())
    return eye, other_eye, nose, left, right
