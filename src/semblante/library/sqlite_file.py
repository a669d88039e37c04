"""`SqliteFile`: the open file of an index. Threads share its connection; a damaged file is kept aside."""

import contextlib
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

from semblante.closing import Closing
from semblante.errors import FileAccessError, Locked, NotALibrary
from semblante.library.sqlite_driver import sqlite3
from semblante.library.sqlite_rows import sound_taught
from semblante.library.sqlite_schema import (
    FILE_NAME,
    CorruptDatabase,
    check_writable,
    connect,
    damaged_copies,
    identity_of,
    keep_aside,
    translate_sqlite_errors,
    writing,
)


class SqliteFile(Closing):
    """The file in `folder`, made if missing; its public names are those of `FaceStore`.

    Any thread may use it, one after the other, and other processes may use the same file meanwhile. Close it,
    or use it in a `with` block; one that nobody holds any more closes itself.

    A damaged file is kept aside as `set_aside`, and a new one takes its place. One that is write-protected
    can be read; what would change it raises `FileAccessError` ("index_read_only"). Raises `NotALibrary`,
    `Locked`, `DiskFull` or `FileAccessError`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / FILE_NAME
        self.set_aside: Path | None = None
        self._lock = threading.RLock()
        identity = identity_of(self.path)
        try:
            self._connection = connect(self.path)
        except CorruptDatabase:
            self.set_aside = keep_aside(self.path, identity, sound_taught)
            self._connection = connect(self.path)
        self._identity = identity_of(self.path)
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

        A damaged index is kept aside, and a new one is there for the next run.
        """
        with self._lock:
            if not self._close.alive:
                raise FileAccessError("library_closed", path=self.path)
            try:
                with translate_sqlite_errors(self.path):
                    yield self._connection
            except CorruptDatabase as error:
                self.close()
                aside = keep_aside(self.path, self._identity, sound_taught)
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

    def damaged_copies(self) -> list[Path]:
        """See `FaceStore`."""
        return damaged_copies(self.folder)
