"""What a command writes costs the user no other file: a photo least of all, and before any work is done."""

import json
from pathlib import Path

import numpy as np
import pytest
from conftest import Cli, copy_bundle
from PIL import Image
from sentences import raises

from semblante.cli.console import PERSON, PICTURE, REPORT, replaceable
from semblante.errors import FileAccessError, InvalidOption
from semblante.metrics.results import Reliability, RocCurve
from semblante.model.bundle import Bundle
from semblante.person import DecisionRule, HeldOutEvaluation, Neuron, Person, save
from semblante.report import write_report


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture of nobody, as a user's photo."""
    path = tmp_path / "holiday.png"
    Image.fromarray(np.zeros((40, 60, 3), np.uint8)).save(path)
    return path


@pytest.mark.parametrize(
    "arguments",
    [
        ["faces", "holiday.png", "--out", "holiday.png"],
        ["faces", "holiday.png", "--out", "holiday.png", "--json"],
        ["explain", "holiday.png", "--attribute", "Smiling", "--out", "holiday.png"],
        ["learn", "Ana", "holiday.png", "--out", "ana.json"],
        ["learn", "Ana", "holiday.png", "--out", "new.json", "--report", "page.html"],
        ["learn", "Ana", "holiday.png", "--out", "new.json", "--report", "holiday.png"],
        ["learn", "Ana", "holiday.png", "--out", "holiday.png"],
        ["card", "--out", "notes.md"],
    ],
)
def test_another_file_is_never_written_over(
    arguments: list[str], photo: Path, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("ana.json", "page.html", "notes.md"):
        Path(name).write_text("Su semblante era triste. Semblante, a person, a format.")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    said = cli(*arguments)
    assert (said.code, said.out) == (2, "")
    assert "Semblante did not write it" in said.err or "must have a name that ends with" in said.err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_what_semblante_wrote_is_replaced(cli: Cli, bundle: Bundle, photo: Path, tmp_path: Path) -> None:
    for command in (
        ["card", "--base", bundle.folder, "--out", tmp_path / "card.md"],
        ["faces", photo, "--out", tmp_path / "faces.png"],
    ):
        for _ in range(2):
            assert cli(*command).code == 0
            assert cli(*command, "--lang", "es").code == 0


def test_a_network_is_not_taken_for_a_person(cli: Cli, bundle: Bundle, tmp_path: Path) -> None:
    manifest = copy_bundle(bundle, tmp_path / "network") / "manifest.json"
    before = manifest.read_bytes()
    said = cli("learn", "Ana", "photos", "--out", manifest)
    assert said.code == 2 and "did not write it" in said.err
    assert manifest.read_bytes() == before


def test_persons_and_reports_that_were_written_are_replaced(tmp_path: Path) -> None:
    nothing = HeldOutEvaluation(
        "validation", 5, 5, None, None, RocCurve((), (), 0.5), Reliability((), (), (), 0.0)
    )
    neuron = Neuron(np.zeros(4, np.float32), 0.0, 0.0)
    save(
        Person("Ana", "ab" * 32, neuron, DecisionRule(2.2, 0.0, 0.5, 0.1), 5, 5, 5, nothing),
        tmp_path / "ana.json",
    )
    write_report(tmp_path / "ana.html", [], "drawn")
    assert replaceable(tmp_path / "ana.json", PERSON) == tmp_path / "ana.json"
    assert replaceable(tmp_path / "ana.html", REPORT) == tmp_path / "ana.html"
    with pytest.raises(InvalidOption):
        replaceable(tmp_path / "ana.html", PERSON)


def test_a_name_must_say_what_is_in_the_file(photo: Path, cli: Cli, tmp_path: Path) -> None:
    said = cli("faces", photo, "--out", tmp_path / "faces.jpg", "--lang", "es")
    assert said.code == 2 and "debe acabar en .png" in said.err
    assert not (tmp_path / "faces.jpg").exists()
    assert replaceable(tmp_path / "Page.HTML", REPORT) == tmp_path / "Page.HTML"


def test_a_folder_or_a_lost_link_is_no_place_for_a_file(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    with raises(FileAccessError, match="a folder, where a file is expected"):
        replaceable(tmp_path / "folder.png", PICTURE)
    (tmp_path / "link.png").symlink_to(tmp_path / "gone.png")
    with raises(FileAccessError, match=r"gone|link"):
        replaceable(tmp_path / "link.png", PICTURE)
    (tmp_path / "empty.png").touch()
    with raises(InvalidOption, match="did not write it"):
        replaceable(tmp_path / "empty.png", PICTURE)


def test_what_found_the_faces_is_named(cli: Cli, photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "faces.png"
    assert "Face detector: YuNet 2023mar (OpenCV Zoo)" in cli("faces", photo, "--out", out).out
    assert "Detector de caras: YuNet 2023mar" in cli("faces", photo, "--out", out, "--lang", "es").out
    assert json.loads(cli("faces", photo, "--json").out)["detector"] == "YuNet 2023mar (OpenCV Zoo)"
