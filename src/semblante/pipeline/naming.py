"""Whom a name stands for: people kept once learnt, groups named, people renamed and merged.

Where a name is taken, the faces decide: those of the same person are taught too, those of somebody unlike are
refused unless the caller says what becomes of the one who has the name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Bool

from semblante.errors import InvalidOption, NotAPersonFile, UnknownPerson
from semblante.files import sha256_of
from semblante.library import FaceStore, Taught, is_known, kept_name, key_of
from semblante.model.bundle import Bundle
from semblante.person import Person, check_base, check_name, fit, person_as_json, relearn
from semblante.pipeline.collection import known_person
from semblante.pipeline.grouping import Group
from semblante.pipeline.learning import LearnResult
from semblante.pipeline.look_alikes import KeptLesson, LookAlike, keep_taught
from semblante.pipeline.taught_faces import examples_of, joined, uncontradicted
from semblante.pipeline.training_faces import TrainingFace
from semblante.types import Consent, Embeddings, FaceRef

IfKnown = Literal["merge", "replace"]
"""What becomes of the person who has the name already: it is merged with the new one, or dropped."""
Outcome = Literal["new", "relearnt", "merged", "replaced"]
MIN_ALIKE_SHARE, MIN_EVIDENCE = 0.5, 10.0
"""Of the faces that get a known name, so many must speak for its person: be so much more probable among the
person's own faces than among other people's. `same_name` in `bench/people.py` says how often that errs."""


@dataclass(frozen=True)
class Kept:
    """A person as kept, and what became of the one who had the name before.

    `new`: nobody had it. `relearnt`: it is the same person, and the photos took the place of those of before.
    `merged`: all that taught before teaches too. `replaced`: nothing of before is left. `answers` is how many
    faces that a user confirmed before teach too. `change` is the number of the change, of which known
    `look_alikes` are a part.
    """

    person: Person
    outcome: Outcome
    answers: int
    change: int
    look_alikes: tuple[LookAlike, ...] = ()


def keep_learnt(
    store: FaceStore, result: LearnResult, background: Embeddings | None, if_known: IfKnown | None = None
) -> Kept:
    """Keep a person who was learnt, with the faces it was taught with.

    One of the same name is learnt anew from the new photos, and keeps what a user confirmed unless a photo
    contradicts it; one whose neuron is of another network or damaged is replaced. A birth date that is known
    stays unless the result has another. Raises `InvalidOption` for
    somebody unlike unless `if_known` says what to do, `FileAccessError` where a photo that taught can no
    longer be read, and what the store raises.
    """
    fitted, person = result.fit, result.person
    faces, days = _taught_by(result)
    hers = [each for each in faces if each.kind == "positive"]
    outcome = _outcome(store, person.name, person.base_sha256, hers, if_known, "relearnt")
    before = store.taught(person.name) if outcome in ("relearnt", "merged") else ()
    if outcome == "merged":
        taught = joined(before, faces, background)
    else:
        new = {each.face for each in faces}
        answers = [each for each in before if each.confirmed_by_user and each.face not in new]
        taught = [*faces, *uncontradicted(answers, faces, background)]
    store.note_taken(days)
    _, birth_date = (None, None) if outcome == "replaced" else store.person_details(person.name)
    given = person.birth_date or birth_date
    if len(taught) > len(faces) or given != person.birth_date:
        person = replace(person, birth_date=given)
        fitted = relearn(person, examples_of(store, person.embedding_size, taught), background)
    dropped = (person.name,) if if_known == "replace" else ()
    lesson = keep_taught(store, fitted, taught, background, "learn", instead_of=dropped, birth_date=given)
    return _kept(lesson, outcome, taught)


def name_group(
    store: FaceStore,
    group: Group,
    name: str,
    base: Bundle,
    doubtful: bool = False,
    if_known: IfKnown | None = None,
    consent: Consent | None = None,
) -> Kept:
    """Learn the person called `name` from the faces of a group that `base` read, and keep both.

    The group's doubtful faces teach nothing, unless `doubtful` says that they are the person's. Where the
    name is known, what its person was taught with before is taught too; good faces beside the group's are
    negatives, unless something else is known of them. A `consent` is kept in the same change. Raises
    `BadName`, `InvalidOption` for somebody unlike unless `if_known` says what to do, and for a group or a
    person who cannot get together, `TooFewPhotos` or `SamePhotos`, and then nothing has changed.
    """
    name, background = check_name(name), base.background()
    if group.name is not None:
        raise InvalidOption("group_has_name", name=group.name)
    new = _faces_beside(store, group, doubtful)
    hers = [each for each in new if each.confirmed_by_user]
    outcome = _outcome(store, name, base.network_sha256, hers, if_known, "merged")
    before = store.taught(name) if outcome == "merged" else ()
    taught = joined(before, new, background)
    examples = examples_of(store, base.embedding_size, taught)
    if outcome == "merged":
        fitted = relearn(known_person(store, name), examples, background)
    else:
        fitted = fit(name, examples, base.network_sha256, background=background)
        fitted = replace(fitted, person=replace(fitted.person, base_folder=base.folder.resolve()))
    dropped = (name,) if if_known == "replace" else ()
    lesson = keep_taught(store, fitted, taught, background, "name", instead_of=dropped, consent=consent)
    return _kept(lesson, outcome, before)


def rename_person(
    store: FaceStore, name: str, new_name: str, base: Bundle | None = None, if_known: IfKnown | None = None
) -> Kept:
    """Give a person another name; one who has it already is merged or replaced as `if_known` says.

    Merging learns the one called `new_name` anew from what taught both, which needs the `base` of both.
    Raises `UnknownPerson`, `BadName`, `NotAPersonFile`, `InvalidOption`, `ModelMismatch`, `TooFewPhotos` or
    `SamePhotos`, and then nothing has changed.
    """
    person, new_name = known_person(store, name), check_name(new_name)
    old_name, taught = kept_name(store, name), store.taught(name)
    if new_name == old_name:
        raise InvalidOption("name_unchanged", name=new_name)
    is_same = key_of(new_name) == key_of(old_name)
    is_taken = not is_same and is_known(store, new_name)
    if is_taken and if_known is None:
        raise InvalidOption("name_taken", name=kept_name(store, new_name))
    if is_taken and if_known == "merge":
        return _merge(store, old_name, new_name, base)
    person = replace(person, name=new_name)
    change = store.keep_person(
        person_as_json(person), new_name, taught, "rename", () if is_same else (old_name,)
    )
    return Kept(person, "replaced" if is_taken else "new", _confirmed(taught), change)


def _merge(store: FaceStore, name: str, into: str, base: Bundle | None) -> Kept:
    person, other = known_person(store, into), known_person(store, name)
    if other.base_sha256 != person.base_sha256:
        raise InvalidOption("person_of_other_network", name=other.name)
    if base is not None:
        check_base(person, base.network_sha256)
    background = base.background() if base else None
    # Who makes two people one says of the other's faces that they are this person's: later lessons keep them.
    others = [
        replace(each, confirmed_by_user=each.confirmed_by_user or each.kind == "positive")
        for each in store.taught(name)
    ]
    taught = joined(store.taught(into), others, background)
    fitted = relearn(person, examples_of(store, person.embedding_size, taught), background)
    lesson = keep_taught(store, fitted, taught, background, "merge", instead_of=(name,))
    return _kept(lesson, "merged", taught)


def shared_faces(store: FaceStore, name: str) -> dict[str, int]:
    """The other people whom faces taught as their own that taught this person too, and how many faces.

    A face is one person's, so one of them has a wrong answer. Raises `UnknownPerson`.
    """

    def own(of: str) -> set[FaceRef]:
        return {each.face for each in store.taught(of) if each.kind == "positive"}

    hers, kept = own(name), kept_name(store, name)
    counts = {other: len(hers & own(other)) for other in store.names() if other != kept}
    return {other: count for other, count in counts.items() if count}


def seems_alike(person: Person, embeddings: Embeddings) -> bool:
    """Whether faces of one person, embeddings (n, d), seem to be this person's."""
    return bool(_speak_for(person, embeddings).mean() >= MIN_ALIKE_SHARE)


