"""What in a collection's folders is none of its photos is left out and counted, unless it is named."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from conftest import Cli
from fake_photos import BASE, FakeReader, NoNetwork, Shown, write_photo
from heard import Heard
from sentences import raises

from semblante.errors import EmptyDataset, FileAccessError, InvalidOption
from semblante.library import Excluded, PhotoWalk, ScanReport, SqliteStore, scan
from semblante.library.exclusion import LEFT_OUT, layers_of
from semblante.library.photo_walk import outermost
from semblante.model.bundle import Bundle
from semblante.pipeline import find_photos, find_some_photos


@pytest.fixture
def library(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "data") as opened:
        yield opened


def walked(folder: Path, *patterns: str) -> tuple[list[str], Excluded]:
    """The photos that a walk meets, by their paths in `folder`, and what else it meets."""
    walk = PhotoWalk([folder], lambda *_: None, layers_of(patterns))
    photos = [photo for start in walk.starts() for photo in walk.photos(start)]
    return sorted(os.path.relpath(photo, folder) for photo in photos), walk.excluded


def photos_at(folder: Path, *names: str) -> Path:
    for number, name in enumerate(names):
        write_photo(folder / name, Shown(1), salt=number)
    return folder


@pytest.mark.parametrize(
    "name",
    [*(each for each in LEFT_OUT if not set("*[") & set(each)), "found.000", ".thumbnails", ".Trash-1000"],
)
def test_folders_of_other_programs_are_left_out_whatever_their_capitals(name: str, tmp_path: Path) -> None:
    for number, folder in enumerate((name, name.upper(), name.lower())):
        photos_at(tmp_path / str(number), f"{folder}/deep/x.jpg", "photo.jpg")
    found, excluded = walked(tmp_path)
    assert found == ["0/photo.jpg", "1/photo.jpg", "2/photo.jpg"]
    assert sum(excluded.folders.values()) == 3
    assert find_photos([tmp_path / "0" / name]) == (tmp_path / "0" / name / "deep" / "x.jpg",), "unless named"


def test_of_other_programs_libraries_the_originals_are_taken(tmp_path: Path) -> None:
    photos_at(
        tmp_path,
        "Photos Library.photoslibrary/originals/0/IMG.jpg",
        "Photos Library.photoslibrary/resources/derivatives/0/IMG.jpg",
        "Old.aplibrary/Previews/x.jpg",
        "resources/x.jpg",
        "Catalog Previews.lrdata/0/x.jpg",
        "appdata_oc1/preview/x.jpg",
        "IMG_1.jpg",
        "._IMG_1.jpg",
    )
    found, excluded = walked(tmp_path)
    originals = "Photos Library.photoslibrary/originals/0/IMG.jpg"
    assert found == ["IMG_1.jpg", originals, "resources/x.jpg"]
    assert (sum(excluded.folders.values()), excluded.photos) == (4, 1)


@pytest.mark.parametrize(
    ("lines", "found", "reason"),
    [
        (["*.png"], ["a/1.jpg", "a/private/3.jpg", "b/4.jpg"], "by ending"),
        (["private/"], ["a/1.jpg", "a/2.png", "b/4.jpg"], "a folder at any depth"),
        (["/private/"], ["a/1.jpg", "a/2.png", "a/private/3.jpg", "b/4.jpg"], "only here"),
        (["a/*", "!a/2.png"], ["a/2.png", "b/4.jpg"], "taken in again"),
        (["a/", "!a/2.png"], ["b/4.jpg"], "not out of a folder that is left out"),
        (["# *.jpg", "", "\\#x"], ["a/1.jpg", "a/2.png", "a/private/3.jpg", "b/4.jpg"], "a remark"),
        (["**/private/*.jpg"], ["a/1.jpg", "a/2.png", "b/4.jpg"], "two stars"),
        (["*", "!*/", "!*.png"], ["a/2.png"], "nothing but"),
        (["*", "!a/", "!2.png"], ["a/2.png"], "nothing but, in a folder"),
        (["*", "!a/"], [], "a folder is taken in again, and not what is in it"),
        (["/*", "!/a/"], ["a/1.jpg", "a/2.png", "a/private/3.jpg"], "one folder alone"),
        (["a/**", "!a/2.png"], ["a/2.png", "b/4.jpg"], "all that is in a folder, and not itself"),
        (["a", "!a/"], ["a/1.jpg", "a/2.png", "a/private/3.jpg", "b/4.jpg"], "with a slash and without"),
        (["!.hidden/"], [".hidden/5.jpg", "a/1.jpg", "a/2.png", "a/private/3.jpg", "b/4.jpg"], "a default"),
    ],
)
@pytest.mark.parametrize("asked", [False, True])
def test_the_rules_are_those_of_gitignore(
    asked: bool, lines: Sequence[str], found: Sequence[str], reason: str, tmp_path: Path
) -> None:
    photos_at(tmp_path, "a/1.jpg", "a/2.png", "a/private/3.jpg", "b/4.jpg", ".hidden/5.jpg")
    if not asked:
        (tmp_path / ".semblanteignore").write_text("\n".join(lines))
    assert walked(tmp_path, *lines if asked else ())[0] == list(found), reason
    if not asked:
        assert find_photos([tmp_path]) == tuple(tmp_path / name for name in found), "for other commands too"


def test_rules_of_inner_folders_and_of_the_command_line_come_after(tmp_path: Path) -> None:
    photos_at(tmp_path, "x.png", "in/x.png", "in/y.jpg", "in/z.gif")
    (tmp_path / ".semblanteignore").write_text("*.png\n")
    (tmp_path / "in" / ".semblanteignore").write_text("!*.png\n*.gif\n")
    assert walked(tmp_path)[0] == ["in/x.png", "in/y.jpg"]
    assert walked(tmp_path / "in")[0] == ["x.png", "y.jpg"]
    assert walked(tmp_path, "*.png", "!*.gif")[0] == ["in/y.jpg", "in/z.gif"]


def test_rules_above_the_folder_that_is_named_hold_but_not_of_itself(tmp_path: Path) -> None:
    photos_at(tmp_path, "private/x.jpg", "private/x.png")
    (tmp_path / ".semblanteignore").write_text("*.png\n")
    assert walked(tmp_path / "private")[0] == ["x.jpg"]
    (tmp_path / ".semblanteignore").write_text("private/\n")
    assert walked(tmp_path)[0] == []
    assert walked(tmp_path / "private")[0] == ["x.jpg", "x.png"]


def test_names_count_in_any_unicode_form_and_need_not_be_text(tmp_path: Path) -> None:
    photos_at(tmp_path, "cafe\u0301/x.jpg", os.fsdecode(b"\xff") + "/y.jpg", "z.jpg")
    (tmp_path / ".semblanteignore").write_bytes("\ufeffcafé/\n".encode() + b"\xff/\n")
    assert walked(tmp_path)[0] == ["z.jpg"]


def test_rules_that_cannot_be_read_close_their_folder(
    library: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it was to leave out would else come into the index."""
    photos = photos_at(tmp_path / "photos", "a.jpg", "in/b.jpg", "odd/c.jpg")
    (photos / "in" / ".semblanteignore").mkdir()
    (photos / "odd" / ".semblanteignore").write_text("!\n")
    heard = Heard()
    report = scan(library, [photos], FakeReader(), BASE, job=heard.job)
    assert (report.photos, report.unreachable) == (1, 2)
    assert {path.parent.name: why for path, why in heard.skipped} == {
        "in": "a folder, where a file is expected; check the order of the arguments",
        "odd": "!: no pattern by gitignore's rules; its folder is left out",
    }
    with raises(InvalidOption, match="^!: no pattern by gitignore's rules"):
        scan(library, [photos], FakeReader(), BASE, exclude=["!"])


