"""An evaluation in words and tables: means against guessing, attributes, calibration, pairs and groups."""

import math
from collections.abc import Sequence
from dataclasses import replace

from semblante.i18n import current_language, numbers, tr
from semblante.labels import sign, spoken
from semblante.metrics.results import AcceptRate, Evaluation, GroupResult, Verification
from semblante.report import charts
from semblante.report.blocks import (
    Block,
    Bullets,
    Cell,
    Chart,
    Column,
    Heading,
    Headline,
    Headlines,
    Paragraph,
    SideBySide,
    Table,
    count_cell,
    estimate_cell,
    sentences,
    share_cell,
)
from semblante.report.curves import reliability_chart
from semblante.report.limits import doubt_text
from semblante.report.wording import (
    attribute_notes,
    groups_text,
    left_out_text,
    matching_text,
    measured_on,
    not_verified_text,
    pairs_text,
    rank,
    rates_text,
    reliability_text,
)
from semblante.types import Terms


def evaluation_blocks(evaluation: Evaluation) -> list[Block]:
    """What the page says of it: all figures with their intervals, and charts."""
    return [
        Paragraph(measured_on(evaluation), "lede"),
        _means_in_large(evaluation),
        Heading(tr("Attribute by attribute")),
        attribute_table(evaluation).select(
            "attribute", "frequency", "balanced", "precision", "accuracy", "baseline", "gain"
        ),
        Bullets(attribute_notes(evaluation.terms), "notes"),
        SideBySide(
            (
                (Chart(reliability_chart(evaluation.reliability)),),
                (
                    Heading(tr("Can its probabilities be believed?")),
                    Paragraph(reliability_text(evaluation)),
                ),
            )
        ),
        Heading(tr("Does it see that two pictures show one person?")),
        *_pairs(evaluation.verification),
        *_groups(evaluation.groups, evaluation.terms),
    ]


def evaluation_summary(evaluation: Evaluation) -> list[Block]:
    """What fits a terminal of 80 columns: attributes and groups come without their intervals."""
    verification, groups = evaluation.verification, evaluation.groups
    blocks: list[Block] = [
        attribute_table(evaluation).select(
            "attribute", "accuracy", "baseline", "gain", "balanced", "precision", brief=True
        ),
        _means(evaluation),
        Paragraph(
            sentences(
                tr(
                    "In brackets: 95% intervals of the means; all intervals are in the JSON and the HTML. "
                    "Baseline: always the more frequent answer. Gain: percentage points above it. "
                    "— cannot be said."
                ),
                tr("* labels close to random. † an opinion, not a fact.") if _has_doubts(evaluation) else "",
            ),
            "note",
        ),
    ]
    if verification is None:
        blocks.append(Paragraph(f"\n{not_verified_text()}", "note"))
    else:
        blocks += [pairs_table(verification), Paragraph(f"{pairs_text(verification)} {rates_text()}", "note")]
    if groups:
        keys = ("group", "images", "accuracy", "baseline", "balanced", "people", "fmr", "fnmr")
        blocks.append(group_table(groups).select(*keys, brief=True))
        notes = (groups_text(evaluation.terms), left_out_text(groups), matching_text(groups))
        blocks += [Paragraph(note, "note") for note in notes]
    return blocks


def _has_doubts(evaluation: Evaluation) -> bool:
    """Whether labels may be opinions or close to random: not those that faces were drawn of."""
    return evaluation.terms == "celeba"


def attribute_table(evaluation: Evaluation, marks: bool = True) -> Table:
    """Each attribute, the best read first; `marks` show which labels are opinions or close to random."""
    marks = marks and _has_doubts(evaluation)
    ranked = sorted(evaluation.attributes, key=rank, reverse=True)
    gains = [result.accuracy.value - result.majority_baseline for result in ranked]
    finite = [gain for gain in gains if math.isfinite(gain)] or [0.0]
    rows = tuple(
        (
            Cell(spoken(result.name, current_language()), mark=sign(result.name) if marks else ""),
            share_cell(result.positive_share),
            estimate_cell(result.balanced_accuracy),
            estimate_cell(result.average_precision),
            estimate_cell(result.accuracy),
            share_cell(result.majority_baseline),
            replace(_gain(gain), chart=charts.difference_bar(gain, min(finite), max(finite))),
            Cell(doubt_text(result.name)),
        )
        for result, gain in zip(ranked, gains, strict=True)
    )
    baseline = evaluation.mean_majority_baseline
    footer = (
        Cell(tr("Mean of all")),
        Cell(""),
        share_cell(evaluation.mean_balanced_accuracy.value),
        share_cell(evaluation.mean_average_precision.value),
        share_cell(evaluation.mean_accuracy.value),
        share_cell(baseline),
        replace(_gain(evaluation.mean_accuracy.value - baseline), look=""),
        Cell(""),
    )
    columns = (
        Column("attribute", tr("Attribute"), align="left"),
        Column("frequency", tr("Pictures with it")),
        Column("balanced", tr("Balanced accuracy"), tr("Balanced")),
        Column("precision", tr("Average precision"), tr("Av. prec.")),
        Column("accuracy", tr("Accuracy")),
        Column("baseline", tr("Majority baseline"), tr("Baseline")),
        Column("gain", tr("Gain in points"), tr("Gain")),
        Column("doubt", tr("Its labels"), align="left", folds=True),
    )
    return Table(columns, rows, tr("Every attribute against the majority baseline"), footer=footer)


