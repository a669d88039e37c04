"""The SQL of marks in `SqliteStore`: what a user said of faces and folders beside people, and said before.

A table of marks has a value for each key. `TABLE_before` has the former value of each key that a change
touched, null where there was none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from semblante.library.sqlite_driver import sqlite3

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Marks:
    """A table of marks: the columns of its key, and that of its value."""

    table: str
    key: tuple[str, ...]
    value: str

    @property
    def before(self) -> str:
        """The table of what was before."""
        return f"{self.table}_before"

    @property
    def columns(self) -> str:
        """Those of key and value, as SQL."""
        return ", ".join((*self.key, self.value))

    @property
    def condition(self) -> str:
        """What holds for the row of one key, as SQL with parameters."""
        return " AND ".join(f"{column} = ?" for column in self.key)


IGNORED: Final = Marks("ignored", ("content_sha256", "place"), "since")
IGNORED_FOLDERS: Final = Marks("ignored_folders", ("path",), "since")
GROUPED: Final = Marks("grouped", ("content_sha256", "place"), "label")
REJECTED: Final = Marks("rejected", ("person", "content_sha256", "place"), "since")
MARKS: Final = (IGNORED, IGNORED_FOLDERS, GROUPED, REJECTED)


def marked(connection: sqlite3.Connection, marks: Marks, keys: Iterable[Key]) -> dict[Key, Any]:
    """The values of those of these keys that have one."""
    statement = f"SELECT {marks.value} FROM {marks.table} WHERE {marks.condition}"
    found = ((key, connection.execute(statement, key).fetchone()) for key in keys)
    return {key: row[0] for key, row in found if row}


def put_marks(connection: sqlite3.Connection, change: int, marks: Marks, values: Mapping[Key, Any]) -> None:
    """Give keys these values, None for none; the change knows those of before."""
    before = marked(connection, marks, values)
    _insert(connection, marks.before, [(change, *key, before.get(key)) for key in values])
    _write(connection, marks, values)


def restore_marks(connection: sqlite3.Connection, change: int) -> None:
    """Give all keys that a change touched the values of before it."""
    for marks in MARKS:
        statement = f"SELECT {marks.columns} FROM {marks.before} WHERE change = ?"
        rows = connection.execute(statement, (change,)).fetchall()
        _write(connection, marks, {row[:-1]: row[-1] for row in rows})


def _write(connection: sqlite3.Connection, marks: Marks, values: Mapping[Key, Any]) -> None:
    connection.executemany(f"DELETE FROM {marks.table} WHERE {marks.condition}", list(values))
    rows = [(*key, value) for key, value in values.items() if value is not None]
    _insert(connection, marks.table, rows)


def _insert(connection: sqlite3.Connection, table: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        places = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
