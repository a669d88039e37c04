"""Faces in photos: found, placed in the CelebA frame, judged, and cut out."""

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter
from sentences import raises

from semblante.errors import NotABundle
from semblante.faces import (
    default_detector,
    extract_faces,
    face_of_celeba_crop,
    is_celeba_crop,
    needs_more_pixels,
)
from semblante.faces.aligner import (
    BOX_SIZE,
    LANDMARKS,
    MANIFEST_NAME,
    MIDDLE,
    NETWORK_NAME,
    Aligner,
    Alignment,
    first_guess,
    move_of,
)
from semblante.faces.quality import quality_of
from semblante.faces.weights import FOLDER
from semblante.generate.drawn_face import draw_picture
from semblante.geometry import EYES, FRAME_HEIGHT_PX, FRAME_WIDTH_PX, SimilarityTransform, resize_to_square
from semblante.types import AlignedFace, Detection, Pixels, QualityIssue

Find = Callable[..., list[AlignedFace]]
UNMOVED = SimilarityTransform(1.0, 0.0, 0.0, 0.0)
USUAL_BOX = Detection((MIDDLE[0] - 43, MIDDLE[1] - 57, MIDDLE[0] + 43, MIDDLE[1] + 57), 0.9)


def photo_of(
    person: int, turn_deg: float = 0.0, scale: float = 1.0, side_px: int = 400
) -> tuple[Pixels, SimilarityTransform]:
    """A drawn face in the middle of a larger photo, and where its frame lies."""
    frame = draw_picture(seed=1, person=person, picture=0).pixels
    turn = math.radians(turn_deg)
    a, b = scale * math.cos(turn), scale * math.sin(turn)
    middle = SimilarityTransform(a, b, 0.0, 0.0)(np.array(MIDDLE))
    alignment = SimilarityTransform(a, b, side_px / 2 - float(middle[0]), side_px / 2 - float(middle[1]))
    back = alignment.inverse()
    matrix = (back.a, -back.b, back.dx, back.b, back.a, back.dy)
    size = (side_px, side_px)
    picture = Image.fromarray(frame).transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)
    whole = Image.new("L", (FRAME_WIDTH_PX, FRAME_HEIGHT_PX), 255)
    inside = whole.transform(size, Image.Transform.AFFINE, matrix)
    return np.asarray(Image.composite(picture, Image.new("RGB", size, (140, 150, 140)), inside)), alignment


@pytest.fixture(scope="module")
def find() -> Find:
    return partial(extract_faces, detector=default_detector(), aligner=Aligner(threads=1), side_px=64)


def eyes_error(found: SimilarityTransform, truth: SimilarityTransform) -> float:
    """How far the eyes lie from where they should, in frame pixels."""
    apart = truth.inverse()(found(np.array(EYES))) - np.array(EYES)
    return float(np.hypot(*apart.T).mean())


def test_the_first_guess_of_the_usual_box_is_the_frame_itself() -> None:
    guess = first_guess(USUAL_BOX)
    assert guess.scale == pytest.approx(math.sqrt(86 * 114) / BOX_SIZE)
    np.testing.assert_allclose(guess(np.array(MIDDLE)), MIDDLE)
    moved = first_guess(Detection((100.0, 200.0, 186.0, 314.0), 0.9))
    np.testing.assert_allclose(moved(np.array(MIDDLE)), (143, 257))


def test_a_move_turns_about_the_middle_and_shifts_in_halves_of_the_window() -> None:
    turned = move_of([math.cos(0.3) - 1, math.sin(0.3), 0.0, 0.0])
    np.testing.assert_allclose(turned(np.array(MIDDLE)), MIDDLE)
    assert math.atan2(turned.b, turned.a) == pytest.approx(0.3)
    np.testing.assert_allclose(move_of([0, 0, 0.5, -1])(np.array([0.0, 0.0])), (28, -56))


@pytest.mark.parametrize(
    ("turn_deg", "scale"), [(0, 1.0), (20, 1.0), (-20, 1.0), (0, 0.5), (0, 1.7), (12, 1.4)]
)
def test_a_face_is_placed_better_than_its_box_says(find: Find, turn_deg: float, scale: float) -> None:
    aligned, boxed = [], []
    for person in range(4):
        photo, truth = photo_of(person, turn_deg, scale)
        (found,) = default_detector()(photo)
        aligned.append(eyes_error(Aligner(threads=1)(photo, [found])[0].frame, truth))
        boxed.append(eyes_error(first_guess(found), truth))
    assert np.mean(aligned) < 6
    assert np.mean(aligned) < max(4.0, float(np.mean(boxed)))


