"""Photos to learn from become training faces: read once, and assigned to the person or to others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, islice
from pathlib import Path

import numpy as np
from jaxtyping import Bool

from semblante.errors import TooFewPhotos
from semblante.jobs import Advice, JobContext
from semblante.model.bundle import Bundle
from semblante.person import (
    OTHERS,
    Examples,
    Gallery,
    advice_on_faces,
    advice_on_photos,
    check_count,
    faces_at,
    fit_standardizer,
    seem_the_same,
    sorted_faces,
)
from semblante.person.moments import MIN_SURE_SIMILARITY, are_copies
from semblante.pipeline.agreement import Agreement, check_sorted, find_person, tells_people_apart
from semblante.pipeline.analyzer import FaceAnalyzer
from semblante.pipeline.finding import Places, find_photos, find_some_photos
from semblante.pipeline.reading import UnusablePhoto
from semblante.types import AnalyzedPhoto, Face, FaceRef


@dataclass(frozen=True)
class TrainingPhotos:
    """Where photos to learn from are: of the person, of others, and of both to validate with.

    `negatives` may be empty where the model has background embeddings; the validation ones are given both or
    neither. The person's face in the positives is their consensus face, unless they are sorted by person
    already: then the largest face of each is the person's, as it always is in validation photos. `days` are
    those on which photos were taken, by path, where the user knows better than their metadata.
    """

    positives: Places
    negatives: Places = ()
    validation_positives: Places = ()
    validation_negatives: Places = ()
    is_sorted: bool = False
    days: Mapping[Path, date] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class TrainingFace:
    """A face to train or to validate with; `ref` names it by its photo's path, taken on the `day`."""

    ref: FaceRef
    face: Face
    day: date | None = None


@dataclass(frozen=True)
class TrainingFaces:
    """Good faces of the person, of negatives who were named, and of other people in the person's photos.

    `agreement` says whether the person's photos show one person.
    """

    positives: tuple[TrainingFace, ...]
    named_negatives: tuple[TrainingFace, ...] = ()
    other_faces: tuple[TrainingFace, ...] = ()
    agreement: Agreement = "agree"

    @property
    def negatives(self) -> tuple[TrainingFace, ...]:
        """Everybody but the person, those who were named first."""
        return (*self.named_negatives, *self.other_faces)

    def examples(self, embedding_size: int) -> Examples:
        """The faces as what a person is learnt from."""
        return Examples(_gallery(self.positives, embedding_size), _gallery(self.negatives, embedding_size))


def find_training_faces(
    name: str, photos: TrainingPhotos, analyzer: FaceAnalyzer, aligned: bool, job: JobContext
) -> tuple[TrainingFaces, TrainingFaces | None]:
    """Read all the photos, each once, and find whose faces they show: to train with, and to validate with.

    Raises `NoCommonFace`, `TooFewPhotos` where there are no negatives, `FileAccessError` where a place does
    not exist, `EmptyDataset` where it holds no photos, and `Cancelled`.
    """
    base = analyzer.bundle
    if base.background() is None and not photos.negatives:
        raise TooFewPhotos("no_background", path=base.folder)
    positives, negatives, validation_positives, validation_negatives = _read_all(
        photos, analyzer, aligned, job
    )
    training = assign_faces(name, positives, negatives, base, photos.is_sorted, job)
    if not photos.validation_positives and not photos.validation_negatives:
        return training, None
    largest = sorted_faces(validation_positives).positives
    tested = _training_faces(validation_positives, largest)
    copies = _copies_of(training.positives, tested)
    if copies:
        job.emit(Advice("advice_validation_copies", tuple(face.ref.photo for face in copies)))
    new = tuple(face for face in tested if face not in copies)
    return training, TrainingFaces(new, _good_faces(validation_negatives))


