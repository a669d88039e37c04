"""The files of a data folder: what each is, its size and date; and all of Semblante's own erased."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from semblante.errors import FileAccessError, NotAPersonFile
from semblante.files import LOCK_NAME, overwrite_and_remove, translate_os_errors
from semblante.library import FaceStore, key_of
from semblante.library.auto_lock import FILE as AUTO_LOCK
from semblante.library.erasure import is_report
from semblante.organize.journal import FOLDER as JOURNALS
from semblante.organize.journal import journal_lock
from semblante.person import open_person

FileKind = Literal[
    "file_of_index",
    "file_of_thumbnails",
    "file_of_key",
    "file_of_matrix",
    "file_of_journals",
    "file_of_person",
    "file_of_report",
    "file_of_service_keys",
    "file_of_settings",
    "file_of_others",
]
"""What a file is; a code that front ends put into words. Files of others are not Semblante's."""
_BEGINNINGS: Final[tuple[tuple[str, FileKind], ...]] = (
    ("library.key", "file_of_key"),
    ("library.sql", "file_of_index"),
    ("thumbnails.sql", "file_of_thumbnails"),
    ("faces-", "file_of_matrix"),
    ("service-keys.json", "file_of_service_keys"),
    (AUTO_LOCK, "file_of_settings"),
)
_STAYING: Final[frozenset[FileKind]] = frozenset({"file_of_others", "file_of_service_keys"})


@dataclass(frozen=True)
class HeldFile:
    """A file of the data folder: what it is, its bytes, and when it was last changed (UTC)."""

    path: Path
    kind: FileKind
    size: int
    changed: datetime


def held_files(folder: Path) -> tuple[HeldFile, ...]:
    """The files of the data folder, by path."""
    with translate_os_errors(folder):
        paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != LOCK_NAME)
        return tuple(
            HeldFile(path, _kind_of(path, folder), path.stat().st_size, _time(path.stat().st_mtime))
            for path in paths
        )


def erase_everything(store: FaceStore) -> tuple[HeldFile, ...]:
    """Erase all that Semblante keeps in the data folder, and begin an empty index; gives the files that went.

    The key of an encrypted index is destroyed first, for which no passphrase is needed. Files of others stay,
    and so do the keys of a service, and what a link in the folder leads to. Raises `Locked` where another run
    uses the index or sorts, or `FileAccessError`; then the same call goes on.
    """
    with journal_lock(store.folder):
        doomed = [each for each in held_files(store.folder) if each.kind not in _STAYING]
        with store.vault.erased():
            for each in doomed:
                if each.path.is_symlink():  # What it leads to lies elsewhere, and is not the data folder's.
                    each.path.unlink()
                else:
                    overwrite_and_remove(each.path)
    return tuple(doomed)


def _kind_of(path: Path, folder: Path) -> FileKind:
    if path.parent == folder:
        for beginning, kind in _BEGINNINGS:
            if path.name.removeprefix(".").startswith(beginning):
                return kind
    if path.relative_to(folder).parts[0] == JOURNALS:
        return "file_of_journals"
    if path.suffix == ".json" and key_in(path) is not None:
        return "file_of_person"
    return "file_of_report" if is_report(path) else "file_of_others"


def key_in(path: Path) -> str | None:
    """The key of the name in a person file; None where it is none."""
    try:
        return key_of(open_person(path).name)
    except (NotAPersonFile, FileAccessError):
        return None


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
