"""The embeddings of a store as one memory-mapped float32 matrix: a search costs one product with it.

    store --rows--> faces-BASE.matrix --mmap--> (n, d) @ (d,)
          --rows that came since--------------> (m, d) @ (d,)

The file is made from the rows, only ever replaced as a whole, and can be deleted at any time. It holds the
generation of the store that it was made of, and is no longer used once that is another: then a face in it was
removed or changed. Rows that came since are read from the store, until they are so many that the file is made
anew. Small stores need none, and encrypted ones have none: their rows are kept in memory.
"""

import contextlib
import json
import math
import mmap
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from semblante.errors import DiskFull, FileAccessError
from semblante.files import check_disk_space, replace_when_done, translate_os_errors
from semblante.labels import ATTRIBUTES
from semblante.library.locations import MATRICES
from semblante.library.store import FaceStore, FaceTable

FORMAT: Final = "semblante-matrix-1"
MIN_FACES: Final = 8192
"""So many faces are read from the store at every search before a file is made."""
SHARE: Final = 8
"""The file is made anew once more than one in so many faces is not in it."""
MAX_FACES_IN_MEMORY: Final = 262_144
"""Of an encrypted store with more faces, those beyond are read at every search: half a GiB at width 512."""
BLOCK: Final = 65536
_HEADER_BYTES: Final = 4096
_COMPARED: Final = 256


@dataclass(frozen=True)
class _Header:
    """What the file says of itself: `faces` rows, embeddings of length `width`."""

    format: str
    base_sha256: str
    generation: str
    faces: int
    width: int


@dataclass(frozen=True)
class _Loaded:
    """What is in memory of the faces of one network: those of the file, and the later ones."""

    base_sha256: str
    generation: str
    mapped: FaceTable | None
    later: tuple[FaceTable, ...] = ()

    @property
    def last(self) -> int:
        tables = [*([self.mapped] if self.mapped else []), *self.later]
        return int(tables[-1].numbers[-1]) if tables else 0


class _FacesWereRemovedError(Exception):
    """What was removed while the file was written may be in it."""


