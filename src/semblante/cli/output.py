"""Files that a command writes: none of them may cost the user another file, least of all a photo."""

import os
from dataclasses import dataclass
from pathlib import Path

from semblante.errors import InvalidOption
from semblante.files import REPORT_MARK, translate_os_errors

HEAD_BYTES = 4096


@dataclass(frozen=True)
class Kind:
    """A kind of file that commands write: how its name ends, and what stands near its beginning."""

    suffix: str
    marks: tuple[bytes, ...]


PICTURE = Kind(".png", (b"Software\0Semblante",))
REPORT = Kind(".html", (REPORT_MARK.encode(),))
EVALUATION = Kind(".json", (b'"resampled": "',))
PERSON = Kind(".json", (b'"format": "semblante person ',))
CARD = Kind(".md", (b"# Model card of a Semblante network\n", b"# Ficha de una red de Semblante\n"))


def unused(path: Path) -> Path:
    """A path that the user did not give, so no file may have it. Raises `InvalidOption`."""
    if os.path.lexists(path):
        raise InvalidOption("output_exists", path=path)
    return path


def replaceable(path: Path, kind: Kind) -> Path:
    """A path that the user gave for a new file of a kind.

    Only a file of that kind that Semblante wrote is replaced. Raises `InvalidOption`, or `FileAccessError`
    where what is there cannot be read; to be asked before the work is done that is to be written.
    """
    if path.suffix.lower() != kind.suffix:
        raise InvalidOption("wrong_suffix", path=path, suffix=kind.suffix)
    if os.path.lexists(path):
        with translate_os_errors(path), path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        if not any(mark in head for mark in kind.marks):
            raise InvalidOption("file_is_not_ours", path=path)
    return path
