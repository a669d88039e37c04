"""An encrypted index for tests: filled, its passphrase, and what its files must not show."""

from pathlib import Path

import pytest
from fake_photos import BASE, WIDTH, embeddings_of

from semblante.library import SqliteStore, Taught, key_file
from semblante.library.store import FileState, PhotoRecord
from semblante.types import AnalyzedPhoto, Embeddings, FaceRef

PASSPHRASE = "correct horse battery"
NAME = "Ana Ruiz"
PHOTO = Path("/photos/on the beach.jpg")


@pytest.fixture(autouse=True)
def cheap_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A guess of a passphrase that costs nothing: these tests are not about its price."""
    monkeypatch.setattr(key_file, "SCRYPT_COST", 2)


def row() -> Embeddings:
    """The embedding that taught the person."""
    return embeddings_of(1, 1)


def fill(store: SqliteStore) -> None:
    """A photo, and a person who was taught with one face."""
    assert row().shape == (1, WIDTH)
    photo = AnalyzedPhoto(str(PHOTO), 640, 480, ())
    store.write([PhotoRecord(bytes(32), photo, (FileState(PHOTO, 1, 2, 3),))], BASE)
    store.keep_person("{}", NAME, [Taught("positive", FaceRef("00" * 32, 0), row()[0])])


def traces() -> tuple[bytes, ...]:
    """What the files of that store hold as long as they are plain."""
    return NAME.encode(), str(PHOTO).encode(), row().astype("<f2").tobytes()[:32]


def shows_traces(folder: Path) -> list[str]:
    """The files in the folder that hold any of these."""
    return sorted(
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(trace in path.read_bytes() for trace in traces())
    )


def is_whole(store: SqliteStore) -> bool:
    """Whether the store holds what `fill` put there."""
    return store.names() == (NAME,) and len(store.taught(NAME)) == 1 and store.photo_counts() == (1, 0)
