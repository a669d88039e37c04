"""The report: one page that loads nothing, in two languages, and tables for the terminal."""

import base64
import io
import itertools
import math
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from PIL import Image
from rich.console import Console

from semblante.errors import Reason
from semblante.i18n import Language, catalogue, speaking
from semblante.i18n import numbers as spoken_numbers
from semblante.jobs import EpochRow
from semblante.labels import ATTRIBUTES, spoken
from semblante.metrics.results import (
    AcceptRate,
    AttributeResult,
    Estimate,
    Evaluation,
    GroupMatching,
    GroupResult,
    Reliability,
    RocCurve,
    Verification,
)
from semblante.metrics.scores import wilson
from semblante.person import Decision, DecisionRule, HeldOutEvaluation
from semblante.report import (
    AnsweredPhoto,
    DataSection,
    Example,
    ModelSection,
    PersonSection,
    charts,
    curves,
    pick_examples,
    write_report,
)
from semblante.report.blocks import Block, Picture, Section
from semblante.report.charts import BOTTOM, LEFT, RIGHT, TOP, Axis, Line, Mark, element
from semblante.report.data import skipped_table
from semblante.report.evaluation import evaluation_summary
from semblante.report.model import epochs_table
from semblante.report.page import report, thumbnail
from semblante.report.text import print_to
from semblante.report.wording import answers_table, evidence_text, hardest_text, probability_text
from semblante.types import Pixels, Verdict

HOSTILE = '<script>alert("1")</script> & \' onload=x [red]\n{name}'
NAN = math.nan
UNKNOWN = Estimate(NAN, NAN, NAN)
RELIABILITY = Reliability((0.1, 0.9), (0.2, 0.8), (100, 25), 0.1)


def picture(seed: int = 0) -> Pixels:
    noise: Pixels = np.random.default_rng(seed).integers(0, 256, (218, 178, 3), dtype=np.uint8)
    return noise


def evaluation(**changes: Any) -> Evaluation:
    attributes = tuple(
        AttributeResult(
            name,
            0.25,
            Estimate(0.9, 0.88, 0.92),
            Estimate(0.6 + at / 200, 0.5, 0.9),
            Estimate(0.7, 0.6, 0.8),
            0.75,
        )
        for at, name in enumerate(ATTRIBUTES)
    )
    whole = Evaluation(
        split="val",
        images=5990,
        people=1021,
        resampled="people",
        attributes=attributes,
        mean_accuracy=Estimate(0.9, 0.89, 0.91),
        mean_balanced_accuracy=Estimate(0.8, 0.79, 0.81),
        mean_average_precision=Estimate(0.7, 0.69, 0.71),
        mean_majority_baseline=0.75,
        reliability=RELIABILITY,
        verification=Verification(
            images=5990,
            people=1021,
            people_in_genuine_pairs=990,
            genuine_pairs=25_000,
            impostor_pairs=17_912_055,
            rates=(
                AcceptRate(1e-3, Estimate(0.62, 0.6, 0.64), 0.4321),
                AcceptRate(1e-4, None, None),
            ),
        ),
        groups=tuple(
            GroupResult(
                attribute,
                labelled,
                3000,
                Estimate(0.88, 0.87, 0.89),
                0.7,
                Estimate(0.77, 0.76, 0.78),
                (attribute, "Bald"),
                GroupMatching(
                    1e-3,
                    500,
                    12_345,
                    4_000_000,
                    Estimate(0.00234, 0.00201, 0.00267) if labelled else None,
                    Estimate(0.45, 0.4, 0.5),
                ),
            )
            for attribute in ("Male", "Young")
            for labelled in (True, False)
        ),
        network_sha256="a" * 64,
        data_sha256="b" * 64,
    )
    return replace(whole, **changes)


def history(epochs: int = 4) -> tuple[EpochRow, ...]:
    return tuple(
        EpochRow(at, 0.6 / at, 0.7 / at, 0.8, 0.5 + at / 20, 0.75, 1e-3, 60.0) for at in range(1, epochs + 1)
    )


def evidence(**changes: Any) -> HeldOutEvaluation:
    whole = HeldOutEvaluation(
        method="validation",
        photos_of_person=30,
        photos_of_others=1500,
        tpr_at_fpr_1_percent=Estimate(0.8, 0.6, 0.9),
        tpr_at_fpr_01_percent=Estimate(0.5, 0.3, 0.7),
        roc=RocCurve((0.0, 0.0, 0.01, 1.0), (0.0, 0.5, 0.8, 1.0), 0.95),
        reliability=RELIABILITY,
    )
    return replace(whole, **changes)


MANIFEST = {
    "recipe": {"name": "modern", "side_px": 112},
    "data": {"sha256": "b" * 64, "terms": "celeba", "train_images": 59893, "train_people": 10177},
    "training": {"epochs": 4, "best_epoch": 3, "minutes": 12.34, "seed": 7, "positive_rates": [0.1] * 40},
    "weights": {"sha256": "a" * 64, "parameters": 1_200_000},
    "licence": {"terms": "celeba", "text": HOSTILE},
}


RULE = DecisionRule(slope=1.0, offset=0.0, prior=0.02, no_below=0.1)


def answered(
    verdict: Verdict | None, probability: float | None, is_person: bool, name: str = "a.jpg"
) -> AnsweredPhoto:
    reason = None if probability is not None else Reason(HOSTILE)
    return AnsweredPhoto(Decision(f"photos/{name}", verdict, probability, reason), is_person, picture())


