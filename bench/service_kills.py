"""Whether a change that the service has acknowledged is there, however the service ends.

    python bench/service_kills.py [--kills 100] [--clients 8] [--seed 1]

Each client adds people one after the other, each name once, and notes those that were answered with 201. At
a random moment the process is killed (SIGKILL), started again, and asked for everybody: whoever was
acknowledged must be there once, and nobody whom no client asked for. Prints JSON.
"""

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx


class Service:
    """A service on a data folder, started again as often as it is killed."""

    def __init__(self, home: Path) -> None:
        command = [sys.executable, "-m", "semblante", "serve", "--port", "0"]
        environment = os.environ | {"SEMBLANTE_HOME": str(home), "LC_ALL": "C", "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert self._process.stdout is not None
        address, key = (re.search(r"\S+$", self._process.stdout.readline()) for _ in range(2))
        assert address is not None and key is not None
        self.client = httpx.Client(
            base_url=address[0],
            headers={"Authorization": f"Bearer {key[0]}"},
            timeout=60,
            limits=httpx.Limits(max_connections=None),
        )

    def kill(self) -> None:
        """End it as it stands."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


def add_people(service: Service, prefix: str, asked: list[str], acknowledged: list[str]) -> None:
    """Add somebody new until the service is gone."""
    number = 0
    while True:
        name = f"{prefix} {number}"
        asked.append(name)
        try:
            answer = service.client.post("/people", json={"name": name}, headers={"Idempotency-Key": name})
        except httpx.HTTPError:
            return
        if answer.status_code == 201:
            acknowledged.append(name)
        number += 1


def names_of(service: Service) -> list[str]:
    """Everybody whom the service knows."""
    answer = service.client.get("/people")
    answer.raise_for_status()
    return [person["name"] for person in answer.json()]


def main() -> None:
    """Kill, look, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    asked: list[str] = []
    acknowledged: list[str] = []
    figures: dict[str, Any] = {"kills": options.kills, "clients": options.clients, "lost": 0, "doubled": 0}
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder))
        for kill in range(options.kills):
            callers = [
                threading.Thread(target=add_people, args=(service, f"{kill}-{place}", asked, acknowledged))
                for place in range(options.clients)
            ]
            for caller in callers:
                caller.start()
            time.sleep(rng.uniform(0.0, 1.0))
            service.kill()
            for caller in callers:
                caller.join()
            service = Service(Path(folder))
            known = names_of(service)
            figures["lost"] += len(set(acknowledged) - set(known))
            figures["doubled"] += len(known) - len(set(known)) + len(set(known) - set(asked))
        service.kill()
    print(json.dumps({**figures, "acknowledged": len(acknowledged)}, indent=2))


if __name__ == "__main__":
    main()
