"""`semblante inspect`: what is in a prepared set."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.table import Table

from semblante.cli.screen import print_json, print_plain, results
from semblante.i18n import current_language, numbers, tr
from semblante.labels import ATTRIBUTES, spoken

if TYPE_CHECKING:
    from semblante.celeba import PreparedSet, Summary

HELP = tr("Show what is in a prepared set: counts, people, attributes, and a contact sheet.")


def command(
    data: Annotated[Path, typer.Argument(help=tr("A prepared set."), metavar=tr("DATA"))],
    as_json: Annotated[bool, typer.Option("--json", help=tr("For programs."))] = False,
) -> None:
    """Sum the set up, and draw a contact sheet of it into its folder."""
    from semblante.celeba import open_prepared, summarise
    from semblante.report.data import note_text
    from semblante.report.terminal import skipped_table

    prepared = open_prepared(data)
    summary = summarise(prepared)
    if as_json:
        print_json(summary.as_json())
        return
    results().print(_counts(summary), _frequencies(summary))
    if summary.skipped:
        results().print(
            skipped_table({issue: rows.names for issue, rows in prepared.manifest.skipped.items()})
        )
    for note in summary.notes:
        print_plain(results(), note_text(note))
    print_plain(results(), tr("Contact sheet: {path}", path=_draw_contact_sheet(prepared)))


def _counts(summary: "Summary") -> Table:
    table = Table(box=box.SIMPLE)
    table.add_column(tr("Split"))
    table.add_column(tr("Images"), justify="right")
    table.add_column(tr("People"), justify="right")
    for split, images in summary.images_by_split.items():
        people = summary.people_by_split[split] if summary.people_by_split else None
        table.add_row(split, numbers.count(images), "—" if people is None else numbers.count(people))
    photos = summary.photos_per_person
    if photos:
        table.caption = tr(
            "{least} to {most} photos of each person, {median:.0f} in the middle",
            least=photos.least,
            most=photos.most,
            median=photos.median,
        )
    return table


def _frequencies(summary: "Summary") -> Table:
    """Each attribute's share in each split that has images."""
    splits = [split for split, images in summary.images_by_split.items() if images]
    table = Table(box=box.SIMPLE)
    table.add_column(tr("Attribute"))
    for split in splits:
        table.add_column(split, justify="right")
    for name in ATTRIBUTES:
        known = (summary.attribute_shares[name][split] for split in splits)
        shares = [share for share in known if share is not None]
        table.add_row(spoken(name, current_language()), *map(numbers.percent, shares))
    return table


def _draw_contact_sheet(prepared: "PreparedSet") -> Path:
    from PIL import Image

    from semblante.celeba import CONTACT_SHEET, contact_sheet
    from semblante.files import replace_when_done

    path = prepared.folder / CONTACT_SHEET
    with replace_when_done(path) as partial:
        Image.fromarray(contact_sheet(prepared)).save(partial, format="PNG")
    return path
