"""HEIF and AVIF files: pictures in a container, which says itself how they are turned."""

import io
import re
from typing import Final

from PIL import Image

from semblante.images.colours import rgb_pixels
from semblante.images.exif import exif_orientation
from semblante.images.issues import check_size
from semblante.images.metadata import StrippedPicture
from semblante.types import Pixels

_HEVC_BRANDS: Final = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
_EXIF_BLOCK: Final = re.compile(rb"Exif\0\0(?=II\*\0|MM\0\*)")
_MAX_EXIF_BYTES: Final = 1 << 16
"""EXIF has offsets of 16 bits in a JPEG file, and programs write no more into others."""
_EXIF_ITEM: Final = re.compile(rb"(infe(?:\x02.{7}|\x03.{9}))Exif", re.DOTALL)


def _brands(content: bytes) -> bytes:
    return content[8 : 8 + max(0, int.from_bytes(content[:4], "big") - 8)][:256]


def is_heif(content: bytes) -> bool:
    """Whether it is HEIF with a picture in HEVC, as phones write; AVIF, of the same family, is Pillow's."""
    return content[4:8] == b"ftyp" and content[8:12] in _HEVC_BRANDS and b"avif" not in _brands(content)


def is_avif(content: bytes) -> bool:
    """Whether it is AVIF."""
    brands = _brands(content)
    return content[4:8] == b"ftyp" and (content[8:12] in _AVIF_BRANDS or b"avif" in brands)


def without_exif(content: bytes) -> bytes:
    """The file with its EXIF block made one of no known kind, since decoders fail where it is broken.

    It does not count: the container has its own turn.
    """
    return _EXIF_ITEM.sub(rb"\1free", content)


def exif_of(content: bytes) -> bytes | None:
    """The EXIF block of the file: its start is found, and what is behind it does not count."""
    found = _EXIF_BLOCK.search(content)
    return content[found.end() : found.end() + _MAX_EXIF_BYTES] if found else None


def strip_avif(content: bytes) -> StrippedPicture:
    """The picture as Pillow reads it, with the turn of its container. Raises what Pillow raises."""
    exif, content = exif_of(content), without_exif(content)
    with Image.open(io.BytesIO(content), formats=("AVIF",)) as picture:
        # Pillow writes the container's turn as EXIF.
        turned = exif_orientation(picture.info.get("exif"))
        return StrippedPicture(content, turned, picture.info.get("icc_profile"), exif)


def heif_size(content: bytes) -> tuple[int, int]:
    """Width and height, by the container."""
    import pillow_heif

    width_px, height_px = pillow_heif.open_heif(io.BytesIO(without_exif(content))).size
    return width_px, height_px


def decode_heif(content: bytes) -> tuple[Pixels, tuple[int, int]]:
    """The pixels, and the width and height; the decoder has turned them upright already."""
    # Here, since importing it takes a fifth of a second and most photos do without.
    import pillow_heif

    picture = pillow_heif.open_heif(io.BytesIO(without_exif(content)), convert_hdr_to_8bit=True)
    check_size(*picture.size)
    return rgb_pixels(picture.to_pillow(), picture.info.get("icc_profile")), picture.size
