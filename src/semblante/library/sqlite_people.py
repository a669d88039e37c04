"""The SQL of people in `SqliteStore`: whom it knows, what taught them, and the changes that can be undone.

A change is kept as what it replaced: rows of `people` and `taught` as they were before. A null `person` or
`kind` there stands for a row that was not there. A person keeps the number through all changes; the numbers
are random, so that none is ever given to somebody else.
"""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from semblante.library.history_store import PeopleChange
from semblante.library.names import key_of
from semblante.library.people_store import KnownPerson, LearntAnew, Taught
from semblante.library.sqlite_changes import new_change, note_answers
from semblante.library.sqlite_days import drop_unused_days
from semblante.library.sqlite_driver import sqlite3
from semblante.library.sqlite_given import drop_ungiven, remove_given
from semblante.library.sqlite_marks import MARKS
from semblante.library.sqlite_rejections import drop_rejections, note_rejections, rejected_places
from semblante.library.sqlite_rows import (
    WITH_CONTENT,
    packed,
    packed_descriptor,
    select_in,
    unpacked,
    unpacked_descriptor,
)
from semblante.library.sqlite_schema import CorruptDatabase
from semblante.types import Consent, FaceRef

_Place = tuple[bytes, int]
"""A face: the hash of its content, and its place there."""
_TAUGHT: Final = "content_sha256, place, kind, embedding, confirmed_by_user, copy_descriptor"
_OF_KEY: Final = "person = (SELECT id FROM people WHERE key = ?)"
_MAX_ID: Final = 2**53
"""Larger numbers are not exact in JSON."""


class _Person(NamedTuple):
    """A row of `people` less its key."""

    id: int
    name: str
    person: str
    former_names: str
    changed_at: str | None
    consent: str | None
    birth_date: str | None


_PERSON: Final = ", ".join(_Person._fields)
_PORTRAIT: Final = """coalesce(
    (SELECT lower(hex(content_sha256)) || '-' || place FROM taught
        WHERE person = people.id AND kind = 'positive'
        ORDER BY confirmed_by_user, content_sha256 LIMIT 1),
    (SELECT lower(hex(content_sha256)) || '-0' FROM given
        WHERE person = people.id AND role = 'positive' ORDER BY at LIMIT 1)
)"""
"""The hash of a photo and the place of a face in it; of a photo that was given, the largest face.

A face that a user answered about is shown only where no other taught: answers come by the dozen, and one
that is wrong must not become the person's face.
"""


def taught_of(connection: sqlite3.Connection, key: str) -> tuple[Taught, ...]:
    """The faces that the person with this key was taught with."""
    rows = connection.execute(
        f"SELECT {_TAUGHT} FROM taught WHERE {_OF_KEY} ORDER BY kind = 'negative', content_sha256, place",
        (key,),
    ).fetchall()
    embeddings = unpacked([row[3] for row in rows]) if rows else ()
    return tuple(
        Taught(
            kind, FaceRef(sha256.hex(), place), embedding, bool(confirmed), unpacked_descriptor(descriptor)
        )
        for (sha256, place, kind, _, confirmed, descriptor), embedding in zip(rows, embeddings, strict=True)
    )


def known_people(connection: sqlite3.Connection, number: int | None = None) -> tuple[KnownPerson, ...]:
    """See `FaceStore.known_people`."""
    counts = ", ".join(
        f"(SELECT count(*) FROM taught WHERE person = people.id AND kind = '{kind}' AND {confirmed})"
        for confirmed in ("NOT confirmed_by_user", "confirmed_by_user")
        for kind in ("positive", "negative")
    )
    chosen, values = ("", ()) if number is None else (" WHERE id = ?", (number,))
    statement = f"SELECT {_PERSON}, {counts}, {_PORTRAIT} FROM people{chosen} ORDER BY key"
    rows = connection.execute(statement, values)
    return tuple(_known(_Person(*row[:-5]), *row[-5:]) for row in rows)


def _known(person: _Person, photos: int, others: int, yes: int, no: int, portrait: str | None) -> KnownPerson:
    photo, _, place = (portrait or "").partition("-")
    return KnownPerson(
        person.id,
        person.name,
        photos=photos,
        others=others,
        yes=yes,
        no=no,
        changed=datetime.fromisoformat(person.changed_at) if person.changed_at else None,
        former_names=tuple(json.loads(person.former_names)),
        is_learnt=bool(person.person),
        consent=_unpacked_consent(person.consent),
        birth_date=date.fromisoformat(person.birth_date) if person.birth_date else None,
        portrait=FaceRef(photo, int(place)) if portrait else None,
    )


