"""The photos in a folder, one after the other: a million of them take no more memory than ten."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from semblante.errors import FileAccessError
from semblante.files import translate_os_errors
from semblante.images import SUFFIXES

OnProblem = Callable[[Path, FileAccessError], None]


def outermost(places: Sequence[Path]) -> tuple[Path, ...]:
    """The places with links in their own paths followed, without those that lie within others."""
    real = dict.fromkeys(
        place.parent.resolve() / place.name if place.is_file() else place.resolve() for place in places
    )
    return tuple(place for place in real if not any(other in place.parents for other in real))


def photos_at(place: Path, on_problem: OnProblem) -> Iterator[Path]:
    """The file `place`, or what in the folder `place` has the ending of a picture, in no order.

    Hidden files and folders are left out: programs keep their thumbnails there. Links to folders are not
    followed, so that loops of them end nothing. What cannot be looked into goes to `on_problem`.
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
