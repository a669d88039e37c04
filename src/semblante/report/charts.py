"""Line charts and small bars as inline SVG: crisp on paper, no library, colours from the page's style.

Data come in as numbers; a chart goes out as a `<figure>` whose label says in words what the lines show.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup, escape

from semblante.i18n import numbers, tr

WIDTH, HEIGHT = 480, 300
LEFT, RIGHT, TOP, BOTTOM = 66, 456, 14, 252
"""Where the plotting area of a chart begins and ends, in the units of its view box."""
BAR_WIDTH, BAR_HEIGHT = 120, 14


@dataclass(frozen=True)
class Axis:
    """One axis: what it shows, its ends, its ticks, and how a tick is written."""

    label: str
    low: float
    high: float
    ticks: tuple[float, ...]
    as_text: Callable[[float], str]
    log: bool = False

    def place(self, value: float, start: float, end: float) -> float:
        """Where `value` lies between `start` and `end`; values beyond the axis lie on its end."""
        low, high, value = (_log10(v) if self.log else v for v in (self.low, self.high, value))
        share = (value - low) / (high - low) if high > low else 0.5
        return start + min(1.0, max(0.0, share)) * (end - start)


@dataclass(frozen=True)
class Line:
    """One line of a chart. `radii` draws a dot at each point; a point with nan is left out."""

    name: str
    points: tuple[tuple[float, float], ...]
    look: Literal["first", "second", "reference"]
    radii: tuple[float, ...] = ()


@dataclass(frozen=True)
class Mark:
    """A vertical line at `x` with a word beside it."""

    x: float
    text: str


def ticks(low: float, high: float, about: int = 5) -> tuple[float, ...]:
    """Round numbers (1, 2 or 5 times a power of ten apart) from `low` to `high`, some `about` of them."""
    if not high > low:
        return (low,)
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(round(index * step, 12) for index in range(first, last + 1))


def chart(title: str, x: Axis, y: Axis, lines: Sequence[Line], mark: Mark | None = None) -> Markup:
    """A figure with its title, the lines over both axes, and a key to the lines."""
    drawing = element(
        "svg",
        _grid(x, y),
        *([] if mark is None else [_mark(mark, x)]),
        *(_line(line, x, y) for line in lines),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=f"{title}. {_in_words(lines, y)}",
    )
    key = element("ul", *(_key(line) for line in lines), class_="key", aria_hidden="true")
    return element("figure", element("figcaption", title), drawing, key, class_="chart")


def difference_bar(value: float, low: float, high: float) -> Markup:
    """A bar from zero to `value` on a scale from `low` to `high` (0 lies within); nothing for nan.

    It says nothing to a screen reader: the number stands beside it.
    """
    axis = Axis("", min(low, 0.0), max(high, 0.0), (), str)
    zero = axis.place(0.0, 1, BAR_WIDTH - 1)
    parts = [_segment(zero, 0, zero, BAR_HEIGHT, "axis")]
    if math.isfinite(value):
        end = axis.place(value, 1, BAR_WIDTH - 1)
        parts.insert(
            0,
            element(
                "rect",
                x=_px(min(zero, end)),
                y=3,
                width=_px(abs(end - zero)),
                height=BAR_HEIGHT - 6,
                class_="gain" if value >= 0 else "loss",
            ),
        )
    return _small(parts, "bar")


def interval_bar(value: float, low: float, high: float, compared_with: float) -> Markup:
    """A value with its interval on a scale from 0 to 1, with a tick at what it is compared with."""
    axis = Axis("", 0.0, 1.0, (), str)

    def at(share: float) -> float:
        return axis.place(share, 2, BAR_WIDTH - 2)

    middle = BAR_HEIGHT / 2
    parts = [_segment(at(0), middle, at(1), middle, "grid")]
    if math.isfinite(compared_with):
        parts.append(_segment(at(compared_with), 1, at(compared_with), BAR_HEIGHT - 1, "compared"))
    if math.isfinite(low) and math.isfinite(high):
        parts.append(_segment(at(low), middle, at(high), middle, "span"))
    if math.isfinite(value):
        parts.append(element("circle", cx=_px(at(value)), cy=_px(middle), r=3.2, class_="value"))
    return _small(parts, "strip")


def _small(parts: Sequence[Markup], look: str) -> Markup:
    return element("svg", *parts, viewBox=f"0 0 {BAR_WIDTH} {BAR_HEIGHT}", class_=look, aria_hidden="true")


def _grid(x: Axis, y: Axis) -> Markup:
    parts = []
    for tick in y.ticks:
        height = y.place(tick, BOTTOM, TOP)
        parts.append(_segment(LEFT, height, RIGHT, height, "grid"))
        parts.append(_text(y.as_text(tick), LEFT - 8, height + 4.5, "end"))
    for tick in x.ticks:
        across = x.place(tick, LEFT, RIGHT)
        parts.append(_segment(across, BOTTOM, across, BOTTOM + 5, "axis"))
        parts.append(_text(x.as_text(tick), across, BOTTOM + 20, "middle"))
    parts.append(_segment(LEFT, BOTTOM, RIGHT, BOTTOM, "axis"))
    parts.append(_text(x.label, (LEFT + RIGHT) / 2, HEIGHT - 6, "middle", "name"))
    middle = (TOP + BOTTOM) / 2
    turned = f"rotate(-90 14 {_px(middle)})"
    parts.append(_text(y.label, 14, middle, "middle", "name", transform=turned))
    return together(parts)


def _line(line: Line, x: Axis, y: Axis) -> Markup:
    radii = line.radii or (4.0 if len(line.points) == 1 else 0.0,) * len(line.points)
    marks = [
        (x.place(across, LEFT, RIGHT), y.place(up, BOTTOM, TOP), radius)
        for (across, up), radius in zip(line.points, radii, strict=True)
        if math.isfinite(across) and math.isfinite(up)
    ]
    path = " ".join(f"{_px(left)},{_px(top)}" for left, top in _without_idle([p[:2] for p in marks]))
    dots = (
        element("circle", cx=_px(left), cy=_px(top), r=_px(radius)) for left, top, radius in marks if radius
    )
    return element("g", element("polyline", points=path), *dots, class_=line.look)


def _without_idle(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points without those inside a level or upright run: a ROC of thousands stays small."""
    kept: list[tuple[float, float]] = []
    for point in points:
        while len(kept) > 1 and any(
            abs(kept[-2][k] - point[k]) + abs(kept[-1][k] - point[k]) < 0.05 for k in (0, 1)
        ):
            kept.pop()
        kept.append(point)
    return kept


