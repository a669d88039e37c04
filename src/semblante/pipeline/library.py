"""A photo collection: scanned with a network, searched for people, and people forgotten."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Integer

from semblante.errors import FileAccessError, InvalidOption, NotAPersonFile
from semblante.i18n import describe, tr
from semblante.library import (
    Candidate,
    Faces,
    Forgotten,
    Library,
    Query,
    ScanReport,
    Score,
    SearchResult,
    best_face_per_photo,
    candidates,
    clustering_threshold,
    faces_of,
    forget,
    group,
    key_of,
    paths_with,
    scan,
    search,
)
from semblante.library.scanning import OnProblem, Unread, unheard
from semblante.model.bundle import Bundle
from semblante.person import Person, check_name, open_person, person_from_json
from semblante.pipeline.analyzer import read_photos
from semblante.pipeline.photos import UnusablePhoto
from semblante.types import AnalyzedPhoto, Embeddings, OnProgress, Verdict, unwatched


@dataclass(frozen=True)
class Group:
    """Faces by number that seem to be one person's, in so many `photos`; no `name` where it is not known."""

    name: str | None
    photos: int
    faces: tuple[int, ...]


@dataclass(frozen=True)
class People:
    """Who is in a collection: known people by name, then groups of unknown faces, the largest first.

    `alone` are faces that are like no other's, `poor` those that cannot be relied on; neither is in a group.
    """

    groups: tuple[Group, ...]
    alone: int
    poor: int


def scan_photos(
    library: Library,
    places: Sequence[Path],
    base: Bundle,
    on_progress: OnProgress = unwatched,
    on_problem: OnProblem = unheard,
    again: bool = False,
    gone: bool = False,
) -> ScanReport:
    """Bring the index up to date with the photos at `places`, on all cores; see `library.scan`.

    Raises `MissingExtra` where no detector is installed.
    """

    def read(paths: Iterable[Path]) -> Iterator[AnalyzedPhoto | str]:
        for outcome in read_photos(paths, base):
            if isinstance(outcome, UnusablePhoto):
                yield outcome.reason.code if outcome.is_lasting else Unread(describe(outcome.reason))
            else:
                yield outcome

    return scan(library, places, read, base.network_sha256, on_progress, on_problem, again, gone)


def known_person(library: Library, name: str) -> Person:
    """The person of this name in the library. Raises `UnknownPerson` or `NotAPersonFile`."""
    return person_from_json(library.person(check_name(name)), library.path)


def find_photos_of(
    library: Library,
    name: str | None = None,
    with_: Sequence[str] = (),
    without: Sequence[str] = (),
    several: bool = False,
) -> SearchResult:
    """The photos that show the person, and those that may: from the index alone, the surest first.

    Faces must have all attributes `having` and none `lacking`, as CelebA writes them; without a name these
    alone decide, among the faces that the most used network read. Raises `UnknownPerson` or `BadSetting`.
    """
    if name is None and not with_ and not without:
        raise InvalidOption(tr("Say whom to find, or what a face is to have with --with"))
    person = None if name is None else known_person(library, name)
    bases = library.bases() if person is None else (person.base_sha256,)
    score = None if person is None else score_of(person)
    wanted = Query(score, tuple(with_), tuple(without), several)
    return search(library, bases[0] if bases else "", wanted)


def score_of(person: Person) -> Score:
    """What judges faces by the person's neuron, many at a time."""

    def score(embeddings: Embeddings) -> tuple[Sequence[Verdict], Sequence[float]]:
        logits = person.neuron.logits(embeddings)
        probabilities = person.rule.probabilities(logits).tolist()
        verdicts = list(map(person.rule.verdict, logits.tolist(), probabilities))
        return verdicts, probabilities

    return score


def find_people(library: Library, base: Bundle, fewest: int = 2) -> People:
    """Who is in the photos that `base` read: the known, and groups in at least `fewest` photos.

    The strangers that came with the base say how alike two people's faces can be. Raises `BadSetting` where
    there are none.
    """
    background = base.background()
    if background is None:
        raise InvalidOption(
            tr("{path}: no strangers came with this network; choose another with --base", path=base.folder)
        )
    faces, poor = _good_faces(library, base.network_sha256)
    if not len(faces.ids):
        return People((), 0, poor)
    taken: Bool[np.ndarray, " n"] = np.zeros(len(faces.ids), np.bool_)
    groups = []
    for name in library.names():
        person = known_person(library, name)
        if person.base_sha256 == base.network_sha256:
            found = best_face_per_photo(candidates(faces, Query(score_of(person))), several=False)
            sure = np.isin(faces.ids, [each.face for each in found if each.verdict == "yes"])
            groups.append(_group(name, faces, sure))
            taken |= sure
    rest = np.flatnonzero(~taken)
    labels = group(faces.embeddings[rest], clustering_threshold(background, len(rest)))
    unknown = [_group(None, faces, rest[members]) for members in _members(labels)]
    unknown = sorted((each for each in unknown if each.photos >= fewest), key=lambda each: -each.photos)
    return People((*groups, *unknown), len(rest) - sum(len(each.faces) for each in unknown), poor)


def _good_faces(library: Library, base_sha256: str) -> tuple[Faces, int]:
    """The faces that can be relied on, and how many cannot."""
    ids, contents, embeddings = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], []
    poor = 0
    for part in faces_of(library, base_sha256, present=True):
        good = part.good > 0
        ids.append(part.ids[good])
        contents.append(part.contents[good])
        embeddings.append(part.embeddings[good])
        poor += int((~good).sum())
    numbers = np.concatenate(ids)
    rows = np.concatenate(embeddings) if embeddings else np.zeros((0, 1), np.float32)
    nothing = np.zeros((len(numbers), 0), np.float16)
    return Faces(numbers, np.concatenate(contents), np.ones(len(numbers), np.int64), rows, nothing), poor


def _members(labels: Integer[np.ndarray, " n"]) -> Iterator[Integer[np.ndarray, " m"]]:
    """The places of each label, the labels in the order of their first place."""
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order])) + 1
    parts = [part for part in np.split(order, starts) if len(part)]
    yield from sorted(parts, key=lambda part: int(part[0]))


def _group(name: str | None, faces: Faces, rows: Integer[np.ndarray, " m"] | Bool[np.ndarray, " n"]) -> Group:
    return Group(name, len(np.unique(faces.contents[rows])), tuple(faces.ids[rows].tolist()))


def photos_of(library: Library, group: Group) -> tuple[Path, ...]:
    """The photos that the faces of a group are in, by path."""
    return paths_with(library, group.faces)


def forget_person(library: Library, name: str, faces: bool = True) -> Forgotten:
    """Forget a person; see `library.forget`. With `faces`, also those that are found to be the person's.

    Person files in the data folder go too. Raises `UnknownPerson`, and `NotAPersonFile` where `faces` needs
    a neuron that cannot be read.
    """
    found: list[Candidate] = []
    if faces:
        person = known_person(library, name)
        for part in faces_of(library, person.base_sha256):
            found += candidates(part, Query(score_of(person)))
    seen = [each.face for each in best_face_per_photo(found, several=False) if each.verdict == "yes"]
    return forget(library, name, seen, [path for path in _person_files(library) if _is_of(path, name)])


def _person_files(library: Library) -> list[Path]:
    return sorted(path for path in library.folder.rglob("*.json") if path.is_file())


def _is_of(path: Path, name: str) -> bool:
    try:
        return key_of(open_person(path).name) == key_of(name)
    except (NotAPersonFile, FileAccessError):
        return False
