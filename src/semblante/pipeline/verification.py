"""Verification: whether two faces are one person's, by the similarity of their embeddings."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from semblante.errors import Reason
from semblante.faces import unreliable
from semblante.model.bundle import Bundle
from semblante.types import Embeddings, Face

SAME_AT: Final = 1e-3
"""The false accept rate of the threshold above which two faces are one person's."""
DIFFERENT_AT: Final = 1e-2
"""The false accept rate of the threshold below which they are two people's."""
_MAX_BACKGROUND: Final = 2000
"""Background embeddings that are compared with each other: two million pairs, in a quarter of a second."""


@dataclass(frozen=True)
class Verification:
    """Whether two faces are one person's.

    `similarity` is the cosine of the embeddings, -1 to 1. Above `threshold`, which `false_accept_rate` of the
    pairs of different people exceed, two faces are the same person's. `threshold` is None where it was not
    measured for the model. `reason` says why the verdict is unsure.
    """

    verdict: Literal["same", "different", "unsure"]
    similarity: float
    threshold: float | None
    false_accept_rate: float = SAME_AT
    reason: Reason | None = None


@dataclass(frozen=True)
class Thresholds:
    """Similarities: above `same` faces are one person's, below `different` two people's; None if unknown."""

    same: float | None
    different: float | None


def thresholds_of(bundle: Bundle) -> Thresholds:
    """The thresholds of a model at the false accept rates `SAME_AT` and `DIFFERENT_AT`.

    They come from its evaluation on validation people, and where that lacks a rate, from the similarities of
    its background embeddings. The two agree: the pretrained model's thresholds at 0.1 % are 0.425 and 0.423.
    """
    verification = bundle.evaluation and bundle.evaluation.verification
    measured = {rate.false_accept_rate: rate.threshold for rate in verification.rates} if verification else {}
    background = None if {SAME_AT, DIFFERENT_AT} <= measured.keys() else bundle.background()
    if background is not None and len(background) > 1:
        similarities = _similarities(background)
        for rate in (SAME_AT, DIFFERENT_AT):
            measured.setdefault(rate, float(np.quantile(similarities, 1 - rate)))
    return Thresholds(measured.get(SAME_AT), measured.get(DIFFERENT_AT))


def verify_faces(a: Face, b: Face, thresholds: Thresholds) -> Verification:
    """Whether two faces are one person's. A face that cannot be relied on makes the verdict unsure."""
    similarity = float(np.dot(a.embedding, b.embedding))
    poor = next((face for face in (a, b) if not face.quality.is_good), None)
    if poor is not None:
        return Verification("unsure", similarity, thresholds.same, reason=unreliable(poor.quality))
    if thresholds.same is None:
        return Verification("unsure", similarity, None, reason=Reason("verification_not_measured"))
    if similarity > thresholds.same:
        return Verification("same", similarity, thresholds.same)
    if thresholds.different is not None and similarity < thresholds.different:
        return Verification("different", similarity, thresholds.same)
    return Verification("unsure", similarity, thresholds.same, reason=Reason("similarity_between_thresholds"))


def _similarities(background: Embeddings) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    """The cosines of all pairs of some embeddings, one a person."""
    some = background[:: -(-len(background) // _MAX_BACKGROUND)]
    pairs: np.ndarray[tuple[int], np.dtype[np.float32]] = (some @ some.T)[np.triu_indices(len(some), 1)]
    return pairs
