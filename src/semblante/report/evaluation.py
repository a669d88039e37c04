"""An evaluation in the report: the means against guessing, every attribute, and how sure it is."""

import math

from semblante.i18n import current_language, numbers, tr
from semblante.labels import sign, spoken
from semblante.metrics.results import AttributeResult, Estimate, Evaluation
from semblante.report import charts
from semblante.report.chapter import headline, paragraph, table
from semblante.report.curves import reliability_chart
from semblante.report.html import Html, element, together
from semblante.report.matching import between_groups, same_person
from semblante.types import Split


def how_good(evaluation: Evaluation) -> Html:
    """The means in large, every attribute in a table, the reliability curve, pairs, and groups."""
    chance = _mean([result.positive_share for result in evaluation.attributes])
    heads = element(
        "dl",
        headline(
            tr("Accuracy"),
            evaluation.mean_accuracy,
            evaluation.mean_majority_baseline,
            tr(
                "always the more frequent answer: {baseline}",
                baseline=numbers.percent(evaluation.mean_majority_baseline),
            ),
            tr("answers that agree with the label"),
        ),
        headline(
            tr("Balanced accuracy"),
            evaluation.mean_balanced_accuracy,
            0.5,
            tr("always the same answer: {share}", share=numbers.percent(0.5, 0)),
            tr("the same, with yes and no counting alike"),
        ),
        headline(
            tr("Average precision"),
            evaluation.mean_average_precision,
            chance,
            tr("in random order: {share}", share=numbers.percent(chance)),
            tr("how well it puts the yes pictures first"),
        ),
        class_="headlines",
    )
    reliability = element(
        "div",
        reliability_chart(evaluation.reliability),
        element(
            "div",
            element("h3", tr("Can its probabilities be believed?")),
            paragraph(_on_reliability(evaluation)),
        ),
        class_="pair",
    )
    return together(
        [
            paragraph(measured_on(evaluation), look="lede"),
            heads,
            _attribute_table(evaluation),
            reliability,
            same_person(evaluation.verification),
            between_groups(evaluation.groups),
        ]
    )


def measured_on(evaluation: Evaluation) -> str:
    """On which pictures it was measured, and what the intervals mean, in sentences."""
    images = numbers.count(evaluation.images)
    sentences = [_pictures_of(evaluation.split, images)]
    if evaluation.people is not None:
        sentences.append(tr("They show {people} people.", people=numbers.count(evaluation.people)))
    if evaluation.resampled == "people":
        sentences.append(
            tr("Intervals hold 95% of the results when the people are drawn anew, again and again.")
        )
    else:
        sentences.append(
            tr(
                "Intervals hold 95% of the results when the pictures are drawn anew, again and again; who "
                "is in them is not known, so they may be too narrow."
            )
        )
    return " ".join(sentences)


def _pictures_of(split: Split, images: str) -> str:
    if split == "train":
        return tr(
            "Measured on the {images} pictures that it learnt from: this says how much it knows by heart, "
            "not how good it will be on new faces.",
            images=images,
        )
    if split == "val":
        return tr(
            "Measured on {images} validation pictures. It did not learn from them, but they chose the best "
            "epoch.",
            images=images,
        )
    return tr("Measured on {images} test pictures that had no part in its making.", images=images)


def _attribute_table(evaluation: Evaluation) -> Html:
    ranked = sorted(evaluation.attributes, key=_rank, reverse=True)
    gains = [result.accuracy.value - result.majority_baseline for result in ranked]
    finite = [gain for gain in gains if math.isfinite(gain)] or [0.0]
    rows = [
        [
            _attribute_name(result.name),
            numbers.percent(result.positive_share),
            _cell(result.balanced_accuracy),
            _cell(result.average_precision),
            _cell(result.accuracy),
            numbers.percent(result.majority_baseline),
            together(
                [
                    charts.difference_bar(gain, min(finite), max(finite)),
                    element("span", numbers.points(gain), class_="points"),
                ]
            ),
        ]
        for result, gain in zip(ranked, gains, strict=True)
    ]
    headings = [
        tr("Attribute"),
        tr("Pictures with it"),
        tr("Balanced accuracy"),
        tr("Average precision"),
        tr("Accuracy"),
        tr("Majority baseline"),
        tr("Gain in points"),
    ]
    notes = [
        tr("Ordered by balanced accuracy: what it reads best comes first."),
        tr(
            "The majority baseline is the accuracy of always giving the more frequent answer; the gain is "
            "what the network adds."
        ),
        tr("* The labels of this attribute are known to be close to random: read its figures with doubt."),
        tr("† An opinion of those who labelled the pictures, not a fact about anybody."),
    ]
    return together(
        [
            element("h3", tr("Attribute by attribute")),
            table(headings, rows, tr("Every attribute against the majority baseline"), "figures"),
            element("ul", *(element("li", note) for note in notes), class_="notes"),
        ]
    )


def _attribute_name(attribute: str) -> Html:
    name = spoken(attribute, current_language())
    mark = sign(attribute)
    return together([name, Html(f"<sup>{mark}</sup>") if mark else ""])


def _cell(estimate: Estimate) -> Html:
    span = numbers.interval(estimate)
    return together(
        [numbers.percent(estimate.value), element("span", span, class_="interval") if span else ""]
    )


def _rank(result: AttributeResult) -> float:
    value = result.balanced_accuracy.value
    return value if math.isfinite(value) else -1.0


def hardest(evaluation: Evaluation) -> Html:
    """A sentence on the three attributes with the lowest balanced accuracy."""
    known = [result for result in evaluation.attributes if _rank(result) >= 0]
    weakest = sorted(known, key=_rank)[:3]
    if not weakest:
        return Html("")
    names = ", ".join(
        f"{spoken(result.name, current_language())} ({numbers.percent(result.balanced_accuracy.value)})"
        for result in weakest
    )
    return paragraph(
        tr(
            "It finds these hardest (balanced accuracy, where always the same answer gets {share}): {names}.",
            share=numbers.percent(0.5, 0),
            names=names,
        )
    )


def _on_reliability(evaluation: Evaluation) -> str:
    return tr(
        "A network that says 80% should be right in 80 of 100 such cases: its dots would lie on the dashed "
        "line. On average this one is off by {gap} (0 would be perfect). Larger dots stand for more answers.",
        gap=numbers.percent(evaluation.reliability.expected_calibration_error),
    )


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else math.nan
