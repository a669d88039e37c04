"""Where the data folder of the index lies."""

import os
from pathlib import Path
from typing import Final

HOME: Final = "SEMBLANTE_HOME"
"""The environment variable that names the data folder."""


def data_folder(chosen: Path | None = None) -> Path:
    """The folder `chosen`, else the one that `SEMBLANTE_HOME` names, else the system's own for data."""
    if chosen is not None:
        return chosen
    if named := os.environ.get(HOME):
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("semblante", appauthor=False)
