"""The folders of the library: a list that scans take, and what leaves the index with one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_photos import BASE, WIDTH, NoNetwork, Shown, write_photo
from sentences import raises

from semblante.errors import InvalidOption, NotInIndex
from semblante.model.bundle import Bundle
from semblante.pipeline import Library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "data", create=True) as opened:
        yield opened


def test_photos_stay_that_another_folder_of_the_list_has(library: Library, tmp_path: Path) -> None:
    for salt, name in enumerate(("a.jpg", "in/b.jpg", "in/deep/c.jpg")):
        write_photo(tmp_path / "photos" / name, Shown(1), salt=salt)
    outer = library.add_folder(tmp_path / "photos")
    inner = library.add_folder(tmp_path / "photos" / "in")
    analyzer = NoNetwork(Bundle(tmp_path / "base", {"weights": {"sha256": BASE, "embedding_size": WIDTH}}))
    assert library.scan_folders([], analyzer).read == 3
    assert [(each.number, each.photos) for each in library.folders()] == [
        (outer.number, 3),
        (inner.number, 2),
    ]
    assert library.remove_folder(outer.number) == 1
    assert library.store.face_count() == 2
    assert library.remove_folder(inner.number) == 2
    assert (library.store.face_count(), library.folders()) == (0, ())
    assert library.add_folder(tmp_path / "photos").number > inner.number, "no number is given again"


def test_a_name_through_a_link_is_the_folder_itself(library: Library, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    assert library.add_folder(tmp_path / "link") == library.add_folder(tmp_path / "photos")
    assert [each.path for each in library.folders()] == [tmp_path / "photos"]


def test_what_is_no_folder_or_not_on_the_list(library: Library, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with raises(InvalidOption, match="cannot be added as a folder of photos: "):
        library.add_folder(tmp_path / "nowhere")
    with raises(InvalidOption, match="cannot be added as a folder of photos"):
        library.add_folder(tmp_path / "file")
    with raises(InvalidOption, match="no folder was added yet"):
        library.chosen_folders([])
    with raises(NotInIndex, match="folder 7 is not on the list"):
        library.remove_folder(7)
