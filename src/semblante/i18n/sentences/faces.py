"""What the codes of `faces` say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    "face_blurred": "it is blurred",
    "face_hidden": "it is hidden in part, or no face",
    "face_small": "it is too small",
    "face_turned": "it is seen from the side",
    "face_unreliable": "the face cannot be relied on: {issues}",
    "no_face_found": "no face was found",
}