@pytest.mark.parametrize("turn_deg", [90, 150, 180, 270])
def test_a_face_is_placed_however_the_photo_was_held(turn_deg: float) -> None:
    aligner, half = Aligner(threads=1), BOX_SIZE / 2
    for person in range(3):
        photo, truth = photo_of(person, turn_deg)
        x, y = truth(np.array(MIDDLE)).tolist()
        (alignment,) = aligner(photo, [Detection((x - half, y - half, x + half, y + half), 0.9)])
        assert eyes_error(alignment.frame, truth) < 5


@pytest.mark.slow
def test_forty_faces_are_forty(find: Find) -> None:
    crowd = np.zeros((5 * 130, 8 * 110, 3), np.uint8)
    for person in range(40):
        row, column = divmod(person, 8)
        face = draw_picture(seed=1, person=person, picture=0).pixels[62:192, 34:144]
        crowd[row * 130 : (row + 1) * 130, column * 110 : (column + 1) * 110] = face
    found = find(crowd)
    boxes = np.array([each.box for each in found])
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2 // (110, 130)
    assert len(found) == len(np.unique(middles, axis=0)) == 40


def test_a_face_of_twelve_pixels_is_found_and_not_relied_on(find: Find) -> None:
    frame = Image.fromarray(draw_picture(seed=1, person=1, picture=0).pixels)
    photo = Image.new("RGB", (300, 300), (140, 140, 140))
    photo.paste(frame.resize((26, 32)), (100, 100))
    (found,) = find(np.asarray(photo))
    x0, _, x1, _ = found.box
    assert 10 < x1 - x0 < 18
    assert found.quality.issues == ("small",)
    assert found.crop.shape == (64, 64, 3)


def test_several_faces_are_found_the_largest_first(find: Find) -> None:
    small, _ = photo_of(0, scale=0.6, side_px=200)
    large, _ = photo_of(1, scale=1.2, side_px=400)
    both = np.full((400, 620, 3), 140, np.uint8)
    both[100:300, :200], both[:, 210:610] = small, large
    found = find(both)
    assert [each.box[0] > 200 for each in found] == [True, False]
    assert all(each.crop.shape == (64, 64, 3) for each in found)
    left, right = found[0].landmarks[:2]
    assert left[0] < right[0]


def test_boxes_are_in_pixels_of_the_whole_photo(find: Find) -> None:
    photo, _ = photo_of(2, scale=1.5)
    half = np.asarray(Image.fromarray(photo).resize((200, 200), Image.Resampling.BOX))
    (whole,), (reduced,) = find(photo), find(half, reduced=2.0)
    np.testing.assert_allclose(reduced.box, whole.box, atol=16)
    assert reduced.quality.interocular_px == pytest.approx(whole.quality.interocular_px, rel=0.15)


def test_a_celeba_crop_is_its_own_face() -> None:
    frame = draw_picture(seed=1, person=5, picture=0).pixels
    face = face_of_celeba_crop(frame, 64)
    assert is_celeba_crop(frame) and not is_celeba_crop(frame[1:])
    assert (face.crop == resize_to_square(frame, 64)).all()
    assert face.quality.is_good


def test_landmarks_lie_where_they_are_drawn(find: Find) -> None:
    """In the order of the field, however the photo was held."""
    for turn_deg in (0.0, 15.0, 90.0):
        photo, truth = photo_of(1, turn_deg)
        (face,) = find(photo)
        apart = truth.inverse()(np.array(face.landmarks)) - LANDMARKS
        assert np.hypot(*apart.T).max() < 6


def test_a_picture_without_a_face_has_none(find: Find) -> None:
    assert find(np.full((300, 200, 3), 90, np.uint8)) == []
    assert find(np.zeros((1, 1, 3), np.uint8)) == []


