"""How the page reacts at once: answers in a row, a view that is left, fields that cannot be taken."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")

from fake_photos import Shown
from page_browser import CHROMIUM, Service
from page_made_up import assert_usable, learn, made_up_service, made_up_tab, show_photos
from playwright.sync_api import Browser, Route, expect

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")

ANA = 1
FACES = [f"{number:064x}-0" for number in range(7)]


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with made_up_service(tmp_path, monkeypatch) as opened:
        yield opened


def test_every_answer_counts_while_others_are_learnt(browser: Browser, service: Service) -> None:
    number = learn(service, "Ana", ANA)
    given: list[list[dict[str, str]]] = []
    held: list[Route] = []
    answered: set[str] = set()

    def ask(route: Route) -> None:
        listed = [{"face": face, "photo": "a.jpg", "probability": 0.4} for face in FACES]
        listed = [each for each in listed if each["face"] not in answered]
        route.fulfill(json={"left": len(listed), "questions": listed})

    def take(route: Route) -> None:
        answers: list[dict[str, str]] = route.request.post_data_json or []
        given.append(answers)
        answered.update(each["face"] for each in answers)
        if len(given) == 1:
            held.append(route)
        else:
            route.fulfill(json={"changed": len(answers), "left": 0, "look_alikes": []})

    def take_back(route: Route) -> None:
        answered.discard(route.request.url.rpartition("/")[2])
        route.fulfill(status=204)

    with made_up_tab(browser) as tab:
        tab.route("**/questions?*", ask)
        tab.route("**/answers", take)
        tab.route("**/answers/*", take_back)
        service.open(tab, f"library/questions/{number}")
        shown = tab.locator(".pair img").first
        for place, key in enumerate(("n", "y", "Space", "n")):
            expect(shown).to_have_attribute("src", re.compile(FACES[place]))
            tab.keyboard.press(key)
        expect(shown).to_have_attribute("src", re.compile(FACES[4]))
        expect(tab.get_by_text("3 questions left · learning …", exact=True)).to_be_visible()
        assert_usable(tab)
        assert given == [[{"face": FACES[0], "answer": "no"}]]
        held[0].fulfill(json={"changed": 1, "left": 6, "look_alikes": []})
        several = tab.locator(".toast", has_text="2 answers about Ana are learnt.")
        expect(several).to_be_visible()
        assert given[1:] == [[{"face": FACES[1], "answer": "yes"}, {"face": FACES[3], "answer": "no"}]]
        expect(tab.get_by_text("3 questions left", exact=True)).to_be_visible()
        several.get_by_role("button", name="Undo").click()
        expect(tab.get_by_text("5 questions left", exact=True)).to_be_visible()
        expect(shown).to_have_attribute("src", re.compile(FACES[3]))

        # The second click of a double click, and a key that is held down, answer nothing more.
        tab.get_by_role("button", name="Yes").dblclick()
        expect(shown).to_have_attribute("src", re.compile(FACES[1]))
        tab.keyboard.down("n")
        tab.keyboard.down("n")
        tab.keyboard.up("n")
        for place in (4, 5, 6):
            expect(shown).to_have_attribute("src", re.compile(FACES[place]))
            tab.keyboard.press("y")
        expect(tab.locator(".empty")).to_contain_text("1 question was passed over.")
        assert sum(map(len, given)) == 3 + 5


def test_a_dialog_closes_with_its_view(browser: Browser, service: Service, tmp_path: Path) -> None:
    show_photos(service, tmp_path / "photos", *[(Shown(ANA),)] * 5)
    with made_up_tab(browser) as tab:
        service.open(tab, "library/groups")
        tab.get_by_role("button", name="Give a name").click()
        expect(tab.locator("dialog")).to_be_visible()
        tab.evaluate("location.hash = '#/library/sorts'")
        expect(tab.locator("dialog")).to_have_count(0)
        expect(tab.locator(".tabs [aria-current]")).to_have_text("Sort and export")


def test_a_tab_is_marked_as_soon_as_it_is_opened(browser: Browser, service: Service) -> None:
    held: list[Route] = []
    with made_up_tab(browser) as tab:
        service.open(tab, "library/folders")
        tab.route("**/changes?*", lambda route: held.append(route))
        with tab.expect_request("**/changes?*"):
            tab.get_by_role("link", name="History").click()
        main, current = tab.locator("main"), tab.locator(".tabs [aria-current]")
        expect(current).to_have_text("History")
        expect(main).to_have_attribute("aria-busy", "true")
        held[0].continue_()
        expect(main).not_to_have_attribute("aria-busy", "true")
        expect(current).to_have_text("History")


def test_fields_speak_the_language_of_the_page(browser: Browser, service: Service) -> None:
    def complaint(field: str) -> str:
        said: str = tab.eval_on_selector(field, "field => field.validationMessage")
        return said

    with made_up_tab(browser) as tab:
        service.open(tab, "teach/new")
        tab.get_by_role("button", name="Español").click()
        send = tab.get_by_role("button", name="Continuar con las fotos")
        send.click()
        assert complaint("#name") == "Rellene este campo."
        assert complaint("input[name=who]") == "Elija una de estas opciones."
        tab.fill("#name", "Zoë")
        tab.check("input[value=told]")
        tab.fill("#birth", "9999-01-01")
        send.click()
        assert complaint("#birth") == "Este día aún no ha llegado."
        tab.fill("#birth", "")
        send.click()
        expect(tab.locator(".toast", has_text="Se añadió a Zoë. Ahora muestre fotos.")).to_be_visible()
        expect(tab.locator("h1")).to_have_text("Zoë")
