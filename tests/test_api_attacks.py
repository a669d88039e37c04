"""What a hostile caller sends: each is refused as a problem, costs little, and tells nothing."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from api_client import asking, settings_for

from semblante.api import Engine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(settings_for(tmp_path / "data")) as opened:
        yield opened


@pytest.fixture
def page(engine: Engine) -> Iterator[httpx.Client]:
    """The page, signed in."""
    with asking(engine) as opened:
        yield opened


@pytest.fixture
def stranger(engine: Engine) -> Iterator[httpx.Client]:
    """Whoever else reaches the port."""
    with asking(engine, signed_in=False) as opened:
        yield opened


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


ENDLESS_NUMBER = "9" * 5000
"""Python refuses to read numbers of so many digits, with an error of its own."""


def test_a_number_without_end_is_no_event(engine: Engine, page: httpx.Client) -> None:
    job = engine.jobs.start("nothing", lambda _: None)
    heard = page.get(f"/jobs/{job.id}/events", headers={"Last-Event-ID": ENDLESS_NUMBER})
    assert heard.status_code == 200 and '"done"' in heard.text


def test_a_number_without_end_is_too_long_for_a_body(page: httpx.Client) -> None:
    request = page.build_request("POST", "/people", content=b"{}")
    for length in (ENDLESS_NUMBER, "0" * 5000 + "9" * 20):
        request.headers["Content-Length"] = length
        assert code_of(page.send(request)) == (413, "request_too_large")
