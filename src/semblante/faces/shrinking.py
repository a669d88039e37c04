"""Photos made as small as a detector looks at them."""

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from semblante.types import Pixels


def shrunk(pixels: Pixels, max_side_px: int) -> tuple[UInt8[np.ndarray, "rows columns 3"], float]:
    """The photo, its longer side at most `longest_px`, and how much larger the whole is than that."""
    height, width = pixels.shape[:2]
    scale = max(1.0, max(height, width) / max_side_px)
    if scale == 1:
        return pixels, scale
    size = (max(1, round(width / scale)), max(1, round(height / scale)))
    return np.asarray(
        Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    ), scale
