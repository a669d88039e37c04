"""The drawing surface: where face coordinates fall on the picture, and how colour is laid on it.

*Face coordinates* are what every part of a face is described in: x to the right and y down, in pixels of
CelebA's aligned pictures, with (0, 0) midway between the eyes. A `Frame` maps them to the picture for one
pose. A part asks it for a `Patch` (the pixels around a point, with their local face coordinates),
computes a mask on it, and lays a colour on the `Canvas` through that mask.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float, Float32, UInt8
from PIL import Image, ImageDraw, ImageFilter

WIDTH_PX, HEIGHT_PX = 178, 218
EYES_MIDDLE_PX = (88.0, 111.0)
_NOISE_SIDE = 512
_OVERSAMPLING = 3

Plane = Float32[np.ndarray, "h w"]
Sheet = Float32[np.ndarray, "218 178"]
"""A plane as large as the picture."""
Rgb = tuple[float, float, float]
Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Patch:
    """A rectangle of the picture with the face coordinates of its pixels, counted from the patch's middle."""

    rows: slice
    columns: slice
    x: Plane
    y: Plane


@dataclass(frozen=True)
class Pose:
    """How the head is turned and how well the picture is aligned.

    `yaw` and `pitch` are sines: a point `depth` px nearer to the camera moves right by `yaw * depth` and
    down by `pitch * depth`. `roll` is in radians, clockwise; `shift` in px; `scale` is 1 where the eyes are
    38 px apart.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    shift: Point = (0.0, 0.0)
    scale: float = 1.0


class Frame:
    """The face coordinates of every pixel, and the way back, for one pose."""

    def __init__(self, pose: Pose) -> None:
        self.pose = pose
        self._cosine = math.cos(pose.roll) * pose.scale
        self._sine = math.sin(pose.roll) * pose.scale
        self._origin = (EYES_MIDDLE_PX[0] + pose.shift[0], EYES_MIDDLE_PX[1] + pose.shift[1])
        rows, columns = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX].astype(np.float32)
        dx, dy = columns - np.float32(self._origin[0]), rows - np.float32(self._origin[1])
        square = pose.scale**2
        self.x: Plane = dx * np.float32(self._cosine / square) + dy * np.float32(self._sine / square)
        self.y: Plane = dy * np.float32(self._cosine / square) - dx * np.float32(self._sine / square)

    def turned(self, x: float, y: float, depth: float) -> Point:
        """Where a point of the head goes when the head turns; `depth` is px in front of the eyes."""
        return x + self.pose.yaw * depth, y + self.pose.pitch * depth

    def pixel(self, x: float, y: float) -> Point:
        """The picture's pixel (x, y) of a point in face coordinates."""
        return (
            self._origin[0] + x * self._cosine - y * self._sine,
            self._origin[1] + x * self._sine + y * self._cosine,
        )

    def box(self, x: float, y: float, half_width: float, half_height: float) -> Box:
        """The upright box (x0, y0, x1, y1), in px inside the picture, around a rectangle of the face."""
        corners = [self.pixel(x + a * half_width, y + b * half_height) for a in (-1, 1) for b in (-1, 1)]
        across, down = [corner[0] for corner in corners], [corner[1] for corner in corners]
        return (
            min(max(min(across), 0.0), float(WIDTH_PX)),
            min(max(min(down), 0.0), float(HEIGHT_PX)),
            min(max(max(across), 0.0), float(WIDTH_PX)),
            min(max(max(down), 0.0), float(HEIGHT_PX)),
        )

    def patch(self, x: float, y: float, half_width: float, half_height: float) -> Patch:
        """The pixels around (x, y), with coordinates that are zero there."""
        x0, y0, x1, y1 = self.box(x, y, half_width, half_height)
        rows = slice(int(y0), min(int(y1) + 2, HEIGHT_PX))
        columns = slice(int(x0), min(int(x1) + 2, WIDTH_PX))
        return Patch(
            rows, columns, self.x[rows, columns] - np.float32(x), self.y[rows, columns] - np.float32(y)
        )

    def polygon(self, outline: Sequence[Point], hole: Sequence[Point] = ()) -> Sheet:
        """The share of every pixel inside a closed outline, less a closed hole; both in face coordinates."""
        image = Image.new("L", (WIDTH_PX * _OVERSAMPLING, HEIGHT_PX * _OVERSAMPLING))
        pen = ImageDraw.Draw(image)
        for points, ink in ((outline, 255), (hole, 0)):
            if points:
                corners = [self.pixel(x, y) for x, y in points]
                pen.polygon(
                    [((x + 0.5) * _OVERSAMPLING, (y + 0.5) * _OVERSAMPLING) for x, y in corners], fill=ink
                )
        return _as_plane(image.reduce(_OVERSAMPLING))

    def whole(self) -> Patch:
        """The whole picture as a patch."""
        return Patch(slice(None), slice(None), self.x, self.y)


class Canvas:
    """The picture while it is drawn: planes of red, green and blue from 0 to 255, as (3, 218, 178)."""

    def __init__(self, pixels: Float32[np.ndarray, "3 218 178"]) -> None:
        self.pixels = pixels

    def paint(
        self, patch: Patch, mask: Float32[np.ndarray, "h w"], colour: Rgb | Float32[np.ndarray, "3 h w"]
    ) -> None:
        """Lay `colour` over the patch where `mask` is 1."""
        region = self.pixels[:, patch.rows, patch.columns]
        ink = colour if isinstance(colour, np.ndarray) else rgb(colour)
        region += mask * (ink - region)

    def tint(self, patch: Patch, mask: Float32[np.ndarray, "h w"], factor: Rgb) -> None:
        """Multiply the patch by `factor` where `mask` is 1."""
        self.pixels[:, patch.rows, patch.columns] *= 1 + mask * (rgb(factor) - 1)

    def as_image(self) -> UInt8[np.ndarray, "218 178 3"]:
        """The finished picture."""
        rounded = np.clip(self.pixels + 0.5, 0, 255).astype(np.uint8)
        return np.ascontiguousarray(rounded.transpose(1, 2, 0))


