"""What placing faces brings: eyes, attributes and verification with the aligner and without it.

    python bench/alignment.py PREPARED IMAGES [--images 1500] [--lfw FOLDER]

PREPARED is a prepared set, IMAGES the folder of its images as they came (`img_align_celeba`).

Each validation image is put into a larger picture, turned by up to 30 degrees, 0.7 to 2 times as large, at
a random place. The detector finds it there. Then its crop is taken three ways: where it truly lies, by the
detector's box alone, and by the aligner. Eyes' errors are in pixels of the CelebA frame, in which the eyes
lie 40 apart. LFW's photos are compared with the eyes that YuNet found in them (`faces-by-yunet.json`), as
they are, turned by 90 and by 180 degrees, and those of heads that are turned aside. Prints JSON.
"""

import argparse
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64, UInt8
from PIL import Image

from semblante.celeba import PreparedSet, open_prepared
from semblante.faces import default_detector
from semblante.faces.aligner import Aligner, first_guess
from semblante.faces.detectors import detect_turned
from semblante.geometry import EYES, FRAME_HEIGHT_PX, FRAME_WIDTH_PX, SimilarityTransform, align_crop
from semblante.images import load
from semblante.metrics import true_accept_rate
from semblante.model.face_model import FaceModel
from semblante.pipeline import open_base
from semblante.types import Detection, Pixels

CANVAS_PX = 480
TURN_RAD = math.radians(30)
"""Of random pictures, each way."""
MIN_SCALE, MAX_SCALE = 0.7, 2.0
FALSE_ACCEPT_RATE = 1e-3
ASIDE = 0.2
"""The nose lies so far beside the middle of the eyes, in distances between them, where a head is turned."""


def moved(frame: Pixels, rng: np.random.Generator) -> tuple[Pixels, SimilarityTransform]:
    """A larger picture with the frame somewhere in it, and where."""
    turn = rng.uniform(-TURN_RAD, TURN_RAD)
    scale = math.exp(rng.uniform(math.log(MIN_SCALE), math.log(MAX_SCALE)))
    turned = SimilarityTransform(scale * math.cos(turn), scale * math.sin(turn), 0.0, 0.0)
    middle = turned(np.array([FRAME_WIDTH_PX / 2, FRAME_HEIGHT_PX / 2]))
    shift = rng.uniform(CANVAS_PX * 0.4, CANVAS_PX * 0.6, 2) - middle
    alignment = SimilarityTransform(turned.a, turned.b, float(shift[0]), float(shift[1]))
    back = alignment.inverse()
    matrix = (back.a, -back.b, back.dx, back.b, back.a, back.dy)
    size = (CANVAS_PX, CANVAS_PX)
    there = Image.fromarray(frame).transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)
    inside = Image.new("L", (FRAME_WIDTH_PX, FRAME_HEIGHT_PX), 255).transform(
        size, Image.Transform.AFFINE, matrix
    )
    ground = Image.fromarray(rng.integers(60, 200, (6, 6, 3), np.uint8)).resize(size)
    return np.asarray(Image.composite(there, ground, inside)), alignment


def nearest(found: list[Detection], place: Float64[np.ndarray, "2"], reach: float) -> Detection | None:
    """The detection whose middle is nearest to `place`, if within `reach` pixels."""
    apart = [math.hypot(*(_middle(each) - place)) for each in found]
    return found[int(np.argmin(apart))] if apart and min(apart) < reach else None


def _middle(found: Detection) -> Float64[np.ndarray, "2"]:
    x0, y0, x1, y1 = found.box
    return np.array([(x0 + x1) / 2, (y0 + y1) / 2])


