"""A user's photos on the disk: files as named, folders searched to the bottom, patterns such as `*.jpg`."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from semblante.errors import EmptyDataset, FileAccessError, InvalidOption, reason_of
from semblante.files import translate_os_errors
from semblante.library import Excluded, PhotoWalk, expand_pattern, missing_place
from semblante.pipeline.reading import UnusablePhoto

Places = Path | str | Iterable[Path | str]
"""Files, folders or patterns; a single one counts as a list of one, wherever paths are asked for."""
UnusableCallback = Callable[[UnusablePhoto], None]


def listed(places: Places) -> list[Path]:
    """Each of the places as a path. Raises `InvalidOption` for what is no path."""
    given = [places] if isinstance(places, str | Path) else places
    if isinstance(given, Iterable) and not isinstance(given, bytes):
        return [path_of(place) for place in given]
    raise InvalidOption("not_a_path", kind=type(given).__name__)


def path_of(place: Path | str) -> Path:
    """The place as a path. Raises `InvalidOption` for what is none."""
    if not isinstance(place, str | Path):
        raise InvalidOption("not_a_path", kind=type(place).__name__)
    return Path(place)


def find_photos(places: Places, on_unusable: UnusableCallback | None = None) -> tuple[Path, ...]:
    """The pictures at `places`: files as named, folders searched to the bottom, patterns such as `*.jpg`.

    In the order given, those of a folder by name, none twice, without what `semblante.library.exclusion`
    leaves out. Raises `FileAccessError` where a place does not exist, and where a folder cannot be looked
    into, unless `on_unusable` takes note of it.
    """
    return _Search(on_unusable).photos(listed(places))


def find_some_photos(places: Places, on_unusable: UnusableCallback | None = None) -> tuple[Path, ...]:
    """What `find_photos` finds. Raises `EmptyDataset` where that is nothing, saying what is there instead."""
    search, wanted = _Search(on_unusable), listed(places)
    if not (paths := search.photos(wanted)):
        raise no_photos(wanted, search.excluded)
    return paths


def no_photos(places: Sequence[Path], excluded: Excluded) -> EmptyDataset:
    """The error for places without photos, where this is what a walk met."""
    if excluded.raw or excluded.videos:
        return EmptyDataset(
            "no_photos_but_unread", places=list(places), raw=excluded.raw, videos=excluded.videos
        )
    if excluded.folders or excluded.photos:
        count = sum(excluded.folders.values()) + excluded.photos
        return EmptyDataset("no_photos_but_left_out", places=list(places), count=count)
    if excluded.others:
        return EmptyDataset("no_photos_but_files", places=list(places), count=excluded.others)
    return EmptyDataset("no_photos", places=list(places))


class _Search:
    """A search for photos that notes what else it has met."""

    def __init__(self, on_unusable: UnusableCallback | None) -> None:
        self._on_unusable = on_unusable
        self._folders: Counter[str] = Counter()
        self._files: Counter[str] = Counter()

    @property
    def excluded(self) -> Excluded:
        return Excluded(dict(self._folders), **self._files)

    def photos(self, places: Sequence[Path]) -> tuple[Path, ...]:
        found: dict[Path, None] = {}
        for place in places:
            found.update(dict.fromkeys(self._at(place)))
        return tuple(found)

    def _at(self, place: Path) -> list[Path]:
        with translate_os_errors(place):
            if place.is_dir():
                return self._in_folder(place)
            if place.exists():
                return [place]
        matches = expand_pattern(place, self._take_note)
        if not matches:
            raise missing_place(place)
        return [
            photo for match in matches for photo in (self._in_folder(match) if match.is_dir() else [match])
        ]

    def _in_folder(self, folder: Path) -> list[Path]:
        walk = PhotoWalk([folder], self._take_note)
        photos = sorted(photo for start in walk.starts() for photo in walk.photos(start))
        self._folders.update(walk.excluded.folders)
        self._files.update({name: count for name, count in vars(walk.excluded).items() if name != "folders"})
        return photos

    def _take_note(self, closed: Path, problem: FileAccessError) -> None:
        if self._on_unusable is None:
            raise problem
        self._on_unusable(UnusablePhoto(closed, reason_of(problem, "path")))
