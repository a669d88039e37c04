"""A prepared set: a folder of plain files that any tool opens.

`images.npy` (N, s, s, 3) uint8, `labels.npy` (N, 40) uint8 of 0 and 1, `identities.npy` (N,) int32 with
-1 where the person is unknown, `splits.npy` (N,) uint8 numbering `types.SPLITS`, `names.txt`, and
`manifest.json` with sources, geometry, counts, hashes and every row left out.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int32, Int64, UInt8

from semblante.celeba.writing import DATA_FILES, IDENTITIES, IMAGES, LABELS, MANIFEST, NAMES, SPLITS_FILE
from semblante.errors import NotAPreparedSet
from semblante.files import sha256_of, translate_os_errors
from semblante.i18n import tr
from semblante.labels import ATTRIBUTES
from semblante.types import SPLITS, Crops, Labels, Split

FORMAT = "semblante prepared 1"


@dataclass(frozen=True)
class PreparedSet:
    """An opened prepared set of N images of s pixels a side; `images` stays on disk until it is looked at."""

    folder: Path
    images: Crops
    labels: Labels
    identities: Int32[np.ndarray, " n"]
    splits: UInt8[np.ndarray, " n"]
    names: tuple[str, ...]
    manifest: Mapping[str, Any]

    @property
    def side_px(self) -> int:
        """The side of the square images."""
        return int(self.manifest["side_px"])

    @property
    def sha256(self) -> str:
        """The hash that names the whole set; bundles refer to it."""
        return str(self.manifest["sha256"])

    def rows(self, split: Split) -> Int64[np.ndarray, " k"]:
        """The numbers of the rows of `split`, rising."""
        return np.flatnonzero(self.splits == SPLITS.index(split)).astype(np.int64)


def set_sha256(sha256s: Mapping[str, str]) -> str:
    """One hash for the whole set: that of what `sha256sum` prints for its five data files, in order."""
    return hashlib.sha256("".join(f"{sha256s[name]}  {name}\n" for name in DATA_FILES).encode()).hexdigest()


def open_prepared(folder: Path) -> PreparedSet:
    """Open the prepared set in `folder`, with `images` memory-mapped.

    All but the images is verified by hash; of the images, shape and size are (two gigabytes take long to
    hash). Raises `NotAPreparedSet`, naming what does not fit.
    """
    with translate_os_errors(folder):
        is_one = (folder / MANIFEST).is_file()
    if not is_one:
        raise NotAPreparedSet(
            tr(
                "{path}: no prepared set here (no {manifest}). Raw CelebA becomes one with: "
                "semblante prepare {path} NEW_FOLDER; a stopped one is finished by the command that began it",
                path=folder,
                manifest=MANIFEST,
            )
        )
    try:
        with translate_os_errors(folder):
            return _open(folder)
    except (ValueError, KeyError, TypeError, AttributeError, EOFError) as error:
        raise NotAPreparedSet(
            tr(
                "{path}: this prepared set does not fit its manifest ({problem}); "
                "copy it again or prepare it again",
                path=folder,
                problem=error,
            )
        ) from error


def _open(folder: Path) -> PreparedSet:
    manifest = json.loads((folder / MANIFEST).read_bytes())
    if manifest["format"] != FORMAT:
        raise ValueError(f"format: {manifest['format']!r}, expected {FORMAT!r}")
    if manifest["sha256"] != set_sha256(manifest["sha256s"]):
        raise ValueError("sha256")
    for name in DATA_FILES:
        if not (folder / name).is_file():
            raise ValueError(f"{name}: missing")
        if name != IMAGES and sha256_of(folder / name) != manifest["sha256s"][name]:
            raise ValueError(f"{name}: SHA-256")
    count, side = int(manifest["count"]), int(manifest["side_px"])
    names = tuple((folder / NAMES).read_text(encoding="utf-8", errors="surrogateescape").split("\n")[:-1])
    if len(names) != count:
        raise ValueError(f"{NAMES}: {len(names)} names, {count} expected")
    return PreparedSet(
        folder=folder,
        images=_array(folder / IMAGES, (count, side, side, 3), np.uint8, on_disk=True),
        labels=_array(folder / LABELS, (count, len(ATTRIBUTES)), np.uint8),
        identities=_array(folder / IDENTITIES, (count,), np.int32),
        splits=_array(folder / SPLITS_FILE, (count,), np.uint8),
        names=names,
        manifest=manifest,
    )


def _array(path: Path, shape: tuple[int, ...], dtype: type[np.generic], on_disk: bool = False) -> Any:
    array = np.load(path, mmap_mode="r" if on_disk else None, allow_pickle=False)
    if array.shape != shape or array.dtype != dtype:
        raise ValueError(f"{path.name}: {array.dtype} {array.shape}, {np.dtype(dtype)} {shape} expected")
    return array
