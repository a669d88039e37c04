"""CelebA as people have it: editions, endings, zips within zips, and lists that are no lists."""

import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from celeba_tiny import (
    NAMES,
    content_of,
    kaggle_lists,
    labels,
    official_lists,
    person,
    picture,
    pictures,
    split,
    write,
    write_official,
    write_zip,
)
from heard import Heard
from sentences import raises

from semblante.celeba import PreparedSet, prepare
from semblante.celeba.source import find_source
from semblante.errors import Cancelled, DiskFull, NotCelebA, Reason
from semblante.files import check_disk_space
from semblante.i18n import describe
from semblante.report.data import note_text

WEB_PAGE = "<!DOCTYPE html><html><head><title>Google Drive - Quota exceeded</title></head></html>"


def pngs(ending: str = ".png") -> dict[str, bytes]:
    return {name.replace(".jpg", ending): picture(at, "PNG") for at, name in enumerate(NAMES, 1)}


def zip_bytes(files: dict[str, str] | dict[str, bytes], below: str = "") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, file in files.items():
            archive.writestr(f"{below}{name}", file)
    return content.getvalue()


def png_edition(root: Path) -> Path:
    """`img_align_celeba_png` beside lists that say `.jpg`."""
    write(root, official_lists())
    return write(root, pngs(), "img_align_celeba_png")


def png_edition_zipped(root: Path) -> Path:
    write(root, official_lists())
    return write_zip(
        root / "img_align_celeba_png.zip", [(f"img_align_celeba_png/{n}", c) for n, c in pngs().items()]
    ).parent


def png_edition_itself(root: Path) -> Path:
    return png_edition(root) / "img_align_celeba_png"


def upper_case_endings(root: Path) -> Path:
    write(root, official_lists())
    return write(root, pngs(".JPG"), "Img_Align_CelebA")


def lists_that_say_png(root: Path) -> Path:
    """Of two lists that were rewritten for the PNG edition, and one that was not."""
    lists = official_lists()
    for name in ("list_attr_celeba.txt", "identity_CelebA.txt"):
        lists[name] = lists[name].replace(".jpg", ".png")
    write(root, lists)
    return write(root, pngs(".jpg"), "img_align_celeba")


def names_without_ending(root: Path) -> Path:
    lists = {name: content.replace(".jpg", "") for name, content in official_lists().items()}
    write(root, lists)
    return write(root, pngs(), "img_align_celeba")


@pytest.mark.parametrize(
    "form",
    [
        png_edition,
        png_edition_zipped,
        png_edition_itself,
        upper_case_endings,
        lists_that_say_png,
        names_without_ending,
    ],
)
def test_an_image_is_known_whatever_its_ending_is(form: Callable[[Path], Path], tmp_path: Path) -> None:
    prepared = prepare(form(tmp_path / "source"), tmp_path / "out", 16)
    assert (prepared.manifest.skipped, prepared.manifest.notes) == ({}, ())
    assert [name.partition(".")[0] for name in prepared.names] == [name[:6] for name in NAMES]
    _check_rows(prepared)


def _check_rows(prepared: PreparedSet) -> None:
    np.testing.assert_array_equal(prepared.labels, [labels(at) for at in range(1, 13)])
    np.testing.assert_array_equal(prepared.identities, [person(name) for name in NAMES])
    np.testing.assert_array_equal(prepared.splits, [split(name) for name in NAMES])


def test_both_editions_side_by_side_are_taken_once(tmp_path: Path) -> None:
    source = write(write_official(tmp_path / "source"), pngs(), "img_align_celeba_png")
    prepared = prepare(source, tmp_path / "out", 16)
    assert prepared.manifest.skipped == {}
    assert prepared.manifest.notes == (Reason("found_again", {"count": 12}),)
    assert prepared.names == NAMES


def test_the_image_of_another_row_is_not_taken_for_a_missing_one(tmp_path: Path) -> None:
    """Row 1 names a.jpg, which is missing; a.png is there, and is row 2's."""
    names = {"000001.jpg": "a.jpg", "000002.jpg": "a.png"}
    lists = {}
    for name, content in official_lists(NAMES[:2]).items():
        for old, new in names.items():
            content = content.replace(old, new)
        lists[name] = content
    write(tmp_path / "source", lists)
    write(tmp_path / "source", {"a.png": picture(2, "PNG")}, "img_align_celeba")
    prepared = prepare(tmp_path / "source", tmp_path / "out", 16)
    assert prepared.names == ("a.png",)
    assert prepared.manifest.skipped["row_without_image"].names == ("a.jpg",)
    assert prepared.labels[0].tolist() == labels(2)


