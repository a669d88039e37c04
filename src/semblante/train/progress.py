"""What a training tells whoever watches it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from semblante.jobs import EpochRow


def best_row(history: Sequence[EpochRow]) -> EpochRow:
    """The epoch whose weights are kept, the first of equals: the lowest validation loss.

    Where people are known, how many pairs of them are told counts too, in full.
    """
    return min(history, key=lambda row: row.val_loss - (row.true_accept_rate or 0.0))


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

    @property
    def best_epoch(self) -> int | None:
        """The best epoch so far; None before the first is over."""
        return best_row(self.history).epoch if self.history else None


Watch = Callable[[Progress], None]


def unwatched(_: Progress) -> None:
    """The training that nobody watches."""
