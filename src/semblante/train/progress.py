"""What a training tells whoever watches it."""

from collections.abc import Callable
from dataclasses import dataclass

from semblante.types import EpochRow


@dataclass(frozen=True)
class Progress:
    """Where a training stands: steps of this epoch, their mean loss, and the finished epochs."""

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    images_per_s: float
    history: tuple[EpochRow, ...]


Watch = Callable[[Progress], None]


def unwatched(_: Progress) -> None:
    """The training that nobody watches."""
