"""What each part of the recipe `modern` brings: trained short and small, whole, then with one part changed.

    python bench/ablations.py DATA [--people 0.25] [--epochs 5] [--side 96] [--out FOLDER] [VARIANT ...]

Every variant sees the same PEOPLE share of the training people, chosen by a fixed seed, in the same order.
It is validated on the whole validation split. Prints CSV, one line a variant: accuracy, balanced accuracy,
and the true accept rate of all validation pairs at a false accept rate of 0.1 %. The networks stay where
--out says, each in a folder named like its variant, for `bench/people.py`; else nowhere.

So short a training shows what helps at the start; what only prevents overfitting, such as augmentation, looks
worse here than it is.
"""

import argparse
import csv
import os
import sys
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

# As the command line sets it, before PyTorch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import AdamW, Optimizer

from semblante.celeba import PreparedSet, open_prepared
from semblante.train import (
    RECIPES,
    Settings,
    Teacher,
    choose,
    data_loader,
    finalize,
    loop,
    networks,
    step,
    train,
)
from semblante.train.discriminant_scaling import fit_discriminant_scaling
from semblante.train.distillation import Distillation
from semblante.train.networks import AttributeNetwork, Modern
from semblante.train.objective import ClassCenters, IdentityLoss, Objective
from semblante.train.recipes import MODERN, Recipe, decay_groups

SEED = 0
LIGHT = {name: getattr(data_loader, name) for name in ("CONTRAST", "BRIGHTNESS", "SATURATION", "TINT")}
"""How much `modern` changes light and colour."""


def _same(recipe: Recipe) -> Recipe:
    return recipe


def _adamw(model: nn.Module, learning_rate: float) -> Optimizer:
    return AdamW(decay_groups(list(model.parameters())), lr=learning_rate, fused=True)


def _evenly(recipe: Recipe) -> Recipe:
    networks.DENSITY = 1.0
    return recipe


def _half_the_light(recipe: Recipe) -> Recipe:
    for name, value in LIGHT.items():
        setattr(data_loader, name, value / 2)
    return recipe


class ResampledToHalf(Modern):
    """`Modern`, resampling to half of the crop's side instead of two thirds."""

    RESAMPLED_SHARE = 1 / 2


class MoreDropout(Modern):
    """`Modern`, with a dropout of 0.4 instead of 0.1 before the embeddings."""

    def __init__(self, side_px: int) -> None:
        super().__init__(side_px)
        self.embedding[0] = nn.Dropout(0.4)


class LastMapAlone(Modern):
    """`Modern`, whose embeddings do not see the finer map before the last stage."""

    def __init__(self, side_px: int) -> None:
        super().__init__(side_px)
        coarse = self.STAGES[-1][0]
        places = self.embedding.get_parameter("1.weight").shape[1] // (coarse + 4 * self.FINER)
        self.finer_map = nn.Sequential(Nothing(), nn.Flatten())
        self.embedding[1] = nn.Linear(coarse * places, self.EMBEDDING_SIZE, bias=False)


class SmallMapAlone(LastMapAlone):
    """That, with the last stage's map averaged to nine places."""

    MAX_MAP_SIDE = 3


class Nothing(nn.Module):
    """No channel of a map (n, c, s, s)."""

    def forward(self, maps: Tensor) -> Tensor:
        """(n, 0, s, s)."""
        return maps[:, :0]


class LearntCenters(Objective):
    """The loss of CosFace as published: a centre that is learnt for each person, and no memory bank."""

    people = 0

    def __init__(
        self,
        network: AttributeNetwork,
        identity: IdentityLoss | None,
        distillation: Distillation | None = None,
    ) -> None:
        super().__init__(network, identity, distillation)
        self.learnt_centers = nn.Parameter(torch.randn(self.people, network.embedding_size) * 0.01)

    def forward(
        self,
        resampled: Tensor,
        labels: Tensor,
        people: Tensor,
        centers: ClassCenters | None,  # noqa: ARG002
        margin_share: float,
        targets: Tensor | None,
    ) -> Tensor:
        """As `Objective`, whatever the memory bank holds."""
        everybody = functional.normalize(self.learnt_centers)
        own = everybody[people.clamp(min=0)]
        return super().forward(resampled, labels, people, ClassCenters(everybody, own), margin_share, targets)


def _learnt_centers(recipe: Recipe) -> Recipe:
    loop.Objective = LearntCenters  # type: ignore[attr-defined]
    return recipe


def _margin_at_once(recipe: Recipe) -> Recipe:
    step.MARGIN_WARM_UP = 1e-9
    return recipe


def _unscaled(recipe: Recipe) -> Recipe:
    finalize.fit_discriminant_scaling = _nothing  # type: ignore[assignment, attr-defined]
    return recipe


def _nothing(_embeddings: object, _identities: object) -> None:
    """No scaling."""


