"""The faces of a photo: in a table, drawn into a copy of the photo, and with their attributes.

The drawing has numbers only, which need no translation; the table says what they mean.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo
from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.text import Text

from semblante.errors import Reason
from semblante.files import replace_when_done
from semblante.i18n import current_language, describe, numbers, tr
from semblante.labels import ATTRIBUTES, OPINIONS, POOR_LABELS, doubt, sign, spoken
from semblante.metrics import sigmoid
from semblante.report.blocks import Cell, Column, Table, count_cell
from semblante.report.limits import doubt_text
from semblante.types import AlignedFace, Box, Face, Pixels, QualityIssue

SURE, DOUBTFUL = (33, 102, 172), (230, 126, 34)
"""Blue and orange, which readers who see fewer colours can tell apart too."""
THICKNESS = 1 / 250
"""Of lines, as a share of the picture's longer side."""


def issues_text(issues: Iterable[QualityIssue]) -> str:
    """What is wrong with a face, to follow "the face cannot be relied on:"."""
    return ", ".join(describe(Reason(f"face_{issue}")) for issue in issues)


def faces_table(faces: Sequence[AlignedFace]) -> Table:
    """A row a face, numbered as in the drawing."""
    columns = (
        Column("number", tr("face")),
        Column("left", tr("from the left")),
        Column("top", tr("from the top")),
        Column("size", tr("size")),
        Column("eyes", tr("between the eyes")),
        Column("reliable", tr("can it be relied on?"), align="left", folds=True),
    )
    return Table(columns, tuple(_row(number, face) for number, face in enumerate(faces, start=1)))


def _row(number: int, face: AlignedFace) -> tuple[Cell, ...]:
    x0, y0, x1, y1 = (round(length) for length in face.box)
    issues = issues_text(face.quality.issues)
    return (
        count_cell(number),
        Cell(f"{numbers.count(x0)} px"),
        Cell(f"{numbers.count(y0)} px"),
        Cell(f"{numbers.count(x1 - x0)} × {numbers.count(y1 - y0)}"),
        Cell(f"{numbers.count(round(face.quality.interocular_px))} px"),
        Cell(tr("hardly: {issues}", issues=issues) if issues else tr("yes")),
    )


def write_faces(path: Path, pixels: Pixels, faces: Sequence[AlignedFace], full_width_px: int) -> None:
    """Write the photo with its faces drawn in as PNG to `path`. Raises `FileAccessError` or `DiskFull`."""
    notes = PngInfo()
    notes.add_text("Software", "Semblante")
    with replace_when_done(path) as partial:
        drawn = Image.fromarray(draw_faces(pixels, faces, full_width_px))
        drawn.save(partial, format="PNG", pnginfo=notes)


def draw_faces(pixels: Pixels, faces: Sequence[AlignedFace], full_width_px: int) -> Pixels:
    """The photo with a box and the eyes of each face, and the face's number.

    The faces are in pixels of the whole photo, which is `full_width_px` wide; `pixels` may be fewer. What
    cannot be relied on is orange.
    """
    picture = Image.fromarray(pixels)
    draw = ImageDraw.Draw(picture)
    scale = pixels.shape[1] / full_width_px
    thick = max(1, round(max(picture.size) * THICKNESS))
    font = ImageFont.load_default(10 * thick + 6)
    for number, face in enumerate(faces, start=1):
        colour = SURE if face.quality.is_good else DOUBTFUL
        x0, y0, x1, y1 = (length * scale for length in face.box)
        draw.rectangle((x0, y0, max(x0 + 1, x1), max(y0 + 1, y1)), outline=colour, width=thick)
        for x, y in np.array(face.landmarks[:2]) * scale:
            draw.ellipse(
                (x - 2 * thick, y - 2 * thick, x + 2 * thick, y + 2 * thick), outline=colour, width=thick
            )
        draw.text(
            (x0 + 2 * thick, y0 + thick), str(number), "white", font, stroke_width=thick, stroke_fill=colour
        )
    return np.asarray(picture)


def mark_face(pixels: Pixels, box: Box, full_width_px: int) -> Pixels:
    """The photo with a frame around one face, the box in pixels of the photo at its full width."""
    picture = Image.fromarray(pixels)
    draw, scale = ImageDraw.Draw(picture), pixels.shape[1] / full_width_px
    thick = max(2, round(max(picture.size) * THICKNESS))
    x0, y0, x1, y1 = (length * scale for length in box)
    # White around the colour, so that it stands out on any ground.
    for colour, out in (("white", 2 * thick), (DOUBTFUL, thick)):
        draw.rectangle(
            (x0 - out, y0 - out, max(x0, x1) + out, max(y0, y1) + out), outline=colour, width=thick
        )
    return np.asarray(picture)


def face_values(face: AlignedFace | Face) -> dict[str, Any]:
    """A face as JSON-ready values: where it is and its quality, without its crop or its embedding."""
    return {
        "box_xyxy": face.box,
        "score": face.score,
        "eyes_xy": face.landmarks[:2],
        "landmarks_xy": face.landmarks,
        "quality": asdict(face.quality),
    }


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
            return [numbers.probability(value) for value in sigmoid(np.array(logits)).tolist()]
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
