"""What a user reads: every English sentence has a Spanish one that fits, and the language is found."""

import ast
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import polib
import pytest
from sentences import raises

import semblante
from semblante import errors
from semblante.api.page_messages import SCRIPTS as PAGE_SCRIPTS
from semblante.api.page_messages import page_messages
from semblante.celeba.parsing import RowIssue
from semblante.cli import language_of_environment, take_language
from semblante.cli.advice import ADVICE, describe_with_advice
from semblante.errors import FileAccessError, InvalidOption, Reason, SemblanteError
from semblante.i18n import (
    Language,
    current_language,
    describe,
    language_of_locale,
    speaking,
    tr,
    use_language,
)
from semblante.i18n.sentences import Sentence, all_sentences, command_line
from semblante.images import ImageIssue
from semblante.types import QualityIssue

SOURCE = Path(semblante.__file__).parent
ROOT = Path(__file__).parents[1]

SAID_FROM_DATA = {
    # The page's sentences, which are written in its scripts.
    "api/page_messages.py: singular",
    # The licence's text is kept in the bundle, in English, and said when it is shown.
    "report/card.py: manifest['licence']['text']",
    "cli/learn.py: bundle.manifest['licence']['text']",
    "cli/adopt.py: bundle.manifest['licence']['text']",
    "cli/train.py: bundle.manifest['licence']['text']",
    # The sentences of the catalogue.
    "i18n/catalogue.py: sentence",
    "i18n/catalogue.py: sentence.singular",
}
TERMS_FILES = (SOURCE / "train" / "finalize.py", SOURCE / "train" / "adoption.py")
"""Where those texts are; read without importing them, since the first needs PyTorch."""

Forms = tuple[str, ...]
"""A sentence, or its singular and its plural."""


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    """Each call of a function or method of one of these names, with the file that it is in."""
    for file, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
                if name in names and not (names == ("tr", "ntr") and isinstance(node.func, ast.Attribute)):
                    yield file, node


