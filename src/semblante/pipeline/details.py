"""People are added to a store before anything is learnt, and what a user tells of them is changed."""

from dataclasses import dataclass
from datetime import date, datetime

from semblante.errors import InvalidOption, Refused, UnknownPerson
from semblante.library import FaceStore, KnownPerson, is_known, kept_name, key_of
from semblante.person import check_consent, check_day, check_name
from semblante.pipeline.naming import rename_person
from semblante.types import Consent


@dataclass(frozen=True)
class PersonDetails:
    """What a user tells of a person: the name, who agreed that the person is learnt, and the birth date."""

    name: str
    consent: Consent | None = None
    birth_date: date | None = None


def person_with_id(store: FaceStore, person_id: int) -> KnownPerson:
    """The person with this number. Raises `UnknownPerson`."""
    for person in store.known_people(person_id):
        return person
    raise UnknownPerson("no_such_person", id=person_id)


def person_named(store: FaceStore, name: str) -> KnownPerson:
    """The person of this name, in whatever spelling, learnt or not. Raises `UnknownPerson`."""
    kept = kept_name(store, name)
    return next(each for each in store.known_people() if each.name == kept)


def add_person(store: FaceStore, details: PersonDetails) -> KnownPerson:
    """Add somebody who is not learnt yet.

    Raises `BadName`, and `InvalidOption`, also where the name is taken.
    """
    details = details_of_new(store, details)
    store.set_person_details(details.name, details.consent, details.birth_date)
    return person_named(store, details.name)


def details_of_new(store: FaceStore, details: PersonDetails) -> PersonDetails:
    """The details of somebody to be added, as they are kept. Raises what `add_person` does."""
    details = _checked(details)
    _check_free(store, details.name)
    return details


def edit_person(
    store: FaceStore, person_id: int, details: PersonDetails, unchanged_since: datetime | None = None
) -> KnownPerson:
    """Give a person these details; each of name and the rest that differs is one change.

    Raises `UnknownPerson`, `Refused` where the person was changed after `unchanged_since`, `BadName`, and
    `InvalidOption`, also where somebody else has the name; then nothing has changed.
    """
    before, details = person_with_id(store, person_id), _checked(details)
    if unchanged_since is not None and before.changed != unchanged_since:
        raise Refused("changed_meanwhile")
    if details.name != before.name:
        if key_of(details.name) != key_of(before.name):
            _check_free(store, details.name)
        if before.is_learnt:
            rename_person(store, before.name, details.name)
        else:
            store.keep_person("", details.name, (), "rename", (before.name,))
    if (details.consent, details.birth_date) != (before.consent, before.birth_date):
        store.set_person_details(details.name, details.consent, details.birth_date)
    return person_named(store, details.name)


def check_consented(person: KnownPerson) -> None:
    """Raise `InvalidOption` where nobody is known to have agreed that the person is learnt."""
    if person.consent is None:
        raise InvalidOption("consent_missing", name=person.name)


def _checked(details: PersonDetails) -> PersonDetails:
    return PersonDetails(
        check_name(details.name),
        None if details.consent is None else check_consent(details.consent),
        None if details.birth_date is None else check_day(details.birth_date),
    )


def _check_free(store: FaceStore, name: str) -> None:
    if is_known(store, name):
        raise InvalidOption("name_taken", name=kept_name(store, name))
