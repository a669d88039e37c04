"""The networks for faces that come with the package, verified before they are opened."""

import json
from pathlib import Path
from typing import Any, Final

from semblante.errors import NotABundle
from semblante.files import sha256_of, translate_os_errors
from semblante.model.bundle import value_at

FOLDER: Final = Path(__file__).parent.parent / "pretrained"


def verified_manifest(folder: Path, manifest_name: str, network_name: str) -> Any:
    """The manifest of a network, whose field `sha256` is that of the network's file.

    Raises `NotABundle` where it is not, `FileAccessError`.
    """
    manifest = folder / manifest_name
    with translate_os_errors(manifest):
        content = manifest.read_bytes()
    try:
        read = json.loads(content)
    except ValueError:
        read = None
    network = folder / network_name
    if sha256_of(network) != value_at(read, "sha256"):
        raise NotABundle("weights_changed", path=network, field="sha256", manifest=manifest_name)
    return read
