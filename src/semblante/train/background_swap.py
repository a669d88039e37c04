"""Faces put among other people's surroundings, with what is then still known of their attributes.

The few photos of one person share more than the face: an evening's hair, clothes and light. A network that
tells her photos apart by those learns nothing about the next person. So in some images of a batch only the
face stays, and around it lies what surrounds another face of the batch; who it shows is the face. All crops
lie in one frame, so it is known where to cut. (Cutting and pasting as in CutMix, Yun et al. 2019, but along
the face, and with each label from the part that it speaks of.)
"""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from semblante.labels import AROUND_THE_FACE, ATTRIBUTES, IN_THE_FACE
from semblante.train.data_loader import Batch

CENTRE, RADII = (0.5, 0.6), (0.29, 0.3)
"""The ellipse that holds a face in the CelebA frame, as shares of width and height: from forehead to chin."""
LEAST, MOST = 0.8, 1.2
"""Of that ellipse's radii: it is cut now closer, now wider, so that the cut itself says nothing."""
SOFTNESS = 0.06
"""How gradually one image passes into the other, as a share of those radii."""
STAYS, COMES = (
    torch.tensor([each in names for each in ATTRIBUTES]) for names in (IN_THE_FACE, AROUND_THE_FACE)
)


def swap_backgrounds(batch: Batch, share: float, generator: torch.Generator) -> Batch:
    """`batch` with other surroundings in a `share` of its images, chosen by `generator`, the CPU's.

    Attributes of the face stay, those of what is around it come along; of the rest, such as youth, nothing is
    known any more: not a number.
    """
    count, device = len(batch.pixels), batch.pixels.device
    chosen = (torch.rand(count, generator=generator) < share).to(device)
    others = torch.randperm(count, generator=generator).to(device)
    reach = LEAST + (MOST - LEAST) * torch.rand(count, 1, 1, 1, generator=generator)
    face = torch.sigmoid((reach - _distance(batch.pixels.shape[-1])) / SOFTNESS)
    stays, comes, face = (each.to(device) for each in (STAYS, COMES, face))
    pixels = torch.lerp(batch.pixels[others], batch.pixels, face)
    labels = torch.where(stays, batch.labels, torch.where(comes, batch.labels[others], torch.nan))
    return replace(
        batch,
        pixels=torch.where(chosen[:, None, None, None], pixels, batch.pixels),
        labels=torch.where(chosen[:, None], labels, batch.labels),
    )


def _distance(side_px: int) -> Tensor:
    """How far each pixel (side, side) is from the face's centre, 1 on the ellipse."""
    at = (np.arange(side_px, dtype=np.float32) + 0.5) / side_px
    down = ((at - CENTRE[1]) / RADII[1])[:, None]
    return torch.from_numpy(np.hypot((at - CENTRE[0]) / RADII[0], down))
