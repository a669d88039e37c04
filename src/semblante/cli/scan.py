"""`semblante scan`: a collection of photos comes into the index; what is known already is not read again."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semblante.cli.bases import BaseFolder
from semblante.cli.library import LibraryFolder, open_index
from semblante.cli.progress import progress_bar
from semblante.cli.screen import print_json, print_plain, remarks, results
from semblante.text import as_line, say

if TYPE_CHECKING:
    from semblante.library import ScanReport

HELP = say("Bring the index up to date with your photos; they are read once, and only ever read.")


def command(
    folders: Annotated[
        list[Path], typer.Argument(help=say("Folders with photos, or single photos."), metavar=say("FOLDER…"))
    ],
    again: Annotated[
        bool,
        typer.Option(
            "--again",
            help=say("Read all photos again, also for faces that left the index with somebody forgotten."),
        ),
    ] = False,
    gone: Annotated[
        bool,
        typer.Option(
            "--gone",
            help=say(
                "Take out of the index at once what is not there; not for drives that are only unplugged."
            ),
        ),
    ] = False,
    library: LibraryFolder = None,
    base: BaseFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("For programs."))] = False,
) -> None:
    """Name what cannot be used as it is met, and count the rest at the end."""
    from semblante.pipeline import open_base, scan_photos

    def complain(path: Path, reason: str) -> None:
        print_plain(remarks(), f"{as_line(path)}: {reason}")

    with open_index(library, new=True) as index, progress_bar(say("Looking at the photos")) as show:
        report = scan_photos(index, folders, open_base(base), show, complain, again, gone)
    if as_json:
        print_json(asdict(report))
    else:
        _print_counts(report)


def _print_counts(report: "ScanReport") -> None:
    print_plain(results(), say("{count} photos", count=report.photos))
    said = (
        (report.unchanged, say("{count} unchanged", count=report.unchanged)),
        (
            report.recognised,
            say("{count} known by their content (moved, copied or touched)", count=report.recognised),
        ),
        (report.read, say("{count} read", count=report.read)),
        (report.faces, say("{count} faces in them", count=report.faces)),
        (report.broken, say("{count} that could not be read", count=report.broken)),
        (
            report.no_access,
            say("{count} without permission to read, or gone meanwhile", count=report.no_access),
        ),
        (report.changing, say("{count} that changed meanwhile; scan again", count=report.changing)),
        (
            report.unreachable,
            say("{count} folders that could not be looked into", count=report.unreachable),
        ),
        (report.missing, say("{count} no longer there", count=report.missing)),
        (
            report.dropped,
            say("{count} out of the index, since they are no longer there", count=report.dropped),
        ),
    )
    for count, sentence in said:
        if count:
            print_plain(results(), sentence)
