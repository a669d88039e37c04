"""Options of the commands that read photos: which model, and how pictures of CelebA's size are taken."""

from pathlib import Path
from typing import Annotated

import typer

from semblante.i18n import tr

BaseFolder = Annotated[
    Path | None,
    typer.Option("--base", help=tr("A trained network's folder; by default the bundled model.")),
]
Aligned = Annotated[
    bool,
    typer.Option(
        "--aligned",
        help=tr("Take pictures of 178 x 218 pixels for CelebA's aligned crops; search no face in them."),
    ),
]
BaseOfPerson = Annotated[
    Path | None,
    typer.Option(
        "--base",
        help=tr(
            "The trained network's folder; by default the one that the person was learnt on, in"
            " the folder of then or as the bundled model."
        ),
    ),
]