def keep_person(
    connection: sqlite3.Connection,
    person_json: str,
    name: str,
    taught: Sequence[Taught],
    kind: PeopleChange,
    instead_of: Sequence[str],
    birth_date: date | None = None,
    rejected: Mapping[FaceRef, bool] = MappingProxyType({}),
    beside: Sequence[LearntAnew] = (),
    consent: Consent | None = None,
) -> int:
    """See `FaceStore.keep_person`."""
    change, now = new_change(connection, kind, name)
    after = {row[:2]: row for row in map(_row, taught)}
    left = [key_of(each) for each in instead_of]
    before: dict[str, _Person] = {}
    said: dict[_Place, bool] = {}
    for key in dict.fromkeys([key_of(name), *left]):
        person, faces = _remove(connection, key)
        _note_before(connection, change, key, (person, faces), after if key == key_of(name) else {})
        if person:
            before[key] = person
        if kind in ("answer", "remove"):
            said |= dict.fromkeys(_confirmed_negatives(faces), False)
        if kind == "answer" and key == key_of(name):
            new = [row[2] for place, row in after.items() if row[4] and faces.get(place) != row]
            answered_no = new.count("negative") + sum(rejected.values())
            note_answers(connection, change, new.count("positive"), answered_no)
    former = {key_of(each): each for row in before.values() for each in (*_former(row), row.name)}
    former.pop(key_of(name), None)
    same = [before[key] for key in _goes_on_as(kind, key_of(name), left) if key in before]
    row = _Person(
        id=same[0].id if same else secrets.randbelow(_MAX_ID),
        name=name,
        person=person_json,
        former_names=json.dumps(list(former.values()), ensure_ascii=False),
        changed_at=now,
        consent=_packed_consent(consent) or next((each.consent for each in same if each.consent), None),
        birth_date=birth_date.isoformat()
        if birth_date
        else next((each.birth_date for each in same if each.birth_date), None),
    )
    _insert(connection, key_of(name), row, after.values())
    said |= dict.fromkeys(rejected_places(connection, [each.id for each in same[1:]]), True)
    said |= dict.fromkeys(_confirmed_negatives(after), True)
    said |= {place: False for place, face in after.items() if face[2] == "positive"}
    said |= {(bytes.fromhex(face.photo), face.index): out for face, out in rejected.items()}
    note_rejections(connection, change, row.id, now, said)
    _keep_beside(connection, change, now, beside)
    drop_ungiven(connection)
    return change


def _keep_beside(connection: sqlite3.Connection, change: int, now: str, beside: Sequence[LearntAnew]) -> None:
    """Keep what people were taught anew in a change that is about somebody else."""
    for each in beside:
        key, after = key_of(each.name), {row[:2]: row for row in map(_row, each.taught)}
        before = _remove(connection, key)
        if before[0] is not None:  # Else another run has forgotten the person meanwhile.
            _note_before(connection, change, key, before, after, is_beside=True)
            person = before[0]._replace(person=each.person_json, changed_at=now)
            _insert(connection, key, person, after.values())


def _confirmed_negatives(taught: Mapping[_Place, tuple[Any, ...]]) -> list[_Place]:
    return [place for place, row in taught.items() if row[2] == "negative" and row[4]]


def _goes_on_as(kind: PeopleChange, key: str, left: Sequence[str]) -> list[str]:
    """The keys of those who are the person from now on; the first of them keeps the number."""
    if kind == "merge":
        return [key, *left]
    if kind == "rename":
        return [*left[:1]] or [key]
    return [] if key in left else [key]


def person_details(connection: sqlite3.Connection, key: str) -> tuple[Consent | None, date | None]:
    """See `PeopleStore.person_details`; nothing of somebody unknown."""
    row = connection.execute("SELECT consent, birth_date FROM people WHERE key = ?", (key,)).fetchone()
    consent, birth_date = row or (None, None)
    return _unpacked_consent(consent), date.fromisoformat(birth_date) if birth_date else None


