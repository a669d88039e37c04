"""Picture files become upright RGB, whatever wrote them; what cannot is refused with a reason."""

import io
import resource
import struct
import time
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from semblante import images
from semblante.errors import BadImage, NoAccess, SemblanteError
from semblante.images import MAX_PIXELS, decode, load
from semblante.types import Pixels

WIDTH, HEIGHT = 24, 36

pillow_heif.register_heif_opener()  # So that Pillow writes HEIF here, too.


def _scene() -> Image.Image:
    """Red at the top left, green at the top right, blue at the bottom left, white elsewhere, in blocks."""
    small = Image.new("RGB", (4, 6), "white")
    for at, colour in (((0, 0), "red"), ((3, 0), "lime"), ((0, 5), "blue")):
        small.putpixel(at, Image.new("RGB", (1, 1), colour).getpixel((0, 0)) or 0)
    return small.resize((WIDTH, HEIGHT), Image.Resampling.BOX)


def _saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


def _sixteen_bits(picture: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 257)


def _animated() -> bytes:
    return _saved(_scene(), "GIF", save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT))])


def _far(pixels: Pixels, expected: Image.Image) -> int:
    """The largest difference of any channel, between 0 and 255."""
    wanted = np.asarray(expected.convert("RGB"))
    assert pixels.dtype == np.uint8 and pixels.shape == wanted.shape
    return int(np.abs(pixels.astype(int) - wanted).max())


GREY = _scene().convert("L")
LOSSY = 24
"""JPEG, WebP and AVIF at high quality, without colour subsampling, stay this near."""


@pytest.mark.parametrize(
    ("content", "expected", "tolerance"),
    [
        pytest.param(_saved(_scene(), "JPEG", quality=98, subsampling=0), _scene(), LOSSY, id="JPEG"),
        pytest.param(
            _saved(_scene(), "JPEG", quality=98, subsampling=0, progressive=True),
            _scene(),
            LOSSY,
            id="progressive JPEG",
        ),
        pytest.param(_saved(GREY, "JPEG", quality=98), GREY, LOSSY, id="grey JPEG"),
        pytest.param(
            _saved(_scene().convert("CMYK"), "JPEG", quality=98, subsampling=0),
            _scene(),
            LOSSY,
            id="CMYK JPEG",
        ),
        pytest.param(_saved(_scene(), "PNG"), _scene(), 0, id="PNG"),
        pytest.param(_saved(_scene().quantize(8), "PNG"), _scene(), 4, id="PNG with a palette"),
        pytest.param(
            _saved(_scene().convert("1"), "PNG"), _scene().convert("1"), 0, id="PNG in black and white"
        ),
        pytest.param(_saved(_sixteen_bits(_scene()), "PNG"), GREY, 0, id="16-bit PNG"),
        pytest.param(_saved(GREY.convert("LA"), "PNG"), GREY, 0, id="grey PNG with alpha"),
        pytest.param(_saved(_scene(), "WEBP", lossless=True), _scene(), 0, id="lossless WebP"),
        pytest.param(_saved(GREY.convert("RGB"), "WEBP", quality=98), GREY, LOSSY, id="lossy WebP"),
        pytest.param(_animated(), _scene(), 4, id="the first picture of an animated GIF"),
        pytest.param(_saved(_scene(), "BMP"), _scene(), 0, id="BMP"),
        pytest.param(_saved(_scene(), "TIFF", compression="tiff_lzw"), _scene(), 0, id="TIFF"),
        pytest.param(_saved(_sixteen_bits(_scene()), "TIFF"), GREY, 0, id="16-bit TIFF"),
        pytest.param(_saved(_scene(), "AVIF", quality=98, subsampling="4:4:4"), _scene(), LOSSY, id="AVIF"),
    ],
)
def test_formats(content: bytes, expected: Image.Image, tolerance: int) -> None:
    assert _far(decode(content), expected) <= tolerance


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparency_is_laid_over_white(kind: str) -> None:
    ghost = Image.new("RGBA", (8, 8), (200, 0, 0, 0))
    ghost.paste((0, 0, 200, 255), (0, 0, 4, 8))
    ghost.paste((0, 0, 0, 51), (0, 0, 4, 4))
    pixels = decode(_saved(ghost, kind, **({"lossless": True} if kind == "WEBP" else {})))
    assert pixels[7, 7].tolist() == [255, 255, 255], "wholly transparent"
    assert pixels[7, 0].tolist() == [0, 0, 200], "opaque"
    assert pixels[0, 0].tolist() == [204, 204, 204], "black at a fifth of its strength"


