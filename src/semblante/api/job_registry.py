"""Long verbs at work: each in a thread, with its progress, what it skipped, and its result to be asked for.

verb --JobContext--> Job <--asked-- routes/jobs.py, also as a stream of server-sent events
"""

import contextvars
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal

from semblante.api.failure_log import log_failure
from semblante.closing import Closing
from semblante.errors import Cancelled, Overloaded, Reason, Refused, SemblanteError, reason_of
from semblante.jobs import Epoch, Event, JobContext, Progress, Skipped

State = Literal["queued", "running", "done", "failed", "cancelled"]
OVER: Final[frozenset[State]] = frozenset({"done", "failed", "cancelled"})
MAX_KEPT_JOBS: Final = 100
MAX_WAITING_JOBS: Final = 50
MAX_KEPT_EVENTS: Final = 1000
"""Of what a job skipped or advised, the last are kept; all are counted."""
_MAX_RUNNING: Final = 4

Verb = Callable[[JobContext], Any]
"""A long verb; what it returns is ready for JSON."""


@dataclass(frozen=True)
class JobEvent:
    """Something that a job said, numbered from 1; `data` are the fields of the event of `kind`."""

    number: int
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class JobStatus:
    """How far a job is: `done` of `total` items of a `stage`, so many a second, and the seconds left.

    `skipped` counts what could not be used. `error` says why it failed.
    """

    state: State
    stage: str | None = None
    done: int = 0
    total: int = 0
    rate: float | None = None
    eta_s: float | None = None
    skipped: int = 0
    result: Any = None
    error: Reason | None = None
    finished: datetime | None = None


class Job:
    """One run of a verb. Its verb speaks to it in one thread, and others ask it."""

    def __init__(self, kind: str, verb: Verb) -> None:
        self.id = secrets.token_hex(8)
        self.kind = kind
        self.created = datetime.now(UTC)
        self._verb = verb
        self._lock = threading.RLock()
        self._cancelled = threading.Event()
        self._left = threading.Event()
        self._status = JobStatus("queued")
        self._number = 0
        self._events: deque[JobEvent] = deque(maxlen=MAX_KEPT_EVENTS)
        self._latest: dict[str, JobEvent] = {}
        """The last event of those kinds of which only the last one counts."""
        self._stage_began = (0.0, 0)
        self._note("state", {"state": "queued"})

    @property
    def status(self) -> JobStatus:
        """How far it is now."""
        with self._lock:
            return self._status

    @property
    def skipped(self) -> tuple[JobEvent, ...]:
        """The events of what could not be used, as far as they are kept."""
        with self._lock:
            return tuple(event for event in self._events if event.kind == "skipped")

    def events_after(self, number: int) -> list[JobEvent]:
        """What it said after the event of this number, in order; of its progress only the last."""
        with self._lock:
            kept = [*self._events, *self._latest.values()]
        return sorted((event for event in kept if event.number > number), key=lambda event: event.number)

    def cancel(self) -> None:
        """Ask it to stop; it keeps what is done. A job that is over stays as it is."""
        self._cancelled.set()
        with self._lock:
            if self._status.state == "queued":
                self._end("cancelled")

    def wait(self, wait_s: float) -> bool:
        """Wait until nothing is at work any more; whether that is so."""
        return self.status.state != "running" or self._left.wait(wait_s)

    def run(self) -> None:
        """Do the work, in this thread."""
        with self._lock:
            if self._status.state != "queued":
                return
            self._status = replace(self._status, state="running")
            self._note("state", {"state": "running"})
        try:
            self._end("done", result=self._verb(JobContext(self._take, self._cancelled.is_set)))
        except Cancelled:
            self._end("cancelled")
        except SemblanteError as error:
            self._end("failed", error=reason_of(error))
        except Exception as error:
            log_failure(f"job {self.id} ({self.kind})", error)
            self._end("failed", error=Reason("internal_error"))
        finally:
            self._left.set()

    def _take(self, event: Event) -> None:
        if isinstance(event, Progress):
            self._measure(event)
            self._note("progress", self._progress(), only_latest=True)
            return
        if isinstance(event, Skipped):
            with self._lock:
                self._status = replace(self._status, skipped=self._status.skipped + 1)
        data = {each.name: getattr(event, each.name) for each in fields(event)}
        self._note(type(event).__name__.lower(), data, only_latest=isinstance(event, Epoch))

    def _measure(self, event: Progress) -> None:
        now = time.monotonic()
        with self._lock:
            if event.stage != self._status.stage or event.done < self._status.done:
                self._stage_began = (now, event.done)
            began, done_then = self._stage_began
            done = event.done - done_then
            rate = done / (now - began) if done and now > began else None
            eta_s = (event.total - event.done) / rate if rate else None
            self._status = replace(
                self._status, stage=event.stage, done=event.done, total=event.total, rate=rate, eta_s=eta_s
            )

    def _progress(self) -> dict[str, Any]:
        status = self.status
        return {name: getattr(status, name) for name in ("stage", "done", "total", "rate", "eta_s")}

    def _end(self, state: State, result: Any = None, error: Reason | None = None) -> None:
        with self._lock:
            if self._status.state in OVER:
                return
            self._status = replace(
                self._status, state=state, eta_s=None, result=result, error=error, finished=datetime.now(UTC)
            )
            self._note("state", {"state": state, "result": result, "error": error})

    def _note(self, kind: str, data: Mapping[str, Any], only_latest: bool = False) -> None:
        with self._lock:
            self._number += 1
            event = JobEvent(self._number, kind, data)
            if only_latest:
                self._latest[kind] = event
            else:
                self._events.append(event)


