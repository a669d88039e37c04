"""The command line as a process: speed, Ctrl-C, pipes, and what is not installed."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import celeba_tiny
import pytest

from semblante.celeba import PreparedSet
from semblante.model.bundle import Bundle

pytestmark = pytest.mark.slow

SEMBLANTE = [sys.executable, "-m", "semblante"]
ENGLISH = {
    **{name: value for name, value in os.environ.items() if name not in ("LC_ALL", "LC_MESSAGES", "LANG")},
    "OMP_NUM_THREADS": "1",
}
WITHOUT = "import sys; sys.modules[{missing!r}] = None; from semblante.cli import main; main()"
"""Runs the command where a package is not installed."""


def _run(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [*SEMBLANTE, *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=False, env=ENGLISH | environment
    )


def _cpu_s(command: Sequence[str]) -> float:
    """What user and system time a process takes."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=ENGLISH)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_utime + usage.ru_stime


def test_help_answers_at_once() -> None:
    assert min(_cpu_s([*SEMBLANTE, "--help"]) for _ in range(3)) < 0.5


def test_help_in_spanish() -> None:
    for said in (_run("--lang", "es", "prepare", "--help"), _run("prepare", "--help", LC_ALL="es_ES.UTF-8")):
        assert said.returncode == 0
        for spanish in ("Convertir CelebA", "Opciones", "El lado de los recortes cuadrados, en píxeles."):
            assert spanish in said.stdout
        for english in ("Usage", "Options", "Arguments", "Show this message", "required"):
            assert english not in said.stdout


@pytest.mark.parametrize("missing", ["torch", "onnx", "onnxscript", "safetensors", "tensorboardX"])
def test_training_that_is_not_installed(missing: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT.format(missing=missing), "train", "data", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=ENGLISH)
    assert done.returncode == 2
    assert f"this needs packages that are not installed: {missing};" in done.stderr
    assert "pip install '.[train]'" in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def _interrupt(command: Sequence[str], is_at_work: Callable[[], bool]) -> tuple[int, str]:
    """Start a command, press Ctrl-C once it is at work, and return its exit code and standard error."""
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=ENGLISH,
        start_new_session=True,
        # Whoever runs the tests in the background may have turned the signal off.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            deadline_s = time.monotonic() + 60
            while not is_at_work() and process.poll() is None and time.monotonic() < deadline_s:
                time.sleep(0.005)
            assert process.poll() is None, "ended too early to be interrupted"
            # A terminal sends the signal to every process of the group.
            os.killpg(process.pid, signal.SIGINT)
            _, err = process.communicate(timeout=30)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, err


def test_ctrl_c_while_preparing(tmp_path: Path) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    names = [f"{number:06}.jpg" for number in range(1, 12_001)]
    celeba_tiny.write(source, celeba_tiny.official_lists(names))
    (source / "img_align_celeba").mkdir()
    first = source / "img_align_celeba" / names[0]
    first.write_bytes(celeba_tiny.picture(1))
    for name in names[1:]:
        os.link(first, first.with_name(name))
    code, err = _interrupt(
        [*SEMBLANTE, "prepare", str(source), str(out), "--side", "64"],
        lambda: (out / "images.npy.part").exists(),
    )
    assert code == 130
    assert "Stopped. Nothing is lost" in err and "Traceback" not in err
    assert not (out / "manifest.json").exists()


def test_ctrl_c_while_training(prepared: PreparedSet, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, err = _interrupt(
        [*SEMBLANTE, "train", str(prepared.folder), str(out), "--side", "32", "--epochs", "5000"],
        lambda: (out / "log.csv").exists(),
    )
    assert code == 130
    assert "Stopped. Nothing is lost" in err and "Traceback" not in err
    assert (out / "checkpoint.safetensors").exists() and not (out / "manifest.json").exists()


def test_a_reader_that_has_seen_enough() -> None:
    """As in `semblante --help | true`: no complaint, and no failure."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        command = [*SEMBLANTE, "--help"]
        done = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, check=False, env=ENGLISH)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_whole_road_as_processes(bundle: Bundle, drawn: Path, tmp_path: Path) -> None:
    """Learn and recognise with a file whose name is not valid text: JSON keeps it, escaped."""
    pictures = sorted((drawn / "img_align_celeba").iterdir())
    me, others = tmp_path / "train" / "Ana", tmp_path / "train" / "others"
    for number, picture in enumerate(pictures[:46]):
        place = me if number < 6 else others
        place.mkdir(exist_ok=True, parents=True)
        os.link(picture, place / picture.name)
    person = tmp_path / "ana.json"
    learnt = _run("learn", "Ana", "--course", tmp_path, "--base", bundle.folder, "--out", person)
    assert learnt.returncode == 0, learnt.stderr
    odd = os.fsdecode(os.fsencode(me) + b"/\xff.jpg")
    os.link(pictures[0], odd)
    said = _run("recognise", "--aligned", person, me, "--base", bundle.folder, "--json")
    assert said.returncode == 0, said.stderr
    sources = [answer["path"] for answer in json.loads(said.stdout)["answers"]]
    assert sources == [*(str(path) for path in sorted(me.iterdir()))]
    for option in ((), ("--csv",)):
        assert _run("recognise", "--aligned", person, odd, "--base", bundle.folder, *option).returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_output_that_finds_no_room_is_said() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*SEMBLANTE, "--version"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=ENGLISH,
        )
    assert (done.returncode, done.stderr) == (2, "The disk that the output goes to is full\n")
