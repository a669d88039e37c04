"""PNG and WebP files without their metadata: what stands beside the pixels cannot make them unreadable.

Texts, profiles, EXIF and XMP are taken out of PNG and WebP files before these are decoded, and never
unpacked, apart from what counts: the EXIF block and the colour profile.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from semblante.images.exif import exif_orientation
from semblante.images.issues import bad

PNG_START: Final = b"\x89PNG\r\n\x1a\n"
MAX_PROFILE_BYTES: Final = 16_000_000
"""A colour profile that unpacks to more is not used."""
_PNG_PICTURE: Final = frozenset({b"IHDR", b"PLTE", b"IDAT"})
_WEBP_BESIDE: Final = frozenset({b"ICCP", b"EXIF", b"XMP "})
_WEBP_FLAGS_BESIDE: Final = 0x20 | 0x08 | 0x04
"""The flags of VP8X that announce them."""


@dataclass(frozen=True)
class StrippedPicture:
    """The file's content without metadata, and what of the metadata counts.

    `orientation` is that of `exif`, unless the container has another rule.
    """

    content: bytes
    orientation: int = 1
    profile: bytes | None = None
    exif: bytes | None = None


def strip_png(content: bytes) -> StrippedPicture:
    """Raises `BadImage` where a part of the picture has a wrong checksum; other parts are left out then."""
    kept: list[bytes] = []
    exif: bytes | None = None
    profile: bytes | None = None
    for kind, data, is_right in _png_chunks(content):
        if kind in _PNG_PICTURE:
            if not is_right:
                raise bad("damaged")
            kept.append(_png_chunk(kind, data))
        elif kind == b"IEND":
            break
        elif not is_right:
            continue
        elif kind == b"tRNS":
            kept.append(_png_chunk(kind, data))
        elif kind == b"eXIf":
            exif = exif or data
        elif kind == b"iCCP":
            profile = profile or _png_profile(data)
        elif kind == b"zTXt" and data.startswith(b"Raw profile type exif\0"):
            exif = exif or _hexadecimal(_inflated(data[23:]))
    kept.append(_png_chunk(b"IEND", b""))
    return StrippedPicture(PNG_START + b"".join(kept), exif_orientation(exif), profile, exif)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bool]]:
    """Kind and data of each chunk, and whether the checksum is right.

    Of a file that ends within a chunk, what is there of it; the decoder tells whether the picture is whole.
    """
    at = len(PNG_START)
    while at + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        data, end = content[at + 8 : at + 8 + length], at + 12 + length
        is_right = end > len(content) or zlib.crc32(data, zlib.crc32(kind)) == int.from_bytes(
            content[end - 4 : end], "big"
        )
        yield kind, data, is_right
        at = end


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + zlib.crc32(data, zlib.crc32(kind)).to_bytes(4, "big")


def _png_profile(data: bytes) -> bytes | None:
    _, _, packed = data.partition(b"\0")
    return _inflated(packed[1:])


def _inflated(packed: bytes) -> bytes | None:
    unpacker = zlib.decompressobj()
    try:
        found = unpacker.decompress(packed, MAX_PROFILE_BYTES)
    except zlib.error:
        return None
    return found if unpacker.eof else None


def _hexadecimal(text: bytes | None) -> bytes | None:
    """The block that ImageMagick writes into a text: name and length, each in a line, then hexadecimal."""
    lines = (text or b"").split(b"\n")[3:]
    try:
        return bytes.fromhex(b"".join(lines).decode("ascii"))
    except ValueError:
        return None


def strip_webp(content: bytes) -> StrippedPicture:
    """The RIFF header's length is made right; the decoder tells whether the picture is whole."""
    kept: list[bytes] = []
    found: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, at)
        data = content[at + 8 : at + 8 + length]
        if kind in _WEBP_BESIDE:
            found.setdefault(kind, data)
        elif kind == b"VP8X" and data:
            kept.append(content[at : at + 8] + bytes([data[0] & ~_WEBP_FLAGS_BESIDE]) + data[1:])
        elif kind in (b"ALPH", b"VP8 ", b"VP8L", b"ANIM", b"ANMF"):
            padding = bytes(length % 2) if len(data) == length else b""
            kept.append(content[at : at + 8] + data + padding)
        at += 8 + length + length % 2
    body = b"WEBP" + b"".join(kept)
    exif = found.get(b"EXIF")
    return StrippedPicture(
        b"RIFF" + struct.pack("<I", len(body)) + body, exif_orientation(exif), found.get(b"ICCP"), exif
    )
