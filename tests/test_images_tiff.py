"""TIFF: each kind of samples is read rightly or refused by name, and the largest picture is the photo."""

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from picture_files import saved
from PIL import Image
from tiff_files import page, tiff

from semblante.errors import BadImage
from semblante.images import decode, load

GREY: Any = np.random.default_rng(0).integers(0, 256, (30, 40, 1)).astype("u1")
GREY[0, 0], GREY[0, 1] = 0, 255
COLOUR: Any = np.random.default_rng(1).integers(0, 256, (30, 40, 3)).astype("u1")
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, YCBCR, LAB = 0, 1, 2, 3, 5, 6, 8
MOSAIC, LINEAR_RAW = 32803, 34892
NOT_READ = r"^samples_not_read$"
WRITTEN_AS_JPEG = ("L", "RGB", "CMYK", "YCbCr")


def _with(samples: Any, value: int) -> Any:
    """One channel more, of this value."""
    return np.concatenate([samples, np.full((30, 40, 1), value, samples.dtype)], axis=2)


def _packed(values: Any, bits: int) -> bytes:
    digits = (values[..., 0, None] >> np.arange(bits - 1, -1, -1)) & 1
    return np.packbits(digits.reshape(30, -1), axis=1).tobytes()


def _check(content: bytes, expected: Any, tolerance: int = 0) -> None:
    found = decode(content)
    wanted = np.broadcast_to(expected, found.shape)
    assert np.abs(found.astype(int) - wanted).max() <= tolerance


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("photometric", [WHITE_IS_ZERO, BLACK_IS_ZERO])
@pytest.mark.parametrize(
    ("samples", "refused_in"),
    [
        pytest.param(GREY, "", id="8 bits"),
        pytest.param(GREY.astype("u2") * 257, "", id="16 bits"),
        pytest.param(GREY.astype("u4") * 0x01010101, ">", id="32 bits"),
        pytest.param(GREY.astype("u4") * 257, ">", id="32 bits of which 16 are used"),
        pytest.param(GREY.astype("u4"), ">", id="32 bits of which 8 are used"),
        pytest.param(GREY.astype("u4") * 1000, "<>", id="32 bits of which some are used"),
        pytest.param(GREY.astype("u8") << 56, "<>", id="64 bits"),
        pytest.param(GREY.astype("i1"), "<>", id="8 bits with sign"),
        pytest.param(GREY.astype("i2"), "<>", id="16 bits with sign"),
        pytest.param(GREY.astype("i4"), "<>", id="32 bits with sign"),
        pytest.param(GREY.astype("f2") / 255, "<>", id="half floats"),
        pytest.param(GREY.astype("f4") / 255, "", id="floats"),
        pytest.param(GREY.astype("f8") / 255, "<>", id="double floats"),
        pytest.param(GREY.astype("c8"), "<>", id="complex numbers"),
    ],
)
def test_grey_of_each_kind(samples: Any, refused_in: str, photometric: int, order: str) -> None:
    content = tiff([page(samples, photometric, order=order)], order)
    if order in refused_in:
        with pytest.raises(BadImage, match=NOT_READ):
            decode(content)
    else:
        _check(content, 255 - GREY if photometric == WHITE_IS_ZERO else GREY)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    "samples",
    [
        pytest.param(GREY.astype("f4") / 255, id="floats"),
        pytest.param(GREY.astype("f4"), id="floats of whole numbers"),
        pytest.param(GREY.astype("u2") * 257, id="16 bits"),
    ],
)
def test_grey_that_is_compressed(samples: Any, order: str) -> None:
    written = samples.astype(samples.dtype.newbyteorder(order))
    packed = zlib.compress(written.tobytes())
    _check(tiff([page(samples, BLACK_IS_ZERO, order=order, packed=packed, tags={259: 8})], order), GREY)


