"""Blends: means of two aligned faces, which teachers see as somebody else.

    training images --pairs at random--> share * one + (1 - share) * the other

A training set shows few people, and teachers can be asked about any picture. All crops lie in one frame, so
that the mean of two is a face again. What a teacher sees in it is not the mean of what it sees in both (their
cosine is about 0.6), so each blend teaches something new, of attributes nothing. (Beyer et al., "Knowledge
distillation: a good teacher is patient and consistent", 2022, ask their teacher about blends as well: mixup.)
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Int64

MIN_SHARE, MAX_SHARE = 0.35, 0.65
"""Of one of both: nearer to it, a blend hardly differs from it."""


@dataclass(frozen=True)
class Blends:
    """Which of n images make each of m blends: numbers of both, the share of `one`, whether `other` is
    mirrored.
    """

    one: Int64[np.ndarray, " m"]
    other: Int64[np.ndarray, " m"]
    share: Float32[np.ndarray, " m"]
    is_flipped: Bool[np.ndarray, " m"]

    def __len__(self) -> int:
        return len(self.one)


def choose_blends(count: int, seed: int = 0) -> Blends:
    """As many blends as images: each of `count` images is once the one and once the other."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(count)
    return Blends(
        one=order,
        other=np.roll(order, 1),  # Never the image itself, where there are two.
        share=rng.uniform(MIN_SHARE, MAX_SHARE, count).astype(np.float32),
        is_flipped=rng.random(count) < 0.5,
    )
