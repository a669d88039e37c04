"""`/live`: frames of a camera go in, who is there and what the coach says come out."""

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import numpy as np
import pytest
from api_client import asking, settings_for
from camera_frames import HEIGHT_PX, TURNED, WIDTH_PX, Posed, frame_of
from PIL import Image
from test_live import NOTHING

from semblante.api import Engine
from semblante.api.live_sessions import IDLE_S, MAX_SESSIONS, LiveSession, LiveSessions
from semblante.errors import Overloaded, Refused
from semblante.person import DecisionRule, Neuron, Person, person_as_json
from semblante.pipeline import LiveRecognition
from semblante.pipeline.details import PersonDetails
from semblante.types import Consent

RULE = DecisionRule(1.0, 0.0, 0.02, 0.1, false_match_rate=0.002)


def jpeg(*people: Posed) -> bytes:
    content = io.BytesIO()
    Image.fromarray(frame_of(*people)).save(content, "JPEG", quality=85)
    return content.getvalue()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A service that knows Ana, who is the drawn person 1: her neuron tells her from the drawn person 2."""
    with Engine(settings_for(tmp_path_factory.mktemp("data"))) as opened:
        analyzer = opened.analyzer
        ours, theirs = (analyzer.analyze(frame_of(Posed(each)))[0].embedding for each in (1, 2))
        neuron = Neuron(40 * (ours - theirs), 0.0, 0.0)
        ana = Person("Ana", analyzer.bundle.network_sha256, neuron, RULE, 5, 5, 5, NOTHING)
        opened.library.store.keep_person(person_as_json(ana), "Ana", [])
        yield opened


@pytest.fixture
def client(engine: Engine) -> Iterator[httpx.Client]:
    with asking(engine) as opened:
        yield opened


def begin(client: httpx.Client, **wanted: Any) -> str:
    answer = client.post("/live", json=wanted)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/live/{answer.json()['id']}"
    return str(answer.json()["id"])


def send(client: httpx.Client, session: str, frame: bytes, status: int = 200) -> Any:
    answer = client.post(f"/live/{session}/frames", content=frame, headers={"Content-Type": "image/jpeg"})
    assert answer.status_code == status, answer.text
    return answer.json()


def test_people_are_recognised_and_followed(client: httpx.Client) -> None:
    session = begin(client)
    frames = [send(client, session, jpeg(Posed(1, left=20 + 9 * n), Posed(2, left=250))) for n in range(3)]
    assert all(frame["photo"] == {"width_px": WIDTH_PX, "height_px": HEIGHT_PX} for frame in frames)
    for frame in frames:
        by_place = sorted(frame["faces"], key=lambda face: face["box"]["pixels"][0])
        assert [face["track"] for face in by_place] == sorted(face["track"] for face in frames[0]["faces"])
        answers = [face["answers"][0] for face in by_place]
        assert [answer["verdict"] for answer in answers] == ["yes", "no"]
        assert {answer["false_match_rate"] for answer in answers} == {0.002}
        assert frame["coach"] is None and by_place[0]["attributes"] is None
    client.delete(f"/live/{session}")
    assert send(client, session, jpeg(), 404)["code"] == "camera_unknown"


def test_only_whom_one_asks_for_is_looked_for(client: httpx.Client) -> None:
    session = begin(client, people=[], attributes=True)
    (face,) = send(client, session, jpeg(Posed(1)))["faces"]
    assert face["answers"] == [] and len(face["attributes"]) == 40
    client.delete(f"/live/{session}")
    unknown = client.post("/live", json={"people": [77]})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "no_such_person")


def test_the_coach_says_what_is_missing(client: httpx.Client, engine: Engine) -> None:
    consent = Consent("self", date(2026, 11, 28), "")
    bea = engine.library.add_person(PersonDetails("Bea", consent))
    engine.library.give_images(bea.id, [jpeg(Posed(1, TURNED))], "positive", engine.analyzer)
    given = client.get(f"/people/{bea.id}/readiness").json()
    assert given["moments"] == 1 and not given["can_learn"]
    session = begin(client, people=[], coach_for=bea.id)
    nobody = send(client, session, jpeg())["coach"]
    assert {check["ok"] for check in nobody["frame"]} == {False} and nobody["prompt"] == "ahead"
    said = [send(client, session, jpeg(Posed(1)))["coach"] for _ in range(3)]
    assert [each["takes"] for each in said] == [False, True, False]
    assert said[1]["prompt"] in {"left", "right"}
    assert [check["part"] for check in said[2]["frame"] if not check["ok"]] == ["new"]
    (size,) = [check for check in said[2]["frame"] if check["part"] == "small"]
    assert size["value"] > size["limit"]
    ready = said[2]["readiness"]
    assert (ready["moments"], ready["can_learn"]) == (2, False)
    states = {check["part"]: check["state"] for check in ready["photos"]}
    assert states["ahead"] == "started" and (states["left"], states["right"]) == ("started", "missing")
    client.delete(f"/live/{session}")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"no picture", 415, "not_a_picture"),
        (b"", 422, "fields_not_understood"),
        (jpeg()[:2000], 422, "damaged"),
    ],
)
def test_what_is_no_frame_is_refused(client: httpx.Client, content: bytes, status: int, code: str) -> None:
    session = begin(client)
    assert send(client, session, content, status)["code"] == code
    assert send(client, session, jpeg())["faces"] == []
    client.delete(f"/live/{session}")


def test_a_photo_is_too_large_for_a_frame(client: httpx.Client) -> None:
    content = io.BytesIO()
    Image.fromarray(np.zeros((2100, 2000, 3), np.uint8)).save(content, "JPEG")
    session = begin(client)
    assert send(client, session, content.getvalue(), 413)["code"] == "image_too_large"
    client.delete(f"/live/{session}")


def test_cameras_are_few_and_forgotten_when_they_are_still(engine: Engine) -> None:
    now_s = [0.0]
    sessions = LiveSessions(lambda: now_s[0])
    first, *others = [LiveSession(LiveRecognition(engine.analyzer)) for _ in range(MAX_SESSIONS)]
    for each in (first, *others):
        sessions.begin(each)
    one_more = LiveSession(LiveRecognition(engine.analyzer))
    with pytest.raises(Overloaded):
        sessions.begin(one_more)
    now_s[0] = IDLE_S
    assert sessions.use(first.id) is first
    now_s[0] += 1
    sessions.begin(one_more)
    assert sessions.use(first.id) is first and sessions.use(one_more.id) is one_more
    for each in others:
        with pytest.raises(Refused):
            sessions.use(each.id)
