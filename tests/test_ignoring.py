"""Strangers whom the user asks about no more: in no group, in no question, found by a sure yes alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Cli
from fake_photos import NoNetwork, Shown, embeddings_of, made_up_analyzer, write_photo
from sentences import raises
from test_pipeline_library import person

from semblante.errors import NotInIndex
from semblante.files import sha256_of
from semblante.library import Taught
from semblante.person import person_as_json
from semblante.pipeline import Library
from semblante.types import FaceRef

ANA, BO, STRANGER, ALMOST = 1, 2, 3, 4


@pytest.fixture
def analyzer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NoNetwork:
    return made_up_analyzer(tmp_path / "base", monkeypatch)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Three photos of Ana with Bo and a stranger, and three of the stranger alone in another folder."""
    for number in range(3):
        together = Shown(ANA), Shown(BO), Shown(STRANGER)
        write_photo(tmp_path / "photos" / f"{number}.jpg", *together, salt=number)
        write_photo(tmp_path / "photos" / "party" / f"{number}.jpg", Shown(STRANGER), salt=10 + number)
    return tmp_path / "photos"


@pytest.fixture
def library(tmp_path: Path, photos: Path, analyzer: NoNetwork) -> Iterator[Library]:
    """Ana is known, Bo is not."""
    with Library(tmp_path / "data", create=True) as opened:
        opened.scan(photos, analyzer)
        row = embeddings_of(ANA, 1)[0]
        ana = person_as_json(person(ANA, "Ana"))
        opened.store.keep_person(ana, "Ana", [Taught("positive", FaceRef("00" * 32, 0), row)])
        yield opened


def ref(photos: Path, name: str, place: int) -> FaceRef:
    return FaceRef(sha256_of(photos / name), place)


def groups(library: Library, analyzer: NoNetwork) -> list[tuple[str | None, int]]:
    return [(each.name, each.photos) for each in library.people(analyzer).groups]


def test_an_ignored_face_is_in_no_group(library: Library, photos: Path, analyzer: NoNetwork) -> None:
    assert groups(library, analyzer) == [("Ana", 3), (None, 6), (None, 3)]
    change = library.ignore_faces([ref(photos, f"party/{number}.jpg", 0) for number in range(3)])
    assert groups(library, analyzer) == [("Ana", 3), (None, 3), (None, 3)]
    assert library.people(analyzer).ignored == 3
    library.scan(photos, analyzer, force=True)
    assert library.people(analyzer).ignored == 3
    assert change is not None
    assert library.undo_change(change).kind == "ignore"
    assert groups(library, analyzer) == [("Ana", 3), (None, 6), (None, 3)]
    library.ignore_faces([ref(photos, "party/0.jpg", 0)])
    assert library.ignored_faces() == (ref(photos, "party/0.jpg", 0),)
    library.ignore_faces([ref(photos, "party/0.jpg", 0)], ignored=False)
    assert library.ignored_faces() == ()


def test_the_others_of_a_photo_are_those_whom_nobody_surely_is(
    library: Library, photos: Path, analyzer: NoNetwork
) -> None:
    library.ignore_others(sha256_of(photos / "0.jpg"))
    assert set(library.ignored_faces()) == {ref(photos, "0.jpg", 1), ref(photos, "0.jpg", 2)}
    assert len(library.find("Ana").matches) == 3
    library.store.keep_person(person_as_json(person(BO, "Bo")), "Bo", [])
    assert len(library.find("Bo").matches) == 3, "whoever is known later is found"
    assert library.ignore_others(sha256_of(photos / "0.jpg")) is None


def test_all_of_a_folder_are_ignored_and_those_who_come_later(
    library: Library, photos: Path, analyzer: NoNetwork
) -> None:
    library.ignore_folder(photos / "party")
    assert groups(library, analyzer) == [("Ana", 3), (None, 3), (None, 3)]
    write_photo(photos / "party" / "new.jpg", Shown(ANA), Shown(BO), salt=50)
    library.scan(photos, analyzer)
    assert groups(library, analyzer) == [("Ana", 4), (None, 3), (None, 3)]
    assert library.ignored_folders() == (photos / "party",)
    library.undo()
    assert groups(library, analyzer) == [("Ana", 4), (None, 6), (None, 4)]


def test_nobody_asks_whether_an_ignored_face_is_the_person(
    library: Library, photos: Path, analyzer: NoNetwork
) -> None:
    """Half of Ana's direction and half of a stranger's is unsure."""
    for salt in range(40):
        write_photo(photos / "more" / f"{salt}.jpg", Shown(ANA, noise=1.6), salt=salt)
    library.scan(photos, analyzer)
    unsure = [each for each in library.find("Ana").matches if each.verdict == "unsure"]
    assert unsure and len(library.review("Ana").unanswered()) == len(unsure)
    library.ignore_faces([each.face for each in unsure[1:]])
    assert [each.face for each in library.review("Ana").unanswered()] == [unsure[0].face]
    assert [each.face for each in library.find("Ana").matches if each.verdict == "unsure"] == [unsure[0].face]


def test_what_is_not_in_the_index_is_not_ignored(library: Library) -> None:
    with raises(NotInIndex, match="the index holds no such photo or face"):
        library.ignore_faces([FaceRef("00" * 32, 0)])
    with raises(NotInIndex):
        library.ignore_others("00" * 32)
    with raises(NotInIndex, match="no change 77"):
        library.undo_change(77)


def test_photos_and_folders_are_ignored_by_a_command(
    library: Library, photos: Path, analyzer: NoNetwork, cli: Cli
) -> None:
    """All but Ana, who is known; what is listed is what is ignored."""
    party = photos / "party"
    said = cli("ignore", photos / "0.jpg", party, "--library", library.folder)
    assert said.code == 0
    assert said.out == f"{photos / '0.jpg'}: strangers are ignored\n{party}: strangers are ignored\n"
    assert said.err == f"To take this back: semblante undo --people 2 --library {library.folder}\n"
    assert set(library.ignored_faces()) == {ref(photos, "0.jpg", 1), ref(photos, "0.jpg", 2)}
    assert library.people(analyzer).ignored == 5
    listed = cli("ignore", "--list", "--library", library.folder)
    assert (listed.out, listed.err) == (f"{party}\n", "Faces that are ignored one by one: 2\n")
    assert "it was so already" in cli("ignore", party, "--library", library.folder).out
    said = cli("ignore", "--no-longer", photos / "0.jpg", party, "--library", library.folder)
    assert said.out.count("no longer ignored") == 2
    assert library.ignored_faces() == () and library.ignored_folders() == ()
    for arguments in ((), ("--list", party)):
        assert cli("ignore", *arguments, "--library", library.folder).err.startswith("Name photos or folders")
    elsewhere = write_photo(photos.parent / "new.jpg", Shown(BO))
    said = cli("ignore", elsewhere, "--library", library.folder)
    assert said.code == 2 and "the index holds no face of this photo; scan it" in said.err
    assert cli("ignore", photos / "typo.jpg", "--library", library.folder).code != 0
