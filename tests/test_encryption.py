"""An index is encrypted, locked, made plain; damage, wrong passphrase and changed pages are told apart."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from encrypted_store import (
    NAME,
    PASSPHRASE,
    cheap_scrypt,  # noqa: F401 (a fixture)
    fill,
    is_whole,
    shows_traces,
)
from sentences import raises

from semblante.errors import FileAccessError, InvalidOption, Locked, NotALibrary, VaultLocked
from semblante.library import SqliteStore, encryption, key_file, sqlite_file
from semblante.library.sqlite_driver import open_database, sqlite3
from semblante.library.sqlite_schema import Schema, connect

PAGE_BYTES = 4096


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_file, "SCRYPT_COST", 2)
        with SqliteStore(tmp_path_factory.mktemp("made")) as store:
            fill(store)
            assert shows_traces(store.folder)
            store.vault.encrypt(PASSPHRASE)
            assert is_whole(store) and store.path.name == "library.sqlcipher"
    return store.folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A data folder with an encrypted index."""
    return Path(shutil.copytree(made, tmp_path / "data"))


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith(".semblante"))


def test_nothing_is_left_in_plain(folder: Path) -> None:
    assert files(folder) == ["library.key", "library.sqlcipher"]
    assert shows_traces(folder) == []
    with SqliteStore(folder) as store:
        store.vault.unlock(PASSPHRASE)
        assert is_whole(store)
        store.keep_person("{}", "Bo", [])
        assert shows_traces(folder) == [], "neither in the log beside the file"
        store.compact()
        assert store.names() == (NAME, "Bo")


def test_it_is_locked_until_it_has_the_passphrase(folder: Path) -> None:
    with SqliteStore(folder) as store:
        assert store.vault.is_encrypted and store.vault.is_locked
        for ask in (store.names, store.bases, store.check_writable, store.compact):
            with raises(VaultLocked, match="encrypted; its passphrase unlocks it"):
                ask()
        with raises(VaultLocked, match="the passphrase is wrong"):
            store.vault.unlock(PASSPHRASE.upper())
        assert store.vault.is_locked
        store.vault.unlock(PASSPHRASE)
        assert not store.vault.is_locked and is_whole(store)
        store.vault.lock()
        with raises(VaultLocked):
            store.names()
        store.vault.unlock(PASSPHRASE)
        store.vault.unlock(PASSPHRASE)
        assert is_whole(store)
    with raises(FileAccessError, match="closed"):
        store.names()


def test_any_form_of_the_same_letters_is_the_passphrase(tmp_path: Path) -> None:
    with SqliteStore(tmp_path) as store:
        store.vault.encrypt("contraseña")
        store.vault.lock()
        store.vault.unlock("contrasen\N{COMBINING TILDE}a")


def test_another_passphrase_leaves_the_pages_as_they_are(folder: Path) -> None:
    before = (folder / "library.sqlcipher").read_bytes()
    with SqliteStore(folder) as store:
        with raises(VaultLocked, match="wrong"):
            store.vault.change_passphrase("not the passphrase", "another passphrase")
        with raises(InvalidOption, match="at least 8 characters"):
            store.vault.change_passphrase(PASSPHRASE, "short")
        store.vault.change_passphrase(PASSPHRASE, "another passphrase")
        with raises(VaultLocked, match="wrong"):
            store.vault.unlock(PASSPHRASE)
        store.vault.unlock("another passphrase")
        assert is_whole(store)
    assert (folder / "library.sqlcipher").read_bytes() == before


def test_it_becomes_plain_again(folder: Path) -> None:
    with SqliteStore(folder) as store:
        with raises(VaultLocked, match="wrong"):
            store.vault.decrypt("not the passphrase")
        store.vault.decrypt(PASSPHRASE)
        assert is_whole(store) and not store.vault.is_encrypted
    assert files(folder) == ["library.sqlite"]
    with SqliteStore(folder) as store:
        assert is_whole(store)
        for refused in (
            store.vault.lock,
            lambda: store.vault.unlock(PASSPHRASE),
            lambda: store.vault.decrypt(PASSPHRASE),
        ):
            with raises(InvalidOption, match="the index is not encrypted"):
                refused()


