"""Raw CelebA becomes the prepared set: find the source, join its lists, decode its images, write the folder.

Killed or cancelled at any moment, the same call goes on where it was, and the folder ends byte for byte as if
it had never been interrupted: nothing in it depends on the time, the machine's cores or where the source is.

Images are decoded on all cores, a chunk at a time, in order. Threads do it, not processes: decoding,
resizing, hashing and reading release Python's lock, nothing has to be copied between processes, and a
caller's script needs no `if __name__ == "__main__"`.
"""

import hashlib
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np

from semblante.celeba.archives import Entry
from semblante.celeba.join import UNKNOWN_PERSON, Table, notes_on_rows, read_table
from semblante.celeba.parsing import ROW_ISSUES, RowIssue, SkippedRow
from semblante.celeba.prepared import (
    FORMAT,
    PreparedManifest,
    PreparedSet,
    SkippedRows,
    open_prepared,
    set_sha256,
)
from semblante.celeba.source import Source, find_source
from semblante.celeba.writing import (
    IDENTITIES,
    IMAGES,
    JOURNAL,
    LABELS,
    MANIFEST,
    NAMES,
    SPLITS_FILE,
    Chunk,
    Writer,
    check_foreign,
    discard,
    finish_images,
    npy_bytes,
    npy_header,
    open_writer,
    tidy,
)
from semblante.cores import usable_cores
from semblante.errors import BadImage, EmptyDataset, InvalidOption, Reason, SettingsMismatch
from semblante.files import (
    atomic_write,
    check_disk_space,
    exclusive_lock,
    sha256_of,
    translate_os_errors,
    write_json,
)
from semblante.geometry import FRAME_HEIGHT_PX, FRAME_WIDTH_PX, is_celeba_frame, resize_to_square
from semblante.images import decode
from semblante.jobs import SILENT, JobContext
from semblante.labels import ATTRIBUTES
from semblante.types import SPLITS, Pixels

SIDES_PX = range(16, 513)
CHUNK_BYTES = 4_000_000
"""About a hundred crops of 96 pixels: much work between two journal lines, little memory for each core."""
MAX_ROW_BYTES = 400
"""More than a row's labels, identity, split, names, journal and manifest take on disk."""
MAX_FILE_BYTES = 100_000_000
"""No photo is larger; a zip bomb called `000001.jpg` ends here."""


def prepare(source: Path | str, out: Path | str, side_px: int = 96, job: JobContext = SILENT) -> PreparedSet:
    """Turn raw CelebA at `source`, in any layout, into the prepared set in the folder `out`.

    Crops are `side_px` (16 to 512) pixels a side. Where `out` already holds this very set, it is opened
    at once. The stage of progress is "preparing", counted in rows. Raises `InvalidOption`, `NotCelebA`,
    `EmptyDataset`, `FolderNotEmpty`, `SettingsMismatch`, `Locked`, `DiskFull`, `FileAccessError` or
    `Cancelled`; after the last four, the same call goes on where it was.
    """
    if side_px not in SIDES_PX:
        raise InvalidOption("side_out_of_range", side_px=side_px, min_px=SIDES_PX[0], max_px=SIDES_PX[-1])
    source, out = Path(source), Path(out)
    check_foreign(out)
    with find_source(source, job) as found, exclusive_lock(out):
        with translate_os_errors(out):
            tidy(out)
        if not (out / MANIFEST).exists():
            _write(found, out, side_px, job)
        elif open_prepared(out).manifest.fingerprint != _fingerprint(found, side_px):
            raise SettingsMismatch("finished_set_of_other_settings", path=out, side_px=side_px)
    return open_prepared(out)


def _fingerprint(source: Source, side_px: int) -> str:
    return f"{FORMAT}, {side_px} px, {source.fingerprint()}"


