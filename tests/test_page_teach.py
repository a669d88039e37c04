"""Teach, Recognise and How it works in a browser: what a person does there, to the answer."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")

from axe import violations
from page_browser import CHROMIUM, Service, page_service, quiet_tab
from page_people import LEARNT, SEED, fill
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, Page, expect

from semblante.generate import write_person
from semblante.pipeline import PersonDetails
from semblante.types import Consent

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")

SLOW_MS = 60_000
AGREED = Consent("told", date(2026, 10, 3), "")


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


def test_a_photo_given_twice_is_there_once_and_what_cannot_teach_says_why(
    page: Page, service: Service, tmp_path: Path
) -> None:
    person = service.engine.library.add_person(PersonDetails("Once", AGREED, None))
    service.open(page, f"teach/{person.id}")
    photos = write_person(tmp_path, "once", seed=SEED, person=12, count=9)
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    given = [*photos, photos[0], tmp_path / "broken.jpg"]
    page.locator("section > drop-zone input[multiple]").set_input_files(given)
    refused = page.locator(".refused", has_text="broken.jpg")
    refused.wait_for(timeout=SLOW_MS)
    expect(page.locator("progress")).to_have_count(0)
    assert "Not a picture" in refused.inner_text()
    assert page.locator(".sample .file", has_text=photos[1].name).count() == 1
    listed = [
        each.given.photo for each in service.engine.library.given_faces(person.id, service.engine.analyzer)
    ]
    shown = page.locator(".sample:not(.refused)")
    expect(shown).to_have_count(len(listed))
    order = "samples => samples.map(each => each.dataset.photo)"
    assert shown.evaluate_all(order) == listed
    page.get_by_role("button", name="Take this photo out").first.click()
    expect(shown).to_have_count(len(listed) - 1)
    page.get_by_role("button", name="Dismiss broken.jpg").click()
    expect(refused).to_have_count(0)


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


def test_an_answer_says_why(page: Page, service: Service, tmp_path: Path) -> None:
    """The quality issue with its limit, the nearest taught photos, the places in the face."""
    (photo,) = write_person(tmp_path, "ana", seed=SEED, person=LEARNT["Ana López"][0], count=8)[7:]
    with Image.open(photo) as opened:
        small = opened.filter(ImageFilter.GaussianBlur(4)).resize((opened.width // 2, opened.height // 2))
    small.save(tmp_path / "blurred.jpg")
    service.open(page, "recognise")
    page.set_input_files("input[type=file]", tmp_path / "blurred.jpg")
    answer = page.locator(".answer")
    answer.wait_for(timeout=SLOW_MS)
    assert re.search(r"It is blurred\. Measured 0\.\d\d; at least 0\.\d\d is needed\.", answer.inner_text())
    assert "1 in 1,000 strangers gets a wrong yes" in answer.inner_text()
    enlarged = page.locator("face-photo > canvas").evaluate("photo => photo.clientWidth / photo.width")
    assert enlarged > 1.5, "a small photo is shown as large as a large one"
    page.locator(".box").focus()
    page.keyboard.press("Enter")
    assert page.locator(".box").get_attribute("aria-pressed") == "true"
    page.get_by_text("Why?").first.press("Enter")
    page.wait_for_selector(".heat canvas", timeout=SLOW_MS)
    assert re.search(r"speaks most for “Ana López”: .+ \(−?\d\.\d\d logits\)", answer.inner_text())
    page.get_by_text("Attributes").press("Enter")
    assert page.locator(".answer figure img.face").count() >= 3
    assert page.locator(".attributes li").first.is_visible()
    assert violations(page) == []


def test_photos_are_dropped_and_other_files_are_said_to_be_left_out(
    page: Page, service: Service, tmp_path: Path
) -> None:
    service.open(page, "recognise")
    (photo,) = write_person(tmp_path, "drop", seed=SEED, person=7, count=1)
    dropped = page.evaluate_handle(
        """bytes => {
            const files = new DataTransfer();
            files.items.add(new File(["text"], "notes.txt", { type: "text/plain" }));
            files.items.add(new File([Uint8Array.from(bytes)], "a.jpg", { type: "image/jpeg" }));
            return files;
        }""",
        list(photo.read_bytes()),
    )
    page.locator("drop-zone").dispatch_event("drop", {"dataTransfer": dropped})
    page.get_by_text("Nobody that is known").wait_for(timeout=SLOW_MS)
    assert page.get_by_text("Likeliest of those looked for:").is_visible()


def test_teaching_needs_no_mouse(page: Page, service: Service) -> None:
    service.open(page, "teach")

    def walk_to(what: str, most: int = 20) -> None:
        for _ in range(most):
            page.keyboard.press("Tab")
            if what in page.evaluate("document.activeElement.textContent + document.activeElement.id"):
                return
        raise AssertionError(f"no way to {what}")

    walk_to("Teach somebody new")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Whose face is it?").wait_for()
    walk_to("name")
    page.keyboard.type("Κλειώ")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    walk_to("note")
    page.keyboard.type("she asked for it")
    walk_to("Go on to the photos")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Κλειώ").wait_for()
    assert page.get_by_text("“she asked for it”").is_visible()
    walk_to("Choose photos")


@pytest.mark.parametrize("width", [360, 2560])
def test_what_was_learnt_fits_every_screen(browser: Browser, service: Service, width: int) -> None:
    (ana,) = [each.id for each in service.engine.library.known_people() if each.name == "Ana López"]
    with quiet_tab(browser, "es", width, "dark") as tab:
        for view, shown in ((f"teach/{ana}", ".neuron"), ("how", ".bars .shown")):
            service.open(tab, view)
            tab.locator(shown).first.wait_for(timeout=SLOW_MS)
            assert not tab.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert violations(tab) == []
