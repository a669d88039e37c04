"""Recognising a person: a decision for each photo, yes, no or unsure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import Final

import numpy as np

from semblante.errors import Reason
from semblante.faces import unreliable
from semblante.jobs import SILENT, JobContext
from semblante.person import Decision, DecisionRule, Person, check_base, decide, odds_of, share_among
from semblante.pipeline.analyzer import FaceAnalyzer
from semblante.pipeline.finding import Places, find_some_photos
from semblante.pipeline.reading import Reading, Source, UnusablePhoto
from semblante.types import VERDICTS, AnalyzedPhoto, Face, Verdict

_RISING: Final[tuple[Verdict | None, ...]] = (None, *reversed(VERDICTS))


def recognise(
    person: Person,
    photos: Places,
    analyzer: FaceAnalyzer,
    several: bool = False,
    aligned: bool = False,
    job: JobContext = SILENT,
) -> Iterator[Decision]:
    """A decision for each photo at `photos`, in order.

    Raises `ModelMismatch`, and `InvalidOption` for what is no person, before the first.

    At most one face in a photo is taken to be the person: the likeliest, of those that may be relied on.
    Where there may be `several`, as in a collage, each face gets a decision. Where the person has neurons by
    age, that of the day in the photo's EXIF decides; without one, the neuron for all ages. A poor face never
    gets a yes, nor the probability of one. A photo without faces, and a photo or a folder that cannot be
    read, get no verdict, only the reason. `aligned` is that of `FaceAnalyzer`. Emits `Progress` of the stage
    "reading_photos"; the iterator raises `Cancelled`.
    """
    check_base(person, analyzer.bundle.network_sha256)
    closed: list[UnusablePhoto] = []
    paths = find_some_photos(photos, closed.append)
    readings = chain(closed, analyzer.analyze_many(paths, aligned, job))
    return chain.from_iterable(decide_photo(person, reading, several) for reading in readings)


def decide_photo(person: Person, reading: Reading, several: bool = False) -> list[Decision]:
    """The decision on a photo that was read, or one for each of its faces; see `recognise`."""
    if isinstance(reading, UnusablePhoto):
        return [Decision(str(reading.path), None, None, reading.reason)]
    if not reading.faces:
        return [Decision(reading.source, None, None, Reason("no_face_found"))]
    given = decide_faces(person, reading.source, reading.faces, reading.taken)
    return given if several else [max(given, key=likelihood)]


def decide_faces(
    person: Person, source: str, faces: Sequence[Face], day: date | None = None
) -> list[Decision]:
    """The decision for each face of one photo, taken on that day if it is known."""
    given = decide(person, np.stack([face.embedding for face in faces]), [source] * len(faces), day)
    rule = person.at(day).rule
    return [_with_face(decision, face, rule) for decision, face in zip(given, faces, strict=True)]


def recognise_each(
    people: Sequence[Person], source: Source, analyzer: FaceAnalyzer
) -> tuple[AnalyzedPhoto, list[tuple[Decision, ...]]]:
    """A photo, and for each of its faces a decision on each person, in their order.

    At most one face is a yes for a person. Raises `ModelMismatch`, and what `FaceAnalyzer.analyze` raises.
    """
    for person in people:
        check_base(person, analyzer.bundle.network_sha256)
    photo = analyzer.analyze_photo(source)
    if not photo.faces:
        return photo, []
    by_person = [decide_faces(person, photo.source, photo.faces, photo.taken) for person in people]
    by_face = [[given[place] for given in by_person] for place in range(len(photo.faces))]
    return photo, one_yes_each(by_face, people)


def one_yes_each(
    answers: Sequence[Sequence[Decision]], people: Sequence[Person]
) -> list[tuple[Decision, ...]]:
    """The decisions on the faces of one photo, by face and person: only the likeliest face keeps a yes.

    So does of several people only the one whose face it is likely enough to be, given the others.
    """
    found = [_of_one_person(decisions, people) for decisions in answers]
    for place, person in enumerate(people):
        best = max((decisions[place] for decisions in found), key=likelihood, default=None)
        for decisions in found:
            if decisions[place].verdict == "yes" and decisions[place] is not best:
                reason = Reason("another_face_likelier", {"name": person.name})
                decisions[place] = not_relied_on(decisions[place], reason, person.rule)
    return list(map(tuple, found))


def _of_one_person(decisions: Sequence[Decision], people: Sequence[Person]) -> list[Decision]:
    """The decisions on one face, which is one person's: each yes is weighed against the others."""
    sure = [place for place, decision in enumerate(decisions) if decision.verdict == "yes"]
    found = list(decisions)
    if len(sure) < 2:
        return found
    odds = {place: odds_of(decisions[place].probability or 0.0) for place in sure}
    for place in sure:
        rule = people[place].rule
        if share_among(odds[place], sum(odds.values()) - odds[place]) <= rule.yes_above:
            others = [people[each].name for each in sure if each != place]
            reason = Reason("looks_like_others", {"name": people[place].name, "others": others})
            found[place] = not_relied_on(found[place], reason, rule)
    return found


def likelihood(decision: Decision) -> tuple[int, float]:
    """The order of the decisions on the faces of one photo: the likeliest is the highest."""
    return _RISING.index(decision.verdict), decision.probability or 0.0


def not_relied_on(decision: Decision, reason: Reason, rule: DecisionRule) -> Decision:
    """The decision with a reason against a yes: unsure instead, without the probability of a yes."""
    assert decision.probability is not None
    return replace(
        decision,
        verdict="no" if decision.verdict == "no" else "unsure",
        probability=min(decision.probability, rule.yes_above),
        reason=reason,
    )


def _with_face(decision: Decision, face: Face, rule: DecisionRule) -> Decision:
    """The decision with its face; where that is poor, with the reason and without a yes."""
    decision = replace(decision, face=face)
    if face.quality.is_good:
        return decision
    return not_relied_on(decision, unreliable(face.quality), rule)