def _text(node: ast.expr) -> str | None:
    """The text of a literal (adjacent literals are one), or None where it is none."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _literal_forms(call: ast.Call) -> Forms | None:
    """What a call of `tr` or `ntr` says, or None where that is not written in the call."""
    count = 1 if isinstance(call.func, ast.Name) and call.func.id == "tr" else 2
    forms = tuple(text for node in call.args[:count] if (text := _text(node)) is not None)
    return forms if len(forms) == count else None


def _forms(sentence: Sentence) -> Forms:
    return (sentence,) if isinstance(sentence, str) else (sentence.singular, sentence.plural)


def _licence_texts() -> dict[str, str]:
    return {
        target.id: ast.literal_eval(node.value)
        for file in TERMS_FILES
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.endswith("_TERMS")
    }


def _said() -> dict[Forms, str]:
    """Each sentence that can be said, with one of the places that say it."""
    found: dict[Forms, str] = {(sentence,): name for name, sentence in _licence_texts().items()}
    for catalogue in (all_sentences(), ADVICE):
        found |= {_forms(sentence): code for code, sentence in catalogue.items()}
    for file, call in _calls("tr", "ntr"):
        if (forms := _literal_forms(call)) is not None:
            found[forms] = f"{file}:{call.lineno}"
    for path in (SOURCE / "report" / "templates").glob("*.html"):
        for sentence in re.findall(r'\btr\("([^"]+)"', path.read_text(encoding="utf-8")):
            found[(sentence,)] = path.name
    for singular, plural in page_messages():
        found[(singular, plural) if plural else (singular,)] = "the page"
    return found


def _entries() -> list[Any]:
    return list(polib.pofile(files("semblante.i18n").joinpath("es.po").read_text(encoding="utf-8")))


def _spanish() -> dict[Forms, Forms]:
    found: dict[Forms, Forms] = {}
    for entry in _entries():
        if entry.msgid_plural:
            found[entry.msgid, entry.msgid_plural] = entry.msgstr_plural[0], entry.msgstr_plural[1]
        else:
            found[(entry.msgid,)] = (entry.msgstr,)
    return found


def _fields(sentence: str) -> set[str]:
    """The placeholders of a sentence with conversion and format, such as `rate:,.0f`."""
    return {
        f"{name}!{conversion}:{spec}"
        for _, name, spec, conversion in Formatter().parse(sentence)
        if name is not None
    }


def test_every_sentence_has_a_spanish_one() -> None:
    spanish = _spanish()
    missing = {forms: place for forms, place in _said().items() if not all(spanish.get(forms, ("",)))}
    assert missing == {}


def test_no_spanish_sentence_is_left_over() -> None:
    assert sorted(set(_spanish()) - set(_said())) == []


def test_translations_have_the_same_placeholders() -> None:
    """A singular may leave its number out, as in "one photo"; what it names must be there in the plural."""
    different = [
        (english, spanish)
        for forms, translated in _spanish().items()
        for english, spanish in zip(forms, translated, strict=True)
        if _fields(english) != _fields(spanish)
    ]
    assert different == []


def test_what_is_said_is_written_where_it_is_said() -> None:
    """A sentence in a variable would escape these tests; the few that come from data are known."""
    from_data = {
        f"{file}: {ast.unparse(call.args[0])}"
        for file, call in _calls("tr", "ntr")
        if _literal_forms(call) is None
    }
    assert from_data == SAID_FROM_DATA
    assert set(_licence_texts()) == {"ADOPTED_TERMS", "CELEBA_TERMS", "DRAWN_TERMS"}


def test_what_the_page_says_is_written_where_it_is_said() -> None:
    """A sentence in a variable would escape the catalogue; `texts.js` itself passes sentences on."""
    wrong = [
        f"{script.name}: {call}"
        for script in PAGE_SCRIPTS.rglob("*.js")
        if script.name != "texts.js"
        for call in re.findall(r"(?<![\w.])n?t\((?!\s*\").{0,40}", script.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_each_call_fills_the_placeholders_of_its_sentence() -> None:
    wrong = []
    for file, call in _calls("tr", "ntr"):
        forms = _literal_forms(call)
        given = {keyword.arg or "**" for keyword in call.keywords}
        if forms is None or "**" in given:  # `**values` is known only when it is called
            continue
        needed = {name for form in forms for _, name, _, _ in Formatter().parse(form) if name is not None}
        if needed != given:
            wrong.append((file, call.lineno, needed ^ given))
    assert wrong == []


def test_the_translations_are_sorted_and_differ_from_the_english() -> None:
    keys = [(entry.msgid, entry.msgid_plural or "") for entry in _entries()]
    assert keys == sorted(set(keys))
    same = {forms for forms, spanish in _spanish().items() if forms == spanish}
    # The words that both languages share, and a sentence that is nothing but its fields.
    assert same == {("No",), ("no",), ("{issue}: {count}",), ("{place} ({heat} logits)",)}


_FAMILIAR = re.compile(
    # A clause that begins with the familiar imperative and does not describe what somebody does.
    r"(?:^|[;:.] |, (?:y|o|e) )(?:elige|indica|añade|quita|pon|haz|usa|deja las|omite|escribe|borra|repite|"
    r"vuelve|ejecuta|instala|comprueba|espera|cierra|abre|nombra|exporta|descomprime|copia|consulta) "
    r"|, (?:quita|añade|usa|elige|deja|omite|indica)\b|\bo (?:indica|deja|elige|usa|descarta) "
    r"|\b(?:indíca|escríbe|bórra|expórta|pón|añáde|quíta|elíge|cópia|úsa|examína|escanéa|guárda)l[oa]s?\b"
    r"|\b(?:tú|tus?|puedes|tienes|quieres|debes|sabes)\b",
    re.IGNORECASE,
)
"""What addresses the reader as tú."""


def test_the_reader_is_usted_in_every_spanish_sentence() -> None:
    said = [text for forms in _spanish().values() for text in forms]
    said += [page.read_text(encoding="utf-8") for page in (ROOT / "README.es.md", *ROOT.glob("docs/*.es.md"))]
    familiar = [found.group() for text in said for found in _FAMILIAR.finditer(text)]
    assert familiar == []


def _errors() -> set[str]:
    return {
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, SemblanteError)
    }


def _codes() -> Iterator[tuple[str, str]]:
    """Each code that is written where it is raised, made a reason or told as a stage, with its place."""
    for file, call in _calls(*_errors(), "Reason", "Advice", "progress", "job_context"):
        for node in call.args[:1]:
            branches = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,)
            for code in filter(None, map(_text, branches)):
                yield code, f"{file}:{call.lineno}"


def test_every_code_has_a_sentence() -> None:
    known = all_sentences()
    assert {code: place for code, place in _codes() if code not in known} == {}


def test_every_code_of_a_type_or_a_table_has_a_sentence() -> None:
    faces = {f"{prefix}_{issue}" for issue in get_args(QualityIssue) for prefix in ("face", "advice_face")}
    codes = {*get_args(ImageIssue), *get_args(RowIssue), *faces}
    assert codes - all_sentences().keys() == set()


def test_no_error_is_raised_with_a_sentence() -> None:
    wrong = [
        f"{file}:{call.lineno}"
        for file, call in _calls(*_errors(), "Reason", "Advice")
        if call.args and isinstance(call.args[0], ast.Call)
    ]
    assert wrong == []


def test_every_sentence_has_a_code_that_is_used() -> None:
    written = {
        node.value
        for file, tree in _trees()
        if not file.startswith("i18n/sentences/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    unused = [
        code
        for code in all_sentences()
        if code not in written and re.sub("^(advice_)?face_", "", code) not in get_args(QualityIssue)
    ]
    assert unused == []


def test_the_sentences_are_sorted_by_code_and_codes_are_names() -> None:
    assert list(ADVICE) == sorted(ADVICE)
    wrong = [code for code in [*all_sentences(), *ADVICE] if not re.fullmatch(r"[a-z][a-z0-9_]*", code)]
    assert wrong == []


def test_advice_is_for_codes_that_have_a_sentence() -> None:
    assert ADVICE.keys() - all_sentences().keys() == set()


def test_the_sentences_of_codes_do_not_speak_of_commands() -> None:
    """Other front ends say them too: what to type is the command line's advice."""
    spoken = re.compile(r"pip install|semblante [a-z]+ |same command|(?<!\S)--[a-z]")
    said = all_sentences().items() - command_line.SENTENCES.items()
    assert [code for code, sentence in said if spoken.search(" ".join(_forms(sentence)))] == []


