"""What stops a run, what a stopped run leaves behind, and folders that are no prepared set."""

import errno
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celeba_tiny import (
    content_of,
    write,
    write_official,
)
from sentences import raises

from semblante import images
from semblante.celeba import open_prepared, preparation, prepare
from semblante.cores import usable_cores
from semblante.errors import (
    Cancelled,
    DiskFull,
    FileAccessError,
    FolderNotEmpty,
    InvalidOption,
    Locked,
    NotAPreparedSet,
    NotCelebA,
    SemblanteError,
    SettingsMismatch,
)
from semblante.files import exclusive_lock
from semblante.jobs import Event, JobContext, Progress

SIDE = 24


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_official(tmp_path / "source")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.mark.parametrize("side", [-1, 0, 15, 513, 10**9])
def test_a_side_that_cannot_work(side: int, source: Path, out: Path) -> None:
    with raises(InvalidOption, match=f"side {side:,}: must be from 16 to 512"):
        prepare(source, out, side)
    assert not out.exists()


def test_other_files_are_left_alone(source: Path, out: Path) -> None:
    write(out, {"thesis.docx": b"x"})
    with raises(FolderNotEmpty, match=r"thesis.docx"):
        prepare(source, out, SIDE)
    assert content_of(out) == {"thesis.docx": b"x"}


def test_the_source_is_no_place_to_write(source: Path) -> None:
    with raises(FolderNotEmpty):
        prepare(source, source, SIDE)


def test_a_file_is_no_folder(source: Path, tmp_path: Path) -> None:
    with raises(FileAccessError):
        prepare(source, source / "list_attr_celeba.txt", SIDE)


def test_a_finished_set_is_opened_at_once(source: Path, out: Path) -> None:
    prepare(source, out, SIDE)
    before = content_of(out)
    events: list[Event] = []
    prepare(source, out, SIDE, JobContext(events.append))
    assert events == []
    assert content_of(out) == before


def test_a_finished_set_of_other_work_is_not_touched(source: Path, out: Path) -> None:
    prepare(source, out, SIDE)
    before = content_of(out)
    with raises(SettingsMismatch, match="finished set of another source or side"):
        prepare(source, out, SIDE + 1)
    (source / "img_align_celeba/000003.jpg").write_bytes(b"mended")
    with raises(SettingsMismatch):
        prepare(source, out, SIDE)
    assert content_of(out) == before


def test_two_runs_into_one_folder(source: Path, out: Path) -> None:
    with exclusive_lock(out), raises(Locked):
        prepare(source, out, SIDE)
    assert len(prepare(source, out, SIDE).names) == 12


def test_a_disk_too_small_is_found_first(source: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 1000}))
    with raises(DiskFull, match="free; make room"):
        prepare(source, out, SIDE)


