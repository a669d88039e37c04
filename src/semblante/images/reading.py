"""A file's content becomes upright RGB pixels; how that is done depends on its format."""

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, UnidentifiedImageError

from semblante.errors import BadImage, FileAccessError
from semblante.files import translate_os_errors
from semblante.images.colours import rgb_pixels
from semblante.images.container import decode_heif, exif_of, heif_size, is_avif, is_heif, strip_avif
from semblante.images.exif import capture_date, exif_orientation, upright
from semblante.images.issues import MAX_BYTES, ImageIssue, bad, check_size
from semblante.images.jpeg import START as JPEG_START
from semblante.images.jpeg import decode_jpeg, jpeg_size, read_header
from semblante.images.kinds import UnreadKind, kind_of_content, unread_kind
from semblante.images.metadata import PNG_START, StrippedPicture, strip_png, strip_webp
from semblante.images.quiet import quiet
from semblante.images.tiff import STARTS as TIFF_STARTS
from semblante.images.tiff import StrippedTiff, mend_order_of_bytes, strip_tiff, with_8_bits
from semblante.types import Photo, Pixels

_FORMATS: Final = ("PNG", "WEBP", "BMP", "GIF", "TIFF", "AVIF")
"""What Pillow may read. It knows more, some of which start other programs (EPS runs Ghostscript)."""
_STARTS: Final = re.compile(
    rb"\xff\xd8|\x89PNG\r\n|GIF8[79]a|II[*+]\0|MM\0[*+]|RIFF....WEBP|....ftyp(?:avi[fs]|mif1|msf1)",
    re.DOTALL,
)
"""How pictures begin; that of BMP is too short to tell a picture from a text."""
_MODES: Final = frozenset(
    {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "I;16", "I;16B"}
)
"""The kinds of pixels that Pillow takes to RGB rightly."""
_UNREAD: Final[Mapping[UnreadKind, ImageIssue]] = {"raw": "raw_file", "video": "video_file"}


def load(source: Path | bytes, max_side_px: int | None = None) -> Photo:
    """Read the picture at a path, or in the content of a file.

    A JPEG is decoded at a half, a quarter or an eighth of its size where its longer side then still has
    `max_side_px`; other formats are decoded at full size. Raises `FileAccessError` where the file cannot be
    read, also for lack of memory, and `BadImage` where it is not a whole picture.
    """
    path = {} if isinstance(source, bytes) else {"path": source}
    try:
        content = source if isinstance(source, bytes) else _content(source)
        picture = _decoded(content, max_side_px)
    except BadImage as error:
        kind = unread_kind(path["path"]) if path and error.code == "not_a_picture" else None
        code = _UNREAD[kind] if kind else error.code
        raise BadImage(code, **path, **error.params) from error
    except MemoryError as error:
        raise FileAccessError("no_memory", **path) from error
    width_px, height_px = picture.size
    return Photo(picture.pixels, str(path.get("path", "")), width_px, height_px, capture_date(picture.exif))


def decode(content: bytes) -> Pixels:
    """The pixels (h, w, 3) RGB of a picture file in any common format, turned upright by its EXIF tag.

    Transparent parts are laid over white; of an animation, the first picture is taken.
    Raises `BadImage`, saying what is wrong with it.
    """
    return _decoded(content, None).pixels


def orientation(path: Path) -> int:
    """How the picture at `path` is stored turned, 1 to 8 as EXIF has it; it is the one by which `load` turns.

    HEIF is upright as it is stored. Raises `FileAccessError` where the file cannot be read, and `BadImage`
    where it is no picture.
    """
    content = _content(path)
    if content.startswith(JPEG_START):
        return exif_orientation(read_header(content).exif)
    with _translate_errors(content):
        return 1 if is_heif(content) else _stripped(content).orientation


def stored_size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels of a picture file, as it is stored, by its header: nothing is decoded.

    Raises `BadImage` where it is no picture.
    """
    if content.startswith(JPEG_START):
        return jpeg_size(content)
    if not content:
        raise bad("empty_file")
    if kind := kind_of_content(content):
        raise bad(_UNREAD[kind])
    with _translate_errors(content):
        if is_heif(content):
            return heif_size(content)
        with Image.open(io.BytesIO(_stripped(content).content), formats=_FORMATS) as picture:
            return picture.size


def _content(path: Path) -> bytes:
    with translate_os_errors(path):
        if path.stat().st_size > MAX_BYTES:
            raise bad("too_large_file")
        return path.read_bytes()


@dataclass(frozen=True, eq=False)
class _Picture:
    """Upright pixels, the width and height that they have when nothing is left out, and the EXIF block."""

    pixels: Pixels
    size: tuple[int, int]
    exif: bytes | None


def _decoded(content: bytes, max_side_px: int | None) -> _Picture:
    if not content:
        raise bad("empty_file")
    if kind := kind_of_content(content):
        raise bad(_UNREAD[kind])
    if content.startswith(JPEG_START):
        header = read_header(content)
        pixels, size = decode_jpeg(content, header, max_side_px)
        return _Picture(*upright(pixels, size, exif_orientation(header.exif)), header.exif)
    with _translate_errors(content):
        if is_heif(content):
            return _Picture(*decode_heif(content), exif_of(content))
        return _decode_by_pillow(content)


@contextmanager
def _translate_errors(content: bytes) -> Iterator[None]:
    """Whatever a decoder raises becomes a `BadImage`: none of it may stop the other photos."""
    try:
        with quiet:
            yield
    except (BadImage, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise bad("above_pillow_limit") from error
    except Exception as error:
        is_unknown = isinstance(error, UnidentifiedImageError) and not _STARTS.match(content)
        raise bad("not_a_picture" if is_unknown else "damaged") from error


def _stripped(content: bytes) -> StrippedPicture:
    if content.startswith(PNG_START):
        return strip_png(content)
    if content.startswith(TIFF_STARTS):
        return strip_tiff(content)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return strip_webp(content)
    return strip_avif(content) if is_avif(content) else StrippedPicture(content)


def _decode_by_pillow(content: bytes) -> _Picture:
    stripped = _stripped(content)
    try:
        picture = Image.open(io.BytesIO(stripped.content), formats=_FORMATS)
    except (KeyError, UnidentifiedImageError) as error:
        if isinstance(stripped, StrippedTiff):  # Its pages were found: a kind that Pillow does not know.
            raise bad("damaged" if stripped.ends_early else "samples_not_read") from error
        raise
    with picture:
        check_size(*picture.size)
        mend_order_of_bytes(picture)
        try:
            picture.load()
        except ValueError as error:
            raise bad("samples_not_read" if "raw mode" in str(error) else "damaged") from error
        plain = with_8_bits(picture, stripped) if isinstance(stripped, StrippedTiff) else picture
        if plain.mode not in _MODES:
            raise bad("samples_not_read")
        turned = upright(rgb_pixels(plain, stripped.profile), picture.size, stripped.orientation)
        return _Picture(*turned, stripped.exif)
