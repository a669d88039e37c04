"""What is learnt of a person, and the answers it gives.

embeddings (n, d) --neuron--> logits --calibration--> probabilities
                              |                          |
                              +--- thresholds -----------+--> yes, no or unsure
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Float32, Float64, Integer

from semblante.errors import ModelMismatch
from semblante.i18n import tr
from semblante.metrics import sigmoid
from semblante.person.results import Decision, HeldOutEvaluation
from semblante.types import Embeddings, Verdict

PRIOR = 0.5
"""What a probability supposes before the photo is looked at: as likely this person as not."""
FALSE_MATCH_RATE = 0.001
"""Of strangers' photos, the share that may get a yes."""
FALSE_NON_MATCH_RATE = 0.025
"""Of the person's own photos, the share that may get a no."""


@dataclass(frozen=True)
class Gallery:
    """Features of n photos, rows of length one, and where each photo is from."""

    embeddings: Embeddings
    sources: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.embeddings)


@dataclass(frozen=True)
class Examples:
    """Photos of a person and of others."""

    me: Gallery
    others: Gallery


@dataclass(frozen=True, eq=False)
class Neuron:
    """weights.x + bias, and the strength of the L2 penalty that it was trained with."""

    weights: Float32[np.ndarray, " d"]
    bias: float
    l2: float

    def logits(self, embeddings: Embeddings) -> Float64[np.ndarray, " n"]:
        """The logit for each photo."""
        products: Float32[np.ndarray, " n"] = embeddings @ self.weights
        return products.astype(np.float64) + self.bias


@dataclass(frozen=True)
class DecisionRule:
    """From logits to answers.

    The probability is sigmoid(slope * logit + offset), for photos that show the person with a chance
    of `prior` before one looks. Yes above the logit `yes_above`, which strangers pass at
    `false_match_rate`; no below `no_below`, where the person's own photos fall at
    `false_non_match_rate`; neither against the probability.
    """

    slope: float
    offset: float
    yes_above: float
    no_below: float
    prior: float = PRIOR
    false_match_rate: float = FALSE_MATCH_RATE
    false_non_match_rate: float = FALSE_NON_MATCH_RATE

    def probabilities(self, logits: Float[np.ndarray, " n"]) -> Float64[np.ndarray, " n"]:
        """The calibrated probability of each logit."""
        return sigmoid(self.slope * logits + self.offset)

    def verdict(self, logit: float, probability: float) -> Verdict:
        """Yes, no or unsure."""
        if logit > self.yes_above and probability > self.prior:
            return "yes"
        if logit < self.no_below and probability < self.prior:
            return "no"
        return "unsure"


@dataclass(frozen=True, eq=False)
class Person:
    """One neuron on the embeddings of one base network, with all that its answers need.

    Of `photos_of_others`, so many as `strangers` came with the base. `base_folder` is where the base lay
    when the person was learnt, if that is known; it helps to find the base again, and `base_sha256` decides
    whether it is the right one.
    """

    name: str
    base_sha256: str
    neuron: Neuron
    rule: DecisionRule
    photos_of_person: int
    photos_of_others: int
    evidence: HeldOutEvaluation
    background: int = 0
    base_folder: Path | None = None

    @property
    def embedding_size(self) -> int:
        """The length of the feature vectors that the neuron takes."""
        return len(self.neuron.weights)


@dataclass(frozen=True)
class HeldOut:
    """What the neuron said of photos that it had not seen, and what was true (label 1 is the person).

    `indices` are rows of the person's gallery where the label is 1, of the others' where it is 0: of
    the validation photos if there were any, of the training photos otherwise. Where strangers came with
    the base they are last, and their indices go on after the others'.
    """

    logits: Float64[np.ndarray, " n"]
    probabilities: Float64[np.ndarray, " n"]
    labels: Integer[np.ndarray, " n"]
    indices: Integer[np.ndarray, " n"]


@dataclass(frozen=True)
class FitResult:
    """A person just learnt, with the answers on held-out photos that its evidence comes from."""

    person: Person
    held_out: HeldOut


def decide(person: Person, embeddings: Embeddings, sources: Sequence[str]) -> list[Decision]:
    """An answer for each photo. The embeddings must be those of the person's base: see `check_base`."""
    return answers(person.rule, person.neuron.logits(embeddings), sources)


def answers(rule: DecisionRule, logits: Float64[np.ndarray, " n"], sources: Sequence[str]) -> list[Decision]:
    """An answer for each logit, as of `HeldOut`."""
    probabilities = rule.probabilities(logits)
    return [
        Decision(source, rule.verdict(logit, probability), probability)
        for source, logit, probability in zip(sources, logits.tolist(), probabilities.tolist(), strict=True)
    ]


def check_base(person: Person, network_sha256: str) -> None:
    """Raise `WrongBase` unless the person was learnt on the network with this hash."""
    if person.base_sha256 != network_sha256:
        raise ModelMismatch(
            tr(
                "{name} was learnt on the base network {learnt}…, and this one is {given}…: an update "
                "brought a new one, or --base names another. Learn {name} again (semblante learn NAME "
                "PHOTO…), or name the network of then with --base",
                name=person.name,
                learnt=person.base_sha256[:12],
                given=network_sha256[:12],
            )
        )
