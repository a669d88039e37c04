"""What stands beside the pixels of a picture file does not make them unreadable."""

import resource
import struct
import zlib
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from picture_files import saved, scene
from PIL import Image, PngImagePlugin

from semblante.errors import BadImage
from semblante.images import decode

SIGNATURE = b"\x89PNG\r\n\x1a\n"
OTHERS = ("PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")


def _picture() -> Image.Image:
    noise = np.random.default_rng(4).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    return Image.fromarray(noise)


def _chunk(kind: bytes, data: bytes, checksum: int | None = None) -> bytes:
    right = zlib.crc32(kind + data)
    return (
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", right if checksum is None else checksum)
    )


def _chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    """Kind and data of each chunk of a PNG file."""
    found, at = [], len(SIGNATURE)
    while at < len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        found.append((kind, content[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def _png(*beside: bytes, picture: Image.Image | None = None) -> bytes:
    """A PNG file with chunks in front of its pixels."""
    head, *rest = _chunks(saved(picture or _picture(), "PNG"))
    return b"".join([SIGNATURE, _chunk(*head), *beside, *(_chunk(*each) for each in rest)])


LONG = zlib.compress(bytes(3_000_000))
BOMB = zlib.compress(bytes(200_000_000), 9)


@pytest.mark.parametrize(
    "chunk",
    [
        pytest.param(_chunk(b"zTXt", b"Comment\0\0" + LONG), id="a long packed text"),
        pytest.param(_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + LONG), id="long packed XMP"),
        pytest.param(_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + b"x" * 3_000_000), id="long XMP"),
        pytest.param(_chunk(b"tEXt", b"Comment\0" + b"x" * 3_000_000), id="a long text"),
        pytest.param(_chunk(b"iCCP", b"mine\0\0" + LONG), id="a long profile that is none"),
        pytest.param(_chunk(b"iCCP", b"mine\0\0not packed"), id="a profile that is not packed"),
        pytest.param(_chunk(b"iCCP", b"mine"), id="a profile that is cut"),
        pytest.param(_chunk(b"zTXt", b"Comment\0\0not packed"), id="a text that is not packed"),
        pytest.param(_chunk(b"zTXt", b"Comment\0\7" + LONG), id="an unknown packing"),
        pytest.param(_chunk(b"tEXt", b"Comment\0text", 7), id="a text with a wrong checksum"),
        pytest.param(_chunk(b"iCCP", b"mine\0\0" + LONG, 7), id="a profile with a wrong checksum"),
        pytest.param(_chunk(b"gAMA", b"\0"), id="a gamma that is too short"),
        pytest.param(_chunk(b"cHRM", b"\0\0", 7), id="colours that are too short, with a wrong checksum"),
        pytest.param(_chunk(b"pHYs", b""), id="a resolution that is empty"),
        pytest.param(_chunk(b"sRGB", b""), id="an empty sRGB chunk"),
        pytest.param(_chunk(b"eXIf", b"no EXIF"), id="EXIF that is none"),
        pytest.param(_chunk(b"zTXt", b"Raw profile type exif\0\0" + LONG), id="EXIF as a long text"),
        pytest.param(_chunk(b"prVt", b"mine"), id="a private chunk"),
        pytest.param(_chunk(b"acTL", bytes(8)), id="an animation without pictures"),
        pytest.param(_chunk(b"acTL", b"\0"), id="an animation that is cut"),
    ],
)
def test_a_png_is_read_whatever_its_chunks_say(chunk: bytes) -> None:
    np.testing.assert_array_equal(decode(_png(chunk)), np.asarray(_picture()))
    head, *rest = _chunks(saved(_picture(), "PNG"))
    behind = b"".join([SIGNATURE, _chunk(*head), *(_chunk(*each) for each in rest[:-1]), chunk])
    np.testing.assert_array_equal(decode(behind + _chunk(*rest[-1])), np.asarray(_picture()))
    np.testing.assert_array_equal(decode(behind), np.asarray(_picture()), "without an end")


@pytest.mark.parametrize(
    "start", [b"zTXtComment\0\0", b"iTXtXMP\0\1\0\0\0", b"iCCPmine\0\0", b"zTXtRaw profile type exif\0\0"]
)
def test_a_bomb_beside_the_picture_is_not_unpacked(start: bytes) -> None:
    content = _png(_chunk(start[:4], start[4:] + BOMB))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    np.testing.assert_array_equal(decode(content), np.asarray(_picture()))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.mark.parametrize("kind", [b"IHDR", b"IDAT", b"PLTE"])
def test_a_wrong_checksum_within_the_picture_is_damage(kind: bytes) -> None:
    chunks = _chunks(saved(_picture().quantize(64), "PNG"))
    content = b"".join(_chunk(each, data, 7 if each == kind else None) for each, data in chunks)
    with pytest.raises(BadImage, match="damaged"):
        decode(SIGNATURE + content)


def test_an_animated_png_shows_its_first_picture() -> None:
    others = [Image.new("RGB", (50, 40), colour) for colour in ("red", "blue")]
    content = saved(_picture(), "PNG", save_all=True, append_images=others)
    assert b"fdAT" in content
    np.testing.assert_array_equal(decode(content), np.asarray(_picture()))
    np.testing.assert_array_equal(decode(content[: content.rindex(b"fdAT") + 20]), np.asarray(_picture()))


@cache
def _whole(kind: str) -> bytes:
    return saved(_picture(), kind, **({"lossless": True} if kind == "WEBP" else {}))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["PNG", "WEBP", "GIF", "BMP", "TIFF"]), st.integers(1, 4000))
