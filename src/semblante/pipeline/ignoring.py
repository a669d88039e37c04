"""Faces that the user asks about no more: strangers in a photo, whoever they are."""

from collections.abc import Iterable

from semblante.errors import NotInIndex
from semblante.library import FaceStore
from semblante.pipeline.listing import seen_faces
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
    seen = seen_faces(store, [each.number for each in faces])
    return store.ignore_faces(
        [each.seen.face for each in seen if not any(person.verdict == "yes" for person in each.people)]
    )
