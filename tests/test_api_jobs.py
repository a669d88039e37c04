"""Jobs of the service: their progress, events, cancelling, and what is kept of them."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_client import asking

from semblante.api import Engine
from semblante.api.job_registry import MAX_KEPT_EVENTS, MAX_KEPT_JOBS, OVER, Job, JobRegistry
from semblante.errors import DiskFull, Reason, Refused
from semblante.i18n import speaking, tr
from semblante.jobs import Advice, JobContext


@pytest.fixture
def client(engine: Engine) -> Iterator[httpx.Client]:
    with asking(engine) as opened:
        yield opened


def _over(job: Job) -> Job:
    deadline = time.monotonic() + 20
    while job.status.state not in OVER:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return job


def _scan(job: JobContext) -> dict[str, int]:
    for done in range(1, 6):
        job.progress("reading_photos", done, 5)
    job.skipped(Path("/photos/b\udcff.jpg"), Reason("damaged"))
    job.emit(Advice("advice_face_small", ("a.jpg",)))
    return {"photos": 4}


def _events(text: str) -> list[dict[str, str]]:
    blocks = [block for block in text.split("\n\n") if block and not block.startswith(":")]
    return [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]


def test_a_job_tells_its_progress_what_it_skipped_and_its_result(
    client: httpx.Client, engine: Engine
) -> None:
    job = _over(engine.jobs.start("scan", _scan))
    told_of = client.get(f"/jobs/{job.id}").json()
    assert (told_of["state"], told_of["stage"], told_of["done"], told_of["total"]) == (
        "done",
        "reading_photos",
        5,
        5,
    )
    assert told_of["stage_text"] == "Looking at the photos"
    assert (told_of["skipped"], told_of["result"], told_of["error"]) == (1, {"photos": 4}, None)
    (failed,) = told_of["failed"]
    assert failed["path"] == "/photos/b\N{REPLACEMENT CHARACTER}.jpg"
    assert failed["reason"]["code"] == "damaged"
    assert [each["id"] for each in client.get("/jobs").json()] == [job.id]


def test_the_events_of_a_job_come_in_order_and_go_on_where_they_were_broken_off(
    client: httpx.Client, engine: Engine
) -> None:
    job = _over(engine.jobs.start("scan", _scan))
    answer = client.get(f"/jobs/{job.id}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    heard = _events(answer.text)
    assert [each["event"] for each in heard] == ["state", "state", "progress", "skipped", "advice", "state"]
    assert '"done":5' in heard[2]["data"].replace(" ", "")
    assert json.loads(heard[4]["data"]) == {
        "code": "advice_face_small",
        "detail": "The face is too small to learn from in: a.jpg",
        "photos": ["a.jpg"],
    }
    numbers = [int(each["id"]) for each in heard]
    assert numbers == sorted(numbers)
    again = client.get(f"/jobs/{job.id}/events", headers={"Last-Event-ID": heard[3]["id"]})
    assert [each["event"] for each in _events(again.text)] == ["advice", "state"]
    odd = client.get(f"/jobs/{job.id}/events", headers={"Last-Event-ID": "none"})
    assert len(_events(odd.text)) == len(heard)


def test_a_job_is_followed_while_it_works(client: httpx.Client, engine: Engine) -> None:
    may_go_on = threading.Event()

    def work(job: JobContext) -> None:
        job.progress("reading_photos", 1, 2)
        may_go_on.wait(20)
        job.progress("reading_photos", 2, 2)

    job = engine.jobs.start("scan", work)
    threading.Timer(0.3, may_go_on.set).start()
    heard = [
        each for each in _events(client.get(f"/jobs/{job.id}/events").text) if each["event"] == "progress"
    ]
    assert ['"done":2' in each["data"].replace(" ", "") for each in heard] == [False, True]


def test_a_job_is_cancelled_and_a_finished_one_stays_as_it_is(client: httpx.Client, engine: Engine) -> None:
    begun = threading.Event()

    def work(job: JobContext) -> None:
        while True:
            begun.set()
            job.check()
            time.sleep(0.001)

    job = engine.jobs.start("scan", work)
    begun.wait(20)
    assert client.delete(f"/jobs/{job.id}").status_code == 200
    assert _over(job).status.state == "cancelled"
    done = _over(engine.jobs.start("scan", _scan))
    assert client.delete(f"/jobs/{done.id}").json()["state"] == "done"


def test_jobs_that_wait_are_cancelled_before_they_begin() -> None:
    begun: list[int] = []
    may_end = threading.Event()
    with JobRegistry() as jobs:
        for _ in range(4):
            jobs.start("scan", lambda _: may_end.wait(20))
        waiting = jobs.start("scan", lambda _: begun.append(1))
        states = [waiting.status.state]
        waiting.cancel()
        states.append(waiting.status.state)
        may_end.set()
    assert (states, begun) == (["queued", "cancelled"], [])


def _fail(_: JobContext) -> None:
    raise DiskFull("disk_full", path=Path("/home/ana/x"))


def _break(_: JobContext) -> None:
    raise RuntimeError("/home/ana")


@pytest.mark.parametrize(("verb", "code"), [(_fail, "disk_full"), (_break, "internal_error")])
def test_a_job_that_fails_says_why_in_the_language_of_who_asks(
    client: httpx.Client, engine: Engine, verb: Any, code: str
) -> None:
    job = _over(engine.jobs.start("scan", verb))
    answer = client.get(f"/jobs/{job.id}", params={"lang": "es"}).json()
    assert (answer["state"], answer["error"]["code"]) == ("failed", code)
    with speaking("es"):
        assert tr("the disk is full; make room") in answer["error"]["detail"] or code != "disk_full"
    assert "RuntimeError" not in str(answer)


def test_only_the_last_jobs_and_events_are_kept() -> None:
    def skip_much(job: JobContext) -> None:
        for number in range(MAX_KEPT_EVENTS + 10):
            job.skipped(Path(str(number)), Reason("damaged"))

    with JobRegistry() as jobs:
        first = _over(jobs.start("scan", skip_much))
        assert (first.status.skipped, len(first.events_after(0))) == (MAX_KEPT_EVENTS + 10, MAX_KEPT_EVENTS)
        for _ in range(MAX_KEPT_JOBS):
            _over(jobs.start("scan", _scan))
        assert len(jobs.jobs()) == MAX_KEPT_JOBS
        with pytest.raises(Refused):
            jobs.job(first.id)


def test_a_job_that_is_not_known(client: httpx.Client) -> None:
    for answer in (client.get("/jobs/x"), client.delete("/jobs/x"), client.get("/jobs/x/events")):
        assert (answer.status_code, answer.json()["code"]) == (404, "job_unknown")
