"""Sorting: copies, links and sidecars that spare the photos, and taking all of it back."""

import builtins
import errno
import io
import os
import re
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from sentences import raises
from sorted_photos import LONG_AGO_NS, match, put, tree

from semblante.cli.advice import describe_with_advice
from semblante.errors import Cancelled, DiskFull, FileAccessError, InvalidOption, Locked, Reason, UserError
from semblante.files import exclusive_lock
from semblante.i18n import describe
from semblante.jobs import Event, JobContext, Progress, Skipped
from semblante.library import Match
from semblante.organize.journal import How, Journal, forget_in_journals, journal_lock, sort_runs
from semblante.organize.sort import SortedPhoto, Sorting, is_among, sort_photos
from semblante.organize.undo import undo_sort

PHOTOS = {"a/1.jpg": b"first", "b/1.jpg": b"second", "b/2.jpg": b"third", "c/1.jpg": b"first"}
FOUR_WAYS = pytest.mark.parametrize("how", get_args(How))
PLACES = pytest.mark.parametrize("how", ["copy", "hardlink", "symlink"])


@pytest.fixture
def photos(tmp_path: Path) -> list[Match]:
    return put(tmp_path / "photos", PHOTOS)


def _sort(
    found: list[Match], how: How, to: Path, dry_run: bool = False, name: str = "Ana"
) -> list[SortedPhoto]:
    """Sort into `to`; the data folder is beside it."""
    sorting = Sorting(name, how, None if how == "xmp" else to, dry_run)
    return list(sort_photos(found, sorting, to.parent / "data"))


def _outcomes(results: list[SortedPhoto]) -> list[str]:
    return [each.outcome for each in results]


@PLACES
def test_photos_keep_names_times_and_content(how: How, photos: list[Match], tmp_path: Path) -> None:
    results = _sort(photos, how, tmp_path / "out")
    held = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert held == {"1.jpg": b"first", "1 (2).jpg": b"second", "2.jpg": b"third"}
    assert _outcomes(results) == ["made", "made", "made", "already"], "the same content has one place"
    assert all(path.stat().st_mtime_ns == LONG_AGO_NS for path in (tmp_path / "out").iterdir())
    one = tmp_path / "out" / "1.jpg"
    assert one.is_symlink() == (how == "symlink")
    assert one.samefile(photos[0].path) == (how != "copy")
    assert tree(tmp_path / "photos") == tree_of_photos()


def tree_of_photos() -> dict[str, bytes | str]:
    return {"a": "folder", "b": "folder", "c": "folder", **PHOTOS}


