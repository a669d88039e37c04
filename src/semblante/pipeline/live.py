"""Recognition in the frames of a camera: each face is followed, and its frames are decided together.

frame -> aligned faces, found at a small side -> tracks -> embeddings, unless the last ones hold -> decisions

How the frames of a face are put together is what keeps the answers honest. Frames that follow each other are
no independent evidence, so nothing is multiplied. Copies of one moment, by the measure that learning uses,
count once. The answer is that to the mean logit of the last moments, as if it were one photo's: a mean lies
nearer to what the face is like on average than one photo does, so it gets no more wrong answers than one
photo would.
"""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import numpy as np
from jaxtyping import Float64

from semblante.errors import check_type
from semblante.faces import FaceTracker, copy_descriptors
from semblante.person import Decision, Person, check_base, decisions_of
from semblante.person.moments import are_copies
from semblante.pipeline.analyzer import FaceAnalyzer
from semblante.pipeline.library import Library
from semblante.pipeline.reading import Source, describe_faces
from semblante.pipeline.recognition import decide_faces, one_yes_each
from semblante.pipeline.verification import verify_faces
from semblante.types import AlignedFace, CopyDescriptors, Face

FRAME_SIDE_PX: Final = 448
"""The longer side of the frames that a camera should send: a face that fills a fifth of it is as large as
those that the model was trained on."""
MAX_MOMENTS: Final = 8
"""The last moments of a face that count; a longer memory would hold on to a mistake."""


@dataclass(frozen=True, eq=False)
class LiveFace:
    """A face in a frame.

    `track` is the same number for as long as the face is followed. `decisions` has one for each person, in
    their order, from `moments` moments of this face; 0 where none could be relied on yet, and the decision is
    about this frame alone.
    """

    track: int
    face: Face
    moments: int
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, eq=False)
class LiveFrame:
    """A frame that was looked at: its size upright, and its faces, the largest first."""

    width_px: int
    height_px: int
    faces: tuple[LiveFace, ...]


@dataclass
class _Track:
    """What is kept of a face: as the network described it last, and its logit for each person by moment."""

    face: Face
    moments: deque[Float64[np.ndarray, " people"]] = field(default_factory=lambda: deque(maxlen=MAX_MOMENTS))


def people_to_recognise(
    library: Library, analyzer: FaceAnalyzer, ids: Sequence[int] | None = None
) -> dict[int, Person]:
    """The people with these numbers; by default all who were learnt on the analyzer's model.

    Raises `UnknownPerson`, also for one who is not learnt yet.
    """
    if ids is not None:
        return {each: library.person(library.known_person(each).name) for each in ids}
    learnt = {each.id: library.person(each.name) for each in library.known_people() if each.is_learnt}
    sha256 = analyzer.bundle.network_sha256
    return {each: person for each, person in learnt.items() if person.base_sha256 == sha256}


class LiveRecognition:
    """Recognises people in the frames of one camera, given one after the other.

    Several threads may give frames; they are looked at in turns. The analyzer must stay open.
    """

    def __init__(
        self, analyzer: FaceAnalyzer, people: Sequence[Person] = (), as_photos: bool = False
    ) -> None:
        """Begin with nobody in sight. With `as_photos`, frames are measured as photos are, for a coach.

        Raises `ModelMismatch` for a person of another model.
        """
        check_type(analyzer, FaceAnalyzer)
        for person in people:
            check_base(person, analyzer.bundle.network_sha256)
        self.people = tuple(people)
        self._today = date.today()
        self._learnt = [person.at(self._today) for person in people]
        self._analyzer = analyzer
        self._as_photos = as_photos
        self._tracker = FaceTracker()
        self._tracks: dict[int, _Track] = {}
        self._turn = threading.Lock()

    def __call__(self, frame: Source) -> LiveFrame:
        """The faces of the next frame with a decision for each person.

        At most one face in a frame gets a yes for a person: the likeliest. Raises `BadImage` where the frame
        is no whole picture, and what else `FaceAnalyzer.analyze` raises.
        """
        with self._turn:
            aligned, photo = self._analyzer.align_frame(frame, self._as_photos)
            numbers = self._tracker([face.box for face in aligned])
            described = self._described(aligned, numbers)
            self._tracks = {number: self._tracks[number] for number in self._tracker.known}
            tracks = [self._tracks[number] for number in numbers]
            answers = [self._decisions(track, face) for track, face in zip(tracks, described, strict=True)]
        faces = tuple(
            LiveFace(number, face, len(track.moments), decisions)
            for number, face, track, decisions in zip(
                numbers, described, tracks, one_yes_each(answers, self.people), strict=True
            )
        )
        return LiveFrame(photo.full_width_px, photo.full_height_px, faces)

    def _described(self, aligned: Sequence[AlignedFace], numbers: Sequence[int]) -> list[Face]:
        """The faces with the embeddings of their tracks where these hold, else with new ones."""
        if not aligned:
            return []
        descriptors = copy_descriptors(np.stack([face.crop for face in aligned]))
        steady = [
            self._is_steady(face, number, descriptors[place : place + 1])
            for place, (face, number) in enumerate(zip(aligned, numbers, strict=True))
        ]
        changed = [face for face, is_steady in zip(aligned, steady, strict=True) if not is_steady]
        fresh = iter(describe_faces(changed, self._analyzer.embed))
        found = []
        for face, number, is_steady in zip(aligned, numbers, steady, strict=True):
            if is_steady:
                last = self._tracks[number].face
                moved = replace(
                    last, box=face.box, score=face.score, landmarks=face.landmarks, quality=face.quality
                )
                found.append(moved)
            else:
                found.append(next(fresh))
                self._add(number, found[-1])
        return found

    def _is_steady(self, face: AlignedFace, number: int, descriptor: CopyDescriptors) -> bool:
        """Whether the face shows the moment of its track's embedding, which was at least as reliable."""
        track = self._tracks.get(number)
        if track is None or (face.quality.is_good and not track.face.quality.is_good):
            return False
        return bool(are_copies(descriptor, track.face.copy_descriptor[None])[0, 0])

    def _add(self, number: int, face: Face) -> None:
        """Keep a new moment of a face. Where it is not the same person's, what was before does not count."""
        track = self._tracks.get(number)
        if track is None or verify_faces(track.face, face, self._analyzer.thresholds).verdict == "different":
            track = self._tracks[number] = _Track(face)
        track.face = face
        if face.quality.is_good:
            row = face.embedding[None]
            track.moments.append(np.array([each.neuron.logits(row)[0] for each in self._learnt]))

    def _decisions(self, track: _Track, face: Face) -> list[Decision]:
        if not track.moments:
            return [decide_faces(person, "", [face], self._today)[0] for person in self.people]
        logits = np.mean(track.moments, axis=0)
        return [
            replace(decisions_of(each.rule, logits[place : place + 1], [""])[0], face=face)
            for place, each in enumerate(self._learnt)
        ]
