"""What commands print: tables in which every path can be copied, and output for programs that is UTF-8."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Cli
from faces_made_up import direction, face
from PIL import Image
from rich.console import Console

from semblante.errors import Reason
from semblante.i18n import Language, speaking
from semblante.model.bundle import load_pretrained
from semblante.person import Decision
from semblante.report import card_blocks
from semblante.report.blocks import Paragraph, Table
from semblante.report.data import skipped_table
from semblante.report.text import print_to
from semblante.report.wording import answers_table

LONG = f"photos/{'a folder with a long name/' * 4}IMG 2024-05-01 at the sea.jpg"
ANSWERS = [
    Decision("short.jpg", "yes", 0.98),
    Decision(LONG, "unsure", 0.5, Reason("face_unreliable", {"issues": "it is blurred"})),
]
LOCALES = [
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "cp1252"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "C.UTF-8"},
]


def printed(console: Console) -> list[str]:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def terminal(width: int) -> Console:
    return Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)


def pipe(width: int = 80) -> Console:
    return Console(file=io.StringIO(), width=width)


@pytest.mark.parametrize("console", [pipe(), pipe(20), terminal(80), terminal(20), terminal(300)])
def test_a_path_is_never_split_or_cut(console: Console) -> None:
    print_to(console, answers_table(ANSWERS))
    lines = printed(console)
    assert sum(LONG in line for line in lines) == 1 and sum("short.jpg" in line for line in lines) == 1


@pytest.mark.parametrize("console", [pipe(), terminal(300)])
def test_where_there_is_room_a_row_is_one_line(console: Console) -> None:
    print_to(console, answers_table(ANSWERS))
    (row,) = [line.split() for line in printed(console) if LONG in line]
    assert row[:2] == ["unsure", "50.0%"] and row[-1] == "blurred"


@pytest.mark.parametrize(
    ("language", "heading"), [("en", "Answer  Probability"), ("es", "Respuesta  Probab")]
)
def test_on_a_narrow_terminal_a_path_has_its_own_line(language: Language, heading: str) -> None:
    console = terminal(80)
    with speaking(language):
        print_to(console, answers_table(ANSWERS))
    lines = printed(console)
    assert lines[0].startswith(heading) and len(lines) == 5
    assert lines[2] == "    short.jpg" and lines[4] == f"    {LONG}"


def test_names_of_what_was_left_out_are_whole() -> None:
    names = [f"{'long ' * 12}{number}.jpg" for number in range(4)]
    for console in (pipe(), terminal(60)):
        print_to(console, skipped_table({"image_missing": names}))
        said = "\n".join(printed(console))
        assert all(name in said for name in names[:3])


@pytest.mark.parametrize("width", [50, 80, 100, 200])
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_figure_is_cut_on_a_narrow_terminal(language: Language, width: int) -> None:
    """The bundled network's card has tables that are wider; intervals are said to be left out."""

    def figures(console: Console) -> set[str]:
        with speaking(language):
            print_to(
                console, *(block for block in card_blocks(load_pretrained()) if isinstance(block, Table))
            )
        return set(re.findall(r"\d[\d.,]*", re.sub(r"\([^()]*\)", "", "\n".join(printed(console)))))

    narrow, whole = terminal(width), pipe(10_000)
    assert figures(narrow) == figures(whole) and len(figures(whole)) > 100
    said = "\n".join(printed(narrow))
    assert "…" not in said and "(90" in "\n".join(printed(whole))
    left_out = "intervals are left out" in said or "omiten los intervalos" in said
    assert left_out == ("(98." not in said and "(98," not in said)


def test_a_paragraph_in_a_pipe_is_one_line() -> None:
    console = pipe()
    print_to(console, Paragraph("word " * 40))
    assert len(printed(console)) == 1


@pytest.mark.parametrize("environment", LOCALES, ids=str)
def test_output_for_programs_is_utf8_whatever_the_locale(environment: dict[str, str], tmp_path: Path) -> None:
    names = ["李雷.jpg", "José.jpg", os.fsdecode(b"a\xff.jpg")]
    for name in names:
        (tmp_path / name).write_text("no picture")
    known = {
        name: value for name, value in os.environ.items() if name not in ("LC_ALL", "LANG", "PYTHONUTF8")
    }
    command = [sys.executable, "-m", "semblante", "attributes", "--json", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, check=False, env=known | environment)
    assert done.returncode == 2, done.stderr
    said = json.loads(done.stdout.decode("utf-8", "strict"))
    assert {Path(each["path"]).name for each in said["faces"]} == set(names)
    table = (
        "from semblante.cli.console import print_csv; print_csv(['path'], [['\\u674e'], ['\\xf1\\udcff']])"
    )
    done = subprocess.run(
        [sys.executable, "-c", table], capture_output=True, check=True, env=known | environment
    )
    assert list(csv.reader(io.StringIO(done.stdout.decode("utf-8", "strict")))) == [
        ["path"],
        ["李"],
        ["ñ\\udcff"],
    ]


@pytest.mark.parametrize("environment", LOCALES, ids=str)
def test_a_name_is_typed_in_utf8_whatever_the_locale(environment: dict[str, str], tmp_path: Path) -> None:
    known = {
        name: value for name, value in os.environ.items() if name not in ("LC_ALL", "LANG", "PYTHONUTF8")
    }
    command = [sys.executable, "-m", "semblante", "learn", "Ñandú Ω", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, check=False, env=known | environment)
    assert b"Unicode" not in done.stderr and done.returncode == 2, done.stderr


def test_a_photo_without_faces_is_written_and_said(cli: Cli, tmp_path: Path) -> None:
    photo, out = tmp_path / "sea.png", tmp_path / "faces.png"
    Image.new("RGB", (80, 60), "blue").save(photo)
    said = cli("faces", photo, "--out", out)
    assert said.code == 0
    assert said.out.splitlines() == [
        f"{photo}: no face was found",
        "Face detector: YuNet 2023mar (OpenCV Zoo)",
        f"{out}: the photo as it is, without marks",
    ]
    assert json.loads(cli("faces", photo, "--json").out)["path"] == str(photo)


def test_places_in_pixels_have_no_commas_of_thousands() -> None:
    from semblante.cli.attributes import _heading

    far = replace(face(direction(0)), box=(12_000.0, 3_000.0, 12_400.0, 3_600.0))
    assert _heading("a.jpg", far) == "a.jpg: face at 12200, 3300"
