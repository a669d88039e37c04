"""A photo collection: scanned with a network, searched for people, grouped by person."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float64, Integer

from semblante.errors import InvalidOption, NotAPersonFile, UnknownPerson
from semblante.files import sha256_of
from semblante.jobs import SILENT, JobContext
from semblante.labels import attribute_named
from semblante.library import (
    ContentDays,
    EmbeddingMatrix,
    FaceStore,
    FaceTable,
    FailedRead,
    Query,
    ScanReport,
    Score,
    ScoredFaces,
    SearchResult,
    scan,
    search,
)
from semblante.person import Person, check_name, odds_of, person_from_json, share_among
from semblante.person.decision import AgeNeuron, check_person
from semblante.pipeline.analyzer import FaceAnalyzer
from semblante.pipeline.reading import UnusablePhoto
from semblante.types import AnalyzedPhoto


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


def content_at(store: FaceStore, path: Path) -> bytes:
    """The hash of the photo at this path: of the file as it is, or as it was read if it is gone.

    Raises `FileAccessError` where it is neither there nor known.
    """
    absolute = path.parent.resolve() / path.name
    known = store.known_photos([absolute])
    if not path.is_file() and absolute in known:
        return known[absolute].sha256
    return bytes.fromhex(sha256_of(path))


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
    rivals = None
    if isinstance(person, str):
        name, person = person, known_person(store, person)
        confirmed, rivals = confirmed_faces(store, name), Rivals(store)
    if person is not None:
        check_person(person)
    bases = store.bases() if person is None else (person.base_sha256,)
    score = None if person is None else score_in(store, person, rivals)
    ignored = store.ignored_numbers()
    query = Query(score, _attributes(with_), _attributes(without), several, confirmed, ignored)
    return bases[0] if bases else "", query


def _attributes(names: str | Sequence[str]) -> tuple[str, ...]:
    return tuple(attribute_named(each) for each in ([names] if isinstance(names, str) else names))


def confirmed_faces(store: FaceStore, name: str) -> dict[int, bool]:
    """The faces in the store, by number, of which a user said whether they are this person.

    Raises `UnknownPerson`.
    """
    said = dict.fromkeys(store.rejected_faces(name), False)
    said |= {each.face: each.kind == "positive" for each in store.taught(name) if each.confirmed_by_user}
    return {number: said[face] for face, number in store.face_numbers(said).items()}


def score_in(store: FaceStore, person: Person, rivals: "Rivals | None" = None) -> Score:
    """What compares the faces of a store with the person, and where there are `rivals`, with them too."""
    score = score_of(person, store.content_days() if person.ages else None)
    return score if rivals is None else rivals.weighed(person, score)


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


def query_of(store: FaceStore, person: Person, rivals: "Rivals | None" = None) -> Query:
    """What looks for a person whom the store knows: the neuron, and what a user has said of faces.

    With `rivals`, a face that may be another known person's as well is unsure. Raises `UnknownPerson`.
    """
    confirmed = confirmed_faces(store, person.name)
    return Query(score_in(store, person, rivals), confirmed=confirmed, ignored=store.ignored_numbers())


OpenedPerson = tuple[Person, Score, Mapping[int, bool]]
"""A known person, what compares faces with that person, and of which faces a user has said who they are."""


class Rivals:
    """The people whom a store knows, opened once: a face is one person's, so each yes is weighed."""

    def __init__(self, store: FaceStore) -> None:
        self._store = store
        self._opened: list[OpenedPerson] | None = None

    def weighed(self, person: Person, score: Score) -> Score:
        """The `score` of the person, where a face that may as well be somebody else's is no sure one.

        What a user said of a face holds for the others too.
        """

        def weigh(table: FaceTable) -> ScoredFaces:
            found = score(table)
            sure = [place for place, verdict in enumerate(found.verdicts) if verdict == "yes"]
            if not sure:
                return found
            others = self._odds(person, _part(table, found.rows[sure]))
            verdicts, probabilities = list(found.verdicts), found.probabilities.copy()
            for place, odds in zip(sure, others.tolist(), strict=True):
                if odds and share_among(odds_of(probabilities[place]), odds) <= found.max_unsure:
                    verdicts[place] = "unsure"
                    probabilities[place] = min(probabilities[place], found.max_unsure)
            return replace(found, verdicts=verdicts, probabilities=probabilities)

        return weigh

    def _odds(self, person: Person, table: FaceTable) -> Float64[np.ndarray, " n"]:
        """Of each face, the odds in all of the other people who get a yes for it."""
        odds = np.zeros(len(table))
        for other, score, confirmed in self.people():
            if other.name == person.name or other.base_sha256 != person.base_sha256:
                continue
            theirs, found = np.zeros(len(table)), score(table)
            for row, verdict, probability in zip(
                found.rows.tolist(), found.verdicts, found.probabilities.tolist(), strict=True
            ):
                theirs[row] = odds_of(probability) if verdict == "yes" else 0
            for row, number in enumerate(table.numbers.tolist()):
                if number in confirmed:
                    theirs[row] = odds_of(float(confirmed[number]))
            odds += theirs
        return odds

    def people(self) -> Sequence[OpenedPerson]:
        """Everybody who is learnt, by name."""
        if self._opened is None:
            opened: list[OpenedPerson] = []
            for name in self._store.names():
                try:
                    person = known_person(self._store, name)
                    opened.append((person, score_in(self._store, person), confirmed_faces(self._store, name)))
                except (UnknownPerson, NotAPersonFile):  # Not learnt yet, forgotten meanwhile, or damaged.
                    continue
            self._opened = opened
        return self._opened


def _part(table: FaceTable, rows: Integer[np.ndarray, " k"]) -> FaceTable:
    """These rows of the table."""
    return FaceTable(
        table.numbers[rows],
        table.contents[rows],
        table.good[rows],
        table.embeddings[rows],
        table.logits[rows],
    )
