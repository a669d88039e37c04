"""What holds for every route of the service, also for those to come: who may ask, and what reading does."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_client import asking, settings_for

from semblante.api import Engine, create_app
from semblante.generate import write_person
from semblante.pipeline import PersonDetails
from semblante.types import Consent

DAY = date(2026, 1, 2)
OPEN = {"/health", "/ready", "/session", "/texts", "/openapi.json"}
TAKES_PATHS = {"FolderIn": {"path"}, "SortIn": {"folder"}, "ScanIn": {"folders"}}
"""Bodies that name folders of the user's; only who may change the library sends them. None names a photo."""
CSRF: tuple[dict[str, str], ...] = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {},
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A library with a person, photos given, a folder that was scanned, a group, and a change."""
    folder = tmp_path_factory.mktemp("attacked")
    photos = write_person(folder / "photos", "ana", seed=3, person=1, count=2)
    with Engine(settings_for(folder / "data")) as opened:
        library, consent = opened.library, Consent("self", DAY, "")
        person = library.add_person(PersonDetails("Ana", consent, None))
        library.give_images(person.id, [each.read_bytes() for each in photos], "positive", opened.analyzer)
        library.add_folder(str(folder / "photos"))
        library.scan_folders((), opened.analyzer)
        yield opened


@pytest.fixture(scope="module")
def page(engine: Engine) -> Iterator[httpx.Client]:
    with asking(engine) as opened:
        yield opened


@pytest.fixture(scope="module")
def operations(engine: Engine, page: httpx.Client) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, address under /api/v1 with things that there are, and description, of every operation."""
    photos = page.get("/photos").json()["photos"]
    found = {
        "person_id": str(engine.library.known_people()[0].id),
        "photo_id": photos[0]["id"],
        "photo": photos[0]["id"],
        "face": photos[0]["faces"][0]["id"],
        "folder_id": "1",
        "job_id": engine.jobs.start("nothing", lambda _: None).id,
        "change_id": "1",
        "group_id": photos[0]["faces"][0]["id"],
    }
    return [
        (
            method.upper(),
            re.sub(r"\{(\w+)\}", lambda name: found.get(name[1], "x"), path.removeprefix("/api/v1")),
            operation,
        )
        for path, operations in create_app(engine).openapi()["paths"].items()
        if path.startswith("/api/v1")
        for method, operation in operations.items()
    ]


def test_nobody_is_told_anything_without_a_session_or_a_key(
    engine: Engine, operations: list[tuple[str, str, dict[str, Any]]]
) -> None:
    with asking(engine, signed_in=False) as stranger:
        for method, path, _ in operations:
            if path not in OPEN:
                answer = stranger.request(method, path)
                assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated"), path


@pytest.mark.parametrize("headers", CSRF, ids=lambda headers: str(headers) or "none")
def test_no_other_page_can_make_the_browser_change_anything(
    page: httpx.Client, operations: list[tuple[str, str, dict[str, Any]]], headers: dict[str, str]
) -> None:
    """The browser would send the cookie along."""
    own = page.headers.pop("Sec-Fetch-Site")
    try:
        for method, path, _ in operations:
            if method != "GET" and (path not in OPEN or headers):
                answer = page.request(method, path, headers=headers)
                assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed"), path
    finally:
        page.headers["Sec-Fetch-Site"] = own


def test_a_key_that_only_reads_changes_nothing(
    engine: Engine, operations: list[tuple[str, str, dict[str, Any]]]
) -> None:
    asks = {"/faces", "/comparisons", "/recognitions", "/explanations", "/feature-maps"}
    headers = {"Authorization": f"Bearer {engine.keys.create_for_this_run('reader', 'read')}"}
    with asking(engine, signed_in=False) as reader:
        for method, path, _ in operations:
            if method != "GET" and path not in OPEN | asks and not path.startswith("/live"):
                answer = reader.request(method, path, headers=headers)
                assert (answer.status_code, answer.json()["code"]) == (403, "scope_too_small"), path


