"""Picture files become upright RGB, whatever wrote them; what cannot is refused with a reason."""

import io
import resource
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
import simplejpeg
from jaxtyping import Integer
from picture_files import HEIGHT, WIDTH, saved, scene
from PIL import Image, ImageCms

from semblante.errors import FileAccessError
from semblante.images import colours, decode, jpeg, load
from semblante.types import Pixels


def _sixteen_bits(picture: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 257)


def _animated() -> bytes:
    return saved(scene(), "GIF", save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT))])


def _sixteen_bit_tiff(pixels: Integer[np.ndarray, "h w c"], order: str) -> bytes:
    """A TIFF file of RGB or RGBA with 16 bits each, which Pillow reads but does not write."""
    height, width, channels = pixels.shape
    tags = 10 if channels == 4 else 9
    bits_at = 8 + 2 + 12 * tags + 4
    entries = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, channels, bits_at), (259, 3, 1, 1)]
    entries += [(262, 3, 1, 2), (273, 4, 1, bits_at + 2 * channels), (277, 3, 1, channels)]
    entries += [(278, 4, 1, height), (279, 4, 1, 2 * pixels.size)] + (
        [(338, 3, 1, 2)] if channels == 4 else []
    )
    content = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}IH", 8, tags)
    for tag, kind, count, value in entries:
        field = "HH" if (kind, count) == (3, 1) else "I"
        values = (value, 0) if field == "HH" else (value,)
        content += struct.pack(f"{order}HHI{field}", tag, kind, count, *values)
    content += struct.pack(f"{order}I{channels}H", 0, *[16] * channels)
    return content + pixels.astype(f"{order}u2").tobytes()


def _ycck(picture: Image.Image) -> bytes:
    """A JPEG file in YCCK, as Photoshop writes it: the colours less black as YCbCr, all inverted."""
    cmyk = np.asarray(picture.convert("CMYK"))
    colours = np.asarray(Image.fromarray(cmyk[..., :3]).convert("YCbCr"))
    planes = np.dstack([255 - colours, cmyk[..., 3]])
    content = bytearray(saved(Image.fromarray(planes, "CMYK"), "JPEG", quality=98, subsampling=0))
    content[content.index(b"Adobe") + 11] = 2
    return bytes(content)


def _far(pixels: Pixels, expected: Image.Image) -> int:
    """The largest difference of any channel, between 0 and 255."""
    wanted = np.asarray(expected.convert("RGB"))
    assert pixels.dtype == np.uint8 and pixels.shape == wanted.shape
    return int(np.abs(pixels.astype(int) - wanted).max())


GREY = scene().convert("L")
LOSSY = 24
"""JPEG, WebP and AVIF at high quality, without colour subsampling, stay this near."""


@pytest.mark.parametrize(
    ("content", "expected", "tolerance"),
    [
        pytest.param(saved(scene(), "JPEG", quality=98, subsampling=0), scene(), LOSSY, id="JPEG"),
        pytest.param(
            saved(scene(), "JPEG", quality=98, subsampling=0, progressive=True),
            scene(),
            LOSSY,
            id="progressive JPEG",
        ),
        pytest.param(saved(GREY, "JPEG", quality=98), GREY, LOSSY, id="grey JPEG"),
        pytest.param(
            saved(scene().convert("CMYK"), "JPEG", quality=98, subsampling=0),
            scene(),
            LOSSY,
            id="CMYK JPEG",
        ),
        pytest.param(_ycck(scene()), scene(), LOSSY, id="YCCK JPEG"),
        pytest.param(saved(scene(), "PNG"), scene(), 0, id="PNG"),
        pytest.param(saved(scene().quantize(8), "PNG"), scene(), 4, id="PNG with a palette"),
        pytest.param(
            saved(scene().convert("1"), "PNG"), scene().convert("1"), 0, id="PNG in black and white"
        ),
        pytest.param(saved(_sixteen_bits(scene()), "PNG"), GREY, 0, id="16-bit PNG"),
        pytest.param(saved(GREY.convert("LA"), "PNG"), GREY, 0, id="grey PNG with alpha"),
        pytest.param(saved(scene(), "WEBP", lossless=True), scene(), 0, id="lossless WebP"),
        pytest.param(saved(GREY.convert("RGB"), "WEBP", quality=98), GREY, LOSSY, id="lossy WebP"),
        pytest.param(_animated(), scene(), 4, id="the first picture of an animated GIF"),
        pytest.param(saved(scene(), "BMP"), scene(), 0, id="BMP"),
        pytest.param(saved(scene(), "TIFF", compression="tiff_lzw"), scene(), 0, id="TIFF"),
        pytest.param(saved(_sixteen_bits(scene()), "TIFF"), GREY, 0, id="16-bit TIFF"),
        pytest.param(saved(scene(), "AVIF", quality=98, subsampling="4:4:4"), scene(), LOSSY, id="AVIF"),
    ],
)
def test_formats(content: bytes, expected: Image.Image, tolerance: int) -> None:
    assert _far(decode(content), expected) <= tolerance


