"""Thumbnails: made once from the photos of the index, kept beside it, gone with whoever is forgotten."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_photos import BASE
from PIL import Image, ImageDraw
from sentences import raises
from test_store_contract import face

from semblante.errors import DiskFull, FileAccessError, NotALibrary, NotInIndex
from semblante.files import sha256_of
from semblante.library import WHOLE_PHOTO, SqliteStore, Taught, Thumbnails, drop_orphans
from semblante.library.erasure import erase
from semblante.library.sqlite_driver import sqlite3
from semblante.library.store import FileState, PhotoRecord
from semblante.pipeline import Library
from semblante.types import AnalyzedPhoto, Face, FaceRef

COLOURS = [(220, 20, 20), (20, 200, 20)]
SIZE = (1200, 800)


def write_photo(path: Path, seed: int = 0) -> Path:
    """A blue photo with a red and a green square, the faces in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("RGB", SIZE, (20, 20, 180 + 20 * seed))
    for place, colour in enumerate(COLOURS):
        ImageDraw.Draw(picture).rectangle(faces()[place].box, fill=colour)
    picture.save(path, quality=95)
    return path


def faces() -> tuple[Face, ...]:
    def at(left: float, who: int) -> Face:
        read = face(who)
        box = (left, 300.0, left + 250, 550.0)
        return Face(
            box, read.score, read.landmarks, read.quality, read.logits, read.embedding, read.copy_descriptor
        )

    return at(100, 1), at(800, 2)


def add(store: SqliteStore, *paths: Path) -> str:
    """The hash of a photo with these paths, once it is in the index."""
    sha256 = sha256_of(paths[0])
    read = AnalyzedPhoto(str(paths[0]), *SIZE, faces())
    files = tuple(FileState(path, 1, 1, 1) for path in paths)
    store.write([PhotoRecord(bytes.fromhex(sha256), read, files)], BASE)
    return sha256


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def library(store: SqliteStore) -> Iterator[Library]:
    with Library(store=store) as opened:
        yield opened


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg)).convert("RGB")


def test_a_face_and_its_photo_are_made_once(library: Library, store: SqliteStore, tmp_path: Path) -> None:
    path = write_photo(tmp_path / "a.jpg")
    sha256 = add(store, path)
    for place, (red, green, _) in enumerate(COLOURS):
        picture = opened(library.thumbnail(FaceRef(sha256, place)))
        assert max(picture.size) == 160
        middle = picture.getpixel((80, 80))
        assert isinstance(middle, tuple) and abs(middle[0] - red) < 20 and abs(middle[1] - green) < 20
    path.unlink()
    assert opened(library.thumbnail(FaceRef(sha256, WHOLE_PHOTO))).size == (320, 213)
    library.thumbnail(FaceRef(sha256, 1))


def test_a_photo_alone_leaves_its_faces_for_later(
    library: Library, store: SqliteStore, tmp_path: Path
) -> None:
    path = write_photo(tmp_path / "a.jpg")
    sha256 = add(store, path)
    library.thumbnail(FaceRef(sha256, WHOLE_PHOTO))
    path.unlink()
    with raises(FileAccessError, match="it is gone since the scan"):
        library.thumbnail(FaceRef(sha256, 0))


def test_a_copy_stands_in_for_a_file_that_is_gone(
    library: Library, store: SqliteStore, tmp_path: Path
) -> None:
    path = write_photo(tmp_path / "a.jpg")
    copy = tmp_path / "b.jpg"
    copy.write_bytes(path.read_bytes())
    sha256 = add(store, path, copy)
    path.unlink()
    assert opened(library.thumbnail(FaceRef(sha256, 0)))


def test_a_photo_that_was_changed_gives_no_picture(
    library: Library, store: SqliteStore, tmp_path: Path
) -> None:
    sha256 = add(store, write_photo(tmp_path / "a.jpg"))
    write_photo(tmp_path / "a.jpg", seed=1)
    with raises(FileAccessError, match="it has changed since the scan"):
        library.thumbnail(FaceRef(sha256, 0))


