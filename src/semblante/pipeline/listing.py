"""Photos and faces of the library in lists that are read page by page, with who is in them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
from jaxtyping import Integer

from semblante.library import (
    EmbeddingMatrix,
    FaceInPhoto,
    FaceStore,
    FaceTable,
    ListedPhoto,
    Query,
    StoredFace,
    best_face_per_photo,
    candidates,
    matching_faces,
)
from semblante.pipeline.collection import Rivals, query_for
from semblante.types import Verdict

_EITHER: Final[tuple[Verdict, ...]] = ("yes", "unsure")


@dataclass(frozen=True)
class PhotoFilter:
    """Which photos or faces are listed: all that are not left out by what is given here.

    `person` is a known name, and `verdict` what its neuron says of a face; None is either. A face has all of
    the attributes `with_`, and none of those `without`, named in English or Spanish. Photos are in `folder`
    or below it.
    """

    person: str | None = None
    verdict: Literal["yes", "unsure"] | None = None
    with_: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    folder: Path | None = None

    @property
    def asks_for_faces(self) -> bool:
        """Whether it is about faces, and not only about the place of a photo."""
        return bool(self.person is not None or self.with_ or self.without)


@dataclass(frozen=True)
class Sighting:
    """A known person whom a face is, or may be; no probability where a user has confirmed it."""

    name: str
    verdict: Verdict
    probability: float | None


@dataclass(frozen=True)
class FaceEntry:
    """A face of the index where it is seen, and who it may be, the surest first."""

    number: int
    seen: FaceInPhoto
    is_good: bool
    is_ignored: bool
    people: tuple[Sighting, ...]


@dataclass(frozen=True)
class PhotoEntry:
    """A photo of the index with its faces, the largest first."""

    photo: ListedPhoto
    faces: tuple[FaceEntry, ...]


@dataclass(frozen=True)
class PhotoPage:
    """Some photos in the order of their paths, of so many in `total`; `next` is where the rest begins."""

    photos: tuple[PhotoEntry, ...]
    total: int
    next: Path | None


@dataclass(frozen=True)
class FacePage:
    """Some faces in the order in which they came into the index; see `PhotoPage`."""

    faces: tuple[FaceEntry, ...]
    total: int
    next: int | None


def list_photos(
    store: FaceStore,
    wanted: PhotoFilter,
    count: int,
    after: Path | None = None,
    matrix: EmbeddingMatrix | None = None,
) -> PhotoPage:
    """The first `count` photos that are wanted, or those behind the path `after`.

    Raises `UnknownPerson`, and `InvalidOption` for what is no attribute.
    """
    contents = None
    if wanted.asks_for_faces:
        _, found = _matching(store, wanted, matrix)
        contents = np.unique(found)
    listed = store.list_photos(after, count + 1, wanted.folder, contents)
    shown = listed[:count]
    faces: dict[str, list[FaceEntry]] = defaultdict(list)
    for each in seen_faces(store, store.faces_in_contents(each.content for each in shown)):
        faces[each.seen.face.photo].append(each)
    photos = tuple(PhotoEntry(each, tuple(faces[each.sha256])) for each in shown)
    following = shown[-1].path if len(listed) > count else None
    return PhotoPage(photos, store.count_photos(wanted.folder, contents), following)


def list_faces(
    store: FaceStore,
    wanted: PhotoFilter,
    count: int,
    after: int = 0,
    matrix: EmbeddingMatrix | None = None,
) -> FacePage:
    """The first `count` faces that are wanted, or those with numbers above `after`; see `list_photos`.

    Without a person, the faces are those that the most used network read.
    """
    numbers, contents = _matching(store, wanted, matrix)
    numbers = np.sort(numbers[np.isin(contents, store.present_contents(wanted.folder))])
    left = numbers[numbers > after]
    shown = left[:count].tolist()
    faces = sorted(seen_faces(store, shown), key=lambda each: each.number)
    return FacePage(tuple(faces), len(numbers), shown[-1] if len(left) > count else None)


def _matching(
    store: FaceStore, wanted: PhotoFilter, matrix: EmbeddingMatrix | None
) -> tuple[Integer[np.ndarray, " k"], Integer[np.ndarray, " k"]]:
    base_sha256, query = query_for(store, wanted.person, wanted.with_, wanted.without)
    verdicts = (wanted.verdict,) if wanted.verdict else _EITHER
    return matching_faces(store, base_sha256, query, verdicts, matrix)


def seen_faces(store: FaceStore, numbers: Sequence[int], weighed: bool = True) -> list[FaceEntry]:
    """These faces with who they may be, in order of photo and place.

    Unless it is `weighed`, a face may be surely several people's; see `Rivals`.
    """
    places: dict[int, FaceInPhoto] = {}
    for place in store.photos_of_faces(numbers):
        places.setdefault(place.number, place)
    stored = [each for each in store.stored_faces(numbers) if each.number in places]
    sightings = _sightings(store, stored, weighed)
    ignored = set(store.ignored_numbers().tolist())
    faces = [
        FaceEntry(
            each.number,
            places[each.number],
            each.is_good,
            each.number in ignored,
            tuple(sorted(sightings[each.number], key=_surest_first)),
        )
        for each in stored
    ]
    return sorted(faces, key=lambda each: (each.seen.face.photo, each.seen.face.index))


def _surest_first(sighting: Sighting) -> tuple[bool, float, str]:
    probability = 1.0 if sighting.probability is None else sighting.probability
    return sighting.verdict != "yes", -probability, sighting.name


def _sightings(store: FaceStore, faces: Sequence[StoredFace], weighed: bool) -> dict[int, list[Sighting]]:
    """Who each of these faces may be, by its number: of each person, at most one face a photo."""
    found: dict[int, list[Sighting]] = defaultdict(list)
    rivals, ignored = Rivals(store), store.ignored_numbers()
    tables: dict[str, FaceTable] = {}
    for person, score, confirmed in rivals.people():
        if person.base_sha256 not in tables:
            tables[person.base_sha256] = _table(store, faces, person.base_sha256)
        table = tables[person.base_sha256]
        compare = rivals.weighed(person, score) if weighed else score
        query = Query(compare, confirmed=confirmed, ignored=ignored)
        for each in best_face_per_photo(candidates(table, query) if len(table) else (), several=False):
            found[each.number].append(Sighting(person.name, each.verdict, each.probability))
    return found


def _table(store: FaceStore, faces: Iterable[StoredFace], base_sha256: str) -> FaceTable:
    """Those of the faces that this network read, without logits."""
    photos = {bytes.fromhex(each.face.photo) for each in faces}
    of_base = store.known_contents(sorted(photos), base_sha256)
    rows = [each for each in faces if bytes.fromhex(each.face.photo) in of_base]
    return FaceTable(
        np.array([each.number for each in rows], np.int64),
        np.array([each.content for each in rows], np.int64),
        np.array([each.is_good for each in rows], np.bool_),
        np.stack([each.embedding for each in rows]) if rows else np.zeros((0, 1), np.float32),
        np.zeros((len(rows), 0), np.float32),
    )
