"""What a person at the page waits for: its start, the camera's frames, and the grid of a large library.

    python bench/page.py startup [--rounds 5] [--warm]
    python bench/page.py camera [--seconds 20] [--faces 1] [--people 3]
    python bench/page.py grid [--photos 100000] [--frames 600]

`startup` starts `semblante serve` and `semblante app` on an empty data folder, and measures the seconds until
the first request is answered, and until the service says that it is ready, networks and index opened. Cold,
nothing of Python and its packages is in memory (Linux; with `--warm`, this part is left out); warm, it was
started before. Bytecode is there in both, as after an installation.

`camera` opens the page in Chromium, with drawn people who move as its camera, and counts the frames that the
page shows an answer to. `grid` opens a library of made-up photos, scrolls down at its beginning, while the
service gives further pages; goes to its end, until all photos are in the grid; and scrolls up, at the same
speed and at that of a fling, after which it waits for the pictures in sight. Each tile asks the service for
its thumbnail. Chromium draws without a GPU, on the processor that the service works on. Prints JSON.
"""

import argparse
import io
import json
import os
import shutil
import site
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from library import write_made_up
from live import frames_of
from PIL import Image
from service import keep_people, percentiles
from service_process import ServiceProcess

from semblante.generate import draw, sample_identity, sample_scene
from semblante.library import WHOLE_PHOTO, SqliteStore, Thumbnails
from semblante.model.bundle import load_pretrained

VIEWPORT = {"width": 1280, "height": 800}
HELD_FRAMES = 2
"""So many of the camera's frames, 30 a second, show one picture."""
SCROLLED, FLUNG = 2.4, 8.4
"""How fast the grid is scrolled, in px a millisecond: 3 and 10 screens a second."""
THUMBNAILS = 8000
"""So many photos at the beginning of the grid, and at its end, have one."""


def startup(options: argparse.Namespace) -> dict[str, Any]:
    """The seconds until an answer, cold and warm."""
    with tempfile.TemporaryDirectory() as folder:
        bytecode = Path(folder) / "bytecode"
        environment = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(bytecode)}
        found: dict[str, Any] = {}
        _started(Path(folder) / "before", "serve", "/health", environment)
        for command, path in (("serve", "/health"), ("app", "/")):
            homes = (Path(folder) / f"{command}-{number}" for number in range(2 * options.rounds))
            warm = [_started(next(homes), command, path, environment) for _ in range(options.rounds)]
            cold = []
            for home in () if options.warm else homes:
                _drop_from_memory(bytecode)
                cold.append(_started(home, command, path, environment))
            for name, times in (("warm", warm), ("cold", cold)):
                if times:
                    first, ready = (round(median(each), 2) for each in zip(*times, strict=True))
                    slowest = round(max(each for each, _ in times), 2)
                    found[f"{command}, {name}"] = {
                        "first_answer_s": first,
                        "slowest_s": slowest,
                        "ready_s": ready,
                    }
    return found


def _started(home: Path, command: Any, path: str, environment: dict[str, str]) -> tuple[float, float]:
    """The seconds until the first answer, and until the service is ready."""
    with ServiceProcess(home, command, environment) as service:
        service.client.get(path).raise_for_status()
        first_s = time.perf_counter() - service.started_s
        api = "" if command == "serve" else "/api/v1"
        while service.client.get(f"{api}/ready").status_code == 503:
            time.sleep(0.01)
        return first_s, time.perf_counter() - service.started_s


def _drop_from_memory(bytecode: Path) -> None:
    """Have the next process read from the disk whatever no other process uses."""
    import semblante

    folders = [*site.getsitepackages(), sys.base_prefix, *semblante.__path__]
    for folder in (bytecode, *map(Path, folders)):
        for path in folder.rglob("*"):
            if path.is_file():
                with path.open("rb") as file:
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def camera(options: argparse.Namespace) -> dict[str, Any]:
    """Frames a second, and how long it takes from sending one until its answer."""
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "film.mjpeg"
        film.write_bytes(b"".join(frame * HELD_FRAMES for frame in frames_of(60, options.faces)))
        home = Path(folder) / "data"
        keep_people(home, options.people)
        fake = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}")
        with ServiceProcess(home, "app") as service, opened_page(service, *fake) as page:
            page.evaluate("location.hash = '#/recognise'")
            page.click("text=Use the camera", timeout=60_000)
            page.wait_for_selector(".box", timeout=60_000, state="attached")
            times = page.evaluate(FRAMES, options.seconds)
    return {
        "faces": options.faces,
        "people": options.people,
        "frames_per_s": round(len(times) / options.seconds, 1),
        **percentiles(times),
    }


