"""`semblante find`: which photos of the index show somebody, or somebody who looks a certain way?"""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semblante.cli.console import REPORT, print_csv, print_json, print_plain, remarks, replaceable
from semblante.cli.hints import chosen, remark_if_empty, remark_uncompared
from semblante.cli.options import LibraryFolder, Zeros, open_index, print_paths
from semblante.cli.pictures import SheetFile, write_sheet
from semblante.errors import InvalidOption
from semblante.i18n import ntr, tr

if TYPE_CHECKING:
    from semblante.person import Person
    from semblante.pipeline import Library, Match, SearchResult

HELP = tr("Find the photos that show a person, or faces with certain attributes, from the index alone.")


def command(
    name: Annotated[
        str | None, typer.Argument(help=tr("The name of a person in the library."), metavar=tr("NAME"))
    ] = None,
    with_: Annotated[
        str | None,
        typer.Option(
            "--with",
            help=tr("Attributes that the face must have, such as Eyeglasses,Smiling."),
            metavar=tr("LIST"),
        ),
    ] = None,
    without: Annotated[
        str | None,
        typer.Option("--without", help=tr("Attributes that it must not have."), metavar=tr("LIST")),
    ] = None,
    unsure: Annotated[
        bool, typer.Option("--unsure", help=tr("Also list photos that may show the person."))
    ] = False,
    copies: Annotated[
        bool, typer.Option("--copies", help=tr("Also list further files with the very bytes of a photo."))
    ] = False,
    several: Annotated[
        bool, typer.Option("--several", help=tr("More than one face in a photo may be the person."))
    ] = False,
    sheet: SheetFile = None,
    library: LibraryFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help=tr("For programs."))] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help=tr("For spreadsheets."))] = False,
    print0: Zeros = False,
) -> None:
    """Paths, the surest first; what else there is to say goes beside them."""
    if as_json + as_csv + print0 > 1:
        raise InvalidOption("one_output_format")
    if sheet is not None:
        replaceable(sheet, REPORT)
    with open_index(library) as index:
        found = index.find(name, _attributes(with_), _attributes(without), several)
        person = index.person(name) if name else None
        name = person.name if person else None
        if not found.faces:
            remark_if_empty(index, library)
        # Only then review is about the same photos.
        to_ask = _to_ask(index, name) if name and not (with_ or without or several) else None
    sure = [match for match in found.matches if match.verdict == "yes"]
    doubtful = [match for match in found.matches if unsure and match.verdict == "unsure"]
    shown = sure + doubtful
    if sheet is not None:
        _write_sheet(sheet, person, sure, doubtful)
    if as_json:
        print_json({"name": name, "faces": found.faces, "matches": [_values(match) for match in shown]})
    elif as_csv:
        _print_table(shown, copies)
    else:
        found_in = {match.path for match in sure}
        print_paths(_files(sure, copies), print0)
        if doubtful:
            print_plain(remarks(), tr("Unsure:"))
            print_paths(_files([match for match in doubtful if match.path not in found_in], copies), print0)
    _print_counts(found, unsure)
    further = {path for match in shown for path in match.copies}
    if further and not copies and not as_json:
        print_plain(
            remarks(),
            ntr(
                "{count} further file holds one of these photos, byte for byte (to list it: --copies)",
                "{count} further files hold one of these photos, byte for byte (to list them: --copies)",
                len(further),
                count=len(further),
            ),
        )
    if name and to_ask is not None:
        _remark_unasked(found, name, to_ask, chosen(library))
    if name and shown:
        print_plain(
            remarks(),
            tr(
                "To correct an answer: semblante review {quoted} --no PHOTO{options} (or --yes PHOTO)",
                quoted=shlex.quote(name),
                options=chosen(library),
            ),
        )
    remark_uncompared(found.faces_of_other_base, name, chosen(library))


def _files(matches: "Sequence[Match]", copies: bool) -> list[Path]:
    return [path for match in matches for path in (match.files if copies else [match.path])]


def _attributes(named: str | None) -> list[str]:
    return [each for each in (named or "").split(",") if each.strip()]


def _write_sheet(path: Path, person: "Person | None", *verdicts: "Sequence[Match]") -> None:
    """Write a contact sheet of the matches, those of one verdict together."""
    from semblante.report import ContactSheet, SheetFace, SheetGroup

    groups = [
        SheetGroup([SheetFace(each, each.verdict, each.probability) for each in matches], matches[0].verdict)
        for matches in verdicts
        if matches
    ]
    write_sheet(path, ContactSheet("found", groups, person))


def _values(match: "Match") -> dict[str, object]:
    return {
        "path": str(match.path),
        "copies": list(map(str, match.copies)),
        "content_sha256": match.content_sha256,
        "verdict": match.verdict,
        "probability": match.probability,
        "box_xyxy": match.box,
        "photo_width_px": match.photo_width_px,
        "photo_height_px": match.photo_height_px,
    }


def _print_table(matches: "Sequence[Match]", copies: bool) -> None:
    columns = ["path", "verdict", "probability", "x0", "y0", "x1", "y1", "content_sha256"]
    rows = (
        (path, each.verdict, each.probability, *each.box, each.content_sha256)
        for each in matches
        for path in _files([each], copies)
    )
    print_csv(columns, rows)


def _to_ask(index: "Library", name: str) -> int:
    """About how many faces `review` would ask."""
    question = index.review(name).next_question()
    return question.left if question else 0


def _remark_unasked(found: "SearchResult", name: str, to_ask: int, options: str) -> None:
    """Say so where `review` would not ask about all photos that are unsure."""
    if to_ask != found.unsure_photos:
        print_plain(
            remarks(),
            tr(
                "semblante review {quoted}{options} asks about {count} of the unsure ones: not where the "
                "face is too small, blurred, turned or hidden to teach, or has taught",
                quoted=shlex.quote(name),
                options=options,
                count=to_ask,
            ),
        )


def _print_counts(found: "SearchResult", unsure: bool) -> None:
    yes = len({match.path for match in found.matches if match.verdict == "yes"})
    in_doubt = found.unsure_photos
    if unsure or not in_doubt:
        counts = tr(
            "{yes} photos found, {unsure} unsure; {faces} faces were looked at",
            yes=yes,
            unsure=in_doubt,
            faces=found.faces,
        )
    else:
        counts = tr(
            "{yes} photos found, {unsure} unsure (to list them: --unsure); {faces} faces were looked at",
            yes=yes,
            unsure=in_doubt,
            faces=found.faces,
        )
    print_plain(remarks(), counts)
