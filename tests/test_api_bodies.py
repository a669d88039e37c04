"""Requests that are too large, too slow, compressed or sent twice."""

import asyncio
import gzip
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_client import asking, settings_for
from starlette.types import Message, Receive, Scope, Send

from semblante.api import Engine
from semblante.api.body_guard import BodyGuard
from semblante.api.idempotency import Idempotency, KeptAnswers
from semblante.api.security import Caller
from semblante.errors import Refused


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(settings_for(tmp_path / "data", max_body_bytes=100_000, max_images=3)) as opened:
        yield opened


@pytest.fixture
def client(engine: Engine) -> Iterator[httpx.Client]:
    with asking(engine) as opened:
        yield opened


def test_a_request_that_is_too_large_is_refused_before_it_is_read(client: httpx.Client) -> None:
    answer = client.post("/faces", files={"image": ("x.jpg", bytes(100_001), "image/jpeg")})
    assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")


def test_a_request_without_a_length_is_counted(engine: Engine) -> None:
    sent = [{"type": "http.request", "body": bytes(60_000), "more_body": True}] * 3

    async def read_all(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass

    assert _status_of(BodyGuard(read_all, engine.settings), sent) == 413


def test_a_slow_request_ends(tmp_path: Path) -> None:
    async def read(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass

    guard = BodyGuard(read, settings_for(tmp_path, max_body_s=0.05))
    assert _status_of(guard, [{"type": "http.request", "body": b"x", "more_body": True}]) == 408


def test_all_requests_together_do_not_take_more_memory_than_there_is(tmp_path: Path) -> None:
    async def read(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()

    guard = BodyGuard(read, settings_for(tmp_path, max_held_bytes=10))
    body = {"type": "http.request", "body": bytes(11), "more_body": False}
    assert _status_of(guard, [body]) == 503
    # What was refused is not held.
    assert _status_of(guard, [{**body, "body": bytes(10)}]) is None


SOMEBODY = Caller("somebody", "write", is_session=False)


def form_of_somebody() -> Scope:
    """A request with images of who has a key."""
    headers = [(b"content-type", b"multipart/form-data")]
    return {"type": "http", "headers": headers, "state": {"caller": SOMEBODY}}


def _status_of(guard: BodyGuard, messages: list[dict[str, Any]]) -> int | None:
    """The status with which a request of these messages, behind which nothing comes, is refused."""
    rest = iter(messages)

    async def receive() -> Message:
        for message in rest:
            return message
        await asyncio.sleep(60)
        raise AssertionError

    async def send(_: Message) -> None:
        return None

    async def ask() -> int | None:
        try:
            await guard(form_of_somebody(), receive, send)
        except Exception as error:
            return int(getattr(error, "status_code", 0))
        return None

    return asyncio.run(ask())


def test_a_compressed_request_is_not_unpacked(client: httpx.Client) -> None:
    answer = client.post("/keys", content=gzip.compress(bytes(50_000)), headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["code"]) == (415, "encoded_body")


def test_more_images_than_are_taken(client: httpx.Client) -> None:
    files = [("image", (f"{n}.jpg", b"x", "image/jpeg")) for n in range(4)]
    answer = client.post("/faces", files=files)
    assert (answer.status_code, answer.json()["code"]) == (400, "request_refused")


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"name": "x"}', b'{"name": "x", "scope": "all"}', b"1"])
def test_what_is_no_json_or_not_as_it_is_described(client: httpx.Client, body: bytes) -> None:
    answer = client.post("/keys", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "fields_not_understood")
    assert answer.json()["errors"]


@pytest.mark.parametrize("body", [b"[" * 40_000 + b"]" * 40_000, b"\xff", b"NaN", b"1e999", b'"\\ud800"'])
def test_odd_json_does_not_end_the_service(client: httpx.Client, body: bytes) -> None:
    answer = client.post("/keys", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_request_that_is_sent_again_is_done_once(client: httpx.Client, engine: Engine) -> None:
    headers = {"Idempotency-Key": "a"}
    first, again = (
        client.post("/keys", json={"name": "x", "scope": "read"}, headers=headers) for _ in range(2)
    )
    assert first.json() == again.json() and again.status_code == 201
    assert "idempotency-replayed" not in first.headers and again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert len(engine.keys.keys()) == 1
    other = client.post("/keys", json={"name": "y", "scope": "read"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    long = client.post("/keys", json={}, headers={"Idempotency-Key": "k" * 256})
    assert (long.status_code, long.json()["code"]) == (400, "idempotency_key_too_long")


def test_the_boundary_of_a_form_makes_no_other_request(client: httpx.Client) -> None:
    files = {"image": ("x.jpg", b"no picture", "image/jpeg")}
    answers = [client.post("/faces", files=files, headers={"Idempotency-Key": "f"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [415, 415]
    assert answers[1].headers["idempotency-replayed"] == "true"


def keyed_request() -> Scope:
    """A request with a key, so that it is done once."""
    headers = [(b"idempotency-key", b"k")]
    return {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "headers": headers,
        "state": {"caller": SOMEBODY},
    }


async def empty_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def to_nobody(_: Message) -> None:
    return None


def test_while_the_first_is_being_answered_the_second_is_told_to_wait() -> None:
    begun, may_end = threading.Event(), asyncio.Event()

    async def work(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        await may_end.wait()
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def ask() -> None:
        layer = Idempotency(work, KeptAnswers())
        first = asyncio.create_task(layer(keyed_request(), empty_body, to_nobody))
        await asyncio.to_thread(begun.wait, 20)
        with pytest.raises(Refused) as caught:
            await layer(keyed_request(), empty_body, to_nobody)
        assert caught.value.code == "request_in_progress"
        may_end.set()
        await first
        # What failed may be tried again.
        await layer(keyed_request(), empty_body, to_nobody)

    asyncio.run(ask())


def test_answers_are_kept_for_a_day() -> None:
    now = [0.0]
    count = [0]

    async def work(scope: Scope, receive: Receive, send: Send) -> None:
        count[0] += 1
        await send({"type": "http.response.start", "status": 201, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    layer = Idempotency(work, KeptAnswers(lambda: now[0]))
    for at, expected in ((0.0, 1), (86_000.0, 1), (87_000.0, 2)):
        now[0] = at
        asyncio.run(layer(keyed_request(), empty_body, to_nobody))
        assert count[0] == expected


def test_what_was_cleared_is_not_kept_when_its_answer_comes() -> None:
    kept, count = KeptAnswers(), [0]

    async def work(scope: Scope, receive: Receive, send: Send) -> None:
        count[0] += 1
        kept.clear()
        await send({"type": "http.response.start", "status": 201, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    for _ in range(2):
        asyncio.run(Idempotency(work, kept)(keyed_request(), empty_body, to_nobody))
    assert count == [2]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/scans", {"verify": 1}),
        ("POST", "/scans", {"folders": ["1"]}),
        ("POST", "/live", {"people": [1.0]}),
        ("POST", "/people/1/lessons", {"false_match_rate": "0.001"}),
        ("POST", "/people", {"name": "Ana", "birth_date": 0}),
        ("POST", "/people", {"name": "Ana", "birth_date": "2001-02-03T00:00:00"}),
        ("POST", "/people", {"name": "Ana", "birth_date": "2001-02-30"}),
        ("PATCH", "/folders/1", {"ignored": "yes"}),
        ("PATCH", f"/faces/{'0' * 64}-0", {"ignored": 0}),
        ("PATCH", f"/groups/{'0' * 64}-0", {}),
        ("POST", "/sorts", {"person": 1}),
    ],
)
def test_a_value_of_another_type_is_not_taken_for_what_it_may_mean(
    client: httpx.Client, method: str, path: str, body: dict[str, Any]
) -> None:
    answer = client.request(method, path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "fields_not_understood")


def test_content_of_another_type_is_not_read(client: httpx.Client) -> None:
    for path, content, kind, wanted in (
        ("/people", b'{"name": "Ana"}', "text/plain", "application/json"),
        ("/people", b"<name/>", "application/xml; charset=utf-8", "application/json"),
        ("/faces", b"{}", "application/json", "multipart/form-data"),
    ):
        answer = client.post(path, content=content, headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()["code"]) == (415, "content_type_not_read")
        assert answer.json()["params"] == {"wanted": wanted}
    for kind in ("application/json; charset=utf-8", "application/problem+json"):
        answer = client.post("/people", content=b"{}", headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()["code"]) == (422, "fields_not_understood")
    assert client.post("/people").status_code == 422, "nothing is of no type"
