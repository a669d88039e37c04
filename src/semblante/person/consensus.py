"""The consensus face of a few photos: in each photo, which of the faces is the person's.

Similarities here are cosines about the mean of the negatives, so that another person's is 0 on average,
however narrow the cone into which a model maps all faces.

    each face in turn as a seed -> the nearest one joins, if background faces are seldom so near
                                -> those nearest to their mean, twice as many, until no more are near
    the group in most photos is the person, unless another is in nearly as many; copies count once
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Float32, Integer

from semblante.errors import NoCommonFace
from semblante.person.calibration import upper_bound
from semblante.person.examples import Standardizer, fit_standardizer
from semblante.person.moments import moments_of
from semblante.types import DESCRIPTOR_SIZE, AnalyzedPhoto, CopyDescriptors, Embeddings, Face, FaceRef

MAX_BACKGROUND_SHARE: Final = 0.01
"""The share of background faces that may be nearer to a group's mean than a face which joins it."""
MIN_RELATIVE_SIMILARITY: Final = 0.5
"""The least similarity of one more face to the mean of the person's, as a share of the median similarity of
the person's faces to the mean of the rest. For 20 people in LFW this leaves out 0.3 % of their own photos
and 96 % of others'."""
MIN_PHOTO_SHARE: Final = 0.5
"""The person must be in more than this share of the photos."""
MIN_LEAD_RATIO, MIN_LEAD_PHOTOS = 1.5, 3
"""In how many more photos than anybody else the person must be, as a ratio and as a count: a face missed here
and there must not turn the order round."""
MAX_SEEDS: Final = 64
MAX_ROUNDS: Final = 10


@dataclass(frozen=True)
class ConsensusFace:
    """The person's faces, one a photo; the other good faces of those photos; the sources of other photos.

    All are in the order of the photos.
    """

    positives: tuple[FaceRef, ...]
    other_faces: tuple[FaceRef, ...]
    outliers: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Faces:
    """The good faces of all photos: unit rows about the negatives' mean, and which faces these are.

    `photos` are the numbers of their photos, `moments` those of their moments, and `seeds` the numbers of
    faces, the best to begin with first.
    """

    refs: tuple[FaceRef, ...]
    rows: Float32[np.ndarray, "n d"]
    photos: Integer[np.ndarray, " n"]
    moments: Integer[np.ndarray, " n"]
    seeds: Integer[np.ndarray, " n"]
    negatives: Float32[np.ndarray, "m d"]

    def count(self, group: Integer[np.ndarray, " k"]) -> int:
        """The photos of the group, one face each; of one moment they count once."""
        return len(np.unique(self.moments[group]))

    def count_all(self) -> int:
        """All the photos; of one moment, by the first face of each, they count once."""
        return self.count(np.unique(self.photos, return_index=True)[1])

    def similarity(self, group: Integer[np.ndarray, " k"]) -> Float32[np.ndarray, " n"]:
        """The cosine of each face to the mean of the group in other photos; a group of one is near itself."""
        of_photo = np.zeros((int(self.photos.max()) + 1, self.rows.shape[1]), np.float32)
        of_photo[self.photos[group]] = self.rows[group]
        means = self.rows[group].sum(axis=0) - of_photo[self.photos]
        if len(group) == 1:
            means[group] = self.rows[group]
        lengths = np.maximum(np.linalg.norm(means, axis=1), np.float32(1e-6))
        similarity: Float32[np.ndarray, " n"] = (self.rows * means).sum(axis=1) / lengths
        return similarity

    def negatives_reach(self, group: Integer[np.ndarray, " k"]) -> float:
        """The similarity to the group's mean that negatives seldom exceed."""
        mean = self.rows[group].sum(axis=0)
        similarity = self.negatives @ mean / np.linalg.norm(mean)
        return upper_bound(similarity.astype(np.float64), MAX_BACKGROUND_SHARE)


