"""`SqliteCuration`: the half of `SqliteStore` about faces beside people, and the history of all changes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from os import fsdecode, fsencode
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Integer

from semblante.library.curation_store import Folder
from semblante.library.history_store import MAX_CHANGES, Change, ChangeKind, GroupChange
from semblante.library.sqlite_changes import changes, check_undoable, new_change
from semblante.library.sqlite_driver import sqlite3
from semblante.library.sqlite_file import SqliteFile
from semblante.library.sqlite_given import drop_ungiven
from semblante.library.sqlite_marks import (
    GROUPED,
    IGNORED,
    IGNORED_FOLDERS,
    Marks,
    marked,
    put_marks,
    restore_marks,
)
from semblante.library.sqlite_people import restore_people
from semblante.library.sqlite_rows import inside
from semblante.types import FaceRef


class SqliteCuration(SqliteFile):
    """What a user said of faces beside people; see `CurationStore` and `HistoryStore` for each method."""

    def folders(self) -> tuple[Folder, ...]:
        """See `CurationStore`."""
        with self.asking() as connection:
            return folders(connection)

    def add_folder(self, path: Path) -> Folder:
        """See `CurationStore`."""
        with self.writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO folders (path, added) VALUES (?, ?)",
                (fsencode(path), datetime.now(UTC).isoformat()),
            )
            (added,) = (each for each in folders(connection) if each.path == path)
        return added

    def remove_folder(self, number: int) -> None:
        """See `CurationStore`."""
        with self.writing() as connection:
            connection.execute("DELETE FROM folders WHERE id = ?", (number,))

    def ignore_faces(
        self, faces: Collection[FaceRef], ignored: bool = True, as_group: bool = False
    ) -> int | None:
        """See `CurationStore`."""
        keys = list(map(_key, faces))
        with self.writing() as connection:
            change = _ignore(connection, IGNORED, keys, ignored, "ignore" if ignored else "unignore")
            if change and as_group:
                put_marks(connection, change, GROUPED, dict.fromkeys(keys, str(change)))
            return change

    def keep_groups(self, groups: Sequence[Collection[FaceRef]], kind: GroupChange) -> int:
        """See `CurationStore`."""
        with self.writing() as connection:
            change, _ = new_change(connection, kind)
            labels = {_key(face): f"{change}-{place}" for place, faces in enumerate(groups) for face in faces}
            put_marks(connection, change, GROUPED, labels)
            return change

    def kept_groups(self) -> Mapping[int, str]:
        """See `CurationStore`."""
        with self.asking() as connection:
            rows = connection.execute(
                "SELECT faces.id, label FROM grouped JOIN contents ON sha256 = content_sha256 "
                "JOIN faces ON content = contents.id AND faces.place = grouped.place"
            )
            return dict(rows.fetchall())

    def ignore_folder(self, folder: Path, ignored: bool = True) -> int | None:
        """See `CurationStore`."""
        kind: ChangeKind = "ignore_folder" if ignored else "unignore_folder"
        with self.writing() as connection:
            return _ignore(connection, IGNORED_FOLDERS, [(fsencode(folder),)], ignored, kind, str(folder))

    def ignored_faces(self) -> tuple[FaceRef, ...]:
        """See `CurationStore`."""
        with self.asking() as connection:
            rows = connection.execute(
                "SELECT content_sha256, place FROM ignored ORDER BY since DESC, content_sha256, place"
            )
            return tuple(FaceRef(sha256.hex(), place) for sha256, place in rows)

    def ignored_folders(self) -> tuple[Path, ...]:
        """See `CurationStore`."""
        with self.asking() as connection:
            return _ignored_folders(connection)

    def ignored_numbers(self) -> Integer[np.ndarray, " n"]:
        """See `CurationStore`."""
        with self.asking() as connection:
            rows = connection.execute(
                "SELECT faces.id FROM ignored JOIN contents ON sha256 = content_sha256 "
                "JOIN faces ON content = contents.id AND faces.place = ignored.place"
            )
            numbers = {number for (number,) in rows}
            numbers |= _in_folders(connection, _ignored_folders(connection))
            return np.array(sorted(numbers), np.int64)

    def changes(self, count: int = MAX_CHANGES, before: int | None = None) -> tuple[Change, ...]:
        """See `HistoryStore`."""
        with self.asking() as connection:
            return changes(connection, count, before)

    def undo_changes(self, numbers: Sequence[int]) -> tuple[Change, ...]:
        """See `HistoryStore`."""
        with self.writing() as connection:
            known = {each.number: each for each in changes(connection)}
            for number in numbers:
                check_undoable(connection, number)
                restore_people(connection, number)
                restore_marks(connection, number)
                connection.execute("DELETE FROM changes WHERE id = ?", (number,))
            drop_ungiven(connection)
        return tuple(known[number] for number in numbers)


def _key(face: FaceRef) -> tuple[bytes, int]:
    return bytes.fromhex(face.photo), face.index


def folders(connection: sqlite3.Connection) -> tuple[Folder, ...]:
    """See `CurationStore.folders`."""
    rows = connection.execute("SELECT id, path, added FROM folders ORDER BY path").fetchall()
    count = "SELECT count(*) FROM photos WHERE NOT missing AND path >= ? AND path < ?"
    paths = [Path(fsdecode(path)) for _, path, _ in rows]
    return tuple(
        Folder(
            number,
            path,
            datetime.fromisoformat(added),
            connection.execute(count, inside(path)).fetchone()[0],
        )
        for (number, _, added), path in zip(rows, paths, strict=True)
    )


def _ignore(
    connection: sqlite3.Connection,
    marks: Marks,
    keys: Collection[tuple[Any, ...]],
    ignored: bool,
    kind: ChangeKind,
    name: str = "",
) -> int | None:
    already = marked(connection, marks, keys)
    wanted = [key for key in dict.fromkeys(keys) if (key in already) != ignored]
    if not wanted:
        return None
    change, now = new_change(connection, kind, name)
    values: Mapping[tuple[Any, ...], str | None] = dict.fromkeys(wanted, now if ignored else None)
    put_marks(connection, change, marks, values)
    return change


def _ignored_folders(connection: sqlite3.Connection) -> tuple[Path, ...]:
    rows = connection.execute("SELECT path FROM ignored_folders ORDER BY path")
    return tuple(Path(fsdecode(path)) for (path,) in rows)


def _in_folders(connection: sqlite3.Connection, folders: Sequence[Path]) -> set[int]:
    """The numbers of the faces in photos that are in these folders, and in no other."""
    if not folders:
        return set()
    ranges = [bound for folder in folders for bound in inside(folder)]
    within = " OR ".join(["path >= ? AND path < ?"] * len(folders))
    rows = connection.execute(
        f"SELECT faces.id FROM photos JOIN faces USING (content) WHERE NOT missing AND ({within}) "
        "AND NOT EXISTS (SELECT 1 FROM photos AS other WHERE other.content = photos.content "
        f"AND NOT other.missing AND NOT ({within.replace('path', 'other.path')}))",
        (*ranges, *ranges),
    )
    return {number for (number,) in rows}