def test_what_the_index_does_not_hold_is_said(library: Library, store: SqliteStore, tmp_path: Path) -> None:
    sha256 = add(store, write_photo(tmp_path / "a.jpg"))
    for face_ref in (FaceRef(sha256, 2), FaceRef("00" * 32, 0), FaceRef("00" * 32, WHOLE_PHOTO)):
        with raises(NotInIndex, match="the index holds no such photo or face"):
            library.thumbnail(face_ref)


def test_one_that_cannot_be_kept_is_made_each_time(
    library: Library, store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise DiskFull("disk_full", path=tmp_path)

    monkeypatch.setattr(Thumbnails, "keep", full)
    sha256 = add(store, write_photo(tmp_path / "a.jpg"))
    assert library.thumbnail(FaceRef(sha256, 0)) == library.thumbnail(FaceRef(sha256, 0))


def test_forgetting_leaves_no_byte_of_the_photos_a_person_is_in(
    library: Library, store: SqliteStore, tmp_path: Path
) -> None:
    hers, other, gone = (add(store, write_photo(tmp_path / f"{n}.jpg", n)) for n in range(3))
    ana = FaceRef(hers, 0)
    store.keep_person("{}", "Ana", [Taught("positive", ana, faces()[0].embedding)])
    pictures = {
        ref: library.thumbnail(ref)
        for ref in (FaceRef(each, place) for each in (hers, other, gone) for place in (0, 1, WHOLE_PHOTO))
    }
    store.mark_missing([tmp_path / "2.jpg"], [tmp_path / "2.jpg"])
    thumbnails = Thumbnails(store.vault)
    assert thumbnails.contents() == {hers, other, gone}
    erase(store, "Ana", keep_faces=True)
    assert thumbnails.contents() == {hers, other}, "her faces are somebody unknown's"
    store.keep_person("{}", "Ana", [Taught("positive", ana, faces()[0].embedding)])
    erase(store, "Ana")
    assert thumbnails.contents() == {other}
    held = b"".join(path.read_bytes() for path in store.folder.rglob("thumbnails*"))
    for ref, jpeg in pictures.items():
        # The end of a picture alone: its beginning is common to all.
        assert (jpeg[-200:-100] in held) == (ref.photo == other), ref
    thumbnails.close()


def test_thumbnails_of_photos_that_left_the_index_go(store: SqliteStore, tmp_path: Path) -> None:
    with Thumbnails(store.vault) as thumbnails:
        drop_orphans(store, thumbnails)
        assert not thumbnails.path.exists(), "nothing was made"
        sha256 = add(store, write_photo(tmp_path / "a.jpg"))
        thumbnails.keep(sha256, {0: b"a face"})
        thumbnails.keep("00" * 32, {0: b"another"})
        drop_orphans(store, thumbnails)
        assert thumbnails.contents() == {sha256}
        assert thumbnails.get(FaceRef(sha256, 0)) == b"a face"
        assert thumbnails.get(FaceRef(sha256, 1)) is None


def test_a_damaged_file_is_begun_anew(store: SqliteStore) -> None:
    with Thumbnails(store.vault) as thumbnails:
        thumbnails.keep("00" * 32, {place: bytes(5000) for place in range(20)})
    thumbnails.path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with Thumbnails(store.vault) as thumbnails:
        assert thumbnails.get(FaceRef("00" * 32, 0)) is None
        thumbnails.keep("00" * 32, {0: b"new"})
        assert thumbnails.get(FaceRef("00" * 32, 0)) == b"new"
    thumbnails.path.write_bytes(b"another program's file, by chance of this name" * 100)
    with Thumbnails(store.vault) as thumbnails:
        thumbnails.keep("00" * 32, {0: b"new"})
        assert thumbnails.contents() == {"00" * 32}


def test_a_newer_file_is_left_alone(store: SqliteStore) -> None:
    with Thumbnails(store.vault) as thumbnails:
        thumbnails.keep("00" * 32, {0: b"new"})
    with contextlib.closing(sqlite3.connect(thumbnails.path)) as newer, newer:
        newer.execute("PRAGMA user_version = 99")
    with raises(NotALibrary, match="written by a newer Semblante"):
        thumbnails.get(FaceRef("00" * 32, 0))
