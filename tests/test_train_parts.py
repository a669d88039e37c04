"""The parts of a training: networks, recipes, augmentation, batches, export."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sentences import raises
from torch import nn

from semblante.celeba import PreparedManifest, PreparedSet
from semblante.errors import InvalidOption, SemblanteError
from semblante.labels import ATTRIBUTES
from semblante.metrics.verification import compare
from semblante.model.bundle import write_bundle
from semblante.model.face_model import FaceModel
from semblante.train import augmentation
from semblante.train.augmentation import augment, swap_backgrounds
from semblante.train.data_loader import Batch, DataLoader, derived_seed
from semblante.train.discriminant_scaling import DiscriminantScaling, fit_discriminant_scaling
from semblante.train.distributed import Distributed
from semblante.train.export import DeployedNetwork, check_export, embedding_agreement, quantise, to_onnx
from semblante.train.networks import (
    FACE_ACROSS,
    AttributeNetwork,
    Classic,
    FoveatedResampling,
    Modern,
    sampling_points,
)
from semblante.train.objective import UNKNOWN_PERSON, ClassCenters, IdentityLoss, MemoryBank, Objective
from semblante.train.optimizers import KerasRMSprop, Muon, orthogonal
from semblante.train.recipes import CLASSIC, MODERN, RECIPES, Recipe, choose

CPU = Distributed(torch.device("cpu"))


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
    assert network.embedding_size == 22 * 22 * 120
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


@pytest.mark.parametrize("recipe", list(RECIPES))
@pytest.mark.parametrize("side_px", [22, 50, 64])
def test_networks_take_any_side(recipe: str, side_px: int) -> None:
    made = RECIPES[recipe].network(side_px).eval()
    logits, embeddings = made(torch.rand(2, 3, side_px, side_px) * 255)
    assert logits.shape == (2, 40)
    assert embeddings.shape == (2, made.embedding_size)


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


def test_augmentation_without_limits_only_mirrors_and_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SHIFT", "TURN_RAD", "SCALE", "CONTRAST", "BRIGHTNESS", "SATURATION", "TINT"):
        monkeypatch.setattr(augmentation, name, 0.0)
    pixels = torch.rand(16, 3, 20, 20) * 255
    changed, resample = augment(pixels, 16, torch.Generator().manual_seed(1)), FoveatedResampling(20, 16)
    same = (changed - resample(pixels)).abs().amax(dim=(1, 2, 3)) < 0.05
    mirrored = (changed - resample(pixels.flip(3))).abs().amax(dim=(1, 2, 3)) < 0.05
    assert bool((same | mirrored).all())
    assert 0 < int(mirrored.sum()) < 16


def test_augmentation_follows_its_generator_and_keeps_the_range() -> None:
    pixels = torch.rand(8, 3, 20, 20) * 255
    first, again = (augment(pixels, 16, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, again)
    assert not torch.equal(first, augment(pixels, 16, torch.Generator().manual_seed(4)))
    assert float(first.min()) >= 0 and float(first.max()) <= 255


def _uniform_batch(count: int) -> Batch:
    """Image number i is of brightness i all over, shows person i, and has all attributes if i is odd."""
    numbers = torch.arange(float(count))
    pixels = numbers[:, None, None, None].expand(count, 3, 40, 40)
    return Batch(pixels, (numbers % 2)[:, None].expand(count, 40), numbers.long())


def test_a_face_on_another_background_is_still_whose_it_was() -> None:
    batch = _uniform_batch(32)
    swapped = swap_backgrounds(batch, 1.0, torch.Generator().manual_seed(1))
    face, around = swapped.pixels[:, 0, 24, 20], swapped.pixels[:, 0, 0, 0]
    torch.testing.assert_close(face, torch.arange(32.0), rtol=0, atol=0.01)
    assert torch.equal(swapped.people, batch.people)
    assert sorted(around.round().tolist()) == list(range(32)), "each surrounds one face"
    assert int((around.round() != face.round()).sum()) > 16

    def told(attribute: str) -> torch.Tensor:
        return swapped.labels[:, ATTRIBUTES.index(attribute)]

    assert torch.equal(told("Smiling"), batch.labels[:, 0])
    assert torch.equal(told("Wearing_Hat"), around.round() % 2)
    assert bool(told("Young").isnan().all()), "it is seen in both"


def test_a_share_of_a_batch_gets_other_backgrounds() -> None:
    batch = _uniform_batch(200)
    some, again = (swap_backgrounds(batch, 0.25, torch.Generator().manual_seed(2)) for _ in range(2))
    assert torch.equal(some.pixels, again.pixels), "the same by the same generator"
    changed = some.labels.isnan().any(dim=1)
    assert 30 < int(changed.sum()) < 70
    assert torch.equal(some.pixels[~changed], batch.pixels[~changed])
    assert torch.equal(some.labels[~changed], batch.labels[~changed])


@given(st.integers(64, 120), st.floats(0.15, 0.35), st.floats(0.65, 0.85))
def test_the_face_is_sampled_twice_as_densely(count: int, low: float, high: float) -> None:
    at = sampling_points(count, (low, high))
    steps, middles = np.diff(at), (at[1:] + at[:-1]) / 4 + 0.5
    assert -1 < at[0] < at[-1] < 1 and (steps > 0).all()
    on_face, beside = (
        (middles > low + 0.1) & (middles < high - 0.1),
        (middles < low - 0.1) | (middles > high + 0.1),
    )
    if on_face.any() and beside.any():
        assert steps[beside].mean() / steps[on_face].mean() == pytest.approx(2, rel=0.05)


def test_a_resampled_slope_is_the_slope_at_its_points() -> None:
    """A picture that grows brighter evenly tells where each pixel comes from."""
    slope = torch.arange(100.0).expand(1, 3, 100, 100)
    seen = FoveatedResampling(100, 40)(slope)[0, 0, 0].numpy()
    np.testing.assert_allclose(seen, (sampling_points(40, FACE_ACROSS) + 1) * 50 - 0.5, atol=1e-3)


@pytest.mark.parametrize(
    ("side_px", "resampled_px"), [(24, 24), (48, 48), (72, 48), (96, 64), (112, 64), (192, 128)]
)
def test_crops_are_resampled_to_two_thirds_and_no_less_than_48_pixels(
    side_px: int, resampled_px: int
) -> None:
    resampled = MODERN.network(side_px).resample(torch.zeros(1, 3, side_px, side_px))
    assert resampled.shape == (1, 3, resampled_px, resampled_px)


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
        answers, torch.zeros(len(people), 40), torch.tensor(people), centers, share
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
    loss = objective.weighted_sum(objective(given, labels, torch.tensor([UNKNOWN_PERSON]), None, 1.0))
    loss.backward()  # type: ignore[no-untyped-call]
    assert float(loss.detach()) == pytest.approx(math.log(2) * 39 / 40)
    assert given.grad is not None
    assert (given.grad[0, :40] != 0).tolist() == [number != 3 for number in range(40)]


def test_without_people_attributes_are_all() -> None:
    objective = Objective(Given(), None)
    losses = objective(torch.zeros(2, 42), torch.zeros(2, 40), torch.full((2,), UNKNOWN_PERSON), None, 1.0)
    assert float(objective.weighted_sum(losses)) == pytest.approx(math.log(2))
    assert not list(objective.parameters())


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


def _loader(count: int, distributed: Distributed = CPU) -> DataLoader:
    crops = np.zeros((count, 4, 4, 3), np.uint8)
    crops[:, 0, 0, 0] = np.arange(count)
    people = np.where(np.arange(count) % 3 == 0, -1, 100 + np.arange(count) % 5).astype(np.int32)
    data = PreparedSet(
        folder=Path(),
        images=crops,
        labels=np.zeros((count, 40), np.uint8),
        identities=people,
        splits=np.zeros(count, np.uint8),
        names=(),
        manifest=PreparedManifest(
            format="made up",
            terms="drawn",
            layout="official",
            count=count,
            counts={},
            people=None,
            side_px=4,
            frame=(178, 218),
            attributes=ATTRIBUTES,
            sha256="",
            sha256s={},
            sources={},
            fingerprint="",
            notes=(),
            skipped={},
        ),
    )
    return DataLoader.for_split(crops, data, "train", distributed)


@given(st.integers(1, 200), st.integers(1, 64), st.integers(0, 5))
def test_an_epoch_holds_every_row_once_in_even_batches(count: int, batch: int, epoch: int) -> None:
    batches = _loader(count).shuffled(batch, seed=1, epoch=epoch)
    assert sorted(torch.cat(batches).tolist()) == list(range(count))
    sizes = [len(rows) for rows in batches]
    assert max(sizes) <= batch and max(sizes) - min(sizes) <= 1


def test_processes_share_each_batch_and_validation() -> None:
    parts = [_loader(50, Distributed(CPU.device, rank, 2)) for rank in range(2)]
    for batch in _loader(50).shuffled(16, seed=1, epoch=2):
        shares = [part.distributed.shard(batch) for part in parts]
        assert sorted(torch.cat(shares).tolist()) == sorted(batch.tolist())
    positions = torch.cat([positions for part in parts for positions, _ in part.sequential()])
    assert sorted(positions.tolist()) == list(range(50))


def test_a_batch_keeps_pixels_and_rows_together() -> None:
    loader = _loader(10)
    batch = loader.batch(torch.tensor([7, 3, 2]))
    assert batch.pixels.shape == (3, 3, 4, 4) and batch.labels.shape == (3, 40)
    assert batch.pixels[:, 0, 0, 0].tolist() == [7, 3, 2]
    assert batch.pixels.is_contiguous(memory_format=torch.channels_last)
    assert loader.person_count == 5
    assert batch.people.tolist() == [2, UNKNOWN_PERSON, 2], "people 100 to 104 are numbered from 0"


def test_derived_seeds_tell_seed_from_step() -> None:
    pairs = [(seed, step) for seed in range(20) for step in range(20)]
    assert len({derived_seed(*pair) for pair in pairs}) == len(pairs)


@pytest.mark.parametrize("recipe", list(RECIPES))
def test_the_exported_network_is_the_trained_one(recipe: str, tmp_path: Path) -> None:
    torch.manual_seed(5)
    trained = RECIPES[recipe].network(32)
    trained.train()
    for _ in range(3):  # Running means of its own, so that evaluation differs from a fresh network's.
        trained(torch.rand(8, 3, 32, 32) * 255)
    crops = np.random.default_rng(0).integers(0, 256, (70, 32, 32, 3), dtype=np.uint8)
    content = to_onnx(DeployedNetwork(trained), 32)
    check_export(content, DeployedNetwork(trained), crops)

    manifest = {"geometry": {"side_px": 32}, "weights": {"embedding_size": trained.embedding_size}}
    scores = FaceModel(write_bundle(tmp_path, content, manifest))(crops)
    with torch.inference_mode():
        logits, embeddings = trained.eval()(torch.from_numpy(crops).permute(0, 3, 1, 2).float())
    np.testing.assert_allclose(scores.logits, logits.numpy(), atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(scores.embeddings, axis=1), 1, atol=1e-5)
    cosine = nn.functional.cosine_similarity(torch.from_numpy(scores.embeddings), embeddings)
    assert float(cosine.min()) > 0.99999


def test_flip_tta_gives_the_mean_of_a_crop_and_its_mirror_image(tmp_path: Path) -> None:
    torch.manual_seed(5)
    trained = Modern(32).eval()
    crops = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)
    deployed = DeployedNetwork(trained, flip_tta=True)
    content = to_onnx(deployed, 32)
    check_export(content, deployed, crops)
    manifest = {"geometry": {"side_px": 32}, "weights": {"embedding_size": trained.embedding_size}}
    network = FaceModel(write_bundle(tmp_path, content, manifest))
    there, back = network(crops), network(np.ascontiguousarray(crops[:, :, ::-1]))
    np.testing.assert_allclose(there.logits, back.logits, atol=1e-4)
    np.testing.assert_allclose(there.embeddings, back.embeddings, atol=1e-4)
    with torch.inference_mode():
        pixels = torch.from_numpy(crops).permute(0, 3, 1, 2).float()
        told = zip(trained(pixels), trained(pixels.flip(3)), strict=True)
        logits, embeddings = ((one + other) / 2 for one, other in told)
    np.testing.assert_allclose(there.logits, logits.numpy(), atol=1e-4)
    expected = nn.functional.normalize(embeddings, dim=1).numpy()
    np.testing.assert_allclose(there.embeddings, expected, atol=1e-4)


def test_an_export_scales_the_embeddings_before_they_get_their_length(tmp_path: Path) -> None:
    torch.manual_seed(5)
    trained = Modern(32).eval()
    crops = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)
    matrix = np.diag(np.linspace(0.1, 2, trained.embedding_size, dtype=np.float32))
    centre = np.linspace(-1, 1, trained.embedding_size, dtype=np.float32)
    content = to_onnx(DeployedNetwork(trained, scaling=DiscriminantScaling(centre, matrix)), 32)
    manifest = {"geometry": {"side_px": 32}, "weights": {"embedding_size": trained.embedding_size}}
    embeddings = FaceModel(write_bundle(tmp_path, content, manifest))(crops).embeddings
    with torch.inference_mode():
        plain = trained(torch.from_numpy(crops).permute(0, 3, 1, 2).float())[1]
    moved = (plain - torch.from_numpy(centre)) @ torch.from_numpy(matrix)
    expected = nn.functional.normalize(moved, dim=1).numpy()
    np.testing.assert_allclose(embeddings, expected, atol=1e-4)


def _people_along_some_axes(generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Unit embeddings (4000, 24) and whose they are: people lie apart along 6 axes, photos along all."""
    middles = generator.normal(size=(200, 24)) * ([1.0] * 6 + [0.05] * 18)
    identities = np.repeat(np.arange(200, dtype=np.int32), 20)
    embeddings = middles[identities] + generator.normal(size=(len(identities), 24)) * 0.5
    return (embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)).astype(np.float32), identities


