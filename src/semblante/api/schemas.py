"""What several resources take and give as JSON: boxes, faces, their quality and attributes."""

import re
from datetime import date
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from semblante.errors import Reason
from semblante.i18n import current_language, describe
from semblante.jobs import Advice
from semblante.labels import ATTRIBUTES, doubt, spoken
from semblante.pipeline import LookAlike, measured_issues
from semblante.types import Box, Face, Landmarks, Point, Quality

Share = Annotated[float, Field(ge=0, le=1)]
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def _as_written(value: object) -> object:
    """A day as text has year, month and day: no time, and no count of seconds."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    return value


def _as_number(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() else value


PersonRef = Annotated[
    int,
    BeforeValidator(_as_number),
    Field(strict=True, ge=0, lt=2**53),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": "^[0-9]{1,16}$"},
                {"type": "integer", "minimum": 0, "exclusiveMaximum": 2**53},
            ]
        }
    ),
]
"""A person in a body, by the text that `id` is in answers, or as a number."""
Day = Annotated[date, BeforeValidator(_as_written), Field(strict=True)]
"""A day as text, such as 2026-11-28."""


class Schema(BaseModel):
    """The root of what is taken and given: a member that is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ReasonOut(Schema):
    """Why something is as it is: a stable code, and a sentence in the language of the request."""

    code: str
    detail: str

    @classmethod
    def of(cls, reason: Reason) -> "ReasonOut":
        """That of a reason."""
        return cls(code=reason.code, detail=describe(reason))


class AdviceOut(Schema):
    """What would make the photos teach more: a code, a sentence, and which photos it is about."""

    code: str
    detail: str
    photos: tuple[str, ...]

    @classmethod
    def of(cls, advice: Advice) -> "AdviceOut":
        """That of an event; its sentence names the photos as they are unless its values do."""
        reason = Reason(advice.code, {"photos": advice.photos, **advice.params})
        return cls(code=advice.code, detail=describe(reason), photos=advice.photos)


class LookAlikeOut(Schema):
    """Somebody known who looks alike: each taught the other, unless the reason says why not."""

    name: str
    reason: ReasonOut | None

    @classmethod
    def of(cls, found: LookAlike) -> "LookAlikeOut":
        """That of a look-alike."""
        return cls(name=found.name, reason=ReasonOut.of(found.reason) if found.reason else None)


class BoxOut(Schema):
    """A rectangle as left, top, right, bottom: in pixels, and as shares of the photo's width and height."""

    pixels: Box
    normalised: tuple[float, float, float, float]

    @classmethod
    def of(cls, box: Box, width_px: int, height_px: int) -> "BoxOut":
        """That of a box in a photo of this size; what reaches beyond the photo is cut."""
        left, top, right, bottom = box
        shares = (left / width_px, top / height_px, right / width_px, bottom / height_px)
        clipped = [min(1.0, max(0.0, share)) for share in shares]
        return cls(pixels=box, normalised=(clipped[0], clipped[1], clipped[2], clipped[3]))


class LandmarksOut(Schema):
    """Five places as (x, y): the eyes, the tip of the nose, the corners of the mouth, the left one first."""

    pixels: Landmarks
    normalised: tuple[Point, Point, Point, Point, Point]

    @classmethod
    def of(cls, landmarks: Landmarks, width_px: int, height_px: int) -> "LandmarksOut":
        """Those in a photo of this size."""
        a, b, c, d, e = ((x / width_px, y / height_px) for x, y in landmarks)
        return cls(pixels=landmarks, normalised=(a, b, c, d, e))


class QualityIssueOut(Schema):
    """Why a face is not relied on: what was measured, and the least that is needed."""

    code: str
    value: float
    limit: float
    detail: str


class QualityOut(Schema):
    """How far a face can be relied on; see `semblante.types.Quality`."""

    ok: bool
    issues: tuple[QualityIssueOut, ...]
    interocular_px: float
    sharpness: Share
    frontal: Share
    alignment_confidence: Share
    side_light: float | None

    @classmethod
    def of(cls, quality: Quality) -> "QualityOut":
        """That of a face."""
        issues = tuple(
            QualityIssueOut(
                code=f"face_{each.issue}",
                value=each.value,
                limit=each.limit,
                detail=describe(Reason(f"face_{each.issue}")),
            )
            for each in measured_issues(quality)
        )
        return cls(
            ok=quality.is_good,
            issues=issues,
            interocular_px=quality.interocular_px,
            sharpness=quality.sharpness,
            frontal=quality.frontal,
            alignment_confidence=quality.alignment_confidence,
            side_light=quality.side_light,
        )


class AttributeOut(Schema):
    """One of CelebA's 40 attributes of a face.

    Above 0 the `logit` says yes. `label` is its name in the language of the request; `doubt` says what is
    known against its labels in the training data, where something is.
    """

    name: str
    label: str
    logit: float
    doubt: ReasonOut | None


class FaceOut(Schema):
    """A face in a photo; `attributes` and `embedding` only where they were asked for."""

    box: BoxOut
    score: float
    landmarks: LandmarksOut
    quality: QualityOut
    attributes: tuple[AttributeOut, ...] | None = None
    embedding: tuple[float, ...] | None = None

    @classmethod
    def of(
        cls, face: Face, width_px: int, height_px: int, attributes: bool = False, embedding: bool = False
    ) -> "FaceOut":
        """That of a face in a photo of this size."""
        return cls(
            box=BoxOut.of(face.box, width_px, height_px),
            score=face.score,
            landmarks=LandmarksOut.of(face.landmarks, width_px, height_px),
            quality=QualityOut.of(face.quality),
            attributes=_attributes(face) if attributes else None,
            embedding=tuple(face.embedding.tolist()) if embedding else None,
        )


def _attributes(face: Face) -> tuple[AttributeOut, ...]:
    """The surest yes first."""
    doubts = {name: doubt(name) for name in ATTRIBUTES}
    found = [
        AttributeOut(
            name=name,
            label=spoken(name, current_language()),
            logit=logit,
            doubt=ReasonOut.of(Reason(code)) if (code := doubts[name]) else None,
        )
        for name, logit in face.attributes.items()
    ]
    return tuple(sorted(found, key=lambda each: -each.logit))
