"""A JPEG whose picture is all there is read, whatever stands beside it; one that is cut is damaged."""

import io
import re
import struct
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from picture_files import saved
from PIL import Image

from semblante.errors import BadImage
from semblante.images import decode
from semblante.types import Pixels

END = b"\xff\xd9"
KINDS = (
    "baseline",
    "optimised",
    "progressive",
    "restarts",
    "progressive restarts",
    "grey",
    "progressive grey",
    "CMYK",
    "scans",
)
MOVIE = struct.pack(">I", 24) + b"ftypmp42\0\0\0\0mp42isom" + bytes(range(256)) * 40
"""How a phone's moving picture goes on behind the photo."""


def _picture() -> Image.Image:
    """Noise on a slope: no part of it is like another."""
    rows, columns = np.mgrid[:70, :90]
    noise = np.random.default_rng(3).integers(0, 60, (70, 90, 3))
    slopes = np.stack([rows * 2, columns * 2, 180 - rows - columns], axis=2)
    return Image.fromarray((slopes + noise).clip(0, 255).astype(np.uint8))


def _in_three_scans(content: bytes) -> bytes:
    """The picture with one scan a component, as some cameras write it: three grey pictures in one frame."""
    planes = [saved(plane, "JPEG", quality=90) for plane in Image.open(io.BytesIO(content)).split()]
    start = planes[0].index(b"\xff\xc0")
    frame = bytearray(planes[0][start : start + 10]) + b"".join(bytes([n, 0x11, 0]) for n in (1, 2, 3))
    frame[2:4], frame[9] = struct.pack(">H", 17), 3
    scans = []
    for number, plane in enumerate(planes, start=1):
        at = plane.index(b"\xff\xda")
        scans.append(
            plane[at:-2].replace(b"\xff\xda\0\x08\x01\x01", b"\xff\xda\0\x08\x01" + bytes([number]), 1)
        )
    tables = planes[0][start + 13 : planes[0].index(b"\xff\xda")]
    return planes[0][:start] + bytes(frame) + tables + b"".join(scans) + END


@cache
def _whole(kind: str) -> bytes:
    picture = _picture().convert("L" if "grey" in kind else "CMYK" if kind == "CMYK" else "RGB")
    options: dict[str, dict[str, Any]] = {
        "optimised": {"optimize": True},
        "restarts": {"restart_marker_blocks": 3},
        "progressive": {"progressive": True},
        "progressive restarts": {"progressive": True, "restart_marker_rows": 1},
        "progressive grey": {"progressive": True},
    }
    content = saved(picture, "JPEG", quality=90, **options.get(kind, {}))
    return _in_three_scans(content) if kind == "scans" else content


@cache
def _pixels(kind: str) -> Pixels:
    return decode(_whole(kind))


def _scans(content: bytes) -> list[int]:
    """Where the scans begin."""
    return [at for at in range(len(content) - 1) if content[at : at + 2] == b"\xff\xda"]


def _check(content: bytes, kind: str) -> None:
    np.testing.assert_array_equal(decode(content), _pixels(kind))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("has_end", [True, False])
@pytest.mark.parametrize(
    "behind",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(bytes(100), id="zeros"),
        pytest.param(bytes(100) + END, id="zeros and an end marker"),
        pytest.param(b"\xff" * 100, id="ones"),
        pytest.param(b"\r\n", id="a line break"),
        pytest.param(b"# a remark\n" * 9, id="text"),
        pytest.param(MOVIE, id="a movie"),
        pytest.param(_whole("baseline"), id="a second picture"),
        pytest.param(_whole("progressive")[:900], id="a second picture, cut"),
        pytest.param(b"\xff\xe1\0\x10Exif\0\0too short", id="a segment"),
        pytest.param(np.random.default_rng(5).bytes(5000), id="anything"),
    ],
)
def test_what_stands_behind_a_picture_is_passed_over(kind: str, has_end: bool, behind: bytes) -> None:
    _check(_whole(kind)[:-2] + (END if has_end else b"") + behind, kind)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(KINDS), st.booleans(), st.binary(max_size=300))
def test_any_bytes_may_stand_behind_a_picture(kind: str, has_end: bool, behind: bytes) -> None:
    # Without an end marker, zeros may go on where the picture left off.
    behind = behind if has_end else behind.lstrip(b"\0\xff")
    _check(_whole(kind)[:-2] + (END if has_end else b"") + behind, kind)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(KINDS), st.floats(0.0, 1.0), st.sampled_from([b"", END, b"\xff" * 50]))
