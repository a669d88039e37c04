"""What a file is by its name: a picture, a RAW file, a video, or none of these."""

from pathlib import Path

import pytest

from semblante.images import SUFFIXES, unread_kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("DSC_0001.NEF", "raw"),
        ("IMG_1.CR2", "raw"),
        ("IMG_1.cr3", "raw"),
        ("_DSC1.ARW", "raw"),
        ("a.b.dng", "raw"),
        ("MVI_1.MOV", "video"),
        ("clip.mp4", "video"),
        ("00001.MTS", "video"),
        ("a.jpg", None),
        ("a.HEIC", None),
        ("scan.tif", None),
        ("notes.txt", None),
        ("no ending", None),
        (".nef", None),
        ("raw", None),
    ],
)
def test_raw_files_and_videos_are_known_by_name(name: str, kind: str | None, tmp_path: Path) -> None:
    assert unread_kind(name) == unread_kind(tmp_path / name) == kind


def test_nothing_is_both_read_and_unread() -> None:
    assert [suffix for suffix in SUFFIXES if unread_kind(f"a{suffix}")] == []
