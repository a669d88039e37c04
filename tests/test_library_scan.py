"""A scan reads only what is new, loses nothing when killed, and is not led astray by a file system."""

import itertools
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from fake_photos import BASE, FakeReader, Shown, write_photo
from heard import Heard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sentences import raises

from semblante.cli.advice import describe_with_advice
from semblante.errors import Cancelled, DiskFull, FileAccessError, Locked, Reason
from semblante.files import sha256_of
from semblante.i18n import speaking
from semblante.jobs import JobContext
from semblante.library import (
    FailedRead,
    ScanReport,
    SqliteStore,
    scan,
    scan_steps,
    scanning,
    sqlite_schema,
)
from semblante.library.exclusion import layers_of
from semblante.library.photo_walk import PhotoWalk, outermost
from semblante.library.sqlite_driver import sqlite3
from semblante.library.store import FileState
from semblante.types import AnalyzedPhoto, FaceRef


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Three photos of Ana's (1), one of two people, in two folders."""
    folder = tmp_path / "photos"
    for number in range(3):
        write_photo(folder / f"ana-{number}.jpg", Shown(1), salt=number)
    write_photo(folder / "party" / "both.png", Shown(1), Shown(2), salt=9)
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "data") as opened:
        yield opened


def rescan(library: SqliteStore, *places: Path, base: str = BASE) -> tuple[ScanReport, list[str]]:
    """Scan, and the names of the photos that were read, in order."""
    reader = FakeReader(ahead=3)
    report = scan(library, places, reader, base)
    return report, sorted(path.name for path in reader.paths)


def known(library: SqliteStore) -> dict[str, bool]:
    """Each photo that the index knows by its name, and whether it is missing."""
    with library.asking() as connection:
        rows = connection.execute("SELECT path, missing FROM photos").fetchall()
    return {Path(os.fsdecode(path)).name: bool(missing) for path, missing in rows}


def face_count(library: SqliteStore) -> int:
    with library.asking() as connection:
        count: int = connection.execute("SELECT count(*) FROM faces").fetchone()[0]
    return count


def face_numbers(library: SqliteStore) -> list[int]:
    with library.asking() as connection:
        return [number for (number,) in connection.execute("SELECT id FROM faces ORDER BY id")]


def walked(folder: Path, *patterns: str) -> list[Path]:
    """The photos that a walk meets."""
    walk = PhotoWalk([folder], lambda *_: None, layers_of(patterns))
    return [photo for start in walk.starts() for photo in walk.photos(start)]


def test_a_second_scan_reads_nothing(library: SqliteStore, photos: Path) -> None:
    first, _ = rescan(library, photos)
    assert first == ScanReport(photos=4, read=4, faces=5)
    second, read = rescan(library, photos)
    assert (second, read) == (ScanReport(photos=4, unchanged=4), [])


def test_only_what_changed_is_read_again(library: SqliteStore, photos: Path) -> None:
    rescan(library, photos)
    write_photo(photos / "ana-1.jpg", Shown(1), Shown(3), Shown(4), salt=77)
    report, read = rescan(library, photos)
    assert read == ["ana-1.jpg"]
    assert report == ScanReport(photos=4, unchanged=3, read=1, faces=3)
    assert face_count(library) == 7, "what the photo showed before is gone"


def test_a_moved_photo_and_a_copy_are_known_by_their_content(library: SqliteStore, photos: Path) -> None:
    rescan(library, photos)
    (photos / "ana-0.jpg").rename(photos / "party" / "renamed.jpg")
    (photos / "copy.jpg").write_bytes((photos / "ana-2.jpg").read_bytes())
    report, read = rescan(library, photos)
    assert read == []
    assert report == ScanReport(photos=5, unchanged=3, recognised=2, missing=1, copies=1)
    assert face_count(library) == 5


@pytest.mark.parametrize("again", [False, True])
def test_where_a_photo_was_before_it_moved_is_not_found(
    library: SqliteStore, photos: Path, again: bool
) -> None:
    rescan(library, photos)
    new = photos.with_name("new")
    photos.rename(new)
    report = scan(library, [new], FakeReader(), BASE, force=again)
    assert (report.photos, report.missing, face_count(library)) == (4, 4, 5)
    assert all(_is_missing(library, photos / name) for name in ("ana-0.jpg", "party/both.png"))
    assert scan(library, [new], FakeReader(), BASE).missing == 0, "told once"
    # It was a drive with a backup, and is back: nothing need be read.
    new.rename(photos)
    assert rescan(library, photos) == (ScanReport(photos=4, unchanged=4, missing=4), [])


