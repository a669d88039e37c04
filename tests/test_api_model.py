"""`/model`, `/feature-maps` and `/texts`: what the page tells of the network, and in which words."""

import base64
import io
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from api_client import asking, settings_for
from PIL import Image

from semblante.api import Engine
from semblante.generate import write_person
from semblante.labels import ATTRIBUTES


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine(settings_for(tmp_path_factory.mktemp("data"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[httpx.Client]:
    with asking(engine) as opened:
        yield opened


def test_the_model_tells_how_it_was_trained_and_how_far_it_can_be_relied_on(client: httpx.Client) -> None:
    model = client.get("/model").json()
    assert [each["name"] for each in model["attributes"]] == list(ATTRIBUTES)
    assert all(0.5 <= each["balanced_accuracy"] <= 1 for each in model["attributes"])
    assert [row["epoch"] for row in model["history"]] == list(range(1, len(model["history"]) + 1))
    assert model["data"]["train_images"] > 0


def test_attributes_are_named_in_the_caller_s_language(client: httpx.Client) -> None:
    model = client.get("/model", params={"lang": "es"}).json()
    labels = {each["name"]: each["label"] for each in model["attributes"]}
    assert labels["Wearing_Hat"] == "sombrero"


def test_feature_maps_are_those_of_the_network_on_the_largest_face(
    client: httpx.Client, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("person")
    photo = write_person(folder, "ana", seed=3, person=1, count=1)[0].read_bytes()
    answer = client.post("/feature-maps", files={"image": ("a.jpg", photo, "image/jpeg")}).json()
    crop = np.asarray(Image.open(io.BytesIO(base64.b64decode(answer["crop"]))))
    assert np.array_equal(crop, engine.analyzer.align(photo)[0][0].crop)
    sides = [layer["side_px"] for layer in answer["layers"]]
    assert sides == sorted(sides, reverse=True) and len(set(sides)) == len(sides) > 2
    for layer in answer["layers"]:
        maps = np.frombuffer(base64.b64decode(layer["maps"]), np.uint8).reshape(-1, layer["side_px"] ** 2)
        assert 1 < len(maps) <= layer["channels"]
        assert np.all(maps.max(axis=1) == 255)


def test_an_image_without_a_face_is_told_so(client: httpx.Client) -> None:
    content = io.BytesIO()
    Image.new("RGB", (200, 200)).save(content, "PNG")
    answer = client.post("/feature-maps", files={"image": ("a.png", content.getvalue(), "image/png")})
    assert (answer.status_code, answer.json()["code"]) == (422, "no_face_found")


def test_the_page_s_sentences_are_given_in_both_languages(client: httpx.Client) -> None:
    english, spanish = (client.get("/texts", params={"lang": language}).json() for language in ("en", "es"))
    assert english.keys() == spanish.keys()
    assert all(english[key] == key for key in english)
    assert (spanish["Teach"], spanish["{count} photos"]) == ("Enseñar", "{count} fotos")
