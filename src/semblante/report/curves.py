"""The four charts of the report: loss, rates, ROC and reliability, from the values in `semblante.types`."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from semblante.i18n import numbers, tr
from semblante.jobs import EpochRow
from semblante.metrics.results import Reliability, RocCurve
from semblante.report.charts import Axis, Line, Mark, chart, share_axis, ticks

_LARGEST_DOT, _SMALLEST_DOT = 9.0, 2.5


def loss_chart(history: Sequence[EpochRow], best_epoch: int | None) -> Markup:
    """Training and validation loss by epoch (at least one)."""
    train = tuple((row.epoch, row.train_loss) for row in history)
    val = tuple((row.epoch, row.val_loss) for row in history)
    highest = max((loss for _, loss in train + val if math.isfinite(loss)), default=0.0) or 1.0
    # A little above the highest loss: a value beyond its axis would be drawn on the edge, untruly.
    top = highest * 1.05
    steps = ticks(0.0, top)
    up = Axis(tr("loss"), 0.0, top, steps, lambda loss: numbers.decimal(loss, _decimals(steps[1])))
    return chart(
        tr("Loss: how far its answers are from the labels (lower is better)"),
        _epochs(history),
        up,
        [Line(tr("training pictures"), train, "second"), Line(tr("validation pictures"), val, "first")],
        _best(best_epoch),
    )


def rate_chart(history: Sequence[EpochRow], best_epoch: int | None) -> Markup:
    """Accuracy, balanced accuracy and the majority baseline by epoch (at least one)."""
    lines = [
        Line(tr("accuracy"), tuple((row.epoch, row.accuracy) for row in history), "first"),
        Line(tr("balanced accuracy"), tuple((row.epoch, row.balanced_accuracy) for row in history), "second"),
        Line(
            tr("always the more frequent answer"),
            tuple((row.epoch, row.majority_baseline) for row in history),
            "reference",
        ),
    ]
    lowest = min((up for line in lines for _, up in line.points if math.isfinite(up)), default=0.5)
    floor = min(0.5, math.floor(lowest * 10) / 10)
    return chart(
        tr("Right answers on validation pictures (higher is better)"),
        _epochs(history),
        share_axis(tr("share"), floor, 1.0),
        lines,
        _best(best_epoch),
    )


def roc_chart(roc: RocCurve, strangers: int) -> Markup:
    """True positives against false positives, the latter on a scale of powers of ten.

    The scale begins at the power of ten at or below 1 in `strangers`, the smallest rate they can show.
    """
    decades = min(5, max(2, math.ceil(math.log10(max(strangers, 1)) - 1e-9)))
    low = 10.0**-decades
    steps = tuple(10.0**-power for power in range(decades, -1, -1))
    guess = tuple((low ** (1 - k / 40), low ** (1 - k / 40)) for k in range(41))
    return chart(
        tr("Recognised against mistaken (ROC), area {area}", area=numbers.decimal(roc.area, 3)),
        Axis(
            tr("strangers taken for this person (FPR)"),
            low,
            1.0,
            steps,
            numbers.short_percent,
            log=True,
        ),
        share_axis(tr("photos recognised (TPR)")),
        [Line(tr("guessing"), guess, "reference"), Line(tr("measured"), _steps(roc), "first")],
    )


def reliability_chart(reliability: Reliability) -> Markup:
    """How often it was so against how sure the network was; a dot grows with its count of answers."""
    bins = [
        (said, true, count)
        for said, true, count in zip(
            reliability.mean_predicted, reliability.fraction_positive, reliability.counts, strict=True
        )
        if count and math.isfinite(said) and math.isfinite(true)
    ]
    most = max((count for *_, count in bins), default=1)
    radii = tuple(max(_SMALLEST_DOT, _LARGEST_DOT * math.sqrt(count / most)) for *_, count in bins)
    return chart(
        tr(
            "Predicted against observed (reliability); calibration error {gap}",
            gap=numbers.percent(reliability.expected_calibration_error),
        ),
        share_axis(tr("predicted probability")),
        share_axis(tr("observed share")),
        [
            Line(tr("perfect"), ((0.0, 0.0), (1.0, 1.0)), "reference"),
            Line(tr("measured"), tuple((said, true) for said, true, _ in bins), "first", radii),
        ],
    )


def _steps(roc: RocCurve) -> tuple[tuple[float, float], ...]:
    """The curve as steps: a rate between two thresholds is not reached before the second one.

    On a scale of powers of ten, a straight line from one to the other would promise too much.
    """
    points: list[tuple[float, float]] = []
    for false, true in zip(roc.false_positive_rate, roc.true_positive_rate, strict=True):
        if points:
            points.append((false, points[-1][1]))
        points.append((false, true))
    return tuple(points)


def _epochs(history: Sequence[EpochRow]) -> Axis:
    first, last = history[0].epoch, history[-1].epoch
    whole = tuple(tick for tick in ticks(first, last, 8) if float(tick).is_integer())
    return Axis(tr("epoch"), first, last, whole, lambda epoch: numbers.count(round(epoch)))


def _best(best_epoch: int | None) -> Mark | None:
    if best_epoch is None:
        return None
    return Mark(best_epoch, tr("best: epoch {epoch}", epoch=best_epoch))


def _decimals(step: float) -> int:
    return max(1, -math.floor(math.log10(step) + 1e-9))
