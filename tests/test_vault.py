"""`Library.vault`: a library is encrypted, and locks itself; nothing of it is written in plain."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from encrypted_store import (
    PASSPHRASE,
    cheap_scrypt,  # noqa: F401 (a fixture)
)
from fake_photos import BASE, FakeReader, Shown, write_photo
from sentences import raises

from semblante.errors import InvalidOption, VaultLocked
from semblante.library import EmbeddingMatrix, embedding_matrix, scan
from semblante.pipeline import Library, has_index


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Three photos, and an encrypted index of them."""
    for number in range(3):
        write_photo(tmp_path / "photos" / f"{number}.jpg", Shown(number), salt=number)
    with Library(tmp_path / "data", create=True) as opened:
        list(scan_all(opened, tmp_path / "photos"))
        opened.vault.encrypt(PASSPHRASE)
        yield opened


def scan_all(library: Library, photos: Path) -> list[int]:
    scan(library.store, [photos], FakeReader(), BASE)
    return [number for table in library.store.faces(BASE) for number in table.numbers.tolist()]


def test_a_library_is_encrypted_and_unlocked(library: Library) -> None:
    vault = library.vault
    assert vault.is_encrypted and not vault.is_locked and not library.is_empty
    vault.lock()
    assert vault.is_locked
    with raises(VaultLocked, match="its passphrase unlocks it"):
        library.names()
    vault.change_passphrase(PASSPHRASE, "another passphrase")
    vault.unlock("another passphrase")
    assert not library.is_empty
    library.close()
    assert has_index(library.folder)
    with Library(library.folder) as again:
        assert again.vault.is_locked
        again.vault.decrypt("another passphrase")
        assert not again.vault.is_encrypted and not again.is_empty


def test_no_embedding_is_written_or_kept(
    library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(embedding_matrix, "MIN_FACES", 1)
    matrix = EmbeddingMatrix(library.store)
    rows = np.concatenate([table.embeddings for table in matrix.tables(BASE)])
    assert len(rows) == 3
    write_photo(tmp_path / "photos" / "more.jpg", Shown(9))
    scan_all(library, tmp_path / "photos")
    assert sum(map(len, matrix.tables(BASE))) == 4
    assert not list(library.folder.glob("*.matrix"))
    library.vault.lock()
    with raises(VaultLocked):
        list(matrix.tables(BASE))


def test_beyond_what_fits_in_memory_faces_are_read_again(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding_matrix, "MAX_FACES_IN_MEMORY", 2)
    monkeypatch.setattr("semblante.library.sqlite_store.PART", 1)
    matrix = EmbeddingMatrix(library.store)
    for _ in range(2):
        assert [len(table) for table in matrix.tables(BASE)] == [1, 1, 1]
    assert matrix._loaded is not None and len(matrix._loaded.later) == 2


def test_it_locks_itself_when_nobody_uses_it(library: Library) -> None:
    idle_s = 0.3
    library.vault.lock_when_idle(idle_s)
    last = begun = time.monotonic()
    with contextlib.suppress(VaultLocked):  # On a busy machine this loop may stand still for so long.
        while last < begun + 2 * idle_s:
            assert not library.is_empty
            last = time.monotonic()
            time.sleep(0.05)
    wait_until_locked(library)
    assert time.monotonic() - last >= idle_s / 2, "it was in use"
    library.vault.unlock(PASSPHRASE)
    wait_until_locked(library)
    library.vault.unlock(PASSPHRASE)
    library.vault.lock_when_idle(1000)
    time.sleep(0.5)
    assert not library.vault.is_locked


def test_the_minutes_until_it_locks_itself_are_kept_for_later_runs(tmp_path: Path) -> None:
    file = tmp_path / "auto-lock.json"
    with Library(tmp_path, create=True) as library:
        assert library.auto_lock_minutes == 15
        library.lock_when_idle(30)
        for minutes in (0, 1441):
            with raises(InvalidOption, match="from 1 to 1,440 minutes"):
                library.lock_when_idle(minutes)
        library.lock_when_idle()
    with Library(tmp_path) as library:
        assert library.auto_lock_minutes == 30
        for damaged in ("", "[]", '{"minutes": "5"}', '{"minutes": 0}', "\xff"):
            file.write_text(damaged, encoding="latin-1")
            assert library.auto_lock_minutes == 15
        library.lock_when_idle(5)
        library.erase_everything()
        assert not file.exists()


def test_a_plain_library_stays_open(tmp_path: Path) -> None:
    with Library(tmp_path, create=True) as library:
        library.vault.lock_when_idle(0.02)
        time.sleep(0.1)
        assert library.is_empty and not library.vault.is_locked
        with raises(InvalidOption, match="not encrypted"):
            library.vault.lock()


def wait_until_locked(library: Library) -> None:
    until = time.monotonic() + 20
    while not library.vault.is_locked:
        assert time.monotonic() < until
        time.sleep(0.02)
