"""`/people/ID/questions` and `/answers`: a user says of faces whether they are the person; learnt at once."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from semblante.api.cursors import Cursor, Limit
from semblante.api.engine import Engine, TheEngine
from semblante.api.face_ids import FaceId, FaceIdInPath, face_id, face_of_id
from semblante.api.routes.people import PersonId
from semblante.api.schemas import BoxOut, LookAlikeOut, Schema, Share
from semblante.i18n import as_line
from semblante.pipeline import Match, Review

router = APIRouter(prefix="/people/{person_id:int}", tags=["people"])

YesOrNo = Literal["yes", "no"]


class QuestionOut(Schema):
    """A face of the collection of which it is not sure whether it is the person's.

    `photo` is the name of its file, without folders.
    """

    face: str
    photo: str
    box: BoxOut
    probability: Share | None

    @classmethod
    def of(cls, match: Match) -> "QuestionOut":
        """That about a face."""
        return cls(
            face=face_id(match.face),
            photo=as_line(match.path.name),
            box=BoxOut.of(match.box, match.photo_width_px, match.photo_height_px),
            probability=match.probability,
        )


class QuestionsOut(Schema):
    """The questions, the likeliest first; `left` counts all of them."""

    left: int
    questions: tuple[QuestionOut, ...]


class AnswerIO(Schema):
    """What a user says of a face: it is the person's, or it is not."""

    face: FaceId
    answer: YesOrNo


class AnswersOut(Schema):
    """Some of the answers, of so many in `total`; `next` is the cursor of what comes then."""

    answers: tuple[AnswerIO, ...]
    total: int
    next: str | None


class AnsweredOut(Schema):
    """How many answers were learnt from, and how many questions are left.

    `look_alikes` are known people who look like the person.
    """

    changed: int
    left: int
    look_alikes: tuple[LookAlikeOut, ...]


@router.get("/questions")
async def list_questions(person_id: PersonId, engine: TheEngine, limit: Limit = 20) -> QuestionsOut:
    """The faces to ask about, as the person is known now."""
    found = await engine.run(lambda: _review(engine, person_id).unanswered())
    return QuestionsOut(left=len(found), questions=tuple(map(QuestionOut.of, found[:limit])))


@router.get("/answers")
async def list_answers(
    person_id: PersonId, engine: TheEngine, limit: Limit = 50, cursor: Cursor = None
) -> AnswersOut:
    """The faces that were answered about, by their ids, and what was said."""
    found = await engine.run(lambda: _review(engine, person_id).answers())
    answers = [
        AnswerIO(face=face_id(each.face), answer="yes" if each.kind == "positive" else "no") for each in found
    ]
    answers.sort(key=lambda each: each.face)
    shown, more = engine.cursors.page(f"answers {person_id}", answers, lambda each: each.face, limit, cursor)
    return AnswersOut(answers=tuple(shown), total=len(answers), next=more)


@router.post("/answers")
async def record_answers(
    person_id: PersonId,
    answers: Annotated[Sequence[AnswerIO], Field(min_length=1, max_length=200)],
    engine: TheEngine,
) -> AnsweredOut:
    """Say of faces whether they are the person's, and learn the person anew from that at once.

    Of several answers about one face, the last counts.
    """

    def record() -> AnsweredOut:
        given = {face_of_id(each.face): each.answer for each in answers}
        lesson = engine.library.record_answers(person_id, {**given}, engine.analyzer)
        return AnsweredOut(
            changed=len(given),
            left=len(_review(engine, person_id).unanswered()),
            look_alikes=tuple(map(LookAlikeOut.of, lesson.look_alikes)),
        )

    return await engine.run(record)


@router.delete("/answers/{face}", status_code=204)
async def take_answer(person_id: PersonId, face: FaceIdInPath, engine: TheEngine) -> None:
    """Take an answer back: the face does not teach any more, and may be asked about again."""
    asked = face_of_id(face)
    await engine.run(lambda: engine.library.record_answers(person_id, {asked: "remove"}, engine.analyzer))


def _review(engine: Engine, person_id: int) -> Review:
    return engine.library.review(engine.library.known_person(person_id).name)
