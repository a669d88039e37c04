"""What an index of faces is to the rest: `FaceStore`, and the values that go in and out of one.

A store knows photos by path, their contents by hash, the faces of each content, and the people whom a user
taught. It holds no picture. `SqliteStore` is the one that comes with Semblante; any other that passes
`tests/test_store_contract.py` can take its place.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float, Float32, Int8, Integer

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
class KnownPhoto:
    """What a store holds of a path: the hash of its content, the network that read it, its issue if any.

    `missing` says that the file was not there at the last scan.
    """

    file: FileState
    sha256: bytes
    base_sha256: str
    missing: bool
    issue: str | None


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


@dataclass(frozen=True, eq=False)
class StoredFace:
    """One face of a store: its number there, where it is, whether it can be learnt from, its embedding.

    `copy_descriptor` is None in an index of before such were kept.
    """

    number: int
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


@dataclass(frozen=True, eq=False)
class Taught:
    """A face that a person was taught with: the person's own (positive), or one of somebody else (negative).

    `face.photo` is the SHA-256 of the photo's content in hexadecimal; the embedding has length one.
    `confirmed_by_user` are those that a user answered about in a review, or by naming a group, beside the
    photos that the person was learnt from. `copy_descriptor` is None where it is not known.
    """

    kind: Literal["positive", "negative"]
    face: FaceRef
    embedding: Float32[np.ndarray, " d"]
    confirmed_by_user: bool = False
    copy_descriptor: Int8[np.ndarray, "400"] | None = None


ChangeKind = Literal["learn", "name", "answer", "remove", "rename", "merge"]
"""What changed a person: learnt from photos, a group named, a face answered about or taken out, a new name,
two people made one."""
MAX_CHANGES: Final = 500
"""So many changes of people can be undone, one after the other."""


@dataclass(frozen=True)
class KnownPerson:
    """A person in a list: how many faces taught, and when the person was last changed (UTC; None: unknown).

    `photos` and `others` are faces of the photos to learn from, the person's own and other people's; `yes`
    and `no` are those that a user confirmed. `former_names` are names that the person had before.
    """

    name: str
    photos: int
    others: int
    yes: int
    no: int
    changed: datetime | None
    former_names: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """A change of the person called `name`, who took the place of the people called `instead_of`, if any."""

    kind: ChangeKind
    name: str
    instead_of: tuple[str, ...]
    at: datetime


@runtime_checkable
class FaceStore(Protocol):
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

    def face_count(self) -> int:
        """How many faces there are, of all networks."""

    def faces(self, base_sha256: str, after: int = 0, logits: bool = True) -> Iterator[FaceTable]:
        """The faces that this network read with numbers above `after`, in order of number, in parts."""

    def present_contents(self) -> Integer[np.ndarray, " n"]:
        """The numbers of the contents with a photo that is not missing, in order."""

    def photos_of_faces(self, numbers: Iterable[int]) -> list[FaceInPhoto]:
        """Where these faces are seen, by path; photos that are missing are left out."""

    # What teaching needs

    def stored_faces(self, numbers: Iterable[int]) -> list[StoredFace]:
        """The faces with these numbers, in order of number; those that are gone are left out."""

    def faces_beside(self, numbers: Iterable[int]) -> list[StoredFace]:
        """All faces of the contents that these faces are in, in order of content and place."""

    def face_numbers(self, faces: Iterable[FaceRef]) -> Mapping[FaceRef, int]:
        """The number of each of these faces; those that are gone are left out."""

    def names(self) -> tuple[str, ...]:
        """The people who are known, by name."""

    def person(self, name: str) -> str:
        """The JSON of a person's file, whatever capitals `name` has. Raises `UnknownPerson`."""

    def taught(self, name: str) -> tuple[Taught, ...]:
        """The faces that a person was taught with, by kind and place. Raises `UnknownPerson`."""

    def keep_person(
        self,
        person_json: str,
        name: str,
        taught: Sequence[Taught],
        kind: ChangeKind = "learn",
        instead_of: Sequence[str] = (),
    ) -> None:
        """Keep a person's file and the faces it was taught with, in place of what is known of `name`.

        The people called `instead_of` leave the store; their names become former names of this one. All of it
        is one change, of which `undo_changes` knows what was before.
        """

    def known_people(self) -> tuple[KnownPerson, ...]:
        """The people who are known, by name, and what taught them."""

    def changes(self) -> tuple[Change, ...]:
        """The changes of people that can be undone, the last first; at most `MAX_CHANGES`."""

    def undo_changes(self, count: int = 1) -> tuple[Change, ...]:
        """Take back the last changes, or what there is of them: each person is as before them, or gone.

        Gives those that were taken back, the last first.
        """

    # What forgetting needs

    def erase_person(self, name: str, numbers: Iterable[int], keep_faces: bool = False) -> tuple[int, int]:
        """Remove a person, the faces that taught it wherever they are, and further faces by number.

        Faces stay that taught somebody else as that person's own, and of the further ones also those that are
        known not to be this person's. What other people were taught with the removed ones goes too. With
        `keep_faces`, no face leaves the store: they are somebody unknown's from now on. The name
        leaves the former names of others. Of the changes, the last of this person and all before it can no
        longer be undone, and the removed faces leave the others. The photos stay known as read. Returns how
        many faces the person was taught with, and how many faces of the store are gone. Raises
        `UnknownPerson`.
        """

    def compact(self) -> None:
        """Leave no byte of what was removed. Raises `Locked` where another run keeps that from happening."""

    def damaged_copies(self) -> list[Path]:
        """Files of a damaged store that were kept aside, into which nobody can look."""