def sections(name: str = "Inés") -> list[Section]:
    example = Example(picture(1), "Eyeglasses", False, 0.97)
    answers = (
        answered("yes", 0.98, True, HOSTILE.replace("/", "")),
        answered("yes", 0.91, False),
        answered("unsure", 0.5, True),
        answered("no", 0.01, False),
        answered(None, None, False),
    )
    return [
        DataSection(
            {"train": 100, "val": 20, "test": 10},
            12,
            {"Smiling": 0.5, "Bald": 0.02},
            {"empty_image": [HOSTILE, "2.jpg", "3.jpg", "4.jpg"]},
            (Reason("no_partition"), Reason("unknown_columns", {"names": [HOSTILE]})),
            (picture(2),),
            {"layout": HOSTILE},
        ),
        ModelSection(MANIFEST, history(), evaluation(), (replace(example, truth=True),), (example,)),
        PersonSection(name, 40, 1200, evidence(), RULE, answers, {"threshold": 0.6}),
    ]


class Page(HTMLParser):
    """A page taken apart; `HTMLParser` with checks that every element ends where it should."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.names_in: dict[str, list[str]] = {"en": [], "es": []}
        self.text_in: dict[str, str] = {"en": "", "es": ""}
        self.style = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def _language(self) -> str | None:
        return next((attributes["lang"] for name, attributes in self.open if name == "article"), None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute twice in {tag}"
        self.elements.append((tag, dict(attrs)))
        if language := self._language():
            self.names_in[language].append(tag)
            self.text_in[language] += " ".join(value for _, value in attrs if value) + "\n"
        if tag not in {"meta", "img", "input", "br"}:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "style":
            self.style += data
        if language := self._language():
            self.text_in[language] += data + "\n"

    def values(self, attribute: str) -> list[str]:
        return [value for _, found in self.elements if (value := found.get(attribute)) is not None]


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(report(sections(), "celeba", date(2025, 5, 24)))


def numbers(drawing: Markup, name: str, attribute: str) -> list[str]:
    return [
        found[attribute] or "" for tag, found in Page(drawing).elements if tag == name and attribute in found
    ]


def polylines(drawing: Markup) -> list[list[tuple[float, float]]]:
    """The points of each line of a chart, without the swatches of its key."""
    found = numbers(drawing, "polyline", "points")
    lines = [[(float(x), float(y)) for x, y in (pair.split(",") for pair in line.split())] for line in found]
    return [line for line in lines if line != [(0, 6), (26, 6)]]


class TestThePage:
    def test_loads_nothing(self, page: Page) -> None:
        assert {name for name, _ in page.elements}.isdisjoint({"script", "link", "iframe", "object", "base"})
        assert all(source.startswith("data:image/webp;base64,") for source in page.values("src"))
        assert all(target.startswith("#") for target in page.values("href"))
        assert not re.search(r"url\(|@import|https?:|//", page.style.replace("/*", "").replace("*/", ""))
        assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in page.values("content")

    def test_says_no_address_anywhere(self) -> None:
        assert not re.search(r"https?://", report(sections(), "drawn"))

    def test_ids_are_unique_and_every_target_exists(self, page: Page) -> None:
        ids = Counter(page.values("id"))
        assert max(ids.values()) == 1
        assert {target.removeprefix("#") for target in page.values("href")} <= ids.keys()
        assert set(page.values("for")) <= ids.keys()

    def test_both_languages_have_the_same_parts(self, page: Page) -> None:
        assert page.names_in["en"] == page.names_in["es"]
        assert len(page.names_in["en"]) > 500

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_opens_in_the_current_language(self, language: Language) -> None:
        with speaking(language):
            opened = Page(report(sections(), "celeba"))
        assert opened.elements[0] == ("html", {"lang": language})
        assert [found["id"] for name, found in opened.elements if name == "input" and "checked" in found] == [
            f"language-{language}"
        ]

    def test_every_sentence_stands_in_spanish(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: set[str] = set()

        class Recording(dict[str, str]):
            def get(self, key: str, default: Any = None) -> Any:
                asked.add(key)
                return super().get(key, default)

        spanish = Recording(catalogue._spanish())
        monkeypatch.setattr(catalogue, "_spanish", lambda: spanish)
        for terms in ("celeba", "drawn"):
            text = Page(report([*sections(), *sections_of_unknowns()], terms)).text_in["es"]
            untranslated = {key for key in asked if key not in spanish and key != "the file is empty"}
            assert untranslated == set()
            left = {
                key
                for key in asked
                if " " in key and "{" not in key and spanish.get(key, key) != key and key in text
            }
            assert left == set()
        assert len(asked) > 100

    def test_every_picture_is_whole(self, page: Page) -> None:
        sources = page.values("src")
        # One of the data, two of the network, four of the person, in two languages.
        assert len(sources) == 14
        for source in sources:
            shown = Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2])))
            shown.load()
            assert shown.format == "WEBP" and 168 <= max(shown.size) <= 336
        assert all(alt.strip() for alt in page.values("alt"))

    def test_a_picture_keeps_its_colours(self) -> None:
        red = np.full((218, 178, 3), (200, 30, 40), np.uint8)
        text = report([DataSection({"train": 1}, 1, {}, pictures=(red,))], "drawn")
        source = Page(text).values("src")[0]
        shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))).convert("RGB"))
        assert np.abs(shown.reshape(-1, 3).mean(axis=0) - (200, 30, 40)).max() < 4

    @pytest.mark.parametrize(
        ("height", "width", "is_crop", "expected"),
        [
            pytest.param(112, 112, True, (137, 168), id="a square crop: as the frame it was made from"),
            pytest.param(218, 178, True, (137, 168), id="a frame"),
            pytest.param(400, 400, False, (168, 168), id="a square photo keeps its shape"),
            pytest.param(1000, 2000, False, (168, 84), id="another photo keeps its shape"),
            pytest.param(50, 40, False, (40, 50), id="a small one is not blown up"),
        ],
    )
    def test_a_picture_keeps_its_proportions(
        self, height: int, width: int, is_crop: bool, expected: tuple[int, int]
    ) -> None:
        found = thumbnail(Picture(np.zeros((height, width, 3), np.uint8), "a face", is_crop=is_crop))
        assert (found.width_px, found.height_px) == expected

    @pytest.mark.parametrize(
        ("height", "width", "is_crop", "expected"),
        [
            pytest.param(218, 178, False, (178, 218), id="CelebA's size: all of its pixels"),
            pytest.param(2000, 1000, False, (168, 336), id="a large photo: two pixels for each of the page"),
            pytest.param(48, 48, True, (137, 168), id="a small crop: as large as it is shown"),
        ],
    )
    def test_a_picture_is_sharp_on_screens_of_twice_the_density(
        self, height: int, width: int, is_crop: bool, expected: tuple[int, int]
    ) -> None:
        found = thumbnail(Picture(np.zeros((height, width, 3), np.uint8), "a face", is_crop=is_crop))
        shown = Image.open(io.BytesIO(base64.b64decode(found.source.partition(",")[2])))
        assert shown.size == expected
        assert max(found.width_px, found.height_px) == 168

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_of_drawn_faces_it_doubts_no_label(self, language: Language) -> None:
        drawn = replace(evaluation(), terms="drawn")
        mistake = Example(picture(1), "Smiling", False, 0.9)
        with speaking(language):
            page = Page(report([ModelSection(MANIFEST, history(3), drawn, (), (mistake,))], "drawn"))
            terminal = shown(evaluation_summary(drawn))
            real = shown(evaluation_summary(evaluation()))
        text = page.text_in[language] + terminal
        untrue = {
            "en": ("opinion", "random:", "Sometimes the label", "thought they saw, not facts", "†", "*"),
            "es": ("opinión de", "casi al azar", "A veces es la etiqueta", "creyó ver, no", "†", "*"),
        }[language]
        assert [words for words in untrue if words in text] == []
        assert "†" in real and "*" in real

    def test_the_hardest_attributes_are_not_those_that_are_rare_here(self) -> None:
        """Of 5,990 images, 20 have eyeglasses, too few to say. Three others are the worst."""
        worst = {"Bangs": (0.5, 0.9), "Smiling": (0.5, 0.3), "Male": (0.51, 0.5), "Young": (0.52, 0.3)}
        results = [
            replace(each, positive_share=0.0033, balanced_accuracy=Estimate(0.4, 0.3, 0.5))
            if each.name == "Eyeglasses"
            else replace(
                each,
                balanced_accuracy=Estimate(worst[each.name][0], 0.4, 0.9),
                average_precision=Estimate(worst[each.name][1], 0.2, 0.95),
            )
            if each.name in worst
            else each
            for each in evaluation().attributes
        ]
        said = hardest_text(replace(evaluation(), attributes=tuple(results)))
        assert "at least 50 pictures have and 50 lack" in said
        # Bangs never gets a yes, but is put in the right order; smiles are not.
        assert said.endswith("smiling (50.0%), bangs (50.0%), male (51.0%).")
        few = replace(evaluation(), images=60)
        assert hardest_text(few) == ""

    def test_stays_small_with_48_pictures_of_noise(self) -> None:
        examples = tuple(Example(picture(seed), "Smiling", True, 0.9) for seed in range(24))
        model = ModelSection(MANIFEST, history(200), evaluation(), examples, examples)
        # Noise cannot be compressed; they hold all pixels of their frames, twice, once for each language.
        assert len(report([model], "celeba").encode()) < 4_000_000

    def test_is_written_whole_and_the_same_each_time(self, tmp_path: Path) -> None:
        for name in ("a.html", "b.html"):
            write_report(tmp_path / name, sections(), "celeba", date(2025, 5, 24))
        first = (tmp_path / "a.html").read_bytes()
        assert first == (tmp_path / "b.html").read_bytes()
        assert first.startswith(b"<!DOCTYPE html>") and first.count(b"2025-05-24") == 2
        assert {path.name for path in tmp_path.iterdir()} == {"a.html", "b.html"}

    def test_even_an_empty_report_says_what_it_is_not_for(self) -> None:
        text = Page(report([], "celeba")).text_in
        assert "surveillance" in text["en"] and "policía" in text["es"]
        assert "non-commercial" in text["en"] and "sin fines comerciales" in text["es"]

    def test_drawn_faces_say_nothing_of_real_people(self) -> None:
        text = Page(report([], "drawn")).text_in
        assert "nobody in them exists" in text["en"] and "CelebA" not in text["en"]

    @pytest.mark.parametrize(
        ("language", "sentence"),
        [
            ("en", "The faces are drawn: these figures say nothing about real people."),
            ("es", "Las caras son dibujos: estas cifras no dicen nada de personas reales."),
        ],
    )
    def test_drawn_faces_are_named_before_the_first_figure(self, language: str, sentence: str) -> None:
        for terms, times in (("drawn", 1), ("celeba", 0)):
            text = Page(report(sections(), terms)).text_in[language]
            opening = text[: text.index("%")]
            assert opening.count(sentence) == text.count(sentence) == times

    def test_text_has_contrast(self, page: Page) -> None:
        light, dark = re.findall(r":root \{([^}]*--ground[^}]*--unsure[^}]*)\}", page.style)
        for scheme in (light, dark):
            colour = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", scheme))
            for text, ground in itertools.product(
                ("ink", "quiet", "first", "second", "right", "wrong", "unsure"), ("ground", "raised")
            ):
                assert contrast(colour[text], colour[ground]) >= 4.5, (text, ground)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


class TestHostileText:
    @pytest.mark.parametrize(
        "name",
        [
            pytest.param(HOSTILE, id="markup, quotes, braces and rich's brackets"),
            pytest.param("</article></style><img src=x onerror=alert(1)>", id="ends elements"),
            pytest.param("Ñandú 🦊 مريم", id="any script"),
        ],
    )
    def test_a_name_stays_a_name(self, name: str) -> None:
        page = Page(report(sections(name), "celeba"))
        assert all(not key.startswith("on") for _, found in page.elements for key in found)
        assert "script" not in {tag for tag, _ in page.elements}
        assert page.text_in["en"].count(name) > 5 and page.text_in["es"].count(name) > 5

    def test_a_file_name_that_is_no_text_can_be_written(self, tmp_path: Path) -> None:
        photo = answered("yes", 0.9, True, "\udcff\x00.jpg")
        write_report(tmp_path / "r.html", [PersonSection("Ana", 1, 1, evidence(), RULE, (photo,))], "drawn")
        assert "??.jpg" in (tmp_path / "r.html").read_text(encoding="utf-8")

    @given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r")))
    def test_escaped_text_comes_back_as_it_was(self, text: str) -> None:
        found: list[tuple[str, Any]] = []

        class Reader(HTMLParser):
            def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
                found.append((tag, dict(attrs)))

            def handle_data(self, data: str) -> None:
                found.append(("", data))

        reader = Reader()
        reader.feed(element("p", text, title=text))
        reader.close()
        assert found[0] == ("p", {"title": text})
        assert "".join(data for _, data in found[1:]) == text


def sections_of_unknowns() -> list[Section]:
    """Everything that can be missing is missing."""
    nothing = AttributeResult("Bald", 0.0, UNKNOWN, UNKNOWN, UNKNOWN, NAN)
    unknown = evaluation(
        split="train",
        people=None,
        resampled="images",
        attributes=(nothing,),
        mean_accuracy=UNKNOWN,
        mean_balanced_accuracy=UNKNOWN,
        mean_average_precision=UNKNOWN,
        mean_majority_baseline=NAN,
        reliability=Reliability((NAN, 0.5), (NAN, 0.5), (0, 3), NAN),
        verification=None,
        groups=(GroupResult("Male", True, 1, UNKNOWN, NAN, UNKNOWN, ATTRIBUTES, None),),
    )
    thin = evidence(
        method="cross-validation",
        photos_of_person=5,
        photos_of_others=30,
        tpr_at_fpr_1_percent=None,
        tpr_at_fpr_01_percent=None,
        roc=RocCurve((0.0, 1.0), (0.0, 1.0), NAN),
    )
    row = EpochRow(1, NAN, NAN, NAN, NAN, NAN, NAN, 1.0)
    return [
        DataSection({"train": 0, "val": 0, "test": 0}, None, {}),
        ModelSection({}, (row,), unknown),
        ModelSection(
            {"data": {"train_images": 12, "train_people": None}}, evaluation=evaluation(split="test")
        ),
        PersonSection("Ana", 5, 30, thin, RULE, (answered(None, None, True),)),
    ]


class TestWhatIsMissing:
    def test_is_said_not_printed_as_nan(self) -> None:
        page = Page(report(sections_of_unknowns(), "celeba"))
        for language, sentence in (("en", "cannot be said"), ("es", "no puede decirse")):
            assert page.text_in[language].count(sentence) > 5
            assert not re.search(r"\b(nan|None|inf)\b", page.text_in[language])

    def test_thin_evidence_says_how_many_strangers_are_needed(self) -> None:
        text = Page(report([sections_of_unknowns()[-1]], "celeba")).text_in
        for needed in ("100", "1,000"):
            assert f"it takes at least {needed} photos of others to say; there are 30." in text["en"]
        assert "hacen falta al menos 1000 fotos de otras personas para saberlo; hay 30." in text["es"]

    def test_few_photos_of_the_person_say_how_far_they_can_be_relied_on(self) -> None:
        """Five photos serve: what was learnt is said with its interval, and nothing is called too thin."""
        few = evidence(photos_of_person=5, tpr_at_fpr_1_percent=wilson(5, 5))
        text = evidence_text(few)
        assert "false-positive rate of 1%: 100.0% (56.6–100.0%)" in text
        assert "So few photos show these rates only roughly" in text
        assert "So few photos" not in evidence_text(evidence(photos_of_person=10))
        summary = PersonSection("Ana", 5, 4000, few, RULE).summary()
        assert summary.startswith("Of 5 new photos of Ana, 100.0% (56.6–100.0%) are recognised")


class TestCharts:
    UNIT = Axis("", 0.0, 1.0, (0.0, 1.0), str)

    @pytest.mark.parametrize(
        ("axis", "value", "expected"),
        [
            pytest.param(Axis("", 0, 10, (), str), 5, 150.0, id="the middle"),
            pytest.param(Axis("", 0, 10, (), str), 12, 200.0, id="beyond the end: on the end"),
            pytest.param(
                Axis("", 1e-3, 1, (), str, log=True), 1e-2, 100 + 100 / 3, id="a third of three decades"
            ),
            pytest.param(
                Axis("", 1e-3, 1, (), str, log=True), 0.0, 100.0, id="zero on a log axis: its low end"
            ),
            pytest.param(Axis("", 3, 3, (), str), 3, 150.0, id="an axis of one value: the middle"),
        ],
    )
    def test_axis(self, axis: Axis, value: float, expected: float) -> None:
        assert axis.place(value, 100.0, 200.0) == pytest.approx(expected)

    @given(st.floats(0, 1), st.floats(0, 1))
    def test_a_log_axis_keeps_the_order(self, one: float, other: float) -> None:
        axis = Axis("", 1e-4, 1, (), str, log=True)
        places = [axis.place(value, 0.0, 1.0) for value in sorted((one, other))]
        assert 0.0 <= places[0] <= places[1] <= 1.0

    @pytest.mark.parametrize(
        ("low", "high", "about", "expected"),
        [
            pytest.param(0, 1, 5, (0, 0.2, 0.4, 0.6, 0.8, 1.0), id="fifths"),
            pytest.param(0, 0.7, 5, (0, 0.2, 0.4, 0.6), id="ends before the top"),
            pytest.param(1, 20, 8, (5, 10, 15, 20), id="whole epochs"),
            pytest.param(7, 7, 5, (7,), id="one value"),
        ],
    )
    def test_ticks(self, low: float, high: float, about: int, expected: tuple[float, ...]) -> None:
        assert charts.ticks(low, high, about) == pytest.approx(expected)

    def test_points_lie_where_they_belong_and_nan_is_left_out(self) -> None:
        line = Line("a", ((0.0, 0.0), (0.25, NAN), (0.5, 1.0), (1.0, 0.5)), "first")
        drawn = charts.chart("t", self.UNIT, self.UNIT, [line], Mark(0.5, "here"))
        middle = (LEFT + RIGHT) / 2
        assert polylines(drawn) == [[(LEFT, BOTTOM), (middle, TOP), (RIGHT, (TOP + BOTTOM) / 2)]]
        marks = [found for tag, found in Page(drawn).elements if tag == "line" and found["class"] == "mark"]
        assert [float(marks[0][key] or "") for key in ("x1", "x2")] == [middle, middle]

    def test_a_single_epoch_is_seen(self) -> None:
        drawn = curves.loss_chart(history(1), 1)
        assert numbers(drawn, "circle", "r") == ["4", "4"]

    @pytest.mark.parametrize("highest", [0.555, 0.4, 0.59, 0.601, 1.0, 12.3, 0.0004])
    def test_each_loss_lies_where_the_ticks_say(self, highest: float) -> None:
        rows = tuple(
            replace(row, train_loss=highest / row.epoch, val_loss=highest / 2 / row.epoch)
            for row in history()
        )
        drawn = curves.loss_chart(rows, 1)
        grid = [
            float(found["y1"] or "")
            for tag, found in Page(drawn).elements
            if tag == "line" and found["class"] == "grid"
        ]
        written = [float(text) for text in re.findall(r'text-anchor="end"[^>]*>([\d.]+)</text>', drawn)]
        per_loss = (grid[0] - grid[-1]) / (written[len(grid) - 1] - written[0])
        for line, losses in zip(
            polylines(drawn), ([r.train_loss for r in rows], [r.val_loss for r in rows]), strict=True
        ):
            expected = [grid[0] - per_loss * loss for loss in losses]
            assert [y for _, y in line] == pytest.approx(expected, abs=0.3)
            assert min(y for _, y in line) > TOP

    def test_level_and_upright_runs_keep_only_their_ends(self) -> None:
        stairs = [(0.0, 0.0), (0.0, 0.2), (0.0, 0.5), (0.2, 0.5), (0.4, 0.5), (1.0, 1.0)]
        (line,) = polylines(charts.chart("t", self.UNIT, self.UNIT, [Line("a", tuple(stairs), "first")]))
        assert len(line) == 4

    def test_roc_climbs_only_where_a_threshold_was(self) -> None:
        drawn = curves.roc_chart(RocCurve((0.0, 0.0, 0.1, 1.0), (0.0, 0.4, 0.8, 1.0), 0.9), strangers=100)
        _, measured = polylines(drawn)
        tenth, height = (LEFT + RIGHT) / 2, BOTTOM - TOP
        expected = [
            (LEFT, BOTTOM),
            (LEFT, BOTTOM - 0.4 * height),
            (tenth, BOTTOM - 0.4 * height),
            (tenth, BOTTOM - 0.8 * height),
            (RIGHT, BOTTOM - 0.8 * height),
            (RIGHT, TOP),
        ]
        assert measured == [pytest.approx(point, abs=0.06) for point in expected]

    @pytest.mark.parametrize(
        ("background", "first_tick"),
        [(1000, "0.1%"), (1001, "0.01%"), (40, "1%"), (0, "1%")],
    )
    def test_the_roc_axis_begins_at_what_the_strangers_can_show(
        self, background: int, first_tick: str
    ) -> None:
        ticks = re.findall(r">([\d.]+%)</text>", curves.roc_chart(evidence().roc, background))
        # The first six are those of the other axis.
        assert ticks[6] == first_tick

    def test_a_dot_has_the_area_of_its_count(self) -> None:
        drawn = curves.reliability_chart(Reliability((0.1, 0.5, 0.9), (0.2, NAN, 0.8), (100, 0, 25), 0.1))
        radii = [float(radius) for radius in numbers(drawn, "circle", "r")]
        assert radii == [9.0, 4.5]
        assert float(numbers(drawn, "circle", "cx")[0]) == pytest.approx(
            LEFT + 0.1 * (RIGHT - LEFT), abs=0.06
        )
        assert float(numbers(drawn, "circle", "cy")[0]) == pytest.approx(
            BOTTOM - 0.2 * (BOTTOM - TOP), abs=0.06
        )

    @pytest.mark.parametrize(
        ("gain", "start", "width", "look"),
        [
            pytest.param(0.1, 60.0, 59.0, "gain", id="right of zero"),
            pytest.param(-0.05, 30.5, 29.5, "loss", id="left of zero"),
        ],
    )
    def test_a_loss_goes_the_other_way(self, gain: float, start: float, width: float, look: str) -> None:
        drawn = charts.difference_bar(gain, -0.1, 0.1)
        (bar,) = [found for tag, found in Page(drawn).elements if tag == "rect"]
        assert (float(bar["x"] or ""), float(bar["width"] or ""), bar["class"]) == (start, width, look)

    def test_the_best_epoch_is_the_manifests_or_that_of_the_lowest_loss(self) -> None:
        for manifest, best in (({"training": {"best_epoch": 2}}, 2), ({}, 4)):
            text = Page(report([ModelSection(manifest, history())], "drawn")).text_in["en"]
            assert text.count(f"best: epoch {best}") == 2

    def test_a_chart_says_in_words_what_it_shows(self) -> None:
        (label,) = [
            found["aria-label"]
            for _, found in Page(curves.loss_chart(history(), 3)).elements
            if "aria-label" in found
        ]
        assert label is not None and "validation pictures: from 0.7 to 0.2." in label


class TestModel:
    def test_the_best_read_attribute_comes_first_with_its_baseline(self, page: Page) -> None:
        text = page.text_in["en"]
        table = text[text.index("Attribute by attribute") :]
        assert table.index("young") < table.index("wearing necktie") < table.index("5 o'clock shadow")
        assert "always the more frequent answer: 75.0%" in text and "+15.0" in table

    def test_poor_labels_and_opinions_are_marked(self, page: Page) -> None:
        table = page.text_in["es"].split("Atributo por atributo")[1]
        marked = re.findall(r"\n([^\n]+)\n\n([*†])\n", table)
        assert set(marked) == {
            ("atractivo (opinión)", "†"),
            ("cara rellena", "†"),
            ("joven", "†"),
            ("labios gruesos", "†"),
            ("nariz grande", "†"),
            ("pómulos altos", "*"),
            ("cara ovalada", "*"),
            ("nariz puntiaguda", "*"),
        }

    def test_a_mistake_is_captioned_with_label_and_probability(self, page: Page) -> None:
        assert re.search(r"eyeglasses\s+Label: no\s+wrong\s+Network: yes, 97\.0%", page.text_in["en"])
        assert re.search(r"gafas\s+Etiqueta: sí\s+right\s+Red: sí, 97,0\s%", page.text_in["es"])

    def test_a_long_list_is_only_counted(self, page: Page) -> None:
        assert re.search(r"positive_rates\s+40 values", page.text_in["en"])
        assert "0.1, 0.1" not in page.text_in["en"]


class TestPickExamples:
    def test_the_surest_hits_and_the_worst_mistakes(self) -> None:
        images = np.arange(6, dtype=np.uint8).reshape(6, 1, 1, 1).repeat(3, axis=3)
        labels = np.zeros((6, 40), np.uint8)
        said = np.full((6, 40), 0.4)
        hat, smile, bald = (ATTRIBUTES.index(name) for name in ("Wearing_Hat", "Smiling", "Bald"))
        opinion = ATTRIBUTES.index("Attractive")
        labels[0, hat], said[0, hat] = 1, 0.9
        labels[1, hat], said[1, hat] = 1, 0.99
        labels[1, smile], said[1, smile] = 1, 0.95
        labels[2, smile], said[2, smile] = 1, 0.8
        said[3, bald] = 0.97
        labels[4, smile], said[4, smile] = 1, 0.01
        labels[5, opinion], said[5, opinion] = 1, 0.0

        rows = np.array([5, 4, 3, 2, 1, 0])

        hits, mistakes = pick_examples(images[::-1], rows, labels, said, count=2)

        seen = [(int(hit.image[0, 0, 0]), hit.attribute, hit.truth, hit.probability) for hit in hits]
        assert seen == [(1, "Wearing_Hat", True, 0.99), (2, "Smiling", True, 0.8)]
        wrong = [(int(miss.image[0, 0, 0]), miss.attribute, miss.truth) for miss in mistakes]
        assert wrong == [(4, "Smiling", True), (3, "Bald", False)]

    def test_a_network_without_a_mistake_has_none_to_show(self) -> None:
        images = np.zeros((2, 4, 4, 3), np.uint8)
        hits, mistakes = pick_examples(
            images, np.arange(2), np.ones((2, 40), np.uint8), np.full((2, 40), 0.9)
        )
        assert len(hits) == 2 and mistakes == ()


class TestPerson:
    def test_answers_are_counted_against_the_truth(self) -> None:
        text = Page(report([sections("Ana")[-1]], "celeba")).text_in["en"]
        counts = text[text.index("Answers against the truth") :].split("The surest yes")[0]
        assert re.search(r"row\s+Ana\s+1\s+1\s+0\s+0\s+2\s", counts)
        assert re.search(r"row\s+somebody else\s+1\s+0\s+1\s+1\s+3\s", counts)

    def test_the_worst_mistake_comes_first(self) -> None:
        answers = tuple(
            answered("yes", probability, False, name)
            for probability, name in ((0.7, "b.jpg"), (0.95, "a.jpg"))
        )
        text = Page(report([PersonSection("Ana", 9, 9, evidence(), RULE, answers)], "drawn")).text_in["en"]
        mistakes = text[text.index("The worst mistakes") :]
        assert mistakes.index("yes, 95.0%") < mistakes.index("yes, 70.0%")

    def test_the_headline_rate_comes_with_its_interval_and_count(self) -> None:
        section = PersonSection("Ana", 40, 1200, evidence(), RULE)
        assert section.summary().startswith("Of 30 new photos of Ana, 80.0% (60.0–90.0%) are recognised")
        with speaking("es"):
            found = section.summary().replace("\N{NO-BREAK SPACE}", " ")
        assert found.startswith("De 30 fotos nuevas de Ana se reconoce el 80,0 % (60,0–90,0 %)")

    def test_a_rate_stands_beside_guessing(self, page: Page) -> None:
        assert re.search(r"Recognised at FPR 1%\s+large\s+80\.0%", page.text_in["en"])
        assert "95% interval: 60.0–90.0%" in page.text_in["en"]
        assert "guessing: 0.1%" in page.text_in["en"]


class TestPairsAndGroups:
    def test_the_page_says_which_pairs_and_how_many_are_accepted(self, page: Page) -> None:
        text = page.text_in["en"]
        assert (
            "All pairs of 5,990 pictures of 1,021 people were compared: 25,000 pairs of one person and "
            "17,912,055 of two different ones." in text
        )
        assert re.search(r"row\s+0\.1%\s+62\.0%\s+interval\s+60\.0–64\.0%\s+0\.432\s", text)
        assert re.search(r"row\s+0\.01%\s+cannot be said\s+cannot be said\s", text)

    def test_the_page_has_each_group_with_intervals_and_counts(self, page: Page) -> None:
        text = re.sub(r"\s+(interval\s+)?", " ", page.text_in["es"])
        table = text[text.index("Grupo a grupo") :]
        assert re.search(r"row hombre 3000 88,0 % 87,0–89,0 % 70,0 % 77,0 % 76,0–78,0 % 500 ", table)
        assert "0,23 % 0,20–0,27 % de 4 000 000 pares 45,00 % 40,00–50,00 % de 12 345 pares" in table
        assert "row no hombre" in table and "no puede decirse de 4 000 000 pares" in table
        assert "(hombre: hombre, calvicie" not in table and ": hombre: hombre, calvicie; joven: " in table
        assert "el 0,1 % de todos los pares de personas distintas" in table

    def test_without_pairs_the_page_says_why(self) -> None:
        bare = evaluation(verification=None, groups=())
        text = Page(report([ModelSection({}, evaluation=bare)], "celeba")).text_in["en"]
        assert "Pairs of pictures were not compared: who is in them is not known" in text
        assert "everybody" not in text

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_eighty_columns_hold_the_groups_whole(self, language: Language) -> None:
        one = Estimate(1.0, 1.0, 1.0)
        full = evaluation()
        widest = tuple(
            replace(
                group,
                images=202_599,
                mean_accuracy=one,
                mean_majority_baseline=1.0,
                mean_balanced_accuracy=one,
                matching=replace(matching, people=10_177, false_match_rate=one, false_non_match_rate=one),
            )
            for group in full.groups
            if (matching := group.matching)
        )
        with speaking(language):
            text = shown(evaluation_summary(replace(full, groups=widest)), 80)
        assert "…" not in text and max(map(len, text.splitlines())) <= 80
        row = next(line for line in text.splitlines() if "202" in line)
        percents = re.findall(r"[\d.,]+(?=\s?%)", row.replace(",", "."))
        assert percents == ["100.0", "100.0", "100.0", "100.00", "100.00"]

    def test_the_terminal_has_both_tables(self) -> None:
        text = shown(evaluation_summary(evaluation()), 120)
        assert re.search(r"0\.1%\s+62\.0% \(60\.0–64\.0%\)\s+0\.432 *\n", text)
        assert re.search(r"not male\s+3,000\s+88\.0%\s+70\.0%\s+77\.0%\s+500\s+—\s+45\.00% *\n", text)
        said = " ".join(text.split())
        assert "Guessing accepts as many" in said and "One threshold serves everybody" in said

    def test_the_terminal_says_what_is_missing(self) -> None:
        text = shown(evaluation_summary(evaluation(verification=None, groups=())))
        assert "Pairs of pictures were not compared" in text and "FMR" not in text


def shown(blocks: Block | list[Block], width: int = 160) -> str:
    console = Console(
        width=width, file=io.StringIO(), force_terminal=True, color_system=None, highlight=False
    )
    print_to(console, *(blocks if isinstance(blocks, list) else [blocks]))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


class TestTerminal:
    def test_markup_and_line_ends_in_names_stay_text(self) -> None:
        answers = [
            Decision("a/[red]x[/red]\n\x1b[31m.jpg", "no", 0.02),
            Decision("b.jpg", None, None, Reason("[bold]why")),
        ]
        text = shown(answers_table(answers))
        assert "[red]x[/red]��[31m.jpg" in text and "[bold]why" in text and "\x1b" not in text
        assert re.search(r"—\s+—\s+b\.jpg", text)

    def test_evaluation_has_every_attribute_and_the_means(self) -> None:
        with speaking("es"):
            text = shown(evaluation_summary(evaluation()))
        assert "barba incipiente" in text and "atractivo (opinión)†" in text and "nariz puntiaguda*" in text
        assert re.search(r"Media de todos\s+90,0\s%\s+75,0\s%\s+\+15,0\s+80,0\s%\s+70,0\s%", text)
        assert re.search(r"Exactitud equilibrada\s+80,0\s% \(79,0–81,0\s%\)", text)
        assert text.index("joven") < text.index("barba incipiente")

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_eighty_columns_hold_an_evaluation_whole(self, language: Language) -> None:
        full, perfect = evaluation(), Estimate(1.0, 1.0, 1.0)
        rows = [
            replace(row, accuracy=perfect, majority_baseline=0.0, balanced_accuracy=perfect)
            for row in full.attributes
        ]
        rows[0] = replace(rows[0], balanced_accuracy=UNKNOWN, average_precision=UNKNOWN)
        widest = replace(
            full,
            attributes=tuple(rows),
            mean_accuracy=perfect,
            mean_balanced_accuracy=perfect,
            mean_average_precision=UNKNOWN,
        )
        with speaking(language):
            text, roomy = (shown(evaluation_summary(widest), width) for width in (80, 160))
            names = [spoken(name, language) for name in ATTRIBUTES]
            spans = spoken_numbers.with_interval(perfect)
        table = text.split(spans)[0]
        assert "…" not in text and max(map(len, text.splitlines())) <= 80
        assert all(re.search(rf"^ *{re.escape(name)}[*†]? ", table, re.MULTILINE) for name in names)
        assert text.count(spans) == 2
        # One line for each row: nothing is folded either.
        assert len(table.splitlines()) == len(roomy.split(spans)[0].splitlines()) >= 40 + 3
        assert Counter(re.findall(r"[\d.,]+\s?%", table)) == Counter(
            re.findall(r"[\d.,]+\s?%", roomy.split(spans)[0])
        )

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_eighty_columns_hold_the_epochs_whole(self, language: Language) -> None:
        row = EpochRow(128, 10.1234, 12.5678, 1.0, 1.0, 1.0, 1e-3, 12345.6, 3.0, 0.987)
        unknown = EpochRow(129, NAN, NAN, NAN, NAN, NAN, NAN, 1.0)
        with speaking(language):
            text = shown(epochs_table([row, unknown], best_epoch=128), 80)
        line = next(line for line in text.splitlines() if "128" in line)
        assert "…" not in text and max(map(len, text.splitlines())) <= 80
        numbers = ["10.1234", "12.5678", "100.00%", "100.00%", "100.00%", "98.7%", "12345.6"]
        assert re.sub(r"\s%", "%", line).replace(",", ".").split() == ["128", "*", *numbers]

    @pytest.mark.parametrize(
        ("no_below", "prior", "language", "expected"),
        [
            (
                0.1,
                1 / 51,
                "en",
                "that 2% of the faces are of Ana: above 90% the answer is yes, below 10%",
            ),
            (
                0.0123,
                1 / 6,
                "en",
                "that 17% of the faces are of Ana: above 90% the answer is yes, below 1.2%",
            ),
            (
                0.1,
                1 / 51,
                "es",
                "que el 2 % de las caras son de Ana: por encima del 90 % la respuesta es",
            ),
        ],
    )
    def test_one_sentence_explains_the_probability(
        self, no_below: float, prior: float, language: Language, expected: str
    ) -> None:
        with speaking(language):
            said = probability_text(replace(RULE, no_below=no_below, prior=prior), "Ana")
        assert expected in said.replace("\N{NO-BREAK SPACE}", " ") and said.count(".") <= 2

    def test_answers_come_by_verdict_then_by_falling_probability(self) -> None:
        answers = [
            Decision("broken.jpg", None, None, Reason("why")),
            Decision("no1.jpg", "no", 0.01),
            Decision("yes2.jpg", "yes", 0.91),
            Decision("unsure1.jpg", "unsure", 0.3),
            Decision("no2.jpg", "no", 0.2),
            Decision("yes1.jpg", "yes", 0.99),
            Decision("unsure2.jpg", "unsure", 0.6),
        ]
        assert re.findall(r"\S+\.jpg", shown(answers_table(answers))) == [
            f"{name}.jpg" for name in ("yes1", "yes2", "unsure2", "unsure1", "no2", "no1", "broken")
        ]

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_eighty_columns_keep_a_long_path_whole(self, language: Language) -> None:
        path = "/".join(f"folder{number:03}" for number in range(20))
        with speaking(language):
            text = shown(answers_table([Decision(path, "unsure", 0.99999, Reason("why " * 20))]), 80)
        assert "…" not in text and text.splitlines().count(f"    {path}") == 1
        assert re.search("99[.,]9\\s?%", text) and text.count("why") == 20

    def test_epochs_mark_the_best(self) -> None:
        text = shown(epochs_table(history(), best_epoch=3))
        assert re.search(r"3 \*\s+0\.2000\s+0\.2333\s+80\.00%\s+75\.00%\s+65\.00%\s+—\s+60\.0", text)
        assert text.count("*") == 1

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            pytest.param({}, "false-positive rate of 0.1%: 50.0% (30.0–70.0%)", id="enough"),
            pytest.param(
                {"tpr_at_fpr_01_percent": None, "photos_of_others": 300},
                "rate of 0.1%: it takes at least 1,000 photos of others to say; there are 300.",
                id="too few strangers",
            ),
            pytest.param({"method": "cross-validation"}, "a neuron that never saw it", id="cross-validated"),
        ],
    )
    def test_evidence(self, changes: dict[str, Any], expected: str) -> None:
        assert expected in evidence_text(evidence(**changes))

    @pytest.mark.parametrize(
        ("roc", "warned"),
        [
            pytest.param(evidence().roc, None, id="a clear ROC: nothing to warn of"),
            pytest.param(RocCurve((0.0, 1.0), (0.0, 1.0), 0.6349), "63%", id="a small area"),
            pytest.param(
                RocCurve((0.0, 0.01, 0.1, 0.6, 1.0), (0.0, 0.4, 0.95, 1.0, 1.0), 0.93),
                "93%",
                id="a large area, but few are sure either way",
            ),
            pytest.param(
                RocCurve((0.0, 0.01, 0.1, 0.2, 1.0), (0.0, 0.4, 0.95, 1.0, 1.0), 0.93),
                None,
                id="most strangers are surely refused",
            ),
            pytest.param(
                RocCurve((0.0, 0.01, 0.6, 1.0), (0.0, 0.9, 1.0, 1.0), 0.93),
                None,
                id="most of the person's photos are surely recognised",
            ),
            pytest.param(RocCurve((), (), NAN), None, id="nothing is known"),
        ],
    )
    def test_evidence_warns_of_mostly_unsure(self, roc: RocCurve, warned: str | None) -> None:
        text = evidence_text(evidence(roc=roc))
        assert ("most answers will be “unsure”" in text) == (warned is not None)
        assert warned is None or f"(area under the ROC: {warned})" in text

    def test_skipped_names_the_first(self) -> None:
        text = shown(skipped_table({"[i]empty": ["1", "[b]2", "3", "4"]}))
        assert re.search(r"\[i\]empty\s+4\s+1, \[b\]2, 3, …", text)


def test_html_alone_needs_no_terminal_library() -> None:
    code = "import sys, semblante.report; sys.exit('rich' in sys.modules or 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
