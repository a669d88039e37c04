"""`/people/ID/neuron` and `/people/ID/readiness`: the weights, and what the photos lack to learn from."""

from fastapi import APIRouter

from semblante.api.coach_schemas import ReadinessOut
from semblante.api.engine import TheEngine
from semblante.api.routes.people import PersonId
from semblante.api.schemas import Schema
from semblante.pipeline import Person, faces_given, readiness_of

router = APIRouter(prefix="/people/{person_id}", tags=["people"])


class NeuronOut(Schema):
    """The logit of a face is the sum of `weights` times its embedding, and `bias`."""

    weights: tuple[float, ...]
    bias: float


@router.get("/neuron")
async def show_neuron(person_id: PersonId, engine: TheEngine) -> NeuronOut:
    """Show the weights of a person's neuron."""

    def learnt() -> Person:
        return engine.library.person(engine.library.known_person(person_id).name)

    neuron = (await engine.run(learnt)).neuron
    return NeuronOut(weights=tuple(neuron.weights.tolist()), bias=neuron.bias)


@router.get("/readiness")
async def show_readiness(person_id: PersonId, engine: TheEngine) -> ReadinessOut:
    """Say what the photos that were given show together, and whether that is enough to learn from."""
    return ReadinessOut.of(
        await engine.run(lambda: readiness_of(faces_given(engine.library, person_id, engine.analyzer)))
    )
