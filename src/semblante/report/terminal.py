"""The same values as rich tables for the terminal. Names go in as `Text`, so markup in them stays text."""

import math
from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from semblante.errors import Reason
from semblante.i18n import as_line, current_language, describe, numbers, tr
from semblante.jobs import EpochRow
from semblante.labels import sign, spoken
from semblante.metrics.results import Estimate, Evaluation, RocCurve
from semblante.person import Decision, HeldOutEvaluation
from semblante.report.matching import (
    group_name,
    groups_text,
    left_out_text,
    matching_text,
    not_verified_text,
    pairs_text,
    rates_text,
    threshold_text,
)
from semblante.report.person import method_text, too_thin_text, verdict_text

_NAMED = 3
"""How many of the names skipped for one reason are shown."""
_CLEAR_AREA = 0.9
"""Below this area under the ROC, most photos lie between a sure yes and a sure no."""
_UNKNOWN = "—"
"""What stands in a cell whose figure the data cannot give."""
_STYLES = {"yes": "bold green", "no": "dim", "unsure": "yellow"}


def plain(name: str) -> Text:
    """A name of the user's as one line of text: no markup, no control signs."""
    return Text(as_line(name))


def evaluation_table(evaluation: Evaluation) -> Group:
    """Each attribute, the best read first, and the means with their intervals; then pairs and groups.

    It fits a terminal of 80 columns, so each attribute comes without its intervals.
    """
    table = _narrow_table(show_footer=True)
    means = [
        _share(evaluation.mean_accuracy.value),
        _share(evaluation.mean_majority_baseline),
        _gain(evaluation.mean_accuracy.value - evaluation.mean_majority_baseline),
        _share(evaluation.mean_balanced_accuracy.value),
        _share(evaluation.mean_average_precision.value),
    ]
    headings = [tr("Accuracy"), tr("Baseline"), tr("Gain"), tr("Balanced"), tr("Av. prec.")]
    table.add_column(tr("Attribute"), tr("Mean of all"), footer_style="bold", no_wrap=True)
    for heading, mean in zip(headings, means, strict=True):
        table.add_column(heading, mean, justify="right", footer_style="bold", no_wrap=True)
    for result in sorted(evaluation.attributes, key=lambda each: _rank(each.balanced_accuracy), reverse=True):
        gain = result.accuracy.value - result.majority_baseline
        table.add_row(
            spoken(result.name, current_language()) + sign(result.name),
            _share(result.accuracy.value),
            _share(result.majority_baseline),
            Text(_gain(gain), style="green" if gain > 0 else "yellow"),
            _share(result.balanced_accuracy.value),
            _share(result.average_precision.value),
        )
    notes = Text(_notes(), style="dim italic")
    return Group(table, _means(evaluation), notes, *_pairs(evaluation), *_groups(evaluation))


def answers_table(answers: Sequence[Decision]) -> Table:
    """One line a photo, in the order of `_order`: answer, probability, file, and why there is no answer."""
    table = Table(box=box.SIMPLE)
    table.add_column(tr("Answer"), no_wrap=True)
    table.add_column(tr("Probability"), justify="right", no_wrap=True)
    table.add_column(tr("Photo"), overflow="fold")
    table.add_column(tr("Reason"), overflow="fold")
    for answer in sorted(answers, key=_order):
        table.add_row(
            _said(answer),
            _UNKNOWN if answer.probability is None else numbers.probability(answer.probability),
            plain(answer.source),
            plain(describe(answer.reason) if answer.reason else ""),
        )
    return table


def _said(answer: Decision) -> Text:
    """The verdict; none where the photo could not be read, which is no doubt about who is in it."""
    if answer.verdict == "unsure" and answer.probability is None:
        return Text(_UNKNOWN)
    return Text(verdict_text(answer.verdict), style=_STYLES[answer.verdict])


def epochs_table(rows: Sequence[EpochRow], best_epoch: int | None = None) -> Table:
    """The training so far, one line an epoch, the best one marked; made anew for each refresh.

    TAR is the true accept rate at a false accept rate of 0.1 %. It fits a terminal of 80 columns.
    """
    table = _narrow_table()
    for heading in (
        tr("Epoch"),
        tr("Train. loss"),
        tr("Val. loss"),
        tr("Accuracy"),
        tr("Baseline"),
        tr("Balanced"),
        "TAR",
        "s",
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            numbers.count(row.epoch) + (" *" if row.epoch == best_epoch else ""),
            _number(row.train_loss, 4),
            _number(row.val_loss, 4),
            _share(row.accuracy, 2),
            _share(row.majority_baseline, 2),
            _share(row.balanced_accuracy, 2),
            _UNKNOWN if row.true_accept_rate is None else _share(row.true_accept_rate, 1),
            _number(row.seconds, 1),
            style="bold" if row.epoch == best_epoch else None,
        )
    return table


