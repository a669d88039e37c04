"""What a training minimises: wrong attributes, and where people are known, mistaking one for another.

Attributes: binary cross-entropy, the mean over images and the 40 outputs, 0 where a label is unknown. People:
softmax over everybody in the training set with an additive cosine margin (CosFace, Wang et al. 2018). Each
person is the direction in which her photos lie, as `memory.py` has them; the embeddings of a photo must be
nearer to that of her other photos than to anybody else's, by the margin.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from semblante.train.networks import AttributeNetwork

UNKNOWN = -1
"""The number of an image whose person is not known; it teaches attributes only."""


@dataclass(frozen=True)
class IdentityLoss:
    """How people are learnt: CosFace's scale and margin, and how much the attributes weigh beside it."""

    scale: float
    margin: float
    attribute_weight: float


@dataclass(frozen=True)
class ClassCenters:
    """What is known of people when a batch is judged, as directions of length one, or zero for unknown.

    `everybody` (p, d) is where each person's photos lie, `own` (n, d) where the other photos lie of whoever
    each image of the batch shows.
    """

    everybody: Tensor
    own: Tensor


class Objective(nn.Module):
    """A network, and how much each of its mistakes counts; without `identity` it learns attributes alone."""

    def __init__(self, network: AttributeNetwork, identity: IdentityLoss | None) -> None:
        super().__init__()
        self.network = network
        self.identity = identity

    def forward(
        self, view: Tensor, labels: Tensor, people: Tensor, known: ClassCenters | None, margin_share: float
    ) -> Tensor:
        """The attributes' loss and the people's, as (2,); the latter is 0 where none are known.

        `view` float (n, 3, v, v), `labels` float (n, 40), not a number where unknown, `people` int (n,) from
        0, or `UNKNOWN`. The margin is multiplied by `margin_share`, which grows to 1 while the training
        begins.
        """
        logits, embeddings = self.network.see(view)
        with torch.autocast(view.device.type, enabled=False):
            attributes = functional.binary_cross_entropy_with_logits(
                logits.float(), labels.nan_to_num(), weight=(~labels.isnan()).float()
            )
            if known is None:
                return torch.stack([attributes, torch.zeros_like(attributes)])
            mistaken = self._mistaken(functional.normalize(embeddings.float()), people, known, margin_share)
            return torch.stack([attributes, mistaken])

    def total(self, losses: Tensor) -> Tensor:
        """The one number that is minimised, of what `forward` gives."""
        if self.identity is None:
            return losses[0]
        return self.identity.attribute_weight * losses[0] + losses[1]

    def _mistaken(
        self, embeddings: Tensor, people: Tensor, known: ClassCenters, margin_share: float
    ) -> Tensor:
        assert self.identity is not None
        margin = self.identity.margin * margin_share
        cosines = embeddings @ known.everybody.T
        numbers = people.clamp(min=0)
        cosines[torch.arange(len(people), device=people.device), numbers] = (embeddings * known.own).sum(
            dim=1
        ) - margin
        loss = functional.cross_entropy(cosines * self.identity.scale, numbers, reduction="none")
        # Only who was seen in another photo can be told. Divided by all images, so that nothing depends on
        # how these fall into batches.
        return (loss * ((people != UNKNOWN) & known.own.any(dim=1))).sum() / len(people)
