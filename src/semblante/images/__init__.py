"""Image files decoded to RGB pixels, upright by their EXIF orientation.

Only this module decodes image files, so training and inference see the same pixels. The size is checked in
the header, before anything is decoded. Colours are converted to sRGB where the file embeds a colour profile,
as phones' pictures do.
"""

import io
import logging
import re
import threading
import warnings
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Literal

import numpy as np
import simplejpeg
from jaxtyping import UInt8
from PIL import ExifTags, Image, ImageCms, JpegImagePlugin, UnidentifiedImageError

from semblante.errors import BadImage, FileAccessError, Reason
from semblante.files import translate_os_errors
from semblante.images.kinds import SUFFIXES as SUFFIXES
from semblante.images.kinds import UnreadKind as UnreadKind
from semblante.images.kinds import unread_kind as unread_kind
from semblante.types import Photo, Pixels

MAX_PIXELS = 250_000_000
"""More than any phone's camera takes (200 million); some 750 MB once decoded."""

MAX_BYTES = 2_000_000_000
"""More than so many pixels take in any format, such as uncompressed TIFF of 16 bits."""

STRIP_PIXELS = 4_000_000

ImageIssue = Literal[
    "too_large_file",
    "empty_file",
    "not_a_picture",
    "damaged",
    "too_many_pixels",
    "above_pillow_limit",
    "stops_the_reader",
]
"""What can be wrong with a picture's file; these codes are kept in the index."""

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "AVIF")
"""What Pillow may read. It knows more, some of which start other programs (EPS runs Ghostscript)."""
_STARTS = re.compile(
    rb"\x89PNG\r\n|GIF8[79]a|II\*\0|MM\0\*|RIFF....WEBP|....ftyp(?:avi[fs]|mif1|msf1)", re.DOTALL
)
"""How pictures begin; those of JPEG and BMP are too short to tell a picture from a text."""
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})

_TURNS = {1: (0, False), 2: (0, True), 3: (2, False), 4: (2, True)} | {
    5: (3, True),
    6: (3, False),
    7: (1, True),
    8: (1, False),
}
"""For each EXIF orientation, quarter turns against the clock, and whether to mirror left and right after."""


def load(source: Path | bytes, max_side_px: int | None = None) -> Photo:
    """Read the picture at a path, or in the content of a file.

    A JPEG is decoded at a half, a quarter or an eighth of its size where its longer side then still has
    `max_side_px`; other formats are decoded at full size. Raises `FileAccessError` where the file cannot be
    read, also for lack of memory, and `BadImage` where it is not a whole picture.
    """
    path = {} if isinstance(source, bytes) else {"path": source}
    try:
        content = source if isinstance(source, bytes) else _content(source)
        pixels, (width_px, height_px) = _decoded(content, max_side_px)
    except BadImage as error:
        raise BadImage(error.code, **path, **error.params) from error
    except MemoryError as error:
        raise FileAccessError("no_memory", **path) from error
    return Photo(pixels, str(path.get("path", "")), width_px, height_px)


def decode(content: bytes) -> Pixels:
    """The pixels (h, w, 3) RGB of a picture file in any common format, turned upright by its EXIF tag.

    Transparent parts are laid over white; of an animation, the first picture is taken.
    Raises `BadImage`, saying what is wrong with it.
    """
    return _decoded(content, None)[0]


