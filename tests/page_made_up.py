"""The page on made-up photos, whose faces are numbers: quick, and everything is as the test wants it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from axe import violations
from fake_photos import BASE, FakeReader, Shown, made_up_analyzer, write_photo
from page_browser import Scheme, Service, page_service, quiet_tab
from playwright.sync_api import Browser, Page, expect
from test_pipeline_library import person

from semblante.library import scan
from semblante.person import person_as_json
from semblante.pipeline import PersonDetails
from semblante.types import Consent

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>'
SLOW_MS = 60_000
"""On a busy machine a step may take so long."""
expect.set_options(timeout=SLOW_MS)
CONSENT = Consent("self", date(2026, 10, 3), "")


@contextmanager
def made_up_service(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A service that knows nothing yet and reads made-up photos."""
    with page_service(folder / "data") as service:
        service.engine._analyzer = made_up_analyzer(folder / "base", monkeypatch)
        yield service


def show_photos(service: Service, folder: Path, *shown: tuple[Shown, ...]) -> Path:
    """Photos of these faces in a folder that the library has and has scanned."""
    for number, faces in enumerate(shown):
        write_photo(folder / f"{number}.jpg", *faces, salt=number)
    library = service.engine.library
    library.add_folder(str(folder))
    scan(library.store, [folder], FakeReader(), BASE)
    return folder


def learn(service: Service, name: str, who: int) -> int:
    """Somebody known, who agreed; gives the number."""
    library = service.engine.library
    known = library.add_person(PersonDetails(name, CONSENT, None))
    library.store.keep_person(person_as_json(person(who, name)), name, ())
    return known.id


@contextmanager
def made_up_tab(
    browser: Browser,
    language: str = "en",
    width: int = 1280,
    scheme: Scheme = "light",
    is_refused: bool = False,
) -> Iterator[Page]:
    """A `quiet_tab` in which every small picture is the same one."""
    with quiet_tab(browser, language, width, scheme, is_refused) as tab:
        tab.set_default_timeout(SLOW_MS)
        for kind in ("thumbnail", "picture?*"):
            tab.route(f"**/{kind}", lambda route: route.fulfill(body=PICTURE, content_type="image/svg+xml"))
        yield tab


def assert_usable(tab: Page) -> None:
    """Nothing keeps people from using what is shown: axe finds nothing, and it fits the screen."""
    found = violations(tab)
    assert not found, found
    assert not tab.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert "{" not in tab.inner_text("body")
