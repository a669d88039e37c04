"""What a coach says as JSON: of a frame, and of the photos taken so far."""

from semblante.api.schemas import Schema, Share
from semblante.pipeline import CoachAdvice, FrameCheck, PhotoCheck, Readiness
from semblante.pipeline.coach import FramePart, PartState, PhotoPart
from semblante.types import Direction


class FrameCheckOut(Schema):
    """One thing that a frame must show to be taken; where it is measured, `value` against `limit`."""

    part: FramePart
    ok: bool
    value: float | None
    limit: float | None

    @classmethod
    def of(cls, check: FrameCheck) -> "FrameCheckOut":
        """That of a check."""
        return cls(part=check.part, ok=check.is_met, value=check.value, limit=check.limit)


class PhotoCheckOut(Schema):
    """One thing that the photos together must show, and the share of it that they have."""

    part: PhotoPart
    share: Share
    state: PartState

    @classmethod
    def of(cls, check: PhotoCheck) -> "PhotoCheckOut":
        """That of a check."""
        return cls(part=check.part, share=check.share, state=check.state)


class ReadinessOut(Schema):
    """How far the photos of a person go: what they show together, of how many moments, whether that is
    enough."""

    photos: tuple[PhotoCheckOut, ...]
    moments: int
    can_learn: bool

    @classmethod
    def of(cls, readiness: Readiness) -> "ReadinessOut":
        """That of a person's photos."""
        return cls(
            photos=tuple(map(PhotoCheckOut.of, readiness.photos)),
            moments=readiness.moments,
            can_learn=readiness.can_learn,
        )


class CoachAdviceOut(Schema):
    """What the coach says of a frame, and of the photos with it where it `takes` it.

    `prompt` is where to look next, as the person's own left or right. `turns_followed` of `turns_asked` hint
    at a living face before the camera; that proves nothing, and opens nothing.
    """

    frame: tuple[FrameCheckOut, ...]
    takes: bool
    readiness: ReadinessOut
    prompt: Direction | None
    turns_asked: int
    turns_followed: int

    @classmethod
    def of(cls, advice: CoachAdvice) -> "CoachAdviceOut":
        """That of what a coach says."""
        return cls(
            frame=tuple(map(FrameCheckOut.of, advice.frame)),
            takes=advice.takes,
            readiness=ReadinessOut.of(advice.readiness),
            prompt=advice.prompt,
            turns_asked=advice.turns_asked,
            turns_followed=advice.turns_followed,
        )
