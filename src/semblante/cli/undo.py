"""`semblante undo`: takes back what sorting made, and leaves what was changed since."""

from pathlib import Path
from typing import Annotated

import typer

from semblante.cli.library import LibraryFolder
from semblante.cli.screen import print_plain, remarks, results
from semblante.files import explained
from semblante.text import as_line, say

HELP = say("Take back what a sort made: remove its copies and links, and give sidecars back what they held.")


def command(
    run: Annotated[
        str | None,
        typer.Argument(help=say("Which run, as --list names it; by default the last."), metavar=say("RUN")),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help=say("List what was sorted; change nothing."))] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=say("Only say what would be done; change nothing."))
    ] = False,
    library: LibraryFolder = None,
) -> None:
    """List the runs, or undo one and say what became of each thing that it had made."""
    from semblante.library import data_folder
    from semblante.library.undoing import undo

    if library is not None:
        with explained(library):
            library.stat()
    data = data_folder(library)
    if list_:
        _print_runs(data)
        return
    taken, became = undo(data, run, dry_run)
    words = {"removed": say("removed"), "restored": say("restored"), "left": say("left")}
    if dry_run:
        words |= {"removed": say("would be removed"), "restored": say("would be restored")}
    for each in became:
        reason = f" ({each.reason})" if each.reason else ""
        print_plain(results(), f"{words[each.outcome]}: {as_line(each.path)}{reason}")
    counts = {outcome: sum(each.outcome == outcome for each in became) for outcome in words}
    values = {"run": taken.run, **counts}
    print_plain(
        remarks(),
        say(
            "{run}: {removed} would be removed, {restored} restored, {left} left; nothing was changed",
            **values,
        )
        if dry_run
        else say("{run}: {removed} removed, {restored} restored, {left} left", **values),
    )


def _print_runs(data: Path) -> None:
    from semblante.library.journal import how_in_words, runs

    known = runs(data)
    if not known:
        print_plain(remarks(), say("Nothing was sorted yet."))
    for run in known:
        values = {"run": run.run, "name": run.name, "count": len(run.steps), "how": how_in_words(run.how)}
        print_plain(
            results(),
            say("{run}  {name}: {how}; steps: {count}; undone", **values)
            if run.undone
            else say("{run}  {name}: {how}; steps: {count}", **values),
        )
