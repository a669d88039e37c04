"""Options that several commands share, and what goes with them: model, aligned crops, library."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Generic, TypeVar

import typer

from semblante.cli.console import print_plain, remarks, results
from semblante.cli.passphrases import passphrase_of
from semblante.errors import EmptyDataset, InvalidOption
from semblante.i18n import as_line, tr

if TYPE_CHECKING:
    from semblante.person import Person
    from semblante.pipeline import IfKnown, Library

T = TypeVar("T")

BaseFolder = Annotated[
    Path | None,
    typer.Option("--base", help=tr("A trained network's folder; by default the bundled model.")),
]
Aligned = Annotated[
    bool,
    typer.Option(
        "--aligned",
        help=tr("Take pictures of 178 x 218 pixels for CelebA's aligned crops; search no face in them."),
    ),
]
BaseOfPerson = Annotated[
    Path | None,
    typer.Option(
        "--base",
        help=tr(
            "The trained network's folder; by default the one that the person was learnt on, in"
            " the folder of then or as the bundled model."
        ),
    ),
]


LibraryFolder = Annotated[
    Path | None,
    typer.Option(
        "--library",
        help=tr(
            "The folder with the index; by default the one that SEMBLANTE_HOME names, or the system's own "
            "place for data."
        ),
    ),
]
Zeros = Annotated[bool, typer.Option("--print0", help=tr("Paths with a zero byte after each, for xargs -0."))]

Merge = Annotated[
    bool,
    typer.Option("--merge", help=tr("Where the name is known: make one person of that one and this one.")),
]
Replace = Annotated[
    bool,
    typer.Option("--replace", help=tr("Where the name is known: drop the person who had it until now.")),
]


def if_known(merge: bool, replace: bool) -> "IfKnown | None":
    """What becomes of a person who has a name already. Raises `InvalidOption` where both are asked for."""
    if merge and replace:
        raise InvalidOption("merge_or_replace")
    return "merge" if merge else "replace" if replace else None


class Counted(Generic[T]):
    """Outcomes of files as they are passed on, counted, and among them those of files that could be used."""

    def __init__(self, outcomes: Iterable[T], is_usable: Callable[[T], bool]) -> None:
        self._outcomes, self._is_usable = outcomes, is_usable
        self._count = self._usable = 0

    def __iter__(self) -> Iterator[T]:
        for each in self._outcomes:
            self._count += 1
            self._usable += self._is_usable(each)
            yield each

    def check_some_usable(self) -> None:
        """Raise `EmptyDataset` where none of the files could be used, once all have been passed on."""
        if not self._usable:
            raise EmptyDataset("no_usable_file", count=self._count)


def decimal_number(text: str | float) -> float:
    """A number with a decimal point or, as most of Europe and Latin America write it, a decimal comma.

    Raises `typer.BadParameter` for anything else, also for digits in groups of three.
    """
    found = re.fullmatch(r"(\d*)[.,]?(\d*)(e-?\d+)?", str(text))
    if found is None or not (found[1] or found[2]):
        raise typer.BadParameter(f"{text!r} is not a valid number.")
    return float(str(text).replace(",", "."))


def open_index(folder: Path | None, new: bool = False) -> "Library":
    """The index in `folder` or in its usual place; if a damaged one had to be kept aside, that is said.

    An encrypted one is unlocked. Only a command that brings something in may begin a `new` one where the user
    named a place. Raises `FileAccessError` for the others, and `VaultLocked`.
    """
    index = open_locked_index(folder, new)
    if index.vault.is_locked:
        try:
            index.vault.unlock(passphrase_of(index.folder))
        except BaseException:
            index.close()
            raise
    if index.store.set_aside:
        print_plain(
            remarks(),
            tr(
                "{path}: the index was damaged, and is kept as {aside}; the new one knows {people} people "
                "and no photos yet: semblante scan FOLDER…",
                path=index.store.path,
                aside=index.store.set_aside.name,
                people=len(index.names()),
            ),
        )
    return index


def open_locked_index(folder: Path | None, new: bool = False) -> "Library":
    """The index as `open_index` has it, but locked still where it is encrypted."""
    from semblante.pipeline import Library

    return Library(folder, create=new or folder is None)


def person_of(asked: str, library: Path | None) -> "Person":
    """The person in a file, or in the library where `asked` is no file's name."""
    from semblante.pipeline import open_person

    path = Path(asked)
    # Not by `path.is_file`, which complains of a long name.
    if path.suffix.lower() == ".json" or os.path.isfile(path):  # noqa: PTH113
        return open_person(path)
    with open_index(library) as index:
        return index.person(asked)


def print_paths(paths: Sequence[Path], with_zeros: bool) -> None:
    """Print each path once: a line each for people, or its very bytes and a zero byte for programs."""
    for path in dict.fromkeys(paths):
        if with_zeros:
            sys.stdout.buffer.write(os.fsencode(path) + b"\0")
        else:
            print_plain(results(), as_line(path))
    sys.stdout.flush()
