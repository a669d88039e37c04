"""A photo collection: scanned with a network, searched for people, grouped by person."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Integer

from semblante.errors import InvalidOption, UnknownPerson
from semblante.jobs import SILENT, JobContext
from semblante.labels import attribute_named
from semblante.library import (
    ContentDays,
    EmbeddingMatrix,
    FaceInPhoto,
    FaceStore,
    FaceTable,
    FailedRead,
    ImpostorTail,
    Query,
    ScanReport,
    Score,
    ScoredFaces,
    SearchResult,
    best_face_per_photo,
    candidates,
    group,
    judged_groups,
    scan,
    search,
)
from semblante.model.bundle import Bundle
from semblante.person import Person, check_name, person_from_json
from semblante.person.decision import AgeNeuron, check_person
from semblante.pipeline.analyzer import FaceAnalyzer
from semblante.pipeline.reading import UnusablePhoto
from semblante.types import AnalyzedPhoto


@dataclass(frozen=True)
class Group:
    """Faces by number that seem to be one person's, in so many `photos`; no `name` where it is not known.

    The most typical of the `faces` come first. `doubtful` are further ones, which may be somebody else's.
    `is_certain` is False where as many different people in the collection would be as similar by chance.
    """

    name: str | None
    photos: int
    faces: tuple[int, ...]
    doubtful: tuple[int, ...] = ()
    is_certain: bool = True


@dataclass(frozen=True)
class People:
    """Who is in a collection: known people by name, then groups of unknown faces, the largest first.

    Groups that are not certain come last. `alone` are faces that are like no other's, `poor` those that
    cannot be relied on; neither is in a group. Nor are `ignored` ones, and `faces_of_other_base`, which
    another network read; scanning again reads them anew.
    """

    groups: tuple[Group, ...]
    alone: int
    poor: int
    faces_of_other_base: int
    ignored: int = 0


def scan_photos(
    store: FaceStore,
    places: Sequence[Path],
    analyzer: FaceAnalyzer,
    force: bool = False,
    prune: bool = False,
    verify: bool = False,
    exclude: Sequence[str] = (),
    aligned: bool = False,
    job: JobContext = SILENT,
) -> ScanReport:
    """Bring the index up to date with the photos at `places`, on all cores; see `library.scan`.

    `aligned` takes pictures of exactly 178 x 218 pixels for CelebA's aligned crops. Raises also
    `InvalidOption` where `SEMBLANTE_DETECTOR` names a file that is not a detector's.
    """

    def read(paths: Iterable[Path]) -> Iterator[AnalyzedPhoto | FailedRead]:
        for outcome in analyzer.analyze_many(paths, aligned, job):
            if isinstance(outcome, UnusablePhoto):
                issue = outcome.reason.code if outcome.is_lasting else None
                yield FailedRead(outcome.path, outcome.reason, issue)
            else:
                yield outcome

    base_sha256 = analyzer.bundle.network_sha256
    return scan(store, places, read, base_sha256, force, prune, verify, exclude, job)


def known_person(store: FaceStore, name: str) -> Person:
    """The person of this name in the store, with what a user told of the person.

    Neurons by age are left out where the birth date has changed since: they are of other years. Raises
    `UnknownPerson` or `NotAPersonFile`.
    """
    name = check_name(name)
    person = person_from_json(store.person(name), store.path)
    consent, birth_date = store.person_details(name)
    ages = person.ages if person.birth_date == birth_date else ()
    return replace(person, consent=consent, birth_date=birth_date, ages=ages)


def find_photos_of(
    store: FaceStore,
    person: Person | str | None = None,
    with_: str | Sequence[str] = (),
    without: str | Sequence[str] = (),
    several: bool = False,
    matrix: EmbeddingMatrix | None = None,
) -> SearchResult:
    """The photos that show the person, and those that may: from the index alone, the surest first.

    Faces must have all attributes `with_` and none of `without`, named in English or Spanish; a single one
    counts as a list of one. Without a person these alone decide, among the faces that the most used network
    read. Raises `UnknownPerson` or `InvalidOption`.
    """
    if person is None and not with_ and not without:
        raise InvalidOption("nothing_to_find")
    base_sha256, query = query_for(store, person, with_, without, several)
    return search(store, base_sha256, query, matrix)


def query_for(
    store: FaceStore,
    person: Person | str | None = None,
    with_: str | Sequence[str] = (),
    without: str | Sequence[str] = (),
    several: bool = False,
) -> tuple[str, Query]:
    """What `find_photos_of` looks for, and among the faces that which network read."""
    confirmed: Mapping[int, bool] = {}
    if isinstance(person, str):
        name, person = person, known_person(store, person)
        confirmed = confirmed_faces(store, name)
    if person is not None:
        check_person(person)
    bases = store.bases() if person is None else (person.base_sha256,)
    score = None if person is None else score_of(person)
    ignored = store.ignored_numbers()
    query = Query(score, _attributes(with_), _attributes(without), several, confirmed, ignored)
    return bases[0] if bases else "", query


def _attributes(names: str | Sequence[str]) -> tuple[str, ...]:
    return tuple(attribute_named(each) for each in ([names] if isinstance(names, str) else names))


def confirmed_faces(store: FaceStore, name: str) -> dict[int, bool]:
    """The faces in the store, by number, of which a user said whether they are this person.

    Raises `UnknownPerson`.
    """
    said = {each.face: each.kind == "positive" for each in store.taught(name) if each.confirmed_by_user}
    return {number: said[face] for face, number in store.face_numbers(said).items()}


def score_in(store: FaceStore, person: Person) -> Score:
    """What compares the faces of a store with the person."""
    return score_of(person, store.content_days() if person.ages else None)


def score_of(person: Person, days: ContentDays | None = None) -> Score:
    """What compares many faces with the person's neuron at once, or with that of the age in each photo.

    `days` are what `FaceStore.content_days` gives; without them the neuron for all ages answers.
    """

    def score(table: FaceTable) -> ScoredFaces:
        probabilities = person.rule.probabilities(person.neuron.logits(table.embeddings))
        is_likely = probabilities >= person.rule.no_below
        rules, answering = [person.rule], np.zeros(len(table), np.intp)
        for learnt, rows in _rows_by_age(person, table, days):
            probabilities[rows] = learnt.rule.probabilities(learnt.neuron.logits(table.embeddings[rows]))
            is_likely[rows] = probabilities[rows] >= learnt.rule.no_below
            answering[rows] = len(rules)
            rules.append(learnt.rule)
        likely = np.flatnonzero(is_likely)
        given = zip(answering[likely].tolist(), probabilities[likely].tolist(), strict=True)
        verdicts = [rules[number].verdict(probability) for number, probability in given]
        return ScoredFaces(likely, verdicts, probabilities[likely], person.rule.yes_above)

    return score


def _rows_by_age(
    person: Person, table: FaceTable, days: ContentDays | None
) -> Iterator[tuple[AgeNeuron, Integer[np.ndarray, " k"]]]:
    """The neurons by age, each with the rows of the table that it answers about."""
    if not person.ages or person.birth_date is None or days is None or not len(days[0]):
        return
    numbers, ordinals = days
    place = np.searchsorted(numbers, table.contents).clip(max=len(numbers) - 1)
    day = np.where(numbers[place] == table.contents, ordinals[place], 0)
    for each in person.ages:
        first, end = each.span.days(person.birth_date)
        yield each, np.flatnonzero((day >= first) & (day < end))


def query_of(store: FaceStore, person: Person) -> Query:
    """What looks for a person whom the store knows: the neuron, and what a user has said of faces.

    Raises `UnknownPerson`.
    """
    confirmed = confirmed_faces(store, person.name)
    return Query(score_in(store, person), confirmed=confirmed, ignored=store.ignored_numbers())


def find_people(
    store: FaceStore,
    base: Bundle,
    min_photos: int = 2,
    job: JobContext = SILENT,
    matrix: EmbeddingMatrix | None = None,
) -> People:
    """Who is in the photos that `base` read: the known, and groups in at least `min_photos` photos.

    The background embeddings of the base say how alike two people's faces can be. The stage is "grouping".
    Raises `InvalidOption` where there are none, and `Cancelled`.
    """
    background = base.background()
    if background is None:
        raise InvalidOption("no_background_for_groups", path=base.folder)
    faces, poor, other = _good_faces(store, base.network_sha256, job, matrix or EmbeddingMatrix(store))
    if not len(faces):
        return People((), 0, poor, other)
    taken: Bool[np.ndarray, " n"] = np.zeros(len(faces), np.bool_)
    groups = []
    for name in store.names():
        job.check()
        try:
            person = known_person(store, name)
            query = query_of(store, person)
        except UnknownPerson:  # Another run has forgotten the person meanwhile.
            continue
        if person.base_sha256 == base.network_sha256:
            found = best_face_per_photo(candidates(faces, query), several=False)
            sure = [each for each in found if each.verdict == "yes"]
            sure.sort(key=lambda each: (-each.strength, each.number))
            groups.append(Group(name, len(sure), tuple(each.number for each in sure)))
            taken |= np.isin(faces.numbers, [each.number for each in sure])
    ignored = ~taken & np.isin(faces.numbers, store.ignored_numbers())
    rest = np.flatnonzero(~taken & ~ignored)
    tail, embeddings, contents = ImpostorTail.of(background), faces.embeddings[rest], faces.contents[rest]
    labels = group(embeddings, tail.clustering_threshold(len(rest)), job)
    numbers = faces.numbers[rest]
    judged = judged_groups(embeddings, contents, labels, tail)
    unknown = [
        Group(
            None,
            len(np.unique(contents[each.rows])),
            tuple(numbers[each.rows].tolist()),
            tuple(numbers[each.doubtful].tolist()),
            each.is_certain,
        )
        # The most similar first among groups of one size.
        for each in sorted(judged, key=lambda each: -each.mean_cosine)
    ]
    shown = [each for each in unknown if each.photos >= min_photos]
    shown.sort(key=lambda each: (not each.is_certain, -each.photos))
    alone = len(rest) - sum(len(each.faces) + len(each.doubtful) for each in shown)
    return People((*groups, *shown), alone, poor, other, int(ignored.sum()))


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
