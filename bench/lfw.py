"""Real photos: each of 20 people learnt from a few photos and searched for among all the others.

    python bench/lfw.py LFW [--photos 10] [--mistakes]
    python bench/lfw.py LFW [--photos 10] --rival

LFW is a folder with `photos/NAME/*.jpg` and perhaps `faces-by-yunet.json`. Whoever has 12 photos or more is
learnt from PHOTOS of them, drawn at random, and searched for in all other photos: the person's own remaining
ones, and everybody else's. Where the photos are too few to learn from, there are no answers. The same
photos teach the RIVAL, the package face_recognition (dlib), run where that is installed, with its own
threshold: a photo is the person's if a face in it is within 0.6 of a taught one.

Prints JSON: photos read a second; precision and recall over all people and photos, and how many answers were
unsure, of the person's own photos and of the others'; the reliability of the probabilities as they come, each
person being in few of the photos; and how many of them contradict their verdicts. MISTAKES names the photos
that were answered wrongly. Faces found are compared with YuNet's.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# As the command line sets it: waiting threads would keep others from working.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np

VERDICTS = ("yes", "unsure", "no", "none")
MIN_PHOTOS = 12
"""People with fewer are not learnt."""
TOLERANCE = 0.6
"""The distance below which face_recognition takes two faces for one person's."""
NEAR = 0.5
"""A face is the one that YuNet found if their boxes' middles are nearer than this share of its width."""

Verdict = tuple[str, float | None]
"""Yes, no, unsure, or none where no face was judged; and the probability where there is one."""
Verdicts = Callable[[Sequence[Path], Sequence[Path]], list[Verdict]]
"""Learns a person from the first photos, and answers for each of the second."""


@dataclass(frozen=True)
class Engine:
    """Photos that were read, and in what time; what learns a person and answers."""

    read_s: float
    verdicts: Verdicts
    boxes: dict[Path, list[tuple[float, float, float, float]]]


def semblante_engine(paths: Sequence[Path]) -> Engine:
    """Semblante: all photos are read once, in as many processes as there are cores."""
    from semblante.errors import NoCommonFace, TooFewPhotos
    from semblante.pipeline import FaceAnalyzer, decide_photo
    from semblante.types import AnalyzedPhoto

    analyzer = FaceAnalyzer()
    started_s = time.perf_counter()
    readings = dict(zip(paths, analyzer.analyze_many(paths), strict=True))
    read_s = time.perf_counter() - started_s

    def verdicts(taught: Sequence[Path], asked: Sequence[Path]) -> list[Verdict]:
        try:
            person = analyzer.learn(taught[0].parent.name, taught)
        except (TooFewPhotos, NoCommonFace):
            return [("none", None)] * len(asked)
        answers = [decide_photo(person, readings[path])[0] for path in asked]
        return [(answer.verdict or "none", answer.probability) for answer in answers]

    boxes = {
        path: [face.box for face in reading.faces]
        for path, reading in readings.items()
        if isinstance(reading, AnalyzedPhoto)
    }
    return Engine(read_s, verdicts, boxes)


def rival_engine(paths: Sequence[Path]) -> Engine:
    """face_recognition with its defaults: dlib's HOG detector, and its network of 128 numbers a face."""
    import face_recognition  # type: ignore[import-not-found]

    started_s = time.perf_counter()
    codes, boxes = {}, {}
    for path in paths:
        pixels = face_recognition.load_image_file(path)
        found = face_recognition.face_locations(pixels)
        codes[path] = face_recognition.face_encodings(pixels, found)
        boxes[path] = [(left, top, right, bottom) for top, right, bottom, left in found]
    read_s = time.perf_counter() - started_s

    def verdicts(taught: Sequence[Path], asked: Sequence[Path]) -> list[Verdict]:
        known = [code for path in taught for code in codes[path]]
        near = [
            any((face_recognition.face_distance(known, code) <= TOLERANCE).any() for code in codes[path])
            for path in asked
        ]
        return [("yes" if is_near else "no", None) for is_near in near]

    return Engine(read_s, verdicts, boxes)


