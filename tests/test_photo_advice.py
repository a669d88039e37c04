"""Advice on photos to learn from: each kind where it fits, and none where nothing is to be said."""

from collections.abc import Sequence

import numpy as np
import pytest
from faces_made_up import background, embeddings, face, photo, photo_of

from semblante.cli.advice import separability_text
from semblante.jobs import Advice
from semblante.person import advice_on_faces, advice_on_photos, fit_standardizer
from semblante.person.consensus import ConsensusFace, sorted_faces
from semblante.types import AnalyzedPhoto, Face, FaceRef

STANDARDIZER = fit_standardizer(background())
NAMES = ("0", "1", "2", "3", "4", "5")


def codes(faces: Sequence[Face]) -> dict[str, tuple[str, ...]]:
    """What is said of photos with one face each."""
    photos = [photo(str(number), each) for number, each in enumerate(faces)]
    return {
        advice.code: advice.photos for advice in advice_on_faces(photos, sorted_faces(photos), STANDARDIZER)
    }


def ana(count: int = 6, noise: float = 1.0) -> list["np.ndarray"]:
    rng = np.random.default_rng(3)
    return [embeddings(0, rng, noise) for _ in range(count)]


def test_photos_that_cannot_teach() -> None:
    rng = np.random.default_rng(0)
    of = embeddings(0, rng)
    photos = [
        photo("landscape"),
        photo("far", face(of, issues=["small", "turned"]), face(of, issues=["blurred"])),
        photo("near", face(of, issues=["blurred"]), face(of)),
        photo("shaken", face(of, issues=["blurred"])),
        photo("sea"),
    ]
    assert advice_on_photos(photos) == [
        Advice("advice_no_face", ("landscape", "sea")),
        Advice("advice_face_small", ("far",)),
        Advice("advice_face_blurred", ("shaken",)),
    ]
    assert advice_on_photos([photos[2]]) == []


def test_someone_else_and_several_people() -> None:
    rng = np.random.default_rng(0)
    photos = [photo_of(name, [0, int(name)], rng) for name in "1234"]
    hers, beside = ([FaceRef(name, index) for name in names] for index, names in enumerate(("123", "13")))
    consensus = ConsensusFace(tuple(hers), tuple(beside), ("4",))
    assert advice_on_faces(photos, consensus, STANDARDIZER) == [
        Advice("advice_someone_else", ("4",)),
        Advice("advice_several_people", ("1", "3")),
    ]


def test_varied_photos_need_no_advice() -> None:
    turns = (0.0, 0.3, -0.3, 0.2, -0.2, 0.0)
    assert codes([face(each, turn=turn) for each, turn in zip(ana(), turns, strict=True)]) == {}


def test_photos_of_one_moment_are_named_together() -> None:
    first, second, *rest = ana()
    faces = [first, second, first, *rest[:2], second]
    assert codes([face(each) for each in faces])["advice_one_moment"] in {("0", "2"), ("1", "5")}
    photos = [photo(str(number), face(each)) for number, each in enumerate(faces)]
    advice = advice_on_faces(photos, sorted_faces(photos), STANDARDIZER)
    assert [each.photos for each in advice if each.code == "advice_one_moment"] == [
        ("0", "2"),
        ("1", "5"),
    ]


@pytest.mark.parametrize(("noise", "said"), [(0.3, True), (1.0, False)])
def test_one_occasion(noise: float, said: bool) -> None:
    assert ("advice_one_occasion" in codes([face(each) for each in ana(noise=noise)])) == said


def test_one_moment_many_times_is_not_one_occasion_too() -> None:
    """Its copies are said already; what is left is too little to compare."""
    (one,) = ana(1)
    assert set(codes([face(one)] * 6)) == {"advice_one_moment"}


@pytest.mark.parametrize(
    ("frontal", "turns", "said", "reason"),
    [
        ([0.9] * 6, [0.0] * 6, "advice_looks_ahead", "all look ahead"),
        ([0.9] * 5 + [0.5], [0.0] * 5 + [0.3], None, "one does not"),
        ([0.5] * 6, [0.3] * 6, "advice_looks_one_way", "all turned to the right"),
        ([0.5] * 6, [-0.3] * 6, "advice_looks_one_way", "all turned to the left"),
        ([0.5] * 6, [0.3, -0.3] * 3, None, "to either side"),
        ([1.0] * 6, [0.0] * 6, None, "faces that came in their frame do not tell"),
    ],
)
def test_poses(frontal: list[float], turns: list[float], said: str | None, reason: str) -> None:
    faces = [face(of, frontal=f, turn=t) for of, f, t in zip(ana(), frontal, turns, strict=True)]
    assert list(codes(faces)) == ([said] if said else []), reason


@pytest.mark.parametrize(
    ("lights", "said", "reason"),
    [
        ([0.2, 0.5, 0.3, 0.4, 0.2, 0.3], True, "all from the right"),
        ([-0.2, -0.5, -0.3, -0.4, -0.2, -0.3], True, "all from the left"),
        ([0.01, 0.0, -0.01, 0.01, 0.0, 0.02], True, "always from the front"),
        ([0.2, -0.1, 0.1, -0.3, 0.0, 0.1], False, "from either side"),
        ([0.2, 0.5, None, None, 0.2, 0.3], False, "not told of all"),
    ],
)
def test_light(lights: list[float | None], said: bool, reason: str) -> None:
    faces = [face(of, light=light) for of, light in zip(ana(), lights, strict=True)]
    assert list(codes(faces)) == (["advice_one_light"] if said else []), reason


@pytest.mark.parametrize(
    ("wears", "of", "said"),
    [
        (["Eyeglasses"], 6, {"advice_eyeglasses"}),
        (["Wearing_Hat"], 6, {"advice_hat"}),
        (["Eyeglasses", "Wearing_Hat"], 6, {"advice_eyeglasses", "advice_hat"}),
        (["Eyeglasses"], 5, set()),
        (["Smiling"], 6, set()),
    ],
)
def test_what_is_worn_in_all_of_them(wears: list[str], of: int, said: set[str]) -> None:
    faces = [face(each, wears=wears if k < of else []) for k, each in enumerate(ana())]
    found = codes(faces)
    assert set(found) == said
    assert all(photos == NAMES for photos in found.values())


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_to_compare(count: int) -> None:
    photos: list[AnalyzedPhoto] = [photo(str(k), face(of, frontal=0.9)) for k, of in enumerate(ana(count))]
    assert advice_on_faces(photos, sorted_faces(photos), STANDARDIZER) == []


def test_others_without_a_face_leave_the_question_open() -> None:
    assert separability_text(None, "Ana").startswith("It cannot be said whether Ana can be told from")