def test_reading_changes_nothing(
    engine: Engine, page: httpx.Client, operations: list[tuple[str, str, dict[str, Any]]]
) -> None:
    """A link or a picture in another page could make the browser read; thumbnails are only a cache."""
    before = content_of(engine)
    kinds: dict[str, int] = {}
    for method, path, _ in operations:
        if method == "GET":
            answer = page.get(path)
            kinds[path] = answer.status_code
            assert answer.headers["cache-control"] == "no-store", path
            assert answer.headers["x-content-type-options"] == "nosniff", path
            assert not [name for name in answer.headers if name.startswith("access-control")], path
            assert "text/html" not in answer.headers["content-type"], path
    assert sum(status == 200 for status in kinds.values()) > 20, kinds
    assert content_of(engine) == before


def content_of(engine: Engine) -> tuple[dict[str, list[Any]], set[str]]:
    """The rows of the index, and the files of the data folder beside the thumbnails."""
    with engine.library.store.asking() as connection:  # type: ignore[attr-defined]
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        ]
        rows = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables}
    return rows, {each.name for each in engine.folder.iterdir() if not each.name.startswith("thumbnails")}


def test_no_request_names_an_image_by_path_or_address(page: httpx.Client, engine: Engine) -> None:
    takes: dict[str, set[str]] = {}
    schemas = create_app(engine).openapi()["components"]["schemas"]
    for name, schema in schemas.items():
        words = {
            word for word in schema.get("properties", {}) if re.search(r"path|url|uri|file|folder|link", word)
        }
        if words and name.endswith("In"):
            takes[name] = words
    assert takes == TAKES_PATHS
    for value in ("/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:1/x.jpg"):
        for field in ("image", "images"):
            answer = page.post("/faces", data={field: value})
            assert answer.status_code == 422 and "root:" not in answer.text
        assert page.post("/faces", params={"image": value}).status_code == 422


@pytest.mark.parametrize(
    ("name", "kind", "content"),
    [
        ("photo.jpg", "image/jpeg", b"<!doctype html><script>alert(1)</script>"),
        ("photo.png", "image/png", b"#!/bin/sh\nrm -rf /\n"),
        ("photo.jpg", "image/jpeg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("photo.jpg", "image/jpeg", b"%PDF-1.4 %!PS"),
        ("photo.jpg", "image/jpeg", b""),
    ],
)
def test_what_a_file_is_its_content_says(page: httpx.Client, name: str, kind: str, content: bytes) -> None:
    assert page.post("/faces", files={"image": (name, content, kind)}).status_code in (415, 422)


def test_a_picture_is_taken_whatever_it_is_called(page: httpx.Client, tmp_path: Path) -> None:
    photo = write_person(tmp_path, "x", seed=3, person=1, count=1)[0].read_bytes()
    for name in ("../../etc/passwd", "C:\\x.exe", "a\x00b", "<script>.html", "x" * 3000):
        answer = page.post("/faces", files={"image": (name, photo, "text/html")})
        assert answer.status_code == 200 and len(answer.json()["faces"]) == 1, name


def test_of_two_who_use_a_launch_token_at_once_one_gets_in(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        for _ in range(50):
            token = engine.sessions.new_launch_token()
            sessions = list(pool.map(engine.sessions.begin, [token] * 8))
            assert len([each for each in sessions if each is not None]) == 1


@pytest.mark.parametrize("change", ["cut", "other listing", "bit", "none", "long"])
def test_a_cursor_is_only_taken_as_it_was_given(page: httpx.Client, change: str) -> None:
    cursor = page.get("/photos", params={"limit": 1}).json()["next"]
    forged = {
        "cut": cursor[:-4],
        "other listing": cursor,
        "bit": cursor[:-8] + ("A" if cursor[-8] != "A" else "B") + cursor[-7:],
        "none": "bm9uZQ==",
        "long": "A" * 20_000,
    }[change]
    path = "/faces" if change == "other listing" else "/photos"
    answer = page.get(path, params={"limit": 1, "cursor": forged})
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_unknown")
    with_filter = page.get("/photos", params={"limit": 1, "cursor": cursor, "verdict": "yes", "person": 1})
    assert with_filter.json()["code"] in ("cursor_unknown", "person_unknown", "person_id_unknown")
