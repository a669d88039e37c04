"""Recognition in frames of a camera: faces are followed, and moments are evidence, not frames."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from camera_frames import HEIGHT_PX, TURNED, WIDTH_PX, Posed, frame_of
from faces_made_up import LENGTH, Array, direction, face
from sentences import raises

from semblante.errors import BadImage, ModelMismatch, Reason
from semblante.metrics import sigmoid
from semblante.metrics.results import Reliability, RocCurve
from semblante.model.bundle import Bundle
from semblante.person import DecisionRule, HeldOutEvaluation, Neuron, Person
from semblante.pipeline import FaceAnalyzer, LiveFrame, LiveRecognition
from semblante.pipeline.live import MAX_MOMENTS
from semblante.pipeline.verification import Thresholds
from semblante.types import AlignedFace, CopyDescriptors, Crops, Face, ModelOutput, Photo

BASE = "ab" * 32
RULE = DecisionRule(2.0, 0.0, 0.02, 0.1, false_match_rate=0.002)
NOTHING = HeldOutEvaluation(
    "validation", 5, 5, None, None, RocCurve((), (), 0.5), Reliability((), (), (), 0.0)
)
FRAME = b"a frame"


def person(who: int, name: str = "Ana") -> Person:
    """Somebody whose neuron's logit is 10 times the cosine with the person, less 5."""
    return Person(name, BASE, Neuron(10 * direction(who), -5.0, 0.0), RULE, 5, 5, 5, NOTHING)


def like(cosine: float, who: int = 1, look: int = 0) -> Array:
    """An embedding with this cosine to the person, and of another moment for each `look`."""
    away = direction(1000 + look)
    away = away - direction(who) * (away @ direction(who))
    mixed = cosine * direction(who) + np.sqrt(1 - cosine**2) * away / np.linalg.norm(away)
    return np.asarray(mixed, np.float32)


class Camera(FaceAnalyzer):
    """An analyzer that is told what the next frame shows, and counts the embeddings that it is asked for."""

    def __init__(self) -> None:
        self.bundle = Bundle(Path("base"), {"weights": {"sha256": BASE, "embedding_size": LENGTH}})
        self.shown: Sequence[Face] = ()
        self.embedded = 0

    @cached_property
    def thresholds(self) -> Thresholds:
        """Those of a network for which people are far apart."""
        return Thresholds(0.5, 0.0)

    def align_frame(self, source: Any, as_photo: bool = False) -> tuple[list[AlignedFace], Photo]:
        """The faces shown; a crop holds the number of its face."""
        faces = [
            AlignedFace(
                each.box, each.score, each.landmarks, each.quality, np.full((8, 8, 3), number, np.uint8)
            )
            for number, each in enumerate(self.shown)
        ]
        return faces, Photo(np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8), "", WIDTH_PX, HEIGHT_PX)

    def embed(self, crops: Crops) -> ModelOutput:
        """The embeddings of the faces shown that the crops stand for."""
        self.embedded += len(crops)
        faces = [self.shown[crop[0, 0, 0]] for crop in crops]
        logits, embeddings = ([getattr(each, name) for each in faces] for name in ("logits", "embedding"))
        return ModelOutput(np.stack(logits), np.stack(embeddings))

    def descriptors(self, crops: Crops) -> CopyDescriptors:
        """The copy descriptors of these faces."""
        return np.stack([self.shown[crop[0, 0, 0]].copy_descriptor for crop in crops])


@pytest.fixture(scope="module")
def analyzer() -> Iterator[FaceAnalyzer]:
    """The bundled model: what is measured here is of drawn faces, and nothing needs to be trained."""
    with FaceAnalyzer(threads=1) as opened:
        yield opened


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> Camera:
    made = Camera()
    for module in ("live", "reading"):
        monkeypatch.setattr(f"semblante.pipeline.{module}.copy_descriptors", made.descriptors)
    return made


def show(camera: Camera, live: LiveRecognition, *faces: Face) -> LiveFrame:
    camera.shown = faces
    return live(FRAME)


def test_the_mean_of_the_moments_decides(camera: Camera) -> None:
    live = LiveRecognition(camera, [person(1)])
    for look, (cosine, mean_logit) in enumerate([(0.9, 4.0), (0.5, 2.0), (0.4, 1.0)]):
        (found,) = show(camera, live, face(like(cosine, look=look))).faces
        (decision,) = found.decisions
        expected = float(sigmoid(np.array([2.0 * mean_logit]))[0])
        assert found.moments == look + 1
        assert decision.probability == pytest.approx(expected, abs=1e-5)
        assert decision.verdict == RULE.verdict(expected)
        assert decision.face is found.face


