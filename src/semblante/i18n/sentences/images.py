"""What the codes of `images` say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    "above_pillow_limit": "the picture has more than {limit_million} million pixels",
    "damaged": "the picture is damaged or cut short",
    "empty_file": "the file is empty",
    "no_memory": "there is not enough memory to read it; close other programs",
    "not_a_picture": "not a picture, or one of a format that is not known",
    "stops_the_reader": (
        "reading it stopped the program that reads photos: it may be damaged, "
        "or need more memory than there is"
    ),
    "too_large_file": "the file has more than {limit_gb} GB",
    "too_many_pixels": "the picture has more than {limit_million} million pixels",
}