@PLACES
def test_a_photo_in_several_files_has_one_place(how: How, photos: list[Match], tmp_path: Path) -> None:
    """Under the name of any of its files, and from any that is still what was scanned."""
    first, copy = photos[0], tmp_path / "photos" / "b" / "copy.jpg"
    copy.write_bytes(first.path.read_bytes())
    both = replace(first, copies=(copy,))
    first.path.write_bytes(b"changed since")
    (made,) = _sort([both], how, tmp_path / "out")
    assert (made.outcome, made.photo, made.target) == ("made", copy, tmp_path / "out" / "copy.jpg")
    first.path.write_bytes(copy.read_bytes())
    assert _outcomes(_sort([both], how, tmp_path / "out")) == ["already"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["copy.jpg"]


@FOUR_WAYS
def test_a_second_run_finds_all_there(how: How, photos: list[Match], tmp_path: Path) -> None:
    _sort(photos, how, tmp_path / "out")
    before = tree(tmp_path)
    assert set(_outcomes(_sort(photos, how, tmp_path / "out"))) == {"already"}
    assert tree(tmp_path) == before, "not even a journal"


@FOUR_WAYS
def test_a_rehearsal_says_what_comes_and_changes_nothing(
    how: How, photos: list[Match], tmp_path: Path
) -> None:
    photos[2].path.write_bytes(b"changed")
    before = tree(tmp_path)
    said = _sort(photos, how, tmp_path / "out", dry_run=True)
    assert tree(tmp_path) == before
    assert said == _sort(photos, how, tmp_path / "out")
    assert _outcomes(said).count("skipped") == 1


@FOUR_WAYS
def test_undoing_leaves_everything_as_it_was(how: How, photos: list[Match], tmp_path: Path) -> None:
    (tmp_path / "photos/a/1.jpg.xmp").write_bytes(
        b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>"
    )
    before = tree(tmp_path)
    _sort(photos, how, tmp_path / "out" / "deep")
    assert tree(tmp_path / "photos" if how == "xmp" else tmp_path / "out")
    rehearsed = undo_sort(tmp_path / "out" / "data", dry_run=True)[1]
    became = undo_sort(tmp_path / "out" / "data")[1]
    assert became == rehearsed
    assert {each.outcome for each in became} == ({"removed", "restored"} if how == "xmp" else {"removed"})
    left = {name for name in tree(tmp_path) if not name.startswith("out")}
    assert {name: held for name, held in tree(tmp_path).items() if name in left} == before
    assert not (tmp_path / "out" / "deep").exists()
    with raises(InvalidOption, match="nothing to undo"):
        undo_sort(tmp_path / "out" / "data")


@PLACES
def test_what_was_changed_since_is_left_and_named(how: How, photos: list[Match], tmp_path: Path) -> None:
    _sort(photos, how, tmp_path / "out")
    changed = tmp_path / "out" / "1.jpg"
    changed.unlink()
    changed.write_bytes(b"edited")
    (tmp_path / "out" / "own.txt").write_bytes(b"mine")
    became = {each.path.name: (each.outcome, each.reason) for each in undo_sort(tmp_path / "data")[1]}
    assert became["1.jpg"] == ("left", Reason("changed_since_sort"))
    assert became["out"] == ("left", Reason("other_files_inside"))
    assert became["2.jpg"][0] == became["1 (2).jpg"][0] == "removed"
    assert tree(tmp_path / "out") == {"1.jpg": b"edited", "own.txt": b"mine"}


@pytest.mark.parametrize("how", ["copy", "hardlink"])
@pytest.mark.parametrize("loss", ["gone", "emptied", "replaced by a link to the copy"])
def test_the_last_of_a_photo_is_never_removed(
    how: How, loss: str, photos: list[Match], tmp_path: Path
) -> None:
    _sort(photos[:1], how, tmp_path / "out")
    photos[0].path.unlink()
    if loss == "emptied":
        photos[0].path.write_bytes(b"")
    elif loss.startswith("replaced"):
        photos[0].path.symlink_to(tmp_path / "out" / "1.jpg")
    became = undo_sort(tmp_path / "data")[1]
    assert became[0].outcome == "left"
    assert became[0].reason is not None
    assert "may be the last of it" in describe(became[0].reason)
    assert (tmp_path / "out" / "1.jpg").read_bytes() == b"first"


@FOUR_WAYS
@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ("change", "has changed since the scan"),
        ("unlink", "is gone since the scan"),
        ("folder", "cannot be read"),
    ],
)
def test_a_photo_that_is_not_what_was_scanned_is_named_and_skipped(
    how: How, trouble: str, reason: str, photos: list[Match], tmp_path: Path
) -> None:
    path = photos[0].path
    path.unlink()
    if trouble == "change":
        path.write_bytes(b"other")
    elif trouble == "folder":
        path.mkdir()
    results = _sort(photos[:3], how, tmp_path / "out")
    assert _outcomes(results) == ["skipped", "made", "made"]
    assert results[0].reason is not None
    assert reason in describe(results[0].reason)
    assert not [name for name in tree(tmp_path) if name.endswith(".part")]


