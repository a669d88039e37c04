"""Aligns a detected face to the CelebA frame: a small network estimates the error of a guess, iteratively.

    box -> a first guess, upright -> window of the face -> estimated move -> guess -> window -> ...

A window is a disk about the middle of the face, so that neither the surroundings of a face nor the border of
a training crop say anything. The network was trained to undo random turns, shifts and scalings of CelebA's
aligned crops, so it needed no annotated landmarks (`semblante.train.aligner`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float, UInt8

from semblante.faces.weights import FOLDER, verified_manifest
from semblante.geometry import EYES, MOUTH, SimilarityTransform, warp_patch
from semblante.onnx_runtime import open_session
from semblante.types import Detection, Pixels

NETWORK_NAME = "aligner.onnx"
MANIFEST_NAME = "aligner.json"

WINDOW_SIDE: Final = 112.0
"""The side of a window in frame pixels: from brow to chin."""
WINDOW_PX: Final = 48
MIDDLE: Final = (89.0, 126.0)
"""The middle of a window, in the frame; also where the middle of a detector's box lies on average."""
BOX_SIZE: Final = 99.0
"""The side of a square as large as the mean box of libfacedetection, YuNet's sister, in frame pixels, over
CelebA's training crops; YuNet's are a hundredth larger. The spread is 7 %, and that of the box's middle 8
pixels across and 3 down."""
POINTS: Final = np.array([*EYES, (MOUTH[0] - 16, MOUTH[1]), (MOUTH[0] + 16, MOUTH[1])])
"""The points whose mean distance is the error of an alignment."""
LANDMARKS: Final = np.array([*EYES, (88.0, 136.0), *POINTS[2:]])
"""The five landmarks of a face in the frame, in the order of `types.Landmarks`, as means over CelebA."""
ITERATIONS: Final = 3
MAX_UPRIGHT_ERROR_PX: Final = 3.0
"""Above it, other turns are tried too. One in a hundred upright faces of LFW has a larger expected error, and
nearly all faces that are upside down."""


@dataclass(frozen=True)
class Alignment:
    """The frame in a photo (frame to photo pixels), and the expected error of its points, in frame pixels."""

    frame: SimilarityTransform
    error_px: float


class Aligner:
    """The alignment network, open in ONNX Runtime. Several threads may use it at once."""

    def __init__(self, folder: Path = FOLDER, threads: int = 0, providers: Sequence[str] = ()) -> None:
        """Open and verify the network in `folder`. Raises `NotABundle` or `FileAccessError`."""
        verified_manifest(folder, MANIFEST_NAME, NETWORK_NAME)
        self._session = open_session(folder / NETWORK_NAME, threads, providers)

    def __call__(self, pixels: Pixels, found: list[Detection], is_upright: bool = False) -> list[Alignment]:
        """The alignment of each face detected in a photo.

        Where the expected error of the upright guess is large, the other quarter turns are tried too: the
        network was trained on turns up to 50 degrees. Not so in a photo that surely `is_upright`.
        """
        alignments = self._refine(pixels, [first_guess(each) for each in found])
        for number, upright in enumerate(alignments):
            if upright.error_px > MAX_UPRIGHT_ERROR_PX and not is_upright:
                guesses = [first_guess(found[number], quarters) for quarters in (1, 2, 3)]
                alignments[number] = min(
                    upright, *self._refine(pixels, guesses), key=lambda each: each.error_px
                )
        return alignments

    def _refine(self, pixels: Pixels, frames: list[SimilarityTransform]) -> list[Alignment]:
        """The alignment that iterations from each of these first guesses end at."""
        errors = np.zeros(len(frames))
        for _ in range(ITERATIONS if frames else 0):
            windows = np.stack([window(pixels, frame) for frame in frames])
            moves, errors = self._session.run(["moves", "errors"], {"windows": windows})
            frames = [frame.compose(move_of(move)) for frame, move in zip(frames, moves, strict=True)]
        return [Alignment(frame, float(error)) for frame, error in zip(frames, errors, strict=True)]


def first_guess(found: Detection, quarters: int = 0) -> SimilarityTransform:
    """The frame of a face of mean proportions in the box, turned by `quarters` of a circle."""
    x0, y0, x1, y1 = found.box
    scale = float(np.sqrt((x1 - x0) * (y1 - y0))) / BOX_SIZE
    a, b = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[quarters]
    middle = SimilarityTransform(scale * a, scale * b, 0.0, 0.0)(np.array(MIDDLE))
    return SimilarityTransform(
        scale * a, scale * b, (x0 + x1) / 2 - float(middle[0]), (y0 + y1) / 2 - float(middle[1])
    )


def window(
    pixels: Pixels, frame: SimilarityTransform, side_px: int = WINDOW_PX
) -> UInt8[np.ndarray, "s s 3"]:
    """The network's input for a guess, where `frame` takes the frame into the photo."""
    corner = (MIDDLE[0] - WINDOW_SIDE / 2, MIDDLE[1] - WINDOW_SIDE / 2)
    return warp_patch(pixels, frame, corner, (WINDOW_SIDE, WINDOW_SIDE), side_px)


def move_of(move: Float[np.ndarray, "4"] | list[float]) -> SimilarityTransform:
    """The similarity transform, frame to frame, of a row of the network's output.

    Its four numbers are a - 1 and b about the middle of the window, and the shift in halves of its side.
    """
    a, b, x, y = (float(value) for value in move)
    about = SimilarityTransform(1 + a, b, 0.0, 0.0)
    middle = about(np.array(MIDDLE))
    half = WINDOW_SIDE / 2
    return SimilarityTransform(1 + a, b, MIDDLE[0] - middle[0] + x * half, MIDDLE[1] - middle[1] + y * half)
