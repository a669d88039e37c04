"""How much the faces of one person vary: what photos to learn from should not all have in common.

A variety goes from 0 (all the same) to 1 (enough). The limits are for advice on photos and for the coach
alike.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from jaxtyping import Bool

from semblante.labels import ATTRIBUTES
from semblante.types import Direction, Face

MAX_FRONTAL: Final = 0.75
"""Where every face is more frontal than this, none is turned. Of 20 people in LFW with photos of many events,
all have less frontal faces."""
MIN_TURN: Final = 0.15
"""How far the middle of a turned head's box lies beside the eyes, in distances between the eyes."""
MIN_SIDE_LIGHT, MIN_LIGHT_DEVIATION = 0.1, 0.02
"""Light that falls from one side is stronger than the first, and light that is always the same has a smaller
standard deviation than the second. Of sets of five photos of those people none has nearly all from one side;
one in a hundred varies so little."""
MIN_FACE_SHARE: Final = 0.9
"""The share of a person's faces from which on advice is about all of them."""


def turn_of(face: Face) -> float:
    """How far right of the box's middle the middle of the eyes lies, in distances between the eyes.

    More than 0 looks to the right of the picture.
    """
    x0, _, x1, _ = face.box
    (left, _), (right, _) = face.landmarks[:2]
    return ((left + right) - (x0 + x1)) / 2 / max(face.quality.interocular_px, 1.0)


def direction_of(face: Face) -> Direction:
    """Where a face looks. An aligned crop does not show it: it is taken to look ahead."""
    turn = turn_of(face)
    if face.quality.frontal > MAX_FRONTAL or abs(turn) <= MIN_TURN:
        return "ahead"
    return "left" if turn > 0 else "right"


def exceptions_to(alike: Bool[np.ndarray, " n"]) -> float:
    """The variety where `alike` says which faces have something in common: 1 unless nearly all have it.

    Else the number of the others, as a part of how many there should be.
    """
    needed = int((1 - MIN_FACE_SHARE) * len(alike) + 1e-9) + 1
    return min(1.0, int((~alike).sum()) / needed)


def light_variety(faces: Sequence[Face]) -> float:
    """How far the light is from falling on all faces from one side, or in the same way.

    Faces whose light was not measured do not count.
    """
    sides = np.array([face.quality.side_light for face in faces if face.quality.side_light is not None])
    if not len(sides):
        return 0.0
    spread = min(1.0, float(sides.std()) / MIN_LIGHT_DEVIATION)
    return min(spread, *(exceptions_to(sign * sides > MIN_SIDE_LIGHT) for sign in (-1, 1)))


def variety_without(attribute: str, faces: Sequence[Face]) -> float:
    """How far the faces are from all having an attribute, such as Eyeglasses."""
    logits = np.array([face.logits[ATTRIBUTES.index(attribute)] for face in faces])
    return exceptions_to(logits > 0)
