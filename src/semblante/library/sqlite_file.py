"""`SqliteFile`: an open SQLite file of the data folder. Threads share its connection."""

import contextlib
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

from semblante.closing import Closing
from semblante.errors import FileAccessError, Locked, NotALibrary
from semblante.library.sqlite_damage import Identity, identity_of
from semblante.library.sqlite_driver import sqlite3
from semblante.library.sqlite_schema import (
    CorruptDatabase,
    Schema,
    check_writable,
    connect,
    translate_sqlite_errors,
    writing,
)


class SqliteFile(Closing):
    """The file at `path`, made if missing.

    Any thread may use it, one after the other, and other processes may use the same file meanwhile. Close it,
    or use it in a `with` block; one that nobody holds any more closes itself.

    `replace_damaged` puts a sound file in the place of a damaged one, which it keeps aside if that is worth
    it; where that was is `set_aside`. A file that is write-protected can be read; what would change it raises
    `FileAccessError` ("index_read_only"). Raises `NotALibrary`, `Locked`, `DiskFull` or `FileAccessError`.
    """

    def __init__(
        self, path: Path, schema: Schema, replace_damaged: Callable[[Path, Identity], Path | None]
    ) -> None:
        self.path = path
        self.set_aside: Path | None = None
        self._replace_damaged = replace_damaged
        self._lock = threading.RLock()
        identity = identity_of(path)
        try:
            self._connection = connect(path, schema)
        except CorruptDatabase:
            self.set_aside = replace_damaged(path, identity)
            self._connection = connect(path, schema)
        self._identity = identity_of(path)
        self._close = weakref.finalize(self, self._connection.close)

    def close(self) -> None:
        """See `FaceStore`."""
        with self._lock:
            self._close()

    def check_writable(self) -> None:
        """See `FaceStore`."""
        with self.asking() as connection:
            check_writable(connection)

    @contextlib.contextmanager
    def asking(self) -> Iterator[sqlite3.Connection]:
        """The connection for this thread alone, its errors translated.

        A damaged file is replaced, and the next run uses the new one.
        """
        with self._lock:
            if not self._close.alive:
                raise FileAccessError("library_closed", path=self.path)
            try:
                with translate_sqlite_errors(self.path):
                    yield self._connection
            except CorruptDatabase as error:
                self.close()
                aside = self._replace_damaged(self.path, self._identity)
                raise NotALibrary("index_damaged", path=self.path, aside=(aside or self.path).name) from error

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The connection in a transaction of its own, otherwise as `asking`."""
        with self.asking() as connection, writing(connection):
            yield connection

    def compact(self) -> None:
        """See `FaceStore`."""
        # What is deleted is overwritten at once, but older pages wait in the log beside the file: it is
        # written back and cut to nothing, the file is written anew without free pages, the log is cut again.
        with self.asking() as connection:
            for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                row = connection.execute(statement).fetchone()
                if row and row[0]:
                    raise Locked("index_in_use_not_compacted", path=self.path)
