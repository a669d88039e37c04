"""Where things stand in an XMP file, so that something can be added and every other byte stays as it is.

XMP is RDF written as XML: properties are elements (or attributes) of `rdf:Description`, arrays are an
`rdf:Bag` or `rdf:Seq` of `rdf:li`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat

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
