"""How long lists of a large library take: the first page, one far behind, and each filter.

    python bench/listing.py [--faces 100000] [--people 20] [--rounds 5]

The index holds made-up photos of one face each, and neurons of made-up weights: each says yes to one face in
120, and is unsure of one in 28. Asks the service, in a process of its own, for pages of 100, as the page
does. Prints JSON in milliseconds: for the list of photos and that of faces the first answer after the start,
the first page and the pages of the last tenth (medians), and the slowest page on the way there; and the first
page with each filter, when it is asked for the first time and later (median).
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from library import ROOT, unit_rows, write_made_up
from live import NOTHING
from service_process import ServiceProcess

from semblante.library import SqliteStore
from semblante.model.bundle import load_pretrained
from semblante.person import DecisionRule, Neuron, Person, person_as_json
from semblante.pipeline import Library

LIMIT = 100
FILTERS: dict[str, dict[str, Any]] = {
    "none": {},
    "a person": {"person": True},
    "a person, unsure": {"person": True, "verdict": "unsure"},
    "a person and an attribute": {"person": True, "with": "Smiling"},
    "two attributes": {"with": "Smiling", "without": "Male"},
    "a folder": {"folder": True},
    "a folder and an attribute": {"folder": True, "with": "Smiling"},
}
"""What is asked for by each; for True, the number stands that the person or folder has."""


def write_library(home: Path, faces: int, people: int) -> dict[str, int]:
    """An index of so many faces and neurons, as if the bundled model had read them.

    Gives the numbers of a person and of a folder.
    """
    base = load_pretrained().network_sha256
    with SqliteStore(home) as store:
        write_made_up(store, faces, base)
        folder = store.add_folder(ROOT / "000001")
        for number in range(people):
            # Cosines of made-up faces have a standard deviation of 1 / sqrt(WIDTH).
            neuron = Neuron(40 * unit_rows(1, 1000 + number)[0], -6.0, 0.0)
            person = Person(str(number), base, neuron, DecisionRule(1.0, 0.0, 0.02, 0.5), 5, 5, 5, NOTHING)
            store.keep_person(person_as_json(person), person.name, [])
    with Library(home) as library:
        return {"person": library.known_people()[0].id, "folder": folder.number}


def page_of(service: ServiceProcess, listing: str, **wanted: Any) -> tuple[dict[str, Any], float]:
    """A page of a list, and the milliseconds that it took."""
    began = time.perf_counter()
    answer = service.client.get(listing, params={"limit": LIMIT, **wanted})
    taken_ms = 1000 * (time.perf_counter() - began)
    return answer.raise_for_status().json(), taken_ms


def walk(service: ServiceProcess, listing: str, rounds: int) -> dict[str, float]:
    """The times of the pages of a whole list."""
    page, after_start_ms = page_of(service, listing)
    first_ms = [page_of(service, listing)[1] for _ in range(rounds)]
    times_ms = []
    while page["next"] is not None:
        page, taken_ms = page_of(service, listing, cursor=page["next"])
        times_ms.append(taken_ms)
    return {
        "total": page["total"],
        "after_start_ms": round(after_start_ms, 1),
        "first_ms": round(median(first_ms), 1),
        "last_tenth_ms": round(median(times_ms[-(len(times_ms) // 10 + 1) :]), 1),
        "slowest_ms": round(max(times_ms), 1),
    }


def filtered(
    service: ServiceProcess, listing: str, rounds: int, numbers: dict[str, int]
) -> dict[str, dict[str, float]]:
    """The times of the first page with each filter."""
    found = {}
    for name, asked in FILTERS.items():
        wanted = {what: numbers[what] if value is True else value for what, value in asked.items()}
        page, first_ms = page_of(service, listing, **wanted)
        later_ms = [page_of(service, listing, **wanted)[1] for _ in range(rounds)]
        found[name] = {
            "total": page["total"],
            "first_time_ms": round(first_ms, 1),
            "later_ms": round(median(later_ms), 1),
        }
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--faces", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    found: dict[str, Any] = {"people": options.people}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        numbers = write_library(home, options.faces, options.people)
        with ServiceProcess(home) as service:
            service.client.get("/ready").raise_for_status()
            for listing in ("photos", "faces"):
                walked = walk(service, f"/{listing}", options.rounds)
                found[listing] = {
                    **walked,
                    "filters": filtered(service, f"/{listing}", options.rounds, numbers),
                }
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
