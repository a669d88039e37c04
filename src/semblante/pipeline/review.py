"""A person in the library is taught more: kept there once learnt, asked about where unsure, learnt anew.

What a user says of faces in the index, one by one or of a whole group, is kept beside the lesson's photos.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from semblante.errors import InvalidOption, NotAPersonFile, Reason, UnknownPerson
from semblante.files import sha256_of
from semblante.i18n import tr
from semblante.library import Library, Match, Taught, face_of, faces_beside, key_of, match_of
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
from semblante.pipeline.learning import LearnResult
from semblante.pipeline.library import Group, find_photos_of, known_person
from semblante.pipeline.training_faces import TrainingFace
from semblante.types import Embeddings

FaceKey = tuple[str, int]
"""A face of the index: the hash of its photo's content, and its place among the photo's faces."""


@dataclass(frozen=True, eq=False)
class Question:
    """A face to ask about, unsure or answered about before; `left` are those to ask about, with this one."""

    match: Match
    face: Taught
    left: int

    @property
    def key(self) -> FaceKey:
        """What the face is known by."""
        return _key(self.face)


def keep_lesson(library: Library, lesson: LearnResult, background: Embeddings | None) -> int:
    """Keep a person in the library with the faces it was taught with, in place of one of the same name.

    What was answered in reviews of that one is taught too, where the base is the same; gives how many faces
    that were; an answer that one of the photos contradicts is forgotten. Raises `NoAccess` where a photo that
    taught can no longer be read, and what `Library.asking` raises.
    """
    hashes: dict[str, str] = {}

    def taught(face: TrainingFace, is_person: bool) -> Taught:
        if face.ref.photo not in hashes:
            hashes[face.ref.photo] = sha256_of(Path(face.ref.photo))
        return Taught(
            "me" if is_person else "not", hashes[face.ref.photo], face.ref.index, face.face.embedding
        )

    faces = [taught(face, True) for face in lesson.training.positives]
    faces += [taught(face, False) for face in lesson.training.negatives]
    person = lesson.person
    answers = _uncontradicted(_answers(library, person, {_key(face) for face in faces}), faces, background)
    if answers:
        faces += answers
        person = relearn(person, _examples(person.embedding_size, faces), background).person
    library.keep_person(person_as_json(person), person.name, faces)
    return len(answers)


def next_question(library: Library, name: str, passed: Container[FaceKey] = ()) -> Question | None:
    """The likeliest of the unsure faces, or None where none is left.

    Poor faces are not asked about, since they may not teach; nor are faces that taught, or that were `passed`
    over. Raises `UnknownPerson`.
    """
    known = {_key(face) for face in library.taught(name)}
    open_questions: dict[FaceKey, tuple[Match, Taught]] = {}
    for match in find_photos_of(library, name).matches:
        seen = face_of(library, match) if match.verdict == "unsure" else None
        if seen and seen.is_good and _key(seen.taught) not in known and _key(seen.taught) not in passed:
            open_questions.setdefault(_key(seen.taught), (match, seen.taught))
    if not open_questions:
        return None
    return Question(*next(iter(open_questions.values())), left=len(open_questions))


def next_answer(library: Library, name: str, passed: Container[FaceKey] = ()) -> Question | None:
    """The next of the faces that were answered about, as `match.verdict` has it, or None where none is left.

    Faces that the index has no more, and such as were `passed` over, are left out. Raises `UnknownPerson`.
    """
    told = [face for face in library.taught(name) if face.told and _key(face) not in passed]
    found = [(match, face) for face in told if (match := match_of(library, face))]
    return Question(*found[0], left=len(found)) if found else None


def tell(
    library: Library, name: str, question: Question, is_person: bool, background: Embeddings | None
) -> FitResult:
    """Learn the person anew with one answer more, beside the `strangers` of the base, and keep both.

    It takes the place of an earlier one about the same face, and of one that it contradicts about a copy of
    the photo. Raises `TooFewPhotos` or `SamePhotos`, and then nothing has changed.
    """
    person = known_person(library, name)
    told = replace(question.face, kind="me" if is_person else "not", told=True)
    earlier = [face for face in library.taught(name) if _key(face) != question.key]
    answers = _uncontradicted([face for face in earlier if face.told], [told], background)
    taught = (*(face for face in earlier if not face.told), *answers, told)
    learnt = relearn(person, _examples(person.embedding_size, taught), background)
    library.keep_person(person_as_json(learnt.person), person.name, taught)
    return learnt


def name_group(library: Library, group: Group, name: str, base: Bundle) -> FitResult:
    """Learn the person called `name` from the faces of a group that `base` read, and keep both.

    What this person was taught with before is taught too; good faces beside the group's are others, unless
    something else is known of them. Raises `BadName`, `BadSetting` for a group or a person who cannot get
    together, `TooFewPhotos` or `SamePhotos`, and then nothing has changed.
    """
    name, background = check_name(name), base.background()
    if group.name is not None:
        raise InvalidOption(tr("this group is known as {name} already", name=group.name))
    earlier = known_person(library, name) if key_of(name) in map(key_of, library.names()) else None
    if earlier and earlier.base_sha256 != base.network_sha256:
        raise InvalidOption(
            tr("{name} was learnt on another network: choose another name, or learn {name} again", name=name)
        )
    before = library.taught(name) if earlier else ()
    known = {_key(face) for face in before}
    new = [face for face in faces_beside(library, group.faces) if face.told or _key(face) not in known]
    hers = {_key(face) for face in new if face.told}
    kept = [face for face in before if _key(face) not in hers]
    told = _uncontradicted([face for face in kept if face.told], new, background)
    taught = [*(face for face in kept if not face.told), *told, *new]
    examples = _examples(base.embedding_size, taught)
    if earlier:
        learnt = relearn(earlier, examples, background)
    else:
        learnt = fit(name, examples, base.network_sha256, background=background)
        learnt = replace(learnt, person=replace(learnt.person, base_folder=base.folder.resolve()))
    library.keep_person(person_as_json(learnt.person), learnt.person.name, taught)
    return learnt


def _answers(library: Library, person: Person, besides: Container[FaceKey]) -> list[Taught]:
    """What was answered about faces other than these in reviews of whom the library knows by this name."""
    try:
        earlier = known_person(library, person.name)
    except (UnknownPerson, NotAPersonFile):  # One that cannot be used is replaced.
        return []
    if earlier.base_sha256 != person.base_sha256:
        return []
    return [face for face in library.taught(person.name) if face.told and _key(face) not in besides]


def _uncontradicted(
    answers: Sequence[Taught], newer: Sequence[Taught], background: Embeddings | None
) -> list[Taught]:
    """The answers but for those about a photo of which something `newer` says the opposite."""
    others = [face.embeddings[None] for face in (*answers, *newer) if face.kind == "not"]
    others += [] if background is None else [background]
    if not others or not answers:
        return list(answers)
    standardizer = fit_standardizer(np.concatenate(others))
    rows, new_rows = (np.stack([face.embeddings for face in faces]) for faces in (answers, newer))
    opposite = np.array([[face.kind != new.kind for new in newer] for face in answers])
    contradicted = (same_photos(standardizer, rows, new_rows) & opposite).any(axis=1)
    return [face for face, out in zip(answers, contradicted, strict=True) if not out]


def _key(face: Taught) -> FaceKey:
    return face.content_sha256, face.place


def _examples(embedding_size: int, taught: Sequence[Taught]) -> Examples:
    def gallery(kind: str) -> Gallery:
        return Gallery.of(
            # What is known of a photo that taught is the hash of its content.
            (
                (Reason("photo_by_hash", {"hash": face.content_sha256[:12]}), face.embeddings)
                for face in taught
                if face.kind == kind
            ),
            embedding_size,
        )

    return Examples(gallery("me"), gallery("not"))
