"""Random prompts to turn the head, checked against the pose that was measured.

A photo that is held before the camera turns as a whole: its eyes stay where they are in the head, so no turn
is measured. Somebody with a video, or with a few photos, can still follow. So this is a hint, and no
authentication.
"""

import secrets
from collections.abc import Callable, Collection, Sequence
from typing import Final

from semblante.types import Direction

SETTLED_FRAMES: Final = 2
"""A direction counts once so many frames in a row show it."""
_OPPOSITE: Final[dict[Direction, Direction]] = {"left": "right", "right": "left"}


class TurnPrompts:
    """Asks for one direction after the other: ahead, then a side that is chosen by chance, ahead again.

    `asked` is the direction that is asked for now, None where none is wanted any more. Of `turns_asked` turns
    to a side that were answered, `turns_followed` went to the side that was asked for.
    """

    def __init__(self, choose: Callable[[Sequence[Direction]], Direction] = secrets.choice) -> None:
        self.asked: Direction | None = "ahead"
        self.turns_asked = 0
        self.turns_followed = 0
        self._choose = choose
        self._looks: Direction | None = None
        self._frames = 0
        self._is_counted = False

    def see(self, looks: Direction | None) -> bool:
        """Whether the head now looks where it was asked to; always, where nothing is asked for.

        `looks` is where the face of the next frame looks, None without a face. A turn to the other side is
        counted as not followed, and ahead is asked for again.
        """
        self._frames = self._frames + 1 if looks == self._looks else 1
        self._looks = looks
        if self.asked is None:
            return True
        if looks is None or self._frames < SETTLED_FRAMES:
            return False
        if looks == _OPPOSITE.get(self.asked) and not self._is_counted:
            self.turns_asked += 1
            self._ask("ahead")
        elif looks == self.asked and looks != "ahead" and not self._is_counted:
            self.turns_asked += 1
            self.turns_followed += 1
            self._is_counted = True
        return looks == self.asked

    def go_on(self, wanted: Collection[Direction]) -> None:
        """Ask for the next direction, of those that photos are still wanted of."""
        sides = [side for side in _OPPOSITE if side in wanted]
        if not wanted:
            self._ask(None)
        elif self.asked != "ahead" or not sides:
            self._ask("ahead")
        else:
            self._ask(self._choose(sides))

    def _ask(self, direction: Direction | None) -> None:
        self.asked = direction
        self._is_counted = False
