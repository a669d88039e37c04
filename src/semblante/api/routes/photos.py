"""`/photos` and the faces of the library: lists that filter, page by page, and thumbnails."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import StrictBool

from semblante.api.cursors import Cursor, Limit
from semblante.api.engine import TheEngine
from semblante.api.face_ids import FaceIdInPath, PhotoIdInPath, face_id, face_of_id
from semblante.api.schemas import BoxOut, ReasonOut, Schema, Share
from semblante.i18n import as_line
from semblante.images import reason_of_issue
from semblante.pipeline import WHOLE_PHOTO, FaceEntry, Library, PhotoEntry, PhotoFilter
from semblante.types import FaceRef

router = APIRouter(tags=["photos"])


class Jpeg(Response):
    """An answer that is a picture."""

    media_type = "image/jpeg"


class SightingOut(Schema):
    """A known person whom a face is, or may be; no probability where a user said so."""

    person: str
    name: str
    verdict: Literal["yes", "unsure"]
    probability: Share | None


class ListedFaceOut(Schema):
    """A face of the library, and who it may be, the surest first.

    A face that is not `ok` is not relied on alone; nobody asks about one that is `ignored`.
    """

    id: str
    box: BoxOut
    ok: bool
    ignored: bool
    people: tuple[SightingOut, ...]


class ListedPhotoOut(Schema):
    """A photo of the library: `name` is that of its file, `folder` where that lies.

    `issue` says why it could not be read; then it has no size and no faces.
    """

    id: str
    name: str
    folder: str
    width_px: int | None
    height_px: int | None
    issue: ReasonOut | None
    faces: tuple[ListedFaceOut, ...]


class PhotosOut(Schema):
    """Some photos by path, of so many in `total`; `next` is the cursor of what comes then."""

    photos: tuple[ListedPhotoOut, ...]
    total: int
    next: str | None


class FaceInListOut(Schema):
    """A face with the number of its photo."""

    photo: str
    face: ListedFaceOut


class FacesListOut(Schema):
    """Some faces in the order in which they came into the library; see `PhotosOut`."""

    faces: tuple[FaceInListOut, ...]
    total: int
    next: str | None


class FaceChangeIn(Schema):
    """What is to become of a face: nobody asks any more who is `ignored`."""

    ignored: StrictBool


class ChangedOut(Schema):
    """The number of the change, by which it is undone; none where all was so already."""

    change: int | None


class _Filter:
    """What lists are filtered by, as a query has it."""

    def __init__(
        self,
        person: Annotated[int | None, Query(ge=0, lt=2**53, description="A person's number.")] = None,
        verdict: Annotated[
            Literal["yes", "unsure"] | None, Query(description="What is said of the person; else either.")
        ] = None,
        with_: Annotated[
            tuple[str, ...], Query(alias="with", max_length=40, description="CelebA's attributes of a face.")
        ] = (),
        without: Annotated[
            tuple[str, ...], Query(max_length=40, description="Attributes that a face does not have.")
        ] = (),
        folder: Annotated[int | None, Query(ge=0, lt=2**53, description="A folder's number.")] = None,
    ) -> None:
        self._person, self._verdict, self._folder = person, verdict, folder
        self._with, self._without = with_, without

    def wanted(self, library: Library) -> PhotoFilter:
        """What is asked of the library."""
        return PhotoFilter(
            None if self._person is None else library.known_person(self._person).name,
            self._verdict,
            self._with,
            self._without,
            None if self._folder is None else library.folder_with(self._folder).path,
        )

    def __str__(self) -> str:
        return repr(list(vars(self).values()))


AFilter = Annotated[_Filter, Depends()]


@router.get("/photos")
async def list_photos(
    engine: TheEngine, wanted: AFilter, limit: Limit = 50, cursor: Cursor = None
) -> PhotosOut:
    """The photos of the library with who is in them, by path.

    With a person or attributes, those with a face that has all of it.
    """
    listing = f"photos {wanted}"
    after = None if cursor is None else Path(engine.cursors.read(listing, cursor))

    def ask() -> PhotosOut:
        library = engine.library
        page = library.photos(wanted.wanted(library), limit, after)
        following = None if page.next is None else engine.cursors.write(listing, str(page.next))
        numbers = _numbers(library)
        photos = tuple(_photo(each, numbers) for each in page.photos)
        return PhotosOut(photos=photos, total=page.total, next=following)

    return await engine.run(ask)


@router.get("/faces")
async def list_faces(
    engine: TheEngine, wanted: AFilter, limit: Limit = 50, cursor: Cursor = None
) -> FacesListOut:
    """The faces of the library with who they are, as they came into it."""
    listing = f"faces {wanted}"
    after = 0 if cursor is None else engine.cursors.read(listing, cursor)

    def ask() -> FacesListOut:
        library = engine.library
        page = library.faces(wanted.wanted(library), limit, after)
        following = None if page.next is None else engine.cursors.write(listing, page.next)
        numbers = _numbers(library)
        faces = tuple(
            FaceInListOut(photo=each.seen.face.photo, face=_face(each, numbers)) for each in page.faces
        )
        return FacesListOut(faces=faces, total=page.total, next=following)

    return await engine.run(ask)


@router.patch("/faces/{face}")
async def change_face(face: FaceIdInPath, wanted: FaceChangeIn, engine: TheEngine) -> ChangedOut:
    """Ignore a face, or no longer: nobody asks who it is, and only a sure yes finds it."""
    ignored = wanted.ignored
    return ChangedOut(
        change=await engine.run(lambda: engine.library.ignore_faces([face_of_id(face)], ignored))
    )


@router.post("/photos/{photo}/ignore-others")
async def ignore_others(photo: PhotoIdInPath, engine: TheEngine) -> ChangedOut:
    """Ignore the faces of a photo that are surely no known person's."""
    return ChangedOut(change=await engine.run(lambda: engine.library.ignore_others(photo)))


