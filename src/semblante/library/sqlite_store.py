"""`SqliteStore`: the index of faces in one SQLite file of a data folder."""

import contextlib
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import fsdecode
from pathlib import Path
from sqlite3 import Connection
from typing import Final

import numpy as np
from jaxtyping import Integer

from semblante.closing import Closing
from semblante.errors import FileAccessError, Locked, NotALibrary
from semblante.library import sqlite_people as people
from semblante.library import sqlite_rows as rows
from semblante.library.names import key_of, unknown_person
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
from semblante.library.store import (
    Change,
    ChangeKind,
    FaceInPhoto,
    FaceTable,
    KnownPerson,
    KnownPhoto,
    PhotoRecord,
    StoredFace,
    Taught,
)
from semblante.types import FaceRef

PART: Final = 8192
"""So many faces are read at a time."""
_PAGE: Final = 1000


class SqliteStore(Closing):
    """The index in `folder`, made if missing; see `FaceStore` for what each method does.

    Any thread may use it, one after the other, and other processes may use the same file meanwhile. Close it,
    or use it in a `with` block; one that nobody holds any more closes itself.

    A damaged index is kept aside as `set_aside`, and a new one takes its place. One that is write-protected
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
            self.set_aside = keep_aside(self.path, identity, rows.sound_taught)
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
    def asking(self) -> Iterator[Connection]:
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
                aside = keep_aside(self.path, self._identity, rows.sound_taught)
                raise NotALibrary("index_damaged", path=self.path, aside=(aside or self.path).name) from error

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """The connection in a transaction of its own, otherwise as `asking`."""
        with self.asking() as connection, writing(connection):
            yield connection

    def known_photos(self, paths: Sequence[Path]) -> Mapping[Path, KnownPhoto]:
        """See `FaceStore`."""
        with self.asking() as connection:
            return rows.known_photos(connection, paths)

    def known_contents(self, hashes: Sequence[bytes], base_sha256: str) -> Mapping[bytes, str | None]:
        """See `FaceStore`."""
        with self.asking() as connection:
            held = rows.contents_of_base(connection, hashes, base_sha256)
        return {sha256: issue for sha256, (_, issue) in held.items()}

    def write(self, records: Sequence[PhotoRecord], base_sha256: str, force: bool = False) -> None:
        """See `FaceStore`."""
        with self.writing() as connection:
            rows.write_records(connection, records, base_sha256, force)

    def photos_in(self, place: Path) -> Iterator[tuple[Path, bool]]:
        """See `FaceStore`."""
        last = b""
        while True:
            with self.asking() as connection:
                page = rows.photos_page(connection, place, last, _PAGE)
            if not page:
                return
            yield from ((Path(fsdecode(path)), missing) for path, missing in page)
            last = page[-1][0]

    def paths_of_contents(self, hashes: Sequence[bytes]) -> list[Path]:
        """See `FaceStore`."""
        with self.asking() as connection:
            return rows.paths_of_contents(connection, hashes)

    def photo_counts(self) -> tuple[int, int]:
        """See `FaceStore`."""
        with self.asking() as connection:
            return rows.photo_counts(connection)

    def mark_missing(self, missing: Sequence[Path], removed: Sequence[Path]) -> None:
        """See `FaceStore`."""
        with self.writing() as connection:
            rows.mark_missing(connection, missing, removed)

    def bases(self) -> tuple[str, ...]:
        """See `FaceStore`."""
        with self.asking() as connection:
            return rows.bases(connection)

    def generation(self) -> str:
        """See `FaceStore`."""
        with self.asking() as connection:
            store_id, removals = connection.execute("SELECT store_id, removals FROM counters").fetchone()
        return f"{store_id}-{removals}"

    def face_count(self) -> int:
        """See `FaceStore`."""
        with self.asking() as connection:
            count: int = connection.execute("SELECT count(*) FROM faces").fetchone()[0]
        return count

    def faces(self, base_sha256: str, after: int = 0, logits: bool = True) -> Iterator[FaceTable]:
        """See `FaceStore`."""
        last, width = after, None
        while True:
            with self.asking() as connection:
                table = rows.faces_page(connection, base_sha256, last, PART, logits)
                if table is None:
                    return
                if width not in (None, table.embeddings.shape[1]):
                    raise CorruptDatabase
            last, width = int(table.numbers[-1]), table.embeddings.shape[1]
            yield table

    def present_contents(self) -> Integer[np.ndarray, " n"]:
        """See `FaceStore`."""
        with self.asking() as connection:
            found = connection.execute("SELECT DISTINCT content FROM photos WHERE NOT missing ORDER BY 1")
            return np.array([number for (number,) in found], np.int64)

    def photos_of_faces(self, numbers: Iterable[int]) -> list[FaceInPhoto]:
        """See `FaceStore`."""
        with self.asking() as connection:
            return rows.photos_of_faces(connection, numbers)

    def stored_faces(self, numbers: Iterable[int]) -> list[StoredFace]:
        """See `FaceStore`."""
        with self.asking() as connection:
            return rows.stored_faces(connection, numbers)

    def faces_beside(self, numbers: Iterable[int]) -> list[StoredFace]:
        """See `FaceStore`."""
        with self.asking() as connection:
            return rows.faces_beside(connection, numbers)

    def face_numbers(self, faces: Iterable[FaceRef]) -> Mapping[FaceRef, int]:
        """See `FaceStore`."""
        with self.asking() as connection:
            return rows.face_numbers(connection, faces)

    def names(self) -> tuple[str, ...]:
        """See `FaceStore`."""
        with self.asking() as connection:
            return tuple(name for (name,) in connection.execute("SELECT name FROM people ORDER BY key"))

    def person(self, name: str) -> str:
        """See `FaceStore`."""
        with self.asking() as connection:
            found = connection.execute("SELECT person FROM people WHERE key = ?", (key_of(name),)).fetchone()
        if found is None:
            raise unknown_person(name, self.known_people())
        text: str = found[0]
        return text

    def taught(self, name: str) -> tuple[Taught, ...]:
        """See `FaceStore`."""
        self.person(name)
        with self.asking() as connection:
            return people.taught_of(connection, key_of(name))

    def keep_person(
        self,
        person_json: str,
        name: str,
        taught: Sequence[Taught],
        kind: ChangeKind = "learn",
        instead_of: Sequence[str] = (),
    ) -> None:
        """See `FaceStore`."""
        with self.writing() as connection:
            people.keep_person(connection, person_json, name, taught, kind, instead_of)

    def known_people(self) -> tuple[KnownPerson, ...]:
        """See `FaceStore`."""
        with self.asking() as connection:
            return people.known_people(connection)

    def changes(self) -> tuple[Change, ...]:
        """See `FaceStore`."""
        with self.asking() as connection:
            return people.changes(connection)

    def undo_changes(self, count: int = 1) -> tuple[Change, ...]:
        """See `FaceStore`."""
        with self.writing() as connection:
            taken_back = people.changes(connection, count)
            for _ in taken_back:
                people.undo_change(connection)
        return taken_back

    def erase_person(self, name: str, numbers: Iterable[int], keep_faces: bool = False) -> tuple[int, int]:
        """See `FaceStore`."""
        self.person(name)
        with self.writing() as connection:
            return people.erase_person(connection, key_of(name), numbers, keep_faces)

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
