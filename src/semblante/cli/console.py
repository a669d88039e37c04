"""What commands print and write: results to standard output, progress and remarks beside it, files with care.

No file that a command writes may cost the user another file, least of all a photo.
"""

import csv
import io
import itertools
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from semblante.errors import InvalidOption
from semblante.files import REPORT_MARK, translate_os_errors
from semblante.i18n import ntr, without_controls

if TYPE_CHECKING:
    from semblante.report.blocks import Block


def results() -> Console:
    """Where results go."""
    return Console(highlight=False)


@cache
def remarks() -> Console:
    """Where progress and remarks go, always the same, so that a remark does not fall into the bar."""
    return Console(stderr=True, highlight=False)


def print_json(value: Mapping[str, Any]) -> None:
    """Print `value` for programs: JSON, never coloured or folded."""
    _print_utf8(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def print_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table for spreadsheets, each row as it comes."""
    line = io.StringIO()
    table = csv.writer(line, lineterminator="\n")
    for row in itertools.chain([columns], rows):
        table.writerow(row)
        _print_utf8(line.getvalue())
        line.seek(0)
        line.truncate()


def whole_text(text: str) -> str:
    """The text with the bytes put together that Python kept one by one, as the locale knows ASCII only."""
    return re.sub(
        "[\udc80-\udcff]+", lambda found: os.fsencode(found[0]).decode("utf-8", "surrogateescape"), text
    )


def _print_utf8(text: str) -> None:
    """Print UTF-8 whatever the locale; bytes of a file's name that are no text as JSON's escapes of them."""
    sys.stdout.flush()
    sys.stdout.buffer.write(whole_text(text).encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def print_blocks(*blocks: "Block") -> None:
    """Print tables and texts of a report as results."""
    from semblante.report.text import print_to

    print_to(results(), *blocks)


def images_text(count: int, folder: Path) -> str:
    """How many images were written, and where."""
    return ntr("{images} image in {path}", "{images} images in {path}", count, images=count, path=folder)


def print_plain(console: Console, sentence: str) -> None:
    """Print a sentence in which names of the user's may stand: neither markup nor controls act in it."""
    console.print(without_controls(sentence), markup=False, soft_wrap=True)


HEAD_BYTES = 4096


@dataclass(frozen=True)
class Kind:
    """A kind of file that commands write: how its name ends, and what stands near its beginning."""

    suffix: str
    marks: tuple[bytes, ...]


PICTURE = Kind(".png", (b"Software\0Semblante",))
REPORT = Kind(".html", (REPORT_MARK.encode(),))
EVALUATION = Kind(".json", (b'"resampled": "',))
PERSON = Kind(".json", (b'"format": "semblante person ',))
CARD = Kind(".md", (b"# Model card of a Semblante network\n", b"# Ficha de una red de Semblante\n"))


def unused(path: Path) -> Path:
    """A path that the user did not give, so no file may have it. Raises `InvalidOption`."""
    if os.path.lexists(path):
        raise InvalidOption("output_exists", path=path)
    return path


def replaceable(path: Path, kind: Kind) -> Path:
    """A path that the user gave for a new file of a kind.

    Only a file of that kind that Semblante wrote is replaced. Raises `InvalidOption`, or `FileAccessError`
    where what is there cannot be read; to be asked before the work is done that is to be written.
    """
    if path.suffix.lower() != kind.suffix:
        raise InvalidOption("wrong_suffix", path=path, suffix=kind.suffix)
    if os.path.lexists(path):
        with translate_os_errors(path), path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        if not any(mark in head for mark in kind.marks):
            raise InvalidOption("file_is_not_ours", path=path)
    return path
