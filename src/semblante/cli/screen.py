"""What the commands share on the screen: results go to standard output, progress and remarks beside it."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from semblante.errors import BadSetting
from semblante.text import say, without_controls

if TYPE_CHECKING:
    from semblante.types import OnProgress


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
    if path.exists():
        raise BadSetting(
            say(
                "{path} exists already; to replace it, or to write another file, name it with --out",
                path=path,
            )
        )
    return path


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text("" if task.speed is None else say("{rate} a second", rate=f"{task.speed:,.0f}"))


@contextlib.contextmanager
def progress_bar(title: str) -> Iterator["OnProgress"]:
    """A bar with rate and time left, gone when the work is done; call what it gives with (done, total).

    Nothing is shown where standard error is no terminal.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    console = remarks()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(title, total=None)

        def show(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield show
