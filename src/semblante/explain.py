"""Where in a face an answer comes from, asked of any scorer by hiding one place after another.

Occlusion (Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014): what a
score loses when a place is hidden is what that place said for it. It needs no gradients, so the network's
file is enough, and it says the same of any network.

What is hidden is blurred, not covered: a grey or black square would be a thing of its own, which the
network might read as glasses or a hat. The patches fade out at their edges for the same reason, and
come in several sizes, since what matters may be as small as an earring or as large as a hairstyle.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Float32, UInt8
from PIL import Image, ImageFilter

from semblante.types import Crops

Scorer = Callable[[Crops], Float32[np.ndarray, " n"]]
"""Crops UInt8 (n, s, s, 3) in, one score each out."""

PATCH_SHARES = (1 / 3, 1 / 4, 1 / 6)
"""How wide the patches are at half their strength, as shares of the crop's side."""
BLUR_SHARE = 1 / 8
"""The standard deviation of the blur as a share of the crop's side: no feature of a face survives it."""


def occlusion_map(score: Scorer, crop: UInt8[np.ndarray, "s s 3"]) -> Float32[np.ndarray, "s s"]:
    """How much the score of `crop` falls, in the score's units, when the place about each pixel is hidden.

    Positive: this place speaks for a high score. Negative: it speaks against it.
    """
    clear = crop.astype(np.float32)
    hidden = _blurred(crop)
    whole = score(crop[None])[0]
    heat = np.zeros(crop.shape[:2])
    for share in PATCH_SHARES:
        patches = _patches(len(crop), share)
        occluded = clear + patches[..., None] * (hidden - clear)
        fall = whole - score(np.rint(occluded).astype(np.uint8))
        heat += np.tensordot(fall, patches, axes=1) / patches.sum(axis=0)
    return (heat / len(PATCH_SHARES)).astype(np.float32)


def _blurred(crop: UInt8[np.ndarray, "s s 3"]) -> Float32[np.ndarray, "s s 3"]:
    blur = ImageFilter.GaussianBlur(BLUR_SHARE * len(crop))
    return np.asarray(Image.fromarray(crop).filter(blur), np.float32)


def _patches(side_px: int, share: float) -> Float32[np.ndarray, "k s s"]:
    """Patches from 0 (seen) to 1 (hidden) on a grid over the whole crop, each overlapping its neighbours."""
    width_px = share * side_px
    middles_px = np.linspace(0, side_px, round(2 / share) + 1)
    away: Float[np.ndarray, "m s"] = np.abs(np.arange(side_px) + 0.5 - middles_px[:, None])
    profiles = np.where(away < width_px, 0.5 + 0.5 * np.cos(np.pi * away / width_px), 0)
    patches = profiles[:, None, :, None] * profiles[None, :, None, :]
    return patches.reshape(-1, side_px, side_px).astype(np.float32)