def _is_missing(library: SqliteStore, path: Path) -> bool:
    with library.asking() as connection:
        rows = connection.execute("SELECT missing FROM photos WHERE path = ?", (os.fsencode(path),))
        return bool(rows.fetchone()[0])


def test_what_moved_out_of_a_folder_that_is_gone_for_good_is_not_read_again(
    library: SqliteStore, photos: Path
) -> None:
    rescan(library, photos)
    new = photos.with_name("new")
    photos.rename(new)
    report = scan(library, [photos, new], FakeReader(), BASE, prune=True)
    assert report == ScanReport(photos=4, recognised=4, dropped=4)
    assert set(known(library).values()) == {False}


def test_what_is_said_to_be_gone_leaves_the_index_at_once(library: SqliteStore, photos: Path) -> None:
    rescan(library, photos)
    (photos / "ana-0.jpg").unlink()
    report = scan(library, [photos], FakeReader(), BASE, prune=True)
    assert report == ScanReport(photos=3, unchanged=3, dropped=1)
    both = photos / "party" / "both.png"
    both.unlink()
    report = scan(library, [both], FakeReader(), BASE, prune=True)
    assert (report, face_count(library)) == (ScanReport(dropped=1), 2)
    photos.rename(photos.with_name("away"))
    with pytest.raises(FileAccessError) as caught:
        rescan(library, photos)
    said = describe_with_advice(caught.value)
    assert re.search(r"no such file.*Its photos stay in the index .*--gone", said)
    assert len(known(library)) == 2
    assert scan(library, [photos], FakeReader(), BASE, prune=True) == ScanReport(dropped=2)
    assert known(library) == {}
    with raises(FileAccessError, match="no such file or folder"):
        scan(library, [photos], FakeReader(), BASE, prune=True)


def test_a_folder_that_was_emptied_for_good_leaves_the_index(library: SqliteStore, photos: Path) -> None:
    rescan(library, photos)
    photos.rename(photos.with_name("away"))
    photos.mkdir()
    assert scan(library, [photos], FakeReader(), BASE, prune=True) == ScanReport(dropped=4)


def test_copies_met_while_the_first_is_read_are_read_once(library: SqliteStore, tmp_path: Path) -> None:
    for number in range(20):
        write_photo(tmp_path / "same" / f"{number}.jpg", Shown(1))
    report, read = rescan(library, tmp_path / "same")
    assert len(read) == 1
    assert report == ScanReport(photos=20, read=1, recognised=19, faces=1, copies=19)
    assert len(known(library)) == 20


def test_a_touched_photo_is_not_read_again(library: SqliteStore, photos: Path) -> None:
    rescan(library, photos)
    os.utime(photos / "ana-0.jpg", (1, 1))
    report, read = rescan(library, photos)
    assert (report.recognised, read) == (1, [])
    assert rescan(library, photos)[0].unchanged == 4


