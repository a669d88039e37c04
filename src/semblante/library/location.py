"""Where the index lies when nobody says where: with the user's other data, away from the photos."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

HOME: Final = "SEMBLANTE_HOME"
"""The environment variable that names the data folder."""


def data_folder(
    chosen: Path | None = None, environment: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> Path:
    """The folder `chosen`, else the one that `SEMBLANTE_HOME` names, else the platform's own place."""
    if chosen is not None:
        return chosen
    if named := environment.get(HOME):
        return Path(named)
    if platform == "win32":
        local = environment.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "semblante"
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "semblante"
    shared = environment.get("XDG_DATA_HOME", "")
    # The XDG specification has relative paths ignored.
    return (Path(shared) if Path(shared).is_absolute() else Path.home() / ".local" / "share") / "semblante"
