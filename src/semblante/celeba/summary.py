"""What is in a prepared set, summed up for a person or a program, and a contact sheet to look at."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Int64
from PIL import Image

from semblante.celeba.issues import note_in_words
from semblante.celeba.join import UNKNOWN_PERSON
from semblante.celeba.prepared import PreparedSet
from semblante.geometry import FRAME_HEIGHT_PX, FRAME_WIDTH_PX
from semblante.labels import ATTRIBUTES
from semblante.types import SPLITS, Pixels, Split

TILE_WIDTH_PX = FRAME_WIDTH_PX // 2
TILE_HEIGHT_PX = FRAME_HEIGHT_PX // 2
GAP_PX = 4


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
    None in an empty split. `left_out` counts rows by reason; `reasons.reason_in_words` says them, as
    `reasons.note_in_words` says `notes`.
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
    left_out: Mapping[str, int]
    notes: tuple[Mapping[str, Any], ...]

    def as_json(self) -> dict[str, Any]:
        """The summary as JSON-ready values."""
        return asdict(self)

    def notes_in_words(self) -> tuple[str, ...]:
        """The notes as sentences in the current language."""
        return tuple(map(note_in_words, self.notes))


def summarise(prepared: PreparedSet) -> Summary:
    """Count what `prepared` holds; its images are not looked at."""
    manifest = prepared.manifest
    rows = {split: prepared.rows(split) for split in SPLITS}
    photos = _photo_counts(prepared.identities)
    return Summary(
        images=len(prepared.names),
        side_px=prepared.side_px,
        layout=manifest["layout"],
        terms=manifest["terms"],
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
        left_out={reason: rows["count"] for reason, rows in manifest["left_out"].items()},
        notes=tuple(manifest["notes"]),
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
