"""Where the index names somebody, column by column: as a kept name, in notes, and in the user's paths."""

import re
from collections.abc import Iterator, Sequence
from os import fsdecode
from typing import Final

from semblante.library.names import key_of
from semblante.library.sqlite_driver import sqlite3
from semblante.library.store import NamesHeld

_PATHS: Final = (("photos", "path"), ("folders", "path"))
_NOTES: Final = (("people", "consent"), ("people_before", "consent"))
_MAX_NAME_CHARACTERS: Final = 400
"""Longer texts, such as person files, are no names; what they quote is found by the search for bytes."""


def names_held(connection: sqlite3.Connection, names: Sequence[str]) -> NamesHeld:
    """See `FaceStore.names_held`."""
    keys = {key_of(name) for name in names}
    word = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, keys)) + r")(?!\w)")
    values = sum(
        count
        for table, column in _texts(connection)
        for text, count in connection.execute(
            f"SELECT {column}, count(*) FROM {table} "
            f"WHERE typeof({column}) = 'text' AND length({column}) <= {_MAX_NAME_CHARACTERS} GROUP BY 1"
        )
        if key_of(text) in keys
    )
    paths, notes = (
        sum(
            word.search(key_of(text if isinstance(text, str) else fsdecode(text))) is not None
            for table, column in places
            for (text,) in connection.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
        )
        for places in (_PATHS, _NOTES)
    )
    return NamesHeld(values, paths, notes)


def _texts(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """The columns of text, as SQL, by table."""
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for (table,) in tables:
        for _, column, kind, *_ in connection.execute(f'PRAGMA table_info("{table}")').fetchall():
            if kind == "TEXT":
                yield f'"{table}"', f'"{column}"'
