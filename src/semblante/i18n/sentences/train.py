"""What the codes of `train` say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {}
