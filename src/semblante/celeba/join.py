"""Lists and images joined into one table: the rows to prepare, and every skipped row with its issue.

Splits are CelebA's own where its list of partitions is there. Otherwise people are split, so that nobody
is in two splits; a person's split depends on nothing but the identity, so it is the same in a part of
CelebA and in the whole.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int32, UInt8

from semblante.celeba.archives import printable
from semblante.celeba.parsing import NumberList, SkippedRow, parse_attributes, parse_numbers
from semblante.celeba.source import Source
from semblante.errors import Reason
from semblante.jobs import SILENT, JobContext
from semblante.types import SPLITS, Labels

MAX_IDENTITY = 2**31 - 1
UNKNOWN_PERSON = -1
TRAIN, VAL, TEST = range(len(SPLITS))


@dataclass(frozen=True)
class Table:
    """The rows that have labels, an image and a split, in the attribute list's order."""

    names: tuple[str, ...]
    labels: Labels
    identities: Int32[np.ndarray, " n"]
    splits: UInt8[np.ndarray, " n"]
    skipped: tuple[SkippedRow, ...]
    notes: tuple[Reason, ...]


def read_table(source: Source, job: JobContext = SILENT) -> Table:
    """Read the lists of `source` and join them.

    Raises `NotCelebA` where the attribute list lacks a column, and `Cancelled`.
    """
    listed = source.lists["attributes"]
    attributes = parse_attributes(listed.content, listed.name, job)
    partition = _read_numbers(source, "partition", len(SPLITS) - 1)
    people = _read_numbers(source, "identities", MAX_IDENTITY)
    job.check()
    kept: list[int] = []
    skipped = list(attributes.skipped)
    for row, name in enumerate(attributes.names):
        if name not in source.images:
            skipped.append(SkippedRow(name, "row_without_image"))
        elif partition is not None and name not in partition.number_of:
            skipped.append(SkippedRow(name, "row_without_partition"))
        else:
            kept.append(row)
    named = {*attributes.names, *(row.name for row in skipped)}
    skipped += [
        SkippedRow(printable(name), "image_without_row")
        for name in sorted(source.images)
        if name not in named
    ]
    names = tuple(attributes.names[row] for row in kept)
    identities = _identities(names, people)
    return Table(
        names=names,
        labels=attributes.labels[kept],
        identities=identities,
        splits=_splits(names, identities, partition),
        skipped=tuple(skipped),
        notes=(*source.notes, *attributes.notes, *_notes_on(partition, people)),
    )


def notes_on_rows(identities: Int32[np.ndarray, " n"], splits: UInt8[np.ndarray, " n"]) -> list[Reason]:
    """What is worth knowing of the finished rows: unknown people, people in several splits, empty splits."""
    notes = []
    known = identities != UNKNOWN_PERSON
    if known.any() and not known.all():
        notes.append(Reason("unknown_identities", {"count": int((~known).sum())}))
    pairs = np.unique(np.stack([identities[known], splits[known]]), axis=1)
    people, splits_of_person = np.unique(pairs[0], return_counts=True)
    if len(people) and splits_of_person.max() > 1:
        notes.append(Reason("people_in_several_splits", {"count": int((splits_of_person > 1).sum())}))
    notes += [Reason("empty_split", {"split": name}) for at, name in enumerate(SPLITS) if at not in splits]
    return notes


def _read_numbers(source: Source, kind: str, highest: int) -> NumberList | None:
    found = next((found for listed, found in source.lists.items() if listed == kind), None)
    return None if found is None else parse_numbers(found.content, found.name, highest)


def _identities(names: tuple[str, ...], people: NumberList | None) -> Int32[np.ndarray, " n"]:
    if people is None:
        return np.full(len(names), UNKNOWN_PERSON, np.int32)
    return np.array([people.number_of.get(name, UNKNOWN_PERSON) for name in names], np.int32)


def _splits(
    names: tuple[str, ...], identities: Int32[np.ndarray, " n"], partition: NumberList | None
) -> UInt8[np.ndarray, " n"]:
    if partition is not None:
        return np.array([partition.number_of[name] for name in names], np.uint8)
    keys = (
        name if person == UNKNOWN_PERSON else f"person {person}"
        for name, person in zip(names, identities.tolist(), strict=True)
    )
    return np.fromiter(map(_split_by_hash, keys), np.uint8, count=len(names))


def _split_by_hash(key: str) -> int:
    """Eight in ten keys to train, one to val, one to test, by the key alone."""
    tenth = int.from_bytes(hashlib.sha256(key.encode(errors="surrogateescape")).digest()[:8]) % 10
    return TRAIN if tenth < 8 else VAL if tenth == 8 else TEST


def _notes_on(partition: NumberList | None, people: NumberList | None) -> list[Reason]:
    notes = []
    if partition is None:
        notes.append(Reason("no_partition", {}))
        notes.append(Reason("split_by_images" if people is None else "split_by_people", {}))
    if people is None:
        notes.append(Reason("no_identities", {}))
    for numbers in (partition, people):
        notes += numbers.notes if numbers is not None else ()
    return notes
