"""Batches of pixels, labels and people from a prepared set, in an order that the seed and the epoch fix.

The order does not depend on what came before, so a resumed training sees the batches that an uninterrupted
one would have seen.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int32, Int64
from torch import Tensor

from semblante.celeba import PreparedSet
from semblante.train.device import Place
from semblante.train.objective import UNKNOWN
from semblante.types import Crops, Split

GPU_SHARE = 0.5
"""The images move to the GPU for good if they fill no more than this share of its free memory."""


@dataclass(frozen=True)
class Batch:
    """Pixels, float (n, 3, s, s) channels last from 0 to 255; labels, float (n, 40); people, int (n,)."""

    pixels: Tensor
    labels: Tensor
    people: Tensor


@dataclass(frozen=True)
class Feed:
    """The rows of one split: crops (N, s, s, 3) on disk or on the GPU, labels (N, 40), people (N,).

    People are numbered from 0 within the split; `UNKNOWN` is nobody known. `rows` are those that count.
    """

    crops: Crops | Tensor
    labels: Tensor
    people: Tensor
    rows: Tensor
    place: Place

    @classmethod
    def of(cls, crops: Crops, data: PreparedSet, split: Split, place: Place) -> "Feed":
        """A feed of a split of `data`, its images being `crops`; held in GPU memory where they fit."""
        rows = data.rows(split)
        row_numbers = torch.from_numpy(rows)
        labels = torch.from_numpy(np.ascontiguousarray(data.labels))
        people = torch.full((len(data.labels),), UNKNOWN, dtype=torch.int64)
        people[row_numbers] = torch.from_numpy(numbered(data.identities[rows]))
        if place.device.type == "cuda":
            needed_bytes = len(rows) * math.prod(crops.shape[1:])
            if needed_bytes < GPU_SHARE * torch.cuda.mem_get_info(place.device)[0]:
                held = torch.from_numpy(crops[rows]).to(place.device)
                labels, people = (each[row_numbers].to(place.device) for each in (labels, people))
                return cls(held, labels, people, torch.arange(len(rows)), place)
        return cls(crops, labels, people, row_numbers, place)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def people_count(self) -> int:
        """How many people are known."""
        return int(self.people.max()) + 1

    def batch(self, rows: Tensor) -> Batch:
        """The images at `rows`, with what is known of them."""
        if isinstance(self.crops, Tensor):
            crops = self.crops[rows.to(self.crops.device)]
        else:
            crops = torch.from_numpy(self.crops[rows.numpy()])
        crops = crops.to(self.place.device, non_blocking=True)
        # (n, s, s, 3) seen as (n, 3, s, s) is what PyTorch calls channels last; nothing is copied.
        pixels = crops.permute(0, 3, 1, 2).float()
        labels, people = (
            each[rows.to(each.device)].to(self.place.device) for each in (self.labels, self.people)
        )
        return Batch(pixels, labels.float(), people)

    def steps(self, batch: int) -> int:
        """How many batches of at most `batch` rows an epoch has."""
        return math.ceil(len(self.rows) / batch)

    def shuffled(self, batch: int, seed: int, epoch: int) -> tuple[Tensor, ...]:
        """The rows of each batch of an epoch, for all processes; all are equal to within one row."""
        generator = torch.Generator().manual_seed(mixed_seed(seed, epoch))
        order = self.rows[torch.randperm(len(self.rows), generator=generator)]
        return torch.tensor_split(order, self.steps(batch))

    def in_order(self, batch: int = 256) -> Iterator[tuple[Tensor, Tensor]]:
        """Positions among the rows, and pixels, of this process's share, batch after batch."""
        for positions in self.place.share(torch.arange(len(self.rows))).split(batch):  # type: ignore[no-untyped-call]
            yield positions, self.batch(self.rows[positions]).pixels


def numbered(identities: Int32[np.ndarray, " k"]) -> Int64[np.ndarray, " k"]:
    """People numbered from 0 by rising identity; those not known (-1) stay `UNKNOWN`."""
    known = identities >= 0
    numbers = np.full(len(identities), UNKNOWN, np.int64)
    numbers[known] = np.unique(identities[known], return_inverse=True)[1]
    return numbers


def mixed_seed(*parts: int) -> int:
    """One 63-bit seed from several numbers, such as seed, epoch and step."""
    return int(np.random.SeedSequence(parts).generate_state(1, np.uint64)[0] >> 1)