def pairs_table(verification: Verification) -> Table:
    """How many pairs of one person are accepted, by how many of different people are."""
    columns = (
        Column("far", tr("False accept rate")),
        Column("tar", tr("True accept rate")),
        Column("threshold", tr("Similarity above")),
    )
    rows = tuple(
        (
            Cell(numbers.short_percent(rate.false_accept_rate)),
            estimate_cell(rate.true_accept_rate),
            _threshold(rate),
        )
        for rate in verification.rates
    )
    caption = tr("Pairs of one person that are accepted, by how many of different people are")
    return Table(columns, rows, caption, "counts")


def group_table(groups: Sequence[GroupResult]) -> Table:
    """Each group's accuracies and error rates of pairs, with intervals and counts."""
    columns = (
        Column("group", tr("Group"), align="left"),
        Column("images", tr("Pictures")),
        Column("accuracy", tr("Accuracy")),
        Column("baseline", tr("Majority baseline"), tr("Baseline")),
        Column("balanced", tr("Balanced accuracy"), tr("Balanced")),
        Column("people", tr("People")),
        Column("fmr", tr("False match rate"), "FMR"),
        Column("fnmr", tr("False non-match rate"), "FNMR"),
    )
    return Table(columns, tuple(_group_row(group) for group in groups), tr("Group by group"))


def mean_positive_share(evaluation: Evaluation) -> float:
    """The average precision of a random order: the mean share of yes."""
    shares = [result.positive_share for result in evaluation.attributes]
    return math.fsum(shares) / len(shares) if shares else math.nan


def _means_in_large(evaluation: Evaluation) -> Headlines:
    baseline, shuffled = evaluation.mean_majority_baseline, mean_positive_share(evaluation)
    return Headlines(
        (
            Headline(
                tr("Accuracy"),
                tr("answers that agree with the label"),
                evaluation.mean_accuracy,
                baseline,
                tr("always the more frequent answer: {baseline}", baseline=numbers.percent(baseline)),
            ),
            Headline(
                tr("Balanced accuracy"),
                tr("the same, with yes and no counting alike"),
                evaluation.mean_balanced_accuracy,
                0.5,
                tr("always the same answer: {share}", share=numbers.percent(0.5, 0)),
            ),
            Headline(
                tr("Average precision"),
                tr("how well it puts the yes pictures first"),
                evaluation.mean_average_precision,
                shuffled,
                tr("in random order: {share}", share=numbers.percent(shuffled)),
            ),
        )
    )


def _means(evaluation: Evaluation) -> Table:
    """The means with their intervals, a line each."""
    columns = (Column("name", "", align="left"), Column("mean", "", align="left"))
    means = (
        (tr("Accuracy"), evaluation.mean_accuracy),
        (tr("Balanced accuracy"), evaluation.mean_balanced_accuracy),
        (tr("Average precision"), evaluation.mean_average_precision),
    )
    return Table(columns, tuple((Cell(name), Cell(numbers.with_interval(mean))) for name, mean in means))


def _pairs(verification: Verification | None) -> list[Block]:
    if verification is None:
        return [Paragraph(not_verified_text())]
    return [Paragraph(sentences(pairs_text(verification), rates_text())), pairs_table(verification)]


def _groups(groups: Sequence[GroupResult], terms: Terms) -> list[Block]:
    if not groups:
        return []
    return [
        Heading(tr("Is it as good for everybody?")),
        Paragraph(groups_text(terms)),
        group_table(groups),
        Bullets((left_out_text(groups), matching_text(groups)), "notes"),
    ]


def _group_row(group: GroupResult) -> tuple[Cell, ...]:
    matching, absent = group.matching, count_cell(None)
    figures = (
        Cell(_group_name(group)),
        count_cell(group.images),
        estimate_cell(group.mean_accuracy),
        share_cell(group.mean_majority_baseline),
        estimate_cell(group.mean_balanced_accuracy),
    )
    if matching is None:
        return (*figures, absent, absent, absent)
    return (
        *figures,
        count_cell(matching.people),
        estimate_cell(matching.false_match_rate, 2, tr("of {pairs} pairs", pairs=matching.impostor_pairs)),
        estimate_cell(matching.false_non_match_rate, 2, tr("of {pairs} pairs", pairs=matching.genuine_pairs)),
    )


def _group_name(group: GroupResult) -> str:
    """The label in the reader's language, or that it is missing."""
    name = spoken(group.attribute, current_language())
    return name if group.labelled else tr("not {attribute}", attribute=name)


def _threshold(rate: AcceptRate) -> Cell:
    """The similarity that a pair must exceed."""
    if rate.threshold is None:
        return replace(count_cell(None), unknown=True)
    return Cell(numbers.decimal(rate.threshold, 3))


def _gain(gain: float) -> Cell:
    if not math.isfinite(gain):
        return share_cell(gain)
    return Cell(numbers.points(gain), look="gain" if gain > 0 else "loss")
