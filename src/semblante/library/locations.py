"""Where things lie: the photos in folders, and the data folder of the index."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from semblante.errors import FileAccessError
from semblante.files import translate_os_errors
from semblante.images import SUFFIXES

HOME: Final = "SEMBLANTE_HOME"
"""The environment variable that names the data folder."""


def data_folder(chosen: Path | None = None) -> Path:
    """The folder `chosen`, else the one that `SEMBLANTE_HOME` names, else the system's own for data."""
    if chosen is not None:
        return chosen
    if named := os.environ.get(HOME):
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("semblante", appauthor=False)


def outermost(places: Sequence[Path]) -> tuple[Path, ...]:
    """The places with links in their own paths followed, without those that lie within others."""
    real = dict.fromkeys(
        place.parent.resolve() / place.name if place.is_file() else place.resolve() for place in places
    )
    return tuple(place for place in real if not any(other in place.parents for other in real))


def iter_photos(place: Path, on_problem: Callable[[Path, FileAccessError], None]) -> Iterator[Path]:
    """The file `place`, or what in the folder `place` has the suffix of a picture, in no order.

    A million photos take no more memory than ten. Hidden files and folders are left out, since programs keep
    thumbnails there. Links to folders are not followed, so loops of links end. A folder that cannot be listed
    goes to `on_problem`.
    """
    if not place.is_dir():
        yield place
        return
    folders = [str(place)]
    while folders:
        folder = folders.pop()
        try:
            with translate_os_errors(Path(folder)), os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    elif _is_photo(entry):
                        yield Path(entry.path)
        except FileAccessError as problem:
            on_problem(Path(folder), problem)


def _is_photo(entry: "os.DirEntry[str]") -> bool:
    if os.path.splitext(entry.name)[1].lower() not in SUFFIXES:  # noqa: PTH122 (a `Path` takes ten times as long)
        return False
    try:
        # A pipe with a photo's name would never end.
        return entry.is_file()
    except OSError:
        return False  # A link that leads to itself.
