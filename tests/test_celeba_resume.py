"""Killed at any moment, a run goes on where it was, and the folder is the same to the byte."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from celeba_tiny import NAMES, content_of, write_official
from sentences import raises

from semblante.celeba import preparation, prepare
from semblante.celeba.writing import JOURNAL, PART
from semblante.errors import SettingsMismatch
from semblante.jobs import Event, JobContext, Progress

SIDE = 24

KILLED_IN = """
import os, pathlib, pkgutil, signal, sys
from semblante.celeba import preparation

target, call, source, out = sys.argv[1:]
preparation.CHUNK_BYTES = 4_000
module, _, name = target.rpartition(".")
place = pkgutil.resolve_name(module)
original, calls = getattr(place, name), 0

def deadly(*args, **options):
    global calls
    calls += 1
    if calls == int(call):
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*args, **options)

setattr(place, name, deadly)
preparation.prepare(pathlib.Path(source), pathlib.Path(out), 24)
"""
"""Runs `prepare` and kills its own process on entering a function for the nth time."""

DAMAGED = "000004.jpg"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = write_official(tmp_path_factory.mktemp("celeba") / "source")
    (source / "img_align_celeba" / DAMAGED).write_bytes(b"damaged")
    return source


@pytest.fixture(scope="module")
def straight(source: Path) -> dict[str, bytes]:
    """The folder of a run that nothing interrupted."""
    prepare(source, source.parent / "straight", SIDE)
    return content_of(source.parent / "straight")


@pytest.mark.parametrize(
    ("target", "call", "moment"),
    [
        ("semblante.celeba.preparation.open_writer", 1, "before anything is written"),
        ("semblante.celeba.writing.Writer.append", 1, "before the first chunk"),
        ("semblante.celeba.writing.Writer.append", 4, "between two chunks"),
        ("semblante.celeba.writing.Writer._absorb", 3, "after a journal line"),
        ("semblante.celeba.writing.asdict", 4, "after crops, before their journal line"),
        ("semblante.celeba.preparation._finish", 1, "after the last chunk"),
        ("semblante.celeba.preparation.finish_images", 1, "before the images have their name"),
        ("semblante.celeba.preparation.set_sha256", 1, "after the images have their name"),
        ("semblante.celeba.preparation.write_json", 1, "before the manifest"),
        ("semblante.files.os.fsync", 2, "while a small file is a temporary one"),
        ("semblante.files.os.fsync", 7, "while the manifest is a temporary one"),
        ("semblante.celeba.preparation.open_prepared", 1, "when all is done"),
    ],
)
def test_killed_and_run_again(
    target: str, call: int, moment: str, source: Path, straight: dict[str, bytes], tmp_path: Path
) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED_IN, target, str(call), source, tmp_path / "out"])
    assert killed.returncode == -signal.SIGKILL
    prepare(source, tmp_path / "out", SIDE)
    assert content_of(tmp_path / "out") == straight


def test_killed_again_and_again(source: Path, straight: dict[str, bytes], tmp_path: Path) -> None:
    target = "semblante.celeba.writing.asdict"
    codes = [
        subprocess.run([sys.executable, "-c", KILLED_IN, target, "2", source, tmp_path / "out"]).returncode
        for _ in range(3)
    ]
    assert codes == [-signal.SIGKILL] * 3
    prepare(source, tmp_path / "out", SIDE)
    assert content_of(tmp_path / "out") == straight


@pytest.fixture
def unfinished(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which a run was stopped after five rows, a row a chunk."""
    monkeypatch.setattr(preparation, "CHUNK_BYTES", 1)

    def stop(event: Event) -> None:
        if event == Progress("preparing", 5, 12):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(source, tmp_path / "out", SIDE, JobContext(stop))
    return tmp_path / "out"


@pytest.mark.parametrize(
    ("name", "bytes_cut", "first_call", "why"),
    [
        (JOURNAL, 0, 5, "nothing is lost"),
        (JOURNAL, 3, 4, "the last journal line was half on the disk"),
        (PART, 1, 4, "the last crop was not whole on the disk"),
        (PART, 2 * SIDE * SIDE * 3, 2, "two crops never came to the disk; between them a row left out"),
        (PART, 10**9, 0, "no crop came to the disk"),
    ],
)
def test_what_a_power_cut_took_is_done_again(
    name: str,
    bytes_cut: int,
    first_call: int,
    why: str,
    source: Path,
    straight: dict[str, bytes],
    unfinished: Path,
) -> None:
    path = unfinished / name
    os.truncate(path, max(0, path.stat().st_size - bytes_cut))
    events: list[Event] = []
    prepare(source, unfinished, SIDE, JobContext(events.append))
    assert events[0] == Progress("preparing", first_call, 12)
    assert content_of(unfinished) == straight


def test_a_changed_byte_is_found_on_resuming(
    source: Path, straight: dict[str, bytes], unfinished: Path
) -> None:
    content = bytearray((unfinished / PART).read_bytes())
    content[-1] ^= 1
    (unfinished / PART).write_bytes(content)
    prepare(source, unfinished, SIDE)
    assert content_of(unfinished) == straight


def test_unfinished_work_of_another_source_or_side_is_kept(
    source: Path, unfinished: Path, tmp_path: Path
) -> None:
    before = content_of(unfinished)
    with raises(SettingsMismatch, match="unfinished work of another source or side"):
        prepare(source, unfinished, SIDE + 1)
    with raises(SettingsMismatch):
        prepare(write_official(tmp_path / "other", NAMES[:6]), unfinished, SIDE)
    assert content_of(unfinished) == before