def _speak_for(person: Person, embeddings: Embeddings) -> Bool[np.ndarray, " n"]:
    """Which faces speak for the person, whatever the prior."""
    prior = person.rule.prior
    probabilities = person.rule.probabilities(person.neuron.logits(embeddings))
    least_odds = MIN_EVIDENCE * prior / (1 - prior)
    probable: Bool[np.ndarray, " n"] = probabilities >= least_odds / (1 + least_odds)
    return probable


def _outcome(
    store: FaceStore,
    name: str,
    base_sha256: str,
    faces: Sequence[Taught],
    if_known: IfKnown | None,
    if_alike: Literal["relearnt", "merged"],
) -> Outcome:
    """What becomes of the person who has the name. Raises `InvalidOption` where these faces are unlike."""
    if not is_known(store, name):
        return "new"
    if if_known == "replace":
        return "replaced"
    # Photos to learn from stand for themselves; a group is beside what is known of the person.
    can_replace = if_known is None and if_alike == "relearnt"
    try:
        earlier = known_person(store, name)
    except UnknownPerson:  # Added, and not learnt yet.
        return "new"
    except NotAPersonFile:
        if can_replace:
            return "replaced"
        raise
    if earlier.base_sha256 != base_sha256:
        if can_replace:
            return "replaced"
        raise InvalidOption("person_of_other_network", name=earlier.name)
    if if_known == "merge":
        return "merged"
    if not faces:
        return if_alike
    embeddings = np.stack([each.embedding for each in faces])
    if not seems_alike(earlier, embeddings):
        alike = int(_speak_for(earlier, embeddings).sum())
        raise InvalidOption("name_of_somebody_else", name=earlier.name, count=len(faces), alike=alike)
    return if_alike


