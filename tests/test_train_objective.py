"""What a training minimises: the losses, and the memory bank."""

import math

import pytest
import torch
from torch import nn

from semblante.train.distillation import Distillation, DistillationLoss, anchors_of
from semblante.train.networks import AttributeNetwork
from semblante.train.objective import (
    UNKNOWN_PERSON,
    ClassCenters,
    IdentityLoss,
    MemoryBank,
    Objective,
)

IDENTITY = IdentityLoss(scale=8.0, margin=0.5, attribute_weight=3.0)


class Given(AttributeNetwork):
    """A network whose answers are given: its "pixels" are logits and embeddings side by side."""

    embedding_size = 2

    def __init__(self) -> None:
        super().__init__(0.0, 1.0)
        self.trunk = nn.Identity()

    def heads(self, code: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return code[:, :40], code[:, 40:]


def _losses(embeddings: list[list[float]], people: list[int], share: float) -> torch.Tensor:
    everybody = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    centers = ClassCenters(everybody, own=everybody[people])
    objective = Objective(Given(), IDENTITY)
    answers = torch.cat([torch.zeros(len(people), 40), torch.tensor(embeddings)], dim=1)
    losses: torch.Tensor = objective(
        answers, torch.zeros(len(people), 40), torch.tensor(people), centers, share, None
    )
    total = objective.weighted_sum(losses).detach()
    assert float(total) == pytest.approx(float((3 * losses[0] + losses[1]).detach()))
    return losses


@pytest.mark.parametrize(
    ("embeddings", "people", "share", "expected", "reason"),
    [
        (
            [[5.0, 0.0]],
            [0],
            1.0,
            math.log1p(2 * math.exp(-8 * 0.5)),
            "cosines 1, 0 and 0, the margin taken off the 1",
        ),
        ([[5.0, 0.0]], [0], 0.5, math.log1p(2 * math.exp(-8 * 0.75)), "half of the margin"),
        (
            [[5.0, 0.0]],
            [1],
            1.0,
            8 * 1.5 + math.log1p(math.exp(-8 * 1.5) + math.exp(-8 * 1.0)),
            "mistaken",
        ),
        (
            [[5.0, 0.0], [1.0, 1.0]],
            [0, UNKNOWN_PERSON],
            1.0,
            math.log1p(2 * math.exp(-4)) / 2,
            "one of two is unknown",
        ),
        ([[5.0, 0.0]], [2], 1.0, 0.0, "never seen in another photo"),
        ([[1.0, 1.0]], [UNKNOWN_PERSON], 1.0, 0.0, "nobody is known"),
    ],
)
def test_the_loss_of_who_is_who(
    embeddings: list[list[float]], people: list[int], share: float, expected: float, reason: str
) -> None:
    losses = _losses(embeddings, people, share)
    assert float(losses[0].detach()) == pytest.approx(math.log(2)), reason
    assert float(losses[1].detach()) == pytest.approx(expected, rel=1e-4), reason


def test_an_unknown_label_teaches_nothing() -> None:
    objective = Objective(Given(), None)
    labels = torch.zeros(1, 40)
    labels[0, 3] = math.nan
    given = torch.zeros(1, 42, requires_grad=True)
    loss = objective.weighted_sum(objective(given, labels, torch.tensor([UNKNOWN_PERSON]), None, 1.0, None))
    loss.backward()  # type: ignore[no-untyped-call]
    assert float(loss.detach()) == pytest.approx(math.log(2) * 39 / 40)
    assert given.grad is not None
    assert (given.grad[0, :40] != 0).tolist() == [number != 3 for number in range(40)]


def test_without_people_attributes_are_all() -> None:
    objective = Objective(Given(), None)
    losses = objective(
        torch.zeros(2, 42), torch.zeros(2, 40), torch.full((2,), UNKNOWN_PERSON), None, 1.0, None
    )
    assert float(objective.weighted_sum(losses)) == pytest.approx(math.log(2))
    assert not list(objective.parameters())


def test_what_a_teacher_sees_draws_a_map_of_the_embeddings() -> None:
    weights = DistillationLoss(weight=5.0, attribute_weight=2.0, relation_share=0.5, scale=4.0)
    distillation = Distillation(weights, 2, anchors=torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]))
    with torch.no_grad():
        distillation.projection.weight.copy_(torch.tensor([[2.0, 0.0], [0.0, 2.0], [0.0, 0.0]]))
    objective = Objective(Given(), None, distillation)
    given = torch.cat([torch.zeros(2, 40), torch.tensor([[1.0, 0.0], [0.0, 4.0]])], dim=1)
    targets, nobody = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]), torch.full((2,), UNKNOWN_PERSON)
    losses = objective(given, torch.zeros(2, 40), nobody, None, 1.0, targets).detach()
    # The first is right. The second is as far from both anchors, where the teacher is at one of them.
    sure = 1 / (1 + math.exp(-4.0))
    relation = sure * math.log(sure / 0.5) + (1 - sure) * math.log((1 - sure) / 0.5)
    assert losses.tolist() == pytest.approx([math.log(2), 0.0, 0.5 + 0.5 * relation / 2])
    assert float(objective.weighted_sum(losses)) == pytest.approx(2 * math.log(2) + 5 * float(losses[2]))


def test_anchors_are_people_and_images_of_unknown_ones() -> None:
    targets = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8], [-1.0, 0.0]])
    anchors = anchors_of(targets, torch.tensor([0, 0, UNKNOWN_PERSON, 1]))
    expected = [[-1.0, 0.0], [0.6, 0.8], [math.sqrt(0.5), math.sqrt(0.5)]]
    assert sorted(anchors.tolist()) == [pytest.approx(each) for each in expected]


def test_the_memory_bank_compares_a_photo_with_the_persons_other_photos() -> None:
    memory = MemoryBank(torch.tensor([0, 1, 0, 0, UNKNOWN_PERSON]), person_count=2, embedding_size=2)
    rows = torch.arange(5)
    assert not memory.centers().any() and not memory.centers_without(rows).any(), "nothing was seen yet"

    memory.update(torch.tensor([0, 4]), torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
    assert memory.centers().tolist() == [[1, 0], [0, 0]], "row 4 shows nobody known"
    assert memory.centers_without(torch.tensor([0, 2])).tolist() == [[0, 0], [1, 0]], "row 0 has none"

    memory.update(torch.tensor([1, 2, 3]), torch.tensor([[0.0, 1.0], [0.0, 1.0], [0.0, 1.0]]))
    memory.update(torch.tensor([0]), torch.tensor([[0.0, -1.0]]))
    torch.testing.assert_close(memory.centers(), torch.tensor([[0.0, 1.0], [0.0, 1.0]]))
    others = memory.centers_without(torch.tensor([0, 1]))
    torch.testing.assert_close(others, torch.tensor([[0.0, 1.0], [0.0, 0.0]]))
    torch.testing.assert_close(
        memory.centers_without(torch.tensor([2])), torch.zeros(1, 2), msg="its two others are opposites"
    )


def test_a_restored_memory_bank_is_the_same() -> None:
    people = torch.tensor([0, 1, 0])
    memory, again = (MemoryBank(people, person_count=2, embedding_size=3) for _ in range(2))
    memory.update(torch.arange(3), torch.eye(3))
    again.load_state_dict(memory.state_dict())
    assert torch.equal(again.centers(), memory.centers())
    assert torch.equal(again.centers_without(torch.arange(3)), memory.centers_without(torch.arange(3)))
