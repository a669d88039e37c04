"""A trained network on disk: a folder with `network.onnx` and `manifest.json`.

The manifest says what the network was trained on and how, what it takes and gives, how good it is, under
which terms it may be used, and the SHA-256 of `network.onnx`. A bundle is written once and opened often;
opening checks the hash, so a changed byte is found before it can give an answer.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
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
SHIPPED = Path(__file__).parent / "shipped"
"""The network that comes with the package."""


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

    `manifest` must hold all other fields that `open_bundle` checks. It is written last: a folder without
    one is unfinished, never wrong.
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
    with explained(folder):
        whole = manifest_path.is_file() and (folder / NETWORK_NAME).is_file()
    if not whole:
        raise NotABundle(
            say(
                "{path}: no trained network here ({manifest} and {network} expected); check the folder and "
                "the order of the arguments, or make one with: semblante train DATA NEW_FOLDER",
                path=folder,
                manifest=MANIFEST_NAME,
                network=NETWORK_NAME,
            )
        )
    with explained(manifest_path):
        content = manifest_path.read_bytes()
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _unfit(manifest_path, say("it is not JSON, or not all of it")) from error
    for field, fits in _FIELDS.items():
        if not fits(_value_at(manifest, field)):
            raise _unfit(manifest_path, say("the field {field} is missing or does not fit", field=field))
    bundle = Bundle(folder, manifest)
    if sha256_of(bundle.network_path) != bundle.network_sha256:
        raise NotABundle(
            say(
                "{path}: the network was changed since it was written (its SHA-256 is not the manifest's); "
                "copy the bundle again or train it again",
                path=bundle.network_path,
            )
        )
    return bundle


def open_shipped() -> Bundle:
    """Open and verify the network that comes with the package, as `open_bundle` does."""
    return open_bundle(SHIPPED)


def _value_at(manifest: Any, field: str) -> Any:
    """The value of a field such as `weights.sha256`, or None where there is none."""
    value = manifest
    for key in field.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _is_count(value: Any) -> bool:
    return type(value) is int and value > 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_share(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value <= 1


def _is_history(value: Any) -> bool:
    names = {field.name for field in fields(EpochRow)}
    return isinstance(value, list) and all(
        isinstance(row, dict)
        and row.keys() == names
        and all(type(cell) in (int, float) for cell in row.values())
        for row in value
    )


_FIELDS: Mapping[str, Callable[[Any], bool]] = {
    "format": lambda value: value == FORMAT,
    "attributes": lambda value: value == list(ATTRIBUTES),
    "geometry.side_px": _is_count,
    "weights.feature_count": _is_count,
    "weights.sha256": lambda value: isinstance(value, str) and len(value) == 64,
    "training.best_epoch": _is_count,
    "training.positive_rates": lambda value: (
        isinstance(value, list) and len(value) == len(ATTRIBUTES) and all(map(_is_share, value))
    ),
    "metrics.val.accuracy": _is_share,
    "metrics.val.balanced_accuracy": _is_share,
    "metrics.val.majority_baseline": _is_share,
    "licence.terms": _is_text,
    "licence.text": _is_text,
    "history": _is_history,
}
"""Every field that is read later, and what it must be, so that nothing fails after the work is done."""


def _unfit(path: Path, problem: str) -> NotABundle:
    return NotABundle(
        say(
            "{path}: the manifest does not fit ({problem}); copy the bundle again or train it again",
            path=path,
            problem=problem,
        )
    )
