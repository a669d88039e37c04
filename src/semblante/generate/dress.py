"""Clothes, necktie, necklace and earrings."""

import math

import numpy as np

from semblante.generate.canvas import (
    Canvas,
    Frame,
    Patch,
    Plane,
    Point,
    Rgb,
    Sheet,
    blob,
    inside,
    mixed,
    moved,
    rgb,
    scaled,
    smooth_outline,
)
from semblante.generate.identity import Identity
from semblante.generate.picture import Scene

_DEPTH_PX = -36.0
_NECKLINES: dict[str, tuple[float, float]] = {
    # Where a garment's edge lies in the middle and beside the neck, as y in face coordinates.
    "round": (95.0, 84.0),
    "vee": (122.0, 84.0),
    "shirt": (104.0, 80.0),
    "suit": (126.0, 82.0),
    "hood": (88.0, 73.0),
}


def paint_clothes(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene) -> None:
    """Draw the shoulders in what the person wears, over the neck's foot."""
    x, _ = frame.turned(0.0, 0.0, _DEPTH_PX)
    patch = _chest(frame, x)
    if scene.garment == "straps":
        skin = scaled(identity.skin.colour, 0.95)
        mask = _outlined(frame, x, _bare_shoulders())
        mask[patch.rows, patch.columns] *= np.maximum(
            inside(patch.y + 3, 16.0), inside(np.abs(patch.x) - 27, 9.0)
        )
        _lay_cloth(canvas, patch, scene, mask, skin)
        _shade_collarbones(canvas, frame, x)
    if scene.garment == "suit":
        _paint_shirt_front(canvas, frame, scene, x)
    mask = _outlined(frame, x, _garment(identity, scene))
    _lay_cloth(canvas, patch, scene, mask, scene.cloth)
    if scene.garment == "suit":
        _paint_lapels(canvas, frame, identity, scene, x)
    if scene.garment in ("shirt", "suit"):
        _paint_collar(canvas, frame, identity, scene, x)


def _chest(frame: Frame, x: float) -> Patch:
    return frame.patch(x, 96.0, 130.0, 34.0)


def _outlined(frame: Frame, x: float, right: list[Point]) -> Sheet:
    """The mask of a shape given by its right half."""
    return frame.polygon([(x + px, y) for px, y in right] + [(x - px, y) for px, y in reversed(right)])


def _garment(identity: Identity, scene: Scene) -> list[Point]:
    broad = 6.0 if identity.male else 0.0
    if scene.garment == "straps":
        return [(0.0, 108.0), (20.0, 106.0), (32.0, 91.0), (40.0, 92.5), (44.0, 112.0), (62.0, 130.0)]
    low, rise = _NECKLINES[scene.garment]
    neck = 26.0 if identity.male else 22.5
    edge = [
        (0.0, low),
        (0.45 * neck, low - 0.22 * (low - rise)),
        (0.86 * neck, rise + 0.34 * (low - rise)),
        (neck, rise),
    ]
    if scene.garment in ("vee", "suit"):
        edge = [(0.0, low), (neck, rise)]
    else:
        edge = smooth_outline(edge, 4, closed=False)
    shoulder = [
        (neck, rise),
        (neck + 8, rise + 1.5),
        (48.0, rise + 7),
        (66.0 + broad, rise + 13),
        (84.0 + broad, rise + 28),
        (90.0 + broad, 132.0),
    ]
    return [*edge, *smooth_outline(shoulder, 4, closed=False), (0.0, 132.0)]


def _bare_shoulders() -> list[Point]:
    slope = [(0.0, 86.0), (24.0, 86.0), (34.0, 90.0), (56.0, 97.0), (72.0, 108.0), (78.0, 132.0)]
    return [*smooth_outline(slope, 4, closed=False), (0.0, 132.0)]


def _shade_collarbones(canvas: Canvas, frame: Frame, x: float) -> None:
    for side in (-1.0, 1.0):
        patch = frame.patch(x + side * 22.0, 98.0, 20.0, 9.0)
        bone = patch.y + np.float32(0.16 * side) * patch.x + np.float32(0.004) * patch.x**2
        fade = np.clip(1 - np.abs(patch.x) / 19, 0, 1)
        canvas.tint(patch, np.exp(-((bone / 1.6) ** 2)) * fade * np.float32(0.45), (0.72, 0.62, 0.6))


def _lay_cloth(canvas: Canvas, patch: Patch, scene: Scene, mask: Sheet, colour: Rgb) -> None:
    light, x, y = scene.light, patch.x, patch.y
    phase = np.float32(scene.grain % 628 / 100)
    folds = np.sin(x * np.float32(0.16) + y * np.float32(0.10) + phase) * np.sin(
        y * np.float32(0.13) - x * np.float32(0.05)
    )
    tone = 1 + np.float32(0.0042 * light.x) * x - np.float32(0.00003) * x**2 + np.float32(0.06) * folds
    tone *= np.float32(light.level) * (
        1 - np.float32(0.28) * np.exp(-((x * np.float32(1 / 30)) ** 2)) * inside(-y, 40.0)
    )
    canvas.paint(patch, mask[patch.rows, patch.columns], rgb(colour) * rgb(light.tint) * tone)


def _paint_shirt_front(canvas: Canvas, frame: Frame, scene: Scene, x: float) -> None:
    throat_y = 103.0 if scene.necktie is None else 88.0
    front = [(0.0, throat_y), (24.0, 82.0), (30.0, 132.0), (0.0, 132.0)]
    _lay_cloth(canvas, _chest(frame, x), scene, _outlined(frame, x, front), _shirt(scene))
    if scene.necktie is not None:
        _paint_necktie(canvas, frame, scene, x)
        return
    placket = frame.patch(x, 108.0, 6.0, 14.0)
    canvas.tint(
        placket, np.exp(-(((placket.x - 2.5) / np.float32(0.7)) ** 2)) * np.float32(0.45), (0.6, 0.6, 0.62)
    )


