"""How alike the faces of a person are to each other, beside pairs of different people.

A consensus face is nearer to the mean of a group than background faces are. Pictures of a kind that the
network was not trained on (drawn, very dark, of one camera) may all be nearer to each other than that,
whoever they show; pairs of them are then less alike than those of one person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from semblante.person.connected import connected_components
from semblante.person.consensus import faces_at, unit_rows
from semblante.person.examples import fit_standardizer
from semblante.types import AnalyzedPhoto, Embeddings, FaceRef

PAIRS_OF_OTHERS_ABOVE: Final = 1e-3
"""The share of pairs of different people that are more alike than the threshold. Of LFW's people with ten
photos none, of CelebA's validation people a third have pairs that are less alike on average; of ten drawn
strangers, 85 in 100 draws."""
_MAX_NEGATIVES: Final = 1500
"""A million pairs, in a tenth of a second."""


@dataclass(frozen=True)
class PairSimilarity:
    """Whether the mean pair is more alike than a threshold, and which photos any pair above it joins.

    `alike` are the sources of groups of two photos and more, the largest first; `unlike` are the others.
    """

    is_high: bool
    alike: tuple[tuple[str, ...], ...]
    unlike: tuple[str, ...]


def compare_pairs(
    photos: Sequence[AnalyzedPhoto], refs: Sequence[FaceRef], negatives: Embeddings
) -> PairSimilarity:
    """Compare these faces, two at least, with each other, and pairs of the negatives (n, d) with theirs."""
    standardizer = fit_standardizer(negatives)
    some = unit_rows(standardizer, negatives[:: -(-len(negatives) // _MAX_NEGATIVES)])
    of_others = (some @ some.T)[np.triu_indices(len(some), 1)]
    threshold = float(np.quantile(of_others, 1 - PAIRS_OF_OTHERS_ABOVE))
    rows = unit_rows(standardizer, np.stack([face.embedding for face in faces_at(photos, refs)]))
    similarity = rows @ rows.T
    group = connected_components(len(rows), zip(*np.nonzero(similarity > threshold), strict=True))
    sources = [
        tuple(refs[int(row)].photo for row in np.flatnonzero(group == number)) for number in np.unique(group)
    ]
    mean = float(similarity[np.triu_indices(len(rows), 1)].mean())
    return PairSimilarity(
        is_high=mean > threshold,
        alike=tuple(sorted((each for each in sources if len(each) > 1), key=len, reverse=True)),
        unlike=tuple(each[0] for each in sources if len(each) == 1),
    )
