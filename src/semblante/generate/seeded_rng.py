"""Chance that depends on its numbers alone: the same in any process, in any order."""

import numpy as np


class SeededRng:
    """Throws that follow from the whole numbers it is made with."""

    def __init__(self, *numbers: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(numbers)))

    def between(self, low: float, high: float) -> float:
        """Any number from `low` to `high`, all alike."""
        return low + (high - low) * float(self._generator.random())

    def rng(self, probability: float) -> bool:
        """Yes, with this probability."""
        return float(self._generator.random()) < probability

    def about(self, middle: float, spread: float) -> float:
        """A number near `middle`, at most two and a half `spread` away."""
        return middle + spread * min(max(float(self._generator.standard_normal()), -2.5), 2.5)

    def either(self, answer: bool, yes: tuple[float, float], no: tuple[float, float]) -> float:
        """A measure from the range that belongs to the answer."""
        return self.between(*(yes if answer else no))

    def integer(self, below: int) -> int:
        """A whole number from 0 up to, not including, `below`."""
        return int(self._generator.integers(below))

    def index(self, weights: list[float]) -> int:
        """A position in `weights`, as likely as its weight."""
        throw = self.between(0.0, sum(weights))
        for position, weight in enumerate(weights):
            throw -= weight
            if throw < 0:
                return position
        return len(weights) - 1
