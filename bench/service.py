"""How fast the service answers, how it behaves when too much is asked of it, and that every answer is right.

    python bench/service.py [--clients 1 8 32 128] [--seconds 60] [--people 5]

Starts `semblante serve` with drawn photos of drawn people and with neurons of made-up weights. Each client
asks in turn for the faces of a photo and for who is in it, waits for the answer, and compares it with what
the library finds by itself. A client that is told that the service is busy comes again when it was told to.

Prints JSON: for each number of clients requests a second; the median, 95th and 99th percentile of the
milliseconds that an answer takes; how many requests were refused for now with `Retry-After`, how many were
lost (no answer came, or none that says why) and wrong; and the service's memory, sampled. `by_queue` is how
long answers took by how many requests were on their way when they were sent.
"""

import argparse
import json
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from live import anybody
from service_process import ServiceProcess

from semblante.generate import write_person
from semblante.person import Person, person_as_json
from semblante.pipeline import FaceAnalyzer, Library, recognise_each

Values = list[tuple[Any, ...]]
"""What is compared: a box of numbers for each face, or face, person, verdict and probability."""
MEMORY_EVERY_S = 0.25


@dataclass(frozen=True)
class Question:
    """A request, and the library's own answer."""

    path: str
    photo: bytes
    expected: Values

    def agrees(self, body: Mapping[str, Any]) -> bool:
        """Whether the answer of the service is the library's own; numbers may differ by rounding."""
        given: Values
        if self.path == "/faces":
            given = [tuple(face["box"]["pixels"]) for face in body["faces"]]
        else:
            given = [
                (each["face"], each["person"], each["verdict"], each["probability"])
                for each in body["answers"]
            ]
        return len(given) == len(self.expected) and all(map(_alike, given, self.expected))


def _alike(given: tuple[Any, ...], expected: tuple[Any, ...]) -> bool:
    return all(
        a == b or (isinstance(a, float) and bool(np.isclose(a, b, atol=1e-5)))
        for a, b in zip(given, expected, strict=True)
    )


@dataclass
class Tally:
    """What clients met; each list is added to by several threads, one append at a time."""

    answers: list[tuple[int, float]] = field(default_factory=list)
    """How many requests were on their way, and the seconds until the answer."""
    refused: list[int] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    on_their_way: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self) -> int:
        """Count a request; gives how many are on their way with it."""
        with self.lock:
            self.on_their_way += 1
            return self.on_their_way

    def receive(self) -> None:
        """Count its answer."""
        with self.lock:
            self.on_their_way -= 1


def ask(client: httpx.Client, questions: Sequence[Question], until: float, start: int, tally: Tally) -> None:
    """One client: question after question until the time is over."""
    place = start
    while time.perf_counter() < until:
        place = (place + 1) % len(questions)
        question = questions[place]
        waiting, began = tally.send(), time.perf_counter()
        try:
            answer = client.post(question.path, files={"image": ("photo.jpg", question.photo, "image/jpeg")})
        except httpx.HTTPError as error:
            tally.lost.append(repr(error))
            continue
        finally:
            tally.receive()
        if answer.status_code == 503 and "Retry-After" in answer.headers:
            tally.refused.append(waiting)
            time.sleep(float(answer.headers["Retry-After"]))
        elif not answer.is_success:
            tally.lost.append(str(answer.status_code))
        else:
            tally.answers.append((waiting, time.perf_counter() - began))
            if not question.agrees(answer.json()):
                tally.wrong.append(question.path)


def load(
    service: ServiceProcess, questions: Sequence[Question], clients: int, seconds: float
) -> dict[str, Any]:
    """The figures of so many clients at once."""
    tally, memory_mb = Tally(), [service.memory_mb]
    began = time.perf_counter()
    threads = [
        threading.Thread(target=ask, args=(service.client, questions, began + seconds, place, tally))
        for place in range(clients)
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        time.sleep(MEMORY_EVERY_S)
        memory_mb.append(service.memory_mb)
    taken_s = time.perf_counter() - began
    return {
        "clients": clients,
        "answers": len(tally.answers),
        "requests_a_second": round(len(tally.answers) / taken_s, 1),
        **percentiles([seconds for _, seconds in tally.answers]),
        "refused_for_now": len(tally.refused),
        "lost": len(tally.lost),
        "wrong": len(tally.wrong),
        "memory_mb": {"first": memory_mb[0], "highest": max(memory_mb), "last": memory_mb[-1]},
        "by_queue": by_queue(tally.answers),
    }


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """The median, the 95th and the 99th percentile of what answers took, in milliseconds."""
    found = np.percentile(seconds, [50, 95, 99]) if seconds else np.full(3, np.nan)
    return {
        f"p{share}_ms": round(1000 * each, 1)
        for share, each in zip((50, 95, 99), found.tolist(), strict=True)
    }


def by_queue(answers: Sequence[tuple[int, float]]) -> list[dict[str, Any]]:
    """What answers took by how many requests were on their way: 1, 2 to 3, 4 to 7, and so on."""
    parts: dict[int, list[float]] = defaultdict(list)
    for waiting, seconds in answers:
        parts[waiting.bit_length() - 1].append(seconds)
    return [
        {"on_their_way": f"{2**power} to {2 ** (power + 1) - 1}", "answers": len(each), **percentiles(each)}
        for power, each in sorted(parts.items())
    ]


def questions_about(photos: Sequence[bytes], people: Mapping[str, Person]) -> list[Question]:
    """Two questions about each photo, with the answers that the library gives in this process."""
    found = []
    with FaceAnalyzer(threads=1) as analyzer:
        for photo in photos:
            read, decisions = recognise_each(list(people.values()), photo, analyzer)
            found.append(Question("/faces", photo, [face.box for face in read.faces]))
            answers: Values = [
                (place, number, decision.verdict, decision.probability)
                for place, given in enumerate(decisions)
                for number, decision in zip(people, given, strict=True)
            ]
            found.append(Question("/recognitions", photo, answers))
    return found


def keep_people(home: Path, count: int) -> dict[str, Person]:
    """Put neurons of made-up weights into a data folder; they are given by the number of the person."""
    with FaceAnalyzer(threads=1) as analyzer, Library(home, create=True) as library:
        people = {each.name: each for each in (anybody(analyzer, number) for number in range(count))}
        for person in people.values():
            library.store.keep_person(person_as_json(person), person.name, [])
        return {str(each.id): people[each.name] for each in library.known_people()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32, 128])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--people", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = [
            write_person(Path(folder), f"person-{person}", seed=7, person=person, count=2)
            for person in range(options.people)
        ]
        home = Path(folder) / "data"
        questions = questions_about(
            [path.read_bytes() for each in paths for path in each], keep_people(home, 3)
        )
        with ServiceProcess(home) as service:
            load(service, questions, 2, min(5, options.seconds))
            loads = [load(service, questions, each, options.seconds) for each in options.clients]
    print(json.dumps({"loads": loads}, indent=2))


if __name__ == "__main__":
    main()
