"""A folder of many photos of which some are broken, scanned as `semblante scan` does it.

    python bench/broken.py [--photos 10000] [--share 0.01]

Draws some pictures of people who do not exist and writes them again and again, each file with bytes of its
own. A SHARE of the files is broken in one of four ways: cut off in the middle, empty, noise, or text. Prints
JSON: how many files there were, were read, and were named as broken; which of these two should not have been;
and how many photos a second were scanned, hashed and indexed.
"""

import argparse
import io
import json
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from semblante.generate.drawn_face import draw_picture
from semblante.jobs import Event, JobContext, Skipped
from semblante.library import SqliteStore
from semblante.pipeline import FaceAnalyzer, scan_photos

DRAWN = 50
DAMAGES = ("cut off", "empty", "noise", "text")


def damaged(photo: bytes, damage: str) -> bytes:
    """The photo's file, broken."""
    match damage:
        case "cut off":
            return photo[: len(photo) // 2]
        case "empty":
            return b""
        case "noise":
            return np.random.default_rng(0).bytes(len(photo))
    return b"this is not a photo\n"


def write_photos(folder: Path, photos: int, share: float) -> set[Path]:
    """Write the files; gives those that are broken."""
    drawn = [_jpeg(draw_picture(seed=1, person=person, picture=0).pixels) for person in range(DRAWN)]
    broken = np.random.default_rng(0).permutation(photos)[: round(share * photos)]
    damages = {number: DAMAGES[place % len(DAMAGES)] for place, number in enumerate(broken.tolist())}
    for number in range(photos):
        path = folder / f"{number // 1000}" / f"IMG_{number:06}.jpg"
        path.parent.mkdir(exist_ok=True)
        # What follows the end of a JPEG is ignored, and makes each a photo of its own.
        photo = drawn[number % DRAWN] + number.to_bytes(4, "big")
        path.write_bytes(damaged(photo, damages[number]) if number in damages else photo)
    return {folder / f"{number // 1000}" / f"IMG_{number:06}.jpg" for number in damages}


def _jpeg(pixels: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> bytes:
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, "JPEG")
    return held.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=int, default=10_000)
    parser.add_argument("--share", type=float, default=0.01)
    given = parser.parse_args()
    named: set[Path] = set()

    def name(event: Event) -> None:
        if isinstance(event, Skipped):
            named.add(event.path)

    with tempfile.TemporaryDirectory(prefix="semblante-broken-") as made:
        folder = Path(made).resolve()
        (folder / "photos").mkdir()
        broken = write_photos(folder / "photos", given.photos, given.share)
        with SqliteStore(folder / "data") as library, FaceAnalyzer() as analyzer:
            started_s = time.perf_counter()
            places = [folder / "photos"]
            report = scan_photos(library, places, analyzer, job=JobContext(name))
            took_s = time.perf_counter() - started_s
    print(
        json.dumps(
            {
                "files": report.photos,
                "broken": len(broken),
                "read": report.read,
                "named as broken": len(named),
                "broken and not named": len(broken - named),
                "whole and named": len(named - broken),
                "photos a second": round(given.photos / took_s, 1),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
