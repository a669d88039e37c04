"""A trained network on disk: a folder with `network.onnx` and `manifest.json`.

The manifest says what the network was trained on and how, what it takes and gives, how good it is, under
which terms it may be used, and the SHA-256 of `network.onnx`. A bundle is written once and opened often;
opening checks the hash, so a changed byte is found before it can give an answer.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from semblante.errors import NotABundle
from semblante.files import atomic_write, explained, sha256_of, write_json
from semblante.labels import ATTRIBUTES
from semblante.text import say
from semblante.types import EpochRow

FORMAT = "semblante bundle 1"
NETWORK_NAME = "network.onnx"
MANIFEST_NAME = "manifest.json"


@dataclass(frozen=True)
class Bundle:
    """An opened bundle whose hash has been checked."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def network_path(self) -> Path:
        """Where the ONNX file is."""
        return self.folder / NETWORK_NAME

    @property
    def network_sha256(self) -> str:
        """The hash that names this network; person files refer to it."""
        return str(self.manifest["weights"]["sha256"])

    @property
    def side_px(self) -> int:
        """The side of the square crops that the network takes."""
        return int(self.manifest["geometry"]["side_px"])

    @property
    def feature_count(self) -> int:
        """The length of a feature vector."""
        return int(self.manifest["weights"]["feature_count"])

    @property
    def history(self) -> tuple[EpochRow, ...]:
        """The training's log, one row an epoch."""
        return tuple(EpochRow(**row) for row in self.manifest["history"])


def write_bundle(folder: Path, network: bytes, manifest: Mapping[str, Any]) -> Bundle:
    """Write `network` (an ONNX file's bytes) and `manifest`, completed by format, attributes and hash.

    `manifest` must hold `geometry.side_px` and `weights.feature_count`. The manifest is written last: a
    folder without one is unfinished, never wrong.
    """
    (folder / MANIFEST_NAME).unlink(missing_ok=True)
    atomic_write(folder / NETWORK_NAME, network)
    weights = {"file": NETWORK_NAME, **manifest["weights"], "sha256": sha256_of(folder / NETWORK_NAME)}
    complete = {"format": FORMAT, "attributes": list(ATTRIBUTES), **manifest, "weights": weights}
    write_json(folder / MANIFEST_NAME, complete)
    return Bundle(folder, complete)


def open_bundle(folder: Path) -> Bundle:
    """Open and verify the bundle in `folder`. Raises `NotABundle`, naming what does not fit."""
    manifest_path = folder / MANIFEST_NAME
    if not manifest_path.is_file() or not (folder / NETWORK_NAME).is_file():
        raise NotABundle(
            say(
                "{path}: no trained network here ({manifest} and {network} expected); "
                "make one with: semblante train DATA {path}",
                path=folder,
                manifest=MANIFEST_NAME,
                network=NETWORK_NAME,
            )
        )
    with explained(manifest_path):
        content = manifest_path.read_bytes()
    try:
        bundle = Bundle(folder, json.loads(content))
        _check_fields(bundle)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unfit(manifest_path, str(error)) from error
    if sha256_of(bundle.network_path) != bundle.network_sha256:
        raise NotABundle(
            say(
                "{path}: the network was changed since it was written (its SHA-256 is not the manifest's); "
                "copy the bundle again or train it again",
                path=bundle.network_path,
            )
        )
    return bundle


def _check_fields(bundle: Bundle) -> None:
    """Raise `ValueError` or `KeyError` naming the first field that does not fit."""
    if bundle.manifest["format"] != FORMAT:
        raise ValueError(f"format: {bundle.manifest['format']!r}, expected {FORMAT!r}")
    if tuple(bundle.manifest["attributes"]) != ATTRIBUTES:
        raise ValueError("attributes: not CelebA's 40 in their order")
    if not (bundle.side_px > 0 and bundle.feature_count > 0 and len(bundle.network_sha256) == 64):
        raise ValueError("geometry.side_px, weights.feature_count, weights.sha256")


def _unfit(path: Path, problem: str) -> NotABundle:
    return NotABundle(
        say(
            "{path}: the manifest does not fit ({problem}); copy the bundle again or train it again",
            path=path,
            problem=problem,
        )
    )
