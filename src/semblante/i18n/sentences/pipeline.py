"""What the codes of `pipeline` say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    "no_background": "no strangers came with this network",
    "no_folder_named": "no folder named {name} (found: {found})",
}