def test_the_copy_is_the_same_database(folder: Path, tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "plain") as store:
        fill(store)
        with store.asking() as connection:
            schema = connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
            versions = [connection.execute(f"PRAGMA {each}_version").fetchone() for each in ("user",)]
    with SqliteStore(folder) as store:
        store.vault.unlock(PASSPHRASE)
        with store.asking() as connection:
            assert (
                connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall() == schema
            )
            assert [connection.execute("PRAGMA user_version").fetchone()] == versions
            assert connection.execute("PRAGMA cipher_integrity_check").fetchall() == []
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_cannot_be_encrypted(folder: Path, tmp_path: Path) -> None:
    with SqliteStore(folder) as store:
        store.vault.unlock(PASSPHRASE)
        with raises(InvalidOption, match="encrypted already"):
            store.vault.encrypt(PASSPHRASE)
        assert is_whole(store)
    with SqliteStore(tmp_path / "plain") as store:
        fill(store)
        with raises(InvalidOption, match="at least 8 characters"):
            store.vault.encrypt("1234567")
        with SqliteStore(store.folder), raises(Locked, match="another run is using the index"):
            store.vault.encrypt(PASSPHRASE)
        assert is_whole(store) and files(store.folder)[0] == "library.sqlite"


def test_thumbnails_are_encrypted_too(tmp_path: Path) -> None:
    with SqliteStore(tmp_path) as store:
        thumbnails = open_database(tmp_path / "thumbnails.sqlite", None)
        thumbnails.execute("CREATE TABLE thumbnails (jpeg)")
        thumbnails.execute("INSERT INTO thumbnails VALUES (?)", (b"a face" * 10,))
        thumbnails.close()
        (tmp_path / "faces-abab.matrix").write_bytes(b"embeddings")
        (tmp_path / "library.sqlite.corrupt-1").write_bytes(b"embeddings")
        store.vault.encrypt(PASSPHRASE)
        expected = ["library.key", "library.sqlcipher", "thumbnails.sqlcipher"]
        assert [name for name in files(tmp_path) if not name.endswith(("-wal", "-shm"))] == expected
        assert b"a face" not in (tmp_path / "thumbnails.sqlcipher").read_bytes()
        store.vault.decrypt(PASSPHRASE)
    with open_database(tmp_path / "thumbnails.sqlite", None) as plain:
        assert plain.execute("SELECT jpeg FROM thumbnails").fetchone() == (b"a face" * 10,)
    plain.close()


def test_damaged_thumbnails_are_left_behind(tmp_path: Path) -> None:
    (tmp_path / "thumbnails.sqlite").write_bytes(b"no database" * 1000)
    with SqliteStore(tmp_path) as store:
        fill(store)
        store.vault.encrypt(PASSPHRASE)
        assert is_whole(store)
    assert files(tmp_path) == ["library.key", "library.sqlcipher"]


def changed(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("at", [5, 60, 120, 200, -10], ids=str)
def test_a_damaged_key_file_is_no_wrong_passphrase(at: int, folder: Path) -> None:
    changed(folder / "library.key", at)
    with raises(NotALibrary, match="the key file is damaged"):
        SqliteStore(folder)
    changed(folder / "library.key", at)
    with SqliteStore(folder) as store:
        store.vault.unlock(PASSPHRASE)
        assert is_whole(store)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"format": "semblante key 2"}, "key_file_newer"),
        ({"scrypt_cost": 2**40}, "key_file_damaged"),
        ({"scrypt_cost": True}, "key_file_damaged"),
        ({"scrypt_salt": "none"}, "key_file_damaged"),
        ({"nonce": "00"}, "key_file_damaged"),
    ],
)
def test_a_key_file_that_somebody_wrote(fields: dict[str, object], code: str, folder: Path) -> None:
    held = json.loads((folder / "library.key").read_text())
    del held["sha256"]
    held |= fields
    (folder / "library.key").write_text(json.dumps({**held, "sha256": key_file._sha256(held)}))
    with pytest.raises(NotALibrary, match=code):
        key_file.read_key(folder, PASSPHRASE)


@pytest.mark.parametrize("content", [b"", b"[]", b"1", b"[" * 4000, b"\xff"], ids=str)
def test_a_key_file_that_is_none(content: bytes, folder: Path) -> None:
    (folder / "library.key").write_bytes(content)
    with pytest.raises(NotALibrary, match="key_file_damaged"):
        SqliteStore(folder)


def test_a_first_page_that_was_changed_moves_nothing(folder: Path) -> None:
    changed(folder / "library.sqlcipher", 100)
    before = files(folder)
    with SqliteStore(folder) as store:
        with raises(NotALibrary, match="the first page of the index does not authenticate"):
            store.vault.unlock(PASSPHRASE)
        assert store.vault.is_locked
        changed(folder / "library.sqlcipher", 100)
        store.vault.unlock(PASSPHRASE)
        assert is_whole(store)
    assert files(folder) == before


