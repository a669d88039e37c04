"""The lower face: the nose's shade, lips, teeth and facial hair."""

import numpy as np

from semblante.generate.canvas import (
    Canvas,
    Frame,
    Patch,
    Plane,
    Rgb,
    Sheet,
    blob,
    inside,
    mixed,
    noise,
    rgb,
    scaled,
)
from semblante.generate.head import Head
from semblante.generate.identity import Identity
from semblante.generate.picture import Scene

MOUTH_Y = 41.0
_DEPTH_PX = 5.0
_KNOTS = (0.0, 0.12, 0.24, 0.40, 0.62, 0.84, 1.0)
# The share of a lip's height from the middle to the corner: the upper has Cupid's bow.
_UPPER = (0.80, 0.92, 1.0, 0.90, 0.60, 0.24, 0.0)
_LOWER = (1.0, 0.99, 0.97, 0.88, 0.60, 0.24, 0.0)


class Lips:
    """The curves of one mouth over its patch: the upper lip's two edges and the lower lip's two."""

    def __init__(self, frame: Frame, identity: Identity, scene: Scene) -> None:
        mouth, smile = identity.mouth, max(scene.smile, 0.0)
        self.half_width = mouth.width * (1 + 0.20 * smile) * (1 - 0.012 * scene.mouth_open)
        self.middle = frame.turned(0.0, MOUTH_Y - 0.8 * smile, _DEPTH_PX)
        self.patch: Patch = frame.patch(*self.middle, 25.0, 20.0)
        self.along: Plane = self.patch.x * np.float32(1 / self.half_width)
        away = np.abs(self.along)
        self.span = np.clip(1 - away**2, 0, 1)
        dip = np.float32(0.7) * np.cos(np.clip(away * 2.2, 0, 1) * np.pi)
        line = (
            np.float32(-4.8 * scene.smile) * self.along**2
            + np.float32(1.4 * scene.smile)
            + dip * np.float32(0.6)
        )
        gap = np.float32(scene.mouth_open) * self.span ** np.float32(0.62)
        thin = 1 - 0.22 * smile
        self.inner_top = line - gap * np.float32(0.35)
        self.inner_bottom = line + gap * np.float32(0.65)
        self.top = self.inner_top - np.float32(mouth.upper * thin) * _profile(away, _UPPER)
        self.bottom = self.inner_bottom + np.float32(mouth.lower * thin) * _profile(away, _LOWER)
        within = np.clip((1 - away) * 10, 0, 1)
        self.upper_mask = (
            inside(self.patch.y - self.top) * inside(self.inner_top - self.patch.y, 1.4) * within
        )
        self.lower_mask = (
            inside(self.patch.y - self.inner_bottom, 1.4) * inside(self.bottom - self.patch.y) * within
        )

    def half_height(self) -> float:
        """How far the lips reach above or below the middle, in px."""
        return float(max(-self.top.min(), self.bottom[np.abs(self.along) < 1].max()))


def _profile(away: Plane, shares: tuple[float, ...]) -> Plane:
    heights: Plane = np.interp(away, _KNOTS, shares).astype(np.float32)
    return heights


def lip_colour(identity: Identity, scene: Scene) -> Rgb:
    """The colour of the lips in even light."""
    natural = mixed(scaled(identity.skin.colour, 0.86), (188.0, 64.0, 70.0), 0.34 if identity.male else 0.48)
    return natural if scene.lipstick is None else mixed(scene.lipstick, natural, 0.12)


