"""The camera on the page: Chromium is given a film of drawn people in place of one."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")

from axe import violations
from camera_frames import TURNED, Posed, frame_of
from page_browser import CHROMIUM, Service, chromium, page_service
from PIL import Image
from playwright.sync_api import Page
from test_live import NOTHING

from semblante.person import DecisionRule, Neuron, Person, person_as_json
from semblante.pipeline.details import PersonDetails
from semblante.types import Consent

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")

HELD_FRAMES = 8
"""For so many of its frames the film shows one pose."""
SLOW_MS = 90_000


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that knows Ana, who is the drawn person 1, and Bea, who is not learnt yet."""
    with page_service(tmp_path_factory.mktemp("data")) as opened:
        analyzer, library = opened.engine.analyzer, opened.engine.library
        ours, theirs = (analyzer.analyze(frame_of(Posed(each)))[0].embedding for each in (1, 2))
        rule = DecisionRule(1.0, 0.0, 0.02, 0.1)
        neuron = Neuron(40 * (ours - theirs), 0.0, 0.0)
        consent = Consent("self", date(2026, 11, 28), "")
        library.add_person(PersonDetails("Ana", consent))
        ana = Person("Ana", analyzer.bundle.network_sha256, neuron, rule, 5, 5, 5, NOTHING)
        library.store.keep_person(person_as_json(ana), "Ana", [])
        library.add_person(PersonDetails("Bea", consent))
        yield opened


def film(path: Path, poses: Sequence[Posed]) -> Path:
    """A film that shows the poses over and over, as Chromium takes it for a camera."""
    with path.open("wb") as file:
        for pose in poses:
            content = io.BytesIO()
            Image.fromarray(frame_of(pose)).save(content, "JPEG", quality=85)
            file.write(content.getvalue() * HELD_FRAMES)
    return path


@contextmanager
def tab_with(path: Path | None) -> Iterator[Page]:
    """A tab whose camera shows a film; without one, no camera is allowed. It fails where the console says
    something."""
    fake = "--use-fake-device-for-media-stream"
    with chromium(*([fake, f"--use-file-for-fake-video-capture={path}"] if path else [])) as browser:
        context = browser.new_context(locale="en-GB", permissions=["camera"] if path else [])
        tab = context.new_page()
        said: list[str] = []
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        yield tab
        assert said == []


def test_who_stands_before_the_camera_is_named(service: Service, tmp_path: Path) -> None:
    poses = [Posed(1, yaw=0.05 * step, left=40 + 6 * step) for step in range(6)]
    with tab_with(film(tmp_path / "ana.mjpeg", poses)) as tab:
        service.open(tab, "recognise")
        tab.click("text=Use the camera")
        tab.wait_for_selector(".box.yes", timeout=SLOW_MS)
        assert tab.inner_text(".box.yes").startswith("Ana ·")
        tab.wait_for_selector(".answer .chip.yes", timeout=SLOW_MS)
        assert tab.locator("[role=status]", has_text="Ana is seen.").count() == 1
        assert "1 in 1,000" in tab.inner_text(".answer")
        assert violations(tab) == []
        video, box = (tab.locator(each).bounding_box() for each in ("video", ".box"))
        assert video and box
        assert box["x"] + box["width"] / 2 > video["x"] + video["width"] / 2, "as in a mirror"
        with tab.expect_response(lambda answer: answer.request.method == "DELETE") as ended:
            tab.click("text=Hold this picture")
        assert ended.value.status == 204
        tab.wait_for_selector("face-photo canvas", timeout=SLOW_MS)
        assert tab.locator("video").count() == 0


def test_the_coach_takes_what_teaches(service: Service, tmp_path: Path) -> None:
    ways = (0.0, TURNED, 0.0, -TURNED)
    poses = [
        Posed(1, yaw + 0.02 * step, left=110 + 10 * step, picture=step) for yaw in ways for step in range(4)
    ]
    (bea,) = [each for each in service.engine.library.known_people() if each.name == "Bea"]
    with tab_with(film(tmp_path / "bea.mjpeg", poses)) as tab:
        service.open(tab, f"teach/{bea.id}")
        tab.click("text=Use the camera")
        tab.wait_for_selector("face-photo.taken", timeout=SLOW_MS)
        tab.wait_for_selector(".sample", timeout=SLOW_MS)
        assert tab.inner_text(".say") != ""
        assert tab.locator(".coach-panel parts-ring path.filled").count() >= 1
        assert violations(tab) == []
        tab.locator(".sample").nth(2).wait_for(timeout=SLOW_MS)
        tab.click("text=Close the camera")
        assert tab.locator("video").count() == 0
    given = service.engine.library.given_faces(bea.id, service.engine.analyzer)
    assert len(given) >= 3 and all(each.photo and each.photo.faces[0].quality.is_good for each in given)


def test_how_it_works_is_shown_on_a_face_before_the_camera(service: Service, tmp_path: Path) -> None:
    with tab_with(film(tmp_path / "own.mjpeg", [Posed(1)])) as tab:
        service.open(tab, "how")
        tab.wait_for_selector(".maps canvas", timeout=SLOW_MS)
        drawn_face = tab.evaluate("document.querySelector('.smooth canvas').toDataURL()")
        tab.click("text=Use the camera")
        tab.wait_for_selector("dialog video", timeout=SLOW_MS)
        assert violations(tab) == []
        tab.click("text=Take the picture")
        changed = "before => document.querySelector('.smooth canvas').toDataURL() !== before"
        tab.wait_for_function(changed, arg=drawn_face, timeout=SLOW_MS)
        assert tab.locator("video").count() == 0
        assert tab.locator(".attributes li").count() == 40


def test_without_a_camera_the_page_says_why(service: Service) -> None:
    with tab_with(None) as tab:
        service.open(tab, "recognise")
        tab.click("text=Use the camera")
        tab.wait_for_selector(".toast", timeout=SLOW_MS)
        assert "camera" in tab.inner_text(".toast")
        assert tab.locator("drop-zone").count() == 1