def evidence_text(evidence: HeldOutEvaluation) -> str:
    """How well a person is told from others, in sentences; print it without markup."""
    sentences = [
        method_text(evidence),
        _rate_text(evidence.tpr_at_fpr_1_percent, evidence, 100),
        _rate_text(evidence.tpr_at_fpr_01_percent, evidence, 1000),
    ]
    if evidence.roc.area < _CLEAR_AREA or _mostly_unsure(evidence.roc):
        sentences.append(
            tr(
                "With these photos and this network most answers will be “unsure” (area under the ROC: "
                "{area}). More photos, or a better network, will help.",
                area=numbers.percent(evidence.roc.area, 0),
            )
        )
    return "\n".join(sentences)


def skipped_table(skipped: Mapping[str, Sequence[str]]) -> Table:
    """Each issue of a row, how many rows or pictures were skipped for it, and the first of their names."""
    table = Table(box=box.SIMPLE)
    table.add_column(tr("Reason"), overflow="fold")
    table.add_column(tr("Left out"), justify="right")
    table.add_column(tr("For example"), overflow="fold")
    for issue, names in skipped.items():
        named = plain(", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else ""))
        table.add_row(plain(describe(Reason(issue))), numbers.count(len(names)), named)
    return table


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


def _rank(estimate: Estimate) -> float:
    return estimate.value if math.isfinite(estimate.value) else -1.0


def _order(answer: Decision) -> tuple[bool, int, float]:
    """Yes, unsure, no, each by falling probability; photos without one come last."""
    if answer.probability is None:
        return True, 0, 0.0
    return False, ("yes", "unsure", "no").index(answer.verdict), -answer.probability


def _narrow_table(show_footer: bool = False) -> Table:
    """A table whose columns stand as close as they can without touching."""
    return Table(box=box.SIMPLE, show_footer=show_footer, pad_edge=False, collapse_padding=True)


def _number(number: float, digits: int) -> str:
    return numbers.decimal(number, digits) if math.isfinite(number) else _UNKNOWN


def _share(share: float, digits: int = 1) -> str:
    return numbers.percent(share, digits) if math.isfinite(share) else _UNKNOWN


def _gain(gain: float) -> str:
    return numbers.points(gain) if math.isfinite(gain) else _UNKNOWN


def _means(evaluation: Evaluation) -> Table:
    """The means with their intervals, a line each."""
    table = Table.grid(padding=(0, 2))
    for name, mean in (
        (tr("Accuracy"), evaluation.mean_accuracy),
        (tr("Balanced accuracy"), evaluation.mean_balanced_accuracy),
        (tr("Average precision"), evaluation.mean_average_precision),
    ):
        table.add_row(name, numbers.with_interval(mean))
    return table


def _notes() -> str:
    return tr(
        "In brackets: 95% intervals of the means; all intervals are in the JSON and the HTML. "
        "Baseline: always the more frequent answer. Gain: percentage points above it. "
        "* labels close to random. † an opinion, not a fact. — cannot be said."
    )


def _pairs(evaluation: Evaluation) -> list[RenderableType]:
    """How many pairs of one person are accepted, and what that means."""
    verification = evaluation.verification
    if verification is None:
        return [Text(f"\n{not_verified_text()}", style="dim italic")]
    table = _narrow_table()
    for heading in (tr("False accept rate"), tr("True accept rate"), tr("Similarity above")):
        table.add_column(heading, justify="right", no_wrap=True)
    for rate in verification.rates:
        accepted = rate.true_accept_rate
        table.add_row(
            numbers.short_percent(rate.false_accept_rate),
            tr("cannot be said") if accepted is None else numbers.with_interval(accepted),
            threshold_text(rate),
        )
    return [table, Text(f"{pairs_text(verification)} {rates_text()}", style="dim italic")]


def _groups(evaluation: Evaluation) -> list[RenderableType]:
    """Each group's figures without their intervals, and what they mean."""
    if not evaluation.groups:
        return []
    table = _narrow_table()
    table.add_column(tr("Group"), no_wrap=True)
    for heading in (
        tr("Pictures"),
        tr("Accuracy"),
        tr("Baseline"),
        tr("Balanced"),
        tr("People"),
        "FMR",
        "FNMR",
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for group in evaluation.groups:
        matching = group.matching
        rates = (None, None) if not matching else (matching.false_match_rate, matching.false_non_match_rate)
        table.add_row(
            group_name(group),
            numbers.count(group.images),
            _share(group.mean_accuracy.value),
            _share(group.mean_majority_baseline),
            _share(group.mean_balanced_accuracy.value),
            numbers.count(matching.people) if matching else _UNKNOWN,
            *(_UNKNOWN if rate is None else _share(rate.value, 2) for rate in rates),
        )
    notes = (groups_text(), left_out_text(evaluation.groups), matching_text(evaluation.groups))
    return [table, *(Text(note, style="dim italic") for note in notes if note)]
