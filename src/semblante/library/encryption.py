"""An index becomes encrypted, or plain again, as a whole, wherever the process is killed.

The key file alone says which files are the index: with it those that end with .sqlcipher, without it those
that end with .sqlite.

    to encrypt   encrypted copies are made -> the key file gets its name -> plain files are overwritten
    to decrypt   plain copies are made -> the key file loses its name -> encrypted files are overwritten

So the index that the key file says is whole at any moment; `settle` removes what a killed process left in
plain.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from semblante.errors import NotALibrary
from semblante.files import (
    exclusive_lock,
    flush_folder,
    overwrite_and_remove,
    partials_of,
    replace_when_done,
    translate_os_errors,
)
from semblante.library.key_file import (
    KEY_FILE,
    DataKey,
    check_key_file,
    check_new_passphrase,
    destroy_key,
    destroyed_key_path,
    is_encrypted,
    new_data_key,
    read_key,
    write_key,
)
from semblante.library.locations import (
    INDEX_NAME,
    MATRICES,
    THUMBNAILS_NAME,
    damaged_copies,
    database_path,
)
from semblante.library.sqlite_driver import key_text, open_database, sqlite3
from semblante.library.sqlite_schema import CorruptDatabase, translate_sqlite_errors

_NAMES: Final = (INDEX_NAME, THUMBNAILS_NAME)
_ENDINGS: Final = ("", "-wal", "-shm", "-journal")


def index_exists(folder: Path) -> bool:
    """Whether there is an index in the data folder, plain or encrypted, or a part of an encrypted one."""
    files = (database_path(folder, INDEX_NAME, encrypted) for encrypted in (False, True))
    return any(map(os.path.lexists, files)) or is_encrypted(folder)


def encrypt_index(folder: Path, passphrase: str) -> DataKey:
    """Encrypt the plain databases in the data folder, of which the caller has none open; gives the key.

    Plain copies of damaged indexes that were kept aside are removed, and so are embedding matrices. Raises
    `Locked` where another run uses the index, `InvalidOption` where the passphrase is too short, `DiskFull`,
    `FileAccessError`, or `CorruptDatabase`; unless it is encrypted then, the index is as before.
    """
    check_new_passphrase(passphrase)
    key = new_data_key()
    with exclusive_lock(folder, private=True):
        with _copied(folder, None, key):
            write_key(folder, key, passphrase)
        for path in _plain_files(folder):
            overwrite_and_remove(path)
    return key


def decrypt_index(folder: Path, key: DataKey) -> None:
    """Make the encrypted databases in the data folder plain; the caller has none of them open.

    Raises as `encrypt_index` does.
    """
    with exclusive_lock(folder, private=True):
        with _copied(folder, key, None):
            destroy_key(folder)
        for path in _database_files(folder, encrypted=True):
            overwrite_and_remove(path)


def erase_index(folder: Path, key: DataKey | None) -> None:
    """Destroy the key file, if there is one, and remove all databases; the caller has none of them open.

    Raises `Locked` where another run uses them, unless they are encrypted and no key is given; or
    `FileAccessError`.
    """
    with exclusive_lock(folder, private=True):
        encrypted = is_encrypted(folder)
        for name in _NAMES:
            path = database_path(folder, name, encrypted)
            if path.exists() and (key is not None or not encrypted):
                with contextlib.suppress(CorruptDatabase), _held(path, key):
                    pass
        if encrypted:
            destroy_key(folder)
        for path in (
            *_plain_files(folder),
            *_database_files(folder, encrypted=True),
            *damaged_copies(folder),
        ):
            overwrite_and_remove(path)


def change_passphrase(folder: Path, passphrase: str, new_passphrase: str) -> None:
    """Encrypt the data key with another passphrase; the databases stay. Raises as `read_key` does."""
    check_new_passphrase(new_passphrase)
    with exclusive_lock(folder, private=True):
        write_key(folder, read_key(folder, passphrase), new_passphrase)


def settle(folder: Path) -> None:
    """Remove what a process that was killed while it encrypted or decrypted has left in plain.

    Encrypted files without a key file stay: nobody can read them, unless a backup has the key file. Raises
    `NotALibrary` where the key file is damaged or is not together with an encrypted index, `Locked` while
    another run encrypts or decrypts, or `FileAccessError`.
    """
    with translate_os_errors(folder):
        plain, encrypted = (database_path(folder, INDEX_NAME, kind).exists() for kind in (False, True))
        if is_encrypted(folder):
            check_key_file(folder)
            if not encrypted:
                raise NotALibrary("encrypted_index_missing", path=folder)
        elif encrypted and not plain:
            raise NotALibrary("key_file_missing", path=folder)
        leftovers = _leftovers(folder)
    if leftovers:
        with exclusive_lock(folder, private=True):
            for path in _leftovers(folder):
                overwrite_and_remove(path)


def _leftovers(folder: Path) -> list[Path]:
    names = [database_path(folder, name, kind).name for name in _NAMES for kind in (False, True)]
    partials = partials_of(folder, [*names, KEY_FILE])
    destroyed = [path for path in (destroyed_key_path(folder),) if path.exists()]
    return [*(_plain_files(folder) if is_encrypted(folder) else ()), *partials, *destroyed]


def _plain_files(folder: Path) -> list[Path]:
    """All files of a plain index: nothing of them may be left beside an encrypted one."""
    plain = database_path(folder, INDEX_NAME, encrypted=False).name
    aside = [path for path in damaged_copies(folder) if path.name.startswith(plain)]
    matrices = [*folder.glob(MATRICES), *folder.glob(f".{MATRICES}.*.part")]
    return [*_database_files(folder, encrypted=False), *aside, *matrices]


def _database_files(folder: Path, encrypted: bool) -> list[Path]:
    """The databases of that kind that are there, with the files that SQLite keeps beside them."""
    paths = [database_path(folder, name, encrypted) for name in _NAMES]
    files = [path.with_name(path.name + ending) for path in paths for ending in _ENDINGS]
    return [path for path in files if path.exists()]


@contextlib.contextmanager
def _copied(folder: Path, key: DataKey | None, copies_key: DataKey | None) -> Iterator[None]:
    """Copies of all databases, encrypted with another key or none, while nobody else can change one."""
    with contextlib.ExitStack() as held:
        for name in _NAMES:
            source = database_path(folder, name, key is not None)
            try:
                if source.exists():
                    connection = held.enter_context(_held(source, key))
                    _copy(connection, database_path(folder, name, copies_key is not None), copies_key)
            except CorruptDatabase:
                # Thumbnails can be made again.
                if name == INDEX_NAME:
                    raise
        flush_folder(folder)
        yield


@contextlib.contextmanager
def _held(path: Path, key: DataKey | None) -> Iterator[sqlite3.Connection]:
    """A connection that keeps all others out until it is closed. Raises `Locked` where there is one."""
    with translate_sqlite_errors(path), contextlib.closing(open_database(path, key)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        # A connection in WAL mode holds the file for as long as it is open, so this fails where there is one.
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
        yield connection


def _copy(connection: sqlite3.Connection, target: Path, key: DataKey | None) -> None:
    with translate_sqlite_errors(target), replace_when_done(target, private=True) as partial:
        connection.execute("ATTACH DATABASE ? AS copy KEY ?", (str(partial), key_text(key)))
        try:
            # A copy that is not whole is of no use, and the file is flushed as a whole.
            connection.execute("PRAGMA copy.journal_mode = OFF")
            connection.execute("PRAGMA copy.synchronous = OFF")
            connection.execute("SELECT sqlcipher_export('copy')")
            for pragma in ("application_id", "user_version"):
                (value,) = connection.execute(f"PRAGMA main.{pragma}").fetchone()
                connection.execute(f"PRAGMA copy.{pragma} = {value}")
        finally:
            connection.execute("DETACH DATABASE copy")
