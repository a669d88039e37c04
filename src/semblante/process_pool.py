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
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from typing import IO, Any, Final

from semblante.errors import SemblanteError
from semblante.i18n import Language, current_language, tr, use_language

MOST_IN_A_ROW: Final = 50
"""So many items that all end a process are not to blame: no process can work here."""
_LENGTH_BYTES = 8

_Opening = tuple[str, str, tuple[Any, ...], Language]
"""The module and name of a maker, its settings, and the language to speak."""


def in_processes(
    maker: Callable[..., Callable[[Any], Any]],
    settings: tuple[Any, ...],
    items: Iterable[Any],
    processes: int,
    chunk: int,
    instead: Callable[[Any], Any] | None = None,
) -> Generator[Any, None, None]:
    """`maker(*settings)` of each item, in order, computed by `processes` that each call `maker` once.

    `maker` is a function of a module, found there by its name. `items` is read as it is needed, and no more
    than a few chunks of results wait to be taken. Where a process ends early, another takes its place and is
    asked item by item; the result of an item that ends that one too is what `instead` makes of it, here.
    Raises `SemblanteError` where there is no `instead`, and where processes end as they start, or at
    all items.
    """
    # Said here: the pool's threads know no language.
    ended = tr("a helping process has ended; run the same command again")
    helpers: list[_Helper] = []
    pool = ThreadPoolExecutor(processes)
    try:
        idle: queue.SimpleQueue[_Helper] = queue.SimpleQueue()
        for _ in range(processes):
            helpers.append(_Helper((maker.__module__, maker.__name__, settings, current_language()), ended))
            idle.put(helpers[-1])

        def ask(items_of_chunk: Sequence[Any]) -> list[Any]:
            helper = idle.get()
            try:
                return helper.results(items_of_chunk)
            finally:
                idle.put(helper)

        results = _in_order(pool, ask, iter(items), chunk, waiting=2 * processes)
        yield from _with_fatal(results, instead, ended)
    finally:
        # Whoever stops early does not wait for what has not begun.
        pool.shutdown(wait=False, cancel_futures=True)
        for helper in helpers:
            helper.stop()
        pool.shutdown()
        for helper in helpers:
            helper.clear_up()


@dataclass(frozen=True)
class _Fatal:
    """Stands for the result of an item that ends each process that is asked."""

    item: Any


_one_by_one = threading.Lock()
"""Held by the helper that asks item by item: two such items at once may be what was too much."""


class _Died(Exception):
    """The process ended before it answered."""


class _Helper:
    """A process at work, and after one that ended the next. One thread at a time asks it."""

    def __init__(self, opening: _Opening, ended: str) -> None:
        self._opening, self._ended = opening, ended
        self._process = _started()
        self._is_open = self._has_died = self._is_over = False
        self._changing = threading.Lock()

    def results(self, items: Sequence[Any]) -> list[Any]:
        """The result of each item, or `_Fatal`. Raises `SemblanteError` where no process starts."""
        with contextlib.suppress(_Died):
            return self._ask(items)
        with _one_by_one:
            return [self._result(item) for item in items]

    def _result(self, item: Any) -> Any:
        try:
            return self._ask([item])[0]
        except _Died:
            return _Fatal(item)

    def _ask(self, items: Sequence[Any]) -> list[Any]:
        self._open()
        try:
            _send(_pipe(self._process.stdin), items)
            results: list[Any] = _receive(_pipe(self._process.stdout))
            return results
        except (OSError, EOFError) as error:
            self._has_died = True
            raise _Died from error

    def _open(self) -> None:
        """Have a process that is ready for items."""
        try:
            if self._has_died:
                self._replace()
            if not self._is_open:
                _send(_pipe(self._process.stdin), self._opening)
                _receive(_pipe(self._process.stdout))
                self._is_open = True
        except (OSError, EOFError) as error:
            raise SemblanteError(self._ended) from error

    def _replace(self) -> None:
        with self._changing:
            if self._is_over:
                raise EOFError
            following = _started()
            self._process.kill()  # It answers no more, but may not be gone yet.
            self.clear_up()
            self._process = following
            self._is_open = self._has_died = False

    def stop(self) -> None:
        """End the process, whatever it does; none follows."""
        with self._changing:
            self._is_over = True
            self._process.terminate()

    def clear_up(self) -> None:
        """Wait for the end of the process, and close its pipes."""
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


def _with_fatal(results: Iterable[Any], instead: Callable[[Any], Any] | None, ended: str) -> Iterator[Any]:
    """The results, fatal items replaced: held back until an answer shows that processes do work here."""
    held: list[Any] = []
    works = False
    for result in results:
        if isinstance(result, _Fatal):
            if instead is None or len(held) == MOST_IN_A_ROW:
                raise SemblanteError(ended)
            held.append(instead(result.item))
        else:
            works = True
            yield from held
            held = []
            yield result
    if held and not works:
        raise SemblanteError(ended)
    yield from held


def _in_order(
    pool: ThreadPoolExecutor,
    ask: Callable[[Sequence[Any]], list[Any]],
    items: Iterator[Any],
    chunk: int,
    waiting: int,
) -> Iterator[Any]:
    coming: deque[Future[list[Any]]] = deque()
    while True:
        while len(coming) < waiting and (some := list(islice(items, chunk))):
            coming.append(pool.submit(ask, some))
        if not coming:
            return
        yield from coming.popleft().result()


def serve() -> None:
    """Say that all is ready, and answer what is asked for until the caller closes the pipe.

    This is what each of the processes runs.
    """
    # Ctrl-C reaches the whole group of processes; the caller decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, target = sys.stdin.buffer, sys.stdout.buffer
    try:
        answer = _opened(_receive(source))
        _send(target, None)  # Whatever ends the process from now on is an item's doing.
        while True:
            _send(target, [answer(item) for item in _receive(source)])
    except EOFError:
        return


def _opened(opening: tuple[str, str, tuple[Any, ...], Language]) -> Callable[[Any], Any]:
    module, name, settings, language = opening
    use_language(language)
    made: Callable[[Any], Any] = getattr(import_module(module), name)(*settings)
    return made


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # Both ends were asked for.
    return pipe


def _send(pipe: IO[bytes], value: Any) -> None:
    content = pickle.dumps(value)
    pipe.write(len(content).to_bytes(_LENGTH_BYTES, "little") + content)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    length = int.from_bytes(_exactly(pipe, _LENGTH_BYTES), "little")
    return pickle.loads(_exactly(pipe, length))


def _exactly(pipe: IO[bytes], count: int) -> bytes:
    content = pipe.read(count)
    if len(content) < count:
        raise EOFError
    return content
