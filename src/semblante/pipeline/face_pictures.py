"""Faces of the index as pictures, cut out of their photos again: a face is judged by looking at it."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from semblante.cores import usable_cores
from semblante.errors import BadImage, FileAccessError, Reason, reason_of
from semblante.files import sha256_of
from semblante.images import load
from semblante.jobs import SILENT, JobContext
from semblante.types import Box, FaceRef, Photo, Pixels

_MARGIN = 0.4
"""What is shown of a photo around a face, on each side, as a share of the face's box."""


@runtime_checkable
class SeenFace(Protocol):
    """Where a face of the index is seen: what `Match` and `FaceInPhoto` have in common."""

    @property
    def path(self) -> Path:
        """The photo."""

    @property
    def face(self) -> FaceRef:
        """The hash of the photo's content, and which of its faces."""

    @property
    def box(self) -> Box:
        """In pixels of the upright photo at full size."""

    @property
    def photo_width_px(self) -> int:
        """Of the upright photo at full size."""

    @property
    def photo_height_px(self) -> int:
        """Likewise."""


def photo_of(seen: SeenFace, max_side_px: int | None = None) -> Photo:
    """The photo that shows the face; see `scanned_photo`."""
    return scanned_photo(seen.path, seen.face.photo, max_side_px)


def scanned_photo(path: Path, content_sha256: str, max_side_px: int | None = None) -> Photo:
    """The photo as it was scanned, decoded at a reduced size where that will do; see `images.load`.

    Raises `BadImage`, and `FileAccessError` where the file cannot be read, is gone, or holds something else
    than what was scanned: a face's box would show another place.
    """
    try:
        found_sha256 = sha256_of(path)
    except FileAccessError as error:
        if error.code == "file_missing":
            raise FileAccessError("gone_since_scan", path=path) from error
        raise
    if found_sha256 != content_sha256:
        raise FileAccessError("changed_since_scan", path=path)
    return load(path, max_side_px)


def side_for_face(seen: SeenFace, side_px: int) -> int:
    """How long the photo's longer side must be for the face to have a side of `side_px`."""
    return side_for_box(seen.box, max(seen.photo_width_px, seen.photo_height_px), side_px)


def side_for_box(box: Box, photo_px: int, side_px: int) -> int:
    """The same for a face in this box of a photo whose longer side has `photo_px` at full size."""
    face_px = max(box[2] - box[0], box[3] - box[1], 1.0)
    return round(photo_px * side_px / face_px)


def face_picture(seen: SeenFace, side_px: int) -> Pixels:
    """The face with a margin, its longer side `side_px` or less. Raises what `photo_of` raises."""
    photo = photo_of(seen, side_for_face(seen, side_px))
    return shrunk(cut_out(photo, seen.box), side_px)


def shrunk(pixels: UInt8[np.ndarray, "h w 3"], side_px: int) -> UInt8[np.ndarray, "y x 3"]:
    """The picture with a longer side of `side_px` or less."""
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    picture.thumbnail((side_px, side_px), Image.Resampling.LANCZOS)
    return np.asarray(picture)


def cut_out_faces(
    faces: Sequence[SeenFace], side_px: int, job: JobContext = SILENT
) -> Iterator[Pixels | Reason]:
    """The picture of each face, in order, or the reason why there is none; see `face_picture`.

    The photos are read by several threads. The stage is "cutting_out_faces"; a photo that cannot be shown is
    told as skipped. Raises `Cancelled`.
    """

    def picture(seen: SeenFace) -> Pixels | Reason:
        try:
            return face_picture(seen, side_px)
        except (BadImage, FileAccessError) as error:
            return reason_of(error, "path")

    readers = ThreadPoolExecutor(usable_cores())
    try:
        for done, (seen, found) in enumerate(zip(faces, readers.map(picture, faces), strict=True), start=1):
            job.check()
            if isinstance(found, Reason):
                job.skipped(seen.path, found)
            job.progress("cutting_out_faces", done, len(faces))
            yield found
    finally:
        readers.shutdown(cancel_futures=True)


def cut_out(photo: Photo, box: Box) -> Pixels:
    """What is in the box and a margin around it; the box is in pixels of the photo at full size."""
    height_px, width_px = photo.pixels.shape[:2]
    x0, y0, x1, y1 = (length * width_px / photo.full_width_px for length in box)
    across, down = _MARGIN * (x1 - x0), _MARGIN * (y1 - y0)
    top, left = max(0, round(y0 - down)), max(0, round(x0 - across))
    bottom, right = min(height_px, round(y1 + down)), min(width_px, round(x1 + across))
    return photo.pixels[top : max(top + 1, bottom), left : max(left + 1, right)]