@pytest.mark.parametrize("photometric", [WHITE_IS_ZERO, BLACK_IS_ZERO])
@pytest.mark.parametrize("bits", [8, 10, 12])
def test_grey_of_fewer_bits_in_16(bits: int, photometric: int) -> None:
    white = 2**bits - 1
    values = (GREY.astype(int) * white // 255).astype("u2")
    samples = white - values if photometric == WHITE_IS_ZERO else values
    _check(tiff([page(samples, photometric)]), values >> (bits - 8), tolerance=1)


@pytest.mark.parametrize("bits", [8, 12])
def test_colours_of_fewer_bits_in_16_are_refused(bits: int) -> None:
    with pytest.raises(BadImage, match=NOT_READ):
        decode(tiff([page(COLOUR.astype("u2") << (bits - 8), RGB)]))


@pytest.mark.parametrize("photometric", [WHITE_IS_ZERO, BLACK_IS_ZERO])
@pytest.mark.parametrize("bits", [1, 2, 4, 12])
def test_grey_of_bits_that_fill_no_bytes(bits: int, photometric: int) -> None:
    values = GREY.astype(int) >> (8 - bits) if bits < 8 else GREY.astype(int) << 4
    content = tiff([page(GREY, photometric, bits=bits, packed=_packed(values, bits))])
    expected = GREY if bits == 12 else values * 255 // (2**bits - 1)
    _check(content, 255 - expected if photometric == WHITE_IS_ZERO else expected)


@pytest.mark.parametrize(
    ("floats", "expected"),
    [
        pytest.param(GREY / 255, GREY, id="0 to 1"),
        pytest.param(
            np.where(np.arange(1200).reshape(30, 40, 1) < 9, 1.25, GREY / 255), None, id="few above"
        ),
        pytest.param(GREY.astype(float), GREY, id="whole numbers of 8 bits"),
        pytest.param(GREY * 257.0, GREY, id="whole numbers of 16 bits"),
        pytest.param(np.zeros((30, 40, 1)), 0, id="black"),
        pytest.param(np.ones((30, 40, 1)), 255, id="white"),
    ],
)
def test_floats_whose_white_is_known(floats: Any, expected: Any) -> None:
    if expected is None:
        expected = (floats.clip(0, 1) * 255).round()
    _check(tiff([page(floats.astype("f4"), BLACK_IS_ZERO)]), expected)
    _check(tiff([page(floats.astype("f4"), BLACK_IS_ZERO, order=">")], ">"), expected)


@pytest.mark.parametrize(
    "floats",
    [GREY / 100, GREY / 255 - 0.5, GREY * 1000.0, GREY * np.nan, np.where(GREY > 250, np.inf, GREY / 255)],
    ids=["0 to 2.55", "below 0", "0 to 255000", "no numbers", "without end"],
)
def test_floats_whose_white_is_not_known_are_refused(floats: Any) -> None:
    with pytest.raises(BadImage, match="samples_not_read"):
        decode(tiff([page(floats.astype("f4"), BLACK_IS_ZERO)]))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("is_planar", [False, True])
@pytest.mark.parametrize("kind", ["u1", "u2"])
def test_colours(kind: str, is_planar: bool, order: str) -> None:
    colours = COLOUR.astype(kind) * (257 if kind == "u2" else 1)
    ink = _with(colours, 0)
    for content, expected in (
        (tiff([page(colours, RGB, is_planar=is_planar, order=order)], order), COLOUR),
        (tiff([page(ink, CMYK, is_planar=is_planar, order=order)], order), 255 - COLOUR),
    ):
        if is_planar and kind == "u2":
            with pytest.raises(BadImage, match=NOT_READ):
                decode(content)
        else:
            _check(content, expected)


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        pytest.param(0, COLOUR, id="unspecified"),
        pytest.param(2, np.rint(COLOUR * 0.2 + 255 * 0.8), id="transparency"),
        pytest.param(1, np.rint((COLOUR // 5) + 255 * 0.8), id="transparency that is multiplied already"),
    ],
)
def test_a_fourth_channel(extra: int, expected: Any) -> None:
    colours = COLOUR // 5 if extra == 1 else COLOUR
    _check(tiff([page(_with(colours, 51), RGB, extra=[extra])]), expected, tolerance=3)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("scale", [pytest.param(257, id="16 bits"), pytest.param(1, id="8 bits in 16")])
def test_a_palette(scale: int, order: str) -> None:
    entries, pixels = page(GREY, PALETTE, order=order)
    colours = np.random.default_rng(2).integers(0, 256, 768)
    map_ = colours.reshape(3, 256).T
    written = tuple(int(value) * scale for value in colours)
    _check(tiff([([*entries, (320, 3, written)], pixels)], order), map_[GREY[..., 0]])


@pytest.mark.parametrize(
    ("samples", "photometric", "reason"),
    [
        (COLOUR.astype("u4"), RGB, "colours of 32 bits"),
        (COLOUR.astype("i2"), RGB, "colours with sign"),
        (COLOUR.astype("f2"), RGB, "half floats in colour"),
        (COLOUR.astype("f4") / 255, RGB, "floats in colour"),
        (COLOUR, YCBCR, "colours at a resolution that is not named, so half"),
        (COLOUR, LAB, "colours in CIELAB"),
        (_with(GREY, 9), WHITE_IS_ZERO, "grey with transparency whose zero is white"),
        (_with(GREY.astype("u2"), 9), BLACK_IS_ZERO, "grey of 16 bits with transparency"),
        (COLOUR, 32845, "LogLuv"),
        (GREY, 77, "no interpretation that there is"),
    ],
)
def test_kinds_that_are_refused_by_name(samples: Any, photometric: int, reason: str) -> None:
    with pytest.raises(BadImage, match=NOT_READ):
        decode(tiff([page(samples, photometric, extra=[2] if samples.shape[2] == 2 else [])]))
    assert reason


def test_bits_that_differ_and_a_packing_that_is_unknown() -> None:
    entries, pixels = page(COLOUR, RGB)
    for tag, kind, values in ((258, 3, (5, 6, 5)), (259, 3, (34712,))):
        changed = [(tag, kind, values) if entry[0] == tag else entry for entry in entries]
        with pytest.raises(BadImage, match="samples_not_read"):
            decode(tiff([(changed, pixels)]))


@pytest.mark.parametrize(
    ("mode", "packing"),
    [
        (mode, packing)
        for mode in ("1", "L", "RGB", "CMYK", "RGBA", "P", "YCbCr", "I;16", "F", "I")
        for packing in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", None)
        if packing != "jpeg" or mode in WRITTEN_AS_JPEG
    ],
)
def test_what_pillow_writes_is_right_or_refused(mode: str, packing: str | None) -> None:
    """However it is packed: the pixels of the same picture as PNG, or a refusal by name."""
    grey = Image.fromarray(GREY[..., 0])
    if mode in ("I;16", "F", "I"):
        wide = {"I;16": GREY.astype("u2") * 257, "F": GREY.astype("f4") / 255, "I": GREY.astype("i4")}[mode]
        picture, expected = Image.fromarray(wide[..., 0]), grey.convert("RGB")
    else:
        picture = Image.fromarray(COLOUR).convert(mode)
        expected = picture.convert("RGB")
    try:
        found = decode(saved(picture, "TIFF", compression=packing))
    except BadImage as error:
        assert error.code == "samples_not_read"
    else:
        difference = np.abs(found.astype(int) - np.asarray(expected))
        assert difference.max() <= 1 or (packing == "jpeg" and difference.mean() < 30)


FULL, SMALL, TINY = (
    np.asarray(Image.fromarray(COLOUR).resize(size)) for size in ((400, 300), (160, 120), (40, 30))
)
MAKE = (271, 1, tuple(b"CAMERA MAKER\0"))
DNG = (50706, 1, (1, 4, 0, 0))
BROKEN_TAGS = [
    (700, 1, tuple(b"<x:xmpmeta tiff:Orientation='6'/>")),
    (34675, 1, tuple(b"not a profile")),
    (34665, 4, (2**31,)),
    (33723, 4, (1, 2, 3)),
    (305, 1, (0, 1)),
]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("more", [(), (MAKE,), (MAKE, DNG)], ids=["plain", "a camera's", "DNG"])
def test_the_largest_picture_is_the_photo(more: Any, order: str) -> None:
    preview = page(TINY, RGB, order=order, tags={254: 1})
    full = page(FULL, RGB, order=order, tags={254: 0})
    middle = page(SMALL, RGB, order=order, tags={254: 1})
    unmarked = page(TINY, RGB, order=order)
    for content in (
        tiff([preview], order, [middle, full], more),
        tiff([preview], order, [full, middle], more),
        tiff([preview, full], order, (), more),
        tiff([unmarked], order, [full], more),
        tiff([unmarked, full], order, (), more),
        tiff([full, preview], order, (), more),
        tiff([full], order, [middle], more),
    ):
        np.testing.assert_array_equal(decode(content), FULL)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    "sensor",
    [
        pytest.param({"photometric": MOSAIC}, id="a mosaic"),
        pytest.param({"photometric": LINEAR_RAW}, id="linear"),
        pytest.param({"photometric": RGB, "tags": {259: 34713}}, id="packed as in NEF"),
        pytest.param({"photometric": RGB, "tags": {259: 32767}}, id="packed as in ARW"),
    ],
)
@pytest.mark.parametrize("name", ["photo.NEF", "photo.dng", "photo.tif", "photo.jpg"])
def test_a_raw_file_is_refused_by_name(name: str, sensor: Any, order: str, tmp_path: Path) -> None:
    preview = page(SMALL, RGB, order=order, tags={254: 1})
    raw = page(GREY.repeat(10, 0).repeat(10, 1).astype("u2"), order=order, **sensor)
    for content in (
        tiff([preview], order, [raw], (MAKE,)),
        tiff([preview], order, [preview, raw], (DNG,)),
        tiff([preview, raw], order),
        tiff([raw], order),
        tiff([raw, preview], order),
        tiff([page(FULL[100:200, :300], RGB, order=order), raw], order, (), (MAKE,)),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BadImage, match=r"^raw_file "):
            load(tmp_path / name)


@pytest.mark.parametrize("tag", [(330, 4, (2**31,)), DNG], ids=["the picture is missing", "DNG"])
def test_a_preview_alone_is_no_photo(tag: Any) -> None:
    with pytest.raises(BadImage):
        decode(tiff([page(SMALL, RGB, tags={254: 1})], more=[tag]))


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (b"FUJIFILMCCD-RAW 0201", "raw_file"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "raw_file"),
        (b"II*\0\x10\0\0\0CR\2\0", "raw_file"),
        (b"IIRO\x08\0\0\0", "raw_file"),
        (b"IIU\0\x18\0\0\0", "raw_file"),
        (b"\0MRM", "raw_file"),
        (b"FOVb", "raw_file"),
        (b"\0\0\0\x20ftypmp42", "video_file"),
        (b"\0\0\0\x14ftypqt  ", "video_file"),
        (b"\x1aE\xdf\xa3", "video_file"),
        (b"RIFF\0\1\0\0AVI LIST", "video_file"),
    ],
)
def test_files_that_are_no_pictures_are_named_by_their_content(start: bytes, code: str) -> None:
    with pytest.raises(BadImage, match=f"^{code}$"):
        decode(start + bytes(2000))


