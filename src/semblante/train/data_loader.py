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
from semblante.train.distributed import Place
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
class DataLoader:
    """The n images of one split: crops on disk or on the GPU, labels (n, 40), people (n,).

    Images are numbered from 0 within the split, wherever the crops lie; `at` (n,) says where among them. So
    are people; `UNKNOWN` is nobody known.
    """

    crops: Crops | Tensor
    at: Tensor
    labels: Tensor
    people: Tensor
    place: Place

    @classmethod
    def of(cls, crops: Crops, data: PreparedSet, split: Split, place: Place) -> "DataLoader":
        """A feed of a split of `data`, its images being `crops`; held in GPU memory where they fit."""
        rows = data.rows(split)
        row_numbers = torch.from_numpy(rows)
        labels = torch.from_numpy(np.asarray(data.labels)[rows])
        people = torch.from_numpy(numbered(data.identities[rows]))
        if place.device.type == "cuda":
            needed_bytes = len(rows) * math.prod(crops.shape[1:])
            if needed_bytes < GPU_SHARE * torch.cuda.mem_get_info(place.device)[0]:
                held = torch.from_numpy(crops[rows]).to(place.device)
                labels, people = labels.to(place.device), people.to(place.device)
                return cls(held, torch.arange(len(rows)), labels, people, place)
        return cls(crops, row_numbers, labels, people, place)

    def __len__(self) -> int:
        return len(self.at)

    @property
    def people_count(self) -> int:
        """How many people are known."""
        return int(self.people.max()) + 1

    def batch(self, rows: Tensor) -> Batch:
        """The images at `rows`, with what is known of them."""
        if isinstance(self.crops, Tensor):
            crops = self.crops[self.at[rows].to(self.crops.device)]
        else:
            crops = torch.from_numpy(self.crops[self.at[rows].numpy()])
        crops = crops.to(self.place.device, non_blocking=True)
        # (n, s, s, 3) seen as (n, 3, s, s) is what PyTorch calls channels last; nothing is copied.
        pixels = crops.permute(0, 3, 1, 2).float()
        labels, people = (
            each[rows.to(each.device)].to(self.place.device) for each in (self.labels, self.people)
        )
        return Batch(pixels, labels.float(), people)

    def steps(self, batch: int) -> int:
        """How many batches of at most `batch` rows an epoch has."""
        return math.ceil(len(self) / batch)

    def shuffled(self, batch: int, seed: int, epoch: int) -> tuple[Tensor, ...]:
        """The images of each batch of an epoch, for all processes; all are equal to within one image."""
        generator = torch.Generator().manual_seed(mixed_seed(seed, epoch))
        order = torch.randperm(len(self), generator=generator)
        return torch.tensor_split(order, self.steps(batch))

    def in_order(self, batch: int = 256) -> Iterator[tuple[Tensor, Tensor]]:
        """Numbers and pixels of this process's share of the images, batch after batch."""
        for numbers in self.place.share(torch.arange(len(self))).split(batch):  # type: ignore[no-untyped-call]
            yield numbers, self.batch(numbers).pixels


def numbered(identities: Int32[np.ndarray, " k"]) -> Int64[np.ndarray, " k"]:
    """People numbered from 0 by rising identity; those not known (-1) stay `UNKNOWN`."""
    known = identities >= 0
    numbers = np.full(len(identities), UNKNOWN, np.int64)
    numbers[known] = np.unique(identities[known], return_inverse=True)[1]
    return numbers


def mixed_seed(*parts: int) -> int:
    """One 63-bit seed from several numbers, such as seed, epoch and step."""
    return int(np.random.SeedSequence(parts).generate_state(1, np.uint64)[0] >> 1)
