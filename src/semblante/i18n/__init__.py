"""What a person reads, in English or Spanish: codes become sentences, numbers are in the language.

    language   which language is spoken now
    catalogue  `tr`, `ntr`: an English sentence in the current language, from `es.po`
    sentences/ the English sentence of every code, by component
    describe   `describe`: an error or a `Reason` as a sentence
    digits     digits grouped and divided
    numbers    counts, shares, probabilities and intervals
    text       names of the user's, made safe to show

Nothing below `report` knows a sentence, a command's name or an option.
"""

from semblante.i18n.catalogue import ntr, tr
from semblante.i18n.describe import describe
from semblante.i18n.language import (
    LANGUAGES,
    Language,
    current_language,
    language_of_locale,
    speaking,
    use_language,
)
from semblante.i18n.text import as_line, without_controls

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
