"""The same values as rich tables for the terminal. Names go in as `Text`, so markup in them stays text."""

from collections.abc import Mapping, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from semblante.labels import OPINIONS, POOR_LABELS, spoken
from semblante.report import figures
from semblante.report.person import method_text, too_thin_text, verdict_text
from semblante.text import current_language, say
from semblante.types import Answer, EpochRow, Estimate, Evaluation, Evidence

_NAMED = 3
"""How many of the names left out for one reason are shown."""
_STYLES = {"yes": "bold green", "no": "dim", "unsure": "yellow"}


def plain(name: str) -> Text:
    """A name of the user's as one line of text: no markup, no control signs."""
    return Text("".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in name))


def evaluation_table(evaluation: Evaluation) -> Table:
    """Each attribute, the best read first, and the means with their intervals in the last row."""
    table = Table(box=box.SIMPLE, show_footer=True, caption=_notes(), caption_justify="left")
    means = [
        figures.with_interval(evaluation.mean_accuracy),
        figures.percent(evaluation.mean_majority_baseline),
        figures.points(evaluation.mean_accuracy.value - evaluation.mean_majority_baseline),
        figures.with_interval(evaluation.mean_balanced_accuracy),
        figures.with_interval(evaluation.mean_average_precision),
    ]
    headings = [
        say("Accuracy"),
        say("Majority baseline"),
        say("Gain in points"),
        say("Balanced accuracy"),
        say("Average precision"),
    ]
    table.add_column(say("Attribute"), say("Mean of all"), footer_style="bold")
    for heading, mean in zip(headings, means, strict=True):
        table.add_column(heading, mean, justify="right", footer_style="bold")
    for result in sorted(evaluation.attributes, key=lambda each: _rank(each.balanced_accuracy), reverse=True):
        sign = "*" if result.name in POOR_LABELS else "†" if result.name in OPINIONS else ""
        gain = result.accuracy.value - result.majority_baseline
        table.add_row(
            spoken(result.name, current_language()) + sign,
            figures.with_interval(result.accuracy),
            figures.percent(result.majority_baseline),
            Text(figures.points(gain), style="green" if gain > 0 else "yellow"),
            figures.with_interval(result.balanced_accuracy),
            figures.with_interval(result.average_precision),
        )
    return table


def answers_table(answers: Sequence[Answer]) -> Table:
    """One line a photo: answer, probability, file, and the reason where there is no answer."""
    table = Table(box=box.SIMPLE)
    table.add_column(say("Answer"))
    table.add_column(say("Probability"), justify="right")
    table.add_column(say("Photo"), overflow="fold")
    table.add_column(say("Reason"), overflow="fold")
    for answer in answers:
        table.add_row(
            Text(verdict_text(answer.verdict), style=_STYLES[answer.verdict]),
            "—" if answer.probability is None else figures.probability(answer.probability),
            plain(answer.source),
            plain(answer.reason or ""),
        )
    return table


def epochs_table(rows: Sequence[EpochRow], best_epoch: int | None = None) -> Table:
    """The training so far, one line an epoch, the best one marked; made anew for each refresh."""
    table = Table(box=box.SIMPLE)
    for heading in (
        say("Epoch"),
        say("Training loss"),
        say("Validation loss"),
        say("Accuracy"),
        say("Majority baseline"),
        say("Balanced accuracy"),
        say("Learning rate"),
        say("Seconds"),
    ):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            figures.count(row.epoch) + (" *" if row.epoch == best_epoch else ""),
            figures.decimal(row.train_loss, 4),
            figures.decimal(row.val_loss, 4),
            figures.percent(row.accuracy, 2),
            figures.percent(row.majority_baseline, 2),
            figures.percent(row.balanced_accuracy, 2),
            f"{row.learning_rate:.1e}",
            figures.decimal(row.seconds, 1),
            style="bold" if row.epoch == best_epoch else None,
        )
    return table


def evidence_text(evidence: Evidence) -> str:
    """How well a person is told from others, in sentences; print it without markup."""
    return "\n".join(
        [
            method_text(evidence),
            _rate_text(evidence.tpr_at_fpr_1_percent, evidence, 100),
            _rate_text(evidence.tpr_at_fpr_01_percent, evidence, 1000),
        ]
    )


def left_out_table(left_out: Mapping[str, Sequence[str]]) -> Table:
    """Each reason (in words), how many rows or pictures it left out, and the first of their names."""
    table = Table(box=box.SIMPLE)
    table.add_column(say("Reason"), overflow="fold")
    table.add_column(say("Left out"), justify="right")
    table.add_column(say("For example"), overflow="fold")
    for reason, names in left_out.items():
        named = plain(", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else ""))
        table.add_row(plain(reason), figures.count(len(names)), named)
    return table


def _rate_text(rate: Estimate | None, evidence: Evidence, one_in: int) -> str:
    share = figures.short_percent(1 / one_in)
    found = too_thin_text(evidence, one_in) if rate is None else figures.with_interval(rate)
    return say("Recognised at a false-positive rate of {share}: {found}", share=share, found=found)


def _rank(estimate: Estimate) -> float:
    return estimate.value if estimate.value == estimate.value else -1.0


def _notes() -> str:
    return say(
        "In brackets: 95% intervals. Majority baseline: always the more frequent answer. "
        "* labels close to random. † an opinion, not a fact."
    )
