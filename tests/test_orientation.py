"""One rule says how a picture is stored turned, for every format, for reading and for sidecars: EXIF's.

XMP does not count; in HEIF and AVIF the container's own turn counts.
"""

import re
import struct
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from picture_files import saved
from PIL import Image, ImageCms, PngImagePlugin
from sorted_photos import put

from semblante.images import load, orientation
from semblante.library import Match
from semblante.organize.sidecar import sidecar_of
from semblante.organize.sort import Sorting, sort_photos
from semblante.types import FaceRef

KINDS = (
    "JPEG",
    "JPEG with a profile",
    "CMYK JPEG",
    "progressive JPEG",
    "PNG",
    "WEBP",
    "TIFF",
    "AVIF",
    "HEIF",
)
WITH_EXIF = KINDS[:7]
WIDTH, HEIGHT = 96, 160


def _picture() -> Image.Image:
    """Four corners of different grey, which every format keeps apart."""
    corners = Image.new("L", (2, 2))
    corners.putdata([0, 85, 170, 255])
    return corners.resize((WIDTH, HEIGHT), Image.Resampling.NEAREST).convert("RGB")


def _stored(turned: int) -> Image.Image:
    """The picture as a camera stores it that marks it with this orientation."""
    turns = [None, None, 0, 3, 1, 5, 2, 6, 4]
    turn = turns[turned]
    return _picture() if turn is None else _picture().transpose(Image.Transpose(turn))


def _xmp(turned: int) -> bytes:
    return (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="%d"/>'
        b"</rdf:RDF></x:xmpmeta>" % turned
    )


