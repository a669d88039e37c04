"""What a person reads, in English or Spanish: codes become sentences, numbers are in the language.

    language   the current language, its digits, and names that are safe to show
    catalogue  `tr`, `ntr` and `describe`: a sentence of an English key, or of a code
    sentences/ the English sentence of every code
    numbers    counts, shares and intervals

Nothing below `report` knows a sentence, a command's name or an option.
"""

from semblante.i18n.catalogue import describe, ntr, tr
from semblante.i18n.language import (
    LANGUAGES,
    Language,
    as_line,
    current_language,
    language_of_locale,
    speaking,
    use_language,
    without_controls,
)

__all__ = [
    "LANGUAGES",
    "Language",
    "as_line",
    "current_language",
    "describe",
    "language_of_locale",
    "ntr",
    "speaking",
    "tr",
    "use_language",
    "without_controls",
]
