"""`SqliteListing`: the part of `SqliteStore` that lists photos, page by page."""

import contextlib
import json
from collections.abc import Iterable
from itertools import islice
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
_FEW = 1000
"""So many contents are looked up in the index, one by one."""


class SqliteListing(SqliteFile):
    """The photos in the open file of an index, by path; see `FaceStore` for what each method does."""

    _present: tuple[str, Path | None, Integer[np.ndarray, " n"]] | None = None
    """The state in which `present_contents` was asked last, the folder, and what it gave."""

    def list_photos(
        self,
        after: Path | None,
        count: int,
        folder: Path | None = None,
        contents: Integer[np.ndarray, " n"] | None = None,
    ) -> list[ListedPhoto]:
        """See `FaceStore`."""
        many = None if contents is None or len(contents) <= _FEW else set(contents.tolist())
        condition, values = _condition(folder, None if many else contents)
        statement = (
            "SELECT path, content, contents.sha256, width_px, height_px, issue, bases.sha256 FROM photos "
            "JOIN contents ON contents.id = content JOIN bases ON bases.id = base "
            f"WHERE {condition} AND path > ? ORDER BY path{'' if many else f' LIMIT {count}'}"
        )
        values = (*values, b"" if after is None else fsencode(after))
        # Of many contents, the next ones by path are soon found; few are looked up.
        with self.asking() as connection, contextlib.closing(connection.execute(statement, values)) as rows:
            wanted = (row for row in rows if many is None or row[1] in many)
            return [
                ListedPhoto(Path(fsdecode(path)), content, sha256.hex(), width_px, height_px, issue, base)
                for path, content, sha256, width_px, height_px, issue, base in islice(wanted, count)
            ]

    def count_photos(
        self, folder: Path | None = None, contents: Integer[np.ndarray, " n"] | None = None
    ) -> int:
        """See `FaceStore`."""
        present = self.present_contents(folder)
        return len(present) if contents is None else int(np.isin(contents, present).sum())

    def faces_in_contents(self, contents: Iterable[int]) -> list[int]:
        """See `FaceStore`."""
        with self.asking() as connection:
            rows = select_in(connection, "SELECT id FROM faces WHERE content IN", contents)
            return sorted(number for (number,) in rows)

    def present_contents(self, folder: Path | None = None) -> Integer[np.ndarray, " n"]:
        """See `FaceStore`."""
        with self.asking() as connection:
            state = self.state()
            if self._present and self._present[:2] == (state, folder):
                return self._present[2]
            # As one text, since a hundred thousand rows take three times as long.
            (listed,) = connection.execute(
                "SELECT group_concat(DISTINCT content) FROM photos "
                "WHERE NOT missing AND path >= ? AND path < ?",
                _ALL if folder is None else inside(folder),
            ).fetchone()
            contents = np.sort(np.fromstring(listed, np.int64, sep=",")) if listed else np.zeros(0, np.int64)
            contents.flags.writeable = False
            # What is not written for good has no state of its own.
            self._present = None if connection.in_transaction else (state, folder, contents)
            return contents

    def _disconnect(self) -> None:
        super()._disconnect()
        self._present = None


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
