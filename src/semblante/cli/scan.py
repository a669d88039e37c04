"""`semblante scan`: a collection of photos comes into the index; what is known already is not read again."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semblante.cli.console import print_json, print_plain, results
from semblante.cli.options import Aligned, BaseFolder, LibraryFolder, open_index
from semblante.cli.progress import job_context
from semblante.i18n import ntr, tr

if TYPE_CHECKING:
    from semblante.pipeline import ScanReport

HELP = tr("Bring the index up to date with your photos; they are read once, and only ever read.")


def command(
    folders: Annotated[
        list[Path], typer.Argument(help=tr("Folders with photos, or single photos."), metavar=tr("FOLDER…"))
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
    aligned: Aligned = False,
    library: LibraryFolder = None,
    base: BaseFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help=tr("For programs."))] = False,
) -> None:
    """Name what cannot be used as it is met, and count the rest at the end."""
    from semblante.pipeline import FaceAnalyzer, open_base

    with (
        open_index(library, new=True) as index,
        FaceAnalyzer(open_base(base)) as analyzer,
        job_context("reading_photos") as job,
    ):
        report = index.scan(folders, analyzer, force, prune, aligned, job)
    if as_json:
        print_json(asdict(report))
    else:
        _print_counts(report)


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
            report.dropped,
            ntr(
                "{count} out of the index, since it is no longer there",
                "{count} out of the index, since they are no longer there",
                report.dropped,
                count=report.dropped,
            ),
        ),
    )
    for count, sentence in said:
        if count:
            print_plain(results(), sentence)
