"""`Vault`: the lock of a data folder. It knows whether the databases are encrypted, and holds their key."""

import contextlib
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, runtime_checkable

from semblante.closing import Closing
from semblante.errors import InvalidOption, Locked, NotALibrary, VaultLocked
from semblante.library import encryption
from semblante.library.key_file import DataKey, is_encrypted, read_key
from semblante.library.locations import INDEX_NAME, database_path
from semblante.library.sqlite_schema import CorruptDatabase, is_first_page_sound


@runtime_checkable
class Holder(Protocol):
    """What holds files of the data folder open, or what they say in memory."""

    def released(self) -> AbstractContextManager[None]:
        """Hold nothing for the time of the block, and let nobody else begin to."""


class Vault(Closing):
    """The lock of the data folder `folder`; any thread may use it.

    Encrypted databases are locked until `unlock` has their passphrase: what needs them raises `VaultLocked`.
    A lost passphrase loses them: there is no other way to the key.

    Raises `NotALibrary` where the key file is damaged, or is not together with an encrypted index, and
    `Locked` while another run encrypts or decrypts.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.last_used_s = time.monotonic()
        self._holders: list[weakref.ref[Holder]] = []
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._key: DataKey | None = None
        encryption.settle(folder)
        self.is_encrypted = is_encrypted(folder)

    @property
    def is_locked(self) -> bool:
        """Whether the databases wait for their passphrase."""
        return self.is_encrypted and self._key is None

    @property
    def key(self) -> DataKey | None:
        """What the databases are opened with, None where they are plain. Raises `VaultLocked`."""
        self.check_unlocked()
        return self._key

    def check_unlocked(self) -> None:
        """Raise `VaultLocked` where the databases wait for their passphrase."""
        if self.is_locked:
            raise VaultLocked("index_locked", path=self.folder)

    def path_of(self, name: str) -> Path:
        """Where the database of this name lies, as they are encrypted or not."""
        return database_path(self.folder, name, self.is_encrypted)

    def hold(self, holder: Holder) -> None:
        """From now on, release `holder` when the databases are locked or change their kind.

        What asks another holder is given after it, and released before it.
        """
        self._holders = [each for each in self._holders if each()] + [weakref.ref(holder)]

    def note_use(self) -> None:
        """Somebody uses what the databases told; they are idle only some time after that."""
        self.last_used_s = time.monotonic()

    def check_current(self) -> None:
        """Raise `Locked` where another run has encrypted or decrypted the databases meanwhile."""
        if is_encrypted(self.folder) != self.is_encrypted:
            raise Locked("index_in_use", path=self.folder)

    def encrypt(self, passphrase: str) -> None:
        """Encrypt the databases, and leave nothing of them in plain; they stay open.

        Embedding matrices and plain copies of damaged indexes that were kept aside are removed. Journals of
        sorts, reports and person files stay as they are. Raises `InvalidOption` where the passphrase is too
        short or the databases are encrypted already, `Locked` where another run uses them, `NotALibrary`
        where pages are damaged, `DiskFull` or `FileAccessError`.
        """
        with self._changing():
            if self.is_encrypted:
                raise InvalidOption("index_encrypted_already", path=self.folder)
            self._key = encryption.encrypt_index(self.folder, passphrase)

    def decrypt(self, passphrase: str) -> None:
        """Make the databases plain again; otherwise as `encrypt`. Raises `VaultLocked` besides."""
        with self._changing():
            self._check_encrypted()
            self._key = key = read_key(self.folder, passphrase)
            encryption.decrypt_index(self.folder, key)

    @contextlib.contextmanager
    def erased(self) -> Iterator[None]:
        """Destroy key and databases, for which no passphrase is needed; after the block, empty ones begin.

        Raises `Locked` where another run uses them, as far as that can be known, or `FileAccessError`.
        """
        with self._changing():
            encryption.erase_index(self.folder, self._key)
            yield

    def change_passphrase(self, passphrase: str, new_passphrase: str) -> None:
        """Give the databases another passphrase: a small file is written, whatever their size.

        A copy of that file from before still opens with the old one. Raises `VaultLocked` where `passphrase`
        is not the one of now, and `InvalidOption` where the new one is too short.
        """
        with self._lock:
            self._check_encrypted()
            encryption.change_passphrase(self.folder, passphrase, new_passphrase)

    def unlock(self, passphrase: str) -> None:
        """Open the databases.

        Raises `VaultLocked` where the passphrase is another one, `InvalidOption` where nothing is encrypted,
        and `NotALibrary` where the key file is damaged or belongs to another index.
        """
        with self.released():
            self._check_encrypted()
            key, index = read_key(self.folder, passphrase), self.path_of(INDEX_NAME)
            if not is_first_page_sound(index, key):
                raise NotALibrary("index_not_of_this_key", path=index)
            self._key = key

    def lock(self) -> None:
        """Let go of the key and what is in memory. Raises `InvalidOption` where nothing is encrypted."""
        with self.released():
            self._check_encrypted()
            self._key = None

    def lock_when_idle(self, idle_s: float) -> None:
        """From now on until `close`, lock the databases whenever they were not used for so many seconds."""
        self._stop.set()
        self._stop = threading.Event()
        threading.Thread(target=self._watch, args=(idle_s, self._stop), daemon=True).start()

    def close(self) -> None:
        """Lock no more by itself, and let go of the key; a second time does nothing."""
        self._stop.set()
        self._key = None

    def _watch(self, idle_s: float, stop: threading.Event) -> None:
        left_s = idle_s
        while not stop.wait(left_s):
            if self._idle_s() >= idle_s and self.is_encrypted:
                with self.released():
                    # What was in use until now has ended only here.
                    if self._idle_s() >= idle_s:
                        self._key = None
            left_s = max(idle_s - self._idle_s(), 0) or idle_s

    def _idle_s(self) -> float:
        return time.monotonic() - self.last_used_s

    def _check_encrypted(self) -> None:
        if not self.is_encrypted:
            raise InvalidOption("index_not_encrypted", path=self.folder)

    @contextlib.contextmanager
    def released(self) -> Iterator[None]:
        """Nothing in this process has a database open in the block, and other threads wait for its end."""
        with self._lock, contextlib.ExitStack() as released:
            for holder in [each() for each in reversed(self._holders)]:
                if holder is not None:
                    released.enter_context(holder.released())
            yield

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        """The databases may change their kind in the block."""
        with self.released():
            try:
                yield
            except CorruptDatabase as error:
                raise NotALibrary("index_damaged_in_part", path=self.path_of(INDEX_NAME)) from error
            finally:
                self.is_encrypted = is_encrypted(self.folder)
                if not self.is_encrypted:
                    self._key = None
