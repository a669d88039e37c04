"""What the codes of `library` say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    "changed_while_read": "it changed while it was read; scan again",
    "index_damaged": "the index was damaged, and is kept as {aside}; scan the photos again",
    "index_in_use": "another run is using the index; wait for it and run the same command again",
    "index_in_use_not_compacted": (
        "another run is using the index, so deleted pages may still be in the file beside it; they go when "
        "that run ends"
    ),
    "index_newer": "written by a newer Semblante; update this one: pip install -U semblante",
    "index_not_accessible": "{problem}; check the path and the disk",
    "index_of_another_program": "a database of another program",
    "index_too_old": (
        "an index of an older Semblante, which this one cannot read; scan the photos into a new one"
    ),
    "nobody_known": "{name} is not known here (known: nobody yet)",
    "person_unknown": "{name} is not known here (known: {known})",
    "place_empty": (
        "no photo is here now, and the index knows some: if this is a drive, connect it; nothing was taken "
        "out of the index"
    ),
    "place_missing": "it is not there; its photos stay in the index",
    "place_missing_photos_kept": "{problem}. Its photos stay in the index",
}
