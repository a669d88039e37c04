"""Thumbnails of faces and photos, made when they are first asked for."""

from typing import Annotated

from fastapi import APIRouter, Response
from fastapi import Path as InPath

from semblante.api.engine import TheEngine
from semblante.pipeline import WHOLE_PHOTO
from semblante.types import FaceRef

router = APIRouter(tags=["photos"])

PhotoId = Annotated[str, InPath(pattern="^[0-9a-f]{64}$", description="The SHA-256 of the photo's content.")]
FaceId = Annotated[
    str,
    InPath(pattern="^[0-9a-f]{64}-[0-9]{1,4}$", description="The photo's number, and the place of the face."),
]


class Jpeg(Response):
    """An answer that is a picture."""

    media_type = "image/jpeg"


def face_of(face_id: str) -> FaceRef:
    """The face that `FaceId` names."""
    photo, _, place = face_id.partition("-")
    return FaceRef(photo, int(place))


def id_of(face: FaceRef) -> str:
    """How a face is named in addresses and answers."""
    return f"{face.photo}-{face.index}"


@router.get("/faces/{face_id}/thumbnail", response_class=Jpeg)
async def show_face(face_id: FaceId, engine: TheEngine) -> Jpeg:
    """A face with a margin around it, 160 pixels or less on its longer side."""
    return Jpeg(await engine.run(lambda: engine.library.thumbnail(face_of(face_id))))


@router.get("/photos/{photo_id}/thumbnail", response_class=Jpeg)
async def show_photo(photo_id: PhotoId, engine: TheEngine) -> Jpeg:
    """A photo, 320 pixels or less on its longer side."""
    return Jpeg(await engine.run(lambda: engine.library.thumbnail(FaceRef(photo_id, WHOLE_PHOTO))))
