"""What the commands share on the screen: results go to standard output, progress and remarks beside it."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

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
    """Print `value` for programs: UTF-8 JSON, never coloured or folded."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def print_blocks(*blocks: "Block") -> None:
    """Print tables and texts of a report as results."""
    from semblante.report.text import for_terminal

    results().print(for_terminal(*blocks))


def images_text(count: int, folder: Path) -> str:
    """How many images were written, and where."""
    return ntr("{images} image in {path}", "{images} images in {path}", count, images=count, path=folder)


def print_plain(console: Console, sentence: str) -> None:
    """Print a sentence in which names of the user's may stand: neither markup nor controls act in it."""
    console.print(without_controls(sentence), markup=False, soft_wrap=True)
