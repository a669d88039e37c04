"""`/people/ID/held-out`: what is said of faces by a neuron that was trained without them."""

from typing import Final

from fastapi import APIRouter

from semblante.api.engine import TheEngine
from semblante.api.routes.lessons import HeldOutFaceOut, SeparabilityOut, StrangersOut, ThresholdsOut
from semblante.api.routes.people import PersonId
from semblante.api.schemas import Schema

router = APIRouter(prefix="/people/{person_id}/held-out", tags=["people"])

_MAX_LOGITS: Final = 10_000


class HeldOutOut(Schema):
    """What is said of faces by a neuron that was trained without them, and how it decides.

    `faces` are those that taught; of the `strangers` there are all logits. `separability` is null where no
    photos were given as others'.
    """

    thresholds: ThresholdsOut
    faces: tuple[HeldOutFaceOut, ...]
    strangers: StrangersOut
    separability: SeparabilityOut | None


@router.get("")
async def show_held_out(person_id: PersonId, engine: TheEngine) -> HeldOutOut:
    """Judge anew, by the faces that taught, what the last lesson has shown; as long as learning takes."""
    report = await engine.run(lambda: engine.library.judge_anew(person_id, engine.analyzer))
    return HeldOutOut(
        thresholds=ThresholdsOut.of(report.person.rule),
        faces=tuple(map(HeldOutFaceOut.of, report.faces)),
        strangers=StrangersOut.of(report, _MAX_LOGITS),
        separability=SeparabilityOut.of(report.separability),
    )
