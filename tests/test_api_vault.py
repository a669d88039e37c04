"""The lock of the service's library, by HTTP."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from api_client import asking, settings_for
from encrypted_store import (
    PASSPHRASE,
    cheap_scrypt,  # noqa: F401 (a fixture)
)

from semblante.api import Engine
from semblante.api.passphrase_attempts import PassphraseAttempts
from semblante.errors import Refused, VaultLocked
from semblante.jobs import JobContext

PLAIN = {"encrypted": False, "locked": False, "auto_lock_minutes": 15}
OPEN = {**PLAIN, "encrypted": True}
LOCKED = {**OPEN, "locked": True}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(settings_for(tmp_path)) as opened:
        yield opened


@pytest.fixture
def client(engine: Engine) -> Iterator[httpx.Client]:
    with asking(engine) as opened:
        yield opened


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_encrypted_locked_and_made_plain_again(client: httpx.Client) -> None:
    assert client.get("/vault").json() == PLAIN
    assert problem(client.post("/vault/lock")) == (409, "index_not_encrypted")
    assert problem(client.put("/vault", json={"passphrase": "short"})) == (422, "passphrase_too_short")
    assert client.put("/vault", json={"passphrase": PASSPHRASE}).json() == OPEN
    assert problem(client.put("/vault", json={"passphrase": PASSPHRASE})) == (409, "index_encrypted_already")
    assert client.get("/people").json()["people"] == []
    assert client.post("/vault/lock").json() == LOCKED
    assert problem(client.get("/people")) == (423, "index_locked")
    assert client.get("/vault").json() == LOCKED
    assert problem(client.post("/vault/unlock", json={"passphrase": "wrong one"})) == (
        403,
        "passphrase_wrong",
    )
    assert client.post("/vault/unlock", json={"passphrase": PASSPHRASE}).json() == OPEN
    change = {"current": PASSPHRASE, "passphrase": "another passphrase"}
    assert client.put("/vault", json=change).json() == OPEN
    assert problem(client.put("/vault", json=change)) == (403, "passphrase_wrong")
    assert problem(client.post("/vault/decrypt", json={"passphrase": PASSPHRASE})) == (
        403,
        "passphrase_wrong",
    )
    assert client.post("/vault/decrypt", json={"passphrase": "another passphrase"}).json() == PLAIN
    assert client.get("/people").json()["people"] == []


def test_a_service_begins_on_a_locked_library(client: httpx.Client, engine: Engine) -> None:
    client.put("/vault", json={"passphrase": PASSPHRASE}).raise_for_status()
    with Engine(settings_for(engine.folder)) as again, asking(again) as other:
        assert other.get("/vault").json() == LOCKED
        assert problem(other.get("/people")) == (423, "index_locked")
        unready = other.get("/ready")
        assert problem(unready) == (503, "not_ready")
        assert [each["code"] for each in unready.json()["reasons"]] == ["index_locked"]
        other.post("/vault/unlock", json={"passphrase": PASSPHRASE}).raise_for_status()
        assert other.get("/ready").json() == {"ready": True} and other.get("/people").json()["people"] == []


def test_no_answer_tells_a_passphrase(client: httpx.Client) -> None:
    for body in (
        {"passphrase": PASSPHRASE * 100},
        {"passphrase": PASSPHRASE, "more": 1},
        {"passphrase": [PASSPHRASE]},
    ):
        answer = client.post("/vault/unlock", json=body)
        assert answer.status_code in (409, 422) and PASSPHRASE not in answer.text


def test_locking_leaves_nothing_of_anybody_in_memory(client: httpx.Client, engine: Engine) -> None:
    client.put("/vault", json={"passphrase": PASSPHRASE}).raise_for_status()
    keyed = {"Idempotency-Key": "one"}
    added = client.post("/people", json={"name": "Ana"}, headers=keyed)
    assert client.post("/people", json={"name": "Ana"}, headers=keyed).json() == added.json()
    camera = client.post("/live", json={"people": []}).json()["id"]
    begun, stopped = threading.Event(), threading.Event()

    def verb(job: JobContext) -> None:
        begun.set()
        while not job.cancelled():
            time.sleep(0.01)
        stopped.set()

    engine.jobs.start("lesson", verb)
    assert begun.wait(10) and len(client.get("/jobs").json()) == 1
    client.post("/vault/lock").raise_for_status()
    assert client.get("/jobs").json() == [] and stopped.wait(10)
    assert problem(client.post("/people", json={"name": "Ana"}, headers=keyed)) == (423, "index_locked")
    assert problem(client.post("/live", json={"people": []})) == (423, "index_locked")
    client.post("/vault/unlock", json={"passphrase": PASSPHRASE}).raise_for_status()
    assert problem(client.post(f"/live/{camera}/frames", content=b"x")) == (404, "camera_unknown")
    again = client.post("/people", json={"name": "Ana"}, headers={"Idempotency-Key": "one"})
    assert problem(again) == (409, "name_taken"), "it is a new request"


def test_a_camera_at_work_keeps_the_library_unlocked(client: httpx.Client, engine: Engine) -> None:
    camera = client.post("/live", json={"people": []}).json()["id"]
    before = engine.library.vault.last_used_s
    assert client.post(f"/live/{camera}/frames", content=b"x").status_code == 415
    assert engine.library.vault.last_used_s > before


def test_wrong_passphrases_are_counted_and_slowed(client: httpx.Client, engine: Engine) -> None:
    now_s = [0.0]
    engine.passphrases = PassphraseAttempts(lambda: now_s[0])
    client.put("/vault", json={"passphrase": PASSPHRASE}).raise_for_status()
    client.post("/vault/lock").raise_for_status()
    right, wrong = {"passphrase": PASSPHRASE}, {"passphrase": "a wrong one"}
    ways = (
        lambda: client.post("/vault/unlock", json=wrong),
        lambda: client.post("/vault/decrypt", json=wrong),
        lambda: client.put("/vault", json={"current": "a wrong one", **right}),
    )
    for number in range(5):
        assert problem(ways[number % 3]()) == (403, "passphrase_wrong")
    refused = client.post("/vault/unlock", json=right)
    assert problem(refused) == (429, "too_many_passphrases") and refused.headers["Retry-After"] == "5"
    now_s[0] = 5.0
    assert problem(client.post("/vault/unlock", json=wrong)) == (403, "passphrase_wrong")
    assert client.post("/vault/unlock", json=right).headers["Retry-After"] == "10"
    now_s[0] = 15.0
    assert client.post("/vault/unlock", json=right).json() == OPEN
    assert problem(client.post("/vault/unlock", json=wrong)) == (403, "passphrase_wrong")
    assert client.post("/vault/unlock", json=right).json() == OPEN, "they are counted from the beginning"


def test_passphrases_that_are_tried_at_once_are_counted_too() -> None:
    attempts, refused = PassphraseAttempts(), []

    def attempt() -> None:
        try:
            with attempts.one():
                raise VaultLocked("passphrase_wrong")
        except Refused as error:
            refused.append(error.code)
        except VaultLocked:
            pass

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert refused == 15 * ["too_many_passphrases"]


def test_the_minutes_until_it_locks_itself_are_chosen(client: httpx.Client, engine: Engine) -> None:
    assert client.patch("/vault", json={"auto_lock_minutes": 30}).json() == {**PLAIN, "auto_lock_minutes": 30}
    assert problem(client.patch("/vault", json={"auto_lock_minutes": 0}))[0] == 422
    client.put("/vault", json={"passphrase": PASSPHRASE})
    client.post("/vault/lock")
    assert client.patch("/vault", json={"auto_lock_minutes": 5}).json() == {**LOCKED, "auto_lock_minutes": 5}
    assert engine.library.auto_lock_minutes == 5


def test_forgetting_somebody_leaves_nothing_that_was_told_in_memory(
    client: httpx.Client, engine: Engine
) -> None:
    keyed = {"Idempotency-Key": "ana"}
    added = client.post("/people", json={"name": "Ana"}, headers=keyed).json()
    camera = client.post("/live", json={"people": []}).json()["id"]
    engine.jobs.start("lesson", lambda _: {"name": "Ana"})
    job = client.delete(f"/people/{added['id']}").json()
    until_s = time.monotonic() + 20
    while client.get(f"/jobs/{job['id']}").json()["finished"] is None:
        assert time.monotonic() < until_s
        time.sleep(0.02)
    assert [each["kind"] for each in client.get("/jobs").json()] == ["forget"], "its result is the receipt"
    assert problem(client.post(f"/live/{camera}/frames", content=b"x")) == (404, "camera_unknown")
    again = client.post("/people", json={"name": "Ana"}, headers=keyed)
    assert again.status_code == 201 and "Idempotency-Replayed" not in again.headers
