"""How fast the service answers, how it behaves when too much is asked of it, and that every answer is right.

    python bench/service.py [--clients 1 8 32] [--seconds 20] [--people 5]

Starts `semblante serve` with drawn photos of drawn people. Each client asks for the faces of a photo, waits
for the answer, and compares it with what the analyzer finds by itself. A client that is told that the service
is busy comes again when it was told to. Prints JSON: seconds until the first answer, and for each number of
clients requests a second, the median, 95th and 99th percentile of the seconds an answer takes, how many were
refused for now, how many were wrong, and the service's memory before and after.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from semblante.generate import write_person
from semblante.pipeline import FaceAnalyzer

Boxes = list[list[float]]


@dataclass
class Tally:
    """What clients met; each is added to by several threads, one append at a time."""

    seconds: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)


@contextmanager
def running(home: Path) -> Iterator[tuple[httpx.Client, int, float]]:
    """A service in a process: a client of it, the process's number, and the seconds until it answered."""
    command = [sys.executable, "-m", "semblante", "serve", "--port", "0"]
    environment = os.environ | {"SEMBLANTE_HOME": str(home), "LC_ALL": "C", "PYTHONUNBUFFERED": "1"}
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        address, key = (re.search(r"\S+$", process.stdout.readline()) for _ in range(2))
        assert address is not None and key is not None
        limits = httpx.Limits(max_connections=None)
        headers = {"Authorization": f"Bearer {key[0]}"}
        with httpx.Client(base_url=address[0], headers=headers, timeout=120, limits=limits) as client:
            client.get("/health").raise_for_status()
            first_s = time.perf_counter() - began
            client.get("/ready").raise_for_status()
            yield client, process.pid, first_s
        process.terminate()


def ask(
    client: httpx.Client,
    photos: Sequence[bytes],
    expected: Sequence[Boxes],
    until: float,
    start: int,
    tally: Tally,
) -> None:
    """One client: photo after photo until the time is over."""
    place = start
    while time.perf_counter() < until:
        place = (place + 1) % len(photos)
        began = time.perf_counter()
        answer = client.post("/faces", files={"image": ("photo.jpg", photos[place], "image/jpeg")})
        if answer.status_code == 503:
            tally.refused.append(1)
            time.sleep(float(answer.headers["Retry-After"]))
            continue
        tally.seconds.append(time.perf_counter() - began)
        boxes = [face["box"]["pixels"] for face in answer.json()["faces"]] if answer.is_success else None
        if boxes is None or len(boxes) != len(expected[place]) or not np.allclose(boxes, expected[place]):
            tally.wrong.append(answer.status_code)


def load(
    client: httpx.Client, photos: Sequence[bytes], expected: Sequence[Boxes], clients: int, seconds: float
) -> dict[str, Any]:
    """The figures of so many clients at once."""
    tally = Tally()
    began = time.perf_counter()
    threads = [
        threading.Thread(target=ask, args=(client, photos, expected, began + seconds, place, tally))
        for place in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken_s = time.perf_counter() - began
    p50, p95, p99 = np.percentile(tally.seconds, [50, 95, 99]).tolist()
    return {
        "clients": clients,
        "answers": len(tally.seconds),
        "requests_a_second": round(len(tally.seconds) / taken_s, 1),
        "p50_s": round(p50, 3),
        "p95_s": round(p95, 3),
        "p99_s": round(p99, 3),
        "refused_for_now": len(tally.refused),
        "wrong": len(tally.wrong),
    }


def memory_mb(process: int) -> float:
    """What a process holds in memory (Linux)."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return round(int(found[1]) / 1000, 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--people", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = [
            write_person(Path(folder), f"person-{person}", seed=7, person=person, count=2)
            for person in range(options.people)
        ]
        photos = [path.read_bytes() for each in paths for path in each]
        with FaceAnalyzer(threads=1) as analyzer:
            expected = [[list(face.box) for face in analyzer.analyze(photo)] for photo in photos]
        with running(Path(folder) / "data") as (client, process, first_s):
            load(client, photos, expected, 2, 1)
            before_mb = memory_mb(process)
            loads = [load(client, photos, expected, each, options.seconds) for each in options.clients]
            after_mb = memory_mb(process)
    figures = {"first_answer_s": round(first_s, 2), "loads": loads}
    print(json.dumps({**figures, "memory_mb": {"before": before_mb, "after": after_mb}}, indent=2))


if __name__ == "__main__":
    main()
