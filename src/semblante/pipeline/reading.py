"""A user's photos: each decoded, its faces detected, aligned and put through the network.

A photo that cannot be used is named with its reason and does not stop the others.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from semblante.errors import (
    BadImage,
    FileAccessError,
    InvalidOption,
    NotABundle,
    Reason,
    reason_of,
)
from semblante.faces import (
    Aligner,
    Detector,
    copy_descriptors,
    default_detector,
    extract_faces,
    face_of_celeba_crop,
    is_celeba_crop,
    name_of,
    needs_more_pixels,
)
from semblante.faces.yunet import YuNet
from semblante.images import ImageIssue, load, reason_of_issue
from semblante.model.bundle import open_bundle
from semblante.model.face_model import FaceModel
from semblante.types import AlignedFace, AnalyzedPhoto, Crops, Face, ModelOutput, Photo, Pixels


@dataclass(frozen=True)
class UnusablePhoto:
    """A photo that no answer can be given for, or a folder that none was found in, and why.

    `is_lasting` says that the content of the file is to blame, so that reading it again is of no use; else it
    could only not be read this time.
    """

    path: Path
    reason: Reason
    is_lasting: bool = False


ENOUGH_PX: Final = 1000
"""The longer side at which photos are decoded first; where a face is small in it, the whole is decoded."""

FRAME_SEARCH_PX: Final = 256
"""The longer side at which a camera's frames are searched. A face that is large enough to be relied on is
found there in frames of up to some 900 pixels, in a third of the time."""

Source = str | Path | bytes | Pixels
"""A photo: the path of its file, the file's content, or its pixels UInt8 (h, w, 3) RGB, upright."""
Reading = AnalyzedPhoto | UnusablePhoto


class FaceExtractor:
    """A detector and the aligner, open: photos to aligned faces. Several threads may use it at once."""

    def __init__(
        self,
        side_px: int,
        detector: Detector | None = None,
        threads: int = 0,
        providers: Sequence[str] = (),
    ) -> None:
        """Open the networks. Raises `InvalidOption` or `NotABundle`."""
        self._side_px = side_px
        self._detector = detector or default_detector(threads)
        self.detector_name = name_of(self._detector)
        self._is_upright = False
        self._aligner = Aligner(threads=threads, providers=providers)

    def __call__(self, source: Source, aligned: bool = False) -> tuple[list[AlignedFace], Photo]:
        """The faces of a photo, the largest first, and the photo as it was decoded.

        It is decoded at a reduced size where that is enough. `aligned` takes pictures of exactly 178 x 218
        pixels for CelebA's aligned crops, in which nothing is searched for.

        Raises:
            BadImage: it is not a whole picture.
            FileAccessError: it cannot be read.
            InvalidOption: it is no source of a photo.
        """
        if isinstance(source, np.ndarray):
            photo = _photo_of(source)
        elif not isinstance(source, str | Path | bytes):
            raise InvalidOption("not_a_photo", kind=type(source).__name__)
        else:
            source = Path(source) if isinstance(source, str) else source
            photo = load(source, ENOUGH_PX)
        if aligned and is_celeba_crop(photo.pixels):
            return [face_of_celeba_crop(photo.pixels, self._side_px)], photo
        reduced = photo.full_width_px / photo.pixels.shape[1]
        faces = self._extract(photo.pixels, reduced)
        if not isinstance(source, np.ndarray) and needs_more_pixels(faces, reduced, self._side_px):
            photo = load(source)
            faces = self._extract(photo.pixels)
        return faces, photo

    def for_frames(self, as_photos: bool = False) -> "FaceExtractor":
        """The same networks for the frames of a camera: these are upright, and searched at a smaller side.

        With `as_photos`, they are searched as photos are.
        """
        other = copy.copy(self)
        other._is_upright = True
        if isinstance(self._detector, YuNet) and not as_photos:
            other._detector = self._detector.within(FRAME_SEARCH_PX)
        return other

    def _extract(self, pixels: Pixels, reduced: float = 1.0) -> list[AlignedFace]:
        return extract_faces(pixels, self._detector, self._aligner, self._side_px, reduced, self._is_upright)


def describe_faces(faces: Sequence[AlignedFace], model: Callable[[Crops], ModelOutput]) -> tuple[Face, ...]:
    """The faces with the network's logits and embeddings of their crops."""
    if not faces:
        return ()
    crops = np.stack([face.crop for face in faces])
    output = model(crops)
    return tuple(
        Face(face.box, face.score, face.landmarks, face.quality, logits, embedding, descriptor)
        for face, logits, embedding, descriptor in zip(
            faces, output.logits, output.embeddings, copy_descriptors(crops), strict=True
        )
    )


def analyze_photo(
    source: Source, extract: FaceExtractor, model: FaceModel, aligned: bool = False
) -> AnalyzedPhoto:
    """The photo with its faces, the largest first. Raises `BadImage` or `FileAccessError`."""
    faces, photo = extract(source, aligned)
    described = describe_faces(faces, model)
    return AnalyzedPhoto(photo.source, photo.full_width_px, photo.full_height_px, described, photo.taken)


def photo_reader(extract: FaceExtractor, model: FaceModel) -> Callable[[tuple[Path, bool]], Reading]:
    """A function from a path, and whether its picture may be aligned already, to what was read there."""

    def read(item: tuple[Path, bool]) -> Reading:
        path, aligned = item
        try:
            return analyze_photo(path, extract, model, aligned)
        except (BadImage, FileAccessError) as error:
            return UnusablePhoto(path, reason_of(error, "path"), isinstance(error, BadImage))

    return read


def reader_in_process(
    folder: Path, network_sha256: str, providers: tuple[str, ...] = ()
) -> Callable[[tuple[Path, bool]], Reading]:
    """What a reading process does with each item, with the bundle in `folder`.

    Raises `NotABundle` where that is not the one with this network any more.
    """
    bundle = open_bundle(folder)
    if bundle.network_sha256 != network_sha256:
        raise NotABundle("model_replaced", path=folder)
    model = FaceModel(bundle, 1, providers)
    return photo_reader(FaceExtractor(bundle.side_px, None, 1, providers), model)


def unusable_after_crash(item: tuple[Path, bool]) -> UnusablePhoto:
    """The result of a photo that ends each process that reads it."""
    issue: ImageIssue = "stops_the_reader"
    return UnusablePhoto(item[0], reason_of_issue(issue), True)


def _photo_of(pixels: Pixels) -> Photo:
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise BadImage("not_rgb_pixels", shape=list(pixels.shape), dtype=str(pixels.dtype))
    height_px, width_px = pixels.shape[:2]
    return Photo(np.ascontiguousarray(pixels), "", width_px, height_px)
