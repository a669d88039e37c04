"""A training with teachers: what they see is computed once, and the network's embeddings are drawn to it."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from foreign_networks import described, linear
from sentences import raises

from semblante.celeba import PreparedSet, prepare
from semblante.errors import Cancelled, InvalidOption, SettingsMismatch
from semblante.files import sha256_of
from semblante.jobs import JobContext, Progress
from semblante.onnx_runtime import open_session
from semblante.train import choose, distillation_targets, open_teacher, teacher, train
from semblante.train.blends import choose_blends
from semblante.train.data_loader import SHOWN_BLENDS, DataLoader
from semblante.train.distributed import Distributed
from semblante.train.embedding_network import embedding_graph
from semblante.train.teacher import teacher_embeddings

SIZE = 8


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedding network, a fixed linear map of few pixels, with its description beside it."""
    path = linear(tmp_path_factory.mktemp("teacher") / "tiny.onnx")
    path.with_suffix(".json").write_text(described().model_dump_json())
    return path


@pytest.fixture
def data(drawn: Path, tmp_path: Path) -> PreparedSet:
    """A set of its own, beside which files may be left."""
    return prepare(drawn, tmp_path / "set", 32)


def test_what_a_teacher_sees_is_computed_once_and_kept(
    data: PreparedSet, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, rows = open_teacher(network), data.rows("train")
    blends = choose_blends(len(rows))
    first, between = teacher_embeddings(data, opened, blends)
    assert first.shape == between.shape == (len(rows), SIZE)
    np.testing.assert_allclose(np.linalg.norm([first, between], axis=2), 1, rtol=1e-5)
    flipped = dataclasses.replace(data, images=np.asarray(data.images)[:, :, ::-1], folder=data.folder.parent)
    np.testing.assert_allclose(teacher_embeddings(flipped, opened, blends)[0], first, atol=2e-3)
    monkeypatch.setattr(teacher, "open_session", lambda _: pytest.fail("it is there already"))
    np.testing.assert_array_equal(teacher_embeddings(data, opened, blends), (first, between))


def test_stopped_between_two_batches_it_goes_on_there(
    data: PreparedSet, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teacher, "BATCH", 16)
    opened, blends = open_teacher(network), choose_blends(len(data.rows("train")))
    done: list[int] = []

    def emit(event: object) -> None:
        assert isinstance(event, Progress) and event.stage == "embedding"
        done.append(event.done)

    with pytest.raises(Cancelled):
        teacher_embeddings(data, opened, blends, JobContext(emit, cancelled=lambda: len(done) == 3))
    assert done == [16, 32, 48]
    whole = teacher_embeddings(data, opened, blends, JobContext(emit))
    assert done[3] == 64 and done[-1] == 2 * len(blends)
    assert not list(data.folder.glob("*.part*"))
    again = dataclasses.replace(data, folder=data.folder.parent)
    np.testing.assert_array_equal(whole, teacher_embeddings(again, opened, blends))


def test_targets_lack_what_all_faces_share(data: PreparedSet, network: Path) -> None:
    opened = open_teacher(network)
    assert distillation_targets(data, []) is None
    both = distillation_targets(data, [opened, opened])
    assert both is not None
    seen = teacher_embeddings(data, opened, both.blends)
    for targets, embeddings in zip((both.images, both.of_blends), seen, strict=True):
        centred = embeddings - seen[0].mean(axis=0)
        centred /= np.linalg.norm(centred, axis=1, keepdims=True)
        np.testing.assert_allclose(targets, np.hstack([centred, centred]) / np.sqrt(2), atol=1e-6)


def test_a_blend_is_taught_as_the_teacher_saw_it(data: PreparedSet, network: Path) -> None:
    opened = open_teacher(network)
    targets = distillation_targets(data, [opened])
    assert targets is not None
    loader = DataLoader.for_split(data.images, data, "train", Distributed(torch.device("cpu")), targets)
    count = len(data.rows("train"))
    shown = round(SHOWN_BLENDS * count)
    assert len(loader) == count + shown
    epochs = [torch.cat(loader.shuffled(16, 0, epoch)) for epoch in (0, 1)]
    for rows in epochs:
        assert sorted(rows[rows < count].tolist()) == list(range(count))
        assert len(set(rows[rows >= count].tolist())) == shown
    assert set(epochs[0].tolist()) != set(epochs[1].tolist()), "others in each epoch"
    batch = loader.batch(torch.tensor([3, count + 5, count, 0]))
    taught = np.stack([targets.images[3], *targets.of_blends[[5, 0]], targets.images[0]])
    assert batch.targets is not None
    np.testing.assert_array_equal(batch.targets.numpy(), taught)
    assert batch.people.lt(0).tolist() == [False, True, True, False]
    assert batch.labels.isnan().all(dim=1).tolist() == [False, True, True, False]
    graph = embedding_graph(network, opened.description, data.side_px).SerializeToString()
    crops = batch.pixels.round().to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()
    seen = open_session(graph).run(["embeddings"], {"crops": crops})[0]
    mean = teacher_embeddings(data, opened, targets.blends)[0].mean(axis=0)
    seen = (seen - mean) / np.linalg.norm(seen - mean, axis=1, keepdims=True)
    np.testing.assert_allclose(seen[1:3], taught[1:3], atol=0.02)


def test_blends_are_of_two_images_each_equally_often() -> None:
    blends = choose_blends(50, seed=3)
    assert sorted(blends.one) == sorted(blends.other) == list(range(50))
    assert (blends.one != blends.other).all()
    assert 0 < blends.is_flipped.mean() < 1


def test_embeddings_are_drawn_to_the_teachers(data: PreparedSet, network: Path, tmp_path: Path) -> None:
    opened = open_teacher(network)
    taught = train(data, tmp_path / "taught", choose("modern", 32, 12, has_teachers=True), teachers=[opened])
    losses = [row.teacher_loss for row in taught.history]
    assert losses[0] is not None and losses[-1] is not None and losses[-1] < 0.7 * losses[0]
    said = taught.manifest["teachers"]
    assert said == [
        {
            "name": "tiny",
            "sha256": sha256_of(network),
            "licence": "MIT",
            "source": "tests",
            "training_data": None,
        }
    ]
    with raises(SettingsMismatch, match=r"other settings or data is here \(the teachers\)"):
        train(data, tmp_path / "taught", choose("modern", 32, 12))


def test_without_teachers_nothing_is_said_of_them(data: PreparedSet, tmp_path: Path) -> None:
    alone = train(data, tmp_path / "alone", choose("modern", 24, 1))
    assert alone.manifest["teachers"] == [] and alone.history[0].teacher_loss is None


def test_the_courses_recipe_has_no_teacher() -> None:
    with raises(InvalidOption, match="the recipe classic learns from no teacher; these do: modern"):
        choose("classic", has_teachers=True)