def colour_lips(albedo: Canvas, relief: Sheet, identity: Identity, scene: Scene, lips: Lips) -> None:
    """Lay the lips on the unlit skin and raise them on the relief."""
    patch, colour = lips.patch, lip_colour(identity, scene)
    creases = noise(lips.along * np.float32(70.0) + identity.texture % 300, patch.y * np.float32(0.8))
    grain = 1 + creases * np.float32(0.05)
    albedo.paint(patch, lips.upper_mask * np.float32(0.92), rgb(scaled(colour, 0.86)) * grain)
    albedo.paint(patch, lips.lower_mask * np.float32(0.90), rgb(scaled(colour, 1.04)) * grain)
    lower_middle = (lips.inner_bottom + lips.bottom) * np.float32(0.5)
    full = np.float32(0.5) * (lips.bottom - lips.inner_bottom) + np.float32(0.6)
    swell = np.clip(1 - ((patch.y - lower_middle) / full) ** 2, 0, 1) * lips.span
    relief[patch.rows, patch.columns] += swell * np.float32(0.42 * identity.mouth.lower)
    rise = np.clip(1 - np.abs(patch.y - lips.inner_top) / np.float32(identity.mouth.upper + 0.8), 0, 1)
    relief[patch.rows, patch.columns] += (
        rise * (patch.y < lips.inner_top) * lips.span * np.float32(0.34 * identity.mouth.upper)
    )


def paint_mouth(canvas: Canvas, identity: Identity, scene: Scene, lips: Lips) -> None:
    """Draw what lies between the lips, the line where they meet, and the shine on the lower one."""
    patch, y = lips.patch, lips.patch.y
    within = np.clip((1 - np.abs(lips.along)) * 8, 0, 1)
    if scene.mouth_open > 1:
        _paint_inside(canvas, scene, lips, within)
    meeting = lips.inner_top if scene.mouth_open > 1 else 0.5 * (lips.inner_top + lips.inner_bottom)
    line = np.exp(-(((y - meeting) / np.float32(0.75)) ** 2)) * within
    canvas.tint(patch, line * np.float32(0.72), (0.36, 0.20, 0.22))
    for side in (-1.0, 1.0):
        corner = np.exp(
            -(((lips.along - side) / 0.09) ** 2) - ((y + np.float32(3.6 * scene.smile)) / 1.9) ** 2
        )
        canvas.tint(patch, corner * np.float32(0.5), (0.50, 0.36, 0.36))
    gloss = 0.34 if scene.lipstick is not None else 0.16
    middle = lips.inner_bottom * np.float32(0.58) + lips.bottom * np.float32(0.42)
    shift = np.float32(0.25 * scene.light.x)
    shine = np.exp(
        -(((y - middle) / np.float32(0.20 * identity.mouth.lower + 0.25)) ** 2)
        - ((lips.along - shift) / 0.34) ** 2
    )
    canvas.paint(patch, shine * lips.lower_mask * np.float32(gloss), (255.0, 244.0, 240.0))


def _paint_inside(canvas: Canvas, scene: Scene, lips: Lips, within: Plane) -> None:
    patch, y = lips.patch, lips.patch.y
    hole = inside(y - lips.inner_top) * inside(lips.inner_bottom - y) * within
    canvas.paint(patch, hole, (64.0, 20.0, 24.0))
    tongue = hole * inside(y - lips.inner_bottom + np.float32(0.36 * scene.mouth_open), 2.5)
    canvas.paint(patch, tongue * np.float32(0.75), (168.0, 74.0, 74.0))
    reach = np.float32(0.72 * scene.mouth_open + 0.4 if scene.smile > 0.4 else 0.42 * scene.mouth_open)
    edge = lips.inner_top + reach * lips.span ** np.float32(0.4)
    teeth = hole * inside(edge - y, 1.2) * np.clip((0.93 - np.abs(lips.along)) * 7, 0, 1)
    shade = np.clip(1.02 - 0.42 * lips.along**2, 0, 1) * np.clip(0.72 + (y - lips.inner_top) * 0.16, 0, 1)
    seams = 1 - np.float32(0.13) * np.clip(
        np.cos(lips.along * np.float32(2 * np.pi * 3.6) + np.pi) - 0.72, 0, 1
    ) * np.float32(3.5)
    level = scene.light.level * 0.96
    canvas.paint(patch, teeth, rgb(scaled((246.0, 240.0, 228.0), level)) * (shade * seams))


