"""CelebA's lists, as real files have them, become clean rows.

The parser accepts runs of blanks or commas between values, blank lines, any line ends, a byte order mark,
-1/1 or 0/1, columns in any order and columns that are not CelebA's. A row that it cannot use is listed with
its issue. Official layout: a first line with the count, a second with the 40 names, then rows of an image
name and 40 values; Kaggle's: one header line beginning with `image_id`, values divided by commas.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from semblante.celeba.archives import first_names, printable
from semblante.errors import NotCelebA, Reason
from semblante.jobs import SILENT, JobContext
from semblante.labels import ATTRIBUTES
from semblante.types import Labels

NAME_COLUMNS = ("image_id", "image", "filename", "file_name")
LABEL_OF = {"-1": 0, "0": 0, "1": 1}
Row = tuple[int, list[str]]
"""A line's number, from 1, and its values."""

RowIssue = Literal[
    "ragged_row",
    "row_without_name",
    "row_with_bad_value",
    "duplicate_row",
    "contradictory_row",
    "row_without_image",
    "image_without_row",
    "row_without_partition",
    "empty_image",
    "not_a_whole_picture",
    "too_large_image",
    "vanished_image",
    "unreadable_image",
]
"""Why a row or an image is not in the prepared set; each is the code of a `Reason`."""
ROW_ISSUES: tuple[RowIssue, ...] = get_args(RowIssue)


@dataclass(frozen=True)
class SkippedRow:
    """One row or image that is not in the prepared set. `name` is the image's, or `line 17` of the list."""

    name: str
    issue: RowIssue


@dataclass(frozen=True)
class AttributeList:
    """The usable rows of `list_attr_celeba`, each name once, in the file's order."""

    names: tuple[str, ...]
    labels: Labels
    skipped: tuple[SkippedRow, ...]
    notes: tuple[Reason, ...]


@dataclass(frozen=True)
class NumberList:
    """A list of one number for each image name: its partition or its person."""

    number_of: dict[str, int]
    notes: tuple[Reason, ...]


@dataclass(frozen=True)
class _Columns:
    """Where a row of `width` values holds the image name and the 40 labels."""

    width: int
    name: int
    pick_labels: Callable[[list[str]], tuple[str, ...]]
    unknown: tuple[str, ...]


def parse_attributes(content: bytes, where: str, job: JobContext = SILENT) -> AttributeList:
    """Read `list_attr_celeba`, .txt or .csv. Raises `NotCelebA`, naming `where` and the missing columns."""
    rows = _rows(content)
    listed_count, header = _heading(rows)
    first_row = list(islice(rows, 1))
    columns = _columns(header, len(first_row[0][1]) if first_row else 0, where)
    label_rows: dict[str, bytes] = {}
    skipped: list[SkippedRow] = []
    found = 0
    issue: RowIssue | None = None
    for line, values in chain(first_row, rows):
        found += 1
        job.check()
        name, labels, issue = _read_row(values, columns)
        if issue is None and label_rows.setdefault(name, labels) is not labels:
            issue = "duplicate_row" if label_rows[name] == labels else "contradictory_row"
        if issue is not None:
            skipped.append(SkippedRow(printable(name) or f"line {line}", issue))
    notes = []
    if listed_count is not None and listed_count != found:
        counts = {"list": where, "listed": listed_count, "found": found}
        notes.append(Reason("list_cut_off" if found < listed_count else "list_too_long", counts))
    elif issue in ("ragged_row", "row_with_bad_value") and not _ends_with_a_line(content):
        notes.append(Reason("list_torn", {"list": where, "found": found - 1}))
    if columns.unknown:
        notes.append(Reason("unknown_columns", {"names": list(columns.unknown)}))
    table = np.frombuffer(b"".join(label_rows.values()), np.uint8).reshape(-1, len(ATTRIBUTES))
    return AttributeList(tuple(label_rows), table, tuple(skipped), tuple(notes))


