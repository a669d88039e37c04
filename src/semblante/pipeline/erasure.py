"""A person leaves the data folder: what teaches, faces that are found, person files, journals of sorts."""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from semblante.errors import FileAccessError, NotAPersonFile, UnknownPerson
from semblante.jobs import SILENT, JobContext
from semblante.library import (
    Candidate,
    EmbeddingMatrix,
    FaceStore,
    PeopleChange,
    Receipt,
    Thumbnails,
    best_face_per_photo,
    candidates,
    erase,
    key_of,
    names_of,
    receipt_of,
    traces_of,
)
from semblante.organize.journal import forget_in_journals, journal_lock
from semblante.person import Person, open_person
from semblante.pipeline.collection import known_person, query_of


@dataclass(frozen=True)
class Forgotten:
    """What is gone: faces that the person was taught with, faces of the index, journals, and other files.

    `receipt` tells which files were searched for it afterwards. `shared` faces stayed, since they are found
    to be another known person's as well. None where the person's neuron could not be read: then only faces
    that taught could be found.
    """

    taught: int
    faces: int
    journals: int
    files: tuple[Path, ...]
    receipt: Receipt
    shared: int | None = 0


def forget_person(
    store: FaceStore,
    name: str,
    keep_faces: bool = False,
    job: JobContext = SILENT,
    matrix: EmbeddingMatrix | None = None,
    thumbnails: Thumbnails | None = None,
) -> Forgotten:
    """Forget a person in the data folder: neuron, faces, thumbnails, reports, person files, sorts' journals.

    All faces that taught or are found to be the person's leave the index, less those that taught somebody
    else, and of the found ones those that are found to be somebody else's too. With `keep_faces`, which is
    for somebody who was misnamed, they stay there as somebody unknown's. What bears a former name goes too.
    Raises `UnknownPerson`, `Locked` while another run sorts, and `Cancelled` before anything is forgotten;
    what was forgotten until another error stays forgotten, and the same call goes on as long as the person is
    known.
    """
    matrix = matrix or EmbeddingMatrix(store)
    names = names_of(store, name)
    seen, shared = set[int](), 0 if keep_faces or not _is_learnt(store, names[0]) else None
    if shared is None:
        with contextlib.suppress(NotAPersonFile):
            seen, shared = found_faces(store, names[0], matrix, job)
    matrix.release()
    person_files = [path for path in _json_files(store.folder) if any(_is_of(path, each) for each in names)]
    thumbnails = thumbnails or Thumbnails(store.vault)
    traces = traces_of(store, name, seen, thumbnails)
    job.check()
    with journal_lock(store.folder):
        journals = sum(forget_in_journals(store.folder, each) for each in names)
        erased = erase(store, name, seen, person_files, keep_faces, thumbnails)
    receipt = receipt_of(store, traces, thumbnails)
    return Forgotten(erased.taught, erased.faces, journals, erased.files, receipt, shared)


def changes_ended_with(store: FaceStore, name: str) -> int:
    """How many changes of other people can no longer be undone once this person is forgotten."""
    key = key_of(name)
    changes = [each for each in store.changes() if each.kind in get_args(PeopleChange)]
    of_person = [key in map(key_of, (each.name, *each.instead_of, *each.beside)) for each in changes]
    return of_person[of_person.index(True) :].count(False) if True in of_person else 0


def found_faces(
    store: FaceStore, name: str, matrix: EmbeddingMatrix, job: JobContext
) -> tuple[set[int], int]:
    """The numbers of the faces that are found to be this person's alone; how many are also another's.

    Raises `NotAPersonFile`.
    """
    person = known_person(store, name)
    seen = _sure_faces_of(store, person, matrix, job)
    others = set[int]()
    for each in store.names():
        if each != name and seen:
            try:
                other = known_person(store, each)
                if other.base_sha256 == person.base_sha256:
                    others |= _sure_faces_of(store, other, matrix, job)
            except (NotAPersonFile, UnknownPerson):  # Nobody's faces can be found with it, or it is gone.
                continue
    return seen - others, len(seen & others)


def _is_learnt(store: FaceStore, name: str) -> bool:
    return any(each.name == name and each.is_learnt for each in store.known_people())


def _sure_faces_of(store: FaceStore, person: Person, matrix: EmbeddingMatrix, job: JobContext) -> set[int]:
    """The numbers of all faces with a yes, of a collage several. Raises `UnknownPerson`."""
    query = query_of(store, person)
    found: list[Candidate] = []
    for table in matrix.tables(person.base_sha256):
        job.check()
        found += candidates(table, query)
    return {each.number for each in best_face_per_photo(found, several=True) if each.verdict == "yes"}


def _json_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.json") if path.is_file())


def _is_of(path: Path, name: str) -> bool:
    try:
        return key_of(open_person(path).name) == key_of(name)
    except (NotAPersonFile, FileAccessError):
        return False
