"""The library by HTTP: folders, scans as jobs, thumbnails, the history and the way back."""

import io
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from api_client import asking, settings_for
from fake_photos import BASE, WIDTH, NoNetwork, Shown, embeddings_of, made_up_analyzer, write_photo
from PIL import Image
from test_pipeline_library import person
from test_thumbnails import add
from test_thumbnails import write_photo as write_picture

from semblante.api import Engine, routes
from semblante.jobs import JobContext
from semblante.library import SqliteStore, Taught
from semblante.model.bundle import Bundle
from semblante.person import person_as_json
from semblante.pipeline import PersonDetails, kept_groups
from semblante.pipeline.grouping import Grouping, find_groups
from semblante.types import Consent, Embeddings, FaceRef

ANA, BO, STRANGER = 1, 2, 3


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(settings_for(tmp_path / "data")) as opened:
        bundle = Bundle(tmp_path / "base", {"weights": {"sha256": BASE, "embedding_size": WIDTH}})
        opened._analyzer = NoNetwork(bundle)
        yield opened


@pytest.fixture
def client(engine: Engine) -> Iterator[httpx.Client]:
    with asking(engine) as opened:
        yield opened


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Three photos of Ana with a stranger, one that is damaged, and one of Bo in a folder below."""
    for number in range(3):
        write_photo(tmp_path / "photos" / f"{number}.jpg", Shown(ANA), Shown(STRANGER), salt=number)
    (tmp_path / "photos" / "damaged.jpg").write_text("no photo")
    write_photo(tmp_path / "photos" / "below" / "bo.jpg", Shown(BO))
    return tmp_path / "photos"


def finished(client: httpx.Client, answer: httpx.Response) -> Any:
    assert answer.status_code == 202
    return over(client, answer.json()["id"])


def over(client: httpx.Client, job_id: str) -> Any:
    until = time.monotonic() + 30
    while (job := client.get(f"/jobs/{job_id}").json())["finished"] is None:
        assert time.monotonic() < until
        time.sleep(0.02)
    return job


def added(client: httpx.Client, path: Path) -> Any:
    answer = client.post("/folders", json={"path": str(path)})
    assert answer.status_code == 201 and answer.headers["Location"].endswith(f"/{answer.json()['id']}")
    return answer.json()


def problem(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    code: str = answer.json()["code"]
    return code


def test_folders_are_added_scanned_and_removed_with_their_photos(client: httpx.Client, photos: Path) -> None:
    assert problem(client.post("/scans", json={}), 422) == "no_folder_added"
    folder = added(client, photos)
    assert (folder["path"], folder["photos"], folder["ignored"]) == (str(photos), 0, False)
    assert added(client, photos)["id"] == folder["id"]
    job = finished(client, client.post("/scans", json={}))
    assert (job["kind"], job["state"]) == ("scan", "done")
    assert (job["result"]["read"], job["result"]["faces"], job["result"]["broken"]) == (4, 7, 1)
    assert [(Path(each["path"]).name, each["reason"]["code"]) for each in job["failed"]] == [
        ("damaged.jpg", "it is damaged")
    ]
    assert [each["id"] for each in client.get("/scans").json()] == [job["id"]]
    again = finished(client, client.post("/scans", json={"folders": [folder["id"]]}))
    assert (again["result"]["unchanged"], again["result"]["read"]) == (4, 0), "it goes on where it was"
    below = added(client, photos / "below")
    assert [each["photos"] for each in client.get("/folders").json()] == [5, 1]
    assert client.delete(f"/folders/{folder['id']}").json() == {"photos": 4}
    assert [each["id"] for each in client.get("/folders").json()] == [below["id"]]
    assert (photos / "0.jpg").exists()
    for answer in (
        client.get(f"/folders/{folder['id']}"),
        client.delete(f"/folders/{folder['id']}"),
        client.patch(f"/folders/{folder['id']}", json={"ignored": True}),
        client.post("/scans", json={"folders": [folder["id"]]}),
    ):
        assert problem(answer, 404) == "folder_unknown"


def test_what_is_no_folder_is_not_added_and_no_path_is_told(client: httpx.Client, photos: Path) -> None:
    for path in (photos / "0.jpg", photos / "nowhere"):
        answer = client.post("/folders", json={"path": str(path)})
        assert problem(answer, 422) == "folder_not_usable"
        assert str(photos) not in answer.text
    assert problem(client.post("/folders", json={"path": "/a\0b"}), 422) == "not_a_path"
    lone = client.post(
        "/folders", content=b'{"path": "/\\ud800"}', headers={"Content-Type": "application/json"}
    )
    assert lone.status_code == 422
    assert client.get("/folders").json() == []


def test_one_scan_at_a_time(client: httpx.Client, engine: Engine, photos: Path) -> None:
    added(client, photos)

    def endless(context: JobContext) -> None:
        while True:
            context.check()
            time.sleep(0.01)

    job = engine.jobs.start("scan", endless)
    assert problem(client.post("/scans", json={}), 409) == "scan_running"
    client.delete(f"/jobs/{job.id}")
    until = time.monotonic() + 20
    while client.get(f"/jobs/{job.id}").json()["state"] != "cancelled":
        assert time.monotonic() < until
    assert finished(client, client.post("/scans", json={}))["state"] == "done"


def test_a_folder_is_ignored_and_the_change_is_undone(client: httpx.Client, photos: Path) -> None:
    folder = added(client, photos)
    answer = client.patch(f"/folders/{folder['id']}", json={"ignored": True}).json()
    assert answer["folder"]["ignored"] and answer["change"]
    again = client.patch(f"/folders/{folder['id']}", json={"ignored": True}).json()
    assert again["change"] is None
    later = client.patch(f"/folders/{folder['id']}", json={"ignored": False}).json()["change"]
    assert problem(client.post(f"/changes/{answer['change']}/undo"), 409) == "change_superseded"
    undone = client.post(f"/changes/{later}/undo", headers={"Accept-Language": "es"}).json()
    assert (undone["kind"], undone["name"]) == ("unignore_folder", str(photos))
    assert undone["text"] == f"ya no ignoradas las caras de {photos}"
    assert client.get(f"/folders/{folder['id']}").json()["ignored"]
    assert client.post(f"/changes/{answer['change']}/undo").status_code == 200
    assert not client.get(f"/folders/{folder['id']}").json()["ignored"]
    assert problem(client.post(f"/changes/{later}/undo"), 404) == "change_unknown"
    for address in (f"/changes/{2**70}/undo", "/changes/x/undo", "/changes/-1/undo"):
        assert problem(client.post(address), 422) == "fields_not_understood"
    assert problem(client.get(f"/folders/{2**70}"), 422) == "fields_not_understood"


def test_the_history_is_told_in_pages(client: httpx.Client, engine: Engine) -> None:
    for number in range(5):
        engine.library.store.keep_person("{}", f"Person {number}", [])
    first = client.get("/changes", params={"limit": 3}).json()
    assert [each["text"] for each in first["changes"]] == [
        f"Person {number} was learnt from photos" for number in (4, 3, 2)
    ]
    rest = client.get("/changes", params={"limit": 3, "cursor": first["next"]}).json()
    assert ([each["name"] for each in rest["changes"]], rest["next"]) == (["Person 1", "Person 0"], None)
    assert problem(client.get("/changes", params={"cursor": "made up"}), 422) == "cursor_unknown"
    assert problem(client.get("/changes", params={"limit": 201}), 422) == "fields_not_understood"


def test_thumbnails_are_pictures_that_nobody_keeps(
    client: httpx.Client, engine: Engine, tmp_path: Path
) -> None:
    store = engine.library.store
    assert isinstance(store, SqliteStore)
    path = write_picture(tmp_path / "a.jpg")
    photo = add(store, path)
    for address, longer_px in (
        (f"/faces/{photo}-1/thumbnail", 160),
        (f"/photos/{photo}/thumbnail", 320),
        (f"/photos/{photo}/picture?side_px=600", 600),
    ):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
        assert answer.headers["Cache-Control"] == "no-store"
        assert max(Image.open(io.BytesIO(answer.content)).size) == longer_px
    assert problem(client.get(f"/faces/{photo}-2/thumbnail"), 404) == "not_in_index"
    assert problem(client.get(f"/photos/{'0' * 64}/thumbnail"), 404) == "not_in_index"
    assert problem(client.get("/faces/../../etc/passwd/thumbnail"), 404) == "not_found"
    assert problem(client.get("/faces/abc/thumbnail"), 422) == "fields_not_understood"
    other = add(store, write_picture(tmp_path / "b.jpg", 1))
    (tmp_path / "b.jpg").unlink()
    answer = client.get(f"/photos/{other}/thumbnail")
    assert problem(answer, 404) == "gone_since_scan" and str(tmp_path) not in answer.text


def test_photos_are_listed_by_filters_and_page_by_page(
    client: httpx.Client, engine: Engine, photos: Path
) -> None:
    folder = added(client, photos)
    finished(client, client.post("/scans", json={}))
    ana = person_as_json(person(ANA, "Ana"))
    engine.library.store.keep_person(ana, "Ana", [])
    (known,) = engine.library.known_people()
    found: list[Any] = []
    query: dict[str, Any] = {"limit": 2, "folder": folder["id"]}
    while True:
        page = client.get("/photos", params=query).json()
        found += page["photos"]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert [each["name"] for each in found] == ["0.jpg", "1.jpg", "2.jpg", "bo.jpg", "damaged.jpg"]
    assert page["total"] == 5 and found[0]["folder"] == str(photos)
    assert found[4]["issue"]["code"] == "it is damaged"
    hers, other = found[0]["faces"]
    assert hers["people"][0]["person"] == str(known.id) and other["people"] == []
    assert hers["people"][0]["probability"] > 0.5 and hers["box"]["normalised"][0] == 0.0
    assert problem(client.get("/photos", params={"cursor": query["cursor"]}), 422) == "cursor_unknown"
    shown = client.get("/photos", params={"person": known.id, "verdict": "yes"}).json()
    assert [each["name"] for each in shown["photos"]] == ["0.jpg", "1.jpg", "2.jpg"]
    assert client.get("/photos", params={"with": ["Smiling"]}).json()["total"] == 0
    faces = client.get("/faces", params={"person": known.id, "limit": 2}).json()
    assert (len(faces["faces"]), faces["total"]) == (2, 3)
    rest = client.get("/faces", params={"person": known.id, "limit": 2, "cursor": faces["next"]}).json()
    assert (len(rest["faces"]), rest["next"]) == (1, None)
    assert client.get("/photos", params={"person": 1}).status_code == 404
    assert problem(client.get("/photos", params={"folder": 99}), 404) == "folder_unknown"
    assert client.get("/photos", params={"with": "Tall"}).status_code == 422


def test_faces_and_the_others_of_a_photo_are_ignored(
    client: httpx.Client, engine: Engine, photos: Path
) -> None:
    added(client, photos)
    finished(client, client.post("/scans", json={}))
    engine.library.store.keep_person(person_as_json(person(ANA, "Ana")), "Ana", [])
    first = client.get("/photos").json()["photos"][0]
    change = client.post(f"/photos/{first['id']}/ignore-others").json()["change"]
    faces = client.get("/photos").json()["photos"][0]["faces"]
    assert [each["ignored"] for each in faces] == [False, True]
    again = client.patch(f"/faces/{faces[1]['id']}", json={"ignored": True}).json()
    assert again == {"change": None}
    assert client.patch(f"/faces/{faces[0]['id']}", json={"ignored": True}).json()["change"] > change
    assert client.post(f"/changes/{change}/undo").status_code == 200
    assert [each["ignored"] for each in client.get("/photos").json()["photos"][0]["faces"]] == [True, False]
    assert problem(client.patch(f"/faces/{'0' * 64}-0", json={"ignored": True}), 404) == "not_in_index"
    assert problem(client.post(f"/photos/{'0' * 64}/ignore-others"), 404) == "not_in_index"


class TestGroups:
    @pytest.fixture
    def groups(self, client: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
        """Groups of 6, 5 and 3 photos by name, each known by its number."""

        def background(_bundle: Bundle) -> Embeddings:
            return np.concatenate([embeddings_of(5000 + who, 1) for who in range(200)])

        monkeypatch.setattr(Bundle, "background", background)
        for who, count in ((ANA, 6), (BO, 5), (STRANGER, 3)):
            for number in range(count):
                write_photo(tmp_path / "album" / f"{who}-{number}.jpg", Shown(who), salt=number)
        added(client, tmp_path / "album")
        finished(client, client.post("/scans", json={}))
        listed = client.get("/groups").json()
        assert [each["photos"] for each in listed["groups"]] == [6, 5, 3]
        return dict(zip(("ana", "bo", "stranger"), (each["id"] for each in listed["groups"]), strict=True))

    def test_groups_are_listed_and_shown(self, client: httpx.Client, groups: dict[str, str]) -> None:
        page = client.get("/groups", params={"limit": 2}).json()
        assert (len(page["groups"]), page["total"], page["alone"]) == (2, 3, 0)
        assert page["groups"][0]["examples"][0].partition("-")[2] == "0" and page["groups"][0]["certain"]
        rest = client.get("/groups", params={"limit": 2, "cursor": page["next"]}).json()
        assert [each["id"] for each in rest["groups"]] == [groups["stranger"]] and rest["next"] is None
        shown = client.get(f"/groups/{groups['bo']}").json()
        assert (len(shown["faces"]), shown["doubtful"]) == (5, [])
        assert not shown["kept"] and not shown["ignored"]
        assert problem(client.get(f"/groups/{'0' * 64}-0"), 404) == "group_unknown"

    def test_groups_are_merged_and_split_unless_they_changed_meanwhile(
        self, client: httpx.Client, groups: dict[str, str]
    ) -> None:
        before = client.get(f"/groups/{groups['ana']}")
        merge = {"groups": [groups["bo"]]}
        change = client.post(f"/groups/{groups['ana']}/merge", json=merge).json()["change"]
        (merged, _) = client.get("/groups").json()["groups"]
        assert (merged["photos"], merged["kept"]) == (11, True)
        stale = {"If-Match": before.headers["ETag"]}
        address = f"/groups/{merged['id']}"
        answer = client.post(f"{address}/split", json={"parts": [before.json()["faces"]]}, headers=stale)
        assert problem(answer, 412) == "changed_meanwhile"
        proposal = client.get(f"{address}/split-proposal").json()
        assert [len(part) for part in proposal["parts"]] == [6, 5] and proposal["outliers"] == []
        fresh = {"If-Match": client.get(address).headers["ETag"]}
        split = client.post(f"{address}/split", json={"parts": proposal["parts"][1:]}, headers=fresh)
        assert split.status_code == 200
        assert [each["photos"] for each in client.get("/groups").json()["groups"]] == [6, 5, 3]
        assert problem(client.post(f"/changes/{change}/undo"), 409) == "change_superseded"
        for number in (split.json()["change"], change):
            assert client.post(f"/changes/{number}/undo").status_code == 200
        assert [each["kept"] for each in client.get("/groups").json()["groups"]] == [False] * 3

    def test_no_request_waits_for_groups_that_take_long(
        self,
        client: httpx.Client,
        engine: Engine,
        groups: dict[str, str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        may_end = threading.Event()

        def slow(*given: Any) -> Grouping:
            assert may_end.wait(20)
            return find_groups(*given)

        monkeypatch.setattr(kept_groups, "find_groups", slow)
        monkeypatch.setattr(routes.groups, "_WAIT_S", 0.0)
        client.patch(f"/groups/{groups['stranger']}", json={"ignored": True}).raise_for_status()
        listed = client.get("/groups").json()
        assert [each["id"] for each in listed["groups"]] == [groups["ana"], groups["bo"]]
        assert client.get("/groups").json()["job"] == listed["job"], "one job is for all"
        assert client.get(f"/groups/{groups['bo']}").json()["photos"] == 5
        answer = client.get(f"/groups/{groups['stranger']}")
        assert problem(answer, 503) == "groups_at_work" and answer.headers["Retry-After"] == "5"
        may_end.set()
        assert over(client, listed["job"])["state"] == "done"
        again = client.get("/groups").json()
        assert (again["total"], again["job"]) == (2, None)
        assert client.get(f"/groups/{groups['stranger']}").json()["ignored"]

    def test_a_group_is_ignored(self, client: httpx.Client, groups: dict[str, str]) -> None:
        address = f"/groups/{groups['stranger']}"
        assert client.patch(address, json={"ignored": True}).json()["change"]
        listed = client.get("/groups").json()
        assert (listed["total"], listed["ignored"]) == (2, 3)
        (hidden,) = client.get("/groups", params={"ignored": True}).json()["groups"]
        assert hidden["id"] == groups["stranger"] and client.get(address).json()["ignored"]
        assert client.patch(address, json={"ignored": False}).json()["change"]
        assert client.get("/groups").json()["total"] == 3

    def test_a_group_is_named_as_somebody_who_agreed(
        self, client: httpx.Client, groups: dict[str, str]
    ) -> None:
        ana = client.post("/people", json={"name": "Ana"}).json()
        address = f"/groups/{groups['ana']}"
        assert problem(client.patch(address, json={"person": int(ana["id"])}), 422) == "consent_missing"
        consent = {"who": "told", "on": "2026-11-28"}
        assert client.patch(f"/people/{ana['id']}", json={"consent": consent}).status_code == 200
        change = client.patch(address, json={"person": int(ana["id"])}).json()["change"]
        assert client.get("/groups").json()["total"] == 2
        assert client.get("/photos", params={"person": ana["id"], "verdict": "yes"}).json()["total"] == 6
        assert client.post(f"/changes/{change}/undo").json()["kind"] == "name"
        assert client.get("/groups").json()["total"] == 3
        both = {"person": int(ana["id"]), "ignored": True}
        assert problem(client.patch(address, json=both), 422) == "fields_not_understood"

    def test_somebody_new_is_added_in_the_change_that_names_the_group(
        self, client: httpx.Client, groups: dict[str, str]
    ) -> None:
        address, consent = f"/groups/{groups['ana']}", {"who": "told", "on": "2026-11-28"}
        assert problem(client.patch(address, json={"name": "Ana"}), 422) == "fields_not_understood"
        assert client.get("/people").json()["total"] == 0
        change = client.patch(address, json={"name": " Ana ", "consent": consent}).json()["change"]
        (ana,) = client.get("/people").json()["people"]
        assert (ana["name"], ana["is_learnt"], ana["consent"]) == ("Ana", True, {**consent, "note": ""})
        again = {"name": "ana", "consent": consent}
        assert problem(client.patch(f"/groups/{groups['stranger']}", json=again), 409) == "name_taken"
        assert [each["id"] for each in client.get("/changes").json()["changes"]] == [change]
        assert client.post(f"/changes/{change}/undo").status_code == 200
        assert client.get("/people").json()["total"] == 0 and client.get("/changes").json()["changes"] == []

    def test_a_consent_is_noted_in_the_change_that_names_the_group(
        self, client: httpx.Client, groups: dict[str, str]
    ) -> None:
        ana = client.post("/people", json={"name": "Ana"}).json()
        named = {"person": ana["id"], "consent": {"who": "told", "on": "2026-11-28"}}
        change = client.patch(f"/groups/{groups['ana']}", json=named).json()["change"]
        assert client.get(f"/people/{ana['id']}").json()["consent"]["who"] == "told"
        client.post(f"/changes/{change}/undo")
        after = client.get(f"/people/{ana['id']}").json()
        assert not after["is_learnt"] and after["consent"] is None


class TestSorts:
    @pytest.fixture
    def ana(self, client: httpx.Client, engine: Engine, photos: Path) -> int:
        """The number of Ana, whom three photos show."""
        added(client, photos)
        finished(client, client.post("/scans", json={}))
        engine.library.store.keep_person(person_as_json(person(ANA, "Ana")), "Ana", [])
        (known,) = engine.library.known_people()
        return known.id

    def test_a_sort_is_planned_done_and_undone(
        self, client: httpx.Client, ana: int, photos: Path, tmp_path: Path
    ) -> None:
        wanted = {"person": ana, "folder": str(tmp_path / "sorted")}
        planned = finished(client, client.post("/sorts", json={**wanted, "dry_run": True}))["result"]
        assert (planned["made"], planned["skipped"], planned["dry_run"]) == (3, 0, True)
        assert planned["photos"][0]["photo"] == str(photos / "0.jpg")
        assert not (tmp_path / "sorted").exists() and client.get("/sorts").json() == []
        (photos / "1.jpg").write_text("changed")
        job = finished(client, client.post("/sorts", json=wanted))
        assert (job["result"]["made"], job["result"]["skipped"]) == (2, 1)
        assert [each["reason"]["code"] for each in job["failed"]] == ["changed_since_scan"]
        assert sorted(path.name for path in (tmp_path / "sorted").iterdir()) == ["0.jpg", "2.jpg"]
        (run,) = client.get("/sorts").json()
        assert (run["name"], run["how"], run["undone"]) == ("Ana", "copy", False)
        address = f"/sorts/{run['id']}/undo"
        would = finished(client, client.post(address, json={"dry_run": True}))["result"]
        assert would["removed"] == 2 and (tmp_path / "sorted").exists(), "their folder is not counted"
        assert [each["path"] for each in would["things"]].count(str(tmp_path / "sorted")) == 1
        assert finished(client, client.post(address))["result"]["removed"] == 2
        assert not (tmp_path / "sorted").exists()
        assert client.get("/sorts").json()[0]["undone"]

    def test_what_cannot_be_sorted(self, client: httpx.Client, ana: int, tmp_path: Path) -> None:
        for wrong in ({"how": "xmp", "folder": str(tmp_path)}, {"how": "copy"}, {"how": "move"}):
            answer = client.post("/sorts", json={"person": ana, **wrong})
            assert problem(answer, 422) == "fields_not_understood"
        assert client.post("/sorts", json={"person": 1, "how": "xmp"}).status_code == 404
        assert problem(client.post("/sorts/20200101-000000/undo", json={}), 404) == "no_such_run"


def test_two_people_become_one_and_one_undo_parts_them(
    client: httpx.Client, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine._analyzer = made_up_analyzer(tmp_path / "base", monkeypatch)
    library, consent = engine.library, Consent("self", date(2026, 11, 1), "")
    numbers = []
    for who, name in ((ANA, "Ana"), (BO, "Anna")):
        numbers.append(library.add_person(PersonDetails(name, consent)).id)
        taught = [
            Taught("positive", FaceRef(f"{who}{row:063}", 0), each)
            for row, each in enumerate(embeddings_of(who, 6))
        ]
        library.store.keep_person(person_as_json(person(who, name)), name, taught)
    ana, anna = numbers
    assert problem(client.post(f"/people/{ana}/merge", json={"person": ana}), 422) == "merge_needs_two_people"
    assert problem(client.post(f"/people/{ana}/merge", json={"person": 7}), 404) == "no_such_person"
    merged = client.post(f"/people/{ana}/merge", json={"person": anna}).json()
    assert (merged["person"]["id"], merged["person"]["name"]) == (str(ana), "Ana")
    assert (merged["person"]["taught"], merged["person"]["answered_yes"]) == (6, 6), "later lessons keep them"
    assert [each["name"] for each in client.get("/people").json()["people"]] == ["Ana"]
    assert client.post(f"/changes/{merged['change']}/undo").status_code == 200
    assert [each["id"] for each in client.get("/people").json()["people"]] == [str(ana), str(anna)]
