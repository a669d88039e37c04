"""A photo's attributes: read in order, shown honestly, and opinions only where they are asked for."""

import io
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Cli, Said, copy_bundle
from PIL import Image
from rich.console import Console

from semblante.geometry import resize_to_square
from semblante.i18n import LANGUAGES, Language, speaking
from semblante.images import load
from semblante.labels import ATTRIBUTES, OPINIONS, POOR_LABELS, doubt, sign, spoken
from semblante.metrics.results import Evaluation
from semblante.model.bundle import MANIFEST_NAME, Bundle, open_bundle
from semblante.model.face_model import BATCH, FaceModel
from semblante.pipeline import FaceAnalyzer, UnusablePhoto
from semblante.report.faces import Listing, believing_text
from semblante.types import AnalyzedPhoto


@pytest.fixture(scope="module")
def photos(drawn: Path) -> list[Path]:
    return sorted((drawn / "img_align_celeba").iterdir())[:5]


@pytest.fixture
def measured(bundle: Bundle, evaluation: Evaluation, tmp_path: Path) -> Path:
    """A copy of the bundle whose manifest holds its evaluation, with a calibration error to be set."""
    folder = copy_bundle(bundle, tmp_path / "measured")
    _write_evaluation(folder, bundle, evaluation.as_json())
    return folder


def _write_evaluation(folder: Path, bundle: Bundle, evaluation: Mapping[str, Any] | None) -> None:
    val = {**bundle.manifest["metrics"]["val"], "evaluation": evaluation}
    content = json.dumps({**bundle.manifest, "metrics": {"val": val}})
    (folder / MANIFEST_NAME).write_text(content, encoding="utf-8")


def _set_calibration_error(folder: Path, error: float | None) -> Bundle:
    bundle = open_bundle(folder)
    evaluation = bundle.manifest["metrics"]["val"]["evaluation"]
    curve = {**evaluation["reliability"], "expected_calibration_error": error}
    _write_evaluation(folder, bundle, {**evaluation, "reliability": curve})
    return open_bundle(folder)


def test_the_logits_are_the_networks_photo_by_photo(
    photos: list[Path], bundle: Bundle, analyzer: FaceAnalyzer, tmp_path: Path
) -> None:
    """Also across a batch's end, with photos that cannot be used at its start and in between."""
    Image.new("RGB", (300, 200)).save(tmp_path / "wide.png")
    (tmp_path / "text.jpg").write_text("Dear diary")
    copies = [tmp_path / f"{number:03}.jpg" for number in range(BATCH)]
    for number, copy in enumerate(copies):
        os.link(photos[number % len(photos)], copy)
    asked = [tmp_path / "wide.png", *photos, tmp_path / "text.jpg", *copies]
    read = list(analyzer.analyze_many(asked, aligned=True))
    assert isinstance(read[6], UnusablePhoto) and read[6].path == tmp_path / "text.jpg"
    usable = [each for each in read if isinstance(each, AnalyzedPhoto)]
    assert [each.source for each in usable] == [str(each) for each in asked if each.name != "text.jpg"]
    assert [each.source for each in usable if not each.faces] == [str(tmp_path / "wide.png")]
    crops = np.stack([resize_to_square(load(path).pixels, bundle.side_px) for path in photos])
    expected = FaceModel(bundle)(crops).logits
    for each, logits in zip(usable[1:11], [*expected, *expected], strict=True):
        (face,) = each.faces
        assert tuple(face.attributes) == ATTRIBUTES
        np.testing.assert_allclose(list(face.attributes.values()), logits, atol=1e-4)


def test_mistakes_are_told_before_the_first_photo(cli: Cli, tmp_path: Path) -> None:
    said = cli("attributes", tmp_path)
    assert said == (Said(2, "", f"{tmp_path}: there are no photos here\n"))
    assert "there is no such file" in cli("attributes", tmp_path / "none.jpg").err


