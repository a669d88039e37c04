"""The page against others in a real browser: names that are markup, other sites' pages, what stays behind."""

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")

from page_browser import CHROMIUM, Service, chromium, page_service, quiet_tab
from page_people import SEED
from playwright.sync_api import Browser, Error, Page

from semblante.api.job_registry import OVER
from semblante.generate import write_person
from semblante.pipeline import PersonDetails
from semblante.types import Consent

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")

MARKUP = '"><img src=x onerror=window.hacked=1><svg onload=window.hacked=1>'
"""It would run where it were taken for more than text."""
VIEWS = [  # Each shows names of people, files, folders or jobs.
    "teach/{person}",
    "recognise",
    "library/photos",
    "library/folders",
    "library/history",
    "held",
    "held/forget/{person}",
]
EVIL = "evil.example"
DAY = date(2026, 1, 2)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(f"--host-resolver-rules=MAP {EVIL} 127.0.0.1") as opened:
        yield opened


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Everything that has a name is called so that it would run as markup."""
    folder = tmp_path_factory.mktemp("photos")
    own = folder / MARKUP.replace("/", "")
    photos = write_person(own, "photo", seed=SEED, person=11, count=3)
    photos[0].rename(own / f"{MARKUP}.jpg")
    (own / f"{MARKUP} damaged.jpg").write_bytes(b"no picture")
    with page_service(tmp_path_factory.mktemp("data")) as opened:
        library, analyzer = opened.engine.library, opened.engine.analyzer
        consent = Consent("told", DAY, MARKUP)
        person = library.add_person(PersonDetails(MARKUP, consent, None))
        contents = [each.read_bytes() for each in sorted(own.glob("photo*"))]
        library.give_images(person.id, contents, "positive", analyzer)
        library.add_folder(str(own))
        scan = opened.engine.jobs.start("scan", lambda job: str(library.scan_folders((), analyzer, job=job)))
        while scan.status.state not in OVER:
            time.sleep(0.05)
        yield opened


def test_no_name_becomes_a_part_of_the_page(browser: Browser, service: Service) -> None:
    (person,) = service.engine.library.known_people()
    with quiet_tab(browser) as tab:
        asked: list[str] = []
        tab.on("request", lambda request: asked.append(request.url))
        shown = ""
        for view in VIEWS:
            service.open(tab, view.format(person=person.id))
            tab.wait_for_timeout(150)
            shown += tab.inner_text("body")
            assert tab.evaluate("window.hacked") is None, view
            assert tab.locator("img[src=x]").count() == 0, view
        assert "onerror=window.hacked" in shown
        elsewhere = {url for url in asked if not url.startswith((service.address, "blob:", "about:"))}
        assert elsewhere == set()


def test_nothing_of_anybody_stays_in_the_browser(browser: Browser, service: Service) -> None:
    """Neither in its stores, nor in what a script can read, nor the launch token in the history."""
    with quiet_tab(browser) as tab:
        service.open(tab, "library/photos")
        tab.wait_for_timeout(200)
        kept = tab.evaluate(
            "async () => [Object.entries(localStorage), Object.entries(sessionStorage), await caches.keys(),"
            " (await indexedDB.databases()).length, document.cookie,"
            " (await navigator.serviceWorker.getRegistrations()).length]"
        )
        assert kept == [[], [], [], 0, "", 0]
        (cookie,) = tab.context.cookies()
        assert cookie["httpOnly"] and cookie["sameSite"] == "Strict" and cookie["domain"] == "127.0.0.1"
        tab.goto("about:blank")
        tab.goto(f"{service.address}/#launch={service.engine.sessions.new_launch_token()}")
        tab.wait_for_selector("main h1")
        assert "launch" not in tab.url
        tab.go_back()
        assert "launch" not in tab.url


def test_a_name_that_leads_here_is_told_nothing(browser: Browser, service: Service) -> None:
    """DNS rebinding: the browser takes the service for the other site's own."""
    port = service.address.rpartition(":")[2]
    with signed_in(browser, service) as tab:
        answer = tab.goto(f"http://{EVIL}:{port}/")
        assert answer is not None and answer.status == 403 and answer.json()["code"] == "host_not_allowed"