def test_numbers_are_not_given_by_a_name_that_two_rows_have(tmp_path: Path) -> None:
    """What `000001.jpg` is called in the list of identities may be either of two."""
    people = official_lists()["identity_CelebA.txt"].replace(
        "000001.jpg 100\n", "000001.png 7\n000001.bmp 8\n"
    )
    source = write(write_official(tmp_path / "source"), {"identity_CelebA.txt": people})
    assert prepare(source, tmp_path / "out", 16).identities.tolist()[:2] == [-1, person(NAMES[1])]


def drive(root: Path) -> Path:
    """What Google Drive makes of the folder CelebA: a zip that holds a zip."""
    lists = official_lists()
    partition = lists.pop("list_eval_partition.txt")
    members: list[tuple[str, bytes | str]] = [
        ("CelebA/Img/img_align_celeba.zip", zip_bytes(pictures(), "img_align_celeba/")),
        *((f"CelebA/Anno/{name}", content) for name, content in lists.items()),
        ("CelebA/Eval/list_eval_partition.txt", partition),
    ]
    return write_zip(root / "drive-download-20250101T000000Z-001.zip", members)


def drive_zip_in_a_folder(root: Path) -> Path:
    return drive(root).parent


def drive_in_parts(root: Path) -> Path:
    """Large downloads come as several zips, each whole."""
    write_zip(root / "CelebA-001.zip", [(f"Anno/{n}", c) for n, c in official_lists().items()])
    inner = zip_bytes(pictures(), "img_align_celeba/")
    return write_zip(root / "CelebA-002.zip", [("Img/img_align_celeba.zip", inner)]).parent


def zip_in_a_zip_in_a_zip(root: Path) -> Path:
    inner = zip_bytes({"img_align_celeba.zip": zip_bytes(pictures())})
    files: list[tuple[str, bytes | str]] = [("Img.zip", inner), *official_lists().items()]
    return write_zip(root / "celeba.zip", files)


def lists_zipped_within(root: Path) -> Path:
    return write_zip(
        root / "archive.zip",
        [
            ("Anno.zip", zip_bytes(official_lists())),
            *((f"img_align_celeba/{n}", c) for n, c in pictures().items()),
        ],
    )


def packed_on_windows(root: Path) -> Path:
    """With backslashes in its names."""
    files = {**pictures(), **{name: content.encode() for name, content in official_lists().items()}}
    return write_zip(
        root / "celeba.zip",
        [(f"CelebA\\{'' if n.endswith('txt') else 'img_align_celeba'}\\{n}", c) for n, c in files.items()],
    )


def downloaded_twice(root: Path) -> Path:
    """A browser numbers a second download; the first was a web page."""
    lists = official_lists()
    write(
        root,
        {
            **lists,
            "list_attr_celeba.txt": WEB_PAGE,
            "list_attr_celeba (1).txt": lists["list_attr_celeba.txt"],
        },
    )
    return write_zip(root / "img_align_celeba (1).zip", list(pictures().items())).parent


def lists_in_anno_beside_the_folder(root: Path) -> Path:
    lists = official_lists()
    write(root, {"list_eval_partition.txt": lists.pop("list_eval_partition.txt")}, "Eval")
    write(root, lists, "Anno")
    return write(root, pictures(), "Img/img_align_celeba") / "Img"


def images_zip_of_another_name(root: Path) -> Path:
    write(root, official_lists())
    return write_zip(root / "faces.zip", [(f"faces/{n}", c) for n, c in pictures().items()]).parent


def images_folder_of_another_name(root: Path) -> Path:
    write(root, official_lists())
    return write(root, pictures(), "images")


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    root = tmp_path_factory.mktemp("official")
    prepare(write_official(root / "source"), root / "out", 16)
    return content_of(root / "out")


@pytest.mark.parametrize(
    "form",
    [
        drive,
        drive_zip_in_a_folder,
        drive_in_parts,
        zip_in_a_zip_in_a_zip,
        packed_on_windows,
        lists_zipped_within,
        lists_in_anno_beside_the_folder,
        images_zip_of_another_name,
        images_folder_of_another_name,
    ],
)
def test_what_was_downloaded_gives_the_same_folder(
    form: Callable[[Path], Path], tmp_path: Path, expected: dict[str, bytes]
) -> None:
    prepare(form(tmp_path / "source"), tmp_path / "out", 16)
    assert content_of(tmp_path / "out") == expected


def test_the_second_download_counts_where_the_first_failed(tmp_path: Path) -> None:
    prepared = prepare(downloaded_twice(tmp_path / "source"), tmp_path / "out", 16)
    _check_rows(prepared)
    assert prepared.manifest.sources["attributes"]["file"] == "list_attr_celeba (1).txt"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files, and no other."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def open_files() -> list[str]:
    """What this process has open, as the system sees it; empty where that cannot be seen."""
    folder = Path("/proc/self/fd")
    if not folder.exists():
        return []
    found = []
    for file in folder.iterdir():
        try:
            found.append(str(file.readlink()))
        except FileNotFoundError:
            continue
    return found


