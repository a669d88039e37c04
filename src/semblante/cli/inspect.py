"""`semblante inspect`: what is in a prepared set."""

from pathlib import Path
from typing import Annotated

import typer

from semblante.cli.console import print_blocks, print_json, print_plain, results
from semblante.i18n import tr

HELP = tr("Show what is in a prepared set: counts, people, attributes, and a contact sheet.")


def command(
    data: Annotated[Path, typer.Argument(help=tr("A prepared set."), metavar=tr("DATA"))],
    as_json: Annotated[bool, typer.Option("--json", help=tr("For programs."))] = False,
) -> None:
    """Sum the set up, and draw a contact sheet of it into its folder."""
    from semblante.pipeline import open_prepared, summarise, write_contact_sheet
    from semblante.report.data import note_text, skipped_table, summary_blocks

    prepared = open_prepared(data)
    summary = summarise(prepared)
    if as_json:
        print_json(summary.as_json())
        return
    print_blocks(*summary_blocks(summary))
    if summary.skipped:
        print_blocks(skipped_table({issue: rows.names for issue, rows in prepared.manifest.skipped.items()}))
    for note in summary.notes:
        print_plain(results(), note_text(note))
    print_plain(results(), tr("Contact sheet: {path}", path=write_contact_sheet(prepared)))
