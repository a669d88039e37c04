"""From what a decoder gives to RGB of 8 bits in sRGB, without transparency."""

import io
from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image, ImageCms

from semblante.types import Pixels

STRIP_PIXELS: Final = 4_000_000


def rgb_pixels(picture: Image.Image, profile: bytes | None) -> Pixels:
    """The pixels, made strip by strip: on the way those of a strip take sixteen bytes and more each."""
    width, height = picture.size
    # Where all is transparent, alpha was never set: some programs write such BMP and TIFF files.
    is_hidden = "A" in picture.getbands() and picture.getchannel("A").getextrema() == (0, 0)
    pixels: Pixels = np.empty((height, width, 3), np.uint8)
    rows = max(1, STRIP_PIXELS // width)
    for top in range(0, height, rows):
        bottom = min(height, top + rows)
        strip = picture.crop((0, top, width, bottom))
        strip = strip.convert("RGB") if is_hidden else _on_white(strip)
        pixels[top:bottom] = in_srgb(strip, profile) if profile else strip
    return pixels


def in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """An RGB picture in sRGB; a profile that is broken, or of other than RGB pictures, changes nothing."""
    transform = _transform(profile)
    return picture if transform is None else ImageCms.applyTransform(picture, transform) or picture


@lru_cache(maxsize=32)
def _transform(profile: bytes) -> ImageCms.ImageCmsTransform | None:
    """What takes RGB of a profile to sRGB, or None where that is nothing."""
    try:
        known = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(known):
            return None
        return ImageCms.buildTransform(known, ImageCms.createProfile("sRGB"), "RGB", "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16"):
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture).convert("RGB")
    return picture.convert("RGB")
