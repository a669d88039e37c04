"""How many copies of real photos are known for copies, and how many different photos are mistaken for them.

    python bench/copies.py LFW [--people 20] [--least 10] [--prepared DATA] [--sheet PNG]

LFW is a folder with `photos/NAME/*.jpg`: the people with LEAST photos or more. Each photo is copied in the
ways of `KINDS`, and read as a user's photo is: detected, aligned, described. Copies whose face is too poor to
learn from are counted apart. Pairs of different photos of one person come from there, and from the validation
people of a PREPARED set with as many. Prints JSON: the share of copies that are of their photo's
moment, by kind; the share of pairs that are of one moment, and the highest similarities. PNG shows the
most similar pairs of the prepared set: CelebA holds true copies, and only looking tells them from mistakes.
"""

import argparse
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Integer
from PIL import Image, ImageEnhance, ImageFilter

from semblante.celeba import open_prepared
from semblante.faces import copy_descriptors, copy_similarity
from semblante.person.moments import MIN_COPY_SIMILARITY
from semblante.pipeline import FaceAnalyzer
from semblante.types import CopyDescriptors, Crops

SHOWN = 40
"""Pairs on the sheet."""
CHAT_PX, CHAT_QUALITY = 960, 60
Change = Callable[[Image.Image, np.random.Generator], Image.Image]


def _jpeg(picture: Image.Image, quality: int) -> Image.Image:
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=quality)
    return Image.open(content).convert("RGB")


def _scaled(picture: Image.Image, factor: float) -> Image.Image:
    width, height = picture.size
    return picture.resize((round(width * factor), round(height * factor)), Image.Resampling.BILINEAR)


def _cropped(picture: Image.Image, share: float, rng: np.random.Generator) -> Image.Image:
    width, height = round(picture.width * share), round(picture.height * share)
    # Around the middle, where the face is, give or take what a tenth leaves.
    left, top = (
        round((whole - part) / 2 + rng.uniform(-0.05, 0.05) * whole)
        for whole, part in ((picture.width, width), (picture.height, height))
    )
    left, top = max(0, left), max(0, top)
    return picture.crop((left, top, min(picture.width, left + width), min(picture.height, top + height)))


KINDS: Mapping[str, Change] = {
    "half size": lambda picture, _: _jpeg(_scaled(picture, 0.5), 90),
    "quarter size": lambda picture, _: _jpeg(_scaled(picture, 0.25), 90),
    "JPEG quality 30": lambda picture, _: _jpeg(picture, 30),
    "brightness + 40 %": lambda picture, _: ImageEnhance.Brightness(picture).enhance(1.4),
    "brightness - 40 %": lambda picture, _: ImageEnhance.Brightness(picture).enhance(0.6),
    "contrast + 40 %": lambda picture, _: ImageEnhance.Contrast(picture).enhance(1.4),
    "contrast - 40 %": lambda picture, _: ImageEnhance.Contrast(picture).enhance(0.6),
    "mirrored": lambda picture, _: picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "cropped to 90 %": lambda picture, rng: _cropped(picture, 0.9, rng),
    "cropped to 80 %": lambda picture, rng: _cropped(picture, 0.8, rng),
    "cropped to 70 %": lambda picture, rng: _cropped(picture, 0.7, rng),
    "black and white": lambda picture, _: picture.convert("L").convert("RGB"),
    "turned by 5 degrees": lambda picture, _: picture.rotate(5, Image.Resampling.BICUBIC),
    "blurred": lambda picture, _: picture.filter(ImageFilter.GaussianBlur(max(picture.size) / 200)),
    "as a chat sends it": lambda picture, _: _jpeg(
        _scaled(picture, min(1.0, CHAT_PX / max(picture.size))), CHAT_QUALITY
    ),
}


