"""The coach: what is missing in the photos of a person, and which frames of a camera it takes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from camera_frames import TURNED, Posed, frame_of
from faces_made_up import background, embeddings, face, photo

from semblante.person import MIN_PHOTOS, advice_on_faces, fit_standardizer
from semblante.person.consensus import sorted_faces
from semblante.person.variety import direction_of
from semblante.pipeline import Coach, CoachAdvice, FaceAnalyzer, LiveRecognition, readiness_of
from semblante.pipeline.coach import MAX_PHOTOS, PHOTOS_EACH_WAY, check_frame
from semblante.pipeline.turn_prompts import SETTLED_FRAMES, TurnPrompts
from semblante.types import Direction, Face, QualityIssue

TURNS: dict[Direction, float] = {"left": 0.3, "ahead": 0.0, "right": -0.3}
RNG = np.random.default_rng(5)


@pytest.fixture(scope="module")
def analyzer() -> Iterator[FaceAnalyzer]:
    """The bundled model: what is measured here is of drawn faces, and nothing needs to be trained."""
    with FaceAnalyzer(threads=1) as opened:
        yield opened


def looking(direction: Direction, light: float = 0.0, wears: Sequence[str] = ()) -> Face:
    """A good face of a new moment."""
    frontal = 0.9 if direction == "ahead" else 0.5
    return face(embeddings(0, RNG), frontal=frontal, turn=TURNS[direction], light=light, wears=wears)


def states(photos: Sequence[Face]) -> dict[str, str]:
    return {each.part: each.state for each in readiness_of(photos).photos}


def unmet(faces: Sequence[Face], photos: Sequence[Face] = ()) -> list[str]:
    return [each.part for each in check_frame(faces, photos) if not each.is_met]


def test_left_is_the_persons_own() -> None:
    """Who turns to their left looks to the right of the picture."""
    assert [direction_of(looking(way)) for way in TURNS] == list(TURNS)
    assert direction_of(face(embeddings(0, RNG), frontal=0.9, turn=0.3)) == "ahead", "hardly turned"


def test_a_frame_must_show_one_good_face() -> None:
    one = looking("ahead")
    assert unmet([one]) == []
    assert unmet([]) == ["alone", "small", "blurred", "turned", "hidden", "new"]
    assert unmet([one, looking("left")]) == ["alone"]
    assert unmet([one], [looking("left"), one]) == ["new"]


@pytest.mark.parametrize("issue", ["small", "blurred", "turned", "hidden"])
def test_a_frame_must_not_have_an_issue(issue: QualityIssue) -> None:
    assert unmet([face(embeddings(0, RNG), issues=[issue])]) == [issue]


def test_what_is_measured_stands_beside_its_limit() -> None:
    poor = looking("ahead")
    poor = replace(poor, quality=replace(poor.quality, sharpness=0.15, issues=("blurred",)))
    (check,) = [each for each in check_frame([poor], []) if not each.is_met]
    assert (check.part, check.value, check.limit) == ("blurred", 0.15, 0.2)


def test_photos_fill_the_parts_one_after_the_other() -> None:
    assert set(states([]).values()) == {"missing"}
    photos = [looking("ahead", light=0.3)] * 5
    assert states(photos)["ahead"] == "started", "five of one moment are one"
    photos = [looking("ahead", light=0.3) for _ in range(PHOTOS_EACH_WAY)]
    assert states(photos) == {
        "left": "missing",
        "ahead": "done",
        "right": "missing",
        "light": "missing",
        "glasses": "done",
        "hat": "done",
    }
    photos += [looking("left", light=-0.3), looking("right", light=-0.2)]
    assert states(photos) | {"left": "started", "right": "started", "light": "done"} == states(photos)


def test_who_always_wears_glasses_is_asked_for_a_photo_without() -> None:
    photos = [looking(way, wears=["Eyeglasses"]) for way in TURNS]
    assert (states(photos)["glasses"], states(photos)["hat"]) == ("missing", "done")
    assert states([*photos, looking("ahead")])["glasses"] == "done"


def test_photos_with_all_parts_get_no_advice() -> None:
    """The coach and the advice on photos share their limits."""
    faces = [looking(way, light) for way in TURNS for light in (-0.2, 0.0, 0.2)]
    assert set(states(faces).values()) == {"done"}
    photos = [photo(str(number), each) for number, each in enumerate(faces)]
    assert advice_on_faces(photos, sorted_faces(photos), fit_standardizer(background())) == []


def obeying(coach: Coach, frames: int, ignores: bool = False) -> list[CoachAdvice]:
    """What the coach says to somebody who looks where they were asked to, or who only ever looks ahead."""
    said: list[CoachAdvice] = []
    for _ in range(frames):
        asked = said[-1].prompt if said and said[-1].prompt else "ahead"
        said.append(coach([looking("ahead" if ignores else asked, RNG.uniform(-0.3, 0.3))]))
    return said


def test_who_turns_as_asked_is_soon_known_well_enough() -> None:
    said = obeying(Coach(), 60)
    last = said[-1]
    assert {each.state for each in last.readiness.photos} == {"done"}
    assert sum(each.takes for each in said) == last.readiness.moments == 3 * PHOTOS_EACH_WAY
    assert last.prompt is None and last.readiness.can_learn
    assert (last.turns_asked, last.turns_followed) == (2 * PHOTOS_EACH_WAY, 2 * PHOTOS_EACH_WAY)
    assert [each.readiness.can_learn for each in said] == [
        each.readiness.moments >= MIN_PHOTOS for each in said
    ]


def test_a_photo_that_never_turns_fills_one_direction_alone() -> None:
    last = obeying(Coach(), 60, ignores=True)[-1]
    assert last.prompt in {"left", "right"}
    assert (last.readiness.moments, last.turns_asked, last.turns_followed, last.readiness.can_learn) == (
        1,
        0,
        0,
        False,
    )


def test_a_frame_is_taken_once_the_head_has_settled_where_it_was_asked_to() -> None:
    coach = Coach(prompts=TurnPrompts(lambda sides: sides[-1]))
    assert [coach([looking("ahead")]).takes for _ in range(SETTLED_FRAMES)] == [False, True]
    said = [coach([looking(way)]) for way in ("ahead", "left", "left", "ahead", "ahead", "right", "right")]
    assert [each.takes for each in said] == [False, False, False, False, True, False, True]
    assert [each.prompt for each in said] == ["right", "right", "ahead", "ahead", "right", "right", "ahead"]
    assert [(each.turns_asked, each.turns_followed) for each in said[-2:]] == [(1, 0), (2, 1)]


def test_after_the_turns_only_what_is_missing_is_taken_and_not_without_end() -> None:
    coach = Coach([looking(way, light=0.3) for way in TURNS for _ in range(PHOTOS_EACH_WAY)])
    said = [coach([looking("ahead", light=0.3)]) for _ in range(4)]
    assert not any(each.takes for each in said) and said[-1].prompt is None
    assert coach([looking("ahead", light=-0.3)]).takes
    many = Coach([looking("ahead", wears=["Wearing_Hat"]) for _ in range(MAX_PHOTOS)])
    assert not any(many([looking("ahead")]).takes for _ in range(4))


def test_drawn_heads_are_coached_by_their_measured_turn(analyzer: FaceAnalyzer) -> None:
    live, coach = LiveRecognition(analyzer), Coach(prompts=TurnPrompts(lambda sides: sides[0]))
    yaws = {"left": TURNED, "ahead": 0.0, "right": -TURNED}
    asked: Direction | None = "ahead"
    taken = []
    for step in range(18):
        posed = Posed(1, yaws[asked or "ahead"] + 0.004 * step, left=100 + 2 * step, picture=step % 3)
        said = coach([each.face for each in live(frame_of(posed)).faces])
        if said.takes:
            taken.append(asked)
        asked = said.prompt
    assert {"left", "ahead", "right"} <= set(taken)
    assert said.readiness.can_learn and said.turns_followed == said.turns_asked > 2
