"""The recipes of model 1: which network, and how it is trained. What they share is in `loop`.

`classic` is the course's, kept exactly. `modern` is ours.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from itertools import pairwise
from typing import Any, Final

import numpy as np
from torch import nn
from torch.optim import Optimizer

from semblante.celeba import PreparedSet
from semblante.errors import Reason
from semblante.labels import ATTRIBUTES
from semblante.train.distillation import DistillationLoss
from semblante.train.networks import AttributeNetwork, Classic, Modern
from semblante.train.objective import IdentityLoss
from semblante.train.optimizers import KerasRMSprop, Muon
from semblante.train.settings import DEFAULTS, TAUGHT_DEFAULTS, Settings

MIN_BATCH = 32
MIN_STEPS = 50
"""An epoch has at least so many steps, unless that needs batches below `MIN_BATCH`."""


@dataclass(frozen=True)
class Recipe:
    """One way to train.

    `warm_up_epochs` and then a cosine shape the learning rate; without a warm-up it stays constant.
    `light_share` is that of the limits by which `augment` changes light and colour.
    `background_swap_prob` is the probability that an image gets another one's background.
    `ema_decay` is that of the exponential moving average of the weights; 0 keeps none.
    `patience` is how many epochs without a better one end the training early; a cosine is run to its end.
    `identity` is the loss of people where they are known, `distillation` that of teachers; without both it
    learns attributes only.
    `mixed_precision` computes in bfloat16 where the device has instructions for it.
    `int8` ships weights and activations of 8 bits. `flip_tta` ships a network that averages each crop and its
    mirror image.
    """

    name: str
    side_px: int
    epochs: int
    batch: int
    learning_rate: float
    network: Callable[[int], AttributeNetwork]
    optimizer: Callable[[nn.Module, float], Optimizer]
    warm_up_epochs: float | None = None
    augment: bool = False
    light_share: float = 1.0
    background_swap_prob: float = 0.0
    ema_decay: float = 0.0
    patience: int | None = None
    identity: IdentityLoss | None = None
    distillation: DistillationLoss | None = None
    mixed_precision: bool = False
    int8: bool = False
    flip_tta: bool = False

    def as_json(self) -> dict[str, Any]:
        """Its values by name, for JSON; the network and the optimiser, which are code, are left out."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        plain = {name: value for name, value in values.items() if not callable(value)}
        losses = {"identity": self.identity, "distillation": self.distillation}
        return plain | {name: asdict(loss) for name, loss in losses.items() if loss}

    def for_images(self, count: int) -> "Recipe":
        """The recipe for `count` training images: a small set gets smaller batches, so that steps are enough.

        The learning rate follows the square root of the batch (Krizhevsky, "One weird trick", 2014).
        """
        batch = min(self.batch, max(MIN_BATCH, count // MIN_STEPS))
        return replace(self, batch=batch, learning_rate=self.learning_rate * math.sqrt(batch / self.batch))

    def learning_rate_at(self, progress_epochs: float, epochs: int) -> float:
        """The learning rate after `progress_epochs` (a fraction, too) of `epochs`."""
        if self.warm_up_epochs is None:
            return self.learning_rate
        warm_up_epochs = min(self.warm_up_epochs, epochs / 4)
        if progress_epochs < warm_up_epochs:
            return self.learning_rate * progress_epochs / warm_up_epochs
        done = (progress_epochs - warm_up_epochs) / (epochs - warm_up_epochs)
        return self.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done)))


def _rmsprop(model: nn.Module, learning_rate: float) -> Optimizer:
    return KerasRMSprop(model.parameters(), learning_rate)


def _muon(model: nn.Module, learning_rate: float) -> Optimizer:
    normalised = [
        layer.weight
        for chain in model.modules()
        if isinstance(chain, nn.Sequential)
        for layer, after in pairwise(chain)
        if isinstance(layer, nn.Conv2d | nn.Linear) and isinstance(after, nn.BatchNorm1d | nn.BatchNorm2d)
    ]
    others = [
        parameter for parameter in model.parameters() if not any(parameter is weight for weight in normalised)
    ]
    return Muon(normalised, decay_groups(others), learning_rate, turn=12.5)


def decay_groups(parameters: Sequence[nn.Parameter]) -> list[dict[str, Any]]:
    """The parameters as AdamW takes them: weight decay is for weights, not for scales and biases."""
    return [
        {"params": [parameter for parameter in parameters if parameter.ndim > 1], "weight_decay": 0.05},
        {"params": [parameter for parameter in parameters if parameter.ndim <= 1], "weight_decay": 0.0},
    ]


CLASSIC: Final = Recipe(
    name="classic",
    side_px=DEFAULTS["classic"].side_px,
    epochs=DEFAULTS["classic"].epochs,
    batch=32,
    learning_rate=1e-3,
    network=Classic,
    optimizer=_rmsprop,
    patience=3,
)
MODERN: Final = Recipe(
    name="modern",
    side_px=DEFAULTS["modern"].side_px,
    epochs=DEFAULTS["modern"].epochs,
    batch=256,
    learning_rate=4e-3,
    network=Modern,
    optimizer=_muon,
    warm_up_epochs=1.0,
    augment=True,
    background_swap_prob=0.5,
    ema_decay=0.996,
    identity=IdentityLoss(scale=30.0, margin=0.3, attribute_weight=20.0),
    mixed_precision=True,
    int8=True,
    flip_tta=True,
)
RECIPES: Final = {recipe.name: recipe for recipe in (CLASSIC, MODERN)}
TAUGHT_RECIPES: Final = {
    "modern": replace(
        MODERN,
        epochs=TAUGHT_DEFAULTS["modern"].epochs,
        learning_rate=3e-3,
        network=partial(Modern, dropout=0.0),
        light_share=0.5,
        background_swap_prob=0.0,
        identity=None,
        distillation=DistillationLoss(weight=75.0, attribute_weight=150.0, relation_share=0.13, scale=15.0),
    )
}
"""The recipes with teachers.

They know people better than the labels do, so those are left out. What they say of a picture is rich and does
not depend on its background, so that what prevents learning a few pictures by heart hinders here.
"""


def recipe_of(settings: Settings, has_teachers: bool) -> Recipe:
    """The recipe that `settings` name."""
    return (TAUGHT_RECIPES if has_teachers else RECIPES)[settings.recipe]


def dataset_warnings(data: PreparedSet, settings: Settings, has_teachers: bool = False) -> list[Reason]:
    """What `data` lacks for a training with `settings`, to be told before it begins.

    `constant_attributes` (`attributes`: names in CelebA's spelling that all training images share or lack),
    `no_known_people`, `one_known_person`.
    """
    rows = data.rows("train")
    if not len(rows):  # `train` refuses that.
        return []
    shares = data.labels[rows].mean(axis=0)
    constant = [name for name, share in zip(ATTRIBUTES, shares, strict=True) if share in (0, 1)]
    warnings = [Reason("constant_attributes", {"attributes": constant})] if constant else []
    if recipe_of(settings, has_teachers).identity is not None:
        people = np.unique(data.identities[rows][data.identities[rows] >= 0])
        if not len(people):
            warnings.append(Reason("no_known_people"))
        elif len(people) == 1:
            warnings.append(Reason("one_known_person"))
    return warnings
