"""What a store knows of its history: `HistoryStore`, the part of `FaceStore` about changes and their undo."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

PeopleChange = Literal["add", "edit", "learn", "name", "answer", "remove", "rename", "merge"]
"""What changed a person: added before anything is learnt, other details given, learnt from photos, a group
named, a face answered about or taken out, a new name, two people made one."""
GroupChange = Literal["merge_groups", "split_group"]
"""What changed groups of unknown faces: several made one, or one made several."""
ChangeKind = PeopleChange | GroupChange | Literal["ignore", "unignore", "ignore_folder", "unignore_folder"]
"""What changed: people, groups, or which faces are ignored, one by one or all of a folder."""
MAX_CHANGES: Final = 500
"""So many changes can be undone."""


@dataclass(frozen=True)
class Change:
    """A change, by a number that no other change ever has.

    `name` is that of the person, who took the place of the people called `instead_of`, if any; or the path of
    the folder. It is empty where the change is about so many `faces` beside people. `beside` names the
    people who look alike: each was learnt anew with the faces of the person, as the person with theirs. A
    user answered about `said_yes` and `said_no` faces in it; both are 0 in changes that are no answers.
    """

    number: int
    kind: ChangeKind
    name: str
    instead_of: tuple[str, ...]
    faces: int
    at: datetime
    beside: tuple[str, ...] = ()
    said_yes: int = 0
    said_no: int = 0


class HistoryStore(Protocol):
    """The changes that can be undone."""

    def changes(self, count: int = MAX_CHANGES, before: int | None = None) -> tuple[Change, ...]:
        """The last `count` changes that can be undone, the last first; those `before` one, by its number."""

    def undo_changes(self, numbers: Sequence[int]) -> tuple[Change, ...]:
        """Take back these changes, one after the other: what each is about is as before it, or gone.

        Gives them. Raises `NotInIndex` where there is no such change, and `InvalidOption`
        ("change_superseded") where a later one, which is not taken back before it, is about the same person,
        face or folder; then nothing has changed.
        """
