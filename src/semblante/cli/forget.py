"""`semblante forget`: a person out of every byte of the library."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semblante.cli.console import print_plain, remarks, results
from semblante.cli.hints import chosen
from semblante.cli.options import LibraryFolder, open_index, open_locked_index
from semblante.cli.receipt import print_receipt
from semblante.errors import InvalidOption
from semblante.i18n import ntr, tr

if TYPE_CHECKING:
    from semblante.pipeline import Library

HELP = tr("Forget a person: neuron, faces, journals and reports, in every byte of the library.")


def command(
    name: Annotated[
        str | None, typer.Argument(help=tr("The name of a person in the library."), metavar=tr("NAME"))
    ] = None,
    keep_faces: Annotated[
        bool,
        typer.Option(
            "--keep-faces",
            help=tr(
                "For somebody who was misnamed: the faces stay in the index, as somebody unknown's. Without "
                "it, all faces that taught or are found to be the person's leave it."
            ),
        ),
    ] = False,
    everything: Annotated[
        bool,
        typer.Option(
            "--everything",
            help=tr(
                "Everybody and everything: the library is erased, whether its passphrase is known or not."
            ),
        ),
    ] = False,
    library: LibraryFolder = None,
    yes: Annotated[bool, typer.Option("--yes", help=tr("Do not ask before."))] = False,
) -> None:
    """Ask, forget, and say what is gone."""
    if (name is None) != everything:
        raise InvalidOption("name_or_everything")
    if name is None:
        _erase_everything(library, yes)
        return
    with open_index(library) as index:
        index.check_writable()
        name = index.kept_name(name)
        _warn_of_sorted(index, name, library)
        _warn_of_changes(index, name)
        if not yes:
            _ask(name, library)
        gone = index.forget(name, keep_faces)
    if gone.shared is None:
        print_plain(
            remarks(),
            tr(
                "What was learnt of {name} could not be read, so faces that did not teach could not be "
                "found; they stay, as somebody unknown",
                name=name,
            ),
        )
    elif gone.shared:
        print_plain(
            remarks(),
            tr(
                "Faces that stay, since they are found to be another person's too: {count}", count=gone.shared
            ),
        )
    for path in gone.files:
        print_plain(results(), tr("deleted: {path}", path=path))
    values = {
        "name": name,
        "taught": ntr(
            "{count} face it was taught with",
            "{count} faces it was taught with",
            gone.taught,
            count=gone.taught,
        ),
        "faces": ntr("{count} face of the index", "{count} faces of the index", gone.faces, count=gone.faces),
        "journals": ntr("{count} journal", "{count} journals", gone.journals, count=gone.journals),
    }
    print_plain(
        results(),
        tr(
            "{name} is forgotten: the neuron, {taught}, and {journals}. The faces are somebody unknown's in "
            "the index. Photos, sorted copies and files elsewhere stay as they are.",
            **values,
        )
        if keep_faces
        else tr(
            "{name} is forgotten: the neuron, {taught}, {faces}, and {journals}. Photos, sorted copies and "
            "files elsewhere stay as they are. A scan "
            "brings the faces back only where it reads photos anew: with --again, with another network, or "
            "where a photo was changed or comes back.",
            **values,
        ),
    )
    print_receipt(gone.receipt)


def _erase_everything(library: Path | None, yes: bool) -> None:
    with open_locked_index(library) as index:
        if not yes:
            _check_yes(tr("Erase everything in {path}? This cannot be undone. yes/no: ", path=index.folder))
        erased = index.erase_everything()
    for each in erased:
        print_plain(results(), tr("deleted: {path}", path=each.path))
    print_plain(
        results(),
        tr(
            "Everything is erased: {count} files, {bytes} bytes. Photos, sorted copies and files elsewhere "
            "stay as they are.",
            count=len(erased),
            bytes=sum(each.size for each in erased),
        ),
    )


def _warn_of_sorted(index: "Library", name: str, library: Path | None) -> None:
    """Say which sorts can be undone now and not afterwards, since their journals go."""
    sorted_ = index.sorts_of(name)
    if sorted_:
        print_plain(
            remarks(),
            tr(
                "Sorted and not undone: {runs}. Copies, links and sidecars, which have the name in them, "
                "stay, and can no longer be taken back once {name} is forgotten; before, they can: "
                "semblante undo RUN{options}",
                runs=", ".join(sorted_),
                name=name,
                options=chosen(library),
            ),
        )


def _warn_of_changes(index: "Library", name: str) -> None:
    """Say how many changes of other people cannot be taken back afterwards, since this person's end them."""
    from semblante.pipeline import changes_ended_with

    if others := changes_ended_with(index.store, name):
        print_plain(
            remarks(),
            tr(
                "Earlier changes of other people, which undo --people can take back now and not afterwards: "
                "{count}",
                count=others,
            ),
        )


def _ask(name: str, library: Path | None) -> None:
    """Raise `InvalidOption` unless the user says yes."""
    print_plain(
        remarks(),
        tr(
            "If only the name is wrong: semblante rename {quoted} NEW_NAME{options}, or leave the faces in "
            "the index with --keep-faces",
            quoted=shlex.quote(name),
            options=chosen(library),
        ),
    )
    _check_yes(tr("Forget {name}? This cannot be undone. yes/no: ", name=name))


def _check_yes(question: str) -> None:
    try:
        answer = input(question).strip().casefold()
    except EOFError:
        print()
        raise InvalidOption("forget_unanswered") from None
    if answer not in {"y", "yes", "s", "si", "sí"}:
        raise InvalidOption("forget_refused")
