"""Copies of a picture as people have them, by kind of change."""

import io
from collections.abc import Callable, Mapping

from PIL import Image, ImageEnhance, ImageFilter


def _jpeg(picture: Image.Image, quality: int) -> Image.Image:
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=quality)
    return Image.open(content).convert("RGB")


def _scaled(picture: Image.Image, factor: float) -> Image.Image:
    width, height = picture.size
    return picture.resize((round(width * factor), round(height * factor)), Image.Resampling.BILINEAR)


def _middle(picture: Image.Image, share: float) -> Image.Image:
    width, height = picture.size
    left, top = round(width * (1 - share) / 2), round(height * (1 - share) / 2)
    return picture.crop((left, top, width - left, height - top))


COPIES: Mapping[str, Callable[[Image.Image], Image.Image]] = {
    "smaller": lambda picture: _scaled(picture, 0.6),
    "recompressed": lambda picture: _jpeg(picture, 30),
    "brighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.4),
    "darker": lambda picture: ImageEnhance.Brightness(picture).enhance(0.6),
    "more contrast": lambda picture: ImageEnhance.Contrast(picture).enhance(1.4),
    "less contrast": lambda picture: ImageEnhance.Contrast(picture).enhance(0.6),
    "mirrored": lambda picture: picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "cropped": lambda picture: _middle(picture, 0.8),
    "without colours": lambda picture: picture.convert("L").convert("RGB"),
    "turned": lambda picture: picture.rotate(5, Image.Resampling.BICUBIC),
    "blurred": lambda picture: picture.filter(ImageFilter.GaussianBlur(1)),
    "as a chat sends it": lambda picture: _jpeg(_scaled(picture, 0.75), 60),
}
"""By kind, the copy of an RGB picture."""
