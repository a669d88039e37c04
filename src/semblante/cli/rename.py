"""`semblante rename`: a person gets another name, or two people become one."""

from typing import Annotated

import typer

from semblante.cli.console import print_plain, results
from semblante.cli.hints import remark_kept, remark_look_alikes
from semblante.cli.options import BaseOfPerson, LibraryFolder, Merge, Replace, if_known, open_index
from semblante.i18n import tr

HELP = tr("Give a person another name, or make one person of two.")


def command(
    name: Annotated[str, typer.Argument(help=tr("The name of a person in the library."), metavar=tr("NAME"))],
    new_name: Annotated[str, typer.Argument(help=tr("The new name."), metavar=tr("NEW_NAME"))],
    merge: Merge = False,
    replace: Replace = False,
    base: BaseOfPerson = None,
    library: LibraryFolder = None,
) -> None:
    """Rename, and say what became of a person who had the new name."""
    from semblante.pipeline import open_base

    choice = if_known(merge, replace)
    with open_index(library) as index:
        person = index.person(name)
        bundle = open_base(base, person) if choice == "merge" else None
        kept = index.rename(name, new_name, bundle, choice)
    print_plain(
        results(),
        tr("{name} is called {new_name} now", name=person.name, new_name=kept.person.name),
    )
    remark_look_alikes(kept.person.name, kept.look_alikes)
    remark_kept(kept, library)
