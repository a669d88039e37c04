"""A bundle's card: the manifest's figures and no others, in both languages, and nothing in it acts."""

import copy
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, copy_bundle
from rich.console import Console

from semblante.i18n import LANGUAGES, Language, numbers, speaking
from semblante.labels import ATTRIBUTES, spoken
from semblante.metrics.results import Evaluation
from semblante.model.bundle import Bundle
from semblante.report import model_card
from semblante.report.limits import doubt_text

CELEBA = {
    "terms": "celeba",
    "text": "Trained on CelebA: for non-commercial research only. "
    "Not for deciding about people, and not for identifying anyone without consent.",
}


@pytest.fixture
def manifest(bundle: Bundle, evaluation: Evaluation) -> dict[str, Any]:
    """The small network's manifest as if it had learnt from CelebA and been measured; free to change."""
    val = {**bundle.manifest["metrics"]["val"], "evaluation": evaluation.as_json()}
    changed = {**bundle.manifest, "licence": CELEBA, "metrics": {"val": val}}
    return copy.deepcopy(changed)


def _card(bundle: Bundle, manifest: dict[str, Any]) -> str:
    return model_card(replace(bundle, manifest=manifest))


def _section(card: str, heading: str) -> str:
    """What stands beneath a heading of any rank, as far as the next one."""
    return re.split(r"^#+ ", card.split(f"# {heading}\n", 1)[1], flags=re.M)[0]


def _rows(section: str) -> list[list[str]]:
    """The rows of a section's tables, without headings and rules."""
    lines = section.splitlines()
    rules = {number for number, line in enumerate(lines) if line.startswith("| ---")}
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for number, line in enumerate(lines)
        if line.startswith("|") and number not in rules and number + 1 not in rules
    ]


def test_every_attribute_stands_beside_its_baseline(
    bundle: Bundle, manifest: dict[str, Any], evaluation: Evaluation
) -> None:
    rows = {row[0]: row[1:] for row in _rows(_section(_card(bundle, manifest), "Attribute by attribute"))}
    assert len(rows) == len(ATTRIBUTES)
    for result in evaluation.attributes:
        assert rows[spoken(result.name, "en")] == [
            numbers.with_interval(result.accuracy),
            numbers.percent(result.majority_baseline),
            numbers.with_interval(result.balanced_accuracy),
            doubt_text(result.name),
        ]


def test_the_means_pairs_and_groups_are_the_evaluations(
    bundle: Bundle, manifest: dict[str, Any], evaluation: Evaluation
) -> None:
    card = _card(bundle, manifest)
    means = _rows(_section(card, "How well it reads attributes"))
    assert means[0] == [
        "Accuracy",
        numbers.with_interval(evaluation.mean_accuracy),
        numbers.percent(evaluation.mean_majority_baseline),
    ]
    assert means[1][2] == "50.0%"
    assert evaluation.verification is not None
    pairs = _section(card, "Whether two photos show one person")
    assert [row[0] for row in _rows(pairs)] == ["0.1%", "0.01%"]
    assert numbers.count(evaluation.verification.impostor_pairs) in pairs
    assert f"{evaluation.verification.people} people" in pairs
    groups = _rows(_section(card, "Differences between groups"))
    assert [row[:2] for row in groups] == [
        [
            spoken(each.attribute, "en") if each.labelled else f"not {spoken(each.attribute, 'en')}",
            str(each.images),
        ]
        for each in evaluation.groups
    ]
    assert [row[2] for row in groups] == [
        numbers.with_interval(each.mean_accuracy) for each in evaluation.groups
    ]


def test_what_is_not_known_is_said(bundle: Bundle, manifest: dict[str, Any]) -> None:
    """The small network's few pairs cannot tell a rate; a dash says so, and is explained."""
    groups = _section(_card(bundle, manifest), "Differences between groups")
    assert any("—" in row for row in _rows(groups)) and "—: too few pairs to say." in groups


def test_what_was_not_measured_is_said(bundle: Bundle, manifest: dict[str, Any]) -> None:
    del manifest["metrics"]["val"]["evaluation"]
    card = _card(bundle, manifest)
    part = _section(card, "How well it reads attributes")
    assert "were not measured" in part and _rows(part) == []
    assert numbers.percent(manifest["metrics"]["val"]["accuracy"]) in part
    assert numbers.percent(manifest["metrics"]["val"]["majority_baseline"]) in part
    assert "## Whether two photos" not in card and "## Differences" not in card


def test_nobody_known_gives_no_pairs(bundle: Bundle, manifest: dict[str, Any]) -> None:
    manifest["metrics"]["val"]["evaluation"] |= {"verification": None, "groups": []}
    card = _card(bundle, manifest)
    assert "were not compared" in _section(card, "Whether two photos show one person")
    assert "## Differences between groups" not in card


def test_what_the_manifest_lacks_is_left_out(bundle: Bundle, manifest: dict[str, Any]) -> None:
    whole = _card(bundle, manifest)
    assert [row[0] for row in _rows(_section(whole, "How it was trained"))] == [
        "Recipe", "Epochs", "Epoch that was kept", "Minutes", "Device",
    ]  # fmt: skip
    assert ["Images to learn from", "84"] in _rows(_section(whole, "The pictures it learnt from"))
    for field in ("epochs", "minutes", "device"):
        del manifest["training"][field]
    del manifest["recipe"], manifest["data"]
    card = _card(bundle, manifest)
    assert [row[0] for row in _rows(_section(card, "How it was trained"))] == ["Epoch that was kept"]
    assert _rows(_section(card, "The pictures it learnt from")) == []
    assert "None" not in card and "nan" not in card


