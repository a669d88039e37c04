"""The SQLite file under the index: its tables, how it is opened, and what its errors mean to a user.

bases      the networks that read photos
contents   what a photo holds, by the hash of its bytes; as `reason`, its flaw where it could not be read
photos     where contents lie: moved and copied photos share one
faces      the faces of a content, with embeddings and attribute logits as little-endian float16
people     the neurons, as the JSON of person files
taught     the faces that each was taught with
"""

import contextlib
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NoReturn

from semblante.errors import DiskFull, FileAccessError, Locked, NotALibrary
from semblante.files import exclusive_lock, make_folder, translate_os_errors
from semblante.i18n import tr

FILE_NAME: Final = "library.sqlite"
APPLICATION: Final = 0x53454D42
"""Tells the index from other programs' SQLite files: "SEMB"."""
VERSION: Final = 1
WAIT_S: Final = 30.0
"""How long one run waits for another that is writing; each writes for some milliseconds at a time."""
_BESIDE: Final = ("-wal", "-shm")

_SCHEMA: Final = """
CREATE TABLE bases (id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE);
CREATE TABLE contents (
    id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, base INTEGER NOT NULL REFERENCES bases,
    width_px INTEGER, height_px INTEGER, reason TEXT
);
CREATE TABLE photos (
    path BLOB PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    content INTEGER NOT NULL REFERENCES contents ON DELETE CASCADE, missing INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX photos_of_content ON photos (content);
CREATE TABLE faces (
    id INTEGER PRIMARY KEY, content INTEGER NOT NULL REFERENCES contents ON DELETE CASCADE,
    place INTEGER NOT NULL, good INTEGER NOT NULL, embeddings BLOB NOT NULL, logits BLOB NOT NULL,
    x0 REAL, y0 REAL, x1 REAL, y1 REAL, score REAL,
    left_eye_x REAL, left_eye_y REAL, right_eye_x REAL, right_eye_y REAL,
    eyes_px REAL, sharpness REAL, frontal REAL, placed REAL, flaws TEXT NOT NULL,
    UNIQUE (content, place)
);
CREATE TABLE people (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, person TEXT NOT NULL
);
CREATE TABLE taught (
    person INTEGER NOT NULL REFERENCES people ON DELETE CASCADE, kind TEXT NOT NULL,
    content_sha256 BLOB NOT NULL, place INTEGER NOT NULL, embeddings BLOB NOT NULL,
    told INTEGER NOT NULL, PRIMARY KEY (person, content_sha256, place)
) WITHOUT ROWID;
"""
_TABLES: Final = frozenset(re.findall(r"CREATE TABLE (\w+)", _SCHEMA))


Rows = list[tuple[object, ...]]


class CorruptDatabase(Exception):
    """The file is no whole SQLite database, or not as a run left it.

    Only for this room, which keeps it aside.
    """


