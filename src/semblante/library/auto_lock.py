"""After how many minutes without use an encrypted index is locked: as the user chose, for good."""

import json
from pathlib import Path
from typing import Final

from semblante.errors import InvalidOption
from semblante.files import translate_os_errors, write_json

FILE: Final = "auto-lock.json"
DEFAULT_MINUTES: Final = 15
MAX_MINUTES: Final = 1440
_FIELD: Final = "minutes"


def auto_lock_minutes(folder: Path) -> int:
    """What was chosen for the data folder, else 15. Raises `FileAccessError`."""
    path = folder / FILE
    if not path.is_file():
        return DEFAULT_MINUTES
    with translate_os_errors(path):
        content = path.read_bytes()
    try:
        minutes = json.loads(content)[_FIELD]
    except (ValueError, KeyError, TypeError, RecursionError):
        return DEFAULT_MINUTES
    return minutes if type(minutes) is int and 1 <= minutes <= MAX_MINUTES else DEFAULT_MINUTES


def keep_auto_lock(folder: Path, minutes: int) -> None:
    """Choose from 1 to 1440 minutes. Raises `InvalidOption`, `FileAccessError` or `DiskFull`."""
    if not 1 <= minutes <= MAX_MINUTES:
        raise InvalidOption("auto_lock_out_of_range", most=MAX_MINUTES)
    write_json(folder / FILE, {_FIELD: minutes}, private=True)
