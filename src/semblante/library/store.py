"""What an index of faces is to the rest: `FaceStore`, and the values that go in and out of one.

Its half about people is `people_store.PeopleStore`.

A store knows photos by path, their contents by hash, the faces of each content, and the people whom a user
taught. It holds no picture. `SqliteStore` is the one that comes with Semblante; any other that passes
`tests/test_store_contract.py` can take its place.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float, Float32, Int8, Integer

from semblante.library.curation_store import CurationStore
from semblante.library.history_store import HistoryStore
from semblante.library.people_store import PeopleStore, Role
from semblante.library.vault import Vault
from semblante.types import AnalyzedPhoto, Box, Embeddings, FaceRef


@dataclass(frozen=True)
class FileState:
    """A photo's file as it was before it was read.

    `ctime_ns` is when content or metadata last changed, which no program sets; 0 where the system has no such
    time.
    """

    path: Path
    size: int
    mtime_ns: int
    ctime_ns: int


@dataclass(frozen=True)
class NamesHeld:
    """How often a store holds some names: as values of its own, and as words of texts that are the user's.

    Those are the `paths` of photos and folders, and the `notes` on the consents of other people.
    """

    values: int
    paths: int
    notes: int


@dataclass(frozen=True)
class KnownPhoto:
    """What a store holds of a path: the hash of its content, the network that read it, its issue if any.

    `missing` says that the file was not there at the last scan.
    """

    file: FileState
    sha256: bytes
    base_sha256: str
    missing: bool
    issue: str | None


@dataclass(frozen=True)
class ListedPhoto:
    """A photo in a list, at the first of its paths: the number and the hash of its content, in hexadecimal.

    Its size is in pixels, upright; it has none where the `issue` says why it could not be read.
    """

    path: Path
    content: int
    sha256: str
    width_px: int | None
    height_px: int | None
    issue: str | None
    base_sha256: str


@dataclass(frozen=True, eq=False)
class PhotoRecord:
    """A content and the files that have it.

    `outcome` is what was read, or the code of the issue for which nothing could be (`images.ImageIssue`);
    None where the store has it already.
    """

    sha256: bytes
    outcome: AnalyzedPhoto | str | None
    files: tuple[FileState, ...]


@dataclass(frozen=True, eq=False)
class FaceTable:
    """n faces of a store, row by row: number, number of the content, embedding (n, d), logits (n, 40).

    `good` faces can be recognised on their own. `logits` has no columns where they were not asked for.
    """

    numbers: Integer[np.ndarray, " n"]
    contents: Integer[np.ndarray, " n"]
    good: Bool[np.ndarray, " n"]
    embeddings: Embeddings
    logits: Float[np.ndarray, "n k"]

    def __len__(self) -> int:
        return len(self.numbers)


ContentDays = tuple[Integer[np.ndarray, " n"], Integer[np.ndarray, " n"]]
"""The numbers of contents whose day is known, in order, and when each was taken (`date.toordinal`)."""


@dataclass(frozen=True, eq=False)
class StoredFace:
    """One face of a store: its number and its content's there, whether it can be learnt from, its embedding.

    `copy_descriptor` is None in an index of before such were kept.
    """

    number: int
    content: int
    face: FaceRef
    is_good: bool
    embedding: Float32[np.ndarray, " d"]
    copy_descriptor: Int8[np.ndarray, "400"] | None


@dataclass(frozen=True)
class FaceInPhoto:
    """A file that shows the face with this number; its box is in pixels of the upright photo at full size.

    `face.photo` is the SHA-256 of the file's content in hexadecimal.
    """

    number: int
    path: Path
    face: FaceRef
    box: Box
    photo_width_px: int
    photo_height_px: int


@runtime_checkable
class FaceStore(PeopleStore, CurationStore, HistoryStore, Protocol):
    """An index of faces, open. Any thread may use it.

    All methods raise `Locked`, `DiskFull` or `FileAccessError` where the medium fails, and `NotALibrary`
    where it is damaged. Each method that writes does all of it or nothing.
    """

    @property
    def folder(self) -> Path:
        """The data folder: journals, reports and `EmbeddingMatrix` have their files there."""

    @property
    def path(self) -> Path:
        """What errors name as the store."""

    @property
    def set_aside(self) -> Path | None:
        """Where a damaged store was put when this one took its place, else None."""

    @property
    def vault(self) -> Vault:
        """The lock of the data folder; nothing is written in plain beside a store that it encrypts."""

    def close(self) -> None:
        """Let go of the medium; a second time does nothing.

        Every other method then raises `FileAccessError` with the code "library_closed".
        """

    def check_writable(self) -> None:
        """Raise `FileAccessError` where the store can only be read, before work is done in vain."""

    # What a scan needs

    def known_photos(self, paths: Sequence[Path]) -> Mapping[Path, KnownPhoto]:
        """What is known of each of these paths; paths that are new are left out."""

    def known_contents(self, hashes: Sequence[bytes], base_sha256: str) -> Mapping[bytes, str | None]:
        """The contents that this network was to read, each with its issue, None where it was read."""

    def write(self, records: Sequence[PhotoRecord], base_sha256: str, force: bool = False) -> None:
        """Write records. A content that this network read stays as it is, unless `force` replaces it.

        A record without an outcome whose content is gone meanwhile is left out. A face that was there before
        keeps its number.
        """

    def photos_in(self, place: Path) -> Iterator[tuple[Path, bool]]:
        """The photo at `place`, or those in this folder and below it, and whether each is missing."""

    def paths_of_contents(self, hashes: Sequence[bytes]) -> list[Path]:
        """The photos that have one of these contents, those that are missing left out."""

    def photo_counts(self) -> tuple[int, int]:
        """How many photos there are, and how many further files hold one of them; those missing left out."""

    def mark_missing(self, missing: Sequence[Path], removed: Sequence[Path]) -> None:
        """Mark photos as missing, and of these remove some, with contents that no photo has any more."""

    # What search and clustering need

    def bases(self) -> tuple[str, ...]:
        """The hashes of the networks that read the photos, the most used first."""

    def generation(self) -> str:
        """A value that is another one once a face was removed or changed, or the store was made anew.

        Faces that are added leave it as it is: they get numbers above all others.
        """

    def state(self) -> str:
        """A value that is another one once anything in the store was changed, by whomever."""

    def face_count(self) -> int:
        """How many faces there are, of all networks."""

    def faces(self, base_sha256: str, after: int = 0, logits: bool = True) -> Iterator[FaceTable]:
        """The faces that this network read with numbers above `after`, in order of number, in parts."""

    def present_contents(self, folder: Path | None = None) -> Integer[np.ndarray, " n"]:
        """The numbers of the contents with a photo that is not missing, in this folder, in order."""

    def photos_of_faces(self, numbers: Iterable[int]) -> list[FaceInPhoto]:
        """Where these faces are seen, by path; photos that are missing are left out."""

    def faces_in(self, content_sha256: str) -> list[FaceInPhoto]:
        """The faces of a content, by place, each in the first by path of the files that are not missing."""

    # What lists need

    def list_photos(
        self,
        after: Path | None,
        count: int,
        folder: Path | None = None,
        contents: Integer[np.ndarray, " n"] | None = None,
    ) -> list[ListedPhoto]:
        """The next `count` photos in the order of their paths, in this folder, with one of these contents.

        A photo that several files hold is at the first of them in the folder; missing ones are left out.
        """

    def count_photos(
        self, folder: Path | None = None, contents: Integer[np.ndarray, " n"] | None = None
    ) -> int:
        """How many photos `list_photos` would list in all."""

    def faces_in_contents(self, contents: Iterable[int]) -> list[int]:
        """The numbers of the faces in these contents, in order."""

    # What teaching needs

    def stored_faces(self, numbers: Iterable[int]) -> list[StoredFace]:
        """The faces with these numbers, in order of number; those that are gone are left out."""

    def faces_beside(self, numbers: Iterable[int]) -> list[StoredFace]:
        """All faces of the contents that these faces are in, in order of content and place."""

    def face_numbers(self, faces: Iterable[FaceRef]) -> Mapping[FaceRef, int]:
        """The number of each of these faces; those that are gone are left out."""

    def face_refs(self, numbers: Iterable[int]) -> Mapping[int, FaceRef]:
        """By number, which faces of which photos these are; those that are gone are left out."""

    # What photos need that are given to learn from, and of which only the faces are kept

    def give_photos(self, name: str, records: Sequence[PhotoRecord], role: Role, base_sha256: str) -> None:
        """Give photos that this network read to learn a person from; one that was given gets the new role.

        Raises `UnknownPerson`.
        """

    def analyzed_photos(self, hashes: Sequence[bytes], base_sha256: str) -> Mapping[bytes, AnalyzedPhoto]:
        """What this network read in these contents; those that it did not read are left out.

        The `source` of a photo is its hash in hexadecimal.
        """

    # When photos were taken

    def days(self, hashes: Sequence[bytes]) -> Mapping[bytes, date]:
        """The days on which these contents were taken; those that are not known are left out."""

    def note_taken(self, taken: Mapping[bytes, date]) -> None:
        """Keep the days that the metadata of contents name, for photos that are not written as records."""

    def set_day(self, hashes: Sequence[bytes], day: date | None) -> None:
        """Keep the day that a user told of contents, which counts; None takes it back."""

    def content_days(self) -> ContentDays:
        """When the contents were taken whose day is known."""

    # What forgetting needs

    def compact(self) -> None:
        """Leave no byte of what was removed. Raises `Locked` where another run keeps that from happening."""

    def names_held(self, names: Sequence[str]) -> NamesHeld:
        """Where the store holds these names, in whatever spelling."""

    def damaged_copies(self) -> list[Path]:
        """Files of a damaged store that were kept aside, into which nobody can look."""
