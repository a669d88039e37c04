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
    """All that it does: the page, questions about images, learning, a library, the vault, forgetting."""
    folder = tmp_path / "photos"
    photos = [path.read_bytes() for path in write_person(folder, "ana", seed=3, person=1, count=7)]

    def image(name: str = "image", count: int = 1) -> list[tuple[str, Any]]:
        return [(name, (f"{place}.jpg", photos[place], "image/jpeg")) for place in range(count)]

    def done(method: str, path: str, **more: Any) -> Any:
        answer = client.request(method, path, **more)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        if answer.status_code == 202:
            return client.get(f"/jobs/{answer.json()['id']}/events").text  # Until it is over.
        is_json = answer.headers.get("content-type") == "application/json"
        return answer.json() if is_json else answer.content

    root = f"{client.base_url.scheme}://{client.base_url.netloc.decode()}"
    for path in ("/ready", "/system", "/openapi.json", "/model", "/texts?lang=es", f"{root}/metrics", root):
        done("GET", path)
    for script in re.findall(r'(?:src|href)="(/page/[^"]+)"', client.get(root).text):
        done("GET", root + script)
    assert client.get("/none").status_code == 404
    assert len(done("POST", "/faces", files=image(), params={"attributes": True})["faces"]) == 1
    done("POST", "/comparisons", files=image("images", 2))
    done("POST", "/keys", json={"name": "x", "scope": "read"})
    consent = {"who": "told", "on": "2026-01-02"}
    person = done("POST", "/people", json={"name": "Ana", "consent": consent})["id"]
    done("POST", f"/people/{person}/photos", files=image("images", 7), data={"role": "me"})
    assert '"done"' in done("POST", f"/people/{person}/lessons", json={})
    assert len(done("POST", "/recognitions", files=image())["answers"]) == 1
    camera = done("POST", "/live", json={"coach_for": int(person)})["id"]
    jpeg = {"Content-Type": "image/jpeg"}
    done("POST", f"/live/{camera}/frames", content=photos[0], headers=jpeg)
    done("POST", "/folders", json={"path": str(folder)})
    assert '"done"' in done("POST", "/scans", json={})
    faces = done("GET", "/faces", params={"person": person})["faces"]
    assert len(faces) == 7
    done("GET", f"/faces/{faces[0]['face']['id']}/thumbnail")
    for path in ("/photos", "/groups", "/changes", "/holdings", "/sorts", f"/people/{person}/questions"):
        done("GET", path)
    sort = {"person": int(person), "how": "copy", "folder": str(tmp_path / "sorted"), "dry_run": True}
    assert '"done"' in done("POST", "/sorts", json=sort)
    exported = done("GET", f"/people/{person}/export")
    assert '"left": 0' in done("DELETE", f"/people/{person}").replace('"left":0', '"left": 0')
    done("POST", "/people/import", files={"file": ("ana.zip", exported, "application/zip")})
    passphrase = {"passphrase": "correct horse battery"}
    done("PUT", "/vault", json=passphrase)
    done("POST", "/vault/lock")
    done("POST", "/vault/unlock", json=passphrase)
    done("POST", "/vault/decrypt", json=passphrase)
    done("DELETE", "/holdings")
    assert not attempts.exists(), attempts.read_text()
