"""Neurons by age: one an age span, where one neuron for all ages does not serve.

    the photos' days and the birth date -> age spans with enough photos -> a neuron each
                                        -> held-out faces: more right answers than by one neuron? keep them

One neuron has to find what a face of two and a face of twenty have in common. Where there are enough photos
of an age, a neuron that has to know this age alone may tell the person better from others, such as a brother
who looks now as the person did years ago. Whether it does is decided by the faces that neither neuron was
trained on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import comb
from typing import Final

import numpy as np

from semblante.errors import TooFewPhotos
from semblante.jobs import SILENT, JobContext
from semblante.person.ages import AgeEvidence, AgeSpan, age_span
from semblante.person.consensus import unit_rows
from semblante.person.decision import AgeNeuron, Person
from semblante.person.examples import MIN_PHOTOS, Examples, Gallery, fit_standardizer
from semblante.person.fitting import AgePart, FitResult, fit
from semblante.types import Embeddings

MAX_CHANCE: Final = 0.05
"""Neurons by age are kept where so many more right answers would be chance at most so often, if one neuron
were as good. At the least, five held-out faces must be answered right that were not, and none the other way.
"""

_Key = tuple[int, int]
"""A moment of held-out faces: the label, and the moment's number among the faces of that label."""


def fit_ages(
    result: FitResult,
    training: Examples,
    background: Embeddings | None = None,
    job: JobContext = SILENT,
) -> FitResult:
    """The person with a neuron for each age span that has enough photos, where that serves better.

    `result` is what `fit` made of the same photos, held out in turn. It stays as it is where the birth date
    or the days of the photos are not known, where photos are of one age span, or are too few: then one
    neuron answers for all ages. Raises `Cancelled`.
    """
    person = result.person
    born = person.birth_date
    groups = rows_by_span(training.positives, born)
    enough = [span for span, rows in groups.items() if count_moments(training.positives, rows) >= MIN_PHOTOS]
    if born is None or len(groups) < 2 or not enough:
        return result
    others = training.negatives.embeddings[:0] if background is None else background
    by_one = _right(result, training, range(len(training.positives)), range(len(training.negatives)))
    neurons, parts, by_age = [], [], dict[_Key, bool]()
    for span in sorted(enough):
        own, asked = groups[span], _of_years(training.negatives, span, born)
        beside = [row for row in _unlike(training, own, others) if row not in asked]
        try:
            part = fit(
                person.name,
                Examples(training.positives.part(own), training.negatives.part([*asked, *beside])),
                person.base_sha256,
                background=background,
                false_match_rate=person.rule.false_match_rate,
                job=job,
            )
        except TooFewPhotos:  # Of others: without a background, too few are of these years.
            continue
        learnt = part.person
        neurons.append(AgeNeuron(span, learnt.neuron, learnt.rule, learnt.photos_of_person))
        parts.append(AgePart(part, tuple(asked)))
        by_age |= _right(part, training, own, asked)
    if not neurons:
        return result
    evidence = _compare(by_one, by_age)
    if not evidence.kept:
        return replace(result, by_age=evidence)
    person = replace(person, ages=tuple(neurons))
    return replace(result, person=person, by_age=evidence, parts=tuple(parts))


def relearn(
    person: Person, examples: Examples, background: Embeddings | None = None, job: JobContext = SILENT
) -> FitResult:
    """The same person learnt anew, on the same model and for the same false-match rate, from other photos.

    What the user told of the person stays, and so the neurons by age are learnt anew too. Raises
    `TooFewPhotos`, `SamePhotos` or `Cancelled`.
    """
    result = fit(
        person.name,
        examples,
        person.base_sha256,
        background=background,
        false_match_rate=person.rule.false_match_rate,
        job=job,
    )
    learnt = replace(
        result.person,
        base_folder=person.base_folder,
        consent=person.consent,
        birth_date=person.birth_date,
    )
    return fit_ages(replace(result, person=learnt), examples, background, job)


def rows_by_span(gallery: Gallery, birth_date: date | None) -> Mapping[AgeSpan, list[int]]:
    """The rows of the gallery of each age span; those of an unknown day are in none."""
    rows: dict[AgeSpan, list[int]] = {}
    for row, day in enumerate(gallery.days):
        if span := age_span(day, birth_date):
            rows.setdefault(span, []).append(row)
    return rows


def count_moments(gallery: Gallery, rows: Iterable[int]) -> int:
    """Of how many moments these rows of the gallery are."""
    return len({int(gallery.moments[row]) for row in rows})


def _of_years(gallery: Gallery, span: AgeSpan, born: date) -> list[int]:
    """The rows of others who were photographed while the person was of this age."""
    return [row for row in range(len(gallery)) if age_span(gallery.day_of(row), born) == span]


def _unlike(training: Examples, own: Sequence[int], background: Embeddings) -> list[int]:
    """The negatives that are less like the person at an age than the least typical of these `own` rows is.

    Somebody who looked in other years as the person does at this age, such as a brother, teaches a neuron
    nothing that only answers about photos of these years.
    """
    standardizer = fit_standardizer(np.concatenate([training.negatives.embeddings, background]))
    rows = unit_rows(standardizer, training.positives.embeddings[own])
    rest = rows.sum(axis=0) - rows
    least = float(((rows * rest).sum(axis=1) / np.maximum(np.linalg.norm(rest, axis=1), 1e-6)).min())
    mean = rows.sum(axis=0) / np.maximum(np.linalg.norm(rows.sum(axis=0)), np.float32(1e-6))
    similarity = unit_rows(standardizer, training.negatives.embeddings) @ mean
    unlike: list[int] = np.flatnonzero(similarity < least).tolist()
    return unlike


def _right(
    result: FitResult, training: Examples, positives: Sequence[int], negatives: Sequence[int]
) -> dict[_Key, bool]:
    """Whether each held-out moment was answered right: yes for the positives, anything else for negatives.

    `positives` are the rows of the training that the result was learnt from, `negatives` those that it
    answers about, which come first in what it was learnt from.
    """
    held_out, rule = result.held_out, result.person.rule
    found: dict[_Key, bool] = {}
    for probability, label, index in zip(
        held_out.probabilities.tolist(), held_out.labels.tolist(), held_out.indices.tolist(), strict=True
    ):
        is_yes = rule.verdict(probability) == "yes"
        if label == 1:
            found[1, int(training.positives.moments[positives[index]])] = is_yes
        elif index < len(negatives):
            found[0, int(training.negatives.moments[negatives[index]])] = not is_yes
    return found


def _compare(by_one: Mapping[_Key, bool], by_age: Mapping[_Key, bool]) -> AgeEvidence:
    """Sign test on the faces that were answered differently (McNemar, 1947, exact)."""
    better = sum(right and not by_one[key] for key, right in by_age.items())
    worse = sum(by_one[key] and not right for key, right in by_age.items())
    right_by_age = sum(by_age.values())
    return AgeEvidence(
        faces=len(by_age),
        right_by_one=right_by_age - better + worse,
        right_by_age=right_by_age,
        kept=_chance_of(better, better + worse) <= MAX_CHANCE,
    )


def _chance_of(heads: int, tosses: int) -> float:
    """The probability of so many heads or more of a fair coin."""
    return float(sum(comb(tosses, k) for k in range(heads, tosses + 1)) / 2**tosses)
