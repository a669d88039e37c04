"""What a user tells of a person beside photos: who agreed that the person is learnt, and the birth date."""

import unicodedata
from dataclasses import replace
from datetime import date
from typing import Final, get_args

from semblante.errors import InvalidOption, check_type
from semblante.types import Consent, Consenter

MAX_NOTE_CHARACTERS: Final = 1000


def check_consent(consent: Consent) -> Consent:
    """The consent as it is kept: its note without blanks at its ends, in Unicode's composed form (NFC).

    Raises `InvalidOption` where nobody of `Consenter` agreed, for a day that is still to come, and for a note
    that is too long or not valid Unicode text.
    """
    check_type(consent, Consent)
    check_consenter(consent.who)
    check_day(consent.on)
    note = unicodedata.normalize("NFC", consent.note.strip())
    if len(note) > MAX_NOTE_CHARACTERS:
        raise InvalidOption("note_too_long", count=len(note), most=MAX_NOTE_CHARACTERS)
    if any(unicodedata.category(character) == "Cs" for character in note):
        raise InvalidOption("note_not_unicode")
    return replace(consent, note=note)


def check_consenter(who: str) -> Consenter:
    """Who agreed. Raises `InvalidOption` for a word that is none of `Consenter`."""
    for known in get_args(Consenter):
        if who == known:
            found: Consenter = known
            return found
    raise InvalidOption("consenter_unknown", who=who, known=list(get_args(Consenter)))


def check_day(day: date) -> date:
    """The day itself. Raises `InvalidOption` for one that is still to come."""
    check_type(day, date)
    if day > date.today():
        raise InvalidOption("day_to_come", day=day.isoformat())
    return day
