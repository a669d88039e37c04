"""What happens meanwhile: between a request and its job, while photos are read, while all is erased."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from encrypted_store import (
    PASSPHRASE,
    cheap_scrypt,  # noqa: F401 (a fixture)
)

from semblante.api import Engine
from semblante.api.live_sessions import LiveSession, LiveSessions
from semblante.api.routes import holdings
from semblante.errors import UnknownPerson
from semblante.generate import write_person
from semblante.jobs import JobContext
from semblante.organize.journal import Step, journal
from semblante.pipeline import FaceAnalyzer, PersonDetails

CONSENT = {"who": "self", "on": "2026-01-02"}


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


def test_of_several_who_name_a_group_with_one_etag_one_does(
    page: httpx.Client, engine: Engine, tmp_path: Path
) -> None:
    write_person(tmp_path / "photos", "stranger", seed=3, person=7, count=6)
    engine.library.add_folder(str(tmp_path / "photos"))
    engine.library.scan_folders((), engine.analyzer)
    (group,) = page.get("/groups").json()["groups"]
    tag = page.get(f"/groups/{group['id']}").headers["ETag"]
    people = [add(page, name) for name in ("Ana", "Bea", "Carl", "Dora")]

    def name(person: str) -> int:
        change = {"person": person}
        return page.patch(f"/groups/{group['id']}", json=change, headers={"If-Match": tag}).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(name, people))
    assert statuses[0] == 200 and set(statuses[1:]) <= {404, 412}
    assert sum(len(engine.library.store.taught(each.name)) > 0 for each in engine.library.known_people()) == 1


def test_a_camera_that_begins_while_the_person_is_forgotten_recognises_nobody(
    page: httpx.Client, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = int(add(page, "Ana"))
    begin = LiveSessions.begin

    def forget_meanwhile(self: LiveSessions, session: LiveSession) -> None:
        engine.library.forget_person(person)
        engine.forget_answers()
        object.__setattr__(session, "people", (person,))  # As if learnt.
        begin(self, session)

    monkeypatch.setattr(LiveSessions, "begin", forget_meanwhile)
    assert page.post("/live", json={}).status_code == 404
    assert engine.live._used == {}


def test_what_was_sorted_is_not_told_while_locked(page: httpx.Client, engine: Engine, tmp_path: Path) -> None:
    """Its journals lie beside the index, and name people."""
    with journal(engine.folder, "Ana", "copy") as run:
        run.done(run.intend(Step("folder", tmp_path / "out")))
    assert [each["name"] for each in page.get("/sorts").json()] == ["Ana"]
    page.put("/vault", json={"passphrase": PASSPHRASE}).raise_for_status()
    page.post("/vault/lock").raise_for_status()
    for method, path in (("GET", "/sorts"), ("POST", "/sorts/20260101-000000/undo")):
        answer = page.request(method, path)
        assert (answer.status_code, "Ana" in answer.text) == (423, False)
