"""YuNet from a file that the user has (Wu et al., "YuNet: a tiny millisecond-level face detector", 2023).

Takes the ONNX files of the OpenCV Zoo: of a fixed size (2023mar) or of any (2026may). They see BGR pixels
from 0 to 255, and answer on grids of 8, 16 and 32 pixels: at each place, how much it is a face (`cls`, `obj`)
and where its box lies (`bbox`), in grid steps from the place, its size as a logarithm. The points that they
give too (`kps`) are not needed: the aligner finds its own.
"""

from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Bool, Float32

from semblante.errors import InvalidOption
from semblante.faces.shrinking import shrunk
from semblante.i18n import tr
from semblante.onnx_runtime import open_session
from semblante.types import Detection, Pixels

STRIDES_PX: Final = (8, 16, 32)
LEAST_SCORE: Final = 0.6
MOST_OVERLAP: Final = 0.3
"""Of two boxes that overlap by more (intersection over union), the surer one is the face."""


class YuNet:
    """A detector from YuNet's file. Raises `BadSetting` where the file at `path` is none of YuNet's."""

    def __init__(self, path: Path, max_side_px: int, threads: int = 0) -> None:
        try:
            self._session = open_session(path, threads)
        except Exception as error:  # ONNX Runtime's own errors share no other class.
            raise InvalidOption(
                tr("{path}: this is no ONNX file that can be opened: {problem}", path=path, problem=error)
            ) from error
        self._outputs = [f"{kind}_{stride}" for kind in ("cls", "obj", "bbox") for stride in STRIDES_PX]
        held = {output.name for output in self._session.get_outputs()}
        if missing := [name for name in self._outputs if name not in held]:
            raise InvalidOption(
                tr(
                    "{path}: this is not YuNet's network: it has no output {names}",
                    path=path,
                    names=", ".join(missing),
                )
            )
        (given,) = self._session.get_inputs()
        self._input = given.name
        height, width = given.shape[2:]
        self._fixed = (height, width) if isinstance(height, int) and isinstance(width, int) else None
        self._longest_px = min(self._fixed) if self._fixed else max_side_px

    def __call__(self, pixels: Pixels) -> list[Detection]:
        """The faces in a photo (h, w, 3) RGB, their boxes in its pixels."""
        small, scale = shrunk(pixels, self._longest_px)
        coarsest = STRIDES_PX[-1]
        height, width = self._fixed or (-(-length // coarsest) * coarsest for length in small.shape[:2])
        canvas = np.zeros((1, 3, height, width), np.float32)
        canvas[0, :, : small.shape[0], : small.shape[1]] = small[:, :, ::-1].transpose(2, 0, 1)
        answers = self._session.run(self._outputs, {self._input: canvas})
        named = dict(zip(self._outputs, (answer[0] for answer in answers), strict=True))
        found = [
            boxes_of(named[f"cls_{stride}"], named[f"obj_{stride}"], named[f"bbox_{stride}"], stride, width)
            for stride in STRIDES_PX
        ]
        boxes, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return [
            Detection(tuple((boxes[number] * scale).tolist()), float(scores[number]))
            for number in surest(boxes, scores)
        ]


def boxes_of(
    cls: Float32[np.ndarray, "places 1"],
    obj: Float32[np.ndarray, "places 1"],
    bbox: Float32[np.ndarray, "places 4"],
    stride_px: int,
    width_px: int,
) -> tuple[Float32[np.ndarray, "k 4"], Float32[np.ndarray, " k"]]:
    """The boxes (x0, y0, x1, y1), in pixels, that one grid is sure enough of, and their scores."""
    scores = np.sqrt(np.clip(cls, 0, 1) * np.clip(obj, 0, 1))[:, 0]
    sure: Bool[np.ndarray, " places"] = scores >= LEAST_SCORE
    row, column = np.divmod(np.flatnonzero(sure), width_px // stride_px)
    middle = (np.stack([column, row], axis=1) + bbox[sure, :2]) * stride_px
    half = np.exp(bbox[sure, 2:]) * stride_px / 2
    return np.concatenate([middle - half, middle + half], axis=1).astype(np.float32), scores[sure]


def surest(boxes: Float32[np.ndarray, "k 4"], scores: Float32[np.ndarray, " k"]) -> list[int]:
    """The boxes that are no other's double, the surest first (greedy non-maximum suppression)."""
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    left, kept = np.argsort(-scores, kind="stable"), []
    while len(left):
        best, rest = left[0], left[1:]
        kept.append(int(best))
        corner0 = np.maximum(boxes[best, :2], boxes[rest, :2])
        corner1 = np.minimum(boxes[best, 2:], boxes[rest, 2:])
        shared = np.prod(np.maximum(0, corner1 - corner0), axis=1)
        left = rest[shared <= MOST_OVERLAP * (area[best] + area[rest] - shared)]
    return kept
