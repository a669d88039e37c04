"""The index at work: opened, asked, written to, and the people in it."""

import contextlib
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import numpy as np
from jaxtyping import Float32

from semblante.errors import NotALibrary, UnknownPerson
from semblante.i18n import tr
from semblante.library.database import (
    FILE_NAME,
    CorruptDatabase,
    Rows,
    connect,
    identity_of,
    keep_aside,
    translate_sqlite_errors,
    writing,
)

FLOAT16 = "<f2"
"""How embeddings and logits are kept: half the room, and 3 digits, which is more than a face repeats."""


@dataclass(frozen=True, eq=False)
class Taught:
    """A face that a person was taught with: the person's own, or one that is `not` the person.

    `place` is its place among the faces of the photo with this hash; embeddings have length one. `told` are
    those that a user answered about in a review, or by naming a group, beside the photos of the lesson.
    """

    kind: Literal["me", "not"]
    content_sha256: str
    place: int
    embeddings: Float32[np.ndarray, " d"]
    told: bool = False


class Library:
    """The index in a data folder, open. Use it in a `with` block, in the thread that opened it.

    `set_aside` is where a damaged index was put when this one took its place, else None.
    """

    def __init__(self, folder: Path, connection: sqlite3.Connection, set_aside: Path | None = None) -> None:
        self.folder = folder
        self.path = folder / FILE_NAME
        self.set_aside = set_aside
        self._connection = connection
        self._identity = identity_of(self.path)

    def __enter__(self) -> "Library":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        self._connection.close()

    @contextlib.contextmanager
    def asking(self) -> Iterator[sqlite3.Connection]:
        """The connection, its errors explained: `Busy`, `NoRoom`, `NoAccess`, or `NotALibrary` where damaged.

        A damaged index is kept aside, and a new one is there for the next run.
        """
        try:
            with translate_sqlite_errors(self.path):
                yield self._connection
        except CorruptDatabase as error:
            self.close()
            aside = keep_aside(self.path, self._identity, _sound)
            raise NotALibrary(
                tr(
                    "{path}: the index was damaged, and is kept as {aside}; scan the photos again: "
                    "semblante scan FOLDER…",
                    path=self.path,
                    aside=aside or self.path.name,
                )
            ) from error

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The connection in a transaction of its own, its errors explained as by `asking`."""
        with self.asking() as connection, writing(connection):
            yield connection

    def bases(self) -> tuple[str, ...]:
        """The hashes of the networks that read the photos, the most used first."""
        with self.asking() as connection:
            rows = connection.execute(
                "SELECT bases.sha256 FROM contents JOIN bases ON bases.id = base "
                "GROUP BY base ORDER BY count(*) DESC, bases.sha256"
            ).fetchall()
        return tuple(sha256 for (sha256,) in rows)

    def names(self) -> tuple[str, ...]:
        """The people who are known, by name."""
        with self.asking() as connection:
            return tuple(name for (name,) in connection.execute("SELECT name FROM people ORDER BY key"))

    def person(self, name: str) -> str:
        """The JSON of a person's file, whatever capitals `name` has. Raises `UnknownPerson`."""
        with self.asking() as connection:
            found = connection.execute("SELECT person FROM people WHERE key = ?", (key_of(name),)).fetchone()
        if found is None:
            raise self.unknown(name)
        text: str = found[0]
        return text

    def kept_name(self, name: str) -> str:
        """The name as it was given when the person was learnt. Raises `UnknownPerson`."""
        known = {key_of(each): each for each in self.names()}
        if key_of(name) not in known:
            raise self.unknown(name)
        return known[key_of(name)]

    def unknown(self, name: str) -> UnknownPerson:
        """The error that says that nobody of this name is known, and who is."""
        known = ", ".join(self.names()) or tr("nobody yet")
        return UnknownPerson(
            tr(
                "{name} is not known here (known: {known}); to learn a person: semblante learn NAME PHOTO…",
                name=name,
                known=known,
            )
        )

    def taught(self, name: str) -> tuple[Taught, ...]:
        """The faces that a person was taught with. Raises `UnknownPerson`."""
        self.person(name)
        with self.asking() as connection:
            rows = connection.execute(
                "SELECT kind, hex(content_sha256), place, embeddings, told FROM taught WHERE person = "
                "(SELECT id FROM people WHERE key = ?) ORDER BY kind, content_sha256, place",
                (key_of(name),),
            ).fetchall()
            embeddings = unpacked([packed for *_, packed, _ in rows]) if rows else ()
        return tuple(
            Taught(kind, sha256.lower(), place, values, bool(told))
            for (kind, sha256, place, _, told), values in zip(rows, embeddings, strict=True)
        )

    def keep_person(self, person_json: str, name: str, taught: Sequence[Taught]) -> None:
        """Keep a person's file and the faces it was taught with, in place of what is known of `name`."""
        key = key_of(name)
        with self.writing() as connection:
            connection.execute("DELETE FROM people WHERE key = ?", (key,))
            number = connection.execute(
                "INSERT INTO people (key, name, person) VALUES (?, ?, ?)", (key, name, person_json)
            ).lastrowid
            connection.executemany(
                "INSERT OR REPLACE INTO taught VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (
                        number,
                        each.kind,
                        bytes.fromhex(each.content_sha256),
                        each.place,
                        each.embeddings.astype(FLOAT16).tobytes(),
                        each.told,
                    )
                    for each in taught
                ],
            )


def open_library(folder: Path) -> Library:
    """The index in `folder`, made if missing; a damaged one is kept aside and a new one takes its place.

    Raises `NotALibrary`, `Busy`, `NoRoom` or `NoAccess`.
    """
    path = folder / FILE_NAME
    identity = identity_of(path)
    try:
        return Library(folder, connect(path))
    except CorruptDatabase:
        aside = keep_aside(path, identity, _sound)
    return Library(folder, connect(path), aside)


def unpacked(blobs: Sequence[Any], numbers: int | None = None) -> Float32[np.ndarray, "n k"]:
    """Features or logits as they are kept, one or more of them, as rows.

    Raises `Damaged` where they are no finite numbers, or not all as long, or not so many `numbers`.
    """
    length, *others = {len(blob) if isinstance(blob, bytes) else None for blob in blobs}
    if others or not length or length % 2 or numbers not in (None, length // 2):
        raise CorruptDatabase
    packed = np.frombuffer(b"".join(blobs), FLOAT16)
    rows: Float32[np.ndarray, "n k"] = packed.reshape(len(blobs), -1).astype(np.float32)
    if not np.isfinite(rows).all():
        raise CorruptDatabase
    return rows


def _sound(taught: Rows) -> Rows:
    """The rows of the table `taught` with whole embeddings, as long as most of that person's are."""
    widths: dict[tuple[object, ...], int] = {}
    for row in taught:
        with contextlib.suppress(CorruptDatabase):
            widths[row] = unpacked([row[4]]).shape[1]
    usual = {
        person: Counter(width for row, width in widths.items() if row[0] == person).most_common(1)[0][0]
        for person in {row[0] for row in widths}
    }
    return [row for row, width in widths.items() if width == usual[row[0]]]


def key_of(name: str) -> str:
    """What two ways to write one name share: capitals, blanks at the ends and Unicode forms do not count."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name.strip()).casefold())
