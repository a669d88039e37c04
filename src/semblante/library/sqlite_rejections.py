"""The SQL of rejections in `SqliteStore`: faces of which a user said that they are not a person.

They hold for good, whatever the person is learnt from later and with which network: a face is meant by the
hash of its photo's content and its place there. What a user said yes to later is no longer rejected.
"""

from collections.abc import Collection, Mapping

from semblante.library.sqlite_driver import sqlite3
from semblante.library.sqlite_marks import REJECTED, put_marks

FaceKey = tuple[bytes, int]
"""A face: the hash of its content, and its place there."""


def rejected_places(connection: sqlite3.Connection, people: Collection[int]) -> set[FaceKey]:
    """The faces that are rejected as one of these people, by number."""
    statement = "SELECT content_sha256, place FROM rejected WHERE person = ?"
    return {row for person in people for row in connection.execute(statement, (person,))}


def note_rejections(
    connection: sqlite3.Connection,
    change: int,
    person: int,
    since: str,
    said: Mapping[FaceKey, bool],
) -> None:
    """Reject faces as this person, or no longer, as far as it was otherwise before."""
    held = rejected_places(connection, [person])
    differ = {place: is_rejected for place, is_rejected in said.items() if (place in held) != is_rejected}
    marks = {(person, *place): since if is_rejected else None for place, is_rejected in differ.items()}
    put_marks(connection, change, REJECTED, marks)


def drop_rejections(connection: sqlite3.Connection) -> None:
    """Take away what was said of those who are not known any more, and whom no change can bring back."""
    for table in (REJECTED.table, REJECTED.before):
        connection.execute(
            f"DELETE FROM {table} WHERE person NOT IN (SELECT id FROM people UNION "
            "SELECT id FROM people_before WHERE id NOT NULL)"
        )
