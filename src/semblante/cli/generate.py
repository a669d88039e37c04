"""`semblante generate`: drawn faces of people who do not exist, in CelebA's layout."""

from pathlib import Path
from typing import Annotated

import typer

from semblante.cli.console import images_text, print_plain, results
from semblante.cli.progress import job_context
from semblante.i18n import tr

HELP = tr("Draw faces of people who do not exist, with true labels, in CelebA's layout.")


def command(
    out: Annotated[
        Path, typer.Argument(help=tr("A new folder for the pictures and lists."), metavar=tr("OUT"))
    ],
    people: Annotated[int, typer.Option(help=tr("How many people."))] = 100,
    pictures: Annotated[int, typer.Option(help=tr("How many pictures of each."))] = 10,
    seed: Annotated[int, typer.Option(help=tr("The same seed draws the same faces."))] = 0,
) -> None:
    """Draw, then say where."""
    from semblante.pipeline import write_celeba

    with job_context("drawing") as job:
        write_celeba(out, people, pictures, seed, job)
    print_plain(results(), images_text(people * pictures, out))