FRAMES = """async (seconds) => {
    const wait = (each) => new Promise((done) => setTimeout(done, 1000 * each));
    await wait(Math.min(2, seconds));
    performance.clearResourceTimings();
    performance.setResourceTimingBufferSize(100000);
    await wait(seconds);
    const sent = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/frames'));
    return sent.map(({ duration }) => duration / 1000);
}"""


def grid(options: argparse.Namespace) -> dict[str, Any]:
    """The time between two frames while the grid is scrolled."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _write_photos(home, options.photos)
        with ServiceProcess(home, "app") as service, opened_page(service) as page:
            page.evaluate("location.hash = '#/library'")
            page.wait_for_selector("virtual-grid img", timeout=60_000)
            beginning = page.evaluate(SCROLL, [options.frames, SCROLLED])
            taken_s = page.evaluate(TO_THE_END, options.photos)
            end = page.evaluate(SCROLL, [options.frames, -SCROLLED])
            flung = page.evaluate(SCROLL, [options.frames, -FLUNG])
            pictures_ms = page.evaluate(PICTURES)
    return {
        "photos": options.photos,
        "beginning": percentiles(beginning),
        "all_pages_s": round(taken_s, 1),
        "end": percentiles(end),
        "end, flung": percentiles(flung),
        "pictures_after_fling_ms": round(pictures_ms),
    }


SCROLL = """async ([frames, speed]) => {
    const times = [];
    let last = await new Promise(requestAnimationFrame);
    for (let frame = 0; frame < frames; frame += 1) {
        const now = await new Promise(requestAnimationFrame);
        window.scrollBy(0, speed * (now - last));
        times.push((now - last) / 1000);
        last = now;
    }
    return times;
}"""
PICTURES = """async () => {
    const began = performance.now();
    const isShown = (picture) => picture.complete && picture.naturalWidth > 0 && picture.clientWidth > 0;
    const isInSight = (tile) => {
        const { top, bottom } = tile.getBoundingClientRect();
        return bottom > 0 && top < window.innerHeight;
    };
    const tiles = () => [...document.querySelectorAll('virtual-grid .tile')].filter(isInSight);
    const areShown = () => tiles().every((tile) => isShown(tile.querySelector('img')));
    while (!areShown()) await new Promise(requestAnimationFrame);
    return performance.now() - began;
}"""
TO_THE_END = """async (photos) => {
    const began = performance.now();
    while (!document.querySelector(`virtual-grid [data-place="${photos - 1}"]`)) {
        window.scrollTo(0, document.documentElement.scrollHeight);
        await new Promise(requestAnimationFrame);
    }
    return (performance.now() - began) / 1000;
}"""


def _write_photos(home: Path, photos: int) -> None:
    """Made-up photos with the thumbnails that are looked at, all of one drawn face."""
    with SqliteStore(home) as store:
        write_made_up(store, photos, load_pretrained().network_sha256)
        file = io.BytesIO()
        identity = sample_identity(1, 0)
        picture = Image.fromarray(draw(identity, sample_scene(identity, 1, 0, 0)).pixels)
        picture.resize((320, 240)).save(file, "JPEG", quality=85)
        listed = store.list_photos(None, photos)
        with Thumbnails(store.vault) as thumbnails:
            for photo in {each.sha256 for each in (*listed[:THUMBNAILS], *listed[-THUMBNAILS:])}:
                thumbnails.keep(photo, {WHOLE_PHOTO: file.getvalue()})


@contextmanager
def opened_page(service: ServiceProcess, *more: str) -> Iterator[Any]:
    """The page of `semblante app` in Chromium, signed in."""
    from playwright.sync_api import sync_playwright

    arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", *more]
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        page = browser.new_page(viewport=VIEWPORT, locale="en-GB", permissions=["camera"])  # type: ignore[arg-type]
        page.goto(service.address)
        page.wait_for_selector("main h1", timeout=60_000)
        yield page
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kinds = parser.add_subparsers(required=True)
    start = kinds.add_parser("startup")
    start.add_argument("--rounds", type=int, default=5)
    start.add_argument("--warm", action="store_true")
    start.set_defaults(measure=startup)
    live = kinds.add_parser("camera")
    live.add_argument("--seconds", type=float, default=20)
    live.add_argument("--faces", type=int, default=1)
    live.add_argument("--people", type=int, default=3)
    live.set_defaults(measure=camera)
    scrolled = kinds.add_parser("grid")
    scrolled.add_argument("--photos", type=int, default=100_000)
    scrolled.add_argument("--frames", type=int, default=600)
    scrolled.set_defaults(measure=grid)
    options = parser.parse_args()
    print(json.dumps(options.measure(options), indent=2))


if __name__ == "__main__":
    main()
