"""Glasses and hats: what covers part of the face, and where."""

import numpy as np

from semblante.generate.canvas import (
    Box,
    Canvas,
    Frame,
    Patch,
    Plane,
    Point,
    Sheet,
    blurred,
    inside,
    moved,
    noise,
    rgb,
    scaled,
    smooth_outline,
)
from semblante.generate.eyes import eye_middle
from semblante.generate.identity import Identity
from semblante.generate.picture import Glasses, Hat, Scene

_HAT_DEPTH_PX = -26.0


def paint_glasses(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene) -> Box | None:
    """Draw the glasses, if any, and return the box that they fill in the picture."""
    glasses = scene.glasses
    if glasses is None:
        return None
    x, y = frame.turned(0.0, 2.0, 8.0)
    half_width = identity.eyes.spacing * 0.5 + glasses.half_width + 4.0
    patch = frame.patch(x, y, identity.face.width + 6.0, glasses.half_height + 6.0)
    rims, lenses = _rims_and_lenses(frame, identity, glasses, patch, x)
    solid = np.maximum(rims, _bridge_and_arms(frame, identity, glasses, patch) * (1 - lenses))
    canvas.tint(patch, moved(solid, 0, 3) * np.float32(0.28), (0.45, 0.36, 0.36))
    _paint_lenses(canvas, patch, lenses, glasses)
    glint = np.clip(1 - np.abs(patch.y + np.float32(0.5 * glasses.half_height)) / 5, 0, 1) * np.float32(0.35)
    canvas.paint(patch, solid * np.float32(0.97), rgb(glasses.colour) + glint * 120)
    return frame.box(x, y, half_width, glasses.half_height + 4.0)


def _rims_and_lenses(
    frame: Frame, identity: Identity, glasses: Glasses, patch: Patch, x: float
) -> tuple[Plane, Plane]:
    rims, lenses = np.zeros_like(patch.x), np.zeros_like(patch.x)
    for side in (-1.0, 1.0):
        middle = eye_middle(frame, identity, side)
        lens_x = patch.x + np.float32(x - middle[0] - side * 0.8 - 8.0 * frame.pose.yaw)
        distance = _lens_distance(lens_x, patch.y, glasses)
        rims = np.maximum(rims, inside(np.float32(glasses.rim) * 0.5 - np.abs(distance), 1.1))
        lenses = np.maximum(lenses, inside(distance))
    return rims, lenses


def _bridge_and_arms(frame: Frame, identity: Identity, glasses: Glasses, patch: Patch) -> Plane:
    away, half_spacing = np.abs(patch.x), identity.eyes.spacing * 0.5
    bow = np.float32(1.6) * np.clip(1 - (patch.x / 5) ** 2, 0, 1)
    bridge_y = np.float32(-0.30 * glasses.half_height) - bow
    bridge = inside(np.float32(glasses.rim * 0.5 + 0.2) - np.abs(patch.y - bridge_y))
    bridge *= away < half_spacing - glasses.half_width + 2.5
    arms_y = np.float32(-0.35 * glasses.half_height) + np.float32(0.02) * away
    arms = inside(np.float32(0.9) - np.abs(patch.y - arms_y)) * (
        away > half_spacing + glasses.half_width - 1.0
    )
    # The arms end where they go behind the head, which is farther back and so turns the other way.
    arms *= np.abs(patch.x + np.float32(40.0 * frame.pose.yaw)) < identity.face.width + 1
    joined: Plane = np.maximum(bridge, arms)
    return joined


def _lens_distance(x: Plane, y: Plane, glasses: Glasses) -> Plane:
    """The signed distance in px, positive inside, to a rim between an ellipse and a rounded rectangle."""
    power = np.float32(2.0 + 2.6 * glasses.shape)
    taper = 1 - np.float32(0.10 * glasses.shape) * np.clip(y / glasses.half_height, -1, 1)
    across = np.abs(x) / (np.float32(glasses.half_width) * taper)
    down = np.abs(y) / np.float32(glasses.half_height)
    norm = (across**power + down**power + np.float32(1e-6)) ** (1 / power)
    distance: Plane = (1 - norm) * np.float32(min(glasses.half_width, glasses.half_height) * 1.1)
    return distance


def _paint_lenses(canvas: Canvas, patch: Patch, lenses: Plane, glasses: Glasses) -> None:
    region, x, y = canvas.pixels[:, patch.rows, patch.columns], patch.x, patch.y
    streak = np.clip(1.2 - np.abs(((x + y * np.float32(0.8)) % 38) - 10) / 4, 0, 1)
    if glasses.dark:
        tone = np.clip(0.5 + y / np.float32(3 * glasses.half_height), 0.2, 0.9)
        region += lenses * np.float32(0.90) * (rgb((46.0, 40.0, 42.0)) * (0.5 + tone) - region)
    region += lenses * streak * np.float32(0.14) * (rgb((255.0, 255.0, 255.0)) - region)


