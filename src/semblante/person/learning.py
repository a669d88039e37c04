"""Learning a person: from features of photos to a `Person` with evidence.

    check the photos -> principal axes -> cross-validate the penalty -> train the neuron
                     -> logits of photos it has not seen -> calibration, thresholds, evidence

Everything is deterministic: the same features give the same person.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float64, Integer

from semblante.metrics import reliability, roc_curve, tpr_at_fpr
from semblante.person.belief import calibrated_loss, class_weights, platt, upper_bound
from semblante.person.model import (
    FALSE_MATCH_RATE,
    FALSE_NON_MATCH_RATE,
    Examples,
    HeldOut,
    Learnt,
    Neuron,
    Person,
    Rule,
)
from semblante.person.names import check_name
from semblante.person.neuron import Axes, principal_axes, train
from semblante.person.photos import (
    Scale,
    check_apart,
    check_enough,
    check_varied,
    folds_of,
    near_duplicates,
    scale_of,
)
from semblante.text import say
from semblante.types import Evidence

FOLDS = 5
PENALTIES = np.array([1e-4, 1e-3, 1e-2])
"""Strengths of the L2 penalty to choose from, for rows in units of the others' spread. Stronger ones only
find the direction between the two means, weaker ones fit noise: neither ranked real strangers better."""
MOST_OTHERS = 2000
"""Others that the neuron trains on. The rest are strangers it has never seen: the better evidence."""
SEED = 0


@dataclass(frozen=True)
class _Study:
    """The rows to train on, the person's first, along their principal axes, each with its fold."""

    scale: Scale
    axes: Axes
    labels: Integer[np.ndarray, " n"]
    folds: Integer[np.ndarray, " n"]


@dataclass(frozen=True)
class _Unseen:
    """Logits of photos that the neuron had not seen; labels and indices as in `HeldOut`."""

    logits: Float64[np.ndarray, " n"]
    labels: Integer[np.ndarray, " n"]
    indices: Integer[np.ndarray, " n"]


def fit(name: str, training: Examples, base_sha256: str, validation: Examples | None = None) -> Learnt:
    """Learn to tell a person from others, on features of the base network with hash `base_sha256`.

    Where `validation` photos are given, calibration, thresholds and evidence come from them; otherwise
    from the training photos, held out in turn. Raises `BadName`, `TooFewPhotos` or `SamePhotos`.
    """
    name = check_name(name)
    _check(name, training, validation)
    chance = np.random.default_rng(SEED)
    studied = np.sort(chance.permutation(len(training.others))[:MOST_OTHERS])
    study = _study(name, training, studied, chance)
    tried = _held_out_in_turn(study)
    best = int(np.argmin([calibrated_loss(logits, study.labels) for logits in tried.T]))
    neuron = _train_on_all(study, float(PENALTIES[best]))
    if validation is None:
        unseen = _unseen_in_training(neuron, training, studied, tried[:, best])
    else:
        unseen = _unseen(neuron.logits(validation.me.features), neuron.logits(validation.others.features))
    rule = _rule(unseen)
    probabilities = rule.probabilities(unseen.logits)
    person = Person(
        name=name,
        base_sha256=base_sha256,
        neuron=neuron,
        rule=rule,
        photos_of_person=len(training.me),
        photos_of_others=len(training.others),
        evidence=_evidence(unseen, probabilities, "cross-validation" if validation is None else "validation"),
    )
    return Learnt(person, HeldOut(unseen.logits, probabilities, unseen.labels, unseen.indices))


def _check(name: str, training: Examples, validation: Examples | None) -> None:
    """Raise `TooFewPhotos` or `SamePhotos`; validation photos must be new ones."""
    scale = None
    for examples in (training, validation):
        if examples is not None:
            check_enough(name, examples)
            scale = scale or scale_of(examples.others.features)
            check_apart(scale, examples.me, examples.others)
    if validation is not None and scale is not None:
        for shown in (training.me, training.others):
            for tested in (validation.me, validation.others):
                check_apart(scale, tested, shown)


