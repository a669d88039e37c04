"""A person of a library is learnt from the photos that were given, and from what has taught before."""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

import numpy as np
from jaxtyping import Float64

from semblante.errors import CannotBeToldApart, NotAPersonFile, TooFewPhotos
from semblante.jobs import SILENT, JobContext
from semblante.labels import ATTRIBUTES
from semblante.library import FaceStore, KnownPerson, Taught
from semblante.model.bundle import Bundle
from semblante.person import (
    Examples,
    FitResult,
    Person,
    Separability,
    advice_on_ages,
    cannot_be_told_apart,
    check_base,
    check_count,
    check_rate,
    fit,
    fit_ages,
    measure_separability,
)
from semblante.pipeline.collection import known_person
from semblante.pipeline.details import check_consented
from semblante.pipeline.given_photos import GivenFaces, given_faces
from semblante.pipeline.look_alikes import LookAlike, keep_taught
from semblante.pipeline.taught_faces import examples_of, uncontradicted
from semblante.pipeline.training_faces import TrainingFace, TrainingFaces, assign_faces
from semblante.types import DESCRIPTOR_SIZE, AnalyzedPhoto, Face, FaceRef, Landmarks, Quality, Verdict

_NOWHERE: Final[Landmarks] = ((0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0))


@dataclass(frozen=True)
class HeldOutFace:
    """A face that taught, and what a neuron says of it that was trained without it.

    `is_named` are faces of photos that were given as those of others. Faces of one moment are one.
    """

    face: FaceRef
    is_person: bool
    is_named: bool
    logit: float
    probability: float
    verdict: Verdict


@dataclass(frozen=True, eq=False)
class LessonReport:
    """A person who was learnt, what was said of held-out faces, and of the model's background faces.

    `background_logits` (n,) are those of faces of other people that came with the model. `separability` says
    whether the person can be told from those in photos that were given as others', None where none were.
    `look_alikes` are known people who look alike; see `semblante.pipeline.look_alikes`. `own` are the
    person's faces that taught, in the order of `NeuronStep.positives`.
    """

    person: Person
    own: tuple[FaceRef, ...]
    faces: tuple[HeldOutFace, ...]
    background_logits: Float64[np.ndarray, " n"]
    separability: Separability | None
    look_alikes: tuple[LookAlike, ...]


def check_lesson(store: FaceStore, person: KnownPerson, base_sha256: str, false_match_rate: float) -> None:
    """Raise what makes it certain, before it begins, that a person cannot be learnt.

    `InvalidOption` where nobody agreed to it or the rate cannot be kept, `TooFewPhotos` where too few were
    given, and `UnknownPerson`.
    """
    check_consented(person)
    check_rate(false_match_rate)
    given = given_faces(store, person.name, base_sha256)
    photos = {each.given.photo for each in given if each.given.role == "positive" and each.photo}
    photos |= {each.face.photo for each in store.taught(person.name) if each.kind == "positive"}
    check_count(person.name, len(photos))


def learn_given(
    store: FaceStore,
    person: KnownPerson,
    base: Bundle,
    false_match_rate: float,
    keep_inseparable: bool = False,
    job: JobContext = SILENT,
) -> LessonReport:
    """Learn a person from the photos that were given, and keep both the person and the faces that taught.

    What has taught before from other photos, and what a user has confirmed, teaches too: an answer about a
    face counts before what the photos have in common. Emits `NeuronStep`,
    and `Advice` whose photos are hashes. Raises what `check_lesson` and `learn` raise, and
    `CannotBeToldApart` where the person cannot be told from those in the photos given as others', unless that
    is to be kept all the same; then nothing has changed. Known people who look alike are taught apart.
    """
    check_lesson(store, person, base.network_sha256, false_match_rate)
    background = base.background()
    given = given_faces(store, person.name, base.network_sha256)
    before = _taught_before(store, person, given, base.network_sha256)
    if background is None and not any(each.given.role == "negative" for each in given):
        raise TooFewPhotos("no_background", path=base.folder)
    photos = {each.given.photo for each in given}
    days = store.days([bytes.fromhex(each.face.photo) for each in before])
    own, places = _less(_photos(given, "positive"), store.rejected_faces(person.name))
    shown = [*own, *_as_photos(_own(before), photos, days)]
    found = assign_faces(person.name, shown, _photos(given, "negative"), base, False, job)
    answered = {each.face for each in before if each.confirmed_by_user}
    new = [each for each in _taught(found, photos, places) if each.face not in answered]
    known = {each.face for each in new}
    earlier = [each for each in before if each.face not in known]
    taught, named = _in_order([*new, *uncontradicted(earlier, new, background)], given)
    examples = _by_hash(examples_of(store, base.embedding_size, taught), taught)
    result = _fit(person, examples, base, false_match_rate, job)
    separability = measure_separability(result, named)
    if separability is not None and not separability.separable and not keep_inseparable:
        reason = cannot_be_told_apart(person.name, separability)
        raise CannotBeToldApart(reason.code, **reason.params)
    kept = keep_taught(store, result, taught, background, "learn", job=job)
    return _report(kept.result, kept.taught, _named(taught, named), separability, kept.look_alikes)


