"""The library on the page: folders and scans, people and groups, photos, sorts, the history."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")

from fake_photos import NoNetwork, Shown, write_photo
from page_browser import CHROMIUM, Service
from page_made_up import CONSENT, assert_usable, learn, made_up_service, made_up_tab, show_photos
from playwright.sync_api import Browser, Page, expect

from semblante.pipeline import PersonDetails

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")

ANA, BO, ZOE = 1, 2, 3


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with made_up_service(tmp_path, monkeypatch) as opened:
        yield opened


def press(tab: Page, name: str) -> None:
    tab.get_by_role("button", name=name, exact=True).click()


def said(tab: Page, text: str) -> None:
    expect(tab.locator(".toast", has_text=text)).to_be_visible()


class Halting(NoNetwork):
    """Reads one photo, and the others once it may."""

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        self.may_go_on = threading.Event()

    def analyze_many(self, *arguments: Any, **others: Any) -> Iterator[Any]:
        for number, photo in enumerate(super().analyze_many(*arguments, **others)):
            if number:
                assert self.may_go_on.wait(30)
            yield photo


def test_a_scan_is_followed_stopped_and_goes_on(browser: Browser, service: Service, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    for number in range(40):
        write_photo(photos / f"{number:02}.jpg", Shown(ANA), salt=number)
    (photos / "99 <b>damaged.jpg").write_text("no photo")
    halting = Halting(service.engine.analyzer.bundle)
    service.engine._analyzer = halting
    with made_up_tab(browser) as tab:
        tab.route("**/places*", lambda route: route.fulfill(json=place(photos)))
        service.open(tab, "library/folders")
        expect(tab.locator(".empty h2")).to_have_text("No folder yet")
        assert_usable(tab)
        tab.route("**/api/v1/model", lambda route: route.fulfill(json={"attributes": []}))
        service.open(tab, "library/photos")
        press(tab, "Add a folder")
        expect(tab.locator("dialog h2")).to_have_text("Which folder has the photos?")
        expect(tab.locator("dialog")).to_contain_text("41 photos lie right here")
        assert_usable(tab)
        press(tab, "Use this folder")
        expect(tab.locator("job-progress")).to_contain_text("of 41")
        expect(tab.locator(".tabs [aria-current]")).to_have_text("Folders")
        expect(tab.locator(".timeline li")).to_contain_text(str(photos))
        press(tab, "Stop")
        expect(tab.get_by_role("button", name="Stopping …")).to_be_disabled()
        halting.may_go_on.set()
        expect(tab.get_by_role("button", name="Go on with the scan")).to_be_visible()
        assert "Stopped. What was done is kept." in tab.inner_text("job-progress")

        service.open(tab, "library/folders")
        assert_usable(tab)
        press(tab, "Go on with the scan")
        expect(tab.locator("job-progress")).to_contain_text("Done")
        expect(tab.locator(".timeline li")).to_contain_text("41 photos")
        tab.locator("job-progress summary").click()
        failed = tab.locator("job-progress li")
        expect(failed).to_contain_text("99 <b>damaged.jpg: it is damaged")
        assert_usable(tab)

        press(tab, "Ignore strangers here")
        said(tab, "Strangers in this folder are ignored for good.")
        expect(tab.locator(".timeline li")).to_contain_text("strangers are ignored")
        press(tab, "Leave out")
        press(tab, "Cancel")
        press(tab, "Leave out")
        tab.locator("dialog").get_by_role("button", name="Leave out").click()
        expect(tab.locator(".empty h2")).to_have_text("No folder yet")
        assert (photos / "00.jpg").exists()


def place(folder: Path) -> dict[str, Any]:
    here = {"path": str(folder), "name": folder.name}
    return {"here": here, "above": None, "folders": [], "photos": 41}


def groups_of(service: Service, folder: Path, *people: tuple[int, int]) -> None:
    """Photos of so many people, each in so many."""
    photos = [(Shown(who),) for who, count in people for _ in range(count)]
    show_photos(service, folder, *photos)


def test_groups_are_merged_split_and_ignored(browser: Browser, service: Service, tmp_path: Path) -> None:
    groups_of(service, tmp_path / "photos", (ANA, 5), (BO, 4))
    with made_up_tab(browser) as tab:
        service.open(tab, "library/groups")
        cards = tab.locator(".card.group")
        expect(cards).to_have_count(2)
        expect(cards.first).to_contain_text("5 photos")
        assert_usable(tab)
        cards.first.get_by_role("button", name="Merge").click()
        tab.locator("dialog").get_by_role("button", name="Merge").click()
        expect(tab.locator("dialog .notice")).to_contain_text("Choose at least one group.")
        tab.locator("dialog input[type=checkbox]").check()
        assert_usable(tab)
        tab.locator("dialog").get_by_role("button", name="Merge").click()
        expect(cards).to_have_count(1)
        expect(cards.first).to_contain_text("9 photos")
        expect(tab.get_by_role("button", name="Merge")).to_have_count(0)

        tab.get_by_role("link", name="See all, or split").click()
        expect(tab.locator(".parts")).to_contain_text("5 faces")
        assert_usable(tab)
        press(tab, "Split like this")
        said(tab, "The group is split.")
        expect(cards).to_have_count(2)
        tab.locator(".toast", has_text="split").get_by_role("button").click()
        expect(cards).to_have_count(1)

        tab.get_by_role("link", name="See all, or split").click()
        picks = tab.locator(".pick")
        picks.nth(0).click()
        picks.nth(1).focus()
        tab.keyboard.press("Space")
        press(tab, "Split off 2 chosen faces")
        expect(cards).to_have_count(2)
        expect(cards.first).to_contain_text("7 photos")

        cards.last.get_by_role("button", name="Ignore").click()
        expect(cards).to_have_count(1)
        tab.get_by_role("link", name="2 faces are ignored").click()
        press(tab, "Ask about these again")
        expect(tab.locator(".empty h2")).to_have_text("No ignored groups")
        assert_usable(tab)


def test_a_group_gets_the_name_of_somebody_who_agreed(
    browser: Browser, service: Service, tmp_path: Path
) -> None:
    groups_of(service, tmp_path / "photos", (ANA, 6), (BO, 6))
    library = service.engine.library
    with made_up_tab(browser, is_refused=True) as tab:
        service.open(tab, "library/groups")
        cards = tab.locator(".card.group")
        cards.first.get_by_role("button", name="Name").click()
        tab.fill("#group-name", "Zoë")
        press(tab, "Learn this face")
        assert tab.locator("#group-who:invalid").count() == 1, "nobody is learnt without a consent"
        tab.select_option("#group-who", "told")
        press(tab, "Learn this face")
        said(tab, "Zoë is learnt.")
        expect(cards).to_have_count(1)
        expect(tab.locator(".person")).to_contain_text("Zoë")
        (zoe,) = library.known_people()
        assert zoe.is_learnt and zoe.consent is not None and zoe.consent.who == "told"

        # The other group is unlike: it is asked what that means, and nothing has changed.
        cards.first.get_by_role("button", name="Name").click()
        tab.fill("#group-name", "zoë")
        expect(tab.locator("#group-who")).to_be_hidden()
        press(tab, "Learn this face")
        expect(tab.locator("dialog .notice.danger")).to_be_visible()
        assert_usable(tab)
        press(tab, "Cancel")
        cards.first.get_by_role("button", name="Name").click()
        tab.fill("#group-name", "Bo")
        tab.select_option("#group-who", "self")
        press(tab, "Learn this face")
        expect(tab.locator(".person")).to_have_count(2)
        tab.locator(".toast", has_text="Bo is learnt").get_by_role("button").click()
        expect(tab.locator(".person")).to_have_count(1)
        assert [each.name for each in library.known_people()] == ["Zoë"]
        assert [each.kind for each in library.changes()] == ["name"], "to add her was no change of its own"


def test_two_known_people_become_one(browser: Browser, service: Service, tmp_path: Path) -> None:
    groups_of(service, tmp_path / "photos", (ANA, 6), (BO, 6))
    library, analyzer = service.engine.library, service.engine.analyzer
    for name in ("Ana", "Anna"):
        person = library.add_person(PersonDetails(name, CONSENT, None))
        (group, *_) = [each for each in library.people(analyzer).groups if each.name is None]
        library.name_group_as(group, person, analyzer)
    with made_up_tab(browser, is_refused=True) as tab:
        service.open(tab, "library/groups")
        press(tab, "Two are one person")
        tab.get_by_label("This name goes").select_option("Ana")
        press(tab, "Make them one")
        expect(tab.locator("dialog .notice")).to_contain_text("Ana is one person already")
        tab.get_by_label("This name goes").select_option("Anna")
        assert_usable(tab)
        press(tab, "Make them one")
        expect(tab.locator(".person")).to_have_count(1)
        (ana,) = library.known_people()
        assert (ana.name, ana.photos + ana.yes) == ("Ana", 12)
        tab.locator(".toast", has_text="Ana is one person now").get_by_role("button").click()
        expect(tab.locator(".person")).to_have_count(2)


def test_not_this_person_is_said_of_a_photo_and_taken_back(
    browser: Browser, service: Service, tmp_path: Path
) -> None:
    groups_of(service, tmp_path / "photos", (ANA, 8), (BO, 1))
    library, analyzer = service.engine.library, service.engine.analyzer
    ana = library.add_person(PersonDetails("Ana", CONSENT, None))
    library.name_group_as(library.people(analyzer).groups[0], ana, analyzer)
    attributes = [{"name": "Smiling", "label": "smiling"}]
    with made_up_tab(browser) as tab:
        tab.route("**/api/v1/model", lambda route: route.fulfill(json={"attributes": attributes}))
        service.open(tab, "library/photos")
        expect(tab.locator(".tile .chip.yes")).to_have_count(8)
        for name, nothing in (("verdict", "Any answer"), ("without", "Nothing excluded")):
            expect(tab.locator(f"#filter-{name} option:checked")).to_have_text(nothing)
        tab.select_option("#filter-person", label="Ana")
        expect(tab.locator("[role=status]").first).to_contain_text("8 photos · copies of a photo count once")
        tab.get_by_role("link", name="All photos").click()
        expect(tab.locator(".tile")).to_have_count(9)

        tab.select_option("#filter-with", label="smiling")
        expect(tab.locator(".empty h2")).to_have_text("No photo is like that")
        assert_usable(tab)
        tab.get_by_role("link", name="All photos").click()

        tab.locator(".tile").first.click()
        expect(tab.locator("dialog .sighting")).to_contain_text("Ana")
        assert_usable(tab)
        press(tab, "Not Ana")
        expect(tab.locator("dialog .sighting")).to_contain_text("Nobody that is known")
        expect(tab.locator(".tile .chip")).to_have_count(7)
        tab.locator("dialog .toast button").click()
        expect(tab.locator("dialog .sighting")).to_contain_text("Ana")
        expect(tab.locator(".tile .chip")).to_have_count(8)
        tab.keyboard.press("Escape")
        assert len(library.review("Ana").answers()) == 8
        expect(tab.locator(".tile").first).to_be_focused()
        tab.keyboard.press("ArrowRight")
        tab.keyboard.press("Enter")
        expect(tab.locator("dialog h2")).to_have_text("1.jpg")
        tab.keyboard.press("Escape")
        expect(tab.locator(".tile").nth(1)).to_be_focused()

        tab.locator(".tile").last.click()
        press(tab, "Ignore this face")
        expect(tab.locator("dialog .sighting")).to_contain_text("Ignored")
        tab.get_by_label("Who is this?").select_option("Ana")
        expect(tab.locator("dialog .chip.yes")).to_be_visible()
        tab.keyboard.press("Escape")
        expect(tab.locator(".tile .chip")).to_have_count(9)
        assert len(library.review("Ana").answers()) == 9

        service.open(tab, "library/groups")
        expect(tab.locator(".empty")).to_contain_text("Every face that was found is a known person's")


def test_a_sort_is_shown_done_and_undone(browser: Browser, service: Service, tmp_path: Path) -> None:
    photos = show_photos(service, tmp_path / "photos", *[(Shown(ANA),)] * 30, (Shown(BO),))
    learn(service, "Ana", ANA)
    target = tmp_path / "sorted"
    target.mkdir()
    with made_up_tab(browser) as tab:
        tab.route("**/places*", lambda route: route.fulfill(json=place(target)))
        service.open(tab, "library/sorts")
        press(tab, "Show what would happen")
        expect(tab.locator("dialog h2")).to_have_text("Where should the sorted photos go?")
        expect(tab.locator("dialog strong")).to_have_text(str(target))
        expect(tab.locator("dialog")).not_to_contain_text("right here")
        press(tab, "Use this folder")
        expect(tab.locator(".card h2")).to_have_text("30 photos would be sorted")
        by_name = [str(photos / f"{number}.jpg") for number in range(30)]
        expect(tab.locator(".moves li > span:first-child")).to_have_text(by_name)
        expect(tab.locator(".moves")).to_have_css("overflow-y", "scroll")
        assert_usable(tab)
        assert list(target.iterdir()) == []
        press(tab, "Do it")
        expect(tab.locator(".card h2")).to_have_text("30 photos are sorted")
        assert len(list(target.rglob("*.jpg"))) == 30
        expect(tab.locator(".timeline li")).to_contain_text("30 copies")
        assert_usable(tab)
        with tab.expect_request("**/places?path=*"):
            press(tab, "Show what would happen")
        press(tab, "Close")
        press(tab, "Undo")
        said(tab, "The sort is undone.")
        expect(tab.locator(".timeline .chip")).to_have_text("undone")
        assert list(target.rglob("*.jpg")) == []


def test_every_change_is_in_the_history_and_can_be_taken_back(
    browser: Browser, service: Service, tmp_path: Path
) -> None:
    groups_of(service, tmp_path / "photos", (ANA, 2))
    library = service.engine.library
    for number in range(26):
        library.ignore_folder(tmp_path / f"{number}")
        library.ignore_folder(tmp_path / f"{number}", False)
    with made_up_tab(browser, "es", 360, "dark", is_refused=True) as tab:
        service.open(tab, "library/history")
        expect(tab.locator(".timeline li")).to_have_count(50)
        press(tab, "Mostrar más")
        expect(tab.locator(".timeline li")).to_have_count(52)
        assert_usable(tab)
        tab.locator(".timeline button").nth(1).click()
        said(tab, "El cambio 51 no es el último")
        tab.locator(".timeline button").nth(0).click()
        expect(tab.locator(".timeline li")).to_have_count(50)
        assert len(library.changes()) == 51


def test_names_of_200_letters_fit_every_screen(browser: Browser, service: Service, tmp_path: Path) -> None:
    show_photos(service, tmp_path / ("carpeta_" * 25) / ("otra_" * 40), (Shown(ANA),), (Shown(ANA),))
    number = learn(service, "X" * 200, ANA)
    learn(service, "Y" * 200, BO)
    views = ("groups", f"questions/{number}", "folders", "sorts", "history")
    with made_up_tab(browser, "es", 360) as tab:
        for view in (*(f"library/{each}" for each in views), "held", f"held/forget/{number}"):
            service.open(tab, view)
            assert not tab.evaluate("document.documentElement.scrollWidth > innerWidth"), view