def _study(
    name: str, training: Examples, studied: Integer[np.ndarray, " m"], chance: np.random.Generator
) -> _Study:
    others = training.others.features[studied]
    scale = scale_of(others)
    mine, theirs = scale.rows(training.me.features), scale.rows(others)
    groups = [near_duplicates(mine), near_duplicates(theirs)]
    for whose, group in zip((name, say("Others")), groups, strict=True):
        check_varied(whose, group)
    folds = min(FOLDS, *(len(np.unique(group)) for group in groups))
    labels = np.repeat([1, 0], [len(mine), len(theirs)])
    return _Study(
        scale=scale,
        axes=principal_axes(np.concatenate([mine, theirs]), class_weights(labels)),
        labels=labels,
        folds=np.concatenate([folds_of(group, folds, chance) for group in groups]),
    )


def _held_out_in_turn(study: _Study) -> Float64[np.ndarray, "n penalties"]:
    """The logit of each row, for each penalty, by a neuron trained without the row's fold."""
    folds, penalties = int(study.folds.max()) + 1, len(PENALTIES)
    weights = np.zeros((len(study.labels), folds))
    for fold in range(folds):
        shown = study.folds != fold
        weights[shown, fold] = class_weights(study.labels[shown])
    by_column = np.repeat(weights, penalties, axis=1)
    neurons = train(study.axes, study.labels, by_column, np.tile(PENALTIES, folds))
    logits = neurons.logits(study.axes.coordinates).reshape(len(study.labels), folds, penalties)
    held_out: Float64[np.ndarray, "n penalties"]
    held_out = logits[np.arange(len(study.labels)), study.folds].astype(np.float64)
    return held_out


def _train_on_all(study: _Study, l2: float) -> Neuron:
    """The neuron trained on all rows, in terms of features as they come."""
    neurons = train(study.axes, study.labels, class_weights(study.labels)[:, None], np.array([l2]))
    # rows = (features - scale.mean) / spread, coordinates = (rows - axes.mean) along the axes
    along_rows = study.axes.to_rows(neurons.weights[:, 0])
    weights = along_rows / study.scale.spread
    bias = float(neurons.biases[0]) - float(along_rows @ study.axes.mean) - float(weights @ study.scale.mean)
    return Neuron(weights.astype(np.float32), bias, l2)


def _unseen_in_training(
    neuron: Neuron,
    training: Examples,
    studied: Integer[np.ndarray, " m"],
    held_out: Float64[np.ndarray, " n"],
) -> _Unseen:
    """Logits of all training photos: held out in turn where the neuron trained on them."""
    mine = len(training.me)
    theirs = np.empty(len(training.others))
    theirs[studied] = held_out[mine:]
    rest = np.setdiff1d(np.arange(len(theirs)), studied)
    theirs[rest] = neuron.logits(training.others.features[rest])
    return _unseen(held_out[:mine], theirs)


def _unseen(mine: Float64[np.ndarray, " p"], theirs: Float64[np.ndarray, " m"]) -> _Unseen:
    return _Unseen(
        logits=np.concatenate([mine, theirs]),
        labels=np.repeat([1, 0], [len(mine), len(theirs)]),
        indices=np.concatenate([np.arange(len(mine)), np.arange(len(theirs))]),
    )


def _rule(unseen: _Unseen) -> Rule:
    slope, offset = platt(unseen.logits, unseen.labels)
    return Rule(
        slope=slope,
        offset=offset,
        yes_above=upper_bound(unseen.logits[unseen.labels == 0], FALSE_MATCH_RATE),
        no_below=-upper_bound(-unseen.logits[unseen.labels == 1], FALSE_NON_MATCH_RATE),
    )


def _evidence(
    unseen: _Unseen,
    probabilities: Float64[np.ndarray, " n"],
    method: Literal["validation", "cross-validation"],
) -> Evidence:
    positives = int(unseen.labels.sum())
    return Evidence(
        method=method,
        photos_of_person=positives,
        photos_of_others=len(unseen.labels) - positives,
        tpr_at_fpr_1_percent=tpr_at_fpr(unseen.logits, unseen.labels, 0.01),
        tpr_at_fpr_01_percent=tpr_at_fpr(unseen.logits, unseen.labels, 0.001),
        roc=roc_curve(unseen.logits, unseen.labels),
        reliability=reliability(probabilities, unseen.labels, class_weights(unseen.labels)),
    )