def reason_of_issue(issue: str) -> Reason:
    """What is wrong with a file, as a value; the limits that a sentence of it names come with it."""
    limits: Mapping[str, Mapping[str, int]] = {
        "too_large_file": {"limit_gb": MAX_BYTES // 10**9},
        "too_many_pixels": {"limit_million": MAX_PIXELS // 10**6},
        # Of formats other than JPEG and HEIF, and lower than ours.
        "above_pillow_limit": {"limit_million": 2 * (Image.MAX_IMAGE_PIXELS or 0) // 10**6},
    }
    return Reason(issue, limits.get(issue, {}))


def orientation(path: Path) -> int:
    """How the picture at `path` is stored turned: its EXIF orientation, 1 to 8; 1 where there is none.

    HEIF is upright as it is stored. Raises `FileAccessError` where the file cannot be read, and
    `BadImage` where it is larger than any picture.
    """
    content = _content(path)
    return 1 if _is_heif(content) else _orientation_and_profile(content)[0]


def _content(path: Path) -> bytes:
    with translate_os_errors(path):
        if path.stat().st_size > MAX_BYTES:
            raise _bad("too_large_file")
        return path.read_bytes()


def _decoded(content: bytes, max_side_px: int | None) -> tuple[Pixels, tuple[int, int]]:
    """The upright pixels, and the width and height that they have when nothing is left out."""
    if not content:
        raise _bad("empty_file")
    if content.startswith(b"\xff\xd8"):
        found = _decode_jpeg(content, max_side_px)
        if found is not None:
            return found
    try:
        with _quiet:
            return _decode_heif(content) if _is_heif(content) else _decode_any(content, max_side_px)
    except (BadImage, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise _bad("above_pillow_limit") from error
    # Decoders raise almost anything on damaged input; none of it may stop the other photos.
    except Exception as error:
        if isinstance(error, UnidentifiedImageError) and not _STARTS.match(content):
            raise _bad("not_a_picture") from error
        raise _bad("damaged") from error


def _decode_jpeg(content: bytes, max_side_px: int | None) -> tuple[Pixels, tuple[int, int]] | None:
    """The fast way for a JPEG; None where it needs Pillow (CMYK) or is damaged."""
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(content)
        _check_size(width, height)
        if colours not in ("YCbCr", "Gray", "RGB"):
            return None
        shrunk = _shrunk(width, height, max_side_px)
        pixels: Pixels = simplejpeg.decode_jpeg(
            content, "RGB", strict=True, min_height=-(-height // shrunk), min_width=-(-width // shrunk)
        )
    except ValueError:
        return None
    if b"Exif\x00" not in content and b"ICC_PROFILE\x00" not in content:
        return pixels, (width, height)
    turned, profile = _orientation_and_profile(content)
    if profile is not None:
        pixels = np.asarray(_in_srgb(Image.fromarray(pixels), profile))
    return _upright(pixels, (width, height), turned)


def _shrunk(width: int, height: int, max_side_px: int | None) -> int:
    """How many times smaller a JPEG may be decoded."""
    longer = max(width, height)
    return next(times for times in (8, 4, 2, 1) if times == 1 or longer >= times * (max_side_px or longer))


def _upright(
    pixels: Pixels, size: tuple[int, int], turned: int
) -> tuple[UInt8[np.ndarray, "upright_h upright_w 3"], tuple[int, int]]:
    """The pixels, and the width and height at full size, turned as an EXIF orientation says."""
    quarters, is_mirrored = _TURNS[turned]
    # Three bytes at a time: NumPy moves them in two thirds of the time that it takes one by one.
    upright = np.rot90(pixels.view("V3"), quarters)
    upright = np.ascontiguousarray(upright[:, ::-1] if is_mirrored else upright)
    return upright.view(np.uint8), size[::-1] if quarters % 2 else size


def _orientation_and_profile(content: bytes) -> tuple[int, bytes | None]:
    """The EXIF orientation and the colour profile in a picture's header; nothing is decoded."""
    try:
        with _quiet, _open(content) as picture:
            return _orientation(picture), picture.info.get("icc_profile")
    # Metadata may be broken in any way; the picture itself was decoded.
    except Exception:
        return 1, None


def _orientation(picture: Image.Image) -> int:
    try:
        stored = picture.getexif().get(ExifTags.Base.Orientation, 1)
        return stored if stored in _TURNS else 1
    except Exception:  # As above.
        return 1


def _open(content: bytes) -> Image.Image:
    if content.startswith(b"\xff\xd8"):
        # `Image.open` would refuse the largest that phones take.
        return JpegImagePlugin.JpegImageFile(io.BytesIO(content))
    return Image.open(io.BytesIO(content), formats=_FORMATS)


def _decode_any(content: bytes, max_side_px: int | None) -> tuple[Pixels, tuple[int, int]]:
    with _open(content) as picture:
        size = picture.size
        _check_size(*size)
        shrunk = _shrunk(*size, max_side_px)
        picture.draft(None, (max(1, size[0] // shrunk), max(1, size[1] // shrunk)))  # Of a JPEG only.
        # First, since loading turns a TIFF, and a PNG may name its orientation after its pixels.
        picture.load()
        return _upright(_pixels(picture, picture.info.get("icc_profile")), size, _orientation(picture))


def _is_heif(content: bytes) -> bool:
    """Whether it is HEIF with a picture in HEVC, as phones write; AVIF, of the same family, is Pillow's."""
    brands = content[8 : 8 + max(0, int.from_bytes(content[:4], "big") - 8)][:256]
    return content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS and b"avif" not in brands


def _decode_heif(content: bytes) -> tuple[Pixels, tuple[int, int]]:
    # Here, since importing it takes a fifth of a second and most photos do without.
    import pillow_heif

    picture = pillow_heif.open_heif(io.BytesIO(content), convert_hdr_to_8bit=True)
    _check_size(*picture.size)
    # The decoder has turned it upright already.
    return _pixels(picture.to_pillow(), picture.info.get("icc_profile")), picture.size


def _pixels(picture: Image.Image, profile: bytes | None) -> Pixels:
    """The pixels, made strip by strip: on the way those of a strip take sixteen bytes and more each."""
    width, height = picture.size
    pixels: Pixels = np.empty((height, width, 3), np.uint8)
    rows = max(1, STRIP_PIXELS // width)
    for top in range(0, height, rows):
        bottom = min(height, top + rows)
        strip = _on_white(picture.crop((0, top, width, bottom)))
        pixels[top:bottom] = _in_srgb(strip, profile) if profile else strip
    return pixels


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
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
    if picture.mode.startswith("I;16") or picture.mode == "I":
        picture = Image.fromarray((np.asarray(picture, dtype=np.uint32) >> 8).clip(0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture).convert("RGB")
    return picture.convert("RGB")


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise _bad("too_many_pixels")


def _bad(issue: ImageIssue) -> BadImage:
    return BadImage(issue, **reason_of_issue(issue).params)


class _Quiet:
    """While a thread is within, Pillow's remarks on odd files stay unsaid: no user could act on them.

    `warnings.catch_warnings` alone mixes up threads that are within at once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads = 0
        self._warnings = warnings.catch_warnings()
        self._log = logging.NullHandler()

    def __enter__(self) -> None:
        with self._lock:
            if not self._threads:
                self._warnings = warnings.catch_warnings()
                self._warnings.__enter__()
                warnings.filterwarnings("ignore", module=r"PIL\.")
                logging.getLogger("PIL").addHandler(self._log)
            self._threads += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            self._threads -= 1
            if not self._threads:
                logging.getLogger("PIL").removeHandler(self._log)
                self._warnings.__exit__(kind, error, traceback)


_quiet = _Quiet()
