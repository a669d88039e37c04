"""`/people/ID/lessons`: a person is learnt from the photos that were given, and what that has shown."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Annotated, Any, Final, Literal

import numpy as np
from fastapi import APIRouter, Response
from pydantic import Field, FiniteFloat, StrictBool

from semblante.api.engine import TheEngine
from semblante.api.face_ids import face_id
from semblante.api.routes.jobs import JobOut, accepted
from semblante.api.routes.people import PersonId
from semblante.api.schemas import AdviceOut, LookAlikeOut, Schema, Share
from semblante.errors import Reason, SamePhotos
from semblante.i18n import describe
from semblante.jobs import Advice, Event, JobContext
from semblante.pipeline import (
    AgeNeuron,
    DecisionRule,
    GivenPhoto,
    HeldOutEvaluation,
    HeldOutFace,
    LessonReport,
    Person,
    Separability,
    reason_of_span,
)
from semblante.types import Verdict

router = APIRouter(prefix="/people/{person_id:int}/lessons", tags=["people"])

_MAX_LOGITS: Final = 200
"""So many logits of other people's faces are told, evenly from the lowest to the highest."""


class LessonIn(Schema):
    """How strict the person is to be: of other people's faces, the share `false_match_rate` may get a yes.

    With `keep_inseparable`, a person is also kept who cannot be told from those in the photos of others.
    """

    false_match_rate: Annotated[FiniteFloat, Field(strict=True)] = 0.001
    keep_inseparable: StrictBool = False


class EstimateOut(Schema):
    """A rate with its interval of 95 %."""

    value: Share
    low: Share
    high: Share


class RocOut(Schema):
    """How many of the person's faces are found, for each share of other people's that is taken for it."""

    false_positive_rate: tuple[Share, ...]
    true_positive_rate: tuple[Share, ...]
    area: Share


class ReliabilityOut(Schema):
    """How often a probability was right, in bins."""

    mean_predicted: tuple[Share, ...]
    fraction_positive: tuple[Share, ...]
    counts: tuple[int, ...]
    expected_calibration_error: Share


class EvidenceOut(Schema):
    """How well the person is told from strangers, measured on faces that the neuron was not trained on."""

    method: Literal["validation", "cross-validation"]
    photos_of_person: int
    photos_of_others: int
    background: int
    tpr_at_fpr_1_percent: EstimateOut | None
    tpr_at_fpr_01_percent: EstimateOut | None
    roc: RocOut
    reliability: ReliabilityOut

    @classmethod
    def of(cls, evaluation: HeldOutEvaluation) -> "EvidenceOut":
        """That of a person's evaluation."""
        return cls.model_validate(asdict(evaluation))


class ThresholdsOut(Schema):
    """The neuron's curve, 1 / (1 + exp(-(slope * logit + offset))), and where a yes and a no begin on it."""

    slope: float
    offset: float
    prior: Share
    yes_above: Share
    no_below: Share
    false_match_rate: Share
    false_non_match_rate: Share

    @classmethod
    def of(cls, rule: DecisionRule) -> "ThresholdsOut":
        """Those of a person's rule."""
        return cls.model_validate(asdict(rule))


class AgeOut(Schema):
    """The neuron of an age span: it answers about photos of these years, the last of them not included.

    `span` says these in the language of the request.
    """

    span: str
    from_years: int
    below_years: int
    photos_of_person: int
    thresholds: ThresholdsOut

    @classmethod
    def of(cls, age: AgeNeuron) -> "AgeOut":
        """That of an age neuron."""
        return cls(
            span=describe(reason_of_span(age.span)),
            from_years=age.span.from_years,
            below_years=age.span.below_years,
            photos_of_person=age.photos_of_person,
            thresholds=ThresholdsOut.of(age.rule),
        )


class LearntOut(Schema):
    """What is known of a person's neuron: from how many photos it learnt, how good it is, how it decides.

    `ages` are neurons for age spans, where these serve better than one for all.
    """

    photos_of_person: int
    moments_of_person: int
    photos_of_others: int
    evidence: EvidenceOut
    thresholds: ThresholdsOut
    ages: tuple[AgeOut, ...]

    @classmethod
    def of(cls, person: Person) -> "LearntOut":
        """That of a person who is learnt."""
        return cls(
            photos_of_person=person.photos_of_person,
            moments_of_person=person.moments_of_person,
            photos_of_others=person.photos_of_others,
            evidence=EvidenceOut.of(person.evaluation),
            thresholds=ThresholdsOut.of(person.rule),
            ages=tuple(map(AgeOut.of, person.ages)),
        )


class HeldOutFaceOut(Schema):
    """A face that taught, and what is said of it by a neuron that did not see it.

    `me` is the person's, `not` one of a photo that was given as others', `beside` somebody else's.
    """

    face: str
    role: Literal["me", "not", "beside"]
    logit: float
    probability: Share
    verdict: Verdict

    @classmethod
    def of(cls, held_out: HeldOutFace) -> "HeldOutFaceOut":
        """That of a held-out face."""
        return cls(
            face=face_id(held_out.face),
            role="me" if held_out.is_person else "not" if held_out.is_named else "beside",
            logit=held_out.logit,
            probability=held_out.probability,
            verdict=held_out.verdict,
        )


