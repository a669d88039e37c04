"""Confidence intervals by the cluster bootstrap over people.

Photos of one person resemble each other, so whole people are drawn with replacement, as many as there are
(Field and Welsh, "Bootstrapping clustered data", 2007). Intervals are percentiles of the metric over the
resamples.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Float32, Integer

from semblante.jobs import SILENT, JobContext
from semblante.metrics.results import Estimate

RESAMPLES = 1000
RESAMPLES_OF_RANKINGS = 200
"""A ranking costs far more to measure than a count; 200 place a 95 % interval well enough."""
SEED = 0
MAX_BLOCK_VALUES = 4_000_000
"""Counts held at once: 16 MB, however many images there are."""


@dataclass(frozen=True)
class Clusters:
    """Which cluster each of n images belongs to, as 0 to `count` - 1, and what a cluster is."""

    of_image: Integer[np.ndarray, " n"]
    count: int
    people: int | None

    @property
    def kind(self) -> Literal["people", "images"]:
        """What is resampled."""
        return "images" if self.people is None else "people"


def clusters(identities: Integer[np.ndarray, " n"]) -> Clusters:
    """Images by person. An image of nobody known (-1) is a cluster of its own; with no one known, all are."""
    known = identities >= 0
    if not known.any():
        return Clusters(np.arange(len(identities)), len(identities), None)
    names, of_known = np.unique(identities[known], return_inverse=True)
    of_image = np.empty(len(identities), np.intp)
    of_image[known] = of_known
    unknown = int((~known).sum())
    of_image[~known] = len(names) + np.arange(unknown)
    return Clusters(of_image, len(names) + unknown, len(names))


def resamples(
    cluster_count: int, total: int, size: int | None = None
) -> Iterator[Float32[np.ndarray, "block clusters"]]:
    """Blocks of resamples, `total` in all: how often each cluster was drawn. Always the same draws.

    `size` is what the caller holds for each resample, the number of clusters by default; blocks are cut
    so that this stays small.
    """
    rng = np.random.default_rng(SEED)
    block = max(1, MAX_BLOCK_VALUES // max(cluster_count, size or 1))
    for start in range(0, total, block):
        rows = min(block, total - start)
        drawn = rng.integers(0, cluster_count, size=(rows, cluster_count))
        drawn += np.arange(rows)[:, None] * cluster_count
        counts = np.bincount(drawn.ravel(), minlength=rows * cluster_count)
        yield counts.reshape(rows, cluster_count).astype(np.float32)


def estimate(value: float, resampled: Float[np.ndarray, " r"]) -> Estimate:
    """`value` with the central 95 % of the figure over resamples, nan where they cannot tell."""
    defined = resampled[np.isfinite(resampled)]
    if np.isnan(value) or not len(defined):
        return Estimate(float(value), float("nan"), float("nan"))
    low, high = np.percentile(defined, (2.5, 97.5))
    return Estimate(float(value), float(low), float(high))


def estimate_over_people(
    people: Bool[np.ndarray, " p"],
    figure: Callable[[Float32[np.ndarray, " p"]], float],
    job: JobContext = SILENT,
) -> Estimate:
    """`figure`, a function of how often each of p people was drawn, with its interval over 200 resamples.

    The value is that of `people`, once each; a resample draws among them. One person gives no interval.
    Raises `Cancelled` between two resamples.
    """
    chosen, drawn = np.flatnonzero(people), np.zeros(len(people), np.float32)
    resampled = []
    for counts in resamples(len(chosen), RESAMPLES_OF_RANKINGS if len(chosen) > 1 else 0):
        for row in counts:
            job.check()
            drawn[chosen] = row
            resampled.append(figure(drawn))
    return estimate(figure(people.astype(np.float32)), np.array(resampled, np.float64))
