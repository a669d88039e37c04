"""A person in the library is taught more: kept there once learnt, asked about where unsure, learnt anew.

What a user confirms of faces in the index, one by one or of a whole group, is kept beside the photos that the
person was learnt from.
"""

import threading
from collections.abc import Container, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from semblante.errors import InvalidOption, NotAPersonFile, Reason, UnknownPerson
from semblante.files import sha256_of
from semblante.library import (
    Candidate,
    EmbeddingMatrix,
    FaceStore,
    Match,
    Query,
    Taught,
    best_face_per_photo,
    candidates,
    key_of,
)
from semblante.model.bundle import Bundle
from semblante.person import (
    Examples,
    FitResult,
    Gallery,
    Person,
    check_name,
    fit,
    fit_standardizer,
    person_as_json,
    relearn,
    same_photos,
)
from semblante.pipeline.collection import Group, known_person, score_of
from semblante.pipeline.learning import LearnResult
from semblante.pipeline.training_faces import TrainingFace
from semblante.types import Embeddings, FaceRef, Verdict


@dataclass(frozen=True, eq=False)
class Question:
    """A face to ask about, unsure or answered about before; `left` are those to ask about, with this one."""

    match: Match
    face: Taught
    left: int

    @property
    def key(self) -> FaceRef:
        """Which face it is about."""
        return self.face.face


class Review:
    """Questions about one person in a store; each answer is learnt from at once.

    Faces are compared once for each answer, from the `matrix` of the store. `lock` keeps threads that teach
    the same person from losing an answer.
    """

    def __init__(
        self,
        store: FaceStore,
        name: str,
        matrix: EmbeddingMatrix | None = None,
        lock: AbstractContextManager[object] | None = None,
    ) -> None:
        self._store, self._name = store, name
        self._matrix = matrix or EmbeddingMatrix(store)
        self._lock = lock or threading.Lock()
        self._unsure: tuple[str, list[Candidate]] | None = None

    def next_question(self, passed: Container[FaceRef] = ()) -> Question | None:
        """The likeliest of the unsure faces, or None where none is left.

        Poor faces are not asked about, since they may not teach; nor are faces that taught, or that were
        `passed` over. Raises `UnknownPerson`.
        """
        known = {each.face for each in self._store.taught(self._name)}
        unsure = {each.number: each for each in self._candidates()}
        places = [
            place
            for place in self._store.photos_of_faces(unsure)
            if place.face not in known and place.face not in passed
        ]
        if not places:
            return None
        # They come by path, and the first of those that are equally likely is taken.
        first = min(places, key=lambda place: -unsure[place.number].strength)
        stored = self._store.stored_faces([first.number])
        if not stored:  # Another run has removed it this moment.
            self._unsure = None
            return self.next_question(passed)
        candidate = unsure[first.number]
        match = Match(
            first.path,
            first.face,
            candidate.verdict,
            candidate.probability,
            first.box,
            first.photo_width_px,
            first.photo_height_px,
        )
        face = Taught("positive", first.face, stored[0].embedding)
        return Question(match, face, left=len({place.face for place in places}))

    def next_answer(self, passed: Container[FaceRef] = ()) -> Question | None:
        """The next of the faces that were answered about, as `match.verdict` has it, or None.

        Faces that the index has no more, and such as were `passed` over, are left out. Raises
        `UnknownPerson`.
        """
        confirmed = [
            each
            for each in self._store.taught(self._name)
            if each.confirmed_by_user and each.face not in passed
        ]
        numbers = self._store.face_numbers(each.face for each in confirmed)
        places = {place.face: place for place in reversed(self._store.photos_of_faces(numbers.values()))}
        found = [each for each in confirmed if each.face in places]
        if not found:
            return None
        first, place = found[0], places[found[0].face]
        verdict: Verdict = "yes" if first.kind == "positive" else "no"
        size = place.photo_width_px, place.photo_height_px
        match = Match(place.path, place.face, verdict, None, place.box, *size)
        return Question(match, first, left=len(found))

    def record_answer(self, question: Question, is_person: bool, background: Embeddings | None) -> FitResult:
        """Learn the person anew with one answer more, beside the `background` of the base, and keep both.

        It takes the place of an earlier one about the same face, and of one that it contradicts about a copy
        of the photo. Raises `TooFewPhotos` or `SamePhotos`, and then nothing has changed.
        """
        asked = question.face
        answer = Taught("positive" if is_person else "negative", asked.face, asked.embedding, True)
        with self._lock:
            person = known_person(self._store, self._name)
            earlier = [each for each in self._store.taught(self._name) if each.face != question.key]
            answers = [each for each in earlier if each.confirmed_by_user]
            answers = _uncontradicted(answers, [answer], background)
            taught = (*(each for each in earlier if not each.confirmed_by_user), *answers, answer)
            learnt = relearn(person, _examples(person.embedding_size, taught), background)
            self._store.keep_person(person_as_json(learnt.person), person.name, taught)
        return learnt

    def _candidates(self) -> list[Candidate]:
        """The unsure faces that may teach, one a photo, as the person's neuron of now has them."""
        person_json = self._store.person(check_name(self._name))
        if self._unsure is None or self._unsure[0] != person_json:
            person = known_person(self._store, self._name)
            query = Query(score_of(person))
            tables = self._matrix.tables(person.base_sha256)
            found = best_face_per_photo(
                [each for table in tables for each in candidates(table, query)], False
            )
            unsure = [each for each in found if each.verdict == "unsure" and each.is_good]
            self._unsure = person_json, unsure
        return self._unsure[1]


