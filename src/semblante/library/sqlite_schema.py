"""The SQLite file of the index: its tables by version, how it is opened, and what its errors mean.

bases      the networks that read photos
contents   what a photo holds, by the hash of its bytes; with its `issue` where it could not be read
photos     where contents lie: moved and copied photos share one
faces      the faces of a content; embedding, logits and landmarks are packed little-endian floats
people     who is known: the neuron as the JSON of a person file, empty until the person is learnt; beside it
           what the user told of the person
given      the photos that were given to learn each person from; only their faces are kept
taught     the faces that each person was taught with
changes    the last changes of people, each with what was before it in `people_before` and `taught_before`
counters   `store_id` tells this file from others, `removals` counts faces that were removed or changed
"""

import contextlib
import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, NoReturn

from semblante.errors import DiskFull, FileAccessError, Locked, NotALibrary
from semblante.files import exclusive_lock, make_folder, translate_os_errors
from semblante.library.sqlite_driver import sqlite3

FILE_NAME: Final = "library.sqlite"
APPLICATION: Final = 0x53454D42
"""Tells the index from other programs' SQLite files: "SEMB"."""
WAIT_S: Final = 30.0
"""How long one run waits for another that is writing; each writes for some milliseconds at a time."""
_BESIDE: Final = ("-wal", "-shm")

MIGRATIONS: Final[Mapping[int, tuple[str, ...]]] = {
    2: (
        "CREATE TABLE bases (id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE)",
        """CREATE TABLE contents (
            id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, base INTEGER NOT NULL REFERENCES bases,
            width_px INTEGER, height_px INTEGER, issue TEXT
        )""",
        """CREATE TABLE photos (
            path BLOB PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
            content INTEGER NOT NULL REFERENCES contents ON DELETE CASCADE,
            missing INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID""",
        "CREATE INDEX photos_of_content ON photos (content)",
        """CREATE TABLE faces (
            id INTEGER PRIMARY KEY, content INTEGER NOT NULL REFERENCES contents ON DELETE CASCADE,
            place INTEGER NOT NULL, is_good INTEGER NOT NULL, embedding BLOB NOT NULL, logits BLOB NOT NULL,
            x0 REAL, y0 REAL, x1 REAL, y1 REAL, score REAL, landmarks BLOB,
            interocular_px REAL, sharpness REAL, frontal REAL, alignment_confidence REAL,
            issues TEXT NOT NULL, UNIQUE (content, place)
        )""",
        """CREATE TABLE people (
            id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, person TEXT NOT NULL
        )""",
        """CREATE TABLE taught (
            person INTEGER NOT NULL REFERENCES people ON DELETE CASCADE, kind TEXT NOT NULL,
            content_sha256 BLOB NOT NULL, place INTEGER NOT NULL, embedding BLOB NOT NULL,
            confirmed_by_user INTEGER NOT NULL, PRIMARY KEY (person, content_sha256, place)
        ) WITHOUT ROWID""",
    ),
    3: (
        "CREATE TABLE counters (id INTEGER PRIMARY KEY, store_id TEXT NOT NULL, removals INTEGER NOT NULL)",
        "INSERT INTO counters VALUES (0, lower(hex(randomblob(8))), 0)",
        """CREATE TRIGGER face_removed AFTER DELETE ON faces BEGIN
            UPDATE counters SET removals = removals + 1;
        END""",
        """CREATE TRIGGER face_changed AFTER UPDATE ON faces BEGIN
            UPDATE counters SET removals = removals + 1;
        END""",
    ),
    4: (
        "ALTER TABLE people ADD COLUMN former_names TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE people ADD COLUMN changed_at TEXT",
        """CREATE TABLE changes (
            id INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL
        )""",
        """CREATE TABLE people_before (
            change INTEGER NOT NULL REFERENCES changes ON DELETE CASCADE, key TEXT NOT NULL,
            name TEXT, person TEXT, former_names TEXT, changed_at TEXT, PRIMARY KEY (change, key)
        ) WITHOUT ROWID""",
        """CREATE TABLE taught_before (
            change INTEGER NOT NULL REFERENCES changes ON DELETE CASCADE, key TEXT NOT NULL,
            content_sha256 BLOB NOT NULL, place INTEGER NOT NULL, kind TEXT, embedding BLOB,
            confirmed_by_user INTEGER, copy_descriptor BLOB, PRIMARY KEY (change, key, content_sha256, place)
        ) WITHOUT ROWID""",
        # Unlike that of any file: each is hashed once more.
        "ALTER TABLE photos ADD COLUMN ctime_ns INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE faces ADD COLUMN copy_descriptor BLOB",
        "ALTER TABLE taught ADD COLUMN copy_descriptor BLOB",
    ),
    5: (
        # What a user tells of people, and the photos given to learn them from.
        "ALTER TABLE people ADD COLUMN consent TEXT",
        "ALTER TABLE people ADD COLUMN birth_date TEXT",
        "ALTER TABLE people_before ADD COLUMN id INTEGER",
        "ALTER TABLE people_before ADD COLUMN consent TEXT",
        "ALTER TABLE people_before ADD COLUMN birth_date TEXT",
        """CREATE TABLE given (
            person INTEGER NOT NULL, content_sha256 BLOB NOT NULL, role TEXT NOT NULL, at TEXT NOT NULL,
            PRIMARY KEY (person, content_sha256)
        ) WITHOUT ROWID""",
        "CREATE INDEX given_by_content ON given (content_sha256)",
        "ALTER TABLE faces ADD COLUMN side_light REAL",
    ),
}
"""By version, what brings a file of the version before to it; the first of them begins an empty file.

Version 1 had other names, was never released, and cannot be migrated.
"""
VERSION: Final = max(MIGRATIONS)
TABLES: Final = frozenset(
    {
        *("bases", "contents", "photos", "faces", "people", "taught", "given", "counters"),
        *("changes", "people_before", "taught_before"),
    }
)
_LATER_VALUES: Final = ("[]", None, None, None)
"""What the columns of `people` from `former_names` on are in a file of before they were added."""

