"""Turns colour, relief and the scene's light into lit skin."""

import numpy as np

from semblante.generate.canvas import Canvas, Plane, noise, rgb
from semblante.generate.head import Head
from semblante.generate.identity import Identity
from semblante.generate.picture import Scene

# Light that enters the skin comes out again beside where it fell, red farthest: shadows begin late and warm.
_WRAP = np.array([0.52, 0.34, 0.26], np.float32).reshape(3, 1, 1)


def light_head(canvas: Canvas, identity: Identity, scene: Scene, head: Head) -> None:
    """Paint the head's albedo onto `canvas`, shaded by its relief."""
    rows, columns = head.patch.rows, head.patch.columns
    relief = head.relief
    slope_x = np.clip(np.gradient(relief[rows, columns], axis=1), -1.5, 1.5)
    slope_y = np.clip(np.gradient(relief[rows, columns], axis=0), -1.5, 1.5)
    upright = 1 / np.sqrt(1 + slope_x**2 + slope_y**2)
    light = scene.light
    ahead = np.float32(max(1 - light.x**2 - light.y**2, 0.2) ** 0.5)
    facing = (ahead - np.float32(light.x) * slope_x - np.float32(light.y) * slope_y) * upright
    wrapped = np.clip((facing + _WRAP) / (ahead + _WRAP), 0, 1.25)
    strength = np.float32(0.35 + 0.38 * light.contrast)
    shade = (1 - strength) * (np.float32(0.72) + np.float32(0.28) * upright) + strength * wrapped
    lit = head.albedo.pixels[:, rows, columns] * shade * (rgb(light.tint) * np.float32(light.level))
    lit += _gloss(facing, upright, ahead, scene) * (rgb(light.tint) * np.float32(255))
    grains = noise(head.patch.x * np.float32(2.2) + identity.texture % 509, head.patch.y * np.float32(2.2))
    lit *= 1 + grains * np.float32(0.012 + 0.012 * identity.skin.wrinkles)
    # Film, too, gives way softly where the light is too much.
    lit -= np.maximum(lit - np.float32(214), 0) * np.float32(0.45)
    canvas.paint(head.patch, head.mask, lit)


def _gloss(facing: Plane, upright: Plane, ahead: np.float32, scene: Scene) -> Plane:
    # Blinn's half-way vector between the light and the viewer, who looks along z.
    halfway = (facing + upright) / np.sqrt(np.float32(2) + 2 * ahead)
    shine = np.clip(halfway, 0, 1) ** 22
    shine_on_skin: Plane = shine * np.float32(0.085 + 0.05 * scene.light.contrast)
    return shine_on_skin