def measure_copies(paths: list[Path], analyzer: FaceAnalyzer) -> tuple[dict[str, Any], CopyDescriptors]:
    """Of each kind, the share of copies that are known; and the photos' descriptors, zeros where poor."""
    found: dict[str, list[bool]] = {kind: [] for kind in KINDS}
    poor = dict.fromkeys(KINDS, 0)
    photos = np.zeros((len(paths), 400), np.int8)
    for number, path in enumerate(paths):
        picture = Image.open(path).convert("RGB")
        faces = analyzer.analyze(np.asarray(picture))
        if not faces or not faces[0].quality.is_good:
            continue
        photos[number] = faces[0].copy_descriptor
        for kind, change in KINDS.items():
            faces = analyzer.analyze(np.asarray(change(picture, np.random.default_rng(number))))
            if not faces or not faces[0].quality.is_good:
                poor[kind] += 1
                continue
            similarity = copy_similarity(photos[number : number + 1], faces[0].copy_descriptor[None])
            found[kind].append(bool(similarity[0, 0] > MIN_COPY_SIMILARITY))
    shares = {
        kind: {"known": round(float(np.mean(known)), 4) if known else None, "copies": len(known)}
        | ({"too poor": poor[kind]} if poor[kind] else {})
        for kind, known in found.items()
    }
    every = [each for known in found.values() for each in known]
    return {"all kinds": round(float(np.mean(every)), 4), **shares}, photos


def measure_pairs(
    descriptors: CopyDescriptors, people: Integer[np.ndarray, " n"]
) -> tuple[dict[str, Any], list[tuple[int, int]]]:
    """Of pairs of different photos of one person, the share of one moment; and the most similar pairs."""
    pairs: list[tuple[int, int]] = []
    values: list[Float32[np.ndarray, " k"]] = []
    for person in np.unique(people):
        rows = np.flatnonzero((people == person) & descriptors.any(axis=1))
        first, second = np.triu_indices(len(rows), 1)
        values.append(copy_similarity(descriptors[rows], descriptors[rows])[first, second])
        pairs += zip(rows[first].tolist(), rows[second].tolist(), strict=True)
    similarity = np.concatenate(values)
    order = np.argsort(-similarity)[:SHOWN]
    measured = {
        "pairs": len(similarity),
        "of one moment": int((similarity > MIN_COPY_SIMILARITY).sum()),
        "share": round(float((similarity > MIN_COPY_SIMILARITY).mean()), 5),
        "highest": [round(float(each), 3) for each in similarity[order[:20]]],
    }
    return measured, [pairs[place] for place in order]


def sheet(crops: Crops, pairs: list[tuple[int, int]]) -> Image.Image:
    """The pairs side by side, ten in a row."""
    side_px = crops.shape[1]
    page = Image.new("RGB", (10 * (2 * side_px + 8), -(-len(pairs) // 10) * (side_px + 8)), "white")
    for number, (first, second) in enumerate(pairs):
        left, top = number % 10 * (2 * side_px + 8), number // 10 * (side_px + 8)
        page.paste(Image.fromarray(crops[first]), (left, top))
        page.paste(Image.fromarray(crops[second]), (left + side_px, top))
    return page


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lfw", type=Path)
    parser.add_argument("--people", type=int, help="the first so many; all by default")
    parser.add_argument("--least", type=int, default=10, help="photos that a person must have")
    parser.add_argument("--prepared", type=Path)
    parser.add_argument("--sheet", type=Path)
    options = parser.parse_args()
    folders = [
        folder
        for folder in sorted((options.lfw / "photos").iterdir())
        if len(list(folder.glob("*.jpg"))) >= options.least
    ][: options.people]
    paths = [path for folder in folders for path in sorted(folder.glob("*.jpg"))]
    with FaceAnalyzer(threads=1) as analyzer:
        copies, photos = measure_copies(paths, analyzer)
    people = np.array([folders.index(path.parent) for path in paths])
    output: dict[str, Any] = {"copies": copies, "different photos": measure_pairs(photos, people)[0]}
    if options.prepared:
        data = open_prepared(options.prepared)
        rows = data.rows("val")
        known, counts = np.unique(data.identities[rows], return_counts=True)
        chosen = known[(counts >= options.least) & (known >= 0)]
        rows = rows[np.isin(data.identities[rows], chosen)]
        crops = data.images[rows]
        measured, pairs = measure_pairs(copy_descriptors(crops), data.identities[rows])
        output["different images of the prepared set"] = measured
        if options.sheet:
            sheet(crops, pairs).save(options.sheet)
    print(json.dumps(output, indent=2))


if __name__ == "__main__":
    main()
