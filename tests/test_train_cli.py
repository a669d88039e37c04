"""`semblante train` and `demo`: mistakes are said before PyTorch is loaded, and before any work."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from semblante.celeba import PreparedSet
from semblante.errors import MissingDependency
from semblante.train import check_packages
from semblante.train.settings import PACKAGES

WITHOUT = """
import builtins, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent!r}:
            raise ModuleNotFoundError(f"No module named {{name}}", name=name)

absent = Absent()
from importlib import util
found = util.find_spec
util.find_spec = lambda name, package=None: None if name in {absent!r} else found(name, package)
sys.meta_path.insert(0, absent)
from semblante.cli import run

code = run(sys.argv[1:])
print("torch loaded" if "torch" in sys.modules else "torch not loaded")
sys.exit(code)
"""


def semblante(*arguments: object, absent: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own that lacks some packages."""
    script = [sys.executable, "-c", WITHOUT.format(absent=absent), *map(str, arguments)]
    return subprocess.run(
        script, env={**os.environ, "LC_ALL": "C"}, check=False, capture_output=True, encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--recipe", "clasic"], "clasic"),
        (["--side", "8"], "side 8: must be from 22 to 512"),
        (["--side", "64"], "holds crops of 32 pixels, and 64 are asked for"),
        (["--epochs", "0"], "epochs 0"),
        (["--seed", "-1"], "seed -1"),
    ],
)
def test_a_mistake_is_said_before_pytorch_is_loaded(
    options: list[str], said: str, prepared: PreparedSet, tmp_path: Path
) -> None:
    done = semblante("train", prepared.folder, tmp_path / "out", *options)
    assert (done.returncode, done.stdout) == (2, "torch not loaded\n")
    assert said in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_prepared_set_that_is_none_is_said_before_pytorch_is_loaded(tmp_path: Path) -> None:
    done = semblante("train", tmp_path, tmp_path / "out")
    assert (done.returncode, done.stdout) == (2, "torch not loaded\n")
    assert "no prepared set here" in done.stderr


@pytest.mark.parametrize("command", ["train", "demo"])
def test_a_missing_extra_is_named_before_any_work(
    command: str, prepared: PreparedSet, tmp_path: Path
) -> None:
    folders = [prepared.folder, tmp_path / "out"] if command == "train" else [tmp_path / "out"]
    done = semblante(command, *folders, absent=("torch", "safetensors"))
    assert (done.returncode, done.stdout) == (2, "torch not loaded\n")
    assert "not installed: safetensors, torch; install them with: pip install '.[train]'" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_wrong_option_is_said_where_the_extra_is_missing_too(prepared: PreparedSet, tmp_path: Path) -> None:
    done = semblante("train", prepared.folder, tmp_path / "out", "--epochs", "0", absent=("torch",))
    assert "epochs 0" in done.stderr


def test_the_extra_is_checked_for_python_too(monkeypatch: pytest.MonkeyPatch) -> None:
    check_packages()
    monkeypatch.setattr("semblante.train.settings.find_spec", lambda name: None)
    with pytest.raises(MissingDependency) as caught:
        check_packages()
    assert caught.value.params["packages"] == list(PACKAGES)


def test_the_extra_names_the_packages_that_are_checked() -> None:
    text = (Path(__file__).resolve().parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    extra = text.partition("train = [")[2].partition("]")[0]
    assert [name for name in PACKAGES if f'"{name}>=' not in extra] == []
