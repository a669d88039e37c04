"""Face detectors: a photo to boxes with scores. The aligner does the rest.

The default is YuNet, whose file comes with the package; the environment variable `SEMBLANTE_DETECTOR` names
another edition's. Any other callable that fits the protocol `Detector` will do.
"""

import os
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

import numpy as np

from semblante.faces.weights import FOLDER, verified_manifest
from semblante.faces.yunet import FILE_NAME, MANIFEST_NAME, MAX_SIDE_PX, YuNet, shrink
from semblante.types import Detection, Pixels

ENVIRONMENT_VARIABLE: Final = "SEMBLANTE_DETECTOR"
MIN_TURNED_SCORE: Final = 0.8
"""A photo is taken to lie on its side, or upside down, where a face in it so turned has this score."""
MAX_TURNED_SIDE_PX: Final = 256
"""The longer side at which a photo is tried turned. Three turns then take less time than the photo as it is;
heads that are a tenth of it are still found."""


@runtime_checkable
class Detector(Protocol):
    """Finds faces. A detector that several threads use at once must be safe for that."""

    def __call__(self, pixels: Pixels, /) -> list[Detection]:
        """The faces in a photo UInt8 (h, w, 3) RGB, boxes in its pixels, in any order."""
        ...


def default_detector(threads: int = 0, max_side_px: int = MAX_SIDE_PX) -> Detector:
    """YuNet: the file that comes with the package, or the one that `SEMBLANTE_DETECTOR` names.

    `threads` 0 takes all cores; photos are searched at a longer side of `max_side_px`. Raises `InvalidOption`
    where the file named is not YuNet's, `NotABundle` where the package's file was changed.
    """
    if path := os.environ.get(ENVIRONMENT_VARIABLE):
        return YuNet(Path(path), threads, max_side_px)
    manifest = verified_manifest(FOLDER, MANIFEST_NAME, FILE_NAME)
    return YuNet(FOLDER / FILE_NAME, threads, max_side_px, manifest["name"])


def name_of(detector: Detector) -> str:
    """What a detector is called: YuNet's edition or the path of its file, or the name of another callable."""
    if isinstance(detector, YuNet):
        return detector.name
    return str(getattr(detector, "__qualname__", type(detector).__qualname__))


def detect_turned(pixels: Pixels, detector: Detector) -> list[Detection]:
    """The faces of a photo that lies on its side or upside down, their boxes in the photo as it is given.

    The turn with the surest face is taken. None, where no face is sure: one that lies on its side is found in
    other turns too, and less surely.
    """
    small, _ = shrink(pixels, MAX_TURNED_SIDE_PX)
    best = {turn: _best_score(small, turn, detector) for turn in (1, 3, 2)}
    surest = max(best, key=lambda turn: best[turn])
    if best[surest] < MIN_TURNED_SCORE:
        return []
    found = detector(np.ascontiguousarray(np.rot90(pixels, surest)))
    return [_turned_back(each, surest, pixels) for each in found]


def _best_score(pixels: Pixels, quarters: int, detector: Detector) -> float:
    found = detector(np.ascontiguousarray(np.rot90(pixels, quarters)))
    return max((each.score for each in found), default=0.0)


def _turned_back(found: Detection, quarters: int, pixels: Pixels) -> Detection:
    """A face of a photo that was turned by so many quarters against the clock, in the photo as it was."""
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = found.box
    boxes = {
        1: (width - y1, x0, width - y0, x1),
        2: (width - x1, height - y1, width - x0, height - y0),
        3: (y0, height - x1, y1, height - x0),
    }
    return Detection(boxes[quarters], found.score)
