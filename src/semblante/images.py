"""A picture's path or bytes become RGB pixels, upright.

The only place where image files are decoded, so training and serving see the same pixels. The size is
checked in the header, before anything is decoded.
"""

import io
import warnings
from pathlib import Path

import numpy as np
import simplejpeg
from PIL import Image, ImageOps, UnidentifiedImageError

from semblante.errors import BadImage
from semblante.files import explained
from semblante.text import say
from semblante.types import Photo, Pixels

MAX_PIXELS = 250_000_000
"""More than any phone's camera takes (200 million); some 750 MB once decoded."""

SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif"}
)
"""What folders are searched for; a file's content, not its name, decides how it is read."""

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "AVIF")
"""What Pillow may read. It knows more, some of which start other programs (EPS runs Ghostscript)."""


def load(path: Path) -> Photo:
    """Read the picture at `path`.

    Raises `NoAccess` where the file cannot be read and `BadImage` where it is not a whole picture.
    """
    with explained(path):
        content = path.read_bytes()
    try:
        return Photo(decode(content), str(path))
    except BadImage as error:
        raise BadImage(f"{path}: {error}") from error


def decode(content: bytes) -> Pixels:
    """The pixels (h, w, 3) RGB of a picture file in any common format, turned upright by its EXIF tag.

    Transparent parts are laid over white; of an animation, the first picture is taken.
    Raises `BadImage`, saying what is wrong with it.
    """
    if not content:
        raise BadImage(say("the file is empty"))
    if content.startswith(b"\xff\xd8") and b"Exif\x00" not in content:
        pixels = _decode_plain_jpeg(content)
        if pixels is not None:
            return pixels
    return _decode_any(content)


def _decode_plain_jpeg(content: bytes) -> Pixels | None:
    """The fast way for a JPEG that lies upright; None where it needs Pillow (CMYK) or is damaged."""
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(content)
        _check_size(width, height)
        if colours not in ("YCbCr", "Gray", "RGB"):
            return None
        pixels: Pixels = simplejpeg.decode_jpeg(content, colorspace="RGB", strict=True)
        return pixels
    except ValueError:
        return None


def _decode_any(content: bytes) -> Pixels:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=_FORMATS)
        with picture:
            _check_size(*picture.size)
            upright = ImageOps.exif_transpose(picture)
            return np.array(_on_white(upright), dtype=np.uint8)
    except BadImage:
        raise
    except Image.DecompressionBombError as error:
        raise BadImage(_too_large()) from error
    except UnidentifiedImageError as error:
        raise BadImage(say("not a picture, or one of a format that is not known")) from error
    # Pillow's decoders raise almost anything on damaged input; none of it may stop the other photos.
    except Exception as error:
        raise BadImage(say("the picture is damaged or cut short")) from error


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16") or picture.mode == "I":
        picture = Image.fromarray((np.asarray(picture, dtype=np.uint32) >> 8).clip(0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture).convert("RGB")
    return picture.convert("RGB")


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise BadImage(_too_large())


def _too_large() -> str:
    return say("the picture has more than {limit} million pixels", limit=MAX_PIXELS // 1_000_000)
