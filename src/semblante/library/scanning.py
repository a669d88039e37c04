"""A collection of photos comes into the index: what is new or changed is read, the rest is only looked at.

    walk -> unchanged? (size and time)  -> nothing to do
         -> known content? (hash)       -> moved or copied: only the path is new
         -> read by the network         -> faces, or the flaw for which it cannot be read

What is found is written every two seconds, so a killed scan loses no more than that. No transaction stays
open meanwhile, so several scans at once are safe.
"""

import hashlib
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from semblante.errors import FileAccessError, reason_of
from semblante.files import translate_os_errors
from semblante.i18n import describe, tr
from semblante.images import reason_of_issue
from semblante.library.index import Library
from semblante.library.iter_photos import outermost, photos_at
from semblante.library.records import (
    FileState,
    Known,
    Record,
    has_photos_in,
    known_flaw,
    known_photo,
    photos_in,
    places_of,
    write,
    write_missing,
)
from semblante.types import AnalyzedPhoto, OnProgress, unwatched

Reader = Callable[[Iterable[Path]], Iterator[AnalyzedPhoto | str]]
"""Reads photos in the order given; a string is the flaw of one that cannot be used (`images.Flaw`), or says
why it could not be read this time (`Unread`). It takes the paths in its thread."""


OnProblem = Callable[[Path, str], None]
"""Called with what could not be read or looked into, and why."""

WRITE_EVERY_S: Final = 2.0
WRITE_EVERY: Final = 500
_MISSING_PAGE: Final = 1000


class Unread(str):
    """Why a photo could not be read this time, though it may be good: nothing is written of it."""

    __slots__ = ()


@dataclass(frozen=True)
class ScanReport:
    """How many photos a scan met, and what became of them; `faces` are those in the photos that were read.

    Each of the `photos` is one of the next six. `unreachable` are places and folders that could not be looked
    into, `missing` photos that the index had and that are no longer there, `dropped` those that were missing
    for the second time or were said to be gone, and are out of the index with their faces.
    """

    photos: int = 0
    unchanged: int = 0
    recognised: int = 0
    read: int = 0
    broken: int = 0
    no_access: int = 0
    changing: int = 0
    faces: int = 0
    unreachable: int = 0
    missing: int = 0
    dropped: int = 0


def unheard(_path: Path, _reason: str) -> None:
    """The problems that nobody hears of."""


def scan(
    library: Library,
    places: Sequence[Path],
    read: Reader,
    base_sha256: str,
    on_progress: OnProgress = unwatched,
    on_problem: OnProblem = unheard,
    again: bool = False,
    gone: bool = False,
) -> ScanReport:
    """Bring the index up to date with the photos at `places`, read by the network with the given hash.

    `again` reads what is known too, copies each by itself, which brings back faces that left with somebody
    who was forgotten; stopped, it begins anew. `gone` says that what is not there is not on a drive that may
    come back: such photos leave the index at once, and so do those of a place that is not there itself.
    Photos are only ever opened to be read. One that cannot be used goes to `on_problem`, and so does a place
    that is not there; the rest goes on. Raises `NoAccess` where no place is there, and `Busy`, `NoRoom` or
    `NotALibrary`; what was written until then stays.
    """
    closed = {place: problem for place in places if (problem := _problem_of(place))}
    there = [place for place in places if place not in closed]
    left = {place: place.resolve() for place in closed if _is_gone(place)}
    known = {place for place, real in left.items() if has_photos_in(library, real)}
    if not there and not (gone and known):
        raise _said_of_photos(closed[places[0]]) if places[0] in known else closed[places[0]]
    scanning = _Scan(library, read, base_sha256, on_progress, on_problem, again, gone)
    for place, problem in closed.items():
        if place not in known:
            scanning.skip(place, problem)
        elif not gone:
            scanning.skip(place, tr("it is not there; its photos stay in the index (gone for good: --gone)"))
    roots = outermost(there)
    scanning.expect(sum(1 for root in roots for _ in photos_at(root, lambda _path, _error: None)))
    scanning.take_in(roots)
    for place in known if gone else ():  # What was moved from there to a root is known by now.
        scanning.find_missing(left[place])
    return ScanReport(**scanning.counts)


