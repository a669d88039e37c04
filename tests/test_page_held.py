"""What is held, on the page: the passphrase, the receipt of forgetting, export and import, all erased."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")

from encrypted_store import (
    PASSPHRASE,
    cheap_scrypt,  # noqa: F401 (a fixture)
)
from fake_photos import Shown
from page_browser import CHROMIUM, Service
from page_made_up import assert_usable, learn, made_up_service, made_up_tab, show_photos
from playwright.sync_api import Browser, Page, expect

from semblante.organize.journal import Step, journal

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")

ANA, STRANGER = 1, 3


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """One that knows Ana, who is in three photos, two of them with a stranger."""
    with made_up_service(tmp_path, monkeypatch) as opened:
        both = (Shown(ANA), Shown(STRANGER))
        show_photos(opened, tmp_path / "photos", both, both, (Shown(ANA),))
        learn(opened, "Ana", ANA)
        yield opened


def press(tab: Page, name: str) -> None:
    tab.get_by_role("button", name=name, exact=True).click()


def type_passphrases(tab: Page, **fields: str) -> None:
    for name, value in fields.items():
        tab.fill(f"dialog [name={name}]", value)


def test_a_passphrase_is_set_changed_asked_for_and_taken_off(browser: Browser, service: Service) -> None:
    vault = service.engine.library.vault
    with made_up_tab(browser, is_refused=True) as tab:
        service.open(tab, "held")
        press(tab, "Set a passphrase")
        assert "A lost passphrase loses everything" in tab.inner_text("dialog")
        assert_usable(tab)
        assert tab.get_by_text("At least 8 characters", exact=True).is_visible()
        type_passphrases(tab, passphrase="short", again="short")
        press(tab, "Encrypt")
        assert tab.evaluate("document.querySelector('dialog [name=passphrase]').validationMessage") == (
            "At least 8 characters"
        )
        type_passphrases(tab, passphrase=PASSPHRASE, again="something else")
        press(tab, "Encrypt")
        assert tab.evaluate("document.querySelector('dialog [name=again]').validationMessage") == (
            "The two are not the same."
        )
        type_passphrases(tab, again=PASSPHRASE)
        press(tab, "Encrypt")
        expect(tab.get_by_role("button", name="Lock now")).to_be_visible()
        assert vault.is_encrypted and not vault.is_locked
        assert_usable(tab)

        tab.get_by_label("Locks itself without use after").select_option("30 minutes")
        expect(tab.locator(".toast", has_text="30 minutes")).to_be_visible()
        assert service.engine.library.auto_lock_minutes == 30

        press(tab, "Change the passphrase")
        type_passphrases(tab, current="not this one", passphrase="another one", again="another one")
        press(tab, "Change")
        expect(tab.locator("dialog .notice.danger")).to_have_text("the passphrase is wrong")
        type_passphrases(tab, current=PASSPHRASE)
        press(tab, "Change")
        expect(tab.locator("dialog")).to_have_count(0)

        press(tab, "Lock now")
        expect(tab.locator("h1")).to_have_text("The library is locked")
        assert vault.is_locked
        assert_usable(tab)
        tab.fill("#passphrase", PASSPHRASE)
        press(tab, "Unlock")
        expect(tab.locator(".notice.danger")).to_have_text("the passphrase is wrong")
        tab.keyboard.type("another one")
        tab.keyboard.press("Enter")
        expect(tab.locator("h1")).to_have_text("What is held")

        press(tab, "Take the passphrase off")
        type_passphrases(tab, current="another one")
        press(tab, "Take it off")
        expect(tab.get_by_role("button", name="Set a passphrase")).to_be_visible()
        assert not vault.is_encrypted


def test_a_library_that_locked_itself_asks_for_its_passphrase(browser: Browser, service: Service) -> None:
    service.engine.library.vault.encrypt(PASSPHRASE)
    with made_up_tab(browser, is_refused=True) as tab:
        service.open(tab, "library/folders")
        service.engine.library.vault.lock()
        press(tab, "Scan all folders")
        expect(tab.locator("h1")).to_have_text("The library is locked")
        tab.fill("#passphrase", PASSPHRASE)
        press(tab, "Unlock")
        expect(tab.locator("h1")).to_have_text("Library")


def test_a_receipt_says_what_it_decrypted_and_what_names_the_person_still(
    browser: Browser, service: Service, tmp_path: Path
) -> None:
    show_photos(service, tmp_path / "Ana", (Shown(ANA),))
    library = service.engine.library
    library.vault.encrypt(PASSPHRASE)
    with journal(library.folder, "Ana", "copy") as run:
        run.done(run.intend(Step("folder", tmp_path / "out")))
    with made_up_tab(browser) as tab:
        service.open(tab, f"held/forget/{library.known_people()[0].id}")
        press(tab, "Forget Ana")
        expect(tab.locator(".notice.good")).to_contain_text(
            "Ana is forgotten. Nothing was left, except the name in "
        )
        receipt = tab.locator(".receipt").inner_text()
        assert "searched decrypted · found: 0" in receipt and "1 journal of a sort" in receipt
        assert_usable(tab)


def test_erasing_everything_says_that_encryption_ends(browser: Browser, service: Service) -> None:
    service.engine.library.vault.encrypt(PASSPHRASE)
    with made_up_tab(browser) as tab:
        service.open(tab, "held")
        assert tab.locator("header code").inner_text() == str(service.engine.folder)
        press(tab, "Stop and erase everything")
        assert "The passphrase goes too" in tab.inner_text("dialog")
        press(tab, "Erase everything")
        expect(tab.locator("h1")).to_have_text("Everything is erased")
        assert "is not encrypted" in tab.inner_text(".view")


def test_forgetting_ends_with_a_receipt(browser: Browser, service: Service, tmp_path: Path) -> None:
    with made_up_tab(browser) as tab:
        service.open(tab, "held")
        with tab.expect_download() as exported:
            tab.get_by_role("link", name="Export").click()
        exported.value.save_as(tmp_path / "ana.zip")
        tab.get_by_role("link", name="Forget").click()
        press(tab, "Forget Ana")
        receipt = tab.locator(".receipt")
        expect(tab.locator(".notice.good")).to_have_text("Ana is forgotten. Nothing was left.")
        assert "1 name, 1 neuron, 3 faces" in receipt.inner_text()
        assert "library.sqlite" in receipt.inner_text() and "found: 0" in receipt.inner_text()
        assert_usable(tab)
        with tab.expect_download() as saved:
            press(tab, "Save the receipt")
        content = json.loads(saved.value.path().read_text())
        assert content["left"] == 0 and "Ana" not in json.dumps(content)
        assert service.engine.library.known_people() == ()

        tab.get_by_role("link", name="Back to what is held").click()
        expect(tab.locator(".empty h2")).to_have_text("Nothing of anybody")
        assert_usable(tab)
        tab.locator("input[type=file]").set_input_files(tmp_path / "ana.zip")
        expect(tab.locator(".card h3")).to_have_text("Ana")
        assert [each.name for each in service.engine.library.known_people()] == ["Ana"]


def test_everything_is_erased_by_one_button(browser: Browser, service: Service) -> None:
    with made_up_tab(browser, "es", 360, "dark") as tab:
        service.open(tab, "held")
        press(tab, "Parar y borrarlo todo")
        assert_usable(tab)
        press(tab, "Borrarlo todo")
        expect(tab.locator("h1")).to_have_text("Todo está borrado")
        assert "library.sqlite" in tab.inner_text(".receipt")
        assert_usable(tab)
        assert service.engine.library.known_people() == () and service.engine.library.is_empty
