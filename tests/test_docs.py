"""What the documents show is true: commands and Python run as shown, links lead somewhere, pages fit."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from semblante.model.bundle import has_pretrained

ROOT = Path(__file__).resolve().parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)

SMALLER = {
    # What the pages show is meant for real data and real patience; a test has neither.
    # A network of one epoch knows nobody: it cannot tell which face photos have in common.
    "learn Ana photos/ana --not photos/others --base": "learn Ana --course course --base",
    "learn Ana photos/ana": "learn Ana photos/ana --false-match-rate 0.1",
    "--side 64": "--side 24",
    "prepare celeba prepared": "prepare celeba prepared --side 24",
    "--recipe modern": "--recipe modern --side 24",
    "--recipe": "--epochs 1 --recipe",
    "people=100, pictures_each=10": "people=20, pictures_each=6",
    "side_px=32": "side_px=24",
    "epochs=12": "epochs=1",
}


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks of `page` in `language`."""
    return [code for tag, code in BLOCK.findall(page.read_text(encoding="utf-8")) if tag == language]


def smaller(text: str) -> str:
    """`text` with all that takes long made small."""
    for shown, small in SMALLER.items():
        text = text.replace(shown, small)
    return text


def semblante(command: str) -> subprocess.CompletedProcess[str]:
    """Run a line of the README as its reader would."""
    arguments = [sys.executable, "-m", *shlex.split(command)]
    return subprocess.run(arguments, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the working directory of an English-speaking user."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("SEMBLANTE_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.mark.slow
def test_the_commands_of_the_readme_run_as_shown(
    somewhere_else: Path, drawn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from semblante.generate import write_person, write_strangers

    Path("passphrase.txt").write_text("a long line that only you know\n")
    monkeypatch.setenv("SEMBLANTE_PASSPHRASE_FILE", "passphrase.txt")  # Encrypted on the way.

    (somewhere_else / "celeba").symlink_to(drawn)
    photos, course = somewhere_else / "photos", somewhere_else / "course"
    write_person(photos / "ana", "ana", seed=1, person=0, count=8)
    write_strangers(photos / "others", "other", seed=1, people=range(1, 25))
    write_strangers(photos / "new", "new", seed=1, people=[30, 31, 32])
    write_person(photos / "new", "hers", seed=1, person=0, count=2)
    for part, person, seed in (("train", 0, 1), ("validation", 0, 2)):
        write_person(course / part / "Ana", "ana", seed, person, count=6)
        write_strangers(course / part / "others", "other", seed, range(1, 13))

    commands = [
        line
        for block in blocks(ROOT / "README.md", "sh")
        for line in block.splitlines()
        if line.startswith("semblante ")
    ]
    assert {command.split()[1] for command in commands} == {
        "attributes", "card", "details", "encrypt", "evaluate", "explain", "faces", "find", "forget",
        "holdings", "ignore", "inspect", "learn", "people", "prepare", "recognise", "review", "scan",
        "sort", "train", "undo",
    }  # fmt: skip
    said = ""
    for command in commands:
        done = semblante(smaller(command))
        said += done.stdout
        assert done.returncode == 0, f"{command}\n{done.stderr}"
    written = [
        "prepared/manifest.json",
        "classic/network.onnx",
        "modern/evaluation-val.html",
        "ana.html",
        "smiling.png",
        "faces.png",
    ]
    assert [name for name in written if not (somewhere_else / name).is_file()] == []
    assert "new-03.jpg" in said


@pytest.mark.slow
def test_the_python_of_the_readme_runs_as_shown(
    somewhere_else: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = blocks(ROOT / "README.md", "python")
    exec(compile(code, "README.md", "exec"), {"__name__": "__main__"})
    first, verified, *decisions, found = capsys.readouterr().out.splitlines()
    assert first.endswith("(128,)")
    assert verified == "same different"
    ana, others = decisions[:10], decisions[10:]
    assert all(re.match(r"photos/\S+\.jpg (yes|no|unsure) \d\.\d+(e-\d+)?$", line) for line in decisions)
    assert sum(" yes " in line for line in ana) > 5 and len(others) == 20
    assert sum(" no " in line for line in others) > 15
    count = re.fullmatch(r"(\d+) photos in the index show or may show Ana", found)
    assert count and 10 <= int(count[1]) <= 25


@pytest.mark.slow
def test_the_python_for_programs_runs_as_shown(
    somewhere_else: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from semblante.generate import write_person, write_strangers
    from semblante.model.bundle import load_pretrained

    write_person(Path("photos/ana"), "ana", seed=1, person=24, count=10)
    write_strangers(Path("photos/new"), "new", seed=1, people=[30, 31, 32])
    shutil.copy(load_pretrained().network_path, "network.onnx")
    names: dict[str, object] = {"__name__": "__main__"}
    for code in blocks(ROOT / "docs/programs.md", "python"):
        exec(compile(smaller(code), "programs.md", "exec"), names)
    said = capsys.readouterr().out.splitlines()
    for shown in (
        r"box \(.*\) left eye \(.*\) between the eyes \d+\.\d+",
        r"(smiles|does not smile) \(128,\)",
        r"same 0\.\d\d 0\.\d+ 0\.001 None",
        r"1 face",
        r"photos/ana/ana-01\.jpg 1",
        r"\(100, 128\) \(100, 40\)",
        r"photos/new/new-01\.jpg (yes|no|unsure) [01]\.\d+ .*",
        r"told apart: True",
        r"by age: AgeEvidence\(faces=96, right_by_one=92, right_by_age=93, kept=False\) \[\]",
        r"13 photos, 13 faces",
        r"/.*/photos/ana/ana-02\.jpg yes 0\.\d+",
        r"Ana \['ana-\d\d\.jpg', .*\]",
        r"Anna 9 photos, 1 answered no, before: \('Ana',\)",
        r"\['rename', 'answer'\] taken back",
        r"\('Ana',\)",
        r"stopped; the next scan continues",
        r"file_missing \{'path': .*nobody\.jpg'\)\}",
        r"photos/nobody\.jpg: .*",
        r"epoch 1 of 1: \d+\.\d%, balanced \d+\.\d%",
        r"accuracy: \d+\.\d%, baseline \d+\.\d%",
        r"balanced accuracy: \d+\.\d%",
        r"\['.*'\]",  # Attributes.
    ):
        assert any(re.fullmatch(shown, line) for line in said), f"{shown}\n" + "\n".join(said)
    commands = [line for block in blocks(ROOT / "docs/programs.md", "sh") for line in block.splitlines()]
    for command in commands:
        if command.startswith("semblante"):  # They need a network of others; `test_adoption` has one.
            _, verb, *given = shlex.split(command)
            known = semblante(f"semblante {verb} --help").stdout
            assert [each for each in given if each.startswith("--") and each not in known] == []
            continue
        arguments = [sys.executable, *shlex.split(command)[1:]]
        done = subprocess.run(arguments, capture_output=True, encoding="utf-8", check=False)
        assert Path(done.stdout.strip()).name == "network.onnx", done.stderr


def test_the_small_values_stand_for_what_the_pages_show() -> None:
    pages = (ROOT / "README.md", ROOT / "docs/programs.md")
    shown = "".join(code for page in pages for tag in ("sh", "python") for code in blocks(page, tag))
    assert [text for text in SMALLER if text not in shown] == []


def test_the_script_that_makes_the_pretrained_model_is_whole() -> None:
    """It needs CelebA and an hour and a half; here, that the shell understands it and its options exist."""
    script = ROOT / "scripts/train-shipped"
    subprocess.run(["sh", "-n", script], check=True)
    for command in re.findall(r"semblante (prepare|train) (.*)", script.read_text(encoding="utf-8")):
        known = semblante(f"semblante {command[0]} --help").stdout
        assert [option for option in re.findall(r"--\w+", command[1]) if option not in known] == []


def test_both_readmes_show_the_same_code() -> None:
    code = [
        BLOCK.findall((ROOT / name).read_text(encoding="utf-8")) for name in ("README.md", "README.es.md")
    ]
    assert code[0] == code[1]


def test_both_readmes_have_the_same_results() -> None:
    """The same number of rows, and in each the same command."""
    commands = [
        [
            row.rsplit("|", 2)[1]
            for row in re.findall(r"^\| .*\|$", page.read_text(encoding="utf-8"), re.M)[2:]
        ]
        for page in (ROOT / "README.md", ROOT / "README.es.md")
    ]
    as_code = [[re.findall(r"`.*?`", command) for command in each] for each in commands]
    assert len(as_code[0]) >= 10
    assert as_code[0] == as_code[1]


def test_the_page_of_commands_is_current(tmp_path: Path) -> None:
    fresh = tmp_path / "commands.md"
    subprocess.run([sys.executable, ROOT / "scripts/write_commands.py", fresh], check=True)
    # Words, not layout: blanks are typer's affair and may differ from one of its versions to the next.
    shown, current = (page.read_text(encoding="utf-8").split() for page in (ROOT / "docs/commands.md", fresh))
    assert shown == current, "run scripts/docs"


@pytest.mark.skipif(not has_pretrained(), reason="the package has no pretrained model")
@pytest.mark.parametrize("name", ["model-card.md", "model-card.es.md"])
def test_the_cards_are_current(name: str, tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "scripts/write_cards.py", tmp_path], check=True)
    shown, current = (page.read_text(encoding="utf-8") for page in (ROOT / "docs" / name, tmp_path / name))
    assert shown == current, "run scripts/docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    scripts = [f"{ROOT}/{name}" for name in re.findall(r"\b(?:scripts|bench)/[\w.-]+\w", text)]
    assert [target for target in [*links, *scripts] if not (page.parent / target).exists()] == []
    anchors = re.findall(r"\]\(((?!http)[^)\s]*#[^)\s]+)\)", text)
    assert [link for link in anchors if not _has_heading(page, link)] == []


def _has_heading(page: Path, link: str) -> bool:
    """Whether the page that a link on `page` leads to has the heading that it names."""
    target, _, anchor = link.partition("#")
    headings = re.findall(
        r"^#+ (.*)$", (page.parent / target if target else page).read_text(encoding="utf-8"), re.M
    )
    return anchor in [re.sub(r"[^\w\- ]", "", each).replace(" ", "-").lower() for each in headings]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_modules_that_are_named_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`(?:src/)?(?:semblante/)?(\w+(?:/\w+)*\.(?:py|po))`", text)
    folders = (ROOT, ROOT / "src/semblante", ROOT / "src/semblante/pretrained")
    assert [name for name in named if not any((folder / name).exists() for folder in folders)] == []