class _Scan:
    """One scan under way: what it has counted, what the reader has in hand, and what is to be written."""

    def __init__(
        self,
        library: Library,
        read: Reader,
        base_sha256: str,
        on_progress: OnProgress,
        on_problem: OnProblem,
        again: bool,
        gone: bool,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._library, self._read, self._base_sha256 = library, read, base_sha256
        self._on_progress, self._on_problem = on_progress, on_problem
        self._again, self._gone = again, gone
        self._expected = 0
        self._roots: Sequence[Path] = ()
        self._bare: set[Path] = set()
        self._in_hand: deque[tuple[Record, FileState]] = deque()
        self._being_read: dict[bytes, Record] = {}
        self._to_write: dict[bytes, Record] = {}
        self._written_s = time.monotonic()

    def expect(self, photos: int) -> None:
        """Say how many photos there are, for the progress."""
        self._expected = photos

    def skip(self, place: Path, reason: str | FileAccessError) -> None:
        """Count a place that cannot be looked into."""
        self.counts["unreachable"] += 1
        self._on_problem(place, _said(reason))

    def take_in(self, roots: Sequence[Path]) -> None:
        """Take in the photos at `roots`, then find which of those known there are missing."""
        self._roots = roots
        try:
            # The reader is made once: it may have to start processes.
            for outcome in self._read(self._unread(roots)):
                self._take(*self._in_hand.popleft(), outcome)
                self._show()
        finally:
            self._write()
        for root in filter(Path.is_dir, roots):
            if self._gone or root not in self._bare or not has_photos_in(self._library, root):
                self.find_missing(root)
            else:
                self.skip(
                    root,
                    tr(
                        "no photo is here now, and the index knows some: if this is a drive, connect it; "
                        "nothing was taken out of the index (gone for good: --gone)"
                    ),
                )

    def _unread(self, roots: Sequence[Path]) -> Iterator[Path]:
        for root in roots:
            before = self._met()
            for path in photos_at(root, self.skip):
                self.counts["photos"] += 1
                if self._must_be_read(path):
                    yield path
                else:
                    self._show()
            if self._met() == before:
                self._bare.add(root)

    def _met(self) -> int:
        """How many photos, and folders that cannot be looked into, were met so far."""
        return self.counts["photos"] + self.counts["unreachable"]

    def _must_be_read(self, path: Path) -> bool:
        """Whether the network must read the photo, which then is in hand; else it is dealt with."""
        with self._library.asking() as connection:
            known = known_photo(connection, path)
        if known and (self._again or known.base_sha256 != self._base_sha256):
            known = None
        try:
            with translate_os_errors(path):
                seen = _seen(path)
                unchanged = known if known and known.seen == seen else None
                sha256 = unchanged.sha256 if unchanged else _sha256(path)
        except FileAccessError as error:
            self._count("no_access", path, _said(error))
            return False
        if unchanged:
            self._keep(unchanged)
            return False
        return self._is_new(sha256, seen)

    def _keep(self, known: Known) -> None:
        self.counts["unchanged"] += 1
        if known.flaw:
            self._on_problem(known.seen.path, _in_words(known.flaw))
        if known.missing:  # It is back.
            self._add(Record(known.sha256, None, [known.seen]))

    def _is_new(self, sha256: bytes, seen: FileState) -> bool:
        if being_read := self._being_read.get(sha256):
            being_read.photos.append(seen)
            return False
        flaw = _flaw(self._to_write.get(sha256))
        if flaw is None and not self._again:
            with self._library.asking() as connection:
                flaw = known_flaw(connection, sha256, self._base_sha256)
        if flaw is None:
            self._being_read[sha256] = record = Record(sha256, None)
            self._in_hand.append((record, seen))
            return True
        self._add(Record(sha256, None, [seen]))
        self._count_copy(seen, flaw)
        return False

    def _count_copy(self, seen: FileState, flaw: str) -> None:
        """Count a photo whose content another file has, and that has the same `flaw`, if any."""
        if flaw:
            self._count("broken", seen.path, _in_words(flaw))
        else:
            self.counts["recognised"] += 1

    def _take(self, record: Record, seen: FileState, outcome: AnalyzedPhoto | str) -> None:
        del self._being_read[record.sha256]
        if not _is_still(seen):
            # Its copies, if there are any, are left to the next scan too.
            for each in (seen, *record.photos):
                self._count("changing", each.path, tr("it changed while it was read; scan again"))
            return
        if isinstance(outcome, Unread):
            for each in (seen, *record.photos):
                self._count("no_access", each.path, outcome)
            return
        self._add(Record(record.sha256, outcome, [seen, *record.photos]))
        if isinstance(outcome, str):
            self._count("broken", seen.path, _in_words(outcome))
        else:
            self.counts["read"] += 1
            self.counts["faces"] += len(outcome.faces)
        for copy in record.photos:
            self._count_copy(copy, outcome if isinstance(outcome, str) else "")

    def _count(self, what: str, path: Path, reason: str) -> None:
        self.counts[what] += 1
        self._on_problem(path, reason)

    def _add(self, record: Record) -> None:
        held = self._to_write.setdefault(record.sha256, record)
        if held is not record:
            held.photos.extend(record.photos)
        late = time.monotonic() - self._written_s > WRITE_EVERY_S
        if late or len(self._to_write) >= WRITE_EVERY:
            self._write()

    def _write(self) -> None:
        if self._to_write:
            records = list(self._to_write.values())
            write(self._library, records, self._base_sha256, self._again)
            self._miss_old_places([record.sha256 for record in records])
        self._to_write.clear()
        self._written_s = time.monotonic()

    def _miss_old_places(self, contents: Sequence[bytes]) -> None:
        """Mark photos as missing that are gone while their content was met elsewhere: they may have moved.

        Those below the roots are found missing afterwards.
        """
        places = places_of(self._library, contents)
        elsewhere = [path for path in places if not any(path.is_relative_to(root) for root in self._roots)]
        self._miss((path, False) for path in elsewhere)

    def _show(self) -> None:
        done = self.counts["photos"] - len(self._in_hand)
        self._on_progress(done, max(self._expected, self.counts["photos"]))

    def find_missing(self, place: Path) -> None:
        """Mark the photos of a folder, or the photo, that were there at the last scan and are not now."""
        self._miss(photos_in(self._library, place))

    def _miss(self, photos: Iterable[tuple[Path, bool]]) -> None:
        """Mark those that are gone as missing, or take them out; each with whether it was missing before."""
        missing: list[Path] = []
        dropped: list[Path] = []
        for path, was_missing in photos:
            if _is_gone(path):
                (dropped if was_missing or self._gone else missing).append(path)
            if len(missing) + len(dropped) >= _MISSING_PAGE:
                self._write_missing(missing, dropped)
        self._write_missing(missing, dropped)

    def _write_missing(self, missing: list[Path], dropped: list[Path]) -> None:
        if missing or dropped:
            write_missing(self._library, [*missing, *dropped], dropped)
        self.counts.update(missing=len(missing), dropped=len(dropped))
        missing.clear()
        dropped.clear()


def _said(reason: str | FileAccessError) -> str:
    return reason if isinstance(reason, str) else describe(reason_of(reason, "path"))


def _in_words(issue: str) -> str:
    return describe(reason_of_issue(issue))


def _flaw(record: Record | None) -> str | None:
    """The flaw of what is about to be written, "" where it was read, None where that is not known."""
    if record is None or record.outcome is None:
        return None
    return record.outcome if isinstance(record.outcome, str) else ""


def _seen(path: Path) -> FileState:
    info = path.stat()
    return FileState(path, info.st_size, info.st_mtime_ns)


def _sha256(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _is_still(seen: FileState) -> bool:
    try:
        return _seen(seen.path) == seen
    except OSError:
        return False


def _said_of_photos(problem: FileAccessError) -> FileAccessError:
    """The problem with a place that is not there, and what becomes of its photos."""
    return FileAccessError(
        tr("{problem}. Its photos stay in the index (gone for good: --gone)", problem=describe(problem))
    )


def _problem_of(place: Path) -> FileAccessError | None:
    """Why there is nothing to be looked at, if so."""
    try:
        with translate_os_errors(place):
            place.stat()
    except FileAccessError as problem:
        return problem
    return None


def _is_gone(path: Path) -> bool:
    """Whether there surely is no such file: one that cannot be looked at may still be there."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
