"""The matrix beside the rows: equal to them, made anew when they changed, and empty of what is gone."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from fake_photos import BASE, embeddings_of
from sentences import raises
from test_store_contract import content, record

from semblante.errors import FileAccessError
from semblante.files import replace_when_done
from semblante.library import (
    EmbeddingMatrix,
    FaceTable,
    Query,
    ScoredFaces,
    SqliteStore,
    embedding_matrix,
    erase,
    search,
)
from semblante.library.embedding_matrix import matrix_path, remove_matrices
from semblante.library.sqlite_driver import sqlite3
from semblante.library.store import FaceStore
from semblante.types import FaceRef


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteStore]:
    monkeypatch.setattr(embedding_matrix, "MIN_FACES", 4)
    monkeypatch.setattr(embedding_matrix, "BLOCK", 7)
    with SqliteStore(tmp_path / "data") as opened:
        yield opened


def write(store: FaceStore, *photos: int) -> None:
    store.write([record(number, [number, 60 + number], f"/p/{number}.jpg") for number in photos], BASE)


def whole(tables: Iterator[FaceTable]) -> list[np.ndarray]:
    found = list(tables)
    return [
        np.concatenate([getattr(each, name) for each in found]).astype(np.float64)
        for name in ("numbers", "contents", "good", "embeddings", "logits")
    ]


def assert_exact(store: FaceStore, matrix: EmbeddingMatrix) -> None:
    for one, other in zip(whole(matrix.tables(BASE)), whole(store.faces(BASE)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_it_holds_what_the_rows_hold(store: SqliteStore) -> None:
    write(store, *range(20))
    matrix = EmbeddingMatrix(store)
    assert_exact(store, matrix)
    assert matrix_path(store.folder, BASE).is_file()
    assert_exact(store, matrix)
    assert_exact(store, EmbeddingMatrix(store))


def test_faces_that_came_since_are_read_beside_it(store: SqliteStore) -> None:
    write(store, *range(20))
    matrix = EmbeddingMatrix(store)
    assert_exact(store, matrix)
    before = matrix_path(store.folder, BASE).stat()
    write(store, 20)
    assert_exact(store, matrix)
    assert_exact(store, EmbeddingMatrix(store))
    assert matrix_path(store.folder, BASE).stat() == before, "so few are not worth a new file"
    write(store, *range(21, 30))
    assert_exact(store, matrix)
    assert matrix_path(store.folder, BASE).stat() != before


def test_it_is_made_anew_once_a_face_is_gone_or_read_again(store: SqliteStore) -> None:
    write(store, *range(20))
    matrix = EmbeddingMatrix(store)
    assert_exact(store, matrix)
    store.mark_missing([Path("/p/3.jpg")], [Path("/p/3.jpg")])
    assert_exact(store, matrix)
    store.write([record(4, [33, 34], "/p/4.jpg")], BASE, force=True)
    assert_exact(store, matrix)
    assert_exact(store, EmbeddingMatrix(store))


def test_another_process_that_removes_a_face_is_noticed(store: SqliteStore) -> None:
    write(store, *range(20))
    matrix = EmbeddingMatrix(store)
    assert_exact(store, matrix)
    with SqliteStore(store.folder) as other:
        other.mark_missing([Path("/p/3.jpg")], [Path("/p/3.jpg")])
    assert_exact(store, matrix)


def test_nothing_of_an_erased_face_stays_in_it(store: SqliteStore) -> None:
    write(store, *range(20))
    assert_exact(store, EmbeddingMatrix(store))
    hers = embeddings_of(5, 1, seed=5)[0].astype(np.float16).astype("<f4").tobytes()
    assert hers in matrix_path(store.folder, BASE).read_bytes()
    store.keep_person("{}", "Ana", [])
    (number,) = store.face_numbers([FaceRef(content(5).hex(), 0)]).values()
    erase(store, "Ana", [number])
    assert not any(hers in path.read_bytes() for path in store.folder.rglob("*") if path.is_file())
    matrix = EmbeddingMatrix(store)
    assert_exact(store, matrix)
    assert hers not in matrix_path(store.folder, BASE).read_bytes()


def test_a_face_that_is_erased_while_the_file_is_made_is_not_kept(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, *range(20))
    real = store.faces

    def faces(base: str, after: int = 0, logits: bool = True) -> Iterator[FaceTable]:
        yield from real(base, after, logits)
        if store.names():  # Another run forgets somebody once the rows are read.
            with SqliteStore(store.folder) as other:
                erase(other, "Ana", [1])

    store.keep_person("{}", "Ana", [])
    monkeypatch.setattr(store, "faces", faces)
    list(EmbeddingMatrix(store).tables(BASE))
    assert not matrix_path(store.folder, BASE).exists()
    monkeypatch.undo()


def test_a_file_is_not_replaced_by_one_with_a_face_that_was_removed_meanwhile(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, *range(20))
    matrix_path(store.folder, BASE).write_bytes(b"what was there")
    real = store.faces

    def faces(base: str, after: int = 0, logits: bool = True) -> Iterator[FaceTable]:
        yield from real(base, after, logits)
        with SqliteStore(store.folder) as other:
            other.mark_missing([Path("/p/3.jpg")], [Path("/p/3.jpg")])

    monkeypatch.setattr(store, "faces", faces)
    list(EmbeddingMatrix(store).tables(BASE))
    assert matrix_path(store.folder, BASE).read_bytes() == b"what was there"
    assert not list(store.folder.glob(".*.part"))


@pytest.mark.parametrize(
    "change",
    [{"faces": "x"}, {"faces": -1}, {"faces": 1.5}, {"faces": True}, {"faces": 10**30}, {"width": 0}],
)
def test_a_header_with_impossible_numbers_is_no_header(store: SqliteStore, change: dict[str, object]) -> None:
    write(store, *range(20))
    assert_exact(store, EmbeddingMatrix(store))
    path = matrix_path(store.folder, BASE)
    content = path.read_bytes()
    header = json.loads(content[:4096].rstrip(b"\0")) | change
    path.write_bytes(json.dumps(header).encode().ljust(4096, b"\0") + content[4096:])
    assert_exact(store, EmbeddingMatrix(store))
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "damaged", [b"", b"{}", b"{broken", b'{"format": "semblante-matrix-1"}' + bytes(5000), b"[" * 4096]
)
def test_a_file_that_is_not_whole_is_made_anew(store: SqliteStore, damaged: bytes) -> None:
    write(store, *range(20))
    matrix_path(store.folder, BASE).write_bytes(damaged)
    assert_exact(store, EmbeddingMatrix(store))
    whole_file = matrix_path(store.folder, BASE).read_bytes()
    for other_length in (whole_file[:-100], whole_file + b"more"):
        matrix_path(store.folder, BASE).write_bytes(other_length)
        assert_exact(store, EmbeddingMatrix(store))
        assert matrix_path(store.folder, BASE).read_bytes() == whole_file


def test_a_matrix_of_another_index_is_not_used(store: SqliteStore, tmp_path: Path) -> None:
    write(store, *range(20))
    assert_exact(store, EmbeddingMatrix(store))
    with SqliteStore(tmp_path / "other") as other:
        write(other, *range(40, 60))
        matrix_path(other.folder, BASE).write_bytes(matrix_path(store.folder, BASE).read_bytes())
        assert_exact(other, EmbeddingMatrix(other))


def test_a_matrix_that_is_newer_than_a_restored_index_is_not_used(store: SqliteStore, tmp_path: Path) -> None:
    write(store, *range(20))
    with SqliteStore(tmp_path / "restored") as copy:
        older = copy.path
    with sqlite3.connect(store.path) as source, sqlite3.connect(older) as target:
        source.backup(target)
    write(store, *range(20, 30))
    assert_exact(store, EmbeddingMatrix(store))
    for later in ((), range(40, 45), range(45, 60)):  # Fewer faces than in the matrix, then more.
        with SqliteStore(older.parent) as restored:
            matrix_path(older.parent, BASE).write_bytes(matrix_path(store.folder, BASE).read_bytes())
            write(restored, *later)
            assert restored.generation() == store.generation()
            assert_exact(restored, EmbeddingMatrix(restored))


def test_a_disk_that_is_too_small_is_not_filled(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    write(store, *range(20))
    assert_exact(store, EmbeddingMatrix(store))
    needed = matrix_path(store.folder, BASE).stat().st_size
    remove_matrices(store.folder)
    free = needed - 1
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: SimpleNamespace(free=free))
    begun = []

    def begin(path: Path, private: bool) -> contextlib.AbstractContextManager[Path]:
        begun.append(path)
        return replace_when_done(path, private)

    monkeypatch.setattr(embedding_matrix, "replace_when_done", begin)
    matrix = EmbeddingMatrix(store)
    for _ in range(2):
        assert_exact(store, matrix)
    assert not begun
    free = needed
    assert_exact(store, matrix)
    assert begun == [matrix_path(store.folder, BASE)]


def test_where_no_file_can_be_written_the_rows_are_read(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, *range(20))

    def refuse(_path: Path, private: bool) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(embedding_matrix, "replace_when_done", refuse)
    matrix = EmbeddingMatrix(store)
    for _ in range(2):
        assert_exact(store, matrix)
    assert not matrix_path(store.folder, BASE).exists()


def test_what_a_killed_run_left_of_it_is_removed_too(store: SqliteStore) -> None:
    write(store, *range(20))
    assert_exact(store, EmbeddingMatrix(store))
    with pytest.raises(KeyError), replace_when_done(matrix_path(store.folder, BASE)) as partial:
        partial.write_bytes(b"faces")
        left = partial.rename(partial.with_name(partial.name.replace(".part", "9.part")))
        raise KeyError
    assert left.exists()
    remove_matrices(store.folder, store.generation())
    assert matrix_path(store.folder, BASE).exists()
    remove_matrices(store.folder)
    assert not left.exists() and not matrix_path(store.folder, BASE).exists()


def test_what_a_killed_first_run_left_is_removed_when_somebody_is_erased(store: SqliteStore) -> None:
    write(store, *range(20))
    left = matrix_path(store.folder, BASE).with_name(f".{matrix_path(store.folder, BASE).name}.1.part")
    left.write_bytes(b"faces")
    store.keep_person("{}", "Ana", [])
    erase(store, "Ana", [1])
    assert not left.exists()


def test_somebody_whose_faces_cannot_be_deleted_from_the_disk_stays_known(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, *range(20))
    assert_exact(store, EmbeddingMatrix(store))
    store.keep_person("{}", "Ana", [])
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path == matrix_path(store.folder, BASE):
            raise PermissionError(13, "Another program has it open", str(path))
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    with raises(FileAccessError, match="permission"):
        erase(store, "Ana", [1])
    assert store.names() == ("Ana",)
    monkeypatch.undo()
    assert erase(store, "Ana", [1]).faces == 1
    assert store.names() == () and not matrix_path(store.folder, BASE).exists()


def test_a_search_finds_the_same_with_and_without_it(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, *range(25))

    def score(table: FaceTable) -> ScoredFaces:
        cosines = (table.embeddings @ embeddings_of(7, 1, seed=7)[0]).astype(np.float64)
        rows = np.flatnonzero(cosines > 0.1)
        return ScoredFaces(rows, ["yes"] * len(rows), np.clip(cosines[rows], 0, 1), 1.0)

    with_file = search(store, BASE, Query(score))
    assert matrix_path(store.folder, BASE).exists()
    remove_matrices(store.folder)
    monkeypatch.setattr(embedding_matrix, "MIN_FACES", 1000)
    from_rows = search(store, BASE, Query(score))
    assert not matrix_path(store.folder, BASE).exists()
    assert [each.path for each in with_file.matches] == [each.path for each in from_rows.matches]
    for one, other in zip(with_file.matches, from_rows.matches, strict=True):
        assert one.probability == pytest.approx(other.probability, abs=1e-6)
    assert with_file.matches[0].path == Path("/p/7.jpg")
