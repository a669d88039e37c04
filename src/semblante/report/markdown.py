"""Markdown: texts of others' in which no sign acts, lists and tables."""

import re
from collections.abc import Iterable, Sequence


def plain(text: str) -> str:
    """A text on one line, in which no sign acts as Markdown or HTML."""
    return re.sub(r"([\\`*_\[\]<>#|!~&])", r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """A text of letters and digits as it stands; what else is in it becomes a blank."""
    return f"`{re.sub(r'[^0-9A-Za-z]', ' ', text)}`"


def bullets(sentences: Iterable[str]) -> str:
    """A list."""
    return "\n".join(f"- {sentence}" for sentence in sentences)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of cells in Markdown, the first column to the left; nothing without rows."""
    if not rows:
        return ""
    rule = ["---", *("---:" for _ in headings[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, rule, *rows))
