"""CelebA recognised in every form it is downloaded in, and anything else refused."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from celeba_tiny import (
    NAMES,
    content_of,
    kaggle_lists,
    official_lists,
    pictures,
    write,
    write_official,
    write_zip,
)
from sentences import raises

from semblante.celeba import prepare
from semblante.celeba.prepared import SkippedRows
from semblante.celeba.source import find_source
from semblante.errors import FileAccessError, NotCelebA, Reason

ZIP = "img_align_celeba.zip"


def zipped(below: str) -> list[tuple[str, bytes | str]]:
    return [(f"{below}{name}", content) for name, content in pictures().items()]


def official_folder(root: Path) -> Path:
    return write_official(root)


def official_image_folder_itself(root: Path) -> Path:
    return write_official(root) / "img_align_celeba"


def official_drive(root: Path) -> Path:
    lists = official_lists()
    write(root, {"list_eval_partition.txt": lists.pop("list_eval_partition.txt")}, "Eval")
    write(root, lists, "Anno")
    return write(root, pictures(), "Img/img_align_celeba")


def official_drive_zipped(root: Path) -> Path:
    lists = official_lists()
    write(root, {"list_eval_partition.txt": lists.pop("list_eval_partition.txt")}, "Eval")
    write(root, lists, "Anno")
    write_zip(root / "Img" / ZIP, zipped("img_align_celeba/"))
    return root


def official_drive_zip_itself(root: Path) -> Path:
    return official_drive_zipped(root) / "Img" / ZIP


def official_zip_with_lists_beside(root: Path) -> Path:
    write(root, official_lists())
    return write_zip(root / ZIP, zipped("img_align_celeba/")).parent


def official_zip_itself(root: Path) -> Path:
    return official_zip_with_lists_beside(root) / ZIP


def official_zip_and_zipped_lists(root: Path) -> Path:
    write_zip(root / "annotations.zip", list(official_lists().items()))
    return write_zip(root / ZIP, zipped("img_align_celeba/"), zipfile.ZIP_STORED).parent


def official_zip_itself_and_zipped_lists(root: Path) -> Path:
    write(root, {"unrelated.zip": b"cut short"})
    return official_zip_and_zipped_lists(root) / ZIP


def official_zip_without_a_folder_in_it(root: Path) -> Path:
    write(root, official_lists())
    return write_zip(root / ZIP, zipped("")).parent


def unpacked_with_the_zip_still_there(root: Path) -> Path:
    write_zip(root / ZIP, zipped("img_align_celeba/"))
    return write_official(root)


def half_unpacked(root: Path) -> Path:
    write(root, dict(list(pictures().items())[:5]), "img_align_celeba")
    return official_zip_with_lists_beside(root)


def names_from_a_mac(root: Path) -> Path:
    odd: list[tuple[str, bytes | str]] = [("__MACOSX/img_align_celeba/000001.jpg", b"resource fork")]
    write(root, official_lists())
    write_zip(root / ZIP, [*odd, *zipped("img_align_celeba/"), ("img_align_celeba/._000001.jpg", b"x")])
    return write(root, {"Thumbs.db": b"x", ".DS_Store": b"x"}, "img_align_celeba")


def kaggle_folder(root: Path) -> Path:
    write(root, kaggle_lists())
    return write(root, pictures(), "img_align_celeba/img_align_celeba")


def kaggle_archive(root: Path) -> Path:
    return write_zip(
        root / "archive.zip", [*zipped("img_align_celeba/img_align_celeba/"), *kaggle_lists().items()]
    )


def kaggle_archive_in_a_folder(root: Path) -> Path:
    return kaggle_archive(root).parent


def kaggle_archive_stored(root: Path) -> Path:
    members = [*kaggle_lists().items(), *zipped("img_align_celeba/img_align_celeba/")]
    return write_zip(root / "archive.zip", members, zipfile.ZIP_STORED)


def kaggle_lists_zipped_singly(root: Path) -> Path:
    for name, content in kaggle_lists().items():
        write_zip(root / f"{name}.zip", [(name, content)])
    return write(root, pictures(), "img_align_celeba/img_align_celeba")


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """The prepared folder of each layout, made from the plain folder."""
    made = {}
    for layout, form in (("official", official_folder), ("kaggle", kaggle_folder)):
        root = tmp_path_factory.mktemp(layout)
        prepare(form(root / "source"), root / "out", 32)
        made[layout] = content_of(root / "out")
    return made


@pytest.mark.parametrize(
    "form",
    [
        official_image_folder_itself,
        official_drive,
        official_drive_zipped,
        official_drive_zip_itself,
        official_zip_with_lists_beside,
        official_zip_itself,
        official_zip_and_zipped_lists,
        official_zip_itself_and_zipped_lists,
        official_zip_without_a_folder_in_it,
        names_from_a_mac,
        kaggle_archive,
        kaggle_archive_in_a_folder,
        kaggle_archive_stored,
        kaggle_lists_zipped_singly,
    ],
)
def test_every_form_gives_the_same_folder(
    form: Callable[[Path], Path], tmp_path: Path, expected: dict[str, dict[str, bytes]]
) -> None:
    prepare(form(tmp_path / "source"), tmp_path / "out", 32)
    layout = "kaggle" if form.__name__.startswith("kaggle") else "official"
    assert content_of(tmp_path / "out") == expected[layout]


@pytest.mark.parametrize(("form", "again"), [(unpacked_with_the_zip_still_there, 12), (half_unpacked, 5)])
def test_what_is_found_twice_is_taken_once_and_noted(
    form: Callable[[Path], Path], again: int, tmp_path: Path, expected: dict[str, dict[str, bytes]]
) -> None:
    prepared = prepare(form(tmp_path / "source"), tmp_path / "out", 32)
    assert (tmp_path / "out/images.npy").read_bytes() == expected["official"]["images.npy"]
    assert Reason("found_again", {"count": again}) in prepared.manifest.notes


def test_both_layouts_hold_the_same_but_for_the_people(expected: dict[str, dict[str, bytes]]) -> None:
    differing = {
        name for name, content in expected["kaggle"].items() if content != expected["official"][name]
    }
    assert differing == {"identities.npy", "manifest.json"}


def test_a_zip_that_means_harm_writes_nothing(tmp_path: Path) -> None:
    harm: list[tuple[str, bytes | str]] = [
        ("../escaped.txt", "x"),
        ("/tmp/semblante-escaped.txt", "x"),
        ("img_align_celeba/../../000013.jpg", pictures()["000001.jpg"]),
        ("C:\\windows\\list.txt", "x"),
    ]
    members = [*harm, *kaggle_lists().items(), *zipped("img_align_celeba/")]
    prepared = prepare(write_zip(tmp_path / "in" / "archive.zip", members), tmp_path / "out", 16)
    assert prepared.manifest.skipped == {"image_without_row": SkippedRows(1, ("000013.jpg",))}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["archive.zip"]
    assert not Path("/tmp/semblante-escaped.txt").exists()


def test_a_zip_bomb_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("semblante.celeba.preparation.MAX_FILE_BYTES", 1_000_000)
    bomb: tuple[str, bytes | str] = ("img_align_celeba/000001.jpg", b"\0" * 1_000_001)
    members = [*zipped("img_align_celeba/")[1:], bomb, *kaggle_lists().items()]
    prepared = prepare(write_zip(tmp_path / "archive.zip", members), tmp_path / "out", 16)
    assert prepared.manifest.skipped == {"too_large_image": SkippedRows(1, ("000001.jpg",))}


def test_a_list_that_is_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("semblante.celeba.lists.MAX_LIST_BYTES", 1000)
    with raises(NotCelebA, match=r"list_attr_celeba.*: far too large"):
        find_source(write_official(tmp_path))


def test_a_damaged_member_is_skipped(tmp_path: Path) -> None:
    path = kaggle_archive_stored(tmp_path)
    content = path.read_bytes()
    inside = content.index(pictures()["000003.jpg"]) + 700
    path.write_bytes(content[:inside] + b"\0\0\0" + content[inside + 3 :])
    prepared = prepare(path, tmp_path / "out", 16)
    assert prepared.manifest.skipped == {"not_a_whole_picture": SkippedRows(1, ("000003.jpg",))}


def test_a_damaged_member_that_is_packed_otherwise_is_skipped_too(tmp_path: Path) -> None:
    members = [*kaggle_lists().items(), *zipped("img_align_celeba/img_align_celeba/")]
    path = write_zip(tmp_path / "archive.zip", members, zipfile.ZIP_LZMA)
    with zipfile.ZipFile(path) as archive:
        begins = archive.getinfo("img_align_celeba/img_align_celeba/000003.jpg").header_offset
    content = path.read_bytes()
    inside = begins + 200
    path.write_bytes(content[:inside] + bytes(40) + content[inside + 40 :])
    prepared = prepare(path, tmp_path / "out", 16)
    assert prepared.manifest.skipped["not_a_whole_picture"].names == ("000003.jpg",)


def cut_short(root: Path) -> Path:
    path = kaggle_archive(root)
    path.write_bytes(path.read_bytes()[:-3000])
    return path


def cut_short_in_a_folder(root: Path) -> Path:
    return cut_short(root).parent


def damaged_list_in_a_zip(root: Path) -> Path:
    path = kaggle_archive_stored(root)
    path.write_bytes(path.read_bytes().replace(b"Wearing_Hat", b"Wearing_Cat"))
    return path


def encrypted(root: Path) -> Path:
    path = kaggle_archive_stored(root)
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    return path


def other_files(root: Path) -> Path:
    return write(root, {"holiday.jpg": b"x", "notes.txt": b"x"})


def lists_only(root: Path) -> Path:
    return write(root, official_lists())


def pictures_only(root: Path) -> Path:
    return write(root, pictures(), "img_align_celeba")


def empty_folder(root: Path) -> Path:
    root.mkdir()
    return root


def a_text_file(root: Path) -> Path:
    return write(root, {"list_attr_celeba.txt": b"1\n"}) / "list_attr_celeba.txt"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (
            other_files,
            r"Looked for: list_attr_celeba.*Found: lists: —; pictures: 0; in all: holiday.jpg, notes",
        ),
        (lists_only, r"lists: identity_CelebA.txt, list_attr_celeba.txt, .*; pictures: 0"),
        (pictures_only, r"lists: —; pictures: 12; in all: img_align_celeba"),
        (empty_folder, r"in all: —"),
        (a_text_file, r"this is not CelebA.*pictures: 0"),
        (cut_short, r"archive.zip: the zip file is damaged or cut short; download it again"),
        (cut_short_in_a_folder, r"archive.zip: the zip file is damaged or cut short"),
        (damaged_list_in_a_zip, r"list_attr_celeba.csv: damaged inside its zip file"),
        (encrypted, r"is encrypted or packed in an uncommon way; unpack"),
    ],
)
def test_what_is_not_celeba_is_refused(form: Callable[[Path], Path], said: str, tmp_path: Path) -> None:
    with raises(NotCelebA, match=said):
        prepare(form(tmp_path / "source"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    with raises(FileAccessError, match="no such file"):
        prepare(tmp_path / "missing", tmp_path / "out")


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    write_official(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    assert set(find_source(tmp_path).images) == set(NAMES)


def test_two_sets_in_one_folder_are_not_mixed(tmp_path: Path) -> None:
    write_official(tmp_path)
    write(tmp_path, official_lists(NAMES[:5]), "other")
    write(tmp_path, dict(list(pictures().items())[:5]), "other/img_align_celeba")
    with raises(NotCelebA, match="lists of two different sets"):
        find_source(tmp_path)