def test_what_was_unpacked_is_gone_whatever_happens(tmp_path: Path, temporary: Path) -> None:
    stopped = Heard(cancel_after=1)
    source = drive(tmp_path / "source")
    with pytest.raises(Cancelled):
        prepare(source, tmp_path / "out", 16, stopped.job)
    assert stopped.progress[0].stage == "unpacking"
    with find_source(source) as found:
        assert len(found.images) == 12
        assert list(temporary.iterdir()) == [], "it has no name, so a killed run leaves nothing either"
    prepare(source, tmp_path / "out", 16)
    assert not [name for name in open_files() if str(temporary) in name]


def test_a_disk_too_small_for_what_is_to_be_unpacked_is_said_first(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "semblante.celeba.archives.check_disk_space",
        lambda folder, needed: check_disk_space(folder, needed + 10**15),
    )
    with raises(DiskFull, match=r"MB needed"):
        prepare(drive(tmp_path / "source"), tmp_path / "out", 16)


def test_a_zip_that_is_damaged_within_another_is_named(tmp_path: Path) -> None:
    whole = zip_bytes(pictures(), "img_align_celeba/")
    members: list[tuple[str, bytes | str]] = [
        ("Img/img_align_celeba.zip", whole[:-30]),
        *official_lists().items(),
    ]
    source = write_zip(tmp_path / "archive.zip", members)
    with raises(
        NotCelebA, match=r"archive.zip/Img/img_align_celeba.zip: the zip file is damaged or cut short"
    ):
        prepare(source, tmp_path / "out", 16)


def seven_zip_parts(root: Path) -> Path:
    write(root, official_lists())
    parts = {f"img_align_celeba_png.7z.{part:03}": b"7z" for part in range(1, 5)}
    return write(root, parts, "Img/img_align_celeba_png.7z")


def seven_zip_part_itself(root: Path) -> Path:
    return seven_zip_parts(root) / "Img/img_align_celeba_png.7z/img_align_celeba_png.7z.001"


def seven_zip_parts_in_a_zip(root: Path) -> Path:
    parts: list[tuple[str, bytes | str]] = [(f"img_align_celeba_png.7z.00{part}", b"7z") for part in (1, 2)]
    return write_zip(root / "archive.zip", [*parts, *official_lists().items()])


def tar(root: Path) -> Path:
    return write(root, {"img_align_celeba.tar.gz": b"x"})


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (
            seven_zip_parts,
            r"4 archives, or parts of one, .*unpack them first, .* \(7z x Img/\S+\.7z\.001, which ",
        ),
        (
            seven_zip_part_itself,
            r"unpack it first, for example with 7-Zip \(7z x img_align_celeba_png.7z.001\)",
        ),
        (seven_zip_parts_in_a_zip, r"2 archives, or parts of one, .*7z x img_align_celeba_png.7z.001, which"),
        (tar, r"\(img_align_celeba.tar.gz\); unpack it first"),
    ],
)
def test_archives_that_are_not_read_are_named(
    form: Callable[[Path], Path], said: str, tmp_path: Path
) -> None:
    with raises(NotCelebA, match=said):
        prepare(form(tmp_path / "source"), tmp_path / "out", 16)


def test_parts_that_lie_beside_what_came_of_them_do_no_harm(tmp_path: Path) -> None:
    source = write(png_edition(tmp_path / "source"), {"img_align_celeba_png.7z.001": b"7z"})
    assert len(prepare(source, tmp_path / "out", 16).names) == 12


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (WEB_PAGE, r"^list_attr_celeba.txt is a web page, not a list: Google Drive"),
        (f"\ufeff\r\n {WEB_PAGE}", r"is a web page"),
        ("<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", r"is a web page"),
        ("", r"^list_attr_celeba.txt is empty; download it again"),
        (" \r\n\r\n", r"is empty"),
        (
            "\n".join(official_lists()["list_attr_celeba.txt"].splitlines()[:2]),
            r"holds no row",
        ),
    ],
)
def test_an_attribute_list_that_is_none_is_named(content: str, said: str, tmp_path: Path) -> None:
    source = write(write_official(tmp_path / "source"), {"list_attr_celeba.txt": content})
    with raises(NotCelebA, match=said):
        prepare(source, tmp_path / "out", 16)


@pytest.mark.parametrize(
    ("content", "code"),
    [(WEB_PAGE, "list_is_web_page"), ("", "list_is_empty"), ("no\nrow\n", "list_without_rows")],
)
def test_what_a_spoilt_list_means_is_said_behind_its_name(content: str, code: str, tmp_path: Path) -> None:
    lists = dict.fromkeys(("identity_CelebA.txt", "list_eval_partition.txt"), content)
    prepared = prepare(write(write_official(tmp_path / "source"), lists), tmp_path / "out", 16)
    notes = [note for note in prepared.manifest.notes if note.code != "empty_split"]
    assert [note.code for note in notes] == [code, "no_partition", "split_by_images", code, "no_identities"]
    said = [note_text(note) for note in notes]
    assert said[0].startswith("list_eval_partition.txt ") and "the official split is unknown" in said[1]
    assert said[3].startswith("identity_CelebA.txt ") and "people are unknown" in said[4]
    assert len(prepared.names) == 12 and (prepared.identities == -1).all()


