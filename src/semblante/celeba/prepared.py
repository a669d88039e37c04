"""A prepared set: a folder of plain files that any tool opens, what is in it, and a contact sheet of it.

`images.npy` (N, s, s, 3) uint8, `labels.npy` (N, 40) uint8 of 0 and 1, `identities.npy` (N,) int32 with
-1 where the person is unknown, `splits.npy` (N,) uint8 numbering `types.SPLITS`, `names.txt`, and
`manifest.json` with sources, geometry, counts, hashes and every skipped row.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from jaxtyping import Int32, Int64, UInt8
from PIL import Image

from semblante.celeba.join import UNKNOWN_PERSON
from semblante.celeba.parsing import RowIssue
from semblante.celeba.writing import (
    CONTACT_SHEET,
    DATA_FILES,
    IDENTITIES,
    IMAGES,
    LABELS,
    MANIFEST,
    NAMES,
    SPLITS_FILE,
)
from semblante.errors import NotAPreparedSet, Reason, check_type
from semblante.files import replace_when_done, sha256_of, translate_os_errors
from semblante.geometry import FRAME_HEIGHT_PX, FRAME_WIDTH_PX
from semblante.labels import ATTRIBUTES
from semblante.types import SPLITS, Crops, Labels, Pixels, Split, Terms

FORMAT = "semblante prepared 1"
TILE_WIDTH_PX = FRAME_WIDTH_PX // 2
TILE_HEIGHT_PX = FRAME_HEIGHT_PX // 2
GAP_PX = 4


@dataclass(frozen=True)
class SkippedRows:
    """All rows that were skipped for one issue: how many, and their names."""

    count: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class PreparedManifest:
    """What `manifest.json` holds.

    `counts` is the number of images of each split, `people` None where nobody is known, `frame` the width and
    height of CelebA's pictures in px. `sha256` is that of the whole set, `sha256s` that of each file.
    `fingerprint` names the source and settings, so that a run is taken up by the same call only.
    """

    format: str
    terms: Terms
    layout: Literal["official", "kaggle"]
    count: int
    counts: Mapping[Split, int]
    people: int | None
    side_px: int
    frame: tuple[int, int]
    attributes: tuple[str, ...]
    sha256: str
    sha256s: Mapping[str, str]
    sources: Mapping[str, Mapping[str, int | str]]
    fingerprint: str
    notes: tuple[Reason, ...]
    skipped: Mapping[RowIssue, SkippedRows]

    def as_json(self) -> dict[str, Any]:
        """The manifest as JSON-ready values."""
        return asdict(self)


@dataclass(frozen=True)
class PreparedSet:
    """An opened prepared set of N images of s pixels a side; `images` is memory-mapped."""

    folder: Path
    images: Crops
    labels: Labels
    identities: Int32[np.ndarray, " n"]
    splits: UInt8[np.ndarray, " n"]
    names: tuple[str, ...]
    manifest: PreparedManifest

    @property
    def side_px(self) -> int:
        """The side of the square images."""
        return self.manifest.side_px

    @property
    def sha256(self) -> str:
        """The hash that names the whole set; bundles refer to it."""
        return self.manifest.sha256

    def rows(self, split: Split) -> Int64[np.ndarray, " k"]:
        """The numbers of the rows of `split`, rising."""
        return np.flatnonzero(self.splits == SPLITS.index(split)).astype(np.int64)


def set_sha256(sha256s: Mapping[str, str]) -> str:
    """One hash for the whole set: that of what `sha256sum` prints for its five data files, in order."""
    return hashlib.sha256("".join(f"{sha256s[name]}  {name}\n" for name in DATA_FILES).encode()).hexdigest()


def open_prepared(folder: Path | str) -> PreparedSet:
    """Open the prepared set in `folder`, with `images` memory-mapped.

    All files but the images are verified by hash; of the images, only shape and size are, since hashing
    gigabytes takes long. Raises `NotAPreparedSet`, naming what does not fit, and `FileAccessError`.
    """
    folder = Path(folder)
    with translate_os_errors(folder):
        if not (folder / MANIFEST).is_file():
            raise NotAPreparedSet("prepared_set_missing", path=folder, manifest=MANIFEST)
        manifest = _read_manifest(folder)
        _check_files(folder, manifest)
        names = (folder / NAMES).read_text(encoding="utf-8", errors="surrogateescape").split("\n")[:-1]
        count, side = manifest.count, manifest.side_px
        if len(names) != count:
            raise _misfit(folder, "prepared_names", file=NAMES, found=len(names), expected=count)
        return PreparedSet(
            folder=folder,
            images=_array(folder, IMAGES, (count, side, side, 3), np.uint8, on_disk=True),
            labels=_array(folder, LABELS, (count, len(ATTRIBUTES)), np.uint8),
            identities=_array(folder, IDENTITIES, (count,), np.int32),
            splits=_array(folder, SPLITS_FILE, (count,), np.uint8),
            names=tuple(names),
            manifest=manifest,
        )


def _read_manifest(folder: Path) -> PreparedManifest:
    # Here, since most runs should start without it.
    from pydantic import TypeAdapter, ValidationError

    content = (folder / MANIFEST).read_bytes()
    try:
        found = TypeAdapter(dict[str, Any]).validate_json(content).get("format")
        if found != FORMAT:
            raise _misfit(folder, "prepared_format", found=str(found), expected=FORMAT)
        return TypeAdapter(PreparedManifest).validate_json(content, strict=True)
    except ValidationError as error:
        field = ".".join(map(str, error.errors()[0]["loc"])) or MANIFEST
        raise _misfit(folder, "prepared_field", field=field) from error


def _check_files(folder: Path, manifest: PreparedManifest) -> None:
    missing = [name for name in DATA_FILES if not (folder / name).is_file()]
    if missing:
        raise _misfit(folder, "prepared_file_missing", file=missing[0])
    for name in DATA_FILES:
        if name not in manifest.sha256s:
            raise _misfit(folder, "prepared_field", field=f"sha256s.{name}")
        if name != IMAGES and sha256_of(folder / name) != manifest.sha256s[name]:
            raise _misfit(folder, "prepared_hash", file=name)
    if manifest.sha256 != set_sha256(manifest.sha256s):
        raise _misfit(folder, "prepared_field", field="sha256")


def _array(
    folder: Path, name: str, shape: tuple[int, ...], dtype: type[np.generic], on_disk: bool = False
) -> Any:
    try:
        array = np.load(folder / name, mmap_mode="r" if on_disk else None, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise _misfit(folder, "prepared_array_damaged", file=name) from error
    if array.shape != shape or array.dtype != dtype:
        found, expected = f"{array.dtype} {array.shape}", f"{np.dtype(dtype)} {shape}"
        raise _misfit(folder, "prepared_array", file=name, found=found, expected=expected)
    return array


def _misfit(folder: Path, code: str, **params: int | str) -> NotAPreparedSet:
    return NotAPreparedSet("prepared_set_damaged", path=folder, problem=Reason(code, params))


@dataclass(frozen=True)
class PhotosPerPerson:
    """How many photos a person has."""

    least: int
    median: float
    most: int


@dataclass(frozen=True)
class Summary:
    """A prepared set in figures. People and photos for each are None where identities are unknown.

    `attribute_shares` holds, for each attribute, the share of images with it (0 to 1) in each split, or
    None in an empty split. `skipped` counts rows by issue; `notes` holds what else was noticed.
    """

    images: int
    side_px: int
    layout: str
    terms: str
    sha256: str
    images_by_split: Mapping[Split, int]
    people: int | None
    people_by_split: Mapping[Split, int] | None
    photos_per_person: PhotosPerPerson | None
    attribute_shares: Mapping[str, Mapping[Split, float | None]]
    skipped: Mapping[RowIssue, int]
    notes: tuple[Reason, ...]

    def as_json(self) -> dict[str, Any]:
        """The summary as JSON-ready values."""
        return asdict(self)


def summarise(prepared: PreparedSet) -> Summary:
    """Count what `prepared` holds; its images are not looked at."""
    check_type(prepared, PreparedSet)
    manifest = prepared.manifest
    rows = {split: prepared.rows(split) for split in SPLITS}
    photos = _photo_counts(prepared.identities)
    return Summary(
        images=len(prepared.names),
        side_px=prepared.side_px,
        layout=manifest.layout,
        terms=manifest.terms,
        sha256=prepared.sha256,
        images_by_split={split: len(rows[split]) for split in SPLITS},
        people=len(photos) or None,
        people_by_split=(
            {split: len(_photo_counts(prepared.identities[rows[split]])) for split in SPLITS}
            if len(photos)
            else None
        ),
        photos_per_person=(
            PhotosPerPerson(int(photos.min()), float(np.median(photos)), int(photos.max()))
            if len(photos)
            else None
        ),
        attribute_shares=_shares(prepared, rows),
        skipped={issue: rows.count for issue, rows in manifest.skipped.items()},
        notes=manifest.notes,
    )


def contact_sheet(prepared: PreparedSet, rows: int = 6, columns: int = 10, seed: int = 0) -> Pixels:
    """Up to `rows` x `columns` images drawn at random from `seed`, of as many people as there are.

    Each is shown 89 x 109 pixels, in the proportions of the frame, on white. Fewer images give fewer rows.
    """
    chosen = _choose(prepared, rows * columns, np.random.default_rng(seed))
    columns = min(columns, len(chosen))
    rows = -(-len(chosen) // columns)
    step_x, step_y = TILE_WIDTH_PX + GAP_PX, TILE_HEIGHT_PX + GAP_PX
    sheet = Image.new("RGB", (columns * step_x + GAP_PX, rows * step_y + GAP_PX), "white")
    for at, row in enumerate(chosen):
        tile = Image.fromarray(np.asarray(prepared.images[row]))
        tile = tile.resize((TILE_WIDTH_PX, TILE_HEIGHT_PX), Image.Resampling.LANCZOS)
        sheet.paste(tile, (GAP_PX + at % columns * step_x, GAP_PX + at // columns * step_y))
    return np.array(sheet)


def write_contact_sheet(prepared: PreparedSet) -> Path:
    """Write a contact sheet into the folder of the set, and return its path."""
    path = prepared.folder / CONTACT_SHEET
    with replace_when_done(path) as partial:
        Image.fromarray(contact_sheet(prepared)).save(partial, format="PNG")
    return path


def _photo_counts(identities: np.ndarray) -> Int64[np.ndarray, " people"]:
    """How many photos each known person has."""
    _, counts = np.unique(identities[identities != UNKNOWN_PERSON], return_counts=True)
    return counts.astype(np.int64)


def _shares(prepared: PreparedSet, rows: Mapping[Split, Any]) -> dict[str, dict[Split, float | None]]:
    means = {split: prepared.labels[rows[split]].mean(axis=0) for split in SPLITS if len(rows[split])}
    return {
        name: {split: float(means[split][at]) if split in means else None for split in SPLITS}
        for at, name in enumerate(ATTRIBUTES)
    }


def _choose(prepared: PreparedSet, count: int, random: np.random.Generator) -> list[int]:
    """Rows in random order, a second photo of a person only once everybody has one."""
    order = random.permutation(len(prepared.names))
    people = prepared.identities[order]
    _, first_photos = np.unique(people, return_index=True)
    is_first = np.zeros(len(order), bool)
    is_first[first_photos] = True
    is_first |= people == UNKNOWN_PERSON
    chosen: list[int] = np.concatenate([order[is_first], order[~is_first]])[:count].tolist()
    return chosen