def test_a_transparent_palette_colour_is_white() -> None:
    picture = _scene().quantize(8)
    red = picture.getpixel((0, 0))
    assert decode(_saved(picture, "GIF", transparency=red))[0, 0].tolist() == [255, 255, 255]


def _turn(picture: Image.Image, orientation: int) -> Image.Image:
    """The picture as a camera stores it that marks it with `orientation` (EXIF 2.32, tag 0x0112)."""
    stored = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    return picture.transpose(stored[orientation]) if orientation in stored else picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_upright(orientation: int, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = (
        {"quality": 98, "subsampling": 0} if kind == "JPEG" else {"lossless": True} if kind == "WEBP" else {}
    )
    content = _saved(_turn(_scene(), orientation), kind, exif=exif, **options)
    assert _far(decode(content), _scene()) <= LOSSY


def test_the_tag_is_found_behind_a_long_comment() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = _saved(_turn(_scene(), 6), "JPEG", exif=exif, quality=98, subsampling=0)
    comment = b"\xff\xfe" + struct.pack(">H", 60_002) + b"x" * 60_000
    assert _far(decode(content[:2] + comment + content[2:]), _scene()) <= LOSSY


@pytest.mark.parametrize(
    ("picture", "options"),
    [
        pytest.param(_scene(), {"quality": 75}, id="colours at half resolution"),
        pytest.param(_scene(), {"quality": 90, "subsampling": 0}, id="colours at full resolution"),
        pytest.param(
            _scene().resize((61, 37)), {"quality": 85, "progressive": True}, id="progressive, odd sides"
        ),
        pytest.param(GREY, {"quality": 85}, id="grey"),
        pytest.param(_scene(), {"quality": 90, "keep_rgb": True}, id="stored as RGB"),
    ],
)
def test_the_fast_way_gives_the_same_pixels(picture: Image.Image, options: dict[str, Any]) -> None:
    """Two libraries, one decoding: training must not see other pixels than a photo with EXIF does."""
    content = _saved(picture, "JPEG", **options)
    fast = images._decode_jpeg(content, None)
    assert fast is not None
    assert _far(fast[0], Image.open(io.BytesIO(content))) <= 2


@pytest.mark.parametrize("orientation", [1, 3, 6, 7])
@pytest.mark.parametrize(
    ("longest_px", "shrunk"), [(None, 1), (321, 1), (320, 1), (160, 2), (100, 2), (50, 4), (9, 8)]
)
def test_a_jpeg_is_decoded_as_small_as_is_enough(
    longest_px: int | None, shrunk: int, orientation: int, tmp_path: Path
) -> None:
    scene = _scene().resize((200, 320), Image.Resampling.BOX)
    exif = Image.Exif()
    exif[0x0112] = orientation
    (tmp_path / "a.jpg").write_bytes(_saved(_turn(scene, orientation), "JPEG", exif=exif, quality=98))
    photo = load(tmp_path / "a.jpg", longest_px)
    assert (photo.full_width_px, photo.full_height_px) == (200, 320)
    assert photo.pixels.shape == (320 // shrunk, 200 // shrunk, 3)
    small = photo.pixels[:: len(photo.pixels) - 1, :: photo.pixels.shape[1] - 1]
    corners = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]])
    assert np.abs(small - corners).max() < 60