@pytest.mark.parametrize(
    ("name", "code"), [("a.X3F", "raw_file"), ("a.mts", "video_file"), ("a.jpg", "not_a")]
)
def test_and_else_by_their_name(name: str, code: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"of no known beginning" * 9)
    with pytest.raises(BadImage, match=f"^{code}"):
        load(tmp_path / name)


def test_several_pages_show_the_first() -> None:
    other = COLOUR[::-1].repeat(3, 0)
    np.testing.assert_array_equal(decode(tiff([page(COLOUR, RGB), page(other, RGB)])), COLOUR)


@pytest.mark.parametrize("tag", BROKEN_TAGS, ids=lambda tag: str(tag[0]))
def test_broken_tags_beside_the_picture_change_nothing(tag: Any) -> None:
    np.testing.assert_array_equal(decode(tiff([page(COLOUR, RGB)], more=[tag])), COLOUR)


@pytest.mark.parametrize("packing", ["jpeg", "tiff_lzw", "tiff_adobe_deflate", "raw"])
@pytest.mark.parametrize("left_out", [20, 300])
def test_a_file_that_is_cut_is_damaged(packing: str, left_out: int) -> None:
    """Its tags are often written last."""
    content = saved(Image.fromarray(np.tile(COLOUR, (3, 3, 1))), "TIFF", compression=packing)
    with pytest.raises(BadImage, match=r"^damaged$"):
        decode(content[:-left_out])


def test_pages_that_go_round_in_circles_end() -> None:
    content = bytearray(tiff([page(TINY, RGB)]))
    content[-4:] = content[4:8]
    np.testing.assert_array_equal(decode(bytes(content)), TINY)


def test_big_tiff() -> None:
    content = saved(Image.fromarray(COLOUR), "TIFF", big_tiff=True)
    assert struct.unpack_from("<H", content, 2) == (43,)
    np.testing.assert_array_equal(decode(content), COLOUR)
