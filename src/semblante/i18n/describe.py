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
    """The sentence of an error or a reason: what and where. A front end adds what to do in its own terms."""
    sentence = _sentences().get(value.code)
    if sentence is None:
        return str(value) if isinstance(value, Reason) else str(Reason(value.code, value.params))
    return said(sentence, value.params)


def said(sentence: Sentence, params: Mapping[str, Any]) -> str:
    """A sentence of a catalogue with its parameters filled in, after a `path` that it does not name."""
    values = {name: _value(each) for name, each in params.items()}
    forms = (sentence,) if isinstance(sentence, str) else (sentence.singular, sentence.plural)
    text = (
        tr(sentence, **values)
        if isinstance(sentence, str)
        else ntr(sentence.singular, sentence.plural, int(params[sentence.count]), **values)
    )
    return (
        text
        if "path" not in params or any("{path}" in form for form in forms)
        else f"{values['path']}: {text}"
    )


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
