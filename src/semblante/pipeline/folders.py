"""The folders whose photos a user wants in the index: a list that scans take, kept in the index itself."""

from collections.abc import Collection
from pathlib import Path

from semblante.errors import FileAccessError, InvalidOption, NotInIndex, reason_of
from semblante.files import translate_os_errors
from semblante.library import FaceStore, Folder


def add_folder(store: FaceStore, path: Path) -> Folder:
    """Add a folder to the list; one that is there stays as it is.

    Raises `InvalidOption` where it is no folder that can be looked into.
    """
    try:
        with translate_os_errors(path):
            absolute = path.resolve(strict=True)
            next(absolute.iterdir(), None)
    except FileAccessError as error:
        raise InvalidOption("folder_not_usable", path=path, problem=reason_of(error, "path")) from error
    except ValueError as error:  # It has characters that no path has.
        raise InvalidOption("not_a_path", kind="str") from error
    return store.add_folder(absolute)


def folder_with(store: FaceStore, number: int) -> Folder:
    """The folder of the list with this number. Raises `NotInIndex`."""
    for each in store.folders():
        if each.number == number:
            return each
    raise NotInIndex("folder_unknown", number=number)


def chosen_folders(store: FaceStore, numbers: Collection[int]) -> tuple[Folder, ...]:
    """These folders of the list, all of them where none is named.

    Raises `NotInIndex` for one that is not on the list, and `InvalidOption` where nothing is.
    """
    if numbers:
        return tuple(folder_with(store, number) for number in numbers)
    if folders := store.folders():
        return folders
    raise InvalidOption("no_folder_added")


def remove_folder(store: FaceStore, number: int) -> int:
    """Take a folder off the list, and out of the index its photos that no other folder of the list has.

    Gives how many photos left. Raises `NotInIndex` where there is no such folder.
    """
    folder = folder_with(store, number)
    others = {each.path for each in store.folders()} - {folder.path}
    photos = [photo for photo, _ in store.photos_in(folder.path) if others.isdisjoint(photo.parents)]
    store.remove_folder(number)
    store.mark_missing(photos, photos)
    return len(photos)
