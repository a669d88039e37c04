"""`semblante scan`: a collection of photos comes into the index; what is known already is not read again."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semblante.cli.console import print_json, print_plain, results
from semblante.cli.options import Aligned, BaseFolder, LibraryFolder, open_index
from semblante.cli.progress import job_context
from semblante.i18n import as_line, ntr, tr

if TYPE_CHECKING:
    from semblante.library import Excluded
    from semblante.pipeline import ScanReport

HELP = tr("Bring the index up to date with your photos; they are read once, and only ever read.")

NAMED = 3
"""So many folders that are left out are named."""


def command(
    folders: Annotated[
        list[Path],
        typer.Argument(
            help=tr("Folders with photos, single photos, or patterns such as '2020*'."),
            metavar=tr("FOLDER…"),
        ),
    ],
    force: Annotated[
        bool,
        typer.Option(
            "--again",
            help=tr("Read all photos again, also for faces that left the index with somebody forgotten."),
        ),
    ] = False,
    prune: Annotated[
        bool,
        typer.Option(
            "--gone",
            help=tr(
                "Take out of the index at once what is not there; not for drives that are only unplugged."
            ),
        ),
    ] = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            help=tr(
                "Look into each photo for edits that kept its size and date; on Windows and on FAT drives "
                "they are otherwise noticed within a month only."
            ),
        ),
    ] = False,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            help=tr(
                "Leave out what has such a name, such as '*.png' or Private/; may be repeated. The rules are "
                "gitignore's, as in a file .semblanteignore."
            ),
            metavar=tr("PATTERN"),
        ),
    ] = None,
    aligned: Aligned = False,
    library: LibraryFolder = None,
    base: BaseFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help=tr("For programs."))] = False,
) -> None:
    """Name what cannot be used as it is met, and count the rest at the end."""
    from semblante.errors import EmptyDataset
    from semblante.pipeline import FaceAnalyzer, no_photos, open_base

    with (
        open_index(library, new=True) as index,
        FaceAnalyzer(open_base(base)) as analyzer,
        job_context("reading_photos") as job,
    ):
        report = index.scan(folders, analyzer, force, prune, verify, exclude or (), aligned, job)
    if as_json:
        print_json(asdict(report))
    else:
        _print_counts(report)
    if report.is_of_no_use:
        raise EmptyDataset("no_photo_readable", count=report.photos)
    if report.found_nothing:
        raise no_photos(folders, report.excluded)


def _print_counts(report: "ScanReport") -> None:
    photos = ntr("{count} photo", "{count} photos", report.photos, count=report.photos)
    print_plain(results(), photos)
    said = (
        (
            report.unchanged,
            ntr("{count} unchanged", "{count} unchanged", report.unchanged, count=report.unchanged),
        ),
        (
            report.recognised,
            ntr(
                "{count} known by its content (moved, copied or touched)",
                "{count} known by their content (moved, copied or touched)",
                report.recognised,
                count=report.recognised,
            ),
        ),
        (report.read, ntr("{count} read", "{count} read", report.read, count=report.read)),
        (
            report.faces,
            ntr("{count} face in them", "{count} faces in them", report.faces, count=report.faces),
        ),
        (
            report.broken,
            ntr(
                "{count} that could not be read",
                "{count} that could not be read",
                report.broken,
                count=report.broken,
            ),
        ),
        (
            report.no_access,
            tr("{count} without permission to read, or gone meanwhile", count=report.no_access),
        ),
        (report.changing, tr("{count} that changed meanwhile; scan again", count=report.changing)),
        (
            report.unreachable,
            ntr(
                "{count} folder that could not be looked into",
                "{count} folders that could not be looked into",
                report.unreachable,
                count=report.unreachable,
            ),
        ),
        (report.missing, tr("{count} no longer there", count=report.missing)),
        (
            report.withdrawn,
            ntr(
                "{count} in the index that is left out now, and is no longer found",
                "{count} in the index that are left out now, and are no longer found",
                report.withdrawn,
                count=report.withdrawn,
            ),
        ),
        (
            report.dropped,
            ntr(
                "{count} out of the index, since it is no longer there or is left out",
                "{count} out of the index, since they are no longer there or are left out",
                report.dropped,
                count=report.dropped,
            ),
        ),
        (
            report.copies,
            ntr(
                "{count} in the index that is an exact copy of another: both are one photo",
                "{count} in the index that are exact copies of others: each counts as one photo with them",
                report.copies,
                count=report.copies,
            ),
        ),
    )
    for count, sentence in said:
        if count:
            print_plain(results(), sentence)
    _print_left_out(report.excluded)


def _print_left_out(excluded: "Excluded") -> None:
    """One line for what rules leave out, and one for RAW files and videos."""
    count = sum(excluded.folders.values())
    names = sorted(excluded.folders, key=lambda name: (-excluded.folders[name], name))
    named = ", ".join(map(as_line, names[:NAMED])) + ", …" * (len(names) > NAMED)
    folders = ntr("{count} folder ({names})", "{count} folders ({names})", count, count=count, names=named)
    photos = ntr("{count} file", "{count} files", excluded.photos, count=excluded.photos)
    if what := _joined((count, folders), (excluded.photos, photos)):
        print_plain(
            results(),
            ntr("{what} was left out", "{what} were left out", count + excluded.photos, what=what),
        )
    raw = ntr("{count} RAW file", "{count} RAW files", excluded.raw, count=excluded.raw)
    videos = ntr("{count} video", "{count} videos", excluded.videos, count=excluded.videos)
    if what := _joined((excluded.raw, raw), (excluded.videos, videos)):
        unread = excluded.raw + excluded.videos
        print_plain(results(), ntr("{what} was not read", "{what} were not read", unread, what=what))


def _joined(*parts: tuple[int, str]) -> str:
    """Those of the parts of which there are any."""
    said = [text for count, text in parts if count]
    return tr("{first} and {second}", first=said[0], second=said[1]) if len(said) == 2 else "".join(said)
