"""The strangers that a bundle holds, so that a person can be learnt without a folder of others.

One photo each of some people the network was trained on, at random. Neither their likeliest photo nor a
mean: a stranger who turns up is any photo of anybody, and the thresholds of yes must have seen that.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float16, Int32, Int64

from semblante.model.face_model import BATCH
from semblante.types import Crops, Embeddings

MOST = 4000
"""A threshold that 1 stranger in 2,000 may pass needs some thousands of them."""
MOST_NUMBERS = 60_000_000
"""120 MB. Embeddings of so many people are 2 MB; of whole feature maps of large images fewer fit."""


def choose_background(
    embeddings_of: Callable[[Crops], Embeddings],
    crops: Crops,
    identities: Int32[np.ndarray, " n"],
    rows: Int64[np.ndarray, " k"],
    seed: int = 0,
) -> Float16[np.ndarray, "m d"]:
    """Features of at most `MOST` people, and `MOST_NUMBERS` in all, one photo each, chosen by `seed`.

    `crops` and `identities` are those of a whole prepared set at the side of the network `features_of`,
    `rows` the training rows among them. Images of unknown people (identity -1) each count as a person.
    """
    width = embeddings_of(crops[rows[:1]]).shape[1]
    most = min(MOST, MOST_NUMBERS // width)
    chosen = _one_row_each(identities, rows, most, np.random.default_rng(seed))
    parts = [embeddings_of(crops[chosen[k : k + BATCH]]) for k in range(0, len(chosen), BATCH)]
    kept: Float16[np.ndarray, "m d"] = np.concatenate(parts).astype(np.float16)
    return kept


def _one_row_each(
    identities: Int32[np.ndarray, " n"], rows: Int64[np.ndarray, " k"], most: int, rng: np.random.Generator
) -> Int64[np.ndarray, " m"]:
    shuffled = rng.permutation(rows)
    people = identities[shuffled]
    _, first = np.unique(people, return_index=True)
    unknown = np.flatnonzero(people < 0)
    each = rng.permutation(np.union1d(first, unknown))[:most]
    # Rising, so that images on the disk are read from front to back.
    return np.sort(shuffled[each])
