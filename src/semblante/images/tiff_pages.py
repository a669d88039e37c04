"""Which of the pictures in a TIFF file is the photo.

A RAW file is a TIFF file that begins with a small preview, so the largest picture counts. Where that cannot
be read, the file is refused, and nothing smaller is taken for it.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from semblante.images.issues import bad

SUBFILE, OLD_SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 254, 255, 256, 257, 258, 259, 262
ORIENTATION, SAMPLES, PLANES, SUB_IFDS, SAMPLE_FORMAT = 274, 277, 284, 330, 339
SUBSAMPLING, PROFILE, DNG_VERSION = 530, 34675, 50706
_LOOKED_AT: Final = frozenset(
    {SUBFILE, OLD_SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, ORIENTATION, SUB_IFDS}
    | {SAMPLES, PLANES, SAMPLE_FORMAT, SUBSAMPLING}
)
_TYPES: Final = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
"""The types of whole numbers, as `struct` names them."""
_SIZES: Final = {
    kind: size
    for size, kinds in ((1, (1, 2, 6, 7)), (2, (3, 8)), (4, (4, 9, 11, 13)), (8, (5, 10, 12, 16, 17, 18)))
    for kind in kinds
}
"""The bytes that a value of each type takes."""
_OF_A_SENSOR: Final = frozenset({32803, 34892})
"""Photometric interpretations of what a sensor measured: a mosaic of colours, and linear RAW."""
_COMPRESSIONS_OF_RAW: Final = frozenset({32767, 32769, 32770, 34713, 34892, 65000, 65535})
_MAX_PREVIEW_PX: Final = 512
"""A first page that is no larger is a preview where it comes again at least twice as large."""
_MAX_PAGES: Final = 16


@dataclass(frozen=True)
class Form:
    """How a file writes numbers: their order of bytes, and their sizes, in classic TIFF and in BigTIFF."""

    order: str
    count: str
    entry: str
    offset: str
    first_at: int
    """Where the offset of the first page stands."""


@dataclass(frozen=True)
class TiffPage:
    """A picture in the file: where its entries are, as they are written, and whole numbers in some."""

    at: int
    entries: Mapping[int, bytes]
    values: Mapping[int, tuple[int, ...]]
    next_at: int

    def value(self, tag: int, default: int = 0) -> int:
        """The first number of a tag."""
        return next(iter(self.values.get(tag, ())), default)

    @property
    def is_reduced(self) -> bool:
        """Whether it is marked as a smaller version of another picture."""
        return bool(self.value(SUBFILE) & 1) or self.value(OLD_SUBFILE) == 2

    @property
    def is_mask(self) -> bool:
        """Whether it is something about another picture: transparency, depth."""
        return bool(self.value(SUBFILE) & ~3)

    @property
    def is_raw(self) -> bool:
        """Whether it is what a sensor measured, which no picture has been made of yet."""
        is_packed_as_raw = self.value(COMPRESSION) in _COMPRESSIONS_OF_RAW
        return is_packed_as_raw or self.value(PHOTOMETRIC) in _OF_A_SENSOR

    def is_preview_of(self, other: "TiffPage") -> bool:
        """Whether it is marked so, or is small, and the other one has its shape and is twice as large."""
        (width, height), (wide, high) = ((page.value(WIDTH), page.value(HEIGHT)) for page in (self, other))
        is_small = max(width, height) <= _MAX_PREVIEW_PX
        is_same_shape = abs(wide * height - high * width) <= max(wide, high)  # Sides are rounded.
        return self.is_reduced or (is_small and is_same_shape and wide >= 2 * width)


def form_of(content: bytes | bytearray) -> Form:
    """How the numbers of a TIFF file are written."""
    order = "<" if content.startswith(b"II") else ">"
    is_big = struct.unpack_from(f"{order}H", content, 2) == (43,)
    if is_big:
        return Form(order, f"{order}Q", f"{order}HHQ8s", f"{order}Q", 8)
    return Form(order, f"{order}H", f"{order}HHI4s", f"{order}I", 4)


def find_photo(content: bytes) -> tuple[TiffPage, TiffPage]:
    """The page that is the photo, and the file's first page, which may say more about it.

    Raises `BadImage` where the largest picture is a RAW file's, and `struct.error` where the file ends early.
    """
    form = form_of(content)
    (at,) = struct.unpack_from(form.offset, content, form.first_at)
    first = _page(content, form, at)
    page = max(
        _candidates(content, form, first),
        key=lambda each: (not each.is_reduced, each.value(WIDTH) * each.value(HEIGHT)),
    )
    is_preview = page.is_reduced and (SUB_IFDS in first.entries or DNG_VERSION in first.entries)
    if is_preview or page.is_raw:
        raise bad("raw_file")
    return page, first


def bytes_of(content: bytes, page: TiffPage, tag: int) -> bytes | None:
    """The value of a tag of bytes that is too long for its entry; None where there is none."""
    form = form_of(content)
    if tag not in page.entries:
        return None
    _, _, length, field = struct.unpack(form.entry, page.entries[tag])
    (at,) = struct.unpack(form.offset, field)
    return content[at : at + length] or None


def ends_early(content: bytes, page: TiffPage, tags: Iterable[int]) -> bool:
    """Whether the values of one of these tags lie behind the end of the file."""
    form = form_of(content)
    for entry in (page.entries[tag] for tag in tags if tag in page.entries):
        _, kind, length, field = struct.unpack(form.entry, entry)
        size = _SIZES.get(kind, 1) * length
        if size > len(field) and struct.unpack(form.offset, field)[0] + size > len(content):
            return True
    return False


def _candidates(content: bytes, form: Form, first: TiffPage) -> Iterator[TiffPage]:
    """The first page, those within it, and those behind it that it is a preview of."""
    yield first
    for at in first.values.get(SUB_IFDS, ())[:_MAX_PAGES]:
        page = _page(content, form, at)
        if not page.is_mask:
            yield page
    for page in islice(_behind(content, form, first), _MAX_PAGES):
        if not page.is_mask and (page.is_raw or first.is_preview_of(page)):
            yield page


def _behind(content: bytes, form: Form, page: TiffPage) -> Iterator[TiffPage]:
    while page.next_at:
        try:
            page = _page(content, form, page.next_at)
        except struct.error:
            return
        yield page


def _page(content: bytes, form: Form, at: int) -> TiffPage:
    (count,) = struct.unpack_from(form.count, content, at)
    begin, size = at + struct.calcsize(form.count), struct.calcsize(form.entry)
    (next_at,) = struct.unpack_from(form.offset, content, begin + count * size)
    entries: dict[int, bytes] = {}
    values: dict[int, tuple[int, ...]] = {}
    for place in range(begin, begin + count * size, size):
        tag, kind, length, field = struct.unpack_from(form.entry, content, place)
        if tag in entries:
            continue
        entries[tag] = content[place : place + size]
        if tag in _LOOKED_AT and kind in _TYPES:
            numbers = f"{form.order}{length}{_TYPES[kind]}"
            try:
                is_within = struct.calcsize(numbers) <= len(field)
                where = (field, 0) if is_within else (content, *struct.unpack(form.offset, field))
                values[tag] = struct.unpack_from(numbers, *where)
            except struct.error:
                continue  # It points out of the file.
    return TiffPage(at, entries, values, next_at)
