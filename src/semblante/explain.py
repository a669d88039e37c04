"""Occlusion maps: how much each place of a crop contributes to a score.

Occlusion sensitivity (Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014)
hides one patch after another and records by how much the score falls. It needs no gradients, so the ONNX file
is enough, and it treats every network alike.

Patches are blurred, not filled: the network might read a grey or black square as glasses or a hat. There are
two patch sizes, since what matters may be as small as an earring or as large as a hairstyle.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from PIL import Image, ImageFilter

from semblante.types import Crops

Scorer = Callable[[Crops], Float32[np.ndarray, " n"]]
"""Crops UInt8 (n, s, s, 3) in, one score each out."""

PATCH_SHARES = (1 / 5, 1 / 8)
"""The sides of the patches as shares of the crop's side: 410 patches in all."""
BLUR_SHARE = 1 / 8
"""The standard deviation of the blur as a share of the crop's side: no feature of a face survives it."""


def occlusion_map(score: Scorer, crop: UInt8[np.ndarray, "s s 3"]) -> Float32[np.ndarray, "s s"]:
    """How much the score of `crop` falls, in the score's units, when the place about each pixel is hidden.

    The mean over the patches that hide the pixel, and over their sizes. Positive: this place speaks for a
    high score. Negative: it speaks against it.
    """
    hidden = _blurred(crop)
    whole = score(crop[None])
    heat = np.zeros(crop.shape[:2])
    for share in PATCH_SHARES:
        patches = _patches(len(crop), share)
        falls = whole - score(np.where(patches[..., None], hidden, crop))
        heat += np.tensordot(falls, patches, axes=1) / patches.sum(axis=0)
    return (heat / len(PATCH_SHARES)).astype(np.float32)


def _blurred(crop: UInt8[np.ndarray, "s s 3"]) -> UInt8[np.ndarray, "s s 3"]:
    return np.asarray(Image.fromarray(crop).filter(ImageFilter.GaussianBlur(BLUR_SHARE * len(crop))))


def _patches(side_px: int, share: float) -> Bool[np.ndarray, "k s s"]:
    """Square patches on a grid over the whole crop, each half over its neighbours; true where they hide."""
    middles_px = np.linspace(0, side_px, round(2 / share) + 1)
    strips = np.abs(np.arange(side_px) + 0.5 - middles_px[:, None]) <= share * side_px / 2
    patches: Bool[np.ndarray, "k s s"] = strips[:, None, :, None] & strips[None, :, None, :]
    return patches.reshape(-1, side_px, side_px)
