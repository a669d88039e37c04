"""Clustering: faces that seem to be one person's are put together, with nobody named.

Average linkage: a face joins the group with which its mean cosine is highest, if that is high enough; then
groups join likewise. Of unit vectors, the mean cosine of two groups is the product of their means, so a group
is its sum and its count, and no pair of faces needs keeping. Single linkage, as in Chinese whispers or
DBSCAN, joins two families by one look-alike between them. The same faces in the same order give the same
groups.
"""

import numpy as np
from jaxtyping import Float32, Integer

from semblante.jobs import SILENT, JobContext
from semblante.types import Embeddings

_BLOCK = 512


def group(embeddings: Embeddings, threshold: float, job: JobContext = SILENT) -> Integer[np.ndarray, " n"]:
    """A number for each face that those of one group share; `embeddings` are rows of length one.

    Two faces or groups join where their mean cosine is at least `threshold`. Time grows with faces times
    groups, memory with faces. Reports the stage "grouping". Raises `Cancelled`.
    """
    groups = _Groups(len(embeddings), embeddings.shape[1], job)
    labels = np.empty(len(embeddings), np.intp)
    for start in range(0, len(embeddings), _BLOCK):
        block = embeddings[start : start + _BLOCK]
        labels[start : start + len(block)] = groups.place(block, threshold)
        job.progress("grouping", start + len(block), len(embeddings))
    return groups.joined(threshold)[labels]


def group_around(
    embeddings: Embeddings, kept: Integer[np.ndarray, " n"], threshold: float, job: JobContext = SILENT
) -> Integer[np.ndarray, " n"]:
    """What `group` gives, with groups that stay as they are: numbered from 0 in `kept`, -1 for other faces.

    The other faces make groups of their own first; one of these joins the kept group with which its mean
    cosine is highest, if that is high enough. Kept groups never join each other.
    """
    free, count = np.flatnonzero(kept < 0), int(kept.max(initial=-1)) + 1
    own, places = np.unique(group(embeddings[free], threshold, job), return_inverse=True)
    near, cosines = _nearest(
        _means(embeddings[free], places, len(own)), _means(embeddings[kept >= 0], kept[kept >= 0], count), job
    )
    labels = kept.copy()
    labels[free] = np.where(cosines >= threshold, near, count + np.arange(len(own)))[places]
    return labels


def _means(rows: Embeddings, labels: Integer[np.ndarray, " n"], count: int) -> Float32[np.ndarray, "count d"]:
    sums = np.zeros((count, rows.shape[1]), np.float32)
    np.add.at(sums, labels, rows)
    sizes = np.maximum(np.bincount(labels, minlength=count), 1).astype(np.float32)
    means: Float32[np.ndarray, "count d"] = sums / sizes[:, None]
    return means


class _Groups:
    """The groups so far: their sums, sizes and means."""

    def __init__(self, most: int, width: int, job: JobContext) -> None:
        self._job = job
        self._sums = np.zeros((most, width), np.float32)
        self._means = np.zeros((most, width), np.float32)
        self._sizes = np.zeros(most, np.float32)
        self._count = 0

    def place(self, block: Embeddings, threshold: float) -> Integer[np.ndarray, " b"]:
        """The group of each row: those there before are compared with all at once, new ones row by row."""
        before = self._count
        chosen, cosines = _nearest(block, self._means[:before], self._job)
        for row, embeddings in enumerate(block):
            if self._count > before:
                fresh = self._means[before : self._count] @ embeddings
                best = int(fresh.argmax())
                if fresh[best] > cosines[row]:
                    chosen[row], cosines[row] = before + best, fresh[best]
            if cosines[row] < threshold:
                chosen[row] = self._count
                self._count += 1
            self._add(int(chosen[row]), embeddings, 1)
        return chosen

    def _add(self, number: int, total: Float32[np.ndarray, " d"], size: float) -> None:
        self._sums[number] += total
        self._sizes[number] += size
        self._means[number] = self._sums[number] / self._sizes[number]

    def joined(self, threshold: float) -> Integer[np.ndarray, " g"]:
        """For each group the one that it is part of, once like ones have joined.

        Groups that are each other's nearest join until none is near enough, which for average linkage gives
        what joining the nearest pair each time would (Benzécri 1982). Then lone faces look for a group again.
        """
        into = np.arange(self._count)
        lone = np.flatnonzero(self._sizes[: self._count] == 1)
        kept = np.flatnonzero(self._sizes[: self._count] > 1)
        while len(kept) > 1:
            near, cosines = _nearest(self._means[kept], self._means[kept], self._job, apart=True)
            places = np.arange(len(kept))
            pairs = np.flatnonzero((near[near] == places) & (places < near) & (cosines >= threshold))
            if not len(pairs):
                break
            for first, second in zip(kept[pairs].tolist(), kept[near[pairs]].tolist(), strict=True):
                self._add(first, self._sums[second], float(self._sizes[second]))
                into[second] = first
            kept = np.setdiff1d(kept, kept[near[pairs]])
        if len(kept):
            near, cosines = _nearest(self._means[lone], self._means[kept], self._job)
            into[lone] = np.where(cosines >= threshold, kept[near], lone)
        while (into[into] != into).any():
            into = into[into]
        return into


def _nearest(
    rows: Float32[np.ndarray, "n d"], means: Float32[np.ndarray, "g d"], job: JobContext, apart: bool = False
) -> tuple[Integer[np.ndarray, " n"], Float32[np.ndarray, " n"]]:
    """For each row the mean with the highest product, and that product; `apart` leaves out its own place."""
    places, products = np.zeros(len(rows), np.intp), np.full(len(rows), -np.inf, np.float32)
    if not len(means):
        return places, products
    for start in range(0, len(rows), _BLOCK):
        job.check()
        block = rows[start : start + _BLOCK] @ means.T
        here = np.arange(len(block))
        if apart:
            block[here, start + here] = -np.inf
        best = block.argmax(axis=1)
        places[start : start + len(block)] = best
        products[start : start + len(block)] = block[here, best]
    return places, products