def rgb(colour: Rgb) -> Float32[np.ndarray, "3 1 1"]:
    """A colour shaped to meet planes."""
    return np.array(colour, np.float32).reshape(3, 1, 1)


def mixed(first: Rgb, second: Rgb, share: float) -> Rgb:
    """`first` with `share` of `second`; a share outside 0..1 goes beyond them, within 0..255."""
    r, g, b = (min(max(a + (b - a) * share, 0.0), 255.0) for a, b in zip(first, second, strict=True))
    return r, g, b


def scaled(colour: Rgb, factor: float) -> Rgb:
    """A brighter or darker colour."""
    return mixed((0.0, 0.0, 0.0), colour, factor)


def inside(distance: Plane, softness: float = 1.0) -> Plane:
    """1 where a signed distance in px is positive, 0 where negative, with an edge `softness` px wide."""
    share: Plane = np.clip(distance * np.float32(1 / softness) + np.float32(0.5), 0, 1)
    return share


def blob(patch: Patch, sigma_x: float, sigma_y: float) -> Plane:
    """A Gaussian bump of height 1 in the middle of the patch."""
    squared = (patch.x * np.float32(1 / sigma_x)) ** 2 + (patch.y * np.float32(1 / sigma_y)) ** 2
    bump: Plane = np.exp(squared * np.float32(-0.5))
    return bump


def blurred(plane: Plane, radius_px: float) -> Plane:
    """A plane of values from 0 to 1, blurred."""
    image = Image.fromarray(np.clip(plane * 255, 0, 255).astype(np.uint8))
    return _as_plane(image.filter(ImageFilter.BoxBlur(radius_px)).filter(ImageFilter.BoxBlur(radius_px)))


def moved(plane: Plane, right: int, down: int) -> Plane:
    """A plane moved by whole pixels; what comes in from outside is 0."""
    height, width = plane.shape
    result = np.zeros_like(plane)
    result[max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = plane[
        max(-down, 0) : height - max(down, 0), max(-right, 0) : width - max(right, 0)
    ]
    return result


def smooth_outline(points: Sequence[Point], steps: int = 6, closed: bool = True) -> list[Point]:
    """A Catmull-Rom curve through `points`."""
    corners = np.array(points)
    if closed:
        corners = np.concatenate([corners[-1:], corners, corners[:2]])
    else:
        corners = np.concatenate([corners[:1], corners, corners[-1:]])
    p0, p1, p2, p3 = (corners[i : len(corners) - 3 + i, None, :] for i in range(4))
    t = (np.arange(steps) / steps)[None, :, None]
    curve = 0.5 * (
        2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * (p1 - p2) + p3 - p0) * t**3
    )
    flat = [(float(x), float(y)) for x, y in curve.reshape(-1, 2)]
    return flat if closed else [*flat, (float(corners[-1, 0]), float(corners[-1, 1]))]


def noise(x: Float[np.ndarray, "*shape"], y: Float[np.ndarray, "*shape"]) -> Float32[np.ndarray, "*shape"]:
    """Smooth noise from -1 to 1 that repeats every 512 units; its grains are about 4 units wide."""
    mask = _NOISE_SIDE - 1
    columns, rows = x.astype(np.int32) & mask, y.astype(np.int32) & mask
    return _noise_tile().take(rows * _NOISE_SIDE + columns)


def streaks(x: Float[np.ndarray, "*shape"], y: Float[np.ndarray, "*shape"]) -> Float32[np.ndarray, "*shape"]:
    """The noise of `noise`, but smooth between whole numbers too, so that it may be stretched."""
    left, top = np.floor(x), np.floor(y)
    right_share, low_share = x - left, y - top
    columns, rows = left.astype(np.int32), top.astype(np.int32)
    side = np.int32(_NOISE_SIDE)
    # The tile has one more column and row than its period, so that every grain has a neighbour.
    tile = _padded_tile()
    place = (rows & (side - 1)) * (side + 1) + (columns & (side - 1))
    upper = tile.take(place) * (1 - right_share) + tile.take(place + 1) * right_share
    place += side + 1
    lower = tile.take(place) * (1 - right_share) + tile.take(place + 1) * right_share
    blend: Float32[np.ndarray, "*shape"] = upper + (lower - upper) * low_share
    return blend


@cache
def _padded_tile() -> Float32[np.ndarray, "513 513"]:
    return np.pad(_noise_tile(), ((0, 1), (0, 1)), mode="wrap")


@cache
def _noise_tile() -> Float32[np.ndarray, "512 512"]:
    generator = np.random.Generator(np.random.PCG64(20_240_229))
    white = generator.standard_normal((_NOISE_SIDE, _NOISE_SIDE)).astype(np.float32)
    for _ in range(2):
        for axis in (0, 1):
            white = sum((np.roll(white, shift, axis) for shift in (-1, 1, 2)), white)
    white /= 2.2 * white.std()
    return np.ascontiguousarray(np.clip(white, -1, 1))


def _as_plane(image: Image.Image) -> Plane:
    return np.asarray(image, dtype=np.float32) * np.float32(1 / 255)
