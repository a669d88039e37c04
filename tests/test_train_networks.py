"""The two networks, and the resampling in front of `modern`."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from semblante.train.networks import (
    FACE_ACROSS,
    Classic,
    FoveatedResampling,
    sampling_points,
)
from semblante.train.recipes import MODERN, RECIPES


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


@pytest.mark.parametrize("recipe", list(RECIPES))
@pytest.mark.parametrize("side_px", [22, 50, 64])
def test_networks_take_any_side(recipe: str, side_px: int) -> None:
    made = RECIPES[recipe].network(side_px).eval()
    logits, embeddings = made(torch.rand(2, 3, side_px, side_px) * 255)
    assert logits.shape == (2, 40)
    assert embeddings.shape == (2, made.embedding_size)


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