def judge_anew(store: FaceStore, person: KnownPerson, base: Bundle) -> LessonReport:
    """What the person's last lesson has shown, found anew from the faces that taught; nothing is kept.

    It takes about as long as learning. Look-alikes are not looked for. Raises `UnknownPerson` where nothing
    is learnt, `ModelMismatch` where that was on another model, and what `fit` raises.
    """
    learnt = known_person(store, person.name)
    check_base(learnt, base.network_sha256)
    given = given_faces(store, person.name, base.network_sha256)
    taught, named = _in_order(store.taught(person.name), given)
    examples = _by_hash(examples_of(store, base.embedding_size, taught), taught)
    result = _fit(person, examples, base, learnt.rule.false_match_rate, SILENT)
    return _report(result, taught, _named(taught, named), measure_separability(result, named))


def _in_order(taught: Sequence[Taught], given: Sequence[GivenFaces]) -> tuple[list[Taught], int]:
    """The faces in an order that depends on nothing else, and how many of them are named negatives.

    These come first of the negatives, since it is measured whether the person can be told from them.
    """
    others = {each.given.photo for each in given if each.given.role == "negative"}

    def key(each: Taught) -> tuple[bool, bool, str, int]:
        return each.kind == "negative", each.face.photo not in others, each.face.photo, each.face.index

    named = sum(each.kind == "negative" and each.face.photo in others for each in taught)
    return sorted(taught, key=key), named


def _named(taught: Sequence[Taught], count: int) -> set[FaceRef]:
    """The first negatives, so many."""
    return {each.face for each in [each for each in taught if each.kind == "negative"][:count]}


def _by_hash(examples: Examples, taught: Sequence[Taught]) -> Examples:
    """The same examples, their photos named by hash: advice and errors name the photos that were given."""
    others = [each for each in taught if each.kind == "negative"]
    return Examples(
        replace(examples.positives, sources=tuple(each.face.photo for each in _own(taught))),
        replace(examples.negatives, sources=tuple(each.face.photo for each in others)),
    )


def _fit(
    person: KnownPerson, examples: Examples, base: Bundle, false_match_rate: float, job: JobContext
) -> FitResult:
    """The person learnt from these examples, with neurons by age where these serve better."""
    background, born = base.background(), person.birth_date
    result = fit(
        person.name,
        examples,
        base.network_sha256,
        background=background,
        false_match_rate=false_match_rate,
        job=job,
    )
    learnt = replace(result.person, base_folder=base.folder.resolve(), birth_date=born)
    result = fit_ages(replace(result, person=learnt), examples, background, job)
    if born is not None:
        job.emit_all(advice_on_ages(examples.positives, born, date.today()))
    return result


def _photos(given: Sequence[GivenFaces], role: str) -> list[AnalyzedPhoto]:
    return [each.photo for each in given if each.given.role == role and each.photo is not None]


