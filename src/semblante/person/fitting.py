"""Learning a person: from embeddings of photos to a `Person` with its evaluation.

    check the photos -> principal components -> cross-validate the penalty -> train the neuron
                     -> logits of held-out faces -> calibration, thresholds, evaluation

Everything is deterministic: the same embeddings give the same person.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float64, Integer

from semblante.errors import InvalidOption, check_type
from semblante.jobs import SILENT, JobContext
from semblante.metrics import reliability, roc_curve, tpr_at_fpr
from semblante.person.ages import AgeEvidence
from semblante.person.calibration import class_weights, fit_rule, rule_loss
from semblante.person.decision import (
    FALSE_MATCH_RATE,
    HeldOutEvaluation,
    Neuron,
    Person,
    check_name,
)
from semblante.person.examples import (
    OTHERS,
    Examples,
    Standardizer,
    check_disjoint,
    check_enough,
    check_varied,
    fit_standardizer,
    folds_of,
)
from semblante.person.moments import one_of_each
from semblante.person.neuron import PrincipalComponents, principal_components, train
from semblante.types import Embeddings

FOLDS: Final = 5
L2_PENALTIES: Final = np.array([1e-4, 1e-3, 1e-2])
"""Strengths of the L2 penalty to choose from, for standardized rows. Stronger ones only find the direction
between the two means, weaker ones fit noise: neither ranked other people's real photos better."""
MAX_TRAINING_NEGATIVES: Final = 2000
"""Negatives that the neuron trains on. The rest are always held out, for a more precise evaluation."""
KNOWN_FACES_STRICTNESS: Final = 2.0
"""How much stricter thresholds are against background embeddings than against new people. The model was
trained on the background's people, and a collection's people are more alike than CelebA's. With this, where
0.1 % were asked for, 0.02 % of validation people of the person's own sex and age got a yes (`alike` in
`bench/people.py`), and of LFW's people 0.01 % after five photos, none after ten (`bench/lfw.py`)."""
MAX_FALSE_MATCH_RATE: Final = 0.1
"""With more, a yes would say little."""
SEED: Final = 0
POSITIVE, NEGATIVE, BACKGROUND = 0, 1, 2
"""Kinds of rows: the person, negatives of the user's own, and background embeddings of the model."""


@dataclass(frozen=True)
class HeldOut:
    """Logits and probabilities of held-out faces, and the truth (label 1 is the person).

    `indices` are rows of the positives where the label is 1, of the negatives where it is 0: of the
    validation photos if there were any, of the training photos otherwise. Of each moment there is one row,
    that with the median logit. Background embeddings come last, and their indices go on after the negatives'.
    """

    logits: Float64[np.ndarray, " n"]
    probabilities: Float64[np.ndarray, " n"]
    labels: Integer[np.ndarray, " n"]
    indices: Integer[np.ndarray, " n"]


@dataclass(frozen=True)
class FitResult:
    """A learnt person, and the held-out faces that its evaluation comes from.

    The neuron for all ages answered about them. `by_age` is None where no neurons by age were tried; `parts`
    are what the neurons by age come from, if the person has any.
    """

    person: Person
    held_out: HeldOut
    by_age: AgeEvidence | None = None
    parts: tuple["AgePart", ...] = ()


@dataclass(frozen=True)
class AgePart:
    """What a neuron by age comes from, and which of all negatives, by row, are of photos of these years.

    In what it was learnt from, these come first, in this order; behind them come some of other years.
    """

    result: FitResult
    negatives: tuple[int, ...]


@dataclass(frozen=True)
class _Study:
    """The rows to train on, the positives first, in principal components, each with its fold."""

    standardizer: Standardizer
    components: PrincipalComponents
    kinds: Integer[np.ndarray, " n"]
    moments: Integer[np.ndarray, " n"]
    folds: Integer[np.ndarray, " n"]

    @property
    def labels(self) -> Integer[np.ndarray, " n"]:
        """1 for the person, 0 for everybody else."""
        labels: Integer[np.ndarray, " n"] = (self.kinds == POSITIVE).astype(np.intp)
        return labels


@dataclass(frozen=True)
class _Unseen:
    """Logits of faces that the neuron was not trained on; labels and indices as in `HeldOut`."""

    logits: Float64[np.ndarray, " n"]
    labels: Integer[np.ndarray, " n"]
    indices: Integer[np.ndarray, " n"]


