"""The SQLite file of the index: its tables by version; how such files are opened, and what their errors mean.

bases      the networks that read photos
contents   what a photo holds, by the hash of its bytes; with its `issue` where it could not be read
photos     where contents lie: moved and copied photos share one
faces      the faces of a content; embedding, logits and landmarks are packed little-endian floats
people     who is known: the neuron as the JSON of a person file, empty until the person is learnt; beside it
           what the user told of the person
given      the photos that were given to learn each person from; only their faces are kept
taught     the faces that each person was taught with
days       when photos were taken, by their metadata and as a user told
changes    the last changes of people, each with what was before it in `people_before` and `taught_before`
folders    those whose photos the user wants in the index
ignored    faces that the user asks about no more, and `ignored_folders` whose faces are so
grouped    faces of unknown people that the user keeps together in a group, those of one with one `label`
rejected   faces that are not a person, as a user said: the negatives in `taught`, and poor faces
counters   `store_id` tells this file from others, `removals` counts faces that were removed or changed,
           `last_change` is the number of the last change
"""

import contextlib
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from semblante.errors import DiskFull, FileAccessError, Locked, NotALibrary
from semblante.files import PRIVATE_FILE, PRIVATE_FOLDER, make_folder, translate_os_errors
from semblante.library.key_file import DataKey
from semblante.library.sqlite_driver import open_database, sqlite3

APPLICATION: Final = 0x53454D42
"""Tells the index from other programs' SQLite files: "SEMB"."""
WAIT_S: Final = 30.0
"""How long one run waits for another that is writing; each writes for some milliseconds at a time."""

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
        # Who is taught anew beside the person whom a change is about, and stays.
        "ALTER TABLE people_before ADD COLUMN is_beside INTEGER NOT NULL DEFAULT 0",
        """CREATE TABLE given (
            person INTEGER NOT NULL, content_sha256 BLOB NOT NULL, role TEXT NOT NULL, at TEXT NOT NULL,
            PRIMARY KEY (person, content_sha256)
        ) WITHOUT ROWID""",
        "CREATE INDEX given_by_content ON given (content_sha256)",
        "ALTER TABLE faces ADD COLUMN side_light REAL",
        # Changes are taken back one by one, so no number may be given again.
        "ALTER TABLE counters ADD COLUMN last_change INTEGER NOT NULL DEFAULT 0",
        "UPDATE counters SET last_change = (SELECT coalesce(max(id), 0) FROM changes)",
        # Folders whose photos a user wants in the index.
        """CREATE TABLE folders (
            id INTEGER PRIMARY KEY AUTOINCREMENT, path BLOB NOT NULL UNIQUE, added TEXT NOT NULL
        )""",
        # What a user said of faces and folders beside people, and what was before each change of it.
        """CREATE TABLE ignored (
            content_sha256 BLOB NOT NULL, place INTEGER NOT NULL, since TEXT NOT NULL,
            PRIMARY KEY (content_sha256, place)
        ) WITHOUT ROWID""",
        """CREATE TABLE ignored_before (
            change INTEGER NOT NULL REFERENCES changes ON DELETE CASCADE,
            content_sha256 BLOB NOT NULL, place INTEGER NOT NULL, since TEXT,
            PRIMARY KEY (change, content_sha256, place)
        ) WITHOUT ROWID""",
        """CREATE TABLE grouped (
            content_sha256 BLOB NOT NULL, place INTEGER NOT NULL, label TEXT NOT NULL,
            PRIMARY KEY (content_sha256, place)
        ) WITHOUT ROWID""",
        """CREATE TABLE grouped_before (
            change INTEGER NOT NULL REFERENCES changes ON DELETE CASCADE,
            content_sha256 BLOB NOT NULL, place INTEGER NOT NULL, label TEXT,
            PRIMARY KEY (change, content_sha256, place)
        ) WITHOUT ROWID""",
        """CREATE TABLE rejected (
            person INTEGER NOT NULL, content_sha256 BLOB NOT NULL, place INTEGER NOT NULL,
            since TEXT NOT NULL, PRIMARY KEY (person, content_sha256, place)
        ) WITHOUT ROWID""",
        """CREATE TABLE rejected_before (
            change INTEGER NOT NULL REFERENCES changes ON DELETE CASCADE, person INTEGER NOT NULL,
            content_sha256 BLOB NOT NULL, place INTEGER NOT NULL, since TEXT,
            PRIMARY KEY (change, person, content_sha256, place)
        ) WITHOUT ROWID""",
        """INSERT INTO rejected SELECT person, content_sha256, place, datetime('now') FROM taught
            WHERE kind = 'negative' AND confirmed_by_user""",
        "CREATE TABLE ignored_folders (path BLOB PRIMARY KEY, since TEXT NOT NULL) WITHOUT ROWID",
        """CREATE TABLE ignored_folders_before (
            change INTEGER NOT NULL REFERENCES changes ON DELETE CASCADE,
            path BLOB NOT NULL, since TEXT, PRIMARY KEY (change, path)
        ) WITHOUT ROWID""",
        # When photos were taken.
        "CREATE TABLE days (content_sha256 BLOB PRIMARY KEY, taken TEXT, by_user TEXT) WITHOUT ROWID",
    ),
    6: (
        # How many faces a user said yes and no to in a change.
        "ALTER TABLE changes ADD COLUMN said_yes INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE changes ADD COLUMN said_no INTEGER NOT NULL DEFAULT 0",
    ),
}
"""By version, what brings a file of the version before to it; the first of them begins an empty file.

Version 1 had other names, was never released, and cannot be migrated.
"""
TABLES: Final = frozenset(
    {
        *("bases", "contents", "photos", "faces", "people", "taught", "given", "days", "counters"),
        *("changes", "people_before", "taught_before"),
        *("folders", "ignored", "ignored_before", "ignored_folders", "ignored_folders_before"),
        *("grouped", "grouped_before", "rejected", "rejected_before"),
    }
)
Rows = list[tuple[object, ...]]


