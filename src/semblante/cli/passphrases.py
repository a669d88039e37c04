"""Passphrases at the command line: from an environment variable, from a file, or typed at the terminal."""

import os
import sys
from functools import cache
from getpass import getpass
from pathlib import Path
from typing import Final

from semblante.errors import InvalidOption, VaultLocked
from semblante.files import translate_os_errors
from semblante.i18n import tr

PASSPHRASE: Final = "SEMBLANTE_PASSPHRASE"
"""The environment variable that holds the passphrase of the index."""
PASSPHRASE_FILE: Final = "SEMBLANTE_PASSPHRASE_FILE"
"""The environment variable that names a file with the passphrase in its first line."""


def passphrase_of(folder: Path) -> str:
    """The passphrase of the index in the data folder. Raises `VaultLocked` where there is nobody to ask."""
    if file := os.environ.get(PASSPHRASE_FILE):
        return _first_line(Path(file))
    if passphrase := os.environ.get(PASSPHRASE):
        return passphrase
    if not sys.stdin.isatty():
        raise VaultLocked("passphrase_needed", path=folder)
    return _typed(folder)


def new_passphrase(file: Path | None) -> str:
    """A new passphrase, from the first line of a file or typed twice.

    Raises `InvalidOption` where there is nobody to ask, or the second is another one.
    """
    if file is not None:
        return _first_line(file)
    if not sys.stdin.isatty():
        raise InvalidOption("new_passphrase_needed")
    passphrase = getpass(tr("New passphrase: "))
    if getpass(tr("Once more: ")) != passphrase:
        raise InvalidOption("passphrases_differ")
    return passphrase


@cache
def _typed(folder: Path) -> str:
    """Asked once, by a command that opens the index twice."""
    return getpass(tr("Passphrase of the index in {path}: ", path=folder))


def _first_line(file: Path) -> str:
    with translate_os_errors(file):
        return file.read_text(encoding="utf-8").split("\n", 1)[0].removesuffix("\r")