@pytest.mark.parametrize(
    ("reason", "sentence", "whole"),
    [
        (Reason("disk_full"), "make room", "the disk is full; make room and run the same command again"),
        (
            Reason("index_in_use"),
            "wait for it",
            "another run is using the index; wait for it and run the same command again",
        ),
        (Reason("worker_ended"), "ended", "a helping process has ended; run the same command again"),
        (
            Reason("just_written_by_another"),
            "written this",
            "another program has just written this; run the same command again",
        ),
        (
            Reason("onnx_too_new", {"version": "opset 99", "newest": "21"}),
            "(21)",
            "written in a newer ONNX (opset 99) than the ONNX Runtime here can read (21); bring that up to "
            "date with: pip install --upgrade onnxruntime",
        ),
        (
            Reason("index_newer", {"version": 9, "supported": 4}),
            "(version 9; this one reads up to 4)",
            "written by a newer Semblante (version 9; this one reads up to 4); update this one: pip install "
            "-U semblante",
        ),
        (
            Reason("index_too_old", {"version": 1, "supported": 4}),
            "into a new one",
            "an index of an older Semblante (version 1), which this one cannot read (it writes version 4); "
            "scan the photos into a new one: semblante scan FOLDER… --library FOLDER",
        ),
        (
            Reason("group_has_name", {"name": "Ana López"}),
            "known as Ana López already",
            "this group is known as Ana López already; to change the name: semblante rename 'Ana López' "
            "NEW_NAME",
        ),
    ],
)
def test_what_to_type_is_said_by_the_command_line_alone(reason: Reason, sentence: str, whole: str) -> None:
    assert describe(reason).endswith(sentence)
    assert describe_with_advice(reason) == whole


def test_a_path_stands_before_a_sentence_that_does_not_name_it() -> None:
    error = FileAccessError("file_missing", path=Path("no\nwhere"))
    assert describe(error) == "no�where: there is no such file or folder; check the path"
    assert describe_with_advice(error) == describe(error)
    assert describe(Reason("io_error", {"problem": Reason("empty_file")})).startswith("the file is empty;")


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
    with raises(InvalidOption, match="choose en or es"):
        take_language(arguments)


def test_a_language_is_spoken_only_inside_its_block() -> None:
    with speaking("es"):
        assert tr("Contact sheet: {path}", path="x") == "Hoja de contactos: x"
        with speaking("en"):
            assert tr("yes") == "yes"
        assert current_language() == "es"
    assert current_language() == "en"


def test_braces_in_values_stay_as_they_are() -> None:
    """A file may be called `{0}`; only the sentence has placeholders."""
    with speaking("es"):
        assert tr("The report: {path}", path="{0}{path!r}") == "El informe: {0}{path!r}"


def test_the_language_is_that_of_all_threads_and_a_block_s_is_its_own() -> None:
    with ThreadPoolExecutor(1) as other:
        assert other.submit(current_language).result() == "en"
        use_language("es")
        try:
            assert other.submit(current_language).result() == "es"
            with speaking("en"):
                assert (current_language(), other.submit(current_language).result()) == ("en", "es")
        finally:
            use_language("en")
    assert current_language() == "en"