def shade_mouth(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene) -> None:
    """Draw the folds that run from the nose to the mouth's corners, deeper with a smile and with age."""
    depth = 0.10 + 0.34 * max(scene.smile, 0.0) + 0.42 * identity.skin.wrinkles
    half_width = identity.mouth.width * (1 + 0.20 * max(scene.smile, 0.0)) + 3.5
    for side in (-1.0, 1.0):
        patch = frame.patch(*frame.turned(side * 17.0, 33.0, 1.0), 14.0, 16.0)
        t = np.clip((patch.y + 10) / np.float32(20), 0, 1)
        start, end = identity.nose.width + 2.2, half_width
        path = np.float32(start) + np.float32(end - start) * (
            np.float32(0.25) * t + np.float32(0.75) * np.sin(t * np.float32(1.5))
        )
        off = patch.x * np.float32(side) + np.float32(17.0) - path
        fold = np.exp(-np.where(off > 0, (off / 1.1) ** 2, (off / 2.4) ** 2)) * np.exp(
            -((patch.y / 8.5) ** 4)
        )
        canvas.tint(patch, fold * np.float32(min(depth, 0.85)), (0.70, 0.56, 0.54))


def shade_nose(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene) -> None:
    """Draw the nostrils, the edges of the wings and the shadow under the nose."""
    nose = identity.nose
    x, y = frame.turned(0.0, nose.length + 4.4, 9.0)
    base = frame.patch(x, y, 20.0, 9.0)
    shadow = np.exp(-((base.x / np.float32(nose.width * 0.95)) ** 4) - ((base.y - 1.2) / 2.4) ** 2)
    canvas.tint(base, shadow * np.float32(0.24 + 0.12 * scene.light.contrast), (0.58, 0.44, 0.42))
    under = frame.patch(*frame.turned(0.0, nose.length + 3.6, 13.0), 8.0, 5.0)
    canvas.tint(under, blob(under, 2.6, 1.2) * np.float32(0.35), (0.6, 0.46, 0.44))
    for side in (-1.0, 1.0):
        hole = frame.patch(*frame.turned(side * nose.width * 0.50, nose.length + 3.4, 11.0), 7.0, 5.0)
        lean = hole.y + np.float32(side * 0.25) * hole.x
        dark = np.exp(-((hole.x / np.float32(0.24 * nose.width)) ** 2) - (lean / 1.05) ** 2)
        canvas.tint(hole, dark * np.float32(0.86), (0.30, 0.18, 0.18))
        wing = frame.patch(*frame.turned(side * (nose.width + 0.6), nose.length + 1.0, 8.0), 7.0, 8.0)
        curve = wing.x * np.float32(side) + np.float32(0.075) * (wing.y + 0.5) ** 2
        crease = np.exp(-((curve / 0.95) ** 2)) * np.exp(-((wing.y / 3.6) ** 4))
        canvas.tint(wing, crease * np.float32(0.50), (0.58, 0.44, 0.42))


def colour_beard(frame: Frame, identity: Identity, scene: Scene, head: Head, lips: Lips) -> None:
    """Lay the person's facial hair on the head's unlit skin; the lips are laid over it later."""
    style = identity.beard.style
    if style == "none" and not identity.beard.sideburns:
        return
    patch = frame.patch(*frame.turned(0.0, 30.0, -8.0), 54.0, 56.0)
    x = patch.x
    y = patch.y + np.float32(30.0)
    radius = np.ones_like(frame.x) * 2
    radius[head.patch.rows, head.patch.columns] = head.radius
    radius = radius[patch.rows, patch.columns]
    region = np.zeros_like(x)
    if style in ("stubble", "beard"):
        region = np.maximum(_jaw(x, y, radius), 0.9 * _moustache(x, y, identity, scene, lips))
    elif style == "goatee":
        region = np.maximum(_chin(x, y, identity, lips), _moustache(x, y, identity, scene, lips))
    elif style == "mustache":
        region = _moustache(x, y, identity, scene, lips)
    burns = _sideburns(x, y, identity) if identity.beard.sideburns else np.zeros_like(x)
    ink = beard_colour(identity)
    offset = float(identity.texture % 401)
    hairs = noise(x * np.float32(3.0) + np.float32(0.05) * x * y + offset, y * np.float32(1.1) + offset)
    if style == "stubble":
        dots = noise(x * np.float32(4.2) + offset, y * np.float32(4.2))
        cover = region * (np.float32(0.46) + np.float32(0.15) * dots)
        shadow = mixed(scaled(identity.skin.colour, 0.50), (62.0, 70.0, 84.0), 0.45)
        head.albedo.paint(patch, np.clip(cover, 0, 0.62), mixed(shadow, ink, 0.3))
        region = np.zeros_like(x)
    cover = np.clip(
        np.maximum(region, burns) * np.float32(1.35)
        + (hairs - np.float32(0.2)) * np.float32(0.38) * np.sign(np.maximum(region, burns)),
        0,
        1,
    )
    head.albedo.paint(patch, cover * np.float32(0.94), rgb(ink) * (1 + np.float32(0.30) * hairs))
    whole = head.relief[patch.rows, patch.columns]
    whole += np.maximum(region, burns) * (np.float32(1.6) + np.float32(0.5) * hairs)


