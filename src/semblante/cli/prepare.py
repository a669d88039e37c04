"""`semblante prepare`: raw CelebA becomes a prepared set."""

from pathlib import Path
from typing import Annotated

import typer

from semblante.cli.console import images_text, print_blocks, print_plain, remarks, results
from semblante.cli.progress import job_context
from semblante.i18n import tr

HELP = tr("Turn CelebA, as it was downloaded, into a prepared set. A stopped run is taken up again.")


def command(
    source: Annotated[
        Path,
        typer.Argument(
            help=tr("CelebA's folder or zip file, in the official layout or Kaggle's."),
            metavar=tr("SOURCE"),
        ),
    ],
    out: Annotated[Path, typer.Argument(help=tr("The folder for the prepared set."), metavar=tr("OUT"))],
    side: Annotated[int, typer.Option(help=tr("The side of the square crops, in pixels."))] = 96,
) -> None:
    """Prepare, then say what was kept and what was skipped."""
    from semblante.pipeline import prepare
    from semblante.report.data import note_text, skipped_table

    with job_context("preparing") as job:
        data = prepare(source, out, side, job)
    for note in data.manifest.notes:
        print_plain(remarks(), note_text(note))
    if data.manifest.skipped:
        print_blocks(skipped_table({issue: rows.names for issue, rows in data.manifest.skipped.items()}))
    print_plain(results(), images_text(len(data.names), out))
