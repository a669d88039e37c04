"""A person in the library is taught more: a user answers about faces, and corrects answers.

What is answered is kept beside the photos that the person was learnt from, and learnt from at once.
"""

import threading
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from semblante.errors import InvalidOption
from semblante.library import (
    Candidate,
    EmbeddingMatrix,
    FaceInPhoto,
    FaceStore,
    Match,
    PeopleChange,
    Taught,
    best_face_per_photo,
    candidates,
)
from semblante.person import check_name, relearn
from semblante.pipeline.collection import Rivals, content_at, known_person, query_of
from semblante.pipeline.look_alikes import KeptLesson, keep_taught
from semblante.pipeline.taught_faces import examples_of, uncontradicted
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


MAX_FACES: Final = 1000
"""More faces are not looked for in one photo."""


AnswerKind = Literal["yes", "no", "remove"]
"""What a user says of a face: it is the person, it is not, or it is not to teach any more."""


@dataclass(frozen=True)
class Correction:
    """What a user says of a face in a photo.

    `face` is its number in the photo, from 1, the largest face first. Without it, the face is meant that was
    answered about otherwise or that taught, else the one that is most likely the person.
    """

    path: Path
    answer: AnswerKind
    face: int | None = None


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
        unanswered = self._unanswered(passed)
        if not unanswered:
            return None
        number, match = unanswered[0]
        stored = self._store.stored_faces([number])
        if not stored:  # Another run has removed it this moment.
            self._unsure = None
            return self.next_question(passed)
        face = Taught("positive", match.face, stored[0].embedding, False, stored[0].copy_descriptor)
        return Question(match, face, left=len(unanswered))

    def unanswered(self) -> list[Match]:
        """The faces that `next_question` would ask about one after the other, as the person is known now."""
        return [match for _, match in self._unanswered()]

    def _unanswered(self, passed: Container[FaceRef] = ()) -> list[tuple[int, Match]]:
        """The number and the place of each face to ask about, the likeliest first."""
        known = {each.face for each in self._store.taught(self._name)}
        unsure = {each.number: each for each in self._candidates()}
        # Of those that are equally likely, the first by path; of copies, the first one.
        places = {
            place.number: place
            for place in reversed(self._store.photos_of_faces(unsure))
            if place.face not in known and place.face not in passed
        }
        ordered = sorted(places.values(), key=lambda place: (-unsure[place.number].strength, place.path))
        return [(place.number, _match(place, unsure[place.number])) for place in ordered]

    def next_answer(self, passed: Container[FaceRef] = ()) -> Question | None:
        """The next of the faces that were answered about, as `match.verdict` has it, or None.

        Faces that the index has no more, and such as were `passed` over, are left out. Raises
        `UnknownPerson`.
        """
        confirmed = [each for each in self.answers() if each.face not in passed]
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

    def record_answer(self, question: Question, is_person: bool, background: Embeddings | None) -> KeptLesson:
        """Learn the person anew with one answer more, beside the `background` of the base, and keep both.

        It takes the place of an earlier one about the same face, and of one that it contradicts about a copy
        of the photo. Raises `TooFewPhotos` or `SamePhotos`, and then nothing has changed.
        """
        asked = question.face
        answer = replace(asked, kind="positive" if is_person else "negative", confirmed_by_user=True)
        return self._teach([answer], (), background)

    def correct(self, corrections: Iterable[Correction], background: Embeddings | None) -> KeptLesson:
        """Learn the person anew with answers about photos, all of them at once, and keep both.

        Raises `UnknownPerson`, `FileAccessError` where a photo is not there, `InvalidOption` where it is not
        clear which face is meant, two say different things of one face, or that face cannot teach,
        `TooFewPhotos` or `SamePhotos`, and then nothing has changed. What is said twice counts once.
        """
        said: dict[FaceRef, tuple[Correction, Taught]] = {}
        for each in corrections:
            face = self._face_of(each)
            earlier, _ = said.setdefault(face.face, (each, face))
            if earlier.answer != each.answer:
                raise InvalidOption("corrections_contradict", first=earlier.path, second=each.path)
        return self._record([(face, each.answer) for each, face in said.values()], background)

    def record_answers(
        self, answers: Mapping[FaceRef, AnswerKind], background: Embeddings | None
    ) -> KeptLesson:
        """Learn the person anew with answers about faces, all of them at once, and keep both.

        The photo of a face is named by the hash of its content. A face that cannot be relied on teaches
        nothing, but a no holds for it as for any other. Raises `UnknownPerson`, `InvalidOption` where a face
        cannot teach or did not teach, `TooFewPhotos` or `SamePhotos`, and then nothing has changed.
        """
        taught = {each.face: each for each in self._store.taught(self._name)}
        faces = {**self._able_to_teach(answers), **taught}
        rejected = self._rejected({face: each for face, each in answers.items() if face not in faces})
        for face, answer in answers.items():
            if face not in rejected and face not in (taught if answer == "remove" else faces):
                code = "face_did_not_teach" if answer == "remove" else "face_cannot_teach"
                raise InvalidOption(code, name=self._name, photo=face.photo, face=face.index)
        said = [(faces[face], answer) for face, answer in answers.items() if face not in rejected]
        return self._record(said, background, rejected)

    def _rejected(self, answers: Mapping[FaceRef, AnswerKind]) -> dict[FaceRef, bool]:
        """Of the answers about faces that cannot teach, those that reject one, or reject it no longer."""
        there, already = self._store.face_numbers(answers), self._store.rejected_faces(self._name)
        return {
            face: answer == "no"
            for face, answer in answers.items()
            if (answer == "no" and face in there) or (answer == "remove" and face in already)
        }

    def answers(self) -> tuple[Taught, ...]:
        """The faces that were answered about, by kind and place. Raises `UnknownPerson`."""
        return tuple(each for each in self._store.taught(self._name) if each.confirmed_by_user)

    def _record(
        self,
        answers: Sequence[tuple[Taught, AnswerKind]],
        background: Embeddings | None,
        rejected: Mapping[FaceRef, bool] = MappingProxyType({}),
    ) -> KeptLesson:
        removed = {face.face for face, answer in answers if answer == "remove"}
        kept = [
            replace(face, kind="positive" if answer == "yes" else "negative", confirmed_by_user=True)
            for face, answer in answers
            if answer != "remove"
        ]
        return self._teach(kept, removed, background, rejected)

    def _teach(
        self,
        answers: Sequence[Taught],
        removed: Container[FaceRef],
        background: Embeddings | None,
        rejected: Mapping[FaceRef, bool] = MappingProxyType({}),
    ) -> KeptLesson:
        answered = {each.face for each in answers}
        with self._lock:
            person = known_person(self._store, self._name)
            earlier = [
                each
                for each in self._store.taught(self._name)
                if each.face not in answered and each.face not in removed
            ]
            confirmed = [each for each in earlier if each.confirmed_by_user]
            confirmed = uncontradicted(confirmed, answers, background)
            taught = (*(each for each in earlier if not each.confirmed_by_user), *confirmed, *answers)
            examples = examples_of(self._store, person.embedding_size, taught)
            learnt = relearn(person, examples, background)
            kind: PeopleChange = "answer" if answers or any(rejected.values()) else "remove"
            return keep_taught(self._store, learnt, taught, background, kind, rejected=rejected)

    def _face_of(self, correction: Correction) -> Taught:
        """The face that is meant, with its embedding."""
        path = correction.path
        photo = content_at(self._store, path).hex()
        taught = {each.face: each for each in self._store.taught(self._name) if each.face.photo == photo}
        refs = [FaceRef(photo, index) for index in range(MAX_FACES)]
        faces = {**self._able_to_teach(refs), **taught}
        if correction.face is not None:
            meant = FaceRef(photo, correction.face - 1)
            faces = {meant: faces[meant]} if meant in faces else {}
        if correction.answer == "remove":
            faces = {face: each for face, each in faces.items() if face in taught}
        if not faces:
            code = "face_did_not_teach" if correction.answer == "remove" else "face_cannot_teach"
            is_known = taught or self._store.face_numbers(refs)
            raise InvalidOption(code if is_known else "photo_not_in_index", path=path, name=self._name)
        # Which one was taken for the person, or not, is corrected; else the likeliest face is meant.
        opposite = "negative" if correction.answer == "yes" else "positive"
        answered = {face: each for face, each in taught.items() if each.kind == opposite and face in faces}
        neuron = known_person(self._store, self._name).neuron
        return max((answered or faces).values(), key=lambda each: neuron.logits(each.embedding[None])[0])

    def _able_to_teach(self, faces: Iterable[FaceRef]) -> dict[FaceRef, Taught]:
        """Those of the faces that the store has and that can be relied on."""
        stored = self._store.stored_faces(self._store.face_numbers(faces).values())
        return {
            each.face: Taught("positive", each.face, each.embedding, False, each.copy_descriptor)
            for each in stored
            if each.is_good
        }

    def _candidates(self) -> list[Candidate]:
        """The unsure faces that may teach, one a photo, as the person's neuron of now has them."""
        person_json = self._store.person(check_name(self._name))
        if self._unsure is None or self._unsure[0] != person_json:
            person = known_person(self._store, self._name)
            query = query_of(self._store, person, Rivals(self._store))
            tables = self._matrix.tables(person.base_sha256)
            found = best_face_per_photo(
                [each for table in tables for each in candidates(table, query)], False
            )
            unsure = [each for each in found if each.verdict == "unsure" and each.is_good]
            self._unsure = person_json, unsure
        return self._unsure[1]


def _match(place: FaceInPhoto, candidate: Candidate) -> Match:
    size = place.photo_width_px, place.photo_height_px
    return Match(place.path, place.face, candidate.verdict, candidate.probability, place.box, *size)
