"""`LibraryPhotos`: the part of `Library` that lists folders, photos and faces, and shows them."""

from collections.abc import Collection
from pathlib import Path

from semblante.library import Folder, drop_orphans
from semblante.pipeline.finding import path_of
from semblante.pipeline.folders import add_folder, chosen_folders, folder_with, remove_folder
from semblante.pipeline.library_curation import LibraryCuration
from semblante.pipeline.listing import FacePage, PhotoFilter, PhotoPage, list_faces, list_photos
from semblante.pipeline.thumbnails import picture_of, thumbnail_of
from semblante.types import FaceRef


class LibraryPhotos(LibraryCuration):
    """The folders of a library, its photos and faces, page by page. Any thread may use it."""

    def picture(self, content_sha256: str, side_px: int) -> bytes:
        """A photo as a JPEG file with a longer side of `side_px` or less; see `thumbnail`. It is not kept."""
        return picture_of(self.store, content_sha256, side_px)

    def folders(self) -> tuple[Folder, ...]:
        """The folders whose photos the user wants in the index, by path."""
        return self.store.folders()

    def folder_with(self, number: int) -> Folder:
        """The folder of the list with this number. Raises `NotInIndex`."""
        return folder_with(self.store, number)

    def add_folder(self, path: Path | str) -> Folder:
        """Add a folder to those whose photos are wanted; it is read by the next scan of it.

        Raises `InvalidOption` where it is no folder that can be looked into.
        """
        return add_folder(self.store, path_of(path))

    def remove_folder(self, number: int) -> int:
        """Take a folder off the list, and its photos out of the index unless another folder has them.

        Gives how many photos left. Raises `NotInIndex` where there is no such folder.
        """
        self._matrix.release()
        removed = remove_folder(self.store, number)
        drop_orphans(self.store, self._thumbnails)
        return removed

    def chosen_folders(self, numbers: Collection[int]) -> tuple[Folder, ...]:
        """These folders of the list, all of them where none is named.

        Raises `NotInIndex` for one that is not on the list, and `InvalidOption` where nothing is.
        """
        return chosen_folders(self.store, numbers)

    def photos(self, wanted: PhotoFilter, count: int, after: Path | None = None) -> PhotoPage:
        """A page of photos with who is in them, by path; see `semblante.pipeline.listing.list_photos`."""
        return list_photos(self.store, wanted, count, after, self._matrix)

    def faces(self, wanted: PhotoFilter, count: int, after: int = 0) -> FacePage:
        """A page of faces with who they are; see `semblante.pipeline.listing.list_faces`."""
        return list_faces(self.store, wanted, count, after, self._matrix)

    def thumbnail(self, face: FaceRef) -> bytes:
        """A JPEG file of a face, or of a whole photo; see `semblante.pipeline.thumbnails.thumbnail_of`."""
        return thumbnail_of(self.store, self._thumbnails, face)
