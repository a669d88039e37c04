"""Teach, Recognise and How it works in a browser: what a person does there, to the answer."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")

from axe import violations
from page_browser import CHROMIUM, Service, chromium, page_service, quiet_tab
from page_people import SEED, fill
from playwright.sync_api import Browser, Page, expect

from semblante.generate import write_person
from semblante.pipeline import PersonDetails
from semblante.types import Consent

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")

SLOW_MS = 60_000
AGREED = Consent("told", date(2026, 10, 3), "")


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


def teach(page: Page, photos: list[Path], where: str = "section > drop-zone") -> None:
    """Give photos, and wait until all are read."""
    seen = page.locator(".sample").count()
    page.locator(f"{where} input[multiple]").set_input_files(photos)
    expect(page.locator(".sample")).to_have_count(seen + len(photos), timeout=SLOW_MS)
    expect(page.locator("progress")).to_have_count(0)


def test_learning_is_seen_as_it_happens_and_shown_again_later(
    page: Page, service: Service, tmp_path: Path
) -> None:
    person = service.engine.library.add_person(PersonDetails("Zoë", AGREED, None))
    service.open(page, f"teach/{person.id}")
    teach(page, write_person(tmp_path, "zoe", seed=SEED, person=1, count=7))
    page.get_by_text("Somebody looks alike? Teach the difference").click()
    others = write_person(tmp_path, "other", seed=SEED, person=2, count=6)
    teach(page, others, "details drop-zone")
    page.get_by_role("button", name="Learn this face").click()
    slider = page.get_by_role("slider", name="Step")
    slider.wait_for(timeout=SLOW_MS)
    page.get_by_role("button", name="Pause").click()
    slider.focus()
    page.keyboard.press("Home")
    shares = page.locator(".small-ones .chip")
    assert page.get_by_text("Step 1 of 180").count() == 1
    assert {*shares.all_inner_texts()} == {"50%"}
    page.keyboard.press("End")
    assert page.get_by_text("Step 180 of 180").count() == 1
    assert all(float(each.strip("> %")) > 80 for each in shares.all_inner_texts())
    assert page.get_by_text("The two can be told apart.", exact=True).count() == 1
    assert page.locator(".neuron circle.other").count() >= 5
    assert violations(page) == []
    service.open(page, f"teach/{person.id}")
    page.get_by_text("The two can be told apart.", exact=True).wait_for(timeout=SLOW_MS)
    assert page.locator(".neuron circle.other").count() >= 5
    assert page.get_by_role("heading", name="Which photos it is sure of").count() == 1
    assert slider.count() == 0


def test_the_same_face_on_both_sides_is_refused_unless_it_is_wanted(
    page: Page, service: Service, tmp_path: Path
) -> None:
    person = service.engine.library.add_person(PersonDetails("Twin", AGREED, None))
    photos = write_person(tmp_path, "twin", seed=SEED, person=9, count=24)
    service.open(page, f"teach/{person.id}")
    teach(page, photos[:8])
    page.get_by_text("Somebody looks alike? Teach the difference").click()
    teach(page, photos[12:20], "details drop-zone")
    page.get_by_role("button", name="Learn this face").click()
    page.get_by_text("Twin looks too much like the others who were named").wait_for(timeout=SLOW_MS)
    assert not service.engine.library.known_person(person.id).is_learnt
    page.get_by_role("button", name="Keep it all the same").click()
    page.get_by_text("The two cannot be told apart reliably.").wait_for(timeout=SLOW_MS)
    assert service.engine.library.known_person(person.id).is_learnt


def test_the_decision_line_moves_precision_and_recall(page: Page, service: Service) -> None:
    service.open(page, "how")
    line = page.get_by_role("slider", name="Move the line")
    line.wait_for(timeout=SLOW_MS)
    shown = page.locator(".chapter .figures dd:not(.note)")
    expect(page.locator(".bars .shown")).to_have_count(1, timeout=SLOW_MS)
    assert shown.all_inner_texts() == ["100%", "100%", "0"]
    line.focus()
    page.keyboard.press("Home")
    precision, recall, wrong = shown.all_inner_texts()
    assert float(precision.strip("%")) < 1 and recall == "100%" and int(wrong.replace(",", "")) > 3000
    page.keyboard.press("End")
    assert float(shown.nth(1).inner_text().strip("%")) < 50
    assert "Yes above a sum of" in (line.get_attribute("aria-valuetext") or "")


def test_a_convolution_is_walked_over_the_face_with_the_keyboard(page: Page, service: Service) -> None:
    service.open(page, "how")
    page.wait_for_selector(".maps canvas")
    face = page.get_by_role("img", name="Your face in grey, with the window of the kernel")
    face.focus()
    before = page.inner_text(".kernel")
    page.keyboard.press("ArrowUp")
    assert page.inner_text(".kernel") != before
    products = [each.split("\n× ") for each in page.locator(".kernel > span").all_inner_texts()]
    total = sum(float(value) * float(weight.replace("−", "-")) for value, weight in products)
    shown = page.locator(".chapter strong", has_text=re.compile(r"^.?\d")).last.inner_text()
    assert float(shown.replace("−", "-")) == pytest.approx(total, abs=0.06)
