"""Pairs of pictures and groups of people in the report: what is told apart, and whether for all alike."""

from collections.abc import Sequence

from semblante.i18n import current_language, numbers, tr
from semblante.labels import spoken
from semblante.metrics.results import AcceptRate, Estimate, GroupResult, Verification
from semblante.report.chapter import paragraph, table
from semblante.report.html import Html, element, together


def same_person(verification: Verification | None) -> Html:
    """How many pairs of one person are accepted, and how few of different people."""
    heading = element("h3", tr("Does it see that two pictures show one person?"))
    if verification is None:
        return together([heading, paragraph(not_verified_text())])
    rows = [
        [
            numbers.short_percent(rate.false_accept_rate),
            _cell(rate.true_accept_rate, 1),
            threshold_text(rate),
        ]
        for rate in verification.rates
    ]
    headings = [tr("False accept rate"), tr("True accept rate"), tr("Similarity above")]
    caption = tr("Pairs of one person that are accepted, by how many of different people are")
    return together(
        [
            heading,
            paragraph(pairs_text(verification), rates_text()),
            table(headings, rows, caption, "counts"),
        ]
    )


def between_groups(groups: Sequence[GroupResult]) -> Html:
    """Each group's accuracies and error rates of pairs, with intervals and counts."""
    if not groups:
        return Html("")
    headings = [
        tr("Group"),
        tr("Pictures"),
        tr("Accuracy"),
        tr("Majority baseline"),
        tr("Balanced accuracy"),
        tr("People"),
        tr("False match rate"),
        tr("False non-match rate"),
    ]
    notes = [left_out_text(groups), matching_text(groups)]
    return together(
        [
            element("h3", tr("Is it as good for everybody?")),
            paragraph(groups_text()),
            table(headings, [_row(group) for group in groups], tr("Group by group"), "figures"),
            element("ul", *(element("li", note) for note in notes if note), class_="notes"),
        ]
    )


def group_name(group: GroupResult) -> str:
    """The label in the reader's language, or that it is missing."""
    name = spoken(group.attribute, current_language())
    return name if group.labelled else tr("not {attribute}", attribute=name)


def threshold_text(rate: AcceptRate) -> str:
    """The similarity that a pair must exceed."""
    return tr("cannot be said") if rate.threshold is None else numbers.decimal(rate.threshold, 3)


def not_verified_text() -> str:
    """Why there are no pairs."""
    return tr(
        "Pairs of pictures were not compared: who is in them is not known, or this network says too many "
        "numbers of each picture."
    )


def pairs_text(verification: Verification) -> str:
    """Which pairs were compared, in a sentence."""
    return tr(
        "All pairs of {images} pictures of {people} people were compared: {genuine} pairs of one person and "
        "{impostors} of two different ones.",
        images=numbers.count(verification.images),
        people=numbers.count(verification.people),
        genuine=numbers.count(verification.genuine_pairs),
        impostors=numbers.count(verification.impostor_pairs),
    )


def rates_text() -> str:
    """What the two rates mean, in sentences."""
    return tr(
        "The false accept rate is the share of pairs of different people that are taken for one person; the "
        "true accept rate is the share of pairs of one person that are accepted then. Guessing accepts as "
        "many of the one as of the other."
    )


def groups_text() -> str:
    """What the groups are, in sentences."""
    return tr(
        "Groups are formed by two labels, which are what people thought they saw, not facts about anybody. "
        "A person belongs where most of that person's pictures do. Where intervals are wide, a group is too "
        "small for a verdict."
    )


def left_out_text(groups: Sequence[GroupResult]) -> str:
    """Which attributes are in no balanced accuracy, or nothing."""
    left_out = {group.attribute: group.left_out for group in groups if group.left_out}
    language = current_language()
    named = [
        f"{spoken(label, language)}: {', '.join(spoken(name, language) for name in names)}"
        for label, names in left_out.items()
    ]
    if not named:
        return ""
    return tr(
        "The balanced accuracy leaves out what always or never occurs in one of a label's two groups: "
        "{names}.",
        names="; ".join(named),
    )


def matching_text(groups: Sequence[GroupResult]) -> str:
    """What the error rates of pairs within a group mean, or nothing where there are none."""
    rates = {group.matching.at_false_accept_rate for group in groups if group.matching}
    if not rates:
        return ""
    return tr(
        "One threshold serves everybody: it takes {share} of all pairs of different people for one person. "
        "With it, the false match rate (FMR) is the share of the pairs of different people within the group "
        "that are taken for one person, and the false non-match rate (FNMR) that of pairs of one person that "
        "are not. People of one group tend to resemble each other more than people of different groups, so "
        "it is the difference between the groups that counts.",
        share=numbers.short_percent(max(rates)),
    )


def _row(group: GroupResult) -> list[str]:
    matching = group.matching
    return [
        group_name(group),
        numbers.count(group.images),
        _cell(group.mean_accuracy, 1),
        numbers.percent(group.mean_majority_baseline),
        _cell(group.mean_balanced_accuracy, 1),
        "—" if matching is None else numbers.count(matching.people),
        "—" if matching is None else _of(matching.false_match_rate, matching.impostor_pairs),
        "—" if matching is None else _of(matching.false_non_match_rate, matching.genuine_pairs),
    ]


def _of(rate: Estimate | None, pairs: int) -> Html:
    """An error rate with its interval, and of how many pairs it is."""
    of_pairs = tr("of {pairs} pairs", pairs=numbers.count(pairs))
    return together([_cell(rate, 2), element("span", of_pairs, class_="interval")])


def _cell(estimate: Estimate | None, digits: int) -> Html:
    if estimate is None:
        return together([tr("cannot be said")])
    span = numbers.interval(estimate, digits)
    return together(
        [numbers.percent(estimate.value, digits), element("span", span, class_="interval") if span else ""]
    )