def test_an_attribute_list_that_is_cut_off_is_named(tmp_path: Path) -> None:
    """Its first line promises more rows; the last row is torn within."""
    whole = official_lists()["list_attr_celeba.txt"]
    source = write(
        write_official(tmp_path / "source"), {"list_attr_celeba.txt": whole[: len(whole) * 2 // 3]}
    )
    prepared = prepare(source, tmp_path / "out", 16)
    (note,) = [note for note in prepared.manifest.notes if note.code == "list_cut_off"]
    assert describe(note).startswith("list_attr_celeba.txt is cut off: it promises 12 rows and holds ")
    kept = len(prepared.names)
    assert 0 < kept < 12
    np.testing.assert_array_equal(prepared.labels, [labels(at) for at in range(1, kept + 1)])
    assert prepared.manifest.skipped["ragged_row"].count == 1
    assert prepared.manifest.skipped["image_without_row"].count == 12 - kept - 1


def test_kaggles_attribute_list_promises_no_count_and_is_named_too(tmp_path: Path) -> None:
    lists = kaggle_lists()
    lists["list_attr_celeba.csv"] = lists["list_attr_celeba.csv"][:-160]
    source = write(write(tmp_path / "source", lists), pictures(), "img_align_celeba/img_align_celeba")
    said = [note_text(note) for note in prepare(source, tmp_path / "out", 16).manifest.notes]
    assert said[0].startswith("list_attr_celeba.csv is cut off within a row, after 10 whole ones.")


def test_the_torn_last_row_of_the_identities_gives_nobody_a_wrong_person(tmp_path: Path) -> None:
    """`000006.jpg 102` cut to `000006.jpg 10` would be somebody else."""
    rows = official_lists()["identity_CelebA.txt"].splitlines(keepends=True)
    source = write(write_official(tmp_path / "source"), {"identity_CelebA.txt": "".join(rows[:6])[:-2]})
    prepared = prepare(source, tmp_path / "out", 16)
    assert prepared.identities.tolist() == [*(person(name) for name in NAMES[:5]), *[-1] * 7]
    said = [note_text(note) for note in prepared.manifest.notes]
    assert any("identity_CelebA.txt could not be read (000006.jpg)" in sentence for sentence in said)
    assert any("7 images are not in the list of identities" in sentence for sentence in said)


def test_a_whole_list_needs_no_line_end_at_its_end(tmp_path: Path) -> None:
    lists = {name: content.rstrip("\n") for name, content in official_lists().items()}
    prepared = prepare(write(write_official(tmp_path / "source"), lists), tmp_path / "out", 16)
    assert prepared.manifest.notes == ()
    _check_rows(prepared)


def test_rows_without_an_official_split_name_the_list(tmp_path: Path) -> None:
    rows = official_lists()["list_eval_partition.txt"].splitlines(keepends=True)
    source = write(write_official(tmp_path / "source"), {"list_eval_partition.txt": "".join(rows[:9])})
    manifest = prepare(source, tmp_path / "out", 16).manifest
    assert manifest.skipped["row_without_partition"].names == NAMES[9:]
    said = [note_text(note) for note in manifest.notes]
    assert said[0].startswith(
        "list_eval_partition.txt does not name 3 images: their official split is unknown"
    )


@pytest.mark.parametrize("begins", ["", "\ufeff"])
def test_kaggles_lists_with_windows_line_ends_and_a_mark(begins: str, tmp_path: Path) -> None:
    lists = {name: begins + content.replace("\n", "\r\n") for name, content in kaggle_lists().items()}
    write(tmp_path / "source", {**lists, "identity_CelebA.txt": official_lists()["identity_CelebA.txt"]})
    source = write(tmp_path / "source", pngs(), "img_align_celeba_png/img_align_celeba_png")
    prepared = prepare(source, tmp_path / "out", 16)
    assert prepared.manifest.layout == "kaggle" and prepared.manifest.notes == ()
    _check_rows(prepared)


def test_a_zip_that_is_a_web_page_says_so(tmp_path: Path) -> None:
    write(tmp_path / "source", {**official_lists(), "img_align_celeba.zip": WEB_PAGE})
    with raises(NotCelebA, match=r"img_align_celeba.zip: a web page, not a zip file: Google Drive"):
        prepare(tmp_path / "source", tmp_path / "out", 16)
