"""One photo gets a copy, a hard link or a symbolic link in another folder, or a sidecar beside it.

A photo is only ever opened for reading. Each action is written into the journal before and after it.
"""

import contextlib
import errno
import hashlib
import itertools
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from semblante.errors import BadImage, FileAccessError
from semblante.files import replace_when_done, sha256_of, translate_os_errors
from semblante.jobs import SILENT, JobContext
from semblante.organize.journal import How, Journal, Step

_PIECE_BYTES = 1 << 20
_MAX_NAME_BYTES = 240
"""Most disks take 255, of which the name of an unfinished copy needs some more."""
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}


class TargetNames:
    """Names in a folder. What a rehearsal has promised counts as being there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._promised: dict[Path, str] = {}

    def choose(self, photo: Path, sha256: str) -> tuple[Path, bool]:
        """The path for `photo` in the folder, and whether the same content is there already.

        Where another content has the name, it becomes `name (2).jpg`, and so on. Raises `BadImage` where the
        name is too long.
        """
        with _of_photo():
            size_bytes = photo.stat().st_size
        for number in itertools.count(1):
            name = photo.name if number == 1 else f"{photo.stem} ({number}){photo.suffix}"
            if is_too_long(name):
                raise BadImage("name_too_long_for_copy")
            path = self._folder / name
            held = self._promised.get(path) or self._held(path, size_bytes)
            if held is None or held == sha256:
                return path, held is not None
        raise AssertionError  # Counting does not end.

    def promise(self, path: Path, sha256: str) -> None:
        """Suppose from now on that there is a file at `path` with that content."""
        self._promised[path] = sha256

    def _held(self, path: Path, size_bytes: int) -> str | None:
        """The hash of what is at `path`, "" if it is no file of that size; None where nothing is."""
        with translate_os_errors(path):
            if not os.path.lexists(path):
                return None
            is_like = path.is_file() and path.stat().st_size == size_bytes
        return sha256_of(path) if is_like else ""


def is_too_long(name: str) -> bool:
    """Whether no file can be written under this name."""
    return len(os.fsencode(name)) > _MAX_NAME_BYTES


def check_unchanged(photo: Path, sha256: str, job: JobContext = SILENT) -> None:
    """Raise `BadImage` where `photo` cannot be read, or no longer is what was scanned."""
    if _hash_of(photo, job) != sha256:
        raise BadImage("changed_since_scan")


def is_same(path: Path, sha256: str | None) -> bool:
    """Whether `path` is a file with that content; not where it cannot be read."""
    try:
        return path.is_file() and sha256_of(path) == sha256
    except FileAccessError:
        return False


def make_folder(folder: Path, journal: Journal) -> None:
    """Make `folder` and those above it that are missing."""
    with translate_os_errors(folder):
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            number = journal.intend(Step("folder", each))
            each.mkdir()
            journal.done(number)


def transfer_photo(
    how: How, photo: Path, sha256: str, target: Path, journal: Journal, job: JobContext = SILENT
) -> None:
    """Make `target`, which is free, out of `photo`.

    Raises `BadImage` where the photo is not what was scanned, `DiskFull` or `FileAccessError` where the
    target cannot be made, and `Cancelled`. There is then nothing at `target`.
    """
    if how == "copy":
        _copy(photo, sha256, target, journal, job)
        return
    check_unchanged(photo, sha256, job)
    if how == "hardlink":
        _hard_link(photo, target, journal)
    else:
        _symbolic_link(photo, target, journal)


def write_sidecar(photo: Path, before: bytes | None, after: bytes, target: Path, journal: Journal) -> None:
    """Make the sidecar `target` hold `after`, where it held `before`, which is kept."""
    kept = journal.keep(before) if before is not None else None
    with replace_when_done(target) as partial:
        step = Step(
            "sidecar",
            target,
            photo,
            partial,
            hashlib.sha256(after).hexdigest(),
            before_sha256=hashlib.sha256(before).hexdigest() if before is not None else None,
            kept=kept,
        )
        number = journal.intend(step)
        fill(partial, after, target)
    journal.done(number)


def fill(partial: Path, content: bytes, target: Path) -> None:
    """Write `content` into the new file `partial`, which is to take the place and the rights of `target`."""
    partial.unlink(missing_ok=True)
    with partial.open("xb") as written:
        written.write(content)
    if target.exists():
        shutil.copymode(target, partial)


def _copy(photo: Path, sha256: str, target: Path, journal: Journal, job: JobContext) -> None:
    with replace_when_done(target) as partial:
        number = journal.intend(Step("copy", target, photo, partial, sha256))
        # What a killed run left under this name goes; it is never opened, only its name is removed.
        partial.unlink(missing_ok=True)
        digest = hashlib.sha256()
        with partial.open("xb") as written:
            for piece in _pieces(photo, job):
                digest.update(piece)
                written.write(piece)
        if digest.hexdigest() != sha256:
            raise BadImage("changed_since_scan")
        with _of_photo():
            status = photo.stat()
        partial.chmod(stat.S_IMODE(status.st_mode) | stat.S_IWUSR)
        os.utime(partial, ns=(status.st_atime_ns, status.st_mtime_ns))
        if os.path.lexists(target):
            raise _just_taken(target)
    journal.done(number)


def _hard_link(photo: Path, target: Path, journal: Journal) -> None:
    with _of_photo():
        # Of a symbolic link, the photo itself gets the name.
        real = photo.resolve(strict=True)
        status = real.stat()
    number = journal.intend(Step("hardlink", target, photo, inode=(status.st_dev, status.st_ino)))
    with translate_os_errors(target):
        try:
            os.link(real, target)
        except FileExistsError as error:
            raise _just_taken(target) from error
        except OSError as error:
            if error.errno == errno.EXDEV:
                raise FileAccessError("different_disks", photo=photo, folder=target.parent) from error
            if error.errno in _NO_LINKS:
                raise FileAccessError("no_hard_links", path=target) from error
            raise
    journal.done(number)


def _symbolic_link(photo: Path, target: Path, journal: Journal) -> None:
    number = journal.intend(Step("symlink", target, photo.absolute()))
    with translate_os_errors(target):
        try:
            target.symlink_to(photo.absolute())
        except FileExistsError as error:
            raise _just_taken(target) from error
        except (OSError, NotImplementedError) as error:
            # Windows asks for a right that few have; it has a number of its own for that.
            if isinstance(error, OSError) and (
                error.errno not in _NO_LINKS and getattr(error, "winerror", None) != 1314
            ):
                raise
            raise FileAccessError("no_symbolic_links", path=target) from error
    journal.done(number)


def _just_taken(target: Path) -> FileAccessError:
    return FileAccessError("just_written_by_another", path=target)


def _hash_of(photo: Path, job: JobContext) -> str:
    digest = hashlib.sha256()
    for piece in _pieces(photo, job):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(photo: Path, job: JobContext) -> Iterator[bytes]:
    with _of_photo(), photo.open("rb") as content:
        while piece := content.read(_PIECE_BYTES):
            job.check()
            yield piece


@contextlib.contextmanager
def _of_photo() -> Iterator[None]:
    """What fails in reading a photo is about that photo only; the others go on."""
    try:
        yield
    except FileNotFoundError as error:
        raise BadImage("gone_since_scan") from error
    except OSError as error:
        raise BadImage("photo_unreadable", problem=error.strerror or str(error)) from error
