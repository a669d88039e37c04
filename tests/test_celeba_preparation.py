"""From a source to a prepared set: what is kept, and what is left out and why."""

import errno
import hashlib
import json
import os
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from celeba_tiny import (
    NAMES,
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
from sentences import raises

from semblante import geometry, images
from semblante.celeba import PreparedSet, open_prepared, preparation, prepare
from semblante.celeba.archives import Entry
from semblante.celeba.parsing import ROW_ISSUES
from semblante.errors import EmptyDataset, Reason
from semblante.i18n import describe, speaking
from semblante.jobs import Event, JobContext, Progress

SIDE = 24


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_official(tmp_path / "source")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def skipped(prepared: PreparedSet) -> dict[str, list[str]]:
    return {issue: list(rows.names) for issue, rows in prepared.manifest.skipped.items()}


def test_a_clean_source_becomes_the_arrays_it_promises(source: Path, out: Path) -> None:
    events: list[Event] = []
    prepared = prepare(source, out, SIDE, JobContext(events.append))
    assert prepared.names == NAMES
    for row, name in enumerate(NAMES):
        frame = images.decode(pictures()[name])
        np.testing.assert_array_equal(prepared.images[row], geometry.resize_to_square(frame, SIDE))
        assert prepared.labels[row].tolist() == labels(row + 1)
        assert prepared.identities[row] == person(name)
        assert prepared.splits[row] == split(name)
    assert prepared.rows("val").tolist() == [0, 1, 8, 9, 10]
    assert events[0] == Progress("preparing", 0, 12)
    assert events[-1] == Progress("preparing", 12, 12)
    assert isinstance(prepared.images, np.memmap)


def test_the_manifest_says_what_was_made_of_what(source: Path, out: Path) -> None:
    manifest = prepare(source, out, SIDE).manifest
    written = json.loads((out / "manifest.json").read_bytes())
    assert {
        key: written[key] for key in ("format", "terms", "layout", "count", "people", "side_px", "frame")
    } == {
        "format": "semblante prepared 1",
        "terms": "celeba",
        "layout": "official",
        "count": 12,
        "people": 5,
        "side_px": SIDE,
        "frame": [178, 218],
    }
    assert manifest.counts == {"train": 3, "val": 5, "test": 4}
    digests = b"".join(hashlib.sha256(content).digest() for content in pictures().values())
    attributes = (source / "list_attr_celeba.txt").read_bytes()
    assert manifest.sources["images"]["sha256_of_sha256s"] == hashlib.sha256(digests).hexdigest()
    assert manifest.sources["attributes"]["sha256"] == hashlib.sha256(attributes).hexdigest()
    for name, sha256 in manifest.sha256s.items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == sha256
    printed = "".join(f"{sha256}  {name}\n" for name, sha256 in manifest.sha256s.items())
    assert manifest.sha256 == hashlib.sha256(printed.encode()).hexdigest()
    assert manifest.notes == ()
    assert manifest.skipped == {}


def test_drawn_faces_are_under_no_terms_of_celeba(source: Path, out: Path) -> None:
    write(source, {"drawn.json": json.dumps({"drawn_by": "semblante.generate", "seed": 1})})
    assert prepare(source, out, SIDE).manifest.terms == "drawn"


JPEG = picture(3)


@pytest.mark.parametrize(
    ("content", "reason", "why"),
    [
        (b"", "empty_image", "an interrupted download leaves empty files"),
        (JPEG[: len(JPEG) // 2], "not_a_whole_picture", "cut short in the middle"),
        (JPEG[:20], "not_a_whole_picture", "cut short in the header"),
        (b"this is text", "not_a_whole_picture", "a text file called .jpg"),
        (b"\0" * 5000, "not_a_whole_picture", "a disk's zeros"),
        (picture(3, "PNG")[:-200], "not_a_whole_picture", "half a PNG under .jpg"),
    ],
)
def test_an_image_that_cannot_be_used(content: bytes, reason: str, why: str, source: Path, out: Path) -> None:
    (source / "img_align_celeba/000003.jpg").write_bytes(content)
    prepared = prepare(source, out, SIDE)
    assert skipped(prepared) == {reason: ["000003.jpg"]}
    assert prepared.names == (*NAMES[:2], *NAMES[3:])
    np.testing.assert_array_equal(prepared.labels[2], labels(4))
    np.testing.assert_array_equal(
        prepared.images[2], geometry.resize_to_square(images.decode(pictures()["000004.jpg"]), SIDE)
    )
    images_sha256 = hashlib.sha256((out / "images.npy").read_bytes()).hexdigest()
    assert prepared.manifest.sha256s["images.npy"] == images_sha256


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "BMP", "GIF"])
def test_the_content_not_the_name_decides(kind: str, source: Path, out: Path) -> None:
    (source / "img_align_celeba/000003.jpg").write_bytes(picture(3, kind))
    prepared = prepare(source, out, SIDE)
    expected = geometry.resize_to_square(images.decode(pictures()["000003.jpg"]), SIDE)
    assert skipped(prepared) == {}
    assert np.abs(prepared.images[2].astype(int) - expected).mean() < 20


def test_an_image_of_30000_by_30000_pixels_costs_no_memory(source: Path, out: Path) -> None:
    huge = bytearray(picture(3, "BMP"))
    huge[18:26] = (30_000).to_bytes(4, "little") * 2
    (source / "img_align_celeba/000003.jpg").write_bytes(huge)
    assert skipped(prepare(source, out, SIDE)) == {"not_a_whole_picture": ["000003.jpg"]}


def test_an_image_of_another_shape_is_stretched_and_named(source: Path, out: Path) -> None:
    (source / "img_align_celeba/000003.jpg").write_bytes(picture(3, size=(300, 200)))
    prepared = prepare(source, out, SIDE)
    assert skipped(prepared) == {}
    assert prepared.manifest.notes == (Reason("other_shapes", {"count": 1, "names": ["000003.jpg"]}),)


def without_images(source: Path) -> None:
    for name in NAMES[2:4]:
        (source / "img_align_celeba" / name).unlink()


def additional_images(source: Path) -> None:
    write(source, {"000099.jpg": JPEG, "000098.png": JPEG}, "img_align_celeba")


def rows_twice(source: Path) -> None:
    path = source / "list_attr_celeba.txt"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[2], lines[3].replace("-1", " 1", 1)]))


