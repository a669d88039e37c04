"""Blocks as text: for the terminal by rich, without the captions of tables, and as Markdown.

For the terminal, texts go in as `Text`, so markup in a name of the user's stays text; in Markdown no sign of
a text acts.
"""

import re
from collections.abc import Iterable, Iterator

from rich import box
from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.table import Table as RichTable
from rich.text import Text

from semblante.i18n import as_line, tr
from semblante.report.blocks import Block, Bullets, Cell, Heading, Paragraph, Table, cannot_be_said

_ANY_WIDTH = 1_000_000
_FOLDED_WIDTH = 12
"""So wide, at least, is a column that folds."""
_STYLES = {"gain": "green", "loss": "yellow", "yes": "bold green", "no": "dim", "unsure": "yellow", "": ""}


def for_terminal(*blocks: Block) -> Group:
    """The blocks one beneath the other. What a terminal cannot show, such as a chart, is left out."""
    return Group(*(shown for block in blocks for shown in _in_terminal(block)))


def print_to(console: Console, *blocks: Block) -> None:
    """Print the blocks one beneath the other.

    On a terminal they fold at its width, but never within a path: where a table is too wide for one beside
    the other columns, it has a line of its own. Where figures do not fit beside their intervals, these come
    beneath, or are left out, which is said. Elsewhere nothing folds and nothing is cut.
    """
    for block in blocks:
        if isinstance(block, Table):
            _print_table(console, block)
        else:
            for shown in _in_terminal(block):
                console.print(shown, soft_wrap=not console.is_terminal)


def _print_table(console: Console, table: Table) -> None:
    shown = _rich_table(table)
    if (needed := _measured(console, shown).maximum) <= console.width:
        console.print(shown)
    elif not console.is_terminal:
        Console(file=console.file, width=needed).print(shown)
    elif any(column.whole for column in table.columns):
        _print_above_paths(console, table)
    elif _measured(console, stacked := _rich_table(table, stacked=True)).maximum <= console.width:
        console.print(stacked)
    else:
        brief = table.select(*(column.key for column in table.columns), brief=True)
        least = _measured(console, _rich_table(brief, folded_width=_FOLDED_WIDTH)).maximum
        # Where it is narrower still, the terminal folds its lines; no figure is cut.
        before, console.width = console.width, max(console.width, least)
        console.print(_rich_table(brief))
        console.width = before
        if any(cell.interval for row in table.rows for cell in row):
            console.print(Text(tr("The intervals are left out: they do not fit here."), style="dim italic"))


def _measured(console: Console, shown: RichTable) -> Measurement:
    return Measurement.get(console, console.options.update(max_width=_ANY_WIDTH), shown)


def _print_above_paths(console: Console, table: Table) -> None:
    """Print each row in a line, and what is to stay whole in a line beneath it."""
    (place,) = (number for number, column in enumerate(table.columns) if column.whole)
    rest = [*table.columns[:place], *table.columns[place + 1 :]]
    headings = [Text(column.heading, style="bold") for column in rest]
    rows = [[_text(cell) for cell in (*row[:place], *row[place + 1 :])] for row in table.rows]
    widths = [max(cell.cell_len for cell in cells) for cells in zip(headings, *rows, strict=True)]
    for number, line in enumerate((headings, *rows)):
        for cell, column, width in zip(line[:-1], rest, widths, strict=False):
            cell.align(column.align, width)
        console.print(Text("  ").join(line), soft_wrap=True)
        if number:
            console.print(Text("    ").append_text(_text(table.rows[number - 1][place])), soft_wrap=True)


def _in_terminal(block: Block) -> Iterator[RenderableType]:
    match block:
        case Table():
            yield _rich_table(block)
        case Heading(text=text):
            yield Text(text, style="bold")
        case Paragraph(text=text, look=look) if text:
            yield Text(text, style={"note": "dim italic", "strong": "bold"}.get(look, ""))
        case Bullets(items=items):
            yield from (Text(f"- {item}") for item in items if item)


def _rich_table(table: Table, stacked: bool = False, folded_width: int | None = None) -> RichTable:
    """Columns stand as close as they can without touching; without headings it is a plain grid.

    `stacked` intervals stand beneath their figures, and the words of a heading beneath each other. Columns
    that fold are no wider than `folded_width`.
    """
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
                "\n".join(column.heading.split(" ")) if stacked else column.heading,
                footer,
                justify=column.align,
                footer_style="bold",
                no_wrap=not column.folds,
                overflow="fold" if column.folds else "ellipsis",
                max_width=folded_width if column.folds else None,
            )
    for number, row in enumerate(table.rows):
        shown.add_row(
            *(_text(cell, stacked) for cell in row), style="bold" if number == table.emphasised else None
        )
    return shown


def _text(cell: Cell, stacked: bool = False) -> Text:
    text = ", ".join(map(as_line, cell.names)) if cell.names else as_line(cell.text)
    between = "\n" if stacked else " "
    span = f"{between}({cell.interval})" if cell.interval else ""
    return Text(f"{text}{cell.mark}{span}", style=_STYLES[cell.look])


def as_markdown(blocks: Iterable[Block]) -> str:
    """The blocks one beneath the other. What Markdown cannot show, such as a chart, is left out."""
    return "\n\n".join(text for block in blocks if (text := _in_markdown(block))) + "\n"


def _in_markdown(block: Block) -> str:
    match block:
        case Heading(text=text, level=level):
            return f"{'#' * level} {plain(text)}"
        case Paragraph(text=text, look=look) if text:
            return code(text) if look == "code" else f"**{plain(text)}**" if look == "strong" else plain(text)
        case Bullets(items=items):
            return "\n".join(f"- {plain(item)}" for item in items if item)
        case Table(rows=rows) if rows:
            return _markdown_table(block)
    return ""


def _markdown_table(table: Table) -> str:
    headings = [column.heading for column in table.columns]
    rule = ["---" if column.align == "left" else "---:" for column in table.columns]
    rows = [[_markdown_cell(cell) for cell in row] for row in table.rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, rule, *rows))


def _markdown_cell(cell: Cell) -> str:
    text = cannot_be_said() if cell.unknown else ", ".join(cell.names) or cell.text
    span = f" ({cell.interval})" if cell.interval else ""
    return plain(f"{text}{cell.mark}{span}")


def plain(text: str) -> str:
    """A text on one line, in which no sign acts as Markdown or HTML."""
    return re.sub(r"([\\`*_\[\]<>#|!~&])", r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """A text of letters, digits, colons and hyphens as it stands; what else is in it becomes a blank."""
    return f"`{re.sub(r'[^0-9A-Za-z:-]', ' ', text)}`"
