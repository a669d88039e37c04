"""Looking for a folder on this machine, one step at a time, for who does not know its path."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from semblante.errors import FileAccessError, InvalidOption, reason_of
from semblante.files import translate_os_errors
from semblante.images import SUFFIXES

MAX_SHOWN_FOLDERS: Final = 500
MAX_LOOKED_AT: Final = 5000
"""More entries of a folder are not looked at."""


@dataclass(frozen=True)
class FolderView:
    """A folder, the folder above it (None at the top), those in it by name, and how many photos lie in it.

    Hidden folders are left out.
    """

    path: Path
    above: Path | None
    folders: tuple[Path, ...]
    photos: int


def look_into(path: Path | None = None) -> FolderView:
    """What is in a folder, by default the user's own.

    Raises `InvalidOption` where it cannot be looked into.
    """
    place = Path.home() if path is None else path
    try:
        with translate_os_errors(place):
            absolute = place.resolve(strict=True)
            folders, photos = _content(absolute)
    except FileAccessError as error:
        raise InvalidOption("folder_not_usable", path=place, problem=reason_of(error, "path")) from error
    above = None if absolute.parent == absolute else absolute.parent
    shown = sorted(folders, key=lambda each: each.name.casefold())[:MAX_SHOWN_FOLDERS]
    return FolderView(absolute, above, tuple(shown), photos)


def _content(folder: Path) -> tuple[list[Path], int]:
    """The folders in a folder, and how many files there have the name of a photo."""
    folders, photos = [], 0
    with os.scandir(folder) as entries:
        for entry, _ in zip(entries, range(MAX_LOOKED_AT), strict=False):
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                folders.append(Path(entry.path))
            elif Path(entry.name).suffix.lower() in SUFFIXES:
                photos += 1
    return folders, photos
