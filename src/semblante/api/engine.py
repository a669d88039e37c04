"""What all requests share: the analyzer, the library, and a bounded pool of threads that does their work."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Annotated, ParamSpec, TypeVar

from fastapi import Depends, Request

from semblante.api.cursors import Cursors
from semblante.api.job_registry import JobRegistry
from semblante.api.keys import KeyStore
from semblante.api.sessions import Failures, Sessions
from semblante.api.settings import ServiceSettings
from semblante.closing import Closing
from semblante.errors import Overloaded
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
        self.jobs = JobRegistry()
        self.cursors = Cursors()
        self._opening = threading.Lock()
        self._analyzer: FaceAnalyzer | None = None
        self._library: Library | None = None
        self._pool = ThreadPoolExecutor(settings.threads, "semblante-request")
        self._places = threading.Semaphore(settings.threads + settings.max_waiting)

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
            return self._library

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `function` returns, called in a thread of the pool, in the language of the request.

        Raises what it raises, and `Overloaded` where as many requests wait already as may.
        """
        if not self._places.acquire(blocking=False):
            raise Overloaded("too_many_requests_waiting", retry_after_s=1)
        context = copy_context()
        call = self._pool.submit(lambda: context.run(function, *args, **kwargs))
        call.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(call)

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
