"""The loss that draws a network's embeddings to those of teachers, which saw the same pictures unchanged.

    embeddings (n, d) --linear map--> (n, t) --> distance: one less the cosine to the teachers' embedding
                                             --> relation: divergence from the teachers' cosines to anchors

The network sees the picture after it was changed, the teachers saw it before, so that it learns what a change
must not matter to. (Beyer et al., "Knowledge distillation: a good teacher is patient and consistent", 2022,
change both alike, and find long trainings to matter most.) The anchors are what the teachers see in people of
the training set: a softmax over the cosines to them weighs those that are near, which are the ones to be told
apart (Fang et al., "SEED: self-supervised distillation for visual representation", ICLR 2021).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

MAX_ANCHORS = 8192


@dataclass(frozen=True)
class DistillationLoss:
    """The weights of this loss and of the attributes' beside it; the share of the relation, and its scale."""

    weight: float
    attribute_weight: float
    relation_share: float
    scale: float


def anchors_of(targets: Tensor, people: Tensor) -> Tensor:
    """What teachers see in each person (k, t): the mean of the targets (n, t); of unknown ones, each.

    `people` int (n,) are numbered from 0, or negative where unknown. At most `MAX_ANCHORS`, at random.
    """
    known = people >= 0
    sums = torch.zeros(int(people.max()) + 1, targets.shape[1]).index_add_(0, people[known], targets[known])
    anchors = functional.normalize(torch.cat([sums, targets[~known]]))
    return anchors[torch.randperm(len(anchors), generator=torch.Generator().manual_seed(0))[:MAX_ANCHORS]]


class Distillation(nn.Module):
    """The map from a network's embeddings to the teachers', and its loss."""

    anchors: Tensor

    def __init__(self, loss: DistillationLoss, embedding_size: int, anchors: Tensor) -> None:
        """`anchors` float (k, t) are teachers' embeddings of length one."""
        super().__init__()
        self.loss = loss
        self.projection = nn.Linear(embedding_size, anchors.shape[1], bias=False)
        self.register_buffer("anchors", anchors, persistent=False)

    @property
    def target_size(self) -> int:
        """How long the teachers' embeddings are."""
        return self.projection.out_features

    def project(self, embeddings: Tensor) -> Tensor:
        """Of embeddings (n, d), what is compared with the teachers' (n, t), of length one."""
        return functional.normalize(self.projection(embeddings))

    def forward(self, embeddings: Tensor, targets: Tensor) -> Tensor:
        """The mean loss of embeddings (n, d) and the teachers' (n, t)."""
        projected = self.project(embeddings)
        distance = 1 - (projected * targets).sum(dim=1).mean()
        ours, theirs = (
            functional.log_softmax(self.loss.scale * each @ self.anchors.T, dim=1)
            for each in (projected, targets)
        )
        relation = functional.kl_div(ours, theirs, reduction="batchmean", log_target=True)
        return distance + self.loss.relation_share * relation