@pytest.mark.parametrize(("interocular_px", "more"), [(5.0, True), (40.0, False)])
def test_small_faces_ask_for_the_whole_photo(find: Find, interocular_px: float, more: bool) -> None:
    photo, _ = photo_of(0, scale=interocular_px / 40)
    found = find(photo, reduced=4.0)
    assert needs_more_pixels(found, 4.0, 64) is (more and bool(found))
    assert not needs_more_pixels(found, 1.0, 64)


@pytest.mark.parametrize(
    ("scale", "blur_px", "shift", "error_px", "issues"),
    [
        (1.0, 0, 0, 2.0, ()),
        (0.2, 0, 0, 2.0, ("small",)),
        (1.0, 6, 0, 2.0, ("blurred",)),
        (1.0, 0, 24, 2.0, ("turned",)),
        (1.0, 0, 0, 9.0, ("hidden",)),
        (0.2, 6, -24, 9.0, ("small", "turned", "hidden")),
    ],
)
def test_what_is_poor_is_named(
    scale: float, blur_px: int, shift: int, error_px: float, issues: tuple[QualityIssue, ...]
) -> None:
    frame = Image.fromarray(draw_picture(seed=1, person=5, picture=0).pixels)
    size = (round(FRAME_WIDTH_PX * scale), round(FRAME_HEIGHT_PX * scale))
    pixels = np.asarray(frame.resize(size).filter(ImageFilter.GaussianBlur(blur_px * scale)))
    x0, y0, x1, y1 = (length * scale for length in USUAL_BOX.box)
    beside = shift * scale
    found = Detection((x0 + beside, y0, x1 + beside, y1), 0.9)
    quality = quality_of(pixels, found, Alignment(SimilarityTransform(scale, 0.0, 0.0, 0.0), error_px))
    assert quality.issues == issues
    assert quality.is_good == (not issues)


def test_a_covered_face_is_hidden(find: Find) -> None:
    """Drawn faces as they are, and with a cloth from below the eyes to beneath the chin."""

    def hidden(photos: list[Pixels]) -> int:
        faces = [found[0] for photo in photos if (found := find(photo))]
        assert len(faces) >= len(photos) - 1
        return sum("hidden" in face.quality.issues for face in faces)

    bare = [photo_of(person)[0].copy() for person in range(1, 9)]
    assert hidden(bare) == 0
    left, top = (400 - FRAME_WIDTH_PX) // 2, 200 - round(MIDDLE[1])
    for photo in bare:
        photo[top + 118 : top + 212, left + 36 : left + 142] = (150, 180, 210)
    assert hidden(bare) >= 6


@pytest.mark.parametrize("brighter", ["left", "right", "neither"])
def test_where_light_comes_from(brighter: str) -> None:
    frame = draw_picture(seed=1, person=5, picture=0).pixels
    across = np.linspace(0.2, 1.0, FRAME_WIDTH_PX)
    share = {"left": across[::-1], "right": across, "neither": np.full(FRAME_WIDTH_PX, 0.6)}[brighter]
    lit = (frame * share[:, None]).astype(np.uint8)
    light = quality_of(lit, USUAL_BOX, Alignment(UNMOVED, 2.0)).side_light or 0.0
    plain = quality_of(frame, USUAL_BOX, Alignment(UNMOVED, 2.0)).side_light or 0.0
    if brighter == "neither":
        assert light == pytest.approx(plain, abs=0.01)
    else:
        assert 0.1 < (light - plain) * (1 if brighter == "right" else -1) < 0.5


def test_a_changed_network_is_refused(tmp_path: Path) -> None:
    (tmp_path / MANIFEST_NAME).write_bytes((FOLDER / MANIFEST_NAME).read_bytes())
    content = bytearray((FOLDER / NETWORK_NAME).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / NETWORK_NAME).write_bytes(content)
    with raises(NotABundle, match=rf"{NETWORK_NAME}: .* was changed .*field sha256 of {MANIFEST_NAME}"):
        Aligner(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", '{"sha256": 7}'])
def test_an_aligner_whose_manifest_is_unfit_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / NETWORK_NAME).write_bytes((FOLDER / NETWORK_NAME).read_bytes())
    (tmp_path / MANIFEST_NAME).write_text(content)
    with raises(NotABundle, match=f"field sha256 of {MANIFEST_NAME}"):
        Aligner(tmp_path)
