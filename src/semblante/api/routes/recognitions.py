"""`/recognitions`: whether the faces in an image are those of people who are known."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query

from semblante.api.engine import Engine, TheEngine
from semblante.api.face_ids import face_id
from semblante.api.schemas import BoxOut, ReasonOut, Schema, Share
from semblante.api.uploads import OneImage
from semblante.pipeline import people_to_recognise, recognise_each
from semblante.types import Verdict

router = APIRouter(tags=["people"])


class NearOut(Schema):
    """A face that taught the person, by its id, and how similar it is: the cosine, -1 to 1."""

    face: str
    similarity: float


class AnswerOut(Schema):
    """Whether a face is a person's.

    `face` is its place in the image, from 0, the largest first; `person` the person's number. `probability`
    is calibrated; other people's faces get a yes at `false_match_rate`. `reason` says why a likely face is
    not relied on, and `nearest` which of the taught faces are most similar.
    """

    face: int
    box: BoxOut
    person: str
    name: str
    verdict: Verdict
    probability: Share
    false_match_rate: Share
    reason: ReasonOut | None
    nearest: tuple[NearOut, ...]


class RecognitionOut(Schema):
    """An answer for each face of an image and each person who was asked for."""

    faces: int
    answers: tuple[AnswerOut, ...]


@router.post("/recognitions")
async def recognise(
    image: OneImage,
    engine: TheEngine,
    people: Annotated[
        list[int] | None,
        Query(description="The numbers of the people to look for; by default all who are learnt."),
    ] = None,
) -> RecognitionOut:
    """Say of each face in an image whether it is a known person's: yes, no or unsure.

    At most one face is a yes for a person.
    """
    return await engine.run(_recognise, engine, image.content, people)


def _recognise(engine: Engine, content: bytes, people: Sequence[int] | None) -> RecognitionOut:
    asked = None if people is None else list(dict.fromkeys(people))
    persons = people_to_recognise(engine.library, engine.analyzer, asked)
    photo, decisions = recognise_each(list(persons.values()), content, engine.analyzer)
    answers = [
        AnswerOut(
            face=place,
            box=BoxOut.of(photo.faces[place].box, photo.width_px, photo.height_px),
            person=str(number),
            name=person.name,
            verdict=decision.verdict,
            probability=decision.probability,
            false_match_rate=person.rule.false_match_rate,
            reason=ReasonOut.of(decision.reason) if decision.reason else None,
            nearest=tuple(
                NearOut(face=face_id(near.face), similarity=near.similarity)
                for near in engine.library.nearest_taught(number, photo.faces[place])
            ),
        )
        for place, given in enumerate(decisions)
        for (number, person), decision in zip(persons.items(), given, strict=True)
        if decision.verdict is not None and decision.probability is not None
    ]
    return RecognitionOut(faces=len(photo.faces), answers=tuple(answers))
