"""The bar that shows how far a command is, on standard error."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

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

from semblante.cli.screen import remarks
from semblante.i18n import tr

if TYPE_CHECKING:
    from semblante.types import OnProgress


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text("" if task.speed is None else tr("{rate} a second", rate=f"{task.speed:,.0f}"))


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
