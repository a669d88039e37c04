"""Whether the description of an embedding network fits it: tried on pairs of faces, not believed.

    faces of known people, or drawn ones -> embeddings as described -> pairs of one person that are matched
                                         -> embeddings as described otherwise, the same pairs

An ONNX file runs with any pixels: a wrong description gives embeddings that tell people apart less well, or
hardly at all. So the network is tried as it is described, and with another colour order, range of pixels or
template, each first on a few faces. Without known people the faces are drawn: enough to notice what costs a
third of the pairs, not what costs one in a hundred.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

from semblante.celeba import PreparedSet
from semblante.errors import NotAnEmbeddingNetwork
from semblante.generate import draw_picture
from semblante.geometry import resize_to_square
from semblante.jobs import SILENT, JobContext
from semblante.train.embedding_network import Description, pixels_of
from semblante.train.foreign_network import ForeignNetwork, Planes
from semblante.types import Crops, Embeddings, Pixels

FALSE_ACCEPT_RATE: Final = 1e-2
MIN_TRUE_ACCEPT_RATE: Final = 0.5
"""Of the pairs. SFace tells 88 % of drawn ones, and 27 % with pixels from -1 to 1 instead of 0 to 255."""
MAX_MISSED_SHARE: Final = 0.5
"""Another template must miss at most this share of the pairs that the one given misses: a weak network may
see more in a wider or in a nearer view than in the one that it was trained on."""
MIN_STANDARD_ERRORS: Final = 3.0
PICTURES_EACH: Final = 3
DRAWN_SEED, DRAWN_PEOPLE = 77, 32
MAX_KNOWN_IMAGES: Final = 600
SCREENING_IMAGES: Final = 24
"""So many faces decide whether another description is worth trying on all."""
MIN_KNOWN_PEOPLE: Final = 10
BATCH: Final = 32


@dataclass(frozen=True, eq=False)
class _Faces:
    """Crops of people who are in two or more of them, those of a person one after the other."""

    crops: Crops
    identities: Int64[np.ndarray, " n"]
    are_drawn: bool

    def first(self, count: int) -> "_Faces":
        """The first so many faces."""
        return _Faces(self.crops[:count], self.identities[:count], self.are_drawn)

    @property
    def _pairs(self) -> tuple[Int64[np.ndarray, " p"], Int64[np.ndarray, " p"], Bool[np.ndarray, " p"]]:
        """The rows of each pair, and whether it is of one person."""
        one, other = np.triu_indices(len(self.identities), 1)
        return one, other, self.identities[one] == self.identities[other]

    def _cosines(self, embeddings: Embeddings) -> Float32[np.ndarray, " p"]:
        """Of all pairs, about the mean."""
        rows = embeddings - embeddings.mean(axis=0)
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        one, other, _ = self._pairs
        cosines: Float32[np.ndarray, " p"] = (rows @ rows.T)[one, other]
        return cosines

    def matched(self, embeddings: Embeddings) -> Bool[np.ndarray, " q"]:
        """For each pair of one person, whether it is more alike than 99 of 100 pairs of two people."""
        cosines, (_, _, same) = self._cosines(embeddings), self._pairs
        matched: Bool[np.ndarray, " q"] = cosines[same] > np.quantile(cosines[~same], 1 - FALSE_ACCEPT_RATE)
        return matched

    def separation(self, embeddings: Embeddings) -> float:
        """How far the mean pair of one person is from that of two, in standard deviations of the latter."""
        cosines, (_, _, same) = self._cosines(embeddings), self._pairs
        others = cosines[~same]
        return float((cosines[same].mean() - others.mean()) / max(others.std(), np.finfo(np.float32).tiny))

    def is_clearly_better(self, otherwise: Bool[np.ndarray, " q"], matched: Bool[np.ndarray, " q"]) -> bool:
        """Whether more pairs are matched otherwise, by more than chance: the people are what varies."""
        one, _, same = self._pairs
        _, person = np.unique(self.identities[one[same]], return_inverse=True)
        gains = np.bincount(person, otherwise.astype(np.float64) - matched)
        return bool(gains.sum() > MIN_STANDARD_ERRORS * math.sqrt(float((gains**2).sum())))


def check_description(
    path: Path,
    network: ForeignNetwork,
    description: Description,
    data: PreparedSet | None = None,
    job: JobContext = SILENT,
) -> None:
    """Raise `NotAnEmbeddingNetwork` where pairs of faces contradict the description; stage "checking".

    `network` is that of the file at `path`. The pairs are those of the validation people of `data`, or where
    there are too few, of drawn people. `description_contradicted`: another description tells clearly more of
    the pairs of one person. `description_tells_nobody`: fewer than `MIN_TRUE_ACCEPT_RATE` of them are told.
    """
    faces = _known_faces(data, description.crop_side_px) or _drawn_faces(description.crop_side_px)
    few, run = faces.first(SCREENING_IMAGES), network.runner()
    embeddings = _embeddings(run, description, faces.crops, job)
    matched = faces.matched(embeddings)
    separation = few.separation(embeddings[:SCREENING_IMAGES])
    others = list(_alternatives(description))
    for done, (field, other) in enumerate(others):
        job.progress("checking", done, len(others))
        first = _embeddings(run, other, few.crops, job)
        # The colours of real faces matter little, and only many pairs show it.
        screened = faces.are_drawn or field != "colors"
        if screened and few.separation(first) <= separation:
            continue
        rest = _embeddings(run, other, faces.crops[SCREENING_IMAGES:], job)
        otherwise = faces.matched(np.concatenate([first, rest]))
        most_missed = 1.0 if field != "landmarks" else MAX_MISSED_SHARE * float((~matched).mean())
        if (~otherwise).mean() <= most_missed and faces.is_clearly_better(otherwise, matched):
            raise NotAnEmbeddingNetwork(
                "description_contradicted",
                path=path,
                field=field,
                described=float(matched.mean()),
                otherwise=float(otherwise.mean()),
            )
    if matched.mean() < MIN_TRUE_ACCEPT_RATE:
        raise NotAnEmbeddingNetwork("description_tells_nobody", path=path, share=float(matched.mean()))


def _alternatives(description: Description) -> Iterator[tuple[str, Description]]:
    """The description with one field changed, and that field."""

    def changed(**fields: Any) -> Description:
        return description.model_copy(update=fields)

    yield "colors", changed(colors="bgr" if description.colors == "rgb" else "rgb")
    scale = float(np.mean(description.scale))
    for mean, other in ((0.0, 1.0), (0.0, 255.0), (127.5, 127.5)):
        if not math.isclose(scale, other, rel_tol=0.05):
            yield "scale", changed(mean=mean, scale=other)
    places, middle = np.array(description.landmarks), description.side_px / 2
    for factor in (0.8, 1.25):
        yield "landmarks", changed(landmarks=_points((places - middle) * factor + middle))
    for shift in (-0.1, 0.1):
        yield "landmarks", changed(landmarks=_points(places + np.array([0, shift * description.side_px])))


def _points(places: Float64[np.ndarray, "5 2"]) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in places)


def _embeddings(
    run: Callable[[Planes], Embeddings], description: Description, crops: Crops, job: JobContext
) -> Embeddings:
    parts = []
    for part in np.split(crops, range(BATCH, len(crops), BATCH)):
        job.check()
        parts.append(run(pixels_of(description, part)))
    embeddings: Embeddings = np.nan_to_num(np.concatenate(parts))
    return embeddings


def _drawn_faces(side_px: int) -> _Faces:
    crops = [resize_to_square(picture, side_px) for picture in _drawn_pictures(DRAWN_PEOPLE)]
    people = np.repeat(np.arange(DRAWN_PEOPLE), PICTURES_EACH)
    return _Faces(np.stack(crops), people, are_drawn=True)


@cache
def _drawn_pictures(people: int) -> list[Pixels]:
    keys = [(person, picture) for person in range(people) for picture in range(PICTURES_EACH)]
    return [draw_picture(DRAWN_SEED, *key).pixels for key in keys]


def _known_faces(data: PreparedSet | None, side_px: int) -> _Faces | None:
    """Validation images of people who are in two or more; None of fewer than `MIN_KNOWN_PEOPLE`."""
    if data is None:
        return None
    rows = data.rows("val")
    rows = rows[np.argsort(data.identities[rows], kind="stable")]
    _, first, person, counts = np.unique(
        data.identities[rows], return_index=True, return_inverse=True, return_counts=True
    )
    chosen = (counts[person] > 1) & (np.arange(len(rows)) - first[person] < PICTURES_EACH)
    rows = rows[chosen & (data.identities[rows] >= 0)][:MAX_KNOWN_IMAGES]
    identities = data.identities[rows].astype(np.int64)
    if len(np.unique(identities)) < MIN_KNOWN_PEOPLE:
        return None
    crops = np.stack([resize_to_square(data.images[row], side_px) for row in rows])
    return _Faces(crops, identities, are_drawn=False)
