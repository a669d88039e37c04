"""The face that a few photos have in common: in each photo, which of the faces is the person's.

Similarities here are cosines about the mean of other people's faces, so that a stranger's is 0 on average,
however narrow the cone into which a network puts all faces.

    each face in turn as a seed -> the nearest one joins, if strangers are seldom so near
                                -> those nearest to their mean, twice as many, until no more are near
    the group in most photos is the person, unless another is in nearly as many
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Integer

from semblante.errors import NoCommonFace
from semblante.i18n import tr
from semblante.person.calibration import upper_bound
from semblante.person.photos import Standardizer, standardizer_of
from semblante.types import AnalyzedPhoto, Embeddings

STRANGERS_SO_NEAR = 0.01
"""The share of strangers that are nearer to a group's mean than a face which joins it may be."""
LIKE_THE_REST = 0.5
"""Of the similarity that most of the person's faces have to the mean of the others, the least share that one
more must have: below it, it is nearer to what a stranger has. For 20 people in LFW this leaves out
0.3 % of their own photos and 96 % of others'."""
MOST = 0.5
"""The person must be in more than this share of the photos."""
CLEARLY_MORE, CLEARLY_MORE_PHOTOS = 1.5, 3
"""In how many more photos than anybody else, as a ratio and as a count: a face missed here and there must not
turn the order round."""
MOST_SEEDS = 64
ROUNDS = 10


@dataclass(frozen=True)
class Spot:
    """One face: the number of its photo, and its place among the photo's faces."""

    photo: int
    place: int


@dataclass(frozen=True)
class ConsensusFace:
    """The person's faces, one a photo; the other good faces there; photos that seem someone else's."""

    mine: tuple[Spot, ...]
    other_faces: tuple[Spot, ...]
    outliers: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class _Faces:
    """The good faces of all photos: unit rows about the others' mean, where each is, and seeds in order."""

    rows: Float32[np.ndarray, "n d"]
    photos: Integer[np.ndarray, " n"]
    places: Integer[np.ndarray, " n"]
    seeds: Integer[np.ndarray, " n"]
    background: Float32[np.ndarray, "m d"]

    def likeness(self, group: Integer[np.ndarray, " k"]) -> Float32[np.ndarray, " n"]:
        """How near each face is to the mean of the group's in other photos; a lone one is near itself."""
        of_photo = np.zeros((int(self.photos.max()) + 1, self.rows.shape[1]), np.float32)
        of_photo[self.photos[group]] = self.rows[group]
        means = self.rows[group].sum(axis=0) - of_photo[self.photos]
        if len(group) == 1:
            means[group] = self.rows[group]
        lengths = np.maximum(np.linalg.norm(means, axis=1), np.float32(1e-6))
        likeness: Float32[np.ndarray, " n"] = (self.rows * means).sum(axis=1) / lengths
        return likeness

    def background_reach(self, group: Integer[np.ndarray, " k"]) -> float:
        """The likeness to the group's mean that strangers seldom have."""
        mean = self.rows[group].sum(axis=0)
        likeness = self.background @ mean / np.linalg.norm(mean)
        return upper_bound(likeness.astype(np.float64), STRANGERS_SO_NEAR)


def consensus_face(name: str, photos: Sequence[AnalyzedPhoto], others: Embeddings) -> ConsensusFace:
    """The face that the photos of `name` have share, told from embeddings (n, d) of at least two `others`.

    Only good faces are looked at, and photos without one are in no part of the answer. Raises `NoCommonFace`
    where no face is in most of the photos, or where another is in nearly as many.
    """
    faces = _good_faces(photos, others)
    if not len(faces.rows):
        return ConsensusFace((), (), ())
    free: Bool[np.ndarray, " n"] = np.ones(len(faces.rows), np.bool_)
    first = _largest_group(faces, free)
    free[first] = False
    _check(name, len(first), len(_largest_group(faces, free)), len(np.unique(faces.photos)))
    mine = _all_like(faces, first)
    taken = np.isin(faces.photos, faces.photos[mine])
    beside = np.setdiff1d(np.flatnonzero(taken), mine)
    return ConsensusFace(
        mine=_spots(faces, mine),
        other_faces=_spots(faces, beside),
        outliers=tuple(np.unique(faces.photos[~taken]).tolist()),
    )


def sorted_faces(photos: Sequence[AnalyzedPhoto]) -> ConsensusFace:
    """The largest good face of each photo, for photos that somebody has sorted by person already."""
    good = [_good_places(photo) for photo in photos]
    return ConsensusFace(
        tuple(Spot(number, places[0]) for number, places in enumerate(good) if places), (), ()
    )


def seem_the_same(
    photos: Sequence[AnalyzedPhoto], common: ConsensusFace, shown: Embeddings, scale: Standardizer
) -> Bool[np.ndarray, " n"]:
    """Which of the `shown` faces (n, d) are as like the person's as half of the person's own are to the rest.

    `scale` is that of other people's embeddings.
    """
    if len(common.mine) < 2:
        return np.zeros(len(shown), np.bool_)
    own = _unit_rows(
        scale, np.stack([photos[spot.photo].faces[spot.place].embedding for spot in common.mine])
    )
    total = own.sum(axis=0)
    rest = total - own
    usual = float(np.median((own * rest).sum(axis=1) / np.maximum(np.linalg.norm(rest, axis=1), 1e-6)))
    mean = total / np.maximum(np.linalg.norm(total), np.float32(1e-6))
    same: Bool[np.ndarray, " n"] = _unit_rows(scale, shown) @ mean >= usual
    return same


