"""A person leaves the data folder, and nothing that was learnt of that person stays in any byte of it.

The person leaves the store last, so that one who was erased in part is still known and can be erased again.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from semblante.files import REPORT_MARK, translate_os_errors
from semblante.library.embedding_matrix import remove_matrices
from semblante.library.names import key_of, names_of
from semblante.library.store import FaceStore
from semblante.library.thumbnails import Thumbnails, drop_orphans

REPORT_SUFFIXES: Final = frozenset({".html", ".htm"})
_VALUES = re.compile(r"\"[^\"]*\"|'[^']*'")


@dataclass(frozen=True)
class Erased:
    """What is gone: faces that the person was taught with, faces of the store, and files."""

    taught: int
    faces: int
    files: tuple[Path, ...]


def erase(
    store: FaceStore,
    name: str,
    faces: Iterable[int] = (),
    person_files: Iterable[Path] = (),
    keep_faces: bool = False,
    thumbnails: Thumbnails | None = None,
) -> Erased:
    """Erase a person: neuron, taught faces wherever the store has them, thumbnails, reports, and files.

    Faces that taught somebody else stay, and so do those of the further `faces`, by number, that are known to
    be somebody else's; with `keep_faces` all stay, as somebody unknown's. Where a face leaves, all thumbnails
    of its photo go, since the person may be beside another face. Reports under a former name go too, unless
    somebody else has that name. `person_files` are files to delete. Damaged stores that were kept aside go
    too, since nobody can look into them. Raises `UnknownPerson`, `Locked`, `DiskFull` or `FileAccessError`;
    what was erased until then stays erased, and the same call goes on as long as the person is known. Once
    the person is not, what another run kept from being deleted goes when the last run closes the store, or at
    the next scan.
    """
    names = names_of(store, name)
    reports = {path: None for each in names for path in _reports(store.folder, each)}
    files = (*store.damaged_copies(), *person_files, *reports)
    for path in files:
        with translate_os_errors(path):
            path.unlink(missing_ok=True)
    # Windows does not delete one that another run has open: then the person must still be known.
    remove_matrices(store.folder)
    numbers, thumbnails = tuple(faces), thumbnails or Thumbnails(store.vault)
    _erase_thumbnails(store, name, None if keep_faces else numbers, thumbnails)
    taught, seen = store.erase_person(name, numbers, keep_faces)
    try:
        remove_matrices(store.folder)  # One that another run has made meanwhile.
        # Those of photos given to somebody who was merged with the person, whom no change brings back now.
        drop_orphans(store, thumbnails)
    finally:
        store.compact()
    return Erased(taught, seen, files)


def _erase_thumbnails(
    store: FaceStore, name: str, faces: Iterable[int] | None, thumbnails: Thumbnails
) -> None:
    """Erase those of photos that were given, and unless no face leaves (None), of photos of the faces."""
    drop_orphans(store, thumbnails)
    photos = {each.photo for each in store.given_photos(name)}
    if faces is not None:
        photos |= {each.face.photo for each in store.taught(name) if each.kind == "positive"}
        photos |= {each.face.photo for each in store.stored_faces(faces)}
    thumbnails.erase(photos)


def _reports(folder: Path, name: str) -> list[Path]:
    """The reports in the data folder that name the person; pages of other programs are left alone."""
    with translate_os_errors(folder):
        pages = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in REPORT_SUFFIXES]
        return [path for path in pages if path.is_file() and is_report_on(path, name)]


def is_report(path: Path) -> bool:
    """Whether a file is a report that Semblante wrote."""
    if path.suffix.lower() not in REPORT_SUFFIXES:
        return False
    with translate_os_errors(path):
        return REPORT_MARK in path.read_text(encoding="utf-8", errors="replace")


def is_report_on(path: Path, name: str) -> bool:
    """Whether a page is a report of ours that names the person."""
    # Pictures in letters and digits may spell a short name by chance.
    page = re.sub(r'"data:[^"]*"', '""', path.read_text(encoding="utf-8", errors="replace"))
    return REPORT_MARK in page and mentions_name(page, name)


def mentions_name(markup: str, name: str) -> bool:
    """Whether the name stands in HTML or XML as a word of its own: in text, or in an attribute's value."""
    # What a tag or an attribute is called is nobody's name; that "rdf:li" has a Li in it says nothing.
    words = re.sub(r"<[/?]?\w[^>]*>", lambda tag: " ".join(_VALUES.findall(tag[0])), markup)
    return re.search(rf"(?<!\w){re.escape(key_of(name))}(?!\w)", key_of(html.unescape(words))) is not None
