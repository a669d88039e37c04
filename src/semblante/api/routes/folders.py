"""`/folders`: whose photos are in the library."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi import Path as InPath
from pydantic import Field, StrictBool

from semblante.api.engine import TheEngine
from semblante.api.schemas import Schema
from semblante.i18n import as_line
from semblante.pipeline import Folder, Library

router = APIRouter(prefix="/folders", tags=["photos"])


FolderId = Annotated[int, InPath(ge=0, lt=2**53, description="The number of a folder.")]


class FolderIn(Schema):
    """A folder on the machine of the service."""

    path: Annotated[str, Field(min_length=1, max_length=4096)]


class FolderOut(Schema):
    """A folder of the library; `photos` counts the files in it that are known.

    Faces in a folder that is `ignored` are nobody's whom the user asks about.
    """

    id: int
    path: str
    added: datetime
    photos: int
    ignored: bool

    @classmethod
    def of(cls, folder: Folder, ignored: bool) -> "FolderOut":
        """That of a folder."""
        return cls(
            id=folder.number,
            path=as_line(folder.path),
            added=folder.added,
            photos=folder.photos,
            ignored=ignored,
        )


class FolderChangeIn(Schema):
    """What is to become of a folder."""

    ignored: StrictBool


class FolderChangeOut(Schema):
    """A folder, and the change that can be undone; none where all was so already."""

    folder: FolderOut
    change: int | None


class FolderRemovedOut(Schema):
    """How many photos left the library with a folder."""

    photos: int


@router.get("")
async def list_folders(engine: TheEngine) -> tuple[FolderOut, ...]:
    """The folders, by path."""
    return await engine.run(lambda: _listed(engine.library))


@router.post("", status_code=201)
async def add_folder(folder: FolderIn, response: Response, engine: TheEngine) -> FolderOut:
    """Add a folder; the next scan reads its photos. One that is there stays as it is."""
    added = await engine.run(lambda: engine.library.add_folder(folder.path))
    response.headers["Location"] = f"/api/v1/folders/{added.number}"
    return await engine.run(lambda: _one(engine.library, added.number))


@router.get("/{folder_id}")
async def show_folder(folder_id: FolderId, engine: TheEngine) -> FolderOut:
    """A folder."""
    return await engine.run(lambda: _one(engine.library, folder_id))


@router.patch("/{folder_id}")
async def change_folder(folder_id: FolderId, wanted: FolderChangeIn, engine: TheEngine) -> FolderChangeOut:
    """Ignore everybody in a folder's photos who is not known, also in those to come; or no longer."""

    def change() -> FolderChangeOut:
        library = engine.library
        number = library.ignore_folder(library.folder_with(folder_id).path, wanted.ignored)
        return FolderChangeOut(folder=_one(library, folder_id), change=number)

    return await engine.run(change)


@router.delete("/{folder_id}")
async def remove_folder(folder_id: FolderId, engine: TheEngine) -> FolderRemovedOut:
    """Take a folder off the list, and its photos with their faces out of the library.

    Photos that another folder of the list has too stay. No file is deleted.
    """
    return FolderRemovedOut(photos=await engine.run(lambda: engine.library.remove_folder(folder_id)))


def _listed(library: Library) -> tuple[FolderOut, ...]:
    ignored = set[Path](library.ignored_folders())
    return tuple(FolderOut.of(each, each.path in ignored) for each in library.folders())


def _one(library: Library, number: int) -> FolderOut:
    folder = library.folder_with(number)
    return FolderOut.of(folder, folder.path in library.ignored_folders())
