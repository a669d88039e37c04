"""What a training ends with: discriminant scaling, the ONNX file, 8 bits."""

from pathlib import Path

import numpy as np
import pytest
import torch
from sentences import raises
from torch import nn

from semblante.errors import SemblanteError
from semblante.metrics.verification import compare
from semblante.model.bundle import write_bundle
from semblante.model.face_model import FaceModel
from semblante.train.discriminant_scaling import fit_discriminant_scaling
from semblante.train.embedding_map import EmbeddingMap
from semblante.train.export import DeployedNetwork, check_export, embedding_agreement, quantise, to_onnx
from semblante.train.networks import (
    Modern,
)
from semblante.train.recipes import RECIPES

pytestmark = pytest.mark.slow


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
    assert b'.py", line' not in content, "the exporter notes the code's folders"

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
        both = zip(trained(pixels), trained(pixels.flip(3)), strict=True)
        logits, embeddings = ((one + other) / 2 for one, other in both)
    np.testing.assert_allclose(there.logits, logits.numpy(), atol=1e-4)
    expected = nn.functional.normalize(embeddings, dim=1).numpy()
    np.testing.assert_allclose(there.embeddings, expected, atol=1e-4)


def test_an_export_scales_the_embeddings_before_they_get_their_length(tmp_path: Path) -> None:
    torch.manual_seed(5)
    trained = Modern(32).eval()
    crops = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)
    matrix = np.diag(np.linspace(0.1, 2, trained.embedding_size, dtype=np.float32))
    centre = np.linspace(-1, 1, trained.embedding_size, dtype=np.float32)
    content = to_onnx(DeployedNetwork(trained, embedding_map=EmbeddingMap(centre, matrix)), 32)
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
