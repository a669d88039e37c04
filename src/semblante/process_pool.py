"""Work on all cores in several processes, from any program: a script, a notebook, standard input.

`multiprocessing` would run the caller's script again in each new process. These processes run `serve` instead
and speak over pipes: items go in, their results come out, each message pickled and preceded by its length.
Both ends are this program, so nothing foreign is ever unpickled.
"""

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import traceback
import weakref
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from typing import IO, Any, Final, Generic, TypeVar

from semblante.closing import Closing
from semblante.cores import usable_cores
from semblante.errors import SemblanteError

CHECK_EVERY_S: Final = 0.2
"""How often a caller who waits for a result may change its mind."""
MAX_FATAL_IN_A_ROW: Final = 50
"""So many items that all end a process are not to blame: no process can work here."""
LENGTH_BYTES: Final = 8

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class ProcessPool(Closing, Generic[_Item, _Result]):
    """Processes that each call `maker(*settings)` once, and then what it returned for each item.

    `maker` is a function of a module, found there by its name. A process is started at its first item and
    lives as long as the pool, which is a context manager. Where one ends early, another takes its place.
    Several threads may use a pool at once.
    """

    def __init__(
        self,
        maker: Callable[..., Callable[[_Item], _Result]],
        settings: tuple[Any, ...] = (),
        processes: int = 0,
    ) -> None:
        """`processes` 0 stands for as many as there are usable cores."""
        self.processes = processes or usable_cores()
        self._threads = ThreadPoolExecutor(self.processes)
        # The helper that was idle last is asked first, so that little work starts few processes.
        self._idle: queue.LifoQueue[_Helper] = queue.LifoQueue()
        one_by_one = threading.Lock()
        opening = (maker.__module__, maker.__name__, settings)
        helpers = [_Helper(opening, one_by_one) for _ in range(self.processes)]
        for helper in helpers:
            self._idle.put(helper)
        # Also at the end of a pool that nobody closes.
        self._end = weakref.finalize(self, _end, self._threads, helpers)

    def close(self) -> None:
        """End the processes, whatever they do; who waits for their results gets `pool_closed`."""
        self._end()

    def map_in_order(
        self,
        items: Iterable[_Item],
        chunk: int = 1,
        instead: Callable[[_Item], _Result] | None = None,
        check: Callable[[], None] | None = None,
    ) -> Generator[_Result, None, None]:
        """The result of each item, in order.

        `items` is read as it is needed, `chunk` items are sent at once, and no more than a few chunks of
        results wait to be taken. Where a process ends early, the items that it had are asked one by one; the
        result of an item that ends another process is what `instead` makes of it, in the caller's thread.
        Closing the generator drops what has not begun, without waiting for what has. `check` is called some
        times a second while a result is waited for; what it raises ends the generator.

        Raises:
            SemblanteError: `worker_ended` where there is no `instead`, and where processes end as they
                start, or at all items; `pool_closed`.
            Exception: what `maker` raised, or what it returned raised for an item, after the results of the
                items before. Only a `MemoryError` ends the process.
        """
        return _without_fatal(self._in_order(iter(items), chunk, check), instead)

    def _in_order(
        self, items: Iterator[_Item], chunk: int, check: Callable[[], None] | None
    ) -> Generator["_Result | _Fatal | _Raised", None, None]:
        coming: deque[Future[list[Any]]] = deque()
        try:
            while True:
                while len(coming) < 2 * self.processes and (some := list(islice(items, chunk))):
                    coming.append(self._submitted(some))
                if not coming:
                    return
                while check is not None and not wait([coming[0]], CHECK_EVERY_S).done:
                    check()
                yield from _result_of(coming.popleft())
        finally:
            for future in coming:
                future.cancel()

    def _submitted(self, items: Sequence[_Item]) -> Future[list[Any]]:
        try:
            return self._threads.submit(_ask, self._idle, items)
        except RuntimeError as error:
            if self._end.alive:
                raise
            raise SemblanteError("pool_closed") from error


def _result_of(future: Future[list[Any]]) -> list[Any]:
    try:
        return future.result()
    except CancelledError as error:
        raise SemblanteError("pool_closed") from error


def _ask(idle: "queue.LifoQueue[_Helper]", items: Sequence[Any]) -> list[Any]:
    helper = idle.get()
    try:
        return helper.results(items)
    finally:
        idle.put(helper)


def _end(threads: ThreadPoolExecutor, helpers: Sequence["_Helper"]) -> None:
    threads.shutdown(wait=False, cancel_futures=True)
    for helper in helpers:
        helper.stop()
    threads.shutdown()
    for helper in helpers:
        helper.clear_up()


@dataclass(frozen=True)
class _Fatal:
    """Stands for the result of an item that ends each process that is asked."""

    item: Any


@dataclass(frozen=True)
class _Raised:
    """Stands for a result where there is none: what was raised in the process instead."""

    error: Exception

    @classmethod
    def from_error(cls, error: Exception) -> "_Raised":
        """The error with its traceback as a note; where it cannot be pickled, an error that names it."""
        trace = "".join(traceback.format_exception(error))
        error.add_note(trace)
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:
            return cls(RuntimeError(trace))
        return cls(error)


