"""What a search in the index finds."""

from dataclasses import dataclass
from pathlib import Path

from semblante.types import Verdict


@dataclass(frozen=True)
class Match:
    """A photo of the index, and what is said of the face in it that was asked for.

    The box (x0, y0, x1, y1) and the photo's size are in pixels of the upright photo at its full size. The
    probability is None where only attributes were asked for. `content_sha256` is that of the photo that was
    read, in hexadecimal.
    """

    path: Path
    content_sha256: str
    verdict: Verdict
    probability: float | None
    box_xyxy: tuple[float, float, float, float]
    photo_width_px: int
    photo_height_px: int
