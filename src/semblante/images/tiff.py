"""TIFF files: the photo in them without metadata, and its samples made those of 8 bits.

Pillow reads many kinds of samples. Some it takes for others, without a word: zero for black where it is
white, signed numbers for unsigned ones, floats from 0 to 1 for those from 0 to 255, planes of 16 bits for
planes of 8, the machine's order of bytes for the file's. Each kind is made right here, or refused.
"""

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, Integer, UInt8
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from semblante.images.exif import TURNS
from semblante.images.issues import bad
from semblante.images.metadata import StrippedPicture
from semblante.images.tiff_pages import (
    BITS,
    COMPRESSION,
    HEIGHT,
    ORIENTATION,
    PHOTOMETRIC,
    PLANES,
    PROFILE,
    SAMPLE_FORMAT,
    SAMPLES,
    SUBSAMPLING,
    WIDTH,
    TiffPage,
    bytes_of,
    ends_early,
    find_photo,
    form_of,
)

STARTS: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_OF_PIXELS: Final = frozenset(
    {WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, SAMPLES, PLANES, SAMPLE_FORMAT, SUBSAMPLING}
    | {266, 273, 278, 279, 292, 293, 317, 320, 322, 323, 324, 325, 332, 338, 347}
    | {512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 532}
)
"""The tags that say how the pixels of a picture are stored."""
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _PALETTE, _YCBCR = 0, 1, 3, 6
_COLOUR_MAP: Final = 320
_WHOLE, _FLOAT = 1, 3
_SEPARATE: Final = 2
_JPEG_COMPRESSIONS: Final = frozenset({6, 7})

_NARROW_BITS: Final = (8, 10, 12)
"""Cameras and programs write numbers of so few bits as numbers of 16, which are black then."""
_MAX_OUTSIDE: Final = 0.01
"""Of floats from 0 to 1, this share may lie outside, as sharpening leaves them; they are cut off."""


@dataclass(frozen=True)
class StrippedTiff(StrippedPicture):
    """The photo in a TIFF file; its `exif` is the whole file, since EXIF is laid out as TIFF.

    `bits` are those of a sample; grey `is_inverted` where its zero is white. `ends_early` where the file does
    before what it says of how the pixels are stored.
    """

    bits: int = 8
    is_inverted: bool = False
    ends_early: bool = False


def strip_tiff(content: bytes) -> StrippedTiff:
    """The photo in a TIFF file.

    Raises `BadImage` where it is a RAW file, ends early, or has samples that Pillow would take for others.
    """
    try:
        page, first = find_photo(content)
        profile = bytes_of(content, page, PROFILE) or bytes_of(content, first, PROFILE)
    except struct.error as error:
        raise bad("damaged") from error
    kinds, bits = set(page.values.get(SAMPLE_FORMAT, (_WHOLE,))), set(page.values.get(BITS, (1,)))
    is_subsampled = (
        page.value(PHOTOMETRIC) == _YCBCR
        and page.value(COMPRESSION) not in _JPEG_COMPRESSIONS
        and page.values.get(SUBSAMPLING) != (1, 1)
    )
    is_deep_in_planes = page.value(PLANES) == _SEPARATE and page.value(SAMPLES) > 1 and max(bits) > 8
    is_mixed = len(bits) != 1 or kinds not in ({_WHOLE}, {_FLOAT})
    if is_mixed or is_subsampled or is_deep_in_planes:
        raise bad("samples_not_read")
    turned = page.value(ORIENTATION, first.value(ORIENTATION, 1))
    # Pillow reads grey of many bits in both orders of bytes where its zero is black.
    is_inverted = page.value(PHOTOMETRIC) == _WHITE_IS_ZERO and min(bits) > 8
    rewritten = _rewritten(content, page, is_inverted)
    if page.value(PHOTOMETRIC) == _PALETTE:
        _mend_palette(rewritten, page)
    return StrippedTiff(
        bytes(rewritten),
        turned if turned in TURNS else 1,
        profile,
        content,
        min(bits),
        is_inverted,
        ends_early(content, page, _OF_PIXELS),
    )


