"""A small scene, and pictures as files of any format, for tests."""

import io
from typing import Any

import pillow_heif
from PIL import Image

WIDTH, HEIGHT = 24, 36

pillow_heif.register_heif_opener()  # So that Pillow writes HEIF, too.


def scene() -> Image.Image:
    """Red at the top left, green at the top right, blue at the bottom left, white elsewhere, in blocks."""
    small = Image.new("RGB", (4, 6), "white")
    for at, colour in (((0, 0), "red"), ((3, 0), "lime"), ((0, 5), "blue")):
        small.putpixel(at, Image.new("RGB", (1, 1), colour).getpixel((0, 0)) or 0)
    return small.resize((WIDTH, HEIGHT), Image.Resampling.BOX)


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()
