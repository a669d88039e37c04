"""How a face is named in an address: `CONTENTSHA256-PLACE`, the hash of its photo and its place there."""

from typing import Annotated, Final

from fastapi import Path
from pydantic import Field

from semblante.pipeline import KnownPerson
from semblante.types import FaceRef

_PATTERN: Final = r"^[0-9a-f]{64}-[0-9]{1,4}$"
FaceId = Annotated[str, Field(pattern=_PATTERN)]
"""A face in a body."""
FaceIdInPath = Annotated[str, Path(pattern=_PATTERN, description="The photo's hash, and the face's place.")]
PhotoIdInPath = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="The photo's hash (SHA-256).")]


def face_id(face: FaceRef) -> str:
    """The name of a face whose photo is named by the hash of its content."""
    return f"{face.photo}-{face.index}"


def portrait_id(person: KnownPerson) -> str | None:
    """The name of the face to show for a person; None where there is none."""
    return face_id(person.portrait) if person.portrait else None


def face_of_id(name: str) -> FaceRef:
    """The face that is named so; the name fits `FaceId`."""
    photo, _, place = name.partition("-")
    return FaceRef(photo, int(place))
