"""Which language is spoken now, for this thread of control."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, get_args

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_language: ContextVar[Language] = ContextVar("language", default="en")


def current_language() -> Language:
    """The language that sentences are in now."""
    return _language.get()


def use_language(language: Language) -> None:
    """Make sentences come in `language` from now on."""
    _language.set(language)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Make sentences come in `language` inside a `with` block."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def language_of_locale(locale_name: str | None) -> Language:
    """The language for a locale such as `es_MX.UTF-8`: Spanish for Spanish ones, English for the rest."""
    # Estonian is `et`, but its old name `est` begins like Spanish.
    return "es" if re.match(r"es(?![a-z])", locale_name or "", re.IGNORECASE) else "en"
