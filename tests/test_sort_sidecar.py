"""Sidecars: the region lies where the face is, what was there stays byte for byte, nothing is said twice."""

import os
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image
from sentences import raises
from sorted_photos import match, put

from semblante.errors import BadName, BadSidecar
from semblante.i18n import describe
from semblante.images import load, orientation
from semblante.library import Match
from semblante.organize.sidecar import Area, Marking, marked, sidecar_of, stored_area
from semblante.organize.sort import Sorting, sort_photos
from semblante.person import check_name

FACE = Area(0.25, 0.5, 0.1, 0.2)
ANA = Marking("Ana", (FACE,), (4000, 3000))
NAMES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "stArea": "http://ns.adobe.com/xmp/sType/Area#",
    "stDim": "http://ns.adobe.com/xap/1.0/sType/Dimensions#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
}

DIGIKAM = """\
<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="uuid:1" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
    xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:d="http://www.digikam.org/ns/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Label="a&#10;b > c">
   <!-- a remark -->
   <dc:subject><rdf:Bag><rdf:li>lake &amp; sea</rdf:li></rdf:Bag></dc:subject>
   <d:TagsList><rdf:Seq/></d:TagsList>
   <mwg-rs:Regions rdf:parseType="Resource">
    <mwg-rs:RegionList>
     <rdf:Bag>
      <rdf:li>
       <rdf:Description mwg-rs:Name="%s" mwg-rs:Type="Face">
        <mwg-rs:Area stArea:x="0.7" stArea:y="0.5" stArea:w="0.1" stArea:h="0.2" stArea:unit="normalized"/>
       </rdf:Description>
      </rdf:li>
     </rdf:Bag>
    </mwg-rs:RegionList>
   </mwg-rs:Regions>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
"""


def _is(content: bytes | None) -> ET.Element:
    assert content is not None
    return ET.fromstring(content)


def _regions(content: bytes | None) -> list[tuple[str | None, float, float, float, float]]:
    """Name and area of each region, in either of the two forms that RDF has."""
    found = []
    for item in _is(content).iterfind(".//mwg-rs:RegionList//rdf:li", NAMES):
        area = item.find(".//mwg-rs:Area", NAMES)
        described = item.find("rdf:Description", NAMES)
        assert area is not None
        sides = [
            float(area.get(f"{{{NAMES['stArea']}}}{key}", "") or area.findtext(f"stArea:{key}", "", NAMES))
            for key in "xywh"
        ]
        name = (
            item.findtext("mwg-rs:Name", None, NAMES)
            if described is None
            else described.get(f"{{{NAMES['mwg-rs']}}}Name")
        )
        found.append((name, sides[0], sides[1], sides[2], sides[3]))
    return found


def _keywords(content: bytes | None, key: str) -> list[str | None]:
    return [item.text for item in _is(content).iterfind(f".//{key}//rdf:li", NAMES)]


