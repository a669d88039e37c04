"""`/people/ID/photos`: the photos that a person is learnt from; of these, only the faces are kept."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form

from semblante.api.cursors import Cursor, Limit
from semblante.api.engine import Engine, TheEngine
from semblante.api.face_ids import PhotoIdInPath, face_id
from semblante.api.routes.people import PersonId
from semblante.api.schemas import BoxOut, Day, QualityOut, ReasonOut, Schema
from semblante.api.uploads import SeveralImages
from semblante.errors import NotInIndex
from semblante.pipeline import GivenFaces, GivenImage, GivenPhoto, Role
from semblante.types import AnalyzedPhoto, FaceRef

router = APIRouter(prefix="/people/{person_id:int}/photos", tags=["people"])

RoleIO = Literal["me", "not"]
"""Whether a photo shows the person, or others whom the person is to be told from."""
_ROLES: Final[Mapping[RoleIO, Role]] = {"me": "positive", "not": "negative"}
_NAMES: Final[Mapping[Role, RoleIO]] = {role: name for name, role in _ROLES.items()}


class GivenFaceOut(Schema):
    """A face in a photo that was given."""

    id: str
    box: BoxOut
    quality: QualityOut


class PersonPhotoOut(Schema):
    """A photo that was given, by the hash of its content, and the faces that were found in it.

    `taken` is the day of its metadata, or the one that was told; null where neither is known. Where another
    model read it, `faces` is null: it does not teach until it is given again.
    """

    id: str
    role: RoleIO
    given: datetime
    taken: date | None
    faces: tuple[GivenFaceOut, ...] | None

    @classmethod
    def of(cls, given: GivenFaces) -> "PersonPhotoOut":
        """That of a photo which the library knows."""
        photo = given.given
        return cls(
            id=photo.photo,
            role=_NAMES[photo.role],
            given=photo.at,
            taken=given.day,
            faces=None if given.photo is None else _faces(photo.photo, given.photo),
        )


class PersonPhotosOut(Schema):
    """Some of the photos, of so many in `total`; `next` is the cursor of what comes then."""

    photos: tuple[PersonPhotoOut, ...]
    total: int
    next: str | None


class PersonPhotoChange(Schema):
    """When a photo was taken, where its metadata do not say it right; null leaves it to these."""

    taken: Day | None


class AcceptedPhotoOut(Schema):
    """An image that teaches, by its number among those sent (from 0), and its faces."""

    index: int
    id: str
    faces: tuple[GivenFaceOut, ...]


class RejectedPhotoOut(Schema):
    """An image of which nothing was kept, by its number among those sent (from 0), and why."""

    index: int
    name: str
    reason: ReasonOut


class GivenPhotosOut(Schema):
    """What became of the images that were sent."""

    accepted: tuple[AcceptedPhotoOut, ...]
    rejected: tuple[RejectedPhotoOut, ...]


@router.get("")
async def list_photos(
    person_id: PersonId, engine: TheEngine, limit: Limit = 50, cursor: Cursor = None
) -> PersonPhotosOut:
    """The photos that were given to learn the person from, in the order in which they were given."""

    def ask() -> PersonPhotosOut:
        given = engine.library.given_photos(person_id)
        shown, more = engine.cursors.page(f"given {person_id}", given, _position, limit, cursor)
        faces = engine.library.given_faces(person_id, engine.analyzer, [each.photo for each in shown])
        return PersonPhotosOut(photos=tuple(map(PersonPhotoOut.of, faces)), total=len(given), next=more)

    return await engine.run(ask)


@router.post("")
async def give_photos(
    person_id: PersonId, images: SeveralImages, engine: TheEngine, role: Annotated[RoleIO, Form()] = "me"
) -> GivenPhotosOut:
    """Give photos of the person, or of others who look alike; their faces are kept, with thumbnails."""
    readable = [number for number, image in enumerate(images) if image.issue is None]

    def give() -> tuple[GivenImage, ...]:
        contents = [images[number].content for number in readable]
        return engine.library.give_images(person_id, contents, _ROLES[role], engine.analyzer)

    read = dict(zip(readable, await engine.run(give), strict=True))
    accepted, rejected = [], []
    for number, image in enumerate(images):
        given = read.get(number)
        reason = image.issue if given is None else given.reason
        if reason is not None:
            rejected.append(RejectedPhotoOut(index=number, name=image.name, reason=ReasonOut.of(reason)))
        elif given is not None and given.photo is not None:
            faces = _faces(given.sha256, given.photo)
            accepted.append(AcceptedPhotoOut(index=number, id=given.sha256, faces=faces))
    return GivenPhotosOut(accepted=tuple(accepted), rejected=tuple(rejected))


@router.patch("/{photo_id}")
async def edit_photo(
    person_id: PersonId, photo_id: PhotoIdInPath, change: PersonPhotoChange, engine: TheEngine
) -> PersonPhotoOut:
    """Say when a photo was taken, so that it teaches the age of then."""

    def edit() -> GivenFaces:
        _given(engine, person_id, photo_id)
        engine.library.set_day_of_photo(photo_id, change.taken)
        return _given(engine, person_id, photo_id)

    return PersonPhotoOut.of(await engine.run(edit))


@router.delete("/{photo_id}", status_code=204)
async def take_photo(person_id: PersonId, photo_id: PhotoIdInPath, engine: TheEngine) -> None:
    """Take a photo away with all that is kept of it; the person is as before until the next lesson."""

    def take() -> None:
        _given(engine, person_id, photo_id)
        engine.library.take_photos(person_id, [photo_id])

    await engine.run(take)


def _given(engine: Engine, person_id: int, photo_id: str) -> GivenFaces:
    """The photo that was given to the person. Raises `UnknownPerson` or `NotInIndex`."""
    for each in engine.library.given_faces(person_id, engine.analyzer, [photo_id]):
        return each
    raise NotInIndex("not_in_index", photo=photo_id)


def _position(given: GivenPhoto) -> list[str]:
    return [given.at.isoformat(), given.photo]


def _faces(photo_id: str, photo: AnalyzedPhoto) -> tuple[GivenFaceOut, ...]:
    return tuple(
        GivenFaceOut(
            id=face_id(FaceRef(photo_id, place)),
            box=BoxOut.of(face.box, photo.width_px, photo.height_px),
            quality=QualityOut.of(face.quality),
        )
        for place, face in enumerate(photo.faces)
    )
