"""Photos that lie on their side or upside down, and do not say so: faces are found all the same."""

import numpy as np
import pytest
from test_faces import photo_of

from semblante.faces import Aligner, default_detector, extract_faces
from semblante.faces.aligner import LANDMARKS, MAX_UPRIGHT_ERROR_PX, MIDDLE, Alignment, first_guess
from semblante.faces.detectors import MAX_TURNED_SIDE_PX, MIN_TURNED_SCORE, detect_turned
from semblante.types import Box, Detection, Pixels


class ColourDetector:
    """Finds a red square, with this score, where a blue one lies above it: upright, that is."""

    def __init__(self, score: float = 0.9) -> None:
        self.score = score
        self.seen: list[tuple[int, ...]] = []

    def __call__(self, pixels: Pixels, /) -> list[Detection]:
        self.seen.append(pixels.shape[:2])
        red, blue = ((pixels[..., channel] > 150) & (pixels[..., 1] < 100) for channel in (0, 2))
        (rows, columns), (above, across) = np.nonzero(red), np.nonzero(blue)
        if not len(rows) or above.max() >= rows.min() or abs(across.mean() - columns.mean()) > 4:
            return []
        box = (float(columns.min()), float(rows.min()), columns.max() + 1.0, rows.max() + 1.0)
        return [Detection(box, self.score)]


def _marked(width: int = 500, height: int = 300) -> Pixels:
    """A red square with a blue one above it."""
    pixels = np.full((height, width, 3), 128, np.uint8)
    pixels[200:260, 100:150], pixels[100:160, 100:150] = (255, 0, 0), (0, 0, 255)
    return pixels


@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.parametrize("size", [(500, 300), (200, 300), (2000, 1200)])
def test_boxes_are_those_of_the_photo_as_it_lies(size: tuple[int, int], quarters: int) -> None:
    lying = np.ascontiguousarray(np.rot90(_marked(*size), quarters))
    detector = ColourDetector()
    assert detector(lying) == []
    (found,) = detect_turned(lying, detector)
    rows, columns = np.nonzero(lying[..., 0] > 200)
    expected = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert found.box == expected
    tried, taken = detector.seen[1:-1], detector.seen[-1]
    assert all(max(shape) <= MAX_TURNED_SIDE_PX for shape in tried)
    assert sorted(taken) == sorted(size)


@pytest.mark.parametrize(("score", "count"), [(MIN_TURNED_SCORE, 1), (MIN_TURNED_SCORE - 0.01, 0)])
def test_only_a_sure_face_turns_a_photo(score: float, count: int) -> None:
    lying = np.ascontiguousarray(np.rot90(_marked(), 1))
    assert len(detect_turned(lying, ColourDetector(score))) == count


class WideAligner(Aligner):
    """Sure of faces whose box is wider than high, and of no other."""

    def __call__(self, _pixels: Pixels, found: list[Detection], is_upright: bool = False) -> list[Alignment]:
        return [
            Alignment(
                first_guess(each), 1.0 if each.box[2] - each.box[0] > each.box[3] - each.box[1] else 9.0
            )
            for each in found
        ]


@pytest.mark.parametrize(
    ("upright", "turned", "expected", "looks"),
    [
        pytest.param((9.0, 9.0, 99.0, 49.0), (9.0, 9.0, 49.0, 99.0), 0.7, 1, id="sure as it is"),
        pytest.param((9.0, 9.0, 49.0, 99.0), (9.0, 9.0, 49.0, 99.0), 0.9, 5, id="sure when turned"),
        pytest.param((9.0, 9.0, 49.0, 99.0), (9.0, 9.0, 99.0, 49.0), 0.7, 5, id="not sure in any turn"),
    ],
)
def test_a_photo_whose_faces_the_aligner_is_not_sure_of_is_turned(
    upright: Box, turned: Box, expected: float, looks: int
) -> None:
    photo, seen = np.full((300, 400, 3), 128, np.uint8), []

    def detector(pixels: Pixels, /) -> list[Detection]:
        seen.append(pixels)
        if pixels is photo:
            return [Detection(upright, 0.7)]
        return [Detection(turned, 0.9)] if pixels.shape[0] > pixels.shape[1] else []

    (face,) = extract_faces(photo, detector, WideAligner(threads=1), 64)
    assert (face.score, len(seen)) == (expected, looks)


def test_a_frame_of_a_camera_is_taken_for_upright() -> None:
    detector, aligner = ColourDetector(), Aligner(threads=1)
    lying = np.ascontiguousarray(np.rot90(_marked(), 1))
    assert extract_faces(lying, detector, aligner, 64, is_upright=True) == []
    assert len(detector.seen) == 1
    photo, truth = photo_of(1, 180)
    x, y = truth(np.array(MIDDLE)).tolist()
    found = [Detection((x - 50, y - 50, x + 50, y + 50), 0.9)]
    (upright,), (turned,) = aligner(photo, found, is_upright=True), aligner(photo, found)
    assert turned.error_px < MAX_UPRIGHT_ERROR_PX < upright.error_px


@pytest.mark.parametrize("score", [(0.85, 0.95), (0.95, 0.85)])
def test_the_turn_with_the_surest_face_is_taken(score: tuple[float, float]) -> None:
    """A face that lies on its side is found in other turns as well, less surely."""
    photo = np.full((300, 400, 3), 128, np.uint8)
    photo[0, 0] = 0

    def detector(pixels: Pixels, /) -> list[Detection]:
        corner = int(np.argmin([pixels[0, 0, 0], pixels[0, -1, 0], pixels[-1, -1, 0], pixels[-1, 0, 0]]))
        found = {1: score[0], 2: score[1]}.get(corner)
        return [Detection((1.0, 2.0, 30.0, 40.0), found)] if found else []

    (found,) = detect_turned(photo, detector)
    assert found.score == 0.95


@pytest.mark.parametrize("turn_deg", [90, 180, 270])
def test_a_drawn_face_is_found_however_the_photo_lies(turn_deg: float) -> None:
    """In its place, the right way up in its crop, its landmarks in their order."""
    detector, aligner, lain = default_detector(1), Aligner(threads=1), 0
    for person in range(1, 8):  # Of person 0, the aligner is sure or not by chance.
        upright, _ = photo_of(person)
        lying, truth = photo_of(person, turn_deg)
        lain += not detector(lying)
        (straight,) = extract_faces(upright, detector, aligner, 64)
        (face,) = extract_faces(lying, detector, aligner, 64)
        assert np.hypot(*(truth.inverse()(np.array(face.landmarks)) - LANDMARKS).T).max() < 10
        assert np.abs(face.crop.astype(int) - straight.crop).mean() < 6
        assert face.quality.issues == straight.quality.issues
    assert turn_deg == 180 or lain >= 3, "so many are not found as they lie"


def test_a_photo_without_a_face_has_none_in_any_turn() -> None:
    rng = np.random.default_rng(0)
    detector, aligner = default_detector(1), Aligner(threads=1)
    for _ in range(5):
        noise = rng.integers(0, 256, (240, 320, 3), dtype=np.uint8)
        assert extract_faces(noise, detector, aligner, 32) == []
