"""What docs/rest.md shows is true: its curl and Python run against a service, and no request is missing."""

import ast
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_client import settings_for
from shell import a_shell
from started_service import running

from semblante.api import Engine, create_app
from semblante.generate import write_person

PAGE = Path(__file__).resolve().parents[1] / "docs/rest.md"
PREFIX = "/api/v1"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NOT_RUN = frozenset({"POST /session", "DELETE /session", "GET /texts"})
"""What the page's scripts ask, and no program need."""
CURL_SETTINGS = 'silent\nshow-error\nfail-with-body\nwrite-out = "\\n"\n'
"""A request that is refused fails, and each answer is a line."""


@pytest.mark.slow
@pytest.mark.skipif(not all(map(shutil.which, ("bash", "curl", "jq"))), reason="needs bash, curl and jq")
def test_curl_and_python_run_as_shown_and_make_every_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, number in (("ana", 11), ("bea", 5)):
        write_person(tmp_path / "photos" / name, name, seed=3, person=number, count=9)
    for number in (7, 8):
        write_person(tmp_path / "photos/new", f"stranger-{number}", seed=3, person=number, count=4)
    (tmp_path / ".curlrc").write_text(CURL_SETTINGS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CURL_HOME", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("SEMBLANTE_HOME", str(tmp_path / "home"))
    with running(tmp_path / "home", "serve") as (lines, _):
        address, key = re.findall(r"127\.0\.0\.1:\d+|semblante_\S+", lines)
        monkeypatch.setenv("SEMBLANTE_KEY", key)
        names: dict[str, Any] = {"__name__": "__main__"}
        printed = ""
        with a_shell() as shell:
            for language, code in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
                code = code.replace("127.0.0.1:8765", address)
                if language == "sh":
                    printed = shell.run(code)
                elif language == "python":
                    exec(compile(code, PAGE.name, "exec"), names)
                    printed = capsys.readouterr().out
                elif language == "json":
                    shown = json.loads(code)
                    assert any(_has(value, shown) for value in _values(printed)), f"{code}\n{printed}"
        names["client"].close()
        headers = {"Authorization": f"Bearer {key}"}
        figures = httpx.get(f"http://{address}/metrics", headers=headers, timeout=60).text
    made = {
        f"{method} {path.removeprefix(PREFIX)}"
        for method, path in re.findall(r'method="(\w+)",route="([^"]+)",status="2', figures)
    }
    missing = sorted(_operations() - made - NOT_RUN)
    assert missing == [], f"docs/rest.md has no example of {missing}"


def test_every_request_is_named() -> None:
    """In the table at the end: of a row's paths, each has its methods."""
    table = PAGE.read_text(encoding="utf-8").split("## All requests")[1]
    named = {
        f"{method} {path}"
        for paths, methods in re.findall(r"^\| (`/.*?) \| ([A-Z,; ]+) \|", table, re.M)
        for path, its in zip(re.findall(r"`(.*?)`", paths), _each(paths, methods), strict=True)
        for method in its.split(", ")
    }
    assert named == _operations()


def _each(paths: str, methods: str) -> list[str]:
    """The methods of each of several paths; those of all where only some are named."""
    given = methods.split("; ")
    return given if len(given) > 1 else given * paths.count("`/")


def _operations() -> set[str]:
    """Each request that the service takes, such as `GET /people`."""
    with Engine(settings_for(None)) as engine:
        paths = create_app(engine).openapi()["paths"]
    return {
        f"{method.upper()} {path.removeprefix(PREFIX)}"
        for path, methods in paths.items()
        for method in methods
    }


def _values(printed: str) -> Iterator[Any]:
    """What was printed as JSON, or as Python writes it."""
    for line in printed.splitlines():
        for read in (json.loads, ast.literal_eval):
            try:
                yield read(line)
                break
            except (ValueError, SyntaxError):
                continue


def _has(value: Any, shown: Any) -> bool:
    """Whether a value has the members that are shown, at every level."""
    if isinstance(shown, dict):
        return isinstance(value, dict) and all(key in value and _has(value[key], shown[key]) for key in shown)
    if isinstance(shown, list) and shown:
        return isinstance(value, list | tuple) and bool(value) and _has(value[0], shown[0])
    return True