@pytest.mark.parametrize(
    ("code", "error"),
    [(errno.ENOSPC, DiskFull), (errno.EROFS, FileAccessError), (errno.EACCES, FileAccessError)],
)
@pytest.mark.parametrize("name", ["images.npy.part", "journal.jsonl", "labels.npy", "manifest.json"])
def test_a_disk_that_fails_on_the_way_can_be_taken_up(
    name: str,
    code: int,
    error: type[SemblanteError],
    source: Path,
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Opening or replacing `name` fails as on a full or a read-only disk; afterwards the run goes on."""
    with monkeypatch.context() as failing:
        for method in ("open", "replace", "touch"):
            original = getattr(Path, method)

            def fail(path: Path, *args: Any, original: Any = original, **options: Any) -> Any:
                if name in path.name and path.parent == out:
                    raise OSError(code, "no", str(path))
                return original(path, *args, **options)

            failing.setattr(Path, method, fail)
        with raises(error, match=r"out"):
            prepare(source, out, SIDE)
    assert not (out / "manifest.json").exists()
    assert len(prepare(source, out, SIDE).names) == 12


def test_ctrl_c_ends_the_threads_and_the_run_goes_on(
    source: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "CHUNK_BYTES", 1)
    before = set(threading.enumerate())

    def interrupt(event: Event) -> None:
        if event == Progress("preparing", 5, 12):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(source, out, SIDE, JobContext(interrupt))
    assert set(threading.enumerate()) <= before
    check_the_rest_follows(source, out, tmp_path, done=5)


def check_the_rest_follows(source: Path, out: Path, tmp_path: Path, done: int) -> None:
    """The same call starts where a stopped one was, and ends with the same bytes as one never stopped."""
    events: list[Event] = []
    prepare(source, out, SIDE, JobContext(events.append))
    assert events == [Progress("preparing", rows, 12) for rows in range(done, 13)]
    prepare(source, tmp_path / "straight", SIDE)
    assert content_of(out) == content_of(tmp_path / "straight")


@pytest.mark.parametrize("asked", [1, 10, 20, 30, 36])
def test_a_cancelled_run_ends_soon_and_goes_on(
    asked: int, source: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelled when asked for the nth time: while the source is found, its lists are read, or later."""
    monkeypatch.setattr(preparation, "CHUNK_BYTES", 1)
    before = set(threading.enumerate())
    questions = iter(range(asked))
    rows: list[int] = []

    def note(event: Event) -> None:
        assert isinstance(event, Progress)
        rows.append(event.done)

    with pytest.raises(Cancelled):
        prepare(source, out, SIDE, JobContext(note, lambda: next(questions, None) is None))
    assert set(threading.enumerate()) <= before
    assert not (out / "manifest.json").exists()
    check_the_rest_follows(source, out, tmp_path, done=max(rows, default=0))


def test_a_slow_picture_does_not_hold_up_a_cancelled_run(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_official(tmp_path / "many", [f"{number:06}.jpg" for number in range(1, 61)])
    begun: list[bytes] = []

    def decode_slowly(content: bytes) -> Any:
        begun.append(content)
        time.sleep(0.05)
        return images.decode(content)

    def cancelled() -> bool:
        return bool(begun)

    monkeypatch.setattr(preparation, "decode", decode_slowly)
    monkeypatch.setattr(preparation, "CHUNK_BYTES", 1)
    with pytest.raises(Cancelled):
        prepare(source, out, SIDE, JobContext(cancelled=cancelled))
    # What the threads had in hand, of sixty.
    assert len(begun) <= 2 * usable_cores() + 2


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda out: (out / "manifest.json").unlink(), "no prepared set here"),
        (lambda out: (out / "manifest.json").write_text("{"), "does not fit"),
        (lambda out: (out / "manifest.json").write_text("[]"), "does not fit"),
        (
            lambda out: (out / "manifest.json").write_text('{"format": "x"}'),
            "format: 'x', expected 'semblante",
        ),
        (lambda out: (out / "images.npy").unlink(), r"images.npy: missing"),
        (lambda out: (out / "images.npy").write_bytes(b""), "does not fit"),
        (lambda out: _cut(out / "images.npy", 1), "does not fit"),
        (
            lambda out: (out / "images.npy").write_bytes((out / "splits.npy").read_bytes()),
            r"images.npy: uint8",
        ),
        (lambda out: _flip(out / "labels.npy"), r"labels.npy: SHA-256"),
        (lambda out: _flip(out / "names.txt"), r"names.txt: SHA-256"),
    ],
)
def test_a_folder_that_is_no_prepared_set(
    spoil: Callable[[Path], None], said: str, source: Path, out: Path
) -> None:
    prepare(source, out, SIDE)
    spoil(out)
    with raises(NotAPreparedSet, match=f"out.*{said}"):
        open_prepared(out)


def test_a_list_without_one_attribute_names_it(source: Path, out: Path) -> None:
    path = source / "list_attr_celeba.txt"
    path.write_text(path.read_text().replace("Wearing_Hat", "Wearing_Cat"))
    with raises(NotCelebA, match=r"Wearing_Hat"):
        prepare(source, out, SIDE)


def _cut(path: Path, count: int) -> None:
    path.write_bytes(path.read_bytes()[:-count])


def _flip(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