def _file(kind: str, picture: Image.Image, exif: int | None = None, xmp: int | None = None) -> bytes:
    """A file of this kind with these orientations in EXIF and in XMP, or without."""
    options: dict[str, Any] = {"quality": 95}
    if exif is not None:
        options["exif"] = _exif(exif)
    if xmp is not None and kind == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", _xmp(xmp).decode())
    elif xmp is not None and kind == "TIFF":
        options["tiffinfo"] = {700: _xmp(xmp)} | ({} if exif is None else {0x0112: exif})
        options.pop("exif", None)
    elif xmp is not None:
        options["xmp"] = _xmp(1)  # As another number, HEIF's writer would obey it.
    if kind == "JPEG with a profile":
        options["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    if kind == "progressive JPEG":
        options["progressive"] = True
    if kind == "CMYK JPEG":
        picture = picture.convert("CMYK")
    content = saved(picture, "JPEG" if "JPEG" in kind else kind, **options)
    return content if xmp is None or kind in ("PNG", "TIFF") else content.replace(_xmp(1), _xmp(xmp))


def _exif(turned: int) -> bytes:
    block = Image.Exif()
    block[0x0112] = turned
    return block.tobytes()


def _check(content: bytes, turned: int, path: Path) -> None:
    """The file is read upright, and said to be stored turned so."""
    path.write_bytes(content)
    photo = load(path)
    assert orientation(path) == turned
    assert (photo.full_width_px, photo.full_height_px) == (WIDTH, HEIGHT)
    middles = photo.pixels[HEIGHT // 4 :: HEIGHT // 2, WIDTH // 4 :: WIDTH // 2].astype(int)
    assert np.abs(middles - np.array([[[0], [85]], [[170], [255]]])).max() < 16


@pytest.mark.parametrize("kind", WITH_EXIF)
@pytest.mark.parametrize("turned", range(1, 9))
@pytest.mark.parametrize("xmp", [None, 1, 3, 6])
def test_exif_counts_and_xmp_does_not(turned: int, xmp: int | None, kind: str, tmp_path: Path) -> None:
    _check(_file(kind, _stored(turned), turned, xmp), turned, tmp_path / "a")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("xmp", [1, 2, 3, 6, 8])
def test_xmp_alone_turns_nothing(xmp: int, kind: str, tmp_path: Path) -> None:
    _check(_file(kind, _picture(), None, xmp), 1, tmp_path / "a")


@pytest.mark.parametrize("xmp", [None, 3, 8])
@pytest.mark.parametrize("turned", range(1, 9))
def test_avif_is_turned_by_its_container(turned: int, xmp: int | None, tmp_path: Path) -> None:
    _check(_file("AVIF", _stored(turned), turned, xmp), turned, tmp_path / "a")


@pytest.mark.parametrize("xmp", [None, 3, 8])
@pytest.mark.parametrize("turned", [1, 3, 6, 8])
def test_heif_is_turned_by_its_decoder(turned: int, xmp: int | None, tmp_path: Path) -> None:
    _check(_file("HEIF", _stored(turned), turned, xmp), 1, tmp_path / "a")


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_exif_that_the_container_does_not_repeat_turns_nothing(kind: str, tmp_path: Path) -> None:
    block = Image.Exif()
    block[0x0128] = 2  # The unit of the resolution; the writers would obey an orientation.
    content = saved(_picture(), kind, exif=block.tobytes(), quality=95)
    order = "<" if b"II*\0" in content else ">"
    unit, turned = (
        struct.pack(f"{order}HHIHH", 0x0128, 3, 1, 2, 0),
        struct.pack(f"{order}HHIHH", 0x0112, 3, 1, 6, 0),
    )
    assert content.count(unit) == 1
    _check(content.replace(unit, turned), 1, tmp_path / "a")


@pytest.mark.parametrize("kind", [1, 3, 4])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("stored", [6, 0, 9, 200])
def test_the_tag_in_any_form(stored: int, order: str, kind: int, tmp_path: Path) -> None:
    """Whole numbers of any size are taken; what is no orientation is none."""
    value = struct.pack(f"{order}{ {1: 'B', 3: 'H', 4: 'I'}[kind] }", stored).ljust(4, b"\0")
    head = b"II*\0" if order == "<" else b"MM\0*"
    block = b"Exif\0\0" + head + struct.pack(f"{order}IHHHI", 8, 1, 0x0112, kind, 1) + value
    turned = 6 if stored == 6 else 1
    _check(saved(_stored(turned), "JPEG", exif=block, quality=95), turned, tmp_path / "a")


def test_exif_that_imagemagick_wrote_into_a_png(tmp_path: Path) -> None:
    raw = _exif(6)
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Raw profile type exif", f"\nexif\n{len(raw):8}\n{raw.hex()}\n", zip=True)
    _check(saved(_stored(6), "PNG", pnginfo=texts), 6, tmp_path / "a")


def test_a_broken_segment_does_not_hide_the_orientation(tmp_path: Path) -> None:
    content = _file("JPEG", _stored(6), 6)
    for broken in (
        b"\xff\xe0\0\x04JF",
        b"\xff\xe2\0\x10ICC_PROFILE\0\1\2",
        b"\xff\xe2\0\x08MPF\0II",
        b"\xff\xee\0\x04Ad",
    ):
        _check(content[:2] + broken + content[2:], 6, tmp_path / "a")


def _region(path: Path, box: tuple[float, float, float, float]) -> tuple[list[float], list[int]]:
    """Centre of the region that sorting writes for a face there, and the size that it applies to."""
    photo = load(path)
    (known,) = put(path.parent, {path.name: path.read_bytes()})
    face = Match(
        path, FaceRef(known.face.photo, 0), "yes", 0.9, box, photo.full_width_px, photo.full_height_px
    )
    (sorted_photo,) = sort_photos([face], Sorting("Ana", "xmp", None), path.parent / "data")
    assert sorted_photo.outcome == "made"
    written = sidecar_of(path).read_text(encoding="utf-8")
    ET.fromstring(written)
    centre = [float(re.findall(rf"stArea:{key}>([\d.]+)<", written)[-1]) for key in "xy"]
    return centre, [int(re.findall(rf"stDim:{key}>(\d+)<", written)[-1]) for key in "wh"]


BOX = (0.2 * WIDTH, 0.6 * HEIGHT, 0.4 * WIDTH, 0.8 * HEIGHT)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("xmp", [None, 3, 6])
def test_a_region_lies_where_the_face_was_found(xmp: int | None, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(_file(kind, _picture(), None, xmp))
    assert _region(path, BOX) == ([0.3, 0.7], [WIDTH, HEIGHT])


@pytest.mark.parametrize("kind", WITH_EXIF)
def test_a_region_of_a_turned_picture_is_that_of_the_stored_one(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(_file(kind, _stored(6), 6, 1))
    assert _region(path, BOX) == ([0.7, 0.7], [HEIGHT, WIDTH])


@pytest.mark.parametrize("turned", [3, 6])
def test_a_sidecar_that_names_another_orientation_keeps_it(turned: int, tmp_path: Path) -> None:
    """Regions are those of the stored picture: how a program shows it turned changes nothing about them."""
    path = tmp_path / "a.jpg"
    path.write_bytes(_file("JPEG", _picture()))
    sidecar_of(path).write_bytes(_xmp(turned))
    assert _region(path, BOX) == ([0.3, 0.7], [WIDTH, HEIGHT])
    assert b'tiff:Orientation="%d"' % turned in sidecar_of(path).read_bytes()
