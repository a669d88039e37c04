"""What the commands share on the screen: results go to standard output, progress and remarks beside it."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from semblante.errors import BadSetting
from semblante.text import say, without_controls


def results() -> Console:
    """Where results go."""
    return Console(highlight=False)


def remarks() -> Console:
    """Where progress and remarks go."""
    return Console(stderr=True, highlight=False)


def print_json(value: Mapping[str, Any]) -> None:
    """Print `value` for programs: UTF-8 JSON, never coloured or folded."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def print_plain(console: Console, sentence: str) -> None:
    """Print a sentence in which names of the user's may stand: neither markup nor controls act in it."""
    console.print(without_controls(sentence), markup=False, soft_wrap=True)


def unused(path: Path) -> Path:
    """A path that the user did not give, so it must not cost them another file. Raises `BadSetting`."""
    if os.path.lexists(path):
        raise BadSetting(
            say(
                "{path} exists already; to replace it, or to write another file, name it with --out",
                path=path,
            )
        )
    return path
