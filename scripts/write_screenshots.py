"""Writes the pictures of the page that README and docs/app.md show into `images` in the path given.

    python scripts/write_screenshots.py docs

It needs Chromium and the developers' tools. Everybody shown is drawn. Beside its pixels, each picture holds
the sentences of the page that it shows, so that a test sees when the page says something else.
"""

import io
import json
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from page_browser import Scheme, Service, chromium, page_service, quiet_tab
from page_pictures import MAX_BYTES, TEXTS_KEY, page_can_say
from playwright.sync_api import Page

from semblante.generate import draw, sample_identity, sample_scene, write_person, write_strangers
from semblante.pipeline import PersonDetails
from semblante.types import Consent, Consenter

SEED = 3
COLOURS: Final = (256, 192, 128, 96)
"""So many colours a picture has: the first number with which it is small enough."""
PEOPLE: Final[dict[str, tuple[int, Consenter]]] = {
    "Ana López": (11, "self"),
    "Γιώργος": (5, "told"),
    "Noa Lindqvist": (4, "parent"),
}
"""Who is learnt: the number of a drawn person, and who agreed."""
OTHERS, STRANGERS = range(60, 72), (7, 8, 21, 22, 23)
"""Whom they are taught beside, since drawn people are all alike to the network, and who is unknown."""
HEAD_PX: Final = 240
HEAD_WEIGHT: Final = 8
WAIT_MS: Final = 60_000


def fill(service: Service, folder: Path) -> None:
    """Teach the people, and scan a folder that shows them and strangers."""
    library, analyzer = service.engine.library, service.engine.analyzer
    others = [each.read_bytes() for each in write_strangers(folder / "others", "other", SEED, OTHERS)]
    album = folder / "album"
    for name, (number, who) in PEOPLE.items():
        photos = write_person(album, f"summer-{number}", seed=SEED, person=number, count=12)
        person = library.add_person(PersonDetails(name, Consent(who, date(2026, 11, 3), ""), None))
        library.give_images(person.id, [each.read_bytes() for each in photos[:8]], "positive", analyzer)
        library.give_images(person.id, others, "negative", analyzer)
        library.learn_given(person.id, analyzer)
    for stranger in STRANGERS:
        write_person(album, f"winter-{stranger}", seed=SEED, person=stranger, count=5)
    library.add_folder(str(album))
    library.scan_folders((), analyzer)


def picture_of(*people: int) -> bytes:
    """Drawn people side by side, as a JPEG file."""
    identities = [sample_identity(SEED, each) for each in people]
    drawn = [
        draw(identity, sample_scene(identity, SEED, number, 40)).pixels
        for identity, number in zip(identities, people, strict=True)
    ]
    whole = Image.fromarray(np.hstack(drawn))
    content = io.BytesIO()
    whole.resize((3 * whole.width, 3 * whole.height)).save(content, "JPEG", quality=92)
    return content.getvalue()


def teach(service: Service, tab: Page) -> None:
    """A person who is learnt, and what the photos still lack."""
    service.open(tab, f"teach/{number_of(service, 'Ana López')}")
    tab.wait_for_selector("parts-ring svg")


def recognise(service: Service, tab: Page) -> None:
    """Two people with a stranger between them, and why one is taken for who she is."""
    service.open(tab, "recognise")
    photo = {"name": "three.jpg", "mimeType": "image/jpeg", "buffer": picture_of(5, 21, 11)}
    tab.set_input_files("input[type=file]", files=[photo])
    answer = tab.locator(".answer", has=tab.get_by_role("heading", name="Ana López", level=3))
    answer.get_by_text("Why?").first.click(timeout=WAIT_MS)
    answer.locator(".heat canvas").wait_for(timeout=WAIT_MS)
    tab.evaluate("scrollTo(0, 0)")


def library(service: Service, tab: Page) -> None:
    """The photos, with who is in them."""
    service.open(tab, "library/photos")


def questions(service: Service, tab: Page) -> None:
    """A face of which it is not sure."""
    service.open(tab, f"library/questions/{number_of(service, 'Γιώργος')}")


def how(service: Service, tab: Page) -> None:
    """A convolution that slides over a face, and feature maps of the network."""
    service.open(tab, "how")
    tab.wait_for_selector(".maps canvas", timeout=WAIT_MS)
    tab.get_by_role("heading", name="A convolution slides over your face").evaluate(
        "each => scrollTo(0, each.getBoundingClientRect().top + scrollY - 130)"
    )


def receipt(service: Service, tab: Page) -> None:
    """What was searched after somebody was forgotten."""
    service.open(tab, f"held/forget/{number_of(service, 'Noa Lindqvist')}")
    tab.get_by_role("button", name="Forget Noa Lindqvist").click()
    tab.get_by_role("region", name="Receipt").wait_for(timeout=WAIT_MS)


SCENES: Final[dict[str, tuple[Callable[[Service, Page], None], Scheme, int]]] = {
    "teach": (teach, "light", 900),
    "recognise": (recognise, "light", 1200),
    "library": (library, "dark", 800),
    "questions": (questions, "light", 830),
    "how": (how, "dark", 1110),
    "receipt": (receipt, "light", 640),
}
"""What each picture shows, in which colours, and its height in pixels; the last one changes the library."""


def number_of(service: Service, name: str) -> int:
    """The number of a person."""
    return next(each.id for each in service.engine.library.known_people() if each.name == name)


def shown_texts(tab: Page) -> list[str]:
    """The sentences of the page's own that are in sight, as headings and on what can be pressed."""
    seen: list[str] = (
        tab.evaluate("""() => [...document.querySelectorAll("h1, h2, h3, a, button, label, summary")]
        .filter((each) => each.checkVisibility() && each.getBoundingClientRect().top < innerHeight)
        .map((each) => each.innerText.trim())""")
    )
    return sorted({each for each in seen if page_can_say(each)})


def write(path: Path, shot: bytes, texts: list[str]) -> None:
    """Write a picture with few colours, so that it is small. Fails where it cannot be."""
    about = PngInfo()
    about.add_itxt(TEXTS_KEY, json.dumps(texts, ensure_ascii=False))
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    # The page's own colours are few among those of photos; its head has them all.
    head = np.asarray(picture)[:HEAD_PX]
    weighted = Image.fromarray(np.concatenate([np.asarray(picture), *[head] * HEAD_WEIGHT]))
    for colours in COLOURS:
        palette = weighted.quantize(colours, kmeans=4)
        small = picture.quantize(palette=palette, dither=Image.Dither.NONE)
        small.save(path, optimize=True, pnginfo=about)
        if path.stat().st_size <= MAX_BYTES:
            return
    raise SystemExit(f"{path}: {path.stat().st_size} bytes, more than {MAX_BYTES}")


def main(docs: Path) -> None:
    """Make the service, show each scene, and write its picture."""
    images = docs / "images"
    images.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home, page_service(Path(home) / "data") as service:
        fill(service, Path(home) / "photos")
        with chromium() as browser:
            for name, (scene, scheme, height) in SCENES.items():
                with quiet_tab(browser, scheme=scheme) as tab:
                    tab.set_viewport_size({"width": 1280, "height": height})
                    scene(service, tab)
                    tab.wait_for_load_state("networkidle")
                    write(images / f"{name}.png", tab.screenshot(), shown_texts(tab))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
