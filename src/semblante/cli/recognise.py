"""`semblante recognise`: is this the person, yes, no or unsure?"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from semblante.cli.console import print_blocks, print_csv, print_json, print_plain, remarks, results
from semblante.cli.options import Aligned, BaseOfPerson, Counted, LibraryFolder, person_of
from semblante.errors import InvalidOption, Reason
from semblante.i18n import describe, ntr, tr

if TYPE_CHECKING:
    from semblante.person import Decision, Person


HELP = tr("Say of each photo whether it shows the person: yes, no or unsure.")


def command(
    person: Annotated[
        str,
        typer.Argument(
            help=tr("A person file, or the name of a person in the library."), metavar=tr("PERSON")
        ),
    ],
    photos: Annotated[
        list[Path],
        typer.Argument(help=tr("Photos, folders or patterns such as '*.jpg'."), metavar=tr("PHOTO…")),
    ],
    base: BaseOfPerson = None,
    aligned: Aligned = False,
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
    from semblante.pipeline import FaceAnalyzer, open_base, recognise

    if as_json and as_csv:
        raise InvalidOption("json_or_csv")
    known = person_of(person, library)
    with FaceAnalyzer(open_base(base, known)) as analyzer:
        decisions = Counted(recognise(known, photos, analyzer, several, aligned), _is_usable)
        if as_csv:
            _print_rows(decisions)
        elif as_json:
            answers = [_values(decision) for decision in decisions]
            rule = known.rule
            thresholds = {"prior": rule.prior, "yes_above": rule.yes_above, "no_below": rule.no_below}
            print_json({"name": known.name, **thresholds, "answers": answers})
        else:
            _print_table(known, list(decisions))
    decisions.check_some_usable()


def _is_usable(decision: "Decision") -> bool:
    """Whether the photo could be read; one without a face was."""
    return decision.verdict is not None or decision.reason == Reason("no_face_found")


def _print_table(person: "Person", decisions: Sequence["Decision"]) -> None:
    """The decisions in a table, the surest first, and how many there are of each kind."""
    from semblante.report.wording import answers_table, probability_text

    print_blocks(answers_table(decisions))
    verdicts = [decision.verdict for decision in decisions]
    unusable = len(decisions) - sum(map(_is_usable, decisions))
    faceless = verdicts.count(None) - unusable
    print_plain(
        results(),
        tr(
            "{name}: {yes} yes, {no} no, {unsure} unsure, {faceless}, {unusable}",
            name=person.name,
            yes=verdicts.count("yes"),
            no=verdicts.count("no"),
            unsure=verdicts.count("unsure"),
            faceless=ntr("{count} without a face", "{count} without a face", faceless, count=faceless),
            unusable=ntr(
                "{count} that could not be used",
                "{count} that could not be used",
                unusable,
                count=unusable,
            ),
        ),
    )
    print_plain(remarks(), probability_text(person.rule, person.name))


def _values(decision: "Decision") -> dict[str, Any]:
    """The decision as JSON-ready values, its reason as a sentence and as a code."""
    from semblante.report.faces import face_values

    return {
        "path": decision.source,
        **{name: value for name, value in vars(decision).items() if name != "source"},
        "reason": describe(decision.reason) if decision.reason else None,
        "face": decision.face and face_values(decision.face),
        "reason_code": decision.reason.code if decision.reason else None,
    }


def _print_rows(decisions: Iterable["Decision"]) -> None:
    """A line for each decision, with the box of the face that it is about, in pixels."""
    columns = ["path", "verdict", "probability", "reason", "x0", "y0", "x1", "y1", "reason_code"]
    print_csv(columns, map(_row, decisions))


def _row(decision: "Decision") -> list[object]:
    box = decision.face.box if decision.face else (None,) * 4
    said = _values(decision)
    answer = [said[name] for name in ("path", "verdict", "probability", "reason")]
    return [*answer, *box, said["reason_code"]]