Rows = list[tuple[object, ...]]


class CorruptDatabase(Exception):
    """The file is no whole SQLite database, or not as a run left it; caught in this package."""


@contextlib.contextmanager
def translate_sqlite_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors in the block into Semblante's that name `path`, or `CorruptDatabase`."""
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
        raise Locked("index_in_use", path=path) from error
    if kind == sqlite3.SQLITE_FULL:
        raise DiskFull("disk_full", path=path) from error
    if kind == sqlite3.SQLITE_READONLY:
        raise FileAccessError("index_read_only", path=path) from error
    if kind in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR):
        with translate_os_errors(path):  # Which knows more of it.
            path.open("rb" if path.exists() else "ab").close()
        raise FileAccessError("index_not_accessible", path=path) from error
    raise error


def connect(path: Path) -> sqlite3.Connection:
    """Open the index at `path`, made if missing, in a folder that only its owner may enter if that is new.

    Where nothing can be written it is opened to be read, as long as no other program changes it. Any thread
    may use the connection, one at a time. Raises `CorruptDatabase`, `NotALibrary`, `Locked`,
    `DiskFull` or `FileAccessError`.
    """
    make_folder(path.parent, 0o700)
    with translate_sqlite_errors(path):
        try:
            return _opened(path, str(path), is_uri=False)
        except sqlite3.OperationalError as error:
            kind = error.sqlite_errorcode & 0xFF
            with translate_os_errors(path):
                is_there = path.is_file()
            if kind not in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN) or not is_there:
                raise
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size:
            # What is in it is missing from the file, and is only read where a file can be made beside it.
            raise FileAccessError("index_read_only_unfinished", path=path)
        return _opened(path, f"{path.absolute().as_uri()}?immutable=1", is_uri=True)


def _opened(path: Path, place: str, is_uri: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(
        place, timeout=WAIT_S, isolation_level=None, check_same_thread=False, uri=is_uri
    )
    try:
        _set_up(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _set_up(connection: sqlite3.Connection, path: Path) -> None:
    # Its errors are raised, and need not be on standard error too.
    connection.execute("PRAGMA cipher_log_level = NONE")
    # What sorting or compacting a large index takes must not have to fit into memory.
    connection.execute("PRAGMA temp_store = FILE")
    connection.execute("PRAGMA foreign_keys = ON")
    # What is deleted is overwritten with zeros at once.
    connection.execute("PRAGMA secure_delete = ON")
    if _pragma(connection, "user_version") != VERSION:
        _migrate_if_writable(connection, path)
    if _pragma(connection, "application_id") != APPLICATION:
        raise NotALibrary("index_of_another_program", path=path)
    if TABLES - {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}:
        raise CorruptDatabase
    _use_wal(connection)


def _migrate_if_writable(connection: sqlite3.Connection, path: Path) -> None:
    try:
        with writing(connection):
            migrate(connection, path)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_READONLY and _pragma(connection, "user_version"):
            raise FileAccessError("index_read_only_older", path=path) from error
        raise


def check_writable(connection: sqlite3.Connection) -> None:
    """Raise SQLite's error where nothing can be written; what is written for it is taken back."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        # To begin is allowed even where the file is only to be read.
        connection.execute(f"PRAGMA user_version = {VERSION}")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def migrate(connection: sqlite3.Connection, path: Path, target: int = VERSION) -> None:
    """Bring an empty or older file to the version `target`, within the caller's transaction.

    Raises `NotALibrary` where it is another program's, too old, or newer.
    """
    version, application = _pragma(connection, "user_version"), _pragma(connection, "application_id")
    is_new = (version, application) == (0, 0) and not _pragma(connection, "schema_version")
    if application != APPLICATION and not is_new:
        raise NotALibrary("index_of_another_program", path=path)
    if version > target:
        raise NotALibrary("index_newer", path=path, version=version, supported=VERSION)
    if version < min(MIGRATIONS) and not is_new:
        raise NotALibrary("index_too_old", path=path, version=version, supported=VERSION)
    for number, statements in sorted(MIGRATIONS.items()):
        if version < number <= target:
            for statement in statements:
                connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {target}")


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
    already: what is at `path` is not the `damaged` one. Raises `Locked` or `FileAccessError`.
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


def damaged_copies(folder: Path) -> list[Path]:
    """The damaged indexes that were kept aside in `folder`."""
    return sorted(each for each in folder.glob(f"{FILE_NAME}.corrupt*") if each.is_file())
