"""`/faces`: the faces in an image."""

from typing import Annotated

from fastapi import APIRouter, Query

from semblante.api.engine import TheEngine
from semblante.api.schemas import FaceOut, Schema
from semblante.api.uploads import OneImage

router = APIRouter(tags=["faces"])


class PhotoOut(Schema):
    """The size of an image, upright, in pixels."""

    width_px: int
    height_px: int


class FacesOut(Schema):
    """The faces of an image, the largest first; none where it shows none."""

    photo: PhotoOut
    faces: tuple[FaceOut, ...]


@router.post("/faces")
async def find_faces(
    image: OneImage,
    engine: TheEngine,
    attributes: Annotated[bool, Query(description="With CelebA's 40 attributes of each face.")] = False,
    embeddings: Annotated[bool, Query(description="With the embedding of each face.")] = False,
) -> FacesOut:
    """Find the faces in an image, and say how far each can be relied on."""
    found = await engine.run(lambda: engine.analyzer.analyze_photo(image.content))
    width_px, height_px = found.width_px, found.height_px
    return FacesOut(
        photo=PhotoOut(width_px=width_px, height_px=height_px),
        faces=tuple(FaceOut.of(face, width_px, height_px, attributes, embeddings) for face in found.faces),
    )
