"""The SQL of the history in `SqliteStore`: changes, and which of them can be taken back.

A change is kept as what it replaced, in tables `…_before`: those of people (`sqlite_people`), and those of
marks (`sqlite_marks`).
"""

from datetime import UTC, datetime
from typing import Final

from semblante.errors import InvalidOption, NotInIndex
from semblante.library.history_store import MAX_CHANGES, Change, ChangeKind
from semblante.library.names import key_of
from semblante.library.sqlite_driver import sqlite3
from semblante.library.sqlite_marks import MARKS

_KEYS: Final = {"people_before": ("key",), **{marks.before: marks.key for marks in MARKS}}
"""The tables of what was before, each with what tells what a row is about."""
_FACES: Final = "SELECT count(*) FROM ({})".format(
    " UNION ".join(
        f"SELECT content_sha256, place FROM {marks.before} WHERE change = changes.id"
        for marks in MARKS
        if marks.key == ("content_sha256", "place")
    )
)


def new_change(connection: sqlite3.Connection, kind: ChangeKind, name: str = "") -> tuple[int, str]:
    """The number of a change that begins, and when that is; more than `MAX_CHANGES` are not kept."""
    now = datetime.now(UTC).isoformat()
    (change,) = connection.execute(
        "UPDATE counters SET last_change = last_change + 1 RETURNING last_change"
    ).fetchone()
    connection.execute(
        "INSERT INTO changes (id, at, kind, name) VALUES (?, ?, ?, ?)", (change, now, kind, name)
    )
    connection.execute(
        "DELETE FROM changes WHERE id <= (SELECT id FROM changes ORDER BY id DESC LIMIT 1 OFFSET ?)",
        (MAX_CHANGES,),
    )
    return change, now


def note_answers(connection: sqlite3.Connection, change: int, yes: int, no: int) -> None:
    """Keep how many faces a user said yes and no to in the change."""
    connection.execute("UPDATE changes SET said_yes = ?, said_no = ? WHERE id = ?", (yes, no, change))


def changes(
    connection: sqlite3.Connection, count: int = MAX_CHANGES, before: int | None = None
) -> tuple[Change, ...]:
    """See `HistoryStore.changes`."""
    found = connection.execute(
        f"SELECT id, at, kind, name, said_yes, said_no, ({_FACES}) FROM changes WHERE ?1 IS NULL OR id < ?1 "
        "ORDER BY id DESC LIMIT ?2",
        (before, count),
    )
    return tuple(
        Change(
            number,
            kind,
            name,
            _others(connection, number, name),
            faces,
            datetime.fromisoformat(at),
            _others(connection, number, name, are_beside=True),
            said_yes,
            said_no,
        )
        for number, at, kind, name, said_yes, said_no, faces in found.fetchall()
    )


def _others(
    connection: sqlite3.Connection, change: int, name: str, are_beside: bool = False
) -> tuple[str, ...]:
    """The other people in a change: whom it replaced, or who were taught anew beside the person."""
    rows = connection.execute(
        "SELECT name FROM people_before WHERE change = ? AND key != ? AND is_beside = ? AND name NOT NULL "
        "ORDER BY key",
        (change, key_of(name), int(are_beside)),
    )
    return tuple(each for (each,) in rows)


def check_undoable(connection: sqlite3.Connection, change: int) -> None:
    """Raise `NotInIndex` where there is no such change, `InvalidOption` where a later one supersedes it."""
    if not connection.execute("SELECT 1 FROM changes WHERE id = ?", (change,)).fetchone():
        raise NotInIndex("change_unknown", number=change)
    for table, key in _KEYS.items():
        later = connection.execute(
            f"SELECT later.change FROM {table} AS first JOIN {table} AS later USING ({', '.join(key)}) "
            "WHERE first.change = ?1 AND later.change > ?1 LIMIT 1",
            (change,),
        ).fetchone()
        if later:
            raise InvalidOption("change_superseded", number=change, later=later[0])
