"""`SqliteListing`: the part of `SqliteStore` that lists photos, page by page."""

import json
from collections.abc import Iterable
from os import fsdecode, fsencode
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Integer

from semblante.library.sqlite_file import SqliteFile
from semblante.library.sqlite_rows import inside, select_in
from semblante.library.store import ListedPhoto

_ALL = (b"", b"\xff\xff")
"""The bounds of all paths."""


class SqliteListing(SqliteFile):
    """The photos in the open file of an index, by path; see `FaceStore` for what each method does."""

    def list_photos(
        self,
        after: Path | None,
        count: int,
        folder: Path | None = None,
        contents: Integer[np.ndarray, " n"] | None = None,
    ) -> list[ListedPhoto]:
        """See `FaceStore`."""
        condition, values = _condition(folder, contents)
        with self.asking() as connection:
            rows = connection.execute(
                "SELECT path, content, contents.sha256, width_px, height_px, issue, bases.sha256 FROM photos "
                "JOIN contents ON contents.id = content JOIN bases ON bases.id = base "
                f"WHERE {condition} AND path > ? ORDER BY path LIMIT ?",
                (*values, b"" if after is None else fsencode(after), count),
            )
            return [
                ListedPhoto(Path(fsdecode(path)), content, sha256.hex(), width_px, height_px, issue, base)
                for path, content, sha256, width_px, height_px, issue, base in rows
            ]

    def count_photos(
        self, folder: Path | None = None, contents: Integer[np.ndarray, " n"] | None = None
    ) -> int:
        """See `FaceStore`."""
        lower, upper = _ALL if folder is None else inside(folder)
        condition, values = _in_contents(contents)
        with self.asking() as connection:
            (count,) = connection.execute(
                "SELECT count(DISTINCT content) FROM photos "
                f"WHERE NOT missing AND path >= ? AND path < ?{condition}",
                (lower, upper, *values),
            ).fetchone()
        return int(count)

    def faces_in_contents(self, contents: Iterable[int]) -> list[int]:
        """See `FaceStore`."""
        with self.asking() as connection:
            rows = select_in(connection, "SELECT id FROM faces WHERE content IN", contents)
            return sorted(number for (number,) in rows)

    def present_contents(self, folder: Path | None = None) -> Integer[np.ndarray, " n"]:
        """See `FaceStore`."""
        with self.asking() as connection:
            found = connection.execute(
                "SELECT DISTINCT content FROM photos WHERE NOT missing AND path >= ? AND path < ? ORDER BY 1",
                _ALL if folder is None else inside(folder),
            )
            return np.array([number for (number,) in found], np.int64)


def _condition(
    folder: Path | None, contents: Integer[np.ndarray, " n"] | None
) -> tuple[str, tuple[Any, ...]]:
    """What holds for a photo to be listed, and the values of its parameters: of copies, the first by path."""
    lower, upper = _ALL if folder is None else inside(folder)
    within, values = _in_contents(contents)
    first = (
        "SELECT min(copy.path) FROM photos AS copy WHERE copy.content = photos.content "
        "AND NOT copy.missing AND copy.path >= ?1 AND copy.path < ?2"
    )
    condition = f"NOT missing AND path >= ?1 AND path < ?2{within} AND path = ({first})"
    return condition, (lower, upper, *values)


def _in_contents(contents: Integer[np.ndarray, " n"] | None) -> tuple[str, tuple[str, ...]]:
    if contents is None:
        return "", ()
    return " AND content IN (SELECT value FROM json_each(?))", (json.dumps(contents.tolist()),)
