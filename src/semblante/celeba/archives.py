"""A folder or a zip file as a list of files that can be read; only a zip inside a zip is unpacked.

Entries have paths inside the archive, with forward slashes. A zip's member names are only compared and shown,
never used as paths on disk, so `..` and absolute names do no harm.
"""

import lzma
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final, NamedTuple

from semblante.closing import Closing
from semblante.errors import NotCelebA
from semblante.files import check_disk_space, translate_os_errors
from semblante.jobs import SILENT, JobContext

MAX_DEPTH_LEVELS = 5
"""Folders deeper than this are not searched: CelebA needs three, and a loop of links ends here."""
MAX_NAME_SIGNS = 100
"""Characters of a name that are shown and stored; CelebA's have ten."""
MAX_NAMES_SHOWN = 5
_PIECE_BYTES: Final = 1 << 20

READABLE_METHODS = frozenset(
    {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA},
)


class Entry(NamedTuple):
    """One file in an archive; `size_bytes` is its size when read."""

    archive: "Folder | Zip"
    path: str
    size_bytes: int

    @property
    def shown(self) -> str:
        """The path with forward slashes: some programs for Windows write others into zip files."""
        return self.path.replace("\\", "/") if isinstance(self.archive, Zip) else self.path

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.shown.rpartition("/")[2]

    def read(self) -> bytes:
        """The file's content. Raises `OSError` where it cannot be read, `ValueError` where it is damaged."""
        return self.archive.read(self.path)


class Folder:
    """A folder on disk, searched `depth` levels down; hidden files and folders are passed over."""

    def __init__(self, root: Path, depth: int = MAX_DEPTH_LEVELS) -> None:
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


_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
"""What `zipfile` raises of a member that cannot be unpacked."""


class Zip(Closing):
    """A zip file, read in place. Several threads may read at once."""

    def __init__(self, path: Path, unpacked: IO[bytes] | None = None) -> None:
        """Open `path` and read its directory; a zip inside a zip is read from the file `unpacked`.

        Raises `NotCelebA` where it is damaged or cannot be read.
        """
        self.path = path
        self._opened = ExitStack()
        with ExitStack() as opened, translate_os_errors(path):
            if unpacked:
                opened.enter_context(unpacked)
            try:
                self._zip = opened.enter_context(zipfile.ZipFile(unpacked or path))
            except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
                if _is_web_page(unpacked or opened.enter_context(path.open("rb"))):
                    raise NotCelebA("zip_is_web_page", path=path) from error
                raise NotCelebA("zip_damaged", path=path) from error
            self._opened = opened.pop_all()

    def close(self) -> None:
        """Close the file; one that was unpacked is gone then."""
        self._opened.close()

    def entries(self) -> Iterator[Entry]:
        """All members, in the order of the zip's directory."""
        for member in self._zip.infolist():
            path = member.filename.replace("\\", "/")
            if member.is_dir() or any(map(_is_passed_over, path.split("/"))):
                continue
            if member.flag_bits & 1 or member.compress_type not in READABLE_METHODS:
                raise NotCelebA("zip_member_unreadable", path=self.path, member=printable(path))
            yield Entry(self, member.filename, member.file_size)

    def read(self, path: str) -> bytes:
        """The content of the member `path`, never more than the zip's directory says."""
        try:
            return self._zip.read(path)
        except _DAMAGED as error:
            raise ValueError(f"{self.path}: {path}: {error}") from error

    def inner(self, path: str, job: JobContext = SILENT) -> "Zip":
        """The zip file that is the member `path`, unpacked into a temporary file without a name.

        The system removes that file when it is closed, however the process ends. The stage of progress is
        "unpacking", counted in megabytes. Raises `NotCelebA` where the member is damaged, `DiskFull`, and
        `Cancelled`.
        """
        shown, folder = self.path / printable(path), Path(tempfile.gettempdir())
        size_bytes = self._zip.getinfo(path).file_size
        check_disk_space(folder, size_bytes)
        with ExitStack() as closing, translate_os_errors(folder):
            unpacked = closing.enter_context(tempfile.TemporaryFile(prefix="semblante-"))
            try:
                with self._zip.open(path) as packed:
                    while piece := packed.read(_PIECE_BYTES):
                        unpacked.write(piece)
                        job.progress("unpacking", unpacked.tell() >> 20, size_bytes >> 20)
            except _DAMAGED as error:
                raise NotCelebA("zip_damaged", path=shown) from error
            closing.pop_all()
        return Zip(shown, unpacked)


def is_markup(beginning: bytes) -> bool:
    """Whether a file that begins so is a web page, or what a server says in XML."""
    return beginning.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _is_web_page(file: IO[bytes]) -> bool:
    file.seek(0)
    return is_markup(file.read(512))


def printable(name: str) -> str:
    """A file's name that is safe to show and to store: a hostile one may hold escape codes, or no text."""
    safe = "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in name)
    return safe if len(safe) <= MAX_NAME_SIGNS else safe[:MAX_NAME_SIGNS] + "…"


def first_names(names: Sequence[str]) -> list[str]:
    """The first few names, for a sentence."""
    return [*map(printable, names[:MAX_NAMES_SHOWN]), *(["…"] if len(names) > MAX_NAMES_SHOWN else [])]


def _is_passed_over(name: str) -> bool:
    """Whether a name is hidden, or one that macOS adds to zips. `..` is not hidden, merely odd."""
    return name == "__MACOSX" or (name.startswith(".") and name.strip(".") != "")
