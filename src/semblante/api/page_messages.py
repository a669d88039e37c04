"""The sentences of the page: in English in its scripts, in calls of `t` and `nt`, and translated."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from semblante.i18n import Language, ntr, speaking, tr

SCRIPTS: Final = Path(__file__).parent / "page" / "scripts"
_TEXT: Final = r'"(?:[^"\\\n]|\\.)*"'
_CALLS: Final = (
    # `t("…"` has one form, `nt("…", "…"` two.
    re.compile(rf"(?<![\w.])t\(\s*({_TEXT})()"),
    re.compile(rf"(?<![\w.])nt\(\s*({_TEXT}),\s*({_TEXT})"),
)

PageMessage = tuple[str, str]
"""A sentence and its plural form, which is empty where no count decides."""


def page_messages() -> Iterator[PageMessage]:
    """Every sentence that the page's scripts can say."""
    for script in sorted(SCRIPTS.rglob("*.js")):
        content = script.read_text(encoding="utf-8")
        for call in _CALLS:
            for singular, plural in call.findall(content):
                yield json.loads(singular), json.loads(plural or '""')


@cache
def page_texts(language: Language) -> Mapping[str, str]:
    """The page's sentences in a language, each form by its English."""
    texts: dict[str, str] = {}
    with speaking(language):
        for singular, plural in page_messages():
            if plural:
                texts[singular], texts[plural] = ntr(singular, plural, 1), ntr(singular, plural, 2)
            else:
                texts.setdefault(singular, tr(singular))
    return texts