class JobRegistry(Closing):
    """The jobs of a service, in memory: those at work and the last that are over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._pool = ThreadPoolExecutor(_MAX_RUNNING, "semblante-job")

    def start(self, kind: str, verb: Verb) -> Job:
        """Begin a job, or queue it where others are at work; its sentences are in the caller's language.

        Raises `Overloaded` where too many wait already.
        """
        job = Job(kind, verb)
        context = contextvars.copy_context()
        with self._lock:
            states = [each.status.state for each in self._jobs.values()]
            if (waiting := states.count("queued")) >= MAX_WAITING_JOBS:
                raise Overloaded("too_many_jobs", count=waiting, retry_after_s=10)
            over = [each for each in self._jobs.values() if each.status.state in OVER]
            for old in over[: max(0, len(self._jobs) + 1 - MAX_KEPT_JOBS)]:
                del self._jobs[old.id]
            self._jobs[job.id] = job
        self._pool.submit(context.run, job.run)
        return job

    def job(self, job_id: str) -> Job:
        """The job of this number. Raises `Refused` where there is none, or no more."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None:
            raise Refused("job_unknown")
        return job

    def jobs(self) -> tuple[Job, ...]:
        """All that are known, the last begun first."""
        with self._lock:
            return tuple(reversed(self._jobs.values()))

    def drop_finished(self) -> None:
        """Forget the jobs that are over, with all that they said."""
        with self._lock:
            self._jobs = {name: each for name, each in self._jobs.items() if each.status.state not in OVER}

    def end_all(self, wait_s: float = 0) -> None:
        """Ask all to stop, and forget them with all that they said.

        With `wait_s`, wait for those at work. Raises `Overloaded` where one goes on after so many seconds.
        """
        with self._lock:
            jobs, self._jobs = self._jobs, {}
        for job in jobs.values():
            job.cancel()
        until = time.monotonic() + wait_s
        if wait_s and not all(job.wait(max(0.0, until - time.monotonic())) for job in jobs.values()):
            with self._lock:
                self._jobs |= jobs
            raise Overloaded("jobs_not_ended", retry_after_s=round(wait_s))

    def close(self) -> None:
        """Ask all to stop, and wait until they have."""
        for job in self.jobs():
            job.cancel()
        self._pool.shutdown()
