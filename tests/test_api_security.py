"""Who may ask the service what: hosts, origins, sessions and keys; loopback is no boundary."""

import json
import stat
from pathlib import Path

import httpx
import pytest
from api_client import asking, settings_for

from semblante.api import Engine
from semblante.api.keys import FILE_NAME, KeyScope, KeyStore
from semblante.api.security import HEADERS, allowed_hosts, is_loopback, needed_scope
from semblante.api.sessions import Failures, Sessions
from semblante.errors import FileAccessError, Refused

OWN = {"Origin": "http://127.0.0.1:8765"}


def _code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("host", ["evil.example:8765", "127.0.0.1", "127.0.0.1:1", "", "localhost:8765.evil"])
def test_a_host_that_is_not_this_service_is_refused(stranger: httpx.Client, host: str) -> None:
    """A name of somebody else's that leads here is DNS rebinding."""
    for path in ("/health", "http://127.0.0.1:8765/"):
        assert _code(stranger.get(path, headers={"Host": host})) == (403, "host_not_allowed")


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "LOCALHOST:8765", "[::1]:8765"])
def test_the_names_of_this_machine_are_taken(stranger: httpx.Client, host: str) -> None:
    assert stranger.get("/health", headers={"Host": host}).status_code == 200


def test_the_hosts_beyond_loopback_are_those_that_were_named() -> None:
    assert allowed_hosts("0.0.0.0", 443, ("Photos.Home",)) == {"photos.home", "photos.home:443"}
    assert allowed_hosts("192.168.1.5", 8765, ()) == {"192.168.1.5:8765"}
    assert "[fe80::1]:8765" in allowed_hosts("fe80::1", 8765, ())


@pytest.mark.parametrize(
    ("host", "loops"), [("127.0.0.1", True), ("127.0.0.2", True), ("::1", True), ("localhost", True)]
)
def test_what_is_loopback(host: str, loops: bool) -> None:
    assert is_loopback(host) is loops
    assert not any(map(is_loopback, ("0.0.0.0", "192.168.1.5", "::", "localhost.evil", "")))


def test_nothing_private_is_told_without_a_session_or_a_key(stranger: httpx.Client) -> None:
    for path in ("/jobs", "/keys", "/people", "/anything", "http://127.0.0.1:8765/metrics"):
        answer = stranger.get(path)
        assert _code(answer) == (401, "not_authenticated"), path
        assert answer.headers["www-authenticate"] == "Bearer"
    assert _code(stranger.post("/faces")) == (401, "not_authenticated")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://localhost:8765"},
        {"Origin": "https://127.0.0.1:8765"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_another_page_can_neither_ask_nor_write(
    page: httpx.Client, method: str, headers: dict[str, str]
) -> None:
    page.headers.pop("Sec-Fetch-Site")
    answer = page.request(method, "/jobs", headers=headers)
    assert _code(answer) == (403, "origin_not_allowed")
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("headers", "status"),
    [(OWN, 201), ({"Sec-Fetch-Site": "same-origin"}, 201), ({}, 403), ({"Sec-Fetch-Site": "none"}, 403)],
)
def test_a_write_with_a_cookie_comes_from_our_own_page(
    page: httpx.Client, headers: dict[str, str], status: int
) -> None:
    page.headers.pop("Sec-Fetch-Site")
    answer = page.post("/keys", json={"name": "x", "scope": "read"}, headers=headers)
    assert answer.status_code == status


def test_a_launch_token_is_exchanged_once_for_a_cookie_that_stays_here(
    engine: Engine, stranger: httpx.Client
) -> None:
    token = engine.sessions.new_launch_token()
    answer = stranger.post("/session", json={"token": token}, headers=OWN)
    assert answer.status_code == 204
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("semblante_8765=")
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Domain" not in cookie
    assert stranger.get("/jobs").status_code == 200
    assert _code(stranger.post("/session", json={"token": token}, headers=OWN)) == (401, "not_authenticated")


