"""Verification: whether two images show one person, decided by the similarity of their embeddings.

The field's metric is the true accept rate (TAR) at a false accept rate (FAR): the share of the genuine pairs
above the threshold that lets at most this share of the impostor pairs pass (Klare et al., "Pushing the
Frontiers of Unconstrained Face Detection and Recognition: IARPA Janus Benchmark A", 2015).

All pairs of images of known people count. The genuine pairs are all kept. Of the impostor pairs, which grow
with the square of the images, only the most similar are kept: those that a threshold at the highest false
accept rate of interest lets pass, with some to spare for resamples. They are found block by block, so memory
stays flat: 20,000 images have 200 million pairs.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32, Int64, Integer

from semblante.jobs import SILENT, JobContext
from semblante.metrics.resampling import estimate_over_people
from semblante.metrics.results import AcceptRate, Verification
from semblante.types import Embeddings

FALSE_ACCEPT_RATES = (1e-3, 1e-4)
MIN_PEOPLE_IN_GENUINE_PAIRS = 10
"""With fewer people in genuine pairs there is no rate: the pairs of one person resemble each other."""
SPARE_FACTOR, MIN_KEPT_PAIRS = 4, 100_000
"""Kept are so many times the impostor pairs that may pass, and so many at least: in resamples others pass."""
Draws = Float32[np.ndarray, " p"]
"""How often each of p people was drawn."""
BLOCK_ROWS, BLOCK_COLUMNS = 512, 4096
"""Images on each side of a block: 8 MB of similarities."""


@dataclass(frozen=True)
class Pairs:
    """The pairs of n images of people numbered 0 to p - 1, g of them genuine, each with its similarity.

    Similarities, of vectors of length one the cosines, fall in both arrays. `sizes` are the images of each
    person; `genuine_person` and `impostor_people` say who is in a pair. `person_of_image` gives -1 to an
    image of nobody known, which is in no pair.

    The methods take how often each person was drawn: a pair counts as often as its two people together, and
    two draws of one person make no pair, being neither two people nor two images. A rate of no pairs is nan.
    """

    person_of_image: Int64[np.ndarray, " images"]
    sizes: Int64[np.ndarray, " p"]
    genuine: Float32[np.ndarray, " g"]
    genuine_person: Int32[np.ndarray, " g"]
    impostors: Float32[np.ndarray, " k"]
    impostor_people: Int32[np.ndarray, "k 2"]

    @property
    def people(self) -> int:
        """How many people there are, those with a single image too."""
        return len(self.sizes)

    def genuine_count(self, drawn: Draws) -> float:
        """How many genuine pairs there are."""
        return float(drawn[self.genuine_person].sum(dtype=np.float64))

    def impostor_count(self, drawn: Draws) -> float:
        """How many impostor pairs there are; those that are not kept count too."""
        images = self.sizes * drawn.astype(np.float64)
        return float((images.sum() ** 2 - (images**2).sum()) / 2)

    def threshold(self, drawn: Draws, false_accept_rate: float) -> float:
        """The lowest similarity above which no more than this share of the impostor pairs lies."""
        # A hair more than the product, because 0.001 * 1000 need not be 1 in floating point.
        allowed = self.impostor_count(drawn) * false_accept_rate * (1 + 1e-9)
        if not allowed:
            return -math.inf
        one, other = self.impostor_people.T
        passed = np.cumsum(drawn[one] * drawn[other], dtype=np.float64)
        first_refused = int(np.searchsorted(passed, allowed, "right"))
        # Should a resample need more pairs than are kept, its threshold is too high: nothing is flattered.
        return float(self.impostors[min(first_refused, len(passed) - 1)])

    def true_accept_rate(self, drawn: Draws, threshold: float) -> float:
        """The share of the genuine pairs above the threshold."""
        weights = drawn[self.genuine_person]
        return _share(weights[self.genuine > threshold], self.genuine_count(drawn))

    def false_accept_rate(self, drawn: Draws, threshold: float) -> float:
        """The share of the impostor pairs above the threshold, which must not lie below all that are kept."""
        passing = int((self.impostors > threshold).sum())
        one, other = self.impostor_people[:passing].T
        return _share(drawn[one] * drawn[other], self.impostor_count(drawn))


def _share(weights: Float32[np.ndarray, " pairs"], total: float) -> float:
    return float(weights.sum(dtype=np.float64)) / total if total else math.nan


def compare(
    embeddings: Embeddings,
    identities: Integer[np.ndarray, " n"],
    highest_rate: float,
    job: JobContext = SILENT,
) -> Pairs | None:
    """All pairs of the images with a known person (identity not -1); None where there is no such image.

    The impostor pairs that are kept serve false accept rates up to `highest_rate`. Raises `Cancelled`
    between two blocks of pairs.
    """
    known = np.flatnonzero(identities >= 0)
    if not len(known):
        return None
    _, numbers, sizes = np.unique(identities[known], return_inverse=True, return_counts=True)
    person_of_image = np.full(len(identities), -1, np.int64)
    person_of_image[known] = numbers
    # One person's images lie side by side, so genuine pairs lie along the diagonal of all pairs.
    order = np.argsort(numbers, kind="stable")
    vectors = np.ascontiguousarray(embeddings[known[order]])
    genuine, genuine_person = _genuine(vectors, sizes)
    images = len(known)
    impostor_pairs = (images**2 - int((sizes**2).sum())) // 2
    keep = min(impostor_pairs, max(MIN_KEPT_PAIRS, SPARE_FACTOR * int(highest_rate * impostor_pairs)))
    impostors, impostor_people = _most_similar_impostors(vectors, numbers[order], np.cumsum(sizes), keep, job)
    return Pairs(person_of_image, sizes, genuine, genuine_person, impostors, impostor_people)


def true_accept_rate(
    embeddings: Embeddings, identities: Integer[np.ndarray, " n"], false_accept_rate: float
) -> float | None:
    """The true accept rate of all pairs at that false accept rate; None where there are no such pairs."""
    pairs = compare(embeddings, identities, false_accept_rate)
    if pairs is None:
        return None
    once = np.ones(pairs.people, np.float32)
    rate = pairs.true_accept_rate(once, pairs.threshold(once, false_accept_rate))
    return rate if math.isfinite(rate) else None


def verify(pairs: Pairs, job: JobContext = SILENT) -> Verification:
    """The true accept rate at each of `FALSE_ACCEPT_RATES`, and the similarity that a pair must exceed.

    The threshold is a real one that keeps its promise on these pairs: the lowest with no more than the rate
    of the impostor pairs above it, without interpolation.

    Intervals come from 200 resamples of people, as many as there are, with replacement. A resample holds all
    genuine pairs of each person drawn and all impostor pairs between two different people drawn, as often as
    both were; its threshold is found anew, so that the threshold's own uncertainty is in the interval. Held
    fixed are the network and the images of each person. (Bolle, Ratha and Pankanti, "Error analysis of
    pattern recognition systems: the subsets bootstrap", 2004, say why whole people are drawn, not pairs.)

    A rate is None with fewer than 1 / rate impostor pairs, or genuine pairs of fewer than 10 people.
    Raises `Cancelled` between two resamples.
    """
    once = np.ones(pairs.people, np.float32)
    return Verification(
        images=int(pairs.sizes.sum()),
        people=pairs.people,
        people_in_genuine_pairs=int((pairs.sizes > 1).sum()),
        genuine_pairs=int(pairs.genuine_count(once)),
        impostor_pairs=int(pairs.impostor_count(once)),
        rates=tuple(_accept_rate(pairs, rate, job) for rate in FALSE_ACCEPT_RATES),
    )


def _accept_rate(pairs: Pairs, rate: float, job: JobContext) -> AcceptRate:
    everybody = np.ones(pairs.people, bool)
    impostor_pairs = pairs.impostor_count(everybody.astype(np.float32))
    if impostor_pairs * rate * (1 + 1e-9) < 1 or (pairs.sizes > 1).sum() < MIN_PEOPLE_IN_GENUINE_PAIRS:
        return AcceptRate(rate, None, None)
    found = estimate_over_people(
        everybody, lambda drawn: pairs.true_accept_rate(drawn, pairs.threshold(drawn, rate)), job
    )
    return AcceptRate(rate, found, pairs.threshold(everybody.astype(np.float32), rate))


def _genuine(
    vectors: Embeddings, sizes: Integer[np.ndarray, " p"]
) -> tuple[Float32[np.ndarray, " g"], Int32[np.ndarray, " g"]]:
    found = [np.empty(0, np.float32)]
    for end, size in zip(np.cumsum(sizes).tolist(), sizes.tolist(), strict=True):
        own = vectors[end - size : end]
        found.append((own @ own.T)[np.triu_indices(size, 1)])
    similarities = np.concatenate(found)
    people = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes * (sizes - 1) // 2)
    falling = np.argsort(-similarities, kind="stable")
    return similarities[falling], people[falling]


def _most_similar_impostors(
    vectors: Embeddings,
    people: Integer[np.ndarray, " n"],
    ends: Integer[np.ndarray, " p"],
    keep: int,
    job: JobContext,
) -> tuple[Float32[np.ndarray, " k"], Int32[np.ndarray, "k 2"]]:
    """The `keep` most similar pairs of different people, falling. Person i's images end before `ends[i]`."""
    similarities, of_pair, bound = np.empty(0, np.float32), np.empty((0, 2), np.int32), -np.inf
    for block, first_row, first_column in _blocks(vectors, ends[people]):
        job.check()
        rows, columns = np.nonzero(block > bound)
        of_new = np.stack([people[first_row + rows], people[first_column + columns]], axis=1)
        similarities = np.append(similarities, block[rows, columns])
        of_pair = np.append(of_pair, of_new.astype(np.int32), axis=0)
        if len(similarities) > 2 * keep:
            kept = np.argpartition(similarities, -keep)[-keep:] if keep else np.empty(0, np.intp)
            similarities, of_pair = similarities[kept], of_pair[kept]
            bound = float(similarities.min()) if keep else np.inf
    falling = np.argsort(-similarities, kind="stable")[:keep]
    return similarities[falling], of_pair[falling]


def _blocks(
    vectors: Embeddings, ends: Integer[np.ndarray, " n"]
) -> Iterator[tuple[Float32[np.ndarray, "rows columns"], int, int]]:
    """Similarities of each impostor pair once, with the first row and column; -inf elsewhere.

    Row i's partners are the images from `ends[i]` on, where the next person begins.
    """
    for row in range(0, len(vectors), BLOCK_ROWS):
        rows, ends_of_rows = vectors[row : row + BLOCK_ROWS], ends[row : row + BLOCK_ROWS]
        for column in range(int(ends_of_rows[0]), len(vectors), BLOCK_COLUMNS):
            block = rows @ vectors[column : column + BLOCK_COLUMNS].T
            if column < ends_of_rows[-1]:
                numbers = np.arange(column, column + block.shape[1])
                block[numbers[None, :] < ends_of_rows[:, None]] = -np.inf
            yield block, row, column
