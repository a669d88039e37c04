"""Names of people: when two spellings are one name, whom a name stands for, who may be meant by another."""

import difflib
import unicodedata
from collections.abc import Collection, Sequence
from typing import Final

from semblante.errors import BadName, UnknownPerson
from semblante.library.people_store import KnownPerson
from semblante.library.store import FaceStore

_MIN_SIMILARITY: Final = 0.65
"""From here on a name may be a misspelt one (the ratio of `difflib`)."""


def key_of(name: str) -> str:
    """What two ways to write one name share: capitals, blanks at the ends and Unicode forms do not count.

    Raises `BadName` for what is no text.
    """
    if not isinstance(name, str):
        raise BadName("name_not_text", kind=type(name).__name__)
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name.strip()).casefold())


def kept_name(store: FaceStore, name: str) -> str:
    """The name as it was given when the person was learnt. Raises `UnknownPerson`."""
    known = store.known_people()
    for each in known:
        if key_of(each.name) == key_of(name):
            return each.name
    raise unknown_person(name, known)


def names_of(store: FaceStore, name: str) -> tuple[str, ...]:
    """The name as it was given, and former ones that nobody else has now. Raises `UnknownPerson`."""
    kept = kept_name(store, name)
    known = store.known_people()
    taken = {key_of(each.name) for each in known}
    former = next((each.former_names for each in known if each.name == kept), ())
    return kept, *(each for each in former if key_of(each) not in taken)


def is_known(store: FaceStore, name: str) -> bool:
    """Whether somebody of this name is known, in whatever spelling."""
    return key_of(name) in map(key_of, store.names())


def unknown_person(name: str, known: Sequence[KnownPerson]) -> UnknownPerson:
    """What to raise where nobody is called `name`: it says who is meant, if that can be told."""
    names = [each.name for each in known]
    now = [each.name for each in known if key_of(name) in map(key_of, each.former_names)]
    if now:
        return UnknownPerson("person_renamed", name=name, now=now)
    if similar := _similar_names(name, names):
        return UnknownPerson("person_unknown_similar", name=name, similar=list(similar))
    return UnknownPerson("person_unknown" if names else "nobody_known", name=name, known=names)


def _similar_names(name: str, names: Collection[str]) -> tuple[str, ...]:
    """Those of the names that may be meant by `name`, the most similar first, at most three.

    They differ by a few letters or by accents, or one has all words of the other.
    """
    asked = _without_accents(name)
    plain = {each: _without_accents(each) for each in names}
    close = difflib.get_close_matches(asked, list(plain.values()), n=3, cutoff=_MIN_SIMILARITY)
    words = set(asked.split())
    contain = [each for each in plain.values() if words and _one_contains(words, set(each.split()))]
    order = list(dict.fromkeys([*close, *contain]))
    found = [each for each in names if plain[each] in order]
    return tuple(sorted(found, key=lambda each: order.index(plain[each]))[:3])


def _one_contains(words: set[str], others: set[str]) -> bool:
    return words <= others or others <= words


def _without_accents(name: str) -> str:
    letters = unicodedata.normalize("NFD", key_of(name))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
