"""The command `explain` and what it shows: sentences, picture, JSON, and what it refuses."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from PIL import Image, ImageFont
from sentences import raises

from semblante.cli import run
from semblante.errors import BadImage, FileAccessError, InvalidOption, ModelMismatch
from semblante.geometry import REGIONS, Region
from semblante.i18n import LANGUAGES, speaking, use_language
from semblante.library import SqliteStore
from semblante.model.bundle import Bundle
from semblante.model.face_model import FaceModel
from semblante.person import Person, open_person, person_as_json, save
from semblante.pipeline import (
    FaceAnalyzer,
    TrainingPhotos,
    explain_attribute,
    explain_person,
)
from semblante.pipeline.explaining import Explanation
from semblante.report import explanation_text, write_explanation
from semblante.report.explanation import (
    AGAINST,
    FACE_PX,
    FOR,
    GAP_PX,
    draw_explanation,
    region_text,
    scale_words,
)

Asked = Callable[..., tuple[int, str, str]]


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Asked:
    """Run `semblante explain` in an empty folder, in English unless it asks for Spanish."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")

    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(["explain", "--aligned", *map(str, arguments)])
        use_language("en")
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


@pytest.fixture(scope="module")
def photo(drawn: Path) -> Path:
    return drawn / "img_align_celeba" / "000001.jpg"


@pytest.fixture(scope="module")
def ana(drawn: Path, analyzer: FaceAnalyzer) -> Person:
    pictures = sorted((drawn / "img_align_celeba").iterdir())
    photos = TrainingPhotos(pictures[:6], pictures[6:46], is_sorted=True)
    return analyzer.learn("Ana [red]", photos, aligned=True)


@pytest.fixture
def file_of_ana(ana: Person, tmp_path: Path) -> Path:
    save(ana, tmp_path / "ana.json")
    return tmp_path / "ana.json"


@pytest.fixture(scope="module")
def smile(photo: Path, analyzer: FaceAnalyzer) -> Explanation:
    return explain_attribute(photo, "sonrisa", analyzer, aligned=True)


def _with_heat(explanation: Explanation, **heats: float) -> Explanation:
    """An explanation whose regions have the heat that is given, and no other."""
    regions: dict[Region, float] = {region: heats.get(region, 0.0) for region in REGIONS}
    return replace(explanation, regions=regions)


def test_what_is_explained_is_what_the_network_says(smile: Explanation, bundle: Bundle) -> None:
    logit = FaceModel(bundle)(smile.crop[None]).logits[0, 31]
    assert (smile.subject, smile.kind, smile.probability) == ("Smiling", "attribute", None)
    assert smile.logit == pytest.approx(logit) and smile.verdict == ("yes" if logit > 0 else "no")
    assert smile.heat.shape == smile.crop.shape[:2] and np.isfinite(smile.heat).all()
    assert np.ptp(smile.heat) > 0


def test_a_person_is_explained_as_recognised(
    ana: Person, photo: Path, bundle: Bundle, analyzer: FaceAnalyzer
) -> None:
    explanation = explain_person(photo, ana, analyzer, aligned=True)
    (answer,) = analyzer.recognise(ana, [photo], aligned=True)
    assert (explanation.verdict, explanation.source) == (answer.verdict, answer.source)
    assert explanation.probability == pytest.approx(answer.probability)
    assert (explanation.kind, explanation.subject) == ("person", "Ana [red]")
    other = explain_attribute(photo, "Smiling", analyzer, aligned=True)
    assert not np.allclose(explanation.heat, other.heat, atol=0.1 * np.abs(explanation.heat).max())


