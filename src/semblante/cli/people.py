"""`semblante people`: who is in the photos, the known by name and the unknown in groups."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semblante.cli.console import REPORT, print_json, print_plain, remarks, replaceable, results
from semblante.cli.group_changes import GroupChange, change_group, group_numbered, remark_numbers
from semblante.cli.hints import (
    chosen,
    remark_if_empty,
    remark_kept,
    remark_look_alikes,
    remark_shared,
    remark_uncompared,
)
from semblante.cli.known_people import print_known
from semblante.cli.options import (
    BaseFolder,
    LibraryFolder,
    Merge,
    Replace,
    Zeros,
    if_known,
    open_index,
    print_paths,
)
from semblante.cli.pictures import SheetFile, show_in_terminal, write_sheet
from semblante.cli.progress import job_context
from semblante.errors import InvalidOption
from semblante.i18n import as_line, ntr, tr

if TYPE_CHECKING:
    from semblante.model.bundle import Bundle
    from semblante.pipeline import Group, IfKnown, Library, People

HELP = tr("Group the faces in the index, so that each group can be given a name.")
EXAMPLES = 3
IN_TERMINAL = 5
"""So many faces of each group are shown by a terminal that shows pictures."""
ON_SHEET = 24
"""So many faces of each of several groups are on the contact sheet."""


def command(
    number: Annotated[
        int | None,
        typer.Option(
            "--group",
            help=tr("Print the paths of this group's photos, to learn from."),
            metavar=tr("NUMBER"),
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--name",
            help=tr("Name this group: learn the person from its faces, beside what is known of the person."),
            metavar=tr("NAME"),
        ),
    ] = None,
    doubtful: Annotated[
        bool,
        typer.Option("--doubtful", help=tr("Also take the group's faces that may be somebody else's.")),
    ] = False,
    merge: Merge = False,
    replace: Replace = False,
    same_as: Annotated[
        list[int] | None,
        typer.Option(
            "--same-as",
            help=tr("This group shows the same person as --group, and stays with it; may be repeated."),
            metavar=tr("NUMBER"),
        ),
    ] = None,
    split: Annotated[
        bool, typer.Option("--split", help=tr("Make groups of the parts into which the group's faces fall."))
    ] = False,
    ignore: Annotated[
        bool,
        typer.Option("--ignore", help=tr("Ask no more who the group is, also of faces that come to it.")),
    ] = False,
    known: Annotated[
        bool,
        typer.Option(
            "--known",
            help=tr("Instead of groups: whom the library knows, what taught them, and since when."),
        ),
    ] = False,
    fewest: Annotated[int, typer.Option(help=tr("In how many photos a group must be."), min=1)] = 2,
    most: Annotated[int, typer.Option(help=tr("How many groups are listed."), min=1)] = 20,
    sheet: SheetFile = None,
    library: LibraryFolder = None,
    base: BaseFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help=tr("For programs."))] = False,
    print0: Zeros = False,
) -> None:
    """A list of groups with some of their photos; or all photos of one, or a name for it."""
    from semblante.pipeline import open_base

    if name is not None and number is None:
        raise InvalidOption("name_without_group")
    if doubtful and number is None:
        raise InvalidOption("doubtful_without_group")
    if name is not None and (as_json or print0):
        raise InvalidOption("name_or_output_format")
    change = GroupChange(same_as or (), split, ignore)
    change.check(number is not None, name is not None or as_json or print0 or sheet is not None)
    choice = if_known(merge, replace)
    if choice and name is None:
        raise InvalidOption("choice_without_name")
    if sheet is not None:
        replaceable(sheet, REPORT)
    if known:
        if number is not None or print0 or sheet is not None:
            raise InvalidOption("known_or_groups")
        print_known(library, as_json)
        return
    with open_index(library) as index:
        if name is not None or change.is_asked_for:
            index.check_writable()
        remark_if_empty(index, library)
        if index.is_empty and index.names():
            options = chosen(library)
            print_plain(
                remarks(), tr("Whom the library knows: semblante people --known{options}", options=options)
            )
        bundle = open_base(base)
        with job_context("grouping") as job:
            people = index.people(bundle, fewest, job)
        if number is not None:
            asked = group_numbered(people, number)
            if change.is_asked_for:
                change_group(index, people, number, change, (library, base))
            elif name is not None:
                choices = doubtful, choice
                _name(index, asked, name, bundle, choices, (library, base))
            elif as_json:
                print_json(_value(index, asked))
            else:
                print_paths(index.photos_of(asked), print0)
                if not print0:
                    show_in_terminal(index.faces_of(asked)[:IN_TERMINAL])
                if doubtful and asked.doubtful:
                    print_plain(remarks(), tr("Doubtful:"))
                    print_paths(index.photos_of(asked, doubtful=True), print0)
                _remark_doubts(index, asked, doubtful)
        elif as_json:
            print_json(_values(index, people))
        else:
            _print_list(index, people, most, chosen(library, base))
            remark_uncompared(people.faces_of_other_base, options=chosen(library, base))
        if sheet is not None:
            numbered = list(enumerate(people.groups, start=1))
            _write_sheet(sheet, index, numbered[:most] if number is None else [numbered[number - 1]])


def _write_sheet(path: Path, index: "Library", groups: "Sequence[tuple[int, Group]]") -> None:
    """Write a contact sheet of groups by number, their doubtful faces last; of one alone, all its faces."""
    from semblante.report import ContactSheet, SheetFace, SheetGroup

    shown = []
    for number, group in groups:
        doubtful = [SheetFace(face, doubtful=True) for face in index.faces_of(group, doubtful=True)]
        typical = [SheetFace(face) for face in index.faces_of(group)]
        most = len(typical) if len(groups) == 1 else max(1, ON_SHEET - len(doubtful))
        shown.append(
            SheetGroup(
                [*typical[:most], *doubtful],
                number=number,
                name=group.name,
                is_certain=group.is_certain,
                more=len(typical[most:]),
            )
        )
    write_sheet(path, ContactSheet("people", shown))


def _name(
    index: "Library",
    group: "Group",
    name: str,
    bundle: "Bundle",
    choices: "tuple[bool, IfKnown | None]",
    places: tuple[Path | None, Path | None],
) -> None:
    """Name the group; say whom it shows and what comes next. `places` are the user's index and base.

    `choices` are whether the doubtful faces are taken too, and what becomes of one who has the name.
    """
    from semblante.report.wording import evidence_text

    library, base = places
    examples = index.photos_of(group)[:EXAMPLES]
    doubtful, choice = choices
    kept = index.name_group(group, name, bundle, doubtful, choice)
    person = kept.person
    print_plain(results(), evidence_text(person.evaluation))
    print_plain(
        results(),
        tr(
            "{name} is in the library {path} now, with the faces of this group in {examples}; faces that "
            "taught: {count}. To go on: semblante find {quoted}{options}",
            name=person.name,
            path=index.folder,
            examples=", ".join(map(as_line, examples)),
            count=person.photos_of_person,
            quoted=shlex.quote(person.name),
            options=chosen(library),
        ),
    )
    _remark_doubts(index, group, doubtful)
    remark_kept(kept, library)
    remark_shared(index, person.name, library)
    remark_look_alikes(person.name, kept.look_alikes)
    remark_numbers(library, base)


def _remark_doubts(index: "Library", group: "Group", taken: bool) -> None:
    """Say where a group may be no group, and which faces were left out of it unless they were `taken`."""
    if not group.is_certain:
        print_plain(remarks(), _uncertainty())
    if group.doubtful and not taken:
        print_plain(
            remarks(),
            ntr(
                "{count} face may be somebody else's and was left out, in {photos} (to take it: --doubtful)",
                "{count} faces may be somebody else's and were left out, in {photos} (to take them: "
                "--doubtful)",
                len(group.doubtful),
                count=len(group.doubtful),
                photos=_listed(index.photos_of(group, doubtful=True)),
            ),
        )


def _uncertainty() -> str:
    return tr(
        "Uncertain groups: different people are as similar by chance among so many faces, so look before you "
        "name one"
    )


def _values(index: "Library", people: "People") -> dict[str, object]:
    groups = [_value(index, each) for each in people.groups]
    return {
        "groups": groups,
        "alone": people.alone,
        "poor": people.poor,
        "faces_of_other_base": people.faces_of_other_base,
    }


def _value(index: "Library", group: "Group") -> dict[str, object]:
    return {
        "name": group.name,
        "photos": list(map(str, index.photos_of(group))),
        "doubtful": list(map(str, index.photos_of(group, doubtful=True))),
        "is_certain": group.is_certain,
    }


def _print_list(index: "Library", people: "People", most: int, options: str) -> None:
    """The hint names the `options` with which the index and the network were chosen."""
    from semblante.pipeline import MIN_PHOTOS

    for number, each in enumerate(people.groups[:most], start=1):
        print_plain(results(), _line(index, number, each))
        show_in_terminal(index.faces_of(each)[:IN_TERMINAL])
    if len(people.groups) > most:
        print_plain(results(), tr("and {count} more: --most", count=len(people.groups) - most))
    if not people.groups:
        print_plain(results(), tr("No face is in several photos, as far as can be told."))
    print_plain(
        remarks(),
        tr(
            "Faces like no other's: {alone}; faces that cannot be relied on: {poor}",
            alone=people.alone,
            poor=people.poor,
        ),
    )
    if any(each.doubtful for each in people.groups[:most]):
        print_plain(
            remarks(),
            tr("Doubtful: a face there may be somebody else's; giving the group a name leaves it out"),
        )
    if not all(each.is_certain for each in people.groups[:most]):
        print_plain(remarks(), _uncertainty())
    unknown = [
        number
        for number, each in enumerate(people.groups[:most], start=1)
        if each.name is None and each.photos >= MIN_PHOTOS and each.is_certain
    ]
    if unknown:
        print_plain(
            remarks(),
            tr(
                "To name a group of five photos or more, once you have looked at its faces "
                "(semblante people --group {number} --sheet faces.html{options}): "
                "semblante people --group {number} --name NAME{options}",
                number=unknown[0],
                options=options,
            ),
        )


def _line(index: "Library", number: int, each: "Group") -> str:
    from semblante.report.wording import group_name

    photos = index.photos_of(each)
    if not photos:
        return tr("{number}. {name}: no photos", number=number, name=each.name)
    name = group_name(each.name, each.is_certain)
    if each.doubtful:
        return tr(
            "{number}. {name}: {count} photos, such as {examples}; doubtful: {doubtful}",
            number=number,
            name=name,
            count=each.photos,
            examples=_listed(photos),
            doubtful=_listed(index.photos_of(each, doubtful=True)),
        )
    return tr(
        "{number}. {name}: {count} photos, such as {examples}",
        number=number,
        name=name,
        count=each.photos,
        examples=_listed(photos),
    )


def _listed(paths: "Sequence[Path]") -> str:
    """The first few of them."""
    more = ["…"] if len(paths) > EXAMPLES else []
    return ", ".join([*map(as_line, paths[:EXAMPLES]), *more])
