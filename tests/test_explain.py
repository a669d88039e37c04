"""Where an answer comes from: drawn glasses are found where they are drawn, and nothing where nothing is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import Bool, Float, Float32, UInt8

from semblante.explain import Scorer, occlusion_map
from semblante.generate import DrawnFace, draw, sample_identity, sample_scene
from semblante.geometry import (
    FRAME_HEIGHT_PX,
    FRAME_WIDTH_PX,
    REGIONS,
    region_map,
    region_means,
    resize_to_square,
)
from semblante.labels import ATTRIBUTES
from semblante.model.bundle import load_pretrained
from semblante.model.face_model import FaceModel
from semblante.types import Crops

SIDE_PX, CELLS = 48, 12
LEARNT_FROM, LOOKED_AT = 160, 40
EXPLAINED = 5
"""A map by the network that comes along takes more than a second."""


def _faces(seed: int, count: int) -> list[DrawnFace]:
    """One picture of each of `count` people, half of them in glasses and, whoever they are, half in a hat."""
    faces = []
    for person in range(count):
        identity = sample_identity(seed, person)
        identity = replace(identity, habits=replace(identity.habits, glasses=0.5, hat=0.5))
        faces.append(draw(identity, sample_scene(identity, seed, person, 0)))
    return faces


def _crops(faces: Sequence[DrawnFace], side_px: int = SIDE_PX) -> Crops:
    return np.stack([resize_to_square(face.pixels, side_px) for face in faces])


def _look(crops: Crops) -> Float[np.ndarray, "n d"]:
    """How bright each cell of a grid is, and how strong its edges across and down are."""
    grey = crops.astype(np.float32).mean(axis=3) / 255
    down = np.abs(np.diff(grey, axis=1, append=grey[:, -1:]))
    across = np.abs(np.diff(grey, axis=2, append=grey[:, :, -1:]))
    cells = (len(crops), CELLS, SIDE_PX // CELLS, CELLS, SIDE_PX // CELLS)
    parts = [plane.reshape(cells).mean(axis=(2, 4)).reshape(len(crops), -1) for plane in (grey, down, across)]
    return np.sqrt(np.concatenate(parts, axis=1) + 1e-4)


def _learn(crops: Crops, labels: Bool[np.ndarray, " n"]) -> Scorer:
    """A sigmoid neuron on what `_look` sees; its logit is the score."""
    seen = _look(crops)
    mean, spread = seen.mean(axis=0), seen.std(axis=0) + 0.05
    rows, weights, bias = (seen - mean) / spread, np.zeros(seen.shape[1]), 0.0
    for _ in range(400):
        errors = 1 / (1 + np.exp(-(rows @ weights + bias))) - labels
        weights -= 0.1 * (rows.T @ errors / len(rows) + 0.02 * weights)
        bias -= 0.1 * errors.mean()

    def score(crops: Crops) -> Float32[np.ndarray, " n"]:
        logits: Float32[np.ndarray, " n"] = ((_look(crops) - mean) / spread @ weights + bias).astype(
            np.float32
        )
        return logits

    return score


@dataclass(frozen=True)
class TrainedScorers:
    """Scorers of what was drawn, and faces that they have not seen."""

    scorers: dict[str, Scorer]
    faces: list[DrawnFace]
    crops: Crops


@pytest.fixture(scope="module")
def learnt() -> TrainedScorers:
    faces, unseen = _faces(7, LEARNT_FROM), _faces(8, LOOKED_AT)
    crops = _crops(faces)
    scorers = {
        worn: _learn(crops, np.array([worn in face.boxes for face in faces]))
        for worn in ("Eyeglasses", "Wearing_Hat")
    }
    return TrainedScorers(scorers, unseen, _crops(unseen))


def _inside(
    box: tuple[float, float, float, float], margin_px: float = 0.0, side_px: int = SIDE_PX
) -> Bool[np.ndarray, "s s"]:
    """The pixels of the crop within a box of the frame and `margin_px` of the frame about it."""
    across = (np.arange(side_px) + 0.5) * FRAME_WIDTH_PX / side_px
    down = (np.arange(side_px) + 0.5) * FRAME_HEIGHT_PX / side_px
    rows = (down > box[1] - margin_px) & (down < box[3] + margin_px)
    columns = (across > box[0] - margin_px) & (across < box[2] + margin_px)
    return rows[:, None] & columns[None, :]


def _share(heat: Float32[np.ndarray, "s s"], place: Bool[np.ndarray, "s s"]) -> float:
    """The share of all that speaks for the answer that lies in `place`."""
    positive = np.clip(heat, 0, None)
    return float(positive[place].sum() / positive.sum())


def _found(learnt: TrainedScorers, worn: str) -> list[int]:
    """The faces that wear it and of which the scorer says so."""
    says = learnt.scorers[worn](learnt.crops) > 0
    return [row for row, face in enumerate(learnt.faces) if says[row] and worn in face.boxes]


def _peak_is_in(heat: Float32[np.ndarray, "s s"], place: Bool[np.ndarray, "s s"]) -> bool:
    """The pointing game: whether the place that speaks most is the right one (Zhang et al., ECCV 2016)."""
    return bool(place[np.unravel_index(heat.argmax(), heat.shape)])


@pytest.mark.parametrize("worn", ["Eyeglasses", "Wearing_Hat"])
@pytest.mark.slow
def test_what_was_learnt_is_found_where_it_is_drawn(worn: str, learnt: TrainedScorers) -> None:
    truth = np.array([worn in face.boxes for face in learnt.faces])
    says = learnt.scorers[worn](learnt.crops) > 0
    assert (says == truth).mean() > 0.75, "only a scorer that has learnt it can be asked where it is"
    hits, shares, areas = [], [], []
    for row in _found(learnt, worn):
        heat = occlusion_map(learnt.scorers[worn], learnt.crops[row])
        place = _inside(learnt.faces[row].boxes[worn], margin_px=6)
        hits.append(_peak_is_in(heat, place))
        shares.append(_share(heat, place))
        areas.append(place.mean())
    assert len(hits) >= 10
    assert np.mean(hits) > 0.9
    assert np.mean(shares) >= 0.5
    assert np.mean(areas) < (0.12 if worn == "Eyeglasses" else 0.35)


@pytest.mark.slow
def test_the_network_that_comes_along_finds_glasses_where_they_are_drawn() -> None:
    bundle = load_pretrained()
    network, faces = FaceModel(bundle), _faces(8, LOOKED_AT)
    crops = _crops(faces, bundle.side_px)

    def score(crops: Crops) -> Float32[np.ndarray, " n"]:
        return network(crops).logits[:, ATTRIBUTES.index("Eyeglasses")]

    drawn, says = np.array(["Eyeglasses" in face.boxes for face in faces]), score(crops) > 0
    assert drawn.sum() >= 10
    assert says[drawn].mean() > 0.75
    assert says[~drawn].mean() < 0.1
    shares = []
    for row in np.flatnonzero(drawn & says)[:EXPLAINED]:
        heat, box = occlusion_map(score, crops[row]), faces[row].boxes["Eyeglasses"]
        assert _peak_is_in(heat, _inside(box, side_px=bundle.side_px))
        shares.append(_share(heat, _inside(box, margin_px=6, side_px=bundle.side_px)))
    assert np.mean(shares) >= 0.5


@pytest.mark.slow
def test_another_thing_on_the_same_face_is_found_elsewhere(learnt: TrainedScorers) -> None:
    both = sorted(set(_found(learnt, "Eyeglasses")) & set(_found(learnt, "Wearing_Hat")))
    assert len(both) >= 5
    for row in both:
        glasses = occlusion_map(learnt.scorers["Eyeglasses"], learnt.crops[row])
        hat = occlusion_map(learnt.scorers["Wearing_Hat"], learnt.crops[row])
        boxes = learnt.faces[row].boxes
        assert not _peak_is_in(glasses, _inside(boxes["Wearing_Hat"]))
        assert not _peak_is_in(hat, _inside(boxes["Eyeglasses"]))


@pytest.mark.slow
def test_the_place_of_the_glasses_says_little_once_they_are_off(learnt: TrainedScorers) -> None:
    score = learnt.scorers["Eyeglasses"]
    on, off = [], []
    for row in _found(learnt, "Eyeglasses")[:6]:
        place = _inside(learnt.faces[row].boxes["Eyeglasses"])
        on.append(occlusion_map(score, learnt.crops[row])[place].mean())
        off.append(occlusion_map(score, _crops([_without_glasses(row)])[0])[place].mean())
    assert np.mean(off) < 0.5 * np.mean(on)


def _without_glasses(person: int) -> DrawnFace:
    """The same picture of the same person as in `learnt.faces`, but for the glasses."""
    identity = sample_identity(8, person)
    identity = replace(identity, habits=replace(identity.habits, glasses=0.5, hat=0.5))
    return draw(identity, replace(sample_scene(identity, 8, person, 0), glasses=None))


def _spot(left: int, top: int) -> UInt8[np.ndarray, "s s 3"]:
    crop = np.full((SIDE_PX, SIDE_PX, 3), 60, np.uint8)
    crop[top : top + 6, left : left + 6] = 230
    return crop


@settings(max_examples=20, deadline=None)
@given(st.integers(0, SIDE_PX - 6), st.integers(0, SIDE_PX - 6))
def test_the_spot_that_the_score_looks_at_is_the_hottest_and_its_sign_follows(left: int, top: int) -> None:
    place = np.s_[top : top + 6, left : left + 6]

    def brightness(crops: Crops) -> Float32[np.ndarray, " n"]:
        spots: Float32[np.ndarray, " n"] = crops[:, *place].mean(axis=(1, 2, 3), dtype=np.float32)
        return spots

    heat = occlusion_map(brightness, _spot(left, top))
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    assert top <= row < top + 6 and left <= column < left + 6
    assert heat[place].mean() > 2 * heat.mean() > 0
    darkness = occlusion_map(lambda crops: -brightness(crops), _spot(left, top))
    np.testing.assert_allclose(darkness, -heat, atol=1e-4)


def test_where_hiding_changes_nothing_nothing_is_said() -> None:
    def deaf(crops: Crops) -> Float32[np.ndarray, " n"]:
        return np.full(len(crops), 3.0, np.float32)

    def mean(crops: Crops) -> Float32[np.ndarray, " n"]:
        means: Float32[np.ndarray, " n"] = crops.mean(axis=(1, 2, 3), dtype=np.float32)
        return means

    plain = np.full((SIDE_PX, SIDE_PX, 3), 90, np.uint8)
    assert not occlusion_map(deaf, _spot(3, 30)).any()
    assert np.abs(occlusion_map(mean, plain)).max() < 1e-3


@pytest.mark.parametrize("side_px", [22, 64, 112, 192])
@pytest.mark.parametrize(
    ("x", "y", "region"),
    [
        (69, 112, "eyes"),
        (109, 112, "eyes"),
        (89, 152, "mouth"),
        (89, 135, "nose"),
        (89, 40, "hair"),
        (89, 205, "neck"),
        (8, 100, "background"),
    ],
)
def test_the_regions_lie_where_a_typical_face_has_them(side_px: int, x: int, y: int, region: str) -> None:
    regions = region_map(side_px)
    at = regions[y * side_px // FRAME_HEIGHT_PX, x * side_px // FRAME_WIDTH_PX]
    assert REGIONS[at] == region
    assert set(np.unique(regions)) == set(range(len(REGIONS))), "no region is too small for a pixel"
    only = (regions == REGIONS.index(REGIONS[at])).astype(np.float32)
    assert region_means(only) == {each: float(each == region) for each in REGIONS}
