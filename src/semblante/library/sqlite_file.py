"""`SqliteFile`: an open SQLite file of the data folder. Threads share its connection."""

import contextlib
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

from semblante.closing import Closing
from semblante.errors import FileAccessError, Locked, NotALibrary
from semblante.library.key_file import DataKey
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
from semblante.library.vault import Vault


class SqliteFile(Closing):
    """The database called `name` in the data folder of the vault, made if missing.

    Any thread may use it, one after the other, and other processes may use the same file meanwhile. Close it,
    or use it in a `with` block; one that nobody holds any more closes itself.

    While the vault is locked, what needs the file raises `VaultLocked`. `replace_damaged` puts a sound file
    in the place of a damaged one, which it keeps aside if that is worth it; where that was is `set_aside`. A
    file that is write-protected can be read; what would change it raises `FileAccessError`
    ("index_read_only"). Raises `NotALibrary`, `Locked`, `DiskFull` or `FileAccessError`.
    """

    def __init__(
        self,
        vault: Vault,
        name: str,
        schema: Schema,
        replace_damaged: Callable[[Path, DataKey | None, Identity], Path | None],
    ) -> None:
        self.vault = vault
        self.set_aside: Path | None = None
        self._name = name
        self._schema = schema
        self._replace_damaged = replace_damaged
        self._lock = threading.RLock()
        self._is_closed = False
        self._connection: sqlite3.Connection | None = None
        if not vault.is_locked:
            self._connect()
        vault.hold(self)

    @property
    def path(self) -> Path:
        """See `FaceStore`."""
        return self.vault.path_of(self._name)

    def close(self) -> None:
        """See `FaceStore`."""
        with self._lock:
            self._is_closed = True
            self._disconnect()

    @contextlib.contextmanager
    def released(self) -> Iterator[None]:
        """See `vault.Holder`."""
        with self._lock:
            self._disconnect()
            try:
                yield
            finally:
                if not self._is_closed and not self.vault.is_locked:
                    self._connect()

    def check_writable(self) -> None:
        """See `FaceStore`."""
        with self.asking() as connection:
            check_writable(connection)

    def state(self) -> str:
        """See `FaceStore`."""
        with self.asking() as connection:
            # The first changes with what others write, the second with what this connection does.
            (by_others,) = connection.execute("PRAGMA data_version").fetchone()
            return f"{by_others}-{connection.total_changes}"

    @contextlib.contextmanager
    def asking(self) -> Iterator[sqlite3.Connection]:
        """The connection for this thread alone, its errors translated.

        A damaged file is replaced, and the next run uses the new one.
        """
        with self._lock:
            if self._is_closed:
                raise FileAccessError("library_closed", path=self.path)
            key = self.vault.key
            connection = self._connection or self._connect()
            try:
                with translate_sqlite_errors(self._connected_path):
                    yield connection
            except CorruptDatabase as error:
                self.close()
                aside = self._replace_damaged(self.path, key, self._identity) or self.path
                code = "index_damaged" if key is None else "index_altered"
                raise NotALibrary(code, path=self.path, aside=aside.name) from error
            finally:
                self.vault.note_use()

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

    def _connect(self) -> sqlite3.Connection:
        path, key = self.path, self.vault.key
        identity = identity_of(path)
        try:
            connection = connect(path, self._schema, key)
        except CorruptDatabase:
            self.set_aside = self._replace_damaged(path, key, identity)
            connection = connect(path, self._schema, key)
        try:
            self.vault.check_current()
        except BaseException:
            connection.close()
            raise
        self._identity, self._connected_path = identity_of(path), path
        self._connection = connection
        self._finalizer = weakref.finalize(self, connection.close)
        return connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._finalizer()
            self._connection = None
