"""`/vault`: whether the library is encrypted and locked; a passphrase for it, lock and unlock."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, SecretStr, StrictInt

from semblante.api.engine import Engine, TheEngine
from semblante.api.schemas import Schema
from semblante.pipeline import MIN_PASSPHRASE_LENGTH

router = APIRouter(prefix="/vault", tags=["vault"])

Passphrase = Annotated[SecretStr, Field(max_length=1000)]


class PassphraseIn(Schema):
    """The passphrase of the library."""

    passphrase: Passphrase


class NewPassphrase(Schema):
    """The passphrase that the library is to have, and the one that it has if it is encrypted."""

    passphrase: Annotated[Passphrase, Field(json_schema_extra={"minLength": MIN_PASSPHRASE_LENGTH})]
    current: Passphrase | None = None


class AutoLockIn(Schema):
    """After how many minutes without use an encrypted library is locked."""

    auto_lock_minutes: Annotated[StrictInt, Field(ge=1, le=1440)]


class VaultOut(Schema):
    """Whether index and thumbnails are encrypted, and whether they wait for their passphrase.

    They are locked once they were not used for so many minutes.
    """

    encrypted: bool
    locked: bool
    auto_lock_minutes: int


@router.get("")
async def show_vault(engine: TheEngine) -> VaultOut:
    """Say whether the library is encrypted, and whether it is locked."""
    return await _done(engine, lambda: None)


@router.put("")
async def set_passphrase(given: NewPassphrase, engine: TheEngine) -> VaultOut:
    """Encrypt the library, or with `current` give it another passphrase; a lost one loses the library."""

    def set_it() -> None:
        vault, passphrase = engine.library.vault, given.passphrase.get_secret_value()
        if given.current is None:
            vault.encrypt(passphrase)
        else:
            with engine.passphrases.one():
                vault.change_passphrase(given.current.get_secret_value(), passphrase)

    return await _done(engine, set_it)


@router.patch("")
async def choose_auto_lock(wanted: AutoLockIn, engine: TheEngine) -> VaultOut:
    """Choose after how many minutes without use the library is locked, also when it is started again."""
    return await _done(engine, lambda: engine.library.lock_when_idle(wanted.auto_lock_minutes))


@router.post("/lock")
async def lock_library(engine: TheEngine) -> VaultOut:
    """Let go of the key: what needs the library answers 423 until it is unlocked.

    Cameras and jobs end, and what they and answers said is forgotten.
    """
    return await _done(engine, lambda: engine.library.vault.lock())


@router.post("/unlock")
async def unlock_library(given: PassphraseIn, engine: TheEngine) -> VaultOut:
    """Open the library with its passphrase; 429 after several wrong ones, until `Retry-After` is over."""

    def unlock() -> None:
        with engine.passphrases.one():
            engine.library.vault.unlock(given.passphrase.get_secret_value())

    return await _done(engine, unlock)


@router.post("/decrypt")
async def decrypt_library(given: PassphraseIn, engine: TheEngine) -> VaultOut:
    """Take the encryption off again; wrong passphrases are answered as `/vault/unlock` answers them."""

    def decrypt() -> None:
        with engine.passphrases.one():
            engine.library.vault.decrypt(given.passphrase.get_secret_value())

    return await _done(engine, decrypt)


async def _done(engine: Engine, change: Callable[[], None]) -> VaultOut:
    def do() -> VaultOut:
        change()
        vault = engine.library.vault
        return VaultOut(
            encrypted=vault.is_encrypted,
            locked=vault.is_locked,
            auto_lock_minutes=engine.library.auto_lock_minutes,
        )

    return await engine.run(do)
