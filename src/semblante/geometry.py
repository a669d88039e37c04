"""The CelebA frame: where a face is in an aligned crop, and how crops are cut out of photos.

CelebA's `img_align_celeba` pictures are 178 pixels wide and 218 high, rotated and scaled so that the eyes are
at the same place in all of them. The network's input is the whole frame resized to a square, which stretches
it horizontally by 218/178, the same for every face. Training and inference both use `resize_to_square` and
`align_crop`, so neither can prepare a face differently. With the eyes in one place, the other parts of a face
are about where `region_map` says.

A `SimilarityTransform` maps the frame into a photo: a rotation, a scaling and a translation.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from jaxtyping import Float, Float32, Float64, Int64, UInt8
from PIL import Image

from semblante.types import Pixels

Region = Literal["background", "hair", "sides", "forehead", "eyes", "nose", "cheeks", "mouth", "chin", "neck"]
REGIONS: tuple[Region, ...] = get_args(Region)
"""The parts of the CelebA frame, by what they show of a typical face."""

FRAME_WIDTH_PX = 178
FRAME_HEIGHT_PX = 218
ASPECT_TOLERANCE = 0.03
MARGIN = 2
"""Pixels beside a patch, so that turning it finds neighbours everywhere."""
EYES: Final = ((69.0, 112.0), (109.0, 112.0))
"""Where the eyes lie in the frame, (x, y) in its pixels, in the mean of CelebA's pictures."""
MOUTH: Final = (89.0, 152.0)
"""And the middle of the mouth."""

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

Heads that are turned, tall or tilted differ from the mean, so a region is no more than about there.
"""


@dataclass(frozen=True)
class SimilarityTransform:
    """Maps a point (x, y) to (a x - b y + dx, b x + a y + dy): a rotation, a scaling, a translation."""

    a: float
    b: float
    dx: float
    dy: float

    @property
    def scale(self) -> float:
        """The factor by which distances grow."""
        return math.hypot(self.a, self.b)

    def __call__(self, points: Float[np.ndarray, "*n 2"]) -> Float64[np.ndarray, "*n 2"]:
        """The points (…, 2) mapped."""
        x, y = np.asarray(points, np.float64)[..., 0], np.asarray(points, np.float64)[..., 1]
        return np.stack([self.a * x - self.b * y + self.dx, self.b * x + self.a * y + self.dy], axis=-1)

    def compose(self, first: "SimilarityTransform") -> "SimilarityTransform":
        """The transform that applies `first`, then this one."""
        dx, dy = self(np.array([first.dx, first.dy])).tolist()
        a, b = self.a * first.a - self.b * first.b, self.b * first.a + self.a * first.b
        return SimilarityTransform(a, b, dx, dy)

    def inverse(self) -> "SimilarityTransform":
        """The transform that undoes this one."""
        a, b = self.a / self.scale**2, -self.b / self.scale**2
        return SimilarityTransform(a, b, -a * self.dx + b * self.dy, -b * self.dx - a * self.dy)


def warp_patch(
    pixels: Pixels,
    frame: SimilarityTransform,
    origin: tuple[float, float],
    size: tuple[float, float],
    side_px: int,
) -> UInt8[np.ndarray, "s s 3"]:
    """A rectangle of the frame out of a photo, as a square of `side_px`.

    `frame` takes frame pixels to the pixels of the photo, `origin` and `size` are the rectangle's (x, y) in
    frame pixels. What lies outside of the photo continues its edge. Where the square is smaller than what it
    shows, the photo is averaged first, as in `resize_to_square`.
    """
    step = np.array(size) / side_px
    # Photo pixels for one of the square's, along the photo's own axes.
    turned = np.array([[frame.a, frame.b], [frame.b, frame.a]]) * step
    averaged = np.maximum(1, np.hypot(turned[:, 0], turned[:, 1]))
    corners = frame(np.array([[0, 0], [1, 0], [0, 1], [1, 1]]) * size + origin)
    # A grid of averaged pixels, laid so that an upright square falls on it exactly.
    low = corners.min(axis=0) - MARGIN * averaged
    count = np.ceil((corners.max(axis=0) - low) / averaged).astype(int) + MARGIN
    shrunk = _averaged(pixels, low, averaged, count)
    start = (frame(np.array(origin)) - low) / averaged
    across, down = np.array([frame.a, frame.b]) * step[0], np.array([-frame.b, frame.a]) * step[1]
    matrix = np.stack([across / averaged, down / averaged, start], axis=1).ravel()
    found = shrunk.transform(
        (side_px, side_px), Image.Transform.AFFINE, tuple(matrix.tolist()), Image.Resampling.BILINEAR
    )
    return np.asarray(found)


def _averaged(
    pixels: Pixels,
    low: Float64[np.ndarray, "2"],
    averaged: Float64[np.ndarray, "2"],
    count: Int64[np.ndarray, "2"],
) -> Image.Image:
    """`count` (x, y) pixels that each stand for `averaged` of the photo's, from the place `low` on."""
    first = np.floor(low).astype(int)
    last = np.ceil(low + count * averaged).astype(int)
    (left, top), (right, bottom) = first.tolist(), last.tolist()
    height, width = pixels.shape[:2]
    inside = pixels[_within(top, bottom, height), _within(left, right, width)]
    if inside.shape[:2] != (bottom - top, right - left):
        rows, columns = (
            np.clip(np.arange(start, end), 0, length - 1)
            for start, end, length in ((top, bottom, height), (left, right, width))
        )
        inside = pixels[rows[:, None], columns]
    region = Image.fromarray(inside)
    start, end = low - first, low - first + count * averaged
    box = (float(start[0]), float(start[1]), float(end[0]), float(end[1]))
    return region.resize((int(count[0]), int(count[1])), Image.Resampling.BILINEAR, box)


def _within(start: int, end: int, length: int) -> slice:
    return slice(max(0, start), max(0, min(end, length)))


def align_crop(pixels: Pixels, frame: SimilarityTransform, side_px: int) -> UInt8[np.ndarray, "s s 3"]:
    """The square crop of the whole frame out of a photo; `frame` takes frame pixels to photo pixels."""
    return warp_patch(pixels, frame, (0.0, 0.0), (FRAME_WIDTH_PX, FRAME_HEIGHT_PX), side_px)


def resize_to_square(frame: Pixels, side_px: int) -> UInt8[np.ndarray, "s s 3"]:
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
