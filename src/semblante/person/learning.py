"""Learning a person: from embeddings of photos to a `Person` with evidence.

    check the photos -> principal axes -> cross-validate the penalty -> train the neuron
                     -> logits of photos it has not seen -> calibration, thresholds, evidence

Everything is deterministic: the same embeddings give the same person.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64, Integer

from semblante.errors import InvalidOption
from semblante.i18n import tr
from semblante.metrics import reliability, roc_curve, tpr_at_fpr
from semblante.person.calibration import calibrated_loss, class_weights, fit_platt, upper_bound
from semblante.person.model import (
    FALSE_MATCH_RATE,
    FALSE_NON_MATCH_RATE,
    DecisionRule,
    Examples,
    FitResult,
    HeldOut,
    Neuron,
    Person,
)
from semblante.person.names import check_name
from semblante.person.neuron import PrincipalComponents, principal_components, train
from semblante.person.photos import (
    Standardizer,
    check_apart,
    check_enough,
    check_varied,
    folds_of,
    near_duplicates,
    standardizer_of,
)
from semblante.person.results import HeldOutEvaluation
from semblante.types import Embeddings

FOLDS = 5
PENALTIES = np.array([1e-4, 1e-3, 1e-2])
"""Strengths of the L2 penalty to choose from, for rows in units of the others' spread. Stronger ones only
find the direction between the two means, weaker ones fit noise: neither ranked real strangers better."""
MOST_OTHERS = 2000
"""Others that the neuron trains on. The rest are strangers it has never seen: the better evidence."""
NEW_AGAINST_KNOWN = 3.0
"""How much stricter thresholds are against strangers that came with the base than against new people. The
base was trained on those, and a collection's people are more alike than CelebA's. With this, where 0.1 % were
asked for, 0.02 % of validation people of the person's own sex and age got a yes (`alike` in
`bench/people.py`), and 0.02 % of LFW's people (`bench/lfw.py`)."""
MOST_FALSE_MATCHES = 0.1
"""With more, a yes would say little."""
SEED = 0
ME, OTHER, BACKGROUND = 0, 1, 2
"""Kinds of rows: the person, others of the user's own, and strangers that came with the base."""


@dataclass(frozen=True)
class _Study:
    """The rows to train on, the person's first, along their principal axes, each with its fold."""

    scale: Standardizer
    axes: PrincipalComponents
    kinds: Integer[np.ndarray, " n"]
    folds: Integer[np.ndarray, " n"]

    @property
    def labels(self) -> Integer[np.ndarray, " n"]:
        """1 for the person, 0 for everybody else."""
        labels: Integer[np.ndarray, " n"] = (self.kinds == ME).astype(np.intp)
        return labels


@dataclass(frozen=True)
class _Unseen:
    """Logits of photos that the neuron had not seen; labels and indices as in `HeldOut`."""

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
) -> FitResult:
    """Learn to tell a person from others, on embeddings of the base network with hash `base_sha256`.

    `strangers` (n, d), which the base may bring, are one photo each of different people. Where `validation`
    photos are given, calibration, thresholds and evidence come from them, and from the strangers held out in
    turn; otherwise from the training photos, held out in turn too. A stranger who happens to be the person
    does no harm, being one of many. Of strangers' faces, the share `false_match_rate` may get a yes. Raises
    `BadName`, `BadSetting`, `TooFewPhotos` or `SamePhotos`.
    """
    name = check_name(name)
    check_rate(false_match_rate)
    if background is None:
        background = training.others.embeddings[:0]
    everybody = np.concatenate([training.others.embeddings, background])
    _check(name, training, validation, everybody, len(background))
    rng = np.random.default_rng(SEED)
    studied = _studied(len(training.others), len(background), rng)
    study = _study(name, training, everybody, studied, rng)
    tried = _held_out_in_turn(study)
    best = int(np.argmin([calibrated_loss(logits, study.labels) for logits in tried.T]))
    neuron = _train_on_all(study, float(PENALTIES[best]))
    mine, theirs = tried[: len(training.me), best], neuron.logits(everybody)
    theirs[studied] = tried[len(training.me) :, best]
    if validation is not None:
        mine = neuron.logits(validation.me.embeddings)
        own = neuron.logits(validation.others.embeddings)
        theirs = np.concatenate([own, theirs[len(training.others) :]])
    unseen = _unseen(mine, theirs)
    rule = _rule(unseen, false_match_rate, NEW_AGAINST_KNOWN if len(background) else 1)
    probabilities = rule.probabilities(unseen.logits)
    person = Person(
        name=name,
        base_sha256=base_sha256,
        neuron=neuron,
        rule=rule,
        photos_of_person=len(training.me),
        photos_of_others=len(everybody),
        background=len(background),
        evidence=_evidence(unseen, probabilities, validation is not None, len(background)),
    )
    return FitResult(person, HeldOut(unseen.logits, probabilities, unseen.labels, unseen.indices))


def relearn(person: Person, examples: Examples, background: Embeddings | None = None) -> FitResult:
    """The same person learnt anew, on the same base and for the same false-match rate, from other photos.

    Raises `TooFewPhotos` or `SamePhotos`.
    """
    learnt = fit(
        person.name,
        examples,
        person.base_sha256,
        background=background,
        false_match_rate=person.rule.false_match_rate,
    )
    return replace(learnt, person=replace(learnt.person, base_folder=person.base_folder))


def check_rate(false_match_rate: float) -> None:
    """Raise `BadSetting` for a share of strangers that no threshold could be chosen for."""
    if not 0 < false_match_rate <= MOST_FALSE_MATCHES:
        raise InvalidOption(
            tr(
                "A false-match rate of {rate}: choose more than 0 and at most {most}",
                rate=false_match_rate,
                most=MOST_FALSE_MATCHES,
            )
        )


