"""A photo to its aligned faces: detected, aligned, judged, and cropped as the network takes them."""

from collections.abc import Iterable
from typing import Final

import numpy as np
from jaxtyping import Float64

from semblante.errors import InvalidOption
from semblante.faces.aligner import LANDMARKS, Aligner, Alignment
from semblante.faces.detectors import Detector, detect_turned
from semblante.faces.quality import quality_of
from semblante.geometry import EYES, FRAME_HEIGHT_PX, FRAME_WIDTH_PX, align_crop, resize_to_square
from semblante.types import AlignedFace, Box, Detection, Landmarks, Pixels, Quality

MAX_BOX: Final = 4
"""The longest side of a detector's box, in longer sides of the photo."""


def extract_faces(
    pixels: Pixels,
    detector: Detector,
    aligner: Aligner,
    side_px: int,
    reduced: float = 1.0,
    is_upright: bool = False,
) -> list[AlignedFace]:
    """The faces in a photo with crops of `side_px`, the largest first.

    Where none is found, or the aligner is sure of none, the photo is tried turned to either side and upside
    down, as photos lie that say nothing of their orientation; unless it `is_upright`, such as a frame of a
    camera. Boxes and landmarks are those of the photo as it is given.

    `reduced` is how many pixels of the photo at full size stand for one of `pixels`, each way; boxes and
    landmarks are in pixels at full size. Raises `InvalidOption` where the detector gives anything but
    `Detection`s, or a box that is empty or far larger than the photo.
    """

    def aligned(detected: list[Detection]) -> list[AlignedFace]:
        found = sorted(detected, key=lambda each: -_area(each))
        for detection in found:
            _check_box(detection.box, max(pixels.shape))
        return [
            _aligned_face(pixels, detection, alignment, side_px, reduced)
            for detection, alignment in zip(found, aligner(pixels, found, is_upright), strict=True)
        ]

    faces = aligned(_detections(detector(pixels)))
    if is_upright or any(map(_is_sure, faces)):
        return faces
    turned = aligned(detect_turned(pixels, detector))
    return turned if not faces or any(map(_is_sure, turned)) else faces


def _is_sure(face: AlignedFace) -> bool:
    return "hidden" not in face.quality.issues


def is_celeba_crop(pixels: Pixels) -> bool:
    """Whether a picture has exactly the size of CelebA's aligned crops, 178 x 218 pixels."""
    return pixels.shape[:2] == (FRAME_HEIGHT_PX, FRAME_WIDTH_PX)


def face_of_celeba_crop(pixels: Pixels, side_px: int) -> AlignedFace:
    """The face of a CelebA crop, which is aligned already; its quality is taken to be good."""
    box = (0.0, 0.0, float(FRAME_WIDTH_PX), float(FRAME_HEIGHT_PX))
    quality = Quality(EYES[1][0] - EYES[0][0], 1.0, 1.0, 1.0)
    return AlignedFace(box, 1.0, _landmarks(LANDMARKS), quality, resize_to_square(pixels, side_px))


def needs_more_pixels(faces: list[AlignedFace], reduced: float, side_px: int) -> bool:
    """Whether a crop of the photo at full size would be clearer than one of it reduced by `reduced`."""
    enough_px = side_px / FRAME_HEIGHT_PX * (EYES[1][0] - EYES[0][0])
    return reduced > 1 and any(face.quality.interocular_px / reduced < enough_px for face in faces)


def _aligned_face(
    pixels: Pixels, found: Detection, alignment: Alignment, side_px: int, reduced: float
) -> AlignedFace:
    x0, y0, x1, y1 = (length * reduced for length in found.box)
    return AlignedFace(
        (x0, y0, x1, y1),
        found.score,
        _landmarks(alignment.frame(LANDMARKS) * reduced),
        quality_of(pixels, found, alignment, reduced),
        align_crop(pixels, alignment.frame, side_px),
    )


def _detections(given: object) -> list[Detection]:
    """What a detector gave, if that is detections."""
    found = []
    for each in given if isinstance(given, Iterable) else [given]:
        if not isinstance(each, Detection):
            raise InvalidOption("not_detections", kind=type(each).__name__)
        found.append(each)
    return found


def _check_box(box: Box, photo_px: int) -> None:
    x0, y0, x1, y1 = box
    if not (0 < x1 - x0 <= MAX_BOX * photo_px and 0 < y1 - y0 <= MAX_BOX * photo_px):  # Also for nan.
        raise InvalidOption("bad_detection", box=list(box))


def _area(found: Detection) -> float:
    x0, y0, x1, y1 = found.box
    return (x1 - x0) * (y1 - y0)


def _landmarks(points: Float64[np.ndarray, "5 2"]) -> Landmarks:
    eye, other_eye, nose, left, right = ((x, y) for x, y in points.tolist())
    return eye, other_eye, nose, left, right
