"""How well a person is told from others, and what was answered of photos: in sentences and a table."""

import math
from collections.abc import Sequence

from semblante.i18n import describe, numbers, tr
from semblante.metrics.results import Estimate, RocCurve
from semblante.metrics.scores import MIN_POSITIVES
from semblante.person import Decision, HeldOutEvaluation
from semblante.report.blocks import UNKNOWN, Cell, Column, Table, sentences

_CLEAR_AREA = 0.9
"""Below this area under the ROC, most photos lie between a sure yes and a sure no."""


def answers_table(answers: Sequence[Decision]) -> Table:
    """One line a photo: answer, probability, file, and why there is no answer.

    First yes, then unsure, then no, each by falling probability; photos without one come last.
    """
    columns = (
        Column("answer", tr("Answer"), align="left"),
        Column("probability", tr("Probability")),
        Column("photo", tr("Photo"), align="left", folds=True),
        Column("reason", tr("Reason"), align="left", folds=True),
    )
    rows = tuple(
        (
            # Where the photo could not be read there is no verdict: that is no doubt about who is in it.
            Cell(UNKNOWN)
            if answer.verdict == "unsure" and answer.probability is None
            else Cell(verdict_text(answer.verdict), look=answer.verdict),
            Cell(UNKNOWN if answer.probability is None else numbers.probability(answer.probability)),
            Cell("", names=(answer.source,)),
            Cell(describe(answer.reason) if answer.reason else ""),
        )
        for answer in sorted(answers, key=_order)
    )
    return Table(columns, rows)


def evidence_text(evidence: HeldOutEvaluation) -> str:
    """How well a person is told from others, in sentences; print it without markup."""
    lines = [
        method_text(evidence),
        _rate_text(evidence.tpr_at_fpr_1_percent, evidence, 100),
        _rate_text(evidence.tpr_at_fpr_01_percent, evidence, 1000),
    ]
    if evidence.roc.area < _CLEAR_AREA or _mostly_unsure(evidence.roc):
        lines.append(
            tr(
                "With these photos and this network most answers will be “unsure” (area under the ROC: "
                "{area}). More photos, or a better network, will help.",
                area=numbers.percent(evidence.roc.area, 0),
            )
        )
    return "\n".join(lines)


def method_text(evidence: HeldOutEvaluation) -> str:
    """Where the evidence comes from, in a sentence or two."""
    counts = {"mine": evidence.photos_of_person, "others": evidence.photos_of_others}
    return sentences(
        tr(
            "It was measured on {mine} photos of this person and {others} of others that were kept apart.",
            **counts,
        )
        if evidence.method == "validation"
        else tr(
            "It was measured by cross-validation on {mine} photos of this person and {others} of others: "
            "each photo is judged by a neuron that never saw it.",
            **counts,
        ),
        tr(
            "{count} of the others are background faces of the model; they were held out in turn.",
            count=evidence.background,
        )
        if evidence.background
        else "",
    )


def too_thin_text(evidence: HeldOutEvaluation, strangers_needed: int) -> str:
    """Why a rate is missing: too few strangers, or else too few photos of the person."""
    if evidence.photos_of_others < strangers_needed:
        return tr(
            "The evidence is too thin to say (photos of others: {strangers}; needed: {needed}).",
            strangers=evidence.photos_of_others,
            needed=strangers_needed,
        )
    return tr(
        "The evidence is too thin to say (photos of this person: {photos}; needed: {needed}).",
        photos=evidence.photos_of_person,
        needed=MIN_POSITIVES,
    )


def verdict_text(verdict: str) -> str:
    """The verdict in the reader's language."""
    return {"yes": tr("yes"), "no": tr("no"), "unsure": tr("unsure")}[verdict]


def _rate_text(rate: Estimate | None, evidence: HeldOutEvaluation, one_in: int) -> str:
    share = numbers.short_percent(1 / one_in)
    found = too_thin_text(evidence, one_in) if rate is None else numbers.with_interval(rate)
    return tr("Recognised at a false-positive rate of {share}: {found}", share=share, found=found)


def _mostly_unsure(roc: RocCurve) -> bool:
    """Whether thresholds that seldom err decide fewer than half of either kind of photo.

    A yes must stay within 1 % of false positives; a no must keep 97.5 % of the person's photos.
    """
    rates = list(zip(roc.false_positive_rate, roc.true_positive_rate, strict=True))
    surely_yes = max((true for false, true in rates if false <= 0.01), default=math.nan)
    surely_no = 1.0 - min((false for false, true in rates if true >= 0.975), default=math.nan)
    return surely_yes < 0.5 and surely_no < 0.5


def _order(answer: Decision) -> tuple[bool, int, float]:
    """Yes, unsure, no, each by falling probability; photos without one come last."""
    if answer.probability is None:
        return True, 0, 0.0
    return False, ("yes", "unsure", "no").index(answer.verdict), -answer.probability
