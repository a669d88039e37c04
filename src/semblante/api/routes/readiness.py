"""`/people/{id}/readiness`: what the photos given so far lack to learn a person well."""

from fastapi import APIRouter

from semblante.api.coach_schemas import ReadinessOut
from semblante.api.engine import TheEngine
from semblante.api.routes.people import PersonId
from semblante.pipeline import faces_given, readiness_of

router = APIRouter(prefix="/people", tags=["people"])


@router.get("/{person_id:int}/readiness")
async def show_readiness(person_id: PersonId, engine: TheEngine) -> ReadinessOut:
    """Say how far the photos given to learn a person from go, as the coach of the camera measures them."""
    return await engine.run(
        lambda: ReadinessOut.of(readiness_of(faces_given(engine.library, person_id, engine.analyzer)))
    )