def _shirt(scene: Scene) -> Rgb:
    pale: tuple[Rgb, ...] = ((240.0, 240.0, 242.0), (206.0, 222.0, 240.0), (238.0, 226.0, 222.0))
    return (
        pale[scene.grain % 3] if scene.garment == "suit" else mixed(scene.cloth, (255.0, 255.0, 255.0), 0.12)
    )


def _paint_lapels(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene, x: float) -> None:
    neck = 26.0 if identity.male else 22.5
    shade = mixed(scene.cloth, (255.0, 255.0, 255.0), 0.07)
    for side in (-1.0, 1.0):
        lapel = [
            (neck - 1, 81.0),
            (neck + 7, 84.0),
            (neck + 13, 97.0),
            (neck + 7, 100.0),
            (neck + 9, 105.0),
            (4.0, 132.0),
            (1.0, 124.0),
        ]
        mask = frame.polygon([(x + side * px, y) for px, y in lapel])
        chest = _chest(frame, x)
        canvas.tint(
            chest, moved(mask, round(side), 2)[chest.rows, chest.columns] * np.float32(0.4), (0.5, 0.5, 0.5)
        )
        _lay_cloth(canvas, chest, scene, mask, shade)


def _paint_collar(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene, x: float) -> None:
    neck = 25.5 if identity.male else 21.5
    chest = _chest(frame, x)
    for side in (-1.0, 1.0):
        wing = [(5.5, 93.0), (neck - 2.5, 77.5), (neck + 0.5, 79.0), (neck + 1.5, 88.0), (14.5, 105.5)]
        mask = frame.polygon([(x + side * px, y) for px, y in wing])
        canvas.tint(chest, moved(mask, 0, 2)[chest.rows, chest.columns] * np.float32(0.35), (0.5, 0.5, 0.52))
        _lay_cloth(canvas, chest, scene, mask, _shirt(scene))


def _paint_necktie(canvas: Canvas, frame: Frame, scene: Scene, x: float) -> None:
    if scene.necktie is None:
        return
    chest = _chest(frame, x)
    knot = [(0.0, 90.0), (6.6, 90.5), (4.2, 101.0), (10.0, 132.0), (0.0, 132.0)]
    stripes = np.clip(np.sin((chest.x + chest.y) * np.float32(0.85)) * 3, -1, 1)
    fold = (
        1
        - np.float32(0.40) * np.exp(-(((chest.y - 5.5) / np.float32(1.3)) ** 2))
        + np.float32(0.13) * stripes
    )
    round_ = 1 - np.float32(0.006) * chest.x**2
    mask = _outlined(frame, x, knot)[chest.rows, chest.columns]
    canvas.paint(
        chest, mask, rgb(scaled(scene.necktie, scene.light.level)) * (fold * np.clip(round_, 0.5, 1))
    )


def paint_necklace(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene) -> None:
    """Draw beads on a curve around the neck's foot."""
    if scene.necklace is None:
        return
    neck = 25.0 if identity.male else 21.5
    x, _ = frame.turned(0.0, 0.0, _DEPTH_PX)
    low = 102.0 if scene.garment in ("vee", "straps") else 91.0
    for step in range(-11, 12):
        share = step / 11
        bead_x, bead_y = x + neck * math.sin(share * 1.35), low - (low - 80.0) * share**2
        size = 1.9 if step else 3.0
        patch = frame.patch(bead_x, bead_y + (1.5 if not step else 0), 5.0, 5.0)
        disc = inside(size - np.hypot(patch.x, patch.y), 1.2)
        shine = 0.72 + 0.55 * np.exp(-((patch.x - scene.light.x) ** 2 + (patch.y + 0.8) ** 2) / 1.2)
        canvas.tint(patch, blob(patch, 2.2, 2.2) * np.float32(0.35), (0.5, 0.45, 0.45))
        canvas.paint(patch, disc, rgb(scene.necklace) * shine.astype(np.float32))


def paint_earrings(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene) -> None:
    """Draw an earring below each ear lobe, in front of the hair."""
    if scene.earrings is None:
        return
    for side in (-1.0, 1.0):
        x, y = frame.turned(side * (identity.face.width - 0.5), 20.0 * identity.face.ears, -40.0)
        if identity.texture % 2:
            _paint_hoop(canvas, frame, (x + side * 0.5, y + 6.5), scene.earrings)
            continue
        for drop, size in ((0.0, 1.7), (5.5, 2.7)):
            patch = frame.patch(x, y + drop, 5.0, 5.0)
            shine = 0.7 + 0.6 * np.exp(-((patch.x + 0.6) ** 2 + (patch.y + 0.8) ** 2) / 1.4)
            disc = inside(size - np.hypot(patch.x, patch.y), 1.2)
            canvas.paint(patch, disc, rgb(scene.earrings) * shine.astype(np.float32))


def _paint_hoop(canvas: Canvas, frame: Frame, middle: Point, colour: Rgb) -> None:
    patch = frame.patch(*middle, 9.0, 11.0)
    ring = np.abs(np.hypot(patch.x / np.float32(0.8), patch.y) - np.float32(6.6))
    shine: Plane = np.clip(0.85 - patch.y * np.float32(0.05), 0.5, 1.2)
    canvas.paint(patch, inside(np.float32(1.0) - ring, 1.1), rgb(colour) * shine)
