"""Blocks as Markdown, in which no sign of a text acts."""

import re
from collections.abc import Iterable

from semblante.report.blocks import Block, Bullets, Cell, Heading, Paragraph, Table, cannot_be_said


def as_markdown(blocks: Iterable[Block]) -> str:
    """The blocks one beneath the other. What Markdown cannot show, such as a chart, is left out."""
    return "\n\n".join(text for block in blocks if (text := _written(block))) + "\n"


def _written(block: Block) -> str:
    match block:
        case Heading(text=text, level=level):
            return f"{'#' * level} {plain(text)}"
        case Paragraph(text=text, look=look) if text:
            return code(text) if look == "code" else f"**{plain(text)}**" if look == "strong" else plain(text)
        case Bullets(items=items):
            return "\n".join(f"- {plain(item)}" for item in items if item)
        case Table(rows=rows) if rows:
            return _table(block)
    return ""


def _table(table: Table) -> str:
    headings = [column.heading for column in table.columns]
    rule = ["---" if column.align == "left" else "---:" for column in table.columns]
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, rule, *rows))


def _cell(cell: Cell) -> str:
    text = cannot_be_said() if cell.unknown else ", ".join(cell.names) or cell.text
    span = f" ({cell.interval})" if cell.interval else ""
    return plain(f"{text}{cell.mark}{span}")


def plain(text: str) -> str:
    """A text on one line, in which no sign acts as Markdown or HTML."""
    return re.sub(r"([\\`*_\[\]<>#|!~&])", r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """A text of letters, digits, colons and hyphens as it stands; what else is in it becomes a blank."""
    return f"`{re.sub(r'[^0-9A-Za-z:-]', ' ', text)}`"
