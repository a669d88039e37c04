"""Eyes and brows."""

import numpy as np

from semblante.generate.canvas import (
    Canvas,
    Frame,
    Patch,
    Plane,
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

_SIDES = (-1.0, 1.0)


def eye_middle(frame: Frame, identity: Identity, side: float) -> tuple[float, float]:
    """Where the middle of an eye (side -1 left, 1 right, as seen) is, in face coordinates of the picture."""
    return frame.turned(side * 0.5 * identity.eyes.spacing, 0.0, 0.0)


def colour_brows(albedo: Canvas, frame: Frame, identity: Identity, scene: Scene) -> None:
    """Lay both brows on the unlit skin, hair by hair."""
    brows, hair = identity.brows, identity.hair
    dark = mixed(hair.colour, (40.0, 26.0, 20.0), 0.55 if hair.colour_name in ("blond", "gray") else 0.25)
    for side in _SIDES:
        x, y = frame.turned(side * 20.0, -brows.lift, 3.0)
        patch = frame.patch(x, y, 18.0, 13.0)
        along = patch.x * np.float32(side / 14.3)
        bow = np.float32(brows.arch) * np.clip(1 - ((along - 0.28) / np.float32(0.95)) ** 2, -0.7, 1)
        centre = -bow + np.float32(0.45 * brows.arch) + np.float32(-0.6 * scene.smile)
        thick = np.float32(brows.thickness) * np.clip(1.05 - 0.55 * np.clip(along, -0.4, 1.2), 0.28, 1.2)
        offset = identity.texture % 499
        hairs = noise(
            patch.x * np.float32(3.4) - side * patch.y * np.float32(2.2) + offset,
            patch.y * np.float32(0.9) + offset,
        )
        ends = np.clip((1 - np.abs(along)) * 7, 0, 1)
        solid = inside(thick - np.abs(patch.y - centre) + hairs * np.float32(0.5), 1.5)
        strength = 0.72 if brows.bushy else 0.66
        albedo.paint(patch, solid * ends * (np.float32(strength) + np.float32(0.25) * hairs), dark)


def colour_lids(albedo: Canvas, frame: Frame, identity: Identity, scene: Scene) -> None:
    """Lay eye shadow on the unlit upper lids."""
    if scene.makeup < 0.5:
        return
    for side in _SIDES:
        x, y = eye_middle(frame, identity, side)
        patch = frame.patch(x + side * 1.5, y - 5.0, 22.0, 14.0)
        lean = patch.y + np.float32(side * 0.16) * patch.x
        veil = np.exp(-((patch.x / 10.5) ** 2) - (lean / 4.6) ** 2) * np.float32(0.66 * scene.makeup)
        albedo.paint(patch, veil, mixed(scene.eye_shadow, identity.skin.colour, 0.25))


def paint_eyes(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene) -> None:
    """Draw both eyes on the lit face."""
    for side in _SIDES:
        x, y = eye_middle(frame, identity, side)
        patch = frame.patch(x, y, 21.0, 18.0)
        _Eye(canvas, patch, side, identity, scene, frame.pose.yaw).paint()


class _Eye:
    """One eye: curves of its lids over `along` (-1 at the inner corner, 1 at the outer)."""

    def __init__(
        self, canvas: Canvas, patch: Patch, side: float, identity: Identity, scene: Scene, yaw: float
    ) -> None:
        eyes = identity.eyes
        self.canvas, self.patch, self.side, self.identity, self.scene = canvas, patch, side, identity, scene
        self.half_width = eyes.half_width * (1 - 0.30 * yaw * side)
        self.along: Plane = patch.x * np.float32(side / self.half_width)
        squint = 1 - 0.16 * max(scene.smile, 0.0) * (0 if eyes.narrow else 1)
        height = eyes.height * squint
        span = np.clip(1 - np.abs(self.along) ** 2.1, 0, 1)
        corners = np.float32(-eyes.tilt) * self.along
        # The upper lid peaks nearer to the nose, the lower one sags nearer to the temple.
        skew = np.float32(0.14) * self.along
        self.upper: Plane = corners - np.float32(0.60 * height) * span ** np.float32(0.78) * (1 - skew)
        self.lower: Plane = corners + np.float32(0.40 * height) * span ** np.float32(0.95) * (1 + skew)
        self.lower -= np.float32(1.0 * max(scene.smile, 0.0)) * span
        self.span = span
        self.height = height

    def paint(self) -> None:
        opening = (
            inside(self.patch.y - self.upper) * inside(self.lower - self.patch.y) * (np.abs(self.along) < 1)
        )
        self._paint_crease()
        self._paint_ball(opening)
        self._paint_lashes()

    def _paint_crease(self) -> None:
        eyes, y = self.identity.eyes, self.patch.y
        reach = np.clip(1.25 - np.abs(self.along - 0.05), 0, 0.4) * 2.5
        gap = np.float32(2.2 + 0.16 * eyes.height)
        line = self.upper - gap * np.clip(self.span + 0.25, 0, 1)
        crease = np.exp(-(((y - line) / np.float32(0.85)) ** 2)) * reach
        self.canvas.tint(self.patch, crease * np.float32(0.5 * eyes.crease + 0.08), (0.55, 0.42, 0.40))
        lid = np.exp(-(((y - line - 1.8) / np.float32(1.1)) ** 2)) * reach * np.float32(0.16 * eyes.crease)
        self.canvas.paint(self.patch, lid, (255.0, 236.0, 222.0))
        under = (
            np.exp(-(((y - self.lower - 1.6) / np.float32(1.0)) ** 2))
            * np.clip(1.05 - np.abs(self.along), 0, 0.3)
            * 3
        )
        self.canvas.tint(self.patch, under * np.float32(0.14 + 0.35 * eyes.bags), (0.66, 0.52, 0.54))
        if eyes.bags > 0.5 or self.identity.skin.wrinkles > 0.2:
            self._paint_bag()

    def _paint_bag(self) -> None:
        eyes, y = self.identity.eyes, self.patch.y
        fold = self.lower * np.float32(0.6) + np.float32(5.4) * np.clip(1.12 - self.along**2, 0, 1) ** 0.5
        depth = 0.55 * eyes.bags + 0.12 * self.identity.skin.wrinkles
        crease = (
            np.exp(-(((y - fold) / np.float32(0.95)) ** 2)) * np.clip(1.1 - np.abs(self.along), 0, 0.5) * 2
        )
        self.canvas.tint(self.patch, crease * np.float32(depth), (0.52, 0.42, 0.46))
        swell = (
            np.exp(-(((y - fold + 2.2) / np.float32(1.0)) ** 2))
            * np.clip(0.9 - np.abs(self.along), 0, 0.5)
            * 2
        )
        self.canvas.paint(self.patch, swell * np.float32(0.16 * eyes.bags), (255.0, 230.0, 215.0))

    def _paint_ball(self, opening: Plane) -> None:
        scene, patch = self.scene, self.patch
        level = np.float32(0.55 + 0.42 * scene.light.level)
        depth = patch.y - self.upper
        white = np.clip(0.62 + depth * np.float32(0.16), 0.5, 1.0) * (1 - np.float32(0.20) * self.along**4)
        ball = rgb((240.0, 235.0, 230.0)) * (white * level)
        self.canvas.paint(patch, opening, ball)
        corner = np.exp(-(((self.along + 0.93) / 0.11) ** 2)) * opening
        self.canvas.paint(patch, corner * np.float32(0.6), scaled((214.0, 138.0, 128.0), float(level)))
        x, y = patch.x - np.float32(scene.gaze[0]), patch.y - np.float32(scene.gaze[1] - 0.08 * self.height)
        self._paint_iris(opening, x, y, np.clip(0.55 + depth * np.float32(0.14), 0.5, 1.08))

    def _paint_iris(self, opening: Plane, x: Plane, y: Plane, shade: Plane) -> None:
        radius = np.hypot(x, y)
        size = np.float32(5.55)
        iris = self.identity.eyes.iris
        rays = noise(
            np.arctan2(y, x) * np.float32(26.0) + 300, radius * np.float32(0.8) + self.identity.texture % 400
        )
        rim = np.clip((radius / size - np.float32(0.72)) * np.float32(3.4), 0, 1)
        lower = np.clip((y * np.float32(0.9) - x * np.float32(0.6 * self.scene.light.x)) / size, -0.6, 1)
        bright = (
            (1 + np.float32(0.14) * rays + np.float32(0.42) * lower) * (1 - np.float32(0.62) * rim) * shade
        )
        disc = inside(size - radius, 1.2) * opening
        self.canvas.paint(self.patch, disc, rgb(scaled(iris, 1.18)) * bright)
        self.canvas.paint(self.patch, inside(np.float32(2.3) - radius, 1.2) * opening, (14.0, 10.0, 10.0))
        light = self.scene.light
        glint_x, glint_y = np.float32(2.6 * light.x + 0.5), np.float32(-1.7 + 0.8 * light.y)
        glint = inside(np.float32(1.35) - np.hypot(x - glint_x, y - glint_y), 1.1) * inside(
            self.patch.y - self.upper - 0.7
        )
        self.canvas.paint(self.patch, glint * np.float32(0.95), (255.0, 255.0, 255.0))
        spark = inside(np.float32(0.8) - np.hypot(x + glint_x, y - np.float32(2.2)), 1.2) * opening
        self.canvas.paint(self.patch, spark * np.float32(0.35), (255.0, 255.0, 255.0))

    def _paint_lashes(self) -> None:
        makeup, along, y = self.scene.makeup, self.along, self.patch.y
        female = 0.0 if self.identity.male else 0.35
        ink: Rgb = mixed((46.0, 30.0, 24.0), (12.0, 9.0, 10.0), min(makeup + female, 1.0))
        reach = np.clip((np.float32(1.06 + 0.16 * makeup) - along) * 5, 0, 1) * np.clip(
            (along + 1.04) * 6, 0, 1
        )
        wing = np.clip(along - 0.85, 0, 1) * np.float32((2.0 + 7.0 * makeup) * (female + makeup))
        thick = np.float32(0.85 + 0.35 * female) + np.float32(1.05 * makeup + 0.5 * female) * np.clip(
            along + 0.7, 0, 1.4
        )
        fringe = 1 + np.float32(0.22 * makeup) * np.sin(along * np.float32(24.0))
        line = self.upper - wing - thick * np.float32(0.35)
        upper = inside(thick * fringe * np.float32(0.62) - np.abs(y - line), 1.0) * reach
        self.canvas.paint(self.patch, upper * np.float32(0.94), ink)
        lower = np.exp(-(((y - self.lower - 0.3) / np.float32(0.7)) ** 2)) * np.clip(
            (1 - np.abs(along)) * 4, 0, 1
        )
        strength = (0.26 + 0.42 * makeup) * np.clip(0.6 + 0.5 * along, 0, 1)
        self.canvas.paint(self.patch, lower * strength, ink)


def shade_sockets(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene) -> None:
    """Draw crow's feet and the frown of age beside the eyes."""
    if identity.skin.wrinkles < 0.2:
        return
    for side in _SIDES:
        x, y = frame.turned(side * 35.0, 1.0, -8.0)
        patch = frame.patch(x, y, 8.0, 9.0)
        fan = patch.y - patch.x * np.float32(side * 0.1)
        lines = np.clip(np.cos(fan * np.float32(1.9)) - 0.35, 0, 1) * blob(patch, 3.2, 4.6)
        depth = identity.skin.wrinkles * (0.35 + 0.4 * max(scene.smile, 0.0))
        canvas.tint(patch, lines * np.float32(depth), (0.60, 0.48, 0.45))