@pytest.mark.parametrize(
    ("terms", "said", "unsaid"),
    [
        ("celeba", ["Nothing says that", "The labels err", "skin colour"], ["nobody in them exists"]),
        (
            "drawn",
            ["nobody in them exists", "To try Semblante out"],
            ["CelebA: photos", "The labels err", "an opinion"],
        ),
        (
            "mine",
            ["Under my own terms"],
            ["CelebA: photos", "nobody in them exists", "To try Semblante", "labels err"],
        ),
    ],
)
def test_only_what_is_true_of_the_data_is_said(
    terms: str, said: list[str], unsaid: list[str], bundle: Bundle, manifest: dict[str, Any]
) -> None:
    text = {
        "celeba": CELEBA["text"],
        "drawn": bundle.manifest["licence"]["text"],
        "mine": "Under my own terms",
    }
    manifest["licence"] = {"terms": terms, "text": text[terms]}
    card = _card(bundle, manifest)
    assert [part for part in [*said, text[terms]] if part not in card] == []
    assert [part for part in unsaid if part in card] == []
    assert "To watch people: surveillance" in _section(card, "What it must not be used for")


def test_strangers_in_the_bundle_are_told(bundle: Bundle, manifest: dict[str, Any]) -> None:
    manifest.pop("background", None)
    assert "without names" not in _card(bundle, manifest)
    manifest["background"] = {"file": "background.npy", "sha256": "0" * 64, "count": 1234}
    assert "the embeddings of 1,234 photos" in _card(bundle, manifest)


def test_nothing_in_the_manifest_acts(bundle: Bundle, manifest: dict[str, Any]) -> None:
    manifest["recipe"]["name"] = "<script>|\n# [x](javascript:y) `*_"
    manifest["licence"] = {"terms": "mine", "text": "**</b>\n\n# Proven safe"}
    manifest["weights"]["sha256"] = "`|" * 32
    card = _card(bundle, manifest)
    assert not re.search(r"(?<!\\)[<>]", card) and "\n# Proven" not in card
    assert len(re.findall(r"^# ", card, re.M)) == 1
    assert _rows(_section(card, "How it was trained").replace("\\|", "¦"))[0][1].startswith("\\<script\\>¦")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_is_in_one_language(language: Language, bundle: Bundle, manifest: dict[str, Any]) -> None:
    with speaking(language):
        card = _card(bundle, manifest)
    english = re.findall(r"\b(?:the|people|which|accuracy|trained)\b", card)
    spanish = re.findall(r"\b(?:las|los|personas|exactitud|entrenó)\b", card)
    assert (len(english) > 20, len(spanish) > 20) == (language == "en", language == "es")
    assert len(english) < 3 or len(spanish) < 3
    assert ("90%" in card or "0.1%" in card) is (language == "en")


def test_in_a_pipe_the_card_is_markdown(bundle: Bundle, cli: Cli) -> None:
    said = cli("card", "--base", bundle.folder, "--lang", "es")
    with speaking("es"):
        assert (said.code, said.out, said.err) == (0, model_card(bundle), "")


@pytest.mark.parametrize("width", [80, 120])
def test_the_card_on_the_terminal(
    width: int, bundle: Bundle, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def results() -> Console:
        return Console(highlight=False, force_terminal=True, color_system=None, width=width)

    monkeypatch.setattr("semblante.cli.console.results", results)
    monkeypatch.setattr("semblante.cli.card.results", results)
    said = cli("card", "--base", bundle.folder)
    assert (said.code, said.err) == (0, "")
    assert max(map(len, said.out.splitlines())) <= width
    assert bundle.network_sha256 in said.out, "it is not cut"
    assert "|" not in said.out and "**" not in said.out


def test_a_card_of_other_attributes(
    bundle: Bundle, manifest: dict[str, Any], cli: Cli, tmp_path: Path
) -> None:
    manifest["metrics"]["val"]["evaluation"]["attributes"][7]["name"] = "Nonsense"
    folder = copy_bundle(bundle, tmp_path / "other")
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    said = cli("--lang", "es", "card", "--base", folder)
    assert (said.code, said.out) == (2, "")
    assert "manifest.json: " in said.err
    assert "el campo metrics.val.evaluation.attributes.7.name no encaja" in said.err


def test_the_card_as_a_file(bundle: Bundle, cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "cards" / "card.md"
    said = cli("card", "--base", bundle.folder, "--out", path, "--lang", "es")
    assert (said.code, said.out, said.err) == (0, f"{path}\n", "")
    with speaking("es"):
        assert path.read_text(encoding="utf-8") == model_card(bundle)


def test_the_card_of_a_bundle_read_from_disk(
    bundle: Bundle, manifest: dict[str, Any], cli: Cli, tmp_path: Path
) -> None:
    """The shipped one is the default."""
    pretrained = copy_bundle(bundle, tmp_path / "pretrained")
    (pretrained / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("semblante.model.bundle.PRETRAINED", pretrained)
        cli("card", "--out", tmp_path / "card.md")
    assert (tmp_path / "card.md").read_text(encoding="utf-8") == _card(bundle, manifest)