class StrangersOut(Schema):
    """What the neuron says of the model's background faces: how many, and some logits, the lowest first."""

    count: int
    yes: int
    unsure: int
    no: int
    logits: tuple[float, ...]

    @classmethod
    def of(cls, report: LessonReport, most: int) -> "StrangersOut":
        """What a lesson's neuron said of them, with at most so many logits."""
        rule = report.person.rule
        verdicts = list(map(rule.verdict, rule.probabilities(report.background_logits).tolist()))
        ordered = np.sort(report.background_logits).round(3)
        rows = np.linspace(0, len(ordered) - 1, min(len(ordered), most)).round().astype(int)
        return cls(
            count=len(verdicts),
            yes=verdicts.count("yes"),
            unsure=verdicts.count("unsure"),
            no=verdicts.count("no"),
            logits=tuple(ordered[rows].tolist()),
        )


class SeparabilityOut(Schema):
    """Whether the person can be told from those in the photos that were given as others'."""

    faces: int
    yes: int
    unsure: int
    area: Share
    separable: bool

    @classmethod
    def of(cls, separability: Separability | None) -> "SeparabilityOut | None":
        """That of a lesson, null where no photos were given as others'."""
        return None if separability is None else cls.model_validate(asdict(separability))


class LessonOut(LearntOut):
    """What a lesson has shown: the result of its job.

    `taught` are the person's faces, in the order of the `positives` of the job's events.
    """

    taught: tuple[str, ...]
    faces: tuple[HeldOutFaceOut, ...]
    strangers: StrangersOut
    separability: SeparabilityOut | None
    look_alikes: tuple[LookAlikeOut, ...]
    advice: tuple[AdviceOut, ...]


@router.post("", status_code=202)
async def learn_person(
    person_id: PersonId, lesson: LessonIn, response: Response, engine: TheEngine
) -> JobOut:
    """Learn the person; the job's events are `advice` and `neuronstep`, its result is what was shown."""
    rate = lesson.false_match_rate
    await engine.run(lambda: engine.library.check_lesson(person_id, engine.analyzer, rate))

    def learn(job: JobContext) -> dict[str, Any]:
        advice: list[Advice] = []
        name = engine.library.known_person(person_id).name
        numbers = _numbers(engine.library.given_photos(person_id))

        def emit(event: Event) -> None:
            if isinstance(event, Advice):
                event = _numbered(event, name, numbers)
                advice.append(event)
            job.emit(event)

        hearing, keep = JobContext(emit, job.cancelled), lesson.keep_inseparable
        try:
            report = engine.library.learn_given(person_id, engine.analyzer, rate, keep, hearing)
        except SamePhotos as error:
            photos = {each: numbers.get(str(error.params[each])) for each in ("first", "second")}
            known = {each: number for each, number in photos.items() if number is not None}
            raise SamePhotos(error.code, **{**error.params, **known}) from error
        return _shown(report, advice).model_dump(mode="json")

    return accepted(engine.jobs.start("lesson", learn), response)


@router.get("")
async def show_learnt(person_id: PersonId, engine: TheEngine) -> LearntOut:
    """What is known of the person's neuron, as it is now."""

    def learnt() -> Person:
        return engine.library.person(engine.library.known_person(person_id).name)

    return LearntOut.of(await engine.run(learnt))


def _shown(report: LessonReport, advice: Sequence[Advice]) -> LessonOut:
    return LessonOut(
        **dict(LearntOut.of(report.person)),
        taught=tuple(map(face_id, report.own)),
        faces=tuple(map(HeldOutFaceOut.of, report.faces)),
        strangers=StrangersOut.of(report, _MAX_LOGITS),
        separability=SeparabilityOut.of(report.separability),
        look_alikes=tuple(map(LookAlikeOut.of, report.look_alikes)),
        advice=tuple(map(AdviceOut.of, advice)),
    )


def _numbers(given: Sequence[GivenPhoto]) -> dict[str, str | Reason]:
    """What the photos are called, by hash: they have no names here, but places in the list of their role."""
    own, others = ([each.photo for each in given if each.role == role] for role in ("positive", "negative"))
    return {
        **{photo: f"#{place}" for place, photo in enumerate(own, 1)},
        **{photo: Reason("photo_of_others", {"number": place}) for place, photo in enumerate(others, 1)},
    }


def _numbered(advice: Advice, name: str, numbers: Mapping[str, str | Reason]) -> Advice:
    """Advice about this person, with the numbers of its photos."""
    photos = [numbers[each] for each in advice.photos if each in numbers]
    return replace(advice, params={**advice.params, "name": name, "photos": photos})
