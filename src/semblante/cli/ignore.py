"""`semblante ignore`: strangers in photos and folders, about whom nobody is to ask any more."""

from pathlib import Path
from typing import Annotated

import typer

from semblante.cli.console import print_plain, remarks, results
from semblante.cli.hints import remark_way_back
from semblante.cli.options import LibraryFolder, open_index
from semblante.errors import InvalidOption
from semblante.i18n import as_line, tr

HELP = tr("Ignore strangers in a photo or a folder, also in scans to come; only a sure yes still finds them.")


def command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help=tr(
                "Photos of the index, in which all faces are ignored but those that are surely a known "
                "person's; or folders, in which all are."
            ),
            metavar=tr("PATH…"),
        ),
    ] = None,
    no_longer: Annotated[
        bool, typer.Option("--no-longer", help=tr("Ask again about all faces in these photos and folders."))
    ] = False,
    list_: Annotated[
        bool, typer.Option("--list", help=tr("List the folders, and how many single faces are ignored."))
    ] = False,
    library: LibraryFolder = None,
) -> None:
    """Ignore, or no longer, what is at each path; or list."""
    if bool(paths) == list_:
        raise InvalidOption("paths_or_list")
    with open_index(library) as index:
        if list_:
            for folder in index.ignored_folders():
                print_plain(results(), as_line(folder))
            count = len(index.ignored_faces())
            print_plain(remarks(), tr("Faces that are ignored one by one: {count}", count=count))
            return
        done = [index.ignore_place(path, not no_longer) for path in paths or ()]
    for path, change in zip(paths or (), done, strict=True):
        if change is None:
            text = tr("{path}: it was so already", path=as_line(path))
        elif no_longer:
            text = tr("{path}: no longer ignored", path=as_line(path))
        else:
            text = tr("{path}: strangers are ignored", path=as_line(path))
        print_plain(results(), text)
    if changes := sum(each is not None for each in done):
        remark_way_back(library, changes)
