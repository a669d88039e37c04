"""What of a crop the `modern` network looks at: the face closely, what is around it from afar.

All crops lie in one frame, so it is known where the face is. A view takes points of the crop, twice as dense
over the face as beside it, at the same places in each: as many pixels on a face as in a crop of 1.4 times the
side, at half the work. (An eye's fovea does likewise.) A point's colour is interpolated between four pixels.
"""

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor

from semblante.metrics import sigmoid

FACE_ACROSS, FACE_DOWN = (0.22, 0.78), (0.38, 0.85)
"""Where the face lies in the CelebA frame, as shares of its width and height: ear to ear, brow to chin."""
DENSITY = 2.0
SOFTNESS = 0.03
"""How gradually the density changes at the face's edge, as a share of the frame."""


def places(count: int, face: tuple[float, float]) -> Float32[np.ndarray, " count"]:
    """`count` rising places on an axis of the crop, from -1 to 1 at its edges, dense over `face`."""
    share = np.linspace(0, 1, 2001)
    inside = sigmoid((share - face[0]) / SOFTNESS) * sigmoid((face[1] - share) / SOFTNESS)
    density = 1 + (DENSITY - 1) * inside
    passed = np.append(0, np.cumsum((density[1:] + density[:-1]) / 2))
    middles = (np.arange(count) + 0.5) / count
    return (np.interp(middles, passed / passed[-1], share) * 2 - 1).astype(np.float32)


def grid(view_px: int) -> Float32[np.ndarray, "view view 2"]:
    """The places (x, y) that a view looks at, as `torch.nn.functional.grid_sample` takes them."""
    across, down = np.meshgrid(places(view_px, FACE_ACROSS), places(view_px, FACE_DOWN))
    return np.stack([across, down], axis=-1)


def interpolation(at: Float32[np.ndarray, " count"], side_px: int) -> Float32[np.ndarray, "count side"]:
    """The matrix that takes `side_px` pixels of an axis to their linear interpolations at the places `at`."""
    pixel = np.clip((at + 1) / 2 * side_px - 0.5, 0, side_px - 1)
    distance = np.abs(pixel[:, None] - np.arange(side_px))
    weights: Float32[np.ndarray, "count side"] = np.maximum(0, 1 - distance).astype(np.float32)
    return weights


class View(torch.nn.Module):
    """The view of `view_px` on crops of `side_px`: float (n, 3, side, side) to (n, 3, view, view)."""

    across: Tensor
    down: Tensor

    def __init__(self, side_px: int, view_px: int) -> None:
        super().__init__()
        for name, face in (("across", FACE_ACROSS), ("down", FACE_DOWN)):
            matrix = interpolation(places(view_px, face), side_px)
            self.register_buffer(name, torch.from_numpy(matrix), persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        """Two products of matrices, one for each axis: any runtime has them, and they are exact."""
        looked = self.down @ pixels @ self.across.T
        return looked.contiguous(memory_format=torch.channels_last)
