"""The page in Chromium, on the service as it is."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import uvicorn
from api_client import settings_for
from playwright.sync_api import Browser, Page, sync_playwright

from semblante.api import Engine, create_app

Scheme = Literal["light", "dark"]

CHROMIUM = Path(shutil.which("chromium") or "/usr/bin/chromium")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@dataclass(frozen=True)
class Service:
    """A service that listens, at an address."""

    address: str
    engine: Engine

    def open(self, page: Page, view: str = "teach") -> None:
        """Show a view in a tab, which begins a session where its browser has none yet."""
        if not any(each.get("name", "").startswith("semblante") for each in page.context.cookies()):
            page.goto(f"{self.address}/#launch={self.engine.sessions.new_launch_token()}")
            page.wait_for_selector("main h1")
        page.goto("about:blank")
        page.goto(f"{self.address}/#/{view}")
        page.wait_for_selector("main h1")


@contextmanager
def page_service(folder: Path) -> Iterator["Service"]:
    """A service on a data folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Engine(settings_for(folder, port=port)) as engine:
        app = create_app(engine)
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        try:
            yield Service(f"http://127.0.0.1:{port}", engine)
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def quiet_tab(
    browser: Browser,
    language: str = "en",
    width: int = 1280,
    scheme: Scheme = "light",
    is_refused: bool = False,
) -> Iterator[Page]:
    """A tab that fails the test where the page says something to the console.

    A request may be refused there where `is_refused` wants that.
    """
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, locale=f"{language}-ES"
    )
    tab = context.new_page()
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    yield tab
    context.close()
    complaints = [each for each in said if not (is_refused and each.startswith("Failed to load resource"))]
    assert not complaints, complaints


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """The system's Chromium, without a window, with these arguments more."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *more])
        try:
            yield browser
        finally:
            browser.close()
