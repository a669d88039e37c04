"""An index where nothing can be written is searched; what would change it is refused in our own words.

Root may write everywhere, so these tests become nobody where they have to.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from conftest import Cli
from fake_photos import BASE, WIDTH, FakeReader, NoNetwork, Shown, direction, embeddings_of, write_photo
from sentences import raises

from semblante.errors import FileAccessError
from semblante.files import exclusive_lock
from semblante.library import (
    EmbeddingMatrix,
    Query,
    SqliteStore,
    embedding_matrix,
    scan,
    search,
    sqlite_schema,
)
from semblante.library.people_store import Taught
from semblante.library.sqlite_driver import sqlite3
from semblante.metrics.results import Reliability, RocCurve
from semblante.model.bundle import Bundle
from semblante.person import DecisionRule, HeldOutEvaluation, Neuron, Person, person_as_json
from semblante.types import Embeddings, FaceRef

pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights are others there")
SAID = "the index is write-protected: it can be searched, but nothing new can be kept in it"
NOTHING = HeldOutEvaluation(
    "validation", 5, 5, None, None, RocCurve((), (), 0.5), Reliability((), (), (), 0.0)
)


@contextmanager
def nobody() -> Iterator[None]:
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that nobody may enter too."""
    place = Path(tempfile.mkdtemp(prefix="semblante-test-"))
    place.chmod(0o755)
    yield place
    for each in (place, *place.rglob("*")):
        if each.is_dir():
            each.chmod(0o755)
    shutil.rmtree(place)


@pytest.fixture
def index(folder: Path) -> Path:
    """An index with Ana (1) in five photos and somebody else in one."""
    for number in range(5):
        write_photo(folder / "photos" / f"ana-{number}.jpg", Shown(1), salt=number)
    write_photo(folder / "photos" / "other.jpg", Shown(2), salt=9)
    data = folder / "data"
    with SqliteStore(data) as library:
        scan(library, [folder / "photos"], FakeReader(), BASE)
        neuron, rule = Neuron(10 * direction(1), -5.0, 0.0), DecisionRule(2.2, 0.0, 0.5, 0.1)
        person = Person("Ana", BASE, neuron, rule, 5, 5, 5, NOTHING)
        taught = [Taught("positive", FaceRef("0" * 64, 0), embeddings_of(1, 1)[0])]
        library.keep_person(person_as_json(person), "Ana", taught)
    return data


def protect(data: Path) -> None:
    for path in data.iterdir():
        path.chmod(0o444)
    data.chmod(0o555)


def only_the_file(data: Path) -> None:
    """The folder can be written, the index in it cannot."""
    (data / "library.sqlite").chmod(0o444)
    data.chmod(0o777)


@pytest.mark.parametrize("how", [protect, only_the_file])
def test_it_is_searched_and_refuses_the_rest(how: Callable[[Path], None], index: Path) -> None:
    how(index)
    photo = index.parent / "photos" / "new.jpg"
    write_photo(photo, Shown(1), salt=50)
    before = (index / "library.sqlite").read_bytes()
    with nobody(), SqliteStore(index) as store:
        assert (store.names(), store.face_count(), store.set_aside) == (("Ana",), 6, None)
        assert len(search(store, BASE, Query(with_=(), score=None)).matches) == 6
        reader = FakeReader()
        with raises(FileAccessError, match=f"library.sqlite: {SAID}; copy its folder"):
            scan(store, [photo], reader, BASE)
        assert reader.paths == [], "nothing is read in vain"
        for change in (store.check_writable, lambda: store.erase_person("Ana", [])):
            with raises(FileAccessError, match=SAID):
                change()
    assert (index / "library.sqlite").read_bytes() == before


def test_a_writable_index_is_not_changed_by_asking(index: Path) -> None:
    with SqliteStore(index) as store:
        store.check_writable()
        with store.asking() as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (sqlite_schema.INDEX.version,)
        assert store.face_count() == 6