def test_a_new_sidecar() -> None:
    content = marked(None, ANA)
    assert _regions(content) == [("Ana", 0.25, 0.5, 0.1, 0.2)]
    assert _is(content).findtext(".//mwg-rs:Type", None, NAMES) == "Face"
    assert _is(content).findtext(".//stArea:unit", None, NAMES) == "normalized"
    assert _is(content).findtext(".//stDim:w", None, NAMES) == "4000"
    assert _is(content).findtext(".//stDim:h", None, NAMES) == "3000"
    assert _is(content).findtext(".//stDim:unit", None, NAMES) == "pixel"
    assert _keywords(content, "dc:subject") == ["Ana"]
    assert _keywords(content, "digiKam:TagsList") == ["People/Ana"]
    assert _keywords(content, "lr:hierarchicalSubject") == ["People|Ana"]
    assert content is not None
    assert content.startswith(b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>')


def _without_what_was_added(after: bytes, before: bytes) -> bool:
    """Whether `before` is what is left of `after` when some pieces are taken out, apart from `/>`."""
    left = iter(after.replace(b"/>", b">"))
    return all(byte in left for byte in before.replace(b"/>", b">"))


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_what_was_there_stays(mark: bytes) -> None:
    before = mark + (DIGIKAM % "Bea").encode()
    after = marked(before, ANA)
    assert after is not None
    assert _without_what_was_added(after, before)
    for line in before.splitlines():
        assert line in after or b"<d:TagsList>" in line or b"<dc:subject>" in line or b"<rdf:Bag>" in line
    assert _regions(after) == [("Ana", 0.25, 0.5, 0.1, 0.2), ("Bea", 0.7, 0.5, 0.1, 0.2)]
    assert _keywords(after, "dc:subject") == ["Ana", "lake & sea"]
    assert _keywords(after, "digiKam:TagsList") == ["People/Ana"]
    assert b'xmp:Label="a&#10;b > c"' in after


def test_nothing_is_said_twice() -> None:
    once = marked((DIGIKAM % "Bea").encode(), ANA)
    assert marked(once, ANA) is None
    assert marked(marked(None, ANA), ANA) is None
    moved = Marking("Ana", (Area(0.26, 0.51, 0.12, 0.22),), (2000, 1500))
    assert marked(once, moved) is None, "the same face, as another detector sees it, at another size"


def test_a_second_face_of_the_person_is_added() -> None:
    once = marked(None, ANA)
    twice = marked(once, Marking("Ana", (FACE, Area(0.8, 0.5, 0.1, 0.2)), (4000, 3000)))
    assert [name for name, *_ in _regions(twice)] == ["Ana", "Ana"]
    assert _keywords(twice, "dc:subject") == ["Ana"]


@pytest.mark.parametrize(
    ("content", "problem", "reason"),
    [
        (b"", "it is not XMP", "empty"),
        (b"\xff\xd8\xff\xe0 a photo", "it is not XMP", "a link to the photo"),
        (b"<x/>", "it is not XMP", "another XML"),
        (b"<rdf:RDF", "it is not XMP", "cut short"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "it is not XMP", "entities may grow without bound"),
        ((DIGIKAM % "Bea").replace("UTF-8", "UTF-16").encode("utf-16"), "not written in UTF-8", "UTF-16"),
        ((DIGIKAM % "Bea").replace("UTF-8", "Latin-1").encode("latin-1"), "not written in UTF-8", "Latin-1"),
        (
            (DIGIKAM % "Bea").replace(' rdf:parseType="Resource"', "").encode(),
            "Regions in a form that is not known",
            "no RDF",
        ),
        (
            (DIGIKAM % "Bea").replace("xmp:Label", 'dc:subject="a" xmp:Label').encode(),
            "subject in a form that is not known",
            "an array as an attribute",
        ),
    ],
)
def test_a_sidecar_that_cannot_be_added_to(content: bytes, problem: str, reason: str) -> None:
    with raises(BadSidecar, match=problem):
        marked(content, ANA)


def test_a_face_that_has_another_name_keeps_it() -> None:
    with raises(BadSidecar, match="already names this face Bea"):
        marked((DIGIKAM % "Bea").encode(), Marking("Ana", (Area(0.71, 0.5, 0.1, 0.2),), (4000, 3000)))
    without_name = marked((DIGIKAM % "").encode(), Marking("Ana", (Area(0.71, 0.5, 0.1, 0.2),), (4000, 3000)))
    assert [name for name, *_ in _regions(without_name)] == ["Ana", ""], "digiKam stops at one without a name"


def test_regions_of_a_picture_of_another_shape_are_left_alone() -> None:
    turned = Marking("Bea", (FACE,), (3000, 4000))
    with raises(BadSidecar, match="a picture of 4000 x 3000 pixels"):
        marked(marked(None, ANA), turned)


@settings(deadline=None, max_examples=50)
@given(name=st.text(min_size=1, max_size=30))
def test_names_in_any_script_come_back_as_they_were(name: str) -> None:
    try:
        kept = check_name(name)
    except BadName:
        return
    shown = kept.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
    marking = Marking(kept, (FACE,), (10, 10))
    content = marked(None, marking)
    assert _regions(content)[0][0] == shown
    assert _keywords(content, "dc:subject") == [shown]
    assert _keywords(content, "digiKam:TagsList") == ([] if set("/|") & set(kept) else [f"People/{shown}"])
    assert marked(marked((DIGIKAM % "Bea").encode(), marking), marking) is None


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_region_lies_in_the_stored_picture_where_the_face_is(turned: int, tmp_path: Path) -> None:
    """A bright box in a stored picture is found upright, and its area leads back to the stored one."""
    stored = np.zeros((60, 80, 3), np.uint8)
    stored[10:20, 50:70] = 255
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turned
    path = tmp_path / "photo.png"
    Image.fromarray(stored).save(path, exif=exif)
    upright = load(path)
    rows, columns = np.nonzero(upright.pixels[:, :, 0])
    box = (float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1))
    area = stored_area(box, (upright.pixels.shape[1], upright.pixels.shape[0]), orientation(path))
    assert (area.x, area.y) == pytest.approx((60 / 80, 15 / 60))
    assert (area.width, area.height) == pytest.approx((20 / 80, 10 / 60))


