"""Lists and images joined into one table: the rows to prepare, and every skipped row with its issue.

Splits are CelebA's own where its list of partitions is there. Otherwise people are split, so that nobody
is in two splits; a person's split depends on nothing but the identity, so it is the same in a part of
CelebA and in the whole.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int32, UInt8

from semblante.celeba.archives import Entry, printable
from semblante.celeba.lists import ListKind
from semblante.celeba.matching import match_images, match_numbers, stem_of
from semblante.celeba.parsing import AttributeList, SkippedRow, parse_attributes, parse_numbers
from semblante.celeba.source import Source
from semblante.errors import NotCelebA, Reason
from semblante.jobs import SILENT, JobContext
from semblante.types import SPLITS, Labels

MAX_IDENTITY = 2**31 - 1
UNKNOWN_PERSON = -1
TRAIN, VAL, TEST = range(len(SPLITS))


@dataclass(frozen=True)
class Table:
    """The rows that have labels, an image and a split, in the attribute list's order.

    `images` has the image of each name, and of rows without a split.
    """

    names: tuple[str, ...]
    images: Mapping[str, Entry]
    labels: Labels
    identities: Int32[np.ndarray, " n"]
    splits: UInt8[np.ndarray, " n"]
    skipped: tuple[SkippedRow, ...]
    notes: tuple[Reason, ...]


def read_table(source: Source, job: JobContext = SILENT) -> Table:
    """Read the lists of `source` and join them.

    Raises `NotCelebA` where the attribute list lacks a column or holds no row, and `Cancelled`.
    """
    listed = source.lists["attributes"]
    attributes = parse_attributes(listed.content, listed.name, job)
    if not attributes.names and not attributes.skipped:
        raise NotCelebA("list_without_rows", list=listed.name)
    partition, partition_notes = _read_numbers(source, "partition", len(SPLITS) - 1, attributes)
    people, people_notes = _read_numbers(source, "identities", MAX_IDENTITY, attributes)
    job.check()
    images, files_left = match_images(attributes.names, source.images)
    kept: list[int] = []
    skipped = list(attributes.skipped)
    for row, name in enumerate(attributes.names):
        if name not in images:
            skipped.append(SkippedRow(name, "row_without_image"))
        elif partition is not None and name not in partition:
            skipped.append(SkippedRow(name, "row_without_partition"))
        else:
            kept.append(row)
    without_split = sum(row.issue == "row_without_partition" for row in skipped)
    if without_split:
        found = source.lists["partition"].name
        partition_notes.append(Reason("partition_incomplete", {"list": found, "count": without_split}))
    names = tuple(attributes.names[row] for row in kept)
    other_editions, without_row = _explain_left(files_left, images, attributes)
    skipped += [SkippedRow(printable(name), "image_without_row") for name in without_row]
    found_again = source.found_again + other_editions
    identities = _identities(names, people)
    return Table(
        names=names,
        images=images,
        labels=attributes.labels[kept],
        identities=identities,
        splits=_splits(names, identities, partition),
        skipped=tuple(skipped),
        notes=(
            *([Reason("found_again", {"count": found_again})] if found_again else ()),
            *attributes.notes,
            *_notes_on(partition, people, partition_notes, people_notes),
        ),
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


def _explain_left(
    files_left: Sequence[str], images: Mapping[str, Entry], attributes: AttributeList
) -> tuple[int, list[str]]:
    """Of the images that are left: how many are other editions of an image that is taken, and whose row is
    nowhere. The rest is of rows that were skipped."""
    if not files_left:
        return 0, []
    taken = {stem_of(name) for name in images}
    named = {*attributes.names, *(row.name for row in attributes.skipped)}
    without_row = [name for name in files_left if name not in named and stem_of(name) not in taken]
    return sum(stem_of(name) in taken for name in files_left), without_row


def _read_numbers(
    source: Source, kind: ListKind, highest: int, attributes: AttributeList
) -> tuple[dict[str, int] | None, list[Reason]]:
    """The number of each image in the attribute list, None where no list says any; and what was noticed."""
    found = source.lists.get(kind)
    if found is None:
        return None, []
    if found.problem:
        return None, [found.problem]
    numbers = parse_numbers(found.content, found.name, highest, len(attributes.names))
    if not numbers.number_of:
        return None, [Reason("list_without_rows", {"list": found.name})]
    return match_numbers(attributes.names, numbers), list(numbers.notes)


def _identities(names: tuple[str, ...], people: Mapping[str, int] | None) -> Int32[np.ndarray, " n"]:
    if people is None:
        return np.full(len(names), UNKNOWN_PERSON, np.int32)
    return np.array([people.get(name, UNKNOWN_PERSON) for name in names], np.int32)


def _splits(
    names: tuple[str, ...], identities: Int32[np.ndarray, " n"], partition: Mapping[str, int] | None
) -> UInt8[np.ndarray, " n"]:
    if partition is not None:
        return np.array([partition[name] for name in names], np.uint8)
    keys = (
        name if person == UNKNOWN_PERSON else f"person {person}"
        for name, person in zip(names, identities.tolist(), strict=True)
    )
    return np.fromiter(map(_split_by_hash, keys), np.uint8, count=len(names))


def _split_by_hash(key: str) -> int:
    """Eight in ten keys to train, one to val, one to test, by the key alone."""
    tenth = int.from_bytes(hashlib.sha256(key.encode(errors="surrogateescape")).digest()[:8]) % 10
    return TRAIN if tenth < 8 else VAL if tenth == 8 else TEST


def _notes_on(
    partition: Mapping[str, int] | None,
    people: Mapping[str, int] | None,
    partition_notes: Sequence[Reason],
    people_notes: Sequence[Reason],
) -> list[Reason]:
    """What is wrong with each list, and behind it what that means."""
    notes = list(partition_notes)
    if partition is None:
        notes.append(Reason("no_partition", {}))
        notes.append(Reason("split_by_images" if people is None else "split_by_people", {}))
    notes += people_notes
    if people is None:
        notes.append(Reason("no_identities", {}))
    return notes