def _good_places(photo: AnalyzedPhoto) -> list[int]:
    return [place for place, read in enumerate(photo.faces) if read.quality.is_good]


def _good_faces(photos: Sequence[AnalyzedPhoto], others: Embeddings) -> _Faces:
    scale = standardizer_of(others)
    spots = [(number, place) for number, photo in enumerate(photos) for place in _good_places(photo)]
    embeddings = [photos[number].faces[place].embedding for number, place in spots]
    where: Integer[np.ndarray, "n 2"] = np.array(spots, np.intp).reshape(-1, 2)
    crowds = np.array([len(photos[number].faces) for number, _ in spots], np.intp)
    return _Faces(
        rows=_unit_rows(scale, np.stack(embeddings)) if embeddings else others[:0],
        photos=where[:, 0],
        places=where[:, 1],
        # Whoever is alone in a photo is likeliest to be the one whom the photos are of.
        seeds=np.argsort(crowds, kind="stable"),
        background=_unit_rows(scale, others),
    )


def _unit_rows(scale: Standardizer, embeddings: Embeddings) -> Float32[np.ndarray, "n d"]:
    rows = scale.rows(embeddings)
    unit: Float32[np.ndarray, "n d"]
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-6))
    return unit


def _largest_group(faces: _Faces, free: Bool[np.ndarray, " n"]) -> Integer[np.ndarray, " k"]:
    """Of the groups of `free` faces, the one in most photos, and of those the one most alike."""
    best, best_rank = np.zeros(0, np.intp), (0, -np.inf)
    for seed in faces.seeds[free[faces.seeds]][:MOST_SEEDS]:
        if seed in best:
            continue  # It would grow into the same group.
        group = _grown(faces, free, np.array([seed]))
        rank = (len(group), float(faces.likeness(group)[group].mean()) if len(group) else 0.0)
        if rank > best_rank:
            best, best_rank = group, rank
    return best


def _grown(
    faces: _Faces, free: Bool[np.ndarray, " n"], seed: Integer[np.ndarray, "1"]
) -> Integer[np.ndarray, " k"]:
    """The group around a face. It may only double at a time, or two people who look alike become one."""
    group = seed
    for _ in range(ROUNDS):
        likeness = faces.likeness(group)
        enough = faces.background_reach(group)
        if len(group) > 1:
            enough = max(enough, LIKE_THE_REST * float(np.median(likeness[group])))
        nearest = _nearest(faces, np.where(free, likeness, -np.inf))
        near = nearest[likeness[nearest] > enough]
        grown = np.sort(near[np.argsort(-likeness[near], kind="stable")][: 2 * len(group)])
        if not len(grown) or np.array_equal(grown, group):
            return grown
        group = grown
    return group


def _nearest(faces: _Faces, likeness: Float[np.ndarray, " n"]) -> Integer[np.ndarray, " p"]:
    """The likest face of each photo, by photo; photos where none is likely at all are left out."""
    order = np.lexsort((-likeness, faces.photos))
    firsts = order[np.unique(faces.photos[order], return_index=True)[1]]
    likely: Integer[np.ndarray, " p"] = firsts[likeness[firsts] > -np.inf]
    return likely


def _all_like(faces: _Faces, group: Integer[np.ndarray, " k"]) -> Integer[np.ndarray, " p"]:
    """The faces, one a photo, that are like those of the group, rarer views among them."""
    likeness = faces.likeness(group)
    nearest = _nearest(faces, likeness)
    enough = LIKE_THE_REST * float(np.median(likeness[group]))
    like: Integer[np.ndarray, " p"] = nearest[likeness[nearest] >= enough]
    return like


def _check(name: str, first: int, second: int, photos: int) -> None:
    if first <= MOST * photos:
        raise NoCommonFace(
            tr(
                "{name}: no face is in most of the photos (the commonest is in {count} of {photos}); give "
                "photos that all show {name}",
                name=name,
                count=first,
                photos=photos,
            )
        )
    # What is in one photo only is common to nothing.
    if second > 1 and first < max(CLEARLY_MORE * second, second + CLEARLY_MORE_PHOTOS):
        raise NoCommonFace(
            tr(
                "{name}: two faces are about equally common (in {first} and {second} of {photos} photos), "
                "and either may be {name}; add photos of {name} alone",
                name=name,
                first=first,
                second=second,
                photos=photos,
            )
        )


def _spots(faces: _Faces, rows: Integer[np.ndarray, " k"]) -> tuple[Spot, ...]:
    pairs = zip(faces.photos[rows].tolist(), faces.places[rows].tolist(), strict=True)
    return tuple(Spot(photo, place) for photo, place in sorted(pairs))
