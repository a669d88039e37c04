"""JPEG files: every one whose picture is all there is read, whatever stands beside it.

Whether a picture is all there is known from its scans: each coefficient of each component must be coded to
its last bit, and the decoder must not run out of data. The end marker says nothing: some cameras leave it
out, and a file that was cut may have got one. What lies behind the last scan that is needed is not looked at.
"""

import io
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import simplejpeg
from PIL import Image, JpegImagePlugin

from semblante.errors import BadImage
from semblante.images.colours import in_srgb, rgb_pixels
from semblante.images.issues import MAX_SCANS, bad, check_size
from semblante.images.quiet import quiet
from semblante.types import Pixels

START: Final = b"\xff\xd8"
_END: Final = b"\xff\xd9"

_MARKER: Final = re.compile(rb"\xff([^\x00\xff])")
_RESTARTS: Final = range(0xD0, 0xD8)
_SEGMENT: Final = re.compile(rb"\xff([^\x00\x01\xd0-\xd7\xff])")
"""A marker that does not stand alone within a scan or between segments.

Any number of bytes 0xff may stand before it. They are no part of the pattern: a file that is filled with
them, as after a rescue from a broken disk, would be searched in square time.
"""
_MAX_SEGMENTS: Final = 100_000
"""What has more is no picture; 2 GB of metadata have a third of it."""
_WITHOUT_LENGTH: Final = (0xD8, 0xD9)
_SOS: Final = 0xDA
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE: Final = frozenset({0xC2, 0xCA})
_KEPT: Final = _FRAMES | {0xC4, 0xCC, 0xDB, 0xDD, 0xE0, 0xEE}
"""Segments that the picture depends on: frame, tables, restart interval, and JFIF's and Adobe's colours."""

_TRAILER: Final = re.compile(rb"\0\0\0[\x08-\x7f](?:ftyp|moov|mdat|free|skip|wide)")
"""How a movie behind a picture begins."""
_LEFT_OVER: Final = re.compile(r"(\d+) extraneous bytes before marker 0xd9")
"""What libjpeg says where the picture is whole and its last scan goes on."""
_MAX_PADDING_BYTES: Final = 16
"""So many bytes of any kind may stand before the end marker; more come from a picture that is broken."""
_FILLINGS: Final = (bytes(64), b"\xff\0" * 64)
"""Bits that are all 0 and all 1, behind a scan."""
_READ_AHEAD_BYTES: Final = 8
"""libjpeg holds up to so many bytes of a scan in its bit buffer, and does not count them as left over."""


class _Segment(NamedTuple):
    """A marker, where it begins, and where its data begins and ends; of a scan, its header alone."""

    marker: int
    at: int
    data: int
    end: int


@dataclass(frozen=True)
class JpegHeader:
    """What a JPEG file says before its first scan."""

    exif: bytes | None
    profile: bytes | None
    is_in_one_scan: bool


def read_header(content: bytes) -> JpegHeader:
    """Read what stands before the first scan; nothing is decoded."""
    exif: bytes | None = None
    parts: dict[int, bytes] = {}
    expected_parts = components = scanned = marker = 0
    for segment in _segments(content):
        data = content[segment.data : segment.end]
        if segment.marker == 0xE1 and exif is None and data.startswith(b"Exif\0"):
            exif = data[6:]
        elif segment.marker == 0xE2 and data.startswith(b"ICC_PROFILE\0") and len(data) > 14:
            expected_parts = data[13]
            parts.setdefault(data[12], data[14:])
        elif segment.marker in _FRAMES and len(data) > 5:
            marker, components = segment.marker, data[5]
        elif segment.marker == _SOS:
            scanned = data[0] if data else 0
            break
    profile = b"".join(parts[number] for number in sorted(parts)) if len(parts) == expected_parts else b""
    return JpegHeader(exif, profile or None, marker not in _PROGRESSIVE and scanned == components)


def decode_jpeg(
    content: bytes, header: JpegHeader, max_side_px: int | None
) -> tuple[Pixels, tuple[int, int]]:
    """The pixels as they are stored, in sRGB, and the picture's width and height at full size.

    Raises `BadImage` where a part of the picture is missing.
    """
    try:
        pixels, size = _decoded(content, header, max_side_px)
    except (BadImage, MemoryError):
        raise
    except Exception as error:  # Decoders raise almost anything; none of it may stop the other photos.
        raise bad("samples_not_read" if "data precision" in str(error) else "damaged") from error
    if header.profile is not None:
        pixels = np.asarray(in_srgb(Image.fromarray(pixels), header.profile))
    return pixels, size


