"""Thumbnails of photos and faces: made when they are first asked for, and kept beside the index."""

import contextlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image

from semblante.errors import DiskFull, FileAccessError, Locked, NotInIndex
from semblante.images import load
from semblante.library import WHOLE_PHOTO, FaceInPhoto, FaceStore, Thumbnails
from semblante.pipeline.face_pictures import cut_out, scanned_photo, shrunk, side_for_box, side_for_face
from semblante.types import AnalyzedPhoto, FaceRef, Pixels

FACE_SIDE_PX: Final = 160
PHOTO_SIDE_PX: Final = 320
"""The longer sides; what is smaller stays so."""
_QUALITY: Final = 85


def thumbnail_of(store: FaceStore, thumbnails: Thumbnails, face: FaceRef) -> bytes:
    """A JPEG file of a face with a margin around it, or of a whole photo (`WHOLE_PHOTO`).

    With a face, all faces of its photo are made, since the photo is decoded once. Where a thumbnail cannot be
    kept, it is made each time. Raises `NotInIndex`, `BadImage`, and `FileAccessError` where the photo cannot
    be read, is gone, or was changed since it was scanned.
    """
    with contextlib.suppress(FileAccessError, Locked):
        if kept := thumbnails.get(face):
            return kept
    paths = store.paths_of_contents([bytes.fromhex(face.photo)])
    faces = [] if face.index == WHOLE_PHOTO else store.faces_in(face.photo)
    if not paths or (face.index != WHOLE_PHOTO and face not in {each.face for each in faces}):
        raise NotInIndex("not_in_index", photo=face.photo, face=face.index)
    made = _made(_readable(paths), face.photo, faces)
    with contextlib.suppress(DiskFull, FileAccessError, Locked):
        thumbnails.keep(face.photo, made)
    return made[face.index]


def keep_faces_of(thumbnails: Thumbnails, content: bytes, photo: AnalyzedPhoto, content_sha256: str) -> None:
    """Keep the thumbnails of the faces of a photo that is itself not kept, from the content of its file.

    Raises `BadImage`, `Locked`, `DiskFull` or `FileAccessError`.
    """
    longer_px = max(photo.width_px, photo.height_px)
    needed_px = [side_for_box(face.box, longer_px, FACE_SIDE_PX) for face in photo.faces]
    decoded = load(content, min(longer_px, max(needed_px)))
    cut = [shrunk(cut_out(decoded, face.box), FACE_SIDE_PX) for face in photo.faces]
    thumbnails.keep(content_sha256, dict(enumerate(map(_jpeg, cut))))


def picture_of(store: FaceStore, content_sha256: str, side_px: int) -> bytes:
    """A photo as a JPEG file with a longer side of `side_px` or less; raises what `thumbnail_of` does."""
    paths = store.paths_of_contents([bytes.fromhex(content_sha256)])
    if not paths:
        raise NotInIndex("not_in_index", photo=content_sha256)
    return _jpeg(shrunk(scanned_photo(_readable(paths), content_sha256, side_px).pixels, side_px))


def _readable(paths: Sequence[Path]) -> Path:
    """The first by path of a photo's files that is there, else the first."""
    return next((path for path in sorted(paths) if path.is_file()), min(paths))


def _made(path: Path, content_sha256: str, faces: Sequence[FaceInPhoto]) -> dict[int, bytes]:
    """The thumbnails of a photo and of these faces in it, by place."""
    needed_px = [PHOTO_SIDE_PX, *(side_for_face(each, FACE_SIDE_PX) for each in faces)]
    photo = scanned_photo(path, content_sha256, max(needed_px))
    made = {WHOLE_PHOTO: _jpeg(shrunk(photo.pixels, PHOTO_SIDE_PX))}
    return made | {each.face.index: _jpeg(shrunk(cut_out(photo, each.box), FACE_SIDE_PX)) for each in faces}


def _jpeg(pixels: Pixels) -> bytes:
    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()