def judge(engine: Engine, paths: Sequence[Path], photos: int) -> list[dict[str, Any]]:
    """Each person learnt and searched for: how many of the own and of the others' got which answer."""
    by_name: dict[str, list[Path]] = {}
    for path in paths:
        by_name.setdefault(path.parent.name, []).append(path)
    results = []
    for number, (name, own) in enumerate(sorted(by_name.items())):
        if len(own) < MIN_PHOTOS:
            continue
        order = np.random.default_rng(number).permutation(len(own))
        taught = [own[place] for place in order[:photos]]
        asked = [path for path in paths if path not in taught]
        answers = engine.verdicts(taught, asked)
        said = [answer for answer, _ in answers]
        is_own = [path.parent.name == name for path in asked]
        wrong = [
            f"{path.parent.name}/{path.name}: {answer}"
            for path, answer, mine in zip(asked, said, is_own, strict=True)
            if answer == ("no" if mine else "yes")
        ]
        counts = {"own": _counts(said, is_own, True), "others": _counts(said, is_own, False)}
        result = {"person": name, **counts, "wrong": wrong, "learnt": set(said) != {"none"}}
        results.append({**result, "answers": list(zip(answers, is_own, strict=True))})
    return results


def _reliability(results: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Of all people together; None where no probabilities were given."""
    every = [(said, mine) for each in results for (_, said), mine in each["answers"] if said is not None]
    if not every:
        return None
    from people import contradictions, reliability_of  # What the rival need not have.

    said, truth = np.array([said for said, _ in every]), np.array([int(mine) for _, mine in every])
    count = sum(contradictions([answer for answer, _ in each["answers"]]) for each in results)
    return {"contradictions": count, **reliability_of(said, truth, np.full(len(said), 1 / len(said)))}


def _counts(said: list[str], is_own: list[bool], wanted: bool) -> dict[str, int]:
    chosen = [answer for answer, mine in zip(said, is_own, strict=True) if mine is wanted]
    return {verdict: chosen.count(verdict) for verdict in VERDICTS}


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Over all people and photos."""
    own, others = (
        {verdict: sum(each[whose][verdict] for each in results) for verdict in VERDICTS}
        for whose in ("own", "others")
    )
    found = own["yes"] + others["yes"]
    return {
        "people": len(results),
        "of these learnt": sum(each["learnt"] for each in results),
        "precision": round(own["yes"] / found, 4) if found else None,
        "recall": round(own["yes"] / sum(own.values()), 4),
        "own": _shares(own),
        "others": _shares(others),
        "false matches": others["yes"],
        "reliability": _reliability(results),
    }


def _shares(counts: dict[str, int]) -> dict[str, float]:
    return {verdict: round(count / sum(counts.values()), 4) for verdict, count in counts.items()}


def found_of(engine: Engine, folder: Path) -> dict[str, int] | None:
    """How many of the faces that YuNet found were found, and how many more; None without its list."""
    path = folder / "faces-by-yunet.json"
    if not path.exists():
        return None
    listed, found, more = 0, 0, 0
    for name, faces in json.loads(path.read_text()).items():
        boxes = engine.boxes.get(folder / "photos" / name, [])
        ours = np.array([((x0 + x1) / 2, (y0 + y1) / 2) for x0, y0, x1, y1 in boxes]).reshape(-1, 2)
        met = np.zeros(len(ours), bool)
        for face in faces:
            x, y, width, height = face["box_xywh"]
            near = np.hypot(*(ours - [x + width / 2, y + height / 2]).T) < NEAR * width
            found += bool(near.any())
            met |= near
        listed += len(faces)
        more += int((~met).sum())
    return {"by YuNet": listed, "of these found": found, "others found": more}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lfw", type=Path)
    parser.add_argument("--photos", type=int, nargs="+", default=[5, 10])
    parser.add_argument("--rival", action="store_true")
    parser.add_argument("--mistakes", action="store_true")
    options = parser.parse_args()
    paths = sorted((options.lfw / "photos").glob("*/*.jpg"))
    engine = rival_engine(paths) if options.rival else semblante_engine(paths)
    output: dict[str, Any] = {
        "photos": len(paths),
        "photos a second": round(len(paths) / engine.read_s, 1),
        "faces": found_of(engine, options.lfw),
    }
    for photos in options.photos:
        results = judge(engine, paths, photos)
        output[f"learnt from {photos}"] = summary(results)
        if options.mistakes:
            output[f"mistakes after {photos}"] = {each["person"]: each["wrong"] for each in results}
    print(json.dumps(output, indent=2))


if __name__ == "__main__":
    main()
