"""`SqliteStore`: the index of faces in one SQLite file of a data folder."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import fsdecode
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Integer

from semblante.library import sqlite_people as people
from semblante.library import sqlite_rows as rows
from semblante.library.names import key_of, unknown_person
from semblante.library.sqlite_file import SqliteFile
from semblante.library.sqlite_schema import CorruptDatabase
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


class SqliteStore(SqliteFile):
    """The index in `folder`, made if missing; see `FaceStore` for what each method does, and `SqliteFile`."""

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
