"""A job that keeps its events, for tests."""

from pathlib import Path

from semblante.cli.advice import describe_with_advice
from semblante.jobs import Advice, Event, JobContext, NeuronStep, Progress, Skipped


class Heard:
    """What a job said: what it skipped (with the sentence that a user reads), advice, progress, neurons."""

    def __init__(self, cancel_after: int | None = None) -> None:
        """The job is cancelled after so many events of progress, if that is given."""
        self.skipped: list[tuple[Path, str]] = []
        self.advice: list[Advice] = []
        self.progress: list[Progress] = []
        self.neuron: list[NeuronStep] = []
        self._cancel_after = cancel_after
        self.job = JobContext(self._take, self._cancelled)

    def _take(self, event: Event) -> None:
        if isinstance(event, Skipped):
            self.skipped.append((event.path, describe_with_advice(event.reason)))
        elif isinstance(event, Advice):
            self.advice.append(event)
        elif isinstance(event, Progress):
            self.progress.append(event)
        elif isinstance(event, NeuronStep):
            self.neuron.append(event)

    def _cancelled(self) -> bool:
        return self._cancel_after is not None and len(self.progress) >= self._cancel_after
