"""TIFF files of any kind of samples, also of kinds that Pillow cannot write."""

import struct
from collections.abc import Mapping, Sequence

import numpy as np

_KINDS = {"u": 1, "i": 2, "f": 3, "c": 6}
Entry = tuple[int, int, tuple[int, ...]]
"""A tag, its type (3 SHORT, 4 LONG), and its values."""


def page(
    samples: "np.ndarray",
    photometric: int,
    extra: Sequence[int] = (),
    is_planar: bool = False,
    order: str = "<",
    bits: int | None = None,
    packed: bytes | None = None,
    tags: Mapping[int, int] | None = None,
) -> tuple[list[Entry], bytes]:
    """The tags of a page of samples (h, w, channels), and its pixels in one strip a plane, uncompressed.

    `packed` is the pixels where they take `bits` that are no whole bytes. `tags` are LONG values to be set.
    """
    height, width, channels = samples.shape
    kind = samples.dtype
    planes = np.moveaxis(samples, 2, 0)[..., None] if is_planar else samples[None]
    pixels = packed or planes.astype(np.dtype(f"{order}{kind.kind}{kind.itemsize}")).tobytes()
    size = len(pixels) // len(planes)
    entries: dict[int, Entry] = {
        256: (256, 4, (width,)),
        257: (257, 4, (height,)),
        258: (258, 3, (bits or 8 * kind.itemsize,) * channels),
        259: (259, 3, (1,)),
        262: (262, 3, (photometric,)),
        273: (273, 4, tuple(number * size for number in range(len(planes)))),
        277: (277, 3, (channels,)),
        278: (278, 4, (height,)),
        279: (279, 4, (size,) * len(planes)),
        284: (284, 3, (2 if is_planar else 1,)),
        339: (339, 3, (_KINDS[kind.kind],) * channels),
    }
    if extra:
        entries[338] = (338, 3, tuple(extra))
    for tag, value in (tags or {}).items():
        entries[tag] = (tag, 4, (value,))
    return list(entries.values()), pixels


def tiff(
    pages: Sequence[tuple[list[Entry], bytes]],
    order: str = "<",
    below: Sequence[tuple[list[Entry], bytes]] = (),
    more: Sequence[Entry] = (),
) -> bytes:
    """A TIFF file of pages; those `below` are SubIFDs of the first, `more` are further tags of it."""
    content = bytearray((b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 0))
    subs = [_written(content, entries, pixels, order)[0] for entries, pixels in below]
    link = 4
    for number, (entries, pixels) in enumerate(pages):
        if number == 0:
            entries = [*entries, *more, *([(330, 4, tuple(subs))] if subs else [])]
        at, following = _written(content, entries, pixels, order)
        struct.pack_into(f"{order}I", content, link, at)
        link = following
    return bytes(content)


def _written(content: bytearray, entries: list[Entry], pixels: bytes, order: str) -> tuple[int, int]:
    """Put a page behind the content; where it begins, and where the place of the next one is to be named."""
    pixels_at = len(content)
    content += pixels + bytes(len(pixels) % 2)
    rows = []
    for tag, kind, values in sorted(entries):
        if tag == 273:
            values = tuple(pixels_at + value for value in values)
        data = struct.pack(f"{order}{len(values)}{'BHI'[(1, 3, 4).index(kind)]}", *values)
        if len(data) > 4:
            field = struct.pack(f"{order}I", len(content))
            content += data + bytes(len(data) % 2)
        else:
            field = data.ljust(4, b"\0")
        rows.append(struct.pack(f"{order}HHI", tag, kind, len(values)) + field)
    at = len(content)
    content += struct.pack(f"{order}H", len(rows)) + b"".join(rows) + bytes(4)
    return at, len(content) - 4
