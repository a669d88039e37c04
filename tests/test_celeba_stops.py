"""What stops a run, what a stopped run leaves behind, and folders that are no prepared set."""

import errno
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celeba_tiny import (
    content_of,
    write,
    write_official,
)

from semblante.celeba import open_prepared, preparation, prepare
from semblante.errors import (
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

SIDE = 24


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_official(tmp_path / "source")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.mark.parametrize("side", [-1, 0, 15, 513, 10**9])
def test_a_side_that_cannot_work(side: int, source: Path, out: Path) -> None:
    with pytest.raises(InvalidOption, match=f"side {side}: must be from 16 to 512"):
        prepare(source, out, side)
    assert not out.exists()


def test_other_files_are_left_alone(source: Path, out: Path) -> None:
    write(out, {"thesis.docx": b"x"})
    with pytest.raises(FolderNotEmpty, match=r"thesis.docx"):
        prepare(source, out, SIDE)
    assert content_of(out) == {"thesis.docx": b"x"}


def test_the_source_is_no_place_to_write(source: Path) -> None:
    with pytest.raises(FolderNotEmpty):
        prepare(source, source, SIDE)


def test_a_file_is_no_folder(source: Path, tmp_path: Path) -> None:
    with pytest.raises(FileAccessError):
        prepare(source, source / "list_attr_celeba.txt", SIDE)


def test_a_finished_set_is_opened_at_once(source: Path, out: Path) -> None:
    prepare(source, out, SIDE)
    before = content_of(out)
    calls: list[int] = []
    prepare(source, out, SIDE, lambda done, total: calls.append(done))
    assert calls == []
    assert content_of(out) == before


def test_a_finished_set_of_other_work_is_not_touched(source: Path, out: Path) -> None:
    prepare(source, out, SIDE)
    before = content_of(out)
    with pytest.raises(SettingsMismatch, match="finished set of another source or side"):
        prepare(source, out, SIDE + 1)
    (source / "img_align_celeba/000003.jpg").write_bytes(b"mended")
    with pytest.raises(SettingsMismatch):
        prepare(source, out, SIDE)
    assert content_of(out) == before


def test_two_runs_into_one_folder(source: Path, out: Path) -> None:
    with exclusive_lock(out), pytest.raises(Locked):
        prepare(source, out, SIDE)
    assert len(prepare(source, out, SIDE).names) == 12


def test_a_disk_too_small_is_found_first(source: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 1000}))
    with pytest.raises(DiskFull, match="free; make room"):
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
        with pytest.raises(error, match=r"out"):
            prepare(source, out, SIDE)
    assert not (out / "manifest.json").exists()
    assert len(prepare(source, out, SIDE).names) == 12


def test_ctrl_c_ends_the_threads_and_the_run_goes_on(
    source: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "CHUNK_BYTES", 1)

    def interrupt(done: int, total: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(source, out, SIDE, interrupt)
    assert threading.active_count() == 1
    calls: list[int] = []
    prepare(source, out, SIDE, lambda done, total: calls.append(done))
    assert calls == list(range(5, 13))
    prepare(source, tmp_path / "straight", SIDE)
    assert content_of(out) == content_of(tmp_path / "straight")


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
    with pytest.raises(NotAPreparedSet, match=f"out.*{said}"):
        open_prepared(out)


def test_a_list_without_one_attribute_names_it(source: Path, out: Path) -> None:
    path = source / "list_attr_celeba.txt"
    path.write_text(path.read_text().replace("Wearing_Hat", "Wearing_Cat"))
    with pytest.raises(NotCelebA, match=r"Wearing_Hat"):
        prepare(source, out, SIDE)


def _cut(path: Path, count: int) -> None:
    path.write_bytes(path.read_bytes()[:-count])


def _flip(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
