"""What `semblante people` does with unknown groups: several are made one, one is split, or nobody asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from semblante.cli.console import print_plain, remarks, results
from semblante.cli.hints import chosen, remark_way_back
from semblante.errors import InvalidOption
from semblante.i18n import ntr, tr

if TYPE_CHECKING:
    from semblante.pipeline import Group, Library, People


@dataclass(frozen=True)
class GroupChange:
    """What is asked for: the groups by number that are one with it, that it is split, or ignored."""

    same_as: Sequence[int] = ()
    split: bool = False
    ignore: bool = False

    @property
    def is_asked_for(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.same_as or self.split or self.ignore)

    def check(self, has_group: bool, has_other_use: bool) -> None:
        """Raise `InvalidOption` where it is not clear what is to be done, or with which group."""
        if self.is_asked_for and not has_group:
            raise InvalidOption("group_change_without_group")
        if bool(self.same_as) + self.split + self.ignore + has_other_use > 1:
            raise InvalidOption("one_group_change")


def group_numbered(people: "People", number: int) -> "Group":
    """The group that the list has at this number, from 1. Raises `InvalidOption` where there is none."""
    if not 1 <= number <= len(people.groups):
        raise InvalidOption("no_such_group", number=number, count=len(people.groups))
    return people.groups[number - 1]


def change_group(
    index: "Library",
    people: "People",
    number: int,
    wanted: GroupChange,
    places: tuple[Path | None, Path | None],
) -> None:
    """Carry out what is wanted, and say so; `places` are the user's index and base."""
    library, base = places
    group = group_numbered(people, number)
    if wanted.same_as:
        others = [group_numbered(people, each) for each in wanted.same_as]
        index.merge_groups([group, *others])
        count = len({each.anchor for each in (group, *others)})
        print_plain(results(), tr("{count} groups are one now, and stay together", count=count))
    elif wanted.ignore:
        if index.ignore_group(group) is None:
            print_plain(remarks(), tr("This group is ignored already"))
            return
        print_plain(results(), tr("This group is ignored from now on, with faces that come to it"))
    else:
        found = index.propose_split(group)
        if not found.parts:
            print_plain(remarks(), tr("The faces of this group do not fall apart; nothing was changed"))
            return
        # The largest part stays the group.
        index.split_group(group, [*found.parts[1:], *([each] for each in found.outliers)])
        print_plain(results(), _split_text([len(each) for each in found.parts], len(found.outliers)))
    remark_way_back(library)
    remark_numbers(library, base)


def remark_numbers(library: Path | None, base: Path | None) -> None:
    """Say that the groups have other numbers, and how to see them."""
    print_plain(
        remarks(),
        tr(
            "The other groups have other numbers now; to see them: semblante people{options}",
            options=chosen(library, base),
        ),
    )


def _split_text(sizes: Sequence[int], outliers: int) -> str:
    text = tr("Split into groups of so many faces: {sizes}", sizes=", ".join(map(str, sizes)))
    if outliers:
        text += ntr("; {count} face by itself", "; {count} faces by themselves", outliers, count=outliers)
    return text
