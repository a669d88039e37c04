"""`/places`: the folders of this machine, to choose one from; only who may do everything may look."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query

from semblante.api.engine import TheEngine
from semblante.api.schemas import Schema
from semblante.i18n import as_line
from semblante.pipeline import FolderView, look_into

router = APIRouter(prefix="/places", tags=["photos"])


class PlaceOut(Schema):
    """A folder by its path, and the name to show."""

    path: str
    name: str

    @classmethod
    def of(cls, folder: Path) -> "PlaceOut":
        """That of a folder; the top has no name but its path."""
        return cls(path=str(folder), name=as_line(folder.name or folder))


class PlacesOut(Schema):
    """What is in a folder: the folders there, and how many files have the name of a photo."""

    here: PlaceOut
    above: PlaceOut | None
    folders: tuple[PlaceOut, ...]
    photos: int

    @classmethod
    def of(cls, view: FolderView) -> "PlacesOut":
        """That of a folder that was looked into."""
        return cls(
            here=PlaceOut.of(view.path),
            above=PlaceOut.of(view.above) if view.above else None,
            # A name that is no text cannot come back in a request.
            folders=tuple(PlaceOut.of(each) for each in view.folders if str(each).isprintable()),
            photos=view.photos,
        )


@router.get("")
async def list_places(
    engine: TheEngine,
    path: Annotated[
        str | None, Query(min_length=1, max_length=4096, description="A folder; by default the user's own.")
    ] = None,
) -> PlacesOut:
    """List the folders in a folder; none of the files in it is opened."""
    return PlacesOut.of(await engine.run(look_into, None if path is None else Path(path)))
