"""The folder of a prepared set while it is being written: append-only, resumable, the same bytes each time.

`images.npy.part` grows crop by crop. After each chunk the journal takes one line: what became of its rows,
and the SHA-256 of `images.npy.part` up to there. After a kill, both are cut back to the last line whose
hash is right. Only when all is there do files take their final names, `manifest.json` last.
"""

import contextlib
import hashlib
import io
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from semblante.celeba.archives import first_names
from semblante.celeba.parsing import RowIssue, SkippedRow
from semblante.errors import FolderNotEmpty, SettingsMismatch
from semblante.files import LOCK_NAME, atomic_write, partials_of, translate_os_errors
from semblante.jobs import SILENT, JobContext
from semblante.types import Crops

IMAGES, LABELS, IDENTITIES, SPLITS_FILE, NAMES = DATA_FILES = (
    "images.npy",
    "labels.npy",
    "identities.npy",
    "splits.npy",
    "names.txt",
)
CONTACT_SHEET = "contact-sheet.png"
"""Drawn into the folder later, to look at; no part of the set."""
MANIFEST = "manifest.json"
PART = "images.npy.part"
JOURNAL = "journal.jsonl"


@dataclass(frozen=True)
class Chunk:
    """Some images of the table, decoded. `sha256s` are those of the files of the crops, in hexadecimal."""

    crops: Crops
    sha256s: tuple[str, ...]
    skipped: tuple[SkippedRow, ...]
    other_shapes: tuple[str, ...]


@dataclass(frozen=True)
class JournalLine:
    """What became of one chunk: the SHA-256s of the files kept (hexadecimal, one after the other), the
    skipped rows with their issues, and the SHA-256 of `images.npy.part` up to the chunk's end."""

    sha256s: str
    skipped: tuple[tuple[str, RowIssue], ...]
    other_shapes: tuple[str, ...]
    sha256_so_far: str

    @property
    def kept(self) -> int:
        """How many crops the chunk gave."""
        return len(self.sha256s) // 64


def check_foreign(out: Path) -> None:
    """Raise `FolderNotEmpty` where `out` holds anything that is not of a prepared set."""
    with translate_os_errors(out):
        if not out.exists():
            return
        names = {path.name for path in out.iterdir()} - {path.name for path in _left_behind(out)}
    begun = MANIFEST in names or JOURNAL in names
    own = {*DATA_FILES, MANIFEST, PART, JOURNAL, CONTACT_SHEET, LOCK_NAME}
    foreign = sorted(names - (own if begun else {LOCK_NAME}))
    if foreign:
        raise FolderNotEmpty("other_files_here", path=out, names=first_names(foreign))


def tidy(out: Path) -> None:
    """Remove what a killed run may have left beside finished files."""
    for path in _left_behind(out):
        path.unlink(missing_ok=True)
    if (out / MANIFEST).exists():
        for name in (PART, JOURNAL):
            (out / name).unlink(missing_ok=True)


def _left_behind(out: Path) -> list[Path]:
    return partials_of(out, (*DATA_FILES, MANIFEST, JOURNAL))


