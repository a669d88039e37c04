"""Why a row or an image was left out, and what else was noticed: codes for files, sentences for people.

The manifest holds codes and counts, so it is the same in every language; `reason_in_words` and
`note_in_words` turn them into what a person reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from semblante.i18n import tr

Reason = Literal[
    "ragged_row",
    "bad_name",
    "bad_value",
    "duplicate_row",
    "contradictory_row",
    "row_without_image",
    "image_without_row",
    "row_without_partition",
    "empty_image",
    "not_a_whole_picture",
    "too_large_file",
    "vanished_image",
    "unreadable_image",
]
REASONS: tuple[Reason, ...] = get_args(Reason)

LONGEST_NAME = 100
"""Characters of a name that are shown and stored; CelebA's have ten."""


@dataclass(frozen=True)
class SkippedRow:
    """One row or image that is not in the prepared set. `name` is the image's, or `line 17` of the list."""

    name: str
    reason: Reason


@dataclass(frozen=True)
class Note:
    """Something worth knowing that left nothing out: a code and its JSON-ready values."""

    code: str
    values: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The note as the manifest holds it."""
        return {"code": self.code, **self.values}


def printable(name: str) -> str:
    """A file's name that is safe to show and to store: a hostile one may hold escape codes, or no text."""
    safe = "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in name)
    return safe if len(safe) <= LONGEST_NAME else safe[:LONGEST_NAME] + "…"


def listing(names: Sequence[str], shown: int = 5) -> str:
    """The first few names, for a sentence; a dash where there is none."""
    return (", ".join(map(printable, names[:shown])) + (" …" if len(names) > shown else "")) or "-"


def reason_in_words(reason: str) -> str:
    """The reason as a person reads it, in the current language."""
    words: dict[str, str] = {
        "ragged_row": tr("row with too few or too many values"),
        "bad_name": tr("row without a usable image name"),
        "bad_value": tr("row with a value other than -1, 0 and 1"),
        "duplicate_row": tr("row that repeats an earlier one"),
        "contradictory_row": tr("row that contradicts an earlier one (the first is kept)"),
        "row_without_image": tr("row without an image"),
        "image_without_row": tr("image without a row"),
        "row_without_partition": tr("row that the list of partitions does not name"),
        "empty_image": tr("empty image file"),
        "not_a_whole_picture": tr("image file that is damaged, cut short or not a picture"),
        "too_large_file": tr("image file far larger than any photo"),
        "vanished_image": tr("image that vanished while it was being read"),
        "unreadable_image": tr("image that could not be read from the disk"),
    }
    return words[reason]


def note_in_words(note: Mapping[str, Any]) -> str:
    """A note of the manifest as a person reads it, in the current language."""
    code = note["code"]
    if code in ("no_partition", "no_identities", "split_by_people", "split_by_images"):
        return _plain_note(code)
    return _counting_note(code, {key: value for key, value in note.items() if key != "code"})


def _plain_note(code: str) -> str:
    words = {
        "no_partition": tr("there is no list of partitions (list_eval_partition)"),
        "no_identities": tr("there is no list of identities (identity_CelebA), so people are unknown"),
        "split_by_people": tr("people were split into train, val and test, about 80, 10 and 10 in 100"),
        "split_by_images": tr("images, not people, were split into train, val and test, about 80/10/10"),
    }
    return words[code]


def _counting_note(code: str, values: dict[str, Any]) -> str:
    if isinstance(values.get("names"), list):
        values = {**values, "names": listing(values["names"])}
    words = {
        "wrong_count": lambda: tr("the attribute list says {said} rows and holds {found}", **values),
        "unknown_columns": lambda: tr("columns that are not CelebA's were passed over: {names}", **values),
        "found_again": lambda: tr(
            "files passed over, as one of the same name was found before: {count}", **values
        ),
        "bad_list_rows": lambda: tr("rows of {list} that could not be read: {count} ({names})", **values),
        "contradictory_list_rows": lambda: tr(
            "rows of {list} that contradict an earlier one (the first is kept): {count} ({names})", **values
        ),
        "unknown_identities": lambda: tr("images without an identity: {count}", **values),
        "other_shapes": lambda: tr(
            "images stretched, as their proportions are not CelebA's 178 to 218: {count} ({names})", **values
        ),
        "people_in_several_splits": lambda: tr(
            "people in more than one of train, val and test: {count}", **values
        ),
        "empty_split": lambda: tr("there is no image in {split}", **values),
    }
    return words[code]()
