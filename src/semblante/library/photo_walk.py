"""The photos below some folders: each folder once, also behind links; what is no photo is counted."""

import contextlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from semblante.errors import FileAccessError
from semblante.files import translate_os_errors
from semblante.images import SUFFIXES, unread_kind
from semblante.library.exclusion import Layer, Rules, rules_at, rules_for

ProblemCallback = Callable[[Path, FileAccessError], None]


@dataclass(frozen=True)
class Excluded:
    """What was met and is no photo of the collection: folders, by name, and photos that rules leave out.

    `raw` and `videos` are files that are not read, `others` all other files.
    """

    folders: Mapping[str, int] = field(default_factory=dict)
    photos: int = 0
    raw: int = 0
    videos: int = 0
    others: int = 0


@dataclass(frozen=True)
class Start:
    """A folder where a walk begins, with the rules for what is in it; or a photo, without."""

    path: Path
    rules: Rules | None


class PhotoWalk:
    """What in the folders `roots` has the suffix of a picture; a root that is a file is a photo.

    No root is within another, but where that leaves it out. What `semblante.library.exclusion` leaves out is
    not looked into; `asked` are the caller's own rules. A million photos take no more memory than ten. A
    folder behind a link is walked under its real path, after the roots, and once; not where it is walked
    anyway, nor where the link lies in it. A folder that cannot be listed, or whose rules cannot be read, goes
    to `on_problem`, and the rest goes on.
    """

    def __init__(
        self, roots: Sequence[Path], on_problem: ProblemCallback, asked: Sequence[Layer] = ()
    ) -> None:
        self._roots, self._on_problem, self._asked = roots, on_problem, asked
        self._starts = set(map(os.path.realpath, roots))
        self._links: list[tuple[str, Rules]] = []
        self._folders: Counter[str] = Counter()
        self._files: Counter[str] = Counter()

    @property
    def excluded(self) -> Excluded:
        """What was left out so far."""
        files = self._files
        return Excluded(dict(self._folders), files["photo"], files["raw"], files["video"], files["other"])

    @property
    def walked(self) -> tuple[Path, ...]:
        """The roots, and the folders behind links that were walked so far."""
        return tuple(map(Path, self._starts))

    def starts(self) -> Iterator[Start]:
        """The roots, then the folders behind links; the `photos` of each are taken before the next."""
        for root in self._roots:
            with self._on_problem_go_on():
                yield Start(root, rules_for(root, self._asked) if root.is_dir() else None)
        while self._links:
            links, self._links = sorted(self._links, key=lambda link: link[0]), []
            for link, rules in links:
                if (real := self._behind(link)) is not None:
                    self._starts.add(real)
                    with self._on_problem_go_on():
                        yield Start(Path(real), rules.below(Path(link).name, real))

    def photos(self, start: Start) -> Iterator[Path]:
        """The photos in this folder and below it, in no order."""
        if start.rules is None:
            yield start.path
            return
        folders = [(str(start.path), start.rules)]
        while folders:
            yield from self._look_into(*folders.pop(), folders)

    def folders(self, start: Start) -> Iterator[tuple[Path, Rules]]:
        """This folder and those below it, each with the rules for what is in it, in no order."""
        folders = [(str(start.path), start.rules)] if start.rules else []
        while folders:
            folder, rules = folders.pop()
            yield Path(folder), rules
            for _ in self._look_into(folder, rules, folders):
                pass

    def _look_into(self, folder: str, rules: Rules, folders: list[tuple[str, Rules]]) -> Iterator[Path]:
        """The photos in one folder; the folders in it go to `folders`."""
        with self._on_problem_go_on(), translate_os_errors(Path(folder)), os.scandir(folder) as entries:
            for entry in entries:
                is_link = _is_link(entry)
                if is_link and _leads_to_folder(entry):
                    if self._takes_folder(rules, entry.name):
                        self._links.append((entry.path, rules))
                elif not is_link and entry.is_dir():
                    if entry.path in self._starts:
                        continue
                    if self._takes_folder(rules, entry.name):
                        with self._on_problem_go_on():
                            folders.append((entry.path, rules.below(entry.name, entry.path)))
                elif self._is_photo(rules, entry):
                    yield Path(entry.path)

    def _takes_folder(self, rules: Rules, name: str) -> bool:
        if rules.leave_out(name, True):
            self._folders[name] += 1
            return False
        return True

    def _is_photo(self, rules: Rules, entry: "os.DirEntry[str]") -> bool:
        """Whether it is a photo of the collection; else it is counted."""
        suffix = os.path.splitext(entry.name)[1].lower()  # noqa: PTH122 (a `Path` takes ten times as long)
        kind = "photo" if suffix in SUFFIXES else unread_kind(entry.name) or "other"
        if rules.leave_out(entry.name, False):
            self._files["photo"] += kind == "photo"
            return False
        if kind != "photo":
            self._files[kind] += 1
            return False
        try:
            # A pipe with a photo's name would never end.
            return entry.is_file()
        except OSError:
            return False  # A link that leads to itself.

    def _behind(self, link: str) -> str | None:
        """The real path of the folder behind a link, where that is to be walked."""
        real, lies_in = os.path.realpath(link), os.path.realpath(Path(link).parent)
        around_link = {lies_in, *map(str, Path(lies_in).parents)}
        around_real = {real, *map(str, Path(real).parents)}
        return None if real in around_link or around_real & self._starts else real

    @contextlib.contextmanager
    def _on_problem_go_on(self) -> Iterator[None]:
        try:
            yield
        except FileAccessError as problem:
            self._on_problem(Path(problem.params["path"]), problem)


def outermost(places: Sequence[Path], asked: Sequence[Layer] = ()) -> tuple[Path, ...]:
    """The places, links in their own paths followed, without those that are met in the others anyway."""
    real = dict.fromkeys(
        place.parent.resolve() / place.name if place.is_file() else place.resolve() for place in places
    )
    return tuple(
        place
        for place in real
        if not any(other in place.parents and _takes_in(other, place, asked) for other in real)
    )


def _takes_in(folder: Path, place: Path, asked: Sequence[Layer]) -> bool:
    """Whether nothing on the way from `folder` to `place` is left out."""
    try:
        rules = rules_at(rules_for(folder, asked), folder, place.parent)
    except FileAccessError:
        return False
    return rules is not None and not rules.leave_out(place.name, place.is_dir())


_is_junction: Callable[["os.DirEntry[str]"], bool] = getattr(os.DirEntry, "is_junction", lambda _: False)
"""Whether it is what Windows has for a link to a folder; Python tells since 3.12."""


def _is_link(entry: "os.DirEntry[str]") -> bool:
    return entry.is_symlink() or _is_junction(entry)


def _leads_to_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # It leads to itself.
