"""Files that a command writes: none of them may cost the user another file, least of all a photo."""

import os
from pathlib import Path

from semblante.errors import BadSetting
from semblante.files import explained
from semblante.text import say

PICTURE, REPORT, PERSON, CARD = ".png", ".html", ".json", ".md"
HEAD_BYTES = 4096
MARK = b"semblante"
"""Stands near the beginning of every file that the commands write, in capitals or not."""


def unused(path: Path) -> Path:
    """A path that the user did not give, so no file may have it. Raises `BadSetting`."""
    if os.path.lexists(path):
        raise BadSetting(
            say(
                "{path} exists already; to replace it, or to write another file, name it with --out",
                path=path,
            )
        )
    return path


def replaceable(path: Path, suffix: str) -> Path:
    """A path that the user gave for a new file that ends with `suffix`.

    Only what Semblante wrote is replaced. Raises `BadSetting`, or `NoAccess` where what is there cannot be
    read; to be asked before the work is done that is to be written.
    """
    if path.suffix.lower() != suffix:
        raise BadSetting(
            say(
                "{path}: the file to be written must have a name that ends with {suffix}",
                path=path,
                suffix=suffix,
            )
        )
    if os.path.lexists(path):
        with explained(path), path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        if MARK not in head.lower():
            raise BadSetting(
                say(
                    "{path} exists already, and Semblante did not write it; choose another name, or "
                    "remove it",
                    path=path,
                )
            )
    return path
