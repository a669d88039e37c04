"""The current language, digits as it groups and divides them, and names that are safe to show in it."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, get_args

from semblante.errors import InvalidOption

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_language: Language = "en"
_spoken: ContextVar[Language | None] = ContextVar("spoken", default=None)
"""That of a `speaking` block, which is its thread's or task's alone."""


def current_language() -> Language:
    """The language that sentences are in now."""
    return _spoken.get() or _language


def use_language(language: Language) -> None:
    """Make sentences come in `language` from now on, in all threads; a `speaking` block keeps its own.

    Raises `InvalidOption` for a language that is not in `LANGUAGES`.
    """
    if language not in LANGUAGES:
        raise InvalidOption("language_not_spoken", language=language, known=list(LANGUAGES))
    global _language
    _language = language


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Make sentences come in `language` inside a `with` block, in this thread or task alone."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def language_of_locale(locale_name: str | None) -> Language:
    """The language for a locale such as `es_MX.UTF-8`: Spanish for Spanish ones, English for the rest."""
    # Estonian is `et`, but its old name `est` begins like Spanish.
    return "es" if re.match(r"es(?![a-z])", locale_name or "", re.IGNORECASE) else "en"


def without_controls(sentence: str) -> str:
    """The sentence with control characters replaced: a file's name may hold some that command a terminal."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(sign) in ("Cc", "Cs") and sign != "\n" else sign
        for sign in sentence
    )


def as_line(name: object) -> str:
    """A name of the user's, such as a path, as one line: whatever cannot be printed is replaced."""
    return "".join(
        sign if sign.isprintable() or sign == "\N{NO-BREAK SPACE}" else "\N{REPLACEMENT CHARACTER}"
        for sign in str(name)
    )


_HARD_SPACE = "\N{NO-BREAK SPACE}"


def count(number: int) -> str:
    """A count with its thousands set apart: 59,893 or 59 893 (Spanish leaves four digits together)."""
    if current_language() == "en":
        return f"{number:,}"
    return str(number) if abs(number) < 10_000 else f"{number:,}".replace(",", _HARD_SPACE)


def localised(number: str) -> str:
    """A number that Python wrote, such as `1,234.5` or `91.2%`, as the current language writes it."""
    if current_language() == "en":
        return number
    text = re.sub(r"\d+(,\d{3})+", lambda whole: count(int(whole[0].replace(",", ""))), number)
    text = text.replace(".", ",")
    return f"{text[:-1]}{_HARD_SPACE}%" if text.endswith("%") else text
