"""Photos and faces in lists: filtered, page by page, each with who is in it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fake_photos import BASE, WIDTH, NoNetwork, Shown, embeddings_of, write_photo
from sentences import raises
from test_pipeline_library import person

from semblante.errors import InvalidOption, UnknownPerson
from semblante.files import sha256_of
from semblante.library import Taught
from semblante.model.bundle import Bundle
from semblante.person import person_as_json
from semblante.pipeline import Library, PhotoFilter, PhotoPage
from semblante.types import FaceRef

ANA, BO, STRANGER = 1, 2, 3


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Ana alone, smiling; Ana with Bo, both of them not; a stranger, smiling; nobody; a damaged file."""
    folder = tmp_path / "photos"
    write_photo(folder / "a.jpg", Shown(ANA, with_=("Smiling",)), salt=1)
    write_photo(folder / "b.jpg", Shown(BO), Shown(ANA), salt=2)
    write_photo(folder / "in" / "c.jpg", Shown(STRANGER, with_=("Smiling",)), salt=3)
    write_photo(folder / "in" / "d.jpg", salt=4)
    (folder / "e.jpg").write_text("no photo")
    return folder


@pytest.fixture
def library(tmp_path: Path, photos: Path) -> Iterator[Library]:
    """Ana and Bo are known."""
    bundle = Bundle(tmp_path / "base", {"weights": {"sha256": BASE, "embedding_size": WIDTH}})
    with Library(tmp_path / "data", create=True) as opened:
        opened.scan(photos, NoNetwork(bundle))
        for who, name in ((ANA, "Ana"), (BO, "Bo")):
            row = embeddings_of(who, 1)[0]
            taught = [Taught("positive", FaceRef("00" * 32, who), row)]
            opened.store.keep_person(person_as_json(person(who, name)), name, taught)
        opened.store.set_person_details("Eva", None, None)
        yield opened


def names(page: PhotoPage) -> list[str]:
    return [each.photo.path.name for each in page.photos]


def test_all_photos_come_page_by_page_with_who_is_in_them(library: Library, photos: Path) -> None:
    first = library.photos(PhotoFilter(), 2)
    assert (names(first), first.total, first.next) == (["a.jpg", "b.jpg"], 5, photos / "b.jpg")
    who = [[[(one.name, one.verdict) for one in face.people] for face in each.faces] for each in first.photos]
    assert who == [[[("Ana", "yes")]], [[("Bo", "yes")], [("Ana", "yes")]]]
    second = library.photos(PhotoFilter(), 2, first.next)
    assert [(each.photo.path.name, each.photo.issue, each.faces) for each in second.photos[:1]] == [
        ("e.jpg", "it is damaged", ())
    ]
    last = library.photos(PhotoFilter(), 2, second.next)
    assert (names(last), last.next) == (["d.jpg"], None)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (PhotoFilter("Ana"), ["a.jpg", "b.jpg"]),
        (PhotoFilter("ana", "yes", with_=("sonrisa",)), ["a.jpg"]),
        (PhotoFilter("Ana", "unsure"), []),
        (PhotoFilter("Bo", without=("Smiling",)), ["b.jpg"]),
        (PhotoFilter(with_=("Smiling",)), ["a.jpg", "c.jpg"]),
        (PhotoFilter(without=("Smiling",)), ["b.jpg"]),
    ],
)
def test_filters(wanted: PhotoFilter, expected: list[str], library: Library) -> None:
    page = library.photos(wanted, 10)
    assert (names(page), page.total, page.next) == (expected, len(expected), None)


def test_a_folder_is_a_filter_too(library: Library, photos: Path) -> None:
    assert names(library.photos(PhotoFilter(folder=photos / "in"), 10)) == ["c.jpg", "d.jpg"]
    assert names(library.photos(PhotoFilter(folder=photos / "in", with_=("Smiling",)), 10)) == ["c.jpg"]
    assert library.photos(PhotoFilter("Ana", folder=photos / "in"), 10).photos == ()
    faces = library.faces(PhotoFilter(folder=photos / "in"), 10)
    assert [each.seen.path.name for each in faces.faces] == ["c.jpg"]


def test_faces_come_as_they_came_into_the_library(library: Library, photos: Path) -> None:
    page = library.faces(PhotoFilter(), 3)
    assert (len(page.faces), page.total) == (3, 4)
    rest = library.faces(PhotoFilter(), 3, page.next or 0)
    numbers = [each.number for each in (*page.faces, *rest.faces)]
    assert (numbers, rest.next) == (sorted(numbers), None)
    hers = library.faces(PhotoFilter("Ana", "yes"), 10)
    assert sorted(each.seen.path.name for each in hers.faces) == ["a.jpg", "b.jpg"]
    stranger = FaceRef(sha256_of(photos / "in" / "c.jpg"), 0)
    library.ignore_faces([stranger])
    ignored = [each.seen.face for each in library.faces(PhotoFilter(), 10).faces if each.is_ignored]
    assert ignored == [stranger]


def test_what_a_user_said_is_sure_and_has_no_probability(library: Library, photos: Path) -> None:
    stranger = FaceRef(sha256_of(photos / "in" / "c.jpg"), 0)
    taught = [*library.store.taught("Ana"), Taught("positive", stranger, embeddings_of(STRANGER, 1)[0], True)]
    library.store.keep_person(library.store.person("Ana"), "Ana", taught, "answer")
    (found,) = library.photos(PhotoFilter("Ana", folder=photos / "in"), 10).photos
    assert [(one.name, one.probability) for one in found.faces[0].people] == [("Ana", None)]


def test_nothing_is_in_an_empty_library(tmp_path: Path) -> None:
    with Library(tmp_path / "empty", create=True) as library:
        for wanted in (PhotoFilter(), PhotoFilter(with_=("Smiling",))):
            assert (library.photos(wanted, 10).photos, library.faces(wanted, 10).total) == ((), 0)


def test_who_and_what_is_not_known(library: Library) -> None:
    with raises(UnknownPerson, match="Carla is not known"):
        library.photos(PhotoFilter("Carla"), 10)
    with raises(UnknownPerson):
        library.photos(PhotoFilter("Eva"), 10)
    with raises(InvalidOption):
        library.faces(PhotoFilter(with_=("Tall",)), 10)


def test_only_faces_of_the_persons_own_network_are_compared(library: Library, tmp_path: Path) -> None:
    """Embeddings of another network are of another length."""
    other = person(ANA, "Old Ana")
    json = person_as_json(other).replace(BASE, "cd" * 32)
    library.store.keep_person(json, "Old Ana", [])
    assert np.all([len(each.people) <= 1 for each in library.faces(PhotoFilter(), 10).faces])
