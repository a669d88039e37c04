"""People of the service: added, given photos, learnt, asked about, exported and forgotten; all by HTTP."""

import io
import json
import re
import time
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest
from api_client import asking, settings_for
from PIL import Image

from semblante.api import Engine
from semblante.generate import write_person

CONSENT = {"who": "told", "on": "2020-01-02", "note": "at the table"}


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[bytes]]:
    """Drawn photos of three people."""
    folder = tmp_path_factory.mktemp("drawn")
    return {
        name: [path.read_bytes() for path in write_person(folder / name, name, seed=3, person=who, count=8)]
        for who, name in enumerate(("ana", "bo", "young"))
    }


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine(settings_for(tmp_path_factory.mktemp("data"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[httpx.Client]:
    with asking(engine) as opened:
        yield opened


def add(client: httpx.Client, name: str, **more: Any) -> dict[str, Any]:
    answer = client.post("/people", json={"name": name, "consent": CONSENT, **more})
    assert answer.status_code == 201, answer.text
    added: dict[str, Any] = answer.json()
    assert answer.headers["Location"] == f"/api/v1/people/{added['id']}"
    return added


def give(client: httpx.Client, person: str, photos: Sequence[bytes], role: str = "me") -> dict[str, Any]:
    files = [("images", (f"{number}.jpg", content, "image/jpeg")) for number, content in enumerate(photos)]
    answer = client.post(f"/people/{person}/photos", files=files, data={"role": role})
    assert answer.status_code == 200, answer.text
    given: dict[str, Any] = answer.json()
    return given


def over(client: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while job["state"] in ("queued", "running"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
        job = client.get(f"/jobs/{job['id']}").json()
    return job


def learn(client: httpx.Client, person: str, **lesson: Any) -> dict[str, Any]:
    answer = client.post(f"/people/{person}/lessons", json=lesson)
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == f"/api/v1/jobs/{answer.json()['id']}"
    return over(client, answer.json())


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


@pytest.fixture(scope="module")
def ana(client: httpx.Client, photos: dict[str, list[bytes]]) -> str:
    """Ana, learnt from eight photos beside six of Bo's."""
    person: str = add(client, "Ana")["id"]
    given = give(client, person, [*photos["ana"], b"text"])
    assert len(given["accepted"]) == 8
    (rejected,) = given["rejected"]
    assert (rejected["index"], rejected["reason"]["code"]) == (8, "not_a_picture")
    assert len(give(client, person, photos["bo"][:6], "not")["accepted"]) == 6
    job = learn(client, person)
    assert job["state"] == "done", job
    return person


class TestDetails:
    def test_a_person_is_added_shown_and_changed(self, client: httpx.Client) -> None:
        added = add(client, " Zoë ", birth_date="2001-02-03")
        assert (added["name"], added["is_learnt"], added["consent"]) == ("Zoë", False, CONSENT)
        shown = client.get(f"/people/{added['id']}")
        assert shown.json() == added and added in client.get("/people").json()["people"]
        tag = {"If-Match": shown.headers["ETag"]}
        edited = client.patch(f"/people/{added['id']}", json={"birth_date": None}, headers=tag)
        assert edited.status_code == 200 and edited.headers["ETag"] != shown.headers["ETag"]
        assert (edited.json()["birth_date"], edited.json()["consent"]) == (None, CONSENT)
        late = client.patch(f"/people/{added['id']}", json={"name": "Zoe"}, headers=tag)
        assert problem(late) == (412, "changed_meanwhile")
        renamed = client.patch(f"/people/{added['id']}", json={"name": "Zoe B."})
        assert (renamed.json()["name"], renamed.json()["id"]) == ("Zoe B.", added["id"])
        late = client.delete(f"/people/{added['id']}", headers=tag)
        assert problem(late) == (412, "changed_meanwhile")

    def test_what_is_no_number_is_nobody(self, client: httpx.Client) -> None:
        for method in ("PATCH", "GET", "DELETE", "PUT"):
            answer = client.request(method, "/people/import", json={"name": "Ana"})
            assert problem(answer) == (405, "method_not_allowed") and answer.headers["Allow"] == "POST"
        for path in ("/people/ana", "/people/-1", "/people/import/photos", "/people/1.5/lessons"):
            assert problem(client.get(path)) == (404, "not_found")
        assert problem(client.get(f"/people/{2**60}")) == (422, "fields_not_understood")

    def test_a_name_belongs_to_one(self, client: httpx.Client) -> None:
        add(client, "Only")
        assert problem(client.post("/people", json={"name": "ONLY"})) == (409, "name_taken")
        other = add(client, "Other")
        answer = client.patch(f"/people/{other['id']}", json={"name": "only"})
        assert problem(answer) == (409, "name_taken")

    @pytest.mark.parametrize(
        ("sent", "code"),
        [
            ({"name": ""}, "name_empty"),
            ({"name": "x" * 300}, "name_too_long"),
            ({"name": "a\nb"}, "name_has_breaks"),
            ({"name": "Cy", "birth_date": "9999-01-01"}, "day_to_come"),
            ({"name": "Cy", "consent": {"who": "dog", "on": "2020-01-01"}}, "fields_not_understood"),
            ({"name": "Cy", "age": 3}, "fields_not_understood"),
        ],
    )
    def test_what_cannot_be_is_refused(self, client: httpx.Client, sent: dict[str, Any], code: str) -> None:
        assert problem(client.post("/people", json=sent)) == (422, code)

    def test_who_is_taken_back_leaves_no_picture(
        self, client: httpx.Client, engine: Engine, photos: dict[str, list[bytes]]
    ) -> None:
        person = add(client, "Taken back")["id"]
        ((face,),) = (each["faces"] for each in give(client, person, photos["bo"][:1])["accepted"])
        thumbnail = f"/faces/{face['id']}/thumbnail"
        assert client.get(thumbnail).status_code == 200
        engine.library.undo()
        assert problem(client.get(thumbnail)) == (404, "not_in_index")

    def test_nobody_is_not_found(self, client: httpx.Client) -> None:
        for path in ("", "/photos", "/lessons", "/questions", "/answers", "/export"):
            assert problem(client.get(f"/people/77{path}")) == (404, "no_such_person")


class TestLessons:
    def test_nothing_is_kept_without_a_consent(
        self, client: httpx.Client, photos: dict[str, list[bytes]]
    ) -> None:
        person = client.post("/people", json={"name": "Nobody asked"}).json()["id"]
        files = {"images": ("a.jpg", photos["ana"][0], "image/jpeg")}
        assert problem(client.post(f"/people/{person}/photos", files=files)) == (422, "consent_missing")
        assert problem(client.post(f"/people/{person}/lessons", json={})) == (422, "consent_missing")

    def test_too_few_photos_are_said_at_once(
        self, client: httpx.Client, photos: dict[str, list[bytes]]
    ) -> None:
        person = add(client, "Few")["id"]
        give(client, person, photos["ana"][:2])
        answer = client.post(f"/people/{person}/lessons", json={})
        assert problem(answer) == (422, "too_few_photos")
        assert answer.json()["params"]["missing"] == 3

    @pytest.mark.parametrize(
        ("rate", "code"),
        [("0.5", "false_match_rate_out_of_range"), ("NaN", "fields_not_understood")],
    )
    def test_a_rate_that_cannot_be_kept_is_refused(
        self, client: httpx.Client, ana: str, rate: str, code: str
    ) -> None:
        headers, content = {"Content-Type": "application/json"}, f'{{"false_match_rate": {rate}}}'
        answer = client.post(f"/people/{ana}/lessons", content=content, headers=headers)
        assert problem(answer) == (422, code)

    def test_who_looks_the_same_cannot_be_told_apart(
        self, client: httpx.Client, photos: dict[str, list[bytes]]
    ) -> None:
        twin = add(client, "Twin")["id"]
        give(client, twin, photos["bo"][:5])
        give(client, twin, photos["bo"][5:], "not")
        job = learn(client, twin)
        assert (job["state"], job["error"]["code"]) == ("failed", "cannot_be_told_apart")
        assert not client.get(f"/people/{twin}").json()["is_learnt"]

    def test_a_lesson_tells_what_it_has_shown(self, client: httpx.Client, ana: str) -> None:
        job = learn(client, ana)
        result = job["result"]
        own = [each for each in result["faces"] if each["role"] == "me"]
        named = [each for each in result["faces"] if each["role"] == "not"]
        assert len(own) >= 5 and len(named) >= 5
        assert sum(each["probability"] for each in own) / len(own) > 0.5
        assert result["separability"]["separable"] and result["separability"]["faces"] == len(named)
        strangers = result["strangers"]
        assert strangers["count"] == strangers["yes"] + strangers["unsure"] + strangers["no"] > 100
        assert len(strangers["logits"]) == 200 and strangers["logits"] == sorted(strangers["logits"])
        assert all(each["detail"] and each["code"].startswith("advice_") for each in result["advice"])
        events = client.get(f"/jobs/{job['id']}/events").text
        for each in result["advice"]:
            assert json.dumps(each["detail"])[1:-1] in events, "who follows the job hears the same sentence"
        losses = [
            json.loads(line.removeprefix("data: "))["loss"]
            for line in events.splitlines()
            if line.startswith("data: ") and '"loss"' in line
        ]
        assert len(losses) > 20 and losses[-1] < losses[0] / 2
        learnt = client.get(f"/people/{ana}/lessons").json()
        held_out = client.get(f"/people/{ana}/held-out").json()
        assert held_out["thresholds"] == learnt["thresholds"]
        assert held_out["separability"] == result["separability"]
        assert len(held_out["strangers"]["logits"]) == held_out["strangers"]["count"]
        assert held_out["faces"] == result["faces"] and {*result["taught"]} >= {
            each["face"] for each in held_out["faces"] if each["role"] == "me"
        }
        assert learnt["evidence"] == result["evidence"] and learnt["thresholds"] == result["thresholds"]
        assert learnt["thresholds"]["false_match_rate"] == 0.001
        assert client.get(f"/people/{ana}").json()["is_learnt"]

    def test_ages_of_which_photos_are_missing_are_asked_for_in_the_caller_s_language(
        self, client: httpx.Client, photos: dict[str, list[bytes]]
    ) -> None:
        """Each span is a sentence of its own, also in the events."""
        young = add(client, "Young", birth_date="2010-03-01")["id"]
        give(client, young, photos["young"])
        answer = client.post(f"/people/{young}/lessons", json={}, headers={"Accept-Language": "es"})
        job = over(client, answer.json())
        asked = {each["code"]: each for each in job["result"]["advice"]}
        detail = "Hay menos de 5 fotos de Young de estas edades: de 0 a 2 años, de 3 a 5 años"
        assert asked["advice_ages_missing"]["detail"].startswith(detail)
        assert asked["advice_day_unknown"]["detail"].endswith(": #1, #2, #3, #4, #5, #6, #7, #8")
        events = client.get(f"/jobs/{job['id']}/events", headers={"Accept-Language": "es"}).text
        heard = [json.loads(line[6:]) for line in events.splitlines() if line.startswith('data: {"code"')]
        assert asked["advice_ages_missing"] in heard

    def test_a_photo_on_both_sides_is_named_by_its_numbers(
        self, client: httpx.Client, photos: dict[str, list[bytes]]
    ) -> None:
        person = add(client, "Both")["id"]
        give(client, person, photos["ana"])
        copy = io.BytesIO()
        Image.open(io.BytesIO(photos["ana"][2])).save(copy, "JPEG", quality=70)
        give(client, person, [copy.getvalue(), *photos["bo"]], "not")
        error = learn(client, person)["error"]
        assert error["code"] == "photo_on_both_sides"
        assert re.match(r"#\d and photo \d of the others are the same photo", error["detail"])

    def test_the_neuron_is_shown_and_what_the_photos_lack(self, client: httpx.Client, ana: str) -> None:
        neuron = client.get(f"/people/{ana}/neuron").json()
        assert len(neuron["weights"]) == client.get("/model").json()["embedding_size"]
        readiness = client.get(f"/people/{ana}/readiness").json()
        assert readiness["can_learn"] and {each["part"] for each in readiness["photos"]} > {"left", "light"}

    def test_who_is_not_learnt_has_no_lesson(self, client: httpx.Client) -> None:
        person = add(client, "New")["id"]
        assert problem(client.get(f"/people/{person}/lessons")) == (404, "person_not_learnt")

    def test_photos_are_listed_and_taken_away(self, client: httpx.Client, ana: str) -> None:
        listed = client.get(f"/people/{ana}/photos").json()["photos"]
        assert [each["role"] for each in listed] == ["me"] * 8 + ["not"] * 6
        page = client.get(f"/people/{ana}/photos", params={"limit": 9}).json()
        rest = client.get(f"/people/{ana}/photos", params={"limit": 9, "cursor": page["next"]}).json()
        assert (page["photos"] + rest["photos"], rest["total"], rest["next"]) == (listed, 14, None)
        first = listed[0]
        assert first["faces"][0]["id"] == f"{first['id']}-0"
        assert all(0 <= share <= 1 for share in first["faces"][0]["box"]["normalised"])
        dated = client.patch(f"/people/{ana}/photos/{first['id']}", json={"taken": "2011-12-13"})
        assert (first["taken"], dated.json()) == (None, {**first, "taken": "2011-12-13"})
        assert client.delete(f"/people/{ana}/photos/{first['id']}").status_code == 204
        assert client.get(f"/people/{ana}/photos").json()["total"] == 13
        assert problem(client.delete(f"/people/{ana}/photos/{first['id']}"))[0] == 404

    def test_answers_are_learnt_at_once_and_taken_back(self, client: httpx.Client, ana: str) -> None:
        questions = client.get(f"/people/{ana}/questions").json()
        assert questions["left"] == len(questions["questions"]) == 0
        face = client.get(f"/people/{ana}/photos").json()["photos"][0]["faces"][0]["id"]
        answer = client.post(f"/people/{ana}/answers", json=[{"face": face, "answer": "yes"}])
        assert answer.json() == {"changed": 1, "left": 0, "look_alikes": []}
        assert client.get(f"/people/{ana}/answers").json()["answers"] == [{"face": face, "answer": "yes"}]
        assert client.delete(f"/people/{ana}/answers/{face}").status_code == 204
        assert client.get(f"/people/{ana}/answers").json()["total"] == 0
        unknown = [{"face": "00" * 32 + "-0", "answer": "no"}]
        assert problem(client.post(f"/people/{ana}/answers", json=unknown)) == (422, "face_cannot_teach")

    def test_all_that_is_kept_is_exported(self, client: httpx.Client, ana: str) -> None:
        answer = client.get(f"/people/{ana}/export")
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.testzip() is None
            about = json.loads(archive.read("about.json"))
            person = json.loads(archive.read("person.json"))
            names = archive.namelist()
            jpeg = archive.read(next(name for name in names if name.startswith("faces/")))
        assert (about["name"], about["consent"]) == ("Ana", CONSENT)
        assert person["consent"] == CONSENT and person["base"]["folder"] is None
        own = [each for each in about["taught"] if each["kind"] == "positive"]
        assert {f"faces/{each['photo']}-{each['place']}.jpg" for each in own} <= set(names)
        assert jpeg.startswith(b"\xff\xd8")
        assert client.get(f"/people/{ana}/export").content == answer.content
        taken = client.post("/people/import", files={"file": ("ana.zip", answer.content, "application/zip")})
        assert problem(taken) == (409, "name_taken")
        refused = client.post("/people/import", files={"file": ("ana.zip", b"text", "application/zip")})
        assert problem(refused) == (422, "not_an_export")

    def test_photos_of_each_age_are_counted(self, client: httpx.Client, ana: str) -> None:
        assert client.get(f"/people/{ana}/ages").json() == {"years": [], "undated": 0, "missing": []}
        client.patch(f"/people/{ana}", json={"birth_date": "2020-05-06"}).raise_for_status()
        photo = client.get(f"/people/{ana}/photos").json()["photos"][0]["id"]
        client.patch(f"/people/{ana}/photos/{photo}", json={"taken": "2022-05-06"}).raise_for_status()
        found = client.get(f"/people/{ana}/ages").json()
        assert found["years"][2] == {"age": 2, "photos": 1} and found["undated"] == 6
        assert found["missing"][0] == "0 to 2 years"

    def test_forgetting_is_a_job(self, client: httpx.Client, ana: str) -> None:
        face = client.get(f"/people/{ana}/photos").json()["photos"][0]["faces"][0]["id"]
        assert client.get(f"/faces/{face}/thumbnail").content.startswith(b"\xff\xd8")
        answer = client.delete(f"/people/{ana}")
        assert answer.status_code == 202
        job = over(client, answer.json())
        assert problem(client.get(f"/faces/{face}/thumbnail"))[0] == 404
        receipt = job["result"]
        assert job["state"] == "done" and receipt["taught"] > 5
        assert receipt["left"] == 0 and receipt["searched_for"]["faces"] > 5
        assert {each["name"]: each["found"] for each in receipt["searched"]}["library.sqlite"] == 0
        assert problem(client.get(f"/people/{ana}")) == (404, "no_such_person")