def test_a_photo_that_changes_while_it_is_copied(
    photos: list[Match], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hash is taken of what is written, not of what was there a moment before."""
    intend = Journal.intend

    def change_then_go_on(journal: Journal, step: Any) -> int:
        photos[0].path.write_bytes(b"other")
        return intend(journal, step)

    monkeypatch.setattr(Journal, "intend", change_then_go_on)
    assert _outcomes(_sort(photos[:1], "copy", tmp_path / "out")) == ["skipped"]
    assert tree(tmp_path / "out") == {}


@FOUR_WAYS
def test_photos_are_only_ever_opened_for_reading(
    how: How, photos: list[Match], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rights do not bind root, so it is watched what opens them; a hard link counts as its photo."""
    written: list[str] = []
    inodes = {each.path.stat().st_ino for each in photos}

    def watch(real: Callable[..., Any], is_reading: Callable[..., bool]) -> Callable[..., Any]:
        def opening(file: Any, *rest: Any, **named: Any) -> Any:
            known = not isinstance(file, int) and os.path.exists(file) and os.stat(file).st_ino in inodes  # noqa: PTH110, PTH116
            if known and not is_reading(*rest, **named):
                written.append(str(file))
            return real(file, *rest, **named)

        return opening

    def reads(mode: str = "r", *_: Any, **__: Any) -> bool:
        return not set(mode) & set("wax+")

    def only_reads(flags: int, *_: Any, **__: Any) -> bool:
        return flags & os.O_ACCMODE == os.O_RDONLY

    for each in photos:
        each.path.chmod(0o444)
    status = [each.path.stat() for each in photos]
    monkeypatch.setattr(io, "open", watch(io.open, reads))
    monkeypatch.setattr(builtins, "open", watch(builtins.open, reads))
    monkeypatch.setattr(os, "open", watch(os.open, only_reads))
    _sort(photos, how, tmp_path / "out")
    undo_sort(tmp_path / "data")
    monkeypatch.undo()
    assert written == []
    assert [match(each.path).content_sha256 for each in photos] == [each.content_sha256 for each in photos]
    for each, before in zip(photos, status, strict=True):
        now = each.path.stat()
        assert (now.st_mtime_ns, now.st_mode, now.st_ino) == (
            before.st_mtime_ns,
            before.st_mode,
            before.st_ino,
        )


def test_a_copy_is_as_private_as_its_photo(photos: list[Match], tmp_path: Path) -> None:
    photos[0].path.chmod(0o400)
    _sort(photos[:1], "copy", tmp_path / "out")
    assert stat.S_IMODE((tmp_path / "out" / "1.jpg").stat().st_mode) == 0o600, "its owner may change the copy"


def test_what_an_older_run_left_is_not_written_through(
    photos: list[Match], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name of an unfinished copy may, by accident or malice, be another name of a photo."""
    (tmp_path / "out").mkdir()
    monkeypatch.setattr("secrets.token_hex", lambda _bytes: "0" * 8)
    os.link(photos[0].path, tmp_path / "out" / f".2.jpg.{'0' * 8}.part")
    _sort([photos[2]], "copy", tmp_path / "out")
    assert photos[0].path.read_bytes() == b"first"
    assert tree(tmp_path / "out") == {"2.jpg": b"third"}


@pytest.mark.parametrize(
    ("how", "function", "error", "raised", "advice"),
    [
        ("copy", "replace", errno.ENOSPC, DiskFull, "the disk is full"),
        ("copy", "utime", errno.ENOSPC, DiskFull, "the disk is full"),
        ("copy", "fsync", errno.EROFS, FileAccessError, "no permission to read or write"),
        ("hardlink", "link", errno.EXDEV, FileAccessError, "different disks.*leave out --hardlink to copy"),
        ("hardlink", "link", errno.EPERM, FileAccessError, "hard links are not possible here"),
        ("hardlink", "link", errno.ENOSPC, DiskFull, "the disk is full"),
        ("symlink", "symlink", errno.EOPNOTSUPP, FileAccessError, "symbolic links are not possible here"),
        ("symlink", "symlink", errno.EACCES, FileAccessError, "no permission to read or write"),
        ("xmp", "replace", errno.ENOSPC, DiskFull, "the disk is full"),
    ],
)
def test_a_disk_that_refuses(
    how: How,
    function: str,
    error: int,
    raised: type[UserError],
    advice: str,
    photos: list[Match],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(error, os.strerror(error))

    before = tree(tmp_path)
    monkeypatch.setattr(os, function, refuse)
    with pytest.raises(raised) as caught:
        _sort(photos, how, tmp_path / "out")
    assert re.search(advice, describe_with_advice(caught.value))
    monkeypatch.undo()
    made = {name: held for name, held in tree(tmp_path).items() if not name.startswith("data")}
    made.pop("out", None)
    assert made == before, "nothing half-made"
    if sort_runs(tmp_path / "data"):
        undo_sort(tmp_path / "data")
    assert not (tmp_path / "out").exists()


def test_a_target_that_is_a_file(photos: list[Match], tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(FileAccessError):
        _sort(photos, "copy", tmp_path / "out")
    assert tree(tmp_path / "photos") == tree_of_photos()


@PLACES
def test_any_name_that_a_disk_takes(how: How, tmp_path: Path) -> None:
    names = ["a\nb.jpg", "😀 ñ.jpg", ".hidden", "no suffix", "a" * 236 + ".jpg", "b" * 251 + ".jpg"]
    found = put(tmp_path / "photos", dict.fromkeys(names, b"photo"))
    raw = Path(os.fsdecode(os.fsencode(tmp_path / "photos") + b"/\xff\xfe.jpg"))
    raw.write_bytes(b"photo")
    results = _sort([*found, match(raw)], how, tmp_path / "out")
    assert _outcomes(results) == ["made"] * 5 + ["skipped", "made"]
    assert results[5].reason == Reason("name_too_long_for_copy")
    undo_sort(tmp_path / "data")
    assert not (tmp_path / "out").exists()


@FOUR_WAYS
def test_paths_may_be_relative(
    how: How, photos: list[Match], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(tmp_path / "photos")
    monkeypatch.chdir(tmp_path)
    relative = [match(each.path.relative_to(tmp_path)) for each in photos]
    list(sort_photos(relative, Sorting("Ana", how, None if how == "xmp" else Path("out")), tmp_path / "data"))
    monkeypatch.chdir("/")
    assert {each.outcome for each in undo_sort(tmp_path / "data")[1]} == {"removed"}
    assert tree(tmp_path / "photos") == before
    assert not (tmp_path / "out").exists()


def test_only_a_yes_is_sorted(photos: list[Match], tmp_path: Path) -> None:
    unsure = Match(photos[0].path, photos[0].face, "unsure", 0.5, (0.0, 0.0, 1.0, 1.0), 1, 1)
    assert _sort([unsure], "copy", tmp_path / "out") == []
    assert not (tmp_path / "out").exists()


def test_runs_are_undone_from_the_last_or_by_name(photos: list[Match], tmp_path: Path) -> None:
    _sort(photos[:1], "copy", tmp_path / "out")
    _sort(photos[1:2], "hardlink", tmp_path / "out", name="Bea")
    first, second = sort_runs(tmp_path / "data")
    assert (first.name, second.name, second.how) == ("Ana", "Bea", "hardlink")
    assert undo_sort(tmp_path / "data", first.run)[0].name == "Ana"
    assert set(tree(tmp_path / "out")) == {"1 (2).jpg"}
    assert undo_sort(tmp_path / "data")[0].name == "Bea"
    with raises(InvalidOption, match="No run is called 7"):
        undo_sort(tmp_path / "data", "7")


def test_nothing_to_undo_makes_no_folder(tmp_path: Path) -> None:
    with raises(InvalidOption, match="nothing to undo"):
        undo_sort(tmp_path / "data")
    assert tree(tmp_path) == {}


def test_one_run_at_a_time(photos: list[Match], tmp_path: Path) -> None:
    _sort(photos, "copy", tmp_path / "out")
    with exclusive_lock(tmp_path / "data" / "journal"):
        for call in (
            lambda: _sort(photos, "copy", tmp_path / "other"),
            lambda: undo_sort(tmp_path / "data"),
            lambda: journal_lock(tmp_path / "data").__enter__(),
        ):
            with pytest.raises(Locked):
                call()


@pytest.mark.parametrize("asked", ["Íñigo", "Íñigo", "  íÑIGO "])
def test_forgetting_takes_the_name_out_of_the_journals(
    asked: str, photos: list[Match], tmp_path: Path
) -> None:
    _sort(photos[:1], "copy", tmp_path / "first", name="Íñigo")
    _sort(photos[:2], "xmp", tmp_path / "out", name="Íñigo")
    beside = [match(each.path, left_px=60.0) for each in photos[:2]]
    _sort(beside, "xmp", tmp_path / "out", name="Bea")
    (tmp_path / "data" / "journal" / "20200101-000000.jsonl").write_bytes(b'{"name": "\\u00cd')
    assert forget_in_journals(tmp_path / "data", asked) == 3, "a torn one may name the person too"
    for path in (tmp_path / "data").rglob("*"):
        held = path.read_bytes() if path.is_file() else b""
        assert "Íñigo".encode() not in held
        assert b"\\u00cd" not in held
    assert [run.name for run in sort_runs(tmp_path / "data")] == ["Bea"]
    became = undo_sort(tmp_path / "data")[1]
    assert became
    assert all(each.outcome == "left" for each in became)
    assert all(each.reason == Reason("content_no_longer_kept") for each in became)
    assert forget_in_journals(tmp_path / "nowhere", asked) == 0


@pytest.mark.parametrize(
    ("folder", "among", "reason"),
    [
        ("photos/a", True, "a folder with a photo"),
        ("photos/a/new", True, "in it"),
        ("photos/sorted", True, "between the photos' folders"),
        ("out", False, "elsewhere"),
    ],
)
def test_a_target_among_the_photos_is_noticed(
    folder: str, among: bool, reason: str, photos: list[Match], tmp_path: Path
) -> None:
    assert is_among(tmp_path / folder, [each.path for each in photos]) is among, reason
    assert not is_among(tmp_path / folder, [])


def test_a_caller_hears_how_far_it_is_and_what_was_skipped(photos: list[Match], tmp_path: Path) -> None:
    photos[1].path.unlink()
    events: list[Event] = []
    sorting = Sorting("Ana", "copy", tmp_path / "out")
    list(sort_photos(photos[:3], sorting, tmp_path / "data", JobContext(events.append)))
    assert events == [
        Progress("sorting", 0, 3),
        Progress("sorting", 1, 3),
        Skipped(photos[1].path, Reason("gone_since_scan")),
        Progress("sorting", 2, 3),
        Progress("sorting", 3, 3),
    ]
    events.clear()
    undo_sort(tmp_path / "data", job=JobContext(events.append))
    assert events == [Progress("undoing", files, 2) for files in range(3)], "their folder is not counted"


@FOUR_WAYS
@pytest.mark.parametrize("asked", range(6))
def test_a_cancelled_sort_keeps_what_is_done_and_goes_on(
    how: How, asked: int, photos: list[Match], tmp_path: Path
) -> None:
    """Cancelled when asked for the nth time: between two photos, or while one is read or copied."""
    before = tree(tmp_path)
    questions = iter(range(asked))
    job = JobContext(cancelled=lambda: next(questions, None) is None)
    sorting = Sorting("Ana", how, None if how == "xmp" else tmp_path / "out")
    results: list[SortedPhoto] = []
    with pytest.raises(Cancelled):
        results.extend(sort_photos(photos[:3], sorting, tmp_path / "data", job))
    made = [each.target for each in results if each.target is not None]
    assert all(target.exists() for target in made)
    assert not [name for name in tree(tmp_path) if name.endswith(".part")]
    rest = _outcomes(_sort(photos[:3], how, tmp_path / "out"))
    assert rest == ["already"] * len(made) + ["made"] * (3 - len(made))
    while any(not run.undone for run in sort_runs(tmp_path / "data")):
        undo_sort(tmp_path / "data")
    assert {name: held for name, held in tree(tmp_path).items() if not name.startswith("data")} == before


@FOUR_WAYS
def test_a_cancelled_undo_goes_on(how: How, photos: list[Match], tmp_path: Path) -> None:
    before = tree(tmp_path)
    _sort(photos[:3], how, tmp_path / "out")
    questions = iter(range(2))
    with pytest.raises(Cancelled):
        undo_sort(tmp_path / "data", job=JobContext(cancelled=lambda: next(questions, None) is None))
    (run,) = sort_runs(tmp_path / "data")
    assert not run.undone
    undo_sort(tmp_path / "data")
    assert {name: held for name, held in tree(tmp_path).items() if not name.startswith("data")} == before