@pytest.mark.parametrize(
    ("error", "calibrated", "reason"),
    [
        (None, False, "not measured, or of nothing"),
        (0.0, True, "perfect"),
        (0.02, True, "just small enough"),
        (0.0201, False, "just too large"),
        (0.4, False, "far off"),
    ],
)
def test_only_a_calibrated_network_gives_probabilities(
    error: float | None, calibrated: bool, reason: str, measured: Path, photos: list[Path], cli: Cli
) -> None:
    bundle = _set_calibration_error(measured, error)
    assert (bundle.calibration_error, bundle.is_calibrated) == (error, calibrated), reason
    said = cli("attributes", "--aligned", photos[0], "--base", measured)
    assert said.code == 0
    assert ("%" in said.out) is calibrated
    assert ("not a probability" in said.err) is not calibrated
    assert (f"{error or 0:.1%} on average" in said.err) is (error is not None)


def test_a_bundle_without_an_evaluation_gives_scores(measured: Path, photos: list[Path], cli: Cli) -> None:
    _write_evaluation(measured, open_bundle(measured), None)
    said = cli("attributes", "--aligned", photos[0], "--base", measured)
    assert "%" not in said.out and "was not measured" in said.err
    unmeasured = open_bundle(measured)
    assert unmeasured.calibration_error is None and not unmeasured.is_calibrated


LOGITS = dict.fromkeys(ATTRIBUTES, -1.0) | {"Smiling": 3.0, "Young": 4.0, "Oval_Face": 0.5, "Bald": -9.0}


