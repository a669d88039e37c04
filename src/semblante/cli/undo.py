"""`semblante undo`: takes back what sorting made, and leaves what was changed since."""

from pathlib import Path
from typing import Annotated

import typer

from semblante.cli.advice import describe_with_advice
from semblante.cli.console import print_plain, remarks, results
from semblante.cli.options import LibraryFolder
from semblante.cli.progress import job_context
from semblante.files import translate_os_errors
from semblante.i18n import as_line, tr

HELP = tr("Take back what a sort made: remove its copies and links, and give sidecars back what they held.")


def command(
    run: Annotated[
        str | None,
        typer.Argument(help=tr("Which run, as --list names it; by default the last."), metavar=tr("RUN")),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help=tr("List what was sorted; change nothing."))] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=tr("Only say what would be done; change nothing."))
    ] = False,
    library: LibraryFolder = None,
) -> None:
    """List the runs, or undo one and say what became of each thing that it had made."""
    from semblante.pipeline import data_folder, undo_sort

    if library is not None:
        with translate_os_errors(library):
            library.stat()
    data = data_folder(library)
    if list_:
        _print_runs(data)
        return
    with job_context("undoing") as job:
        taken, became = undo_sort(data, run, dry_run, job)
    words = {"removed": tr("removed"), "restored": tr("restored"), "left": tr("left")}
    if dry_run:
        words |= {"removed": tr("would be removed"), "restored": tr("would be restored")}
    for each in became:
        reason = f" ({describe_with_advice(each.reason)})" if each.reason else ""
        print_plain(results(), f"{words[each.outcome]}: {as_line(each.path)}{reason}")
    counts = {outcome: sum(each.outcome == outcome for each in became) for outcome in words}
    values = {"run": taken.run, **counts}
    print_plain(
        remarks(),
        tr(
            "{run}: {removed} would be removed, {restored} restored, {left} left; nothing was changed",
            **values,
        )
        if dry_run
        else tr("{run}: {removed} removed, {restored} restored, {left} left", **values),
    )


def _print_runs(data: Path) -> None:
    from semblante.pipeline import sort_runs

    known = sort_runs(data)
    how_in_words = {
        "copy": tr("copies"),
        "hardlink": tr("hard links"),
        "symlink": tr("symbolic links"),
        "xmp": tr("sidecars"),
    }
    if not known:
        print_plain(remarks(), tr("Nothing was sorted yet."))
    for run in known:
        values = {"run": run.run, "name": run.name, "count": len(run.steps), "how": how_in_words[run.how]}
        print_plain(
            results(),
            tr("{run}  {name}: {how}; steps: {count}; undone", **values)
            if run.undone
            else tr("{run}  {name}: {how}; steps: {count}", **values),
        )
