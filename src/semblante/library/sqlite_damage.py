"""What becomes of a damaged index: a new one takes its place, with the people and marks that can be read."""

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from semblante.files import exclusive_lock, translate_os_errors
from semblante.library.key_file import DataKey
from semblante.library.sqlite_driver import open_database, sqlite3
from semblante.library.sqlite_marks import MARKS
from semblante.library.sqlite_rows import sound_taught
from semblante.library.sqlite_schema import INDEX, Rows, connect, translate_sqlite_errors, writing

_BESIDE: Final = ("-wal", "-shm")
_LATER_VALUES: Final = ("[]", None, None, None)
"""What the columns of `people` from `former_names` on are in a file of before they were added."""

Identity = tuple[int, int] | None
"""What tells a file from another that takes its place; None where there is none."""


def identity_of(path: Path) -> Identity:
    """What tells the file at `path` from another that takes its place, or None where there is none."""
    try:
        info = path.stat()
    except OSError:
        return None
    return info.st_dev, info.st_ino


def keep_aside(path: Path, key: DataKey | None, damaged: Identity) -> Path | None:
    """Rename the damaged index to NAME.corrupt-N; a new one gets people and marks that can be read.

    None where another run has done so already: what is at `path` is not the `damaged` one. Raises `Locked`
    or `FileAccessError`.
    """
    with exclusive_lock(path.parent), translate_os_errors(path):
        if damaged is None or identity_of(path) != damaged:
            return None
        people = _rows(path, key, "people", ("id",))
        taught = sound_taught(_rows(path, key, "taught", ("person", "content_sha256", "place")))
        marks = {each.table: _rows(path, key, each.table, each.key) for each in MARKS}
        marks["days"] = _rows(path, key, "days", ("content_sha256",))
        number = 1
        while (aside := path.with_name(f"{path.name}.corrupt-{number}")).exists():
            number += 1
        path.rename(aside)
        for ending in _BESIDE:
            if (beside := path.with_name(path.name + ending)).exists():
                beside.rename(aside.with_name(aside.name + ending))
        _put_back(path, key, people, taught, marks)
    return aside


def delete_damaged(path: Path, key: DataKey | None, damaged: Identity) -> None:  # noqa: ARG001 (as `keep_aside`)
    """Delete a damaged file of which nothing need be kept, unless another run has put a new one there."""
    with exclusive_lock(path.parent), translate_os_errors(path):
        if damaged is not None and identity_of(path) == damaged:
            for ending in ("", *_BESIDE):
                path.with_name(path.name + ending).unlink(missing_ok=True)


def _rows(path: Path, key: DataKey | None, table: str, primary: tuple[str, ...]) -> Rows:
    """The rows of a table that can be read: their keys are looked for from both ends, then each by itself."""
    columns = ", ".join(primary)
    keys: dict[tuple[object, ...], None] = {}
    rows: Rows = []
    with contextlib.suppress(sqlite3.Error), contextlib.closing(open_database(path, key)) as damaged:
        for direction in ("ASC", "DESC"):
            order = ", ".join(f"{column} {direction}" for column in primary)
            with contextlib.suppress(sqlite3.Error):
                for found in damaged.execute(f"SELECT {columns} FROM {table} ORDER BY {order}"):
                    keys[found] = None
        places = ", ".join("?" * len(primary))
        for each in keys:
            with contextlib.suppress(sqlite3.Error):
                rows += damaged.execute(f"SELECT * FROM {table} WHERE ({columns}) = ({places})", each)
    return rows


def _put_back(path: Path, key: DataKey | None, people: Rows, taught: Rows, marks: Mapping[str, Rows]) -> None:
    with (
        contextlib.closing(connect(path, INDEX, key)) as connection,
        translate_sqlite_errors(path),
        writing(connection),
    ):
        # What cannot be kept, such as a null, is left out.
        connection.executemany(
            "INSERT OR IGNORE INTO people VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            # Those of an older file have fewer values.
            [(*row, *_LATER_VALUES[len(row) - 4 :]) for row in people],
        )
        known = {number for (number,) in connection.execute("SELECT id FROM people")}
        connection.executemany(
            "INSERT OR IGNORE INTO taught VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(*row, None)[:7] for row in taught if row[0] in known],
        )
        for table, row in ((table, row) for table, rows in marks.items() for row in rows):
            places = ", ".join("?" * len(row))
            connection.execute(f"INSERT OR IGNORE INTO {table} VALUES ({places})", row)
