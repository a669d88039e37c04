"""Faces that the user asks about no more: strangers in a photo, whoever they are."""

from collections.abc import Iterable
from pathlib import Path

from semblante.errors import InvalidOption, NotInIndex
from semblante.library import FaceStore
from semblante.pipeline.collection import content_at
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
    """Ignore all faces of a photo but those that are surely a known person's; see `ignore_faces`.

    They are where the person's neuron says yes, or those of several people do. Raises `NotInIndex` where the
    store has no such photo, or it shows no face.
    """
    faces = store.faces_in(content_sha256)
    if not faces:
        raise NotInIndex("not_in_index", photo=content_sha256, face=0)
    seen = seen_faces(store, [each.number for each in faces], weighed=False)
    return store.ignore_faces(
        [each.seen.face for each in seen if not any(person.verdict == "yes" for person in each.people)]
    )


def ignore_place(store: FaceStore, path: Path, ignored: bool = True) -> int | None:
    """Ignore strangers in a photo, see `ignore_others`, or all faces in a folder; or nobody there any longer.

    The number of the change, None where all was so already. Raises `InvalidOption` where the store does not
    have the photo with a face in it, and `FileAccessError`.
    """
    if path.is_dir():
        return store.ignore_folder(path.resolve(), ignored)
    photo = content_at(store, path).hex()
    seen = store.faces_in(photo)
    if not seen:
        raise InvalidOption("no_face_in_index", path=path)
    return ignore_others(store, photo) if ignored else store.ignore_faces([each.face for each in seen], False)
