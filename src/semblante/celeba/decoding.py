"""Image files become square crops on all cores, a chunk at a time, in order.

Threads, not processes: decoding, resizing, hashing and reading release Python's lock, nothing has to be
copied between processes, and a caller's script needs no `if __name__ == "__main__"`.
"""

import hashlib
from collections import deque
from collections.abc import Generator, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from semblante.celeba.archives import Entry
from semblante.celeba.issues import Reason, SkippedRow
from semblante.errors import BadImage
from semblante.geometry import is_celeba_frame, resize_to_square
from semblante.images import decode
from semblante.types import Crops, Pixels

MAX_FILE_BYTES = 100_000_000
"""No photo is larger; a zip bomb called `000001.jpg` ends here."""


@dataclass(frozen=True)
class Chunk:
    """Some images of the table, decoded. `sha256s` are those of the files of the crops, in hexadecimal."""

    crops: Crops
    sha256s: tuple[str, ...]
    left_out: tuple[SkippedRow, ...]
    other_shapes: tuple[str, ...]


def decode_in_order(
    images: Mapping[str, Entry], chunks: Iterable[Sequence[str]], side_px: int, threads: int
) -> Generator[Chunk]:
    """Decode `chunks` of image names, yielding them in order; only a few are ever in memory."""
    pool = ThreadPoolExecutor(threads)
    waiting: deque[Future[Chunk]] = deque()
    try:
        for names in chunks:
            waiting.append(pool.submit(decode_chunk, images, names, side_px))
            if len(waiting) > threads + 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        # At Ctrl-C the chunks that wait are dropped; those at work end within a fraction of a second.
        pool.shutdown(cancel_futures=True)


def decode_chunk(images: Mapping[str, Entry], names: Sequence[str], side_px: int) -> Chunk:
    """Decode the images `names` to crops UInt8 (n, side_px, side_px, 3), leaving out what is no picture."""
    crops = np.empty((len(names), side_px, side_px, 3), np.uint8)
    sha256s: list[str] = []
    left_out: list[SkippedRow] = []
    other_shapes: list[str] = []
    for name in names:
        read = _read_frame(images[name])
        if isinstance(read, str):
            left_out.append(SkippedRow(name, read))
            continue
        frame, sha256 = read
        if not is_celeba_frame(*frame.shape[:2]):
            other_shapes.append(name)
        crops[len(sha256s)] = resize_to_square(frame, side_px)
        sha256s.append(sha256)
    return Chunk(crops[: len(sha256s)], tuple(sha256s), tuple(left_out), tuple(other_shapes))


def _read_frame(entry: Entry) -> tuple[Pixels, str] | Reason:
    """The picture and its file's SHA-256, or why there is none."""
    if entry.size_bytes > MAX_FILE_BYTES:
        return "too_large_file"
    try:
        content = entry.read()
        return (decode(content), hashlib.sha256(content).hexdigest()) if content else "empty_image"
    except (BadImage, ValueError):
        return "not_a_whole_picture"
    except FileNotFoundError:
        return "vanished_image"
    except OSError:
        return "unreadable_image"