@pytest.mark.parametrize("order", ["<", ">"])
def test_sixteen_bits_a_colour(order: str) -> None:
    pixels = np.asarray(scene()).astype(int) * 257
    assert _far(decode(_sixteen_bit_tiff(pixels, order)), scene()) == 0
    half = np.full((HEIGHT, WIDTH, 1), 65535)
    half[: HEIGHT // 2] = 0
    expected = scene()
    expected.paste("white", (0, 0, WIDTH, HEIGHT // 2))
    assert _far(decode(_sixteen_bit_tiff(np.dstack([pixels, half]), order)), expected) == 0


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparency_is_laid_over_white(kind: str) -> None:
    ghost = Image.new("RGBA", (8, 8), (200, 0, 0, 0))
    ghost.paste((0, 0, 200, 255), (0, 0, 4, 8))
    ghost.paste((0, 0, 0, 51), (0, 0, 4, 4))
    pixels = decode(saved(ghost, kind, **({"lossless": True} if kind == "WEBP" else {})))
    assert pixels[7, 7].tolist() == [255, 255, 255], "wholly transparent"
    assert pixels[7, 0].tolist() == [0, 0, 200], "opaque"
    assert pixels[0, 0].tolist() == [204, 204, 204], "black at a fifth of its strength"


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "BMP"])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_a_picture_that_is_transparent_everywhere_is_not(mode: str, kind: str) -> None:
    """As programs write it that know nothing of alpha; laid over white, it would be empty."""
    picture = scene().convert("L" if mode == "LA" else "RGB").convert(mode)
    picture.putalpha(0)
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    content = saved(picture.convert("RGBA") if kind == "BMP" else picture, kind, **options)
    assert _far(decode(content), scene().convert(mode[:-1])) == 0


def test_a_transparent_palette_colour_is_white() -> None:
    picture = scene().quantize(8)
    red = picture.getpixel((0, 0))
    assert decode(saved(picture, "GIF", transparency=red))[0, 0].tolist() == [255, 255, 255]


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


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "LA", "1", "I;16", "CMYK"])
def test_strips_change_nothing(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = _sixteen_bits(scene()) if mode == "I;16" else scene().convert(mode)
    options = {"transparency": 3} if mode == "P" else {}
    content = saved(picture, "TIFF" if mode == "CMYK" else "PNG", **options)
    whole = decode(content)
    monkeypatch.setattr(colours, "STRIP_PIXELS", 5 * WIDTH + 3)
    np.testing.assert_array_equal(decode(content), whole)


def test_a_transparent_palette_takes_little_memory() -> None:
    """A file of some kilobytes with a picture of 16 million pixels: laid over white at once, 280 MB."""
    content = saved(Image.new("P", (4000, 4000)), "PNG", transparency=0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert decode(content).shape == (4000, 4000, 3)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_upright(orientation: int, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = (
        {"quality": 98, "subsampling": 0} if kind == "JPEG" else {"lossless": True} if kind == "WEBP" else {}
    )
    content = saved(_turn(scene(), orientation), kind, exif=exif, **options)
    assert _far(decode(content), scene()) <= LOSSY


def test_the_tag_is_found_behind_a_long_comment() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = saved(_turn(scene(), 6), "JPEG", exif=exif, quality=98, subsampling=0)
    comment = b"\xff\xfe" + struct.pack(">H", 60_002) + b"x" * 60_000
    assert _far(decode(content[:2] + comment + content[2:]), scene()) <= LOSSY


@pytest.mark.parametrize(
    ("picture", "options"),
    [
        pytest.param(scene(), {"quality": 75}, id="colours at half resolution"),
        pytest.param(scene(), {"quality": 90, "subsampling": 0}, id="colours at full resolution"),
        pytest.param(
            scene().resize((61, 37)), {"quality": 85, "progressive": True}, id="progressive, odd sides"
        ),
        pytest.param(GREY, {"quality": 85}, id="grey"),
        pytest.param(scene(), {"quality": 90, "keep_rgb": True}, id="stored as RGB"),
    ],
)
def test_the_fast_way_gives_the_same_pixels(picture: Image.Image, options: dict[str, Any]) -> None:
    """Two libraries, one decoding: training must not see other pixels than a photo with EXIF does."""
    content = saved(picture, "JPEG", **options)
    fast = jpeg.decode_jpeg(content, jpeg.read_header(content), None)
    assert _far(fast[0], Image.open(io.BytesIO(content))) <= 2


@pytest.mark.parametrize("orientation", [1, 3, 6, 7])
@pytest.mark.parametrize(
    ("max_side_px", "shrunk"), [(None, 1), (321, 1), (320, 1), (160, 2), (100, 2), (50, 4), (9, 8)]
)
def test_a_jpeg_is_decoded_as_small_as_is_enough(
    max_side_px: int | None, shrunk: int, orientation: int, tmp_path: Path
) -> None:
    upright = scene().resize((200, 320), Image.Resampling.BOX)
    exif = Image.Exif()
    exif[0x0112] = orientation
    (tmp_path / "a.jpg").write_bytes(saved(_turn(upright, orientation), "JPEG", exif=exif, quality=98))
    photo = load(tmp_path / "a.jpg", max_side_px)
    assert (photo.full_width_px, photo.full_height_px) == (200, 320)
    assert photo.pixels.shape == (320 // shrunk, 200 // shrunk, 3)
    small = photo.pixels[:: len(photo.pixels) - 1, :: photo.pixels.shape[1] - 1]
    corners = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]])
    assert np.abs(small - corners).max() < 60


@pytest.mark.parametrize(("max_side_px", "shrunk"), [(None, 1), (33, 1), (16, 2), (5, 4), (4, 8)])
def test_so_is_a_jpeg_that_needs_pillow(max_side_px: int | None, shrunk: int, tmp_path: Path) -> None:
    picture = scene().resize((24, 32)).convert("CMYK")
    (tmp_path / "a.jpg").write_bytes(saved(picture, "JPEG"))
    photo = load(tmp_path / "a.jpg", max_side_px)
    assert photo.pixels.shape == (32 // shrunk, 24 // shrunk, 3)
    assert (photo.full_width_px, photo.full_height_px) == (24, 32)


@pytest.mark.parametrize("quality", [75, 95])
def test_a_plain_jpeg_gives_what_the_decoder_gives(quality: int) -> None:
    """The shipped network learnt from these pixels."""
    content = saved(scene().resize((178, 218), Image.Resampling.BICUBIC), "JPEG", quality=quality)
    assert np.array_equal(decode(content), simplejpeg.decode_jpeg(content, "RGB"))


def _p3_profile() -> bytes:
    """A profile whose colours are not sRGB's: the red and green of sRGB's own are exchanged."""
    plain = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = plain.index(b"rXYZ"), plain.index(b"gXYZ")
    plain[red : red + 4], plain[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(plain).replace("sRGB".encode("utf-16-be"), "Mine".encode("utf-16-be"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF"])
def test_colours_are_taken_to_srgb(kind: str) -> None:
    picture = Image.new("RGB", (32, 32), (250, 10, 10))
    content = saved(picture, kind, icc_profile=_p3_profile(), quality=98)
    assert np.abs(decode(content)[16, 16].astype(int) - [10, 250, 10]).max() < 12


@pytest.mark.parametrize("profile", [b"", b"not a profile", _p3_profile()[:200]])
def test_a_broken_profile_changes_nothing(profile: bytes) -> None:
    picture = Image.new("RGB", (32, 32), (250, 10, 10))
    content = saved(picture, "JPEG", icc_profile=profile, quality=98)
    assert np.abs(decode(content)[16, 16].astype(int) - [250, 10, 10]).max() < 6


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_heif_is_turned_once(orientation: int) -> None:
    """Phones say it twice, in the picture's own turn, which the decoder obeys, and in EXIF."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = _turn(scene().resize((96, 144), Image.Resampling.BOX), orientation)
    file = pillow_heif.from_bytes("RGB", stored.size, stored.tobytes())
    file.info["exif"] = exif.tobytes()
    file.save(written := io.BytesIO(), quality=95)
    content = written.getvalue()
    assert (b"irot" in content) is (orientation > 1)
    found = decode(content)
    assert found.shape == (144, 96, 3)
    assert np.abs(found[4:8, 4:8].astype(int) - [255, 0, 0]).max() < 60


def test_files_are_read_by_content_not_by_name(tmp_path: Path) -> None:
    path = tmp_path / "really a PNG.jpg"
    path.write_bytes(saved(scene(), "PNG"))
    photo = load(path)
    assert _far(photo.pixels, scene()) == 0
    assert photo.source == str(path)


@pytest.mark.parametrize("name", ["none.jpg", "folder.jpg"])
def test_what_cannot_be_read(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder.jpg").mkdir()
    with pytest.raises(FileAccessError, match=name):
        load(tmp_path / name)
