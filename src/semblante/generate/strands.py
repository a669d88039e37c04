"""The look of hair: strands that run from the parting over the dome and then down, lit and shaded.

A strand is noise stretched along a line. Which strand a pixel belongs to is a number that is the same all
along it; `_strand_numbers` gives one rule for combed hair, one for hair brushed back, one for the rest.
"""

import math

import numpy as np

from semblante.generate.canvas import Canvas, Frame, Patch, Plane, mixed, noise, rgb, scaled, streaks
from semblante.generate.identity import Hair, Identity
from semblante.generate.picture import Scene

_DEPTH_PX = -30.0
_WAVE_PX = {"straight": 0.0, "slight": 1.0, "wavy": 3.0, "curly": 4.0}
_SHEEN = {"straight": 0.62, "slight": 0.52, "wavy": 0.40, "curly": 0.15}
_HANGING = ("bob", "long")


def lay_hair(
    canvas: Canvas, frame: Frame, identity: Identity, scene: Scene, soft: Plane, depth: float = 1.0
) -> None:
    """Paint hair through the mask `soft`, with single strands at its edges; `depth` below 1 lies behind."""
    rows, columns = np.flatnonzero(soft.any(axis=1)), np.flatnonzero(soft.any(axis=0))
    if not len(rows):
        return
    down, right = slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
    centre = np.float32(frame.pose.yaw * _DEPTH_PX)
    patch = Patch(down, right, frame.x[down, right] - centre, frame.y[down, right])
    soft = soft[down, right]
    hair = identity.hair
    strand = _strands(patch, identity)
    edge = 4 * soft * (1 - soft)
    buzz = hair.style == "buzz"
    steepness = np.float32(1.2 if buzz else 2.0)
    mask = np.clip(
        np.float32(0.5) + (soft - np.float32(0.5)) * steepness + strand * edge * np.float32(0.5), 0, 1
    )
    if buzz:
        mask *= np.float32(0.80) + np.float32(0.12) * strand
    tone = _tone(patch, hair, scene, strand) * np.float32(depth * scene.light.level)
    if not buzz:
        tone *= 1 - np.float32(0.22) * edge
    base = rgb(hair.colour)
    bright = rgb(mixed(scaled(hair.colour, 1.45), (255.0, 228.0, 190.0), 0.12))
    lit = base * np.clip(tone, 0.2, 1.0) + (bright - base) * np.clip((tone - 0.9) * np.float32(1.2), 0, 1)
    canvas.paint(patch, mask, lit * rgb(scene.light.tint))
    if depth == 1.0 and parted(hair):
        _draw_parting(canvas, patch, identity, mask)


def parted(hair: Hair) -> bool:
    """Whether the hair falls to both sides of a parting that is seen."""
    return hair.style in _HANGING and hair.bangs == "none" and hair.wave != "curly"


def _tone(patch: Patch, hair: Hair, scene: Scene, strand: Plane) -> Plane:
    """How light the hair is: 1 is its colour; a band of sheen crosses the dome where it faces the light."""
    across = np.clip(patch.x * np.float32(1 / 52), -1.2, 1.2)
    side = 1 + np.float32(0.30 * scene.light.contrast * scene.light.x) * across - np.float32(0.22) * across**2
    band_y = np.float32(-50.0) + np.float32(20.0) * across**2
    band = np.exp(-(((patch.y - band_y) * np.float32(1 / 9)) ** 2))
    sheen = np.float32(_SHEEN[hair.wave] * (0.25 if hair.style == "buzz" else 1.0))
    tone: Plane = (np.float32(0.86) + np.float32(0.25) * strand) * side
    tone += band * sheen * (np.float32(0.40) + np.float32(0.5) * strand)
    if hair.style in _HANGING:
        # Locks that hang in front of the neck lie in the shade of those above.
        tone *= 1 - np.float32(0.22) * np.clip((patch.y - 30) * np.float32(1 / 50), 0, 1)
    return tone


def _strands(patch: Patch, identity: Identity) -> Plane:
    """The lightness of single strands, about -1 to 1."""
    hair, offset = identity.hair, np.float32(identity.texture % 467)
    if hair.style == "afro" or (hair.wave == "curly" and hair.style not in _HANGING):
        curls = noise(patch.x * np.float32(1.3) + offset, patch.y * np.float32(1.3))
        beside = noise(patch.x * np.float32(1.3) + (offset + 2), patch.y * np.float32(1.3) + 3)
        return 0.7 * curls - 0.45 * beside
    number = _strand_numbers(patch, hair)
    reach = np.float32(_WAVE_PX[hair.wave])
    phase = (
        patch.y * np.float32(0.26 if hair.wave == "curly" else 0.17) + np.sin(number * np.float32(0.11)) * 2
    )
    fade = np.clip((patch.y + 60) * np.float32(1 / 40), 0, 1)
    number = number + reach * np.sin(phase) * fade
    clumps = streaks(number * np.float32(0.75) + offset, patch.y * np.float32(0.06) + offset)
    fine = streaks(number * np.float32(2.0) + offset, patch.y * np.float32(0.10))
    tone = np.float32(0.8) * clumps + np.float32(0.42) * fine
    if reach > 2:
        tone = tone + np.float32(0.36) * np.cos(phase) * fade
    return np.clip(tone, -1.2, 1.2)


def _strand_numbers(patch: Patch, hair: Hair) -> Plane:
    x, y = patch.x, patch.y
    if hair.style == "swept":
        lean = np.float32(math.copysign(0.45, hair.part))
        brushed: Plane = x + lean * y + np.float32(0.004) * y * x
        return brushed
    if parted(hair):
        away = x - _parting(y, hair)
        best_face_per_photo = np.minimum(y, -12) + np.float32(0.12) * np.maximum(y + 12, 0)
        combed: Plane = (
            best_face_per_photo * np.float32(1.3) - away**2 * np.float32(0.034) + np.sign(away) * 97
        )
        return combed
    dome = np.sqrt(np.clip(1 - ((y + 18) * np.float32(1 / 62)) ** 2, 0.16, 1))
    fallen: Plane = (x - _parting(y, hair)) / np.where(y < -18, dome, 1)
    return fallen


def _parting(y: Plane, hair: Hair) -> Plane:
    place: Plane = np.float32(hair.part) * np.clip((-y - 5) * np.float32(1 / 45), 0, 1)
    return place


def _draw_parting(canvas: Canvas, patch: Patch, identity: Identity, mask: Plane) -> None:
    away = patch.x - _parting(patch.y, identity.hair)
    length = np.clip((patch.y + 73) * np.float32(0.15), 0, 1) * mask
    canvas.tint(
        patch, np.exp(-((away * np.float32(0.3)) ** 2)) * length * np.float32(0.45), (0.5, 0.45, 0.42)
    )
    scalp = scaled(identity.skin.colour, 0.82)
    canvas.paint(patch, np.exp(-((away * np.float32(1.3)) ** 2)) * length * np.float32(0.55), scalp)
