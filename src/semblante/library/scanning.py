"""A collection of photos comes into the index: what is new or changed is read, the rest is only looked at.

    PhotoWalk -> unchanged? (size and times)  -> nothing to do
              -> known content? (hash)        -> moved, copied or touched: only the path is new
              -> read by the network          -> faces, or the issue for which it cannot be read

What is found is written every two seconds, so a killed scan loses no more than that. No transaction stays
open meanwhile, so several scans at once are safe.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from semblante.errors import Cancelled, FileAccessError, Reason, reason_of
from semblante.files import sha256_of, translate_os_errors
from semblante.images import reason_of_issue
from semblante.jobs import SILENT, JobContext
from semblante.library.embedding_matrix import remove_matrices
from semblante.library.exclusion import layers_of
from semblante.library.patterns import expand_pattern, missing_place
from semblante.library.photo_walk import Excluded, PhotoWalk, Start, outermost
from semblante.library.scan_steps import Absences, Outbox, Tally, has_photos_in, is_gone
from semblante.library.store import FaceStore, FileState, KnownPhoto
from semblante.types import AnalyzedPhoto

_LOOKED_UP: Final = 200
"""So many paths are looked up in the store at a time."""
_HASHED: Final = 16
"""So many contents are looked up at a time: their files are read for it, and soon again by the network."""
_COUNTED: Final = 1000
SAMPLED_EVERY_DAYS: Final = 30
"""Where no time tells of edits, one in so many photos is hashed, others each day."""
HAS_CTIME: Final = os.name == "posix"
"""Whether `st_ctime` is when a file last changed; on Windows it is when it was made."""


@dataclass(frozen=True)
class FailedRead:
    """A photo that could not be read, and why.

    `issue` is the code of what is wrong with the file itself (`images.ImageIssue`); None where the file may
    be good and could only not be read this time, so that nothing is written of it.
    """

    path: Path
    reason: Reason
    issue: str | None = None


Reader = Callable[[Iterable[Path]], Iterator[AnalyzedPhoto | FailedRead]]
"""Reads photos, in any order: each result names its path. It takes the paths in its caller's thread."""


