"""Numbers as English and Spanish write them: 91.2% and 91,2 %; of nan it says that it cannot be said."""

import math

from semblante.i18n.catalogue import tr
from semblante.i18n.language import count, localised
from semblante.metrics.results import Estimate

__all__ = [
    "count",
    "decimal",
    "interval",
    "percent",
    "points",
    "probability",
    "short_percent",
    "with_interval",
]

_HARD_SPACE = "\N{NO-BREAK SPACE}"
_MINUS = "\N{MINUS SIGN}"


def decimal(number: float, digits: int = 2) -> str:
    """A number with a fixed count of decimals."""
    if not math.isfinite(number):
        return tr("cannot be said")
    return localised(_rounded(number, digits))


def percent(share: float, digits: int = 1) -> str:
    """A share of 1 as a percentage."""
    return localised(f"{_rounded(100 * share, digits)}%") if math.isfinite(share) else decimal(share)


def short_percent(share: float) -> str:
    """A round share with no more decimals than it needs: 1%, 0.1%."""
    return percent(share, max(0, -math.floor(math.log10(100 * share) + 1e-9)))


def probability(share: float) -> str:
    """A probability as a percentage that never claims to be certain."""
    if share > 0.999:
        return f">{_HARD_SPACE}{percent(0.999)}"
    if share < 0.001:
        return f"<{_HARD_SPACE}{percent(0.001)}"
    return percent(share)


def points(difference: float) -> str:
    """The difference of two shares, in percentage points with its sign."""
    if not math.isfinite(difference):
        return decimal(difference)
    text = decimal(100 * difference, 1)
    return text if text.startswith(_MINUS) else f"+{text}"


def interval(estimate: Estimate, digits: int = 1) -> str:
    """The 95 % interval of a share, or nothing where there is none."""
    if not (math.isfinite(estimate.low) and math.isfinite(estimate.high)):
        return ""
    return f"{decimal(100 * estimate.low, digits)}–{percent(estimate.high, digits)}"


def with_interval(estimate: Estimate) -> str:
    """The share and its interval in one line: 91.2% (90.1–92.3%)."""
    value, span = percent(estimate.value), interval(estimate)
    return f"{value} ({span})" if span else value


def _rounded(number: float, digits: int) -> str:
    # Adding zero turns the negative zero that rounding may leave into zero.
    return f"{round(number, digits) + 0.0:.{digits}f}".replace("-", _MINUS)
