"""`/comparisons`: whether two images show the same person."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from semblante.api.engine import TheEngine
from semblante.api.schemas import ReasonOut, Schema
from semblante.api.uploads import SeveralImages, usable
from semblante.errors import Refused

router = APIRouter(tags=["faces"])


class ComparisonOut(Schema):
    """Whether the largest faces of two images are one person's.

    Above `threshold`, which `false_accept_rate` of the pairs of different people exceed, they are the same
    person's; it is null where it was not measured for the model. `reason` says why the verdict is unsure.
    """

    verdict: Literal["same", "different", "unsure"]
    similarity: Annotated[float, Field(description="The cosine of the embeddings, -1 to 1.")]
    threshold: float | None
    false_accept_rate: float
    reason: ReasonOut | None


@router.post("/comparisons")
async def compare(images: SeveralImages, engine: TheEngine) -> ComparisonOut:
    """Say whether the largest faces of two images are one person's: same, different or unsure."""
    if len(images) != 2:
        raise Refused("two_images_needed", count=len(images))
    a, b = (usable(image).content for image in images)
    found = await engine.run(lambda: engine.analyzer.verify(a, b))
    return ComparisonOut(
        verdict=found.verdict,
        similarity=found.similarity,
        threshold=found.threshold,
        false_accept_rate=found.false_accept_rate,
        reason=ReasonOut.of(found.reason) if found.reason else None,
    )
