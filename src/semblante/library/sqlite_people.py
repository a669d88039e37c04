"""The SQL of people in `SqliteStore`: whom it knows, what taught them, and the changes that can be undone.

A change is kept as what it replaced: rows of `people` and `taught` as they were before. A null `person` or
`kind` there stands for a row that was not there.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from semblante.library.names import key_of
from semblante.library.sqlite_driver import sqlite3
from semblante.library.sqlite_rows import (
    WITH_CONTENT,
    packed,
    packed_descriptor,
    select_in,
    unpacked,
    unpacked_descriptor,
)
from semblante.library.store import MAX_CHANGES, Change, ChangeKind, KnownPerson, Taught
from semblante.types import FaceRef

_Place = tuple[bytes, int]
"""A face: the hash of its content, and its place there."""
_TAUGHT: Final = "content_sha256, place, kind, embedding, confirmed_by_user, copy_descriptor"
_OF_KEY: Final = "person = (SELECT id FROM people WHERE key = ?)"


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


def known_people(connection: sqlite3.Connection) -> tuple[KnownPerson, ...]:
    """See `FaceStore.known_people`."""
    counts = ", ".join(
        f"(SELECT count(*) FROM taught WHERE person = people.id AND kind = '{kind}' AND {confirmed})"
        for confirmed in ("NOT confirmed_by_user", "confirmed_by_user")
        for kind in ("positive", "negative")
    )
    rows = connection.execute(f"SELECT name, {counts}, changed_at, former_names FROM people ORDER BY key")
    return tuple(
        KnownPerson(
            name,
            photos=photos,
            others=others,
            yes=yes,
            no=no,
            changed=changed and datetime.fromisoformat(changed),
            former_names=tuple(json.loads(former)),
        )
        for name, photos, others, yes, no, changed, former in rows
    )


def keep_person(
    connection: sqlite3.Connection,
    person_json: str,
    name: str,
    taught: Sequence[Taught],
    kind: ChangeKind,
    instead_of: Sequence[str],
) -> None:
    """See `FaceStore.keep_person`."""
    now = datetime.now(UTC).isoformat()
    (change,) = connection.execute(
        "INSERT INTO changes (at, kind, name) VALUES (?, ?, ?) RETURNING id", (now, kind, name)
    ).fetchone()
    connection.execute("DELETE FROM changes WHERE id <= ?", (change - MAX_CHANGES,))
    after = {row[:2]: row for row in map(_row, taught)}
    former: dict[str, str] = {}
    for key in dict.fromkeys(map(key_of, (name, *instead_of))):
        before = _remove(connection, key)
        _note_before(connection, change, key, before, after if key == key_of(name) else {})
        person, _ = before
        former |= {key_of(each): each for each in (*json.loads(person[2]), person[0])} if person else {}
    former.pop(key_of(name), None)
    row = (name, person_json, json.dumps(list(former.values()), ensure_ascii=False), now)
    _insert(connection, key_of(name), row, after.values())


_Before = tuple[tuple[Any, ...] | None, dict[_Place, tuple[Any, ...]]]
"""A row of `people` less its numbers, None where there is none, and the rows of `taught` by place."""


def _remove(connection: sqlite3.Connection, key: str) -> _Before:
    person = connection.execute(
        "SELECT name, person, former_names, changed_at FROM people WHERE key = ?", (key,)
    ).fetchone()
    rows = connection.execute(f"SELECT {_TAUGHT} FROM taught WHERE {_OF_KEY}", (key,))
    taught = {row[:2]: row for row in rows}
    connection.execute("DELETE FROM people WHERE key = ?", (key,))
    return person, taught


def _insert(
    connection: sqlite3.Connection, key: str, person: tuple[Any, ...], taught: Iterable[tuple[Any, ...]]
) -> None:
    number = connection.execute(
        "INSERT INTO people (key, name, person, former_names, changed_at) VALUES (?, ?, ?, ?, ?)",
        (key, *person),
    ).lastrowid
    connection.executemany(
        f"INSERT INTO taught (person, {_TAUGHT}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(number, *row) for row in taught],
    )


def _note_before(
    connection: sqlite3.Connection,
    change: int,
    key: str,
    before: _Before,
    after: dict[_Place, tuple[Any, ...]],
) -> None:
    """Keep what the change replaces: of what taught, only the rows that differ."""
    person, taught = before
    connection.execute(
        "INSERT INTO people_before VALUES (?, ?, ?, ?, ?, ?)", (change, key, *(person or (None,) * 4))
    )
    places = [place for place in taught | after if taught.get(place) != after.get(place)]
    connection.executemany(
        f"INSERT INTO taught_before (change, key, {_TAUGHT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(change, key, *taught.get(place, (*place, None, None, None, None))) for place in places],
    )


def _row(each: Taught) -> tuple[Any, ...]:
    face = each.face
    sha256, embedding = bytes.fromhex(face.photo), packed(each.embedding)
    descriptor = packed_descriptor(each.copy_descriptor)
    return sha256, face.index, each.kind, embedding, int(each.confirmed_by_user), descriptor


def changes(connection: sqlite3.Connection, count: int = MAX_CHANGES) -> tuple[Change, ...]:
    """The last `count` changes, the last first."""
    found = connection.execute("SELECT id, at, kind, name FROM changes ORDER BY id DESC LIMIT ?", (count,))
    return tuple(
        Change(kind, name, _replaced(connection, change, name), datetime.fromisoformat(at))
        for change, at, kind, name in found.fetchall()
    )


def _replaced(connection: sqlite3.Connection, change: int, name: str) -> tuple[str, ...]:
    rows = connection.execute(
        "SELECT name FROM people_before WHERE change = ? AND key != ? AND name NOT NULL ORDER BY key",
        (change, key_of(name)),
    )
    return tuple(each for (each,) in rows)


def undo_change(connection: sqlite3.Connection) -> None:
    """Take back the last change; there must be one."""
    (change,) = connection.execute("SELECT max(id) FROM changes").fetchone()
    people = connection.execute(
        "SELECT key, name, person, former_names, changed_at FROM people_before WHERE change = ?", (change,)
    ).fetchall()
    for key, *person in people:
        _, taught = _remove(connection, key)
        for row in connection.execute(
            f"SELECT {_TAUGHT} FROM taught_before WHERE change = ? AND key = ?", (change, key)
        ).fetchall():
            if row[2] is None:
                taught.pop(row[:2], None)
            else:
                taught[row[:2]] = row
        if person[1] is not None:
            _insert(connection, key, tuple(person), taught.values())
    connection.execute("DELETE FROM changes WHERE id = ?", (change,))


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
        "DELETE FROM changes WHERE id <= (SELECT max(change) FROM people_before WHERE key = ?)", (key,)
    )
    _drop_former_name(connection, key)
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
    for table in ("taught", "taught_before"):
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
