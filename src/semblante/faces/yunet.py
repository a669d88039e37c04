"""YuNet, the face detector: a photo to boxes with scores.

Wu et al., "YuNet: a tiny millisecond-level face detector", 2023. The file of the OpenCV Zoo comes with the
package, as published, and is run by ONNX Runtime, which lets other threads work meanwhile.
"""

import copy
import re
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from PIL import Image

from semblante.errors import InvalidOption
from semblante.onnx_runtime import open_session
from semblante.types import Detection, Pixels

FILE_NAME: Final = "face_detection_yunet_2023mar_int8bq.onnx"
MANIFEST_NAME: Final = "detector.json"

MAX_SIDE_PX: Final = 640
"""The longer side at which a photo is searched. It has nearly all heads then that are a twentieth of it."""
COARSE_SIDE_PX: Final = 256
"""The longer side at which it is searched again for large faces: YuNet learnt faces of 10 to 300 pixels."""
MIN_LARGE_FACE: Final = 0.4
"""The longer side of a large face's box, in longer sides of the photo. Smaller boxes are not taken from the
coarse search, where more of them are no face."""
MIN_SCORE: Final = 0.6
"""Below it, what is reported is too often no face."""
STRIDES_PX: Final = (8, 16, 32)
MAX_OVERLAP: Final = 0.3
"""Of two boxes that overlap by more (intersection over union), the one with the lower score is dropped."""

_FIXED_SIDES: Final = re.compile(rb"(\x0a\x02\x08\x03)\x0a\x03\x08..\x0a\x03\x08..", re.DOTALL)
"""The shape of the input: 3 channels, and a fixed height and width, 640 pixels each."""
_FREE_SIDES: Final = b"\x0a\x03\x12\x01h\x0a\x03\x12\x01w"
_BLOCKED_BIAS: Final = re.compile(
    rb"(\x0a\x0ablock_size\x18).(\xa0\x01\x02\x2a.\x0a\x04axis\x18\x00)", re.DOTALL
)
"""The field of a bias in 8 bits that says in what blocks it was stored. It is one block."""


class YuNet:
    """YuNet from an ONNX file of the OpenCV Zoo. Several threads may use it at once.

    The network takes BGR pixels from 0 to 255 and answers on grids of 8, 16 and 32 pixels: at each place, how
    likely a face is (`cls`, `obj`), and its box (`bbox`), in grid steps from the place, the size as a
    logarithm. Its landmarks (`kps`) are not used: the aligner has its own.
    """

    def __init__(
        self, path: Path, threads: int = 0, max_side_px: int = MAX_SIDE_PX, name: str | None = None
    ) -> None:
        """Open the file. Raises `InvalidOption` where it is not YuNet's network."""
        self.name = name or str(path)
        self._max_side_px = max_side_px
        try:
            self._session = open_session(runnable(path.read_bytes()), threads, unpacks_weights=True)
        except Exception as error:  # ONNX Runtime's own errors share no other class.
            raise InvalidOption("not_an_onnx_file", path=path, problem=str(error)) from error
        self._outputs = [f"{kind}_{stride}" for kind in ("cls", "obj", "bbox") for stride in STRIDES_PX]
        held = {output.name for output in self._session.get_outputs()}
        if missing := [name for name in self._outputs if name not in held]:
            raise InvalidOption("not_yunet", path=path, names=missing)
        (given,) = self._session.get_inputs()
        self._input = given.name

    def within(self, max_side_px: int) -> "YuNet":
        """The same network, by which photos are searched at another longer side."""
        other = copy.copy(self)
        other._max_side_px = max_side_px
        return other

    def __call__(self, pixels: Pixels) -> list[Detection]:
        """The faces in a photo (h, w, 3) RGB, their boxes in its pixels."""
        fine, scale = shrink(pixels, self._max_side_px)
        coarse, further = shrink(fine, COARSE_SIDE_PX)
        boxes, scores = self._search(fine)
        if further > 1:
            more, more_scores = self._search(coarse)
            large = (more[:, 2:] - more[:, :2]).max(axis=1, initial=0) >= MIN_LARGE_FACE * max(coarse.shape)
            boxes = np.concatenate([boxes, more[large] * further])
            scores = np.concatenate([scores, more_scores[large]])
        return [
            Detection(tuple((boxes[number] * scale).tolist()), float(scores[number]))
            for number in without_overlaps(boxes, scores)
        ]

    def _search(self, pixels: Pixels) -> tuple[Float32[np.ndarray, "k 4"], Float32[np.ndarray, " k"]]:
        """The boxes (x0, y0, x1, y1) and scores in a photo as it is, several of one face among them."""
        coarsest = STRIDES_PX[-1]
        height, width = (-(-length // coarsest) * coarsest for length in pixels.shape[:2])
        canvas = np.zeros((1, 3, height, width), np.float32)
        canvas[0, :, : pixels.shape[0], : pixels.shape[1]] = pixels[:, :, ::-1].transpose(2, 0, 1)
        answers = self._session.run(self._outputs, {self._input: canvas})
        named = dict(zip(self._outputs, (answer[0] for answer in answers), strict=True))
        found = [
            decode_boxes(
                named[f"cls_{stride}"], named[f"obj_{stride}"], named[f"bbox_{stride}"], stride, width
            )
            for stride in STRIDES_PX
        ]
        boxes, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return boxes, scores


def runnable(content: bytes) -> bytes:
    """The published file as ONNX Runtime can run it on photos of any size.

    Two fields of the file are in the way, and others of the same length take their place: the input's fixed
    sides get names instead, and biases that are stored in 8 bits have no block size any more, which ONNX
    Runtime takes only where there are several scales. Files without such fields stay as they are.
    """
    free = _FIXED_SIDES.sub(lambda found: found[1] + _FREE_SIDES, content, count=1)
    return _BLOCKED_BIAS.sub(lambda found: found[1] + b"\0" + found[2], free)


def shrink(pixels: Pixels, max_side_px: int) -> tuple[UInt8[np.ndarray, "rows columns 3"], float]:
    """The photo with a longer side of at most `max_side_px`, and the factor from that to the photo."""
    height, width = pixels.shape[:2]
    scale = max(1.0, max(height, width) / max_side_px)
    if scale == 1:
        return pixels, scale
    size = (max(1, round(width / scale)), max(1, round(height / scale)))
    small = Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.asarray(small), scale


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
