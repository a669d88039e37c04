"""What the codes of `generate` say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Plural, Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    "negative_seed": "{number}: a seed or a person's number cannot be negative; use 0 or more",
    "no_pictures_to_draw": "no pictures asked for: at least 1 is needed",
    "not_an_empty_folder": "exists already and is not an empty folder; choose another or remove it",
    "too_few_people_to_draw": Plural(
        "{people} person: at least {min_people} are needed, one in each split",
        "{people} people: at least {min_people} are needed, one in each split",
        "people",
    ),
}
