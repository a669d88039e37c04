"""`/explanations`: which places in a face an answer depends on."""

import base64
import io
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from PIL import Image
from pydantic import Field

from semblante.api.engine import Engine, TheEngine
from semblante.api.schemas import Schema, Share
from semblante.api.uploads import OneImage
from semblante.errors import Refused
from semblante.pipeline import explain_attribute, explain_person
from semblante.report import explanation_text
from semblante.types import Verdict

router = APIRouter(tags=["faces"])


class ExplanationOut(Schema):
    """The places in a face that an answer depends on, found by hiding one after the other.

    `heat` is by how much `logit` falls when the place about each pixel of the crop is hidden: positive speaks
    for `subject`, negative against it. `crop` is the face itself. `text` says it in words.
    """

    kind: Literal["attribute", "person"]
    subject: str
    verdict: Verdict
    probability: Share | None
    logit: float
    side_px: int
    heat: Annotated[tuple[tuple[float, ...], ...], Field(description="Row by row, each of `side_px` values.")]
    regions: Annotated[dict[str, float], Field(description="The mean heat in each part of a typical face.")]
    crop: Annotated[str, Field(description="The crop of the face: a PNG file in base64.")]
    text: str


@router.post("/explanations")
async def explain(
    image: OneImage,
    engine: TheEngine,
    attribute: Annotated[
        str | None, Form(description="One of CelebA's 40 attributes, such as Smiling; or a `person`.")
    ] = None,
    person: Annotated[int | None, Form(description="The number of a person; or an `attribute`.")] = None,
    face: Annotated[
        int | None,
        Form(ge=0, description="The face's place, from 0; by default the likeliest one, or the largest."),
    ] = None,
) -> ExplanationOut:
    """Say which places in a face an answer depends on: an attribute's, or whether it is a person."""
    if (attribute is None) == (person is None):
        raise Refused("attribute_or_person_needed")
    return await engine.run(_explain, engine, image.content, attribute, person, face)


def _explain(
    engine: Engine, content: bytes, attribute: str | None, person: int | None, face: int | None
) -> ExplanationOut:
    if person is not None:
        known = engine.library.person(engine.library.known_person(person).name)
        found = explain_person(content, known, engine.analyzer, place=face)
    else:
        found = explain_attribute(content, attribute or "", engine.analyzer, place=face or 0)
    values = found.as_json()
    crop = io.BytesIO()
    Image.fromarray(found.crop).save(crop, "PNG")
    return ExplanationOut(
        **{name: value for name, value in values.items() if name != "path"},
        crop=base64.b64encode(crop.getvalue()).decode(),
        text=explanation_text(found),
    )
