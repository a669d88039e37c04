"""The attributes of a photo for the terminal: the surest first, in columns as wide as they need be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.text import Text

from semblante.i18n import current_language, numbers, tr
from semblante.labels import ATTRIBUTES, OPINIONS, POOR_LABELS, doubt, sign, spoken
from semblante.metrics import sigmoid
from semblante.report.limits import doubt_text


@dataclass(frozen=True)
class Listing:
    """What to show of a photo's attributes, and whether a sigmoid of a logit may be called a probability."""

    calibrated: bool
    opinions: bool = False
    missing: bool = False

    def asked(self, logits: Mapping[str, float]) -> dict[str, float]:
        """The logits without the opinions, unless those are asked for; the surest yes first."""
        kept = {name: logit for name, logit in logits.items() if self.opinions or name not in OPINIONS}
        return dict(sorted(kept.items(), key=lambda item: -item[1]))

    def show(self, logits: Mapping[str, float]) -> Group:
        """The attributes found; beneath, where asked for, those that are not."""
        asked = self.asked(logits)
        found = {name: logit for name, logit in asked.items() if logit > 0}
        parts: list[RenderableType] = [self._columns(found, "") if found else Text(tr("nothing found"))]
        if self.missing:
            others = {name: logit for name, logit in asked.items() if name not in found}
            parts += [Text(tr("not found:"), style="dim"), self._columns(others, "dim")]
        return Group(*parts)

    def notes(self, shown: Sequence[Mapping[str, float]]) -> list[str]:
        """What the signs among the attributes of the photos `shown` mean."""
        names = {
            name
            for logits in shown
            for name, logit in self.asked(logits).items()
            if self.missing or logit > 0
        }
        notes = []
        if names & POOR_LABELS:
            notes.append(tr("* Annotators agree on this attribute hardly better than chance."))
        if names & OPINIONS:
            notes.append(tr("† An opinion of those who labelled the pictures, not a fact about anybody."))
        doubted = (name for name in ATTRIBUTES if name in names and _sign(name) == "‡")
        return notes + [f"‡ {spoken(name, current_language())}: {doubt_text(name)}." for name in doubted]

    def _columns(self, logits: Mapping[str, float], style: str) -> Columns:
        names = [spoken(name, current_language()) + _sign(name) for name in logits]
        values = self._values(list(logits.values()))
        wide_name, wide_value = max(map(len, names)), max(map(len, values))
        cells = [
            Text(f"{name:<{wide_name}} {value:>{wide_value}}", style=style, no_wrap=True)
            for name, value in zip(names, values, strict=True)
        ]
        return Columns(cells, padding=(0, 3), equal=True, column_first=True)

    def _values(self, logits: Sequence[float]) -> list[str]:
        if self.calibrated:
            return [numbers.probability(chance) for chance in sigmoid(np.array(logits)).tolist()]
        return ["+" * (logit > 0) + numbers.decimal(logit, 1) for logit in logits]


def _sign(attribute: str) -> str:
    """What stands behind an attribute's name; ‡ where a note tells a doubt of its own."""
    return sign(attribute) or ("‡" if doubt(attribute) else "")


def believing_text(calibration_error: float | None, calibrated: bool) -> str:
    """How far the figures beside the attributes are to be believed."""
    if calibration_error is None:
        return tr(
            "The score is not a probability: above 0 is a yes, and the higher, the surer. How far this "
            "network's probabilities are off was not measured."
        )
    gap = numbers.percent(calibration_error)
    if not calibrated:
        return tr(
            "The score is not a probability: above 0 is a yes, and the higher, the surer. This network's "
            "probabilities are off by {gap} on average, too far to be shown.",
            gap=gap,
        )
    return tr(
        "On validation photos these probabilities were off by {gap} on average, all attributes taken "
        "together. On photos unlike CelebA's they may be off by more.",
        gap=gap,
    )