def test_a_picture_cut_anywhere_is_damaged(kind: str, share: float, behind: bytes) -> None:
    content = _whole(kind)[:-2]
    cut = content[: 2 + int(share * (len(content) - 4))]
    try:
        pixels = decode(cut + behind)
    except BadImage as error:
        assert error.code == "damaged"
    else:
        np.testing.assert_array_equal(pixels, _pixels(kind), "no bit of the picture was in what is missing")
        assert len(content) - len(cut) <= 4


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
@pytest.mark.parametrize(
    "behind",
    [bytes(9000), bytes(9000) + END, b"U" * 9000, MOVIE, _whole("baseline"), _whole("grey")[300:] + END],
    ids=["zeros", "zeros and an end marker", "one letter", "a movie", "a picture", "half a picture"],
)
def test_what_is_put_behind_a_cut_picture_does_not_mend_it(kind: str, share: float, behind: bytes) -> None:
    content = _whole(kind)
    first = _scans(content)[0]
    with pytest.raises(BadImage, match="damaged"):
        decode(content[: first + int(share * (len(content) - first))] + behind)


@pytest.mark.parametrize("behind", [b"", END, bytes(5000), bytes(5000) + END, MOVIE])
@pytest.mark.parametrize("sampling", [0, 1, 2])
def test_a_picture_cut_at_a_restart_marker_is_damaged(sampling: int, behind: bytes) -> None:
    """Where filling begins with the part between two markers, no more than that part seems to be missing."""
    content = saved(_picture(), "JPEG", quality=80, subsampling=sampling, restart_marker_blocks=2)
    marks = [found.start() for found in re.finditer(rb"\xff[\xd0-\xd7]", content)]
    assert len(marks) > 5
    np.testing.assert_array_equal(decode(content[:-2] + MOVIE), decode(content))
    for mark in marks:
        for at in (mark - 1, mark, mark + 2, mark + 3):
            with pytest.raises(BadImage, match="damaged"):
                decode(content[:at] + behind)


@pytest.mark.parametrize("kind", ["progressive", "progressive grey", "scans"])
def test_each_scan_is_needed(kind: str) -> None:
    content = _whole(kind)
    scans = [*_scans(content), len(content) - 2]
    assert len(scans) > 3
    for begin, end in pairwise(scans):
        with pytest.raises(BadImage, match="damaged"):
            decode(content[:begin] + content[end:])
        with pytest.raises(BadImage, match="damaged"):
            decode(content[:begin] + END)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "beside",
    [
        b"\xff\xe1\0\x14Exif\0\0II*\0nothing!",
        b"\xff\xe1\0\x08http\0\0",
        b"\xff\xe2\0\x12ICC_PROFILE\0\x07\x02..",
        b"\xff\xe2\0\x08MPF\0II",
        b"\xff\xed\0\x05Pho",
        b"\xff\xef\0\x02",
        b"\xff\xff\xff\xfe\0\x04ok",
        b"padding",
        bytes(20),
    ],
)
def test_what_stands_before_a_picture_is_passed_over(kind: str, beside: bytes) -> None:
    whole = _whole(kind)
    at = 4 + int.from_bytes(whole[4:6], "big") if whole[3] == 0xE0 else 2
    _check(whole[:at] + beside + whole[at:], kind)
    _check(whole[:at] + beside + whole[at:-2], kind)


def test_colours_at_an_uncommon_resolution() -> None:
    """Which simplejpeg does not decode."""
    content = bytearray(saved(Image.new("RGB", (64, 48), "teal"), "JPEG", subsampling=0))
    frame = content.index(b"\xff\xc0")
    content[frame + 11], content[frame + 14], content[frame + 17] = 0x11, 0x11, 0x21
    assert decode(bytes(content)).shape == (48, 64, 3)


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("behind", [b"", END, MOVIE])
def test_colours_at_an_uncommon_resolution_that_are_cut(progressive: bool, behind: bytes) -> None:
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 64, 4), np.uint8), "CMYK")
    whole = saved(picture, "JPEG", subsampling=2, progressive=progressive)
    assert np.array_equal(decode(whole[:-2] + behind), decode(whole))
    assert np.array_equal(decode(whole[:-2] + bytes(500)), decode(whole))
    for share in (0.7, 0.9, 0.99):
        with pytest.raises(BadImage, match="damaged"):
            decode(whole[: int(share * len(whole))] + behind)


def test_twelve_bits_a_colour_are_named() -> None:
    content = bytearray(_whole("baseline"))
    content[content.index(b"\xff\xc0") + 4] = 12
    with pytest.raises(BadImage, match="samples_not_read"):
        decode(bytes(content))
