"""A generator of random numbers that depend on its seeds alone: the same in any process, in any order."""

import numpy as np


class SeededRng:
    """Random values that follow from the whole numbers it is made with."""

    def __init__(self, *seeds: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seeds)))

    def between(self, low: float, high: float) -> float:
        """Any number from `low` to `high`, all equally likely."""
        return low + (high - low) * float(self._generator.random())

    def happens(self, probability: float) -> bool:
        """True with this probability."""
        return float(self._generator.random()) < probability

    def about(self, mean: float, spread: float) -> float:
        """A normal value of standard deviation `spread`, cut off at two and a half of them."""
        return mean + spread * min(max(float(self._generator.standard_normal()), -2.5), 2.5)

    def either(self, answer: bool, yes: tuple[float, float], no: tuple[float, float]) -> float:
        """A measure from the range that belongs to the answer."""
        return self.between(*(yes if answer else no))

    def integer(self, below: int) -> int:
        """A whole number from 0 up to, not including, `below`."""
        return int(self._generator.integers(below))

    def index(self, weights: list[float]) -> int:
        """A position in `weights`, with a probability in proportion to its weight."""
        left = self.between(0.0, sum(weights))
        for position, weight in enumerate(weights):
            left -= weight
            if left < 0:
                return position
        return len(weights) - 1
