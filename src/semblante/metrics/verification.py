"""Verification: do two images show one person? Their similarity says so, measured over all pairs.

The field's figure is the true accept rate (TAR) at a false accept rate (FAR): of the genuine pairs, how many
pass the threshold that lets at most this share of the impostor pairs pass (Klare et al., "Pushing the
Frontiers of Unconstrained Face Detection and Recognition: IARPA Janus Benchmark A", 2015).
"""

import numpy as np

from semblante.metrics.pairs import Pairs
from semblante.metrics.resampling import estimate_over_people
from semblante.metrics.results import AcceptRate, Verification

FALSE_ACCEPT_RATES = (1e-3, 1e-4)
FEWEST_PEOPLE = 10
"""With fewer people in genuine pairs there is no rate: the pairs of one person resemble each other."""


def verify(pairs: Pairs) -> Verification:
    """The true accept rate at each of `FALSE_ACCEPT_RATES`, and the similarity that a pair must exceed.

    The threshold is a real one that keeps its promise on these pairs: the lowest with no more than the rate
    of the impostor pairs above it, without interpolation.

    Intervals come from 200 resamples of people, as many as there are, with replacement. A resample holds all
    genuine pairs of each person drawn and all impostor pairs between two different people drawn, as often as
    both were; its threshold is found anew, so that the threshold's own uncertainty is in the interval. Held
    fixed are the network and the images of each person. (Bolle, Ratha and Pankanti, "Error analysis of
    pattern recognition systems: the subsets bootstrap", 2004, say why whole people are drawn, not pairs.)

    A rate is None with fewer than 1 / rate impostor pairs, or genuine pairs of fewer than 10 people.
    """
    once = np.ones(pairs.people, np.float32)
    return Verification(
        images=int(pairs.sizes.sum()),
        people=pairs.people,
        people_in_genuine_pairs=int((pairs.sizes > 1).sum()),
        genuine_pairs=int(pairs.genuine_count(once)),
        impostor_pairs=int(pairs.impostor_count(once)),
        rates=tuple(_accept_rate(pairs, rate) for rate in FALSE_ACCEPT_RATES),
    )


def _accept_rate(pairs: Pairs, rate: float) -> AcceptRate:
    everybody = np.ones(pairs.people, bool)
    impostor_pairs = pairs.impostor_count(everybody.astype(np.float32))
    if impostor_pairs * rate * (1 + 1e-9) < 1 or (pairs.sizes > 1).sum() < FEWEST_PEOPLE:
        return AcceptRate(rate, None, None)
    found = estimate_over_people(
        everybody, lambda drawn: pairs.true_accept_rate(drawn, pairs.threshold(drawn, rate))
    )
    return AcceptRate(rate, found, pairs.threshold(everybody.astype(np.float32), rate))
