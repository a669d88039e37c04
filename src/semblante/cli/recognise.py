"""`semblante recognise`: is this the person, yes, no or unsure?"""

import csv
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semblante.cli.screen import print_json, print_plain, remarks, results
from semblante.errors import BadSetting
from semblante.text import say

if TYPE_CHECKING:
    from semblante.bundle import Bundle
    from semblante.person import Person
    from semblante.types import Answer

NAME = "recognise"
HELP = say("Say of each photo whether it shows the person: yes, no or unsure.")


def command(
    person: Annotated[Path, typer.Argument(help=say("A person file."), metavar="PERSON")],
    photos: Annotated[
        list[Path], typer.Argument(help=say("Photos, folders or patterns such as '*.jpg'."), metavar="PHOTO…")
    ],
    base: Annotated[
        Path | None,
        typer.Option(
            help=say("The trained network's folder; by default where it was when the person was learnt.")
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("For programs."))] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help=say("For spreadsheets."))] = False,
) -> None:
    """Answer for each photo: for programs in the order given, for people the surest first."""
    from semblante.person import open_person
    from semblante.pipeline import recognise
    from semblante.report.terminal import answers_table

    if as_json and as_csv:
        raise BadSetting(say("Choose --json or --csv, not both"))
    known = open_person(person)
    bundle = base_of(known, person, base)
    answers = recognise(known, photos, bundle)
    if as_csv:
        _print_csv(answers)
    elif as_json:
        print_json(
            {"name": known.name, "prior": known.rule.prior, "answers": [asdict(answer) for answer in answers]}
        )
    else:
        found = list(answers)
        results().print(answers_table(found))
        verdicts = [answer.verdict for answer in found]
        print_plain(
            results(),
            say(
                "{name}: {yes} yes, {no} no, {unsure} unsure, {unusable} that could not be used",
                name=known.name,
                yes=verdicts.count("yes"),
                no=verdicts.count("no"),
                unsure=sum(answer.verdict == "unsure" and answer.reason is None for answer in found),
                unusable=sum(answer.reason is not None for answer in found),
            ),
        )
        print_plain(remarks(), say("The probability supposes that before looking, both were as likely."))


def base_of(known: "Person", file: Path, base: Path | None) -> "Bundle":
    """The network that a person was learnt on: in `base`, or where it was when `file` was written."""
    from semblante.bundle import open_bundle

    folder = base or known.base_folder
    if folder is None:
        raise BadSetting(say("{path} does not say where its base is; name it with --base", path=file))
    if base is None and not folder.is_dir():
        raise BadSetting(
            say(
                "{name} was learnt on the network in {path}, which is no longer there; "
                "say where it is now with --base",
                name=known.name,
                path=folder,
            )
        )
    return open_bundle(folder)


def _print_csv(answers: Iterator["Answer"]) -> None:
    table = csv.DictWriter(sys.stdout, ["source", "verdict", "probability", "reason"], lineterminator="\n")
    table.writeheader()
    table.writerows(asdict(answer) for answer in answers)
