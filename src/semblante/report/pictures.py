"""Pictures inside the page: pixels become small WebP data URIs, laid out in rows with a caption each."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image

from semblante.report.html import Html, element
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
    images: UInt8[np.ndarray, "n h w 3"],
    labels: Labels,
    probabilities: Float[np.ndarray, "n 40"],
    count: int = 12,
) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """The surest hits (yes, and rightly so) and the worst mistakes, at most `count` of each.

    Each picture and each attribute comes once, so that a reader sees more than one story.
    """
    from semblante.labels import ATTRIBUTES

    said_yes, is_yes = probabilities >= 0.5, labels == 1
    error = np.abs(probabilities - labels)

    def pick(wanted: np.ndarray, order: np.ndarray) -> tuple[Example, ...]:
        chosen: list[tuple[int, int]] = []
        ranked = np.where(wanted, order, np.inf)
        best = np.argsort(ranked, axis=0, kind="stable")[: 2 * count]
        candidates = [
            (float(ranked[row, column]), int(row), column) for column in range(40) for row in best[:, column]
        ]
        for rank, row, column in sorted(candidates):
            new = all(row != other_row and column != other_column for other_row, other_column in chosen)
            if np.isfinite(rank) and new and len(chosen) < count:
                chosen.append((row, column))
        return tuple(
            Example(
                images[row], ATTRIBUTES[column], bool(is_yes[row, column]), float(probabilities[row, column])
            )
            for row, column in chosen
        )

    return pick(is_yes & said_yes, error), pick(said_yes != is_yes, -error)


def picture(pixels: Pixels, alt: str) -> Html:
    """The picture as an `<img>` that carries its own bytes, its longer side at most 168 pixels."""
    small = Image.fromarray(np.ascontiguousarray(pixels))
    small.thumbnail((_LONGER_SIDE_PX, _LONGER_SIDE_PX), Image.Resampling.LANCZOS)
    content = io.BytesIO()
    small.save(content, "WEBP", quality=_QUALITY)
    source = f"data:image/webp;base64,{base64.b64encode(content.getvalue()).decode()}"
    return element("img", src=source, width=small.width, height=small.height, alt=alt)


def mosaic(captioned: Sequence[tuple[Html, Html]]) -> Html:
    """Pictures in rows, each (picture, caption)."""
    items = (
        element("li", element("figure", image, element("figcaption", caption)))
        for image, caption in captioned
    )
    return element("ul", *items, class_="mosaic")
