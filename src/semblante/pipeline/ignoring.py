"""Faces that the user asks about no more: strangers in a photo, whoever they are."""

from collections.abc import Iterable, Sequence

import numpy as np

from semblante.errors import NotAPersonFile, NotInIndex, UnknownPerson
from semblante.library import FaceInPhoto, FaceStore, FaceTable, best_face_per_photo, candidates
from semblante.pipeline.collection import known_person, query_of
from semblante.types import FaceRef


def ignore_faces(store: FaceStore, faces: Iterable[FaceRef], ignored: bool = True) -> int | None:
    """Ignore faces, or no longer; the number of the change, None where all were so already.

    Raises `NotInIndex` where the store has no such face; no longer to ignore is possible of any.
    """
    wanted = frozenset(faces)
    unknown = wanted - store.face_numbers(wanted).keys() if ignored else frozenset[FaceRef]()
    if unknown:
        first = min(unknown)
        raise NotInIndex("not_in_index", photo=first.photo, face=first.index)
    return store.ignore_faces(wanted, ignored)


def ignore_others(store: FaceStore, content_sha256: str) -> int | None:
    """Ignore the faces of a photo that are nobody's who is known; see `ignore_faces`.

    A face is somebody's where that person's neuron surely says yes. Raises `NotInIndex` where the store has
    no such photo, or it shows no face.
    """
    faces = store.faces_in(content_sha256)
    if not faces:
        raise NotInIndex("not_in_index", photo=content_sha256, face=0)
    known = _known(store, content_sha256, faces)
    return store.ignore_faces([each.face for each in faces if each.number not in known])


def _known(store: FaceStore, content_sha256: str, faces: Sequence[FaceInPhoto]) -> set[int]:
    """The numbers of those faces of one photo that known people surely have."""
    stored = store.stored_faces([each.number for each in faces])
    count = len(stored)
    table = FaceTable(
        np.array([each.number for each in stored]),
        np.zeros(count, np.int64),
        np.array([each.is_good for each in stored]),
        np.stack([each.embedding for each in stored]),
        np.zeros((count, 0), np.float32),
    )
    known = set[int]()
    for name in store.names():
        try:
            person = known_person(store, name)
            if store.known_contents([bytes.fromhex(content_sha256)], person.base_sha256):
                found = best_face_per_photo(candidates(table, query_of(store, person)), several=False)
                known |= {each.number for each in found if each.verdict == "yes"}
        except (NotAPersonFile, UnknownPerson):  # Not learnt, or forgotten by another run meanwhile.
            continue
    return known
