"""The values that travel between rooms: frozen results and the names of array shapes.

Images are RGB, uint8, height before width. Nothing here is filled in later: each step makes new values.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float32, UInt8

Pixels = UInt8[np.ndarray, "h w 3"]
"""One RGB image."""
Crops = UInt8[np.ndarray, "n s s 3"]
"""Square RGB crops in the CelebA frame, as the network takes them."""
Labels = UInt8[np.ndarray, "n 40"]
"""0 or 1 for each of the 40 attributes, in the order of `labels.ATTRIBUTES`."""
Embeddings = Float32[np.ndarray, "n d"]
"""What the frozen network says of each crop, as rows of length one."""

Split = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = ("train", "val", "test")
"""The position of a split is its number in CelebA's `list_eval_partition.txt`."""


Verdict = Literal["yes", "no", "unsure"]

QualityIssue = Literal["small", "blurred", "turned", "hidden"]
"""Why a face is not relied on; `faces.flaw_in_words` says it to a user."""

OnProgress = Callable[[int, int], None]
"""Called with how many are done, and of how many; after a resumption the first call is far along."""


def unwatched(_done: int, _total: int) -> None:
    """The progress that nobody watches."""


@dataclass(frozen=True)
class Photo:
    """A picture as it came in, upright, RGB.

    It may have been decoded at a reduced size; at its full size it has the width and height given here.
    """

    pixels: Pixels
    source: str
    full_width_px: int
    full_height_px: int


@dataclass(frozen=True)
class Detection:
    """A face that a detector found: its box (x0, y0, x1, y1) in photo pixels, and how sure it is, 0 to 1."""

    box_xyxy: tuple[float, float, float, float]
    score: float


@dataclass(frozen=True)
class Quality:
    """What can be relied on in a face.

    `interocular_px` is the distance between the eyes in photo pixels; the others go from 0 to 1: `sharpness`,
    `frontal` (1 looks straight ahead), and `placed` (how surely it lies in the CelebA frame, which hands,
    masks and what is no face make doubtful). A face with `flaws` neither teaches nor decides alone.
    `side_light` says from where light falls, -1 from the left of the picture to 1 from its right; None where
    nobody looked.
    """

    interocular_px: float
    sharpness: float
    frontal: float
    placed: float
    issues: tuple[QualityIssue, ...] = ()
    side_light: float | None = None

    @property
    def is_good(self) -> bool:
        """Whether the face may teach, and decide alone."""
        return not self.issues


@dataclass(frozen=True)
class Face:
    """A face in a photo: its box (x0, y0, x1, y1) and its eyes (x, y), the left one in the picture first.

    All in pixels of the upright photo at its full size.
    """

    box_xyxy: tuple[float, float, float, float]
    score: float
    eyes_xy: tuple[tuple[float, float], tuple[float, float]]
    quality: Quality


@dataclass(frozen=True, eq=False)
class ReadFace:
    """A face as the network sees it: 40 attribute logits, and embeddings of length one."""

    face: Face
    logits: Float32[np.ndarray, "40"]
    embeddings: Float32[np.ndarray, " d"]


@dataclass(frozen=True, eq=False)
class ReadPhoto:
    """A photo that was read, upright and at its full size, with its faces, the largest first."""

    source: str
    width_px: int
    height_px: int
    faces: tuple[ReadFace, ...]


@dataclass(frozen=True)
class ModelOutput:
    """What a network says of n crops: attribute logits (n, 40) and embeddings (n, d)."""

    logits: Float32[np.ndarray, "n 40"]
    embeddings: Embeddings
