"""How far a command is, on standard error: the events of `semblante.jobs` as a bar, remarks and advice."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.progress import BarColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

from semblante.cli.advice import advice_text, describe_with_advice
from semblante.cli.console import print_plain, remarks
from semblante.errors import Reason
from semblante.i18n import as_line, describe, tr
from semblante.jobs import Advice, Event, JobContext, Progress, Skipped

if TYPE_CHECKING:
    from rich.progress import TaskID


@contextlib.contextmanager
def job_context(stage: str, name: str = "") -> Iterator[JobContext]:
    """A job that tells the user what it does: the context to give to a long verb, as its `job`.

    `stage` is the code of what the bar says until the job tells its own stage.
    Something that is skipped is named at once, above the bar. Advice on the photos of `name` comes when the
    bar is gone; where the job fails, it is noted on the error, to be read after it. Ctrl-C stays
    `KeyboardInterrupt`.
    """
    heard: list[Advice] = []
    try:
        with _bar(describe(Reason(stage))) as (bar, task):

            def emit(event: Event) -> None:
                match event:
                    case Progress(stage=now, done=done, total=total):
                        bar.update(task, description=describe(Reason(now)), completed=done, total=total)
                    case Skipped(path=path, reason=reason):
                        print_plain(remarks(), f"{as_line(path)}: {describe_with_advice(reason)}")
                    case Advice():
                        heard.append(event)

            yield JobContext(emit)
    except BaseException as error:
        for advice in heard:
            error.add_note(advice_text(advice, name))
        raise
    for advice in heard:
        print_plain(remarks(), advice_text(advice, name))


@contextlib.contextmanager
def _bar(title: str) -> Iterator[tuple[Bar, "TaskID"]]:
    """A bar that is gone when the work is done. Nothing is shown where standard error is no terminal."""
    console = remarks()
    columns = (TextColumn("{task.description}"), BarColumn(), _Done(), _Rate(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield bar, bar.add_task(title, total=None)


class _Done(ProgressColumn):
    def render(self, task: Task) -> Text:
        if task.total is None:
            return Text("")
        return Text(tr("{done} of {total}", done=int(task.completed), total=int(task.total)))


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text("" if task.speed is None else tr("{rate:,.0f} a second", rate=task.speed))