def test_discriminant_scaling_tells_new_people_apart_better() -> None:
    generator = np.random.default_rng(3)
    scaling = fit_discriminant_scaling(*_people_along_some_axes(generator))
    assert scaling is not None
    matrix = scaling.matrix
    sizes = np.linalg.norm(matrix, axis=0)
    assert sizes[:6].min() > 1.5 * sizes[6:].max(), "the axes along which people lie apart count more"

    embeddings, identities = _people_along_some_axes(generator)
    rates = []
    for each in (embeddings, embeddings @ matrix):
        pairs = compare(each / np.linalg.norm(each, axis=1, keepdims=True), identities, 0.01)
        assert pairs is not None
        once = np.ones(pairs.people, np.float32)
        rates.append(pairs.true_accept_rate(once, pairs.threshold(once, 0.01)))
    assert rates[1] > 1.2 * rates[0]


def test_discriminant_scaling_draws_one_persons_photos_together_and_takes_the_mean_away() -> None:
    """People lie apart along all axes alike; one person's photos lie apart along the first six."""
    generator = np.random.default_rng(3)
    identities = np.repeat(np.arange(200, dtype=np.int32), 20)
    noise = generator.normal(size=(len(identities), 24)) * ([2.0] * 6 + [0.5] * 18)
    embeddings = (generator.normal(size=(200, 24))[identities] + noise + 3).astype(np.float32)
    scaling = fit_discriminant_scaling(embeddings, identities)
    assert scaling is not None
    np.testing.assert_allclose(scaling.centre, embeddings.mean(axis=0), atol=1e-3)
    sizes = np.linalg.norm(scaling.matrix, axis=0)
    assert 1.1 * sizes[:6].max() < sizes[6:].min()


