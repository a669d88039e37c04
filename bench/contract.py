"""Whether the running service keeps to its own description, as thousands of requests by Schemathesis show.

    python bench/contract.py [--seconds 600] [--seed N]

The service knows two drawn people and a folder with their photos. Every operation is asked, also those that
erase, lock and encrypt: what is erased comes back, and what is locked is unlocked, every few seconds. Every
second request is about somebody or something that there is. Folders that there are become the folder with the
photos, sorts go to a folder of their own, and passphrases are the same one. `contract.toml` says which
refusals are right. Needs the package schemathesis, which prints what it finds; the exit code is 1 where it
finds anything.
"""

import argparse
import json
import os
import random
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

from semblante.files import replace_when_done
from semblante.generate import write_person
from semblante.pipeline import FaceAnalyzer, Library, PersonDetails
from semblante.types import Consent

PASSPHRASE = "correct horse battery"
PHOTOS, SORTED, KNOWN = "CONTRACT_PHOTOS", "CONTRACT_SORTED", "CONTRACT_KNOWN"
HERE = Path(__file__).parent


def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Put right what must not be left to chance; Schemathesis loads this file for it."""
    del context, kwargs
    if case.path_parameters and random.random() < 0.5:
        known = json.loads(Path(os.environ[KNOWN]).read_text())
        for name in case.path_parameters.keys() & known.keys():
            if known[name]:
                case.path_parameters[name] = random.choice(known[name])
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


def note_known(client: httpx.Client, known: Path) -> None:
    """Write down of what there is, by the names of the parameters."""
    found = {
        "change_id": ids_in(client, "/changes", "changes"),
        "folder_id": ids_in(client, "/folders"),
        "group_id": ids_in(client, "/groups", "groups"),
        "job_id": ids_in(client, "/jobs"),
        "person_id": ids_in(client, "/people", "people"),
        "photo": ids_in(client, "/photos", "photos"),
        "face": [f"{photo}-0" for photo in ids_in(client, "/photos", "photos")],
    }
    for person in found["person_id"]:
        found["photo_id"] = ids_in(client, f"/people/{person}/photos", "photos")
    with replace_when_done(known) as partial:
        partial.write_text(json.dumps(found))


def ids_in(client: httpx.Client, listing: str, items: str | None = None) -> list[str]:
    """Some ids of a listing; none where it cannot be asked now."""
    answer = client.get(listing)
    if answer.status_code != 200:
        return []
    return [str(each["id"]) for each in (answer.json()[items] if items else answer.json())[:10]]


def keep_filled(
    client: httpx.Client, export: bytes, photos: Path, known: Path, stop: threading.Event
) -> None:
    """Bring back what was erased, and unlock what was locked, until it is to stop."""
    while not stop.wait(3):
        note_known(client, known)
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
            stop, known = threading.Event(), Path(folder) / "known.json"
            note_known(service.client, known)
            filling = threading.Thread(target=keep_filled, args=(service.client, export, photos, known, stop))
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
                    KNOWN: str(known),
                },
            )
            stop.set()
            filling.join()
    return asked.returncode


if __name__ == "__main__":
    sys.exit(main())