def jpeg_size(content: bytes) -> tuple[int, int]:
    """Width and height as they are stored, by the header of the first frame. Raises `BadImage`."""
    for segment in _segments(content):
        if segment.marker in _FRAMES and segment.end - segment.data >= 5:
            height_px, width_px = struct.unpack_from(">HH", content, segment.data + 1)
            return width_px, height_px
    raise bad("damaged")


def shrink_factor(width: int, height: int, max_side_px: int | None) -> int:
    """How many times smaller a JPEG may be decoded."""
    longer = max(width, height)
    return next(times for times in (8, 4, 2, 1) if times == 1 or longer >= times * (max_side_px or longer))


def _decoded(content: bytes, header: JpegHeader, max_side_px: int | None) -> tuple[Pixels, tuple[int, int]]:
    if header.is_in_one_scan:
        try:
            return _by_simplejpeg(content, max_side_px, strict=True)
        except ValueError:
            pass  # Perhaps for something that does not belong to the picture.
    stripped, has_end = _stripped(content)
    try:
        return _by_simplejpeg(stripped, max_side_px, strict=True)
    except ValueError as error:
        left_over = _LEFT_OVER.search(str(error))
        if left_over is not None and _is_filling(stripped[: -len(_END)], int(left_over[1]), has_end):
            return _by_simplejpeg(stripped, max_side_px, strict=False)
        if "subsampling" in str(error):
            return _by_pillow(stripped, max_side_px)
        raise


def _by_simplejpeg(content: bytes, max_side_px: int | None, strict: bool) -> tuple[Pixels, tuple[int, int]]:
    height, width, colours, _ = simplejpeg.decode_jpeg_header(content)
    check_size(width, height)
    shrunk = shrink_factor(width, height, max_side_px)
    is_print = colours in ("CMYK", "YCCK")
    pixels = simplejpeg.decode_jpeg(
        content,
        "CMYK" if is_print else "RGB",
        strict=strict,
        min_height=_ceil(height, shrunk),
        min_width=_ceil(width, shrunk),
    )
    if is_print:  # They are stored inverted, as Photoshop has it.
        pixels = rgb_pixels(Image.fromarray(np.invert(pixels), "CMYK"), None)
    return pixels, (width, height)


def _by_pillow(content: bytes, max_side_px: int | None) -> tuple[Pixels, tuple[int, int]]:
    """For colours at a resolution that simplejpeg does not know.

    Pillow does not say where data is missing. What is put behind a picture then becomes a part of it.
    Raises `ValueError` where it does.
    """
    (pixels, size), (others, _) = (
        _read_by_pillow(content[: -len(_END)] + filling + _END, max_side_px) for filling in _FILLINGS
    )
    if not np.array_equal(pixels, others):
        raise ValueError("a part of a scan is missing")
    return pixels, size


