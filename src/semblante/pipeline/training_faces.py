"""Photos to learn from become faces that teach: read once, told whose each face is, advised upon."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np
from jaxtyping import Bool

from semblante.errors import TooFewPhotos
from semblante.i18n import tr
from semblante.model.bundle import Bundle
from semblante.person import (
    Advice,
    Gallery,
    advice_on_faces,
    advice_on_photos,
    check_count,
    consensus_face,
    seem_the_same,
    sorted_faces,
    standardizer_of,
)
from semblante.pipeline.photos import OnUnusable, UnusablePhoto, find_photos, find_some_photos
from semblante.pipeline.reading import Reading, read_photos
from semblante.types import AnalyzedPhoto, Embeddings, Face, OnProgress

OnAdvice = Callable[[Sequence[Advice]], None]
"""Called with advice as soon as it is known, which may be before learning is refused."""


def unheard(_advice: Sequence[Advice]) -> None:
    """The advice that nobody hears."""


@dataclass(frozen=True)
class TrainingPhotos:
    """Where photos to learn from are: of the person, of `others` who are not, and of both to validate with.

    `others` may be empty where strangers come with the base network; the validation ones are given both or
    neither. Whose face the photos `me` have in common is found out, unless they are sorted by person already:
    then the largest face of each is the person's, as it always is in validation photos.
    """

    me: Sequence[Path]
    others: Sequence[Path] = ()
    validation_me: Sequence[Path] = ()
    validation_others: Sequence[Path] = ()
    is_sorted: bool = False


@dataclass(frozen=True, eq=False)
class TrainingFace:
    """A face that teaches or tests: its photo's path, its place among the photo's faces, what was read."""

    source: str
    place: int
    read: Face


@dataclass(frozen=True)
class TrainingFaces:
    """Good faces of the person, of the others who were named, and of bystanders in the person's photos."""

    me: tuple[TrainingFace, ...]
    named: tuple[TrainingFace, ...] = ()
    other_faces: tuple[TrainingFace, ...] = ()

    @property
    def others(self) -> tuple[TrainingFace, ...]:
        """Everybody but the person, those who were named first."""
        return (*self.named, *self.other_faces)


@dataclass(frozen=True)
class Shown:
    """The faces to learn from, and those to validate with if any."""

    training: TrainingFaces
    validation: TrainingFaces | None


def look_at(
    name: str,
    photos: TrainingPhotos,
    base: Bundle,
    on_progress: OnProgress,
    on_advice: OnAdvice,
    on_unusable: OnUnusable,
) -> Shown:
    """Read all the photos, each once, and find out whose faces they show.

    Raises `NoCommonFace`, `TooFewPhotos` where there is nobody to be told from, `NoAccess` where a place does
    not exist, and `NothingUsable` where it holds no photos.
    """
    background = base.background()
    if background is None and not photos.others:
        raise TooFewPhotos(
            tr(
                "{path}: no strangers came with this network; name photos of other people with --not",
                path=base.folder,
            )
        )
    places = (photos.me, photos.others, photos.validation_me, photos.validation_others)
    # A folder of the course's layout may be empty; what was named by itself may not.
    find = find_photos if photos.is_sorted else find_some_photos
    found = [find(place, on_unusable) if place else () for place in places]
    me, others, validation_me, validation_others = _read_sets(found, base, on_progress, on_unusable)
    on_advice([*advice_on_photos(me), *advice_on_photos(others)])
    named = _good_faces(others)
    everybody = named_embeddings = embeddings_of(named, base)
    if background is not None:
        everybody = np.concatenate([everybody, background])
    check_count(tr("Others"), len(everybody))
    common = sorted_faces(me) if photos.is_sorted else consensus_face(name, me, everybody)
    scale = standardizer_of(everybody)
    on_advice(advice_on_faces(me, common, scale))
    on_advice(_advice_on_named(named, seem_the_same(me, common, named_embeddings, scale)))
    mine, other_faces = (
        tuple(_shown(me[spot.photo], spot.place) for spot in spots)
        for spots in (common.mine, common.other_faces)
    )
    validation = None
    if photos.validation_me or photos.validation_others:
        tested = sorted_faces(validation_me).mine
        validation = TrainingFaces(
            tuple(_shown(validation_me[spot.photo], spot.place) for spot in tested),
            _good_faces(validation_others),
        )
    return Shown(TrainingFaces(mine, named, other_faces), validation)


def _advice_on_named(named: Sequence[TrainingFace], same: Bool[np.ndarray, " n"]) -> list[Advice]:
    sources = dict.fromkeys(face.source for face, is_same in zip(named, same, strict=True) if is_same)
    return [Advice("perhaps the person", tuple(sources))] if sources else []


def gallery_of(faces: Sequence[TrainingFace], base: Bundle) -> Gallery:
    """The faces as what a person is learnt from."""
    return Gallery(embeddings_of(faces, base), tuple(face.source for face in faces))


def embeddings_of(faces: Sequence[TrainingFace], base: Bundle) -> Embeddings:
    """The faces' embeddings, none of them being (0, d)."""
    rows: Embeddings = np.zeros((len(faces), base.embedding_size), np.float32)
    for row, face in zip(rows, faces, strict=True):
        row[:] = face.read.embedding
    return rows


def _read_sets(
    sets: Sequence[Sequence[Path]], base: Bundle, on_progress: OnProgress, on_unusable: OnUnusable
) -> list[list[AnalyzedPhoto]]:
    """What was read of each set's photos."""
    total = sum(map(len, sets))
    readings = _counted(read_photos(chain.from_iterable(sets), base), total, on_progress, on_unusable)
    found = [list(islice(readings, len(paths))) for paths in sets]
    return [[each for each in part if isinstance(each, AnalyzedPhoto)] for part in found]


def _counted(
    readings: Iterable[Reading], total: int, on_progress: OnProgress, on_unusable: OnUnusable
) -> Iterator[Reading]:
    for done, reading in enumerate(readings, start=1):
        on_progress(done, total)
        if isinstance(reading, UnusablePhoto):
            on_unusable(reading)
        yield reading


def _good_faces(photos: Sequence[AnalyzedPhoto]) -> tuple[TrainingFace, ...]:
    return tuple(
        _shown(photo, place)
        for photo in photos
        for place, read in enumerate(photo.faces)
        if read.quality.is_good
    )


def _shown(photo: AnalyzedPhoto, place: int) -> TrainingFace:
    return TrainingFace(photo.source, place, photo.faces[place])
