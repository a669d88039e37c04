"""The values that components share: frozen results and the names of array shapes.

Images are RGB, uint8, height before width. Nothing is filled in later: each step makes new values.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np
from jaxtyping import Float32, Int8, UInt8

from semblante.labels import ATTRIBUTES

Pixels = UInt8[np.ndarray, "h w 3"]
"""One RGB image."""
Crops = UInt8[np.ndarray, "n s s 3"]
"""Square RGB crops in the CelebA frame, as the network takes them."""
Labels = UInt8[np.ndarray, "n 40"]
"""0 or 1 for each of the 40 attributes, in the order of `labels.ATTRIBUTES`."""
Embeddings = Float32[np.ndarray, "n d"]
"""The network's embedding of each crop, rows of length one."""
DESCRIPTOR_SIZE: Final = 400
CopyDescriptors = Int8[np.ndarray, "n 400"]
"""Of each crop, what it has in common with its copies: see `semblante.faces.copy_descriptor`."""

Split = Literal["train", "val", "test"]
Terms = Literal["celeba", "drawn"]
"""Whose images a set holds: CelebA's, or drawn faces, which are under no terms and have true labels."""
SPLITS: tuple[Split, ...] = ("train", "val", "test")
"""The position of a split is its number in CelebA's `list_eval_partition.txt`."""


Verdict = Literal["yes", "no", "unsure"]
VERDICTS: tuple[Verdict, ...] = ("yes", "unsure", "no")
"""From the likeliest to be the person to the unlikeliest."""

QualityIssue = Literal["small", "blurred", "turned", "hidden"]
"""Why a face is not relied on; the code of its sentence is `face_` and this."""

Direction = Literal["left", "ahead", "right"]
"""Where a face looks, as the person would say: to their own left, which is the right of the picture."""


@dataclass(frozen=True)
class Photo:
    """A picture as it came in, upright, RGB.

    It may have been decoded at a reduced size; at its full size it has the width and height given here.
    `taken` is the day of capture that its metadata names, if they do.
    """

    pixels: Pixels
    source: str
    full_width_px: int
    full_height_px: int
    taken: date | None = None


Box = tuple[float, float, float, float]
"""A rectangle (x0, y0, x1, y1) in pixels; y grows downwards."""
Point = tuple[float, float]
"""A place (x, y) in pixels."""
Landmarks = tuple[Point, Point, Point, Point, Point]
"""Of a face: the eye at the left of the picture, the other eye, the tip of the nose, and the corners of the
mouth, the left one first. In pixels of the upright photo at full size."""


@dataclass(frozen=True)
class Detection:
    """A face that a detector found: its box in photo pixels, and the detector's confidence, 0 to 1."""

    box: Box
    score: float


@dataclass(frozen=True)
class Quality:
    """How far a face can be relied on.

    `interocular_px` is the distance between the eyes in pixels of the photo at full size. The other values
    go from 0 to 1: `sharpness`, `frontal` (1 looks straight ahead), and `alignment_confidence` (how surely
    the face lies in the CelebA frame; hands, masks and false detections lower it). A face with `issues` is
    neither learnt from nor recognised on its own. `side_light` compares the halves of the face: -1 is light
    from the left of the picture, 1 from its right; None where it was not measured.
    """

    interocular_px: float
    sharpness: float
    frontal: float
    alignment_confidence: float
    issues: tuple[QualityIssue, ...] = ()
    side_light: float | None = None

    @property
    def is_good(self) -> bool:
        """Whether the face can be learnt from, and recognised on its own."""
        return not self.issues


@dataclass(frozen=True, eq=False)
class AlignedFace:
    """A detected face with its landmarks, its quality, and its crop in the CelebA frame.

    `box` and `landmarks` are in pixels of the upright photo at full size.
    """

    box: Box
    score: float
    landmarks: Landmarks
    quality: Quality
    crop: UInt8[np.ndarray, "s s 3"]


@dataclass(frozen=True, eq=False)
class Face:
    """A face as the network describes it: 40 attribute logits, and an embedding of length one.

    `box` and `landmarks` are in pixels of the upright photo at full size. By `copy_descriptor` the faces of
    copies of a photo are known.
    """

    box: Box
    score: float
    landmarks: Landmarks
    quality: Quality
    logits: Float32[np.ndarray, "40"]
    embedding: Float32[np.ndarray, " d"]
    copy_descriptor: Int8[np.ndarray, "400"]

    @property
    def attributes(self) -> dict[str, float]:
        """The logit of each attribute by CelebA's name; above 0 the attribute is more likely than not."""
        return dict(zip(ATTRIBUTES, self.logits.tolist(), strict=True))


@dataclass(frozen=True, order=True)
class FaceRef:
    """One face of one photo: the photo's path or the hash of its content, and the face's number there.

    Faces are numbered from 0, the largest first.
    """

    photo: str
    index: int


@dataclass(frozen=True, eq=False)
class AnalyzedPhoto:
    """An analysed photo: its size upright, its faces, the largest first, and the day of capture if known."""

    source: str
    width_px: int
    height_px: int
    faces: tuple[Face, ...]
    taken: date | None = None


Consenter = Literal["self", "told", "parent", "deceased"]
"""Who agreed that a person is learnt: the person who uses the program (`self`), the person by what they told
the user (`told`), or a parent; or nobody could be asked, since the person is `deceased`."""


@dataclass(frozen=True)
class Consent:
    """Who agreed that a person is learnt, on which day that was told, and what else is to be remembered."""

    who: Consenter
    on: date
    note: str = ""


@dataclass(frozen=True)
class ModelOutput:
    """The network's output for n crops: attribute logits (n, 40) and embeddings (n, d)."""

    logits: Float32[np.ndarray, "n 40"]
    embeddings: Embeddings
