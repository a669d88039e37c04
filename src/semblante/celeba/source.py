"""Finding CelebA in whatever was downloaded: a folder or zip files, official or Kaggle's layout.

Lists are known by their names and images by lying below `img_align_celeba`, wherever that is in the
folder, in the zip files that lie in it, or in zip files inside those. So the official folder, its drive's
`Anno`, `Eval` and `Img`, the edition in PNG (`img_align_celeba_png`), Kaggle's nested folder and any of them
still zipped are one case, not a dozen. Where nothing is called so, all pictures count: the lists choose.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from semblante.celeba.archives import Entry, Folder, Zip, first_names
from semblante.celeba.lists import LIST_STEMS, FoundList, ListKind, choose_lists, list_kind, read_small
from semblante.closing import Closing
from semblante.errors import NotCelebA
from semblante.files import translate_os_errors
from semblante.images import SUFFIXES
from semblante.jobs import SILENT, JobContext

IMAGE_FOLDER = "img_align_celeba"
"""How the folder, or the zip file, of the images begins."""
DRAWN_NAME = "drawn.json"
MAX_ZIPS_DEEP = 3
"""A zip file inside one inside one; a zip file that holds itself ends here."""
_ARCHIVE: Final = re.compile(r".*\.(7z|rar|tar|tgz|tbz2?|txz|tar\.\w{1,4}|zip)(\.\d{3})?|.*\.z\d\d")
"""A name of an archive, or of a part of one, that is not read here; whole zip files are."""
Shown = tuple[str, Entry]
"""A file with its whole path as a person would see it."""


@dataclass(frozen=True)
class Source(Closing):
    """CelebA as found: image entries by file name, the lists that are there, and whether its faces are drawn.

    `found_again` counts the files that were passed over, as others of the same names were found before. What
    had to be unpacked is removed when it is closed.
    """

    path: Path
    layout: Literal["official", "kaggle"]
    images: Mapping[str, Entry]
    lists: Mapping[ListKind, FoundList]
    is_drawn: bool
    found_again: int
    opened: ExitStack = field(default_factory=ExitStack, repr=False, compare=False)

    def close(self) -> None:
        """Close the zip files."""
        self.opened.close()

    def fingerprint(self) -> str:
        """A hash of the lists and of the images' names and sizes: the same zipped or not, and anywhere."""
        digest = hashlib.sha256(f"{self.layout} {self.is_drawn}\n".encode())
        for kind, found in sorted(self.lists.items()):
            digest.update(f"{kind} {found.name} {found.sha256}\n".encode())
        for name in sorted(self.images):
            digest.update(f"{name} {self.images[name].size_bytes}\n".encode(errors="surrogateescape"))
        return digest.hexdigest()


def find_source(path: Path, job: JobContext = SILENT) -> Source:
    """Recognise CelebA at `path`, a folder or a zip file. To be closed.

    A zip file inside another is unpacked, with the stage of progress "unpacking". Raises `NotCelebA` with
    what was found there, `FileAccessError`, `DiskFull`, and `Cancelled`.
    """
    with translate_os_errors(path):
        path.stat()
    with ExitStack() as opened:
        tree = []
        for shown_and_entry in _tree(path, opened, job):
            job.check()
            tree.append(shown_and_entry)
        lists, images, others = _sort_out(tree)
        if not any(list_kind(entry.name) == "attributes" for entry in lists):
            lists = [*lists, *(entry for _, entry in _lists_beside(path, opened, job))]
        chosen = choose_lists(lists)
        by_name: dict[str, Entry] = {}
        for entry in images or others:
            by_name.setdefault(entry.name, entry)
        if "attributes" not in chosen or not by_name:
            raise _not_found(path, tree, len(images), [entry.name for entry in lists])
        attributes = chosen["attributes"]
        if problem := attributes.problem:
            raise NotCelebA(problem.code, **problem.params)
        return Source(
            path=path,
            layout="kaggle" if attributes.name.lower().endswith(".csv") else "official",
            images=by_name,
            lists=chosen,
            is_drawn=any(entry.name == DRAWN_NAME and _says_drawn(entry) for _, entry in tree),
            found_again=len(images or others) - len(by_name) + len(lists) - len(chosen),
            opened=opened.pop_all(),
        )


