"""How similar faces of different people are, at the most: the upper tail of the background's pairs."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, Float32, Float64

from semblante.types import Embeddings

_BLOCK: Final = 512
_MIN_PAIRS: Final = 10
_MAX_SHARE: Final = 0.001
_TAIL_PAIRS: Final = 100
"""Above so many pairs a rate is counted; beyond them an exponential tail goes on, as extremes have it."""


@dataclass(frozen=True, eq=False)
class ImpostorTail:
    """The cosines of the most similar of `pairs` pairs of different people's faces, the highest first."""

    highest: Float32[np.ndarray, " k"]
    pairs: int

    @classmethod
    def of(cls, background: Embeddings) -> "ImpostorTail":
        """The tail of all pairs of `background`, unit rows of different people: one in a thousand, or ten."""
        pairs = len(background) * (len(background) - 1) // 2
        kept = min(pairs, max(_MIN_PAIRS, int(pairs * _MAX_SHARE)))
        highest = np.empty(0, np.float32)
        for start in range(0, len(background), _BLOCK):
            cosines = background[start : start + _BLOCK] @ background[start:].T
            highest = np.sort(np.append(highest, cosines[np.triu_indices_from(cosines, 1)]))[-kept:]
        return cls(highest[::-1].copy(), pairs)

    def clustering_threshold(self, faces: int) -> float:
        """The cosine above which two of `faces` faces are taken for one person's.

        So few pairs are above it that a face exceeds it with another person's about once in ten, and never
        more than one in a thousand; at least ten pairs are, since fewer would say little.
        """
        above = int(self.pairs * min(_MAX_SHARE, 0.1 / max(faces, 1)))
        return float(self.highest[min(len(self.highest), max(_MIN_PAIRS, above)) - 1])

    def log_rates(self, cosines: Float[np.ndarray, " n"]) -> Float64[np.ndarray, " n"]:
        """The natural logarithm of the share of different people's pairs that are at least as similar.

        What is below all of `highest` has the rate of the lowest, which is too small.
        """
        start = self.highest[: min(_TAIL_PAIRS, len(self.highest))].astype(np.float64)
        scale = max(float(start.mean() - start[-1]), 1e-3)
        counted = np.searchsorted(-self.highest, -cosines.astype(np.float32), side="right")
        beyond = math.log(len(start) / self.pairs) - (cosines - start[-1]) / scale
        rates: Float64[np.ndarray, " n"] = np.where(
            counted < len(start), beyond, np.log(np.maximum(counted, 1) / self.pairs)
        )
        return rates
