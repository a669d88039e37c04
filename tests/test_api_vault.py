"""The lock of the service's library, by HTTP."""

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
    assert client.get("/people").json() == []
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
    assert client.get("/people").json() == []


def test_a_service_begins_on_a_locked_library(client: httpx.Client, engine: Engine) -> None:
    client.put("/vault", json={"passphrase": PASSPHRASE}).raise_for_status()
    with Engine(settings_for(engine.folder)) as again, asking(again) as other:
        assert other.get("/vault").json() == LOCKED
        assert problem(other.get("/people")) == (423, "index_locked")
        unready = other.get("/ready")
        assert problem(unready) == (503, "not_ready")
        assert [each["code"] for each in unready.json()["reasons"]] == ["index_locked"]
        other.post("/vault/unlock", json={"passphrase": PASSPHRASE}).raise_for_status()
        assert other.get("/ready").json() == {"ready": True} and other.get("/people").json() == []


def test_no_answer_tells_a_passphrase(client: httpx.Client) -> None:
    for body in (
        {"passphrase": PASSPHRASE * 100},
        {"passphrase": PASSPHRASE, "more": 1},
        {"passphrase": [PASSPHRASE]},
    ):
        answer = client.post("/vault/unlock", json=body)
        assert answer.status_code in (409, 422) and PASSPHRASE not in answer.text
