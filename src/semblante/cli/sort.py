"""`semblante sort`: the photos of a person get a place of their own, or sidecars that say who is in them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semblante.cli.console import print_plain, remarks, results
from semblante.cli.hints import chosen, remark_if_empty, remark_uncompared
from semblante.cli.options import LibraryFolder, open_index
from semblante.cli.progress import job_context
from semblante.errors import InvalidOption
from semblante.i18n import as_line, ntr, tr

if TYPE_CHECKING:
    from semblante.organize.journal import How
    from semblante.pipeline import SortedPhoto

HELP = tr("Copy or link the photos that show a person into a folder, or write sidecars; never move them.")


def command(
    name: Annotated[str, typer.Argument(help=tr("The name of a person in the library."), metavar=tr("NAME"))],
    to: Annotated[Path | None, typer.Option(help=tr("The folder for the copies or links."))] = None,
    hardlink: Annotated[
        bool, typer.Option("--hardlink", help=tr("Instead of copies, other names of the same files."))
    ] = False,
    symlink: Annotated[
        bool, typer.Option("--symlink", help=tr("Instead of copies, symbolic links."))
    ] = False,
    xmp: Annotated[
        bool,
        typer.Option(
            "--xmp",
            help=tr(
                "Instead, say in photo.jpg.xmp beside each photo where the face is and whose, "
                "as digiKam reads it."
            ),
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=tr("Only say what would be done; change nothing."))
    ] = False,
    several: Annotated[
        bool, typer.Option("--several", help=tr("More than one face in a photo may be the person."))
    ] = False,
    library: LibraryFolder = None,
) -> None:
    """Say of each photo what became of it, then how many there were, and how to undo it."""
    from semblante.pipeline import Sorting, is_among, sort_photos

    how = _how(to, hardlink, symlink, xmp)
    with open_index(library) as index:
        if not dry_run:
            index.check_writable()  # The journal lies beside it.
        found = index.find(name, several=several)
        matches = found.matches
        name = index.kept_name(name)  # Other programs take another spelling for another person.
        data = index.folder
        if not matches:
            remark_if_empty(index, library)
            remark_uncompared(found.faces_of_other_base, name)
    if to is not None and is_among(to, (path for match in matches for path in match.files)):
        print_plain(
            remarks(),
            tr(
                "{folder} lies among the photos, or beside them: a scan of all around finds what is put "
                "there",
                folder=to,
            ),
        )
    sorted_photos: list[SortedPhoto] = []
    try:
        with job_context("sorting") as job:
            sorted_photos.extend(sort_photos(matches, Sorting(name, how, to, dry_run), data, job))
    finally:
        _print_photos(sorted_photos, dry_run)
    counts = {
        outcome: sum(each.outcome == outcome for each in sorted_photos)
        for outcome in ("made", "already", "skipped")
    }
    values = counts | {"made": _things(how, counts["made"])}
    print_plain(
        remarks(),
        tr(
            "would be made: {made}; there already: {already}; photos skipped: {skipped}; nothing was changed",
            **values,
        )
        if dry_run
        else tr(
            "made: {made}; there already: {already}; photos skipped: {skipped}; semblante undo{options} "
            "takes it back",
            options=chosen(library),
            **values,
        )
        if counts["made"]
        else tr("made: {made}; there already: {already}; photos skipped: {skipped}", **values),
    )


def _things(how: "How", count: int) -> str:
    """So many of what a sort makes."""
    match how:
        case "copy":
            return ntr("{count} copy", "{count} copies", count, count=count)
        case "hardlink":
            return ntr("{count} hard link", "{count} hard links", count, count=count)
        case "symlink":
            return ntr("{count} symbolic link", "{count} symbolic links", count, count=count)
        case "xmp":
            return ntr("{count} sidecar", "{count} sidecars", count, count=count)


def _how(to: Path | None, hardlink: bool, symlink: bool, xmp: bool) -> "How":
    if hardlink + symlink + xmp > 1:
        raise InvalidOption("one_way_to_sort")
    if xmp and to is not None:
        raise InvalidOption("xmp_with_folder")
    if not xmp and to is None:
        raise InvalidOption("sort_without_folder")
    return "hardlink" if hardlink else "symlink" if symlink else "xmp" if xmp else "copy"


def _print_photos(sorted_photos: "Sequence[SortedPhoto]", dry_run: bool) -> None:
    """Say what was made; what was skipped has been named on the way."""
    for each in sorted_photos:
        if each.outcome != "made":
            continue
        target = as_line(each.target)
        print_plain(
            results(),
            tr("{photo} would make {target}", photo=as_line(each.photo), target=target)
            if dry_run
            else target,
        )
