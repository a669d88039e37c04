"""Which trained network a command works with, as its options say."""

from pathlib import Path
from typing import Annotated

import typer

from semblante.i18n import tr

BaseFolder = Annotated[
    Path | None,
    typer.Option(
        "--base", help=tr("A trained network's folder; by default the one that comes with Semblante.")
    ),
]
BaseOfPerson = Annotated[
    Path | None,
    typer.Option(
        "--base",
        help=tr(
            "The trained network's folder; by default the one that the person was learnt on, where it "
            "lay then or as it comes with Semblante."
        ),
    ),
]