def on_celeba(data: PreparedSet, images: Path, count: int) -> dict[str, Any]:
    """Eyes, attributes and verification on validation images that were moved."""
    bundle = open_base()
    network, detector, aligner = FaceModel(bundle), default_detector(), Aligner()
    rng = np.random.default_rng(0)
    rows = data.rows("val")
    # People by people, so that there are pairs of one person.
    rows = rows[np.argsort(data.identities[rows], kind="stable")][:count]
    crops: dict[str, list[UInt8[np.ndarray, "s s 3"]]] = {"true": [], "box": [], "aligner": []}
    errors: dict[str, list[Float64[np.ndarray, "2 2"]]] = {"box": [], "aligner": []}
    kept = []
    for row in rows.tolist():
        picture, truth = moved(load(images / data.names[row]).pixels, rng)
        found = nearest(detector(picture), truth(np.array([89.0, 126.0])), 40 * truth.scale)
        if found is None:
            continue
        kept.append(row)
        ways = {"true": truth, "box": first_guess(found), "aligner": aligner(picture, [found])[0].frame}
        for way, alignment in ways.items():
            crops[way].append(align_crop(picture, alignment, bundle.side_px))
            if way != "true":
                errors[way].append(truth.inverse()(alignment(np.array(EYES))) - np.array(EYES))
    results: dict[str, Any] = {"images": len(rows), "found": len(kept)}
    for way, cut in crops.items():
        scores = network(np.stack(cut))
        right = float(((scores.logits > 0) == (data.labels[kept] == 1)).mean())
        rate = true_accept_rate(scores.embeddings, data.identities[kept], FALSE_ACCEPT_RATE)
        results[way] = {"accuracy": round(right, 4), "tar": rate and round(rate, 4)}
        if way in errors:
            results[way]["eyes_px"] = spread(np.stack(errors[way]))
    return results


def spread(errors: Float64[np.ndarray, "n 2 2"]) -> dict[str, float]:
    """Of the eyes' errors: the mean distance, its 95th percentile, and the spread across and down."""
    apart = np.hypot(errors[..., 0], errors[..., 1]).mean(axis=1)
    return {
        "mean": round(float(apart.mean()), 2),
        "95 %": round(float(np.percentile(apart, 95)), 2),
        "spread across": round(float(errors[..., 0].std()), 2),
        "spread down": round(float(errors[..., 1].std()), 2),
    }


def on_lfw(folder: Path) -> dict[str, Any]:
    """Eyes on LFW's photos, against those that YuNet found, upright and turned."""
    listed: dict[str, list[dict[str, Any]]] = json.loads((folder / "faces-by-yunet.json").read_text())
    detector, aligner = default_detector(), Aligner()
    results: dict[str, Any] = {}
    for quarters in (0, 1, 2):
        asked, box, ours, aside = 0, [], [], []
        for name, faces in sorted(listed.items()):
            pixels = load(folder / "photos" / name).pixels
            side = len(pixels)
            picture = np.ascontiguousarray(np.rot90(pixels, quarters))
            found = detector(picture) or detect_turned(picture, detector)
            for face in faces:
                points = np.array(face["points_xy"])
                for _ in range(quarters):  # Against the clock: (x, y) goes to (y, side - x).
                    points = np.stack([points[:, 1], side - points[:, 0]], axis=1)
                asked += 1
                eyes = points[:2]
                between = math.hypot(*(eyes[1] - eyes[0]))
                detection = nearest(found, points.mean(axis=0), between)
                if detection is None:
                    continue
                alignment = aligner(picture, [detection])[0].frame
                box.append(apart(first_guess(detection), eyes) / between)
                ours.append(apart(alignment, eyes) / between)
                upright = np.array(face["points_xy"])
                nose = upright[2, 0] - upright[:2, 0].mean()
                aside.append(abs(nose) / between > ASIDE)
        turned = np.array(aside, bool)
        results[f"turned by {90 * quarters} degrees"] = {
            "faces by YuNet": asked,
            "found": len(ours),
            "eyes' error by box": median(box),
            "eyes' error by aligner": median(ours),
            "heads turned aside": int(turned.sum()),
            "of these, eyes' error by aligner": median(
                [each for each, is_so in zip(ours, aside, strict=True) if is_so]
            ),
        }
    return results


def apart(alignment: SimilarityTransform, eyes: Float64[np.ndarray, "2 2"]) -> float:
    """The mean distance of the aligned eyes from `eyes`, in photo pixels."""
    return float(np.hypot(*(alignment(np.array(EYES)) - eyes).T).mean())


def median(errors: list[float]) -> float | None:
    return round(float(np.median(errors)), 3) if errors else None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("prepared", type=Path)
    parser.add_argument("images", type=Path)
    parser.add_argument("--images", dest="count", type=int, default=1500)
    parser.add_argument("--lfw", type=Path, help="a folder with `photos` and `faces-by-yunet.json`")
    options = parser.parse_args()
    results = {"celeba": on_celeba(open_prepared(options.prepared), options.images, options.count)}
    if options.lfw:
        results["lfw"] = on_lfw(options.lfw)
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
