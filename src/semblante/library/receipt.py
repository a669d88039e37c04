"""The receipt of forgetting: every file of the data folder is searched for what was known of a person.

before   `traces_of`: names, neuron, embeddings, copy descriptors and thumbnails of the person
after    `receipt_of`: which of the files hold any of them; none should. Of the index, each column too
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int8

from semblante.errors import UnknownPerson
from semblante.files import LOCK_NAME, translate_os_errors
from semblante.library.byte_search import ByteSearch, parts_of
from semblante.library.encrypted_pages import decrypted_pages
from semblante.library.key_file import DataKey
from semblante.library.locations import ENCRYPTED_SUFFIX
from semblante.library.names import names_of
from semblante.library.store import FaceStore
from semblante.library.thumbnails import Thumbnails
from semblante.types import FaceRef


@dataclass(frozen=True)
class Traces:
    """What was known of a person: names, the neuron's weights as text, and of each face what there is of it.

    `pictures` are thumbnails by the hash of their photo's content.
    """

    names: tuple[str, ...]
    neuron: bytes
    faces: Mapping[FaceRef, tuple[bytes, ...]]
    pictures: Mapping[str, tuple[bytes, ...]]


@dataclass(frozen=True)
class SearchedFile:
    """A file of the data folder, how large it is, and how often it holds what was looked for.

    One that is encrypted was `decrypted` for the search.
    """

    path: Path
    size: int
    found: int
    decrypted: bool = False


@dataclass(frozen=True)
class Receipt:
    """What was searched when (UTC), and for how many names, faces and thumbnails, and for a neuron or not.

    `paths` of photos and folders in the index have one of the names in them, and so have `notes` on other
    people's consents: they are the user's own words, so forgetting does not change them.
    """

    at: datetime
    names: int
    neuron: bool
    faces: int
    pictures: int
    files: tuple[SearchedFile, ...]
    paths: int = 0
    notes: int = 0

    @property
    def left(self) -> int:
        """How often something was found that should be gone."""
        return sum(each.found for each in self.files)


def traces_of(store: FaceStore, name: str, numbers: Iterable[int], thumbnails: Thumbnails) -> Traces:
    """What the store knows of a person; `numbers` are those of further faces. Raises `UnknownPerson`."""
    faces = {
        each.face: _values_of(each.embedding, each.copy_descriptor)
        for each in store.taught(name)
        if each.kind == "positive"
    }
    for each in store.stored_faces(numbers):
        faces[each.face] = _values_of(each.embedding, each.copy_descriptor)
    photos = {face.photo for face in faces} | {each.photo for each in store.given_photos(name)}
    pictures = {photo: thumbnails.all_of(photo) for photo in photos & thumbnails.contents()}
    return Traces(names_of(store, name), _neuron_of(store, name), faces, pictures)


def receipt_of(store: FaceStore, traces: Traces, thumbnails: Thumbnails) -> Receipt:
    """Search all files of the data folder, byte for byte; the pages of encrypted ones are decrypted for it.

    Faces that the store keeps, since they are somebody else's or somebody unknown's, are not looked for, nor
    the thumbnails of photos that it keeps.
    """
    kept = _kept_faces(store, traces.faces)
    faces = [values for face, values in traces.faces.items() if face not in kept]
    pictures = [jpegs for photo, jpegs in traces.pictures.items() if photo not in thumbnails.contents()]
    blobs = [traces.neuron, *(blob for blobs in (*faces, *pictures) for blob in blobs)]
    search = ByteSearch((text for name in traces.names for text in _texts_of(name)), blobs)
    held = store.names_held(traces.names)
    # A file that SQLite has open must not be opened besides: closing it would let go of SQLite's locks.
    key = store.vault.key
    with store.vault.released():
        files = tuple(
            # Names stand in the index as they are: a search for bytes could not tell them from other words.
            replace(each, found=each.found + held.values) if each.path == store.path else each
            for each in _searched(store.folder, key, search)
        )
    return Receipt(
        at=datetime.now(UTC),
        names=len(traces.names),
        neuron=bool(traces.neuron),
        faces=len(faces),
        pictures=sum(map(len, pictures)),
        files=files,
        paths=held.paths,
        notes=held.notes,
    )


def _searched(folder: Path, key: DataKey | None, search: ByteSearch) -> Iterator[SearchedFile]:
    with translate_os_errors(folder):
        paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != LOCK_NAME)
    for path in paths:
        page_key = key if path.suffix == ENCRYPTED_SUFFIX else None
        parts = decrypted_pages(path, page_key) if page_key else parts_of(path)
        yield SearchedFile(path, path.stat().st_size, search.count(parts), decrypted=page_key is not None)


def _texts_of(name: str) -> tuple[bytes, bytes]:
    """The name as it stands in JSON: alone, it may be part of a word, or of a photo's path."""
    return json.dumps(name).encode(), json.dumps(name, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _values_of(
    embedding: Float32[np.ndarray, " d"], descriptor: Int8[np.ndarray, "400"] | None
) -> tuple[bytes, ...]:
    """A face's numbers as the index, and as matrices and person files hold them."""
    forms = (embedding.astype("<f2").tobytes(), embedding.astype("<f4").tobytes())
    return forms if descriptor is None else (*forms, descriptor.tobytes())


def _neuron_of(store: FaceStore, name: str) -> bytes:
    """The weights as text in the person's JSON; empty where there is none."""
    try:
        weights = json.loads(store.person(name))["neuron"]["weights"]
    except (UnknownPerson, ValueError, LookupError, TypeError):
        return b""
    return str(weights).encode()


def _kept_faces(store: FaceStore, faces: Iterable[FaceRef]) -> set[FaceRef]:
    """Those of the faces that are in the store yet, or taught somebody else."""
    taught = {each.face for name in store.names() for each in store.taught(name)}
    return taught | set(store.face_numbers(faces))
