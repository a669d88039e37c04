"""The page in a browser: every view, in both languages, narrow and wide, light and dark."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")

from axe import violations
from page_browser import CHROMIUM, Scheme, Service, page_service, quiet_tab
from page_people import LEARNT, SEED, fill
from playwright.sync_api import Browser, Page, expect

from semblante.generate import write_person
from semblante.pipeline import PersonDetails

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")

VIEWS = [
    "teach",
    "teach/new",
    "teach/{ana}",
    "teach/{noa}",
    "recognise",
    "library/photos",
    "library/groups",
    "library/questions/{ana}",
    "library/folders",
    "library/sorts",
    "library/history",
    "how",
    "held",
    "held/forget/{ana}",
]
WAYS: list[tuple[str, int, Scheme]] = [("en", 1280, "light"), ("es", 360, "dark")]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with page_service(tmp_path_factory.mktemp("data")) as opened:
        fill(opened.engine, tmp_path_factory.mktemp("photos"))
        yield opened


def ids_of(service: Service) -> dict[str, int]:
    """The people whom the views are about."""
    numbers = {person.name: person.id for person in service.engine.library.known_people()}
    return {"ana": numbers["Ana López"], "noa": numbers["Noa Lindqvist"]}


def drawn(folder: Path, name: str, first: int, count: int, person: int | None = None) -> list[Path]:
    """Further photos of a drawn person."""
    number = LEARNT[name][0] if person is None else person
    return write_person(folder, "photo", seed=SEED, person=number, count=first + count)[first:]


@pytest.fixture(params=WAYS, ids=lambda way: "-".join(map(str, way)))
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A tab that fails the test where the page says something to the console."""
    with quiet_tab(browser, *request.param) as tab:
        yield tab


def test_every_view_can_be_used_by_everybody(page: Page, service: Service) -> None:
    problems = {}
    ids = ids_of(service)
    for view in VIEWS:
        service.open(page, view.format(**ids))
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
    page.set_input_files("input[type=file]", drawn(tmp_path, "Ana López", 7, 1)[0])
    page.wait_for_selector(".answer")
    assert page.locator(".box").count() == 1
    page.locator(".answer summary").first.click()
    page.wait_for_selector(".heat canvas")
    assert page.locator(".answer .chip").count() >= 1


def test_one_key_answers_a_question(page: Page, service: Service) -> None:
    """The question is made up: nothing of the drawn photos need be unsure."""
    ana = ids_of(service)["ana"]
    (face, *_) = (each.face for each in service.engine.library.store.taught("Ana López"))
    question = {"face": f"{face.photo}-{face.index}", "photo": "a.jpg", "probability": 0.4}
    page.route(
        "**/api/v1/people/*/questions*",
        lambda route: route.fulfill(json={"left": 1, "questions": [question]}),
    )
    page.route("**/answers", lambda route: route.fulfill(json={"changed": 1, "left": 0}))
    page.route("**/answers/*", lambda route: route.fulfill(status=204))
    service.open(page, f"library/questions/{ana}")
    with page.expect_request("**/answers") as sent:
        page.keyboard.press("y")
    assert sent.value.post_data_json == [{"face": question["face"], "answer": "yes"}]
    page.wait_for_selector(".toast button")
    with page.expect_request(lambda request: request.method == "DELETE"):
        page.locator(".toast button").click()


def test_names_are_text_whatever_they_hold(browser: Browser, service: Service) -> None:
    name = "<img src=x onerror=alert(1)>"
    library = service.engine.library
    library.add_person(PersonDetails(name, None, None))
    tab = browser.new_page()
    try:
        service.open(tab, "teach")
        assert tab.locator("strong", has_text=name).count() == 1
        assert tab.locator("main img[src=x]").count() == 0
    finally:
        library.undo()
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
    learn = tab.get_by_role("button", name="Learn this face")
    assert learn.is_disabled()
    tab.locator("drop-zone input[multiple]").first.set_input_files(drawn(tmp_path, "Zoë", 0, 7, person=1))
    expect(tab.locator(".sample")).to_have_count(7, timeout=30_000)
    tab.wait_for_selector("button.primary:not(:disabled):has-text('Learn this face')")
    learn.click()
    tab.wait_for_selector(".neuron")
    assert tab.locator("line-chart").count() == 1
    tab.close()


def test_without_the_launch_token_nothing_is_shown(browser: Browser, service: Service) -> None:
    tab = browser.new_page(locale="en-GB")
    tab.goto(f"{service.address}/#/teach")
    tab.wait_for_selector(".empty h2")
    assert tab.inner_text("h2") == "Please open this page through Semblante"
    tab.close()


def test_a_grid_of_100_000_faces_holds_only_those_in_sight(browser: Browser, service: Service) -> None:
    tab = browser.new_page(viewport={"width": 1280, "height": 800})
    service.open(tab, "teach")
    tab.evaluate(
        """() => {
            const grid = document.createElement("virtual-grid");
            const cell = (item) => Object.assign(document.createElement("button"), { textContent: item });
            let left = [Array.from({ length: 100_000 }, (_, place) => place)];
            const more = async () => left.pop() ?? null;
            grid.options = { cell, more, width: 150, height: 150, label: "all" };
            document.querySelector("main").replaceChildren(grid);
        }"""
    )
    tab.wait_for_selector("virtual-grid button")
    expect(tab.locator("virtual-grid")).to_have_css("height", re.compile(r"^\d{7,}px$|e\+06px$"))
    assert tab.locator("virtual-grid button").count() < 200
    passing = tab.evaluate(
        """() => new Promise((seen) => {
            const grid = document.querySelector("virtual-grid");
            const cells = new MutationObserver(() => seen(grid.querySelectorAll(".passing").length));
            cells.observe(grid, { childList: true });
            window.scrollTo(0, document.body.scrollHeight);
        })"""
    )
    tab.wait_for_selector("virtual-grid button:text-is('99999')")
    assert passing > 0, "what is scrolled past quickly shows no pictures"
    expect(tab.locator("virtual-grid .passing")).to_have_count(0)
    assert tab.locator("virtual-grid button").count() < 200
    tab.locator("virtual-grid button:text-is('99999')").focus()
    tab.keyboard.press("ArrowLeft")
    assert tab.evaluate("document.activeElement.textContent") == "99998"
    tab.close()
