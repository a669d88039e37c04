"""How a picture is stored turned: one rule for every format, for reading and for what is written about it.

EXIF counts: its tag Orientation (0x0112) in the file, as browsers and viewers have it. In HEIF and AVIF the
container's own turn (`irot`, `imir`) counts instead, and EXIF does not (ISO/IEC 23008-12). XMP never counts,
neither in the file nor in a sidecar: programs leave `tiff:Orientation` behind in pictures that they have
turned, and a picture that is turned by XMP alone is shown unturned nearly everywhere.
"""

import struct
from collections.abc import Mapping
from typing import Final

import numpy as np
from jaxtyping import UInt8

from semblante.types import Pixels

TURNS: Final[Mapping[int, tuple[int, bool]]] = {
    1: (0, False),
    2: (0, True),
    3: (2, False),
    4: (2, True),
    5: (3, True),
    6: (3, False),
    7: (1, True),
    8: (1, False),
}
"""For each EXIF orientation, quarter turns against the clock, and whether to mirror left and right after."""

_TAG: Final = 0x0112
_FIELDS: Final = {1: "B", 3: "H", 4: "I"}
"""The types of whole numbers in which the tag is met (BYTE, SHORT, LONG), and how `struct` names them."""


def exif_orientation(exif: bytes | None) -> int:
    """The orientation, 1 to 8, that an EXIF block names; 1 where there is none, or it is broken.

    Only the tag itself is read, so nothing else in the block matters.
    """
    block = (exif or b"").removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return 1
    try:
        (at,) = struct.unpack_from(f"{order}I", block, 4)
        (count,) = struct.unpack_from(f"{order}H", block, at)
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, values = struct.unpack_from(f"{order}HHI", block, entry)
            if tag == _TAG and kind in _FIELDS and values:
                (stored,) = struct.unpack_from(f"{order}{_FIELDS[kind]}", block, entry + 8)
                return stored if stored in TURNS else 1
    except struct.error:
        pass  # It ends too early.
    return 1


def upright(
    pixels: Pixels, size: tuple[int, int], turned: int
) -> tuple[UInt8[np.ndarray, "upright_h upright_w 3"], tuple[int, int]]:
    """The pixels, and the width and height at full size, turned as an EXIF orientation says."""
    if turned == 1:
        return pixels, size
    quarters, is_mirrored = TURNS[turned]
    # Three bytes at a time: NumPy moves them in two thirds of the time that it takes one by one.
    turned_pixels = np.rot90(pixels.view("V3"), quarters)
    turned_pixels = np.ascontiguousarray(turned_pixels[:, ::-1] if is_mirrored else turned_pixels)
    return turned_pixels.view(np.uint8), size[::-1] if quarters % 2 else size