def test_what_is_left_out_later_leaves_the_index(library: SqliteStore, tmp_path: Path) -> None:
    photos = photos_at(tmp_path / "photos", "a.jpg", "private/b.jpg", "private/deep/c.jpg")
    assert scan(library, [photos], FakeReader(), BASE).read == 3
    (photos / ".semblanteignore").write_text("private/\n")
    out = Excluded({"private": 1})
    first = scan(library, [photos], FakeReader(), BASE)
    assert first == ScanReport(photos=1, unchanged=1, withdrawn=2, excluded=out)
    assert [path.name for path, missing in library.photos_in(photos) if not missing] == ["a.jpg"]
    second = scan(library, [photos], FakeReader(), BASE)
    assert second == ScanReport(photos=1, unchanged=1, dropped=2, excluded=out)
    assert library.face_count() == 1


def test_what_was_left_out_once_comes_back_unread(library: SqliteStore, tmp_path: Path) -> None:
    photos = photos_at(tmp_path / "photos", "a.jpg", "b.png")
    scan(library, [photos], FakeReader(), BASE)
    assert scan(library, [photos], FakeReader(), BASE, exclude=["*.png"]).withdrawn == 1
    assert scan(library, [photos], FakeReader(), BASE) == ScanReport(photos=2, unchanged=2)
    assert scan(library, [photos], FakeReader(), BASE, exclude=["*.png"], prune=True).dropped == 1


