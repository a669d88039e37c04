"""A person leaves the data folder, and nothing that was learnt of that person stays in any byte of it.

The person leaves the index last, so that one who was forgotten in part is still known and can be forgotten
again.

What SQLite deletes is overwritten at once, but older pages wait in the log beside the file: the log is
written back and cut to nothing, the file is written anew without its free pages, and the log is cut again.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from semblante.errors import Locked
from semblante.files import REPORT_MARK, translate_os_errors
from semblante.i18n import tr
from semblante.library.database import FILE_NAME, paths_of
from semblante.library.index import Library, key_of
from semblante.library.mentions_name import mentions_name
from semblante.organize.journal import forget_in_journals, journal_lock

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
    """Forget a person: neuron, taught faces wherever the index has them, journals, reports, and more.

    `faces` are further faces of the index by number, of which those stay that are known to be somebody
    else's; `person_files` are files to delete. Damaged indexes that were kept aside go too, since nobody can
    look into them. Raises `UnknownPerson`, `Busy`, `NoRoom` or `NoAccess`; what was forgotten until then
    stays forgotten, and the same call goes on as long as the person is known.
    """
    library.kept_name(name)
    with journal_lock(library.folder):
        journals = forget_in_journals(library.folder, name)
        aside = [path for path in paths_of(library.folder) if path.name.startswith(f"{FILE_NAME}.corrupt")]
        files = (*aside, *person_files, *_reports(library.folder, name))
        for path in files:
            with translate_os_errors(path):
                path.unlink(missing_ok=True)
        with library.writing() as connection:
            taught, seen = _forget_faces(connection, key_of(name), faces)
            connection.execute("DELETE FROM people WHERE key = ?", (key_of(name),))
    compact(library)
    return Forgotten(taught, seen, journals, files)


def _forget_faces(connection: sqlite3.Connection, key: str, faces: Iterable[int]) -> tuple[int, int]:
    """Delete the person's taught faces, and those of the index that are named, wherever they are.

    What other people were taught with them goes too, as that they are not the person; the photos stay known
    as read. Returns how many the person was taught with, and how many of the index are gone.
    """
    hers = connection.execute(
        "SELECT content_sha256, place FROM taught JOIN people ON people.id = taught.person "
        "WHERE key = ? AND kind = 'me'",
        (key,),
    ).fetchall()
    for face in faces:
        hers += connection.execute(
            "SELECT sha256, faces.place FROM faces JOIN contents ON contents.id = content "
            "WHERE faces.id = ? AND NOT EXISTS ("
            "SELECT 1 FROM taught JOIN people ON people.id = taught.person WHERE content_sha256 = sha256 "
            "AND taught.place = faces.place AND (key = ?) != (kind = 'me'))",
            (face, key),
        )
    taught = connection.execute(
        "DELETE FROM taught WHERE person = (SELECT id FROM people WHERE key = ?)", (key,)
    ).rowcount
    connection.executemany("DELETE FROM taught WHERE content_sha256 = ? AND place = ?", hers)
    seen = connection.executemany(
        "DELETE FROM faces WHERE content = (SELECT id FROM contents WHERE sha256 = ?) AND place = ?", hers
    ).rowcount
    return taught, max(0, seen)


def compact(library: Library) -> None:
    """Write the index anew without what was deleted. Raises `Busy` where another run still reads the old."""
    with library.asking() as connection:
        for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            row = connection.execute(statement).fetchone()
            if row and row[0]:
                raise Locked(
                    tr(
                        "{path}: another run is using the index, so deleted pages may still be in the file "
                        "beside it; they go when that run ends",
                        path=library.path,
                    )
                )


def _reports(folder: Path, name: str) -> list[Path]:
    """The reports in the data folder that name the person; other pages there are not ours to take."""
    with translate_os_errors(folder):
        pages = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in REPORTS]
        return [path for path in pages if path.is_file() and _is_report_on(path, name)]


def _is_report_on(path: Path, name: str) -> bool:
    page = path.read_text(encoding="utf-8", errors="replace")
    return REPORT_MARK in page and mentions_name(page, name)