def test_in_a_group_the_likeliest_face_is_explained(
    ana: Person, drawn: Path, photo: Path, analyzer: FaceAnalyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = sorted((drawn / "img_align_celeba").iterdir())[20]
    both = [analyzer.align(each, aligned=True)[0][0] for each in (stranger, photo)]
    decoded = analyzer.align(photo, aligned=True)[1]
    monkeypatch.setattr(analyzer, "align", lambda *_: (both, decoded))
    explanation = explain_person(photo, ana, analyzer, aligned=True)
    assert np.array_equal(explanation.crop, both[1].crop)
    asked = explain_person(photo, ana, analyzer, aligned=True, place=0)
    assert np.array_equal(asked.crop, both[0].crop)
    with pytest.raises(InvalidOption) as caught:
        explain_attribute(photo, "Smiling", analyzer, aligned=True, place=2)
    assert caught.value.code == "no_such_face"
    both[1] = replace(both[1], quality=replace(both[1].quality, issues=("blurred",)))
    assert explain_person(photo, ana, analyzer, aligned=True).verdict != "yes"


def test_the_parts_that_matter_are_named(smile: Explanation) -> None:
    surely = replace(smile, verdict="yes", logit=1.234)
    text = explanation_text(_with_heat(surely, mouth=0.8, hair=-0.3))
    assert text == (
        "smiling: yes (logit 1.23; above 0 is a yes)\n"
        "What speaks most for “smiling”: the mouth (0.80 logits). "
        "What speaks most against it: the hair above the forehead (−0.30 logits)."
    )
    with speaking("es"):
        text = explanation_text(_with_heat(surely, eyes=-0.5, nose=0.05))
    assert text == (
        "sonrisa: sí (logit 1,23; por encima de 0 es un sí)\n"
        "Lo que más habla a favor de «sonrisa»: nada en particular. "
        "Lo que más habla en contra: los ojos y lo que los rodea (−0,50 logits)."
    )
    assert explanation_text(_with_heat(surely)).count("nothing in particular") == 2
    assert len({region_text(region) for region in REGIONS}) == len(REGIONS)


@pytest.mark.parametrize(
    ("subject", "kind", "doubt"),
    [
        ("Oval_Face", "attribute", "close to random"),
        ("Attractive", "attribute", "an opinion"),
        ("Smiling", "attribute", None),
        ("Attractive", "person", None),
    ],
)
def test_attributes_that_are_to_be_doubted_say_so(
    subject: str, kind: Literal["attribute", "person"], doubt: str | None, smile: Explanation
) -> None:
    explanation = replace(smile, subject=subject, kind=kind, probability=None if kind == "attribute" else 0.5)
    lines = explanation_text(explanation).splitlines()
    assert len(lines) == (2 if doubt is None else 3)
    assert doubt is None or doubt in lines[-1]


def test_the_picture_is_red_where_it_speaks_for_and_blue_where_against(smile: Explanation) -> None:
    side_px = len(smile.crop)
    heat = np.zeros((side_px, side_px), np.float32)
    heat[: side_px // 3], heat[-side_px // 3 :] = 2.0, -2.0
    grey = np.full_like(smile.crop, 128)
    picture = draw_explanation(replace(smile, crop=grey, heat=heat)).astype(int)
    face = picture[GAP_PX : GAP_PX + FACE_PX[1], GAP_PX : GAP_PX + FACE_PX[0]]
    coloured = picture[GAP_PX : GAP_PX + FACE_PX[1], -GAP_PX - FACE_PX[0] : -GAP_PX]
    assert (face == 128).all()
    top, middle, bottom = (coloured[round(share * FACE_PX[1]), FACE_PX[0] // 2] for share in (0.1, 0.5, 0.9))
    assert np.abs(top - FOR).sum() < np.abs(middle - FOR).sum() / 2
    assert np.abs(bottom - AGAINST).sum() < np.abs(middle - AGAINST).sum() / 2
    assert (middle == 128).all()
    assert not np.array_equal(picture, draw_explanation(replace(smile, crop=grey, heat=heat * 0)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pictures_own_words_can_be_drawn(language: str, smile: Explanation) -> None:
    """The font that Pillow brings has no accents, and no sign for what it lacks but a box."""
    with speaking("es" if language == "es" else "en"):
        words = scale_words()
        draw_explanation(smile)
    assert all(word.isascii() for word in words)
    font = ImageFont.load_default(17)
    assert sum(font.getlength(word) for word in words[:2]) < 2 * FACE_PX[0] - 200
    assert font.getlength(words[2]) < 2 * FACE_PX[0]


def test_the_sentences_are_in_the_picture_for_who_cannot_see_it(smile: Explanation, tmp_path: Path) -> None:
    with speaking("es"):
        write_explanation(tmp_path / "x.png", replace(smile, kind="person", subject="李雷", probability=0.5))
    with Image.open(tmp_path / "x.png") as picture:
        assert picture.format == "PNG"
        assert "李雷: " in picture.info["Description"] and "a favor de «李雷»" in picture.info["Description"]


def test_an_attribute_from_the_command_line(asked: Asked, photo: Path, bundle: Bundle) -> None:
    code, out, err = asked(photo, "--attribute", "wearing hat", "--base", bundle.folder)
    assert code == 0
    answer, places, picture = out.splitlines()
    assert answer.startswith("wearing hat: ") and "“wearing hat”" in places
    assert picture == "explanation-000001-Wearing_Hat.png" and Path(picture).is_file()
    assert "not why" in err
    before = Path(picture).read_bytes()
    code, out, err = asked(photo, "--attribute", "Wearing_Hat", "--base", bundle.folder, "--lang", "es")
    assert (code, out) == (2, "") and "ya existe" in err and "--out" in err
    assert Path(picture).read_bytes() == before, "another's work is not lost without being asked"
    code, out, _ = asked(
        photo, "--attribute=sombrero", "--base", bundle.folder, "--lang=es", "--out", picture
    )
    assert code == 0 and out.startswith("sombrero: ")
    assert Path(picture).read_bytes() != before


def test_a_person_from_the_command_line(asked: Asked, photo: Path, bundle: Bundle, file_of_ana: Path) -> None:
    code, out, _ = asked(photo, "--person", file_of_ana)
    assert code == 0, "the base is found by itself"
    answer, places, picture = out.splitlines()
    assert answer.startswith("Ana [red]: ") and "probability" in answer
    assert "“Ana [red]”" in places
    assert picture == "explanation-000001-ana.png" and Path(picture).is_file()


def test_a_person_whom_the_library_knows(asked: Asked, photo: Path, ana: Person, tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "data") as library:
        library.keep_person(person_as_json(ana), ana.name, [])
    code, out, _ = asked(photo, "--person", "ana [RED]", "--library", tmp_path / "data")
    assert (code, out.partition(": ")[0]) == (0, "Ana [red]")
    code, out, err = asked(photo, "--person", "Eva", "--library", tmp_path / "data")
    assert (code, out) == (2, "") and "Eva" in err


def test_for_programs(asked: Asked, photo: Path, bundle: Bundle, smile: Explanation) -> None:
    code, out, err = asked(photo, "--attribute", "Smiling", "--base", bundle.folder, "--json")
    said = json.loads(out)
    assert (code, err) == (0, "")
    assert {name: said[name] for name in ("path", "kind", "subject", "verdict", "probability")} == {
        "path": str(photo), "kind": "attribute", "subject": "Smiling",
        "verdict": smile.verdict, "probability": None,
    }  # fmt: skip
    assert said["side_px"] == 32 and set(said["regions"]) == set(REGIONS)
    np.testing.assert_allclose(np.array(said["heat"]), smile.heat, atol=1e-4)
    assert list(Path().iterdir()) == [], "no picture unless it is asked for"
    assert asked(photo, "--attribute", "Smiling", "--base", bundle.folder, "--json", "--out", "x.png")[0] == 0
    assert [path.name for path in Path().iterdir()] == ["x.png"]


@pytest.mark.parametrize(
    ("arguments", "sentence", "reason"),
    [
        ([], "either --attribute or --person", "no question"),
        (["--attribute", "Smiling", "--person", "x.json"], "either --attribute or --person", "two questions"),
        (["--attribute", "smilling"], "did you mean Smiling?", "a slip"),
        (["--person", "none.json"], "none.json: there is no such file", "no person file"),
        (["--attribute", "Smiling", "--base", "none"], "none: no trained network here", "no network"),
    ],
)
def test_questions_that_cannot_be_answered(
    arguments: list[str], sentence: str, reason: str, asked: Asked, photo: Path, bundle: Bundle
) -> None:
    base = [] if "--base" in arguments else ["--base", bundle.folder]
    code, out, err = asked(photo, *arguments, *base)
    assert (code, out) == (2, ""), reason
    assert sentence in err and "Traceback" not in err
    assert list(Path().iterdir()) == []


def test_photos_that_cannot_be_explained(asked: Asked, bundle: Bundle, tmp_path: Path) -> None:
    Image.new("RGB", (300, 200)).save(tmp_path / "wide.png")
    (tmp_path / "text.jpg").write_text("Dear diary")
    problems = {
        "wide.png": "no face was found",
        "text.jpg": "not a picture",
        "none.jpg": "there is no such file",
        "": "a folder, where a file is expected",
    }
    for name, problem in problems.items():
        path = tmp_path / name
        code, out, err = asked(path, "--attribute", "Smiling", "--base", bundle.folder)
        assert (code, out) == (2, "")
        assert err.startswith(f"{path}: {problem}")
    assert list(Path().iterdir()) == []


def test_a_person_of_another_network_is_refused(
    asked: Asked, photo: Path, ana: Person, bundle: Bundle, analyzer: FaceAnalyzer, tmp_path: Path
) -> None:
    save(replace(ana, base_sha256="0" * 64), tmp_path / "other.json")
    code, out, err = asked(photo, "--person", tmp_path / "other.json", "--base", bundle.folder)
    assert (code, out) == (2, "") and "was learnt on the base network 000000000000…" in err
    assert open_person(tmp_path / "other.json").name == ana.name
    with pytest.raises(ModelMismatch):
        explain_person(photo, replace(ana, base_sha256="0" * 64), analyzer)


def test_mistakes_in_python_are_errors_with_names(
    analyzer: FaceAnalyzer, photo: Path, tmp_path: Path
) -> None:
    with pytest.raises(FileAccessError):
        explain_attribute(tmp_path / "none.jpg", "Smiling", analyzer, aligned=True)
    with pytest.raises(InvalidOption):
        explain_attribute(photo, "", analyzer, aligned=True)
    os.close(os.open(tmp_path / "empty.jpg", os.O_CREAT))
    with raises(BadImage, match=r"empty\.jpg: the file is empty"):
        explain_attribute(tmp_path / "empty.jpg", "Smiling", analyzer, aligned=True)
