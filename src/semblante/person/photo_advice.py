"""Advice on a person's photos: how to improve them, and whom the person cannot be distinguished from.

It comes from the faces that were read: their quality, attributes and embeddings. Advice is a code and the
photos that it is about; `semblante.i18n` has its sentences.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool

from semblante.errors import Reason
from semblante.jobs import Advice
from semblante.metrics import roc_curve
from semblante.person.consensus import ConsensusFace, faces_at
from semblante.person.examples import MIN_PHOTOS, Standardizer
from semblante.person.fitting import FitResult
from semblante.person.moments import moments_of
from semblante.person.variety import (
    MAX_FRONTAL,
    MIN_FACE_SHARE,
    MIN_TURN,
    exceptions_to,
    light_variety,
    turn_of,
    variety_without,
)
from semblante.types import AnalyzedPhoto, Face

MAX_MEAN_COSINE: Final = 0.77
"""Photos whose faces have a higher mean cosine, about the negatives' mean, look like those of one day: of
sets of five photos of 20 people in LFW, which are of many events, the highest was 0.74."""
MIN_COMPARED_FACES: Final = 3
MIN_SEPARABLE_AREA: Final = 0.9
"""Below this area under the ROC, a face of the others scores above one of the person in more than one of ten
comparisons. Against background faces it is 0.99 or more."""
MAX_UNDECIDED_SHARE: Final = 0.5
"""With more of the others' faces not answered no, the typical decision about them is none."""
_WORN: Final = {"advice_eyeglasses": "Eyeglasses", "advice_hat": "Wearing_Hat"}


@dataclass(frozen=True)
class Separability:
    """How a person's neuron decides on the faces of negatives who were named: how many got yes or unsure.

    `area` is the area under the ROC: how often a face of the person scores above one of theirs.
    """

    faces: int
    yes: int
    unsure: int
    area: float
    separable: bool


def advice_on_photos(photos: Sequence[AnalyzedPhoto]) -> list[Advice]:
    """Photos that cannot teach: those without a face, and those whose faces are all poor."""
    found: dict[str, list[str]] = {}
    for photo in photos:
        if not photo.faces:
            found.setdefault("advice_no_face", []).append(photo.source)
        elif not any(face.quality.is_good for face in photo.faces):
            code = f"advice_face_{photo.faces[0].quality.issues[0]}"
            found.setdefault(code, []).append(photo.source)
    return [Advice(code, tuple(sources)) for code, sources in found.items()]


def advice_on_faces(
    photos: Sequence[AnalyzedPhoto], consensus: ConsensusFace, standardizer: Standardizer
) -> list[Advice]:
    """What the person's faces have too much in common, and which photos seem to show someone else.

    The standardizer is that of the negatives.
    """
    faces = faces_at(photos, consensus.positives)
    sources = tuple(ref.photo for ref in consensus.positives)
    found = [
        Advice("advice_someone_else", consensus.outliers),
        Advice("advice_several_people", tuple(dict.fromkeys(ref.photo for ref in consensus.other_faces))),
    ]
    if len(faces) >= MIN_COMPARED_FACES:
        found += _alike(faces, standardizer, sources)
        found += [Advice(code, sources) for code in [*_light(faces), *_poses(faces), *_wears(faces)]]
    return [advice for advice in found if advice.photos]


def measure_separability(result: FitResult, named: int) -> Separability | None:
    """Whether the person can be distinguished from the first `named` negatives; None without named ones.

    Held-out faces decide. The two cannot be distinguished where the person's faces do not clearly score above
    theirs, or where most of their faces are left undecided though background faces are not. The thresholds
    alone would not show it: a sister's faces among the negatives raise the threshold of a yes, so that she
    gets none, and the person's own faces become unsure instead. Where there are neurons by age, the
    area is the smallest of all ages.
    """
    answered = {row for part in result.parts for row in part.negatives}
    found = [_separability(result, [row for row in range(named) if row not in answered])]
    found += [
        _separability(part.result, [place for place, row in enumerate(part.negatives) if row < named])
        for part in result.parts
    ]
    measured = [each for each in found if each]
    if len(measured) < 2:
        return measured[0] if measured else None
    faces, yes, unsure = (
        sum(getattr(each, name) for each in measured) for name in ("faces", "yes", "unsure")
    )
    area = min(each.area for each in measured)
    # At one age the faces are too few for a share of them.
    separable = area >= MIN_SEPARABLE_AREA and yes + unsure <= MAX_UNDECIDED_SHARE * faces
    return Separability(faces, yes, unsure, area, separable)