def consensus_face(name: str, photos: Sequence[AnalyzedPhoto], negatives: Embeddings) -> ConsensusFace:
    """The face that the photos of `name` share; `negatives` (n, d) are embeddings of at least two others.

    Only good faces are used, and photos without one are in no part of the result. Raises `NoCommonFace`
    where no face is in most of the photos, or where another is in nearly as many; its `alike` are the photos
    that share a face, for each of up to two faces, and `unlike` those that share none with others.
    """
    faces = _good_faces(photos, negatives)
    if not len(faces.rows):
        return ConsensusFace((), (), ())
    free: Bool[np.ndarray, " n"] = np.ones(len(faces.rows), np.bool_)
    first = _largest_group(faces, free)
    free[first] = False
    _check(name, faces, first, _largest_group(faces, free))
    positives = _all_like(faces, first)
    taken = np.isin(faces.photos, faces.photos[positives])
    beside = np.setdiff1d(np.flatnonzero(taken), positives)
    return ConsensusFace(
        positives=tuple(faces.refs[row] for row in np.sort(positives)),
        other_faces=tuple(faces.refs[row] for row in beside),
        outliers=tuple(photos[number].source for number in np.unique(faces.photos[~taken])),
    )


def sorted_faces(photos: Sequence[AnalyzedPhoto]) -> ConsensusFace:
    """The largest good face of each photo, for photos that somebody has sorted by person already."""
    good = [_good_indices(photo) for photo in photos]
    largest = [FaceRef(photo.source, found[0]) for photo, found in zip(photos, good, strict=True) if found]
    return ConsensusFace(tuple(largest), (), ())


def lone_faces(photos: Sequence[AnalyzedPhoto]) -> ConsensusFace:
    """The only good face of each photo that has one; the sources of photos with several are outliers."""
    good = [_good_indices(photo) for photo in photos]
    return ConsensusFace(
        tuple(
            FaceRef(photo.source, found[0])
            for photo, found in zip(photos, good, strict=True)
            if len(found) == 1
        ),
        (),
        tuple(photo.source for photo, found in zip(photos, good, strict=True) if len(found) > 1),
    )


def faces_at(photos: Sequence[AnalyzedPhoto], refs: Sequence[FaceRef]) -> list[Face]:
    """The faces of the photos that the references name."""
    by_source = {photo.source: photo for photo in photos}
    return [by_source[ref.photo].faces[ref.index] for ref in refs]


def seem_the_same(
    photos: Sequence[AnalyzedPhoto],
    consensus: ConsensusFace,
    embeddings: Embeddings,
    standardizer: Standardizer,
) -> Bool[np.ndarray, " n"]:
    """Which of the embeddings (n, d) are as near to the person's as half of the person's own are to the rest.

    The standardizer is that of the negatives.
    """
    if len(consensus.positives) < 2:
        return np.zeros(len(embeddings), np.bool_)
    own = unit_rows(
        standardizer,
        np.stack([face.embedding for face in faces_at(photos, consensus.positives)]),
    )
    total = own.sum(axis=0)
    rest = total - own
    usual = float(np.median((own * rest).sum(axis=1) / np.maximum(np.linalg.norm(rest, axis=1), 1e-6)))
    mean = total / np.maximum(np.linalg.norm(total), np.float32(1e-6))
    same: Bool[np.ndarray, " n"] = unit_rows(standardizer, embeddings) @ mean >= usual
    return same


def _good_indices(photo: AnalyzedPhoto) -> list[int]:
    return [index for index, face in enumerate(photo.faces) if face.quality.is_good]


def _good_faces(photos: Sequence[AnalyzedPhoto], negatives: Embeddings) -> _Faces:
    standardizer = fit_standardizer(negatives)
    good = [(number, index) for number, photo in enumerate(photos) for index in _good_indices(photo)]
    embeddings = [photos[number].faces[index].embedding for number, index in good]
    descriptors: CopyDescriptors = np.zeros((len(good), DESCRIPTOR_SIZE), np.int8)
    for row, (number, index) in zip(descriptors, good, strict=True):
        row[:] = photos[number].faces[index].copy_descriptor
    crowds = np.array([len(photos[number].faces) for number, _ in good], np.intp)
    return _Faces(
        refs=tuple(FaceRef(photos[number].source, index) for number, index in good),
        rows=unit_rows(standardizer, np.stack(embeddings)) if embeddings else negatives[:0],
        photos=np.array([number for number, _ in good], np.intp),
        moments=moments_of(descriptors),
        # Whoever is alone in a photo is likeliest to be the one whom the photos are of.
        seeds=np.argsort(crowds, kind="stable"),
        negatives=unit_rows(standardizer, negatives),
    )


