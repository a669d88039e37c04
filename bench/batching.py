"""Whether requests about photos are answered faster when the network reads their faces together.

    python bench/batching.py [--clients 1 8 32] [--seconds 15] [--batch 8] [--photo-px 178]

In this process, without HTTP: as many threads as there are cores answer clients, each of whom asks about a
drawn photo with one face and asks again once the answer is there. `one by one`, a thread takes a request,
finds the face and reads it with the network, as the service does; `batched`, it takes all requests that wait,
at most BATCH, finds the faces of each, and reads them together. The two take turns of a second, so that what
else the machine does hits both. Prints JSON: answers a second, milliseconds until an answer, and the CPU time
of an answer, which also holds on a busy machine.
"""

import argparse
import io
import json
import os
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

# As the command line sets it: waiting threads would keep others from working.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
from PIL import Image
from service import percentiles

from semblante.cores import usable_cores
from semblante.generate import draw, sample_identity, sample_scene
from semblante.pipeline import FaceAnalyzer

TURN_S = 1.0
PHOTOS = 8


@dataclass
class Request:
    """A photo, and whether its answer is there."""

    photo: bytes
    is_answered: threading.Event = field(default_factory=threading.Event)


@dataclass
class Turns:
    """What was met in all turns of one way."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    waited_s: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """In the words of the output."""
        return {
            "answers_a_second": round(len(self.waited_s) / self.wall_s, 1),
            "cpu_ms": round(1000 * self.cpu_s / len(self.waited_s), 2),
            **percentiles(self.waited_s),
        }


def answer(analyzer: FaceAnalyzer, requests: "queue.Queue[Request | None]", batch: int) -> None:
    """One thread: answer what waits, so many at once, until there is None."""
    while (first := requests.get()) is not None:
        taken: list[Request] = [first]
        while len(taken) < batch:
            try:
                further = requests.get_nowait()
            except queue.Empty:
                break
            if further is None:
                requests.put(None)
                break
            taken.append(further)
        faces = [face for each in taken for face in analyzer.align(each.photo)[0]]
        analyzer.embed(np.stack([face.crop for face in faces]))
        for each in taken:
            each.is_answered.set()


def ask(
    requests: "queue.Queue[Request | None]", photos: Sequence[bytes], until_s: float, turns: Turns
) -> None:
    """One client: ask again once the answer is there, until the time is over."""
    number = 0
    while (began := time.perf_counter()) < until_s:
        request = Request(photos[number % len(photos)])
        requests.put(request)
        request.is_answered.wait()
        turns.waited_s.append(time.perf_counter() - began)
        number += 1


def turn(analyzer: FaceAnalyzer, photos: Sequence[bytes], clients: int, batch: int, turns: Turns) -> None:
    """Let clients ask for a second."""
    requests: queue.Queue[Request | None] = queue.Queue()
    workers = [
        threading.Thread(target=answer, args=(analyzer, requests, batch)) for _ in range(usable_cores())
    ]
    began, cpu_s = time.perf_counter(), time.process_time()
    askers = [
        threading.Thread(target=ask, args=(requests, photos, began + TURN_S, turns)) for _ in range(clients)
    ]
    for thread in (*workers, *askers):
        thread.start()
    for thread in askers:
        thread.join()
    for _ in workers:
        requests.put(None)
    for thread in workers:
        thread.join()
    turns.wall_s += time.perf_counter() - began
    turns.cpu_s += time.process_time() - cpu_s


def drawn_photos(side_px: int) -> list[bytes]:
    """Photos of drawn people, of this width."""
    found = []
    for person in range(PHOTOS):
        identity = sample_identity(1, person)
        picture = Image.fromarray(draw(identity, sample_scene(identity, 1, person, 0)).pixels)
        # Pictures of CelebA's size are taken for its aligned ones, so never quite that.
        picture = picture.resize((side_px, side_px * picture.height // picture.width + 2))
        content = io.BytesIO()
        picture.save(content, "JPEG", quality=90)
        found.append(content.getvalue())
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--photo-px", type=int, default=178)
    options = parser.parse_args()
    photos = drawn_photos(options.photo_px)
    ways = {"one by one": 1, "batched": options.batch}
    found: list[dict[str, Any]] = []
    with FaceAnalyzer(threads=1) as analyzer:
        for batch in ways.values():
            turn(analyzer, photos, 2, batch, Turns())
        for clients in options.clients:
            turns = {way: Turns() for way in ways}
            while sum(each.wall_s for each in turns.values()) < 2 * options.seconds:
                for way, batch in ways.items():
                    turn(analyzer, photos, clients, batch, turns[way])
            found.append({"clients": clients, **{way: each.figures() for way, each in turns.items()}})
    print(json.dumps({"cores": usable_cores(), "batch": options.batch, "loads": found}, indent=2))


if __name__ == "__main__":
    main()