def test_with_tls_the_cookie_is_never_sent_without(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, tls_certificate=tmp_path / "x.pem", tls_key=tmp_path / "y.pem")
    with Engine(settings) as engine, asking(engine, signed_in=False) as stranger:
        body = {"token": engine.sessions.new_launch_token()}
        assert stranger.post("/session", json=body, headers=OWN).status_code == 403
        answer = stranger.post("/session", json=body, headers={"Origin": "https://127.0.0.1:8765"})
        assert answer.status_code == 204 and "; Secure" in answer.headers["set-cookie"]


def test_no_other_page_can_begin_a_session(engine: Engine, stranger: httpx.Client) -> None:
    answer = stranger.post(
        "/session",
        json={"token": engine.sessions.new_launch_token()},
        headers={"Origin": "https://evil.example"},
    )
    assert _code(answer) == (403, "origin_not_allowed")


def test_a_session_can_be_ended(page: httpx.Client) -> None:
    cookies = dict(page.cookies)
    assert page.delete("/session").status_code == 204
    for name, value in cookies.items():
        page.cookies.set(name, value)
    assert _code(page.get("/jobs")) == (401, "not_authenticated")


def test_launch_tokens_and_sessions_grow_old() -> None:
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    late, early = sessions.new_launch_token(), sessions.new_launch_token()
    session = sessions.begin(early)
    assert session is not None and sessions.knows(session)
    now[0] = 700.0
    assert sessions.begin(late) is None
    for _ in range(3):  # Each use makes it go on.
        now[0] += 10 * 3600
        assert sessions.knows(session)
    now[0] += 13 * 3600
    assert not sessions.knows(session)


def test_who_tries_many_keys_is_told_to_come_later(stranger: httpx.Client) -> None:
    answers = [stranger.get("/jobs", headers={"Authorization": f"Bearer x{n}"}) for n in range(21)]
    assert {_code(answer) for answer in answers[:19]} == {(401, "not_authenticated")}
    assert _code(answers[-1]) == (429, "too_many_failures")
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 61


def test_failures_are_forgotten_after_a_minute() -> None:
    now = [0.0]
    failures = Failures(lambda: now[0])
    for _ in range(19):
        failures.next()
    now[0] = 61.0
    assert failures.next().code == "not_authenticated"


def _key(engine: Engine, scope: KeyScope) -> dict[str, str]:
    return {"Authorization": f"Bearer {engine.keys.create('test', scope)[1]}"}


@pytest.mark.parametrize(
    ("scope", "reads", "asks", "writes", "manages"),
    [("read", 1, 1, 0, 0), ("write", 1, 1, 1, 0), ("admin", 1, 1, 1, 1)],
)
def test_a_key_goes_as_far_as_its_scope(
    engine: Engine,
    stranger: httpx.Client,
    scope: KeyScope,
    reads: bool,
    asks: bool,
    writes: bool,
    manages: bool,
) -> None:
    headers = _key(engine, scope)
    answers = {
        "reads": stranger.get("/jobs", headers=headers),
        "asks": stranger.post("/faces", headers=headers),
        "writes": stranger.delete("/jobs/x", headers=headers),
        "manages": stranger.get("/keys", headers=headers),
    }
    may = {name: answer.status_code != 403 for name, answer in answers.items()}
    assert may == {"reads": reads, "asks": asks, "writes": writes, "manages": manages}
    assert all(
        answer.json()["code"] == "scope_too_small" for answer in answers.values() if answer.status_code == 403
    )


def test_what_may_change_something_needs_more_than_reading() -> None:
    assert needed_scope("GET", "/api/v1/people") == "read"
    assert needed_scope("POST", "/api/v1/recognitions") == "read"
    assert needed_scope("POST", "/api/v1/live") == needed_scope("POST", "/api/v1/live/x/frames") == "read"
    assert needed_scope("POST", "/api/v1/people") == needed_scope("PUT", "/api/v1/unheard") == "write"
    assert needed_scope("POST", "/api/v1/vault/unlock") == needed_scope("GET", "/api/v1/keys/x") == "admin"


