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
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from itertools import islice
from typing import IO, Any

from semblante.errors import SemblanteError
from semblante.text import Language, current_language, say, use_language

_LENGTH_BYTES = 8


def in_processes(
    maker: Callable[..., Callable[[Any], Any]],
    settings: tuple[Any, ...],
    items: Iterable[Any],
    processes: int,
    chunk: int,
) -> Generator[Any, None, None]:
    """`maker(*settings)` of each item, in order, computed by `processes` that each call `maker` once.

    `maker` is a function of a module, found there by its name. `items` is read as it is needed, and no more
    than a few chunks of results wait to be taken. Raises `SemblanteError` where a process ends early.
    """
    command = [sys.executable, "-c", f"from {__name__} import serve; serve()"]
    # Each process is one of as many as there are cores: threads of its own would only get in the way.
    alone = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    environment = {**os.environ, **alone, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        for _ in range(processes)
    ]
    idle: queue.SimpleQueue[subprocess.Popen[bytes]] = queue.SimpleQueue()
    for worker in workers:
        idle.put(worker)
    # Said here: the pool's threads know no language.
    ended = say("a helping process has ended; run the same command again")
    opening = (maker.__module__, maker.__name__, settings, current_language())
    greeted: set[int] = set()

    def ask(items_of_chunk: Sequence[Any]) -> list[Any]:
        worker = idle.get()
        try:
            if worker.pid not in greeted:
                greeted.add(worker.pid)
                _send(_pipe(worker.stdin), opening)
            _send(_pipe(worker.stdin), items_of_chunk)
            results: list[Any] = _receive(_pipe(worker.stdout))
            return results
        except (OSError, EOFError) as error:
            raise SemblanteError(ended) from error
        finally:
            idle.put(worker)

    pool = ThreadPoolExecutor(processes)
    try:
        yield from _in_order(pool, ask, iter(items), chunk, waiting=2 * processes)
    finally:
        # Whoever stops early does not wait for what has not begun.
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.terminate()
        pool.shutdown()
        for worker in workers:
            worker.wait()
            for pipe in (worker.stdin, worker.stdout):
                # What was still to be sent to a process that has ended is of no use.
                with contextlib.suppress(OSError):
                    _pipe(pipe).close()


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
    """Answer what is asked for until the caller closes the pipe: what each of the processes runs."""
    # Ctrl-C reaches the whole group of processes; the caller decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, target = sys.stdin.buffer, sys.stdout.buffer
    try:
        answer = _opened(_receive(source))
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
