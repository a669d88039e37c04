"""`/live`: a camera's frames, sent one after the other, with who is in them and what a coach says.

Frames are requests and no messages of a WebSocket: each goes through the same checks of size, origin and
cookie as any other request, is answered or refused as a problem, and waits for its place in the same pool.
The page sends the next frame when the last one is answered, so none pile up. On one machine a request costs
about a millisecond, and uvicorn needs no further package.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Body, Response
from pydantic import Field, StrictBool

from semblante.api.coach_schemas import CoachAdviceOut
from semblante.api.engine import Engine, TheEngine
from semblante.api.live_sessions import IDLE_S, LiveSession
from semblante.api.routes.faces import PhotoOut
from semblante.api.schemas import FaceOut, PersonRef, ReasonOut, Schema, Share
from semblante.api.uploads import UploadedImage, issue_of, usable
from semblante.errors import SemblanteError
from semblante.pipeline import (
    FRAME_SIDE_PX,
    Coach,
    Decision,
    LiveFace,
    LiveFrame,
    LiveRecognition,
    Person,
    faces_given,
    people_to_recognise,
)
from semblante.types import Verdict

router = APIRouter(prefix="/live", tags=["live"])

MAX_FRAME_PX: Final = 4_000_000
"""The pixels of a frame: larger ones are photos, and take longer than a frame should."""


class LiveIn(Schema):
    """What to look for in a camera's frames.

    `people` are the numbers of whom to recognise; all who are learnt, where it is null. `coach_for` is the
    number of whom frames are to be chosen for, beside the photos given so far. With `attributes`, each face
    comes with CelebA's 40 attributes.
    """

    people: Annotated[tuple[PersonRef, ...], Field(max_length=1000)] | None = None
    coach_for: PersonRef | None = None
    attributes: StrictBool = False


class LiveOut(Schema):
    """A camera's session: whom it recognises, the longer side that its frames should have, when it ends
    unused."""

    id: str
    people: tuple[str, ...]
    frame_side_px: int
    idle_s: float


class LiveAnswerOut(Schema):
    """Whether a face is a person, from `moments` moments of it; 0 where the answer is about this frame alone.

    Of other people's faces, the share `false_match_rate` gets a wrong yes: the rate that was chosen.
    """

    person: str
    verdict: Verdict
    probability: Share
    false_match_rate: Share
    moments: int
    reason: ReasonOut | None


class LiveFaceOut(FaceOut):
    """A face in a frame; `track` is the same number for as long as it is followed."""

    track: int
    answers: tuple[LiveAnswerOut, ...]


class LiveFrameOut(Schema):
    """What is in a frame: the faces, the largest first, and what the coach says where there is one."""

    photo: PhotoOut
    faces: tuple[LiveFaceOut, ...]
    coach: CoachAdviceOut | None


@router.post("", status_code=201)
async def begin_live(wanted: LiveIn, engine: TheEngine, response: Response) -> LiveOut:
    """Begin with a camera; its frames are sent to `/live/{id}/frames`."""
    session = await engine.run(_begun, engine, wanted)
    response.headers["Location"] = f"/api/v1/live/{session.id}"
    people = tuple(map(str, session.people))
    return LiveOut(id=session.id, people=people, frame_side_px=FRAME_SIDE_PX, idle_s=IDLE_S)


@router.post("/{session_id}/frames")
async def look_at_frame(
    session_id: str,
    frame: Annotated[bytes, Body(media_type="image/jpeg", description="The frame, as a JPEG file.")],
    engine: TheEngine,
) -> LiveFrameOut:
    """Look at the next frame of a camera. Nothing of it is kept but the faces that are followed, in
    memory."""
    session = engine.live.use(session_id)
    return await engine.run(_seen, engine, session, frame)


@router.delete("/{session_id}", status_code=204)
async def end_live(session_id: str, engine: TheEngine) -> None:
    """End with a camera, and forget the faces that were followed."""
    engine.live.end(session_id)


def _begun(engine: Engine, wanted: LiveIn) -> LiveSession:
    people = people_to_recognise(engine.library, engine.analyzer, wanted.people)
    taught = wanted.coach_for
    coach = None if taught is None else Coach(faces_given(engine.library, taught, engine.analyzer))
    recognition = LiveRecognition(engine.analyzer, tuple(people.values()), as_photos=coach is not None)
    session = LiveSession(recognition, tuple(people), coach, wanted.attributes)
    engine.live.begin(session)
    try:
        # Since they were read, the library may be locked, or one of them forgotten.
        engine.library.vault.check_unlocked()
        people_to_recognise(engine.library, engine.analyzer, session.people)
    except SemblanteError:
        engine.live.discard(session)
        raise
    return session


def _seen(engine: Engine, session: LiveSession, content: bytes) -> LiveFrameOut:
    engine.library.vault.note_use()
    usable(UploadedImage("", content, issue_of(content, MAX_FRAME_PX)))
    frame = session.recognition(content)
    advice = session.coach([each.face for each in frame.faces]) if session.coach else None
    return LiveFrameOut(
        photo=PhotoOut(width_px=frame.width_px, height_px=frame.height_px),
        faces=tuple(_face(each, frame, session) for each in frame.faces),
        coach=CoachAdviceOut.of(advice) if advice else None,
    )


def _face(seen: LiveFace, frame: LiveFrame, session: LiveSession) -> LiveFaceOut:
    face = FaceOut.of(seen.face, frame.width_px, frame.height_px, attributes=session.attributes)
    people = zip(session.people, session.recognition.people, seen.decisions, strict=True)
    answers = tuple(_answer(number, person, seen.moments, decision) for number, person, decision in people)
    return LiveFaceOut(**dict(face), track=seen.track, answers=answers)


def _answer(number: int, person: Person, moments: int, decision: Decision) -> LiveAnswerOut:
    assert decision.verdict is not None and decision.probability is not None
    return LiveAnswerOut(
        person=str(number),
        verdict=decision.verdict,
        probability=decision.probability,
        false_match_rate=person.rule.false_match_rate,
        moments=moments,
        reason=ReasonOut.of(decision.reason) if decision.reason else None,
    )
