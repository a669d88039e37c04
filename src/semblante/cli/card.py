"""`semblante card`: what a trained network is, how good it is, and what it must not be used for."""

from pathlib import Path
from typing import Annotated

import typer

from semblante.cli.console import CARD, print_plain, replaceable, results
from semblante.cli.options import BaseFolder
from semblante.i18n import tr

HELP = tr("Show a trained network's card: its data and terms, how good it is and for whom, and its limits.")


def command(
    base: BaseFolder = None,
    out: Annotated[Path | None, typer.Option(help=tr("Write it to this Markdown file instead."))] = None,
) -> None:
    """Show the card, or write it."""
    from rich.markdown import Markdown

    from semblante.files import atomic_write
    from semblante.pipeline import open_base
    from semblante.report import model_card

    if out is not None:
        replaceable(out, CARD)
    card = model_card(open_base(base))
    if out is None:
        # In a pipe as it is: rendered, its tables would be folded and cut at some width.
        console = results()
        console.print(Markdown(card)) if console.is_terminal else print_plain(console, card.rstrip())
        return
    atomic_write(out, card)
    print_plain(results(), str(out))
