"""What may be a person's name: nearly anything. It is data to show, never a path or a command."""

import unicodedata

from semblante.errors import BadName
from semblante.i18n import tr

LONGEST = 200
_BREAKS = {"Cc", "Zl", "Zp"}
_BROKEN = "Cs"
"""Half of a surrogate pair: what is left of bytes that were not text."""
_UNSEEN = {*_BREAKS, "Cf", "Zs"}


def check_name(name: str) -> str:
    """The name as it is kept: without blanks at its ends, in Unicode's composed form (NFC).

    Raises `BadName` if nothing visible is left, if it has control characters or line breaks, or more
    than 200 characters.
    """
    kept = unicodedata.normalize("NFC", name.strip())
    kinds = {unicodedata.category(character) for character in kept}
    if not kinds - _UNSEEN:
        raise BadName(tr("The name is empty; give a name such as Ana"))
    if kinds & _BREAKS:
        raise BadName(
            tr("The name {name} has line breaks or control characters; leave them out", name=ascii(kept))
        )
    if _BROKEN in kinds:
        raise BadName(tr("The name {name} is not valid Unicode text; type it again", name=ascii(kept)))
    if len(kept) > LONGEST:
        raise BadName(
            tr(
                "The name has {count} characters; {most} are the most that is kept",
                count=len(kept),
                most=LONGEST,
            )
        )
    return kept
