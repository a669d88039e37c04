"""The prepared pictures in the report: how many, what they show, and what was skipped, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from semblante.celeba import PreparedSet, summarise
from semblante.errors import Reason
from semblante.i18n import current_language, describe, numbers, tr
from semblante.labels import ATTRIBUTES, spoken
from semblante.report import charts
from semblante.report.chapter import Chapter, Details, paragraph, table
from semblante.report.html import Html, element, together
from semblante.report.pictures import mosaic, picture
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
        parts = [paragraph(*self._sentences(), look="lede")]
        if self.pictures:
            parts.append(
                mosaic([(picture(each, tr("A face from the data")), Html("")) for each in self.pictures])
            )
        parts.append(self._splits())
        if self.positive_shares:
            parts.append(self._frequencies())
        parts.append(self._skipped())
        if self.notes:
            parts += [
                element("h3", tr("What else was noticed")),
                element("ul", *(element("li", note_text(note)) for note in self.notes)),
            ]
        return [Chapter("data", tr("The pictures it learnt from"), together(parts))]

    def summary(self) -> str:
        """Nothing: how much data there is says nothing of what came of them."""
        return ""

    def details(self) -> Details:
        """The settings and hashes of the prepared set."""
        return {tr("Prepared pictures"): self.settings} if self.settings else {}

    def _sentences(self) -> list[str]:
        total = numbers.count(sum(self.images.values()))
        if self.people is None:
            return [
                tr(
                    "{images} pictures of faces, each with its labels. Who is in them is not known.",
                    images=total,
                )
            ]
        return [
            tr(
                "{images} pictures of faces of {people} people, each with its labels.",
                images=total,
                people=numbers.count(self.people),
            ),
        ]

    def _splits(self) -> Html:
        names: dict[Split, tuple[str, str]] = {
            "train": (tr("training"), tr("the network learns from these")),
            "val": (tr("validation"), tr("these choose the best epoch")),
            "test": (tr("test"), tr("kept for the very end")),
        }
        total = max(1, sum(self.images.values()))
        rows = [
            [names[split][0], numbers.count(number), numbers.percent(number / total), names[split][1]]
            for split, number in self.images.items()
        ]
        headings = [tr("Part"), tr("Pictures"), tr("Share"), tr("What for")]
        return table(headings, rows, tr("How the pictures are divided"), "splits")

    def _frequencies(self) -> Html:
        ranked = sorted(self.positive_shares.items(), key=lambda item: item[1], reverse=True)
        rows = (
            element(
                "li",
                element("span", spoken(attribute, current_language()), class_="of"),
                charts.difference_bar(share, 0.0, 1.0),
                element("span", numbers.percent(share), class_="points"),
            )
            for attribute, share in ranked
        )
        heading = element("h3", tr("How many pictures have each attribute"))
        return together([heading, element("ul", *rows, class_="frequencies")])

    def _skipped(self) -> Html:
        if not self.skipped:
            return paragraph(tr("No picture and no row was left out."))
        rows = [
            [describe(Reason(issue)), numbers.count(len(names)), _named(names)]
            for issue, names in self.skipped.items()
        ]
        return table(
            [tr("Reason"), tr("Left out"), tr("For example")],
            rows,
            tr("What was left out, and why"),
            "left-out",
        )


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


def note_text(note: Reason) -> str:
    """What was noticed while the data were prepared, with the first of the names that it is about."""
    names = note.params.get("names")
    if not isinstance(names, list | tuple) or len(names) <= _NAMED_IN_NOTES:
        return describe(note)
    return describe(Reason(note.code, {**note.params, "names": [*names[:_NAMED_IN_NOTES], "…"]}))


def _named(names: Sequence[str]) -> Html:
    """The first names, each by itself so that a right-to-left one does not disturb the others."""
    parts: list[str] = []
    for name in names[:_NAMED]:
        parts += [", " if parts else "", element("bdi", name)]
    if len(names) > _NAMED:
        parts.append(", …")
    return together(parts)
