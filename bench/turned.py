"""Photos that lie on their side or upside down and do not say so: faces found, false ones, and the time.

    python bench/turned.py LFW [--every 1]

LFW is a folder with `photos` and `faces-by-yunet.json`. Each photo is turned; a face counts where its box has
the middle of the eyes and the mouth that YuNet found upright. Then each face, and what is around it, is
painted over: what is still found in such a photo is none. Times are those of one core, in a photo of 1,000
pixels without a face. Prints JSON.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from semblante.faces import Aligner, Detector, default_detector, extract_faces
from semblante.faces.detectors import detect_turned
from semblante.images import load
from semblante.types import AlignedFace, Detection, Pixels

SIDE_PX = 96
AROUND = 0.3
"""Of a face's width and height, on each side, painted over with it."""


def is_right(found: list[Detection], middle: tuple[float, float]) -> bool:
    """Whether one of the boxes has this place in it."""
    return any(
        each.box[0] <= middle[0] <= each.box[2] and each.box[1] <= middle[1] <= each.box[3] for each in found
    )


def turned_middle(x: float, y: float, side: int, quarters: int) -> tuple[float, float]:
    """Where a place of a square photo lies once that is turned against the clock."""
    for _ in range(quarters):
        x, y = y, side - x
    return x, y


def painted_over(pixels: Pixels, faces: list[dict[str, Any]], found: list[Detection]) -> Pixels:
    """The photo without these faces."""
    covered = pixels.copy()
    boxes = [(x, y, x + w, y + h) for x, y, w, h in (face["box_xywh"] for face in faces)]
    for x0, y0, x1, y1 in [*boxes, *(each.box for each in found)]:
        wide, high = AROUND * (x1 - x0), AROUND * (y1 - y0)
        rows, columns = (
            slice(max(0, int(a)), max(0, int(b))) for a, b in ((y0 - high, y1 + high), (x0 - wide, x1 + wide))
        )
        covered[rows, columns] = 128
    return covered


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lfw", type=Path, help="a folder with `photos` and `faces-by-yunet.json`")
    parser.add_argument("--every", type=int, default=1, help="take one photo of so many")
    options = parser.parse_args()
    listed = json.loads((options.lfw / "faces-by-yunet.json").read_text())
    photos = {name: listed[name] for name in sorted(listed)[:: options.every] if listed[name]}
    detector, aligner = default_detector(1), Aligner(threads=1)
    results: dict[str, Any] = {"photos": len(photos)}
    for quarters in (1, 2, 3):
        counts = dict.fromkeys(("found as it is", "found turned", "of these in the right place"), 0)
        for name, faces in photos.items():
            pixels = load(options.lfw / "photos" / name).pixels
            turned = np.ascontiguousarray(np.rot90(pixels, quarters))
            if detector(turned):
                counts["found as it is"] += 1
                continue
            found = detect_turned(turned, detector)
            middles = [np.mean(face["points_xy"], axis=0).tolist() for face in faces]
            places = [turned_middle(x, y, len(pixels), quarters) for x, y in middles]
            counts["found turned"] += bool(found)
            counts["of these in the right place"] += any(is_right(found, place) for place in places)
        results[f"turned by {90 * quarters} degrees"] = counts
    results["without a face"] = without_faces(options.lfw / "photos", photos, detector, aligner)
    results["milliseconds without a face"] = milliseconds(detector, aligner)
    print(json.dumps(results, indent=2))


def without_faces(
    folder: Path, photos: dict[str, list[dict[str, Any]]], detector: Detector, aligner: Aligner
) -> dict[str, int]:
    """Faces that are found in photos whose faces are painted over."""
    counts = dict.fromkeys(("photos", "with a false face turned", "of these, one that is relied on"), 0)
    for name, faces in photos.items():
        pixels = load(folder / name).pixels
        covered = painted_over(pixels, faces, detector(pixels))
        if detector(covered):
            continue
        found: list[AlignedFace] = extract_faces(covered, detector, aligner, SIDE_PX)
        counts["photos"] += 1
        counts["with a false face turned"] += bool(found)
        counts["of these, one that is relied on"] += any(face.quality.is_good for face in found)
    return counts


def milliseconds(detector: Detector, aligner: Aligner, times: int = 20) -> dict[str, float]:
    """What a photo without a face costs, detected as it is, and turned as well."""
    small = np.random.default_rng(0).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    photo = np.asarray(Image.fromarray(small).resize((1000, 750), Image.Resampling.BICUBIC))
    taken: dict[str, float] = {}
    for name, detect in (
        ("as it is", detector),
        ("turned as well", lambda pixels: extract_faces(pixels, detector, aligner, SIDE_PX)),
    ):
        began_s = time.process_time()
        for _ in range(times):
            detect(photo)
        taken[name] = round((time.process_time() - began_s) / times * 1000, 1)
    return taken


if __name__ == "__main__":
    main()
