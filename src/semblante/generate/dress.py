"""Clothes, necktie, necklace and earrings."""

import math

import numpy as np

from semblante.generate.canvas import (
    Canvas,
    Frame,
    Plane,
    Point,
    Rgb,
    blob,
    inside,
    mixed,
    noise,
    rgb,
    scaled,
)
from semblante.generate.identity import Identity
from semblante.generate.picture import Scene

_DEPTH_PX = -36.0


def paint_clothes(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene) -> None:
    """Draw the shoulders in what the person wears, over the neck's foot."""
    shoulder = 62.0 if identity.male else 54.0
    outline = _garment(identity, scene, shoulder)
    mask = frame.polygon([frame.turned(x, y, _DEPTH_PX) for x, y in outline])
    if scene.garment == "straps":
        _paint_skin_shoulders(canvas, frame, identity, scene, shoulder)
    patch = frame.patch(0.0, 96.0, 110.0, 34.0)
    weave = noise(
        frame.x[patch.rows, patch.columns] * 1.3, frame.y[patch.rows, patch.columns] * 0.5 + scene.grain % 256
    )
    side = 1 + np.float32(0.0035 * scene.light.x) * patch.x - np.float32(0.00003) * patch.x**2
    cloth = (
        rgb(scene.cloth)
        * rgb(scene.light.tint)
        * (side * (1 + np.float32(0.06) * weave) * np.float32(scene.light.level))
    )
    canvas.paint(patch, mask[patch.rows, patch.columns], cloth)
    if scene.garment in ("shirt", "suit"):
        _paint_collar(canvas, frame, identity, scene)


def _garment(identity: Identity, scene: Scene, shoulder: float) -> list[Point]:
    neck = 27.0 if identity.male else 23.0
    low = {"round": 98.0, "vee": 128.0, "shirt": 112.0, "suit": 124.0, "straps": 108.0, "hood": 92.0}[
        scene.garment
    ]
    rise = {"hood": 76.0, "suit": 84.0, "shirt": 83.0}.get(scene.garment, 90.0)
    if scene.garment == "straps":
        right = [(0.0, 110.0), (22.0, 106.0), (30.0, 94.0), (37.0, 94.0), (40.0, 112.0), (60.0, 130.0)]
    else:
        half_way = (0.55 * neck, 0.5 * (low + rise) + (3 if scene.garment != "vee" else -2))
        right = [
            (0.0, low),
            half_way,
            (neck, rise),
            (neck + 5, rise - 1),
            (shoulder, rise + 9),
            (shoulder + 30, 130.0),
        ]
    return right + [(-x, y) for x, y in reversed(right)]


def _paint_skin_shoulders(
    canvas: Canvas, frame: Frame, identity: Identity, scene: Scene, shoulder: float
) -> None:
    half = [
        (0.0, 88.0),
        (22.0, 88.0),
        (36.0, 93.0),
        (shoulder + 2, 99.0),
        (shoulder + 14, 130.0),
        (0.0, 130.0),
    ]
    outline = [frame.turned(x, y, _DEPTH_PX) for x, y in half + [(-x, y) for x, y in reversed(half)]]
    mask = frame.polygon(outline)
    skin = scaled(identity.skin.colour, 0.93 * scene.light.level)
    canvas.paint(
        frame.whole(),
        mask,
        rgb(skin) * rgb(scene.light.tint) * (1 + np.float32(0.003 * scene.light.x) * frame.x),
    )


def _paint_collar(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene) -> None:
    shirt: Rgb = (
        scaled((236.0, 236.0, 238.0), scene.light.level)
        if scene.garment == "suit"
        else mixed(scene.cloth, (255.0, 255.0, 255.0), 0.16)
    )
    neck = 25.0 if identity.male else 21.0
    x, _ = frame.turned(0.0, 0.0, _DEPTH_PX)
    if scene.garment == "suit":
        fill = [(x - neck, 86.0), (x + neck, 86.0), (x + 4, 130.0), (x - 4, 130.0)]
        if scene.necktie is not None:
            canvas.paint(frame.whole(), frame.polygon(fill) * inside(frame.y - 93, 2), scaled(shirt, 0.94))
    if scene.necktie is not None:
        _paint_necktie(canvas, frame, scene, x)
    for side in (-1.0, 1.0):
        wing = [
            (side * 5.0, 95.0),
            (side * (neck - 1), 80.0),
            (side * (neck + 3.5), 84.0),
            (side * (neck - 1), 102.0),
            (side * 16.0, 109.0),
        ]
        mask = frame.polygon([(x + px, y) for px, y in wing])
        shade = 1 - np.float32(0.18) * inside(90 - frame.y, 12)
        canvas.tint(frame.whole(), np.roll(mask, (2, 0), (0, 1)) * np.float32(0.35), (0.5, 0.5, 0.5))
        canvas.paint(frame.whole(), mask, rgb(shirt) * shade)


def _paint_necktie(canvas: Canvas, frame: Frame, scene: Scene, x: float) -> None:
    assert scene.necktie is not None
    knot = [
        (x - 6.5, 91.0),
        (x + 6.5, 91.0),
        (x + 4.4, 101.5),
        (x + 9.0, 130.0),
        (x - 9.0, 130.0),
        (x - 4.4, 101.5),
    ]
    stripes = np.clip(np.sin((frame.x + frame.y) * np.float32(0.75)) * 3, -1, 1)
    fold = (
        1
        - np.float32(0.35) * np.exp(-(((frame.y - 102) / np.float32(1.2)) ** 2))
        + np.float32(0.10) * stripes
    )
    canvas.paint(frame.whole(), frame.polygon(knot), rgb(scene.necktie) * fold)


def paint_necklace(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene) -> None:
    """Draw beads on a curve around the neck's foot."""
    if scene.necklace is None:
        return
    neck = 25.0 if identity.male else 21.0
    x, _ = frame.turned(0.0, 0.0, _DEPTH_PX)
    for step in range(-11, 12):
        share = step / 11
        bead_x, bead_y = x + neck * math.sin(share * 1.35), 99.5 - 14.0 * share**2
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
        x, y = frame.turned(side * (identity.face.width - 0.5), 21.0 * identity.face.ears, -40.0)
        if identity.texture % 2:
            _paint_hoop(canvas, frame, (x + side * 0.5, y + 6.5), scene.earrings)
        else:
            for drop, size in ((0.0, 1.7), (5.5, 2.7)):
                patch = frame.patch(x, y + drop, 5.0, 5.0)
                shine = 0.7 + 0.6 * np.exp(-((patch.x + 0.6) ** 2 + (patch.y + 0.8) ** 2) / 1.4)
                canvas.paint(
                    patch,
                    inside(size - np.hypot(patch.x, patch.y), 1.2),
                    rgb(scene.earrings) * shine.astype(np.float32),
                )


def _paint_hoop(canvas: Canvas, frame: Frame, middle: Point, colour: Rgb) -> None:
    patch = frame.patch(*middle, 9.0, 11.0)
    ring = np.abs(np.hypot(patch.x / np.float32(0.8), patch.y) - np.float32(6.6))
    shine: Plane = np.clip(0.85 - patch.y * np.float32(0.05), 0.5, 1.2)
    canvas.paint(patch, inside(np.float32(1.15) - ring, 1.1), rgb(colour) * shine)
