"""What a report is made of before it is written: blocks of text, tables, figures and pictures.

A block holds finished text in the language of the moment, and no markup. The writers know all blocks that
they can show: `page` (HTML) and `text` (terminal and Markdown).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, runtime_checkable

from markupsafe import Markup

from semblante.i18n import numbers, tr
from semblante.metrics.results import Estimate
from semblante.types import Pixels

Settings = Mapping[str, Mapping[str, Any]]
"""Heading -> name -> value: settings, hashes, versions, seeds, times."""
UNKNOWN = "—"
"""What stands in a cell whose figure the data cannot give."""


@dataclass(frozen=True)
class Heading:
    """A heading inside a chapter; `level` 1 is the highest."""

    text: str
    level: int = 3


@dataclass(frozen=True)
class Paragraph:
    """Sentences that belong together. An empty one is not written."""

    text: str
    look: Literal["", "lede", "note", "strong", "code"] = ""


@dataclass(frozen=True)
class Bullets:
    """A list of sentences; empty ones are left out."""

    items: Sequence[str]
    look: Literal["", "notes", "never"] = ""


@dataclass(frozen=True)
class Column:
    """A column of a table. `short` is its heading where there is little room, if it is another."""

    key: str
    heading: str
    short: str = ""
    align: Literal["left", "right"] = "right"
    folds: bool = False
    """Whether a long text may go on in a further line, on the terminal."""
    whole: bool = False
    """Whether a text is a path or a name of the user's, to be copied: it is never cut, nor goes on below."""


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    `interval` is the interval of `text`, `note` what else stands beneath, and `mark` a sign behind. `names`
    are names of the user's in place of a text. `look` is how the figure is meant. An `unknown` figure is a
    dash, or in the page says so. `chart` is drawn before the text where charts can be drawn.
    """

    text: str
    interval: str = ""
    note: str = ""
    mark: str = ""
    names: tuple[str, ...] = ()
    look: Literal["", "gain", "loss", "yes", "no", "unsure"] = ""
    unknown: bool = False
    chart: Markup | None = None


@dataclass(frozen=True)
class Table:
    """A table whose first column names its row. `footer` and `emphasised` (a row's index) are optional."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    look: Literal["figures", "counts", "splits", "left-out"] = "figures"
    footer: tuple[Cell, ...] = ()
    emphasised: int | None = None

    def select(self, *keys: str, brief: bool = False) -> "Table":
        """The table with these of its columns, in this order; `brief`: short headings and no intervals."""
        places = [[column.key for column in self.columns].index(key) for key in keys]
        columns = tuple(self.columns[place] for place in places)
        rows = tuple(tuple(row[place] for place in places) for row in self.rows)
        if brief:
            columns = tuple(replace(column, heading=column.short or column.heading) for column in columns)
            rows = tuple(tuple(replace(cell, interval="", note="") for cell in row) for row in rows)
        footer = tuple(self.footer[place] for place in places) if self.footer else ()
        return replace(self, columns=columns, rows=rows, footer=footer)


@dataclass(frozen=True)
class Headline:
    """A figure in large, with its interval and what it is compared with; `missing` says why there is none."""

    name: str
    meaning: str
    estimate: Estimate | None = None
    compared_with: float = math.nan
    comparison: str = ""
    missing: str = ""


@dataclass(frozen=True)
class Headlines:
    """Figures in large, side by side."""

    items: Sequence[Headline]


@dataclass(frozen=True)
class Bars:
    """Shares of 1 as bars, each with its name."""

    shares: Sequence[tuple[str, float]]


@dataclass(frozen=True)
class Chart:
    """A finished drawing, for the page only."""

    svg: Markup


@dataclass(frozen=True)
class SideBySide:
    """Blocks beside each other, where there is room."""

    parts: Sequence[Sequence["Block"]]


@dataclass(frozen=True)
class Picture:
    """A picture, what it shows in words, and lines beneath it, each (look, text).

    `is_crop` pixels are a square crop, which the page stretches back to the CelebA frame that it was made
    from. The page leads from the picture to `link`, if there is one.
    """

    pixels: Pixels
    alt: str
    caption: Sequence[tuple[Literal["name", "plain", "right", "wrong", "unsure", "source"], str]] = ()
    is_crop: bool = False
    link: str = ""


@dataclass(frozen=True)
class Gallery:
    """Pictures in rows."""

    pictures: Sequence[Picture]


@dataclass(frozen=True)
class Fingerprints:
    """Settings and hashes, by heading."""

    groups: Settings


Block = Heading | Paragraph | Bullets | Table | Headlines | Bars | Chart | SideBySide | Gallery | Fingerprints


@dataclass(frozen=True)
class Chapter:
    """A heading of the page with what stands beneath it. `anchor` is unique in a section."""

    anchor: str
    heading: str
    blocks: Sequence[Block]


@runtime_checkable
class Section(Protocol):
    """A part of a report. Its methods speak the language of the moment (`semblante.i18n`)."""

    def summary(self) -> str:
        """The outcome in a sentence for the top of the page, or nothing."""

    def chapters(self) -> Sequence[Chapter]:
        """The chapters, in reading order."""

    def settings_by_heading(self) -> Settings:
        """What goes into the table of settings and fingerprints."""


def sentences(*texts: str) -> str:
    """The sentences that are not empty, one after the other."""
    return " ".join(text for text in texts if text)


def share_cell(share: float, digits: int = 1) -> Cell:
    """A share of 1 in percent; unknown where it is nan."""
    known = math.isfinite(share)
    return Cell(numbers.percent(share, digits) if known else UNKNOWN, unknown=not known)


def estimate_cell(estimate: Estimate | None, digits: int = 1, note: str = "") -> Cell:
    """A share of 1 in percent with its interval; unknown where there is none."""
    if estimate is None:
        return Cell(UNKNOWN, note=note, unknown=True)
    cell = share_cell(estimate.value, digits)
    return replace(cell, interval=numbers.interval(estimate, digits), note=note)


def number_cell(number: float, digits: int) -> Cell:
    """A number with a fixed count of decimals; unknown where it is nan."""
    known = math.isfinite(number)
    return Cell(numbers.decimal(number, digits) if known else UNKNOWN, unknown=not known)


def count_cell(number: int | None) -> Cell:
    """A count, or a dash where it does not apply."""
    return Cell(UNKNOWN if number is None else numbers.count(number))


def cannot_be_said() -> str:
    """What the page writes for an unknown figure."""
    return tr("cannot be said")
