"""How fast photos are read, as a share of how fast they are decoded alone, on one core.

    OMP_NUM_THREADS=1 python bench/reading.py [--photos 40] [--faces 1] [--detector-px 480]

Draws 12-megapixel JPEG files, each with FACES drawn faces before a ground of noise, and reads them in one
process: decoded at the reduced size alone; searched for faces as well; and all that `semblante scan` does
with a photo. Prints JSON: milliseconds a photo, and the share.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# As the command line sets it: waiting threads would keep others from working.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
from PIL import Image

from semblante.faces import default_detector
from semblante.faces.yunet import MAX_SIDE_PX
from semblante.generate.drawn_face import draw_picture
from semblante.images import load
from semblante.pipeline import FaceAnalyzer
from semblante.pipeline.reading import ENOUGH_PX

SIZE = (4000, 3000)
FACE_SCALE = 4
"""How many times as large as a CelebA frame a face is in the photo."""


def write_photos(folder: Path, count: int, faces: int) -> list[Path]:
    """Photos of drawn people before noise as coarse and fine as a real scene's."""
    paths = []
    for number in range(count):
        rng = np.random.default_rng(number)
        ground = np.zeros((SIZE[1], SIZE[0], 3), np.float32)
        for cells in (8, 64, 512, 2000):
            noise = rng.integers(0, 64, (cells * 3 // 4, cells, 3), np.uint8)
            ground += np.asarray(Image.fromarray(noise).resize(SIZE, Image.Resampling.BILINEAR))
        photo = Image.fromarray(ground.astype(np.uint8))
        for face in range(faces):
            drawn = Image.fromarray(draw_picture(number, face, 0).pixels)
            large = drawn.resize(
                (drawn.width * FACE_SCALE, drawn.height * FACE_SCALE), Image.Resampling.BICUBIC
            )
            photo.paste(large, (200 + 900 * face, 1200))
        paths.append(folder / f"{number:04}.jpg")
        photo.save(paths[-1], quality=90)
    return paths


def each_ms(works: list[Callable[[Path], Any]], paths: list[Path]) -> list[float]:
    """The milliseconds of processor time that each of `works` takes for a photo.

    They take turns, since a machine's speed may change from one second to the next.
    """
    spent_s = [0.0] * len(works)
    for path in paths:
        for number, work in enumerate(works):
            started_s = time.process_time()
            work(path)
            spent_s[number] += time.process_time() - started_s
    return [round(each / len(paths) * 1000, 1) for each in spent_s]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=int, default=40)
    parser.add_argument("--faces", type=int, default=1)
    parser.add_argument("--detector-px", type=int, default=MAX_SIDE_PX)
    options = parser.parse_args()
    detect = default_detector(1, options.detector_px)
    analyzer = FaceAnalyzer(detector=detect, threads=1)
    with tempfile.TemporaryDirectory(prefix="semblante-") as folder:
        paths = write_photos(Path(folder), options.photos, options.faces)
        found = [len(analyzer.analyze(path)) for path in paths]
        decoded, searched, whole = each_ms(
            [
                lambda path: load(path, ENOUGH_PX),
                lambda path: detect(load(path, ENOUGH_PX).pixels),
                analyzer.analyze,
            ],
            paths,
        )
    print(
        json.dumps(
            {
                "photos": options.photos,
                "faces drawn": options.faces * options.photos,
                "faces found": sum(found),
                "decoding, ms": decoded,
                "and finding faces, ms": searched,
                "and reading them, ms": whole,
                "speed as a share of decoding alone": round(decoded / whole, 3),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