def test_keys_are_made_listed_and_revoked(page: httpx.Client, engine: Engine, stranger: httpx.Client) -> None:
    made = page.post("/keys", json={"name": "Café <script>", "scope": "read"})
    assert made.status_code == 201
    key = made.json()
    assert made.headers["location"] == f"/api/v1/keys/{key['id']}"
    (listed,) = page.get("/keys").json()
    assert listed == {**key, "secret": None}
    headers = {"Authorization": f"bearer {key['secret']}"}
    assert stranger.get("/jobs", headers=headers).status_code == 200
    assert page.delete(f"/keys/{key['id']}").status_code == 204
    assert stranger.get("/jobs", headers=headers).status_code == 401
    assert _code(page.delete(f"/keys/{key['id']}")) == (404, "key_unknown")


def test_names_are_answered_as_texts_that_no_browser_takes_for_a_page(page: httpx.Client) -> None:
    name = "<img src=x onerror=alert(1)>"
    made = page.post("/keys", json={"name": name, "scope": "read"})
    refused = page.get("/jobs/<script>alert(1)<%2Fscript>")
    for answer in (made, page.get("/keys"), refused):
        assert answer.headers["content-type"] in ("application/json", "application/problem+json")
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert made.json()["name"] == name


def test_only_the_hash_of_a_key_is_kept_and_only_for_its_owner(engine: Engine) -> None:
    key, secret = engine.keys.create("backup", "write")
    path = engine.folder / FILE_NAME
    assert secret not in path.read_text() and key.sha256 in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyStore(engine.folder).find(secret) == key


def test_a_key_that_another_process_makes_counts_at_once(engine: Engine) -> None:
    engine.keys.create("first", "read")
    _, secret = KeyStore(engine.folder).create("second", "read")
    assert engine.keys.find(secret) is not None


def test_a_key_of_this_run_is_written_nowhere(engine: Engine, stranger: httpx.Client) -> None:
    secret = engine.keys.create_for_this_run("run", "admin")
    assert stranger.get("/keys", headers={"Authorization": f"Bearer {secret}"}).json() == []
    assert not (engine.folder / FILE_NAME).exists()


def test_a_damaged_file_of_keys_lets_nobody_in(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(json.dumps({"format": "x"}))
    with pytest.raises(FileAccessError) as caught:
        KeyStore(tmp_path).find("x")
    assert caught.value.code == "keys_damaged"
    with pytest.raises(Refused):
        KeyStore(tmp_path / "none").revoke("x")


def test_every_answer_has_the_headers_that_browsers_heed(page: httpx.Client, stranger: httpx.Client) -> None:
    answers = [page.get("/health"), stranger.get("/jobs"), page.get("/none"), page.post("/faces")]
    answers.append(stranger.get("/health", headers={"Host": "evil.example"}))
    for answer in answers:
        assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)
        assert answer.headers["cache-control"] == "no-store"
        assert not [name for name in answer.headers if name.startswith("access-control")]
    policy = HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert not [word for word in ("unsafe", "data:", "http", "*") if word in policy]


@pytest.mark.parametrize(
    "path", ["/page/../app.py", "/page/%2e%2e/app.py", "/page/..%2fapp.py", "/page//etc/passwd", "/page/%00"]
)
def test_no_path_leads_out_of_the_page(stranger: httpx.Client, path: str) -> None:
    answer = stranger.get(httpx.URL("http://127.0.0.1:8765", raw_path=path.encode()))
    assert answer.status_code in (404, 401)
    assert "create_app" not in answer.text and "root:" not in answer.text


def test_a_link_from_elsewhere_may_lead_to_the_page_itself(stranger: httpx.Client) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert stranger.get("http://127.0.0.1:8765/", headers=headers).status_code == 200
