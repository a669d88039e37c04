"""`/health` and `/ready`: whether the service is there, and whether it can do its work."""

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from semblante.api.engine import TheEngine
from semblante.api.problems import plain, problem_for
from semblante.api.schemas import Schema
from semblante.errors import Refused

router = APIRouter(tags=["service"])


class Health(Schema):
    """The service answers."""

    status: Literal["ok"] = "ok"


class Ready(Schema):
    """The service can do its work."""

    ready: Literal[True] = True


@router.get("/health")
async def health() -> Health:
    """Say that the service answers; `/ready` says whether it can do its work."""
    return Health()


@router.get(
    "/ready", response_model=Ready, responses={503: {"description": "It cannot; `reasons` says why."}}
)
async def ready(request: Request, engine: TheEngine) -> Ready | JSONResponse:
    """Say whether model and library can be used; where not, `reasons` says why."""
    reasons = await engine.run(engine.unready)
    if not reasons:
        return Ready()
    return problem_for(request, Refused("not_ready"), reasons=plain(reasons))
