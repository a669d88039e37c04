"""What happens meanwhile: between a request and its job, while photos are read, while all is erased."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_client import asking, settings_for

from semblante.api import Engine
from semblante.api.routes import holdings
from semblante.errors import UnknownPerson
from semblante.generate import write_person
from semblante.jobs import JobContext
from semblante.pipeline import FaceAnalyzer, PersonDetails

CONSENT = {"who": "self", "on": "2026-01-02"}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(settings_for(tmp_path / "data")) as opened:
        yield opened


@pytest.fixture
def page(engine: Engine) -> Iterator[httpx.Client]:
    with asking(engine) as opened:
        yield opened


@pytest.fixture
def busy(engine: Engine) -> Iterator[threading.Event]:
    """All places for jobs are taken until this event."""
    may_end = threading.Event()
    for _ in range(4):
        engine.jobs.start("waits", lambda _: may_end.wait(30))
    yield may_end
    may_end.set()


def over(client: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    until = time.monotonic() + 60
    while job["state"] in ("queued", "running"):
        assert time.monotonic() < until
        time.sleep(0.02)
        job = client.get(f"/jobs/{job['id']}").json()
    return job


def add(client: httpx.Client, name: str) -> str:
    answer = client.post("/people", json={"name": name, "consent": CONSENT})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_the_person_is_forgotten_and_not_whoever_has_the_name_by_then(
    page: httpx.Client, engine: Engine, busy: threading.Event
) -> None:
    first = add(page, "Ana")
    job = page.delete(f"/people/{first}").json()
    page.patch(f"/people/{first}", json={"name": "Bea"}).raise_for_status()
    second = add(page, "Ana")
    busy.set()
    assert over(page, job)["state"] == "done"
    assert [str(each.id) for each in engine.library.known_people()] == [second]


def test_a_person_who_changed_while_the_job_waited_is_not_forgotten_as_another_version(
    page: httpx.Client, engine: Engine, busy: threading.Event
) -> None:
    person = add(page, "Ana")
    tag = page.get(f"/people/{person}").headers["ETag"]
    job = page.delete(f"/people/{person}", headers={"If-Match": tag}).json()
    page.patch(f"/people/{person}", json={"birth_date": "2001-02-03"}).raise_for_status()
    busy.set()
    ended = over(page, job)
    assert (ended["state"], ended["error"]["code"]) == ("failed", "changed_meanwhile")
    assert [each.name for each in engine.library.known_people()] == ["Ana"]


def test_photos_that_are_read_while_the_person_is_forgotten_leave_nothing(
    page: httpx.Client, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = engine.library.known_person(int(add(page, "Ana")))
    photo = write_person(tmp_path / "photos", "ana", seed=3, person=1, count=1)[0].read_bytes()
    read = FaceAnalyzer.analyze_photo

    def forget_meanwhile(self: FaceAnalyzer, content: bytes) -> object:
        found = read(self, content)
        engine.library.forget_person(person.id)
        engine.library.add_person(PersonDetails("Ana", person.consent, None))
        return found

    monkeypatch.setattr(FaceAnalyzer, "analyze_photo", forget_meanwhile)
    with pytest.raises(UnknownPerson):
        engine.library.give_images(person.id, [photo], "positive", engine.analyzer)
    (other,) = engine.library.known_people()
    assert other.id != person.id and engine.library.given_photos(other.id) == ()
    assert engine.library._thumbnails.contents() == frozenset()


def test_what_is_at_work_ends_before_everything_is_erased(page: httpx.Client, engine: Engine) -> None:
    """A scan that went on would write what it finds into the new index."""
    begun = threading.Event()

    def write_on(job: JobContext) -> None:
        for number in range(10_000):
            engine.library.add_person(PersonDetails(f"found {number}", None, None))
            begun.set()
            job.check()

    engine.jobs.start("scan", write_on)
    assert begun.wait(20)
    assert page.delete("/holdings").status_code == 200
    assert engine.library.known_people() == () and page.get("/jobs").json() == []


def test_a_job_that_does_not_end_keeps_everything_from_being_erased(
    page: httpx.Client, engine: Engine, busy: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holdings, "_WAIT_FOR_JOBS_S", 0.6)
    add(page, "Ana")
    refused = page.delete("/holdings")
    assert (refused.status_code, refused.json()["code"]) == (503, "jobs_not_ended")
    assert [each.name for each in engine.library.known_people()] == ["Ana"]
    assert len(page.get("/jobs").json()) == 4
    busy.set()
    assert page.delete("/holdings").status_code == 200 and engine.library.known_people() == ()
