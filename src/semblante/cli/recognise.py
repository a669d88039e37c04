"""`semblante recognise`: is this the person, yes, no or unsure?"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from semblante.cli.bases import BaseOfPerson
from semblante.cli.library import LibraryFolder, person_of
from semblante.cli.screen import print_json, print_plain, remarks, results
from semblante.errors import InvalidOption
from semblante.i18n import tr

if TYPE_CHECKING:
    from semblante.person.results import Decision


HELP = tr("Say of each photo whether it shows the person: yes, no or unsure.")


def command(
    person: Annotated[
        str,
        typer.Argument(
            help=tr("A person file, or the name of a person whom the library knows."), metavar=tr("PERSON")
        ),
    ],
    photos: Annotated[
        list[Path],
        typer.Argument(help=tr("Photos, folders or patterns such as '*.jpg'."), metavar=tr("PHOTO…")),
    ],
    base: BaseOfPerson = None,
    several: Annotated[
        bool,
        typer.Option(
            "--several", help=tr("More than one face in a photo may be the person: answer for each.")
        ),
    ] = False,
    library: LibraryFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help=tr("For programs."))] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help=tr("For spreadsheets."))] = False,
) -> None:
    """Answer for each photo: for programs in the order given, for people the surest first."""
    from semblante.pipeline import open_base, recognise
    from semblante.report.terminal import answers_table

    if as_json and as_csv:
        raise InvalidOption(tr("Choose --json or --csv, not both"))
    known = person_of(person, library)
    answers = recognise(known, photos, open_base(base, known), several)
    if as_csv:
        _print_csv(answers)
    elif as_json:
        print_json(
            {
                "name": known.name,
                "prior": known.rule.prior,
                "answers": [_values(answer) for answer in answers],
            }
        )
    else:
        found = list(answers)
        results().print(answers_table(found))
        verdicts = [answer.verdict for answer in found]
        print_plain(
            results(),
            tr(
                "{name}: {yes} yes, {no} no, {unsure} unsure, {unusable} that could not be used",
                name=known.name,
                yes=verdicts.count("yes"),
                no=verdicts.count("no"),
                unsure=sum(answer.verdict == "unsure" and answer.probability is not None for answer in found),
                unusable=sum(answer.verdict == "unsure" and answer.probability is None for answer in found),
            ),
        )
        print_plain(remarks(), tr("The probability supposes that before looking, both were as likely."))


def _values(answer: "Decision") -> dict[str, Any]:
    from semblante.report.faces import face_values

    return {**vars(answer), "face": answer.face and face_values(answer.face)}


def _print_csv(answers: Iterator["Decision"]) -> None:
    """A line for each answer, with the box of the face that it is about, in pixels."""
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["source", "verdict", "probability", "reason", "x0", "y0", "x1", "y1"])
    for answer in answers:
        box = answer.face.box if answer.face else (None,) * 4
        table.writerow([answer.source, answer.verdict, answer.probability, answer.reason, *box])