def test_a_box_beyond_the_picture_is_cut_off() -> None:
    assert stored_area((-50.0, 50.0, 50.0, 150.0), (100, 100), 1) == Area(0.25, 0.75, 0.5, 0.5)


@pytest.mark.parametrize("content", [b"no picture", b"\xff\xd8\xff\xe1 Exif\x00 cut"])
def test_what_tells_no_orientation_is_upright(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    assert orientation(tmp_path / "a.jpg") == 1


def _mark(found: list[Match], folder: Path, name: str = "Ana") -> list[tuple[str, str | None]]:
    return [
        (each.outcome, describe(each.reason) if each.reason else None)
        for each in sort_photos(found, Sorting(name, "xmp", None), folder / "data")
    ]


def test_a_photo_that_is_turned_is_marked_as_it_is_stored(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (200, 100)).save(path, exif=exif)
    assert _mark([match(path), match(path, left_px=60.0)], tmp_path) == [("made", None)]
    content = sidecar_of(path).read_bytes()
    # Upright, the boxes are 10 to 40 and 60 to 90 of 100 across, 20 to 80 of 200 down.
    assert _regions(content) == [("Ana", 0.25, 0.75, 0.3, 0.3), ("Ana", 0.25, 0.25, 0.3, 0.3)]
    assert _is(content).findtext(".//stDim:w", None, NAMES) == "200"


def test_a_sidecar_keeps_its_rights_and_a_link_stays_one(tmp_path: Path) -> None:
    first, second = put(tmp_path / "photos", {"1.jpg": b"first", "2.jpg": b"second"})
    sidecar_of(first.path).write_bytes((DIGIKAM % "Bea").encode())
    sidecar_of(first.path).chmod(0o600)
    (tmp_path / "elsewhere.xmp").write_bytes((DIGIKAM % "Bea").encode())
    sidecar_of(second.path).symlink_to(tmp_path / "elsewhere.xmp")
    assert [outcome for outcome, _ in _mark([first, second], tmp_path)] == ["made", "made"]
    assert sidecar_of(first.path).stat().st_mode & 0o777 == 0o600
    assert sidecar_of(second.path).is_symlink()
    assert b"People/Ana" in (tmp_path / "elsewhere.xmp").read_bytes()


def test_a_sidecar_that_cannot_be_added_to_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    found = put(tmp_path / "photos", {"1.jpg": b"first", "2.jpg": b"second", "3.jpg": b"third"})
    sidecar_of(found[0].path).symlink_to(found[0].path)
    sidecar_of(found[1].path).mkdir()
    outcomes = _mark(found, tmp_path)
    assert outcomes[0] == ("skipped", "1.jpg stays as it is: it is not XMP")
    assert outcomes[1][0] == "skipped"
    assert outcomes[2] == ("made", None)
    assert found[0].path.read_bytes() == b"first"


def test_a_photo_that_can_have_no_sidecar_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "x" * 245 + ".jpg"
    matches = put(
        tmp_path, {"closed/1.jpg": b"one", "circle.jpg": b"two", long: b"three", "free.jpg": b"four"}
    )
    (tmp_path / "circle.jpg.xmp").symlink_to("circle.jpg.xmp")
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: may(path, mode) and Path(path).name != "closed")
    for dry_run in (True, False):
        results = list(sort_photos(matches, Sorting("Ana", "xmp", None, dry_run), tmp_path / "data"))
        assert [each.outcome for each in results] == ["skipped", "skipped", "skipped", "made"]
        assert all(
            part in (describe(each.reason) if each.reason else "")
            for each, part in zip(
                results, ("write-protected", "leads to itself", "too long", ""), strict=True
            )
        )
    assert (tmp_path / "free.jpg.xmp").exists()
