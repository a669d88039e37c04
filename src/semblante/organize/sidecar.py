"""An XMP sidecar says where a person's face is, as the Metadata Working Group has it, and adds keywords.

The sidecar of `photo.jpg` is `photo.jpg.xmp`, as digiKam, darktable and Immich have it. Lightroom reads
sidecars beside raw files only, and calls them `photo.xmp`.

Regions (MWG Guidelines 2.0, 5.9) apply to the picture as it is stored, before it is turned by its
orientation; a program that turns the picture turns them too. digiKam does. So an orientation that the sidecar
names, whether right or not, moves no region off its face.

XMP is RDF written as XML: properties are elements or attributes of `rdf:Description`, arrays are an `rdf:Bag`
or `rdf:Seq` of `rdf:li`. What is added is spliced in where `Xmp` finds its place; every other byte stays.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat
from xml.sax.saxutils import escape

from semblante.errors import BadSidecar

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns# "
"""A name is written as expat gives it: the namespace, a blank, and the name in it."""

_START_TAG = re.compile(rb"""<(?P<name>[^\s/>]+)(?:"[^"]*"|'[^']*'|[^>"'])*>""")

_EMPTY = b"""<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""/>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""


@dataclass(frozen=True)
class Element:
    """An element of the file; `start` is where its first tag begins, in bytes."""

    name: str
    start: int
    attributes: Mapping[str, str]
    children: tuple["Element", ...]
    text: str

    def child(self, name: str) -> "Element | None":
        """The first child called `name`."""
        return next((child for child in self.children if child.name == name), None)

    def said(self) -> dict[str, str]:
        """Each value in the element, at any depth, by its name: XMP may write it as attribute or element."""
        values = dict(self.attributes)
        for child in self.children:
            values.update(child.said())
            if not child.children and child.text.strip():
                values[child.name] = child.text.strip()
        return values


class Xmp:
    """An XMP file and what is to be added to it. Raises `BadSidecar` where it is none, or not in UTF-8."""

    def __init__(self, content: bytes | None) -> None:
        self.content = _EMPTY if content is None else content
        root = _parse(self.content)
        rdf = root if root.name == RDF + "RDF" else root.child(RDF + "RDF")
        if rdf is None:
            raise BadSidecar("not_xmp")
        self.descriptions = tuple(child for child in rdf.children if child.name == RDF + "Description")
        self._rdf = rdf
        self._added: dict[int, str] = {}

    def property(self, name: str) -> Element | None:
        """The element of the property `name`. Raises `BadSidecar` where it is an attribute, so no array."""
        if any(name in description.attributes for description in self.descriptions):
            raise BadSidecar("unknown_form", property=name.rpartition(" ")[2])
        found = (description.child(name) for description in self.descriptions)
        return next((element for element in found if element is not None), None)

    def add_property(self, text: str) -> None:
        """Add a property that the file does not have."""
        if self.descriptions:
            self.add(self.descriptions[0], text)
        else:
            namespace = RDF.strip()
            self.add(
                self._rdf,
                f'<rdf:Description xmlns:rdf="{namespace}" rdf:about="">{text}</rdf:Description>',
            )

    def add(self, element: Element, text: str) -> None:
        """Put `text` first in `element`: digiKam stops reading regions at one that has no name."""
        self._added[element.start] = self._added.get(element.start, "") + text

    def with_additions(self) -> bytes:
        """The file with what was added; every other byte as it was."""
        content = self.content
        for start in sorted(self._added, reverse=True):
            text = self._added[start].encode()
            tag = _START_TAG.match(content, start)
            assert tag is not None  # The parser has read a tag here.
            before, after = content[: tag.end()], content[tag.end() :]
            if before.endswith(b"/>"):
                before, text = before[:-2] + b">", text + b"</" + tag["name"] + b">"
            content = before + text + after
        return content


def items(array: Element | None) -> Iterator[Element]:
    """The items of the array that is the value of a property."""
    for container in array.children if array else ():
        yield from (child for child in container.children if child.name == RDF + "li")


def _parse(content: bytes) -> Element:
    parser = expat.ParserCreate(namespace_separator=" ")
    opened: list[tuple[str, int, dict[str, str], list[Element], list[str]]] = [("", 0, {}, [], [])]

    def start(name: str, attributes: dict[str, str]) -> None:
        opened.append((name, parser.CurrentByteIndex, attributes, [], []))

    def end(_name: str) -> None:
        name, at, attributes, children, texts = opened.pop()
        opened[-1][3].append(Element(name, at, attributes, tuple(children), "".join(texts)))

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() != "utf-8":
            raise BadSidecar("not_utf8")

    def refuse(*_: object) -> None:
        # A document type may define entities that grow without bound or name other files; XMP has none.
        raise BadSidecar("not_xmp")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = lambda text: opened[-1][4].append(text)
    parser.XmlDeclHandler, parser.StartDoctypeDeclHandler = declared, refuse
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadSidecar("not_utf8")
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise BadSidecar("not_xmp") from error
    return opened[0][3][0]


SUFFIX = ".xmp"

_MWG = "http://www.metadataworkinggroup.com/schemas/regions/ "
_AREA = "http://ns.adobe.com/xmp/sType/Area# "
_DIMENSIONS = "http://ns.adobe.com/xap/1.0/sType/Dimensions# "
_KEYWORDS = (
    ("dc", "http://purl.org/dc/elements/1.1/ ", "subject", "Bag", "{name}"),
    ("digiKam", "http://www.digikam.org/ns/1.0/ ", "TagsList", "Seq", "People/{name}"),
    ("lr", "http://ns.adobe.com/lightroom/1.0/ ", "hierarchicalSubject", "Bag", "People|{name}"),
)
"""Keywords: prefix, namespace, property, kind of array, and what is put into it."""

_LEVELS = "/|"
"""What parts the levels of a tag; a name that has it gets the plain keyword only."""

_MAX_SHAPE_DIFFERENCE = 0.02
"""A share by which width to height may differ between two sizes of one picture, by rounding."""

_REGION = """
     <rdf:li rdf:parseType="Resource">
      <mwg-rs:Area rdf:parseType="Resource">
       <stArea:x>{x:.6f}</stArea:x>
       <stArea:y>{y:.6f}</stArea:y>
       <stArea:w>{width:.6f}</stArea:w>
       <stArea:h>{height:.6f}</stArea:h>
       <stArea:unit>normalized</stArea:unit>
      </mwg-rs:Area>
      <mwg-rs:Name>{name}</mwg-rs:Name>
      <mwg-rs:Type>Face</mwg-rs:Type>
     </rdf:li>"""

_APPLIED_TO = """
    <mwg-rs:AppliedToDimensions rdf:parseType="Resource">
     <stDim:w>{width}</stDim:w>
     <stDim:h>{height}</stDim:h>
     <stDim:unit>pixel</stDim:unit>
    </mwg-rs:AppliedToDimensions>"""


@dataclass(frozen=True)
class Area:
    """A box in the stored picture: its centre and size, as shares of the picture's width and height."""

    x: float
    y: float
    width: float
    height: float

    def has_centre_of(self, other: "Area") -> bool:
        """Whether the centre of `other` lies in this box."""
        return 2 * abs(self.x - other.x) <= self.width and 2 * abs(self.y - other.y) <= self.height


