"""Who is in a collection: the known by name, the unknown as groups of faces that seem to be one person's."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Integer

from semblante.errors import InvalidOption, UnknownPerson
from semblante.jobs import SILENT, JobContext
from semblante.library import (
    EmbeddingMatrix,
    FaceGroup,
    FaceInPhoto,
    FaceStore,
    FaceTable,
    ImpostorTail,
    best_face_per_photo,
    candidates,
    group_around,
    judged_groups,
)
from semblante.model.bundle import Bundle
from semblante.pipeline.collection import Rivals, known_person, query_of
from semblante.types import FaceRef


@dataclass(frozen=True)
class Group:
    """Faces by number that seem to be one person's, in so many `photos`; no `name` where it is not known.

    The most typical of the `faces` come first. `doubtful` are further ones, which may be somebody else's.
    `is_certain` is False where as many different people in the collection would be as similar by chance.
    A group that `is_kept` was made by the user, and stays together. `anchor` tells an unknown group from all
    others, as long as that face is in it; faces that come to it leave it as it is.
    """

    name: str | None
    photos: int
    faces: tuple[int, ...]
    doubtful: tuple[int, ...] = ()
    is_certain: bool = True
    is_kept: bool = False
    anchor: FaceRef | None = None


@dataclass(frozen=True)
class People:
    """Who is in a collection: known people by name, then groups of unknown faces, the largest first.

    Groups that are not certain come last. `alone` are faces that are like no other's, `poor` those that
    cannot be relied on; neither is in a group. Nor are `ignored` ones, and `faces_of_other_base`, which
    another network read; scanning again reads them anew. `ignored_groups` are unknown people whom the user
    asks about no more, with all of their faces.
    """

    groups: tuple[Group, ...]
    alone: int
    poor: int
    faces_of_other_base: int
    ignored: int = 0
    ignored_groups: tuple[Group, ...] = ()


@dataclass(frozen=True, eq=False)
class Grouping:
    """The groups of a collection at one time, with those in one photo; `People` is what is shown of them.

    `firsts` are the faces, by number, that are the anchors of `unknown`, in the same order; those of ignored
    people are `hidden`. `marks` is what users had said of faces then. A later grouping of the same `rows`
    need not compare faces again.
    """

    base_sha256: str
    known: tuple[Group, ...] = ()
    unknown: tuple[Group, ...] = ()
    firsts: tuple[int, ...] = ()
    hidden: frozenset[int] = frozenset()
    faces: int = 0
    poor: int = 0
    faces_of_other_base: int = 0
    ignored: int = 0
    rows: str = ""
    marks: Mapping[int, str] = field(default_factory=dict)

    def people(self, store: FaceStore, min_photos: int) -> People:
        """Those in at least `min_photos` photos."""
        shown, hidden = [], []
        for each, first in zip(self.unknown, self.firsts, strict=True):
            if first in self.hidden:
                hidden.append((each, first))
            elif each.photos >= min_photos:
                shown.append((each, first))
        faces = store.face_refs(first for _, first in (*shown, *hidden))
        unknown, ignored = (
            tuple(replace(each, anchor=faces.get(first)) for each, first in groups)
            for groups in (shown, hidden)
        )
        in_hidden = _size(ignored)
        alone = self.faces - in_hidden - _size(unknown)
        people = (*self.known, *unknown)
        return People(people, alone, self.poor, self.faces_of_other_base, self.ignored + in_hidden, ignored)

    def group(self, store: FaceStore, anchor: FaceRef) -> Group | None:
        """The group of unknown faces that this face tells from all others, ignored or not."""
        number = store.face_numbers([anchor]).get(anchor)
        places = [place for place, first in enumerate(self.firsts) if first == number]
        return replace(self.unknown[places[0]], anchor=anchor) if places else None

    def untouched(self, store: FaceStore) -> "Grouping":
        """The groups of whose faces no user has said anything since; what was scanned since is not in it."""
        now = marks_of_faces(store)
        touched = {each for each in {*self.marks, *now} if self.marks.get(each) != now.get(each)}
        left = [
            (each, first)
            for each, first in zip(self.unknown, self.firsts, strict=True)
            if touched.isdisjoint((*each.faces, *each.doubtful))
        ]
        return replace(
            self, unknown=tuple(each for each, _ in left), firsts=tuple(first for _, first in left)
        )


def find_groups(
    store: FaceStore,
    base: Bundle,
    job: JobContext = SILENT,
    matrix: EmbeddingMatrix | None = None,
    before: Grouping | None = None,
) -> Grouping:
    """Who is in the photos that `base` read: the known by name, the unknown in groups.

    The background embeddings of the base say how alike two people's faces can be. Faces that the user keeps
    in a group stay together, and others that are like them join them. Where the faces to be grouped are those
    of `before`, so are the groups. The stage is "grouping". Raises `InvalidOption` where there are no
    background embeddings, and `Cancelled`.
    """
    background = base.background()
    if background is None:
        raise InvalidOption("no_background_for_groups", path=base.folder)
    marks = marks_of_faces(store)
    faces, poor, other = _good_faces(store, base.network_sha256, job, matrix or EmbeddingMatrix(store))
    if not len(faces):
        return Grouping(base.network_sha256, poor=poor, faces_of_other_base=other, marks=marks)
    known, taken = _known_people(store, faces, base.network_sha256, job)
    kept = _Kept(store, faces, taken)
    rest = np.flatnonzero(kept.is_grouped)
    rows = _digest(store, faces.numbers[rest], kept.labels[rest])
    if before is not None and (before.base_sha256, before.rows) == (base.network_sha256, rows):
        unknown = before.unknown
    else:
        unknown = _compared(faces, rest, kept.labels[rest], ImpostorTail.of(background), job)
    firsts = [min(kept.kept(each.faces) or (*each.faces, *each.doubtful)) for each in unknown]
    return Grouping(
        base.network_sha256,
        tuple(known),
        unknown,
        tuple(firsts),
        frozenset(first for each, first in zip(unknown, firsts, strict=True) if kept.hides(each.faces)),
        len(rest),
        poor,
        other,
        len(faces) - int(taken.sum()) - len(rest),
        rows,
        marks,
    )


def _compared(
    faces: FaceTable,
    rest: Integer[np.ndarray, " r"],
    kept: Integer[np.ndarray, " r"],
    tail: ImpostorTail,
    job: JobContext,
) -> tuple[Group, ...]:
    """The groups of the rows `rest`, the largest first, uncertain ones last; `kept` as in `group_around`."""
    embeddings, contents, numbers = faces.embeddings[rest], faces.contents[rest], faces.numbers[rest]
    labels = group_around(embeddings, kept, tail.clustering_threshold(len(rest)), job)
    # The most similar first among groups of one size.
    judged = sorted(judged_groups(embeddings, contents, labels, tail), key=lambda each: -each.mean_cosine)
    unknown = [_group(each, kept >= 0, numbers, contents) for each in judged]
    return tuple(sorted(unknown, key=lambda each: (not each.is_certain, -each.photos)))


def _digest(store: FaceStore, numbers: Integer[np.ndarray, " r"], kept: Integer[np.ndarray, " r"]) -> str:
    """What tells the faces to be grouped, and those that stay together, from others."""
    digest = hashlib.sha256(store.generation().encode())
    for column in (numbers, kept):
        digest.update(column.astype(np.int64).tobytes())
    return digest.hexdigest()


def marks_of_faces(store: FaceStore) -> dict[int, str]:
    """What users have said of faces, by number: whose they are, in which group, or that they are ignored."""
    marks = {number: f"group {label}" for number, label in store.kept_groups().items()}
    for number in store.ignored_numbers().tolist():
        marks[number] = f"{marks.get(number, '')} ignored"
    for person in store.known_people():
        try:
            own = [each.face for each in store.taught(person.name) if each.kind == "positive"]
        except UnknownPerson:  # Another run has forgotten the person meanwhile.
            continue
        for number in store.face_numbers(own).values():
            marks[number] = f"{marks.get(number, '')} person {person.id}"
    return marks


def _size(groups: Sequence[Group]) -> int:
    return sum(len(each.faces) + len(each.doubtful) for each in groups)


def _known_people(
    store: FaceStore, faces: FaceTable, base_sha256: str, job: JobContext
) -> tuple[list[Group], Bool[np.ndarray, " n"]]:
    """The groups of the known people, and which of the faces are in one."""
    taken: Bool[np.ndarray, " n"] = np.zeros(len(faces), np.bool_)
    groups = []
    rivals = Rivals(store)
    for name in store.names():
        job.check()
        try:
            person = known_person(store, name)
            query = query_of(store, person, rivals)
        except UnknownPerson:  # Another run has forgotten the person meanwhile.
            continue
        if person.base_sha256 == base_sha256:
            found = best_face_per_photo(candidates(faces, query), several=False)
            sure = [each for each in found if each.verdict == "yes"]
            sure.sort(key=lambda each: (-each.strength, each.number))
            groups.append(Group(name, len(sure), tuple(each.number for each in sure)))
            taken |= np.isin(faces.numbers, [each.number for each in sure])
    return groups, taken


class _Kept:
    """What the user said of the groups of some faces: `labels` from 0, or -1, and which faces are grouped.

    A group all of whose kept faces are ignored is hidden, with the faces that join it.
    """

    def __init__(self, store: FaceStore, faces: FaceTable, taken: Bool[np.ndarray, " n"]) -> None:
        ignored = np.isin(faces.numbers, store.ignored_numbers()) & ~taken
        found, numbers = store.kept_groups(), faces.numbers.tolist()
        rows = zip(numbers, taken.tolist(), strict=True)
        names = [None if known else found.get(number) for number, known in rows]
        seen = {name for name, out in zip(names, ignored.tolist(), strict=True) if name and not out}
        in_hidden = np.array([name is not None and name not in seen for name in names], np.bool_)
        self.is_grouped: Bool[np.ndarray, " n"] = ~taken & (~ignored | in_hidden)
        order: dict[str, int] = {}
        self.labels: Integer[np.ndarray, " n"] = np.array(
            [
                order.setdefault(name, len(order)) if name and grouped else -1
                for name, grouped in zip(names, self.is_grouped.tolist(), strict=True)
            ],
            np.intp,
        )
        self._hidden = set(faces.numbers[in_hidden].tolist())
        self._kept = set(faces.numbers[self.labels >= 0].tolist())

    def hides(self, faces: Collection[int]) -> bool:
        """Whether the user ignores the group of these faces, by number."""
        return not self._hidden.isdisjoint(faces)

    def kept(self, faces: Collection[int]) -> set[int]:
        """Those of the faces, by number, that the user keeps in a group."""
        return self._kept.intersection(faces)


def _group(
    found: FaceGroup,
    is_kept: Bool[np.ndarray, " n"],
    numbers: Integer[np.ndarray, " n"],
    contents: Integer[np.ndarray, " n"],
) -> Group:
    """The group of these rows: what the user keeps together is neither doubtful nor uncertain."""
    sure = is_kept[found.doubtful]
    rows, doubtful = np.concatenate([found.rows, found.doubtful[sure]]), found.doubtful[~sure]
    kept = bool(is_kept[rows].any())
    return Group(
        None,
        len(np.unique(contents[rows])),
        tuple(numbers[rows].tolist()),
        tuple(numbers[doubtful].tolist()),
        found.is_certain or kept,
        kept,
    )


def _good_faces(
    store: FaceStore, base_sha256: str, job: JobContext, matrix: EmbeddingMatrix
) -> tuple[FaceTable, int, int]:
    """The faces in photos that are there which can be relied on, without logits, and how many cannot.

    The last number is that of the faces which another network read.
    """
    present = store.present_contents()
    parts, poor, all_faces = [], 0, 0
    for table in matrix.tables(base_sha256):
        job.check()
        all_faces += len(table)
        there = np.isin(table.contents, present)
        good = there & table.good
        parts.append((table.numbers[good], table.contents[good], table.embeddings[good]))
        poor += int((there & ~table.good).sum())
    if not parts:
        parts = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, 1), np.float32))]
    numbers, contents, embeddings = (np.concatenate(column) for column in zip(*parts, strict=True))
    no_logits = np.zeros((len(numbers), 0), np.float32)
    good_faces = FaceTable(numbers, contents, np.ones(len(numbers), np.bool_), embeddings, no_logits)
    return good_faces, poor, max(0, store.face_count() - all_faces)


def photos_of(store: FaceStore, group: Group, doubtful: bool = False) -> tuple[Path, ...]:
    """The photos of a group's faces, or of its `doubtful` ones, the most typical first, each once.

    Photos that are missing are left out; of several files with one photo, the first by path is given.
    """
    first: dict[str, Path] = {}
    for seen in _seen(store, group, doubtful):
        first.setdefault(seen.face.photo, seen.path)
    return tuple(first.values())


def faces_of(store: FaceStore, group: Group, doubtful: bool = False) -> list[FaceInPhoto]:
    """Where a group's faces, or its `doubtful` ones, are seen, the most typical first, each in one photo.

    Photos that are missing are left out.
    """
    first: dict[int, FaceInPhoto] = {}
    for seen in _seen(store, group, doubtful):
        first.setdefault(seen.number, seen)
    return list(first.values())


def _seen(store: FaceStore, group: Group, doubtful: bool) -> list[FaceInPhoto]:
    places = {number: place for place, number in enumerate(group.doubtful if doubtful else group.faces)}
    return sorted(store.photos_of_faces(places), key=lambda seen: places[seen.number])