def paint_hat(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene) -> Box | None:
    """Draw the hat, if any, and return the box that it fills in the picture."""
    hat = scene.hat
    if hat is None:
        return None
    wide = identity.face.width + 3.0 + (6.0 if identity.hair.style == "afro" else 2.0 * identity.hair.volume)
    parts = {"beanie": _beanie, "cap": _cap, "brim": _brim}[hat.kind](wide)
    for number, (points, dark, banded) in enumerate(parts):
        outline = smooth_outline([frame.turned(x, y, _HAT_DEPTH_PX + 8 * number) for x, y in points], 5)
        mask = frame.polygon(outline)
        if number == len(parts) - 1:
            fallen = moved(blurred(mask, 2.0), 0, 6)
            canvas.tint(frame.whole(), fallen * np.float32(0.6), (0.48, 0.40, 0.42))
        _lay_felt(canvas, frame, scene, hat, mask, dark, banded)
    x, y = frame.turned(0.0, -59.0, _HAT_DEPTH_PX + 8)
    return frame.box(x, y, wide + (26.0 if hat.kind == "brim" else 5.0), 39.0)


_Part = tuple[list[Point], float, bool]


def _beanie(wide: float) -> list[_Part]:
    dome = [
        (0.0, -97.0),
        (26.0, -92.0),
        (wide - 4, -70.0),
        (wide + 1, -34.0),
        (0.0, -28.0),
        (-wide - 1, -34.0),
        (4 - wide, -70.0),
        (-26.0, -92.0),
    ]
    cuff = [
        (-wide - 2, -46.0),
        (0.0, -42.0),
        (wide + 2, -46.0),
        (wide + 3, -28.0),
        (0.0, -23.0),
        (-wide - 3, -28.0),
    ]
    return [(dome, 0.92, False), (cuff, 1.06, True)]


def _cap(wide: float) -> list[_Part]:
    dome = [
        (0.0, -96.0),
        (28.0, -90.0),
        (wide - 3, -68.0),
        (wide + 1, -36.0),
        (0.0, -36.0),
        (-wide - 1, -36.0),
        (3 - wide, -68.0),
        (-28.0, -90.0),
    ]
    visor = [
        (3.0 - wide, -44.0),
        (-24.0, -51.0),
        (0.0, -53.0),
        (24.0, -51.0),
        (wide - 3.0, -44.0),
        (wide + 4.0, -29.0),
        (wide - 8.0, -21.0),
        (22.0, -25.0),
        (0.0, -26.5),
        (-22.0, -25.0),
        (8.0 - wide, -21.0),
        (-wide - 4.0, -29.0),
    ]
    return [(dome, 1.0, False), (visor, 0.82, True)]


def _brim(wide: float) -> list[_Part]:
    crown = [
        (-8.0, -97.0),
        (0.0, -94.0),
        (8.0, -97.0),
        (wide - 16, -92.0),
        (wide - 4, -44.0),
        (0.0, -36.0),
        (4 - wide, -44.0),
        (16 - wide, -92.0),
    ]
    band = [
        (2 - wide, -54.0),
        (0.0, -48.0),
        (wide - 2, -54.0),
        (wide - 3, -40.0),
        (0.0, -34.0),
        (3 - wide, -40.0),
    ]
    brim = [
        (-wide - 26, -42.0),
        (3 - wide, -44.0),
        (0.0, -38.0),
        (wide - 3, -44.0),
        (wide + 26, -42.0),
        (wide + 6, -30.0),
        (0.0, -25.0),
        (-wide - 6, -30.0),
    ]
    return [(crown, 1.0, False), (band, 1.0, True), (brim, 0.94, False)]


def _lay_felt(
    canvas: Canvas, frame: Frame, scene: Scene, hat: Hat, mask: Sheet, level: float, banded: bool
) -> None:
    patch = frame.patch(0.0, -60.0, 100.0, 52.0)
    across = patch.x / 52
    light = scene.light
    tone = 1.0 + 0.35 * light.x * across - 0.30 * across**2 - 0.10 * np.clip((patch.y + 10) / 40, -1, 1)
    if hat.kind == "cap":
        seams = np.exp(-(((np.abs(patch.x) - 17 - 0.10 * (patch.y + 36)) / np.float32(0.8)) ** 2))
        rim = np.clip((patch.y - 26) / np.float32(10), 0, 1)
        tone = tone + 0.30 * rim if banded else tone * (1 - 0.25 * seams)
    if hat.kind == "beanie":
        tone = tone * (1 + 0.13 * np.sin(patch.x * np.float32(1.5 if banded else 1.1)))
    tone = tone + 0.05 * noise(patch.x * 2, patch.y * 2)
    colour = hat.band if banded and hat.kind == "brim" else hat.colour
    felt = (
        rgb(scaled(colour, level * light.level))
        * rgb(light.tint)
        * np.clip(tone, 0.3, 1.3).astype(np.float32)
    )
    canvas.paint(patch, mask[patch.rows, patch.columns], felt.astype(np.float32))
