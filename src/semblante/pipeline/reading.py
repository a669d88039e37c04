"""Photos become faces with attributes and embeddings: decoded, searched, placed, and put through the network.

A photo that cannot be used is named with its reason and does not stop the others. Many photos are read by
as many processes as there are cores, since the detector lets no other thread work meanwhile, and a photo that
ends such a process is named, too; few are read here, which starts at once. Memory does not grow with the
number of photos.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Final

import numpy as np

from semblante.errors import BadImage, FileAccessError, reason_of
from semblante.faces import Detector, FaceFinder, default_detector
from semblante.faces.aligner import Aligner
from semblante.faces.finder import needs_more_pixels
from semblante.geometry import FRAME_HEIGHT_PX
from semblante.i18n import describe, tr
from semblante.images import ImageIssue, load, reason_of_issue
from semblante.model.bundle import Bundle, open_bundle
from semblante.model.face_model import FaceModel
from semblante.pipeline.photos import UnusablePhoto
from semblante.process_pool import ProcessPool, usable_cores
from semblante.types import AlignedFace, AnalyzedPhoto, Face, Photo

FEW: Final = 24
"""So many photos are read in the time that starting processes takes."""
CHUNK: Final = 8
ENOUGH_PX: Final = 1000
"""The longer side at which photos are decoded first; where a face is small in it, the whole is decoded."""

Reading = AnalyzedPhoto | UnusablePhoto


def read_photos(paths: Iterable[Path], base: Bundle, detector: Detector | None = None) -> Iterator[Reading]:
    """Each photo at `paths`, which may be millions, read with the network of `base`, in order.

    A `detector` of the caller's own works in this process. Raises `MissingExtra` where there is none,
    `BadSetting` where `SEMBLANTE_DETECTOR` names what is none.
    """
    coming = iter(paths)
    first = list(islice(coming, FEW + 1))
    processes = usable_cores()
    if detector is not None or processes < 2 or len(first) <= FEW:
        return map(photo_reader(base, detector), chain(first, coming))
    default_detector()  # If it is missing, that is better said once, here.
    return _read_in_processes(chain(first, coming), base, processes)


def _read_in_processes(paths: Iterable[Path], base: Bundle, processes: int) -> Iterator[Reading]:
    with ProcessPool(reader_of, (base.folder,), processes) as pool:
        yield from pool.map_in_order(paths, CHUNK, _stopped_at)


def reader_of(folder: Path) -> Callable[[Path], Reading]:
    """What a process that helps to read is to do with each path, with the bundle in `folder`."""
    return photo_reader(open_bundle(folder), threads=1)


def _stopped_at(path: Path) -> UnusablePhoto:
    """What is said of a photo that ends each process that reads it."""
    issue: ImageIssue = "stops_the_reader"
    return UnusablePhoto(path, describe(reason_of_issue(issue)), issue)


def photo_reader(
    base: Bundle, detector: Detector | None = None, threads: int = 0
) -> Callable[[Path], Reading]:
    """A function that reads the photo at a path."""
    find = face_finder(base.side_px, detector, threads)
    network = FaceModel(base, threads)

    def read(path: Path) -> Reading:
        try:
            return _read(path, find, network)
        except (BadImage, FileAccessError) as error:
            issue = error.code if isinstance(error, BadImage) else None
            return UnusablePhoto(path, describe(reason_of(error, "path")), issue)

    return read


def face_finder(side_px: int, detector: Detector | None = None, threads: int = 0) -> FaceFinder:
    """What finds faces and cuts them out as crops of `side_px`."""
    return FaceFinder(detector or default_detector(threads), Aligner(threads=threads), side_px)


def faces_in(path: Path, detector: Detector | None = None) -> tuple[list[AlignedFace], Photo]:
    """The faces of the photo at `path`, the largest first, and the photo, perhaps decoded smaller.

    Raises `BadImage`, `NoAccess` or `MissingExtra`.
    """
    return find_faces(path, face_finder(FRAME_HEIGHT_PX, detector))


def some_faces(path: Path, side_px: int) -> list[AlignedFace]:
    """The faces in the photo at `path`, the largest first. Raises `BadImage` if there is none, `NoAccess`."""
    found, _ = find_faces(path, face_finder(side_px))
    if not found:
        raise BadImage(tr("{path}: no face was found", path=path))
    return found


def find_faces(path: Path, find: FaceFinder) -> tuple[list[AlignedFace], Photo]:
    """The faces of the photo at `path` with their crops, and the photo as it was decoded.

    It is decoded at a reduced size where that is enough. Raises `BadImage` or `NoAccess`.
    """
    photo = load(path, ENOUGH_PX)
    reduced = photo.full_width_px / photo.pixels.shape[1]
    found = find(photo.pixels, reduced)
    if needs_more_pixels(found, reduced, find.side_px):
        photo = load(path)
        found = find(photo.pixels)
    return found, photo


def described(found: Sequence[AlignedFace], network: FaceModel) -> tuple[Face, ...]:
    """The aligned faces with what the network says of their crops."""
    if not found:
        return ()
    output = network(np.stack([each.crop for each in found]))
    return tuple(
        Face(each.box, each.score, each.landmarks, each.quality, logits, embedding)
        for each, logits, embedding in zip(found, output.logits, output.embeddings, strict=True)
    )


def _read(path: Path, find: FaceFinder, network: FaceModel) -> AnalyzedPhoto:
    found, photo = find_faces(path, find)
    faces = described(found, network)
    return AnalyzedPhoto(str(path), photo.full_width_px, photo.full_height_px, faces)
