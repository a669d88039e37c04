"""`SqliteStore`: the index of faces in one SQLite file of a data folder."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from os import fsdecode
from pathlib import Path
from typing import Final

from semblante.library import sqlite_days as days
from semblante.library import sqlite_given as given
from semblante.library import sqlite_names
from semblante.library import sqlite_rows as rows
from semblante.library.locations import INDEX_NAME, damaged_copies
from semblante.library.people_store import Role
from semblante.library.sqlite_curation_store import SqliteCuration
from semblante.library.sqlite_damage import keep_aside
from semblante.library.sqlite_listing import SqliteListing
from semblante.library.sqlite_people_store import SqlitePeople
from semblante.library.sqlite_schema import INDEX, CorruptDatabase
from semblante.library.store import (
    ContentDays,
    FaceInPhoto,
    FaceTable,
    KnownPhoto,
    NamesHeld,
    PhotoRecord,
    StoredFace,
)
from semblante.library.vault import Vault
from semblante.types import AnalyzedPhoto, FaceRef

PART: Final = 8192
"""So many faces are read at a time."""
_PAGE: Final = 1000


class SqliteStore(SqlitePeople, SqliteCuration, SqliteListing):
    """The index in `folder`, made if missing; see `FaceStore` for what each method does, and `SqliteFile`.

    A damaged index is kept aside as `set_aside`, and a new one takes its place.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(Vault(folder), INDEX_NAME, INDEX, keep_aside)
        self.folder = folder

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
            days.note_days_of_records(connection, records)

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

    def photos_of_faces(self, numbers: Iterable[int]) -> list[FaceInPhoto]:
        """See `FaceStore`."""
        with self.asking() as connection:
            return rows.photos_of_faces(connection, numbers)

    def faces_in(self, content_sha256: str) -> list[FaceInPhoto]:
        """See `FaceStore`."""
        with self.asking() as connection:
            return rows.faces_in(connection, content_sha256)

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

    def face_refs(self, numbers: Iterable[int]) -> Mapping[int, FaceRef]:
        """See `FaceStore`."""
        with self.asking() as connection:
            return rows.face_refs(connection, numbers)

    def give_photos(self, name: str, records: Sequence[PhotoRecord], role: Role, base_sha256: str) -> None:
        """See `FaceStore`."""
        number = self.number_of(name)
        with self.writing() as connection:
            given.give_photos(connection, number, records, role, base_sha256)
            days.note_days_of_records(connection, records)

    def analyzed_photos(self, hashes: Sequence[bytes], base_sha256: str) -> Mapping[bytes, AnalyzedPhoto]:
        """See `FaceStore`."""
        with self.asking() as connection:
            return given.analyzed_photos(connection, hashes, base_sha256)

    def days(self, hashes: Sequence[bytes]) -> Mapping[bytes, date]:
        """See `FaceStore`."""
        with self.asking() as connection:
            return days.days_of(connection, hashes)

    def note_taken(self, taken: Mapping[bytes, date]) -> None:
        """See `FaceStore`."""
        with self.writing() as connection:
            days.note_taken(connection, taken)

    def set_day(self, hashes: Sequence[bytes], day: date | None) -> None:
        """See `FaceStore`."""
        with self.writing() as connection:
            days.set_day(connection, hashes, day)

    def content_days(self) -> ContentDays:
        """See `FaceStore`."""
        with self.asking() as connection:
            return days.content_days(connection)

    def names_held(self, names: Sequence[str]) -> NamesHeld:
        """See `FaceStore`."""
        with self.asking() as connection:
            return sqlite_names.names_held(connection, names)

    def damaged_copies(self) -> list[Path]:
        """See `FaceStore`."""
        return damaged_copies(self.folder)
