"""`semblante prepare`: raw CelebA becomes a prepared set."""

from pathlib import Path
from typing import Annotated

import typer

from semblante.cli.progress import progress_bar
from semblante.cli.screen import print_plain, remarks, results
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
    """Prepare, then say what was kept and what was left out."""
    from semblante.celeba import prepare, reason_in_words, summarise
    from semblante.report.terminal import left_out_table

    with progress_bar(tr("Preparing")) as show:
        data = prepare(source, out, side, show)
    for note in summarise(data).notes_in_words():
        print_plain(remarks(), note)
    left_out = {reason_in_words(reason): rows["names"] for reason, rows in data.manifest["left_out"].items()}
    if left_out:
        results().print(left_out_table(left_out))
    print_plain(results(), tr("{images} images in {path}", images=len(data.names), path=out))