def keep_learnt(store: FaceStore, result: LearnResult, background: Embeddings | None) -> int:
    """Keep a person with the faces it was taught with, in place of one of the same name.

    What was confirmed of that one is taught too, where the base is the same; gives how many faces that were;
    an answer that one of the photos contradicts is forgotten. Raises `FileAccessError` where a photo that
    taught can no longer be read, and what the store raises.
    """
    hashes: dict[str, str] = {}

    def taught(face: TrainingFace, is_person: bool) -> Taught:
        photo = face.ref.photo
        if photo not in hashes:
            hashes[photo] = sha256_of(Path(photo))
        ref = FaceRef(hashes[photo], face.ref.index)
        return Taught("positive" if is_person else "negative", ref, face.face.embedding)

    faces = [taught(face, True) for face in result.training.positives]
    faces += [taught(face, False) for face in result.training.negatives]
    person = result.person
    answers = _uncontradicted(_answers(store, person, {face.face for face in faces}), faces, background)
    if answers:
        faces += answers
        person = relearn(person, _examples(person.embedding_size, faces), background).person
    store.keep_person(person_as_json(person), person.name, faces)
    return len(answers)


def name_group(store: FaceStore, group: Group, name: str, base: Bundle, doubtful: bool = False) -> FitResult:
    """Learn the person called `name` from the faces of a group that `base` read, and keep both.

    The group's doubtful faces teach nothing, unless `doubtful` says that they are the person's. What this
    person was taught with before is taught too; good faces beside the group's are negatives, unless something
    else is known of them. Raises `BadName`, `InvalidOption` for a group or a person who cannot get together,
    `TooFewPhotos` or `SamePhotos`, and then nothing has changed.
    """
    name, background = check_name(name), base.background()
    if group.name is not None:
        raise InvalidOption("group_has_name", name=group.name)
    earlier = known_person(store, name) if key_of(name) in map(key_of, store.names()) else None
    if earlier and earlier.base_sha256 != base.network_sha256:
        raise InvalidOption("person_of_other_network", name=name)
    before = store.taught(name) if earlier else ()
    known = {each.face for each in before}
    new = [
        each
        for each in _faces_beside(store, group, doubtful)
        if each.confirmed_by_user or each.face not in known
    ]
    hers = {each.face for each in new if each.confirmed_by_user}
    kept = [each for each in before if each.face not in hers]
    answers = _uncontradicted([each for each in kept if each.confirmed_by_user], new, background)
    taught = [*(each for each in kept if not each.confirmed_by_user), *answers, *new]
    examples = _examples(base.embedding_size, taught)
    if earlier:
        learnt = relearn(earlier, examples, background)
    else:
        learnt = fit(name, examples, base.network_sha256, background=background)
        learnt = replace(learnt, person=replace(learnt.person, base_folder=base.folder.resolve()))
    store.keep_person(person_as_json(learnt.person), learnt.person.name, taught)
    return learnt


def _faces_beside(store: FaceStore, group: Group, doubtful: bool) -> list[Taught]:
    """The good faces of the photos of a group: its own are confirmed, the others are negatives.

    Doubtful ones are among its own, or left out.
    """
    hers = {*group.faces, *(group.doubtful if doubtful else ())}
    left_out = set(group.doubtful) - hers
    return [
        Taught("positive", each.face, each.embedding, confirmed_by_user=True)
        if each.number in hers
        else Taught("negative", each.face, each.embedding)
        for each in store.faces_beside(hers)
        if each.is_good and each.number not in left_out
    ]


def _answers(store: FaceStore, person: Person, besides: Container[FaceRef]) -> list[Taught]:
    """What a user confirmed about faces other than these of whom the store knows by this name."""
    try:
        earlier = known_person(store, person.name)
    except (UnknownPerson, NotAPersonFile):  # One that cannot be used is replaced.
        return []
    if earlier.base_sha256 != person.base_sha256:
        return []
    return [each for each in store.taught(person.name) if each.confirmed_by_user and each.face not in besides]


def _uncontradicted(
    answers: Sequence[Taught], newer: Sequence[Taught], background: Embeddings | None
) -> list[Taught]:
    """The answers but for those about a photo of which something `newer` says the opposite."""
    others = [each.embedding[None] for each in (*answers, *newer) if each.kind == "negative"]
    others += [] if background is None else [background]
    if not others or not answers:
        return list(answers)
    standardizer = fit_standardizer(np.concatenate(others))
    rows, new_rows = (np.stack([each.embedding for each in faces]) for faces in (answers, newer))
    opposite = np.array([[each.kind != new.kind for new in newer] for each in answers])
    contradicted = (same_photos(standardizer, rows, new_rows) & opposite).any(axis=1)
    return [each for each, out in zip(answers, contradicted, strict=True) if not out]


def _examples(embedding_size: int, taught: Sequence[Taught]) -> Examples:
    def gallery(kind: str) -> Gallery:
        return Gallery.of(
            # What is known of a photo that taught is the hash of its content.
            (
                (Reason("photo_by_hash", {"hash": each.face.photo[:12]}), each.embedding)
                for each in taught
                if each.kind == kind
            ),
            embedding_size,
        )

    return Examples(gallery("positive"), gallery("negative"))
