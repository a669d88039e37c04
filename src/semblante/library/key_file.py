"""The key file of an encrypted index: its data key, itself encrypted with a key made of a passphrase.

    passphrase --scrypt--> wrapping key --AES-256-GCM--> data key --SQLCipher--> pages of the index

The data key is random and never changes, so another passphrase rewrites this file alone, and whoever destroys
this file erases all that the data key encrypts. A checksum over it tells damage from a wrong passphrase.
"""

import hashlib
import json
import os
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from semblante.errors import InvalidOption, NotALibrary, VaultLocked
from semblante.files import flush_folder, overwrite_and_remove, translate_os_errors, write_json

KEY_FILE: Final = "library.key"
FORMAT: Final = "semblante key 1"
MIN_PASSPHRASE_LENGTH: Final = 8
SCRYPT_COST: Final = 2**17
"""The parameter N: with r = 8, a guess takes 128 MiB of memory and about half a second of one core."""
_MAX_SCRYPT_COST: Final = 2**20
_MAX_FILE_BYTES: Final = 4096
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


@dataclass(frozen=True)
class DataKey:
    """What encrypts the files of an index: 32 random bytes, which neither text nor log shows."""

    value: bytes = field(repr=False)


@dataclass(frozen=True)
class _Sealed:
    """A key file: scrypt's salt and cost, and the data key encrypted with the nonce."""

    salt: bytes
    cost: int
    nonce: bytes
    wrapped_key: bytes


def new_data_key() -> DataKey:
    """A random key."""
    return DataKey(secrets.token_bytes(_KEY_BYTES))


def key_path(folder: Path) -> Path:
    """Where the key file of the data folder lies."""
    return folder / KEY_FILE


def destroyed_key_path(folder: Path) -> Path:
    """What `destroy_key` calls the key file before it overwrites it."""
    return folder / f"{KEY_FILE}.destroyed"


def is_encrypted(folder: Path) -> bool:
    """Whether the index in the data folder is encrypted: it has a key file."""
    return os.path.lexists(key_path(folder))


def check_new_passphrase(passphrase: str) -> None:
    """Raise `InvalidOption` where a new passphrase is too short."""
    if len(passphrase) < MIN_PASSPHRASE_LENGTH:
        raise InvalidOption("passphrase_too_short", least=MIN_PASSPHRASE_LENGTH)


def write_key(folder: Path, key: DataKey, passphrase: str) -> None:
    """Write the key file, in one step in place of another; it is on the disk when this returns.

    Raises `InvalidOption` where the passphrase is too short, `FileAccessError` or `DiskFull`.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    check_new_passphrase(passphrase)
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(_NONCE_BYTES)
    wrapping_key = _wrapping_key(passphrase, salt, SCRYPT_COST)
    fields = {
        "format": FORMAT,
        "scrypt_salt": salt.hex(),
        "scrypt_cost": SCRYPT_COST,
        "nonce": nonce.hex(),
        "wrapped_key": AESGCM(wrapping_key).encrypt(nonce, key.value, FORMAT.encode()).hex(),
    }
    write_json(key_path(folder), {**fields, "sha256": _sha256(fields)}, private=True)
    flush_folder(folder)


def read_key(folder: Path, passphrase: str) -> DataKey:
    """The data key of the folder.

    Raises `VaultLocked` where the passphrase is another one, and `NotALibrary` as `check_key_file` does.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    sealed = _sealed(key_path(folder))
    wrapping_key = _wrapping_key(passphrase, sealed.salt, sealed.cost)
    try:
        return DataKey(AESGCM(wrapping_key).decrypt(sealed.nonce, sealed.wrapped_key, FORMAT.encode()))
    except InvalidTag:
        raise VaultLocked("passphrase_wrong") from None


def check_key_file(folder: Path) -> None:
    """Raise `NotALibrary` where the key file is damaged or of a newer version; no passphrase is needed."""
    _sealed(key_path(folder))


def destroy_key(folder: Path) -> None:
    """Destroy the key file: nobody can read any more what its key encrypts.

    It loses its name first, in one step, so that a half-destroyed file never passes for the key file.
    """
    path = key_path(folder)
    with translate_os_errors(path):
        path.replace(destroyed_key_path(folder))
    flush_folder(folder)
    overwrite_and_remove(destroyed_key_path(folder))


def _wrapping_key(passphrase: str, salt: bytes, cost: int) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    # One passphrase has several forms in Unicode; which of them is typed depends on the system.
    secret = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    return Scrypt(salt=salt, length=_KEY_BYTES, n=cost, r=8, p=1).derive(secret)


def _sealed(path: Path) -> _Sealed:
    """The key file, if it is whole."""
    with translate_os_errors(path), path.open("rb") as file:
        content = file.read(_MAX_FILE_BYTES)
    try:
        fields = json.loads(content)
        checksum = fields.pop("sha256")
        if checksum != _sha256(fields):
            raise ValueError("checksum")
        if fields["format"] != FORMAT:
            raise NotALibrary("key_file_newer", path=path)
        sealed = _Sealed(
            bytes.fromhex(fields["scrypt_salt"]),
            fields["scrypt_cost"],
            bytes.fromhex(fields["nonce"]),
            bytes.fromhex(fields["wrapped_key"]),
        )
        # A cost out of bounds would take all memory before the passphrase is found to be wrong.
        costs = {2**power for power in range(1, _MAX_SCRYPT_COST.bit_length())}
        if type(sealed.cost) is not int or sealed.cost not in costs or len(sealed.nonce) != _NONCE_BYTES:
            raise ValueError("cost or nonce")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotALibrary("key_file_damaged", path=path) from error
    return sealed


def _sha256(fields: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