def edit(path: Path, *faces: Shown) -> None:
    """Change a photo, but neither its size nor its time, as programs do that keep them."""
    before, content = path.stat(), path.read_text()
    write_photo(path, *faces, salt=7)
    assert len(path.read_text()) == len(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_an_edit_that_keeps_size_and_time_is_noticed(library: SqliteStore, photos: Path) -> None:
    rescan(library, photos)
    edit(photos / "ana-0.jpg", Shown(4))
    assert rescan(library, photos) == (ScanReport(photos=4, unchanged=3, read=1, faces=1), ["ana-0.jpg"])
    copy = photos / "copy.jpg"
    shutil.copy2(photos / "ana-1.jpg", copy)
    copy.replace(photos / "ana-1.jpg")  # As a program that writes beside the photo, then renames.
    (photos / "ana-2.jpg").chmod(0o600)
    os.link(photos / "party" / "both.png", photos.parent / "link")
    report, read = rescan(library, photos)
    assert (report, read) == (ScanReport(photos=4, unchanged=1, recognised=3), []), "hashed, but not read"
    assert rescan(library, photos)[0].unchanged == 4


def test_where_no_time_tells_of_an_edit_hashing_all_does(
    library: SqliteStore, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "HAS_CTIME", False)
    rescan(library, photos)
    due = -int(sha256_of(photos / "ana-0.jpg")[:2], 16)
    monkeypatch.setattr(scanning, "_today", lambda: due + 1)
    edit(photos / "ana-0.jpg", Shown(4))
    assert rescan(library, photos) == (ScanReport(photos=4, unchanged=4), [])
    reader = FakeReader()
    report = scan(library, [photos], reader, BASE, verify=True)
    assert (report.unchanged, report.read, [path.name for path in reader.paths]) == (3, 1, ["ana-0.jpg"])
    assert scan(library, [photos], reader, BASE, verify=True).unchanged == 4


@pytest.mark.parametrize("ctime", ["none", "as mtime"])
def test_where_no_time_tells_of_an_edit_a_sample_is_hashed_each_day(
    library: SqliteStore, photos: Path, ctime: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = scanning._state

    def state(path: Path) -> FileState:
        seen = real(path)
        return replace(seen, ctime_ns=0 if ctime == "none" else seen.mtime_ns)

    monkeypatch.setattr(scanning, "_state", state)
    rescan(library, photos)
    edit(photos / "ana-0.jpg", Shown(4))
    noticed = []
    for day in range(scanning.SAMPLED_EVERY_DAYS):
        monkeypatch.setattr(scanning, "_today", lambda day=day: day)
        noticed += rescan(library, photos)[1]
    assert noticed == ["ana-0.jpg"]


def test_everything_is_read_again_where_that_is_asked_for(library: SqliteStore, photos: Path) -> None:
    rescan(library, photos)
    with library.writing() as connection:
        connection.execute("DELETE FROM faces")  # As after somebody was forgotten.
    rescan(library, photos)
    assert face_count(library) == 0
    again = scan(library, [photos], FakeReader(), BASE, force=True)
    assert (again, face_count(library)) == (ScanReport(photos=4, read=4, faces=5), 5)
    numbers = face_numbers(library)
    scan(library, [photos], FakeReader(), BASE, force=True)
    assert face_numbers(library) == numbers, "another run may be about to use them"


def test_a_scan_under_way_does_not_bring_back_whom_another_run_forgot(
    library: SqliteStore, photos: Path
) -> None:
    class Slow(FakeReader):
        def read(self, path: Path) -> AnalyzedPhoto | FailedRead:
            if path.name == "ana-0.jpg":  # Another scan is faster, and then somebody is forgotten.
                rescan(library, photos)
                with library.writing() as connection:
                    connection.execute("DELETE FROM faces")
            return super().read(path)

    scan(library, [photos], Slow(), BASE)
    assert face_count(library) == 0


def test_another_network_reads_everything_anew(library: SqliteStore, photos: Path) -> None:
    rescan(library, photos)
    report, read = rescan(library, photos, base="cd" * 32)
    assert (report.read, len(read), face_count(library)) == (4, 4, 5)
    assert library.bases() == ("cd" * 32,)


def test_a_photo_missing_twice_leaves_the_index_with_its_faces(library: SqliteStore, photos: Path) -> None:
    rescan(library, photos)
    (photos / "party" / "both.png").unlink()
    assert rescan(library, photos)[0].missing == 1
    assert known(library)["both.png"]
    assert face_count(library) == 5
    assert rescan(library, photos)[0].dropped == 1
    assert "both.png" not in known(library)
    assert face_count(library) == 3


def test_a_photo_that_comes_back_is_not_read_again(library: SqliteStore, photos: Path) -> None:
    rescan(library, photos)
    content = (photos / "ana-0.jpg").read_bytes()
    info = (photos / "ana-0.jpg").stat()
    (photos / "ana-0.jpg").unlink()
    rescan(library, photos)
    (photos / "ana-0.jpg").write_bytes(content)
    os.utime(photos / "ana-0.jpg", ns=(info.st_atime_ns, info.st_mtime_ns))
    report, read = rescan(library, photos)
    assert (report.unchanged, report.recognised, read) == (3, 1, [])
    assert not known(library)["ana-0.jpg"]


def test_a_drive_that_is_not_there_wipes_nothing(library: SqliteStore, photos: Path, tmp_path: Path) -> None:
    rescan(library, photos)
    away = photos.rename(tmp_path / "unplugged")
    other = write_photo(tmp_path / "other" / "x.jpg").parent
    heard = Heard()
    report = scan(library, [photos, other], FakeReader(), BASE, job=heard.job)
    assert (report.unreachable, report.missing) == (1, 0)
    scan(library, [photos / "never", other], FakeReader(), BASE, job=heard.job)
    assert heard.skipped.pop() == (photos / "never", "there is no such file or folder; check the path")
    assert heard.skipped == [
        (photos, "it is not there; its photos stay in the index (gone for good: --gone)")
    ]
    photos.mkdir()  # Where a drive was, an empty folder stays.
    for _ in range(3):
        report, _ = rescan(library, photos)
        assert (report.unreachable, report.missing, report.dropped) == (1, 0, 0)
    photos.rmdir()
    away.rename(photos)
    assert rescan(library, photos)[0].unchanged == 4
    with raises(FileAccessError, match="no such file or folder"):
        rescan(library, tmp_path / "nowhere")


def test_a_drive_that_goes_away_while_it_is_scanned_wipes_nothing(
    library: SqliteStore, photos: Path, tmp_path: Path
) -> None:
    rescan(library, photos)

    def unplugged(paths: Iterable[Path]) -> Iterator[AnalyzedPhoto | FailedRead]:
        yield from FakeReader()(paths)
        photos.rename(tmp_path / "unplugged")
        photos.mkdir()

    assert scan(library, [photos], unplugged, BASE).missing == 4
    for _ in range(2):
        report, _ = rescan(library, photos)
        assert (report.unreachable, report.dropped) == (1, 0)
    photos.rmdir()
    (tmp_path / "unplugged").rename(photos)
    assert rescan(library, photos) == (ScanReport(photos=4, unchanged=4), [])


def test_a_photo_that_could_not_be_read_this_time_is_read_the_next(
    library: SqliteStore, photos: Path
) -> None:
    class Failing(FakeReader):
        def read(self, path: Path) -> AnalyzedPhoto | FailedRead:
            return (
                FailedRead(path, Reason("the disk does not answer"))
                if path.name == "ana-0.jpg"
                else super().read(path)
            )

    assert scan(library, [photos], Failing(), BASE) == ScanReport(photos=4, read=3, no_access=1, faces=4)
    assert rescan(library, photos) == (ScanReport(photos=4, unchanged=3, read=1, faces=1), ["ana-0.jpg"])


def test_photos_beside_the_scanned_folder_are_left_alone(library: SqliteStore, tmp_path: Path) -> None:
    inner = write_photo(tmp_path / "a" / "1.jpg", salt=1)
    beside = write_photo(tmp_path / "a-b" / "2.jpg", salt=2)
    rescan(library, tmp_path)
    beside.unlink()
    assert rescan(library, inner.parent)[0].missing == 0
    assert rescan(library, tmp_path)[0].missing == 1


def test_broken_photos_are_named_and_not_read_again(library: SqliteStore, photos: Path) -> None:
    (photos / "broken.jpg").write_bytes(b"\xff\xd8 not")
    heard = Heard()
    report = scan(library, [photos], FakeReader(), BASE, job=heard.job)
    broken = (photos / "broken.jpg", "it is damaged")
    assert (report.broken, heard.skipped) == (1, [broken])
    reader = FakeReader()
    again = scan(library, [photos], reader, BASE, job=heard.job)
    assert (again, reader.paths) == (ScanReport(photos=5, unchanged=4, broken=1), [])
    assert heard.skipped == [broken] * 2, "named by every scan"
    write_photo(photos / "broken.jpg", Shown(3))
    assert rescan(library, photos)[1] == ["broken.jpg"]


def test_what_is_wrong_is_said_in_the_language_of_each_scan(library: SqliteStore, photos: Path) -> None:
    """The index has a code, so a scan in Spanish says in Spanish what one in English had found."""
    (photos / "empty.jpg").write_bytes(b"\xff")

    class Finder(FakeReader):
        def read(self, path: Path) -> AnalyzedPhoto | FailedRead:
            if path.name.startswith("empty"):
                return FailedRead(path, Reason("empty_file"), "empty_file")
            return super().read(path)

    said: list[str] = []
    for language in ("en", "es"):
        (photos / f"empty-{language}.jpg").write_bytes(b"\xff")  # A copy, of what is known to be bad.
        with speaking(language):
            heard = Heard()
            scan(library, [photos], Finder(), BASE, job=heard.job)
            said += [why for _, why in heard.skipped]
    assert said == ["the file is empty"] * 2 + ["el archivo está vacío"] * 3


def test_many_files_of_which_one_in_a_hundred_is_broken(tmp_path: Path, library: SqliteStore) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(1000):
        (folder / f"{number}.jpg").write_text(
            "{" if number % 100 == 0 else f'{{"faces": [], "salt": {number}}}'
        )
    heard = Heard()
    report = scan(library, [folder], FakeReader(40), BASE, job=heard.job)
    steps = [(each.done, each.total) for each in heard.progress if each.stage == "reading_photos"]
    assert (report.photos, report.read, report.broken, report.recognised) == (1000, 990, 10, 0)
    assert steps[-1] == (1000, 1000)
    # The ten are the same bytes; each is named, in every later scan too, and so is one that turns up there.
    (folder / "later.jpg").write_text("{")
    heard = Heard()
    report = scan(library, [folder], FakeReader(), BASE, job=heard.job)
    problems = [path.name for path, _ in heard.skipped]
    broken = ["later.jpg", *(f"{number}.jpg" for number in range(0, 1000, 100))]
    assert (report.unchanged, report.broken, sorted(problems)) == (990, 11, sorted(broken))
    assert all(one[0] <= next_[0] for one, next_ in itertools.pairwise(steps))


DYING = """
import os, sys
from pathlib import Path
from fake_photos import BASE, FakeReader
from semblante.library import SqliteStore, scan, scan_steps

class Dying(FakeReader):
    def read(self, path):
        if len(self.paths) > 13:
            os._exit(9)
        return super().read(path)

scan_steps.WRITE_EVERY = 5
with SqliteStore(Path(sys.argv[1])) as library:
    scan(library, [Path(sys.argv[2])], Dying(), BASE)
"""


def test_a_killed_scan_resumes(library: SqliteStore, tmp_path: Path) -> None:
    for number in range(20):
        write_photo(tmp_path / "photos" / f"{number}.jpg", Shown(number), salt=number)

    program = [sys.executable, "-c", DYING, str(library.folder), str(tmp_path / "photos")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    assert subprocess.run(program, env=environment).returncode == 9
    report, read = rescan(library, tmp_path / "photos")
    assert (report.unchanged, report.read) == (10, 10)
    assert len(read) == 10
    assert face_count(library) == 20


def test_what_was_read_before_ctrl_c_is_kept(library: SqliteStore, photos: Path) -> None:
    class Stopped(FakeReader):
        def read(self, path: Path) -> AnalyzedPhoto | FailedRead:
            if len(self.paths) == 3:
                raise KeyboardInterrupt
            return super().read(path)

    with pytest.raises(KeyboardInterrupt):
        scan(library, [photos], Stopped(), BASE)
    assert len(rescan(library, photos)[1]) == 2


@pytest.mark.parametrize("done", [1, 5, 9, 13])
def test_what_was_read_before_a_scan_was_cancelled_is_kept(
    library: SqliteStore, tmp_path: Path, done: int
) -> None:
    for number in range(12):
        write_photo(tmp_path / "photos" / f"{number}.jpg", Shown(number), salt=number)
    reader = FakeReader()
    with pytest.raises(Cancelled):
        scan(library, [tmp_path / "photos"], reader, BASE, job=Heard(cancel_after=done).job)
    kept = face_count(library)
    assert len(reader.paths) - 1 <= kept <= len(reader.paths) < 12
    report, read = rescan(library, tmp_path / "photos")
    assert (report.unchanged, len(read), face_count(library)) == (kept, 12 - kept, 12)


def test_a_reader_may_give_photos_in_any_order(library: SqliteStore, photos: Path) -> None:
    (photos / "broken.jpg").write_bytes(b"\xff\xd8 not")

    def backwards(paths: Iterable[Path]) -> Iterator[AnalyzedPhoto | FailedRead]:
        yield from reversed(list(FakeReader()(paths)))

    assert scan(library, [photos], backwards, BASE) == ScanReport(photos=5, read=4, broken=1, faces=5)
    assert rescan(library, photos) == (ScanReport(photos=5, unchanged=4, broken=1), [])
    both = library.face_numbers([FaceRef(sha256_of(photos / "party" / "both.png"), 1)])
    assert [each.path.name for each in library.photos_of_faces(both.values())] == ["both.png"]


def test_two_scans_at_once_are_safe(
    library: SqliteStore, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two threads with an index each, as two programs have; both are in the middle of reading at once."""
    monkeypatch.setattr(scan_steps, "WRITE_EVERY", 1)
    both_read = threading.Barrier(2, timeout=30)

    class Meeting(FakeReader):
        def read(self, path: Path) -> AnalyzedPhoto | FailedRead:
            if len(self.paths) == 2:
                both_read.wait()
            return super().read(path)

    def run(_number: int) -> ScanReport:
        with SqliteStore(library.folder) as own:
            return scan(own, [photos], Meeting(), BASE)

    with ThreadPoolExecutor(2) as threads:
        reports = list(threads.map(run, range(2)))
    assert [report.photos for report in reports] == [4, 4]
    assert face_count(library) == 5
    assert len(known(library)) == 4
    assert rescan(library, photos)[0].unchanged == 4


def test_a_photo_that_changes_while_read_is_left_to_the_next_scan(library: SqliteStore, photos: Path) -> None:
    class Changing(FakeReader):
        def read(self, path: Path) -> AnalyzedPhoto | FailedRead:
            read = super().read(path)
            if path.name == "ana-1.jpg":
                write_photo(path, Shown(5), Shown(6), salt=50)
            if path.name == "ana-2.jpg":
                path.unlink()
            return read

    report = scan(library, [photos], Changing(), BASE)
    assert (report.read, report.changing) == (2, 2)
    assert set(known(library)) == {"ana-0.jpg", "both.png"}
    assert rescan(library, photos)[1] == ["ana-1.jpg"]


@pytest.mark.parametrize(
    "name",
    [
        b"two\nlines.jpg",
        "🙂 café.jpg".encode(),
        b"\xff\xfe.jpg",
        b"'\"; DROP TABLE photos;--.jpg",
        b"-rf.jpg",
    ],
)
def test_any_name_survives(library: SqliteStore, tmp_path: Path, name: bytes) -> None:
    folder = tmp_path / "odd"
    path = write_photo(Path(os.fsdecode(os.fsencode(folder) + b"/" + name)), Shown(1))
    assert rescan(library, folder)[0].read == 1
    assert rescan(library, folder)[0].unchanged == 1
    assert list(library.photos_in(folder)) == [(path, False)]


def test_links_that_lead_in_circles_end(library: SqliteStore, photos: Path) -> None:
    (photos / "loop").symlink_to(photos, target_is_directory=True)
    (photos / "self.jpg").symlink_to(photos / "self.jpg")
    (photos / "nothing.jpg").symlink_to(photos / "not-there.jpg")
    (photos / "link.jpg").symlink_to(photos / "ana-0.jpg")
    os.mkfifo(photos / "pipe.jpg")
    report, _ = rescan(library, photos)
    assert (report.photos, report.read, report.recognised) == (5, 4, 1)


def test_hidden_files_and_other_endings_are_left_out(photos: Path) -> None:
    write_photo(photos / ".thumbnails" / "x.jpg")
    write_photo(photos / ".hidden.jpg")
    write_photo(photos / "notes.txt")
    assert sorted(path.name for path in walked(photos)) == [
        "ana-0.jpg",
        "ana-1.jpg",
        "ana-2.jpg",
        "both.png",
    ]


def test_folders_that_cannot_be_looked_into_are_named(
    library: SqliteStore, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rescan(library, photos)
    real = os.scandir

    def scandir(folder: str) -> "os._ScandirIterator[str]":
        if os.fspath(folder).endswith("party"):
            raise PermissionError(13, "Permission denied", folder)
        return real(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    heard = Heard()
    report = scan(library, [photos], FakeReader(), BASE, job=heard.job)
    said = "no permission to read or write here; choose another folder or change its rights"
    assert heard.skipped == [(photos / "party", said)]
    assert (report.unreachable, report.missing, report.unchanged) == (1, 0, 3)


def test_a_photo_that_may_not_be_read_is_tried_again(
    library: SqliteStore, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.open

    def refuse(path: Path, mode: str = "r", *rest: object, **more: object) -> object:
        if path.name == "ana-0.jpg":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, mode, *rest, **more)  # type: ignore[call-overload]

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", refuse)
        report, _ = rescan(library, photos)
    assert (report.no_access, report.read) == (1, 3)
    assert rescan(library, photos)[1] == ["ana-0.jpg"]


def test_photos_are_only_opened_to_be_read(
    library: SqliteStore, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: set[str] = set()
    real = Path.open

    def watch(path: Path, mode: str = "r", *rest: object, **more: object) -> object:
        modes.add(mode)
        return real(path, mode, *rest, **more)  # type: ignore[call-overload]

    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in photos.rglob("*.*")}
    monkeypatch.setattr(Path, "open", watch)
    rescan(library, photos)
    assert modes <= {"r", "rb"}
    monkeypatch.undo()
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in photos.rglob("*.*")} == before


def test_a_full_disk_is_said_and_costs_only_what_was_not_written(library: SqliteStore, photos: Path) -> None:
    with library.asking() as connection:
        connection.execute("PRAGMA max_page_count = 20")
    for number in range(60):
        write_photo(photos / "more" / f"{number}.jpg", *map(Shown, range(5)), salt=number)
    with raises(DiskFull, match="the disk is full"):
        rescan(library, photos)
    with library.asking() as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        connection.execute("PRAGMA max_page_count = 100000")
    assert rescan(library, photos)[0].photos == 64
    assert face_count(library) == 305


def test_a_locked_index_is_said(
    library: SqliteStore, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_schema, "WAIT_S", 0.05)
    with SqliteStore(library.folder) as waiting:
        holder = sqlite3.connect(library.path)
        holder.execute("BEGIN IMMEDIATE")
        with raises(Locked, match="another run is using the index"):
            rescan(waiting, photos)
        holder.rollback()
        holder.close()
        assert rescan(waiting, photos)[0].photos == 4


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["write", "delete", "move", "copy", "scan"]), st.integers(0, 5), st.integers(0, 5)
        ),
        max_size=12,
    )
)
def test_after_any_changes_a_scan_tells_the_truth(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]]
) -> None:
    root = tmp_path_factory.mktemp("truth")
    keep = write_photo(root / "photos" / "keep.jpg", salt=1000)
    with SqliteStore(root / "data") as library:
        for count, (what, one, other) in enumerate(steps):
            path, target = keep.with_name(f"{one}.jpg"), keep.with_name(f"{other}.jpg")
            if what == "scan":
                rescan(library, keep.parent)
            elif what == "write":
                write_photo(path, Shown(one), salt=count)
            elif path.exists() and one != other:
                if what == "copy":
                    target.write_bytes(path.read_bytes())
                elif what == "move":
                    path.replace(target)
                else:
                    path.unlink()
        rescan(library, keep.parent)
        there = {path.name for path in keep.parent.iterdir()}
        assert {name for name, missing in known(library).items() if not missing} == there
        missing = sum(known(library).values())
        copies = len(there) - len({(keep.parent / name).read_bytes() for name in there})
        again = ScanReport(photos=len(there), unchanged=len(there), dropped=missing, copies=copies)
        assert rescan(library, keep.parent) == (again, [])


def test_places_within_others_are_walked_once(tmp_path: Path) -> None:
    inner = write_photo(tmp_path / "a" / "b" / "1.jpg").parent
    link = tmp_path / "link"
    link.symlink_to(inner, target_is_directory=True)
    assert outermost([inner, tmp_path / "a", link, inner / "1.jpg"]) == (tmp_path / "a",)


def test_the_reader_is_made_once_for_many_places(library: SqliteStore, tmp_path: Path) -> None:
    files = [write_photo(tmp_path / "p" / f"{number}.jpg", salt=number) for number in range(6)]
    calls: list[int] = []

    def read(paths: Iterable[Path]) -> Iterator[AnalyzedPhoto | FailedRead]:
        calls.append(1)
        return FakeReader()(paths)

    assert scan(library, files, read, BASE).read == 6
    assert calls == [1]


def test_a_scan_stops_while_it_hashes_a_large_file(library: SqliteStore, tmp_path: Path) -> None:
    photo, asked = write_photo(tmp_path / "photos" / "large.jpg", Shown(0)), 0
    with photo.open("ab") as file:
        file.write(bytes(20 << 20))

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked == 15

    reader = FakeReader()
    with pytest.raises(Cancelled):
        scan(library, [tmp_path / "photos"], reader, BASE, job=JobContext(cancelled=cancelled))
    assert asked == 15 and not reader.paths
