"""Draws pictures in several processes, from any program: a script, a notebook, standard input.

`multiprocessing` would run the caller's script again in each new process. These processes run `work`
instead and speak over pipes: a line of JSON with picture keys goes in; for each key the length of a JPEG
file (4 bytes, little-endian), the file, and its 40 attributes come out.
"""

import io
import json
import os
import queue
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from typing import IO

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from semblante.errors import SemblanteError
from semblante.generate.draw import draw_picture
from semblante.text import say

CHUNK = 16
JPEG_QUALITY = 92
_LENGTH_BYTES = 4

Drawn = tuple[bytes, UInt8[np.ndarray, "40"]]
"""One picture as the bytes of a JPEG file, and its attributes."""


@dataclass(frozen=True)
class PictureKey:
    """The three numbers that a picture follows from."""

    seed: int
    person: int
    picture: int


def draw_jpeg(key: PictureKey) -> Drawn:
    """Draw one picture, here."""
    face = draw_picture(key.seed, key.person, key.picture)
    file = io.BytesIO()
    Image.fromarray(face.pixels).save(file, "JPEG", quality=JPEG_QUALITY)
    return file.getvalue(), face.attributes


def draw_all(keys: Sequence[PictureKey]) -> Iterator[Drawn]:
    """Draw all pictures, in order, on all cores where that is worth starting processes."""
    count = min(os.cpu_count() or 1, -(-len(keys) // (4 * CHUNK)))
    if count < 2:
        yield from map(draw_jpeg, keys)
        return
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", f"from {__name__} import work; work()"]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        for _ in range(count)
    ]
    idle: queue.SimpleQueue[subprocess.Popen[bytes]] = queue.SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def draw(chunk: Sequence[PictureKey]) -> list[Drawn]:
        worker = idle.get()
        try:
            return _ask(worker, chunk)
        finally:
            idle.put(worker)

    pool = ThreadPoolExecutor(count)
    try:
        for drawn in pool.map(draw, [keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK)]):
            yield from drawn
    finally:
        # Whoever stops early does not wait for what has not begun.
        pool.shutdown(cancel_futures=True)
        for worker in workers:
            with worker:
                worker.terminate()


def _ask(worker: subprocess.Popen[bytes], keys: Sequence[PictureKey]) -> list[Drawn]:
    assert worker.stdin is not None and worker.stdout is not None  # Both are pipes.
    try:
        worker.stdin.write(json.dumps([astuple(key) for key in keys]).encode() + b"\n")
        worker.stdin.flush()
        return [_receive(worker.stdout) for _ in keys]
    except (OSError, EOFError) as error:
        raise SemblanteError(
            say("a process that draws faces has ended; run the same command again")
        ) from error


def _receive(pipe: IO[bytes]) -> Drawn:
    length = int.from_bytes(_exactly(pipe, _LENGTH_BYTES), "little")
    return _exactly(pipe, length), np.frombuffer(_exactly(pipe, 40), np.uint8)


def _exactly(pipe: IO[bytes], count: int) -> bytes:
    content = pipe.read(count)
    if len(content) < count:
        raise EOFError
    return content


def work() -> None:
    """Draw what is asked for until the caller closes the pipe."""
    # Ctrl-C reaches the whole group of processes; the caller decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin.buffer:
        for key in json.loads(line):
            content, attributes = draw_jpeg(PictureKey(*key))
            sys.stdout.buffer.write(
                len(content).to_bytes(_LENGTH_BYTES, "little") + content + attributes.tobytes()
            )
        sys.stdout.buffer.flush()
