"""How well a person was learnt, and what is answered of a photo."""

from dataclasses import dataclass
from typing import Literal

from semblante.metrics.results import Estimate, Reliability, RocCurve
from semblante.types import Face, Verdict


@dataclass(frozen=True)
class HeldOutEvaluation:
    """How well a person is told from others, on photos that the neuron had not seen.

    `method` says where those photos come from. Of `photos_of_others`, so many as `background` came with the
    base network; they are always held out in turn. A rate is None where the photos are too few to say.
    """

    method: Literal["validation", "cross-validation"]
    photos_of_person: int
    photos_of_others: int
    tpr_at_fpr_1_percent: Estimate | None
    tpr_at_fpr_01_percent: Estimate | None
    roc: RocCurve
    reliability: Reliability
    background: int = 0


@dataclass(frozen=True)
class Decision:
    """Whether a photo shows the person, and which face the answer is about.

    `probability` is None where no face was judged; `reason` says why, and also why a likely face is not
    relied on. `source` is empty where there is no photo to look at: of a stranger that came with the base.
    """

    source: str
    verdict: Verdict
    probability: float | None
    reason: str | None = None
    face: Face | None = None