def _mark(mark: Mark, x: Axis) -> Markup:
    across = x.place(mark.x, LEFT, RIGHT)
    right_half = across > (LEFT + RIGHT) / 2
    text = _text(
        mark.text, across + (-6 if right_half else 6), TOP + 10, "end" if right_half else "start", "name"
    )
    return together([_segment(across, TOP, across, BOTTOM, "mark"), text])


def _key(line: Line) -> Markup:
    swatch = element(
        "svg",
        element("g", element("polyline", points="0,6 26,6"), class_=line.look),
        viewBox="0 0 26 12",
    )
    return element("li", swatch, " ", line.name)


def _in_words(lines: Sequence[Line], y: Axis) -> str:
    """What each line does, for who cannot see it."""
    sentences = []
    for line in lines:
        heights = [up for _, up in line.points if math.isfinite(up)]
        if heights:
            sentences.append(
                tr(
                    "{line}: from {first} to {last}.",
                    line=line.name,
                    first=y.as_text(heights[0]),
                    last=y.as_text(heights[-1]),
                )
            )
    return " ".join(sentences)


def _segment(x1: float, y1: float, x2: float, y2: float, look: str) -> Markup:
    return element("line", x1=_px(x1), y1=_px(y1), x2=_px(x2), y2=_px(y2), class_=look)


def _text(
    text: str, x: float, y: float, anchor: str, look: str = "tick", transform: str | None = None
) -> Markup:
    return element("text", text, x=_px(x), y=_px(y), text_anchor=anchor, class_=look, transform=transform)


def _px(length: float) -> str:
    return f"{length:.1f}".removesuffix(".0")


def _log10(value: float) -> float:
    return math.log10(value) if value > 0 else -math.inf


def share_axis(label: str, low: float = 0.0, high: float = 1.0) -> Axis:
    """An axis of shares, written as whole percentages."""
    steps = ticks(low, high)
    digits = 0 if len(steps) < 2 or steps[1] - steps[0] >= 0.0099 else 1
    return Axis(label, low, high, steps, lambda share: numbers.percent(share, digits))


def element(name: str, /, *children: str, **attributes: str | float | bool | None) -> Markup:
    """The SVG element `name`; children that are not `Markup` are escaped.

    Attributes: `class_` is class, `aria_label` is aria-label; True gives a bare attribute; None and
    False leave it out.
    """
    start = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    return Markup(f"{start}{together(children)}</{name}>")


def together(parts: Iterable[str]) -> Markup:
    """The parts one after the other; those that are not `Markup` are escaped."""
    return Markup("".join(part if isinstance(part, Markup) else escaped(part) for part in parts))


def _attribute(key: str, value: str | float | bool | None) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    return f' {name}="{escaped(str(value))}"'


def escaped(text: str) -> Markup:
    """A text as HTML."""
    return escape(printable(text))


def printable(text: str) -> str:
    """Bytes of a file's name that are no text (lone surrogates) and NUL become `?`."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "?")
