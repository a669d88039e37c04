"""`/health`: whether the service is there."""

from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter(tags=["service"])


class Health(BaseModel):
    """The service answers."""

    status: str = "ok"


@router.get("/health")
async def health() -> Health:
    """Say that the service answers; `/ready` says whether it can do its work."""
    return Health()