def half_a_partition(source: Path) -> None:
    path = source / "list_eval_partition.txt"
    path.write_text("\n".join(path.read_text().splitlines()[:10]))


def a_ragged_row(source: Path) -> None:
    path = source / "list_attr_celeba.txt"
    path.write_text(path.read_text().rstrip()[:-4])


def an_unreadable_image(source: Path) -> None:
    path = source / "img_align_celeba/000002.jpg"
    path.unlink()
    # Reading it fails with ELOOP or ENOTDIR, as a broken disk does with EIO.
    path.mkdir()


@pytest.mark.parametrize(
    ("spoil", "expected", "why"),
    [
        (without_images, {"row_without_image": ["000003.jpg", "000004.jpg"]}, "a partial download"),
        (additional_images, {"image_without_row": ["000098.png", "000099.jpg"]}, "photos put there by hand"),
        (
            rows_twice,
            {"duplicate_row": ["000001.jpg"], "contradictory_row": ["000002.jpg"]},
            "lists pasted together",
        ),
        (half_a_partition, {"row_without_partition": ["000011.jpg", "000012.jpg"]}, "a list cut short"),
        (a_ragged_row, {"ragged_row": ["000012.jpg"]}, "a download cut short"),
        (an_unreadable_image, {"row_without_image": ["000002.jpg"]}, "a folder called like an image"),
    ],
)
def test_rows_and_images_that_do_not_match(
    spoil: Callable[[Path], None], expected: dict[str, list[str]], why: str, source: Path, out: Path
) -> None:
    spoil(source)
    prepared = prepare(source, out, SIDE)
    assert skipped(prepared) == expected
    gone = (
        {name for names in expected.values() for name in names} if "duplicate_row" not in expected else set()
    )
    assert prepared.names == tuple(name for name in NAMES if name not in gone)


def test_file_names_that_are_no_text_or_hold_escape_codes(source: Path, out: Path) -> None:
    folder = os.fsencode(source / "img_align_celeba")
    for name in (b"\xff.jpg", b"\x1b[31m.jpg", b"a" * 150 + b".jpg"):
        os.link(folder + b"/000001.jpg", folder + b"/" + name)
    assert skipped(prepare(source, out, SIDE)) == {
        "image_without_row": ["\\x1b[31m.jpg", "a" * 100 + "…", "\\xdcff.jpg"]
    }