def set_person_details(
    connection: sqlite3.Connection, name: str, consent: Consent | None, birth_date: date | None
) -> None:
    """See `FaceStore.set_person_details`."""
    key = key_of(name)
    found = connection.execute(f"SELECT {_PERSON} FROM people WHERE key = ?", (key,)).fetchone()
    person = _Person(*found) if found else None
    change, now = new_change(connection, "edit" if person else "add", person.name if person else name)
    _note_before(connection, change, key, (person, {}), {})
    details = _packed_consent(consent), None if birth_date is None else birth_date.isoformat()
    if person is None:
        _insert(connection, key, _Person(secrets.randbelow(_MAX_ID), name, "", "[]", now, *details), ())
    else:
        statement = "UPDATE people SET consent = ?, birth_date = ?, changed_at = ? WHERE key = ?"
        connection.execute(statement, (*details, now, key))
    drop_ungiven(connection)


def take_photos(connection: sqlite3.Connection, name: str, hashes: Sequence[bytes]) -> None:
    """See `FaceStore.take_photos`."""
    key = key_of(name)
    person = connection.execute(f"SELECT {_PERSON} FROM people WHERE key = ?", (key,)).fetchone()
    if person is None:
        return
    scanned = select_in(
        connection,
        "SELECT DISTINCT sha256 FROM contents JOIN photos ON photos.content = contents.id WHERE sha256 IN",
        hashes,
    )
    taken, elsewhere = {each.hex() for each in hashes}, {sha256.hex() for (sha256,) in scanned}
    left, no = [], dict[FaceRef, bool]()
    for each in (taught := taught_of(connection, key)):
        if each.face.photo not in taken or (each.confirmed_by_user and each.face.photo in elsewhere):
            left.append(each)
        elif each.confirmed_by_user and each.kind == "negative":
            no[each.face] = True
    if len(left) < len(taught):
        row = _Person(*person)
        keep_person(connection, row.person, row.name, left, "remove", (), rejected=no)
    remove_given(connection, person[0], hashes)


def _packed_consent(consent: Consent | None) -> str | None:
    if consent is None:
        return None
    return json.dumps({**asdict(consent), "on": consent.on.isoformat()}, ensure_ascii=False)


def _unpacked_consent(packed_consent: str | None) -> Consent | None:
    if packed_consent is None:
        return None
    try:
        values = json.loads(packed_consent)
        return Consent(values["who"], date.fromisoformat(values["on"]), values["note"])
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptDatabase from error


def _former(person: _Person) -> list[str]:
    names: list[str] = json.loads(person.former_names)
    return names


_Before = tuple[_Person | None, dict[_Place, tuple[Any, ...]]]
"""A row of `people`, None where there is none, and the rows of `taught` by place."""


def _remove(connection: sqlite3.Connection, key: str) -> _Before:
    person = connection.execute(f"SELECT {_PERSON} FROM people WHERE key = ?", (key,)).fetchone()
    rows = connection.execute(f"SELECT {_TAUGHT} FROM taught WHERE {_OF_KEY}", (key,))
    taught = {row[:2]: row for row in rows}
    connection.execute("DELETE FROM people WHERE key = ?", (key,))
    return _Person(*person) if person else None, taught


def _insert(
    connection: sqlite3.Connection, key: str, person: _Person, taught: Iterable[tuple[Any, ...]]
) -> None:
    connection.execute(f"INSERT INTO people (key, {_PERSON}) VALUES (?{', ?' * len(person)})", (key, *person))
    connection.executemany(
        f"INSERT INTO taught (person, {_TAUGHT}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(person.id, *row) for row in taught],
    )


def _note_before(
    connection: sqlite3.Connection,
    change: int,
    key: str,
    before: _Before,
    after: Mapping[_Place, tuple[Any, ...]],
    is_beside: bool = False,
) -> None:
    """Keep what the change replaces: of what taught, only the rows that differ."""
    person, taught = before
    nobody = (None,) * len(_Person._fields)
    blanks = ", ?" * len(nobody)
    connection.execute(
        f"INSERT INTO people_before (change, key, is_beside, {_PERSON}) VALUES (?, ?, ?{blanks})",
        (change, key, int(is_beside), *(person or nobody)),
    )
    places = [place for place in {**taught, **after} if taught.get(place) != after.get(place)]
    connection.executemany(
        f"INSERT INTO taught_before (change, key, {_TAUGHT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(change, key, *taught.get(place, (*place, None, None, None, None))) for place in places],
    )


