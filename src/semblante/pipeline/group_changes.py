"""What a user does with groups of unknown faces: they are made one, split, or asked about no more."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from semblante.errors import InvalidOption
from semblante.jobs import SILENT, JobContext
from semblante.library import FaceStore, StoredFace
from semblante.library import group as cluster
from semblante.pipeline.grouping import Group
from semblante.types import Embeddings, FaceRef

_THRESHOLDS: Final = np.arange(0.1, 0.96, 0.05)
_MIN_SHARE: Final = 0.1
"""Of a group's faces, so many make a part of it at least, and never fewer than two."""
_MIN_GAP: Final = 0.1
"""By how much the mean cosine within parts must exceed that between them: one person's faces, cut in two by
any threshold, differ by less."""


@dataclass(frozen=True)
class SplitProposal:
    """Parts of a group that may be different people, the largest first, and faces like none of them.

    There are no parts where the faces do not fall apart.
    """

    parts: tuple[tuple[FaceRef, ...], ...]
    outliers: tuple[FaceRef, ...]


def merge_groups(store: FaceStore, groups: Sequence[Group]) -> int:
    """Keep the faces of groups together from now on, without doubtful ones; the number of the change.

    Raises `InvalidOption` for fewer than two groups, and for one that has a name.
    """
    _check_unknown(groups)
    if len({each.anchor for each in groups}) < 2:
        raise InvalidOption("merge_needs_two_groups")
    faces = store.stored_faces({number for each in groups for number in each.faces})
    return store.keep_groups([[each.face for each in faces]], "merge_groups")


def split_group(store: FaceStore, group: Group, parts: Sequence[Collection[FaceRef]]) -> int:
    """Make groups of their own of parts of a group, and keep all of them apart from now on.

    What is in no part stays the group, without doubtful faces. Raises `InvalidOption` for a group that has a
    name, faces that are not in it or in two parts, and where nothing would be split off.
    """
    _check_unknown([group])
    members = _members(store, group)
    asked = [face for part in parts for face in part]
    if set(asked) - {each.face for each in members}:
        raise InvalidOption("face_not_in_group")
    if len(set(asked)) < len(asked):
        raise InvalidOption("face_in_two_parts")
    rest = [each.face for each in members if each.number in group.faces and each.face not in set(asked)]
    groups = [part for part in (rest, *parts) if part]
    if len(groups) < 2:
        raise InvalidOption("nothing_to_split")
    return store.keep_groups(groups, "split_group")


def ignore_group(store: FaceStore, group: Group, ignored: bool = True) -> int | None:
    """Ignore an unknown person, or no longer: all of a group's faces, and those that come to it.

    The number of the change, None where all was so already. Raises `InvalidOption` where it has a name.
    """
    _check_unknown([group])
    faces = [each.face for each in _members(store, group)]
    return store.ignore_faces(faces, ignored, as_group=ignored)


def propose_split(store: FaceStore, group: Group, job: JobContext = SILENT) -> SplitProposal:
    """How a group falls into parts, if it does, and its outliers; nothing is changed. Raises `Cancelled`.

    The parts are those of the lowest threshold at which there are two that are large enough.
    """
    members = _members(store, group)
    embeddings = np.stack([each.embedding for each in members])
    least = max(2, round(_MIN_SHARE * len(members)))
    for threshold in _THRESHOLDS.tolist():
        labels = cluster(embeddings, threshold, job)
        large = [label for label in np.unique(labels).tolist() if int((labels == label).sum()) >= least]
        if len(large) > 1:
            rows_of = [np.flatnonzero(labels == label).tolist() for label in large]
            parts = sorted(rows_of, key=len, reverse=True)
            if _gap(embeddings, parts) < _MIN_GAP:
                break
            inside = {row for rows in parts for row in rows}
            return SplitProposal(
                tuple(tuple(members[row].face for row in rows) for rows in parts),
                tuple(each.face for row, each in enumerate(members) if row not in inside),
            )
    return SplitProposal((), tuple(each.face for each in members if each.number in group.doubtful))


def _gap(embeddings: Embeddings, parts: Sequence[Sequence[int]]) -> float:
    """By how much the mean cosine of two faces of one part exceeds that of two faces of different parts."""
    sums = np.stack([embeddings[list(rows)].astype(np.float64).sum(axis=0) for rows in parts])
    sizes = np.array([len(rows) for rows in parts])
    products, pairs = sums @ sums.T, np.outer(sizes, sizes)
    within = (np.trace(products) - sizes.sum()) / (np.trace(pairs) - sizes.sum())
    between = (products.sum() - np.trace(products)) / (pairs.sum() - np.trace(pairs))
    return float(within - between)


def _members(store: FaceStore, group: Group) -> list[StoredFace]:
    """The faces of a group, the most typical first, the doubtful ones last."""
    stored = {each.number: each for each in store.stored_faces((*group.faces, *group.doubtful))}
    return [stored[number] for number in (*group.faces, *group.doubtful) if number in stored]


def _check_unknown(groups: Sequence[Group]) -> None:
    for each in groups:
        if each.name is not None:
            raise InvalidOption("group_has_name", name=each.name)
