"""How often many byte strings stand in a file: it is read once, whatever their number.

    data -> first two bytes of a piece? -> the next two? -> the whole piece?

The first two questions are looked up in tables for all positions at once; hardly any comes to the third.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from semblante.files import translate_os_errors

PIECE_BYTES: Final = 16
"""So many bytes that are not alike stand nowhere by chance."""
_MIN_DISTINCT_BYTES: Final = 8
_PIECES_OF_A_BLOB: Final = 4
_READ_BYTES: Final = 1 << 22


class ByteSearch:
    """A search for pieces of `blobs`, such as embeddings, and for `texts` as a whole.

    A blob is looked for by a few pieces of it, since a file may hold it in parts.
    """

    def __init__(self, texts: Iterable[bytes], blobs: Iterable[bytes]) -> None:
        self._texts = frozenset(texts)
        self._pieces = frozenset(piece for blob in blobs for piece in pieces_of(blob))
        self._first, self._second = np.zeros(1 << 16, np.bool_), np.zeros(1 << 16, np.bool_)
        for piece in self._pieces:
            self._first[int.from_bytes(piece[:2], "little")] = True
            self._second[int.from_bytes(piece[2:4], "little")] = True
        self._overlap = max([PIECE_BYTES, *map(len, self._texts)]) - 1

    def count(self, parts: Iterable[bytes]) -> int:
        """How often what is looked for stands in the parts, put together."""
        found, before = 0, b""
        for part in parts:
            window = before + part
            ends = [*self._ends_of_texts(window), *self._ends_of_pieces(window)]
            # What ends in what was there before was counted then.
            found += sum(end > len(before) for end in ends)
            before = window[-self._overlap :]
        return found

    def _ends_of_texts(self, window: bytes) -> Iterator[int]:
        for text in self._texts:
            at = window.find(text)
            while at >= 0:
                yield at + len(text)
                at = window.find(text, at + 1)

    def _ends_of_pieces(self, window: bytes) -> Iterator[int]:
        if len(window) < PIECE_BYTES:
            return
        values = np.frombuffer(window, np.uint8).astype(np.uint16)
        pairs = values[:-1] | values[1:] << 8
        starts = np.flatnonzero(self._first[pairs[: len(window) - PIECE_BYTES + 1]])
        starts = starts[self._second[pairs[starts + 2]]]
        for start in starts.tolist():
            if window[start : start + PIECE_BYTES] in self._pieces:
                yield start + PIECE_BYTES


def pieces_of(blob: bytes) -> list[bytes]:
    """A few pieces of the blob; those of nearly one value only, which may stand anywhere, are left out.

    The beginning, which JPEG files have in common, is in none.
    """
    places = np.linspace(len(blob) // 4, len(blob) - PIECE_BYTES, _PIECES_OF_A_BLOB)
    pieces = [blob[int(at) : int(at) + PIECE_BYTES] for at in places if at >= 0]
    return [
        piece
        for piece in dict.fromkeys(pieces)
        if len(piece) == PIECE_BYTES and len(set(piece)) >= _MIN_DISTINCT_BYTES
    ]


def parts_of(path: Path) -> Iterator[bytes]:
    """The content of a file, part by part."""
    with translate_os_errors(path), path.open("rb") as file:
        while part := file.read(_READ_BYTES):
            yield part