@dataclass(frozen=True)
class Schema:
    """What a SQLite file of ours holds.

    `application` tells it from other programs' files. `migrations` bring a file of the version before to each
    version; the first of them begins an empty file. A file without one of the `tables` is damaged.
    """

    application: int
    migrations: Mapping[int, tuple[str, ...]]
    tables: frozenset[str]

    @property
    def version(self) -> int:
        """The version that this Semblante writes."""
        return max(self.migrations)


INDEX: Final = Schema(APPLICATION, MIGRATIONS, TABLES)


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


def connect(path: Path, schema: Schema, key: DataKey | None = None) -> sqlite3.Connection:
    """Open the file at `path`; it and its folder are their owner's alone where they are made.

    With a key it is encrypted. Where nothing can be written it is opened to be read, as long as no other
    program changes it. Any thread may use the connection, one at a time. Raises `CorruptDatabase`,
    `NotALibrary`, `Locked`, `DiskFull` or `FileAccessError`.
    """
    make_folder(path.parent, PRIVATE_FOLDER)
    with contextlib.suppress(OSError):  # SQLite tells what is wrong, and gives the files beside it this mode.
        path.touch(PRIVATE_FILE, exist_ok=False)
    with translate_sqlite_errors(path):
        try:
            return _opened(path, schema, key, str(path), is_uri=False)
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
        return _opened(path, schema, key, f"{path.absolute().as_uri()}?immutable=1", is_uri=True)


def _opened(path: Path, schema: Schema, key: DataKey | None, place: str, is_uri: bool) -> sqlite3.Connection:
    connection = open_database(place, key, WAIT_S, is_uri)
    try:
        _set_up(connection, path, schema)
    except BaseException:
        connection.close()
        raise
    return connection


def _set_up(connection: sqlite3.Connection, path: Path, schema: Schema) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    if _pragma(connection, "user_version") != schema.version:
        _migrate_if_writable(connection, path, schema)
    if _pragma(connection, "application_id") != schema.application:
        raise NotALibrary("index_of_another_program", path=path)
    if schema.tables - {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}:
        raise CorruptDatabase
    _use_wal(connection)


def _migrate_if_writable(connection: sqlite3.Connection, path: Path, schema: Schema) -> None:
    try:
        with writing(connection):
            migrate(connection, path, schema)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_READONLY and _pragma(connection, "user_version"):
            raise FileAccessError("index_read_only_older", path=path) from error
        raise


def is_first_page_sound(path: Path, key: DataKey) -> bool:
    """Whether the first page authenticates; else it was changed, or the key is that of another file."""
    try:
        with contextlib.closing(open_database(path, key)) as connection:
            connection.execute("PRAGMA user_version")
    except sqlite3.Error as error:
        return error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
    return True


def check_writable(connection: sqlite3.Connection) -> None:
    """Raise SQLite's error where nothing can be written; what is written for it is taken back."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        # To begin is allowed even where the file is only to be read.
        connection.execute(f"PRAGMA user_version = {_pragma(connection, 'user_version')}")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def migrate(connection: sqlite3.Connection, path: Path, schema: Schema, target: int | None = None) -> None:
    """Bring an empty or older file to the version `target`, else the newest, in the caller's transaction.

    Raises `NotALibrary` where it is another program's, too old, or newer.
    """
    target = schema.version if target is None else target
    version, application = _pragma(connection, "user_version"), _pragma(connection, "application_id")
    is_new = (version, application) == (0, 0) and not _pragma(connection, "schema_version")
    if application != schema.application and not is_new:
        raise NotALibrary("index_of_another_program", path=path)
    if version > target:
        raise NotALibrary("index_newer", path=path, version=version, supported=schema.version)
    if version < min(schema.migrations) and not is_new:
        raise NotALibrary("index_too_old", path=path, version=version, supported=schema.version)
    for number, statements in sorted(schema.migrations.items()):
        if version < number <= target:
            for statement in statements:
                connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {schema.application}")
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