class Writer:
    """Appends chunks to `images.npy.part` and the journal, and knows what became of every row so far."""

    def __init__(self, out: Path, header: bytes, crop_bytes: int, job: JobContext) -> None:
        """Take up what the files in `out` hold; both must be there, the journal with its first line."""
        self._job = job
        self.kept = 0
        self.skipped: list[SkippedRow] = []
        self.other_shapes: list[str] = []
        self._files_digest = hashlib.sha256()
        self._out = out
        with translate_os_errors(out), contextlib.ExitStack() as closing:
            self._part = closing.enter_context((out / PART).open("r+b"))
            self._journal = closing.enter_context((out / JOURNAL).open("r+b"))
            self._part.write(header)
            self._digest = hashlib.sha256(header)
            self._replay(crop_bytes)
            self._closing = closing.pop_all()

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *exception: object) -> None:
        with translate_os_errors(self._out):
            self._closing.close()

    @property
    def rows_done(self) -> int:
        """How many rows of the table have been decided on."""
        return self.kept + len(self.skipped)

    @property
    def sha256(self) -> str:
        """The hash of all that `images.npy.part` holds."""
        return self._digest.hexdigest()

    @property
    def files_sha256(self) -> str:
        """The hash over the SHA-256s (32 bytes each) of the image files kept, in order."""
        return self._files_digest.hexdigest()

    def append(self, chunk: Chunk) -> None:
        """Write the crops of `chunk`, then its line in the journal."""
        crops = chunk.crops.reshape(-1).data
        self._digest.update(crops)
        line = JournalLine(
            sha256s="".join(chunk.sha256s),
            skipped=tuple((row.name, row.issue) for row in chunk.skipped),
            other_shapes=chunk.other_shapes,
            sha256_so_far=self._digest.hexdigest(),
        )
        with translate_os_errors(self._out):
            self._part.write(crops)
            self._part.flush()
            self._journal.write(json.dumps(asdict(line)).encode() + b"\n")
            self._journal.flush()
        self._absorb(line)

    def _replay(self, crop_bytes: int) -> None:
        """Absorb the journal up to the last line that fits the crops, and cut both files off there."""
        part_end, journal_end = self._part.tell(), len(self._journal.readline())
        for content in self._journal:
            self._job.check()
            line = _parse_line(content)
            if line is None:
                break
            digest = self._digest.copy()
            digest.update(self._part.read(line.kept * crop_bytes))
            if digest.hexdigest() != line.sha256_so_far:
                break
            self._digest = digest
            self._absorb(line)
            part_end += line.kept * crop_bytes
            journal_end += len(content)
        for file, end in ((self._part, part_end), (self._journal, journal_end)):
            file.seek(end)
            file.truncate()

    def _absorb(self, line: JournalLine) -> None:
        self.kept += line.kept
        self.skipped += [SkippedRow(name, issue) for name, issue in line.skipped]
        self.other_shapes += line.other_shapes
        self._files_digest.update(bytes.fromhex(line.sha256s))


def open_writer(
    out: Path, fingerprint: str, header: bytes, crop_bytes: int, job: JobContext = SILENT
) -> Writer:
    """Begin in `out`, or go on where a killed run left off.

    Raises `SettingsMismatch` where that run had another source or side, and `Cancelled`.
    """
    first_line = json.dumps({"fingerprint": fingerprint}).encode() + b"\n"
    with translate_os_errors(out):
        if not (out / JOURNAL).exists():
            atomic_write(out / JOURNAL, first_line)
        with (out / JOURNAL).open("rb") as journal:
            if journal.readline() != first_line:
                raise SettingsMismatch("unfinished_set_of_other_settings", path=out)
        if (out / IMAGES).exists():
            # The earlier run was killed while giving files their final names.
            (out / IMAGES).replace(out / PART)
        (out / PART).touch()
    return Writer(out, header, crop_bytes, job)


def npy_header(count: int, side_px: int) -> bytes:
    """The first 128 bytes of an .npy file of `count` crops UInt8 (count, side_px, side_px, 3)."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "|u1", "fortran_order": False, "shape": (count, side_px, side_px, 3)}
    )
    return header.getvalue()


def finish_images(out: Path, header: bytes) -> None:
    """Give `images.npy.part` its true header, make sure that it is on the disk, and give it its name."""
    with translate_os_errors(out / PART):
        with (out / PART).open("r+b") as part:
            part.write(header)
            part.flush()
            os.fsync(part.fileno())
        (out / PART).replace(out / IMAGES)


def npy_bytes(array: np.ndarray) -> bytes:
    """`array` as the content of an .npy file."""
    content = io.BytesIO()
    np.save(content, array, allow_pickle=False)
    return content.getvalue()


def discard(out: Path) -> None:
    """Remove unfinished work that cannot lead to anything."""
    for name in (PART, JOURNAL):
        (out / name).unlink(missing_ok=True)


def _parse_line(content: bytes) -> JournalLine | None:
    """A journal line, or None where a kill or a power cut left only a piece of it."""
    try:
        values = json.loads(content)
        skipped = tuple((str(name), issue) for name, issue in values["skipped"])
        bytes.fromhex(values["sha256s"])
        return JournalLine(values["sha256s"], skipped, tuple(values["other_shapes"]), values["sha256_so_far"])
    except (ValueError, KeyError, TypeError):
        return None
