"""Which trained network a command works with, as its options say."""

from pathlib import Path
from typing import Annotated

import typer

from semblante.text import say

BaseFolder = Annotated[
    Path | None,
    typer.Option(
        "--base", help=say("A trained network's folder; by default the one that comes with Semblante.")
    ),
]
BaseOfPerson = Annotated[
    Path | None,
    typer.Option(
        "--base",
        help=say(
            "The trained network's folder; by default the one that the person was learnt on, where it "
            "lay then or as it comes with Semblante."
        ),
    ),
]
