"""Views of a batch of crops with random changes that leave its labels true.

Mirroring is safe: no CelebA label tells left from right. Shifts, turns and scalings are as small as an
imperfect alignment makes them; light changes as between photos. All follow one generator, so that a
resumed training draws what an uninterrupted one would have drawn.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

from semblante.train.foveation import grid

SHIFT = 0.03
TURN_RAD = math.radians(4.5)
SCALE = 0.06
CONTRAST = 0.36
BRIGHTNESS = 36.0
SATURATION = 0.36
TINT = 0.12
"""How much stronger or weaker each of the three colours becomes, as by lamps of another kind."""


def augment(pixels: Tensor, view_px: int, generator: torch.Generator) -> Tensor:
    """Changed views, float (n, 3, view, view), of pixels float (n, 3, s, s) from 0 to 255, on their device.

    Every point of a view is looked up once, where the change puts it. `generator` is the CPU's.
    """
    count = len(pixels)

    def between(limit: float, *shape: int) -> Tensor:
        return ((torch.rand(count, *shape, generator=generator) * 2 - 1) * limit).to(pixels.device)

    mirror = torch.sign(between(1.0) + 1e-9)
    turn, scale, shift = between(TURN_RAD), 1 + between(SCALE), between(2 * SHIFT, 2)
    contrast, brightness = 1 + between(CONTRAST, 1, 1, 1), between(BRIGHTNESS, 1, 1, 1)
    saturation, tint = 1 + between(SATURATION, 1, 1, 1), 1 + between(TINT, 3, 1, 1)

    cosine, sine = torch.cos(turn) * scale, torch.sin(turn) * scale
    affine = torch.stack(
        [
            torch.stack([cosine * mirror, -sine, shift[:, 0]], dim=1),
            torch.stack([sine * mirror, cosine, shift[:, 1]], dim=1),
        ],
        dim=1,
    )
    looked_at = torch.from_numpy(grid(view_px)).to(pixels.device).reshape(-1, 2)
    moved_to = looked_at @ affine[:, :, :2].transpose(1, 2) + affine[:, None, :, 2]
    at = moved_to.reshape(count, view_px, view_px, 2)
    moved = functional.grid_sample(pixels, at, padding_mode="reflection", align_corners=False)

    tinted = moved * tint
    grey = tinted.mean(dim=1, keepdim=True)
    level = grey.mean(dim=(2, 3), keepdim=True)
    coloured = grey + (tinted - grey) * saturation
    lit = level + (coloured - level) * contrast + brightness
    return lit.clamp(0, 255).contiguous(memory_format=torch.channels_last)
