"""A person leaves the data folder, and nothing that was learnt of that person stays in any byte of it.

What SQLite deletes is overwritten at once, but older pages wait in the log beside the file: the log is
written back and cut to nothing, the file is written anew without its free pages, and the log is cut again.
"""

import html
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from semblante.errors import Busy
from semblante.files import explained
from semblante.library.database import FILE_NAME, paths_of
from semblante.library.index import Library, key_of
from semblante.library.journal import forget_in_journals
from semblante.text import say

REPORTS: Final = frozenset({".html", ".htm"})


@dataclass(frozen=True)
class Forgotten:
    """What is gone: faces that the person was taught with, faces of the index, journals, and other files."""

    taught: int
    faces: int
    journals: int
    files: tuple[Path, ...]


def forget(
    library: Library, name: str, faces: Iterable[int] = (), person_files: Iterable[Path] = ()
) -> Forgotten:
    """Forget a person: neuron, taught faces also where the index has them, journals, reports, and more.

    `faces` are further faces of the index by number, `person_files` files to delete. Damaged indexes that
    were kept aside go too, since nobody can look into them. Raises `UnknownPerson`, `Busy`, `NoRoom` or
    `NoAccess`; what was forgotten until then stays forgotten.
    """
    library.person(name)
    key = key_of(name)
    with library.writing() as connection:
        (as_kept,) = connection.execute("SELECT name FROM people WHERE key = ?", (key,)).fetchone()
        seen = _forget_faces(connection, key, faces)
        taught = connection.execute(
            "DELETE FROM taught WHERE person = (SELECT id FROM people WHERE key = ?)", (key,)
        ).rowcount
        connection.execute("DELETE FROM people WHERE key = ?", (key,))
    journals = forget_in_journals(library.folder, name)
    aside = [path for path in paths_of(library.folder) if path.name.startswith(f"{FILE_NAME}.corrupt")]
    files = (*aside, *person_files, *_reports(library.folder, as_kept))
    for path in files:
        with explained(path):
            path.unlink(missing_ok=True)
    compact(library)
    return Forgotten(taught, seen, journals, files)


def _forget_faces(connection: sqlite3.Connection, key: str, faces: Iterable[int]) -> int:
    """Delete the person's taught faces from the index, and those named; the photos stay known as read."""
    of_taught = connection.execute(
        "DELETE FROM faces WHERE id IN (SELECT faces.id FROM taught JOIN people ON people.id = taught.person "
        "JOIN contents ON contents.sha256 = content_sha256 "
        "JOIN faces ON faces.content = contents.id AND faces.place = taught.place "
        "WHERE key = ? AND kind = 'me')",
        (key,),
    ).rowcount
    named = connection.executemany("DELETE FROM faces WHERE id = ?", [(face,) for face in faces]).rowcount
    return of_taught + max(0, named)


def compact(library: Library) -> None:
    """Write the index anew without what was deleted. Raises `Busy` where another run still reads the old."""
    with library.asking() as connection:
        for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            row = connection.execute(statement).fetchone()
            if row and row[0]:
                raise Busy(
                    say(
                        "{path}: another run is using the index, so deleted pages may still be in the file "
                        "beside it; they go when that run ends",
                        path=library.path,
                    )
                )


def _reports(folder: Path, name: str) -> list[Path]:
    """The reports in the data folder that name the person, as a word of its own."""
    named = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
    with explained(folder):
        return [
            path
            for path in sorted(folder.rglob("*"))
            if path.suffix.lower() in REPORTS
            and path.is_file()
            and named.search(html.unescape(path.read_text(encoding="utf-8", errors="replace")))
        ]
