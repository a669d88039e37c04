"""Where the data folder of the index lies, and what its files are called."""

import os
from pathlib import Path
from typing import Final

HOME: Final = "SEMBLANTE_HOME"
"""The environment variable that names the data folder."""
INDEX_NAME: Final = "library"
"""The database of photos, faces and people."""
THUMBNAILS_NAME: Final = "thumbnails"
"""The database of small pictures."""
MATRICES: Final = "faces-*.matrix"
"""Embeddings of the index in plain, for searching: the first letters of the network's hash for the star."""
ENCRYPTED_SUFFIX: Final = ".sqlcipher"
_PLAIN_SUFFIX: Final = ".sqlite"


def data_folder(chosen: Path | None = None) -> Path:
    """The folder `chosen`, else the one that `SEMBLANTE_HOME` names, else the system's own for data."""
    if chosen is not None:
        return chosen
    if named := os.environ.get(HOME):
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("semblante", appauthor=False)


def database_path(folder: Path, name: str, encrypted: bool) -> Path:
    """Where a database lies in the data folder: `name` is `INDEX_NAME` or `THUMBNAILS_NAME`."""
    return folder / f"{name}{ENCRYPTED_SUFFIX if encrypted else _PLAIN_SUFFIX}"


def damaged_copies(folder: Path) -> list[Path]:
    """The damaged indexes that were kept aside in `folder`."""
    return sorted(each for each in folder.glob(f"{INDEX_NAME}.*.corrupt*") if each.is_file())
