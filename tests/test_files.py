"""Writing: whole or not at all, one run a folder, and sentences for what the disk refuses."""

import contextlib
import errno
import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sentences import raises

from semblante.errors import Cancelled, DiskFull, FileAccessError, Locked, UserError
from semblante.files import (
    LOCK_NAME,
    atomic_write,
    check_disk_space,
    exclusive_lock,
    partials_of,
    replace_when_done,
    sha256_of,
    translate_os_errors,
    write_json,
)
from semblante.i18n import describe

HOLD = """
import sys
from pathlib import Path
from semblante.files import exclusive_lock

with exclusive_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
"""A process that holds a folder until its input ends."""


@contextlib.contextmanager
def _other_run(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(("content", "bytes_"), [("ñ", b"\xc3\xb1"), (b"\xff\x00", b"\xff\x00"), ("", b"")])
def test_text_is_written_as_utf8_and_bytes_as_they_are(
    content: str | bytes, bytes_: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "new folder" / "file"
    atomic_write(path, content)
    assert path.read_bytes() == bytes_
    assert _names(path.parent) == ["file"]


def test_json_is_readable_and_strict(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"name": "李雷"})
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == '{\n  "name": "李雷"\n}\n'
    with pytest.raises(ValueError):
        write_json(tmp_path / "a.json", {"loss": float("nan")})
    assert "李雷" in (tmp_path / "a.json").read_text(encoding="utf-8"), "the old file must stay"


@pytest.mark.parametrize("error", [RuntimeError("bug"), KeyboardInterrupt(), MemoryError()])
def test_a_writer_that_fails_leaves_the_old_file(error: BaseException, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(type(error)), replace_when_done(tmp_path / "file") as partial:
        partial.write_bytes(b"half")
        raise error
    assert (tmp_path / "file").read_bytes() == b"old"
    assert _names(tmp_path) == ["file"]


def test_two_writers_of_one_file_in_one_process_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with replace_when_done(path) as first:
        first.write_bytes(b"first, ")
        with replace_when_done(path) as second:
            second.write_bytes(b"second")
        assert path.read_bytes() == b"second"
        with first.open("ab") as more:
            more.write(b"whole")
        assert partials_of(tmp_path, ["file"]) == [first]
    assert path.read_bytes() == b"first, whole"
    assert _names(tmp_path) == ["file"]


@pytest.mark.parametrize("step", ["write_bytes", "fsync", "replace"])
@pytest.mark.parametrize(
    ("code", "raised", "advice"),
    [
        (errno.ENOSPC, DiskFull, "the disk is full; make room"),
        (errno.EDQUOT, DiskFull, "the disk is full; make room"),
        (errno.EROFS, FileAccessError, "no permission to read or write here; choose another folder"),
        (errno.EACCES, FileAccessError, "no permission to read or write here; choose another folder"),
        (errno.EIO, FileAccessError, "Input/output error; check the path and the disk"),
    ],
)
def test_a_disk_that_fails(
    step: str,
    code: int,
    raised: type[UserError],
    advice: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever step fails, the old file stays, nothing else does, and the sentence names the file."""
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(target: Any, *_: Any) -> None:
        if isinstance(target, Path) and step == "write_bytes":
            target.touch()
        raise OSError(code, os.strerror(code), *([str(target)] if isinstance(target, Path) else []))

    monkeypatch.setattr(os if step == "fsync" else Path, step, fail)
    with raises(raised, match=advice) as caught:
        atomic_write(path, b"new")
    assert describe(caught.value).startswith(f"{path}: "), "the temporary file's name tells nobody anything"
    assert path.read_bytes() == b"old"
    assert _names(tmp_path) == ["file"]


def test_a_read_only_disk_that_refuses_to_clean_up_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Linux even removing a file that is not there fails with EROFS."""

    def refuse(path: Path, *_: Any, **__: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    with raises(FileAccessError, match="no permission"):
        atomic_write(tmp_path / "file", b"new")


@pytest.mark.parametrize(
    ("name", "advice", "reason"),
    [
        ("file/inside.json", "file", "a file where a folder should be"),
        ("n" * 300, "File name too long", "a name that no disk takes"),
        ("folder", "a folder, where a file is expected", "a folder where the file should be"),
    ],
)
def test_a_place_that_cannot_be_written(name: str, advice: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "folder").mkdir()
    with raises(FileAccessError, match=advice):
        atomic_write(tmp_path / name, b"new")
    assert _names(tmp_path) == ["file", "folder"], reason


@pytest.mark.parametrize(
    ("error", "sentence", "reason"),
    [
        (
            FileNotFoundError(errno.ENOENT, "no", "/a/b"),
            "/a/b: there is no such file",
            "the error names a file",
        ),
        (FileNotFoundError(errno.ENOENT, "no"), "given: there is no such file", "it names none"),
        (OSError("broken data stream"), "given: broken data stream; check", "it has a message only"),
        (OSError(errno.EBADF, "Bad file", 7), "given: Bad file; check", "it names a descriptor's number"),
    ],
)
def test_errors_in_words(error: OSError, sentence: str, reason: str) -> None:
    with pytest.raises(FileAccessError) as caught, translate_os_errors(Path("given")):
        raise error
    assert describe(caught.value).startswith(sentence), reason
    assert caught.value.__cause__ is error


def test_other_errors_pass_unexplained() -> None:
    with pytest.raises(ValueError, match="a bug"), translate_os_errors(Path("x")):
        raise ValueError("a bug")


def test_a_second_run_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    with _other_run(folder):
        with raises(Locked, match="another run is writing here; wait for it"), exclusive_lock(folder):
            pytest.fail("two runs in one folder")
        with exclusive_lock(tmp_path / "elsewhere"):
            pass


def test_the_lock_goes_with_its_process(tmp_path: Path) -> None:
    with _other_run(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert (tmp_path / LOCK_NAME).exists(), "the lock's file stays; what counts is who holds it"
        with exclusive_lock(tmp_path):
            pass


def test_the_lock_is_freed_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), exclusive_lock(tmp_path):
        raise RuntimeError
    with exclusive_lock(tmp_path):
        pass


def test_a_folder_to_hold_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with raises(FileAccessError, match="file"), exclusive_lock(tmp_path / "file"):
        pytest.fail("held a file")


def test_room_is_that_of_the_nearest_folder_that_exists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def usage(path: Path) -> Any:
        asked.append(path)
        return type("Usage", (), {"free": 5_000_000})

    monkeypatch.setattr("shutil.disk_usage", usage)
    folder = tmp_path / "not" / "yet"
    check_disk_space(folder, 5_000_000)
    with raises(DiskFull, match=f"{folder}: 6 MB needed, 5 MB free; make room or choose another disk"):
        check_disk_space(folder, 5_000_001)
    assert asked == [tmp_path, tmp_path]


def test_the_hash_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    # FIPS 180-2, appendix B.1.
    assert sha256_of(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    with raises(FileAccessError, match="no such file"):
        sha256_of(tmp_path / "none")


def test_hashing_a_large_file_can_be_stopped_after_each_mebibyte(tmp_path: Path) -> None:
    path, asked = tmp_path / "large", 0
    content = bytes(range(256)) * (5 << 12)
    path.write_bytes(content)

    def check() -> None:
        nonlocal asked
        asked += 1
        if asked == last:
            raise Cancelled

    last = -1
    assert sha256_of(path, check) == sha256_of(path) == hashlib.sha256(content).hexdigest()
    assert asked == 5
    asked, last = 0, 2
    with pytest.raises(Cancelled):
        sha256_of(path, check)
    assert asked == 2
