"""Cursors of listings, and the tags by which a change in between is noticed."""

import base64
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_client import asking, settings_for
from pydantic import BaseModel

from semblante.api import Engine
from semblante.api.cursors import Cursors
from semblante.api.etags import check_if_match, etag_of
from semblante.errors import Refused


class _Person(BaseModel):
    name: str


def test_a_cursor_leads_back_to_its_position() -> None:
    cursors = Cursors()
    for position in ([12, "ñ"], None, {"after": 3}):
        assert cursors.read("photos", cursors.write("photos", position)) == position


@pytest.mark.parametrize("cursor", ["", "x", "ñ", "====", base64.urlsafe_b64encode(bytes(40)).decode()])
def test_a_cursor_that_somebody_made_up_is_refused(cursor: str) -> None:
    with pytest.raises(Refused):
        Cursors().read("photos", cursor)


def test_a_cursor_is_of_one_listing_and_one_run() -> None:
    cursors = Cursors()
    cursor = cursors.write("photos person=1", 5)
    for reader, listing in ((cursors, "photos person=2"), (Cursors(), "photos person=1")):
        with pytest.raises(Refused):
            reader.read(listing, cursor)


def test_a_listing_goes_on_behind_what_was_shown_whatever_changes_before() -> None:
    cursors = Cursors()
    names = ["ana", "bo", "eva", "li"]
    shown, cursor = cursors.page("people", names, str, 2, None)
    assert (shown, cursor is None) == (["ana", "bo"], False)
    assert cursors.page("people", names, str, 2, cursor) == (["eva", "li"], None)
    assert cursors.page("people", ["abe", "dan", "li"], str, 2, cursor) == (["dan", "li"], None)
    assert cursors.page("people", [], str, 2, None) == ([], None)
    assert cursors.page("people", names[:2], str, 2, None) == (["ana", "bo"], None), "no page is empty"


def pages_of(client: httpx.Client, path: str, items: str) -> tuple[list[Any], set[int]]:
    found: list[Any] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = client.get(path, params=query).json()
        assert len(page[items]) <= 2
        found += page[items]
        if page["next"] is None:
            return found, {page["total"]} if "total" in page else set()
        query["cursor"] = page["next"]


def test_people_and_changes_are_listed_page_by_page(tmp_path: Path) -> None:
    with Engine(settings_for(tmp_path)) as engine, asking(engine) as client:
        assert client.get("/people").json() == {"people": [], "total": 0, "next": None}
        for name in ("Zoë", "ana", "Émile", "Bo", "李"):
            client.post("/people", json={"name": name}).raise_for_status()
        people, totals = pages_of(client, "/people", "people")
        assert [each["name"] for each in people] == [each.name for each in engine.library.known_people()]
        assert totals == {5}
        assert client.get("/people", params={"limit": 201}).status_code == 422
        changes, _ = pages_of(client, "/changes", "changes")
        assert [each["id"] for each in changes] == [each.number for each in engine.library.changes()]


def test_what_was_changed_meanwhile_is_noticed() -> None:
    before, now = _Person(name="Ana"), _Person(name="Eva")
    for tag in (None, "*", etag_of(before), f'"x", {etag_of(before)}'):
        check_if_match(tag, before)
    for tag in (etag_of(before), "", "x"):
        with pytest.raises(Refused) as caught:
            check_if_match(tag, now)
        assert caught.value.code == "changed_meanwhile"