@dataclass(frozen=True)
class ScanReport:
    """How many photos a scan met, and what became of them; `faces` are those in the photos that were read.

    Each of the `photos` is one of the next six; those that are known to be `broken` are not read again.
    `unreachable` are places and folders that could not be looked into. Of the photos that the index had,
    `missing` are no longer there, and `withdrawn` are now left out by what the user wrote; `dropped` were so
    for the second time, or were said to be gone, and are out of the index with their faces. `copies` files of
    the whole index have the very bytes of another one, with which they are one photo. `excluded` is what was
    met and is no photo of the collection.
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
    withdrawn: int = 0
    dropped: int = 0
    copies: int = 0
    excluded: Excluded = field(default_factory=Excluded)

    @property
    def is_of_no_use(self) -> bool:
        """Whether there were photos, and none of them could be read."""
        return 0 < self.photos == self.broken + self.no_access

    @property
    def found_nothing(self) -> bool:
        """Whether there was no photo, and the index knew of none either."""
        return not (self.photos or self.missing or self.withdrawn or self.dropped or self.unreachable)


def scan(
    store: FaceStore,
    places: Sequence[Path],
    read: Reader,
    base_sha256: str,
    force: bool = False,
    prune: bool = False,
    verify: bool = False,
    exclude: Sequence[str] = (),
    job: JobContext = SILENT,
) -> ScanReport:
    """Bring the index up to date with the photos at `places`, read by the network with the given hash.

    Places are folders, single photos, or patterns such as `2020/*`. `exclude` are patterns, by gitignore's
    rules, of what is left out besides what `semblante.library.exclusion` leaves out anyway. `verify` hashes
    each photo, and so finds those whose content changed while size and times stayed as they were.
    `force` reads what is known too, copies each by itself, which brings back faces that left with somebody
    who was erased; stopped, it begins anew. `prune` says that what is not there is not on a drive that may
    come back: such photos leave the index at once, and so do those of a place that is not there itself.
    Photos are only ever opened to be read. One that cannot be used is reported as skipped, and so is a place
    that is not there; the rest goes on. The stages are "counting_photos" and "reading_photos".

    Raises `FileAccessError` where no place is there, `InvalidOption` where one of `exclude` is no pattern,
    `Cancelled`, and what the store raises; what was read until then is kept.
    """
    store.check_writable()
    asked, tally = layers_of(exclude), Tally(job)
    places = [each for place in places for each in _expanded(place, tally)]
    closed = {place: problem for place in places if (problem := _problem_of(place))}
    there = [place for place in places if place not in closed]
    left = {place: place.resolve() for place in closed if is_gone(place)}
    known = {place for place, real in left.items() if has_photos_in(store, real)}
    if not there and not (prune and known):
        problem = closed[places[0]]
        raise (
            FileAccessError("place_missing_photos_kept", problem=Reason(problem.code, problem.params))
            if places[0] in known
            else problem
        )
    roots = outermost(there, asked)
    absences = Absences(store, prune, tally)
    for place, problem in closed.items():
        if place not in known:
            tally.skip_place(place, problem)
        elif not prune:
            tally.skip("unreachable", place, Reason("place_missing"))
    walk = PhotoWalk(roots, tally.skip_place, asked)
    counted = PhotoWalk(roots, lambda _path, _problem: None, asked)
    tally.expected = _count(counted, job)
    try:
        outbox = Outbox(store, base_sha256, force, lambda each: absences.find_moved(each, counted.walked))
        starts = _Intake(store, read, base_sha256, walk, outbox, tally, force, verify).run()
        absences.find_below(starts)
        for place in known if prune else ():  # What was moved from there to a root is known by now.
            absences.find(left[place])
    except Cancelled:
        remove_matrices(store.folder, store.generation())
        raise
    remove_matrices(store.folder, store.generation())
    _, copies = store.photo_counts()
    return ScanReport(**tally.counts, copies=copies, excluded=walk.excluded)


class _Intake:
    """The photos at the roots on their way into the index: looked up, hashed, read, and written."""

    def __init__(
        self,
        store: FaceStore,
        read: Reader,
        base_sha256: str,
        walk: PhotoWalk,
        outbox: Outbox,
        tally: Tally,
        force: bool,
        verify: bool,
    ) -> None:
        self._store, self._read, self._base_sha256 = store, read, base_sha256
        self._walk, self._outbox, self._tally = walk, outbox, tally
        self._force, self._verify = force, verify
        self._hashed: list[tuple[bytes, FileState]] = []
        self._in_hand: dict[Path, bytes] = {}
        self._being_read: dict[bytes, list[FileState]] = {}
        self._starts: list[tuple[Start, bool]] = []

    def run(self) -> list[tuple[Start, bool]]:
        """Take in all photos; gives the folders where the walk began, and whether photos were met in each."""
        try:
            # The reader is called once: it may have to start processes.
            for outcome in self._read(self._unread()):
                self._take(outcome)
                self._show()
        finally:
            self._outbox.flush()
        return self._starts

    def _unread(self) -> Iterator[Path]:
        """The photos that the network must read; the others are dealt with."""
        for start in self._walk.starts():
            before, coming = self._tally.met, self._walk.photos(start)
            while batch := list(islice(coming, _LOOKED_UP)):
                known = {} if self._force else self._store.known_photos(batch)
                for path in batch:
                    self._tally.counts["photos"] += 1
                    self._look_at(path, known.get(path))
                    self._show()
                    if len(self._hashed) >= _HASHED:
                        yield from self._new_contents()
                yield from self._new_contents()
            self._starts.append((start, self._tally.met > before))

    def _look_at(self, path: Path, known: KnownPhoto | None) -> None:
        """Deal with a photo that is as the index has it; hash another."""
        known = known if known and known.base_sha256 == self._base_sha256 else None
        try:
            with translate_os_errors(path):
                file = _state(path)
                if known is None or known.file != file or self._verify or _is_sampled(known):
                    sha256 = bytes.fromhex(sha256_of(path, self._tally.job.check))
                    if known is None or (known.file, known.sha256) != (file, sha256):
                        self._hashed.append((sha256, file))
                        return
        except FileAccessError as error:
            self._tally.skip("no_access", path, reason_of(error, "path"))
            return
        if known.issue:
            self._tally.skip("broken", path, reason_of_issue(known.issue))
        else:
            self._tally.counts["unchanged"] += 1
        if known.missing:  # It is back.
            self._outbox.add(known.sha256, None, [file])

    def _new_contents(self) -> Iterator[Path]:
        """Of the files that were hashed, those whose content must be read."""
        hashes = [sha256 for sha256, _ in self._hashed]
        self._outbox.written.clear()
        known = {} if self._force else self._store.known_contents(hashes, self._base_sha256)
        while self._hashed:
            sha256, file = self._hashed.pop(0)
            if sha256 in self._being_read:
                self._being_read[sha256].append(file)
            elif self._outbox.holds(sha256):
                self._add_copy(sha256, file, self._outbox.issue(sha256))
            elif not self._force and (sha256 in known or sha256 in self._outbox.written):
                self._add_copy(sha256, file, known.get(sha256) or self._outbox.written.get(sha256))
            else:
                self._being_read[sha256] = [file]
                self._in_hand[file.path] = sha256
                yield file.path

    def _add_copy(self, sha256: bytes, file: FileState, issue: str | None) -> None:
        self._outbox.add(sha256, None, [file])
        self._count_copy(file, issue)

    def _count_copy(self, file: FileState, issue: str | None) -> None:
        """Count a photo whose content another file has, and that has the same issue, if any."""
        if issue:
            self._tally.skip("broken", file.path, reason_of_issue(issue))
        else:
            self._tally.counts["recognised"] += 1

    def _take(self, outcome: AnalyzedPhoto | FailedRead) -> None:
        path = outcome.path if isinstance(outcome, FailedRead) else Path(outcome.source)
        sha256 = self._in_hand.pop(path)
        file, *copies = files = self._being_read.pop(sha256)
        if not _is_still(file):
            # Its copies, if there are any, are left to the next scan too.
            for each in files:
                self._tally.skip("changing", each.path, Reason("changed_while_read"))
        elif isinstance(outcome, AnalyzedPhoto):
            self._tally.counts["read"] += 1
            self._tally.counts["faces"] += len(outcome.faces)
            self._outbox.add(sha256, outcome, files)
            for copy in copies:
                self._count_copy(copy, None)
        elif outcome.issue is None:
            for each in files:
                self._tally.skip("no_access", each.path, outcome.reason)
        else:
            self._tally.skip("broken", path, outcome.reason)
            self._outbox.add(sha256, outcome.issue, files)
            for copy in copies:
                self._count_copy(copy, outcome.issue)

    def _show(self) -> None:
        self._tally.show(len(self._in_hand) + len(self._hashed))


def _count(walk: PhotoWalk, job: JobContext) -> int:
    """How many photos there are, for the progress."""
    count = 0
    for start in walk.starts():
        for _ in walk.photos(start):
            count += 1
            if count % _COUNTED == 0:
                job.progress("counting_photos", count, count)
    job.check()
    return count


def _state(path: Path) -> FileState:
    info = path.stat()
    return FileState(path, info.st_size, info.st_mtime_ns, info.st_ctime_ns if HAS_CTIME else 0)


def _is_sampled(known: KnownPhoto) -> bool:
    """Whether to hash a photo that is as the index has it: no time tells of edits, and it is its day.

    Then ctime is missing, as on Windows, or the same as mtime, as on FAT; and on any disk in a file that
    nothing has touched since it was written.
    """
    if known.file.ctime_ns not in (0, known.file.mtime_ns):
        return False
    return (_today() + known.sha256[0]) % SAMPLED_EVERY_DAYS == 0


def _today() -> int:
    return int(time.time() // 86400)


def _is_still(file: FileState) -> bool:
    try:
        return _state(file.path) == file
    except OSError:
        return False


def _problem_of(place: Path) -> FileAccessError | None:
    """Why there is nothing to be looked at, if so."""
    try:
        with translate_os_errors(place):
            place.stat()
    except FileAccessError as problem:
        return missing_place(place) if problem.code == "file_missing" else problem
    return None


def _expanded(place: Path, tally: Tally) -> list[Path]:
    """The place, or what it matches as a pattern."""
    if os.path.lexists(place):
        return [place]
    return expand_pattern(place, tally.skip_place) or [place]