def unit_rows(standardizer: Standardizer, embeddings: Embeddings) -> Float32[np.ndarray, "n d"]:
    """The embeddings about the negatives' mean, rows of length one: similarities are their products."""
    rows = standardizer.transform(embeddings)
    unit: Float32[np.ndarray, "n d"]
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-6))
    return unit


def _largest_group(faces: _Faces, free: Bool[np.ndarray, " n"]) -> Integer[np.ndarray, " k"]:
    """Of the groups of `free` faces, the one in most photos, and of those the one most alike."""
    best, best_rank = np.zeros(0, np.intp), (0, -np.inf)
    for seed in faces.seeds[free[faces.seeds]][:MAX_SEEDS]:
        if seed in best:
            continue  # It would grow into the same group.
        group = _grown(faces, free, np.array([seed]))
        rank = (faces.count(group), float(faces.similarity(group)[group].mean()) if len(group) else 0.0)
        if rank > best_rank:
            best, best_rank = group, rank
    return best


def _grown(
    faces: _Faces, free: Bool[np.ndarray, " n"], seed: Integer[np.ndarray, "1"]
) -> Integer[np.ndarray, " k"]:
    """The group around a face. It may only double at a time, or two people who look alike become one."""
    group = seed
    for _ in range(MAX_ROUNDS):
        similarity = faces.similarity(group)
        enough = faces.negatives_reach(group)
        if len(group) > 1:
            enough = max(enough, MIN_RELATIVE_SIMILARITY * float(np.median(similarity[group])))
        nearest = _nearest(faces, np.where(free, similarity, -np.inf))
        near = nearest[similarity[nearest] > enough]
        grown = np.sort(near[np.argsort(-similarity[near], kind="stable")][: 2 * len(group)])
        if not len(grown) or np.array_equal(grown, group):
            return grown
        group = grown
    return group


def _nearest(faces: _Faces, similarity: Float[np.ndarray, " n"]) -> Integer[np.ndarray, " p"]:
    """The likest face of each photo, by photo; photos where none is likely at all are left out."""
    order = np.lexsort((-similarity, faces.photos))
    firsts = order[np.unique(faces.photos[order], return_index=True)[1]]
    likely: Integer[np.ndarray, " p"] = firsts[similarity[firsts] > -np.inf]
    return likely


def _all_like(faces: _Faces, group: Integer[np.ndarray, " k"]) -> Integer[np.ndarray, " p"]:
    """The faces, one a photo, that are like those of the group, rarer views among them."""
    similarity = faces.similarity(group)
    nearest = _nearest(faces, similarity)
    enough = MIN_RELATIVE_SIMILARITY * float(np.median(similarity[group]))
    like: Integer[np.ndarray, " p"] = nearest[similarity[nearest] >= enough]
    return like


def _check(
    name: str, faces: _Faces, first: Integer[np.ndarray, " k"], second: Integer[np.ndarray, " l"]
) -> None:
    counts = faces.count(first), faces.count(second)
    photos = faces.count_all()
    # A face that is in one photo only is not common to any.
    groups = [[faces.refs[row].photo for row in group] for group in (first, second) if len(group) > 1]
    shared = {photo for group in groups for photo in group}
    unlike = [photo for photo in dict.fromkeys(ref.photo for ref in faces.refs) if photo not in shared]
    if counts[0] <= MIN_PHOTO_SHARE * photos:
        raise NoCommonFace(
            "no_common_face", name=name, count=counts[0], photos=photos, alike=groups, unlike=unlike
        )
    if counts[1] > 1 and counts[0] < max(MIN_LEAD_RATIO * counts[1], counts[1] + MIN_LEAD_PHOTOS):
        raise NoCommonFace(
            "two_common_faces",
            name=name,
            first=counts[0],
            second=counts[1],
            photos=photos,
            alike=groups,
            unlike=unlike,
        )