def cannot_be_told_apart(name: str, found: Separability | None) -> Reason:
    """Why a person is not taught against somebody alike; None where no face of theirs was held out."""
    faces, yes, unsure = (found.faces, found.yes, found.unsure) if found else (0, 0, 0)
    area = None if found is None else round(found.area, 3)
    return Reason(
        "cannot_be_told_apart", {"name": name, "faces": faces, "yes": yes, "unsure": unsure, "area": area}
    )


def _separability(result: FitResult, named: Sequence[int]) -> Separability | None:
    """What one neuron says of the negatives in these rows."""
    held_out, rule = result.held_out, result.person.rule
    theirs = (held_out.labels == 0) & np.isin(held_out.indices, named)
    if not theirs.any():
        return None
    verdicts = list(map(rule.verdict, held_out.probabilities.tolist()))
    undecided = np.array([verdict != "no" for verdict in verdicts])
    both = theirs | (held_out.labels == 1)
    area = roc_curve(held_out.logits[both], held_out.labels[both]).area
    of_rest = _share(undecided[(held_out.labels == 0) & ~theirs])
    yes = sum(verdict == "yes" for verdict, is_theirs in zip(verdicts, theirs, strict=True) if is_theirs)
    return Separability(
        faces=int(theirs.sum()),
        yes=yes,
        unsure=int(undecided[theirs].sum()) - yes,
        area=area,
        separable=bool(
            area >= MIN_SEPARABLE_AREA and not undecided[theirs].mean() > MAX_UNDECIDED_SHARE >= of_rest
        ),
    )


def _share(undecided: Bool[np.ndarray, " n"]) -> float:
    return float(undecided.mean()) if len(undecided) else 0.0


def _alike(faces: Sequence[Face], standardizer: Standardizer, sources: tuple[str, ...]) -> list[Advice]:
    """Each moment of several photos, and whether all moments are of one occasion."""
    moments = moments_of(np.stack([face.copy_descriptor for face in faces]))
    found = [
        Advice("advice_one_moment", tuple(sources[row] for row in np.flatnonzero(moments == moment)))
        for moment, count in zip(*np.unique(moments, return_counts=True), strict=True)
        if count > 1
    ]
    firsts = [faces[row].embedding for row in np.unique(moments, return_index=True)[1]]
    if len(firsts) >= MIN_COMPARED_FACES:
        rows = standardizer.transform(np.stack(firsts))
        unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        if float((unit @ unit.T)[np.triu_indices(len(unit), 1)].mean()) > MAX_MEAN_COSINE:
            found.append(Advice("advice_one_occasion", sources))
    return found


def _light(faces: Sequence[Face]) -> list[str]:
    """Whether light falls on all faces from one side, or in the same way."""
    known = sum(face.quality.side_light is not None for face in faces)
    if known < max(MIN_PHOTOS, MIN_FACE_SHARE * len(faces)):
        return []
    return ["advice_one_light"] if light_variety(faces) < 1 else []


def _poses(faces: Sequence[Face]) -> list[str]:
    """Whether all faces look ahead or to one side. An aligned crop does not show it."""
    known = [face for face in faces if face.quality.frontal < 1]
    if len(known) < max(MIN_COMPARED_FACES, MIN_FACE_SHARE * len(faces)):
        return []
    if all(face.quality.frontal > MAX_FRONTAL for face in known):
        return ["advice_looks_ahead"]
    turns = np.array([turn_of(face) for face in known])
    to_one_side = any(exceptions_to(side * turns > MIN_TURN) < 1 for side in (-1, 1))
    return ["advice_looks_one_way"] if to_one_side else []


def _wears(faces: Sequence[Face]) -> list[str]:
    return [code for code, attribute in _WORN.items() if variety_without(attribute, faces) < 1]
