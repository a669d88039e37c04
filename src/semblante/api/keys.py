"""Keys by which programs are let in: only their hashes are kept, and each says how far it goes.

A key is 256 random bits, so a plain SHA-256 keeps it: nobody can try them all.
"""

import hashlib
import secrets
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from semblante.errors import FileAccessError, Refused
from semblante.files import atomic_write, translate_os_errors

KeyScope = Literal["read", "write", "admin"]
"""How far a caller goes: asking; also changing people and photos; also keys and vault."""
SCOPES: Final[tuple[KeyScope, ...]] = get_args(KeyScope)
FILE_NAME: Final = "service-keys.json"
_MARK: Final = "semblante_"
"""How a key begins, so that tools that look for secrets in files know it."""


class Key(BaseModel):
    """A key as it is kept: `id` names it, `sha256` is all that is known of its secret."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: str
    scope: KeyScope
    created: datetime
    sha256: str


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["semblante service keys 1"] = "semblante service keys 1"
    keys: tuple[Key, ...] = ()


def goes_as_far(scope: KeyScope, needed: KeyScope) -> bool:
    """Whether a caller of this scope may do what needs another."""
    return SCOPES.index(scope) >= SCOPES.index(needed)


class KeyStore:
    """The keys of a data folder, in a file that only its owner reads; another process may change it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._lock = threading.Lock()
        self._for_this_run: list[Key] = []
        self._read: tuple[tuple[int, int], tuple[Key, ...]] | None = None

    def keys(self) -> tuple[Key, ...]:
        """The keys that are kept, the oldest first.

        Raises `FileAccessError` where the file cannot be read, or is not one of keys.
        """
        with self._lock:
            return self._kept()

    def create(self, name: str, scope: KeyScope) -> tuple[Key, str]:
        """A new key, and its secret, which nobody can be told again."""
        key, secret = _new(name, scope)
        with self._lock:
            self._write((*self._kept(), key))
        return key, secret

    def create_for_this_run(self, name: str, scope: KeyScope) -> str:
        """The secret of a key that is written nowhere, and ends with the process."""
        key, secret = _new(name, scope)
        self._for_this_run.append(key)
        return secret

    def revoke(self, key_id: str) -> None:
        """Let a key in no more. Raises `Refused` where there is none of this number."""
        with self._lock:
            kept = self._kept()
            rest = tuple(key for key in kept if key.id != key_id)
            if len(rest) == len(kept):
                raise Refused("key_unknown")
            self._write(rest)

    def revoke_all(self) -> None:
        """Let nobody in any more by a key that is kept."""
        with self._lock, translate_os_errors(self._path):
            self._path.unlink(missing_ok=True)

    def find(self, secret: str) -> Key | None:
        """The key with this secret."""
        asked = _hash(secret)
        return next((key for key in (*self.keys(), *self._for_this_run) if key.sha256 == asked), None)

    def _kept(self) -> tuple[Key, ...]:
        try:
            with translate_os_errors(self._path):
                stamp = self._path.stat()
                changed = (stamp.st_mtime_ns, stamp.st_ino)
                if self._read is None or self._read[0] != changed:
                    self._read = (changed, _File.model_validate_json(self._path.read_bytes()).keys)
        except FileAccessError as error:
            if error.code == "file_missing":
                return ()
            raise
        except ValidationError as error:
            raise FileAccessError("keys_damaged", path=self._path) from error
        return self._read[1]

    def _write(self, keys: tuple[Key, ...]) -> None:
        atomic_write(self._path, _File(keys=keys).model_dump_json(indent=2) + "\n", private=True)


def _new(name: str, scope: KeyScope) -> tuple[Key, str]:
    secret = _MARK + secrets.token_urlsafe(32)
    key = Key(
        id=secrets.token_hex(8), name=name, scope=scope, created=datetime.now(UTC), sha256=_hash(secret)
    )
    return key, secret


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
