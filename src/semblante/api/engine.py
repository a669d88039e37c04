"""What all requests share: the analyzer, the library, and a bounded pool of threads that does their work."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Annotated, ParamSpec, TypeVar

import numpy as np
from fastapi import Depends, Request

from semblante.api.cursors import Cursors
from semblante.api.idempotency import KeptAnswers
from semblante.api.job_registry import JobRegistry
from semblante.api.keys import KeyStore
from semblante.api.live_sessions import LiveSessions
from semblante.api.passphrase_attempts import PassphraseAttempts
from semblante.api.sessions import Failures, Sessions
from semblante.api.settings import ServiceSettings
from semblante.closing import Closing
from semblante.errors import Overloaded, Reason, SemblanteError, reason_of
from semblante.pipeline import FaceAnalyzer, Library, data_folder

P = ParamSpec("P")
T = TypeVar("T")


class Engine(Closing):
    """The analyzer and the library of a service, opened when they are first used; any thread may use them.

    A route gives its work to `run` as a plain function, which uses `analyzer` and `library` in a thread of
    the pool: opening and asking them takes time, and the thread that takes requests must not wait.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self.settings = settings
        self.folder = data_folder(settings.folder)
        self.keys = KeyStore(self.folder)
        self.sessions = Sessions()
        self.failures = Failures()
        self.passphrases = PassphraseAttempts()
        self.answers = KeptAnswers()
        self.jobs = JobRegistry()
        self.live = LiveSessions()
        self.cursors = Cursors()
        self._opening = threading.Lock()
        self._analyzer: FaceAnalyzer | None = None
        self._library: Library | None = None
        self._pool = ThreadPoolExecutor(settings.threads, "semblante-request")
        self.changing = threading.Lock()
        """Held from the check of `If-Match` to the end of a change, where the library compares nothing."""
        self.streams = 0
        """How many requests follow a job; the thread that takes requests counts them."""
        self._counting = threading.Lock()
        self._working = 0

    @property
    def analyzer(self) -> FaceAnalyzer:
        """The networks. Raises `NotABundle` or `FileAccessError` where the model cannot be opened."""
        with self._opening:
            if self._analyzer is None:
                # One thread a network: the requests that are answered at once have a core each.
                self._analyzer = FaceAnalyzer(self.settings.base, threads=1)
            return self._analyzer

    @property
    def library(self) -> Library:
        """The index of the data folder, begun where there is none; raises what `Library` does."""
        with self._opening:
            if self._library is None:
                self._library = Library(self.folder, create=True)
                self._library.vault.hold(self)
                self._library.lock_when_idle()
            return self._library

    def forget_answers(self) -> None:
        """Keep in memory nothing that was told of anybody: answers, cameras, jobs that are over."""
        self.answers.clear()
        self.live.end_all()
        self.jobs.drop_finished()

    def end_all(self) -> None:
        """As `forget_answers`, and end the jobs that are at work."""
        self.jobs.end_all()
        self.forget_answers()

    @contextlib.contextmanager
    def released(self) -> Iterator[None]:
        """See `vault.Holder`: once the library is locked, the service knows nobody either."""
        yield
        if self._library is not None and self._library.vault.is_locked:
            self.end_all()

    def prepare(self) -> None:
        """Open everything in the background, so that the first request need not wait for it."""
        self._pool.submit(self._first_photo)

    def _first_photo(self) -> None:
        if not self.unready():
            self.analyzer.analyze(np.zeros((64, 64, 3), np.uint8))

    def unready(self) -> tuple[Reason, ...]:
        """Why the service cannot do its work; nothing where it can."""
        reasons = []
        for opened in (lambda: self.analyzer, lambda: self.library):
            try:
                opened()
            except SemblanteError as error:
                reasons.append(reason_of(error))
        if self._library is not None and self._library.vault.is_locked:
            reasons.append(Reason("index_locked", {"path": self.folder}))
        return tuple(reasons)

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `function` returns, called in a thread of the pool, in the language of the request.

        Raises what it raises, and `Overloaded` where as many requests wait already as may.
        """
        with self._counting:
            if self._working >= self.settings.threads + self.settings.max_waiting:
                raise Overloaded("too_many_requests_waiting", retry_after_s=1)
            self._working += 1
        context = copy_context()
        call = self._pool.submit(lambda: context.run(function, *args, **kwargs))
        call.add_done_callback(self._leave)
        return await asyncio.wrap_future(call)

    def _leave(self, _: object) -> None:
        with self._counting:
            self._working -= 1

    @property
    def working(self) -> int:
        """How many calls are at work or wait for a thread."""
        return self._working

    def close(self) -> None:
        """Finish what is being answered, stop the jobs, and let go of library and networks."""
        self.jobs.close()
        self._pool.shutdown(cancel_futures=True)
        with self._opening:
            held = (self._library, self._analyzer)
            self._library = self._analyzer = None
        for each in held:
            if each is not None:
                each.close()


def _engine_of(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


TheEngine = Annotated[Engine, Depends(_engine_of)]
"""What a route takes to get the engine: `async def route(engine: TheEngine) -> …`."""