def _identity(**changes: float) -> Callable[[Recipe], Recipe]:
    """The recipe with other values of its `IdentityLoss`."""

    def changed(recipe: Recipe) -> Recipe:
        assert recipe.identity is not None
        return replace(recipe, identity=replace(recipe.identity, **changes))

    return changed


VARIANTS: dict[str, Callable[[Recipe], Recipe]] = {
    "modern": _same,
    "AdamW alone": lambda recipe: replace(recipe, optimizer=_adamw),
    "attributes alone": lambda recipe: replace(recipe, identity=None),
    "no foveated resampling": _evenly,
    "no background swap": lambda recipe: replace(recipe, background_swap_prob=0.0),
    "half the change of light": _half_the_light,
    "no augmentation": lambda recipe: replace(recipe, augment=False, background_swap_prob=0.0),
    "a centre learnt for each person": _learnt_centers,
    "full margin from the start": _margin_at_once,
    "no margin": _identity(margin=0.0),
    "attributes weigh four times as much": _identity(attribute_weight=80.0),
    "more dropout": lambda recipe: replace(recipe, network=MoreDropout),
    "embeddings from the last map alone": lambda recipe: replace(recipe, network=LastMapAlone),
    "embeddings from the last map in nine places": lambda recipe: replace(recipe, network=SmallMapAlone),
    "resampled to half the side": lambda recipe: replace(recipe, network=ResampledToHalf),
    "no flip TTA": lambda recipe: replace(recipe, flip_tta=False),
    "no discriminant scaling": _unscaled,
    "no moving average": lambda recipe: replace(recipe, ema_decay=0.0),
}


def fewer_people(data: PreparedSet, share: float) -> PreparedSet:
    """`data` with a share of its training people, and its whole validation split."""
    train_rows = data.rows("train")
    people = np.unique(data.identities[train_rows])
    kept = np.random.default_rng(SEED).permutation(people)[: round(share * len(people))]
    splits = data.splits.copy()
    # A split that nothing reads: the rows stay where they are.
    splits[train_rows[~np.isin(data.identities[train_rows], kept)]] = 2
    return replace(data, splits=splits)


def measure(
    data: PreparedSet, settings: Settings, out: Path | None, teachers: Sequence[Teacher] = ()
) -> dict[str, object]:
    """Train the recipe as it now stands and say how its kept epoch did on validation."""
    with tempfile.TemporaryDirectory(prefix="semblante-ablation-") as nowhere:
        manifest = train(data, out or Path(nowhere), settings, teachers=teachers).manifest
    found, evaluation = manifest["metrics"]["val"], manifest["metrics"]["val"]["evaluation"]
    rate = evaluation["verification"]["rates"][0]["true_accept_rate"]
    return {
        "train_images": manifest["data"]["train_images"],
        "epochs": settings.epochs,
        "accuracy": round(found["accuracy"], 4),
        "balanced_accuracy": round(found["balanced_accuracy"], 4),
        "true_accept_rate": rate and round(rate["value"], 4),
        "minutes": manifest["training"]["minutes"],
    }


def variant_options(
    parser: argparse.ArgumentParser, variants: Collection[str], epochs: int
) -> argparse.Namespace:
    """The command line of a bench that trains variants; without any named, it is all of them."""
    parser.add_argument("variants", nargs="*", metavar="VARIANT", help=", ".join(variants))
    parser.add_argument("--people", type=float, default=0.25)
    parser.add_argument("--epochs", type=int, default=epochs)
    parser.add_argument("--side", type=int, default=96)
    options = parser.parse_intermixed_args()
    if unknown := set(options.variants) - set(variants):
        parser.error(f"no variant {', '.join(sorted(unknown))}")
    options.variants = options.variants or list(variants)
    return options


def write_table(variants: Sequence[str], row_of: Callable[[str], dict[str, object]]) -> None:
    """Print CSV, the row of each variant as soon as it is measured."""
    table = csv.writer(sys.stdout, lineterminator="\n")
    for number, name in enumerate(variants):
        row = row_of(name)
        if not number:
            table.writerow(["variant", *row])
        table.writerow([name, *row.values()])
        sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path)
    options = variant_options(parser, VARIANTS, epochs=5)
    data = fewer_people(open_prepared(options.data), options.people)
    LearntCenters.people = len(np.unique(data.identities[data.rows("train")]))
    density, growth = networks.DENSITY, step.MARGIN_WARM_UP

    def row_of(name: str) -> dict[str, object]:
        networks.DENSITY, step.MARGIN_WARM_UP = density, growth
        finalize.fit_discriminant_scaling = fit_discriminant_scaling  # type: ignore[attr-defined]
        loop.Objective = Objective  # type: ignore[attr-defined]
        for setting, value in LIGHT.items():
            setattr(data_loader, setting, value)
        RECIPES["modern"] = VARIANTS[name](MODERN)
        settings = choose("modern", options.side, options.epochs)
        return measure(data, settings, options.out and options.out / name)

    write_table(options.variants, row_of)


if __name__ == "__main__":
    main()
