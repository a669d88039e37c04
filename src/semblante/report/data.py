"""The prepared pictures in the report: how many, what they show, and what was left out, and why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from semblante.i18n import current_language, numbers, tr
from semblante.labels import spoken
from semblante.report import charts
from semblante.report.chapter import Chapter, Details, paragraph, table
from semblante.report.html import Html, element, together
from semblante.report.pictures import mosaic, picture
from semblante.types import Pixels, Split

_NAMED = 3
"""How many of the names left out for one reason are shown."""


@dataclass(frozen=True)
class DataSection:
    """A prepared set in numbers.

    `positive_shares` holds for each attribute the share of pictures that have it; `left_out` the names
    left out for each reason; `pictures` a few to look at. `reason_in_words` says a reason and
    `notes_in_words` what else was noticed; both are asked once in each language.
    """

    images: Mapping[Split, int]
    people: int | None
    positive_shares: Mapping[str, float]
    left_out: Mapping[str, Sequence[str]] = field(default_factory=dict)
    reason_in_words: Callable[[str], str] = str
    notes_in_words: Callable[[], Sequence[str]] = tuple
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
        parts.append(self._left_out())
        if notes := self.notes_in_words():
            parts += [
                element("h3", tr("What else was noticed")),
                element("ul", *(element("li", note) for note in notes)),
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

    def _left_out(self) -> Html:
        if not self.left_out:
            return paragraph(tr("No picture and no row was left out."))
        rows = [
            [self.reason_in_words(reason), numbers.count(len(names)), _named(names)]
            for reason, names in self.left_out.items()
        ]
        return table(
            [tr("Reason"), tr("Left out"), tr("For example")],
            rows,
            tr("What was left out, and why"),
            "left-out",
        )


def _named(names: Sequence[str]) -> Html:
    """The first names, each by itself so that a right-to-left one does not disturb the others."""
    parts: list[str] = []
    for name in names[:_NAMED]:
        parts += [", " if parts else "", element("bdi", name)]
    if len(names) > _NAMED:
        parts.append(", …")
    return together(parts)