@contextlib.contextmanager
def translate_sqlite_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors in the block into `Busy`, `NoRoom`, `NoAccess`, or `Damaged`, naming `path`."""
    try:
        yield
    except sqlite3.Error as error:
        _translate(error, path)


def _translate(error: sqlite3.Error, path: Path) -> NoReturn:
    kind = getattr(error, "sqlite_errorcode", 0) & 0xFF  # The rest tells more than anybody here needs.
    # Of text that is none, only Python complains, without a code; a table that is gone has none of its own.
    if kind in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or re.search(
        "decode to UTF-8|^no such table", str(error)
    ):
        raise CorruptDatabase from error
    if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise Locked(
            tr(
                "{path}: another run is using the index; wait for it and run the same command again",
                path=path,
            )
        ) from error
    if kind == sqlite3.SQLITE_FULL:
        raise DiskFull(
            tr("{path}: the disk is full; make room and run the same command again", path=path)
        ) from error
    if kind in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR):
        raise FileAccessError(
            tr("{path}: {problem}; check the path and the disk", path=path, problem=error)
        ) from error
    raise error


def connect(path: Path) -> sqlite3.Connection:
    """Open the index at `path`, made if missing, in a folder that only its owner may enter if that is new.

    Raises `Damaged`, `NotALibrary`, `Busy`, `NoRoom` or `NoAccess`.
    """
    make_folder(path.parent, 0o700)
    with translate_sqlite_errors(path):
        connection = sqlite3.connect(path, timeout=WAIT_S, isolation_level=None)
        try:
            _set_up(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def _set_up(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    # What is deleted is overwritten with zeros at once.
    connection.execute("PRAGMA secure_delete = ON")
    with writing(connection) if not _pragma(connection, "user_version") else contextlib.nullcontext():
        version, application = _pragma(connection, "user_version"), _pragma(connection, "application_id")
        if (version, application) == (0, 0) and not _pragma(connection, "schema_version"):
            # Not by `executescript`, which would end the transaction.
            for statement in filter(str.strip, _SCHEMA.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        elif application != APPLICATION:
            raise NotALibrary(
                tr("{path}: a database of another program; choose another folder with --library", path=path)
            )
        elif version != VERSION:
            raise NotALibrary(
                tr(
                    "{path}: written by a newer Semblante; update this one: pip install -U semblante",
                    path=path,
                )
            )
        elif _TABLES - {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}:
            raise CorruptDatabase
    _use_wal(connection)


def _use_wal(connection: sqlite3.Connection) -> None:
    """Let readers and a writer work at once; kept in the file. SQLite does not wait for this by itself."""
    until = time.monotonic() + WAIT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.05)


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value


@contextlib.contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction: all of the block, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk may have ended the transaction already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def identity_of(path: Path) -> tuple[int, int] | None:
    """What tells the file at `path` from another that takes its place, or None where there is none."""
    try:
        info = path.stat()
    except OSError:
        return None
    return info.st_dev, info.st_ino


def keep_aside(path: Path, damaged: tuple[int, int] | None, sound: Callable[[Rows], Rows]) -> Path | None:
    """Rename the damaged index to library.sqlite.corrupt-N; a new one gets the people that can still be read.

    Of the rows that they were taught with it gets those that are `sound`. None where another run has done so
    already: what is at `path` is not the `damaged` one. Raises `Busy` or `NoAccess`.
    """
    with exclusive_lock(path.parent), translate_os_errors(path):
        if damaged is None or identity_of(path) != damaged:
            return None
        people = _rows(path, "people", ("id",))
        taught = sound(_rows(path, "taught", ("person", "content_sha256", "place")))
        number = 1
        while (aside := path.with_name(f"{path.name}.corrupt-{number}")).exists():
            number += 1
        path.rename(aside)
        for ending in _BESIDE:
            if (beside := path.with_name(path.name + ending)).exists():
                beside.rename(aside.with_name(aside.name + ending))
        _put_back(path, people, taught)
    return aside


def _rows(path: Path, table: str, key: tuple[str, ...]) -> Rows:
    """The rows of a table that can be read: their keys are looked for from both ends, then each by itself."""
    columns = ", ".join(key)
    keys: dict[tuple[object, ...], None] = {}
    rows: Rows = []
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path)) as damaged:
        for direction in ("ASC", "DESC"):
            order = ", ".join(f"{column} {direction}" for column in key)
            with contextlib.suppress(sqlite3.Error):
                for found in damaged.execute(f"SELECT {columns} FROM {table} ORDER BY {order}"):
                    keys[found] = None
        marks = ", ".join("?" * len(key))
        for each in keys:
            with contextlib.suppress(sqlite3.Error):
                rows += damaged.execute(f"SELECT * FROM {table} WHERE ({columns}) = ({marks})", each)
    return rows


def _put_back(path: Path, people: Rows, taught: Rows) -> None:
    with contextlib.closing(connect(path)) as connection, translate_sqlite_errors(path), writing(connection):
        # What cannot be kept, such as a null, is left out.
        connection.executemany("INSERT OR IGNORE INTO people VALUES (?, ?, ?, ?)", people)
        known = {number for (number,) in connection.execute("SELECT id FROM people")}
        connection.executemany(
            "INSERT OR IGNORE INTO taught VALUES (?, ?, ?, ?, ?, ?)",
            [row for row in taught if row[0] in known],
        )


def paths_of(folder: Path) -> list[Path]:
    """The files of the index in `folder`, with those that were kept aside."""
    return sorted(each for each in folder.glob(f"{FILE_NAME}*") if each.is_file())
