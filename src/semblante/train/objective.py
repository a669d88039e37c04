"""What a training minimises: wrong attributes, and where people are known, mistaking one for another.

Attributes: binary cross-entropy, the mean over images and the 40 outputs. People: softmax over everybody in
the training set with an additive cosine margin (CosFace, Wang et al. 2018). Each person is a direction that
the features of her photos must be nearer to than any other, by the margin.
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


class Objective(nn.Module):
    """A network and, where people are to be learnt, one direction for each of them."""

    def __init__(self, network: AttributeNetwork, identity: IdentityLoss | None, people: int) -> None:
        super().__init__()
        self.network = network
        self.identity = identity if people else None
        if self.identity:
            self.directions = nn.Parameter(torch.randn(people, network.feature_count) * 0.01)

    def forward(self, view: Tensor, labels: Tensor, people: Tensor, margin_share: float) -> Tensor:
        """The attributes' loss and the people's, as (2,); the latter is 0 where none are known.

        `view` float (n, 3, v, v), `labels` float (n, 40), `people` int (n,) from 0, or `UNKNOWN`. The margin
        is multiplied by `margin_share`, which grows to 1 while the training begins.
        """
        logits, features = self.network.see(view)
        with torch.autocast(view.device.type, enabled=False):
            attributes = functional.binary_cross_entropy_with_logits(logits.float(), labels)
            if self.identity is None:
                return torch.stack([attributes, torch.zeros_like(attributes)])
            return torch.stack([attributes, self._mistaken(features.float(), people, margin_share)])

    def total(self, losses: Tensor) -> Tensor:
        """The one number that is minimised, of what `forward` gives."""
        if self.identity is None:
            return losses[0]
        return self.identity.attribute_weight * losses[0] + losses[1]

    def _mistaken(self, features: Tensor, people: Tensor, margin_share: float) -> Tensor:
        assert self.identity is not None
        known = people != UNKNOWN
        numbers = people.clamp(min=0)
        # Divided by their lengths afterwards: the same cosines, with half the passes over the directions.
        # A product with the reciprocal is faster to go back through than a quotient.
        logits = (functional.normalize(features) * self.identity.scale) @ self.directions.T
        logits = logits * torch.linalg.vector_norm(self.directions, dim=1).reciprocal()
        margin = self.identity.scale * self.identity.margin * margin_share
        logits[torch.arange(len(logits), device=logits.device), numbers] -= margin
        loss = functional.cross_entropy(logits, numbers, reduction="none")
        # Divided by all images, so that nothing depends on how the known ones fall into batches.
        return (loss * known).sum() / len(known)
