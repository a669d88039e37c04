"""`semblante undo`: takes back what sorting made, and leaves what was changed since."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semblante.cli.advice import describe_with_advice
from semblante.cli.console import print_plain, remarks, results
from semblante.cli.options import LibraryFolder, open_index
from semblante.cli.progress import job_context
from semblante.errors import FileAccessError, InvalidOption
from semblante.files import translate_os_errors
from semblante.i18n import as_line, tr

if TYPE_CHECKING:
    from semblante.library import Change

HELP = tr("Take back what a sort made, or the last change of the people known.")


def command(
    run: Annotated[
        str | None,
        typer.Argument(help=tr("Which run, as --list names it; by default the last."), metavar=tr("RUN")),
    ] = None,
    people: Annotated[
        bool,
        typer.Option(
            "--people",
            help=tr(
                "Instead of a sort, take back the last change of people (learning, a name, answers, a "
                "merge) or of groups and ignored faces, or the last so many. What was forgotten stays "
                "forgotten."
            ),
        ),
    ] = False,
    list_: Annotated[
        bool, typer.Option("--list", help=tr("List what can be taken back; change nothing."))
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=tr("Only say what would be done; change nothing."))
    ] = False,
    library: LibraryFolder = None,
) -> None:
    """List the runs, or undo one and say what became of each thing that it had made; or undo a change."""
    from semblante.pipeline import data_folder, undo_sort

    if people:
        if run is not None and not run.isdecimal():
            raise InvalidOption("run_is_a_sort", run=run)
        _undo_changes(library, int(run or 1), list_, dry_run)
        return
    if library is not None:
        with translate_os_errors(library):
            if not library.exists():
                raise FileAccessError("no_library_folder", path=library)
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
    counted = [each for each in became if not each.is_folder or each.outcome == "left"]
    counts = {outcome: sum(each.outcome == outcome for each in counted) for outcome in words}
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


def _undo_changes(library: Path | None, count: int, list_: bool, dry_run: bool) -> None:
    with open_index(library) as index:
        if not (list_ or dry_run):
            for each in index.undo(count):
                print_plain(results(), tr("taken back: {change}", change=_dated(each)))
            return
        changes = index.changes()
    if not changes:
        print_plain(remarks(), tr("No change of people can be taken back."))
    for number, each in enumerate(changes if list_ else changes[:count], start=1):
        text = _dated(each)
        line = f"{number}  {text}" if list_ else tr("would be taken back: {change}", change=text)
        print_plain(results(), line)


def _dated(change: "Change") -> str:
    """When it was, and what it did."""
    from semblante.report.changes import change_text

    return f"{change.at.astimezone():%Y-%m-%d %H:%M}  {change_text(change)}"


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
        values = {"run": run.run, "name": run.name, "count": run.file_count, "how": how_in_words[run.how]}
        print_plain(
            results(),
            tr("{run}  {name}: {how}; files: {count}; undone", **values)
            if run.undone
            else tr("{run}  {name}: {how}; files: {count}", **values),
        )
