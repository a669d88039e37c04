"""Whether the running service keeps to its own description, as thousands of requests by Schemathesis show.

    python bench/contract.py [--seconds 600] [--seed N]

The service knows two drawn people and a folder with their photos. Every operation is asked, also those that
erase, lock and encrypt: what is erased comes back, and what is locked is unlocked, every few seconds. Of what
is asked, three things are put right: folders that there are become the folder with the photos, sorts go to a
folder of their own, and passphrases are the same one. `contract.toml` says which refusals are right. Needs
the package schemathesis, which prints what it finds; the exit code is 1 where it finds anything.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import schemathesis
from service_process import ServiceProcess

from semblante.generate import write_person
from semblante.pipeline import FaceAnalyzer, Library, PersonDetails
from semblante.types import Consent

PASSPHRASE = "correct horse battery"
PHOTOS, SORTED = "CONTRACT_PHOTOS", "CONTRACT_SORTED"
HERE = Path(__file__).parent


def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Put right what must not be left to chance; Schemathesis loads this file for it."""
    del context, kwargs
    if isinstance(case.body, dict):
        case.body = put_right(case.operation.path, case.body)


schemathesis.hook(before_call)


def put_right(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The body of a request to `path`, so that nothing outside its folders is read or written."""
    changed = dict(body)
    if path.endswith("/folders") and is_there(body.get("path")):
        changed["path"] = os.environ[PHOTOS]
    if path.endswith("/sorts") and isinstance(body.get("folder"), str):
        changed["folder"] = os.environ[SORTED]
    if "/vault" in path:
        for name in ("passphrase", "current"):
            if isinstance(body.get(name), str) and (name == "current" or len(body[name]) >= 8):
                changed[name] = PASSPHRASE
    return changed


def is_there(path: object) -> bool:
    """Whether a text names a file or folder, or might."""
    try:
        return isinstance(path, str) and (Path(path).is_absolute() or Path(path).exists())
    except (OSError, ValueError):
        return False


def fill(home: Path, photos: Path) -> bytes:
    """Teach two people, and give the folder with their photos; one of them as an export."""
    with Library(home, create=True) as library, FaceAnalyzer() as analyzer:
        people = []
        for number, name in enumerate(("Ana", "Bo")):
            files = write_person(photos / name, "photo", seed=3, person=number, count=9)
            consent = Consent("told", date(2026, 11, 28), "")
            people.append(library.add_person(PersonDetails(name, consent)).id)
            contents = [each.read_bytes() for each in files[:7]]
            library.give_images(people[-1], contents, "positive", analyzer)
            library.learn_given(people[-1], analyzer)
        library.add_folder(str(photos))
        library.scan_folders((), analyzer)
        return library.export_person(people[0])


def keep_filled(client: httpx.Client, export: bytes, photos: Path, stop: threading.Event) -> None:
    """Bring back what was erased, and unlock what was locked, until it is to stop."""
    while not stop.wait(3):
        people = client.get("/people")
        if people.status_code == 423:
            client.post("/vault/unlock", json={"passphrase": PASSPHRASE})
        elif people.status_code == 200 and people.json()["total"] == 0:
            client.post("/people/import", files={"file": export})
            client.post("/folders", json={"path": str(photos)})
            client.post("/scans", json={})


def main() -> int:
    """Fill, serve, ask; the exit code of Schemathesis."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        photos, home = Path(folder) / "photos", Path(folder) / "data"
        export = fill(home, photos)
        with ServiceProcess(home) as service:
            stop = threading.Event()
            filling = threading.Thread(target=keep_filled, args=(service.client, export, photos, stop))
            filling.start()
            asked = subprocess.run(
                [
                    *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "contract.toml")),
                    *("run", f"{service.client.base_url}openapi.json"),
                    *("--header", f"Authorization: {service.client.headers['Authorization']}"),
                    *("--max-time", str(options.seconds), "--seed", str(options.seed)),
                    *("--continue-on-failure", "--no-shrink"),
                ],
                cwd=folder,
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]),
                    "SCHEMATHESIS_HOOKS": "contract",
                    PHOTOS: str(photos),
                    SORTED: str(Path(folder) / "sorted"),
                },
            )
            stop.set()
            filling.join()
    return asked.returncode


if __name__ == "__main__":
    sys.exit(main())
