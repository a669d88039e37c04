"""A user's photos, found on disk; one that cannot be used is named with its reason."""

import glob
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from semblante.errors import EmptyDataset, FileAccessError, Reason, reason_of
from semblante.files import translate_os_errors
from semblante.library.locations import iter_photos


@dataclass(frozen=True)
class UnusablePhoto:
    """A photo that no answer can be given for, or a folder that none was found in, and why.

    `is_lasting` says that the content of the file is to blame, so that reading it again is of no use; else it
    could only not be read this time.
    """

    path: Path
    reason: Reason
    is_lasting: bool = False


def find_photos(
    places: Sequence[Path], on_unusable: Callable[[UnusablePhoto], None] | None = None
) -> tuple[Path, ...]:
    """The pictures at `places`: files as named, folders searched to the bottom, patterns such as `*.jpg`.

    In the order given, those of a folder by name, none twice; hidden files and folders are left out. Raises
    `FileAccessError` where a place does not exist, and where a folder cannot be looked into, unless
    `on_unusable` takes note of it.
    """
    found: dict[Path, None] = {}
    for place in places:
        found.update(dict.fromkeys(_at(place, on_unusable)))
    return tuple(found)


def find_some_photos(
    places: Sequence[Path], on_unusable: Callable[[UnusablePhoto], None] | None = None
) -> tuple[Path, ...]:
    """What `find_photos` finds. Raises `EmptyDataset` where that is nothing."""
    paths = find_photos(places, on_unusable)
    if not paths:
        raise EmptyDataset("no_photos", places=list(places))
    return paths


def _at(place: Path, on_unusable: Callable[[UnusablePhoto], None] | None) -> list[Path]:
    with translate_os_errors(place):
        if place.is_dir():
            return _in_folder(place, on_unusable)
        if place.exists():
            return [place]
    matches = _matches(place)
    if not matches:
        raise FileAccessError("file_missing", path=place)
    return [
        photo
        for match in matches
        for photo in (_in_folder(match, on_unusable) if match.is_dir() else [match])
    ]


def _matches(pattern: Path) -> list[Path]:
    """What the pattern matches, by name. `**` follows links to folders; what it finds again is left out."""
    matches = map(Path, glob.glob(str(pattern), recursive=True))  # noqa: PTH207 (it may be absolute)
    shortest: dict[Path, Path] = {}
    for match in sorted(matches, key=lambda path: len(path.parts)):
        # A link to a photo is one of its own; a link to a folder only leads to photos.
        shortest.setdefault(match.resolve() if match.is_dir() else match.parent.resolve() / match.name, match)
    return sorted(shortest.values())


def _in_folder(folder: Path, on_unusable: Callable[[UnusablePhoto], None] | None) -> list[Path]:
    def tell(closed: Path, problem: FileAccessError) -> None:
        if on_unusable is None:
            raise problem
        on_unusable(UnusablePhoto(closed, reason_of(problem, "path")))

    return sorted(iter_photos(folder, tell))
