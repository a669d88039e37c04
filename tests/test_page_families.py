"""Growing up, on the page: a birth date, photos by age, the years that are missing."""

from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")

from fake_photos import Shown, made_up_photo
from page_browser import CHROMIUM
from page_made_up import assert_usable, made_up_service, made_up_tab
from playwright.sync_api import Browser, expect

from semblante.pipeline import PersonDetails
from semblante.types import Consent

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")

NOA = 4


def test_photos_are_shown_by_age_and_the_missing_years_are_asked_for(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("semblante.pipeline.given_photos.keep_faces_of", lambda *_: None)
    with made_up_service(tmp_path, monkeypatch) as service:
        library = service.engine.library
        consent = Consent("parent", date(2026, 11, 1), "")
        noa = library.add_person(PersonDetails("Noa", consent, date(2016, 3, 9)))
        contents = [made_up_photo(Shown(NOA), salt=number) for number in range(3)]
        library.give_images(noa.id, contents, "positive", service.engine.analyzer)
        with made_up_tab(browser, "es", 360) as tab:
            service.open(tab, f"teach/{noa.id}")
            assert "9 mar 2016" in tab.inner_text("main header")
            days = tab.locator(".sample input[type=date]")
            expect(days).to_have_count(3)
            for number, day in enumerate(("2019-01-01", "2019-06-01", "2024-06-01")):
                with tab.expect_response(lambda answer: answer.request.method == "PATCH"):
                    days.nth(number).fill(day)
            service.open(tab, f"teach/{noa.id}")
            years = tab.locator(".years li")
            expect(years.nth(8)).to_contain_text("Edad 8: 1 foto")
            expect(years.nth(5)).to_contain_text("Edad 5: 0 fotos")
            assert "de 10 a 13 años" in tab.inner_text(".steps")
            assert_usable(tab)

            # An adult has many years, of which some are labelled.
            tab.get_by_role("button", name="Cambiar los datos").click()
            tab.fill("dialog #birth", "1938-03-09")
            tab.locator("dialog button.primary").click()
            expect(tab.locator(".years.many")).to_be_visible()
            assert_usable(tab)
            tab.get_by_role("button", name="Cambiar los datos").click()
            tab.fill("dialog #birth", "")
            tab.locator("dialog button.primary").click()
            expect(years).to_have_count(0)
