"""Sentences in the current language: of an English key, and of the code of an error or a `Reason`.

`es.po` holds the translations. It is gettext's format: translators' tools read it, with singular and plural
where a count decides. `scripts/messages` brings it up to date with the sentences in the code.
"""

import string
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from semblante.errors import Reason, SemblanteError
from semblante.i18n.language import as_line, count, current_language, localised
from semblante.i18n.sentences import Sentence, all_sentences
from semblante.labels import SPANISH


def tr(english: str, /, **values: object) -> str:
    """The sentence in the current language, its `{name}` fields filled in; numbers are in it too."""
    return _filled(_translated(english), values)


def ntr(singular: str, plural: str, number: int, /, **values: object) -> str:
    """The sentence for one or for another `number` of things, which is a value like the others."""
    if current_language() == "en":
        return _filled(singular if number == 1 else plural, values)
    forms = _spanish_plurals().get((singular, plural), (singular, plural))
    return _filled(forms[0] if number == 1 else forms[1], values)


def _translated(english: str) -> str:
    return english if current_language() == "en" else _spanish().get(english, english)


def _filled(sentence: str, values: dict[str, object]) -> str:
    return _FORMATTER.vformat(sentence, (), values) if values else sentence


class _Formatter(string.Formatter):
    """Fills in fields; whole numbers get the language's thousands, other numbers its decimal sign."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return str(super().format_field(value, format_spec))
        if isinstance(value, int) and not format_spec:
            return count(value)
        return localised(str(super().format_field(value, format_spec)))


_FORMATTER = _Formatter()


@cache
def _entries() -> list[Any]:
    # Here, since English needs no catalogue, and most runs should start without reading one.
    import polib

    return list(polib.pofile(files(__package__).joinpath("es.po").read_text(encoding="utf-8")))


@cache
def _spanish() -> dict[str, str]:
    return {entry.msgid: entry.msgstr for entry in _entries() if entry.msgstr}


@cache
def _spanish_plurals() -> dict[tuple[str, str], tuple[str, str]]:
    return {
        (entry.msgid, entry.msgid_plural): (entry.msgstr_plural[0], entry.msgstr_plural[1])
        for entry in _entries()
        if entry.msgid_plural
    }


def describe(value: SemblanteError | Reason) -> str:
    """The sentence of an error or a reason: what and where. A front end adds what to do in its own terms.

    A `path` that the sentence does not name stands before it.
    """
    sentence = _sentences().get(value.code)
    if sentence is None:
        return str(value) if isinstance(value, Reason) else str(Reason(value.code, value.params))
    text = filled(sentence, value.params)
    forms = (sentence,) if isinstance(sentence, str) else (sentence.singular, sentence.plural)
    if "path" not in value.params or any("{path}" in form for form in forms):
        return text
    return f"{_value(value.params['path'])}: {text}"


def filled(sentence: Sentence, params: Mapping[str, Any]) -> str:
    """A sentence of a catalogue in the current language, its parameters filled in."""
    values = {name: _value(each) for name, each in params.items()}
    if "attributes" in params and current_language() == "es":
        values["attributes"] = ", ".join(SPANISH[each] for each in params["attributes"])
    if isinstance(sentence, str):
        return tr(sentence, **values)
    return ntr(sentence.singular, sentence.plural, int(params[sentence.count]), **values)


def _value(value: object) -> object:
    if isinstance(value, Reason | SemblanteError):
        return describe(value)
    if isinstance(value, Path):
        return as_line(value)
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(_value(each)) for each in value) or "—"
    return value


@cache
def _sentences() -> Mapping[str, Sentence]:
    return all_sentences()