def _p3_profile() -> bytes:
    """A profile whose colours are not sRGB's: the red and green of sRGB's own are exchanged."""
    plain = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = plain.index(b"rXYZ"), plain.index(b"gXYZ")
    plain[red : red + 4], plain[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(plain).replace("sRGB".encode("utf-16-be"), "Mine".encode("utf-16-be"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF"])
def test_colours_are_taken_to_srgb(kind: str) -> None:
    picture = Image.new("RGB", (32, 32), (250, 10, 10))
    content = _saved(picture, kind, icc_profile=_p3_profile(), quality=98)
    assert np.abs(decode(content)[16, 16].astype(int) - [10, 250, 10]).max() < 12


@pytest.mark.parametrize("profile", [b"", b"not a profile", _p3_profile()[:200]])
def test_a_broken_profile_changes_nothing(profile: bytes) -> None:
    picture = Image.new("RGB", (32, 32), (250, 10, 10))
    content = _saved(picture, "JPEG", icc_profile=profile, quality=98)
    assert np.abs(decode(content)[16, 16].astype(int) - [250, 10, 10]).max() < 6


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_heif_is_turned_once(orientation: int) -> None:
    """Phones say it twice, in the picture's own turn, which the decoder obeys, and in EXIF."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = _turn(_scene().resize((96, 144), Image.Resampling.BOX), orientation)
    file = pillow_heif.from_bytes("RGB", stored.size, stored.tobytes())
    file.info["exif"] = exif.tobytes()
    file.save(written := io.BytesIO(), quality=95)
    content = written.getvalue()
    assert (b"irot" in content) is (orientation > 1)
    found = decode(content)
    assert found.shape == (144, 96, 3)
    assert np.abs(found[4:8, 4:8].astype(int) - [255, 0, 0]).max() < 60


def _png_header(width: int, height: int) -> bytes:
    """A PNG file of `width` x `height` 8-bit RGB pixels that ends after a few bytes of them."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00" * 64))


def _jpeg_header(width: int, height: int) -> bytes:
    """A small JPEG file whose frame header (SOF0) claims `width` x `height` pixels."""
    content = _saved(_scene(), "JPEG")
    start = content.index(b"\xff\xc0") + 5
    return content[:start] + struct.pack(">HH", height, width) + content[start + 4 :]


def _gif_header(width: int, height: int) -> bytes:
    content = _saved(_scene().quantize(8), "GIF")
    return content[:6] + struct.pack("<HH", width, height) + content[10:]


def _bmp_header(width: int, height: int) -> bytes:
    content = _saved(_scene(), "BMP")
    return content[:18] + struct.pack("<ii", width, height) + content[26:]


def _tiff_header(width: int, height: int) -> bytes:
    """A TIFF file; Pillow writes the width (tag 256) and the height (tag 257) first of all."""
    content = _saved(_scene(), "TIFF")
    start = content.index(struct.pack("<HHI", 256, 4, 1))
    sides = struct.pack("<HHII", 256, 4, 1, width) + struct.pack("<HHII", 257, 4, 1, height)
    return content[:start] + sides + content[start + len(sides) :]


def _webp_header(width: int, height: int) -> bytes:
    """A WebP file whose extended header (VP8X) claims `width` x `height` pixels, each less than 2^24."""
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<II", 10, 0) + sides + _saved(_scene(), "WEBP")[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _ispe(kind: str, width: int, height: int) -> bytes:
    """An AVIF or HEIF file whose size property (ispe) claims `width` x `height` pixels."""
    content = _saved(_scene().resize((64, 64)), kind)
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
    # AVIF's own decoder refuses to look further at more than 268 million.
    with pytest.raises(BadImage, match=r"more than (250|178) million pixels|not a picture"):
        decode(content)
    assert time.process_time() - began_s < 1
    # The largest memory ever in use, in KiB: decoding is not Python's, and neither is its memory.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_the_limit_is_on_the_area() -> None:
    images._check_size(MAX_PIXELS, 1)
    with pytest.raises(BadImage):
        images._check_size(MAX_PIXELS + 1, 1)


@pytest.mark.parametrize(
    ("content", "problem", "reason"),
    [
        (b"", "the file is empty", "nothing in it"),
        (b"Dear diary,\n" * 50, "not a picture", "a text file"),
        (b"\xff\xd8\xff\xe0", "not a picture|damaged", "the first bytes of a JPEG file"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture", "EPS, which is a program"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "not a picture|damaged", "the first bytes of a WebP file"),
        (b"PK\x03\x04" + b"\0" * 100, "not a picture", "a zip file"),
    ],
)
def test_what_is_no_picture(content: bytes, problem: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with pytest.raises(BadImage, match=problem) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: "), reason


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_what_is_cut_short(kind: str, share: float) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    content = _saved(Image.fromarray(noise), kind)
    with pytest.raises(BadImage, match=r"damaged or cut short|not a picture"):
        decode(content[: int(len(content) * share)])


def test_files_are_read_by_content_not_by_name(tmp_path: Path) -> None:
    path = tmp_path / "really a PNG.jpg"
    path.write_bytes(_saved(_scene(), "PNG"))
    photo = load(path)
    assert _far(photo.pixels, _scene()) == 0
    assert photo.source == str(path)


@pytest.mark.parametrize("name", ["none.jpg", "folder.jpg"])
def test_what_cannot_be_read(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder.jpg").mkdir()
    with pytest.raises(NoAccess, match=name):
        load(tmp_path / name)


STARTS = [_saved(_scene(), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")]


@st.composite
def _broken(draw: st.DrawFn) -> bytes:
    """A picture file with some bytes changed, or any bytes at all, perhaps behind a format's first ones."""
    content = bytearray(draw(st.sampled_from(STARTS)))
    if draw(st.booleans()):
        return bytes(content[: draw(st.integers(0, 16))]) + draw(st.binary(max_size=200))
    for _ in range(draw(st.integers(1, 6))):
        content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    return bytes(content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_broken())
def test_any_bytes_give_pixels_or_a_reason(content: bytes) -> None:
    try:
        pixels = decode(content)
    except SemblanteError as error:
        assert isinstance(error, BadImage) and str(error)
    else:
        assert pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3
