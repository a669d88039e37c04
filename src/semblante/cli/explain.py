"""`semblante explain`: where in a face the answer comes from."""

from pathlib import Path
from typing import Annotated

import typer

from semblante.cli.console import PICTURE, print_json, print_plain, remarks, replaceable, results, unused
from semblante.cli.options import Aligned, LibraryFolder, person_of
from semblante.errors import InvalidOption
from semblante.i18n import tr

HELP = tr("Draw where in a face the answer comes from: an attribute's, or whether it is a person.")


def command(
    photo: Annotated[Path, typer.Argument(help=tr("A photo."), metavar=tr("PHOTO"))],
    attribute: Annotated[
        str | None,
        typer.Option(help=tr("One of CelebA's 40 attributes, such as Smiling; in Spanish too.")),
    ] = None,
    person: Annotated[
        str | None,
        typer.Option(
            help=tr("Instead of an attribute: a person file, or the name of a person in the library."),
            metavar=tr("PERSON"),
        ),
    ] = None,
    base: Annotated[
        Path | None,
        typer.Option(
            help=tr(
                "The trained network's folder; by default the bundled model, and for a person "
                "the one that the person was learnt on."
            )
        ),
    ] = None,
    library: LibraryFolder = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help=tr("The PNG picture to write; by default a new explanation-….png in the working folder.")
        ),
    ] = None,
    aligned: Aligned = False,
    as_json: Annotated[
        bool, typer.Option("--json", help=tr("For programs; draws only where --out says so."))
    ] = False,
) -> None:
    """Answer, draw, and say which parts of the face matter most."""
    from semblante.pipeline import FaceAnalyzer, explain_attribute, explain_person, open_base
    from semblante.report import explanation_text, write_explanation
    from semblante.report.wording import probability_text

    if (person is None) == (attribute is None):
        raise InvalidOption("attribute_or_person")
    if out is not None:
        replaceable(out, PICTURE)
    if person is not None:
        known = person_of(person, library)
        explanation = explain_person(photo, known, FaceAnalyzer(open_base(base, known)), aligned)
    else:
        assert attribute is not None  # One of the two is given.
        explanation = explain_attribute(photo, attribute, FaceAnalyzer(base), aligned)
    if as_json:
        if out:
            write_explanation(out, explanation)
        print_json(explanation.as_json())
        return
    asked = explanation.subject if person is None else Path(person).stem
    picture = out or unused(Path(f"explanation-{photo.stem}-{asked}.png"))
    write_explanation(picture, explanation)
    print_plain(results(), explanation_text(explanation))
    if person is not None:
        print_plain(remarks(), probability_text(known.rule, known.name))
    print_plain(results(), str(picture))
    print_plain(
        remarks(),
        tr("The picture shows on which places the answer depends: not why, nor whether it is right."),
    )
