"""The parts of a training: networks, recipes, augmentation, batches, export."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from semblante.bundle import write_bundle
from semblante.errors import BadSetting, SemblanteError
from semblante.network import Network
from semblante.train import augment as augmenting
from semblante.train.augment import augment
from semblante.train.device import Place
from semblante.train.export import check_export, to_onnx
from semblante.train.feed import Feed, mixed_seed
from semblante.train.networks import Classic, Modern
from semblante.train.optimizers import KerasRMSprop
from semblante.train.recipes import CLASSIC, MODERN, RECIPES, Recipe, choose

CPU = Place(torch.device("cpu"))


def test_classic_is_the_course_network() -> None:
    network = Classic(192)
    layers = [module for module in network.modules() if not list(module.children())]
    found = [
        (layer.out_channels, layer.kernel_size, layer.padding)
        if isinstance(layer, nn.Conv2d)
        else type(layer)
        for layer in layers
    ]
    assert found == [
        (40, (3, 3), (0, 0)),
        nn.ReLU,
        nn.MaxPool2d,
        (80, (3, 3), (0, 0)),
        nn.ReLU,
        nn.MaxPool2d,
        (120, (3, 3), (0, 0)),
        nn.ReLU,
        nn.MaxPool2d,
        nn.Flatten,
        nn.Linear,
        nn.ReLU,
        nn.Dropout,
        nn.Linear,
    ]
    assert network.feature_count == 22 * 22 * 120
    assert network.head.get_submodule("0").out_features == 64
    assert network.head.get_submodule("2").p == 0.2


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


@pytest.mark.parametrize("network", [Classic, Modern])
@pytest.mark.parametrize("side_px", [22, 50, 64])
def test_networks_take_any_side(network: type[Classic | Modern], side_px: int) -> None:
    made = network(side_px).eval()
    logits, features = made(torch.rand(2, 3, side_px, side_px) * 255)
    assert logits.shape == (2, 40)
    assert features.shape == (2, made.feature_count)


@given(st.floats(0, 20), st.integers(1, 20))
def test_modern_learning_rate_stays_within_its_peak(progress: float, epochs: int) -> None:
    rate = MODERN.learning_rate_at(min(progress, epochs), epochs)
    assert 0 <= rate <= MODERN.learning_rate
    assert MODERN.learning_rate_at(epochs, epochs) == pytest.approx(0.01 * MODERN.learning_rate)


@pytest.mark.parametrize(
    ("recipe", "images", "batch", "reason"),
    [
        (MODERN, 50_000, 128, "many images: the recipe's own batch"),
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
    with pytest.raises(BadSetting, match=named):
        choose(*values)  # type: ignore[arg-type]


def test_settings_are_the_recipes_own_where_none_are_given() -> None:
    assert choose("classic").side_px == RECIPES["classic"].side_px == 192


def test_augmentation_without_limits_only_mirrors(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SHIFT", "TURN_RAD", "SCALE", "CONTRAST", "BRIGHTNESS", "SATURATION"):
        monkeypatch.setattr(augmenting, name, 0.0)
    pixels = torch.rand(16, 3, 20, 20) * 255
    changed = augment(pixels, torch.Generator().manual_seed(1))
    same = (changed - pixels).abs().amax(dim=(1, 2, 3)) < 0.05
    mirrored = (changed - pixels.flip(3)).abs().amax(dim=(1, 2, 3)) < 0.05
    assert bool((same | mirrored).all())
    assert 0 < int(mirrored.sum()) < 16


def test_augmentation_follows_its_generator_and_keeps_the_range() -> None:
    pixels = torch.rand(8, 3, 20, 20) * 255
    first, again = (augment(pixels, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, again)
    assert not torch.equal(first, augment(pixels, torch.Generator().manual_seed(4)))
    assert float(first.min()) >= 0 and float(first.max()) <= 255


def _feed(count: int, place: Place = CPU) -> Feed:
    crops = np.zeros((count, 4, 4, 3), np.uint8)
    crops[:, 0, 0, 0] = np.arange(count)
    return Feed.of(crops, np.zeros((count, 40), np.uint8), np.arange(count), place)


@given(st.integers(1, 200), st.integers(1, 64), st.integers(0, 5))
def test_an_epoch_holds_every_row_once_in_even_batches(count: int, batch: int, epoch: int) -> None:
    batches = _feed(count).shuffled(batch, seed=1, epoch=epoch)
    assert sorted(torch.cat(batches).tolist()) == list(range(count))
    sizes = [len(rows) for rows in batches]
    assert max(sizes) <= batch and max(sizes) - min(sizes) <= 1


def test_processes_share_each_batch_and_validation() -> None:
    whole = _feed(50).shuffled(16, seed=1, epoch=2)
    parts = [_feed(50, Place(CPU.device, rank, 2)) for rank in range(2)]
    for batch, *shares in zip(whole, *(part.shuffled(16, 1, 2) for part in parts), strict=True):
        assert sorted(torch.cat(shares).tolist()) == sorted(batch.tolist())
    positions = torch.cat([positions for part in parts for positions, _, _ in part.in_order()])
    assert sorted(positions.tolist()) == list(range(50))


def test_a_batch_keeps_pixels_and_rows_together() -> None:
    pixels, labels = _feed(10).batch(torch.tensor([7, 2]))
    assert pixels.shape == (2, 3, 4, 4) and labels.shape == (2, 40)
    assert pixels[:, 0, 0, 0].tolist() == [7, 2]
    assert pixels.is_contiguous(memory_format=torch.channels_last)


def test_mixed_seeds_tell_seed_from_step() -> None:
    pairs = [(seed, step) for seed in range(20) for step in range(20)]
    assert len({mixed_seed(*pair) for pair in pairs}) == len(pairs)


@pytest.mark.parametrize("network", [Classic, Modern])
def test_the_exported_network_is_the_trained_one(network: type[Classic | Modern], tmp_path: Path) -> None:
    torch.manual_seed(5)
    trained = network(32)
    trained.train()
    for _ in range(3):  # Running means of its own, so that evaluation differs from a fresh network's.
        trained(torch.rand(8, 3, 32, 32) * 255)
    crops = np.random.default_rng(0).integers(0, 256, (70, 32, 32, 3), dtype=np.uint8)
    content = to_onnx(trained, 32)
    check_export(content, trained, crops)

    manifest = {"geometry": {"side_px": 32}, "weights": {"feature_count": trained.feature_count}}
    scores = Network(write_bundle(tmp_path, content, manifest))(crops)
    with torch.inference_mode():
        logits, features = trained.eval()(torch.from_numpy(crops).permute(0, 3, 1, 2).float())
    np.testing.assert_allclose(scores.logits, logits.numpy(), atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(scores.features, axis=1), 1, atol=1e-5)
    cosine = nn.functional.cosine_similarity(torch.from_numpy(scores.features), features)
    assert float(cosine.min()) > 0.99999


def test_an_export_that_differs_is_refused() -> None:
    torch.manual_seed(5)
    content = to_onnx(Modern(32), 32)
    with pytest.raises(SemblanteError, match="differs"):
        check_export(content, Modern(32), np.full((4, 32, 32, 3), 200, np.uint8))


def test_a_setting_of_nothing_is_not_the_default() -> None:
    with pytest.raises(BadSetting, match="epochs 0"):
        choose("modern", 64, 0)
    with pytest.raises(BadSetting, match="side 0"):
        choose("modern", 0)
