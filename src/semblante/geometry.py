"""The CelebA frame: where a face lies in an aligned crop, and how a crop becomes what a network takes.

CelebA's `img_align_celeba` pictures are 178 pixels wide and 218 high, turned and scaled so that the eyes
lie at the same place in all of them. A network takes the whole frame, resized to a square: it is
narrower than high, so the square stretches it by 218/178, the same for every face.
Training and serving both come through `square`, so neither can prepare a face differently.
"""

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from semblante.types import Pixels

FRAME_WIDTH_PX = 178
FRAME_HEIGHT_PX = 218
ASPECT_TOLERANCE = 0.03


def square(frame: Pixels, side_px: int) -> UInt8[np.ndarray, "s s 3"]:
    """Resize a CelebA frame of any size to a square crop, averaging where it shrinks (triangle filter)."""
    if frame.shape[:2] == (side_px, side_px):
        return frame
    resized = Image.fromarray(frame).resize((side_px, side_px), Image.Resampling.BILINEAR)
    return np.asarray(resized)


def is_celeba_frame(height_px: int, width_px: int) -> bool:
    """Whether a picture has the proportions of CelebA's aligned crops (178 to 218)."""
    expected = FRAME_WIDTH_PX / FRAME_HEIGHT_PX
    return abs(width_px / height_px / expected - 1) <= ASPECT_TOLERANCE
