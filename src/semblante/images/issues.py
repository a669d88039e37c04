"""What can be wrong with a picture's file, and the limits that are held against it."""

from collections.abc import Mapping
from typing import Final, Literal

from PIL import Image

from semblante.errors import BadImage, Reason

MAX_PIXELS: Final = 250_000_000
"""More than any phone's camera takes (200 million); some 750 MB once decoded."""

MAX_BYTES: Final = 2_000_000_000
"""More than so many pixels take in any format, such as uncompressed TIFF of 16 bits."""

MAX_SCANS: Final = 100
"""Each scan of a JPEG takes time for the whole picture, however few bytes it has; cameras write some ten."""

ImageIssue = Literal[
    "too_large_file",
    "empty_file",
    "not_a_picture",
    "raw_file",
    "video_file",
    "samples_not_read",
    "damaged",
    "too_many_pixels",
    "above_pillow_limit",
    "too_many_scans",
    "stops_the_reader",
]
"""What can be wrong with a picture's file; these codes are kept in the index."""


def reason_of_issue(issue: str) -> Reason:
    """What is wrong with a file, as a value; the limits that a sentence of it names come with it."""
    limits: Mapping[str, Mapping[str, int]] = {
        "too_large_file": {"limit_gb": MAX_BYTES // 10**9},
        "too_many_pixels": {"limit_million": MAX_PIXELS // 10**6},
        "too_many_scans": {"limit": MAX_SCANS},
        # Of formats other than JPEG and HEIF, and lower than ours.
        "above_pillow_limit": {"limit_million": 2 * (Image.MAX_IMAGE_PIXELS or 0) // 10**6},
    }
    return Reason(issue, limits.get(issue, {}))


def bad(issue: ImageIssue) -> BadImage:
    """The error of a file with this issue."""
    return BadImage(issue, **reason_of_issue(issue).params)


def check_size(width: int, height: int) -> None:
    """Raise `BadImage` for a picture of more pixels than are read."""
    if width * height > MAX_PIXELS:
        raise bad("too_many_pixels")
