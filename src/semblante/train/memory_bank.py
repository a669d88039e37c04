"""What was last seen of each training photo: the embeddings that tell who somebody is (a memory bank).

A person is where the mean of her photos lies. With few photos of each, a direction that is learnt for each
person fits the very photos that it is learnt from, and the network learns them by heart. So a photo is
compared with the mean of that person's *other* photos, as a new photo will be when the network is used. The
embeddings come from the running mean of the weights, which changes slowly, so that what was seen an epoch ago
still holds (Wu et al., "Unsupervised feature learning via non-parametric instance discrimination", 2018; He
et al., "Momentum contrast", 2020; for few photos a person Du et al., "Semi-siamese training for shallow face
learning", 2020).
"""

import torch
from torch import Tensor
from torch.nn import functional

LEAST_LENGTH = 1e-3
"""A sum of embeddings that is shorter is what rounding leaves of none."""


class MemoryBank:
    """Unit embeddings (n, d) of a feed's images, zero until seen, and their sums for each of p people."""

    def __init__(self, people: Tensor, people_count: int, embedding_size: int) -> None:
        """`people` int (n,) says whose each is; `UNKNOWN` ones are never remembered."""
        self._people = people
        self._embeddings = torch.zeros(len(people), embedding_size, device=people.device)
        self._sums = torch.zeros(people_count, embedding_size, device=people.device)

    def directions(self) -> Tensor:
        """The direction (p, d) of each person, of length one; zero where nothing was seen."""
        return functional.normalize(self._sums, eps=LEAST_LENGTH)

    def without(self, rows: Tensor) -> Tensor:
        """For each of the rows (n,), the direction (n, d) of that person's other photos; zero if unseen."""
        rows = rows.to(self._people.device)
        others = self._sums[self._people[rows].clamp(min=0)] - self._embeddings[rows]
        lengths = torch.linalg.vector_norm(others, dim=1, keepdim=True)
        return torch.where(lengths > LEAST_LENGTH, others / lengths.clamp(min=LEAST_LENGTH), 0.0)

    def remember(self, rows: Tensor, embeddings: Tensor) -> None:
        """Put the unit embeddings (n, d) in the place of what was last seen of `rows` (n,), all different."""
        rows = rows.to(self._people.device)
        people = self._people[rows]
        embeddings = embeddings * (people >= 0)[:, None]
        self._sums.index_add_(0, people.clamp(min=0), embeddings - self._embeddings[rows])
        self._embeddings[rows] = embeddings

    def state_dict(self) -> dict[str, Tensor]:
        """What a checkpoint keeps."""
        return {"embeddings": self._embeddings, "sums": self._sums}

    def load_state_dict(self, kept: dict[str, Tensor]) -> None:
        """Take what a checkpoint kept."""
        self._embeddings.copy_(kept["embeddings"])
        self._sums.copy_(kept["sums"])