@router.get("/faces/{face}/thumbnail", response_class=Jpeg)
async def show_face(face: FaceIdInPath, engine: TheEngine) -> Jpeg:
    """A face with a margin around it, 160 pixels or less on its longer side."""
    return Jpeg(await engine.run(lambda: engine.library.thumbnail(face_of_id(face))))


@router.get("/photos/{photo}/thumbnail", response_class=Jpeg)
async def show_photo(photo: PhotoIdInPath, engine: TheEngine) -> Jpeg:
    """A photo, 320 pixels or less on its longer side."""
    return Jpeg(await engine.run(lambda: engine.library.thumbnail(FaceRef(photo, WHOLE_PHOTO))))


@router.get("/photos/{photo}/picture", response_class=Jpeg)
async def show_picture(
    photo: PhotoIdInPath,
    engine: TheEngine,
    side_px: Annotated[int, Query(ge=16, le=4096, description="The longer side, at most.")] = 1600,
) -> Jpeg:
    """A photo to look at, made from its file each time."""
    return Jpeg(await engine.run(lambda: engine.library.picture(photo, side_px)))


def _numbers(library: Library) -> dict[str, str]:
    """The number of each person by name."""
    return {each.name: str(each.id) for each in library.known_people()}


def _photo(entry: PhotoEntry, numbers: Mapping[str, str]) -> ListedPhotoOut:
    photo = entry.photo
    return ListedPhotoOut(
        id=photo.sha256,
        name=as_line(photo.path.name),
        folder=as_line(photo.path.parent),
        width_px=photo.width_px,
        height_px=photo.height_px,
        issue=ReasonOut.of(reason_of_issue(photo.issue)) if photo.issue else None,
        faces=tuple(_face(each, numbers) for each in entry.faces),
    )


def _face(entry: FaceEntry, numbers: Mapping[str, str]) -> ListedFaceOut:
    seen = entry.seen
    return ListedFaceOut(
        id=face_id(seen.face),
        box=BoxOut.of(seen.box, seen.photo_width_px, seen.photo_height_px),
        ok=entry.is_good,
        ignored=entry.is_ignored,
        people=tuple(
            SightingOut(
                person=numbers[each.name],
                name=each.name,
                verdict="yes" if each.verdict == "yes" else "unsure",
                probability=each.probability,
            )
            for each in entry.people
            if each.name in numbers  # Else forgotten by another run meanwhile.
        ),
    )