def loss_weights(kinds: Integer[np.ndarray, " n"]) -> Float64[np.ndarray, " n"]:
    """What each row counts in the loss, one in all, for rows of the kinds `ME`, `OTHER` and `STRANGER`.

    Half goes to the person and half to the rest. Among strangers, an other of the user's own counts as much
    as a photo of the person, and all of them together for at most half of the rest: a few photos of a sister
    teach something that a crowd does not, and a folder of anybody must not outweigh the crowd.
    """
    me, others, background = (int(np.count_nonzero(kinds == kind)) for kind in (ME, OTHER, BACKGROUND))
    share = min(0.25, 0.5 * others / max(me, 1)) if background else 0.5
    each = np.array([0.5 / max(me, 1), share / max(others, 1), (0.5 - share) / max(background, 1)])
    weights: Float64[np.ndarray, " n"] = each[kinds]
    return weights


def _check(
    name: str, training: Examples, validation: Examples | None, everybody: Embeddings, background: int
) -> None:
    """Raise `TooFewPhotos` or `SamePhotos`; validation photos must be new ones."""
    check_enough(name, training, background)
    scale = standardizer_of(everybody)
    check_apart(scale, training.me, training.others)
    if validation is None:
        return
    check_enough(name, validation, background)
    check_apart(scale, validation.me, validation.others)
    for shown in (training.me, training.others):
        for tested in (validation.me, validation.others):
            check_apart(scale, tested, shown)


def _studied(others: int, background: int, rng: np.random.Generator) -> Integer[np.ndarray, " m"]:
    """Which of all others the neuron trains on: the user's own before strangers, at random among each."""
    order = np.concatenate([rng.permutation(others), others + rng.permutation(background)])
    return np.sort(order[:MOST_OTHERS])


def _study(
    name: str,
    training: Examples,
    everybody: Embeddings,
    studied: Integer[np.ndarray, " m"],
    rng: np.random.Generator,
) -> _Study:
    others = everybody[studied]
    scale = standardizer_of(others)
    mine, theirs = scale.rows(training.me.embeddings), scale.rows(others)
    own = int(np.count_nonzero(studied < len(training.others)))
    # Each stranger is a different person: nearly the same photo twice is not to be feared.
    groups = [near_duplicates(mine), np.append(near_duplicates(theirs[:own]), np.arange(own, len(theirs)))]
    for whose, group in zip((name, tr("Others")), groups, strict=True):
        check_varied(whose, group)
    folds = min(FOLDS, *(len(np.unique(group)) for group in groups))
    kinds = np.repeat([ME, OTHER, BACKGROUND], [len(mine), own, len(theirs) - own])
    return _Study(
        scale=scale,
        axes=principal_components(np.concatenate([mine, theirs]), loss_weights(kinds)),
        kinds=kinds,
        folds=np.concatenate([folds_of(group, folds, rng) for group in groups]),
    )


def _held_out_in_turn(study: _Study) -> Float64[np.ndarray, "n penalties"]:
    """The logit of each row, for each penalty, by a neuron trained without the row's fold."""
    folds, penalties = int(study.folds.max()) + 1, len(PENALTIES)
    weights = np.zeros((len(study.labels), folds))
    for fold in range(folds):
        shown = study.folds != fold
        weights[shown, fold] = loss_weights(study.kinds[shown])
    by_column = np.repeat(weights, penalties, axis=1)
    neurons = train(study.axes, study.labels, by_column, np.tile(PENALTIES, folds))
    logits = neurons.logits(study.axes.coordinates).reshape(len(study.labels), folds, penalties)
    held_out: Float64[np.ndarray, "n penalties"]
    held_out = logits[np.arange(len(study.labels)), study.folds].astype(np.float64)
    return held_out


def _train_on_all(study: _Study, l2: float) -> Neuron:
    """The neuron trained on all rows, in terms of embeddings as they come."""
    neurons = train(study.axes, study.labels, loss_weights(study.kinds)[:, None], np.array([l2]))
    # rows = (embeddings - scale.mean) / spread, coordinates = (rows - axes.mean) along the axes
    along_rows = study.axes.to_rows(neurons.weights[:, 0])
    weights = along_rows / study.scale.spread
    bias = float(neurons.biases[0]) - float(along_rows @ study.axes.mean) - float(weights @ study.scale.mean)
    return Neuron(weights.astype(np.float32), bias, l2)


def _unseen(mine: Float64[np.ndarray, " p"], theirs: Float64[np.ndarray, " m"]) -> _Unseen:
    return _Unseen(
        logits=np.concatenate([mine, theirs]),
        labels=np.repeat([1, 0], [len(mine), len(theirs)]),
        indices=np.concatenate([np.arange(len(mine)), np.arange(len(theirs))]),
    )


def _rule(unseen: _Unseen, false_match_rate: float, strictness: float) -> DecisionRule:
    """The calibration and the thresholds; of the unseen others, `strictness` times fewer may pass yes."""
    slope, offset = fit_platt(unseen.logits, unseen.labels)
    return DecisionRule(
        slope=slope,
        offset=offset,
        yes_above=upper_bound(unseen.logits[unseen.labels == 0], false_match_rate / strictness),
        no_below=-upper_bound(-unseen.logits[unseen.labels == 1], FALSE_NON_MATCH_RATE),
        false_match_rate=false_match_rate,
    )


def _evidence(
    unseen: _Unseen,
    probabilities: Float64[np.ndarray, " n"],
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
        reliability=reliability(probabilities, unseen.labels, class_weights(unseen.labels)),
        background=background,
    )
