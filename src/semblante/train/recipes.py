"""The recipes of model 1: which network, and how it is trained. What they share is in `loop.py`.

`classic` is the course's, kept exactly. `modern` is ours.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import pairwise
from typing import Any, Final

from torch import nn
from torch.optim import Optimizer

from semblante.errors import InvalidOption
from semblante.i18n import tr
from semblante.train.networks import AttributeNetwork, Classic, Modern
from semblante.train.objective import IdentityLoss
from semblante.train.optimizers import KerasRMSprop, Muon

SMALLEST_BATCH = 32
FEWEST_STEPS = 50
"""An epoch has at least so many steps, unless that needs batches below the smallest."""
SMALLEST_SIDE_PX, LARGEST_SIDE_PX = 22, 512


@dataclass(frozen=True)
class Recipe:
    """One way to train. `average_decay` keeps a running mean of the weights; 0 keeps none.

    `warm_up` and then a cosine shape the learning rate; without `warm_up` it stays constant.
    `swapped` is the share of images whose face is seen among another's surroundings.
    `patience` is how many epochs without a better one end the training early; a cosine is run to its end.
    `identity` is how people are learnt where they are known; None learns attributes only.
    `reduced` computes in bfloat16 where the processor does, and ships weights and activations of 8 bits.
    `mirrored` ships a network that looks at each crop and at its mirror image.
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
    swapped: float = 0.0
    average_decay: float = 0.0
    patience: int | None = None
    identity: IdentityLoss | None = None
    reduced: bool = False
    mirrored: bool = False

    def plain(self) -> dict[str, Any]:
        """Its values by name, what is code left out."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        plain = {name: value for name, value in values.items() if not callable(value)}
        return {**plain, "identity": asdict(self.identity)} if self.identity else plain

    def for_images(self, count: int) -> "Recipe":
        """The recipe for `count` training images: a small set gets smaller batches, so that steps are enough.

        The learning rate follows the square root of the batch (Krizhevsky, "One weird trick", 2014).
        """
        batch = min(self.batch, max(SMALLEST_BATCH, count // FEWEST_STEPS))
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
    turned = [
        layer.weight
        for chain in model.modules()
        if isinstance(chain, nn.Sequential)
        for layer, after in pairwise(chain)
        if isinstance(layer, nn.Conv2d | nn.Linear) and isinstance(after, nn.BatchNorm1d | nn.BatchNorm2d)
    ]
    left = [
        parameter for parameter in model.parameters() if not any(parameter is weight for weight in turned)
    ]
    return Muon(turned, decay_groups(left), learning_rate, turn=12.5)


def decay_groups(parameters: Sequence[nn.Parameter]) -> list[dict[str, Any]]:
    """The parameters as AdamW takes them: weight decay is for weights, not for scales and biases."""
    return [
        {"params": [parameter for parameter in parameters if parameter.ndim > 1], "weight_decay": 0.05},
        {"params": [parameter for parameter in parameters if parameter.ndim <= 1], "weight_decay": 0.0},
    ]


CLASSIC: Final = Recipe(
    name="classic",
    side_px=192,
    epochs=10,
    batch=32,
    learning_rate=1e-3,
    network=Classic,
    optimizer=_rmsprop,
    patience=3,
)
MODERN: Final = Recipe(
    name="modern",
    side_px=96,
    epochs=40,
    batch=256,
    learning_rate=4e-3,
    network=Modern,
    optimizer=_muon,
    warm_up_epochs=1.0,
    augment=True,
    swapped=0.5,
    average_decay=0.996,
    identity=IdentityLoss(scale=30.0, margin=0.3, attribute_weight=20.0),
    reduced=True,
    mirrored=True,
)
RECIPES: Final = {recipe.name: recipe for recipe in (CLASSIC, MODERN)}


@dataclass(frozen=True)
class Settings:
    """What a user may choose about a training; `choose` fills in the recipe's own values."""

    recipe: str
    side_px: int
    epochs: int
    seed: int


def choose(recipe: str, side_px: int | None = None, epochs: int | None = None, seed: int = 0) -> Settings:
    """Settings for `recipe`, its own side and epochs where none are given. Raises `BadSetting`."""
    if recipe not in RECIPES:
        raise InvalidOption(
            tr(
                "there is no recipe {recipe!r}; choose one of: {known}",
                recipe=recipe,
                known=", ".join(RECIPES),
            )
        )
    base = RECIPES[recipe]
    settings = Settings(
        recipe, base.side_px if side_px is None else side_px, base.epochs if epochs is None else epochs, seed
    )
    if not SMALLEST_SIDE_PX <= settings.side_px <= LARGEST_SIDE_PX:
        raise InvalidOption(tr("side {side}: choose one from 22 to 512 pixels", side=settings.side_px))
    if settings.epochs < 1:
        raise InvalidOption(tr("epochs {epochs}: choose 1 or more", epochs=settings.epochs))
    if not 0 <= seed < 2**32:
        raise InvalidOption(tr("seed {seed}: choose one from 0 to 4294967295", seed=seed))
    return settings
