"""Which faces of a frame are those of the frame before: those whose boxes overlap the most."""

from collections.abc import Sequence
from typing import Final

from semblante.types import Box

MIN_OVERLAP: Final = 0.3
"""The intersection over union from which on two boxes of consecutive frames are of one face."""
MAX_UNSEEN_FRAMES: Final = 5
"""For so many frames a face that is not found keeps its number, such as one that a hand passes."""


class FaceTracker:
    """Numbers the faces of a stream of frames: a face that stays about where it was keeps its number."""

    def __init__(self) -> None:
        self._boxes: dict[int, Box] = {}
        self._unseen: dict[int, int] = {}
        self._next = 0

    def __call__(self, boxes: Sequence[Box]) -> list[int]:
        """The number of each face of the next frame, in order. No number is given to two faces."""
        pairs = sorted(
            (
                (overlap(old, new), number, place)
                for number, old in self._boxes.items()
                for place, new in enumerate(boxes)
            ),
            reverse=True,
        )
        numbers: dict[int, int] = {}
        for shared, number, place in pairs:
            if shared >= MIN_OVERLAP and place not in numbers and number not in numbers.values():
                numbers[place] = number
        for place in range(len(boxes)):
            if place not in numbers:
                numbers[place] = self._next
                self._next += 1
        self._remember({numbers[place]: box for place, box in enumerate(boxes)})
        return [numbers[place] for place in range(len(boxes))]

    @property
    def known(self) -> frozenset[int]:
        """The numbers that a face may still come back to."""
        return frozenset(self._boxes)

    def _remember(self, seen: dict[int, Box]) -> None:
        unseen = {number: 0 if number in seen else self._unseen[number] + 1 for number in self._boxes | seen}
        self._unseen = {number: frames for number, frames in unseen.items() if frames <= MAX_UNSEEN_FRAMES}
        self._boxes = {number: (self._boxes | seen)[number] for number in self._unseen}


def overlap(a: Box, b: Box) -> float:
    """The intersection of two boxes over their union, 0 to 1."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0.0, width) * max(0.0, height)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return shared / (sum(areas) - shared) if shared else 0.0