def test_only_the_last_moments_count(camera: Camera) -> None:
    live = LiveRecognition(camera, [person(1)])
    show(camera, live, face(like(0.9, look=99)))
    for look in range(MAX_MOMENTS):
        (found,) = show(camera, live, face(like(0.5, look=look))).faces
    assert found.moments == MAX_MOMENTS
    assert found.decisions[0].probability == pytest.approx(0.5, abs=1e-5)


def test_frames_of_one_moment_count_once_and_are_not_embedded_again(camera: Camera) -> None:
    live = LiveRecognition(camera, [person(1)])
    for left in range(0, 50, 10):
        (found,) = show(camera, live, face(like(0.9), left=left)).faces
        assert (found.track, found.moments, found.face.box[0]) == (0, 1, left)
    assert camera.embedded == 1


def test_a_poor_face_is_no_evidence_and_gets_no_yes(camera: Camera) -> None:
    live = LiveRecognition(camera, [person(1)])
    (found,) = show(camera, live, face(like(0.9), issues=["blurred"])).faces
    assert found.moments == 0
    assert (found.decisions[0].verdict, found.decisions[0].probability) == ("unsure", RULE.yes_above)
    assert found.decisions[0].reason == Reason("face_unreliable", {"issues": [Reason("face_blurred")]})
    (found,) = show(camera, live, face(like(0.9))).faces
    assert (found.moments, found.decisions[0].verdict, found.decisions[0].reason) == (1, "yes", None)
    (found,) = show(camera, live, face(like(0.1, look=1), issues=["turned"])).faces
    assert (found.moments, found.decisions[0].verdict) == (1, "yes"), "still the face that was seen"


def test_somebody_else_in_the_same_place_begins_anew(camera: Camera) -> None:
    live = LiveRecognition(camera, [person(1)])
    for look in range(3):
        show(camera, live, face(like(0.9, look=look)))
    (found,) = show(camera, live, face(like(-0.9, look=3))).faces
    assert (found.moments, found.decisions[0].verdict) == (1, "no")


def test_one_face_is_the_person_and_the_other_says_why_not(camera: Camera) -> None:
    live = LiveRecognition(camera, [person(1), person(2, "Bo")])
    faces = face(like(0.8)), face(like(0.9, look=1), left=200)
    first, second = show(camera, live, *faces).faces
    assert [each.decisions[0].verdict for each in (first, second)] == ["unsure", "yes"]
    assert first.decisions[0].reason == Reason("another_face_likelier", {"name": "Ana"})
    assert first.decisions[0].probability == RULE.yes_above
    assert {each.decisions[1].verdict for each in (first, second)} == {"no"}


def test_a_person_of_another_model_is_refused(analyzer: FaceAnalyzer) -> None:
    with raises(ModelMismatch, "Ana was learnt on the base network"):
        LiveRecognition(analyzer, [person(1)])


def test_drawn_people_are_followed_as_they_move(analyzer: FaceAnalyzer) -> None:
    live = LiveRecognition(analyzer)
    assert live(frame_of()).faces == ()
    seen = []
    for step in range(6):
        frame = live(frame_of(Posed(1, left=20 + 8 * step, yaw=0.1 * step), Posed(2, left=260, scale=0.7)))
        assert (frame.width_px, frame.height_px) == (WIDTH_PX, HEIGHT_PX)
        seen.append([(each.track, round(each.face.box[0])) for each in frame.faces])
    assert [[track for track, _ in frame] for frame in seen] == [[0, 1]] * 6
    moved = [frame[0][1] for frame in seen]
    assert moved == sorted(moved) and moved[-1] - moved[0] > 25


def test_a_coach_measures_frames_as_photos_are_measured(analyzer: FaceAnalyzer) -> None:
    frame = frame_of(Posed(1, TURNED))
    (photo,) = analyzer.analyze(frame)
    (coached,), (followed,) = (LiveRecognition(analyzer, as_photos=way)(frame).faces for way in (True, False))
    assert (coached.face.box, coached.face.quality) == (photo.box, photo.quality)
    assert followed.face.box != photo.box


def test_what_is_no_picture_is_refused_and_the_next_frame_is_looked_at(analyzer: FaceAnalyzer) -> None:
    live = LiveRecognition(analyzer)
    with raises(BadImage):
        live(b"no picture")
    assert len(live(frame_of(Posed(1))).faces) == 1
