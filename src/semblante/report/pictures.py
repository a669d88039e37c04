"""Pictures inside the page: pixels become small WebP data URIs, laid out in rows with a caption each."""

import base64
import io
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int64, UInt8
from PIL import Image

from semblante.geometry import FRAME_HEIGHT_PX, FRAME_WIDTH_PX
from semblante.labels import ATTRIBUTES, OPINIONS, POOR_LABELS
from semblante.types import Labels, Pixels

_LONGER_SIDE_PX = 168
_QUALITY = 80


@dataclass(frozen=True)
class Example:
    """One attribute of one picture: what the label says and how probable the network holds a yes."""

    image: Pixels
    attribute: str
    truth: bool
    probability: float


def pick_examples(
    images: UInt8[np.ndarray, "all h w 3"],
    rows: Int64[np.ndarray, " n"],
    labels: Labels,
    probabilities: Float[np.ndarray, "n 40"],
    count: int = 12,
) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """The surest hits (yes, and rightly so) and the worst mistakes, at most `count` of each.

    `rows` says which of the images the labels and probabilities (of a yes) are of; no other is looked at.
    Each picture and each attribute comes once, so that a reader sees more than one story. Attributes whose
    labels are opinions or close to random are not shown: nothing could be learnt from them.
    """
    is_yes, said_yes = labels == 1, probabilities >= 0.5
    error = np.abs(probabilities - labels)
    shown = np.array([name not in OPINIONS | POOR_LABELS for name in ATTRIBUTES])

    def examples(wanted: Bool[np.ndarray, "n 40"], rank: Float[np.ndarray, "n 40"]) -> tuple[Example, ...]:
        places = _lowest(np.where(wanted & shown, rank, np.inf), count)
        return tuple(
            Example(
                images[rows[row]],
                ATTRIBUTES[column],
                bool(is_yes[row, column]),
                float(probabilities[row, column]),
            )
            for row, column in places
        )

    return examples(is_yes & said_yes, error), examples(is_yes != said_yes, -error)


def _lowest(rank: Float[np.ndarray, "n m"], count: int) -> list[tuple[int, int]]:
    """Up to `count` places (row, column) of the lowest finite ranks, no row and no column twice."""
    # A column gives one place at most, and the others block fewer than `count` of its rows.
    best = np.argsort(rank, axis=0, kind="stable")[:count]
    candidates = [
        (float(rank[row, column]), int(row), column)
        for column in range(rank.shape[1])
        for row in best[:, column]
    ]
    chosen: list[tuple[int, int]] = []
    for value, row, column in sorted(candidates):
        free = all(row != other_row and column != other_column for other_row, other_column in chosen)
        if free and np.isfinite(value) and len(chosen) < count:
            chosen.append((row, column))
    return chosen


@dataclass(frozen=True)
class Thumbnail:
    """A picture as an `<img>` holds it: its own bytes in the address, and its size in pixels."""

    source: str
    width_px: int
    height_px: int


def thumbnail(pixels: Pixels) -> Thumbnail:
    """The picture with its longer side at most 168 pixels, as WebP.

    A square crop is stretched back to the proportions of the CelebA frame that it was made from.
    """
    height, width = pixels.shape[:2]
    if height == width:
        height, width = FRAME_HEIGHT_PX, FRAME_WIDTH_PX
    scale = min(_LONGER_SIDE_PX / max(height, width), 1.0)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = Image.fromarray(np.ascontiguousarray(pixels)).resize(size, Image.Resampling.LANCZOS)
    content = io.BytesIO()
    small.save(content, "WEBP", quality=_QUALITY)
    encoded = base64.b64encode(content.getvalue()).decode()
    return Thumbnail(f"data:image/webp;base64,{encoded}", small.width, small.height)