TRY = """async (address) => {
  const tried = {};
  const get = (name, url, options) =>
    fetch(url, options).then(
      async (response) => {
        tried[name] = `${response.type} ${response.status} ${(await response.text()).length}`;
      },
      () => { tried[name] = "refused"; });
  await get("read", `${address}/api/v1/people`, { credentials: "include" });
  await get("blind", `${address}/api/v1/people`, { credentials: "include", mode: "no-cors" });
  await get("write", `${address}/api/v1/people`, { credentials: "include", method: "POST", mode: "no-cors",
    body: JSON.stringify({ name: "Eve" }) });
  await get("erase", `${address}/api/v1/holdings`, { credentials: "include", method: "DELETE" });
  await get("script", `${address}/page/scripts/main.js`, { mode: "no-cors" });
  const loads = (tag, url) => new Promise((done) => {
    const element = document.createElement(tag);
    element.onload = () => done("loaded");
    element.onerror = () => done("refused");
    element.src = url;
    document.body.append(element);
    setTimeout(() => done("nothing"), 1500);
  });
  tried.image = await loads("img", `${address}/page/icon.svg`);
  const form = document.createElement("form");
  form.method = "POST"; form.action = `${address}/api/v1/session`;
  form.target = "hidden"; form.enctype = "text/plain";
  const frame = document.createElement("iframe");
  frame.name = "hidden"; document.body.append(frame, form); form.submit();
  const inside = document.createElement("iframe");
  inside.src = address; document.body.append(inside);
  await new Promise((done) => setTimeout(done, 500));
  try { tried.frame = inside.contentDocument ? "read" : "closed"; } catch { tried.frame = "closed"; }
  return tried;
}"""
"""What a page of another site can try with the user's cookie in the browser."""


@pytest.mark.parametrize("host", [EVIL, "127.0.0.1"])
def test_another_page_can_neither_read_nor_write(browser: Browser, service: Service, host: str) -> None:
    """Also one that a program of this machine serves: browsers send it the same cookies."""
    before = [each.name for each in service.engine.library.known_people()]
    with signed_in(browser, service) as tab, other_page() as port:
        tab.goto(f"http://{host}:{port}/")
        tried = tab.evaluate(TRY, service.address)
        hidden = ("refused", "opaque 0 0")
        assert {name: result for name, result in tried.items() if result not in hidden} == {"frame": "closed"}
        assert tried["read"] == tried["erase"] == tried["image"] == "refused"
        # The page itself still works.
        service.open(tab)
    assert [each.name for each in service.engine.library.known_people()] == before


@contextmanager
def signed_in(browser: Browser, service: Service) -> Iterator[Page]:
    """A tab that may say what it likes, whose browser has a session."""
    context = browser.new_context()
    tab = context.new_page()
    service.open(tab)
    try:
        yield tab
    finally:
        context.close()


@contextmanager
def other_page() -> Iterator[int]:
    """The port of an empty page."""

    class Empty(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><body></body>")

        def log_message(self, *_: object) -> None:
            return None

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


def test_no_script_runs_that_is_not_the_page_s_own(browser: Browser, service: Service) -> None:
    """Even where markup got in, the content security policy keeps it from running and from calling out."""
    with signed_in(browser, service) as tab:
        tab.evaluate(
            """() => {
              document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.hacked=1'>");
              const script = document.createElement("script");
              script.textContent = "window.hacked = 1";
              document.body.append(script);
              const style = document.createElement("style");
              style.textContent = "body { display: none }";
              document.head.append(style);
            }"""
        )
        tab.wait_for_timeout(200)
        assert tab.evaluate("window.hacked") is None
        assert tab.evaluate("getComputedStyle(document.body).display") != "none"
        for code in ("eval('1')", "new Function('return 1')()"):
            with pytest.raises(Error):
                tab.add_script_tag(content=code)
        refused = tab.evaluate(f"() => fetch('http://{EVIL}:1/').then(() => 'sent', () => 'refused')")
        assert refused == "refused"
