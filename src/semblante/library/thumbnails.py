"""`Thumbnails`: small pictures of photos and faces, made once and kept as JPEG files in one SQLite file.

It is a cache beside the index: it may be deleted at any time, and one that is damaged is.
"""

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from semblante.closing import Closing
from semblante.errors import NotALibrary
from semblante.library.locations import THUMBNAILS_NAME
from semblante.library.sqlite_damage import delete_damaged
from semblante.library.sqlite_file import SqliteFile
from semblante.library.sqlite_schema import Schema
from semblante.library.store import FaceStore
from semblante.library.vault import Vault
from semblante.types import FaceRef

WHOLE_PHOTO: Final = -1
"""Stands for the whole photo where else the place of a face in it stands."""
SCHEMA: Final = Schema(
    0x53454D54,
    {
        1: (
            """CREATE TABLE thumbnails (
                content_sha256 BLOB NOT NULL, place INTEGER NOT NULL, jpeg BLOB NOT NULL,
                PRIMARY KEY (content_sha256, place)
            )""",
        )
    },
    frozenset({"thumbnails"}),
)


class Thumbnails(Closing):
    """The thumbnails in the data folder of a vault; their file is made with the first. Any thread may use it.

    `FaceRef.photo` is the SHA-256 of a photo's content in hexadecimal, and `FaceRef.index` may be
    `WHOLE_PHOTO`. Raises `VaultLocked`, and `Locked`, `DiskFull` or `FileAccessError` where the medium fails.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._lock = threading.Lock()
        self._opened: SqliteFile | None = None

    @property
    def path(self) -> Path:
        """Where the file is, or will be."""
        return self._vault.path_of(THUMBNAILS_NAME)

    def close(self) -> None:
        """Let go of the file; the next call opens it again."""
        with self._lock:
            if self._opened:
                self._opened.close()
            self._opened = None

    def get(self, face: FaceRef) -> bytes | None:
        """The JPEG file of a face or a photo; None where none was made yet."""
        with self._begun_anew_if_damaged(), self._file().asking() as connection:
            found = connection.execute(
                "SELECT jpeg FROM thumbnails WHERE (content_sha256, place) = (?, ?)",
                (bytes.fromhex(face.photo), face.index),
            ).fetchone()
            return found and bytes(found[0])
        return None

    def all_of(self, content_sha256: str) -> tuple[bytes, ...]:
        """The JPEG files of a photo and of the faces in it."""
        with self._begun_anew_if_damaged(), self._file().asking() as connection:
            rows = connection.execute(
                "SELECT jpeg FROM thumbnails WHERE content_sha256 = ?", (bytes.fromhex(content_sha256),)
            )
            return tuple(bytes(jpeg) for (jpeg,) in rows)
        return ()

    def keep(self, content_sha256: str, jpegs: Mapping[int, bytes]) -> None:
        """Keep the JPEG files of a photo and its faces, by place."""
        rows = [(bytes.fromhex(content_sha256), place, jpeg) for place, jpeg in jpegs.items()]
        with self._begun_anew_if_damaged(), self._file().writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO thumbnails VALUES (?, ?, ?)", rows)

    def contents(self) -> frozenset[str]:
        """The photos that there are thumbnails of, by the hash of their content."""
        if self.path.exists():
            with self._begun_anew_if_damaged(), self._file().asking() as connection:
                rows = connection.execute("SELECT DISTINCT content_sha256 FROM thumbnails")
                return frozenset(sha256.hex() for (sha256,) in rows)
        return frozenset()

    def erase(self, contents: Iterable[str]) -> None:
        """Leave no byte of the thumbnails of these photos and of the faces in them."""
        doomed = [(bytes.fromhex(each),) for each in sorted(self.contents().intersection(contents))]
        if doomed:
            with self._begun_anew_if_damaged():
                with self._file().writing() as connection:
                    connection.executemany("DELETE FROM thumbnails WHERE content_sha256 = ?", doomed)
                self._file().compact()

    def _file(self) -> SqliteFile:
        with self._lock:
            if self._opened is None:
                self._opened = SqliteFile(self._vault, THUMBNAILS_NAME, SCHEMA, delete_damaged)
            return self._opened

    @contextlib.contextmanager
    def _begun_anew_if_damaged(self) -> Iterator[None]:
        try:
            yield
        except NotALibrary as error:
            if error.code not in ("index_damaged", "index_altered"):
                raise
            self.close()


def drop_orphans(store: FaceStore, thumbnails: Thumbnails) -> None:
    """Erase the thumbnails of photos that the store does not know any more."""
    held = thumbnails.contents()
    if held:
        hashes = [bytes.fromhex(each) for each in sorted(held)]
        known = {each.hex() for base in store.bases() for each in store.known_contents(hashes, base)}
        thumbnails.erase(held - known)
