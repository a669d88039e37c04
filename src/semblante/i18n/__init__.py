"""What a user reads, in English or Spanish.

The English sentence is the key; `es.json` beside this file holds its translation. The language
is English until `use_language` is called, which the command line does from `--lang` or the locale.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_language: ContextVar[Language] = ContextVar("language", default="en")


def tr(english: str, /, **values: object) -> str:
    """The sentence in the current language, with `{name}` fields filled in from `values`."""
    sentence = english if _language.get() == "en" else _spanish().get(english, english)
    return sentence.format(**values) if values else sentence


def without_controls(sentence: str) -> str:
    """The sentence with control characters replaced: a file's name may hold some that command a terminal."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(sign) in ("Cc", "Cs") and sign != "\n" else sign
        for sign in sentence
    )


def as_line(name: object) -> str:
    """A name of the user's, such as a path, as one line: whatever cannot be printed is replaced."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in str(name))


def current_language() -> Language:
    """The language that `say` speaks now."""
    return _language.get()


def use_language(language: Language) -> None:
    """Make `say` speak `language` from now on."""
    _language.set(language)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Make `say` speak `language` inside a `with` block."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def language_of_locale(locale_name: str | None) -> Language:
    """The language for a locale such as `es_MX.UTF-8`: Spanish for Spanish ones, English for the rest."""
    # Estonian is `et`, but its old name `est` begins like Spanish.
    return "es" if re.match(r"es(?![a-z])", locale_name or "", re.IGNORECASE) else "en"


@cache
def _spanish() -> dict[str, str]:
    sentences: dict[str, str] = json.loads(files(__name__).joinpath("es.json").read_text(encoding="utf-8"))
    return sentences
