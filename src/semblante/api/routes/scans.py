"""`/scans`: the folders of the library are read, as a job."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Response
from pydantic import StrictBool, StrictInt

from semblante.api.engine import TheEngine
from semblante.api.job_registry import OVER
from semblante.api.routes.jobs import JobOut, accepted
from semblante.api.schemas import Schema
from semblante.errors import Refused
from semblante.jobs import JobContext

router = APIRouter(prefix="/scans", tags=["photos"])

_KIND = "scan"


class ScanIn(Schema):
    """Which folders are scanned, all of them where none is named, and how.

    `force` also reads photos that are known. `prune` takes out at once what is not there any more, which is
    not for drives that are only disconnected. `verify` hashes what is known, and reads it where it changed.
    """

    folders: tuple[StrictInt, ...] = ()
    force: StrictBool = False
    prune: StrictBool = False
    verify: StrictBool = False


@router.post("", status_code=202)
async def start_scan(scan: ScanIn, response: Response, engine: TheEngine) -> JobOut:
    """Read what is new or changed in the folders, as a job.

    Its `failed` names each photo that could not be read; its result counts what became of them. A scan that
    is cancelled keeps what it has read, and the next one goes on from there. 409 `scan_running` while another
    one is at work.
    """
    await engine.run(lambda: engine.library.chosen_folders(scan.folders))
    for job in engine.jobs.jobs():
        if job.kind == _KIND and job.status.state not in OVER:
            raise Refused("scan_running", job=job.id)

    def verb(context: JobContext) -> dict[str, Any]:
        report = engine.library.scan_folders(
            scan.folders, engine.analyzer, scan.force, scan.prune, scan.verify, context
        )
        return asdict(report)

    return accepted(engine.jobs.start(_KIND, verb), response)


@router.get("")
async def list_scans(engine: TheEngine) -> tuple[JobOut, ...]:
    """The scan that is at work and the last that are over, the last begun first."""
    return tuple(JobOut.of(job) for job in engine.jobs.jobs() if job.kind == _KIND)