@pytest.mark.parametrize(
    ("error", "reason"),
    [(FileNotFoundError(), "vanished_image"), (OSError(errno.EIO, "broken"), "unreadable_image")],
)
def test_an_image_that_fails_while_being_read(
    error: OSError, reason: str, source: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Entry.read

    def fail(entry: Entry) -> bytes:
        if entry.name == "000005.jpg":
            raise error
        return read(entry)

    monkeypatch.setattr(Entry, "read", fail)
    assert skipped(prepare(source, out, SIDE)) == {reason: ["000005.jpg"]}


def test_without_partitions_people_are_split(tmp_path: Path, out: Path) -> None:
    names = [f"{number:06}.jpg" for number in range(1, 241)]
    lists = official_lists(names)
    del lists["list_eval_partition.txt"]
    source = write(tmp_path / "source", lists)
    write(source, dict.fromkeys(names, JPEG), "img_align_celeba")
    prepared = prepare(source, out, 16)
    assert [note.code for note in prepared.manifest.notes] == ["no_partition", "split_by_people"]
    splits_of = {
        someone: set(prepared.splits[prepared.identities == someone].tolist())
        for someone in prepared.identities.tolist()
    }
    assert all(len(splits) == 1 for splits in splits_of.values())
    train = sum(splits == {0} for splits in splits_of.values()) / len(splits_of)
    assert 0.65 < train < 0.95
    assert {split for splits in splits_of.values() for split in splits} == {0, 1, 2}


def test_with_neither_partitions_nor_people_images_are_split(source: Path, out: Path) -> None:
    (source / "list_eval_partition.txt").unlink()
    (source / "identity_CelebA.txt").unlink()
    prepared = prepare(source, out, SIDE)
    codes = [note.code for note in prepared.manifest.notes]
    assert codes[:3] == ["no_partition", "split_by_images", "no_identities"]
    assert (prepared.identities == -1).all()
    assert prepared.manifest.people is None


def test_people_in_two_splits_and_unknown_people_are_noted(source: Path, out: Path) -> None:
    write(source, {"identity_CelebA.txt": "000001.jpg 7\n000003.jpg 7\n000002.jpg x\n"})
    notes = prepare(source, out, SIDE).manifest.notes
    assert [(note.code, note.params["count"]) for note in notes] == [
        ("bad_list_rows", 1),
        ("unknown_identities", 10),
        ("people_in_several_splits", 1),
    ]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_reason_and_note_can_be_said(language: Any, source: Path, out: Path) -> None:
    write(source, {"identity_CelebA.txt": "000001.jpg 7\n000002.jpg x\n", "old.txt": ""})
    (source / "list_eval_partition.txt").write_text(
        "000001.jpg 0\n000001.jpg 1\n000002.jpg 0\n000003.jpg 0\n"
    )
    write(source, {"000001.jpg": picture(1, size=(300, 200))}, "img_align_celeba")
    write(source, {"000001.jpg": JPEG}, "old/img_align_celeba")
    notes = prepare(source, out, SIDE).manifest.notes
    assert {note.code for note in notes} == {
        "found_again",
        "bad_list_rows",
        "contradictory_list_rows",
        "partition_incomplete",
        "unknown_identities",
        "other_shapes",
        "empty_split",
    }
    with speaking(language):
        said = [*map(describe, notes), *(describe(Reason(issue)) for issue in ROW_ISSUES)]
    assert all(said)
    assert len(set(said)) == len(said)
    assert not any("{" in sentence for sentence in said)


def test_nothing_usable_says_why_and_leaves_no_unfinished_work(source: Path, out: Path) -> None:
    for name in NAMES:
        (source / "img_align_celeba" / name).write_bytes(b"")
    with raises(EmptyDataset, match=r"empty image file: 12\)"):
        prepare(source, out, SIDE)
    assert [path.name for path in out.iterdir()] == [".semblante.lock"]
    write(source, pictures(), "img_align_celeba")
    assert len(prepare(source, out, SIDE).names) == 12


def test_lists_and_images_of_different_sets_leave_nothing(source: Path, out: Path) -> None:
    (source / "img_align_celeba").rename(source / "old")
    write(source, {"900001.jpg": JPEG}, "img_align_celeba")
    with raises(EmptyDataset, match=r"row without an image: 12, image without a row: 1"):
        prepare(source, out, SIDE)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "CHUNK_BYTES", 200_000)
    peaks = []
    for count in (60, 600):
        names = [f"{number:06}.jpg" for number in range(1, count + 1)]
        source = write(tmp_path / f"source{count}", official_lists(names))
        write(source, dict.fromkeys(names, JPEG), "img_align_celeba")
        tracemalloc.start()
        prepare(source, tmp_path / f"out{count}", 64)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # The crops of the 540 more take 6.6 MB; their names and labels a fraction of one.
    assert peaks[1] - peaks[0] < 2_000_000


SCRIPT = "import sys, pathlib, semblante.celeba as c; c.prepare(*map(pathlib.Path, sys.argv[1:]))"


def test_a_script_needs_no_main_guard(source: Path, out: Path) -> None:
    subprocess.run([sys.executable, "-c", SCRIPT, source, out], check=True)
    assert open_prepared(out).side_px == 96


@pytest.mark.data
@pytest.mark.slow
def test_real_celeba_keeps_every_image(shared: Path, tmp_path: Path) -> None:
    """600 of CelebA's own JPEG files and its own lists, all of them zipped."""
    source = tmp_path / "in"
    write(source, {"annotations.zip": (shared / "celeba/annotations.zip").read_bytes()})
    with zipfile.ZipFile(shared / "celeba/originals.zip") as originals:
        photos = [member for member in originals.namelist() if member.endswith(".jpg")]
        write_zip(source / "img_align_celeba.zip", ((name, originals.read(name)) for name in photos))
    # In a process of its own, where shapes are not checked at each of a million calls.
    subprocess.run([sys.executable, "-c", SCRIPT, source, tmp_path / "out"], check=True)
    prepared = open_prepared(tmp_path / "out")
    assert prepared.manifest.counts == {"train": 0, "val": len(photos), "test": 0}
    assert skipped(prepared).keys() == {"row_without_image"}
    assert len(skipped(prepared)["row_without_image"]) == 202_599 - len(photos)