def test_a_folder_that_is_named_is_taken_and_stays(library: SqliteStore, tmp_path: Path) -> None:
    photos = photos_at(tmp_path / "photos", "a.jpg", "@eaDir/b.jpg", "private/c.jpg")
    (photos / ".semblanteignore").write_text("private/\n")
    assert outermost([photos, photos / "@eaDir"]) == (photos, photos / "@eaDir")
    report = scan(library, [photos, photos / "@eaDir", photos / "private"], FakeReader(), BASE)
    assert (report.photos, report.withdrawn) == (3, 0)
    again = scan(library, [photos, photos / "@eaDir", photos / "private"], FakeReader(), BASE)
    assert (again.unchanged, again.withdrawn) == (3, 0)
    report = scan(library, [photos], FakeReader(), BASE)
    assert (report.unchanged, report.withdrawn) == (1, 1), "what the user wrote counts, not the default"


def test_the_command_says_in_a_line_what_was_left_out(
    cli: Cli, tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("semblante.pipeline.FaceAnalyzer", lambda *_: NoNetwork(bundle))
    photos = photos_at(tmp_path, "a.jpg", "b.png", "@eaDir/a.jpg", "in/@eaDir/c.jpg", "#recycle/d.jpg")
    for name in ("1.CR2", "2.nef", "3.mov", "notes.txt"):
        (photos / name).touch()
    said = cli("scan", photos, "--exclude", "*.png")
    assert said.out.splitlines()[-2:] == [
        "3 folders (@eaDir, #recycle) and 1 file were left out",
        "2 RAW files and 1 video were not read",
    ]
    said = cli("scan", photos, "--exclude", "*.png", "--exclude", "*.nef", "--lang", "es")
    assert said.out.splitlines()[-2:] == [
        "quedaron fuera: 3 carpetas (@eaDir, #recycle) y 1 archivo",
        "no se leyeron: 1 archivo RAW y 1 vídeo",
    ]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "there are no photos here"),
        (["notes.txt"], "1 file has another ending than .jpg"),
        (["1.CR2", "notes.txt"], "only RAW files (1) and videos (0), which are not read"),
        (["@eaDir/1.jpg", "notes.txt"], "no photos here but in 1 file or folder that is left out"),
    ],
)
def test_where_there_are_no_photos_what_is_there_is_said(
    cli: Cli, names: Sequence[str], said: str, tmp_path: Path
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    photos_at(place, *names)
    with raises(EmptyDataset) as caught:
        find_some_photos([place])
    assert said in cli("scan", place).err
    assert caught.value.code in (
        "no_photos",
        *(f"no_photos_but_{what}" for what in ("files", "unread", "left_out")),
    )
    assert (cli("scan", place).code, cli("scan", place).out.splitlines()[0]) == (2, "0 photos")


def test_a_scan_that_could_read_nothing_is_no_success(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "bad.jpg").write_bytes(b"\xff\xd8 no picture")
    for _ in range(2):
        said = cli("scan", tmp_path / "photos")
        assert said.code == 2
        assert said.err.endswith("The only photo here could not be read\n")


# Links


def test_folders_behind_links_are_walked_once_under_their_own_paths(
    library: SqliteStore, tmp_path: Path
) -> None:
    photos, drive = (
        photos_at(tmp_path / "photos", "a.jpg"),
        photos_at(tmp_path / "drive", "b.jpg", "in/c.jpg"),
    )
    (photos / "first").symlink_to(drive)
    (photos / "second").symlink_to(drive / "in")
    (drive / "back").symlink_to(photos)
    (drive / "in" / "up").symlink_to(drive)
    (drive / "root").symlink_to("/")
    found, _ = walked(photos)
    assert found == ["../drive/b.jpg", "../drive/in/c.jpg", "a.jpg"]
    assert find_photos([photos]) == (drive / "b.jpg", drive / "in" / "c.jpg", photos / "a.jpg")
    scan(library, [photos], FakeReader(), BASE)
    assert scan(library, [photos, drive], FakeReader(), BASE) == ScanReport(photos=3, unchanged=3, copies=1)
    (drive / "in" / "c.jpg").rename(drive / "moved.jpg")
    report = scan(library, [photos], FakeReader(), BASE)
    assert (report.recognised, report.missing, report.dropped) == (1, 1, 0)
    (drive / "b.jpg").unlink()
    assert scan(library, [photos], FakeReader(), BASE).missing == 1
    drive.rename(tmp_path / "unplugged")
    for _ in range(2):
        report = scan(library, [photos], FakeReader(), BASE)
        assert (report.photos, report.missing, report.dropped) == (1, 0, 0), "a drive may come back"


def test_a_folder_whose_photos_were_met_behind_another_link_is_not_empty(
    library: SqliteStore, tmp_path: Path
) -> None:
    photos, drive = photos_at(tmp_path / "photos", "a.jpg"), photos_at(tmp_path / "drive", "in/b.jpg")
    (photos / "first").symlink_to(drive / "in")
    (photos / "second").symlink_to(drive)
    for _ in range(2):
        events = Heard()
        assert scan(library, [photos], FakeReader(), BASE, job=events.job).photos == 2
        assert not events.skipped


def test_rules_hold_behind_a_link(tmp_path: Path) -> None:
    photos, drive = photos_at(tmp_path / "photos", "a.jpg"), photos_at(tmp_path / "drive", "b.jpg", "b.png")
    photos_at(drive, "@eaDir/b.jpg", ".hidden/b.jpg")
    (photos / "link").symlink_to(drive)
    (photos / "private").symlink_to(photos_at(tmp_path / "other", "c.jpg"))
    (photos / ".semblanteignore").write_text("/link/*.png\nprivate/\n")
    assert walked(photos)[0] == ["../drive/b.jpg", "a.jpg"]


def test_many_links_to_one_folder_end(tmp_path: Path) -> None:
    photos = photos_at(tmp_path / "photos", "a.jpg")
    deep = photos_at(tmp_path / "deep" / "er", "b.jpg")
    for number in range(5):
        (photos / f"to-{number}").symlink_to(deep if number % 2 else deep.parent)
        (deep / f"to-{number}").symlink_to(deep.parent if number % 2 else photos)
    assert walked(photos)[0] == ["../deep/er/b.jpg", "a.jpg"]


# Brackets and patterns


@pytest.mark.parametrize(
    ("place", "found", "reason"),
    [
        ("trip [1]", ["trip [1]/a.jpg", "trip [1]/b.png"], "a name"),
        ("trip [1]/*.jpg", ["trip [1]/a.jpg"], "a pattern in a folder with brackets"),
        ("*/[x]/?.jpg", ["y/[x]/c.jpg"], "a name below a pattern"),
        ("trip [[]1]", ["trip [1]/a.jpg", "trip [1]/b.png"], "a pattern, where nothing is called that"),
        ("trip ?1?/*.png", ["trip [1]/b.png"], "a pattern"),
        ("**/?.jpg", ["trip [1]/a.jpg", "y/[x]/c.jpg"], "without what is left out"),
        ("*/?.jpg", ["trip [1]/a.jpg"], "likewise"),
        ("*/@eaDir/*.jpg", ["y/@eaDir/d.jpg"], "unless named"),
        ("**", ["trip [1]/a.jpg", "trip [1]/b.png", "y/[x]/c.jpg"], "all"),
    ],
)
def test_brackets_are_a_name_before_they_are_a_pattern(
    place: str, found: Sequence[str], reason: str, library: SqliteStore, tmp_path: Path
) -> None:
    names = ["trip [1]/a.jpg", "trip [1]/b.png", "y/[x]/c.jpg", "y/@eaDir/d.jpg", "@eaDir/e.jpg"]
    photos = photos_at(tmp_path / "photos", *names)
    assert sorted(find_photos([photos / place])) == [photos / name for name in found], reason
    scan(library, [photos / place], FakeReader(), BASE)
    assert [path for path, _ in library.photos_in(photos)] == [photos / name for name in found], reason


def test_a_pattern_that_matches_nothing_says_so(library: SqliteStore, tmp_path: Path) -> None:
    said = "nothing here is called that, and nothing matches it as a pattern"
    with raises(FileAccessError, match=said):
        find_photos([tmp_path / "*.jpg"])
    with raises(FileAccessError, match=said):
        scan(library, [tmp_path / "*.jpg"], FakeReader(), BASE)
    with raises(FileAccessError, match="there is no such file or folder"):
        find_photos([tmp_path / "none.jpg"])
    photos_at(tmp_path, "x.jpg")
    heard = Heard()
    assert (
        scan(library, [tmp_path / "*.png", tmp_path / "*.jpg"], FakeReader(), BASE, job=heard.job).read == 1
    )
    assert heard.skipped == [(tmp_path / "*.png", said)]
