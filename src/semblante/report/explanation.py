"""Where an answer comes from: in sentences, and as a picture of the face with the places coloured.

The picture's own words are few and have no accents, since the font that Pillow brings has none; the
sentences, with any name in them, are its description, where picture viewers and screen readers look.
"""

from pathlib import Path

import numpy as np
from jaxtyping import Float32, UInt8
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from semblante.files import replace_when_done
from semblante.geometry import FRAME_HEIGHT_PX, FRAME_WIDTH_PX, Region
from semblante.i18n import current_language, numbers, tr
from semblante.labels import spoken
from semblante.pipeline.explaining import Explanation
from semblante.report.limits import doubt_text
from semblante.report.wording import verdict_text
from semblante.types import Pixels

FACE_PX = (2 * FRAME_WIDTH_PX, 2 * FRAME_HEIGHT_PX)
GAP_PX = 16
SCALE_HEIGHT_PX = 18
TEXT_PX = 17
FOR, AGAINST = (214, 47, 39), (33, 102, 172)
"""Red and blue, which readers who see fewer colours can tell apart too (ColorBrewer's RdBu)."""
WORTH_NAMING = 0.2
"""A region with a smaller share of the strongest one's heat says nothing in particular."""
STRONGEST_TINT = 0.8
"""How much of a place's colour covers the face at most, so that the face stays visible."""


def explanation_text(explanation: Explanation) -> str:
    """The answer, which parts of the face speak most for and against it, and what to doubt."""
    sentences = [_answer_text(explanation), _places_text(explanation)]
    against = doubt_text(explanation.subject) if explanation.kind == "attribute" else None
    if against:
        sentences.append(tr("What is known of this attribute's labels: {doubt}.", doubt=against))
    return "\n".join(sentences)


def write_explanation(path: Path | str, explanation: Explanation) -> None:
    """Write the picture as PNG to `path`: the face, the face with its places coloured, and the scale.

    Raises `FileAccessError` or `DiskFull` where it cannot be written.
    """
    notes = PngInfo()
    notes.add_text("Software", "Semblante")
    notes.add_itxt("Description", explanation_text(explanation), current_language())
    with replace_when_done(Path(path)) as partial:
        Image.fromarray(draw_explanation(explanation)).save(partial, format="PNG", pnginfo=notes)


def draw_explanation(explanation: Explanation) -> Pixels:
    """The pixels of what `write_explanation` writes."""
    face = Image.fromarray(explanation.crop).resize(FACE_PX, Image.Resampling.LANCZOS)
    strongest = float(np.abs(explanation.heat).max()) or 1.0
    heat = Image.fromarray(explanation.heat / np.float32(strongest)).resize(FACE_PX, Image.Resampling.BICUBIC)
    grey = np.asarray(face.convert("L").convert("RGB"), np.float32)
    tinted = _tinted(grey, np.asarray(heat, np.float32))
    width_px = 2 * FACE_PX[0] + 3 * GAP_PX
    sheet = Image.new("RGB", (width_px, FACE_PX[1] + 3 * GAP_PX + SCALE_HEIGHT_PX + 3 * TEXT_PX), "white")
    sheet.paste(face, (GAP_PX, GAP_PX))
    sheet.paste(Image.fromarray(tinted), (FACE_PX[0] + 2 * GAP_PX, GAP_PX))
    _draw_scale(sheet, FACE_PX[1] + 2 * GAP_PX, strongest)
    return np.array(sheet)


def scale_words() -> tuple[str, str, str]:
    """What the picture says in the current language: of its blue, of its red, and of the numbers."""
    return (
        tr("blue: speaks against"),
        tr("red: speaks for"),
        tr("what the answer loses, in logits, when the place is hidden"),
    )


def _draw_scale(sheet: Image.Image, top_px: int, strongest: float) -> None:
    """The colours from one end to the other with their numbers and meaning, under the faces."""
    left_px, right_px = GAP_PX, sheet.width - GAP_PX
    heat = np.broadcast_to(np.linspace(-1, 1, right_px - left_px), (SCALE_HEIGHT_PX, right_px - left_px))
    paper = np.full((*heat.shape, 3), 235, np.float32)
    sheet.paste(Image.fromarray(_tinted(paper, heat.astype(np.float32))), (left_px, top_px))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(TEXT_PX)
    end = numbers.decimal(strongest)
    against, speaks_for, meaning = scale_words()
    first_px = top_px + SCALE_HEIGHT_PX + 4
    second_px = first_px + TEXT_PX + 6
    draw.text((left_px, first_px), f"-{end}  {against}", AGAINST, font, "la")
    draw.text((sheet.width / 2, first_px), "0", "black", font, "ma")
    draw.text((right_px, first_px), f"{speaks_for}  +{end}", FOR, font, "ra")
    draw.text((sheet.width / 2, second_px), meaning, "black", font, "ma")


def _tinted(
    ground: Float32[np.ndarray, "h w 3"], heat: Float32[np.ndarray, "h w"]
) -> UInt8[np.ndarray, "h w 3"]:
    """The ground with red where `heat` (-1 to 1) is positive and blue where it is negative."""
    strength = STRONGEST_TINT * np.clip(np.abs(heat), 0, 1)[..., None]
    colour = np.where(heat[..., None] > 0, FOR, AGAINST)
    tinted: UInt8[np.ndarray, "h w 3"] = np.rint(ground + strength * (colour - ground)).astype(np.uint8)
    return tinted


def _answer_text(explanation: Explanation) -> str:
    verdict = verdict_text(explanation.verdict)
    if explanation.probability is None:
        return tr(
            "{attribute}: {verdict} (logit {logit}; above 0 is a yes)",
            attribute=_subject(explanation),
            verdict=verdict,
            logit=numbers.decimal(explanation.logit),
        )
    return tr(
        "{name}: {verdict}, probability {probability}",
        name=explanation.subject,
        verdict=verdict,
        probability=numbers.probability(explanation.probability),
    )


def _places_text(explanation: Explanation) -> str:
    """The regions of the greatest and the least mean heat, where those speak for and against."""
    ranked = sorted(explanation.regions.items(), key=lambda region: region[1])
    least = WORTH_NAMING * max(abs(heat) for _, heat in ranked)
    return tr(
        "What speaks most for “{subject}”: {place}. What speaks most against it: {other}.",
        subject=_subject(explanation),
        place=_place_text(*ranked[-1]) if ranked[-1][1] > least else tr("nothing in particular"),
        other=_place_text(*ranked[0]) if ranked[0][1] < -least else tr("nothing in particular"),
    )


def _place_text(region: Region, heat: float) -> str:
    return tr("{place} ({heat} logits)", place=region_text(region), heat=numbers.decimal(heat))


def _subject(explanation: Explanation) -> str:
    if explanation.kind == "person":
        return explanation.subject
    return spoken(explanation.subject, current_language())


def region_text(region: Region) -> str:
    """A region of the face in words."""
    words: dict[Region, str] = {
        "background": tr("the background"),
        "hair": tr("the hair above the forehead"),
        "sides": tr("the sides of the head"),
        "forehead": tr("the forehead"),
        "eyes": tr("the eyes and what is around them"),
        "nose": tr("the nose"),
        "cheeks": tr("the cheeks"),
        "mouth": tr("the mouth"),
        "chin": tr("the chin"),
        "neck": tr("the neck and the clothes"),
    }
    return words[region]
