"""The scripts' set-up, with a Python, a pip and a GPU that only write down what is asked of them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
INDEX = "https://download.pytorch.org/whl/cpu"
TORCH = next(
    line for line in (ROOT / "constraints.txt").read_text().splitlines() if line.startswith("torch==")
)

PYTHON = """#!/bin/sh
fails() { case "$*" in *--index-url*) return "$INDEX_FAILS" ;; esac; }
case "$*" in
    *"-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
    *"pip show"*) [ -e torch-is-there ] ;;
    *"pip install"*) echo "$*" >> asked; echo "pip's own progress"; fails "$*" ;;
    *urlopen*) exit "$NO_ANSWER" ;;
esac
"""
GPU = """#!/bin/sh
exit "$NO_GPU"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The scripts and what they read, in a folder of their own."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    fakes = tmp_path / "fakes"
    fakes.mkdir()
    for name, text in (("python3", PYTHON), ("nvidia-smi", GPU), ("uname", "#!/bin/sh\necho Linux\n")):
        (fakes / name).write_text(text)
        (fakes / name).chmod(0o755)
    return tmp_path


def setup(
    project: Path, tools: str = "", gpu: bool = False, answers: bool = True, has_build: bool = True
) -> tuple[list[str], str]:
    """Source `scripts/setup` as other scripts do: what pip was asked for, in order, and what was said."""
    (project / "asked").unlink(missing_ok=True)
    (project / "asked").touch()
    environment = {
        **os.environ,
        "PATH": f"{project / 'fakes'}:{os.environ['PATH']}",
        "NO_GPU": str(int(not gpu)),
        "NO_ANSWER": str(int(not answers)),
        "INDEX_FAILS": str(int(not has_build)),
    }
    done = subprocess.run(
        ["sh", "-c", f"tools={tools}; . scripts/setup"],
        cwd=project,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout == "", "what a script prints is its own"
    return (project / "asked").read_text().splitlines(), done.stderr


EVERYTHING = "-m pip install --constraint constraints.txt --editable .[app,train]"
PYTORCH = f"-m pip install --no-deps --index-url {INDEX} {TORCH}"


def test_without_a_gpu_pytorch_comes_from_its_own_index(project: Path) -> None:
    asked, said = setup(project)
    assert asked == [PYTORCH, EVERYTHING]
    first, *rest = said.splitlines()
    assert "1.3 GB" in first and "minutes" in first
    assert "pip's own progress" in rest, "pip is not silent"


@pytest.mark.parametrize(
    ("gpu", "answers", "has_build", "reason"),
    [
        (True, True, True, "An NVIDIA GPU is here"),
        (False, False, True, "does not answer"),
        (False, True, False, "has no build for this machine"),
    ],
)
def test_else_it_comes_from_the_usual_one_and_that_is_said(
    gpu: bool, answers: bool, has_build: bool, reason: str, project: Path
) -> None:
    asked, said = setup(project, gpu=gpu, answers=answers, has_build=has_build)
    assert asked[-1] == EVERYTHING
    assert (PYTORCH in asked) is (answers and not gpu)
    assert reason in said and "several GB" in said


def test_a_pytorch_that_is_there_is_kept(project: Path) -> None:
    (project / "torch-is-there").touch()
    assert setup(project)[0] == [EVERYTHING]


def test_it_is_done_once_and_again_where_what_is_needed_has_changed(project: Path) -> None:
    setup(project)
    assert setup(project) == ([], "")
    later = (project / ".venv" / ".ready-app,train").stat().st_mtime + 10
    os.utime(project / "constraints.txt", (later, later))
    assert setup(project)[0][-1] == EVERYTHING


def test_developers_tools_are_for_those_who_test_and_check(project: Path) -> None:
    setup(project)
    with_tools, _ = setup(project, tools="dev")
    assert with_tools[-1].endswith("--editable .[app,train,dev]")
    assert setup(project) == ([], ""), "who has the tools has all"
    scripts = {path.name for path in (ROOT / "scripts").iterdir() if "\ntools=dev\n" in path.read_text()}
    assert scripts == {"test", "check"}


def test_an_old_python_is_refused(project: Path) -> None:
    (project / "fakes" / "python3").write_text("#!/bin/sh\nexit 1\n")
    for name in ("python3.11", "python3.12", "python3.13", "python3.14", "python"):
        shutil.copy(project / "fakes" / "python3", project / "fakes" / name)
    with pytest.raises(subprocess.CalledProcessError) as failed:
        setup(project)
    assert failed.value.stderr == "Python 3.11 or newer with its venv module is needed\n"


APT = """#!/bin/sh
echo "$*" >> asked
exit "$APT_FAILS"
"""


def install_chromium(
    folder: Path, user: int = 0, apt: int | None = 0, has_it: bool = False
) -> tuple[int, str]:
    """How often `scripts/install-chromium` asks apt-get, which ends with `apt`, and what it says."""
    fakes = {"id": f"#!/bin/sh\necho {user}\n", "timeout": '#!/bin/sh\nshift\nexec "$@"\n'}
    fakes |= {} if apt is None else {"apt-get": APT}
    fakes |= {"chromium": "#!/bin/sh\n"} if has_it else {}
    for name, text in fakes.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    environment = {"PATH": str(folder), "APT_FAILS": str(apt)}
    command = ["/bin/sh", str(ROOT / "scripts" / "install-chromium")]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=True
    )
    asked = folder / "asked"
    return len(asked.read_text().splitlines()) if asked.exists() else 0, done.stderr


def test_a_browser_is_installed_where_it_is_missing(tmp_path: Path) -> None:
    assert install_chromium(tmp_path) == (2, "")
    assert "install --yes --no-install-recommends chromium" in (tmp_path / "asked").read_text()


def test_a_browser_that_is_there_is_kept(tmp_path: Path) -> None:
    assert install_chromium(tmp_path, has_it=True) == (0, "")


@pytest.mark.parametrize(
    ("user", "apt", "asks", "reason"),
    [(1000, 0, 0, "only root"), (0, None, 0, "no apt-get"), (0, 100, 2, "does not give it")],
)
def test_without_a_browser_that_is_said_and_no_error(
    user: int, apt: int | None, asks: int, reason: str, tmp_path: Path
) -> None:
    asked, said = install_chromium(tmp_path, user, apt)
    assert asked == asks
    assert reason in said and "are skipped" in said