def _taught_by(result: LearnResult) -> tuple[list[Taught], dict[bytes, date]]:
    """The faces that the person was learnt from, by the hash of the photo, and when these were taken."""
    hashes: dict[str, str] = {}
    days: dict[bytes, date] = {}

    def taught(face: TrainingFace, kind: Literal["positive", "negative"]) -> Taught:
        photo = face.ref.photo
        if photo not in hashes:
            hashes[photo] = sha256_of(Path(photo))
        if face.day:
            days[bytes.fromhex(hashes[photo])] = face.day
        ref = FaceRef(hashes[photo], face.ref.index)
        return Taught(kind, ref, face.face.embedding, copy_descriptor=face.face.copy_descriptor)

    faces = [
        *(taught(face, "positive") for face in result.training.positives),
        *(taught(face, "negative") for face in result.training.negatives),
    ]
    return faces, days


def _faces_beside(store: FaceStore, group: Group, doubtful: bool) -> list[Taught]:
    """The good faces of the photos of a group: its own are confirmed, the others are negatives.

    Doubtful ones are among its own, or left out.
    """
    hers = {*group.faces, *(group.doubtful if doubtful else ())}
    left_out = set(group.doubtful) - hers
    return [
        Taught("positive", each.face, each.embedding, True, each.copy_descriptor)
        if each.number in hers
        else Taught("negative", each.face, each.embedding, False, each.copy_descriptor)
        for each in store.faces_beside(hers)
        if each.is_good and each.number not in left_out
    ]


def _kept(lesson: KeptLesson, outcome: Outcome, before: Iterable[Taught]) -> Kept:
    """What was kept; `before` holds the answers of before that teach too."""
    return Kept(lesson.person, outcome, _confirmed(before), lesson.change, lesson.look_alikes)


def _confirmed(taught: Iterable[Taught]) -> int:
    return sum(each.confirmed_by_user for each in taught)
