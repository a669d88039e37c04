"""`/jobs`: how far long verbs are, also as server-sent events, and their end."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from semblante.api.engine import TheEngine
from semblante.api.job_registry import OVER, Job, JobEvent, State
from semblante.api.problems import plain
from semblante.api.schemas import AdviceOut, ReasonOut, Schema
from semblante.errors import Overloaded, Reason
from semblante.i18n import as_line, describe
from semblante.jobs import Advice

router = APIRouter(prefix="/jobs", tags=["jobs"])

_NUMBER: Final = re.compile(r"[0-9]{1,18}")
MAX_STREAMS: Final = 32
_LOOK_EVERY_S: Final = 0.1
"""So often the stream looks for news: a job may say thousands of things a second."""


class SkippedOut(Schema):
    """A file or folder that could not be used, and why."""

    path: str
    reason: ReasonOut


class JobOut(Schema):
    """A long verb at work, or over: `done` of `total` items of a `stage`, so many a second, seconds left.

    `skipped` counts what could not be used; `failed` names the last thousand of it.
    """

    id: str
    kind: str
    state: State
    stage: str | None
    stage_text: str | None
    done: int
    total: int
    rate: float | None
    eta_s: float | None
    skipped: int
    failed: tuple[SkippedOut, ...]
    result: Any
    error: ReasonOut | None
    created: datetime
    finished: datetime | None

    @classmethod
    def of(cls, job: Job) -> "JobOut":
        """That of a job, as it is now."""
        status = job.status
        return cls(
            id=job.id,
            kind=job.kind,
            state=status.state,
            stage=status.stage,
            stage_text=_stage_text(status.stage),
            done=status.done,
            total=status.total,
            rate=status.rate,
            eta_s=status.eta_s,
            skipped=status.skipped,
            failed=tuple(
                SkippedOut(path=as_line(each.data["path"]), reason=ReasonOut.of(each.data["reason"]))
                for each in job.skipped
            ),
            result=status.result,
            error=ReasonOut.of(status.error) if status.error else None,
            created=job.created,
            finished=status.finished,
        )


def accepted(job: Job, response: Response) -> JobOut:
    """The answer 202 to a request that began a job: its address is in `Location`."""
    response.status_code = 202
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return JobOut.of(job)


async def _job_of(job_id: str, engine: TheEngine) -> Job:
    return engine.jobs.job(job_id)


TheJob = Annotated[Job, Depends(_job_of)]


@router.get("")
async def list_jobs(engine: TheEngine) -> tuple[JobOut, ...]:
    """The jobs at work and the last that are over, the last begun first."""
    return tuple(map(JobOut.of, engine.jobs.jobs()))


@router.get("/{job_id}")
async def show_job(job: TheJob) -> JobOut:
    """Say how far a job is."""
    return JobOut.of(job)


@router.delete("/{job_id}")
async def cancel_job(job: TheJob) -> JobOut:
    """Ask a job to stop: what is done is kept. One that is over stays as it is."""
    job.cancel()
    return JobOut.of(job)


async def _streaming(engine: TheEngine) -> AsyncIterator[None]:
    """Count a stream for as long as it is followed; each looks for news again and again."""
    if engine.streams >= MAX_STREAMS:
        raise Overloaded("too_many_streams", count=MAX_STREAMS, retry_after_s=5)
    engine.streams += 1
    try:
        yield
    finally:
        engine.streams -= 1


@router.get("/{job_id}/events", response_class=EventSourceResponse, dependencies=[Depends(_streaming)])
async def follow_job(
    job: TheJob,
    last_event_id: Annotated[
        str, Header(alias="Last-Event-ID", description="The last event that was heard; goes on behind it.")
    ] = "",
) -> AsyncIterator[ServerSentEvent]:
    """Follow a job until it is over: `state`, `progress`, `skipped` and what else it says, as it comes.

    Who comes later hears everything from the first, but of `progress` only the last.
    """
    number = int(last_event_id) if _NUMBER.fullmatch(last_event_id) else 0
    while True:
        is_over = job.status.state in OVER
        for event in job.events_after(number):
            number = event.number
            yield ServerSentEvent(id=str(number), event=event.kind, data=_data(event))
        if is_over:
            return
        await asyncio.sleep(_LOOK_EVERY_S)


def _data(event: JobEvent) -> dict[str, Any]:
    if event.kind == "advice":
        return AdviceOut.of(Advice(**event.data)).model_dump()
    data = {name: plain(value) for name, value in event.data.items()}
    if event.kind == "skipped":
        data["path"] = as_line(event.data["path"])
    if event.kind == "progress":
        data["stage_text"] = _stage_text(event.data["stage"])
    return data


def _stage_text(stage: str | None) -> str | None:
    return describe(Reason(stage)) if stage else None
