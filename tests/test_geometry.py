"""Where the CelebA frame lies in a photo, and patches of it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from semblante.geometry import (
    FRAME_HEIGHT_PX,
    FRAME_WIDTH_PX,
    SimilarityTransform,
    align_crop,
    resize_to_square,
    warp_patch,
)
from semblante.types import Pixels

UNMOVED = SimilarityTransform(1.0, 0.0, 0.0, 0.0)
similarities = st.builds(
    lambda scale, turn, dx, dy: SimilarityTransform(scale * math.cos(turn), scale * math.sin(turn), dx, dy),
    st.floats(0.1, 10),
    st.floats(-3, 3),
    st.floats(-500, 500),
    st.floats(-500, 500),
)


def smooth(height: int, width: int) -> Pixels:
    """A picture without fine detail, so that resampling hardly changes it."""
    down, across = np.mgrid[0:height, 0:width]
    red = 127 + 100 * np.sin(across / width * 5) * np.cos(down / height * 4)
    return np.stack([red, 255 * down / height, 255 * across / width], -1).astype(np.uint8)


@given(similarities, similarities)
def test_similarities_follow_one_another_and_are_undone(
    first: SimilarityTransform, second: SimilarityTransform
) -> None:
    points = np.array([[0.0, 0.0], [69, 112], [109, 112], [178, 218]])
    np.testing.assert_allclose(second.compose(first)(points), second(first(points)), atol=1e-6)
    np.testing.assert_allclose(first.inverse()(first(points)), points, atol=1e-6)
    assert second.compose(first).scale == pytest.approx(first.scale * second.scale)


def test_a_turn_is_clockwise_as_seen() -> None:
    quarter = SimilarityTransform(0.0, 1.0, 0.0, 0.0)
    assert math.atan2(quarter.b, quarter.a) == pytest.approx(math.pi / 2)
    np.testing.assert_allclose(quarter(np.array([[1.0, 0.0]])), [[0.0, 1.0]])  # From the right to below.


@pytest.mark.parametrize("side_px", [48, 96, 178])
def test_the_frame_of_a_frame_is_what_training_sees(side_px: int) -> None:
    frame = np.random.default_rng(0).integers(0, 256, (FRAME_HEIGHT_PX, FRAME_WIDTH_PX, 3), np.uint8)
    found = align_crop(frame, UNMOVED, side_px).astype(int)
    # Beside the picture its edge continues, where resizing looks at nothing: the outermost pixel may differ.
    assert np.abs(found - resize_to_square(frame, side_px))[1:-1, 1:-1].max() <= 1


@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0, 9.0])
@pytest.mark.parametrize("turn_deg", [0, 30, 90, 180, -45])
def test_a_face_is_cut_out_wherever_it_lies(scale: float, turn_deg: float) -> None:
    frame = smooth(FRAME_HEIGHT_PX, FRAME_WIDTH_PX)
    turn = math.radians(turn_deg)
    side = int(300 * scale)
    a, b = scale * math.cos(turn), scale * math.sin(turn)
    about = SimilarityTransform(a, b, 0.0, 0.0)(np.array([FRAME_WIDTH_PX / 2, FRAME_HEIGHT_PX / 2]))
    frame_in_photo = SimilarityTransform(a, b, side / 2 - about[0], side / 2 - about[1])
    back = frame_in_photo.inverse()
    photo = np.asarray(
        Image.fromarray(frame).transform(
            (side, side),
            Image.Transform.AFFINE,
            (back.a, -back.b, back.dx, back.b, back.a, back.dy),
            Image.Resampling.BICUBIC,
        )
    )
    difference = np.abs(align_crop(photo, frame_in_photo, 64).astype(int) - resize_to_square(frame, 64))[
        4:-4, 4:-4
    ]
    assert difference.mean() < 3
    assert difference.max() < 25


def test_beside_the_photo_its_edge_goes_on() -> None:
    photo = np.zeros((50, 50, 3), np.uint8)
    photo[:, -1] = 200
    beside = warp_patch(photo, UNMOVED, (60.0, 0.0), (40.0, 40.0), 20)
    assert (beside == 200).all()


@given(similarities)
def test_any_place_gives_a_patch(frame_in_photo: SimilarityTransform) -> None:
    assert warp_patch(smooth(40, 60), frame_in_photo, (0.0, 0.0), (10.0, 20.0), 8).shape == (8, 8, 3)
