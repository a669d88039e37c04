"""Photos that are given to learn a person from: their faces are kept, the photos themselves are not."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from semblante.errors import BadImage, Reason, reason_of
from semblante.faces import unreliable
from semblante.library import FaceStore, GivenPhoto, KnownPerson, Role, Thumbnails
from semblante.library.store import PhotoRecord
from semblante.pipeline.analyzer import FaceAnalyzer
from semblante.pipeline.details import check_consented
from semblante.pipeline.thumbnails import keep_faces_of
from semblante.types import AnalyzedPhoto


@dataclass(frozen=True, eq=False)
class GivenImage:
    """What became of an image that was given, by the hash of its content: its faces, or why it cannot teach.

    Of an image with a `reason`, nothing is kept.
    """

    sha256: str
    photo: AnalyzedPhoto | None
    reason: Reason | None = None


@dataclass(frozen=True, eq=False)
class GivenFaces:
    """A photo that was given, its faces, and when it was taken, by its metadata or as the user said.

    The faces are None where another network read them, so that they cannot teach; the day where it is not
    known.
    """

    given: GivenPhoto
    photo: AnalyzedPhoto | None
    day: date | None


def read_images(images: Sequence[bytes], analyzer: FaceAnalyzer) -> tuple[GivenImage, ...]:
    """Read the content of image files; nothing is kept."""
    return tuple(_read(content, analyzer) for content in images)


def give_images(
    store: FaceStore,
    thumbnails: Thumbnails,
    person: KnownPerson,
    images: Sequence[bytes],
    read: Sequence[GivenImage],
    role: Role,
    base_sha256: str,
) -> None:
    """Keep the faces in images, as this network `read` them, to learn the person from, or from as others.

    Of each face, a thumbnail is kept too. Raises `InvalidOption` where nobody agreed that the person is
    learnt, and `UnknownPerson`.
    """
    check_consented(person)
    records = [
        PhotoRecord(bytes.fromhex(each.sha256), each.photo, ())
        for each in read
        if each.photo is not None and each.reason is None
    ]
    store.give_photos(person.name, records, role, base_sha256)
    for content, each in zip(images, read, strict=True):
        if each.photo is not None and each.reason is None:
            keep_faces_of(thumbnails, content, each.photo, each.sha256)


def given_faces(
    store: FaceStore, name: str, base_sha256: str, wanted: Collection[str] | None = None
) -> tuple[GivenFaces, ...]:
    """The photos that were given to learn a person from, in order, as this network read them.

    With `wanted`, those of them with these hashes. Raises `UnknownPerson`.
    """
    given = {
        bytes.fromhex(each.photo): each
        for each in store.given_photos(name)
        if wanted is None or each.photo in wanted
    }
    photos, days = store.analyzed_photos([*given], base_sha256), store.days([*given])
    return tuple(GivenFaces(each, photos.get(sha256), days.get(sha256)) for sha256, each in given.items())


def _read(content: bytes, analyzer: FaceAnalyzer) -> GivenImage:
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        photo = analyzer.analyze_photo(content)
    except BadImage as error:
        return GivenImage(sha256, None, reason_of(error))
    if not photo.faces:
        return GivenImage(sha256, photo, Reason("no_face_found"))
    if not any(face.quality.is_good for face in photo.faces):
        return GivenImage(sha256, photo, unreliable(photo.faces[0].quality))
    return GivenImage(sha256, photo)
