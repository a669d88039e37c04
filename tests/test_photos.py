"""Where photos are: files, folders, patterns, and the course's folders."""

import errno
import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sentences import raises

from semblante.errors import FileAccessError
from semblante.i18n import describe
from semblante.pipeline import TrainingPhotos, UnusablePhoto, course_layout, find_photos


def _touch(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


@pytest.mark.parametrize(
    ("places", "found", "reason"),
    [
        (["."], ["a/1.JPG", "a/b/2.png", "c.webp"], "a folder, searched to the bottom, pictures only"),
        (["a/notes.txt"], ["a/notes.txt"], "a file that is named is taken at its word"),
        (["c.webp", "a"], ["c.webp", "a/1.JPG", "a/b/2.png"], "in the order given"),
        (["a", "a/1.JPG", "a/*.JPG"], ["a/1.JPG", "a/b/2.png"], "none twice"),
        (["*.webp"], ["c.webp"], "a pattern"),
        (["**/*.png"], ["a/b/2.png"], "a pattern over all depths"),
        (["a*"], ["a/1.JPG", "a/b/2.png"], "a pattern that matches a folder"),
        (["empty"], [], "a folder without pictures"),
        ([], [], "no place at all"),
    ],
)
def test_finding_photos(places: Sequence[str], found: Sequence[str], reason: str, tmp_path: Path) -> None:
    _touch(tmp_path, "a/1.JPG", "a/b/2.png", "a/notes.txt", "c.webp", ".hidden.jpg")
    (tmp_path / "empty").mkdir()
    assert list(find_photos([tmp_path / place for place in places])) == [tmp_path / name for name in found], (
        reason
    )


@pytest.mark.parametrize("name", ["none", "none/none.jpg", "*.tiff", "[", "n" * 300])
def test_a_place_that_does_not_exist_is_named(name: str, tmp_path: Path) -> None:
    _touch(tmp_path, "1.jpg")
    with raises(FileAccessError) as caught:
        find_photos([tmp_path, tmp_path / name])
    assert describe(caught.value).startswith(f"{tmp_path / name}: ")


@pytest.mark.parametrize("name", ["a\nb.jpg", "👩‍🎤 [red].jpg", "*.jpg", "photo[1].jpg", " .jpg", "-rf.jpg"])
def test_names_with_odd_signs(name: str, tmp_path: Path) -> None:
    _touch(tmp_path, "x.jpg", name)
    assert find_photos([tmp_path / name]) == (tmp_path / name,)
    assert set(find_photos([tmp_path])) == {tmp_path / "x.jpg", tmp_path / name}


@pytest.mark.parametrize("pattern", [".", "**/*.jpg"])
def test_folders_that_hold_themselves(pattern: str, tmp_path: Path) -> None:
    _touch(tmp_path, "a.jpg", "sub/b.jpg")
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    assert find_photos([tmp_path / pattern]) == (tmp_path / "a.jpg", tmp_path / "sub" / "b.jpg")


def test_names_that_are_no_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff\xfe caf\xe9.jpg")
    try:
        _touch(tmp_path, "a.jpg", name)
    except OSError:
        pytest.skip("this file system keeps only names that are text")
    assert set(find_photos([tmp_path])) == {tmp_path / "a.jpg", tmp_path / name}
    assert find_photos([tmp_path / name]) == find_photos([tmp_path / "*caf*"]) == (tmp_path / name,)


def test_links_that_lead_nowhere(tmp_path: Path) -> None:
    _touch(tmp_path, "a.jpg")
    (tmp_path / "itself.jpg").symlink_to(tmp_path / "itself.jpg")
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "none.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    assert find_photos([tmp_path]) == (tmp_path / "a.jpg",)


def test_hidden_folders_hold_thumbnails_not_photos(tmp_path: Path) -> None:
    _touch(tmp_path, "a.jpg", ".thumbnails/a.jpg")
    assert find_photos([tmp_path]) == (tmp_path / "a.jpg",)
    assert find_photos([tmp_path / ".thumbnails"]) == (tmp_path / ".thumbnails/a.jpg",), "unless named"


@pytest.fixture
def closed_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`tmp_path / "b"`, closed to whoever runs the tests, even to root."""
    _touch(tmp_path, "a/1.jpg", "b/2.jpg", "c/3.jpg")
    looked_into = os.scandir

    def scandir(folder: str) -> Any:
        if folder == str(tmp_path / "b"):
            raise PermissionError(errno.EACCES, "Permission denied", folder)
        return looked_into(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    return tmp_path / "b"


@pytest.mark.parametrize("pattern", [".", "*"])
def test_a_closed_folder_is_named_and_the_rest_found(pattern: str, closed_folder: Path) -> None:
    place, unusable = closed_folder.parent / pattern, list[UnusablePhoto]()
    found = find_photos([place], unusable.append)
    assert found == (closed_folder.parent / "a/1.jpg", closed_folder.parent / "c/3.jpg")
    assert [each.path for each in unusable] == [closed_folder]
    assert describe(unusable[0].reason).startswith("no permission")
    with raises(FileAccessError, match=f"^{closed_folder}: no permission"):
        find_photos([place])


@pytest.mark.parametrize("on_disk", ["NFC", "NFD"])
@pytest.mark.parametrize("given", ["NFC", "NFD"])
def test_the_courses_folders_in_any_unicode_form(on_disk: str, given: str, tmp_path: Path) -> None:
    def form(name: str, kind: str) -> str:
        return unicodedata.normalize(kind, name)  # type: ignore[arg-type]

    for split in ("train", "validation"):
        for name in (form("María José", on_disk), "others"):
            (tmp_path / split / name).mkdir(parents=True)
    found = course_layout(tmp_path, f" {form('María José', given)} ")
    mine = form("María José", on_disk)
    assert found == TrainingPhotos(
        [tmp_path / "train" / mine],
        [tmp_path / "train/others"],
        [tmp_path / "validation" / mine],
        [tmp_path / "validation/others"],
        is_sorted=True,
    )


@pytest.mark.parametrize(
    ("folders", "name", "named", "reason"),
    [
        ([], "Ana", r"train: no folder named Ana \(found: —\)", "nothing there"),
        (["train/Eva", "train/others"], "Ana", r"named Ana \(found: Eva, others\)", "somebody else"),
        (["train/Ana"], "Ana", r"named others \(found: Ana\)", "no others"),
        (
            ["train/Ana", "train/others", "validation/Ana"],
            "Ana",
            "validation: no folder named others",
            "half",
        ),
        (["train/others", "secret"], "../secret", "no folder named ../secret", "a name is never a path"),
        (["train/others", "train/a/b"], "a/b", "no folder named a/b", "not even one further down"),
        (["train/others"], "..", "no folder named ..", "nor the folder above"),
    ],
)
def test_a_missing_folder_of_the_course(
    folders: Sequence[str], name: str, named: str, reason: str, tmp_path: Path
) -> None:
    for folder in folders:
        (tmp_path / folder).mkdir(parents=True)
    with raises(FileAccessError, match=named):
        course_layout(tmp_path, name)