def _less(
    photos: Sequence[AnalyzedPhoto], rejected: Collection[FaceRef]
) -> tuple[list[AnalyzedPhoto], Mapping[str, Sequence[int]]]:
    """The photos without these faces, and by photo the places in it of those that are left.

    A photo that shows no other face is left out.
    """
    places = {
        each.source: [
            place for place in range(len(each.faces)) if FaceRef(each.source, place) not in rejected
        ]
        for each in photos
    }
    left = [
        replace(each, faces=tuple(each.faces[place] for place in places[each.source]))
        for each in photos
        if places[each.source]
    ]
    return left, places


def _taught_before(
    store: FaceStore, person: KnownPerson, given: Sequence[GivenFaces], base_sha256: str
) -> list[Taught]:
    """What taught from other photos than those given, or was confirmed by the user, on the same network."""
    if not person.is_learnt:
        return []
    try:
        if known_person(store, person.name).base_sha256 != base_sha256:
            return []
    except NotAPersonFile:
        return []
    photos = {each.given.photo for each in given}
    return [
        each for each in store.taught(person.name) if each.confirmed_by_user or each.face.photo not in photos
    ]


def _own(taught: Sequence[Taught]) -> list[Taught]:
    return [each for each in taught if each.kind == "positive"]


def _as_photos(taught: Sequence[Taught], but: set[str], days: Mapping[bytes, date]) -> list[AnalyzedPhoto]:
    """The photos that taught, but for these, each as a photo of that face alone."""
    one_each = {each.face.photo: each for each in reversed(taught) if each.face.photo not in but}
    return [_as_photo(each, days.get(bytes.fromhex(photo))) for photo, each in one_each.items()]


def _as_photo(taught: Taught, day: date | None) -> AnalyzedPhoto:
    """A photo of one face, taken on that day if it is known, of which no more is known than what taught."""
    descriptor = taught.copy_descriptor
    face = Face(
        (0.0, 0.0, 1.0, 1.0),
        1.0,
        _NOWHERE,
        Quality(0.0, 1.0, 1.0, 1.0),
        np.zeros(len(ATTRIBUTES), np.float32),
        taught.embedding,
        np.zeros(DESCRIPTOR_SIZE, np.int8) if descriptor is None else descriptor,
    )
    return AnalyzedPhoto(taught.face.photo, 1, 1, (face,), day)


def _taught(found: TrainingFaces, photos: set[str], places: Mapping[str, Sequence[int]]) -> list[Taught]:
    """The faces of these photos: the person's, those named as others', and those beside the person.

    `places` are those of faces in the photos as they were given; see `_less`.
    """

    def taught(face: TrainingFace, kind: Literal["positive", "negative"]) -> Taught:
        photo, index = face.ref.photo, face.ref.index
        ref = FaceRef(photo, places[photo][index]) if photo in places else face.ref
        return Taught(kind, ref, face.face.embedding, copy_descriptor=face.face.copy_descriptor)

    return [
        *(taught(face, "positive") for face in found.positives if face.ref.photo in photos),
        *(taught(face, "negative") for face in found.negatives),
    ]


def _report(
    result: FitResult,
    taught: Sequence[Taught],
    named: Container[FaceRef],
    separability: Separability | None,
    look_alikes: tuple[LookAlike, ...] = (),
) -> LessonReport:
    held_out, person = result.held_out, result.person
    of_label = {1: _own(taught), 0: [each for each in taught if each.kind == "negative"]}
    faces = []
    for logit, probability, label, index in zip(
        held_out.logits.tolist(),
        held_out.probabilities.tolist(),
        held_out.labels.tolist(),
        held_out.indices.tolist(),
        strict=True,
    ):
        if index < len(of_label[label]):  # Else a background embedding of the model.
            face, is_person = of_label[label][index].face, label == 1
            is_named, verdict = not is_person and face in named, person.rule.verdict(probability)
            faces.append(HeldOutFace(face, is_person, is_named, logit, probability, verdict))
    background = (held_out.labels == 0) & (held_out.indices >= len(of_label[0]))
    return LessonReport(
        person=person,
        own=tuple(each.face for each in of_label[1]),
        faces=tuple(faces),
        background_logits=held_out.logits[background],
        separability=separability,
        look_alikes=look_alikes,
    )
