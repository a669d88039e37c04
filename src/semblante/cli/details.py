"""`semblante details`: what is known of a person beside the photos, shown and changed."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from semblante.cli.console import print_plain, results
from semblante.cli.hints import remark_way_back
from semblante.cli.known_people import consent_text
from semblante.cli.options import LibraryFolder, open_index
from semblante.errors import InvalidOption
from semblante.i18n import tr

if TYPE_CHECKING:
    from semblante.library import KnownPerson

HELP = tr("Show or change what is known of a person beside the photos: who agreed, and the birth date.")


def command(
    name: Annotated[str, typer.Argument(help=tr("The name of a person in the library."), metavar=tr("NAME"))],
    consent: Annotated[
        str | None,
        typer.Option(
            help=tr(
                "Who agreed that the person is learnt: the person, who is you (self) or told you (told), or "
                "a parent; or nobody can be asked any more (deceased)."
            ),
            metavar="self|told|parent|deceased",
        ),
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(
            help=tr("The day of the consent; by default today."),
            formats=["%Y-%m-%d"],
            metavar=tr("YYYY-MM-DD"),
        ),
    ] = None,
    note: Annotated[
        str, typer.Option(help=tr("What else is to be remembered of the consent."), metavar=tr("TEXT"))
    ] = "",
    birth_date: Annotated[
        datetime | None,
        typer.Option(help=tr("When the person was born."), formats=["%Y-%m-%d"], metavar=tr("YYYY-MM-DD")),
    ] = None,
    library: LibraryFolder = None,
) -> None:
    """Change what is given, then show what is known."""
    from semblante.pipeline import PersonDetails, check_consenter
    from semblante.types import Consent

    if consent is None and (on is not None or note):
        raise InvalidOption("consent_unnamed")
    with open_index(library) as index:
        person = index.person_named(name)
        agreed, born = person.consent, person.birth_date
        if consent is not None:
            agreed = Consent(check_consenter(consent), on.date() if on else date.today(), note)
        if birth_date is not None:
            born = birth_date.date()
        wanted = PersonDetails(person.name, agreed, born)
        is_change = (agreed, born) != (person.consent, person.birth_date)
        known = index.edit_person(person.id, wanted) if is_change else person
    _print_details(known)
    if is_change:
        remark_way_back(library)


def _print_details(person: "KnownPerson") -> None:
    print_plain(results(), f"{person.name}: {consent_text(person.consent)}")
    born = person.birth_date.isoformat() if person.birth_date else tr("not known")
    print_plain(results(), tr("Birth date: {date}", date=born))
