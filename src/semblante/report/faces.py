"""The faces found in a photo: in a table for the terminal, and drawn into a copy of the photo.

The drawing has numbers only, which need no translation; the table says what they mean.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from semblante.errors import Reason
from semblante.files import replace_when_done
from semblante.i18n import describe, numbers, tr
from semblante.report.blocks import Cell, Column, Table, count_cell
from semblante.types import AlignedFace, Face, Pixels, QualityIssue

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
    """Write the photo with its faces drawn in as PNG to `path`. Raises `NoAccess` or `NoRoom`."""
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


def face_values(face: AlignedFace | Face) -> dict[str, Any]:
    """A face as JSON-ready values: where it is and its quality, without its crop or its embedding."""
    return {
        "box_xyxy": face.box,
        "score": face.score,
        "eyes_xy": face.landmarks[:2],
        "landmarks_xy": face.landmarks,
        "quality": asdict(face.quality),
    }
