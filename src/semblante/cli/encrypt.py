"""`semblante encrypt`: the index under a passphrase, or under another one."""

from pathlib import Path
from typing import Annotated

import typer

from semblante.cli.console import print_plain, remarks, results
from semblante.cli.options import LibraryFolder, open_locked_index
from semblante.cli.passphrases import new_passphrase, passphrase_of
from semblante.i18n import tr

HELP = tr("Encrypt the index and its thumbnails with a passphrase, or give them another passphrase.")


def command(
    passphrase_file: Annotated[
        Path | None,
        typer.Option(help=tr("Read the new passphrase from the first line of this file, instead of asking.")),
    ] = None,
    library: LibraryFolder = None,
) -> None:
    """Ask for what is needed, encrypt, and say what is encrypted and what is not."""
    with open_locked_index(library) as index:
        vault, folder = index.vault, index.folder
        if vault.is_encrypted:
            vault.change_passphrase(passphrase_of(folder), new_passphrase(passphrase_file))
            print_plain(results(), tr("{path}: the index has another passphrase now", path=folder))
            return
        print_plain(
            remarks(),
            tr("A lost passphrase loses the index: nobody can open it or replace the passphrase."),
        )
        vault.encrypt(new_passphrase(passphrase_file))
    print_plain(results(), tr("{path}: the index and its thumbnails are encrypted now", path=folder))
    print_plain(
        remarks(),
        tr(
            "Not encrypted are journals of sorts, reports, person files and photos, and what backups or the "
            "disk itself keep of the index as it was. Keep {key} with each backup of the index.",
            key=folder / "library.key",
        ),
    )
