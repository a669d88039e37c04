"""HTML and SVG as values: plain text goes in and is escaped, only `Html` passes as it is.

Every element of the report is made by `element`, so a photo called `<script>` stays a name.
"""

import html
from collections.abc import Iterable

_VOID = frozenset({"br", "col", "hr", "img", "input", "meta"})


class Html(str):
    """Text that is already markup."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str | float | bool | None) -> Html:
    """The element `name`; children that are not `Html` are escaped.

    Attributes: `class_` is class, `aria_label` is aria-label; True gives a bare attribute; None and
    False leave it out.
    """
    start = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    if name in _VOID:
        return Html(start)
    return Html(f"{start}{together(children)}</{name}>")


def together(parts: Iterable[str]) -> Html:
    """The parts one after the other; those that are not `Html` are escaped."""
    return Html("".join(part if isinstance(part, Html) else _escape(part) for part in parts))


def _attribute(key: str, value: str | float | bool | None) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    return f' {name}="{_escape(str(value))}"'


def _escape(text: str) -> str:
    """`text` as HTML; bytes of a file name that are no text (lone surrogates) and NUL become `?`."""
    return html.escape(text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "?"))
