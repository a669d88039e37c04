"""Codes become sentences: of an error or a `Reason`, what a person reads in the current language."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from semblante.errors import Reason, SemblanteError
from semblante.i18n.catalogue import ntr, tr
from semblante.i18n.sentences import Sentence, all_sentences
from semblante.i18n.text import as_line


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
