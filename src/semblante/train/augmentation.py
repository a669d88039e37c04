"""Random changes of a training batch: background swap, then geometry and light on the way to the network.

All follow one generator, so that a resumed training draws what an uninterrupted one would have drawn.

Background swap: the few photos of one person share more than the face, such as an evening's hair, clothes and
light. A network that tells her photos apart by those learns nothing about the next person. So in some images
of a batch only the face stays, and around it lies what surrounds another face of the batch; the image shows
whom the face shows. All crops lie in one frame, so the place of the face is known. (As in CutMix, Yun et al.
2019, but along the face, and with each label from the part that it speaks of.)
"""

import math
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from semblante.labels import AROUND_THE_FACE, ATTRIBUTES, IN_THE_FACE
from semblante.train.data_loader import Batch
from semblante.train.networks import sampling_grid

FACE_CENTER, FACE_RADII = (0.5, 0.6), (0.29, 0.3)
"""The ellipse that holds a face in the CelebA frame, as shares of width and height: from forehead to chin."""
MIN_RADIUS, MAX_RADIUS = 0.8, 1.2
"""Where the face is cut, in radii of that ellipse: at random, so that the cut itself tells nothing."""
FACE_SOFTNESS = 0.06
"""How gradually one image passes into the other, as a share of those radii."""
KEPT_LABELS, SWAPPED_LABELS = (
    torch.tensor([each in names for each in ATTRIBUTES]) for names in (IN_THE_FACE, AROUND_THE_FACE)
)

SHIFT = 0.03
"""Shifts, turns and scalings are as small as an imperfect alignment makes them."""
TURN_RAD = math.radians(4.5)
SCALE = 0.06
CONTRAST = 0.36
BRIGHTNESS = 36.0
SATURATION = 0.36
TINT = 0.12
"""How much stronger or weaker each of the three colours becomes, as by lamps of another kind."""


def swap_backgrounds(batch: Batch, probability: float, generator: torch.Generator) -> Batch:
    """`batch` with the background of another image behind a face, for each image with `probability`.

    Labels of the face stay, those of the background come from the other image; the rest, such as youth, are
    unknown: not a number. `generator` is the CPU's.
    """
    count, device = len(batch.pixels), batch.pixels.device
    chosen = (torch.rand(count, generator=generator) < probability).to(device)
    others = torch.randperm(count, generator=generator).to(device)
    radius = MIN_RADIUS + (MAX_RADIUS - MIN_RADIUS) * torch.rand(count, 1, 1, 1, generator=generator)
    face = torch.sigmoid((radius - _face_distance(batch.pixels.shape[-1])) / FACE_SOFTNESS)
    kept, swapped, face = (each.to(device) for each in (KEPT_LABELS, SWAPPED_LABELS, face))
    pixels = torch.lerp(batch.pixels[others], batch.pixels, face)
    labels = torch.where(kept, batch.labels, torch.where(swapped, batch.labels[others], torch.nan))
    return replace(
        batch,
        pixels=torch.where(chosen[:, None, None, None], pixels, batch.pixels),
        labels=torch.where(chosen[:, None], labels, batch.labels),
    )


def _face_distance(side_px: int) -> Tensor:
    """The distance of each pixel (side, side) from the face's centre, 1 on the ellipse."""
    at = (np.arange(side_px, dtype=np.float32) + 0.5) / side_px
    down = ((at - FACE_CENTER[1]) / FACE_RADII[1])[:, None]
    return torch.from_numpy(np.hypot((at - FACE_CENTER[0]) / FACE_RADII[0], down))


def augment(pixels: Tensor, resampled_px: int, generator: torch.Generator) -> Tensor:
    """Changed and resampled crops (n, 3, r, r) of pixels float (n, 3, s, s) from 0 to 255, on their device.

    Each point is interpolated once, where the change puts it. `generator` is the CPU's.
    """
    count = len(pixels)

    def between(limit: float, *shape: int) -> Tensor:
        return ((torch.rand(count, *shape, generator=generator) * 2 - 1) * limit).to(pixels.device)

    # Mirroring is safe: no CelebA label tells left from right.
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
    points = torch.from_numpy(sampling_grid(resampled_px)).to(pixels.device).reshape(-1, 2)
    moved_points = points @ affine[:, :, :2].transpose(1, 2) + affine[:, None, :, 2]
    grid = moved_points.reshape(count, resampled_px, resampled_px, 2)
    moved = functional.grid_sample(pixels, grid, padding_mode="reflection", align_corners=False)

    tinted = moved * tint
    grey = tinted.mean(dim=1, keepdim=True)
    level = grey.mean(dim=(2, 3), keepdim=True)
    coloured = grey + (tinted - grey) * saturation
    lit = level + (coloured - level) * contrast + brightness
    return lit.clamp(0, 255).contiguous(memory_format=torch.channels_last)