def test_too_few_known_people_scale_nothing() -> None:
    embeddings = np.eye(6, dtype=np.float32)
    assert fit_discriminant_scaling(embeddings, np.array([0, 0, 7, 7, -1, -1], np.int32)) is None
    assert fit_discriminant_scaling(embeddings, np.full(6, -1, np.int32)) is None
    few = fit_discriminant_scaling(embeddings, np.array([0, 1, 2, 3, -1, -1], np.int32))
    assert few is not None and np.isfinite(few.matrix).all(), "fewer people than embeddings"


def test_an_export_that_differs_is_refused() -> None:
    torch.manual_seed(5)
    content = to_onnx(DeployedNetwork(Modern(32)), 32)
    with raises(SemblanteError, match="differs"):
        check_export(content, DeployedNetwork(Modern(32)), np.full((4, 32, 32, 3), 200, np.uint8))


def test_eight_bits_answer_nearly_alike_in_a_third_of_the_size() -> None:
    torch.manual_seed(5)
    network = Modern(64).eval()
    crops = np.random.default_rng(0).integers(0, 256, (16, 64, 64, 3), dtype=np.uint8)
    whole = to_onnx(DeployedNetwork(network), 64)
    small = quantise(whole, crops)
    assert len(small) < len(whole) / 3
    assert embedding_agreement(whole, small, crops) > 0.98
    assert embedding_agreement(whole, to_onnx(DeployedNetwork(Modern(64)), 64), crops) < 0.9, (
        "another network"
    )


def test_a_setting_of_nothing_is_not_the_default() -> None:
    with raises(InvalidOption, match="epochs 0"):
        choose("modern", 64, 0)
    with raises(InvalidOption, match="side 0"):
        choose("modern", 0)