def test_pixels_are_all_there_or_the_file_is_damaged(kind: str, missing: int) -> None:
    content = _whole(kind)
    try:
        pixels = decode(content[: max(20, len(content) - missing)])
    except BadImage as error:
        assert error.code == "damaged"
    else:
        np.testing.assert_array_equal(pixels, decode(content))
        assert missing < 24, "a checksum, an end mark, or padding"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(OTHERS), st.binary(max_size=200))
def test_any_bytes_may_stand_behind_a_picture(kind: str, behind: bytes) -> None:
    np.testing.assert_array_equal(decode(_whole(kind) + behind), decode(_whole(kind)))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF", "HEIF"])
@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"no TIFF header at all",
        b"II*\0\xff\xff\xff\xff",
        b"MM\0*\0\0\0\x08\xff\xff",
        b"II*\0" + struct.pack("<IHHHII", 8, 1, 0x0112, 2, 2**31, 2**31),
        b"II*\0" + struct.pack("<IHHHIIHHII", 8, 2, 0x8769, 4, 1, 8, 0x0112, 3, 1, 77),
    ],
)
@pytest.mark.parametrize("profile", [b"", b"no profile", b"x" * 1_500_000])
def test_broken_metadata_changes_nothing(kind: str, broken: bytes, profile: bytes) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    more = {} if kind == "JPEG" else {"xmp": b"<x:xmpmeta" + b" " * 2_000_000}
    exif = Image.Exif()
    exif[0x010E] = "a description, which is to be broken"
    content = saved(scene(), kind, exif=exif, icc_profile=profile, **options, **more)
    block = exif.tobytes()[6:]
    assert content.count(block) == 1
    content = content.replace(block, broken.ljust(len(block), b"\xff"))
    np.testing.assert_array_equal(decode(content), decode(saved(scene(), kind, **options)))


def test_a_long_comment_in_a_gif() -> None:
    content = saved(_picture(), "GIF", comment=b"x" * 300_000)
    np.testing.assert_array_equal(decode(content), decode(_whole("GIF")))


def test_texts_that_pillow_itself_writes() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "x" * 2_000_000, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", "y" * 2_000_000, zip=True)
    np.testing.assert_array_equal(decode(saved(_picture(), "PNG", pnginfo=texts)), np.asarray(_picture()))
