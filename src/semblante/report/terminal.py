"""Blocks for the terminal, by rich, without the captions of tables.

Texts go in as `Text`, so markup in a name of the user's stays text.
"""

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from semblante.i18n import as_line
from semblante.report.blocks import Block, Bullets, Cell, Heading, Paragraph, Table

_STYLES = {"gain": "green", "loss": "yellow", "yes": "bold green", "no": "dim", "unsure": "yellow", "": ""}


def for_terminal(*blocks: Block) -> Group:
    """The blocks one beneath the other. What a terminal cannot show, such as a chart, is left out."""
    return Group(*(shown for block in blocks for shown in _shown(block)))


def _shown(block: Block) -> Iterator[RenderableType]:
    match block:
        case Table():
            yield _table(block)
        case Heading(text=text):
            yield Text(text, style="bold")
        case Paragraph(text=text, look=look) if text:
            yield Text(text, style="dim italic" if look == "note" else "")
        case Bullets(items=items):
            yield from (Text(f"- {item}") for item in items if item)


def _table(table: Table) -> RichTable:
    """Columns stand as close as they can without touching; without headings it is a plain grid."""
    if not any(column.heading for column in table.columns):
        shown = RichTable.grid(padding=(0, 2))
        for _ in table.columns:
            shown.add_column()
    else:
        shown = RichTable(
            box=box.SIMPLE, show_footer=bool(table.footer), pad_edge=False, collapse_padding=True
        )
        for place, column in enumerate(table.columns):
            footer = _text(table.footer[place]) if table.footer else ""
            shown.add_column(
                column.heading,
                footer,
                justify=column.align,
                footer_style="bold",
                no_wrap=not column.folds,
                overflow="fold" if column.folds else "ellipsis",
            )
    for number, row in enumerate(table.rows):
        shown.add_row(*map(_text, row), style="bold" if number == table.emphasised else None)
    return shown


def _text(cell: Cell) -> Text:
    text = ", ".join(map(as_line, cell.names)) if cell.names else as_line(cell.text)
    span = f" ({cell.interval})" if cell.interval else ""
    return Text(f"{text}{cell.mark}{span}", style=_STYLES[cell.look])
