"""`Library`: one object that is opened once, asked from any thread, and takes any store."""

import mmap
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_photos import BASE, NoNetwork, Shown, direction, embeddings_of, made_up_analyzer, write_photo
from heard import Heard
from sentences import raises

import semblante
from semblante.errors import Cancelled, FileAccessError
from semblante.library import SqliteStore, Taught, embedding_matrix
from semblante.library.embedding_matrix import matrix_path
from semblante.metrics.results import Reliability, RocCurve
from semblante.person import DecisionRule, HeldOutEvaluation, Neuron, Person, person_as_json
from semblante.pipeline import Library
from semblante.types import FaceRef

NOTHING = HeldOutEvaluation(
    "validation", 5, 5, None, None, RocCurve((), (), 0.5), Reliability((), (), (), 0.0)
)


def person(who: int, name: str) -> Person:
    """Yes above a cosine of 0.6 with the person, no below 0.4."""
    return Person(
        name, BASE, Neuron(10 * direction(who), -5.0, 0.0), DecisionRule(2.2, 0.0, 0.5, 0.1), 5, 5, 5, NOTHING
    )


@pytest.fixture
def analyzer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NoNetwork:
    return made_up_analyzer(tmp_path / "base", monkeypatch)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Four photos of Ana's (1), three of Bo's (2)."""
    for number in range(7):
        who = 1 if number < 4 else 2
        write_photo(tmp_path / "photos" / f"{number}.jpg", Shown(who), salt=number)
    return tmp_path / "photos"


@pytest.fixture
def library(tmp_path: Path, photos: Path, analyzer: NoNetwork) -> Iterator[Library]:
    with semblante.Library(tmp_path / "data", create=True) as opened:
        assert opened.is_empty
        opened.scan([photos], analyzer)
        ana = person(1, "Ana")
        row = embeddings_of(1, 1)[0]
        opened.store.keep_person(person_as_json(ana), "Ana", [Taught("positive", FaceRef("00" * 32, 0), row)])
        yield opened


def test_from_a_scan_to_forgetting(library: Library, photos: Path, analyzer: NoNetwork) -> None:
    found = library.find("ana")
    assert sorted(match.path.name for match in found.matches) == [f"{number}.jpg" for number in range(4)]
    by_person = library.find(person(2, "whoever"))
    assert sorted(match.path.name for match in by_person.matches) == [f"{number}.jpg" for number in (4, 5, 6)]
    heard = Heard()
    people = library.people(analyzer, job=heard.job)
    assert [(group.name, group.photos) for group in people.groups] == [("Ana", 4), (None, 3)]
    assert heard.progress[-1].stage == "grouping"
    shown = [path.name for path in library.photos_of(people.groups[1])]
    assert sorted(shown) == ["4.jpg", "5.jpg", "6.jpg"]
    assert (library.names(), library.knows(" ANA "), library.person("ana").name) == (("Ana",), True, "Ana")
    gone = library.forget("Ana")
    assert (gone.faces, library.names(), library.find(person(1, "Ana")).matches) == (4, (), ())


def test_a_matrix_is_unmapped_before_it_is_deleted(
    library: Library, photos: Path, analyzer: NoNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Windows has it, which does not delete a file that is mapped."""
    maps: weakref.WeakSet[mmap.mmap] = weakref.WeakSet()
    real, unlink = mmap.mmap, Path.unlink

    def recorded(*values: int, **options: int) -> mmap.mmap:
        mapped = real(*values, **options)
        maps.add(mapped)
        return mapped

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".matrix" and len(maps):
            raise PermissionError(13, "It is mapped", str(path))
        unlink(path, missing_ok)

    monkeypatch.setattr(embedding_matrix, "MIN_FACES", 2)
    monkeypatch.setattr(mmap, "mmap", recorded)
    monkeypatch.setattr(Path, "unlink", refuse)
    file = matrix_path(library.folder, BASE)
    assert len(library.find("Ana").matches) == 4
    assert file.exists() and len(maps) == 1
    (photos / "6.jpg").unlink()
    library.scan([photos], analyzer, prune=True)
    assert not file.exists()
    assert len(library.find("Ana").matches) == 4
    assert file.exists() and len(maps) == 1
    assert library.forget("Ana").faces == 4
    assert not file.exists()


def test_where_there_must_be_an_index(tmp_path: Path) -> None:
    with raises(FileAccessError, match="no index is here"):
        Library(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
    Library(tmp_path / "new", create=True).close()
    Library(tmp_path / "new").close()


def test_a_store_of_the_callers_own_is_closed_with_it(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    with Library(store=store) as library:
        assert library.folder == tmp_path
    with raises(FileAccessError, match="it was closed") as caught:
        store.names()
    assert caught.value.code == "library_closed"
    with raises(FileAccessError, match="it was closed"):
        library.find(with_=["Smiling"])


def test_forgetting_that_is_cancelled_forgets_nothing(library: Library) -> None:
    with pytest.raises(Cancelled):
        library.forget("Ana", job=Heard(cancel_after=0).job)
    assert len(library.find("Ana").matches) == 4


def test_grouping_that_is_cancelled_changes_nothing(library: Library, analyzer: NoNetwork) -> None:
    with pytest.raises(Cancelled):
        library.people(analyzer, job=Heard(cancel_after=0).job)
    assert len(library.people(analyzer).groups) == 2


@pytest.mark.slow
def test_eight_threads_ask_and_change_one_library(
    library: Library, tmp_path: Path, analyzer: NoNetwork
) -> None:
    failures: list[BaseException] = []
    start = threading.Barrier(8)

    def work(thread: int) -> None:
        try:
            start.wait()
            for step in range(5):
                folder = tmp_path / "more" / f"{thread}-{step}"
                write_photo(folder / "new.jpg", Shown(1), salt=1000 + 10 * thread + step)
                assert library.scan([folder], analyzer).read == 1
                assert len(library.find("Ana").matches) >= 4 + step + 1
                assert library.people(analyzer).groups[0].photos >= 4 + step + 1
                name = f"Person {thread}"
                library.store.keep_person(person_as_json(person(100 + thread, name)), name, [])
                library.forget(name)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []
    assert (len(library.find("Ana").matches), library.names()) == (4 + 40, ("Ana",))
