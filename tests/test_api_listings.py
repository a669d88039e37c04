"""Cursors of listings, and the tags by which a change in between is noticed."""

import base64

import pytest
from pydantic import BaseModel

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


def test_what_was_changed_meanwhile_is_noticed() -> None:
    before, now = _Person(name="Ana"), _Person(name="Eva")
    for tag in (None, "*", etag_of(before), f'"x", {etag_of(before)}'):
        check_if_match(tag, before)
    for tag in (etag_of(before), "", "x"):
        with pytest.raises(Refused) as caught:
            check_if_match(tag, now)
        assert caught.value.code == "changed_meanwhile"
