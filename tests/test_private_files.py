"""What Semblante writes into a data folder is its owner's alone, and links in it lead nowhere."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from encrypted_store import (
    PASSPHRASE,
    cheap_scrypt,  # noqa: F401 (a fixture)
    fill,
)
from fake_photos import BASE, FakeReader, Shown, write_photo

from semblante.api.keys import KeyStore
from semblante.files import LOCK_NAME, exclusive_lock, write_json
from semblante.library import EmbeddingMatrix, SqliteStore, Thumbnails, scan
from semblante.library.auto_lock import keep_auto_lock
from semblante.organize.journal import journal_lock
from semblante.pipeline import Library

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its files have no such modes")


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def modes_of(folder: Path) -> dict[str, int]:
    """The mode of each file and folder in a folder that is more than its owner's."""
    found = {
        path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")
    }
    assert found
    return {name: mode for name, mode in found.items() if mode & 0o077}


@pytest.mark.parametrize("existed", [False, True])
def test_every_file_of_the_data_folder_is_its_owner_s_alone(tmp_path: Path, existed: bool) -> None:
    """Also in a folder that others may enter, and where the system would let others read new files."""
    folder = tmp_path / "data"
    if existed:
        folder.mkdir(mode=0o755)
    write_photo(tmp_path / "photos" / "1.jpg", Shown(1))
    with umask(0o000), SqliteStore(folder) as store:
        scan(store, [tmp_path / "photos"], FakeReader(), BASE)
        Thumbnails(store.vault).keep("00" * 32, {0: b"jpeg"})
        list(EmbeddingMatrix(store).tables(BASE))
        with journal_lock(folder):
            pass
        KeyStore(folder).create("x", "read")
        keep_auto_lock(folder, 5)
        assert modes_of(folder) == {}
        assert {"library.sqlite-wal", "thumbnails.sqlite"} <= {each.name for each in folder.iterdir()}
        store.vault.encrypt(PASSPHRASE)
        assert modes_of(folder) == {} and (folder / "library.key").is_file()
        store.vault.change_passphrase(PASSPHRASE, "another passphrase")
        store.vault.decrypt("another passphrase")
        assert modes_of(folder) == {}
    if not existed:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_is_not_private_is_as_the_system_has_it(tmp_path: Path) -> None:
    with umask(0o022):
        write_json(tmp_path / "out" / "report.json", {})
        with exclusive_lock(tmp_path / "run"):
            pass
    assert set(modes_of(tmp_path).values()) == {0o755, 0o644}
    with umask(0o077), exclusive_lock(tmp_path / "run", private=True):
        pass
    assert stat.S_IMODE((tmp_path / "run" / LOCK_NAME).stat().st_mode) == 0o644


def test_a_data_folder_behind_a_link_is_searched_and_erased(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "data").symlink_to(elsewhere)
    for erases in (False, True):
        with SqliteStore(tmp_path / "data") as store:
            fill(store)
        with Library(tmp_path / "data") as library:
            if erases:
                library.erase_everything()
            else:
                receipt = library.forget("Ana Ruiz").receipt
                assert receipt.left == 0 and "library.sqlite" in {each.path.name for each in receipt.files}
    assert not any(b"Ana Ruiz" in each.read_bytes() for each in elsewhere.rglob("*") if each.is_file())


def test_erasing_does_not_follow_links_out_of_the_data_folder(tmp_path: Path) -> None:
    """A file of the user's own that a link leads to is neither emptied nor removed."""
    page = tmp_path / "mine.html"
    page.write_text('<meta name="generator" content="Semblante"> Ana Ruiz')
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "p.jpg").write_bytes(b"photo")
    with Library(tmp_path / "data", create=True) as library:
        (library.folder / "report.html").symlink_to(page)
        (library.folder / "photos").symlink_to(tmp_path / "photos")
        erased = library.erase_everything()
        assert "report.html" in {each.path.name for each in erased}
        assert not (library.folder / "report.html").is_symlink()
    assert "Ana Ruiz" in page.read_text() and (tmp_path / "photos" / "p.jpg").read_bytes() == b"photo"
