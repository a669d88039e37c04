"""What a training step is given: batches, and their random changes."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from semblante.celeba import PreparedManifest, PreparedSet
from semblante.labels import ATTRIBUTES
from semblante.train import data_loader
from semblante.train.data_loader import Batch, DataLoader, augment, derived_seed, swap_backgrounds
from semblante.train.distributed import Distributed
from semblante.train.networks import (
    FoveatedResampling,
)
from semblante.train.objective import UNKNOWN_PERSON

CPU = Distributed(torch.device("cpu"))


def test_augmentation_without_limits_only_mirrors_and_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SHIFT", "TURN_RAD", "SCALE", "CONTRAST", "BRIGHTNESS", "SATURATION", "TINT"):
        monkeypatch.setattr(data_loader, name, 0.0)
    pixels = torch.rand(16, 3, 20, 20) * 255
    changed, resample = augment(pixels, 16, torch.Generator().manual_seed(1)), FoveatedResampling(20, 16)
    same = (changed - resample(pixels)).abs().amax(dim=(1, 2, 3)) < 0.05
    flipped = (changed - resample(pixels.flip(3))).abs().amax(dim=(1, 2, 3)) < 0.05
    assert bool((same | flipped).all())
    assert 0 < int(flipped.sum()) < 16


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
    return Batch(pixels, (numbers % 2)[:, None].expand(count, 40), numbers.long(), None)


def test_a_face_on_another_background_is_still_whose_it_was() -> None:
    batch = _uniform_batch(32)
    result = swap_backgrounds(batch, 1.0, torch.Generator().manual_seed(1))
    face, around = result.pixels[:, 0, 24, 20], result.pixels[:, 0, 0, 0]
    torch.testing.assert_close(face, torch.arange(32.0), rtol=0, atol=0.01)
    assert torch.equal(result.people, batch.people)
    assert sorted(around.round().tolist()) == list(range(32)), "each surrounds one face"
    assert int((around.round() != face.round()).sum()) > 16

    def labels_of(attribute: str) -> torch.Tensor:
        return result.labels[:, ATTRIBUTES.index(attribute)]

    assert torch.equal(labels_of("Smiling"), batch.labels[:, 0])
    assert torch.equal(labels_of("Wearing_Hat"), around.round() % 2)
    assert bool(labels_of("Young").isnan().all()), "it is seen in both"


def test_a_share_of_a_batch_gets_other_backgrounds() -> None:
    batch = _uniform_batch(200)
    some, again = (swap_backgrounds(batch, 0.25, torch.Generator().manual_seed(2)) for _ in range(2))
    assert torch.equal(some.pixels, again.pixels), "the same by the same generator"
    changed = some.labels.isnan().any(dim=1)
    assert 30 < int(changed.sum()) < 70
    assert torch.equal(some.pixels[~changed], batch.pixels[~changed])
    assert torch.equal(some.labels[~changed], batch.labels[~changed])


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
