"""What a user may choose about a training, and whether it can work: said at once, without loading PyTorch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

from semblante.celeba import PreparedSet
from semblante.errors import EmptyDataset, InvalidOption, MissingDependency

MIN_SIDE_PX, MAX_SIDE_PX = 22, 512
MAX_SEED = 2**32 - 1
PACKAGES: Final = ("onnx", "onnxscript", "safetensors", "tensorboardX", "torch")
"""What the extra `train` installs."""
ADOPTION_PACKAGES: Final = ("onnx",)
"""What of them adopting an embedding network needs."""


@dataclass(frozen=True)
class Settings:
    """What a user may choose about a training; `choose` fills in the recipe's own values."""

    recipe: str
    side_px: int
    epochs: int
    seed: int


DEFAULTS: Final[Mapping[str, Settings]] = {
    each.recipe: each for each in (Settings("classic", 192, 10, 0), Settings("modern", 96, 40, 0))
}
"""Each recipe's own settings; the rest of it is in `recipes`."""
TAUGHT_DEFAULTS: Final[Mapping[str, Settings]] = {"modern": Settings("modern", 96, 32, 0)}
"""Those with teachers, of the recipes that learn from any. An epoch then shows blends as well."""


def choose(
    recipe: str,
    side_px: int | None = None,
    epochs: int | None = None,
    seed: int = 0,
    *,
    has_teachers: bool = False,
) -> Settings:
    """Settings for `recipe`, its own side and epochs where none are given.

    Raises `InvalidOption`: `unknown_recipe`, `recipe_without_teachers`, `side_out_of_range`, `too_few_epochs`
    or `seed_out_of_range`.
    """
    if recipe not in DEFAULTS:
        raise InvalidOption("unknown_recipe", recipe=recipe, known=list(DEFAULTS))
    if has_teachers and recipe not in TAUGHT_DEFAULTS:
        raise InvalidOption("recipe_without_teachers", recipe=recipe, known=list(TAUGHT_DEFAULTS))
    own = TAUGHT_DEFAULTS[recipe] if has_teachers else DEFAULTS[recipe]
    settings = Settings(
        recipe, own.side_px if side_px is None else side_px, own.epochs if epochs is None else epochs, seed
    )
    if not MIN_SIDE_PX <= settings.side_px <= MAX_SIDE_PX:
        raise InvalidOption(
            "side_out_of_range", side_px=settings.side_px, min_px=MIN_SIDE_PX, max_px=MAX_SIDE_PX
        )
    if settings.epochs < 1:
        raise InvalidOption("too_few_epochs", epochs=settings.epochs)
    if not 0 <= seed <= MAX_SEED:
        raise InvalidOption("seed_out_of_range", seed=seed, max=MAX_SEED)
    return settings


def check_data(data: PreparedSet, settings: Settings, processes: int = 1) -> None:
    """Raise `EmptyDataset` or `InvalidOption` where `settings` cannot be trained on `data` in `processes`."""
    train_rows, val_rows = data.rows("train"), data.rows("val")
    # Each process needs two images at a time: one image alone has no batch statistics.
    needed = 2 * processes
    if len(train_rows) < needed or not len(val_rows):
        raise EmptyDataset(
            "too_few_images", path=data.folder, train=len(train_rows), val=len(val_rows), needed=needed
        )
    if (data.labels[val_rows] == data.labels[val_rows[0]]).all():
        raise EmptyDataset("validation_labels_alike", path=data.folder)
    if settings.side_px > data.side_px:
        raise InvalidOption(
            "crops_too_small", path=data.folder, held_px=data.side_px, asked_px=settings.side_px
        )


def check_packages(packages: Sequence[str] = PACKAGES) -> None:
    """Raise `MissingDependency`, naming what of these is not installed. Nothing is loaded."""
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise MissingDependency("packages_missing", packages=missing, extra="train")
