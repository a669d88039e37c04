"""Whether a file that is about others names somebody: reports in HTML, and sidecars in XML."""

import html
import re

from semblante.library.index import key_of

_VALUES = re.compile(r"\"[^\"]*\"|'[^']*'")


def mentions_name(markup: str, name: str) -> bool:
    """Whether the name stands in the markup as a word of its own: in its text, or in an attribute's value."""
    # What a tag or an attribute is called is nobody's name; that "rdf:li" has a Li in it says nothing.
    words = re.sub(r"<[/?]?\w[^>]*>", lambda tag: " ".join(_VALUES.findall(tag[0])), markup)
    return re.search(rf"(?<!\w){re.escape(key_of(name))}(?!\w)", key_of(html.unescape(words))) is not None
