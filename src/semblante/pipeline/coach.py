"""The coach: what the photos taken so far lack to learn a person well, and which frames would help.

The parts of a frame say whether it can teach; the parts of the photos say what is still missing. Their limits
are those of `faces.quality` and `person.variety`, by which photos are judged when they are learnt from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np

from semblante.faces import measures_of
from semblante.person import MIN_PHOTOS
from semblante.person.moments import are_copies, moments_of
from semblante.person.variety import direction_of, light_variety, variety_without
from semblante.pipeline.analyzer import FaceAnalyzer
from semblante.pipeline.library import Library
from semblante.pipeline.turn_prompts import TurnPrompts
from semblante.types import CopyDescriptors, Direction, Face

FramePart = Literal["alone", "small", "blurred", "turned", "hidden", "new"]
"""What a frame must show to be taken: one face, without each quality issue, and of a new moment."""
PhotoPart = Literal["left", "ahead", "right", "light", "glasses", "hat"]
"""What the photos together must show: each direction, light that varies, a face without glasses and hat."""
PartState = Literal["missing", "started", "done"]

PHOTOS_EACH_WAY: Final = 3
"""Nine photos in all: ten teach clearly more than five, which is the least (docs/photos.md)."""
MAX_PHOTOS: Final = 15
"""The coach takes no more frames than this, whatever is missing."""
_WORN: Final[dict[PhotoPart, str]] = {"glasses": "Eyeglasses", "hat": "Wearing_Hat"}
_DIRECTIONS: Final[tuple[Direction, ...]] = get_args(Direction)


@dataclass(frozen=True)
class FrameCheck:
    """One thing that a frame must show. Where it is measured, `value` must not be below `limit`."""

    part: FramePart
    is_met: bool
    value: float | None = None
    limit: float | None = None


@dataclass(frozen=True)
class PhotoCheck:
    """One thing that the photos together must show; of that, the `share` that they have, 0 to 1."""

    part: PhotoPart
    share: float

    @property
    def state(self) -> PartState:
        """The share in a word."""
        if self.share >= 1:
            return "done"
        return "started" if self.share > 0 else "missing"


@dataclass(frozen=True)
class Readiness:
    """How far the photos of a person go: what they show together, and how many `moments` they are of.

    `can_learn` says whether these are enough to learn from.
    """

    photos: tuple[PhotoCheck, ...]
    moments: int
    can_learn: bool


@dataclass(frozen=True)
class CoachAdvice:
    """What the coach says of a frame, and of the photos with it where it `takes` it.

    `prompt` is the direction to look to next, None where nothing is asked for. Of `turns_asked`, the head
    made `turns_followed`: a hint that a living face is before the camera and no photo, not a proof of it.
    """

    frame: tuple[FrameCheck, ...]
    takes: bool
    readiness: Readiness
    prompt: Direction | None
    turns_asked: int
    turns_followed: int


class Coach:
    """Chooses the frames of a camera that teach, and says what is missing; for one person."""

    def __init__(self, photos: Sequence[Face] = (), prompts: TurnPrompts | None = None) -> None:
        """Begin with the person's good faces in photos that there are already."""
        self._photos = list(photos)
        self._prompts = prompts or TurnPrompts()

    def __call__(self, faces: Sequence[Face]) -> CoachAdvice:
        """What to say of the next frame, which shows these faces, the largest first."""
        frame = check_frame(faces, self._photos)
        is_settled = self._prompts.see(direction_of(faces[0]) if faces else None)
        takes = is_settled and all(each.is_met for each in frame) and self._helps(faces[0])
        if takes:
            self._photos.append(faces[0])
        readiness = readiness_of(self._photos)
        wanted = [each.part for each in readiness.photos if each.part in _DIRECTIONS and each.share < 1]
        if is_settled and (takes or self._prompts.asked not in wanted):
            self._prompts.go_on(wanted)
        return CoachAdvice(
            frame=frame,
            takes=takes,
            readiness=readiness,
            prompt=self._prompts.asked,
            turns_asked=self._prompts.turns_asked,
            turns_followed=self._prompts.turns_followed,
        )

    def _helps(self, face: Face) -> bool:
        """Whether a photo with this face would have more of what is asked for, or of what else is missing."""
        if len(self._photos) >= MAX_PHOTOS:
            return False
        asked = self._prompts.asked
        before, after = (readiness_of(photos) for photos in (self._photos, [*self._photos, face]))
        return any(
            new.share > old.share
            for old, new in zip(before.photos, after.photos, strict=True)
            if asked is None or new.part == asked
        )


def faces_given(library: Library, person_id: int, analyzer: FaceAnalyzer) -> list[Face]:
    """The good faces of the photos that were given to learn a person from: of each photo, the largest.

    Raises `UnknownPerson`.
    """
    given = library.given_faces(person_id, analyzer)
    photos = [each.photo for each in given if each.photo is not None and each.given.role == "positive"]
    good = ([face for face in photo.faces if face.quality.is_good] for photo in photos)
    return [faces[0] for faces in good if faces]


def check_frame(faces: Sequence[Face], photos: Sequence[Face]) -> tuple[FrameCheck, ...]:
    """Whether a frame with these faces, the largest first, can teach beside these photos of the person."""
    if not faces:
        return tuple(FrameCheck(part, False) for part in get_args(FramePart))
    face = faces[0]
    return (
        FrameCheck("alone", len(faces) == 1),
        *(
            FrameCheck(each.issue, each.issue not in face.quality.issues, each.value, each.limit)
            for each in measures_of(face.quality)
        ),
        FrameCheck("new", not (photos and are_copies(_descriptors([face]), _descriptors(photos)).any())),
    )


def readiness_of(photos: Sequence[Face]) -> Readiness:
    """How far a person's good faces in photos go to learn the person; those of one moment count once."""
    faces = _one_a_moment(photos)
    directions = [direction_of(face) for face in faces]
    lit = sum(face.quality.side_light is not None for face in faces)
    checks = (
        *(PhotoCheck(each, min(1.0, directions.count(each) / PHOTOS_EACH_WAY)) for each in _DIRECTIONS),
        PhotoCheck("light", min(lit / MIN_PHOTOS, light_variety(faces))),
        *(
            PhotoCheck(part, variety_without(attribute, faces) if faces else 0.0)
            for part, attribute in _WORN.items()
        ),
    )
    return Readiness(checks, len(faces), len(faces) >= MIN_PHOTOS)


def _one_a_moment(photos: Sequence[Face]) -> list[Face]:
    """The first of the faces of each moment."""
    if not photos:
        return []
    firsts = np.unique(moments_of(_descriptors(photos)), return_index=True)[1]
    return [photos[row] for row in sorted(firsts.tolist())]


def _descriptors(faces: Sequence[Face]) -> CopyDescriptors:
    return np.stack([face.copy_descriptor for face in faces])