class EmbeddingMatrix:
    """The faces of a store, ready to be compared; any thread may use it."""

    def __init__(self, store: FaceStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None
        store.vault.hold(self)

    def tables(self, base_sha256: str) -> Iterator[FaceTable]:
        """All faces that the network with this hash read, in order of number, in blocks.

        Raises what the store raises; a file that cannot be written only costs time.
        """
        with self._lock:
            loaded = self._loaded = self._load(base_sha256)
        if loaded.mapped:
            yield from _blocks(loaded.mapped)
        yield from loaded.later
        # None, unless there are many, and there is no place for a file.
        yield from self._store.faces(base_sha256, loaded.last)

    @contextlib.contextmanager
    def released(self) -> Iterator[None]:
        """See `vault.Holder`."""
        with self._lock:
            self._loaded = None
            yield

    def release(self) -> None:
        """Forget what is in memory, and unmap the file, which Windows does not delete before."""
        with self._lock:
            self._loaded = None

    def _load(self, base_sha256: str) -> _Loaded:
        generation, loaded = self._store.generation(), self._loaded
        if not loaded or (loaded.base_sha256, loaded.generation) != (base_sha256, generation):
            mapped = _open(matrix_path(self._store.folder, base_sha256), base_sha256, generation)
            if mapped and not _has_rows_of(self._store, mapped):
                mapped = None
            loaded = _Loaded(base_sha256, generation, mapped)
        in_file = len(loaded.mapped) if loaded.mapped else 0
        later, count = list(loaded.later), sum(map(len, loaded.later))
        is_encrypted = self._store.vault.is_encrypted
        for table in self._store.faces(base_sha256, loaded.last):
            if is_encrypted and count >= MAX_FACES_IN_MEMORY:
                break
            later.append(table)
            count += len(table)
            if not is_encrypted and count > max(MIN_FACES, in_file // SHARE):
                return self._build(base_sha256, generation, table.embeddings.shape[1]) or _Loaded(
                    base_sha256, generation, loaded.mapped, loaded.later
                )
        return _Loaded(base_sha256, generation, loaded.mapped, tuple(later))

    def _build(self, base_sha256: str, generation: str, width: int) -> _Loaded | None:
        """Make the file anew; None where it cannot be kept."""
        path = matrix_path(self._store.folder, base_sha256)
        needed_bytes = _HEADER_BYTES + self._store.face_count() * (4 * width + 2 * len(ATTRIBUTES) + 17)
        try:
            # Else each search would fill the disk.
            check_disk_space(path.parent, needed_bytes)
            with replace_when_done(path, private=True) as partial:
                with partial.open("wb") as file:
                    _write(file, self._store.faces(base_sha256), base_sha256, generation)
                if self._store.generation() != generation:
                    raise _FacesWereRemovedError
        except (DiskFull, FileAccessError, OSError, _FacesWereRemovedError):
            return None
        mapped = _open(path, base_sha256, generation)
        return None if mapped is None else _Loaded(base_sha256, generation, mapped)


def matrix_path(folder: Path, base_sha256: str) -> Path:
    """Where the matrix for the faces that this network read lies."""
    return folder / MATRICES.replace("*", base_sha256[:16])


def remove_matrices(folder: Path, but_generation: str | None = None) -> None:
    """Delete the matrices in the data folder, those of this generation left alone, and unfinished ones.

    A run that is writing one goes on without. Raises `FileAccessError`.
    """
    with translate_os_errors(folder):
        # First: one that takes its final name meanwhile is found below.
        for partial in folder.glob(f".{MATRICES}.*.part"):
            partial.unlink(missing_ok=True)
        for path in folder.glob(MATRICES):
            header = _header(path) if but_generation else None
            if header is None or header.generation != but_generation:
                path.unlink(missing_ok=True)


def _has_rows_of(store: FaceStore, mapped: FaceTable) -> bool:
    """Whether faces all over the matrix, and the last, are those that the store has by these numbers.

    An index that was restored from an older copy has the same generation, and gives numbers again.
    """
    rows = np.unique(np.linspace(0, len(mapped) - 1, _COMPARED).astype(np.int64))
    stored = store.stored_faces(mapped.numbers[rows].tolist())
    return len(stored) == len(rows) and all(
        np.array_equal(face.embedding, embedding)
        for face, embedding in zip(stored, mapped.embeddings[rows], strict=True)
    )


def _blocks(table: FaceTable) -> Iterator[FaceTable]:
    for start in range(0, len(table), BLOCK):
        part = slice(start, start + BLOCK)
        yield FaceTable(
            table.numbers[part],
            table.contents[part],
            table.good[part],
            table.embeddings[part],
            table.logits[part],
        )


def _write(file: BinaryIO, tables: Iterator[FaceTable], base_sha256: str, generation: str) -> None:
    file.write(bytes(_HEADER_BYTES))
    columns: tuple[list[bytes], ...] = ([], [], [], [])
    faces, width = 0, 0
    for table in tables:
        file.write(np.ascontiguousarray(table.embeddings, "<f4").data)
        faces, width = faces + len(table), table.embeddings.shape[1]
        columns[0].append(table.numbers.astype("<i8").tobytes())
        columns[1].append(table.contents.astype("<i8").tobytes())
        columns[2].append(table.logits.astype("<f2").tobytes())
        columns[3].append(table.good.astype("?").tobytes())
    for column in columns:
        file.writelines(column)
    file.seek(0)
    file.write(json.dumps(asdict(_Header(FORMAT, base_sha256, generation, faces, width))).encode())


def _header(path: Path) -> _Header | None:
    """What the file says of itself; None where it is none of ours, or not whole."""
    with contextlib.suppress(OSError, ValueError, TypeError, RecursionError), path.open("rb") as file:
        header = _Header(**json.loads(file.read(_HEADER_BYTES).rstrip(b"\0")))
        if header.format == FORMAT and all(type(n) is int and n > 0 for n in (header.faces, header.width)):
            return header
    return None


def _open(path: Path, base_sha256: str, generation: str) -> FaceTable | None:
    """The faces in the file; None where there is none, or it is not of this generation."""
    header = _header(path)
    if header is None or (header.base_sha256, header.generation) != (base_sha256, generation):
        return None
    count, width = header.faces, header.width
    shapes: tuple[tuple[str, tuple[int, ...]], ...] = (
        ("<f4", (count, width)),
        ("<i8", (count,)),
        ("<i8", (count,)),
        ("<f2", (count, len(ATTRIBUTES))),
        ("?", (count,)),
    )
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None
    columns, at = [], _HEADER_BYTES
    for kind, shape in shapes:
        size = math.prod(shape)
        end = at + size * np.dtype(kind).itemsize
        if end > len(mapped):
            return None
        columns.append(np.frombuffer(mapped, kind, size, at).reshape(shape))
        at = end
    if at != len(mapped):
        return None
    embeddings, numbers, contents, logits, good = columns
    return FaceTable(numbers, contents, good, embeddings, logits)
