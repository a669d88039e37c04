"""What every part of the report gives to the page: chapters in the language of the moment, and details."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from semblante.i18n import numbers, tr
from semblante.metrics.results import Estimate
from semblante.report import charts
from semblante.report.html import Html, element, together

Details = Mapping[str, Mapping[str, Any]]
"""Heading -> name -> value: settings, hashes, versions, seeds, times."""


@dataclass(frozen=True)
class Chapter:
    """A heading of the page with what stands beneath it. `anchor` is unique in the report."""

    anchor: str
    heading: str
    body: Html


@runtime_checkable
class Section(Protocol):
    """A part of a report. Its methods speak the language of the moment (`semblante.i18n`)."""

    def summary(self) -> str:
        """The outcome in a sentence for the top of the page, or nothing."""

    def chapters(self) -> Sequence[Chapter]:
        """The chapters, in reading order."""

    def details(self) -> Details:
        """What goes into the table of settings and fingerprints."""


def paragraph(*sentences: str, look: str | None = None) -> Html:
    """A paragraph of the sentences that are not empty."""
    return element("p", " ".join(sentence for sentence in sentences if sentence), class_=look)


def headline(name: str, estimate: Estimate, compared_with: float, comparison: str, meaning: str) -> Html:
    """A figure in large, with its interval and what it is compared with."""
    span = numbers.interval(estimate)
    return element(
        "div",
        element("dt", name),
        element(
            "dd",
            element("span", numbers.percent(estimate.value), class_="large"),
            charts.interval_bar(estimate.value, estimate.low, estimate.high, compared_with),
            *([element("span", tr("95% interval: {span}", span=span), class_="interval")] if span else []),
            element("span", comparison, class_="comparison"),
            element("span", meaning, class_="meaning"),
        ),
    )


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], caption: str, look: str = "") -> Html:
    """A table whose first column names its row; on a narrow screen it scrolls sideways by itself."""
    head = element("tr", *(element("th", heading, scope="col") for heading in headings))
    body = together(
        element("tr", element("th", row[0], scope="row"), *(element("td", cell) for cell in row[1:]))
        for row in rows
    )
    return element(
        "div",
        element(
            "table",
            element("caption", caption),
            element("thead", head),
            element("tbody", body),
            class_=look or None,
        ),
        class_="scroll",
        role="region",
        tabindex="0",
        aria_label=caption,
    )
