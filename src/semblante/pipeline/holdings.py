"""What is held: everything that the data folder keeps of each person, with sizes and dates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from semblante.errors import NotAPersonFile, UnknownPerson
from semblante.jobs import SILENT
from semblante.labels import ATTRIBUTES
from semblante.library import EmbeddingMatrix, FaceStore, KnownPerson, Taught, Thumbnails, key_of, names_of
from semblante.library.erasure import is_report_on
from semblante.organize.journal import sort_runs
from semblante.pipeline.erasure import found_faces
from semblante.pipeline.held_files import HeldFile, held_files, key_in
from semblante.types import DESCRIPTOR_SIZE

HeldKind = Literal[
    "held_details",
    "held_neuron",
    "held_faces_taught",
    "held_faces_of_others",
    "held_photos_given",
    "held_faces_found",
    "held_thumbnails",
    "held_journals",
    "held_person_files",
    "held_reports",
]
"""What is kept of a person; a code that front ends put into words."""
_FLOAT16_BYTES: Final = 2


@dataclass(frozen=True)
class Held:
    """So many things of a kind kept of a person, their bytes, and since when (UTC; None: unknown)."""

    kind: HeldKind
    count: int
    size: int
    since: datetime | None = None


@dataclass(frozen=True)
class HeldOfPerson:
    """What is kept of a person; kinds of which there is nothing are left out."""

    person: KnownPerson
    kept: tuple[Held, ...]

    @property
    def size(self) -> int:
        """The bytes of all of it."""
        return sum(each.size for each in self.kept)


@dataclass(frozen=True)
class Holdings:
    """All that is kept: of each person, by name, and by file; how many photos and faces the index knows."""

    people: tuple[HeldOfPerson, ...]
    files: tuple[HeldFile, ...]
    photos: int
    faces: int

    @property
    def size(self) -> int:
        """The bytes of all files that are Semblante's."""
        return sum(each.size for each in self.files if each.kind != "file_of_others")


def holdings_of(store: FaceStore, thumbnails: Thumbnails, matrix: EmbeddingMatrix) -> Holdings:
    """Look at everything that is kept. Raises what the store raises."""
    files = held_files(store.folder)
    people = tuple(
        HeldOfPerson(person, tuple(_kept_of(store, person, files, thumbnails, matrix)))
        for person in store.known_people()
    )
    return Holdings(people, files, store.photo_counts()[0], store.face_count())


def _kept_of(
    store: FaceStore,
    person: KnownPerson,
    files: tuple[HeldFile, ...],
    thumbnails: Thumbnails,
    matrix: EmbeddingMatrix,
) -> Iterator[Held]:
    keys = set(map(key_of, names_of(store, person.name)))
    yield Held("held_details", 1, _size_of_details(person), person.changed)
    if person.is_learnt:
        yield Held("held_neuron", 1, len(store.person(person.name).encode()), person.changed)
    taught = store.taught(person.name)
    given = store.given_photos(person.name)
    own = [each for each in taught if each.kind == "positive"]
    others = [each for each in taught if each.kind == "negative"]
    found = _found(store, person, matrix)
    photos = {each.face.photo for each in own} | {each.photo for each in given}
    pictures = [jpeg for photo in photos & thumbnails.contents() for jpeg in thumbnails.all_of(photo)]
    runs = [run for run in sort_runs(store.folder) if key_of(run.name) in keys]
    person_files = [each for each in files if each.kind == "file_of_person" and key_in(each.path) in keys]
    reports = [
        each
        for each in files
        if each.kind == "file_of_report" and any(is_report_on(each.path, key) for key in keys)
    ]
    for kept in (
        Held("held_faces_taught", len(own), sum(map(_size_of, own))),
        Held("held_faces_of_others", len(others), sum(map(_size_of, others))),
        Held(
            "held_photos_given", len(given), 32 * len(given), min((each.at for each in given), default=None)
        ),
        Held("held_faces_found", *found),
        Held("held_thumbnails", len(pictures), sum(map(len, pictures))),
        Held(
            "held_journals",
            len(runs),
            sum(run.path.stat().st_size for run in runs),
            min((run.began for run in runs), default=None),
        ),
        _held_files("held_person_files", person_files),
        _held_files("held_reports", reports),
    ):
        if kept.count:
            yield kept


def _held_files(kind: HeldKind, files: list[HeldFile]) -> Held:
    since = min((each.changed for each in files), default=None)
    return Held(kind, len(files), sum(each.size for each in files), since)


def _found(store: FaceStore, person: KnownPerson, matrix: EmbeddingMatrix) -> tuple[int, int]:
    """How many faces of the index are found to be the person's, and the bytes of what is known of each."""
    if not person.is_learnt:
        return 0, 0
    try:
        faces = store.stored_faces(found_faces(store, person.name, matrix, SILENT)[0])
    except (NotAPersonFile, UnknownPerson):
        return 0, 0
    size = sum(_FLOAT16_BYTES * (len(face.embedding) + len(ATTRIBUTES)) + DESCRIPTOR_SIZE for face in faces)
    return len(faces), size


def _size_of_details(person: KnownPerson) -> int:
    """The bytes of what a user told of the person."""
    consent, birth_date = person.consent, person.birth_date
    texts = [person.name, *person.former_names]
    if consent is not None:
        texts += [consent.who, consent.on.isoformat(), consent.note]
    if birth_date is not None:
        texts.append(birth_date.isoformat())
    return sum(len(each.encode()) for each in texts)


def _size_of(taught: Taught) -> int:
    descriptor = 0 if taught.copy_descriptor is None else DESCRIPTOR_SIZE
    return _FLOAT16_BYTES * len(taught.embedding) + descriptor
