"""A folder or a zip file as a list of files that can be read; nothing is ever unpacked to disk.

Entries come out as paths inside the container with forward slashes. A zip's member names are only ever
compared and shown, never used as paths on disk, so `..` and absolute names do no harm.
"""

import lzma
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from semblante.celeba.issues import printable
from semblante.errors import NotCelebA
from semblante.files import translate_os_errors
from semblante.i18n import tr

MAX_DEPTH = 5
"""Folders deeper than this are not searched: CelebA needs three, and a loop of links ends here."""

READABLE_METHODS = frozenset(
    {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA},
)


class Entry(NamedTuple):
    """One file in a container; `size_bytes` is its size when read."""

    container: "Folder | Zip"
    path: str
    size_bytes: int

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    def read(self) -> bytes:
        """The file's content. Raises `OSError` where it cannot be read, `ValueError` where it is damaged."""
        return self.container.read(self.path)


class Folder:
    """A folder on disk, searched `depth` levels down; hidden files and folders are passed over."""

    def __init__(self, root: Path, depth: int = MAX_DEPTH) -> None:
        self.root = root
        self.depth = depth

    def entries(self) -> Iterator[Entry]:
        """All files, sorted within each folder, files before subfolders."""
        with translate_os_errors(self.root):
            yield from self._entries("", self.depth)

    def _entries(self, below: str, depth: int) -> Iterator[Entry]:
        with os.scandir(self.root / below) as listing:
            found = sorted(
                (item for item in listing if not _is_passed_over(item.name)), key=lambda item: item.name
            )
        folders = []
        for item in found:
            if item.is_dir():
                folders.append(f"{below}{item.name}/")
            elif item.is_file():
                yield Entry(self, f"{below}{item.name}", item.stat().st_size)
        if depth > 1:
            for folder in folders:
                yield from self._entries(folder, depth - 1)

    def read(self, path: str) -> bytes:
        """The content of the file `path`."""
        # Not `self.root / path`: joining strings is ten times faster, and there are 200,000 of them.
        with open(f"{self.root}/{path}", "rb") as file:  # noqa: PTH123
            return file.read()


class Zip:
    """A zip file, read in place. Several threads may read at once."""

    def __init__(self, path: Path) -> None:
        """Open `path` and read its directory. Raises `NotCelebA` where it is damaged or cannot be read."""
        self.path = path
        try:
            with translate_os_errors(path):
                self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
            raise NotCelebA(
                tr(
                    "{path}: the zip file is damaged or cut short; download it again, "
                    "or move it out of the folder",
                    path=path,
                )
            ) from error

    def entries(self) -> Iterator[Entry]:
        """All members, in the order of the zip's directory."""
        for member in self._zip.infolist():
            path = member.filename.replace("\\", "/")
            if member.is_dir() or any(map(_is_passed_over, path.split("/"))):
                continue
            if member.flag_bits & 1 or member.compress_type not in READABLE_METHODS:
                raise NotCelebA(
                    tr(
                        "{path}: {member} is encrypted or packed in an uncommon way; "
                        "unpack the zip file first",
                        path=self.path,
                        member=printable(path),
                    )
                )
            yield Entry(self, member.filename, member.file_size)

    def read(self, path: str) -> bytes:
        """The content of the member `path`, never more than the zip's directory says."""
        try:
            return self._zip.read(path)
        except (
            zipfile.BadZipFile,
            zlib.error,
            lzma.LZMAError,
            EOFError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise ValueError(f"{self.path}: {path}: {error}") from error


def _is_passed_over(name: str) -> bool:
    """Whether a name is hidden, or one that macOS adds to zips. `..` is not hidden, merely odd."""
    return name == "__MACOSX" or (name.startswith(".") and name.strip(".") != "")
