"""The page in a browser: every view, in both languages, narrow and wide, light and dark."""

from collections.abc import Iterator
from pathlib import Path

import page_mock
import pytest

pytest.importorskip("playwright", reason="playwright is not installed")

from axe import violations
from page_browser import CHROMIUM, Service, chromium, page_service
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")

VIEWS = [
    "teach",
    "teach/new",
    "teach/1",
    "teach/3",
    "recognise",
    "library/photos",
    "library/groups",
    "library/questions/1",
    "library/folders",
    "library/sorts",
    "library/history",
    "how",
    "held",
    "held/forget/1",
]
WAYS = [("en", 1280, "light"), ("es", 360, "dark")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    page_mock.full()
    with page_service(tmp_path_factory.mktemp("data")) as opened:
        yield opened


@pytest.fixture(params=WAYS, ids=lambda way: "-".join(map(str, way)))
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A tab that fails the test where the page says something to the console."""
    language, width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, locale=f"{language}-ES"
    )
    tab = context.new_page()
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    yield tab
    context.close()
    assert said == []


def test_every_view_can_be_used_by_everybody(page: Page, service: Service) -> None:
    problems = {}
    for view in VIEWS:
        service.open(page, view)
        found = violations(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("wider than the screen")
        if "{" in page.inner_text("body"):
            found.append("a placeholder is not filled in")
        if found:
            problems[view] = found
    assert problems == {}


def test_all_views_are_in_the_language_of_the_browser(page: Page, service: Service) -> None:
    language = page.evaluate("navigator.language")[:2]
    service.open(page, "teach")
    assert page.evaluate("document.documentElement.lang") == language
    assert page.inner_text("h1") == {"en": "Who is known", "es": "Personas conocidas"}[language]
    assert page.locator(".bar .tools button").inner_text() == {"en": "Español", "es": "English"}[language]


def test_a_photo_gets_boxes_answers_and_a_reason(page: Page, service: Service, tmp_path: Path) -> None:
    service.open(page, "recognise")
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(page_mock.picture(11, 2, 400))
    page.set_input_files("input[type=file]", photo)
    page.wait_for_selector(".answer")
    assert page.locator(".box").count() == 1
    page.locator(".answer summary").first.click()
    page.wait_for_selector(".heat canvas")
    assert page.locator(".chip.yes").count() == 1


def test_one_key_answers_a_question(page: Page, service: Service) -> None:
    service.open(page, "library/questions/1")
    with page.expect_request("**/answers") as sent:
        page.keyboard.press("y")
    assert sent.value.post_data_json == [{"face": f"{1:032x}{20:032x}-0", "answer": "yes"}]
    page.wait_for_selector(".toast button")
    with page.expect_request(lambda request: request.method == "DELETE"):
        page.locator(".toast button").click()


def test_names_are_text_whatever_they_hold(browser: Browser, service: Service) -> None:
    page_mock.PEOPLE.append(page_mock.person_named(9, "<img src=x onerror=alert(1)>", 3, "self"))
    tab = browser.new_page()
    try:
        service.open(tab, "teach")
        assert tab.locator("strong", has_text="<img src=x").count() == 1
        assert tab.locator("main img[src=x]").count() == 0
    finally:
        page_mock.PEOPLE.pop()
        tab.close()


def test_a_person_is_taught_from_the_first_word_to_the_lesson(
    browser: Browser, service: Service, tmp_path: Path
) -> None:
    tab = browser.new_page(locale="en-GB")
    service.open(tab, "teach/new")
    tab.fill("#name", "Zoë")
    tab.check("input[value=self]")
    tab.click("form button.primary")
    tab.wait_for_selector("drop-zone")
    photos = [tmp_path / f"{number}.jpg" for number in range(3)]
    for number, photo in enumerate(photos):
        photo.write_bytes(page_mock.picture(5, number, 200))
    tab.locator("drop-zone input[multiple]").first.set_input_files(photos)
    tab.wait_for_function("document.querySelectorAll('.sample').length === 3")
    tab.get_by_role("button", name="Learn this face").click()
    tab.wait_for_selector(".notice.good")
    tab.close()


def test_without_the_launch_token_nothing_is_shown(browser: Browser, service: Service) -> None:
    tab = browser.new_page(locale="en-GB")
    tab.goto(f"{service.address}/#/teach")
    tab.wait_for_selector(".empty h2")
    assert tab.inner_text("h2") == "Please open this page through Semblante"
    tab.close()