@dataclass(frozen=True)
class Marking:
    """Who is to be marked where in a picture, whose stored width and height are `stored_px`."""

    name: str
    areas: tuple[Area, ...]
    stored_px: tuple[int, int]


def sidecar_of(photo: Path) -> Path:
    """The sidecar that belongs to `photo`."""
    return photo.with_name(photo.name + SUFFIX)


def stored_area(
    box_xyxy: tuple[float, float, float, float], upright_px: tuple[int, int], orientation: int
) -> Area:
    """A box of the upright picture, which is `upright_px` wide and high, in the picture as it is stored.

    `orientation` is how it is stored turned, 1 to 8 (`images.orientation`). What lies outside of the picture
    is cut off.
    """
    across, down = upright_px
    left, right = (min(max(at / across, 0.0), 1.0) for at in box_xyxy[::2])
    top, bottom = (min(max(at / down, 0.0), 1.0) for at in box_xyxy[1::2])
    x, y, width, height = (left + right) / 2, (top + bottom) / 2, right - left, bottom - top
    if orientation >= 5:
        x, y, width, height = y, x, height, width
    if orientation in (2, 3, 7, 8):
        x = 1 - x
    if orientation in (3, 4, 6, 7):
        y = 1 - y
    return Area(x, y, width, height)


def marked(content: bytes | None, marking: Marking) -> bytes | None:
    """The sidecar `content` (None where there is none yet) with the marking; None where it says it all.

    What else it says stays, byte for byte. Raises `BadSidecar` where it cannot be added to: it is not XMP,
    its regions belong to a picture of another shape, or it gives one of the faces another name.
    """
    xmp = Xmp(content)
    name = escape(marking.name.translate(dict.fromkeys((0xFFFE, 0xFFFF), 0xFFFD)))  # No XML may hold these.
    regions = _missing_regions(xmp, marking)
    if regions:
        _add_regions(xmp, "".join(_REGION.format(name=name, **vars(area)) for area in regions), marking)
    added = [_add_keyword(xmp, keyword, marking.name, name) for keyword in _KEYWORDS]
    return xmp.with_additions() if regions or any(added) else None