def _tree(path: Path, opened: ExitStack, job: JobContext) -> Iterator[Shown]:
    """Every file at `path` with its whole path as a person would see it, zip files taken as folders.

    Files come before the members of zips, so what was unpacked is preferred to what it was unpacked from.
    """
    if not path.is_dir():
        if path.suffix.lower() == ".zip" or zipfile.is_zipfile(path):
            yield from _members(opened.enter_context(Zip(path)), path.name, opened, job)
        return
    zips = []
    top = path.resolve().name
    for entry in Folder(path).entries():
        if entry.path.lower().endswith(".zip"):
            zips.append(entry.path)
        yield f"{top}/{entry.path}", entry
    for inner in zips:
        yield from _members(opened.enter_context(Zip(path / inner)), f"{top}/{inner}", opened, job)


def _members(
    archive: Zip, shown: str, opened: ExitStack, job: JobContext, deep: int = MAX_ZIPS_DEEP
) -> Iterator[Shown]:
    zips = []
    for entry in archive.entries():
        if entry.path.lower().endswith(".zip") and deep > 1:
            zips.append(entry.path)
        yield f"{shown}/{entry.shown}", entry
    for path in zips:
        inner = opened.enter_context(archive.inner(path, job))
        yield from _members(inner, f"{shown}/{path}", opened, job, deep - 1)


def _lists_beside(path: Path, opened: ExitStack, job: JobContext) -> Iterator[Shown]:
    """The lists beside an image folder or zip, or in Anno and Eval beside it or its folder (the drive's)."""
    parent = path.resolve().parent
    drives = (parent, parent.parent)
    for folder in (parent, *(drive / name for drive in drives for name in ("Anno", "Eval"))):
        if not folder.is_dir():
            continue
        for entry in Folder(folder, depth=1).entries():
            if list_kind(entry.name):
                yield entry.path, entry
            if entry.name.lower().endswith(".zip") and entry.name.lower().startswith(_LIST_ZIP_STEMS):
                archive = opened.enter_context(Zip(folder / entry.path))
                for shown, member in _members(archive, entry.path, opened, job):
                    if list_kind(member.name):
                        yield shown, member


_LIST_ZIP_STEMS = ("anno", *LIST_STEMS)
"""Only zips that promise lists are opened beside SOURCE: it may lie in a folder of unrelated downloads."""


def _sort_out(tree: Sequence[Shown]) -> tuple[list[Entry], list[Entry], list[Entry]]:
    """The lists, the pictures below the folder of images, and all others."""
    lists: list[Entry] = []
    images: list[Entry] = []
    others: list[Entry] = []
    below_images: dict[str, bool] = {}
    for shown, entry in tree:
        folder, _, name = shown.rpartition("/")
        if folder not in below_images:
            below_images[folder] = any(part.startswith(IMAGE_FOLDER) for part in folder.lower().split("/"))
        if list_kind(name):
            lists.append(entry)
        elif f".{name.lower().rpartition('.')[2]}" in SUFFIXES:
            (images if below_images[folder] else others).append(entry)
    return lists, images, others


def _says_drawn(entry: Entry) -> bool:
    try:
        content = json.loads(read_small(entry))
    except ValueError:
        return False
    return isinstance(content, dict) and content.get("drawn_by") == "semblante.generate"


def _not_found(path: Path, tree: Sequence[Shown], images: int, lists: list[str]) -> NotCelebA:
    """Why there is no CelebA: archives that are to be unpacked first, or what was found instead."""
    files = sorted(shown.partition("/")[2] for shown, _ in tree) or [path.name]
    packed = [name for name in files if _ARCHIVE.fullmatch(name.lower()) and not _is_zip(name)]
    if packed and not images:
        return NotCelebA(
            "archive_to_unpack", path=path, first=packed[0], count=len(packed), names=first_names(packed)
        )
    top = sorted({shown.split("/")[1] for shown, _ in tree if "/" in shown})
    return NotCelebA("not_celeba", path=path, lists=first_names(lists), images=images, names=first_names(top))


def _is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")
