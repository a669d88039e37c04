"""The prepared pictures in the report: how many, what they show, what was skipped, and why."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from semblante.celeba import PreparedSet, Summary, summarise
from semblante.errors import Reason
from semblante.i18n import current_language, describe, numbers, tr
from semblante.labels import ATTRIBUTES, spoken
from semblante.report.blocks import (
    Bars,
    Block,
    Bullets,
    Cell,
    Chapter,
    Column,
    Gallery,
    Heading,
    Paragraph,
    Picture,
    Settings,
    Table,
    count_cell,
    share_cell,
)
from semblante.types import Pixels, Split

_SHOWN_FACES = 24
_NAMED = 3
"""How many of the names skipped for one reason are shown."""
_NAMED_IN_NOTES = 5


@dataclass(frozen=True)
class DataSection:
    """A prepared set in numbers.

    `positive_shares` holds for each attribute the share of pictures that have it; `skipped` the names
    skipped for each issue of a row; `notes` what else was noticed; `pictures` a few to look at.
    """

    images: Mapping[Split, int]
    people: int | None
    positive_shares: Mapping[str, float]
    skipped: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: Sequence[Reason] = ()
    pictures: tuple[Pixels, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)

    def chapters(self) -> list[Chapter]:
        """One chapter."""
        blocks: list[Block] = [Paragraph(self._size_text(), "lede")]
        if self.pictures:
            alt = tr("A face from the data")
            blocks.append(Gallery([Picture(each, alt, is_crop=True) for each in self.pictures]))
        blocks.append(self._splits())
        if self.positive_shares:
            ranked = sorted(self.positive_shares.items(), key=lambda item: item[1], reverse=True)
            bars = [(spoken(attribute, current_language()), share) for attribute, share in ranked]
            blocks += [Heading(tr("How many pictures have each attribute")), Bars(bars)]
        if self.skipped:
            blocks.append(skipped_table(self.skipped))
        else:
            blocks.append(Paragraph(tr("No picture and no row was left out.")))
        if self.notes:
            notes = [note_text(note) for note in self.notes]
            blocks += [Heading(tr("What else was noticed")), Bullets(notes)]
        return [Chapter("data", tr("The pictures it learnt from"), blocks)]

    def summary(self) -> str:
        """Nothing: how much data there is says nothing of what came of them."""
        return ""

    def settings_by_heading(self) -> Settings:
        """The settings and hashes of the prepared set."""
        return {tr("Prepared pictures"): self.settings} if self.settings else {}

    def _size_text(self) -> str:
        images = sum(self.images.values())
        if self.people is None:
            return tr(
                "{images} pictures of faces, each with its labels. Who is in them is not known.",
                images=images,
            )
        return tr(
            "{images} pictures of faces of {people} people, each with its labels.",
            images=images,
            people=self.people,
        )

    def _splits(self) -> Table:
        names: dict[Split, tuple[str, str]] = {
            "train": (tr("training"), tr("the network learns from these")),
            "val": (tr("validation"), tr("these choose the best epoch")),
            "test": (tr("test"), tr("kept for the very end")),
        }
        total = max(1, sum(self.images.values()))
        columns = (
            Column("part", tr("Part"), align="left"),
            Column("images", tr("Pictures")),
            Column("share", tr("Share")),
            Column("use", tr("What for"), align="left"),
        )
        rows = tuple(
            (
                Cell(names[split][0]),
                count_cell(images),
                Cell(numbers.percent(images / total)),
                Cell(names[split][1]),
            )
            for split, images in self.images.items()
        )
        return Table(columns, rows, tr("How the pictures are divided"), "splits")


def data_section(data: PreparedSet) -> DataSection:
    """The report's part on the prepared set, with some of its faces."""
    summary = summarise(data)
    shown = np.linspace(0, len(data.names) - 1, min(_SHOWN_FACES, len(data.names))).astype(int)
    manifest = data.manifest.as_json()
    return DataSection(
        images=summary.images_by_split,
        people=summary.people,
        positive_shares=dict(zip(ATTRIBUTES, data.labels.mean(axis=0).tolist(), strict=True)),
        skipped={issue: rows.names for issue, rows in data.manifest.skipped.items()},
        notes=summary.notes,
        pictures=tuple(np.asarray(data.images[row]) for row in shown),
        settings={
            name: manifest[name] for name in ("layout", "terms", "side_px", "frame", "sha256", "sources")
        },
    )


def summary_blocks(summary: Summary) -> list[Block]:
    """How many images, people and attributes of a prepared set are in each split."""
    people = summary.people_by_split or {}
    columns = (
        Column("split", tr("Split"), align="left"),
        Column("images", tr("Images")),
        Column("people", tr("People")),
    )
    counts = tuple(
        (Cell(split), count_cell(images), count_cell(people.get(split)))
        for split, images in summary.images_by_split.items()
    )
    photos = summary.photos_per_person
    each = photos and tr(
        "{least} to {most} photos of each person, {median:.0f} in the middle",
        least=photos.least,
        most=photos.most,
        median=photos.median,
    )
    splits = [split for split, images in summary.images_by_split.items() if images]
    shares = tuple(
        (
            Cell(spoken(name, current_language())),
            *(share_cell(math.nan if share is None else share) for share in map(of.get, splits)),
        )
        for name, of in summary.attribute_shares.items()
    )
    heading = Column("attribute", tr("Attribute"), align="left")
    return [
        Table(columns, counts),
        Paragraph(each or "", "note"),
        Table((heading, *(Column(split, split) for split in splits)), shares),
    ]


def skipped_table(skipped: Mapping[str, Sequence[str]]) -> Table:
    """Each issue of a row, how many rows or pictures were skipped for it, and the first of their names."""
    columns = (
        Column("reason", tr("Reason"), align="left", folds=True),
        Column("count", tr("Left out")),
        Column("examples", tr("For example"), align="left", whole=True),
    )
    rows = tuple(
        (
            Cell(describe(Reason(issue))),
            count_cell(len(names)),
            Cell("", names=(*names[:_NAMED], *(["…"] if len(names) > _NAMED else []))),
        )
        for issue, names in skipped.items()
    )
    return Table(columns, rows, tr("What was left out, and why"), "left-out")


def note_text(note: Reason) -> str:
    """What was noticed while the data were prepared, with the first of the names that it is about."""
    names = note.params.get("names")
    if not isinstance(names, list | tuple) or len(names) <= _NAMED_IN_NOTES:
        return describe(note)
    return describe(Reason(note.code, {**note.params, "names": [*names[:_NAMED_IN_NOTES], "…"]}))