def _write(source: Source, out: Path, side_px: int, job: JobContext) -> None:
    table = read_table(source, job)
    if not table.names:
        raise _nothing_usable(source, table.skipped)
    crop_bytes = side_px * side_px * 3
    total = len(table.names)
    header = npy_header(total, side_px)
    with open_writer(out, _fingerprint(source, side_px), header, crop_bytes, job) as writer:
        check_disk_space(out, (total - writer.rows_done) * crop_bytes + total * MAX_ROW_BYTES)
        job.progress("preparing", writer.rows_done, total)
        chunks = _chunks(table.names[writer.rows_done :], max(1, CHUNK_BYTES // crop_bytes))
        # Closed here and now, so that Ctrl-C does not leave threads at work until the traceback is gone.
        with closing(decode_in_order(table.images, chunks, side_px, usable_cores())) as decoded:
            for chunk in decoded:
                writer.append(chunk)
                job.progress("preparing", writer.rows_done, total)
    if not writer.kept:
        discard(out)
        raise _nothing_usable(source, (*table.skipped, *writer.skipped))
    _finish(source, out, table, writer, side_px, job)


def _chunks(names: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (names[start : start + size] for start in range(0, len(names), size))


def _finish(source: Source, out: Path, table: Table, writer: Writer, side_px: int, job: JobContext) -> None:
    """Write the small files, then name the images, then the manifest: a folder with one is complete."""
    gone = {row.name for row in writer.skipped}
    kept = np.array([name not in gone for name in table.names])
    identities, splits = table.identities[kept], table.splits[kept]
    names = "".join(f"{name}\n" for name in table.names if name not in gone)
    atomic_write(out / LABELS, npy_bytes(table.labels[kept]))
    atomic_write(out / IDENTITIES, npy_bytes(identities))
    atomic_write(out / SPLITS_FILE, npy_bytes(splits))
    atomic_write(out / NAMES, names.encode(errors="surrogateescape"))
    finish_images(out, npy_header(writer.kept, side_px))
    sha256s = {
        # Without a row left out, the header was right from the start and so is the running hash.
        IMAGES: sha256_of(out / IMAGES, job.check) if gone else writer.sha256,
        **{name: sha256_of(out / name) for name in (LABELS, IDENTITIES, SPLITS_FILE, NAMES)},
    }
    known = identities[identities != UNKNOWN_PERSON]
    manifest = PreparedManifest(
        format=FORMAT,
        terms="drawn" if source.is_drawn else "celeba",
        layout=source.layout,
        count=writer.kept,
        counts={name: int((splits == at).sum()) for at, name in enumerate(SPLITS)},
        people=len(np.unique(known)) or None,
        side_px=side_px,
        frame=(FRAME_WIDTH_PX, FRAME_HEIGHT_PX),
        attributes=ATTRIBUTES,
        sha256=set_sha256(sha256s),
        sha256s=sha256s,
        sources=_sources(source, writer),
        fingerprint=_fingerprint(source, side_px),
        notes=(*table.notes, *notes_on_rows(identities, splits), *_note_on_shapes(writer)),
        skipped=_by_issue((*table.skipped, *writer.skipped)),
    )
    write_json(out / MANIFEST, manifest.as_json())
    (out / JOURNAL).unlink()


def _sources(source: Source, writer: Writer) -> dict[str, dict[str, int | str]]:
    """What the set was made of; the images' hash is over the SHA-256s (32 bytes each) of their files."""
    sources: dict[str, dict[str, int | str]] = {
        kind: {"file": found.name, "sha256": found.sha256} for kind, found in sorted(source.lists.items())
    }
    sources["images"] = {"count": writer.kept, "sha256_of_sha256s": writer.files_sha256}
    return sources


def _note_on_shapes(writer: Writer) -> tuple[Reason, ...]:
    names = writer.other_shapes
    return (Reason("other_shapes", {"count": len(names), "names": names}),) if names else ()


def _by_issue(rows: Sequence[SkippedRow]) -> dict[RowIssue, SkippedRows]:
    """The skipped rows of each issue that occurs."""
    names = {issue: tuple(row.name for row in rows if row.issue == issue) for issue in ROW_ISSUES}
    return {issue: SkippedRows(len(those), those) for issue, those in names.items() if those}


def _nothing_usable(source: Source, skipped: Sequence[SkippedRow]) -> EmptyDataset:
    counts = [
        Reason("skipped_for", {"issue": Reason(issue), "count": rows.count})
        for issue, rows in _by_issue(skipped).items()
    ]
    return EmptyDataset("no_usable_image", path=source.path, issues=counts)


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
        # When stopped, the chunks that wait are dropped; those at work end within a fraction of a second.
        pool.shutdown(cancel_futures=True)


def decode_chunk(images: Mapping[str, Entry], names: Sequence[str], side_px: int) -> Chunk:
    """Decode the images `names` to crops UInt8 (n, side_px, side_px, 3), skipping what is no picture."""
    crops = np.empty((len(names), side_px, side_px, 3), np.uint8)
    sha256s: list[str] = []
    skipped: list[SkippedRow] = []
    other_shapes: list[str] = []
    for name in names:
        read = _read_frame(images[name])
        if isinstance(read, str):
            skipped.append(SkippedRow(name, read))
            continue
        frame, sha256 = read
        if not is_celeba_frame(*frame.shape[:2]):
            other_shapes.append(name)
        crops[len(sha256s)] = resize_to_square(frame, side_px)
        sha256s.append(sha256)
    return Chunk(crops[: len(sha256s)], tuple(sha256s), tuple(skipped), tuple(other_shapes))


def _read_frame(entry: Entry) -> tuple[Pixels, str] | RowIssue:
    """The picture and its file's SHA-256, or why there is none."""
    if entry.size_bytes > MAX_FILE_BYTES:
        return "too_large_image"
    try:
        content = entry.read()
        return (decode(content), hashlib.sha256(content).hexdigest()) if content else "empty_image"
    except (BadImage, ValueError):
        return "not_a_whole_picture"
    except FileNotFoundError:
        return "vanished_image"
    except OSError:
        return "unreadable_image"