def test_later_pages_that_were_changed(folder: Path) -> None:
    with SqliteStore(folder) as store:
        store.vault.unlock(PASSPHRASE)
        with store.asking() as connection:
            (page,) = connection.execute(
                "SELECT rootpage FROM sqlite_schema WHERE name = 'photos'"
            ).fetchone()
    changed(folder / "library.sqlcipher", (page - 1) * PAGE_BYTES + 7)
    with SqliteStore(folder) as store:
        store.vault.unlock(PASSPHRASE)
        with raises(
            NotALibrary, match="damaged, or were changed without its key; it is kept as library.sqlci"
        ):
            store.photo_counts()
    with SqliteStore(folder) as store:
        store.vault.unlock(PASSPHRASE)
        assert (store.names(), store.photo_counts()) == ((NAME,), (0, 0)), "the person's pages were whole"
    assert shows_traces(folder) == []


def test_the_key_file_of_another_index(folder: Path, tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "other") as other:
        other.vault.encrypt(PASSPHRASE)
    (folder / "library.key").write_bytes((tmp_path / "other" / "library.key").read_bytes())
    with SqliteStore(folder) as store, raises(NotALibrary, match="belongs to another index"):
        store.vault.unlock(PASSPHRASE)


def test_one_part_is_missing(folder: Path) -> None:
    (folder / "library.key").rename(folder / "away")
    with raises(NotALibrary, match="its key file, library.key, is missing"):
        SqliteStore(folder)
    (folder / "away").rename(folder / "library.key")
    (folder / "library.sqlcipher").unlink()
    with raises(NotALibrary, match="the encrypted index is missing beside its key file"):
        SqliteStore(folder)


def test_a_plain_index_beside_a_damaged_key_file_stays(folder: Path) -> None:
    (folder / "library.sqlite").write_bytes(b"the only whole copy, perhaps")
    changed(folder / "library.key", 60)
    with raises(NotALibrary, match="damaged"):
        SqliteStore(folder)
    assert (folder / "library.sqlite").exists()


def test_another_run_encrypted_it_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with SqliteStore(tmp_path) as store:
        fill(store)

    def encrypt_then_connect(path: Path, schema: Schema, key: key_file.DataKey | None) -> sqlite3.Connection:
        if not key_file.is_encrypted(path.parent):
            encryption.encrypt_index(path.parent, PASSPHRASE)
        return connect(path, schema, key)

    monkeypatch.setattr(sqlite_file, "connect", encrypt_then_connect)
    with raises(Locked, match="another run is using the index"):
        SqliteStore(tmp_path)
    with SqliteStore(tmp_path) as store:
        assert "library.sqlite" not in files(tmp_path), "the empty one that the other began is gone"
        store.vault.unlock(PASSPHRASE)
        assert is_whole(store)


DRIVER = """
import os, shutil, sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
import encrypted_store
from killing import kill_at
from semblante.library import SqliteStore, key_file

key_file.SCRYPT_COST = 2

def killed_at(wanted, made, folder, what):
    shutil.copytree(made, folder)
    child = os.fork()
    if child == 0:
        with SqliteStore(folder) as store:
            kill_at(wanted)
            if what == "change":
                store.vault.change_passphrase(encrypted_store.PASSPHRASE, "another passphrase")
            else:
                getattr(store.vault, what)(encrypted_store.PASSPHRASE)
            os._exit(0)
    killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
    with SqliteStore(folder) as store:
        if store.vault.is_encrypted:
            assert encrypted_store.shows_traces(folder) == [], (what, wanted)
            try:
                store.vault.unlock(encrypted_store.PASSPHRASE)
            except Exception:
                assert what == "change", (what, wanted)
                store.vault.unlock("another passphrase")
        assert encrypted_store.is_whole(store), (what, wanted)
        assert not list(folder.glob(".*.part")) and not (folder / "library.key.destroyed").exists()
    return killed


plain, encrypted = Path(sys.argv[2], "plain"), Path(sys.argv[2], "encrypted")
with SqliteStore(plain) as store:
    encrypted_store.fill(store)
shutil.copytree(plain, encrypted)
with SqliteStore(encrypted) as store:
    store.vault.encrypt(encrypted_store.PASSPHRASE)
for what, made in {"encrypt": plain, "decrypt": encrypted, "change": encrypted}.items():
    steps = 0
    while killed_at(steps, made, Path(sys.argv[2], what, str(steps)), what):
        steps += 1
    print(what, steps)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is copied for every step")
def test_killed_at_every_step(tmp_path: Path) -> None:
    """A process is really killed before each change to the disk; the index is whole, plain or encrypted."""
    command = [sys.executable, "-c", DRIVER, str(Path(__file__).parent), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    steps = {what: int(count) for what, count in map(str.split, done.stdout.splitlines())}
    assert steps["encrypt"] > 10 and steps["decrypt"] > 8 and steps["change"] > 3, steps
