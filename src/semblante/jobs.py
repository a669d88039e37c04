"""Long verbs tell their caller how far they are, and stop when asked to: `JobContext` and its events.

verb --emit--> Progress | Skipped | Advice | Epoch | NeuronStep --> a progress bar, a log, server-sent events
caller --cancelled()--> verb, which keeps what is done and raises `Cancelled`
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from semblante.errors import Cancelled, Reason


@dataclass(frozen=True)
class EpochRow:
    """One line of a training log. Losses are mean binary cross-entropies; rates are shares of 1.

    `train_loss` is that of augmented images, in which an attribute that is no longer known counts as right,
    in the main process. `identity_loss` is the training loss of people, and `true_accept_rate` that of all
    pairs of validation images at a false accept rate of 0.1 %; None where no people are known.
    `teacher_loss` is that of the teachers' embeddings (`train.distillation`); None without teachers.
    """

    epoch: int
    train_loss: float
    val_loss: float
    accuracy: float
    balanced_accuracy: float
    majority_baseline: float
    learning_rate: float
    seconds: float
    identity_loss: float | None = None
    true_accept_rate: float | None = None
    teacher_loss: float | None = None


def best_row(history: Sequence[EpochRow]) -> EpochRow:
    """The epoch whose weights are kept: the first with the lowest validation loss less true accept rate.

    Without known people that is the lowest validation loss.
    """
    return min(history, key=lambda row: row.val_loss - (row.true_accept_rate or 0.0))


@dataclass(frozen=True)
class Progress:
    """`done` of `total` items of a `stage`; after a resumption the first event is far along."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True)
class Skipped:
    """A photo, folder or file that could not be used, and why; the rest goes on."""

    path: Path
    reason: Reason


@dataclass(frozen=True)
class Advice:
    """What would make the photos teach more: a code, and the photos that it is about.

    `params` are further values that the sentence of the code names, as those of a `Reason`.
    """

    code: str
    photos: tuple[str, ...] = ()
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Epoch:
    """How far a training is: step `step` of `steps` in epoch `epoch` (from 1) of `epochs`.

    `loss` is the mean attribute loss of the epoch so far; `history` holds the rows of the finished epochs,
    the current one included once its last step is validated.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    images_per_s: float
    history: tuple[EpochRow, ...]

    @property
    def best_epoch(self) -> int | None:
        """The epoch whose weights are kept so far; None before the first is over."""
        return best_row(self.history).epoch if self.history else None


@dataclass(frozen=True)
class NeuronStep:
    """How far the training of a person's neuron is: step `step` of `steps`.

    `loss` is the mean binary cross-entropy of the training faces, as they are weighted, without the penalty.
    `positives` are the logits of the person's faces, the first hundred in their order; `negatives` those of
    up to a hundred other faces, evenly from the lowest to the highest.
    """

    step: int
    steps: int
    loss: float
    positives: tuple[float, ...]
    negatives: tuple[float, ...]


Event = Progress | Skipped | Advice | Epoch | NeuronStep


def _ignore(_event: Event) -> None:
    return None


def _never() -> bool:
    return False


@dataclass(frozen=True)
class JobContext:
    """How a long verb speaks to its caller. Without arguments nobody listens and nobody cancels.

    `emit` is called in the thread of the verb and must return soon. `cancelled` is asked often, so it must be
    cheap, such as `threading.Event.is_set`.
    """

    emit: Callable[[Event], None] = _ignore
    cancelled: Callable[[], bool] = _never

    def progress(self, stage: str, done: int, total: int) -> None:
        """Report progress, then stop if the caller wants to. Raises `Cancelled`."""
        self.emit(Progress(stage, done, total))
        self.check()

    def emit_all(self, events: Iterable[Event]) -> None:
        """Emit one event after the other."""
        for event in events:
            self.emit(event)

    def skipped(self, path: Path, reason: Reason) -> None:
        """Name something that could not be used."""
        self.emit(Skipped(path, reason))

    def check(self) -> None:
        """Raise `Cancelled` where the caller wants the verb to stop."""
        if self.cancelled():
            raise Cancelled


SILENT = JobContext()
"""For callers that neither listen nor cancel."""
