"""People of one library who look alike, such as sisters, are taught against each other.

Background faces do not tell what a sister looks like, her own photos do. So the faces of either teach the
other as somebody else's. Held-out faces say whether the two can then be told apart; where they cannot,
nothing is changed, since the two may be one person under two names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from semblante.errors import NotAPersonFile, Reason, UnknownPerson
from semblante.jobs import SILENT, JobContext
from semblante.library import FaceStore, Taught, kept_name
from semblante.person import (
    Person,
    cannot_be_told_apart,
    decide,
    measure_separability,
    person_as_json,
    relearn,
)
from semblante.pipeline.collection import known_person
from semblante.pipeline.taught_faces import examples_of, uncontradicted
from semblante.types import Embeddings

MAX_NOT_REFUSED: Final = 0.1
"""People look alike where more of the one's faces do not get a no from the other's neuron."""


@dataclass(frozen=True)
class LookAlike:
    """Somebody of the library whom a person may be taken for, or the other way round.

    Each was taught with the faces of the other, unless the `reason` "cannot_be_told_apart" says that this
    does not help.
    """

    name: str
    reason: Reason | None


def teach_apart(
    store: FaceStore, name: str, background: Embeddings | None, job: JobContext = SILENT
) -> tuple[LookAlike, ...]:
    """Teach a person and all known people who look alike against each other, and say who they are.

    Each person who is learnt anew is one change. Raises `UnknownPerson`, `NotAPersonFile` or `Cancelled`.
    """
    person, kept = known_person(store, name), kept_name(store, name)
    found = []
    for each in store.names():
        job.check()
        other = None if each == kept else _of_same_base(store, each, person)
        if other is not None and _look_alike(store, person, other):
            found.append(_teach_pair(store, person, other, background, job))
            person = known_person(store, name)
    return tuple(found)


def _of_same_base(store: FaceStore, name: str, person: Person) -> Person | None:
    try:
        other = known_person(store, name)
    except (UnknownPerson, NotAPersonFile):  # Not learnt yet, forgotten meanwhile, or damaged.
        return None
    return other if other.base_sha256 == person.base_sha256 else None


def _look_alike(store: FaceStore, first: Person, second: Person) -> bool:
    faces = _own(store, first), _own(store, second)
    return all(faces) and any(
        _share_not_refused(store, person, theirs) > MAX_NOT_REFUSED
        for person, theirs in ((first, faces[1]), (second, faces[0]))
    )


def _own(store: FaceStore, person: Person) -> list[Taught]:
    return [each for each in store.taught(person.name) if each.kind == "positive"]


def _share_not_refused(store: FaceStore, person: Person, faces: Sequence[Taught]) -> float:
    """The share of somebody else's faces about which the person's neuron does not say no."""
    days = store.days([bytes.fromhex(each.face.photo) for each in faces])
    verdicts = [
        decide(person, each.embedding[None], [""], days.get(bytes.fromhex(each.face.photo)))[0].verdict
        for each in faces
    ]
    return float(np.mean([verdict != "no" for verdict in verdicts]))


def _teach_pair(
    store: FaceStore, person: Person, other: Person, background: Embeddings | None, job: JobContext
) -> LookAlike:
    """Keep both with each other's faces, or neither, where one of them cannot be told from the other."""
    lessons = []
    for learner, rival in ((person, other), (other, person)):
        taught, named = _taught_against(store, learner, _own(store, rival), background)
        learnt = relearn(learner, examples_of(store, learner.embedding_size, taught), background, job)
        found = measure_separability(learnt, named)
        if found is None or not found.separable:
            return LookAlike(other.name, cannot_be_told_apart(learner.name, found))
        lessons.append((learnt.person, taught))
    for learnt_person, taught in lessons:
        store.keep_person(person_as_json(learnt_person), learnt_person.name, taught, "apart")
    return LookAlike(other.name, None)


def _taught_against(
    store: FaceStore, person: Person, theirs: Sequence[Taught], background: Embeddings | None
) -> tuple[list[Taught], int]:
    """What taught the person, with their faces as the first negatives, and how many these are."""
    before = {each.face: each for each in store.taught(person.name)}
    hers = [each for each in before.values() if each.kind == "positive"]
    named = [
        replace(before.get(each.face, replace(each, confirmed_by_user=False)), kind="negative")
        for each in theirs
        if before.get(each.face) not in hers
    ]
    named = uncontradicted(named, hers, background)
    rest = {each.face for each in (*hers, *theirs)}
    return [*hers, *named, *(each for face, each in before.items() if face not in rest)], len(named)