def fit(
    name: str,
    training: Examples,
    base_sha256: str,
    validation: Examples | None = None,
    background: Embeddings | None = None,
    false_match_rate: float = FALSE_MATCH_RATE,
    job: JobContext = SILENT,
) -> FitResult:
    """Learn to tell a person from others, on embeddings of the network with hash `base_sha256`.

    The `background` embeddings (n, d) of the model are one photo each of different people. Where `validation`
    photos are given, calibration, thresholds and evaluation come from them, and from the background held out
    in turn; otherwise from the training photos, held out in turn too. A background embedding that happens to
    be the person's does no harm, being one of many. Of other people's faces, the share `false_match_rate` may
    get a yes. Raises `BadName`, `InvalidOption`, `TooFewPhotos`, `SamePhotos` or `Cancelled`.
    """
    name = check_name(name)
    check_rate(false_match_rate)
    if background is None:
        background = training.negatives.embeddings[:0]
    negatives = np.concatenate([training.negatives.embeddings, background])
    _check(name, training, validation, negatives, len(background))
    job.check()
    rng = np.random.default_rng(SEED)
    sampled = _sample_negatives(training.negatives.moments, len(background), rng)
    study = _study(name, training, negatives, sampled, rng)
    tried = _cross_validate(study, job)
    strictness = KNOWN_FACES_STRICTNESS if len(background) else 1.0
    losses = [rule_loss(logits, study.labels, false_match_rate, strictness) for logits in tried.T]
    best = int(np.argmin(losses))
    neuron = _train_on_all(study, float(L2_PENALTIES[best]), job)
    of_positives, of_negatives = tried[: len(training.positives), best], neuron.logits(negatives)
    of_negatives[sampled] = tried[len(training.positives) :, best]
    if validation is not None:
        of_positives = neuron.logits(validation.positives.embeddings)
        own = neuron.logits(validation.negatives.embeddings)
        of_negatives = np.concatenate([own, of_negatives[len(training.negatives) :]])
    unseen = _unseen(validation or training, of_positives, of_negatives)
    rule = fit_rule(unseen.logits, unseen.labels, false_match_rate, strictness)
    probabilities = rule.probabilities(unseen.logits)
    person = Person(
        name=name,
        base_sha256=base_sha256,
        neuron=neuron,
        rule=rule,
        photos_of_person=len(training.positives),
        moments_of_person=len(np.unique(training.positives.moments)),
        photos_of_others=len(negatives),
        background=len(background),
        evaluation=_evaluation(unseen, probabilities, rule.prior, validation is not None, len(background)),
    )
    return FitResult(person, HeldOut(unseen.logits, probabilities, unseen.labels, unseen.indices))


def check_rate(false_match_rate: float) -> None:
    """Raise `InvalidOption` for a false-match rate that no threshold could be chosen for."""
    check_type(false_match_rate, int, float, np.floating)
    if not 0 < false_match_rate <= MAX_FALSE_MATCH_RATE:
        raise InvalidOption("false_match_rate_out_of_range", rate=false_match_rate, most=MAX_FALSE_MATCH_RATE)


def loss_weights(
    kinds: Integer[np.ndarray, " n"], moments: Integer[np.ndarray, " n"]
) -> Float64[np.ndarray, " n"]:
    """The weight of each row in the loss, one in all, by its kind: `POSITIVE`, `NEGATIVE` or `BACKGROUND`.

    A moment of a kind counts as one photo, and its rows share its weight.
    Half goes to the positives and half to the rest. Where there is a background, a negative counts as much as
    a positive, and all negatives together for at most half of the rest: a few photos of a sister add
    information that the background does not have, and a folder of anybody must not outweigh the background.
    """
    _, moment, sizes = np.unique(moments, return_inverse=True, return_counts=True)
    shares = 1 / sizes[moment]
    positives, negatives, background = (
        round(float(shares[kinds == kind].sum())) for kind in (POSITIVE, NEGATIVE, BACKGROUND)
    )
    share = min(0.25, 0.5 * negatives / max(positives, 1)) if background else 0.5
    each = np.array([0.5 / max(positives, 1), share / max(negatives, 1), (0.5 - share) / max(background, 1)])
    weights: Float64[np.ndarray, " n"] = each[kinds] * shares
    return weights


def _check(
    name: str, training: Examples, validation: Examples | None, negatives: Embeddings, background: int
) -> None:
    """Raise `TooFewPhotos` or `SamePhotos`; validation photos must be new ones."""
    check_enough(name, training, background)
    standardizer = fit_standardizer(negatives)
    check_disjoint(standardizer, training.positives, training.negatives)
    if validation is None:
        return
    check_enough(name, validation, background)
    check_disjoint(standardizer, validation.positives, validation.negatives)
    for trained in (training.positives, training.negatives):
        for tested in (validation.positives, validation.negatives):
            is_one_side = (trained is training.positives) == (tested is validation.positives)
            check_disjoint(standardizer, tested, trained, is_one_side)


