"""The loss of both recipes: attributes; who is who where people are known, with the memory bank it needs; and
what teachers see, where there are any (`distillation`).

Attributes: binary cross-entropy, the mean over images and the 40 outputs, 0 where a label is unknown. People:
softmax over all people of the training set with an additive cosine margin (CosFace, Wang et al. 2018).

A person's class centre is the mean of her photos' embeddings, which a memory bank keeps (Wu et al.,
"Unsupervised feature learning via non-parametric instance discrimination", 2018). With few photos of each
person, a learnt centre would fit the very photos that it is learnt from, and the network would learn them by
heart. So a photo is compared with the mean of that person's *other* photos, as a new photo will be when the
network is used (Du et al., "Semi-siamese training for shallow face learning", 2020). The embeddings in the
bank come from the moving average of the weights, which changes slowly, so that those of an epoch ago still
hold (He et al., "Momentum contrast", 2020).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from semblante.train.distillation import Distillation
from semblante.train.networks import AttributeNetwork

UNKNOWN_PERSON = -1
"""The person of an image of whom nothing is known; such an image teaches attributes only."""
MIN_SUM_LENGTH = 1e-3
"""A sum of embeddings that is shorter is a rounding error of zero."""


@dataclass(frozen=True)
class IdentityLoss:
    """CosFace's scale and margin, and the weight of the attributes' loss beside it."""

    scale: float
    margin: float
    attribute_weight: float


@dataclass(frozen=True)
class ClassCenters:
    """Unit embeddings that a batch is compared with; zero where nothing is known.

    `everybody` (p, d) is the centre of each person, `own` (n, d) the centre of the other photos of the person
    in each image of the batch.
    """

    everybody: Tensor
    own: Tensor


class MemoryBank:
    """The latest unit embedding (n, d) of each image, zero until seen, and their sums for p people."""

    def __init__(self, people: Tensor, person_count: int, embedding_size: int) -> None:
        """`people` int (n,) is the person in each image; images of `UNKNOWN_PERSON` are never stored."""
        self._people = people
        self._embeddings = torch.zeros(len(people), embedding_size, device=people.device)
        self._sums = torch.zeros(person_count, embedding_size, device=people.device)

    def centers(self) -> Tensor:
        """The centre (p, d) of each person, of length one; zero where nothing was stored."""
        return functional.normalize(self._sums, eps=MIN_SUM_LENGTH)

    def centers_without(self, rows: Tensor) -> Tensor:
        """For each image of `rows` (n,), the centre (n, d) of the person's other images; zero if unseen."""
        rows = rows.to(self._people.device)
        others = self._sums[self._people[rows].clamp(min=0)] - self._embeddings[rows]
        lengths = torch.linalg.vector_norm(others, dim=1, keepdim=True)
        return torch.where(lengths > MIN_SUM_LENGTH, others / lengths.clamp(min=MIN_SUM_LENGTH), 0.0)

    def class_centers(self, rows: Tensor) -> ClassCenters:
        """What a batch of the images `rows` (n,) is compared with."""
        return ClassCenters(self.centers(), self.centers_without(rows))

    def update(self, rows: Tensor, embeddings: Tensor) -> None:
        """Replace the unit embeddings of the images `rows` (n,), all different, by `embeddings` (n, d)."""
        rows = rows.to(self._people.device)
        people = self._people[rows]
        embeddings = embeddings * (people >= 0)[:, None]
        self._sums.index_add_(0, people.clamp(min=0), embeddings - self._embeddings[rows])
        self._embeddings[rows] = embeddings

    def state_dict(self) -> dict[str, Tensor]:
        """The tensors that a checkpoint keeps."""
        return {"embeddings": self._embeddings, "sums": self._sums}

    def load_state_dict(self, saved: dict[str, Tensor]) -> None:
        """Restore the tensors of a checkpoint."""
        self._embeddings.copy_(saved["embeddings"])
        self._sums.copy_(saved["sums"])


class Objective(nn.Module):
    """A network and its loss; without `identity` and `distillation` it learns attributes alone."""

    def __init__(
        self,
        network: AttributeNetwork,
        identity: IdentityLoss | None,
        distillation: Distillation | None = None,
    ) -> None:
        super().__init__()
        self.network = network
        self.identity, self.distillation = identity, distillation

    def forward(
        self,
        resampled: Tensor,
        labels: Tensor,
        people: Tensor,
        centers: ClassCenters | None,
        margin_share: float,
        targets: Tensor | None,
    ) -> Tensor:
        """The losses of attributes, of people and of teachers, as (3,).

        The second is 0 without `centers`, the third without `targets`. `resampled` float (n, 3, r, r) from 0
        to 255, `labels` float (n, 40), not a number where unknown, `people` int (n,) from 0, or
        `UNKNOWN_PERSON`, `targets` float (n, t) of length one. The margin is multiplied by `margin_share`.
        """
        logits, embeddings = self.network.forward_resampled(resampled)
        with torch.autocast(resampled.device.type, enabled=False):
            attributes = functional.binary_cross_entropy_with_logits(
                logits.float(), labels.nan_to_num(), weight=(~labels.isnan()).float()
            )
            identity = taught = torch.zeros_like(attributes)
            if centers is not None:
                unit = functional.normalize(embeddings.float())
                identity = self._cosface(unit, people, centers, margin_share)
            if self.distillation is not None and targets is not None:
                taught = self.distillation(embeddings.float(), targets)
            return torch.stack([attributes, identity, taught])

    @property
    def compared_size(self) -> int:
        """How long the embeddings are that `compared` gives."""
        return self.distillation.target_size if self.distillation else self.network.embedding_size

    @torch.no_grad()
    def compared(self, embeddings: Tensor) -> Tensor:
        """Of the network's embeddings (n, d), those of length one that are compared."""
        return self.distillation.project(embeddings) if self.distillation else embeddings

    def weighted_sum(self, losses: Tensor) -> Tensor:
        """The number that is minimised, of the three losses that `forward` gives."""
        attributes, identity, taught = losses.unbind()
        if self.distillation is not None:
            weights = self.distillation.loss
            return weights.attribute_weight * attributes + identity + weights.weight * taught
        if self.identity is not None:
            return self.identity.attribute_weight * attributes + identity
        return attributes

    def _cosface(
        self, embeddings: Tensor, people: Tensor, centers: ClassCenters, margin_share: float
    ) -> Tensor:
        assert self.identity is not None
        margin = self.identity.margin * margin_share
        cosines = embeddings @ centers.everybody.T
        classes = people.clamp(min=0)
        cosines[torch.arange(len(people), device=people.device), classes] = (embeddings * centers.own).sum(
            dim=1
        ) - margin
        loss = functional.cross_entropy(cosines * self.identity.scale, classes, reduction="none")
        # Only a person who was seen in another photo can be told. The sum is divided by all images, so that
        # nothing depends on how these fall into batches.
        return (loss * ((people != UNKNOWN_PERSON) & centers.own.any(dim=1))).sum() / len(people)
