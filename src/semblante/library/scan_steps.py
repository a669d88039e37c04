"""What a scan does besides reading: counting and reporting, writing, and finding what is missing."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from semblante.errors import FileAccessError, Reason, reason_of
from semblante.jobs import JobContext
from semblante.library.exclusion import Rules, rules_at
from semblante.library.photo_walk import Start
from semblante.library.store import FaceStore, FileState, PhotoRecord
from semblante.types import AnalyzedPhoto

WRITE_EVERY_S: Final = 2.0
WRITE_EVERY: Final = 500
_MISSING_PAGE: Final = 1000


def _never(_: object) -> bool:
    return False


class Tally:
    """What a scan has counted so far, and how it is reported."""

    def __init__(self, job: JobContext) -> None:
        self.counts: Counter[str] = Counter()
        self.expected = 0
        self.job = job

    def skip(self, what: str, path: Path, reason: Reason) -> None:
        """Count something that could not be used, and name it."""
        self.counts[what] += 1
        self.job.skipped(path, reason)

    def skip_place(self, place: Path, problem: FileAccessError) -> None:
        """Count a place or a folder that cannot be looked into."""
        self.skip("unreachable", place, reason_of(problem, "path"))

    def show(self, in_hand: int) -> None:
        """Report how far the scan is, with so many photos not yet read. Raises `Cancelled`."""
        photos = self.counts["photos"]
        self.job.progress("reading_photos", photos - in_hand, max(self.expected, photos))

    @property
    def met(self) -> int:
        """How many photos, and folders that cannot be looked into, were met so far."""
        return self.counts["photos"] + self.counts["unreachable"]


@dataclass(eq=False)
class _Pending:
    """A content that is to be written, with the files that have it so far."""

    outcome: AnalyzedPhoto | str | None
    files: list[FileState] = field(default_factory=list)


class Absences:
    """Photos that the index has and that are no longer where it has them, or are left out now."""

    def __init__(self, store: FaceStore, prune: bool, tally: Tally) -> None:
        self._store, self._prune, self._tally = store, prune, tally

    def find_below(self, walked: Sequence[tuple[Start, bool]]) -> None:
        """Look for absent photos in the folders where a walk began, each with whether it has met photos.

        Where it has met none, what the index has there is only absent where that is sure. A walk that began
        below another's folder met photos for that one too.
        """
        starts = [start for start, _ in walked]
        with_photos = [start.path for start, has_met_photos in walked if has_met_photos]
        for start in starts:
            if start.rules is None or not start.path.is_dir():
                continue
            has_met_photos = any(path.is_relative_to(start.path) for path in with_photos)
            if self._prune or has_met_photos or not has_photos_in(self._store, start.path):
                self.find(start.path, _Withdrawn(start, starts))
            else:
                self._tally.skip("unreachable", start.path, Reason("place_empty"))

    def find_moved(self, contents: Sequence[bytes], walked: Sequence[Path]) -> None:
        """Mark photos as missing that are gone while their content was met elsewhere: they may have moved.

        Those below the folders that are walked are found afterwards.
        """
        places = self._store.paths_of_contents(contents)
        elsewhere = [path for path in places if not any(path.is_relative_to(folder) for folder in walked)]
        self._miss((path, False) for path in elsewhere)

    def find(self, place: Path, withdrawn: Callable[[Path], bool] = _never) -> None:
        """Mark the photos of a folder, or the photo, that were there at the last scan and are not now.

        `withdrawn` are there, and count as not being there.
        """
        self._miss(self._checked(self._store.photos_in(place)), withdrawn)

    def _checked(self, photos: Iterable[tuple[Path, bool]]) -> Iterator[tuple[Path, bool]]:
        for each in photos:
            self._tally.job.check()
            yield each

    def _miss(
        self,
        photos: Iterable[tuple[Path, bool]],
        withdrawn: Callable[[Path], bool] = _never,
    ) -> None:
        """Mark those that are gone as missing, or remove them; each with whether it was missing before."""
        missing: list[Path] = []
        removed: list[Path] = []
        for path, was_missing in photos:
            is_here = not is_gone(path)
            if is_here and not withdrawn(path):
                continue
            if was_missing or self._prune:
                removed.append(path)
                self._tally.counts["dropped"] += 1
            else:
                missing.append(path)
                self._tally.counts["withdrawn" if is_here else "missing"] += 1
            if len(missing) + len(removed) >= _MISSING_PAGE:
                self._write(missing, removed)
        self._write(missing, removed)

    def _write(self, missing: list[Path], removed: list[Path]) -> None:
        if missing or removed:
            self._store.mark_missing([*missing, *removed], removed)
        missing.clear()
        removed.clear()


class _Withdrawn:
    """Whether a photo of the index is left out now, by what the user wrote.

    What is left out by default is only in the index where it was named by itself, and stays.
    """

    def __init__(self, start: Start, starts: Sequence[Start]) -> None:
        self._start = start
        self._others = {each.path for each in starts} - {start.path}
        self._folder = ""
        self._says: Callable[[str], bool] = _never

    def __call__(self, path: Path) -> bool:
        folder, name = os.path.split(path)
        # They come by path, so one folder is asked about many times in a row.
        if folder != self._folder:
            self._folder, self._says = folder, self._rules_in(Path(folder))
        return self._says(name) and path not in self._others

    def _rules_in(self, folder: Path) -> Callable[[str], bool]:
        """Whether a photo of this name is left out in the folder."""
        if folder in self._others or self._others.intersection(folder.parents):
            return _never
        assert self._start.rules is not None
        try:
            rules = rules_at(self._start.rules, self._start.path, folder, Rules.leave_out_by_user)
        except FileAccessError:
            return _never
        if rules is None:
            return lambda _: True
        if not (rules.files or rules.asked):
            return _never
        return lambda name: bool(rules.leave_out_by_user(name, False))


class Outbox:
    """What was found and is not written yet; it is written every two seconds."""

    def __init__(
        self, store: FaceStore, base_sha256: str, force: bool, after_write: Callable[[Sequence[bytes]], None]
    ) -> None:
        self.written: dict[bytes, str | None] = {}
        self._store, self._base_sha256, self._force = store, base_sha256, force
        self._after_write = after_write
        self._pending: dict[bytes, _Pending] = {}
        self._written_s = time.monotonic()

    def add(self, sha256: bytes, outcome: AnalyzedPhoto | str | None, files: Sequence[FileState]) -> None:
        """Take a content and files that have it; without outcome the store has it already."""
        pending = self._pending.setdefault(sha256, _Pending(outcome))
        pending.outcome = pending.outcome or outcome
        pending.files.extend(files)
        late = time.monotonic() - self._written_s > WRITE_EVERY_S
        if late or len(self._pending) >= WRITE_EVERY:
            self.flush()

    def holds(self, sha256: bytes) -> bool:
        """Whether a content with an outcome waits to be written."""
        return sha256 in self._pending and self._pending[sha256].outcome is not None

    def issue(self, sha256: bytes) -> str | None:
        """The issue of a content that waits."""
        return _issue(self._pending[sha256].outcome)

    def flush(self) -> None:
        """Write what waits."""
        if self._pending:
            records = [
                PhotoRecord(sha256, pending.outcome, tuple(pending.files))
                for sha256, pending in self._pending.items()
            ]
            self._store.write(records, self._base_sha256, self._force)
            self.written |= {each.sha256: _issue(each.outcome) for each in records if each.outcome}
            self._pending.clear()
            self._after_write([each.sha256 for each in records])
        self._written_s = time.monotonic()


def _issue(outcome: AnalyzedPhoto | str | None) -> str | None:
    return outcome if isinstance(outcome, str) else None


def has_photos_in(store: FaceStore, place: Path) -> bool:
    """Whether the store has the photo at `place`, or photos in this folder or below it."""
    return any(True for _ in store.photos_in(place))


def is_gone(path: Path) -> bool:
    """Whether there surely is no such file: one that cannot be looked at may still be there."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