def _without_fatal(
    results: Generator["_Result | _Fatal | _Raised", None, None], instead: Callable[[Any], _Result] | None
) -> Generator[_Result, None, None]:
    """The results, fatal items replaced: held back until an answer shows that processes do work here.

    What was raised for an item is an answer too; it is raised in its turn.
    """
    held: list[_Result] = []
    works = False
    with contextlib.closing(results):
        for result in results:
            if isinstance(result, _Fatal):
                if instead is None or len(held) == MAX_FATAL_IN_A_ROW:
                    raise SemblanteError("worker_ended")
                held.append(instead(result.item))
            else:
                works = True
                yield from held
                held = []
                if isinstance(result, _Raised):
                    raise result.error
                yield result
    if held and not works:
        raise SemblanteError("worker_ended")
    yield from held


class _Died(Exception):
    """The process ended before it answered."""


class _Helper:
    """A process at work, and after one that ended the next. One thread at a time asks it.

    Items that may be fatal are asked for one by one, under a lock of the pool: two such items at once may be
    what was too much.
    """

    def __init__(self, opening: tuple[str, str, tuple[Any, ...]], one_by_one: threading.Lock) -> None:
        self._opening, self._one_by_one = opening, one_by_one
        self._process: subprocess.Popen[bytes] | None = None
        self._is_open = self._is_over = False
        self._changing = threading.Lock()

    def results(self, items: Sequence[Any]) -> list[Any]:
        """The result of each item, `_Raised` or `_Fatal`.

        Raises `SemblanteError` where no process starts, and what the maker raised.
        """
        with contextlib.suppress(_Died):
            return self._ask(items)
        with self._one_by_one:
            return [self._result(item) for item in items]

    def _result(self, item: Any) -> Any:
        try:
            return self._ask([item])[0]
        except _Died:
            return _Fatal(item)

    def _ask(self, items: Sequence[Any]) -> list[Any]:
        process = self._opened()
        try:
            _send(_pipe(process.stdin), items)
            results: list[Any] = _receive(_pipe(process.stdout))
            return results
        except (OSError, EOFError) as error:
            self._is_open = False
            self._check_not_over()
            raise _Died from error

    def _opened(self) -> subprocess.Popen[bytes]:
        """A process that is ready for items."""
        if self._is_open and self._process is not None:
            return self._process
        try:
            process = self._replaced()
            _send(_pipe(process.stdin), self._opening)
            failed: _Raised | None = _receive(_pipe(process.stdout))
        except (OSError, EOFError) as error:
            self._check_not_over()
            raise SemblanteError("worker_ended") from error
        if failed is not None:
            raise failed.error
        self._is_open = True
        return process

    def _check_not_over(self) -> None:
        if self._is_over:
            raise SemblanteError("pool_closed")

    def _replaced(self) -> subprocess.Popen[bytes]:
        with self._changing:
            self._check_not_over()
            following = _started()
            if self._process is not None:
                self._process.kill()  # It answers no more, but may not be gone yet.
                self.clear_up()
            self._process = following
            return following

    def stop(self) -> None:
        """End the process, whatever it does; none follows."""
        with self._changing:
            self._is_over = True
            if self._process is not None:
                self._process.terminate()

    def clear_up(self) -> None:
        """Wait for the end of the process, and close its pipes."""
        if self._process is None:
            return
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            # What was still to be sent to a process that has ended is of no use.
            with contextlib.suppress(OSError):
                _pipe(pipe).close()


def _started() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", f"from {__name__} import serve; serve()"]
    # Each process is one of as many as there are cores: threads of its own would only get in the way.
    alone = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    environment = {**os.environ, **alone, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)


def serve() -> None:
    """Say that all is ready, and answer what is asked for until the caller closes the pipe.

    This is what each of the processes runs.
    """
    # Ctrl-C reaches the whole group of processes; the caller decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, target = sys.stdin.buffer, sys.stdout.buffer
    try:
        module, name, settings = _receive(source)
        answer = _tried(lambda: getattr(import_module(module), name)(*settings))
        if isinstance(answer, _Raised):
            _send(target, answer)
            return
        _send(target, None)  # Whatever ends the process from now on is an item's doing.
        while True:
            _send(target, [_tried(answer, item) for item in _receive(source)])
    except EOFError:
        return


def _tried(function: Callable[..., Any], *arguments: Any) -> Any:
    """What the function returns, or `_Raised`. A lack of memory ends the process."""
    try:
        return function(*arguments)
    except MemoryError:
        raise
    except Exception as error:
        return _Raised.from_error(error)


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # Both ends were asked for.
    return pipe


def _send(pipe: IO[bytes], value: Any) -> None:
    content = pickle.dumps(value)
    pipe.write(len(content).to_bytes(LENGTH_BYTES, "little") + content)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    length = int.from_bytes(_exactly(pipe, LENGTH_BYTES), "little")
    return pickle.loads(_exactly(pipe, length))


def _exactly(pipe: IO[bytes], count: int) -> bytes:
    content = pipe.read(count)
    if len(content) < count:
        raise EOFError
    return content
