"""A learnt person and its decisions.

embeddings (n, d) --neuron--> logits --calibration--> probabilities --thresholds--> yes, no or unsure
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final, Literal

import numpy as np
from jaxtyping import Float, Float32, Float64

from semblante.errors import BadName, InvalidOption, ModelMismatch, Reason
from semblante.metrics import sigmoid
from semblante.metrics.results import Estimate, Reliability, RocCurve
from semblante.person.ages import AgeSpan, age_span
from semblante.types import Consent, Embeddings, Face, Verdict

YES_ABOVE: Final = 0.9
"""A higher probability is a yes."""
MAX_NO: Final = 0.1
"""No higher probability is a no."""
MIN_NO_IN_PRIORS: Final = 0.05
"""A probability that is so small a part of the prior is a no, however few photos were learnt from."""
PRIOR_ODDS_PER_RATE: Final = 20
"""The prior odds that a face is the person's, in false-match rates: with these, nine in ten of those who get
a yes are the person where half of the person's own faces get one."""
FALSE_MATCH_RATE: Final = 0.001
"""The share of other people's faces that may get a yes."""
FALSE_NON_MATCH_RATE: Final = 0.025
"""The share of the person's own faces that may get a no."""
MAX_NAME_CHARACTERS: Final = 200
_MAX_TYPED_CHARACTERS: Final = 10 * MAX_NAME_CHARACTERS
_BREAKS: Final = {"Cc", "Zl", "Zp"}
_SURROGATE: Final = "Cs"
"""Half of a surrogate pair: what is left of bytes that were not text."""
_INVISIBLE: Final = {*_BREAKS, "Cf", "Zs"}


@dataclass(frozen=True, eq=False)
class Neuron:
    """The logit weights.x + bias, and the strength of the L2 penalty of the training."""

    weights: Float32[np.ndarray, " d"]
    bias: float
    l2: float

    def logits(self, embeddings: Embeddings) -> Float64[np.ndarray, " n"]:
        """The logit of each row of the embeddings (n, d)."""
        products: Float32[np.ndarray, " n"] = embeddings @ self.weights
        return products.astype(np.float64) + self.bias


@dataclass(frozen=True)
class DecisionRule:
    """The calibration, from a logit to a probability, and the thresholds, from there to a verdict.

    The probability is sigmoid(slope * logit + offset), for the `prior` probability that a face is the
    person's. The verdict is yes above the probability `yes_above`, which other people's faces pass at
    `false_match_rate`; it is no below `no_below`, where the person's own faces fall at
    `false_non_match_rate`; in between it is unsure. The fewer photos were learnt from, the lower lies
    `no_below`.
    """

    slope: float
    offset: float
    prior: float
    no_below: float
    yes_above: float = YES_ABOVE
    false_match_rate: float = FALSE_MATCH_RATE
    false_non_match_rate: float = FALSE_NON_MATCH_RATE

    def probabilities(self, logits: Float[np.ndarray, " n"]) -> Float64[np.ndarray, " n"]:
        """The calibrated probability of each logit."""
        return sigmoid(self.slope * logits + self.offset)

    def verdict(self, probability: float) -> Verdict:
        """Yes, no or unsure."""
        if probability > self.yes_above:
            return "yes"
        return "no" if probability < self.no_below else "unsure"


def prior_of(false_match_rate: float) -> float:
    """The prior probability of the person that makes a yes at this false-match rate right nine times in ten.

    Whoever asks for a lower rate expects the person among more other people: 1 in 1,000 supposes fifty faces
    of other people for each of the person's.
    """
    odds = PRIOR_ODDS_PER_RATE * false_match_rate
    return odds / (1 + odds)


@dataclass(frozen=True, eq=False)
class AgeNeuron:
    """The neuron and the rule for photos of one age span, learnt from so many photos of that age."""

    span: AgeSpan
    neuron: Neuron
    rule: DecisionRule
    photos_of_person: int


@dataclass(frozen=True)
class HeldOutEvaluation:
    """How well a person is distinguished from others, on faces that the neuron was not trained on.

    `method` says where those faces come from. Of `photos_of_others`, `background` came with the model; these
    are always held out in turn. A rate is None where the photos are too few to estimate it.
    """

    method: Literal["validation", "cross-validation"]
    photos_of_person: int
    photos_of_others: int
    tpr_at_fpr_1_percent: Estimate | None
    tpr_at_fpr_01_percent: Estimate | None
    roc: RocCurve
    reliability: Reliability
    background: int = 0