def test_a_search_needs_no_file_of_its_own(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_matrix, "MIN_FACES", 2)
    protect(index)
    with nobody(), SqliteStore(index) as store:
        for _ in range(2):
            assert sum(map(len, EmbeddingMatrix(store).tables(BASE))) == 6
    assert [path.name for path in index.iterdir()] == ["library.sqlite"]


def test_a_snapshot_of_an_index_in_use_is_read_whole(index: Path) -> None:
    snapshot, cut = index.with_name("snapshot"), index.with_name("cut")
    with SqliteStore(index) as store:
        store.keep_person("{}", "Bo", [])
        shutil.copytree(index, snapshot)
        shutil.copytree(index, cut)
    (cut / "library.sqlite-shm").unlink()
    for each in (snapshot, cut):
        protect(each)
    with nobody():
        with SqliteStore(snapshot) as store:
            assert store.names() == ("Ana", "Bo"), "the last of it is in the log beside it"
        with raises(FileAccessError, match="copied while it was in use, and cannot be completed"):
            SqliteStore(cut)


def test_an_older_index_is_said_to_be_older(folder: Path) -> None:
    data = folder / "older"
    data.mkdir()
    connection = sqlite3.connect(data / "library.sqlite", isolation_level=None)
    sqlite_schema.migrate(connection, data, sqlite_schema.INDEX, 3)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    protect(data)
    with nobody(), raises(FileAccessError, match="of an older version, and cannot be brought up to date"):
        SqliteStore(data)


def test_an_index_that_may_not_be_read_is_said_in_our_words(index: Path, folder: Path) -> None:
    (index / "library.sqlite").chmod(0)
    with nobody(), raises(FileAccessError, match="no permission to read or write here"):
        SqliteStore(index)
    with nobody(), raises(FileAccessError, match=f"^{index}: no permission"), exclusive_lock(index):
        pass
    (folder / "empty").mkdir(0o555)
    with nobody(), raises(FileAccessError, match="no permission to read or write here"):
        SqliteStore(folder / "empty")


def test_the_commands_say_so_in_both_languages(
    index: Path, folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = Bundle(folder / "base", {"weights": {"sha256": BASE, "embedding_size": WIDTH}})

    def background(_bundle: Bundle) -> Embeddings:
        return np.concatenate([embeddings_of(5000 + who, 1) for who in range(200)])

    monkeypatch.setattr("semblante.pipeline.FaceAnalyzer", lambda *_: NoNetwork(bundle))
    monkeypatch.setattr(Bundle, "background", background)
    monkeypatch.setattr("semblante.pipeline.open_base", lambda folder=None, person=None: bundle)
    photos = folder / "photos"
    opened = sqlite_schema._opened

    def open_to_read(
        path: Path, schema: sqlite_schema.Schema, key: None, _place: str, is_uri: bool
    ) -> sqlite3.Connection:
        return opened(path, schema, key, f"{path.as_uri()}?immutable=1", True)

    # Not by becoming nobody, who may import nothing.
    monkeypatch.setattr(sqlite_schema, "_opened", open_to_read)
    found = cli("find", "Ana", "--library", index)
    assert (found.code, len(found.out.splitlines())) == (0, 5)
    assert "Ana: 5" in cli("people", "--library", index).out
    for command in (
        ["scan", photos],
        ["learn", "Bo", photos],
        ["review", "Ana"],
        ["forget", "Ana", "--yes"],
        ["people", "--group", "1", "--name", "Bo"],
        ["rename", "Ana", "Anna"],
        ["sort", "Ana", "--to", folder / "out"],
    ):
        said = cli(*command, "--library", index)
        assert (said.code, said.out) == (2, ""), command
        assert f"library.sqlite: {SAID}; copy its folder" in said.err, command
        said = cli(*command, "--library", index, "--lang", "es")
        assert "el índice está protegido contra escritura" in said.err, command
