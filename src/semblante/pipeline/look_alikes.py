"""People of one library who look alike, such as sisters, are taught against each other.

    whoever is taught --> does somebody known look alike? --> both learnt anew, each with the other's faces
                                                          --> all of them kept, as one change

Background faces do not tell what a sister looks like, her own photos do. So the faces of either teach the
other as somebody else's. Held-out faces say whether the two can then be told apart; where they cannot,
nothing is changed, since the two may be one person under two names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final

import numpy as np

from semblante.errors import NotAPersonFile, Reason, SamePhotos, TooFewPhotos, UnknownPerson, reason_of
from semblante.jobs import SILENT, JobContext
from semblante.library import FaceStore, LearntAnew, PeopleChange, Taught, key_of
from semblante.person import (
    FitResult,
    Person,
    cannot_be_told_apart,
    decide,
    measure_separability,
    person_as_json,
    relearn,
)
from semblante.pipeline.collection import known_person
from semblante.pipeline.taught_faces import examples_of, uncontradicted
from semblante.types import Consent, Embeddings, FaceRef

MAX_NOT_REFUSED: Final = 0.1
"""People look alike where more of the one's faces do not get a no from the other's neuron."""


@dataclass(frozen=True)
class LookAlike:
    """Somebody of the library whom a person may be taken for, or the other way round.

    Each was taught with the faces of the other, unless there is a `reason`: "cannot_be_told_apart" where
    that does not help, or that one of the two has too few photos.
    """

    name: str
    reason: Reason | None


@dataclass(frozen=True, eq=False)
class KeptLesson:
    """What was kept of a person, by the number of the change: the neuron, and the faces that taught it.

    `look_alikes` are known people who look alike.
    """

    change: int
    result: FitResult
    taught: tuple[Taught, ...]
    look_alikes: tuple[LookAlike, ...]

    @property
    def person(self) -> Person:
        """The person as kept."""
        return self.result.person


def keep_taught(
    store: FaceStore,
    result: FitResult,
    taught: Sequence[Taught],
    background: Embeddings | None,
    kind: PeopleChange,
    *,
    instead_of: Sequence[str] = (),
    birth_date: date | None = None,
    rejected: Mapping[FaceRef, bool] = MappingProxyType({}),
    consent: Consent | None = None,
    job: JobContext = SILENT,
) -> KeptLesson:
    """Keep a person whose neuron is new, taught against all known people who look alike.

    Whatever teaches somebody ends here. All of it is one change; see `FaceStore.keep_person`. Raises what
    the store raises, and `Cancelled`.
    """
    before = {key_of(each) for each in (result.person.name, *instead_of)}
    found: list[LookAlike] = []
    beside: list[LearntAnew] = []
    for name in store.names():
        job.check()
        other = None if key_of(name) in before else _of_same_base(store, name, result.person)
        if other is None:
            continue
        theirs = store.taught(name)
        if not _look_alike(store, (result.person, taught), (other, theirs)):
            continue
        try:
            hers, learnt = _teach_against(store, result.person, taught, theirs, background, job)
            other_hers, other_learnt = _teach_against(store, other, theirs, taught, background, job)
        except _Inseparable as error:
            found.append(LookAlike(other.name, error.reason))
            continue
        result, taught = learnt, hers
        beside.append(LearntAnew(person_as_json(other_learnt.person), other.name, other_hers))
        found.append(LookAlike(other.name, None))
    person = result.person
    change = store.keep_person(
        person_as_json(person), person.name, taught, kind, instead_of, birth_date, rejected, beside, consent
    )
    return KeptLesson(change, result, tuple(taught), tuple(found))


def _of_same_base(store: FaceStore, name: str, person: Person) -> Person | None:
    try:
        other = known_person(store, name)
    except (UnknownPerson, NotAPersonFile):  # Not learnt yet, forgotten meanwhile, or damaged.
        return None
    return other if other.base_sha256 == person.base_sha256 else None


_Known = tuple[Person, Sequence[Taught]]


def _look_alike(store: FaceStore, first: _Known, second: _Known) -> bool:
    faces = _own(first[1]), _own(second[1])
    return all(faces) and any(
        _share_not_refused(store, person, theirs) > MAX_NOT_REFUSED
        for person, theirs in ((first[0], faces[1]), (second[0], faces[0]))
    )


def _own(taught: Sequence[Taught]) -> list[Taught]:
    return [each for each in taught if each.kind == "positive"]


def _share_not_refused(store: FaceStore, person: Person, faces: Sequence[Taught]) -> float:
    """The share of somebody else's faces about which the person's neuron does not say no."""
    days = store.days([bytes.fromhex(each.face.photo) for each in faces]) if person.ages else {}
    verdicts = [
        decide(person, each.embedding[None], [""], days.get(bytes.fromhex(each.face.photo)))[0].verdict
        for each in faces
    ]
    return float(np.mean([verdict != "no" for verdict in verdicts]))


class _Inseparable(Exception):
    """Two people stay as they were, for the `reason`; caught in this module."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def _teach_against(
    store: FaceStore,
    person: Person,
    before: Sequence[Taught],
    theirs: Sequence[Taught],
    background: Embeddings | None,
    job: JobContext,
) -> tuple[list[Taught], FitResult]:
    """What teaches the person, with the other's faces, and the person learnt from it."""
    taught, named = _taught_against(before, _own(theirs), background)
    try:
        learnt = relearn(person, examples_of(store, person.embedding_size, taught), background, job)
    except (TooFewPhotos, SamePhotos) as error:  # Some of the person's may be forgotten with others.
        raise _Inseparable(reason_of(error)) from error
    found = measure_separability(learnt, named)
    if found is None or not found.separable:
        raise _Inseparable(cannot_be_told_apart(person.name, found))
    return taught, learnt


def _taught_against(
    before: Sequence[Taught], theirs: Sequence[Taught], background: Embeddings | None
) -> tuple[list[Taught], int]:
    """What taught the person, with their faces as the first negatives, and how many these are."""
    known = {each.face: each for each in before}
    hers = _own(before)
    own = {each.face for each in hers}
    named = [
        replace(known.get(each.face, replace(each, confirmed_by_user=False)), kind="negative")
        for each in theirs
        if each.face not in own
    ]
    named = uncontradicted(named, hers, background)
    rest = own | {each.face for each in theirs}
    return [*hers, *named, *(each for each in before if each.face not in rest)], len(named)
