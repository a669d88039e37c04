"""Raw CelebA becomes the prepared set: find the source, join its lists, decode its images, write the folder.

Killed at any moment, the same call goes on where it was, and the folder ends byte for byte as if it had
never been interrupted: nothing in it depends on the time, the machine's cores or the place of the source.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from semblante.celeba.decoding import decode_in_order
from semblante.celeba.issues import REASONS, Note, SkippedRow, reason_in_words
from semblante.celeba.join import UNKNOWN_PERSON, Table, notes_on_rows, read_table
from semblante.celeba.prepared import FORMAT, PreparedSet, open_prepared, set_sha256
from semblante.celeba.source import Source, find_source
from semblante.celeba.writing import (
    IDENTITIES,
    IMAGES,
    JOURNAL,
    LABELS,
    MANIFEST,
    NAMES,
    SPLITS_FILE,
    Writer,
    check_foreign,
    discard,
    finish_images,
    npy_bytes,
    npy_header,
    open_writer,
    tidy,
)
from semblante.errors import EmptyDataset, InvalidOption, SettingsMismatch
from semblante.files import (
    atomic_write,
    check_disk_space,
    exclusive_lock,
    sha256_of,
    translate_os_errors,
    write_json,
)
from semblante.geometry import FRAME_HEIGHT_PX, FRAME_WIDTH_PX
from semblante.i18n import tr
from semblante.labels import ATTRIBUTES
from semblante.process_pool import usable_cores
from semblante.types import SPLITS, OnProgress, unwatched

SIDES_PX = range(16, 513)
CHUNK_BYTES = 4_000_000
"""About a hundred crops of 96 pixels: much work between two journal lines, little memory for each core."""
ROW_BYTES = 400
"""More than a row's labels, identity, split, names, journal and manifest take on disk."""


def prepare(source: Path, out: Path, side_px: int = 96, on_progress: OnProgress = unwatched) -> PreparedSet:
    """Turn raw CelebA at `source`, in any layout, into the prepared set in the folder `out`.

    Crops are `side_px` (16 to 512) pixels a side. Where `out` already holds this very set, it is opened
    at once. Raises `BadSetting`, `NotCelebA`, `NothingUsable`, `FolderNotEmpty`, `OtherWork`, `Busy`,
    `NoRoom` or `NoAccess`; after the last three, the same call goes on where it was.
    """
    if side_px not in SIDES_PX:
        raise InvalidOption(
            tr(
                "side {side}: must be from {least} to {most} pixels",
                side=side_px,
                least=SIDES_PX[0],
                most=SIDES_PX[-1],
            )
        )
    check_foreign(out)
    found = find_source(source)
    with exclusive_lock(out):
        with translate_os_errors(out):
            tidy(out)
        if not (out / MANIFEST).exists():
            _write(found, out, side_px, on_progress)
        elif open_prepared(out).manifest["fingerprint"] != _fingerprint(found, side_px):
            raise SettingsMismatch(
                tr(
                    "{path}: holds a finished set of another source or side, not this source at {side} "
                    "pixels; choose another folder, or delete this one",
                    path=out,
                    side=side_px,
                )
            )
    return open_prepared(out)


def _fingerprint(source: Source, side_px: int) -> str:
    return f"{FORMAT}, {side_px} px, {source.fingerprint()}"


def _write(source: Source, out: Path, side_px: int, on_progress: OnProgress) -> None:
    table = read_table(source)
    if not table.names:
        raise _nothing_usable(source, table.left_out)
    crop_bytes = side_px * side_px * 3
    total = len(table.names)
    header = npy_header(total, side_px)
    with open_writer(out, _fingerprint(source, side_px), header, crop_bytes) as writer:
        check_disk_space(out, (total - writer.rows_done) * crop_bytes + total * ROW_BYTES)
        on_progress(writer.rows_done, total)
        chunks = _chunks(table.names[writer.rows_done :], max(1, CHUNK_BYTES // crop_bytes))
        # Closed here and now, so that Ctrl-C does not leave threads at work until the traceback is gone.
        with closing(decode_in_order(source.images, chunks, side_px, usable_cores())) as decoded:
            for chunk in decoded:
                writer.append(chunk)
                on_progress(writer.rows_done, total)
    if not writer.kept:
        discard(out)
        raise _nothing_usable(source, (*table.left_out, *writer.left_out))
    _finish(source, out, table, writer, side_px)


def _chunks(names: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (names[start : start + size] for start in range(0, len(names), size))


def _finish(source: Source, out: Path, table: Table, writer: Writer, side_px: int) -> None:
    """Write the small files, then name the images, then the manifest: a folder with one is complete."""
    gone = {row.name for row in writer.left_out}
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
        IMAGES: sha256_of(out / IMAGES) if gone else writer.sha256,
        **{name: sha256_of(out / name) for name in (LABELS, IDENTITIES, SPLITS_FILE, NAMES)},
    }
    known = identities[identities != UNKNOWN_PERSON]
    manifest = {
        "format": FORMAT,
        "terms": "drawn" if source.is_drawn else "celeba",
        "layout": source.layout,
        "count": writer.kept,
        "counts": {name: int((splits == at).sum()) for at, name in enumerate(SPLITS)},
        "people": len(np.unique(known)) or None,
        "side_px": side_px,
        "frame": [FRAME_WIDTH_PX, FRAME_HEIGHT_PX],
        "attributes": list(ATTRIBUTES),
        "sha256": set_sha256(sha256s),
        "sha256s": sha256s,
        "sources": _sources(source, writer),
        "fingerprint": _fingerprint(source, side_px),
        **_remarks(table, writer, notes_on_rows(identities, splits)),
    }
    write_json(out / MANIFEST, manifest)
    (out / JOURNAL).unlink()


def _sources(source: Source, writer: Writer) -> dict[str, Any]:
    """What the set was made of; the images' hash is over the SHA-256s (32 bytes each) of their files."""
    sources: dict[str, Any] = {
        kind: {"file": found.name, "sha256": found.sha256} for kind, found in sorted(source.lists.items())
    }
    sources["images"] = {"count": writer.kept, "sha256_of_sha256s": writer.files_sha256}
    return sources


def _remarks(table: Table, writer: Writer, notes_at_the_end: Sequence[Note]) -> dict[str, Any]:
    """The manifest's notes, and the names and count of what was left out, for each reason that occurs."""
    notes = [*table.notes, *notes_at_the_end]
    if writer.other_shapes:
        notes.append(Note("other_shapes", {"count": len(writer.other_shapes), "names": writer.other_shapes}))
    rows = [*table.left_out, *writer.left_out]
    names = {reason: [row.name for row in rows if row.reason == reason] for reason in REASONS}
    return {
        "notes": [note.as_json() for note in notes],
        "left_out": {
            reason: {"count": len(those), "names": those} for reason, those in names.items() if those
        },
    }


def _nothing_usable(source: Source, left_out: Sequence[SkippedRow]) -> EmptyDataset:
    counts = {reason: sum(row.reason == reason for row in left_out) for reason in REASONS}
    return EmptyDataset(
        tr(
            "{path}: no usable image is left ({reasons}); check that lists and images belong together",
            path=source.path,
            reasons="; ".join(f"{reason_in_words(reason)}: {n}" for reason, n in counts.items() if n) or "0",
        )
    )