def beard_colour(identity: Identity) -> Rgb:
    """Facial hair is a little darker than the hair, and dark where the hair is dyed fair."""
    hair = identity.hair
    return mixed(hair.colour, (52.0, 36.0, 28.0), 0.35 if hair.colour_name == "blond" else 0.12)


def _jaw(x: Plane, y: Plane, radius: Plane) -> Plane:
    """The cheeks below a line from the ear to the mouth, the jaw and the chin."""
    away = np.abs(x)
    cheek_line = np.float32(46.0) - np.float32(0.034) * np.clip(away - 6, 0, 40) ** 2 + np.float32(1.5)
    cheek_line = np.where(away < 16, np.float32(44.0) - np.float32(0.02) * away**2 + 2, cheek_line)
    share: Plane = inside(y - cheek_line, 6.0) * inside((np.float32(1.03) - radius) * 40, 3.0)
    return share


def _moustache(x: Plane, y: Plane, identity: Identity, scene: Scene, lips: Lips) -> Plane:
    reach = np.float32(identity.mouth.width * (1.04 + 0.16 * max(scene.smile, 0.0)) + 1.5)
    along = np.abs(x - np.float32(lips.middle[0])) / reach
    middle = (
        np.float32(lips.middle[1] - identity.mouth.upper - 3.6)
        + np.float32(5.2 - 3.0 * max(scene.smile, 0)) * along**2
    )
    half = np.float32(3.0 + 1.2 * identity.beard.thickness) * np.clip(1.12 - along**2, 0, 1)
    gap = 1 - np.float32(0.45) * np.exp(-((along / 0.07) ** 2))
    return inside(half - np.abs(y - middle), 2.4) * (along < 1.1) * gap


def _chin(x: Plane, y: Plane, identity: Identity, lips: Lips) -> Plane:
    """A patch around the chin, joined to the moustache by strips beside the mouth."""
    centre = np.float32(identity.face.length - 9.0)
    middle = x - np.float32(lips.middle[0])
    beard = inside(
        (1 - np.hypot(middle / np.float32(12.5 + 3 * identity.beard.thickness), (y - centre) / 11)) * 9, 3.0
    )
    strip_x = np.float32(identity.mouth.width + 3.2) - np.clip(
        y - np.float32(lips.middle[1]), 0, 30
    ) * np.float32(0.30)
    strips = (
        inside(2.4 - np.abs(np.abs(middle) - strip_x), 2.0)
        * inside(y - np.float32(lips.middle[1] - 3), 3.0)
        * inside(centre - y, 4.0)
    )
    share: Plane = np.maximum(beard, strips)
    return share


def _sideburns(x: Plane, y: Plane, identity: Identity) -> Plane:
    away = np.abs(x)
    edge = np.float32(identity.face.width - 8.2)
    share: Plane = (
        inside(away - edge, 2.5)
        * inside(y + 20, 4.0)
        * inside(np.float32(21.0) + np.float32(4 * identity.beard.thickness) - y, 4.0)
    )
    return share