def _missing_regions(xmp: Xmp, marking: Marking) -> list[Area]:
    known = xmp.property(_MWG + "Regions")
    structure = _structure(known) if known else None
    if structure is None:
        return list(marking.areas)
    _check_shape(structure, marking.stored_px)
    found = [item.said() for item in items(structure.child(_MWG + "RegionList"))]
    return [area for area in marking.areas if not _is_there(area, found, marking.name)]


def _is_there(area: Area, found: Sequence[dict[str, str]], name: str) -> bool:
    for said in found:
        other = _area(said)
        named = said.get(_MWG + "Name", "")
        if other is None or not named or said.get(_MWG + "Type", "Face") != "Face":
            continue
        if area.has_centre_of(other) and other.has_centre_of(area):
            if _same(named, name):
                return True
            raise BadSidecar("face_has_another_name", name=named)
    return False


def _area(said: dict[str, str]) -> Area | None:
    try:
        return Area(*(float(said[_AREA + key]) for key in ("x", "y", "w", "h")))
    except (KeyError, ValueError):
        return None


def _check_shape(structure: Element, stored_px: tuple[int, int]) -> None:
    applied = structure.child(_MWG + "AppliedToDimensions")
    said = applied.said() if applied else {}
    try:
        width, height = float(said[_DIMENSIONS + "w"]), float(said[_DIMENSIONS + "h"])
        share = width * stored_px[1] / (height * stored_px[0])
    except (KeyError, ValueError, ZeroDivisionError):
        return
    if abs(share - 1) > _MAX_SHAPE_DIFFERENCE:
        raise BadSidecar("regions_of_another_picture", width_px=width, height_px=height)


def _structure(known: Element) -> Element:
    """Where the fields of a structure stand: RDF has two ways. Raises `BadSidecar` where it is neither."""
    nested = known.child(RDF + "Description")
    if nested is None and known.attributes.get(RDF + "parseType") != "Resource":
        raise BadSidecar("unknown_form", property="Regions")
    return nested or known


def _add_regions(xmp: Xmp, text: str, marking: Marking) -> None:
    known = xmp.property(_MWG + "Regions")
    structure = _structure(known) if known else None
    regions = structure.child(_MWG + "RegionList") if structure else None
    if regions is not None and regions.children:
        xmp.add(regions.children[0], _declaring(text, "rdf:li"))
        return
    bag = f"\n    <rdf:Bag>{text}\n    </rdf:Bag>"
    if regions is not None:
        xmp.add(regions, _declaring(bag, "rdf:Bag"))
        return
    listed = f"\n    <mwg-rs:RegionList>{bag}\n    </mwg-rs:RegionList>"
    if structure is not None:
        xmp.add(structure, _declaring(listed, "mwg-rs:RegionList"))
        return
    applied = _APPLIED_TO.format(width=marking.stored_px[0], height=marking.stored_px[1])
    whole = f'\n   <mwg-rs:Regions rdf:parseType="Resource">{applied}{listed}\n   </mwg-rs:Regions>'
    xmp.add_property(_declaring(whole, "mwg-rs:Regions"))


def _declaring(text: str, outermost: str) -> str:
    """The text with its prefixes declared, whatever the rest of the file calls them."""
    namespaces = {"rdf": RDF, "mwg-rs": _MWG, "stArea": _AREA, "stDim": _DIMENSIONS}
    declared = "".join(f' xmlns:{prefix}="{uri.strip()}"' for prefix, uri in namespaces.items())
    return text.replace(f"<{outermost}", f"<{outermost}{declared}")


def _add_keyword(xmp: Xmp, keyword: tuple[str, str, str, str, str], plain: str, escaped: str) -> bool:
    prefix, namespace, key, kind, pattern = keyword
    if pattern != "{name}" and any(sign in plain for sign in _LEVELS):
        return False
    known = xmp.property(namespace + key)
    if any(_same(item.text, pattern.format(name=plain)) for item in items(known)):
        return False
    rdf = f'xmlns:rdf="{RDF.strip()}"'
    item = f"<rdf:li {rdf}>{pattern.format(name=escaped)}</rdf:li>"
    array = f"<rdf:{kind} {rdf}>{item}</rdf:{kind}>"
    if known is None:
        uri = namespace.strip()
        xmp.add_property(f'\n   <{prefix}:{key} xmlns:{prefix}="{uri}">{array}</{prefix}:{key}>')
    elif known.children:
        xmp.add(known.children[0], item)
    else:
        xmp.add(known, array)
    return True


def _same(one: str, other: str) -> bool:
    return unicodedata.normalize("NFC", one.strip()) == unicodedata.normalize("NFC", other.strip())
