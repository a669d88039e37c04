"""`semblante holdings`: everything that is kept of each person, and the files of the library."""

from typing import TYPE_CHECKING, Annotated

import typer

from semblante.cli.console import print_json, print_plain, results
from semblante.cli.options import LibraryFolder, open_index
from semblante.errors import Reason
from semblante.i18n import as_line, describe, ntr, tr

if TYPE_CHECKING:
    from semblante.pipeline import HeldFile, HeldOfPerson

HELP = tr("Show everything that is kept of each person, and the library's files, with sizes and dates.")


def command(
    as_json: Annotated[bool, typer.Option("--json", help=tr("For programs."))] = False,
    library: LibraryFolder = None,
) -> None:
    """List the people with what is kept of each, then the files."""
    with open_index(library) as index:
        held = index.holdings()
    if as_json:
        people = [_values_of_person(each) for each in held.people]
        files = [_values_of_file(each) for each in held.files]
        counts = {"photos": held.photos, "faces": held.faces, "bytes": held.size}
        print_json({"people": people, "files": files, **counts})
        return
    for person in held.people:
        print_plain(results(), tr("{name}: in all {bytes} bytes", name=person.person.name, bytes=person.size))
        for kept in person.kept:
            line = f"  {describe(Reason(kept.kind))}: {kept.count}"
            print_plain(
                results(), f"{line} ({kept.since.astimezone():%Y-%m-%d %H:%M})" if kept.since else line
            )
    for file in held.files:
        print_plain(
            results(),
            tr(
                "{path}: {kind}, {bytes} bytes, changed {date}",
                path=as_line(file.path),
                kind=describe(Reason(file.kind)),
                bytes=file.size,
                date=f"{file.changed.astimezone():%Y-%m-%d %H:%M}",
            ),
        )
    print_plain(
        results(),
        ntr(
            "{photos} photo and {faces} faces are known; in all {bytes} bytes",
            "{photos} photos and {faces} faces are known; in all {bytes} bytes",
            held.photos,
            photos=held.photos,
            faces=held.faces,
            bytes=held.size,
        ),
    )


def _values_of_person(held: "HeldOfPerson") -> dict[str, object]:
    kept = [
        {
            "kind": each.kind,
            "count": each.count,
            "bytes": each.size,
            "since": each.since and each.since.isoformat(),
        }
        for each in held.kept
    ]
    return {"name": held.person.name, "bytes": held.size, "kept": kept}


def _values_of_file(held: "HeldFile") -> dict[str, object]:
    return {
        "path": str(held.path),
        "kind": held.kind,
        "bytes": held.size,
        "changed": held.changed.isoformat(),
    }
