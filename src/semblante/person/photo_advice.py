"""What would make a person's photos teach more: advice as values, which others put into words.

It comes from what was read of the photos: faces, their quality, attributes and embeddings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from semblante.labels import ATTRIBUTES
from semblante.person.consensus import ConsensusFace
from semblante.person.photos import FEWEST, Standardizer, near_duplicates
from semblante.types import AnalyzedPhoto, Embeddings, Face, QualityIssue

AdviceKind = Literal[
    "no face",
    "someone else",
    "perhaps the person",
    "several people",
    "near duplicates",
    "one look",
    "one light",
    "looks ahead",
    "looks one way",
    "eyeglasses",
    "hat",
]
ONE_LOOK = 0.8
"""Photos whose faces have a higher mean cosine, about the mean of others', look like those of one day: of 20
people in LFW with photos of many events, the highest was 0.77."""
LOOKS_AHEAD = 0.75
"""Every face being more frontal than this. Each of those 20 people has faces that are less."""
TURNED = 0.15
"""How far the middle of a turned head's box lies beside the eyes, in distances between them."""
ONE_SIDE, SAME_LIGHT = 0.1, 0.02
"""Light that falls from one side is stronger than that, and light that is always the same varies less. Of
sets of five photos of those people none has nearly all from one side; one in a hundred varies so little."""
MOSTLY = 0.9
"""The share of a person's faces that makes something theirs throughout."""
FEWEST_TO_COMPARE = 3
_WEARS: dict[AdviceKind, str] = {"eyeglasses": "Eyeglasses", "hat": "Wearing_Hat"}


@dataclass(frozen=True)
class Advice:
    """What is to be said of some photos: a kind, or a flaw of the faces in them, and the photos' sources."""

    kind: AdviceKind | QualityIssue
    photos: tuple[str, ...]


def advice_on_photos(photos: Sequence[AnalyzedPhoto]) -> list[Advice]:
    """Photos that cannot teach whoever is in them: without a face, or with poor ones only."""
    found: dict[AdviceKind | QualityIssue, list[str]] = {}
    for photo in photos:
        if not photo.faces:
            found.setdefault("no face", []).append(photo.source)
        elif not any(read.quality.is_good for read in photo.faces):
            found.setdefault(photo.faces[0].quality.issues[0], []).append(photo.source)
    return [Advice(kind, tuple(sources)) for kind, sources in found.items()]


def advice_on_faces(
    photos: Sequence[AnalyzedPhoto], common: ConsensusFace, scale: Standardizer
) -> list[Advice]:
    """What the person's faces have too much in common, and which photos seem to show someone else.

    `scale` is that of other people's embeddings.
    """
    taught = [photos[spot.photo] for spot in common.mine]
    faces = [photos[spot.photo].faces[spot.place] for spot in common.mine]
    sources = tuple(photo.source for photo in taught)
    beside = {spot.photo for spot in common.other_faces}
    found = [
        Advice("someone else", tuple(photos[number].source for number in common.outliers)),
        Advice("several people", tuple(photos[number].source for number in sorted(beside))),
    ]
    if len(faces) >= FEWEST_TO_COMPARE:
        embeddings = np.stack([read.embedding for read in faces])
        found += _alike(embeddings, scale, sources)
        found += [Advice(kind, sources) for kind in [*_light(faces), *_poses(faces), *_wears(faces)]]
    return [advice for advice in found if advice.photos]


def _alike(embeddings: Embeddings, scale: Standardizer, sources: tuple[str, ...]) -> list[Advice]:
    """Each set of near-duplicates, and whether all the other photos are of one look."""
    rows = scale.rows(embeddings)
    groups = near_duplicates(rows)
    found = [
        Advice("near duplicates", tuple(sources[row] for row in np.flatnonzero(groups == group)))
        for group, count in zip(*np.unique(groups, return_counts=True), strict=True)
        if count > 1
    ]
    moments = rows[np.unique(groups, return_index=True)[1]]
    if len(moments) >= FEWEST_TO_COMPARE:
        unit = moments / np.linalg.norm(moments, axis=1, keepdims=True)
        if float((unit @ unit.T)[np.triu_indices(len(unit), 1)].mean()) > ONE_LOOK:
            found.append(Advice("one look", sources))
    return found


def _light(faces: Sequence[Face]) -> list[AdviceKind]:
    """Whether light falls on all faces from one side, or in the same way."""
    sides = [read.quality.side_light for read in faces]
    told = np.array([side for side in sides if side is not None])
    if len(told) < max(FEWEST, MOSTLY * len(faces)):
        return []
    from_one_side = any(np.mean(sign * told > ONE_SIDE) >= MOSTLY for sign in (-1, 1))
    return ["one light"] if from_one_side or told.std() < SAME_LIGHT else []


def _poses(faces: Sequence[Face]) -> list[AdviceKind]:
    """Whether all faces look ahead or to one side. A face that came in its frame does not tell."""
    told = [read for read in faces if read.quality.frontal < 1]
    if len(told) < max(FEWEST_TO_COMPARE, MOSTLY * len(faces)):
        return []
    turns = np.array([_turn(read) for read in told])
    if all(read.quality.frontal > LOOKS_AHEAD for read in told):
        return ["looks ahead"]
    to_one_side = any(np.mean(side * turns > TURNED) >= MOSTLY for side in (-1, 1))
    return ["looks one way"] if to_one_side else []


def _turn(read: Face) -> float:
    """How far right of the box's middle the middle of the eyes lies, in distances between the eyes."""
    x0, _, x1, _ = read.box
    (left, _), (right, _) = read.landmarks[:2]
    return ((left + right) - (x0 + x1)) / 2 / max(read.quality.interocular_px, 1.0)


def _wears(faces: Sequence[Face]) -> list[AdviceKind]:
    logits = np.stack([read.logits for read in faces])
    return [
        kind
        for kind, attribute in _WEARS.items()
        if np.mean(logits[:, ATTRIBUTES.index(attribute)] > 0) >= MOSTLY
    ]
