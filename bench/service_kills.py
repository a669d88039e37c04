"""Whether every change that the service has acknowledged is there, however the service ends.

    python bench/service_kills.py [--kills 100] [--clients 8] [--seed 1]

Each client adds people one after the other, each name once; says when they were born; and gives a drawn photo
of every fourth. It notes what was asked for and what was acknowledged. At a random moment after the first
answer the process is killed (SIGKILL) and started again. Then whatever was acknowledged must be there, once,
and nothing that no client asked for. Prints JSON.
"""

import argparse
import json
import random
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
from service_process import ServiceProcess

from semblante.generate import write_person

CONSENT = {"who": "self", "on": "2026-11-28"}
PHOTO_EVERY = 4
LONGEST_RUN_S = 1.0
KINDS = ("person", "birth date", "photo")


@dataclass
class Written:
    """Somebody whom a client adds: what was asked for, and which of it was acknowledged."""

    name: str
    birth_date: str
    acknowledged: set[str] = field(default_factory=set)


def write(service: ServiceProcess, prefix: str, photo: bytes, written: list[Written]) -> None:
    """Add somebody new, with a birth date and perhaps a photo, until the service is gone."""
    client, number = service.client, 0
    try:
        while True:
            born = date(1930, 1, 1) + timedelta(days=random.randrange(20_000))
            each = Written(f"{prefix} {number}", born.isoformat())
            written.append(each)
            wanted = {"name": each.name, "consent": CONSENT}
            answer = client.post("/people", json=wanted, headers={"Idempotency-Key": each.name})
            if answer.status_code == 201:
                each.acknowledged.add("person")
                path = f"/people/{answer.json()['id']}"
                if client.patch(path, json={"birth_date": each.birth_date}).is_success:
                    each.acknowledged.add("birth date")
                if number % PHOTO_EVERY == 0:
                    files = {"images": ("photo.jpg", photo, "image/jpeg")}
                    given = client.post(f"{path}/photos", files=files)
                    if given.is_success and given.json()["accepted"]:
                        each.acknowledged.add("photo")
            number += 1
    except httpx.HTTPError:
        return


def differences(service: ServiceProcess, written: Sequence[Written], latest: int) -> dict[str, int]:
    """How much of what was acknowledged is not there, and how much is there twice or was never asked for.

    Photos are looked up one by one, so only those of the people behind the first `latest`.
    """
    known: dict[str, dict[str, Any]] = {}
    found = {"lost": 0, "doubled": 0, "not_asked_for": 0}
    for listed in people_of(service):
        found["doubled"] += listed["name"] in known
        known[listed["name"]] = listed
    for number, each in enumerate(written):
        there: set[str] = set()
        person = known.pop(each.name, None)
        if person is not None:
            there |= {"person"}
            there |= {"birth date"} if person["birth_date"] == each.birth_date else set()
            if "photo" in each.acknowledged:
                is_there = number < latest or photos_of(service, person["id"])
                there |= {"photo"} if is_there else set()
            found["not_asked_for"] += person["birth_date"] not in (None, each.birth_date)
        found["lost"] += len(each.acknowledged - there)
    found["not_asked_for"] += len(known)
    return found


def photos_of(service: ServiceProcess, person: str) -> list[dict[str, Any]]:
    """The photos that a person was given: at most one here."""
    photos: list[dict[str, Any]] = (
        service.client.get(f"/people/{person}/photos").raise_for_status().json()["photos"]
    )
    return photos


def people_of(service: ServiceProcess) -> list[dict[str, Any]]:
    """Everybody whom the service knows."""
    people: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 200}
    while True:
        page = service.client.get("/people", params=query).raise_for_status().json()
        people += page["people"]
        if page["next"] is None:
            return people
        query["cursor"] = page["next"]


def main() -> None:
    """Kill, look, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    written: list[Written] = []
    found: dict[str, int] = {"kills": 0}
    with tempfile.TemporaryDirectory() as folder:
        (path,) = write_person(Path(folder), "person", seed=7, person=0, count=1)
        photo, home = path.read_bytes(), Path(folder) / "data"
        service = ServiceProcess(home)
        while found["kills"] < options.kills:
            latest = len(written)
            callers = [
                threading.Thread(target=write, args=(service, f"{found['kills']}-{place}", photo, written))
                for place in range(options.clients)
            ]
            for caller in callers:
                caller.start()
            while not any(each.acknowledged for each in written[latest:]):
                time.sleep(0.001)
            time.sleep(rng.uniform(0, LONGEST_RUN_S))
            service.kill()
            for caller in callers:
                caller.join()
            service = ServiceProcess(home)
            found["kills"] += 1
            for what, count in differences(service, written, latest).items():
                found[what] = found.get(what, 0) + count
        found["lost at the end"] = differences(service, written, 0)["lost"]
        service.kill()
    acknowledged = [what for each in written for what in each.acknowledged]
    counts = {f"acknowledged, {what}": acknowledged.count(what) for what in KINDS}
    print(json.dumps({**found, "clients": options.clients, **counts}, indent=2))


if __name__ == "__main__":
    main()
