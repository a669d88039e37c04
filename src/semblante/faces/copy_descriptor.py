"""What a crop has in common with its copies: smaller, recompressed, brighter, mirrored, cut, without colours.

The middle of the face, grey, at 20 x 20 pixels, in blocks of 4 x 4. Of each block its mean is taken away and
its contrast is made one, so that light and contrast do not count, and every part of a face counts alike. The
crop is aligned, so size, turn and place in the photo do not count either. A descriptor does not depend on
the network, and shows no more of a face than an embedding does.
"""

from typing import Final

import numpy as np
from jaxtyping import Float32, Int8
from PIL import Image

from semblante.geometry import FRAME_HEIGHT_PX, FRAME_WIDTH_PX
from semblante.types import CopyDescriptors, Crops

_BOX: Final = (40, 62, 138, 190)
"""From brow to chin, in the frame: (x0, y0, x1, y1)."""
_BLOCKS: Final = 5
_BLOCK_PX: Final = 4
_SIDE_PX: Final = _BLOCKS * _BLOCK_PX
_NOISE: Final = 25.0
"""The sum of squares that noise alone has in a block: a flat block counts for little."""


def copy_descriptors(crops: Crops) -> CopyDescriptors:
    """The descriptor of each crop (n, s, s, 3)."""
    side_px = crops.shape[1]
    size = np.array([FRAME_WIDTH_PX, FRAME_HEIGHT_PX] * 2)
    left, top, right, bottom = (np.array(_BOX) * side_px / size).tolist()
    found = np.zeros((len(crops), _SIDE_PX, _SIDE_PX), np.float32)
    for grey, crop in zip(found, crops, strict=True):
        picture = Image.fromarray(crop).convert("L")
        box = (left, top, right, bottom)
        grey[:] = np.asarray(picture.resize((_SIDE_PX, _SIDE_PX), Image.Resampling.BILINEAR, box))
    blocks = found.reshape(len(crops), _BLOCKS, _BLOCK_PX, _BLOCKS, _BLOCK_PX)
    blocks = blocks - blocks.mean(axis=(2, 4), keepdims=True)
    blocks /= np.sqrt(np.square(blocks).sum(axis=(2, 4), keepdims=True) + _NOISE)
    descriptors: CopyDescriptors = np.round(127 * blocks).astype(np.int8).reshape(len(crops), -1)
    return descriptors


def copy_similarity(
    ours: Int8[np.ndarray, "n 400"], theirs: Int8[np.ndarray, "m 400"]
) -> Float32[np.ndarray, "n m"]:
    """The cosine of each of our descriptors to each of theirs or to its mirror image, whichever is more.

    A descriptor of zeros stands for a face whose crop is not known, and is like none.
    """
    rows, columns = _unit_rows(ours), _unit_rows(theirs)
    flipped = columns.reshape(-1, _SIDE_PX, _SIDE_PX)[:, :, ::-1].reshape(columns.shape)
    similarity: Float32[np.ndarray, "n m"] = np.maximum(rows @ columns.T, rows @ flipped.T)
    return similarity


def _unit_rows(descriptors: CopyDescriptors) -> Float32[np.ndarray, "n 400"]:
    rows = descriptors.astype(np.float32)
    unit: Float32[np.ndarray, "n 400"]
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1))
    return unit
