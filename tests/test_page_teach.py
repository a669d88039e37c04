"""Teach, Recognise and How it works in a browser: what a person does there, to the answer."""

from collections.abc import Iterator

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")

from axe import violations
from page_browser import CHROMIUM, Service, chromium, page_service, quiet_tab
from page_people import fill
from playwright.sync_api import Browser, Page, expect

from semblante.pipeline import PersonDetails

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with page_service(tmp_path_factory.mktemp("data")) as opened:
        fill(opened.engine, tmp_path_factory.mktemp("photos"))
        yield opened


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with quiet_tab(browser) as tab:
        yield tab


def test_nothing_is_taught_before_somebody_has_noted_who_agreed(page: Page, service: Service) -> None:
    library = service.engine.library
    person = library.add_person(PersonDetails("Bo", None, None))
    service.open(page, f"teach/{person.id}")
    assert page.locator("drop-zone").count() == 0
    assert page.get_by_role("button", name="Learn this face").is_disabled()
    page.get_by_role("button", name="Note who agreed").click()
    assert violations(page) == []
    page.check("dialog input[value=told]")
    page.fill("dialog #birth", "2015-05-17")
    page.fill("dialog #note", "By telephone")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("drop-zone").first).to_be_visible()
    assert page.get_by_text("“By telephone”").is_visible()
    noted = library.known_person(person.id)
    assert noted.consent and (noted.consent.who, noted.consent.note) == ("told", "By telephone")
    assert str(noted.birth_date) == "2015-05-17"
    page.get_by_role("button", name="Change details").click()
    assert page.input_value("dialog #note") == "By telephone"
    page.fill("dialog #name", "Bo Ek")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Bo Ek").wait_for()
    page.locator(".toast button").last.click()
    page.get_by_role("heading", name="Bo", exact=True).wait_for()
