"""A trained network on disk: a folder with `network.onnx`, `manifest.json` and perhaps `background.npy`.

The manifest says what the network was trained on and how, what it takes and returns, how good it is, under
which terms it may be used, and the SHA-256 of the other files. A bundle is written once and opened often.
Opening verifies the hashes, so that a changed byte is found before it can give an answer, and the manifest's
fields; those of the pretrained bundle are verified when the package is tested, since every command opens it.
"""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Float16

from semblante.errors import NotABundle, Reason
from semblante.files import atomic_write, sha256_of, translate_os_errors, write_json
from semblante.jobs import EpochRow
from semblante.labels import ATTRIBUTES
from semblante.metrics.results import Evaluation
from semblante.types import Embeddings

FORMAT: Final = "semblante bundle 1"
MANIFEST_NAME: Final = "manifest.json"
NETWORK_NAME: Final = "network.onnx"
BACKGROUND_NAME: Final = "background.npy"
"""Embeddings (n, d) float16 of training people, one photo each, to tell a person from; never pictures."""
PRETRAINED = Path(__file__).parents[1] / "pretrained"
"""The folder of the bundle in the package: the model wherever none is named."""

MAX_CALIBRATION_ERROR: Final = 0.02
"""Two points, as a mean over all answers; beyond it a score is not called a probability."""


@dataclass(frozen=True)
class Bundle:
    """An opened bundle whose hashes have been checked."""

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
    def embedding_size(self) -> int:
        """The length of an embedding."""
        return int(self.manifest["weights"]["embedding_size"])

    @property
    def history(self) -> tuple[EpochRow, ...]:
        """The training's log, one row an epoch."""
        names = [field.name for field in fields(EpochRow)]
        return tuple(
            EpochRow(**{name: row[name] for name in names if name in row}) for row in self.manifest["history"]
        )

    def background(self) -> Embeddings | None:
        """Embeddings (n, d) of training people, rows of length one; None where the bundle holds none.

        Raises `NotABundle` where the file is not what the manifest says.
        """
        if self.manifest.get("background") is None:
            return None
        path = self.folder / BACKGROUND_NAME
        try:
            with translate_os_errors(path):
                content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() != self.manifest["background"]["sha256"]:
                raise _changed(path, "background.sha256")
            kept = np.load(io.BytesIO(content), allow_pickle=False)
        except (ValueError, EOFError) as error:
            raise _changed(path, "background.file") from error
        shape = (self.manifest["background"]["count"], self.embedding_size)
        if not isinstance(kept, np.ndarray) or kept.dtype != np.float16 or kept.shape != shape:
            raise _changed(path, "background.count")
        lengths = np.linalg.norm(kept.astype(np.float32), axis=1, keepdims=True)
        if not (lengths > 0).all() or not np.isfinite(lengths).all():
            raise _changed(path, "background.file")
        rows: Embeddings = kept / lengths
        return rows

    @property
    def calibration_error(self) -> float | None:
        """Its expected calibration error on the validation images, a share of 1; None where not measured."""
        error = value_at(self.manifest, "metrics.val.evaluation.reliability.expected_calibration_error")
        return None if error is None else float(error)

    @property
    def is_calibrated(self) -> bool:
        """Whether what the sigmoid makes of its logits may be called a probability."""
        error = self.calibration_error
        return error is not None and error <= MAX_CALIBRATION_ERROR

    @cached_property
    def evaluation(self) -> Evaluation | None:
        """How the network did on the validation images, or None where the manifest does not say."""
        from semblante.model.manifest import evaluation_from_json

        kept = value_at(self.manifest, "metrics.val.evaluation")
        return None if kept is None else evaluation_from_json(kept)


def value_at(manifest: Any, field: str) -> Any:
    """The value of a field such as `weights.sha256`, or None where there is none."""
    value = manifest
    for key in field.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def write_bundle(
    folder: Path,
    network: bytes,
    manifest: Mapping[str, Any],
    background: Float16[np.ndarray, "n d"] | None = None,
) -> Bundle:
    """Write `network` (an ONNX file's bytes) and `manifest`, completed by format, attributes and hashes.

    `background`, if any, are embeddings of the network. `manifest` must hold all other fields that
    `open_bundle` checks. It is written last: a folder without one is unfinished, never wrong.
    """
    for name in (MANIFEST_NAME, BACKGROUND_NAME):
        (folder / name).unlink(missing_ok=True)
    atomic_write(folder / NETWORK_NAME, network)
    weights = {"file": NETWORK_NAME, **manifest["weights"], "sha256": sha256_of(folder / NETWORK_NAME)}
    complete = {"format": FORMAT, "attributes": list(ATTRIBUTES), **manifest, "weights": weights}
    complete["background"] = None
    if background is not None:
        np.save(content := io.BytesIO(), background, allow_pickle=False)
        atomic_write(folder / BACKGROUND_NAME, content.getvalue())
        sha256 = sha256_of(folder / BACKGROUND_NAME)
        complete["background"] = {"file": BACKGROUND_NAME, "sha256": sha256, "count": len(background)}
    write_json(folder / MANIFEST_NAME, complete)
    return Bundle(folder, complete)


def has_pretrained() -> bool:
    """Whether this package came with a bundle; one built from sources without it did not."""
    return (PRETRAINED / MANIFEST_NAME).is_file()


def is_in_pretrained(folder: Path) -> bool:
    """Whether `folder` is the package's own with its bundle, or lies in it."""
    return folder.resolve().is_relative_to(PRETRAINED.resolve())


def load_pretrained() -> Bundle:
    """Open the bundle in the package, its hashes verified. Raises `NotABundle` where there is none."""
    if not has_pretrained():
        raise NotABundle("pretrained_missing", path=PRETRAINED)
    return open_bundle(PRETRAINED)


def open_bundle(folder: Path | str) -> Bundle:
    """Open and verify the bundle in `folder`.

    Raises `NotABundle`, naming what does not fit, or `FileAccessError` where something cannot be read.
    """
    folder = Path(folder)
    manifest_path = folder / MANIFEST_NAME
    with translate_os_errors(folder):
        # A folder in a file's place passes here; reading it says what is wrong.
        whole = all(path.is_file() or path.is_dir() for path in (manifest_path, folder / NETWORK_NAME))
    if not whole:
        raise NotABundle("bundle_missing", path=folder, manifest=MANIFEST_NAME, network=NETWORK_NAME)
    with translate_os_errors(manifest_path):
        content = manifest_path.read_bytes()
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NotABundle("manifest_unfit", path=manifest_path, problem=Reason("manifest_not_json")) from error
    if not is_in_pretrained(folder):
        from semblante.model.manifest import problem_of

        if problem := problem_of(content):
            raise NotABundle("manifest_unfit", path=manifest_path, problem=problem)
    bundle = Bundle(folder, manifest)
    if sha256_of(bundle.network_path) != bundle.network_sha256:
        raise NotABundle("network_changed", path=bundle.network_path, field="weights.sha256")
    background, path = manifest["background"], folder / BACKGROUND_NAME
    if background is not None and not (path.is_file() and sha256_of(path) == background["sha256"]):
        raise _changed(path, "background.sha256")
    return bundle


def _changed(path: Path, field: str) -> NotABundle:
    return NotABundle("bundle_file_changed", path=path, field=field)
