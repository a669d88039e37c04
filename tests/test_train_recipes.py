"""The recipes of a training: their optimisers, learning rates and settings."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sentences import raises

from semblante.errors import InvalidOption
from semblante.train.networks import (
    Classic,
    Modern,
)
from semblante.train.objective import IdentityLoss, Objective
from semblante.train.optimizers import KerasRMSprop, Muon, orthogonal
from semblante.train.recipes import CLASSIC, MODERN, RECIPES, Recipe
from semblante.train.settings import choose


def test_classic_is_trained_as_in_the_course() -> None:
    optimizer = CLASSIC.optimizer(Classic(32), CLASSIC.learning_rate)
    assert isinstance(optimizer, KerasRMSprop)
    assert (optimizer.defaults["lr"], optimizer.defaults["rho"]) == (1e-3, 0.9)
    assert not CLASSIC.augment
    assert CLASSIC.learning_rate_at(7.3, epochs=10) == 1e-3


def test_rmsprop_follows_keras_step_by_step() -> None:
    weight = torch.nn.Parameter(torch.tensor([1.0, -2.0]))
    optimizer = KerasRMSprop([weight], learning_rate=0.1)
    expected, mean_square = [1.0, -2.0], [0.0, 0.0]
    # The second gradient is small enough for the place of epsilon to matter.
    for gradients in ([0.5, 1e-4], [-0.25, 2e-4], [0.1, 1e-5]):
        weight.grad = torch.tensor(gradients)
        optimizer.step()
        for k, gradient in enumerate(gradients):
            mean_square[k] = 0.9 * mean_square[k] + 0.1 * gradient**2
            expected[k] -= 0.1 * gradient / (mean_square[k] + 1e-7) ** 0.5
    assert weight.tolist() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("shape", [(8, 40), (40, 8), (16, 16)])
def test_a_matrix_is_made_orthogonal(shape: tuple[int, int]) -> None:
    # Ten times as much in some directions as in others, as gradients have it.
    generator = torch.Generator().manual_seed(0)
    matrix = torch.randn(shape, generator=generator) * torch.logspace(0, 1, shape[1])
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    made = orthogonal(matrix)
    values = torch.linalg.svdvals(made)
    # The polynomial brings them near 1, not to it (Jordan et al. 2024).
    assert 0.5 < values.min() < values.max() < 1.3
    assert torch.nn.functional.cosine_similarity(made.flatten(), (left @ right).flatten(), dim=0) > 0.97
    assert orthogonal(torch.zeros(shape)).abs().max() == 0


def test_muon_turns_what_is_normalised_and_leaves_the_rest_to_adamw() -> None:
    torch.manual_seed(0)
    model = Objective(Modern(48), IdentityLoss(scale=30.0, margin=0.3, attribute_weight=10.0))
    optimizer = MODERN.optimizer(model, 1e-3)
    assert isinstance(optimizer, Muon)
    before = {name: value.detach().clone() for name, value in model.named_parameters()}
    for name, parameter in model.named_parameters():
        parameter.grad = torch.randn_like(parameter)
        if name == "network.trunk.0.0.0.weight":
            parameter.grad.zero_()  # No direction to turn to.
    optimizer.step()
    for name, parameter in model.named_parameters():
        after, length = parameter.detach(), float(before[name].norm())
        moved = after - before[name]
        if name == "network.trunk.0.0.0.weight":
            assert float(moved.norm()) <= 1e-6 * length
        elif parameter.ndim == 4 or name == "network.embedding.1.weight":
            assert float(after.norm()) == pytest.approx(length, rel=1e-5)
            assert float(moved.norm()) == pytest.approx(12.5e-3 * length, rel=0.02)
        else:
            # AdamW's first step moves each number by the learning rate.
            assert float(moved.abs().max()) == pytest.approx(1e-3, rel=0.2)


@given(st.floats(0, 20), st.integers(1, 20))
def test_modern_learning_rate_stays_within_its_peak(progress: float, epochs: int) -> None:
    rate = MODERN.learning_rate_at(min(progress, epochs), epochs)
    assert 0 <= rate <= MODERN.learning_rate
    assert MODERN.learning_rate_at(epochs, epochs) == pytest.approx(0.01 * MODERN.learning_rate)


@pytest.mark.parametrize(
    ("recipe", "images", "batch", "reason"),
    [
        (MODERN, 50_000, 256, "many images: the recipe's own batch"),
        (MODERN, 3_200, 64, "fewer: fifty steps an epoch"),
        (MODERN, 100, 32, "very few: not below the smallest batch"),
        (CLASSIC, 100, 32, "the course's recipe is kept for any set"),
        (CLASSIC, 50_000, 32, "the course's recipe is kept for any set"),
    ],
)
def test_small_sets_get_smaller_batches(recipe: Recipe, images: int, batch: int, reason: str) -> None:
    fitted = recipe.for_images(images)
    assert fitted.batch == batch, reason
    assert (fitted.learning_rate / recipe.learning_rate) ** 2 == pytest.approx(batch / recipe.batch), reason


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (("fancy",), "fancy"),
        (("classic", 8), "8"),
        (("classic", 64, -1), "-1"),
        (("modern", 64, 3, -5), "-5"),
    ],
)
def test_settings_that_cannot_work_are_refused(values: tuple[object, ...], named: str) -> None:
    with raises(InvalidOption, match=named):
        choose(*values)  # type: ignore[arg-type]


def test_settings_are_the_recipes_own_where_none_are_given() -> None:
    assert choose("classic").side_px == RECIPES["classic"].side_px == 192


def test_a_setting_of_nothing_is_not_the_default() -> None:
    with raises(InvalidOption, match="epochs 0"):
        choose("modern", 64, 0)
    with raises(InvalidOption, match="side 0"):
        choose("modern", 0)
