"""Frames of a camera before which drawn people move."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from semblante.generate import draw, sample_identity, sample_scene
from semblante.types import Pixels

WIDTH_PX, HEIGHT_PX = 448, 336
TURNED = 0.6
"""The yaw of a drawn head that looks clearly aside; more than 0 looks to the right of the picture."""


@dataclass(frozen=True)
class Posed:
    """A drawn person in a frame: how the head is turned, and where its picture begins, in px of the frame."""

    person: int
    yaw: float = 0.0
    left: int = 135
    top: int = 60
    scale: float = 1.0
    picture: int = 0


def frame_of(*people: Posed) -> Pixels:
    """A frame that shows these people before a grey wall."""
    frame = np.full((HEIGHT_PX, WIDTH_PX, 3), 140, np.uint8)
    for each in people:
        drawn = _drawn(each)
        frame[each.top : each.top + len(drawn), each.left : each.left + drawn.shape[1]] = drawn
    return frame


def _drawn(posed: Posed) -> UInt8[np.ndarray, "h w 3"]:
    identity = sample_identity(1, posed.person)
    scene = sample_scene(identity, 1, posed.person, posed.picture)
    scene = replace(scene, pose=replace(scene.pose, yaw=posed.yaw), blur_px=0.0)
    picture = Image.fromarray(draw(identity, scene).pixels)
    return np.asarray(picture.resize((round(178 * posed.scale), round(218 * posed.scale))))
