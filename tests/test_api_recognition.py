"""`/comparisons`, `/recognitions` and `/explanations`: what they say is what the analyzer says."""

import base64
import io
from collections.abc import Iterator
from datetime import date

import httpx
import numpy as np
import pytest
from api_client import asking, settings_for
from PIL import Image

from semblante.api import Engine
from semblante.generate import write_person
from semblante.pipeline import PersonDetails, explain_person, recognise_each
from semblante.types import Consent, FaceRef

PHOTOS = 8


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Drawn photos of one person, and one of another at the end."""
    folder = tmp_path_factory.mktemp("photos")
    own = write_person(folder, "ana", seed=5, person=1, count=PHOTOS + 1)
    other = write_person(folder, "eva", seed=5, person=2, count=1)
    return [path.read_bytes() for path in (*own, *other)]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, photos: list[bytes]) -> Iterator[Engine]:
    """A service that knows Ana."""
    with Engine(settings_for(tmp_path_factory.mktemp("data"))) as opened:
        library, consent = opened.library, Consent("self", date(2026, 11, 1), "")
        ana = library.add_person(PersonDetails("Ana", consent))
        library.give_images(ana.id, photos[:PHOTOS], "positive", opened.analyzer)
        library.learn_given(ana.id, opened.analyzer, 0.01)
        yield opened


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[httpx.Client]:
    with asking(engine) as opened:
        yield opened


def _several(*contents: bytes) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("images", (f"{place}.jpg", content, "image/jpeg")) for place, content in enumerate(contents)]


def _one(content: bytes) -> dict[str, tuple[str, bytes, str]]:
    return {"image": ("photo.jpg", content, "image/jpeg")}


def _together(*contents: bytes) -> bytes:
    """One photo that shows several, side by side."""
    pictures = [Image.open(io.BytesIO(content)).convert("RGB") for content in contents]
    whole = Image.new("RGB", (sum(each.width for each in pictures), pictures[0].height), "grey")
    left = 0
    for each in pictures:
        whole.paste(each, (left, 0))
        left += each.width
    content = io.BytesIO()
    whole.save(content, "PNG")
    return content.getvalue()


def test_two_images_are_compared_as_the_analyzer_does(
    client: httpx.Client, engine: Engine, photos: list[bytes]
) -> None:
    for pair in ((photos[0], photos[1]), (photos[0], photos[-1])):
        answer = client.post("/comparisons", files=_several(*pair)).json()
        expected = engine.analyzer.verify(*pair)
        assert answer["verdict"] == expected.verdict
        assert answer["similarity"] == pytest.approx(expected.similarity)
        assert (answer["threshold"], answer["false_accept_rate"]) == (expected.threshold, 1e-3)
        assert (answer["reason"] and answer["reason"]["code"]) == (expected.reason and expected.reason.code)


def test_what_cannot_be_compared(client: httpx.Client, photos: list[bytes]) -> None:
    blank = io.BytesIO()
    Image.new("RGB", (200, 200)).save(blank, "PNG")
    for files, status, code in (
        (_several(photos[0]), 422, "two_images_needed"),
        (_several(photos[0], blank.getvalue()), 422, "no_face_found"),
        (_several(photos[0], b"no picture"), 415, "not_a_picture"),
    ):
        answer = client.post("/comparisons", files=files)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_known_person_is_recognised_as_the_library_does(
    client: httpx.Client, engine: Engine, photos: list[bytes]
) -> None:
    person = engine.library.person("Ana")
    for content in (photos[PHOTOS], photos[-1], _together(photos[0], photos[PHOTOS])):
        answer = client.post("/recognitions", files=_one(content)).json()
        photo, decisions = recognise_each([person], content, engine.analyzer)
        expected = [decision for (decision,) in decisions]
        assert answer["faces"] == len(photo.faces) == len(answer["answers"])
        for given, decision in zip(answer["answers"], expected, strict=True):
            assert given["verdict"] == decision.verdict and given["name"] == "Ana"
            assert given["probability"] == pytest.approx(decision.probability)
            assert given["false_match_rate"] == 0.01
        assert sum(given["verdict"] == "yes" for given in answer["answers"]) <= 1


def test_the_nearest_of_the_taught_faces_are_named(
    client: httpx.Client, engine: Engine, photos: list[bytes]
) -> None:
    (given,) = client.post("/recognitions", files=_one(photos[0])).json()["answers"]
    similarities = [near["similarity"] for near in given["nearest"]]
    assert len(similarities) == 3 and similarities == sorted(similarities, reverse=True)
    assert similarities[0] == pytest.approx(1, abs=0.01)  # It is one of them itself.
    photo, _, place = given["nearest"][0]["face"].partition("-")
    assert FaceRef(photo, int(place)) in {each.face for each in engine.library.store.taught("Ana")}


def test_only_those_are_looked_for_who_are_asked_for(client: httpx.Client, photos: list[bytes]) -> None:
    unknown = client.post("/recognitions", files=_one(photos[0]), params={"people": 99})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "no_such_person")
    ana = client.post("/recognitions", files=_one(photos[0])).json()["answers"][0]["person"]
    twice = client.post("/recognitions", files=_one(photos[0]), params={"people": [ana, ana]}).json()
    assert len(twice["answers"]) == 1


def test_an_answer_is_explained(client: httpx.Client, engine: Engine, photos: list[bytes]) -> None:
    ana = engine.library.known_people()[0].id
    form = {"person": str(ana), "face": "0"}
    answer = client.post("/explanations", files=_one(photos[PHOTOS]), data=form, params={"lang": "es"}).json()
    expected = explain_person(photos[PHOTOS], engine.library.person("Ana"), engine.analyzer)
    assert (answer["kind"], answer["subject"], answer["verdict"]) == ("person", "Ana", expected.verdict)
    assert np.allclose(answer["heat"], expected.heat, atol=1e-4)
    assert answer["regions"] == pytest.approx(dict(expected.regions), abs=1e-4)
    crop = np.asarray(Image.open(io.BytesIO(base64.b64decode(answer["crop"]))))
    assert np.array_equal(crop, expected.crop)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "attribute_or_person_needed"),
        ({"attribute": "Smiling", "person": "1"}, "attribute_or_person_needed"),
        ({"attribute": "Hapiness"}, "unknown_attribute"),
        ({"attribute": "Smiling", "face": "7"}, "no_such_face"),
        ({"attribute": "Smiling", "face": "-1"}, "fields_not_understood"),
    ],
)
def test_what_cannot_be_explained(
    client: httpx.Client, photos: list[bytes], form: dict[str, str], code: str
) -> None:
    answer = client.post("/explanations", files=_one(photos[0]), data=form)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