@dataclass(frozen=True, eq=False)
class Person:
    """One neuron on the embeddings of one model, with the calibration, the thresholds and the evaluation.

    Of `photos_of_others`, `background` came with the model. `base_folder` is where the model was at the time
    of learning, if that is known; it helps to find the model again. `base_sha256` decides whether a model is
    the right one. `consent` and `birth_date` are what the user told, if anything. `ages` are neurons for age
    spans, where these serve better than one neuron for all ages.
    """

    name: str
    base_sha256: str
    neuron: Neuron
    rule: DecisionRule
    photos_of_person: int
    moments_of_person: int
    photos_of_others: int
    evaluation: HeldOutEvaluation
    background: int = 0
    base_folder: Path | None = None
    consent: Consent | None = None
    birth_date: date | None = None
    ages: tuple[AgeNeuron, ...] = ()

    @property
    def embedding_size(self) -> int:
        """The length d of the embeddings that the neuron takes."""
        return len(self.neuron.weights)

    def at(self, day: date | None) -> "Person | AgeNeuron":
        """What answers about a photo of that day: the neuron of the age then, if there is one.

        Where the day is not known, or nothing was learnt of that age alone, it is the neuron for all ages.
        """
        span = age_span(day, self.birth_date)
        return next((each for each in self.ages if each.span == span), self)


@dataclass(frozen=True)
class Decision:
    """Whether a photo shows the person, and the face that the verdict is about.

    `verdict` and `probability` are None where no face was judged, because there is none or the photo cannot
    be read; `reason` says why, and also why a likely face is not relied on: its probability is then no
    higher than that of an unsure one. `source` is empty for a background embedding, which has no photo.
    `ages` is the span whose neuron answered, None where that was the neuron for all ages.
    """

    source: str
    verdict: Verdict | None
    probability: float | None
    reason: Reason | None = None
    face: Face | None = None
    ages: AgeSpan | None = None


def decide(
    person: Person, embeddings: Embeddings, sources: Sequence[str], day: date | None = None
) -> list[Decision]:
    """The decision for each row of embeddings (n, d) of the person's model: see `check_base`.

    `day` is when the photos were taken. Where it is not known and the person has neurons by age, that is the
    reason given.
    """
    learnt = person.at(day)
    given = decisions_of(learnt.rule, learnt.neuron.logits(embeddings), sources)
    if isinstance(learnt, AgeNeuron):
        return [replace(each, ages=learnt.span) for each in given]
    if person.ages and day is None:
        return [replace(each, reason=Reason("day_unknown")) for each in given]
    return given


def decisions_of(
    rule: DecisionRule, logits: Float64[np.ndarray, " n"], sources: Sequence[str]
) -> list[Decision]:
    """The decision for each logit."""
    probabilities = rule.probabilities(logits).tolist()
    return [
        Decision(source, rule.verdict(probability), probability)
        for source, probability in zip(sources, probabilities, strict=True)
    ]


def odds_of(probability: float) -> float:
    """The odds of a probability, at most 10^12, since no face is certain."""
    return probability / max(1 - probability, 1e-12)


def share_among(odds: float, others: float) -> float:
    """The probability of one of several people who exclude each other.

    Odds are against anybody unknown; `others` are those of all others together.
    """
    return odds / (1 + odds + others)


def check_person(person: object) -> None:
    """Raise `InvalidOption` for what is no person, such as a name."""
    if not isinstance(person, Person):
        raise InvalidOption("not_a_person", kind=type(person).__name__)


def check_base(person: Person, network_sha256: str) -> None:
    """Raise `ModelMismatch` unless the person was learnt on the network with this hash.

    Raises `InvalidOption` for what is no person, such as a name.
    """
    check_person(person)
    if person.base_sha256 != network_sha256:
        raise ModelMismatch(
            "person_of_another_model",
            name=person.name,
            learnt=person.base_sha256[:12],
            given=network_sha256[:12],
        )


def check_name(name: str) -> str:
    """The name as it is kept: without blanks at its ends, in Unicode's composed form (NFC).

    A name is data to show, never a path or a command, so nearly any text will do. Raises `BadName` for
    what is no text, where nothing visible is left, and for control characters, line breaks or more than 200
    characters.
    """
    if not isinstance(name, str):
        raise BadName("name_not_text", kind=type(name).__name__)
    if len(name) > _MAX_TYPED_CHARACTERS:  # Composing marks without end takes square time.
        raise BadName("name_too_long", count=len(name), most=MAX_NAME_CHARACTERS)
    kept = unicodedata.normalize("NFC", name.strip())
    kinds = {unicodedata.category(character) for character in kept}
    if not kinds - _INVISIBLE:
        raise BadName("name_empty")
    if kinds & _BREAKS:
        raise BadName("name_has_breaks", name=ascii(kept))
    if _SURROGATE in kinds:
        raise BadName("name_not_unicode", name=ascii(kept))
    if len(kept) > MAX_NAME_CHARACTERS:
        raise BadName("name_too_long", count=len(kept), most=MAX_NAME_CHARACTERS)
    return kept
