"""Damaged and malicious picture files are refused with a reason, quickly, and without a word from Pillow."""

import resource
import struct
import threading
import time
import warnings
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from picture_files import saved, scene
from PIL import Image
from sentences import raises

from semblante.errors import BadImage, FileAccessError, SemblanteError
from semblante.i18n import describe
from semblante.images import MAX_BYTES, MAX_PIXELS, decode, jpeg, load, orientation, reading, reason_of_issue
from semblante.images.issues import check_size
from semblante.images.quiet import quiet


def _png_header(width: int, height: int) -> bytes:
    """A PNG file of `width` x `height` 8-bit RGB pixels that ends after a few bytes of them."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00" * 64))


def _jpeg_header(width: int, height: int) -> bytes:
    """A small JPEG file whose frame header (SOF0) claims `width` x `height` pixels."""
    content = saved(scene(), "JPEG")
    start = content.index(b"\xff\xc0") + 5
    return content[:start] + struct.pack(">HH", height, width) + content[start + 4 :]


def _gif_header(width: int, height: int) -> bytes:
    content = saved(scene().quantize(8), "GIF")
    return content[:6] + struct.pack("<HH", width, height) + content[10:]


def _bmp_header(width: int, height: int) -> bytes:
    content = saved(scene(), "BMP")
    return content[:18] + struct.pack("<ii", width, height) + content[26:]


def _tiff_header(width: int, height: int) -> bytes:
    """A TIFF file; Pillow writes the width (tag 256) and the height (tag 257) first of all."""
    content = saved(scene(), "TIFF")
    start = content.index(struct.pack("<HHI", 256, 4, 1))
    sides = struct.pack("<HHII", 256, 4, 1, width) + struct.pack("<HHII", 257, 4, 1, height)
    return content[:start] + sides + content[start + len(sides) :]


def _webp_header(width: int, height: int) -> bytes:
    """A WebP file whose extended header (VP8X) claims `width` x `height` pixels, each less than 2^24."""
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<II", 10, 0) + sides + saved(scene(), "WEBP")[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _ispe(kind: str, width: int, height: int) -> bytes:
    """An AVIF or HEIF file whose size property (ispe) claims `width` x `height` pixels."""
    content = saved(scene().resize((64, 64)), kind)
    start = content.index(b"ispe") + 8
    return content[:start] + struct.pack(">II", width, height) + content[start + 8 :]


@pytest.mark.parametrize(
    "header",
    [
        _png_header,
        _jpeg_header,
        _gif_header,
        _bmp_header,
        _tiff_header,
        _webp_header,
        partial(_ispe, "HEIF"),
        partial(_ispe, "AVIF"),
    ],
)
@pytest.mark.parametrize(("width", "height"), [(16_300, 16_300), (30_000, 30_000), (65_500, 65_500)])
def test_a_huge_picture_is_refused_by_its_header(
    header: Callable[[int, int], bytes], width: int, height: int
) -> None:
    content = header(width, height)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began_s = time.process_time()
    # AVIF's decoder refuses to look further at more than 268 million.
    with raises(BadImage, match=r"more than (250|178) million pixels|damaged"):
        decode(content)
    assert time.process_time() - began_s < 1
    # The largest memory ever in use, in KiB: decoding is not Python's, and neither is its memory.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.mark.parametrize(("kind", "opens"), [("JPEG", True), ("PNG", False), ("TIFF", False)])
def test_pillows_own_limit(kind: str, opens: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lies below what some phones take: a JPEG goes beyond, another format is refused for it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    (tmp_path / "a").write_bytes(saved(Image.new("RGB", (200, 152)), kind, exif=exif))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 15_000)
    if opens:
        assert load(tmp_path / "a", 50).pixels.shape == (50, 38, 3)
        assert orientation(tmp_path / "a") == 6
    else:
        with raises(BadImage, match="more than 0 million pixels"):
            load(tmp_path / "a")


def test_the_limit_is_on_the_area() -> None:
    check_size(MAX_PIXELS, 1)
    with pytest.raises(BadImage):
        check_size(MAX_PIXELS + 1, 1)


@pytest.mark.parametrize(
    ("content", "problem", "reason"),
    [
        (b"", "the file is empty", "nothing in it"),
        (b"Dear diary,\n" * 50, "not a picture", "a text file"),
        (b"\xff\xd8\xff\xe0", "damaged", "the first bytes of a JPEG file"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture", "EPS, which is a program"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "damaged", "the first bytes of a WebP file"),
        (b"PK\x03\x04" + b"\0" * 100, "not a picture", "a zip file"),
    ],
)
def test_what_is_no_picture(content: bytes, problem: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with raises(BadImage, match=problem) as caught:
        load(path)
    assert describe(caught.value).startswith(f"{path}: "), reason
    assert describe(reason_of_issue(caught.value.code)) == describe(caught.value).removeprefix(f"{path}: ")


KINDS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.98])
def test_what_is_cut_short(kind: str, share: float, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    content = saved(Image.fromarray(noise), kind)
    path = tmp_path / "a.gif"
    path.write_bytes(content[: int(len(content) * share)])
    with raises(BadImage, match=f"^{path}: the picture is damaged or cut short$"):
        load(path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_what_is_broken_beside_the_picture_is_passed_over(kind: str) -> None:
    """The camera's name is said to lie outside of the file; Pillow's warning of it is for nobody."""
    camera, turned = struct.pack("<HHII", 0x010F, 2, 2**20, 2**20), struct.pack("<HHII", 0x0112, 3, 1, 6)
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + camera + turned + bytes(4)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        content = saved(scene(), kind, exif=exif)
        said.clear()
        assert decode(content).shape == (24, 36, 3)
    assert said == []


def test_threads_leave_warnings_as_they_were() -> None:
    before = list(warnings.filters)
    first_in, second_in = threading.Event(), threading.Event()

    def first() -> None:
        with quiet:
            first_in.set()
            second_in.wait()

    def second() -> None:
        first_in.wait()
        with quiet:
            second_in.set()
            other.join()
            with warnings.catch_warnings(record=True) as said:
                Image._decompression_bomb_check((10_000, 10_000))
            heard.extend(said)

    heard: list[warnings.WarningMessage] = []
    other = threading.Thread(target=first)
    threads = [other, threading.Thread(target=second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not heard, "still quiet when the first has left"
    assert list(warnings.filters) == before


STARTS = [saved(scene(), kind) for kind in KINDS]


@st.composite
def _broken(draw: st.DrawFn) -> bytes:
    """A picture file with some bytes changed, or any bytes at all, perhaps behind a format's first ones."""
    content = bytearray(draw(st.sampled_from(STARTS)))
    if draw(st.booleans()):
        return bytes(content[: draw(st.integers(0, 16))]) + draw(st.binary(max_size=200))
    for _ in range(draw(st.integers(1, 6))):
        content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    return bytes(content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_broken())
def test_any_bytes_give_pixels_or_a_reason(content: bytes) -> None:
    try:
        pixels = decode(content)
    except SemblanteError as error:
        assert isinstance(error, BadImage) and str(error)
    else:
        assert pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3


def test_a_file_larger_than_any_picture_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "endless.jpg"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with raises(BadImage, match="more than 2 GB"):
        load(path)


@pytest.mark.parametrize("ending", ["jpg", "png"])
def test_want_of_memory_is_not_the_pictures_fault(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_much(*_: object) -> None:
        raise MemoryError

    path = tmp_path / f"good.{ending}"
    Image.new("RGB", (40, 30)).save(path)
    for reader in (jpeg, reading):
        monkeypatch.setattr(reader, "check_size", too_much)
    with raises(FileAccessError, match="not enough memory"):
        load(path)
