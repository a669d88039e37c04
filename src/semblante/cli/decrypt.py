"""`semblante decrypt`: the index without a passphrase again."""

from semblante.cli.console import print_plain, results
from semblante.cli.options import LibraryFolder, open_locked_index
from semblante.cli.passphrases import passphrase_of
from semblante.i18n import tr

HELP = tr("Take the encryption off the index and its thumbnails.")


def command(library: LibraryFolder = None) -> None:
    """Ask for the passphrase, and make the index plain."""
    with open_locked_index(library) as index:
        vault, folder = index.vault, index.folder
        vault.decrypt(passphrase_of(folder) if vault.is_encrypted else "")
    print_plain(results(), tr("{path}: the index is no longer encrypted", path=folder))
