"""What holds for every request of the service: problems, languages, numbers, and how many wait at once."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from api_client import asking, settings_for
from starlette.types import Scope

from semblante.api import Engine
from semblante.api.problems import plain, problem_of, status_of
from semblante.api.request_context import language_of
from semblante.errors import (
    DiskFull,
    FileAccessError,
    Overloaded,
    Reason,
    Refused,
    SemblanteError,
    UnknownPerson,
)
from semblante.library import SqliteStore


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(settings_for(tmp_path / "data", threads=1, max_waiting=1)) as opened:
        yield opened


@pytest.fixture
def client(engine: Engine) -> Iterator[httpx.Client]:
    with asking(engine) as opened:
        yield opened


def test_the_service_says_that_it_is_there(client: httpx.Client) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_the_service_is_ready_when_model_and_library_can_be_used(
    client: httpx.Client, engine: Engine
) -> None:
    assert client.get("/ready").json() == {"ready": True}
    broken = settings_for(engine.folder, base=engine.folder / "none")
    with Engine(broken) as other, asking(other, signed_in=False) as stranger:
        answer = stranger.get("/ready")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert [reason["code"] for reason in answer.json()["reasons"]] == ["bundle_missing"]
    assert answer.headers["retry-after"] and str(engine.folder) not in answer.text


def test_the_service_says_what_it_is(client: httpx.Client, engine: Engine) -> None:
    told_of = client.get("/system").json()
    bundle = engine.analyzer.bundle
    assert told_of["model"]["network_sha256"] == bundle.network_sha256
    assert told_of["model"]["face_detector"] == engine.analyzer.detector_name
    assert told_of["limits"]["pixels"] == engine.settings.max_pixels


def test_prometheus_gets_figures_of_routes_not_of_paths(client: httpx.Client, engine: Engine) -> None:
    client.get("/jobs/somebody")
    client.request("XYZZY", "/health")
    client.get("/health", headers={"Host": "evil.example"})
    text = client.get("http://127.0.0.1:8765/metrics").text
    assert 'route="/jobs/{job_id}",status="404"} 1.0' in text
    assert 'method="other"' in text
    assert 'route="none",status="403"} 1.0' in text, "what is refused before a route has its status too"
    assert "somebody" not in text and "XYZZY" not in text
    assert "semblante_request_seconds_bucket" in text and "semblante_requests_working 0.0" in text


def test_what_is_not_there_is_a_problem_in_the_language_of_the_caller(client: httpx.Client) -> None:
    answer = client.get("/nothing", headers={"Accept-Language": "es-MX,en;q=0.5"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "es"
    problem = answer.json()
    assert problem == {
        "type": "urn:semblante:problem:not_found",
        "title": "No existe",
        "status": 404,
        "detail": "no hay nada en esta dirección",
        "instance": "/api/v1/nothing",
        "code": "not_found",
        "params": {},
        "request_id": answer.headers["x-request-id"],
    }


def test_a_method_that_is_not_taken_names_those_that_are(client: httpx.Client) -> None:
    answer = client.put("/health")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET"
    assert client.put("/jobs/x").headers["allow"] == "DELETE, GET"


def test_no_problem_tells_a_path() -> None:
    secret = Path("/home/ana/secret")
    inner = Reason("file_missing", {"path": secret / "inner.jpg"})
    error = FileAccessError("io_error", path=secret / "photo.jpg", problem=inner, others=[secret / "b.jpg"])
    body = bytes(problem_of(error, "/api/v1/x", "1").body).decode()
    assert "photo.jpg" in body and "inner.jpg" in body
    assert "secret" not in body and "ana" not in body


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UnknownPerson("person_unknown", name="Ana"), 404),
        (DiskFull("disk_full"), 507),
        (Overloaded("too_many_requests_waiting", retry_after_s=1), 503),
        (Refused("fields_not_understood", fields=[]), 422),
        (SemblanteError("internal_error"), 500),
    ],
)
def test_each_kind_of_error_has_a_status(error: SemblanteError, status: int) -> None:
    assert status_of(error) == status


def test_values_of_problems_are_ready_for_json() -> None:
    assert plain({"a": (Path("/x/y"), 1, None), "b": {2.5}}) == {"a": ["y", 1, None], "b": [2.5]}


@pytest.mark.parametrize(
    ("query", "cookie", "accepted", "language"),
    [
        ("", "", "", "en"),
        ("lang=es", "lang=en", "en", "es"),
        ("lang=xx", "lang=es", "en", "es"),
        ("", "a=b; lang=es", "en", "es"),
        ("", "", "de, es;q=0.8, en;q=0.7", "es"),
        ("", "", "es;q=0, en;q=0.1", "en"),
        ("", "", "nonsense;;;q=x", "en"),
    ],
)
def test_the_language_of_a_request(query: str, cookie: str, accepted: str, language: str) -> None:
    headers = [(b"cookie", cookie.encode()), (b"accept-language", accepted.encode())]
    scope: Scope = {"type": "http", "query_string": query.encode(), "headers": headers}
    assert language_of(scope) == language


def test_what_nobody_foresaw_is_a_problem_without_a_traceback(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with asking(engine) as client:
        app = client._transport._asynchronous.app  # type: ignore[attr-defined]

        def fail() -> None:
            raise RuntimeError("/home/ana")

        app.add_api_route("/api/v1/fail", fail)
        answer = client.get("/fail")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "ana" not in answer.text and "Traceback" not in answer.text
    assert answer.json()["request_id"] in caplog.text  # There, its traceback is found.


def test_more_requests_than_may_wait_are_told_to_come_again(engine: Engine) -> None:
    with asking(engine) as client:
        app = client._transport._asynchronous.app  # type: ignore[attr-defined]
        begun, may_end = threading.Semaphore(0), threading.Event()

        def work() -> str:
            begun.release()
            may_end.wait(30)
            return "done"

        async def route() -> str:
            return await engine.run(work)

        app.add_api_route("/api/v1/work", route)
        answers: list[httpx.Response] = []
        callers = [threading.Thread(target=lambda: answers.append(client.get("/work"))) for _ in range(2)]
        for caller in callers:
            caller.start()
        begun.acquire(timeout=30)
        while engine.working < 2:  # The second one waits.
            time.sleep(0.001)
        refused = client.get("/work")
        may_end.set()
        for caller in callers:
            caller.join()
    assert (refused.status_code, refused.json()["code"]) == (503, "too_many_requests_waiting")
    assert refused.headers["retry-after"] == "1"
    assert [answer.json() for answer in answers] == ["done", "done"]


def test_a_full_disk_is_said_and_nothing_is_half_written(client: httpx.Client, engine: Engine) -> None:
    store = engine.library.store
    assert isinstance(store, SqliteStore)
    with store.asking() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
    consent = {"who": "told", "on": "2026-11-28", "note": "x" * 400}
    answers = [
        client.post("/people", json={"name": f"P{number}", "consent": consent}) for number in range(60)
    ]
    kept = [answer for answer in answers if answer.status_code == 201]
    full = [answer for answer in answers if answer.status_code != 201]
    assert {(answer.status_code, answer.json()["code"]) for answer in full} == {(507, "disk_full")}
    assert client.get("/people").json()["total"] == len(kept)
    with store.asking() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    assert client.post("/people", json={"name": "Ana"}).status_code == 201


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        ("GET", "/api/v1/nothing", 404, None),
        ("GET", "/api", 404, None),
        ("GET", "/page/nothing.js", 404, None),
        ("GET", "/page/../app.py", 404, None),
        ("PUT", "/page/index.html", 405, "GET, HEAD"),
        ("POST", "/", 405, "GET"),
        ("TRACE", "/api/v1/people", 405, "GET, POST"),
        ("XYZZY", "/api/v1/vault", 405, "GET, PATCH, PUT"),
        ("DELETE", "/metrics", 405, "GET"),
    ],
)
def test_a_path_or_method_that_is_not_there_is_a_problem_everywhere(
    client: httpx.Client, engine: Engine, method: str, path: str, status: int, allowed: str | None
) -> None:
    answer = client.request(method, f"http://127.0.0.1:{engine.settings.port}{path}")
    assert (answer.status_code, answer.headers.get("Allow")) == (status, allowed)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == {404: "not_found", 405: "method_not_allowed"}[status]
