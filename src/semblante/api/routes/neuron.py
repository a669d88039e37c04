"""`/people/ID/neuron`: the weights by which a person is recognised."""

from fastapi import APIRouter

from semblante.api.engine import TheEngine
from semblante.api.routes.people import PersonId
from semblante.api.schemas import Schema
from semblante.pipeline import Person

router = APIRouter(prefix="/people/{person_id:int}/neuron", tags=["people"])


class NeuronOut(Schema):
    """The logit of a face is the sum of `weights` times its embedding, and `bias`."""

    weights: tuple[float, ...]
    bias: float


@router.get("")
async def show_neuron(person_id: PersonId, engine: TheEngine) -> NeuronOut:
    """Show the weights of a person's neuron."""

    def learnt() -> Person:
        return engine.library.person(engine.library.known_person(person_id).name)

    neuron = (await engine.run(learnt)).neuron
    return NeuronOut(weights=tuple(neuron.weights.tolist()), bias=neuron.bias)
