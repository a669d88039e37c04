"""The service at work, where every connection outward is forbidden: it needs none, and tries none."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from semblante.generate import write_person

FORBID = """\
import sys

def forbid(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else str(address)
        if host not in ("127.0.0.1", "::1"):
            raise_for(event, host)
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        if arguments[0] not in ("127.0.0.1", "::1", None):
            raise_for(event, arguments[0])
    elif event in ("urllib.Request", "http.client.connect", "smtplib.connect", "ftplib.connect"):
        raise_for(event, arguments)

def raise_for(event, what):
    with open(LOG, "a") as log:
        log.write(f"{event} {what}\\n")
    raise OSError("outward connections are forbidden")

sys.addaudithook(forbid)
"""
"""What Python runs first in the service: each try to reach another machine is noted and refused."""


@pytest.fixture
def attempts(tmp_path: Path) -> Path:
    """The file that names what was tried; there is none where nothing was."""
    return tmp_path / "attempts.txt"


@pytest.fixture
def client(tmp_path: Path, attempts: Path) -> Iterator[httpx.Client]:
    """A service in a process of its own that would send what it does, if the environment had its way."""
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(f"LOG = {str(attempts)!r}\n{FORBID}")
    paths = [str(tmp_path / "hook"), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONUNBUFFERED": "1",
        "SEMBLANTE_HOME": str(tmp_path / "data"),
        "LC_ALL": "C",
        "FASTAPI_OTEL_AUTO_CONFIGURE": "true",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://192.0.2.1:4318",
    }
    command = [sys.executable, "-m", "semblante", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        address, key = (re.search(r"\S+$", process.stdout.readline()) for _ in range(2))
        assert address is not None and key is not None
        headers = {"Authorization": f"Bearer {key[0]}"}
        with httpx.Client(base_url=address[0], headers=headers, timeout=120) as opened:
            yield opened
        process.terminate()
        assert process.wait(60) == 0


def test_the_service_does_its_work_without_any_connection_outward(
    client: httpx.Client, attempts: Path, tmp_path: Path
) -> None:
    photo = write_person(tmp_path / "photos", "ana", seed=3, person=1, count=1)[0].read_bytes()

    def image(name: str = "image", count: int = 1) -> list[tuple[str, Any]]:
        return [(name, (f"{place}.jpg", photo, "image/jpeg")) for place in range(count)]

    answers = [
        client.get("/ready"),
        client.get("/system"),
        client.get("/openapi.json"),
        client.post("/faces", files=image(), params={"attributes": True}),
        client.post("/comparisons", files=image("images", 2)),
        client.post("/recognitions", files=image()),
        client.post("/keys", json={"name": "x", "scope": "read"}),
        client.get("/people"),
        client.get("/jobs"),
        client.get("/none"),
        client.get(f"{client.base_url.scheme}://{client.base_url.netloc.decode()}/metrics"),
        client.get(f"{client.base_url.scheme}://{client.base_url.netloc.decode()}/"),
    ]
    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
    assert len(answers[3].json()["faces"]) == 1
    assert not attempts.exists(), attempts.read_text()
