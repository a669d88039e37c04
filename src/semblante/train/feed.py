"""Batches of pixels and labels from a prepared set, in an order that the seed and the epoch fix.

The order does not depend on what came before, so a resumed training sees the batches that an uninterrupted
one would have seen.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int64, UInt8
from torch import Tensor

from semblante.train.device import Place
from semblante.types import Crops

GPU_SHARE = 0.5
"""The images move to the GPU for good if they fill no more than this share of its free memory."""


@dataclass(frozen=True)
class Feed:
    """The rows of one split: crops (N, s, s, 3) on disk or on the GPU, labels (N, 40), which rows count."""

    crops: Crops | Tensor
    labels: Tensor
    rows: Tensor
    place: Place

    @classmethod
    def of(
        cls, crops: Crops, labels: UInt8[np.ndarray, "n 40"], rows: Int64[np.ndarray, " k"], place: Place
    ) -> "Feed":
        """A feed of `rows`; their images are held in GPU memory where they fit."""
        row_numbers = torch.from_numpy(rows)
        held_labels = torch.from_numpy(np.ascontiguousarray(labels))
        if place.device.type == "cuda":
            needed_bytes = len(rows) * math.prod(crops.shape[1:])
            if needed_bytes < GPU_SHARE * torch.cuda.mem_get_info(place.device)[0]:
                held = torch.from_numpy(crops[rows]).to(place.device)
                return cls(held, held_labels[row_numbers].to(place.device), torch.arange(len(rows)), place)
        return cls(crops, held_labels, row_numbers, place)

    def __len__(self) -> int:
        return len(self.rows)

    def batch(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Pixels, float (n, 3, s, s) channels last from 0 to 255, and labels, float (n, 40)."""
        if isinstance(self.crops, Tensor):
            crops = self.crops[rows.to(self.crops.device)]
        else:
            crops = torch.from_numpy(self.crops[rows.numpy()])
        crops = crops.to(self.place.device, non_blocking=True)
        # (n, s, s, 3) seen as (n, 3, s, s) is what PyTorch calls channels last; nothing is copied.
        pixels = crops.permute(0, 3, 1, 2).float()
        return pixels, self.labels[rows.to(self.labels.device)].to(self.place.device).float()

    def steps(self, batch: int) -> int:
        """How many batches of at most `batch` rows an epoch has."""
        return math.ceil(len(self.rows) / batch)

    def shuffled(self, batch: int, seed: int, epoch: int) -> tuple[Tensor, ...]:
        """This process's rows of each batch of an epoch; all batches are equal to within one row."""
        generator = torch.Generator().manual_seed(mixed_seed(seed, epoch))
        order = self.rows[torch.randperm(len(self.rows), generator=generator)]
        whole = torch.tensor_split(order, self.steps(batch))
        return tuple(self.place.share(rows) for rows in whole)

    def in_order(self, batch: int = 256) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Positions among the rows, pixels and labels of this process's share, batch after batch."""
        for positions in self.place.share(torch.arange(len(self.rows))).split(batch):  # type: ignore[no-untyped-call]
            pixels, labels = self.batch(self.rows[positions])
            yield positions, pixels, labels


def mixed_seed(*parts: int) -> int:
    """One 63-bit seed from several numbers, such as seed, epoch and step."""
    return int(np.random.SeedSequence(parts).generate_state(1, np.uint64)[0] >> 1)
