"""Finding CelebA in whatever was downloaded: a folder or zip files, official or Kaggle's layout.

Lists are known by their names and images by lying below `img_align_celeba`, wherever that is in the
folder or in the zip files that lie in it. So the official folder, its drive's `Anno`, `Eval` and `Img`,
Kaggle's nested folder and either of them still zipped are one case, not eight.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from semblante.celeba.archives import Entry, Folder, Zip, first_names
from semblante.errors import NotCelebA, Reason
from semblante.files import translate_os_errors
from semblante.images import SUFFIXES
from semblante.jobs import SILENT, JobContext

IMAGE_FOLDER = "img_align_celeba"
ListKind = Literal["attributes", "partition", "identities"]
LIST_STEMS: dict[str, ListKind] = {
    "list_attr_celeba": "attributes",
    "list_eval_partition": "partition",
    "identity_celeba": "identities",
}
DRAWN_NAME = "drawn.json"
MAX_LIST_BYTES = 500_000_000
"""Twenty times the official attribute list; a zip bomb called `list_attr_celeba.txt` ends here."""


@dataclass(frozen=True)
class FoundList:
    """One of the three lists as found: its file name and content."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The hash of the content as found."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Source:
    """CelebA as found: image entries by name, the lists that are there, and whether its faces are drawn."""

    path: Path
    layout: Literal["official", "kaggle"]
    images: Mapping[str, Entry]
    lists: Mapping[ListKind, FoundList]
    is_drawn: bool
    notes: tuple[Reason, ...]

    def fingerprint(self) -> str:
        """A hash of the lists and of the images' names and sizes: the same zipped or not, and anywhere."""
        digest = hashlib.sha256(f"{self.layout} {self.is_drawn}\n".encode())
        for kind, found in sorted(self.lists.items()):
            digest.update(f"{kind} {found.name} {found.sha256}\n".encode())
        for name in sorted(self.images):
            digest.update(f"{name} {self.images[name].size_bytes}\n".encode(errors="surrogateescape"))
        return digest.hexdigest()


def find_source(path: Path, job: JobContext = SILENT) -> Source:
    """Recognise CelebA at `path`, a folder or a zip file.

    Raises `NotCelebA` with what was found there, `FileAccessError`, and `Cancelled`.
    """
    with translate_os_errors(path):
        path.stat()
    tree = []
    for shown_and_entry in _tree(path):
        job.check()
        tree.append(shown_and_entry)
    images, list_entries, found_again = _sort_out(tree)
    if "attributes" not in list_entries:
        _, beside, _ = _sort_out(_lists_beside(path))
        list_entries = {**beside, **list_entries}
    if "attributes" not in list_entries or not images:
        raise _not_found(path, tree, len(images), [entry.name for entry in list_entries.values()])
    return Source(
        path=path,
        layout="kaggle" if list_entries["attributes"].name.lower().endswith(".csv") else "official",
        images=images,
        lists={kind: FoundList(entry.name, _read_list(entry)) for kind, entry in list_entries.items()},
        is_drawn=any(entry.name == DRAWN_NAME and _says_drawn(entry) for _, entry in tree),
        notes=(Reason("found_again", {"count": found_again}),) if found_again else (),
    )


def _tree(path: Path) -> Iterator[tuple[str, Entry]]:
    """Every file at `path` with its whole path as a person would see it, zip files taken as folders.

    Files come before the members of zips, so what was unpacked is preferred to what it was unpacked from.
    """
    if not path.is_dir():
        if path.suffix.lower() == ".zip" or zipfile.is_zipfile(path):
            yield from _members(path, path.name)
        return
    zips = []
    top = path.resolve().name
    for entry in Folder(path).entries():
        if entry.path.lower().endswith(".zip"):
            zips.append(entry.path)
        yield f"{top}/{entry.path}", entry
    for inner in zips:
        yield from _members(path / inner, f"{top}/{inner}")


def _members(zip_path: Path, shown: str) -> Iterator[tuple[str, Entry]]:
    for entry in Zip(zip_path).entries():
        yield f"{shown}/{entry.path}", entry


def _lists_beside(path: Path) -> Iterator[tuple[str, Entry]]:
    """The lists beside an image folder or zip, or in Anno and Eval beside its folder, as on the drive."""
    parent = path.resolve().parent
    for folder in (parent, parent.parent / "Anno", parent.parent / "Eval"):
        if not folder.is_dir():
            continue
        for entry in Folder(folder, depth=1).entries():
            yield entry.path, entry
            if entry.name.lower().endswith(".zip") and entry.name.lower().startswith(_LIST_ZIP_STEMS):
                yield from _members(folder / entry.path, entry.path)


_LIST_ZIP_STEMS = ("anno", *LIST_STEMS)
"""Only zips that promise lists are opened beside SOURCE: it may lie in a folder of unrelated downloads."""


def _sort_out(
    tree: Iterable[tuple[str, Entry]],
) -> tuple[dict[str, Entry], dict[ListKind, Entry], int]:
    """The images by name, the lists by kind, and how many files were passed over as found before."""
    images: dict[str, Entry] = {}
    lists: dict[ListKind, Entry] = {}
    found_again = 0
    below_images: dict[str, bool] = {}
    for shown, entry in tree:
        folder, _, name = shown.rpartition("/")
        if folder not in below_images:
            parts = folder.lower().split("/")
            below_images[folder] = any(part.removesuffix(".zip") == IMAGE_FOLDER for part in parts)
        stem, _, suffix = name.lower().rpartition(".")
        if suffix in ("txt", "csv") and stem in LIST_STEMS:
            # A .txt wins over a .csv of the same folder by the order of names; both hold the same rows.
            kind = LIST_STEMS[stem]
            first = lists.setdefault(kind, entry)
            if _of_other_sets(first, entry):
                raise NotCelebA("lists_of_two_sets", first=Path(first.path), second=Path(entry.path))
            found_again += first is not entry
        elif below_images[folder] and f".{suffix}" in SUFFIXES:
            found_again += images.setdefault(name, entry) is not entry
    return images, lists, found_again


def _of_other_sets(first: Entry, second: Entry) -> bool:
    """Whether two lists of one name cannot be copies of each other: rows would be given to others' images."""
    return first.name == second.name and first.size_bytes != second.size_bytes


def _read_list(entry: Entry) -> bytes:
    where = Path(entry.path)
    if entry.size_bytes > MAX_LIST_BYTES:
        raise NotCelebA("list_too_large", path=where)
    try:
        with translate_os_errors(where):
            return entry.read()
    except ValueError as error:
        raise NotCelebA("list_damaged_in_zip", path=where) from error


def _says_drawn(entry: Entry) -> bool:
    try:
        content = json.loads(_read_list(entry))
    except ValueError:
        return False
    return isinstance(content, dict) and content.get("drawn_by") == "semblante.generate"


def _not_found(path: Path, tree: list[tuple[str, Entry]], images: int, lists: list[str]) -> NotCelebA:
    top = sorted({shown.split("/")[1] for shown, _ in tree if "/" in shown})
    return NotCelebA("not_celeba", path=path, lists=first_names(lists), images=images, names=first_names(top))
