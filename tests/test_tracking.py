"""Faces of a stream of frames keep their numbers."""

import pytest

from semblante.faces import FaceTracker
from semblante.faces.tracking import MAX_UNSEEN_FRAMES, overlap
from semblante.types import Box


def box(left: float, top: float = 0.0, side: float = 100.0) -> Box:
    return (left, top, left + side, top + side)


@pytest.mark.parametrize(
    ("a", "b", "shared"),
    [
        (box(0), box(0), 1.0),
        (box(0), box(50), 1 / 3),
        (box(0), box(100), 0.0),
        (box(0), box(25, 25, 50), 0.25),
        (box(0), box(-300, -300), 0.0),
    ],
)
def test_overlap(a: Box, b: Box, shared: float) -> None:
    assert overlap(a, b) == overlap(b, a) == pytest.approx(shared)


def test_faces_that_move_keep_their_numbers_in_whatever_order_they_are_found() -> None:
    track = FaceTracker()
    assert track([box(0), box(300)]) == [0, 1]
    assert track([box(270), box(30)]) == [1, 0]
    assert track([box(60), box(500), box(240)]) == [0, 2, 1]


def test_of_two_faces_where_one_was_the_nearer_keeps_the_number() -> None:
    track = FaceTracker()
    track([box(0)])
    assert track([box(40), box(10)]) == [1, 0]


def test_a_face_that_jumps_is_another_one() -> None:
    track = FaceTracker()
    track([box(0)])
    assert track([box(70)]) == [1]


def test_a_face_comes_back_for_a_while_and_its_number_is_never_given_again() -> None:
    track = FaceTracker()
    track([box(0)])
    for _ in range(MAX_UNSEEN_FRAMES):
        assert track([]) == []
    assert track([box(0)]) == [0]
    for _ in range(MAX_UNSEEN_FRAMES + 1):
        track([])
    assert track.known == frozenset()
    assert track([box(0)]) == [1]
