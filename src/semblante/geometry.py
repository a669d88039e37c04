"""The CelebA frame: where a face lies in an aligned crop, and how a crop becomes what a network takes.

CelebA's `img_align_celeba` pictures are 178 pixels wide and 218 high, turned and scaled so that the eyes
lie at the same place in all of them. A network takes the whole frame, resized to a square: it is
narrower than high, so the square stretches it by 218/178, the same for every face.
Training and serving both come through `square`, so neither can prepare a face differently.

Since the eyes always lie in the same place, the rest does too, about: `region_map` says what is where.
"""

from typing import Final

import numpy as np
from jaxtyping import Float32, UInt8
from PIL import Image

from semblante.types import REGIONS, Pixels, Region

FRAME_WIDTH_PX = 178
FRAME_HEIGHT_PX = 218
ASPECT_TOLERANCE = 0.03

_BOXES_PX: Final[tuple[tuple[Region, int, int, int, int], ...]] = (
    ("neck", 0, 188, 178, 218),
    ("hair", 36, 20, 142, 62),
    ("sides", 28, 62, 150, 170),
    ("cheeks", 48, 92, 130, 170),
    ("forehead", 54, 62, 124, 92),
    ("eyes", 48, 92, 130, 122),
    ("nose", 74, 122, 104, 145),
    ("mouth", 64, 145, 114, 168),
    ("chin", 58, 168, 120, 188),
)
"""Boxes (x0, y0, x1, y1) of the frame, a later one over an earlier one; the rest is background.

The eyes are at about (69, 112) and (109, 112), and the middle of the mouth at (89, 152), in the mean of
CelebA's pictures; heads that are turned, tall or tilted differ, so a region is no more than about there.
"""


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


def region_map(side_px: int) -> UInt8[np.ndarray, "s s"]:
    """For each pixel of a square crop, the index in `REGIONS` of what lies there in a typical face."""
    across = (np.arange(side_px) + 0.5) * FRAME_WIDTH_PX / side_px
    down = (np.arange(side_px) + 0.5) * FRAME_HEIGHT_PX / side_px
    found = np.full((side_px, side_px), REGIONS.index("background"), np.uint8)
    for region, left, top, right, bottom in _BOXES_PX:
        rows, columns = (down >= top) & (down < bottom), (across >= left) & (across < right)
        found[np.ix_(rows, columns)] = REGIONS.index(region)
    return found


def region_means(values: Float32[np.ndarray, "s s"]) -> dict[Region, float]:
    """The mean of a square crop's `values`, such as a map of heat, in each region of a typical face."""
    regions = region_map(len(values))
    return {region: float(values[regions == index].mean()) for index, region in enumerate(REGIONS)}