def parse_numbers(content: bytes, where: str, highest: int, expected: int = 0) -> NumberList:
    """Read `list_eval_partition` or `identity_CelebA`: for each image a number from 0 to `highest`.

    Where there are fewer rows than `expected` and no line end after the last, that one was cut off within: of
    a longer number the end may be missing, so it is a bad row.
    """
    is_torn = highest > 9 and not _ends_with_a_line(content)
    number_of: dict[str, int] = {}
    bad: list[str] = []
    contradictory: list[str] = []
    name_at = 0
    latest: str | None = None
    for line, values in _rows(content):
        lowered = [value.lower() for value in values] if not number_of and not bad else []
        if any(value in NAME_COLUMNS for value in lowered):
            name_at = next(at for at, value in enumerate(lowered) if value in NAME_COLUMNS)
            continue
        name, number = [*values[name_at:], "", ""][:2]
        latest = None
        if not name or len(values) != name_at + 2 or not _is_number(number, highest):
            bad.append(printable(name) or f"line {line}")
        elif number_of.setdefault(name, int(number)) != int(number):
            contradictory.append(name)
        else:
            latest = name
    if is_torn and latest and len(number_of) < expected:
        del number_of[latest]
        bad.append(printable(latest))
    notes = [
        Reason(code, {"list": where, "count": len(names), "names": names})
        for code, names in (("bad_list_rows", bad), ("contradictory_list_rows", contradictory))
        if names
    ]
    return NumberList(number_of, tuple(notes))


def _rows(content: bytes) -> Iterator[Row]:
    """The lines that are not blank, divided at commas or semicolons if the file has them, else at blanks."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    # The count and the names are enough to tell; a comma further down is one row's fault.
    beginning = content[:4096].decode(encoding, errors="replace").split(maxsplit=2)[:2]
    separator = next((mark for mark in ",;" if mark in "".join(beginning)), None)
    stream = io.TextIOWrapper(io.BytesIO(content), encoding, errors="replace", newline=None)
    for number, line in enumerate(stream, start=1):
        if separator is None:
            values = line.split()
        else:
            values = [value.strip() for value in line.replace('"', "").split(separator)]
        if any(values):
            yield number, values


def _ends_with_a_line(content: bytes) -> bool:
    """Whether the last line has its end, also in UTF-16."""
    return content.endswith((b"\n", b"\r", b"\0"))


def _heading(rows: Iterator[Row]) -> tuple[int | None, list[str]]:
    """The count of the first line, if it has one, and the column names."""
    _, first = next(rows, (0, []))
    filled = [value for value in first if value]
    if len(filled) == 1 and filled[0].isdecimal():
        return int(filled[0]), next(rows, (0, []))[1]
    return None, first


def _columns(header: list[str], first_row_width: int, where: str) -> _Columns:
    lowered = [name.lower() for name in header]
    _check_complete(lowered, where)
    named = next((lowered.index(name) for name in NAME_COLUMNS if name in lowered), None)
    # The official file has no name above its first column; a row is then one wider than the header.
    shift = 1 if named is None and first_row_width > len(header) else 0
    at = named or 0
    known = {name.lower() for name in ATTRIBUTES}
    return _Columns(
        width=len(header) + shift,
        name=at,
        pick_labels=itemgetter(*(lowered.index(name.lower()) + shift for name in ATTRIBUTES)),
        unknown=tuple(
            name
            for position, name in enumerate(header)
            if name and name.lower() not in known and (shift or position != at)
        ),
    )


def _check_complete(lowered: list[str], where: str) -> None:
    missing = [name for name in ATTRIBUTES if name.lower() not in lowered]
    if missing:
        names = first_names(missing)
        raise NotCelebA("attributes_missing", path=Path(where), count=len(missing), names=names)


def _read_row(values: list[str], columns: _Columns) -> tuple[str, bytes, RowIssue | None]:
    """A row's image name, its 40 labels as bytes, and the issue that makes it unusable, if there is one."""
    name = values[columns.name] if len(values) > columns.name else ""
    if len(values) != columns.width:
        return name, b"", "ragged_row"
    if not name or not name.isprintable():
        return "", b"", "row_without_name"
    try:
        return name, bytes(map(LABEL_OF.__getitem__, columns.pick_labels(values))), None
    except KeyError:
        return name, b"", "row_with_bad_value"


def _is_number(text: str, highest: int) -> bool:
    # Ten digits hold every 32-bit number; `int` of a million digits would take minutes.
    return text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) <= highest
