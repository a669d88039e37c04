"""Whole trainings on drawn faces: what they leave, refuse, warn of, and learn."""

import csv
import dataclasses
import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file
from sentences import raises
from tensorboardX.proto.event_pb2 import Event as Point
from torch import Tensor

from semblante.celeba import PreparedSet
from semblante.cli.train import warning_text
from semblante.errors import (
    EmptyDataset,
    InvalidOption,
    Locked,
    SettingsMismatch,
    TrainingDiverged,
)
from semblante.files import exclusive_lock, sha256_of
from semblante.i18n import describe
from semblante.model.bundle import Bundle
from semblante.train import RECIPES, Settings, choose, dataset_warnings, train
from semblante.train.checkpoint import CHECKPOINT_NAME
from semblante.train.recipes import CLASSIC, MIN_BATCH
from semblante.train.step import TrainingStep

pytestmark = pytest.mark.slow


def test_a_finished_training_leaves_bundle_and_log_only(bundle: Bundle) -> None:
    names = {path.name for path in bundle.folder.iterdir()} - {".semblante.lock"}
    assert names == {"network.onnx", "background.npy", "manifest.json", "log.csv", "tensorboard"}
    with (bundle.folder / "log.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert float(rows[0]["val_loss"]) == bundle.history[0].val_loss
    points = _points(next((bundle.folder / "tensorboard").iterdir()).read_bytes())
    drawn = [value for event in points for value in event.summary.value if value.tag == "val_loss"]
    assert [value.simple_value for value in drawn] == pytest.approx([row.val_loss for row in bundle.history])


def _points(content: bytes) -> list[Point]:
    """The events of a TensorBoard file: each has its length before it, and checksums on both sides."""
    points, start = [], 0
    while start < len(content):
        end = start + 12 + int.from_bytes(content[start : start + 8], "little")
        points.append(Point.FromString(content[start + 12 : end]))
        start = end + 4
    return points


def test_the_manifest_says_what_the_network_is(bundle: Bundle, prepared: PreparedSet) -> None:
    manifest = json.loads((bundle.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["weights"]["sha256"] == sha256_of(bundle.network_path)
    assert manifest["data"]["sha256"] == prepared.sha256
    assert manifest["recipe"]["name"] == "modern"
    assert manifest["licence"]["terms"] == "drawn"
    assert 0.5 < manifest["metrics"]["val"]["majority_baseline"] < 1


def test_training_again_into_a_finished_folder(bundle: Bundle, prepared: PreparedSet) -> None:
    before = sha256_of(bundle.folder / "manifest.json")
    left = [bundle.folder / name for name in (CHECKPOINT_NAME, f".{CHECKPOINT_NAME}.1.part", "crops-32.npy")]
    for path in left:  # As a run that was killed at its very end.
        path.touch()
    again = train(prepared, bundle.folder, choose("modern", 32, 2))
    assert not any(path.exists() for path in left)
    assert again.network_sha256 == bundle.network_sha256
    with raises(SettingsMismatch, match=r"epochs of the training here: 2, asked for: 3\. The recipe modern"):
        train(prepared, bundle.folder, choose("modern", 32, 3))
    with raises(SettingsMismatch, match=r"\(side in pixels: 32, asked for: 24, seed: 0, asked for: 4\)"):
        train(prepared, bundle.folder, choose("modern", 24, 2, seed=4))
    with raises(SettingsMismatch, match=r"\(the prepared set\); choose another folder"):
        train(another_set(prepared), bundle.folder, choose("modern", 32, 2))
    assert sha256_of(bundle.folder / "manifest.json") == before


def another_set(data: PreparedSet) -> PreparedSet:
    """The same images under another hash."""
    return dataclasses.replace(data, manifest=dataclasses.replace(data.manifest, sha256="0" * 64))


def test_two_trainings_do_not_share_a_folder(prepared: PreparedSet, tmp_path: Path) -> None:
    with exclusive_lock(tmp_path), raises(Locked, match="another run"):
        train(prepared, tmp_path, choose("modern", 24, 1))


def test_a_diverging_training_stops_and_says_so(
    prepared: PreparedSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RECIPES, "classic", dataclasses.replace(CLASSIC, learning_rate=1e30))
    with raises(TrainingDiverged, match="no longer a number"):
        train(prepared, tmp_path, choose("classic", 24, 3))
    assert not (tmp_path / "manifest.json").exists()


def test_a_training_that_diverges_later_keeps_its_last_good_checkpoint(
    prepared: PreparedSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The embeddings' layer breaks in an epoch's last step; neither its losses nor the attributes show it."""
    steps, good = math.ceil(len(prepared.rows("train")) / MIN_BATCH), tmp_path / "good"
    work = TrainingStep.__call__

    def breaks(step: TrainingStep, rows: Tensor, progress_epochs: float) -> Tensor:
        state = step._state
        if state.step == 2 * steps - 1:
            shutil.copy(tmp_path / CHECKPOINT_NAME, good)
            layer = state.model.network.get_parameter("embedding.1.weight")
            layer.register_hook(lambda gradient: gradient * math.nan)  # type: ignore[no-untyped-call]
        return work(step, rows, progress_epochs)

    monkeypatch.setattr(TrainingStep, "__call__", breaks)
    with raises(TrainingDiverged, match=rf"^epoch 2, step {steps}: .*with another seed$"):
        train(prepared, tmp_path, choose("modern", 24, 2))
    assert (tmp_path / CHECKPOINT_NAME).read_bytes() == good.read_bytes()
    assert all(value.isfinite().all() for value in load_file(good).values())
    assert not (tmp_path / "manifest.json").exists()


def test_it_stops_early_when_nothing_improves(
    prepared: PreparedSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Steps so large that the first epoch is the best.
    monkeypatch.setitem(RECIPES, "classic", dataclasses.replace(CLASSIC, learning_rate=0.3, patience=2))
    trained = train(prepared, tmp_path, choose("classic", 24, 30))
    losses = [row.val_loss for row in trained.history]
    assert len(losses) < 30
    assert len(losses) == trained.manifest["training"]["best_epoch"] + 2
    assert min(losses) == losses[-3]


@pytest.mark.parametrize(
    ("train_images", "val_images"),
    [(0, 40), (1, 40), (40, 0)],
    ids=["none to train on", "one", "none to check"],
)
def test_both_splits_are_needed(
    train_images: int, val_images: int, prepared: PreparedSet, tmp_path: Path
) -> None:
    splits = np.full_like(prepared.splits, 2)
    splits[:train_images], splits[train_images : train_images + val_images] = 0, 1
    few = dataclasses.replace(prepared, splits=splits)
    with raises(EmptyDataset, match=rf"{train_images} images to train on and {val_images} to validate"):
        train(few, tmp_path, choose("modern", 24, 1))


def test_a_set_without_identities_and_with_a_constant_attribute(
    prepared: PreparedSet, tmp_path: Path
) -> None:
    """It is said beforehand, and learnt as far as it goes: attributes, without a figure for people."""
    labels = prepared.labels.copy()
    labels[:, 3] = 1
    bare = dataclasses.replace(prepared, labels=labels, identities=np.full_like(prepared.identities, -1))
    settings = choose("modern", 24, 1)
    assert _codes(bare, settings) == ["constant_attributes", "no_known_people"]
    assert "Bags_Under_Eyes" in dataset_warnings(bare, settings)[0].params["attributes"]
    assert "bags under eyes" in warning_text(dataset_warnings(bare, settings)[0])
    assert "Bags_Under_Eyes" not in str(dataset_warnings(prepared, settings))
    assert len(dataset_warnings(bare, choose("classic", 24, 1))) == 1, "classic knows nobody anyway"
    trained = train(bare, tmp_path, settings)
    assert trained.history[0].true_accept_rate is None and trained.history[0].identity_loss is None
    assert trained.evaluation is not None and trained.evaluation.verification is None
    assert np.isnan(trained.evaluation.attributes[3].balanced_accuracy.value)


def _codes(data: PreparedSet, settings: Settings) -> list[str]:
    return [warning.code for warning in dataset_warnings(data, settings)]


def test_one_person_alone_is_not_learnt(prepared: PreparedSet, tmp_path: Path) -> None:
    alone = np.full_like(prepared.identities, -1)
    alone[prepared.rows("train")[:5]] = 7
    one = dataclasses.replace(prepared, identities=alone)
    settings = choose("modern", 24, 1)
    warning = dataset_warnings(one, settings)[-1]
    assert warning.code == "one_known_person" and "identity_CelebA.txt" not in describe(warning)
    assert warning not in dataset_warnings(one, choose("classic", 24, 1)), "classic knows nobody anyway"
    assert train(one, tmp_path, settings).history[0].identity_loss is None


def test_who_is_who_is_measured_where_it_is_known(bundle: Bundle) -> None:
    row = bundle.history[-1]
    assert row.identity_loss is not None and row.identity_loss > 0
    assert row.true_accept_rate is not None and 0 <= row.true_accept_rate <= 1
    background = bundle.background()
    assert background is not None and background.shape[1] == bundle.embedding_size


def test_embeddings_that_would_fill_the_memory_are_not_compared(
    prepared: PreparedSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("semblante.model.face_model.MAX_EMBEDDING_VALUES", 1000)
    bundle = train(prepared, tmp_path / "network", choose("classic", 24, 1))
    assert bundle.evaluation is not None and bundle.evaluation.verification is None
    assert bundle.evaluation.images == len(prepared.rows("val"))


def test_crops_are_not_enlarged(prepared: PreparedSet, tmp_path: Path) -> None:
    with raises(InvalidOption, match="holds crops of 32 pixels, and 48 are asked for"):
        train(prepared, tmp_path, choose("modern", 48, 1))


def test_the_modern_network_learns_the_drawn_faces(prepared: PreparedSet, tmp_path: Path) -> None:
    trained = train(prepared, tmp_path, choose("modern", 32, 25))
    first, best = trained.history[0], min(trained.history, key=lambda row: row.val_loss)
    assert best.val_loss < 0.9 * first.val_loss
    assert best.balanced_accuracy > 0.55


def test_another_recipe_is_not_taken_for_the_same_training(
    prepared: PreparedSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(prepared, tmp_path, choose("classic", 24, 1))
    changed = dataclasses.replace(RECIPES["classic"], learning_rate=1e-4)
    monkeypatch.setitem(RECIPES, "classic", changed)
    with raises(SettingsMismatch, match=r"other settings.*values of the recipe.*: learning_rate\)"):
        train(prepared, tmp_path, choose("classic", 24, 1))


def test_one_image_is_too_few_to_validate_on(prepared: PreparedSet, tmp_path: Path) -> None:
    splits = prepared.splits.copy()
    splits[prepared.rows("val")[1:]] = 2
    few = dataclasses.replace(prepared, splits=splits)
    with raises(EmptyDataset, match="have the same labels"):
        train(few, tmp_path, choose("classic", 24, 1))
