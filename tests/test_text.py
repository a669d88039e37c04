"""What a user reads: every English sentence has a Spanish one that fits, and the language is found."""

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter

import pytest

import semblante
from semblante.cli import language_of_environment, take_language
from semblante.errors import InvalidOption
from semblante.i18n import Language, current_language, language_of_locale, speaking, tr

SOURCE = Path(semblante.__file__).parent

SAID_FROM_DATA = {
    # The licence's text is kept in the bundle, in English, and said when it is shown.
    "report/card.py: manifest['licence']['text']",
    "cli/learn.py: bundle.manifest['licence']['text']",
    "cli/train.py: bundle.manifest['licence']['text']",
}
TERMS_FILE = SOURCE / "train" / "finish.py"
"""Where those texts are; read without importing it, since it needs PyTorch."""


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _say_calls() -> Iterator[tuple[str, ast.Call]]:
    for file, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                yield file, node


def _literal(call: ast.Call) -> str | None:
    """The sentence that is said, or None where it is not a literal (adjacent literals are one)."""
    sentence = call.args[0]
    return sentence.value if isinstance(sentence, ast.Constant) and isinstance(sentence.value, str) else None


def _licence_texts() -> dict[str, str]:
    tree = ast.parse(TERMS_FILE.read_text(encoding="utf-8"))
    return {
        target.id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.endswith("_TERMS")
    }


def _said() -> dict[str, str]:
    """Each sentence that can be said, with one of the places that say it."""
    found = {sentence: name for name, sentence in _licence_texts().items()}
    for file, call in _say_calls():
        sentence = _literal(call)
        if sentence is not None:
            found[sentence] = f"{file}:{call.lineno}"
    return found


def _spanish() -> dict[str, str]:
    entries: dict[str, str] = json.loads((SOURCE / "text" / "es.json").read_text(encoding="utf-8"))
    return entries


def _fields(sentence: str) -> set[str]:
    """The placeholders of a sentence with conversion and format, such as `rate:,.0f`."""
    return {
        f"{name}!{conversion}:{spec}"
        for _, name, spec, conversion in Formatter().parse(sentence)
        if name is not None
    }


def test_every_sentence_has_a_spanish_one() -> None:
    missing = {sentence: place for sentence, place in _said().items() if sentence not in _spanish()}
    assert missing == {}


def test_no_spanish_sentence_is_left_over() -> None:
    assert sorted(set(_spanish()) - set(_said())) == []


def test_translations_have_the_same_placeholders() -> None:
    different = {
        english: spanish for english, spanish in _spanish().items() if _fields(english) != _fields(spanish)
    }
    assert different == {}


def test_what_is_said_is_written_where_it_is_said() -> None:
    """A sentence in a variable would escape these tests; the two that come from data are known."""
    from_data = {
        f"{file}: {ast.unparse(call.args[0])}" for file, call in _say_calls() if _literal(call) is None
    }
    assert from_data == SAID_FROM_DATA
    assert set(_licence_texts()) == {"CELEBA_TERMS", "DRAWN_TERMS"}


def test_each_call_fills_the_placeholders_of_its_sentence() -> None:
    wrong = []
    for file, call in _say_calls():
        sentence = _literal(call)
        given = {keyword.arg or "**" for keyword in call.keywords}
        if sentence is None or "**" in given:  # `**values` is known only when it is called
            continue
        needed = {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}
        if needed != given:
            wrong.append((file, call.lineno, needed ^ given))
    assert wrong == []


def test_the_translations_are_sorted_and_differ_from_the_english() -> None:
    entries = _spanish()
    assert list(entries) == sorted(entries)
    same = {english for english, spanish in entries.items() if english == spanish}
    assert same == {"no"}  # the one word that both languages share


@pytest.mark.parametrize(
    ("environment", "language", "reason"),
    [
        ({}, "en", "nothing is said"),
        ({"LANG": "es_MX.UTF-8"}, "es", "Spanish of any country"),
        ({"LANG": "ES"}, "es", "case does not count"),
        ({"LANG": "C.UTF-8"}, "en", "no language at all"),
        ({"LANG": "de_DE.UTF-8"}, "en", "a language that we do not speak"),
        ({"LANG": "es_ES", "LC_MESSAGES": "en_GB"}, "en", "messages before the rest"),
        ({"LC_MESSAGES": "en_GB", "LC_ALL": "es_ES"}, "es", "LC_ALL before everything"),
        ({"LC_ALL": "", "LANG": "es_ES"}, "es", "an empty variable counts as unset"),
    ],
)
def test_the_language_of_the_locale(environment: Mapping[str, str], language: Language, reason: str) -> None:
    assert language_of_environment(environment) == language, reason


@pytest.mark.parametrize(
    ("name", "language"), [(None, "en"), ("", "en"), ("es", "es"), ("est_EE", "en"), ("est", "en")]
)
def test_a_locale_is_spanish_only_if_its_language_is(name: str | None, language: Language) -> None:
    assert language_of_locale(name) == language


@pytest.mark.parametrize(
    ("arguments", "language", "rest", "reason"),
    [
        (["inspect", "x"], None, ["inspect", "x"], "not given"),
        (["--lang", "es", "inspect", "x"], "es", ["inspect", "x"], "before the command"),
        (["inspect", "x", "--lang=en"], "en", ["inspect", "x"], "after it, in one word"),
        (["learn", "--", "--lang", "es"], None, ["learn", "--", "--lang", "es"], "a name after a lone --"),
    ],
)
def test_the_option_lang(
    arguments: list[str], language: Language | None, rest: list[str], reason: str
) -> None:
    assert take_language(arguments) == (language, rest), reason


@pytest.mark.parametrize("arguments", [["--lang"], ["--lang", "fr"], ["--lang="], ["--lang=ES"]])
def test_a_language_that_is_not_spoken(arguments: list[str]) -> None:
    with pytest.raises(InvalidOption, match="choose en or es"):
        take_language(arguments)


def test_a_language_is_spoken_only_inside_its_block() -> None:
    with speaking("es"):
        assert tr("{images} images in {path}", images=3, path="x") == "3 imágenes en x"
        with speaking("en"):
            assert tr("yes") == "yes"
        assert current_language() == "es"
    assert current_language() == "en"


def test_braces_in_values_stay_as_they_are() -> None:
    """A file may be called `{0}`; only the sentence has placeholders."""
    with speaking("es"):
        assert tr("The report: {path}", path="{0}{path!r}") == "El informe: {0}{path!r}"
