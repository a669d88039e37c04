"""Connections of the service: callers who are slow, too many, or another user of this machine."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from api_client import settings_for

from semblante.api import Engine, connections, create_app, local_peers, server
from semblante.api.connections import Connection
from semblante.api.local_peers import is_of_another_user, user_of

HEADERS_S = 0.3
REQUEST = b"GET /api/v1/health HTTP/1.1\r\nHost: %b\r\n"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    listener, settings = server.bind(settings_for(tmp_path, port=0))
    listener.close()
    with Engine(settings) as opened:
        yield opened


@pytest.fixture
def service(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[uvicorn.Server]:
    """A service that answers in a thread, and waits for nobody long."""
    monkeypatch.setattr(connections, "_HEADERS_S", HEADERS_S)
    monkeypatch.setattr(connections, "_LOOK_EVERY_S", HEADERS_S)
    config = uvicorn.Config(
        create_app(engine),
        http=Connection,
        port=engine.settings.port,
        log_config=None,
        lifespan="off",
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield running
    running.should_exit = True
    thread.join()


@pytest.fixture
def port(service: uvicorn.Server) -> int:
    return service.config.port


@contextlib.contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as opened:
        yield opened


def host(port: int) -> bytes:
    return f"127.0.0.1:{port}".encode()


def answer_of(connection: socket.socket) -> bytes:
    """Everything that comes until the other end closes."""
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("sent", [b"", b"GET ", REQUEST % b"x" + b"X-Slow: "])
def test_headers_that_do_not_come_end_the_connection(port: int, sent: bytes) -> None:
    with connected(port) as slow:
        slow.sendall(sent)
        began = time.monotonic()
        assert answer_of(slow) == b""
        assert time.monotonic() - began < 10


def test_headers_that_trickle_end_the_connection(port: int) -> None:
    with connected(port) as slow, contextlib.suppress(ConnectionError):
        for count in range(1000):
            slow.sendall(b"G" if count == 0 else b"E")
            time.sleep(HEADERS_S / 10)
            if count > 100:
                pytest.fail("it takes one letter after the other for ever")
            slow.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                if slow.recv(10) == b"":
                    break
            slow.setblocking(True)


def test_the_next_request_s_headers_are_timed_too(port: int) -> None:
    with connected(port) as slow:
        slow.sendall(REQUEST % host(port) + b"\r\n")
        assert slow.recv(65536).startswith(b"HTTP/1.1 200")
        slow.sendall(b"GET /api")
        assert answer_of(slow) in (b"", b'{"status":"ok"}')


def test_a_body_that_goes_on_after_the_answer_ends_the_connection(port: int) -> None:
    """The answer to a stranger comes before the body, which nobody reads."""
    head = b"POST /api/v1/faces HTTP/1.1\r\nHost: %b\r\nTransfer-Encoding: chunked\r\n\r\n" % host(port)
    with connected(port) as slow:
        slow.sendall(head)
        assert b"401" in slow.recv(65536)
        ended = False
        for _ in range(100):
            time.sleep(HEADERS_S / 5)
            try:
                slow.sendall(b"1\r\nx\r\n")
            except ConnectionError:
                ended = True
                break
        assert ended


def test_requests_in_time_go_on_on_one_connection(port: int) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1") as client:
        for _ in range(4):
            assert client.get("/health").status_code == 200
            time.sleep(HEADERS_S / 2)


def test_who_does_not_read_the_answer_is_left(port: int, service: uvicorn.Server) -> None:
    path = "/api/v1/openapi.json"
    assert len(httpx.get(f"http://127.0.0.1:{port}{path}", timeout=60).content) > 100_000
    with connected(port) as slow:
        slow.sendall(b"GET %b HTTP/1.1\r\nHost: %b\r\n\r\n" % (path.encode(), host(port)) * 200)
        assert slow.recv(100).startswith(b"HTTP/1.1 200")
        until = time.monotonic() + 20
        while service.server_state.connections:
            assert time.monotonic() < until, "it waits for ever"
            time.sleep(HEADERS_S / 10)


def test_more_connections_than_there_may_be_are_told_to_come_again(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 3)
    with contextlib.ExitStack() as held:
        for _ in range(3):
            held.enter_context(connected(port))
        time.sleep(HEADERS_S / 6)
        answer = httpx.get(f"http://127.0.0.1:{port}/api/v1/health")
        assert (answer.status_code, answer.json()["code"]) == (503, "too_many_requests_waiting")
        assert answer.headers["retry-after"] == "1"
        assert answer.headers["x-content-type-options"] == "nosniff"
    time.sleep(HEADERS_S / 6)
    assert httpx.get(f"http://127.0.0.1:{port}/api/v1/health").status_code == 200


def test_another_user_of_the_machine_has_no_use_of_a_session(
    engine: Engine, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {"Origin": f"http://127.0.0.1:{port}"}
    tokens = [{"token": engine.sessions.new_launch_token()} for _ in range(2)]
    secret = engine.keys.create("program", "read")[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", headers=own) as client:
        assert client.post("/session", json=tokens[0]).status_code == 204
        assert client.get("/jobs").status_code == 200
        cookies = dict(client.cookies)
    monkeypatch.setattr(connections, "is_of_another_user", lambda client, server: True)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", headers=own) as thief:
        assert thief.post("/session", json=tokens[1]).status_code == 401
        assert thief.get("/jobs", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
        thief.cookies.update(cookies)
        assert thief.get("/jobs").status_code == 401
    assert engine.sessions.begin(tokens[1]["token"]) is not None, "what a thief tries is not used up"


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="the system does not tell")
@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_the_system_tells_whose_a_connection_is(
    family: socket.AddressFamily, monkeypatch: pytest.MonkeyPatch
) -> None:
    loopback = "127.0.0.1" if family == socket.AF_INET else "::1"
    with socket.socket(family) as listener, socket.socket(family) as client:
        try:
            listener.bind((loopback, 0))
        except OSError:
            pytest.skip("no such loopback")
        listener.listen()
        client.connect(listener.getsockname())
        ends = client.getsockname()[:2], listener.getsockname()[:2]
        assert user_of(*ends, local_peers._TABLES) == os.getuid()
        assert not is_of_another_user(*ends)
        monkeypatch.setattr(os, "getuid", lambda: 12345)
        assert is_of_another_user(*ends) is (os.geteuid() != 0)
        assert user_of(ends[1], (loopback, 1), local_peers._TABLES) is None


def test_a_user_is_found_by_both_ends(tmp_path: Path) -> None:
    table = tmp_path / "tcp"
    table.write_text(
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
        "   0: 0100007F:223D 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1\n"
        "   1: 0100007F:C350 0100007F:223D 01 00000000:00000000 00:00000000 00000000  1001        0 2 1\n"
    )
    table6 = tmp_path / "none", table
    assert user_of(("127.0.0.1", 50000), ("127.0.0.1", 8765), table6) == 1001
    assert user_of(("::ffff:127.0.0.1", 50000), ("127.0.0.1", 8765), table6) == 1001
    assert user_of(("127.0.0.1", 50001), ("127.0.0.1", 8765), table6) is None
    assert not is_of_another_user(("192.0.2.7", 50000), ("127.0.0.1", 8765))
    assert not is_of_another_user(None, None)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /api/v1/health HTTP/1.1\r\nHost: HOST\r\nHost: evil.example\r\n\r\n", b"400"),
        (b"GET /api/v1/health HTTP/1.0\r\n\r\n", b"403"),
        (b"GET /api/v1/health HTTP/1.1\r\n\r\n", b"400"),
        (b"GET http://evil.example/api/v1/jobs HTTP/1.1\r\nHost: HOST\r\n\r\n", b"404"),
        (b"GET //api/v1/jobs HTTP/1.1\r\nHost: HOST\r\n\r\n", b"404"),
        (b"GET /api/v1/../v1/jobs HTTP/1.1\r\nHost: HOST\r\n\r\n", b"401"),
        (b"GET /%61pi/v1/jobs HTTP/1.1\r\nHost: HOST\r\n\r\n", b"401"),
        (b"GET /API/v1/jobs HTTP/1.1\r\nHost: HOST\r\n\r\n", b"404"),
        (b"GET /api/v1/jobs/ HTTP/1.1\r\nHost: HOST\r\n\r\n", b"401"),
        (b"GET /metrics/ HTTP/1.1\r\nHost: HOST\r\n\r\n", b"404"),
        (b"GET /metrics HTTP/1.1\r\nHost: HOST\r\n\r\n", b"401"),
        (b"TRACE /api/v1/jobs HTTP/1.1\r\nHost: HOST\r\n\r\n", b"401"),
        (b"CONNECT HOST HTTP/1.1\r\nHost: HOST\r\n\r\n", b"404"),
        (
            b"POST /api/v1/session HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
            b"400",
        ),
        (b"GET /api/v1/health HTTP/1.1\r\nHost: HOST\r\nX : y\r\n\r\n", b"400"),
        (b"GET /api/v1/health HTTP/1.1\r\nHost: HOST\r\nX: " + b"y" * 70_000, b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
    ],
    ids=lambda value: repr(value[:60]),
)
def test_odd_requests_are_refused_and_end_there(port: int, request_: bytes, status: bytes) -> None:
    """Nothing of one request may be taken for another, and no way to write an address is a way in."""
    with connected(port) as connection:
        # Whoever is answered is not waited for.
        request_ = request_.replace(b"HOST", host(port)).replace(
            b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"
        )
        connection.sendall(request_)
        answer = answer_of(connection)
    assert answer.split(b" ", 2)[1] == status, answer
    assert answer.count(b"HTTP/1.1 ") == 1 and b"Traceback" not in answer


def test_what_follows_a_body_of_two_lengths_is_no_request(port: int) -> None:
    """Of `Content-Length` and `Transfer-Encoding` together, an attacker hopes that two ends count."""
    hidden = b"GET /api/v1/health HTTP/1.1\r\nHost: %b\r\n\r\n" % host(port)
    head = b"POST /api/v1/session HTTP/1.1\r\nHost: %b\r\nContent-Length: %d\r\n" % (
        host(port),
        len(hidden) + 5,
    )
    with connected(port) as connection:
        connection.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden)
        answer = answer_of(connection)
    assert answer.startswith(b"HTTP/1.1 400") and answer.count(b"HTTP/1.1 ") == 1
