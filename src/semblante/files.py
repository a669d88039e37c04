"""Files: atomic writes, locks, hashes and disk space.

A file is written to a temporary name beside its final one and renamed when it is complete. Errors of the
operating system become errors with a code.
"""

import contextlib
import errno
import hashlib
import json
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

from semblante.errors import DiskFull, FileAccessError, Locked

LOCK_NAME = ".semblante.lock"
PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700
"""What only its owner may read, and change, on systems that know such modes."""
_PIECE_BYTES: Final = 1 << 20
REPORT_MARK = '<meta name="generator" content="Semblante">'
"""In the head of every report: it tells reports from other programs' pages."""


def atomic_write(path: Path, content: bytes | str, private: bool = False) -> None:
    """Write `content` (text as UTF-8) under its final name in one step, or not at all.

    See `replace_when_done`.
    """
    with replace_when_done(path, private) as partial:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)


def write_json(path: Path, value: Mapping[str, Any], private: bool = False) -> None:
    """Write `value` as indented UTF-8 JSON under its final name in one step, or not at all.

    See `replace_when_done`.
    """
    content = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    atomic_write(path, content + "\n", private)


@contextlib.contextmanager
def replace_when_done(path: Path, private: bool = False) -> Iterator[Path]:
    """Give a temporary path beside `path`; it takes the name `path` when the block ends without an error.

    A `private` file is its owner's alone, and so is its folder where that is made for it.
    """
    # Two threads of a process may write the same file at once, so its number would not do.
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with translate_os_errors(path, hidden=partial):
        try:
            make_folder(path.parent, PRIVATE_FOLDER if private else 0o777)
            if private:
                partial.touch(PRIVATE_FILE)
            yield partial
            with partial.open("rb+") as written:
                os.fsync(written.fileno())
            partial.replace(path)
        except BaseException:
            # What stopped the writing, such as a read-only disk, may stop this too; it is what must be told.
            with contextlib.suppress(OSError):
                partial.unlink()
            raise


def flush_folder(folder: Path) -> None:
    """See to it that new names in `folder` are there after a power cut; Windows knows no such thing."""
    if os.name == "posix":
        with translate_os_errors(folder):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def overwrite_and_remove(path: Path) -> None:
    """Overwrite the file with zeros, then remove it; none there is as good.

    A disk that writes to another place than it is told, as SSDs and copy-on-write file systems do, may keep
    what was overwritten.
    """
    with translate_os_errors(path), contextlib.suppress(FileNotFoundError):
        with path.open("rb+") as file:
            left = os.fstat(file.fileno()).st_size
            while left > 0:
                left -= file.write(bytes(min(left, _PIECE_BYTES)))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()


def partials_of(folder: Path, names: Iterable[str]) -> list[Path]:
    """What `replace_when_done` has left in `folder` of files with these names, where its run was killed.

    It may only be removed where no other run is writing them.
    """
    begins = tuple(f".{name}." for name in names)
    return [path for path in folder.glob(".*.part") if path.name.startswith(begins)]


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder of that mode, and those that it lies in, where they are missing.

    Raises `FileAccessError` or `DiskFull`.
    """
    with translate_os_errors(folder):
        try:
            folder.mkdir(mode, parents=True, exist_ok=True)
        except FileExistsError as error:
            raise FileAccessError("folder_expected", path=folder) from error


@contextlib.contextmanager
def translate_os_errors(path: Path, hidden: Path | None = None) -> Iterator[None]:
    """Turn an `OSError` of the block into `DiskFull` or `FileAccessError`.

    It names `path` if the error names no file, or only the temporary one that is to stay `hidden`.
    """
    try:
        yield
    except OSError as error:
        named = isinstance(error.filename, str) and error.filename != str(hidden)
        _translate(error, Path(error.filename) if named else path)


def _translate(error: OSError, path: Path) -> NoReturn:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        raise DiskFull("disk_full", path=path) from error
    if code := _CODES.get(error.errno or 0):
        raise FileAccessError(code, path=path) from error
    raise FileAccessError("io_error", path=path, problem=error.strerror or str(error)) from error


_CODES: Final = {
    errno.EACCES: "no_permission",
    errno.EPERM: "no_permission",
    errno.EROFS: "no_permission",
    errno.ENOTDIR: "folder_in_path_is_a_file",
    errno.ENOENT: "file_missing",
    errno.EISDIR: "folder_found",
}


def check_disk_space(folder: Path, needed_bytes: int) -> None:
    """Raise `DiskFull` unless the disk of `folder` (which need not exist yet) has `needed_bytes` free."""
    existing = next(parent for parent in [folder.absolute(), *folder.absolute().parents] if parent.exists())
    free_bytes = shutil.disk_usage(existing).free
    if free_bytes < needed_bytes:
        needed_mb, free_mb = -(-needed_bytes // 1_000_000), free_bytes // 1_000_000
        raise DiskFull("disk_too_small", path=folder, needed_mb=needed_mb, free_mb=free_mb)


@contextlib.contextmanager
def exclusive_lock(folder: Path, private: bool = False) -> Iterator[None]:
    """Hold `folder` (made if missing) for this process alone; a second run gets `Locked`.

    The operating system frees the lock when the process ends, however it ends. What is made is `private` as
    in `replace_when_done`: then no other user can hold the lock.
    """
    make_folder(folder, PRIVATE_FOLDER if private else 0o777)
    with translate_os_errors(folder, hidden=folder / LOCK_NAME):
        if private and not (folder / LOCK_NAME).exists():
            (folder / LOCK_NAME).touch(PRIVATE_FILE)
        lock = (folder / LOCK_NAME).open("a+b")
    with lock:
        try:
            _lock(lock.fileno())
        except OSError as error:
            raise Locked("locked", path=folder) from error
        yield
        # Kept on disk: removing it would let a third run lock a new file while a second waits on this one.


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def sha256_of(path: Path, check: Callable[[], None] | None = None) -> str:
    """The file's SHA-256 in hexadecimal. `check` is called after each MiB and may raise to stop it."""
    digest = hashlib.sha256()
    with translate_os_errors(path), path.open("rb") as content:
        while piece := content.read(_PIECE_BYTES):
            digest.update(piece)
            if check is not None:
                check()
    return digest.hexdigest()