def _read_by_pillow(content: bytes, max_side_px: int | None) -> tuple[Pixels, tuple[int, int]]:
    """`Image.open` would refuse large pictures."""
    with quiet, JpegImagePlugin.JpegImageFile(io.BytesIO(content)) as picture:
        size = picture.size
        check_size(*size)
        shrunk = shrink_factor(*size, max_side_px)
        picture.draft(None, (max(1, size[0] // shrunk), max(1, size[1] // shrunk)))
        return rgb_pixels(picture, None), size


def _stripped(content: bytes) -> tuple[bytes, bool]:
    """The file with nothing but its picture, and whether its end marker follows the last scan.

    Raises `ValueError` where a scan, or a part of one, is missing, and `BadImage` where there are too many.
    """
    kept = [START]
    frame = b""
    missing: dict[int, list[bool]] = {}
    is_progressive = is_arithmetic = False
    interval = scans = 0
    for segment in _segments(content):
        data = content[segment.data : segment.end]
        if segment.marker in _FRAMES and not missing:
            frame = data
            is_progressive = segment.marker in _PROGRESSIVE
            is_arithmetic = segment.marker > 0xC8
            missing = {number: [True] * 64 for number in data[6::3]}
        elif segment.marker == 0xDD:
            interval = int.from_bytes(data[:2], "big")
        elif segment.marker in _WITHOUT_LENGTH:
            break
        if segment.marker in _KEPT:
            kept.append(content[segment.at : segment.end])
        elif segment.marker == _SOS:
            scans += 1
            if scans > MAX_SCANS:
                raise bad("too_many_scans")
            end = _end_of_scan(content, segment.end, _restarts(frame, data, interval))
            kept.append(content[segment.at : end])
            _take_note(missing, data, is_progressive)
            if missing and not any(map(any, missing.values())):
                trailer = _TRAILER.search(kept[-1])
                kept[-1] = kept[-1][: trailer.start()] if trailer else kept[-1]
                marker = None if trailer else _MARKER.search(content, end)
                has_end = marker is not None and marker[1] == _END[1:]
                if is_arithmetic and not has_end:
                    break  # Its decoder would go on without data.
                return b"".join(kept) + _END, has_end
    raise ValueError("a scan is missing")


def _take_note(missing: dict[int, list[bool]], scan: bytes, is_progressive: bool) -> None:
    """Take from the coefficients `missing` of each component those that a scan codes to the last bit."""
    if len(scan) < 4 or len(scan) != 4 + 2 * scan[0]:
        return
    first, last, precision = scan[-3], scan[-2], scan[-1] & 15
    if not is_progressive:
        first, last, precision = 0, 63, 0
    for number in scan[1:-3:2]:
        for place in range(first, min(last, 63) + 1) if number in missing else ():
            missing[number][place] = precision > 0


def _restarts(frame: bytes, scan: bytes, interval: int) -> int:
    """How many restart markers stand in a scan: one after each `interval` of its units (ITU-T T.81, A.2)."""
    if not interval:
        return 0
    sizes = struct.unpack_from(">HH", frame, 1)
    factors = {frame[at]: divmod(frame[at + 1], 16)[::-1] for at in range(6, len(frame) - 2, 3)}
    largest = [max(each) for each in zip(*factors.values(), strict=True)]
    numbers = scan[1:-3:2]
    units = 1
    for size, most, own in zip(sizes, largest, factors[numbers[0]], strict=True):
        # One component is coded block by block; several are coded in units of all their blocks.
        units *= _ceil(_ceil(size * own, most), 8) if len(numbers) == 1 else _ceil(size, 8 * most)
    return (units - 1) // interval


def _ceil(number: int, divisor: int) -> int:
    return -(-number // divisor)


def _end_of_scan(content: bytes, start: int, restarts: int) -> int:
    """Where the coded data of a scan with so many restart markers ends: at another marker, or with the file.

    Raises `ValueError` where some of them are missing.
    """
    at = start
    for number in range(restarts):
        found = _MARKER.search(content, at)
        if found is None or found[1][0] != _RESTARTS[number % 8]:
            raise ValueError("a part of a scan is missing")
        at = found.end()
    found = _MARKER.search(content, at)
    if found is None:
        return len(content.rstrip(b"\xff"))
    return at + len(content[at : found.start()].rstrip(b"\xff"))


def _is_filling(scan: bytes, left_over: int, has_end: bool) -> bool:
    """Whether the bytes that the picture left over may have been put behind a whole picture.

    Where a picture was cut and filled up with one byte again and again, the filling begins in the picture.
    """
    filled = len(scan) - len(scan.rstrip(scan[-1:]))
    if filled >= left_over:
        return filled <= left_over + _READ_AHEAD_BYTES
    return not has_end or left_over <= _MAX_PADDING_BYTES


def _segments(content: bytes) -> Iterator[_Segment]:
    """The file's segments in order; what is no segment, such as a scan's coded data, is passed over."""
    at, count = len(START), 0
    while (found := _SEGMENT.search(content, at)) is not None and (count := count + 1) <= _MAX_SEGMENTS:
        marker, data = found[1][0], found.end()
        end = data
        if marker not in _WITHOUT_LENGTH:
            end = data + int.from_bytes(content[data : data + 2], "big")
            if end < data + 2 or end > len(content):
                return
            data += 2
        yield _Segment(marker, found.end() - 2, data, end)
        at = end
