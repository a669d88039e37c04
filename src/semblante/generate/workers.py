"""Draws pictures as JPEG files, on all cores where that is worth starting processes."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from semblante.generate.draw import draw_picture
from semblante.process_pool import ProcessPool, usable_cores

CHUNK = 16
JPEG_QUALITY = 92

Drawn = tuple[bytes, UInt8[np.ndarray, "40"]]
"""One picture as the bytes of a JPEG file, and its attributes."""


@dataclass(frozen=True)
class PictureKey:
    """The three numbers that a picture follows from."""

    seed: int
    person: int
    picture: int


def draw_jpeg(key: PictureKey) -> Drawn:
    """Draw one picture, here."""
    face = draw_picture(key.seed, key.person, key.picture)
    file = io.BytesIO()
    Image.fromarray(face.pixels).save(file, "JPEG", quality=JPEG_QUALITY)
    return file.getvalue(), face.attributes


def drawer() -> Callable[[PictureKey], Drawn]:
    """What a process that helps to draw is to do with each key."""
    return draw_jpeg


def draw_all(keys: Sequence[PictureKey]) -> Iterator[Drawn]:
    """Draw all pictures, in order."""
    processes = min(usable_cores(), -(-len(keys) // (4 * CHUNK)))
    if processes < 2:
        yield from map(draw_jpeg, keys)
        return
    with ProcessPool(drawer, processes=processes) as pool:
        yield from pool.map_in_order(keys, CHUNK)