def mend_order_of_bytes(picture: Image.Image) -> None:
    """What libtiff has unpacked is in the machine's order; Pillow takes 32 bits for still in the file's."""
    if isinstance(picture, TiffImageFile):
        picture.tile = [
            tile._replace(args=(tile.args[0].replace(";32B", ";32N"), *tile.args[1:]))
            if tile.codec_name == "libtiff" and isinstance(tile.args, tuple)
            else tile
            for tile in picture.tile
        ]


def with_8_bits(picture: Image.Image, tiff: StrippedTiff) -> Image.Image:
    """The picture, its grey made that of 8 bits where it has more.

    Raises `BadImage` where it is not known which of its values are black and white.
    """
    if tiff.bits == 16 and picture.mode.startswith("RGB") and _is_black(picture):
        raise bad("samples_not_read")  # Numbers of 12 bits or fewer, most likely, whose white Pillow cut off.
    if picture.mode == "F" or picture.mode.startswith("I"):
        values = np.asarray(picture)
        grey = _of_floats(values) if picture.mode == "F" else _of_whole(values, tiff.bits)
        return Image.fromarray(np.invert(grey) if tiff.is_inverted else grey)
    return picture


def _is_black(picture: Image.Image) -> bool:
    """Whether no colour has a value that 12 bits of 16 cannot hold."""
    counts = picture.histogram()
    return not any(any(counts[256 * band + 16 : 256 * band + 256]) for band in range(3))


def _of_floats(values: Float[np.ndarray, "h w"]) -> UInt8[np.ndarray, "h w"]:
    """Floats go from 0 to 1, or are whole numbers of 8 or 16 bits, as programs for research write them."""
    with np.errstate(invalid="ignore"):
        outside = np.count_nonzero(~((values >= 0) & (values <= 1)))
    if not np.isfinite(values).all():
        raise bad("samples_not_read")
    if outside <= _MAX_OUTSIDE * values.size:
        return (values.clip(0, 1) * 255 + 0.5).astype(np.uint8)
    if values.min() < 0 or values.max() > 65535 or (values != np.floor(values)).any():
        raise bad("samples_not_read")
    return _of_whole(values.astype(np.uint16), 8 if values.max() < 256 else 16)


def _of_whole(values: Integer[np.ndarray, "h w"], bits: int) -> UInt8[np.ndarray, "h w"]:
    """Whole numbers of so many bits. Those of 32 and 16 may hold numbers of fewer: the largest tells."""
    if bits == 32:
        values = values.view(np.uint32)
        largest = int(values.max())
        bits = next((bits for bits in (8, 16) if largest < 1 << bits), 32)
        if bits == 32 and largest < 1 << 31:
            raise bad("samples_not_read")
    if bits == 16 and (largest := int(values.max())):
        bits = next((bits for bits in _NARROW_BITS if largest < 1 << bits), 16)
    return (values >> (bits - 8)).astype(np.uint8)


def _mend_palette(content: bytearray, page: TiffPage) -> None:
    """Some programs write colours of 8 bits into a palette, whose colours have 16."""
    form = form_of(content)
    if _COLOUR_MAP in page.entries:
        _, _, count, field = struct.unpack(form.entry, page.entries[_COLOUR_MAP])
        (at,) = struct.unpack(form.offset, field)
        if 0 < count <= (len(content) - at) // 2:
            colours = np.frombuffer(content, f"{form.order}u2", count, at)
            if colours.max() < 256:
                colours *= 257


def _rewritten(content: bytes, page: TiffPage, is_inverted: bool) -> bytearray:
    """The file with this page alone; what is left of its entries is written where all of them were."""
    form = form_of(content)
    kept = {tag: entry for tag, entry in page.entries.items() if tag in _OF_PIXELS}
    if is_inverted:
        black_is_zero = struct.pack(f"{form.order}H", _BLACK_IS_ZERO)
        kept[PHOTOMETRIC] = struct.pack(form.entry, PHOTOMETRIC, 3, 1, black_is_zero)
    entries = b"".join(kept[tag] for tag in sorted(kept))
    directory = struct.pack(form.count, len(kept)) + entries + struct.pack(form.offset, 0)
    rewritten = bytearray(content)
    struct.pack_into(form.offset, rewritten, form.first_at, page.at)
    rewritten[page.at : page.at + len(directory)] = directory
    return rewritten
