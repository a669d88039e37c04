"""Whether a person can be told from people who look alike, on their photos that the neuron had not seen.

The thresholds alone would not show it: faces of a sister among the others raise that of a yes, so that she
gets none, and the person's own photos become unsure instead.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool

from semblante.metrics import roc_curve
from semblante.person.model import FitResult

LEAST_AREA = 0.9
"""Below this, a face of the other seems more like the person than the person's own does, in more than one of
ten comparisons. Against strangers it is 0.99 or more."""
MOST_OPEN = 0.5
"""With more of the other's faces not answered no, the typical answer to the other is no answer."""


@dataclass(frozen=True)
class Separability:
    """What the neuron said of others who were named: to how many of their `faces` yes, or no sure answer.

    `area` is how often a photo of the person scores above one of theirs.
    """

    faces: int
    yes: int
    unsure: int
    area: float
    separable: bool


def separability(learnt: FitResult, named: int) -> Separability | None:
    """How the first `named` of the others resemble the person; None where nobody was named.

    They cannot be told apart where the person's photos do not clearly score above theirs, or where most of
    their faces are left open though strangers' are not.
    """
    held_out, rule = learnt.held_out, learnt.person.rule
    theirs = (held_out.labels == 0) & (held_out.indices < named)
    if not theirs.any():
        return None
    said = list(map(rule.verdict, held_out.logits.tolist(), held_out.probabilities.tolist()))
    is_open = np.array([verdict != "no" for verdict in said])
    both = theirs | (held_out.labels == 1)
    area = roc_curve(held_out.logits[both], held_out.labels[both]).area
    left_open = is_open[theirs].mean() > MOST_OPEN >= _share(is_open[(held_out.labels == 0) & ~theirs])
    yes = sum(verdict == "yes" for verdict, is_theirs in zip(said, theirs, strict=True) if is_theirs)
    return Separability(
        faces=int(theirs.sum()),
        yes=yes,
        unsure=int(is_open[theirs].sum()) - yes,
        area=area,
        separable=bool(area >= LEAST_AREA and not left_open),
    )


def _share(open_strangers: Bool[np.ndarray, " n"]) -> float:
    return float(open_strangers.mean()) if len(open_strangers) else 0.0