def assign_faces(
    name: str,
    positives: Sequence[AnalyzedPhoto],
    negatives: Sequence[AnalyzedPhoto],
    base: Bundle,
    is_sorted: bool,
    job: JobContext,
) -> TrainingFaces:
    """Find whose faces photos show that were read by the network of `base`; see `TrainingPhotos`.

    Emits `Advice`. Raises `NoCommonFace`, and `TooFewPhotos` where too few faces of others are known.
    """
    background = base.background()
    job.emit_all([*advice_on_photos(positives), *advice_on_photos(negatives)])
    named = _good_faces(negatives)
    named_embeddings = _gallery(named, base.embedding_size).embeddings
    everybody = named_embeddings if background is None else np.concatenate([named_embeddings, background])
    check_count(OTHERS, len(everybody))
    choose = check_sorted if is_sorted else find_person
    consensus, agreement = choose(name, positives, everybody, tells_people_apart(base), job)
    standardizer = fit_standardizer(everybody)
    job.emit_all(advice_on_faces(positives, consensus, standardizer))
    job.emit_all(_advice_on_named(named, seem_the_same(positives, consensus, named_embeddings, standardizer)))
    return TrainingFaces(
        _training_faces(positives, consensus.positives),
        named,
        _training_faces(positives, consensus.other_faces),
        agreement,
    )


def _copies_of(trained: Sequence[TrainingFace], tested: Sequence[TrainingFace]) -> list[TrainingFace]:
    """The tested faces of photos that are copies of trained ones; the photo itself is none."""
    if not trained or not tested:
        return []
    ours, theirs = (np.stack([each.face.copy_descriptor for each in faces]) for faces in (tested, trained))
    copies = are_copies(ours, theirs, MIN_SURE_SIMILARITY)
    same = np.array([[np.array_equal(a, b) for b in theirs] for a in ours])
    return [face for face, found in zip(tested, (copies & ~same).any(axis=1), strict=True) if found]


def _advice_on_named(named: Sequence[TrainingFace], same: Bool[np.ndarray, " n"]) -> list[Advice]:
    sources = dict.fromkeys(face.ref.photo for face, is_same in zip(named, same, strict=True) if is_same)
    return [Advice("advice_perhaps_the_person", tuple(sources))] if sources else []


def _gallery(faces: Sequence[TrainingFace], embedding_size: int) -> Gallery:
    return Gallery.of(
        ((each.ref.photo, each.face.embedding, each.face.copy_descriptor, each.day) for each in faces),
        embedding_size,
    )


def _read_all(
    photos: TrainingPhotos, analyzer: FaceAnalyzer, aligned: bool, job: JobContext
) -> list[list[AnalyzedPhoto]]:
    """The faces of the positives, the negatives, and both to validate with."""

    def skip(photo: UnusablePhoto) -> None:
        job.skipped(photo.path, photo.reason)

    places = (
        photos.positives,
        photos.negatives,
        photos.validation_positives,
        photos.validation_negatives,
    )
    # A folder of the course's layout may be empty; what was named by itself may not.
    find = find_photos if photos.is_sorted else find_some_photos
    paths = [find(place, skip) if place else () for place in places]

    readings = analyzer.analyze_many(list(chain.from_iterable(paths)), aligned, job)
    found: list[list[AnalyzedPhoto]] = []
    for part in paths:
        found.append([])
        for reading in islice(readings, len(part)):
            if isinstance(reading, UnusablePhoto):
                skip(reading)
            else:
                day = photos.days.get(Path(reading.source))
                found[-1].append(replace(reading, taken=day) if day else reading)
    return found


def _good_faces(photos: Sequence[AnalyzedPhoto]) -> tuple[TrainingFace, ...]:
    return tuple(
        TrainingFace(FaceRef(photo.source, index), face, photo.taken)
        for photo in photos
        for index, face in enumerate(photo.faces)
        if face.quality.is_good
    )


def _training_faces(photos: Sequence[AnalyzedPhoto], refs: Sequence[FaceRef]) -> tuple[TrainingFace, ...]:
    days = {photo.source: photo.taken for photo in photos}
    return tuple(map(TrainingFace, refs, faces_at(photos, refs), [days[ref.photo] for ref in refs]))