def _row(each: Taught) -> tuple[Any, ...]:
    face = each.face
    sha256, embedding = bytes.fromhex(face.photo), packed(each.embedding)
    descriptor = packed_descriptor(each.copy_descriptor)
    return sha256, face.index, each.kind, embedding, int(each.confirmed_by_user), descriptor


def restore_people(connection: sqlite3.Connection, change: int) -> None:
    """Take back what a change did to people; no later one may be about the same."""
    people = connection.execute(
        f"SELECT key, {_PERSON} FROM people_before WHERE change = ?", (change,)
    ).fetchall()
    # All of them first: whoever was renamed has the same number under both names.
    taught = {key: _remove(connection, key)[1] for key, *_ in people}
    for key, *row in people:
        for face in connection.execute(
            f"SELECT {_TAUGHT} FROM taught_before WHERE change = ? AND key = ?", (change, key)
        ).fetchall():
            if face[2] is None:
                taught[key].pop(face[:2], None)
            else:
                taught[key][face[:2]] = face
        person = _Person(*row)
        if person.person is not None:
            _insert(connection, key, person, taught[key].values())


def erase_person(
    connection: sqlite3.Connection, key: str, numbers: Iterable[int], keep_faces: bool
) -> tuple[int, int]:
    """See `FaceStore.erase_person`; nobody is erased where the key is unknown."""
    (person,) = connection.execute("SELECT max(id) FROM people WHERE key = ?", (key,)).fetchone()
    (taught,) = connection.execute("SELECT count(*) FROM taught WHERE person = ?", (person,)).fetchone()
    gone = 0 if keep_faces else _erase_faces(connection, person, numbers)
    connection.execute("DELETE FROM people WHERE id = ?", (person,))
    # What was before an earlier change is not known to be whole without the later ones.
    connection.execute(
        "DELETE FROM changes WHERE id IN (SELECT change FROM people_before) "
        "AND id <= (SELECT max(change) FROM people_before WHERE key = ?)",
        (key,),
    )
    _drop_former_name(connection, key)
    drop_ungiven(connection)
    drop_rejections(connection)
    drop_unused_days(connection)
    return taught, gone


def _erase_faces(connection: sqlite3.Connection, person: int | None, numbers: Iterable[int]) -> int:
    """Remove the faces that taught the person, and these further ones; how many left the store."""
    places = "SELECT content_sha256, place FROM taught WHERE kind = 'positive' AND person"
    hers = set(connection.execute(f"{places} = ?1 EXCEPT {places} != ?1", (person,)))
    of_content = "SELECT sha256, place, faces.id FROM faces " + WITH_CONTENT + " WHERE sha256 IN"
    found = select_in(connection, of_content, [sha256 for sha256, _ in hers])
    doomed = {number: (sha256, place) for sha256, place, number in found if (sha256, place) in hers}
    of_others = (
        "SELECT 1 FROM taught WHERE content_sha256 = sha256 AND taught.place = faces.place "
        "AND (person = ?) != (kind = 'positive')"
    )
    further = (
        f"SELECT faces.id, sha256, place FROM faces {WITH_CONTENT} WHERE NOT EXISTS ({of_others}) "
        "AND faces.id IN"
    )
    doomed |= {number: place for number, *place in select_in(connection, further, numbers, person)}
    gone = {*hers, *map(tuple, doomed.values())}
    of_faces = [table for marks in MARKS if "place" in marks.key for table in (marks.table, marks.before)]
    for table in ("taught", "taught_before", *of_faces):
        held = set(connection.execute(f"SELECT DISTINCT content_sha256, place FROM {table}"))
        connection.executemany(
            f"DELETE FROM {table} WHERE content_sha256 = ? AND place = ?", sorted(held & gone)
        )
    connection.executemany("DELETE FROM faces WHERE id = ?", [(number,) for number in doomed])
    return len(doomed)


def _drop_former_name(connection: sqlite3.Connection, key: str) -> None:
    for table in ("people", "people_before"):
        rows = connection.execute(f"SELECT DISTINCT former_names FROM {table} WHERE former_names != '[]'")
        for (former,) in rows.fetchall():
            names = json.loads(former)
            kept = [name for name in names if key_of(name) != key]
            if kept != names:
                connection.execute(
                    f"UPDATE {table} SET former_names = ? WHERE former_names = ?",
                    (json.dumps(kept, ensure_ascii=False), former),
                )
