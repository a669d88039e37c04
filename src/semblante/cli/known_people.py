"""Whom the library knows, as `semblante people --known` lists them."""

from pathlib import Path
from typing import TYPE_CHECKING

from semblante.cli.console import print_json, print_plain, remarks, results
from semblante.cli.hints import chosen
from semblante.cli.options import open_index
from semblante.i18n import as_line, tr

if TYPE_CHECKING:
    from semblante.library import KnownPerson
    from semblante.types import Consent


def print_known(library: Path | None, as_json: bool) -> None:
    """List the people with what taught them; no photo needs to be scanned."""
    with open_index(library) as index:
        people = index.known_people()
    if as_json:
        print_json({"people": [_values(each) for each in people]})
        return
    for each in people:
        print_plain(results(), _line(each))
    if not people:
        print_plain(
            remarks(),
            tr(
                "Nobody is known yet; to learn a person: semblante learn NAME PHOTO…{options}",
                options=chosen(library),
            ),
        )


def consent_text(consent: "Consent | None") -> str:
    """Who agreed, and when that was noted, in the user's words."""
    if consent is None:
        return tr("Nobody has noted who agreed")
    said = {
        "self": tr("It is me"),
        "told": tr("They said yes to me"),
        "parent": tr("I am their parent"),
        "deceased": tr("They have died"),
    }
    text = tr("{consent} · noted on {date}", consent=said[consent.who], date=consent.on.isoformat())
    return f"{text}: {as_line(consent.note)}" if consent.note else text


def _values(person: "KnownPerson") -> dict[str, object]:
    values: dict[str, object] = {**vars(person)}
    values["changed"] = person.changed and person.changed.isoformat()
    values["consent"] = person.consent and {**vars(person.consent), "on": person.consent.on.isoformat()}
    values["portrait"] = person.portrait and {**vars(person.portrait)}
    values["birth_date"] = person.birth_date and person.birth_date.isoformat()
    return values


def _line(person: "KnownPerson") -> str:
    line = tr(
        "{name}: photos given to learn from: {photos}, faces of other people: {others}; faces answered: "
        "{yes} yes, {no} no",
        name=person.name,
        photos=person.photos,
        others=person.others,
        yes=person.yes,
        no=person.no,
    )
    if person.changed:
        line += tr("; last changed {date}", date=f"{person.changed.astimezone():%Y-%m-%d %H:%M}")
    if person.former_names:
        line += tr("; before: {names}", names=", ".join(person.former_names))
    return line