@pytest.mark.parametrize(
    ("opinions", "missing", "first", "last", "count"),
    [
        (False, False, ["Smiling", "Oval_Face"], "Oval_Face", 2),
        (True, False, ["Young", "Smiling", "Oval_Face"], "Oval_Face", 3),
        (False, True, ["Smiling", "Oval_Face"], "Bald", 40 - len(OPINIONS)),
        (True, True, ["Young", "Smiling", "Oval_Face"], "Bald", 40),
    ],
)
def test_what_is_shown(
    opinions: bool, missing: bool, first: list[str], last: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []

    def keep(name: str, _language: str) -> str:
        shown.append(name)
        return name

    monkeypatch.setattr("semblante.report.faces.spoken", keep)
    Listing(True, opinions, missing).show(LOGITS)
    assert (shown[: len(first)], shown[-1], len(shown)) == (first, last, count)


def test_signs_are_explained_only_where_they_are_shown() -> None:
    plain = {**LOGITS, "Oval_Face": -1.0}
    assert Listing(True).notes([plain, plain]) == []
    assert [note[0] for note in Listing(True, opinions=True).notes([plain])] == ["†"]
    assert [note[0] for note in Listing(True, missing=True).notes([plain])] == ["*", "‡", "‡", "‡"]
    assert [note[0] for note in Listing(True, opinions=True).notes([plain, LOGITS])] == ["*", "†"]


@pytest.mark.parametrize(
    ("language", "attribute", "note"),
    [
        ("en", "Male", "‡ male: what annotators read into a face."),
        ("es", "Male", "‡ hombre: lo que quien etiqueta ve en una cara."),
        ("en", "No_Beard", "‡ no beard: up to 2 in 5 of its “no” labels are wrong."),
        ("es", "No_Beard", "‡ sin barba: hasta dos de cada cinco «no» son erróneos."),
        ("en", "Mouth_Slightly_Open", "‡ mouth slightly open: about 1 in 5 of its “yes” labels are wrong."),
        ("es", "Mouth_Slightly_Open", "‡ boca entreabierta: cerca de uno de cada cinco «sí» es erróneo."),
    ],
)
def test_each_doubt_is_told_beside_its_attribute(language: Language, attribute: str, note: str) -> None:
    with speaking(language):
        assert Listing(True).notes([dict.fromkeys(ATTRIBUTES, -1.0) | {attribute: 1.0}]) == [note]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_attribute_with_a_doubt_has_a_sign(language: Language) -> None:
    with speaking(language):
        console = Console(width=200, file=io.StringIO(), record=True)
        console.print(Listing(True, opinions=True).show(dict.fromkeys(ATTRIBUTES, 1.0)))
    shown = console.export_text()
    for name in ATTRIBUTES:
        marked = re.search(rf"(?:^|  ){re.escape(spoken(name, language))}([*†‡]?) ", shown, re.MULTILINE)
        assert marked is not None and bool(marked[1]) == bool(doubt(name)), name


def test_what_is_known_of_the_labels() -> None:
    assert {name for name in ATTRIBUTES if sign(name) == "*"} == POOR_LABELS
    assert {name for name in ATTRIBUTES if sign(name) == "†"} == OPINIONS
    assert set(ATTRIBUTES) >= OPINIONS | POOR_LABELS and not OPINIONS & POOR_LABELS
    found = {name for name in ATTRIBUTES if doubt(name)}
    assert found == OPINIONS | POOR_LABELS | {"Male", "Mouth_Slightly_Open", "No_Beard"}


def test_how_far_it_is_to_be_believed() -> None:
    assert "off by 0.9% on average" in believing_text(0.009, True)
    assert "too far to be shown" in believing_text(0.3, False)


def test_several_photos_for_people(photos: list[Path], bundle: Bundle, cli: Cli, tmp_path: Path) -> None:
    bad = tmp_path / "[red]\x1b[31m.jpg"
    bad.write_text("no picture")
    said = cli(
        "attributes", "--aligned", photos[0], bad, photos[1], "--base", bundle.folder, "--all", "--lang", "es"
    )
    assert said.code == 0
    lines = said.out.splitlines()
    places = [lines.index(f"{photo}: cara en 89, 109") for photo in photos[:2]]
    assert places[0] == 0 and places[1] > 2
    assert any("[red]\N{REPLACEMENT CHARACTER}[31m.jpg" in line for line in lines), "a path is no markup"
    assert "no es una imagen, o tiene un formato desconocido" in lines
    assert "sin barba" in said.out and "no_beard" not in said.out.lower()
    assert "no es una probabilidad" in said.err


def test_only_unusable_photos(bundle: Bundle, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").touch()
    said = cli("attributes", tmp_path, "--base", bundle.folder)
    assert (said.code, said.err) == (2, "The file could not be used.\n")
    assert said.out.splitlines() == [str(tmp_path / "bad.jpg"), "the file is empty"]
    (tmp_path / "worse.jpg").touch()
    as_json = cli("attributes", tmp_path, "--base", bundle.folder, "--json", "--lang", "es")
    assert (as_json.code, as_json.err) == (2, "No se pudo usar ninguno de los 2 archivos.\n")
    assert [face["face"] for face in json.loads(as_json.out)["faces"]] == [None, None]
    photo = tmp_path / "sea.png"
    Image.new("RGB", (40, 40)).save(photo)
    assert cli("attributes", tmp_path, "--base", bundle.folder).code == 0, "no face is an answer"


@pytest.mark.parametrize("opinions", [False, True])
def test_attributes_for_programs(
    opinions: bool, photos: list[Path], bundle: Bundle, cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "bad.jpg").touch()
    asked = ["attributes", "--aligned", photos[0], tmp_path / "bad.jpg", "--json", "--base", bundle.folder]
    found = json.loads(cli(*asked, *(["--opinions"] if opinions else [])).out)
    assert (found["network_sha256"], found["calibration_error"]) == (
        bundle.network_sha256,
        bundle.calibration_error,
    )
    good, bad = found["faces"]
    assert good["path"] == str(photos[0]) and good["reason"] is None
    assert set(good["logits"]) == set(ATTRIBUTES) - (set() if opinions else OPINIONS)
    assert list(good["logits"].values()) == sorted(good["logits"].values(), reverse=True)
    source = str(tmp_path / "bad.jpg")
    assert bad == {
        "path": source,
        "face": None,
        "logits": None,
        "reason": "the file is empty",
        "reason_code": "empty_file",
    }
