"""A trained network on disk: a folder with `network.onnx`, `manifest.json` and perhaps `background.npy`.

The manifest says what the network was trained on and how, what it takes and gives, how good it is, under
which terms it may be used, and the SHA-256 of the other files. A bundle is written once and opened often;
opening checks the hashes, so a changed byte is found before it can give an answer.
"""

import io
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float16

from semblante.errors import NotABundle
from semblante.files import atomic_write, sha256_of, translate_os_errors, write_json
from semblante.i18n import tr
from semblante.jobs import EpochRow
from semblante.labels import ATTRIBUTES
from semblante.metrics.results import Evaluation
from semblante.model.manifest import BACKGROUND_NAME as BACKGROUND_NAME
from semblante.model.manifest import EVALUATION, FORMAT, evaluation_from_json, problem_of, value_at
from semblante.model.manifest import NETWORK_NAME as NETWORK_NAME
from semblante.types import Embeddings

MANIFEST_NAME = "manifest.json"
PRETRAINED = Path(__file__).parents[1] / "pretrained"
"""The folder of the bundle that comes with the package: the base wherever none is named."""

LARGEST_CALIBRATION_ERROR = 0.02
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
        """The length of a feature vector."""
        return int(self.manifest["weights"]["embedding_size"])

    @property
    def history(self) -> tuple[EpochRow, ...]:
        """The training's log, one row an epoch."""
        return tuple(EpochRow(**row) for row in self.manifest["history"])

    def background(self) -> Embeddings | None:
        """Features of training people as rows of length one, or None where the bundle holds none."""
        if self.manifest.get("background") is None:
            return None
        path = self.folder / BACKGROUND_NAME
        try:
            with translate_os_errors(path):
                kept = np.load(path, allow_pickle=False)
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
        """How far its probabilities were off on the validation images, on average, as a share of 1."""
        evaluation = self.evaluation
        error = math.nan if evaluation is None else evaluation.reliability.expected_calibration_error
        return error if math.isfinite(error) else None

    @property
    def is_calibrated(self) -> bool:
        """Whether what the sigmoid makes of its logits may be called a probability."""
        error = self.calibration_error
        return error is not None and error <= LARGEST_CALIBRATION_ERROR

    @property
    def evaluation(self) -> Evaluation | None:
        """How the network did on the validation images, or None where the manifest does not say."""
        kept = value_at(self.manifest, EVALUATION)
        return None if kept is None else evaluation_from_json(kept)


def write_bundle(
    folder: Path,
    network: bytes,
    manifest: Mapping[str, Any],
    background: Float16[np.ndarray, "n d"] | None = None,
) -> Bundle:
    """Write `network` (an ONNX file's bytes) and `manifest`, completed by format, attributes and hashes.

    `strangers`, if any, are embeddings of the network. `manifest` must hold all other fields that
    `open_bundle` checks. It is written last: a folder without one is unfinished, never wrong.
    """
    for name in (MANIFEST_NAME, BACKGROUND_NAME):
        (folder / name).unlink(missing_ok=True)
    atomic_write(folder / NETWORK_NAME, network)
    weights = {"file": NETWORK_NAME, **manifest["weights"], "sha256": sha256_of(folder / NETWORK_NAME)}
    complete = {"format": FORMAT, "attributes": list(ATTRIBUTES), **manifest, "weights": weights}
    complete.pop("background", None)
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
    """Open and verify the bundle that came with the package. Raises `NotABundle` if none did."""
    if not has_pretrained():
        raise NotABundle(
            tr(
                "{path}: this Semblante came without a trained network; name one with --base, or make one "
                "with: semblante train DATA NEW_FOLDER",
                path=PRETRAINED,
            )
        )
    return open_bundle(PRETRAINED)


def open_bundle(folder: Path) -> Bundle:
    """Open and verify the bundle in `folder`.

    Raises `NotABundle`, naming what does not fit, or `NoAccess` where something cannot be read.
    """
    manifest_path = folder / MANIFEST_NAME
    with translate_os_errors(folder):
        # A folder in a file's place passes here; reading it says what is wrong.
        whole = all(path.is_file() or path.is_dir() for path in (manifest_path, folder / NETWORK_NAME))
    if not whole:
        raise NotABundle(
            tr(
                "{path}: no trained network here ({manifest} and {network} expected); check the folder and "
                "the order of the arguments, or make one with: semblante train DATA NEW_FOLDER",
                path=folder,
                manifest=MANIFEST_NAME,
                network=NETWORK_NAME,
            )
        )
    with translate_os_errors(manifest_path):
        content = manifest_path.read_bytes()
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _unfit(manifest_path, tr("it is not JSON, or not all of it")) from error
    if problem := problem_of(manifest):
        raise _unfit(manifest_path, problem)
    bundle = Bundle(folder, manifest)
    if sha256_of(bundle.network_path) != bundle.network_sha256:
        raise NotABundle(
            tr(
                "{path}: the network was changed since it was written (its SHA-256 is not the manifest's "
                "field {field}); copy the bundle again or train it again",
                path=bundle.network_path,
                field="weights.sha256",
            )
        )
    told, path = manifest.get("background"), folder / BACKGROUND_NAME
    if told is not None and not (path.is_file() and sha256_of(path) == told["sha256"]):
        raise _changed(path, "background.sha256")
    return bundle


def _unfit(path: Path, problem: str) -> NotABundle:
    return NotABundle(
        tr(
            "{path}: the manifest does not fit ({problem}); copy the bundle again or train it again",
            path=path,
            problem=problem,
        )
    )


def _changed(path: Path, field: str) -> NotABundle:
    return NotABundle(
        tr(
            "{path}: it is missing or was changed since it was written (it does not fit the manifest's field "
            "{field}); copy the bundle again or train it again",
            path=path,
            field=field,
        )
    )
