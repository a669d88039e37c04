"""`semblante card`: what a trained network is, how good it is, and what it must not be used for."""

from pathlib import Path
from typing import Annotated

import typer

from semblante.cli.console import CARD, print_blocks, print_plain, replaceable, results
from semblante.cli.options import BaseFolder
from semblante.i18n import tr

HELP = tr("Show a trained network's card: its data and terms, how good it is and for whom, and its limits.")


def command(
    base: BaseFolder = None,
    out: Annotated[Path | None, typer.Option(help=tr("Write it to this Markdown file instead."))] = None,
) -> None:
    """Show the card, or write it."""
    from semblante.files import atomic_write
    from semblante.pipeline import open_base
    from semblante.report import card_blocks, model_card

    if out is not None:
        replaceable(out, CARD)
    bundle = open_base(base)
    if out is not None:
        atomic_write(out, model_card(bundle))
        print_plain(results(), str(out))
    elif results().is_terminal:
        for block in card_blocks(bundle):
            print_blocks(block)
            print_plain(results(), "")
    else:
        print_plain(results(), model_card(bundle).rstrip())