def _sample_negatives(
    moments: Integer[np.ndarray, " n"], background: int, rng: np.random.Generator
) -> Integer[np.ndarray, " m"]:
    """Which negatives the neuron trains on: the user's own, moment by moment, before the background."""
    place = np.empty(len(moments), np.intp)
    place[rng.permutation(len(moments))] = np.arange(len(moments))
    own = np.argsort(place[moments], kind="stable")
    order = np.concatenate([own, len(moments) + rng.permutation(background)])
    return np.sort(order[:MAX_TRAINING_NEGATIVES])


def _study(
    name: str,
    training: Examples,
    negatives: Embeddings,
    sampled: Integer[np.ndarray, " m"],
    rng: np.random.Generator,
) -> _Study:
    standardizer = fit_standardizer(negatives[sampled])
    positive_rows = standardizer.transform(training.positives.embeddings)
    negative_rows = standardizer.transform(negatives[sampled])
    own = int(np.count_nonzero(sampled < len(training.negatives)))
    # Each background embedding is of a different person, and so of a moment of its own.
    alone = np.arange(len(negative_rows) - own) + len(training.negatives)
    groups = [training.positives.moments, np.append(training.negatives.moments[sampled[:own]], alone)]
    check_varied(name, groups[0])
    check_varied(OTHERS, groups[1])
    folds = min(FOLDS, *(len(np.unique(group)) for group in groups))
    kinds = np.repeat([POSITIVE, NEGATIVE, BACKGROUND], [len(positive_rows), own, len(alone)])
    moments = np.concatenate([groups[0], len(positive_rows) + groups[1]])
    rows = np.concatenate([positive_rows, negative_rows])
    return _Study(
        standardizer=standardizer,
        components=principal_components(rows, loss_weights(kinds, moments)),
        kinds=kinds,
        moments=moments,
        folds=np.concatenate([folds_of(group, folds, rng) for group in groups]),
    )


def _cross_validate(study: _Study, job: JobContext) -> Float64[np.ndarray, "n penalties"]:
    """The logit of each row, for each penalty, by a neuron trained without the row's fold."""
    folds, penalties = int(study.folds.max()) + 1, len(L2_PENALTIES)
    weights = np.zeros((len(study.labels), folds))
    for fold in range(folds):
        trained = study.folds != fold
        weights[trained, fold] = loss_weights(study.kinds[trained], study.moments[trained])
    by_column = np.repeat(weights, penalties, axis=1)
    neurons = train(study.components, study.labels, by_column, np.tile(L2_PENALTIES, folds), job)
    logits = neurons.logits(study.components.coordinates).reshape(len(study.labels), folds, penalties)
    held_out: Float64[np.ndarray, "n penalties"]
    held_out = logits[np.arange(len(study.labels)), study.folds].astype(np.float64)
    return held_out


def _train_on_all(study: _Study, l2: float, job: JobContext) -> Neuron:
    """The neuron trained on all rows, in terms of embeddings as they come."""
    weights = loss_weights(study.kinds, study.moments)[:, None]
    neurons = train(study.components, study.labels, weights, np.array([l2]), job, shown=True)
    # rows = (embeddings - standardizer.mean) / spread, coordinates = (rows - components.mean) along the axes
    components, standardizer = study.components, study.standardizer
    along_rows = components.to_rows(neurons.weights[:, 0])
    along = along_rows / standardizer.spread
    bias = float(neurons.biases[0]) - float(along_rows @ components.mean) - float(along @ standardizer.mean)
    return Neuron(along.astype(np.float32), bias, l2)


def _unseen(
    judged: Examples, of_positives: Float64[np.ndarray, " p"], of_negatives: Float64[np.ndarray, " m"]
) -> _Unseen:
    """One photo of each moment; the logits of the background come after those of the judged negatives."""
    own = len(judged.negatives)
    positives = one_of_each(judged.positives.moments, of_positives)
    negatives = one_of_each(judged.negatives.moments, of_negatives[:own])
    negatives = np.append(negatives, np.arange(own, len(of_negatives)))
    return _Unseen(
        logits=np.concatenate([of_positives[positives], of_negatives[negatives]]),
        labels=np.repeat([1, 0], [len(positives), len(negatives)]),
        indices=np.concatenate([positives, negatives]),
    )


def _evaluation(
    unseen: _Unseen,
    probabilities: Float64[np.ndarray, " n"],
    prior: float,
    validated: bool,
    background: int,
) -> HeldOutEvaluation:
    positives = int(unseen.labels.sum())
    return HeldOutEvaluation(
        method="validation" if validated else "cross-validation",
        photos_of_person=positives,
        photos_of_others=len(unseen.labels) - positives,
        tpr_at_fpr_1_percent=tpr_at_fpr(unseen.logits, unseen.labels, 0.01),
        tpr_at_fpr_01_percent=tpr_at_fpr(unseen.logits, unseen.labels, 0.001),
        roc=roc_curve(unseen.logits, unseen.labels),
        reliability=reliability(probabilities, unseen.labels, class_weights(unseen.labels, prior)),
        background=background,
    )
