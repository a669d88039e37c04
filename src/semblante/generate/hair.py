"""Hair: behind the neck, over the head and around the face.

A style is two outlines: the hair's outer edge and the opening that leaves the face free. Strands fill what
lies between them: noise stretched along lines. Which strand a pixel belongs to is a number that is the same
all along it; `_strand_numbers` has one rule for combed hair, one for hair brushed back, one for the rest.
"""

import math

import numpy as np

from semblante.generate.canvas import (
    Canvas,
    Frame,
    Patch,
    Plane,
    Point,
    blurred,
    inside,
    mixed,
    moved,
    noise,
    rgb,
    scaled,
    smooth_outline,
    streaks,
)
from semblante.generate.identity import Hair, Identity
from semblante.generate.picture import Scene

_OUTER_DEPTH_PX = -30.0
_HAIRLINE_DEPTH_PX = -4.0
_LONG = ("bob", "long")


def tucked(identity: Identity, side: float) -> bool:
    """Whether long hair goes behind the ear on a side (-1 left, 1 right, as seen)."""
    return identity.hair.bangs != "full" and (identity.texture >> (3 if side > 0 else 4)) % 3 == 0


def ends_at(hair: Hair) -> float:
    """Where hanging hair ends, as y in face coordinates."""
    return 44.0 + 18.0 * hair.length if hair.style == "bob" else 84.0 + 50.0 * hair.length


def _mirrored(right: list[Point], left: list[Point]) -> list[Point]:
    """Join two halves given for the right side, from the top middle down, into one outline."""
    return right + [(-x, y) for x, y in reversed(left)]


def _turned(frame: Frame, points: list[Point], depth: float) -> list[Point]:
    return [frame.turned(x, y, depth) for x, y in points]


def paint_back_hair(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene) -> None:
    """Draw the hair that hangs behind the neck."""
    hair, width = identity.hair, identity.face.width
    if hair.style == "updo" and scene.hat is None and identity.texture % 2:
        _paint_bun(canvas, frame, identity, scene)
    if hair.style not in _LONG:
        return
    end, wide = ends_at(hair), width + 6.0 + 5.0 * hair.volume
    half = [
        (0.0, -60.0),
        (wide - 6, -40.0),
        (wide, 0.0),
        (wide + 2, 0.55 * end),
        (wide - 3, end),
        (0.0, end - 2),
    ]
    mask = blurred(frame.polygon(_turned(frame, smooth_outline(_mirrored(half, half)), _OUTER_DEPTH_PX)), 0.6)
    lay_hair(canvas, frame, identity, scene, mask, 0.62)


def _paint_bun(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene) -> None:
    x, y = frame.turned(0.0, -80.0, -40.0)
    patch = frame.patch(x, y, 26.0, 22.0)
    round_ = np.hypot(patch.x / np.float32(19), patch.y / np.float32(14))
    swirl = noise(np.arctan2(patch.y, patch.x) * 6 + round_ * 26, round_ * 30)
    light = 1.0 - 0.5 * round_**2 + 0.15 * swirl + 0.3 * scene.light.x * patch.x / 19
    canvas.paint(patch, inside((1 - round_) * 14, 2.0), rgb(identity.hair.colour) * np.clip(light, 0.3, 1.3))


def paint_front_hair(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene) -> None:
    """Draw the hair over the head and, where it is long, beside the face; it shades the forehead."""
    hair = identity.hair
    if hair.style == "bald":
        if identity.age > 42:
            _paint_fringe_of_age(canvas, frame, identity, scene)
        return
    outer = _turned(frame, _outer(identity), _OUTER_DEPTH_PX)
    opening = _turned(frame, _opening(identity), _HAIRLINE_DEPTH_PX)
    mask = frame.polygon(outer, opening)
    if hair.style != "buzz":
        fallen = moved(blurred(mask, 2.2), round(-3 * scene.light.x), 4)
        canvas.tint(frame.whole(), fallen * np.float32(0.55), (0.52, 0.42, 0.42))
    lay_hair(canvas, frame, identity, scene, blurred(mask, 2.0 if hair.style == "buzz" else 1.0), 1.0)


def _paint_fringe_of_age(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene) -> None:
    w = identity.face.width
    half = [
        (w - 5, -30.0),
        (w + 1.5, -28.0),
        (w + 4.5, -12.0),
        (w + 3.0, 4.0),
        (w - 2.0, 3.0),
        (w - 4.0, -12.0),
    ]
    for side in (-1.0, 1.0):
        ring = _turned(frame, [(side * x, y) for x, y in smooth_outline(half)], -24.0)
        lay_hair(canvas, frame, identity, scene, blurred(frame.polygon(ring), 1.6), 0.9)


def _outer(identity: Identity) -> list[Point]:
    hair, face = identity.hair, identity.face
    halves = []
    for side in (1.0, -1.0):
        halves.append(_outer_half(identity, side))
    outline = smooth_outline(_mirrored(halves[0], halves[1][1:]))
    bump = {"straight": 0.0, "slight": 0.6, "wavy": 1.5, "curly": 1.7}[hair.wave]
    if hair.style == "afro":
        bump = 2.2
    phase = float(identity.texture % 7)
    return [
        (x + math.copysign(bump, x) * math.sin(0.27 * y + phase) * (abs(x) > face.width - 4),
         y + 0.5 * bump * math.sin(0.4 * x + phase) * (y < -50))
        for x, y in outline
    ]  # fmt: skip


def _outer_half(identity: Identity, side: float) -> list[Point]:
    hair, w, v = identity.hair, identity.face.width, identity.hair.volume
    if hair.style == "buzz":
        return [(0.0, -73.5), (21.0, -70.5), (37.0, -55.0), (w + 0.6, -28.0), (w + 1.0, -8.0), (w - 1.0, 2.0)]
    if hair.style == "afro":
        big = 10.0 + 14.0 * v
        return [
            (0.0, -74 - big),
            (30.0, -68 - big),
            (46 + 0.6 * big, -46 - 0.5 * big),
            (w + big, -14.0),
            (w + 0.7 * big, 14.0),
            (w - 1, 16.0),
        ]
    lift = {"swept": 5.0, "updo": 0.0}.get(hair.style, 2.0) + 7.0 * v
    lean = 3.0 * math.copysign(1, hair.part) * side if hair.style in ("short", "swept") else 0.0
    top = [(0.0, -74.0 - lift), (22.0, -71.0 - lift - lean), (39.0, -54.0 - 0.5 * lift - lean)]
    if hair.style in _LONG and not tucked(identity, side):
        end = ends_at(hair)
        wide = w + 5.0 + 5.0 * v
        turn = -9.0 if hair.style == "bob" else 2.0 + 5.0 * v
        return [
            *top,
            (wide - 3, -28.0),
            (wide, 4.0),
            (wide + 2, 0.5 * end),
            (wide + turn, end - 6),
            (w - 12 + 0.5 * turn, end + 2),
        ]
    thick = 0.5 if hair.style == "updo" else 1.6 + 2.0 * v
    return [*top, (w + thick, -32.0), (w + thick, -14.0), (w - 0.5, 0.0), (w - 2.0, 3.0)]


def _opening(identity: Identity) -> list[Point]:
    face, hair = identity.face, identity.hair
    halves = []
    for side in (1.0, -1.0):
        w, r = face.width, hair.receding
        if hair.style in _LONG and not tucked(identity, side):
            jaw = face.jaw
            down = [
                (w - 5.0, -8.0),
                (w - 4.5, 18.0),
                (jaw + 2.0, 42.0),
                (jaw - 3.0, 62.0),
                (jaw + 2.0, 90.0),
                (jaw + 4, 130.0),
            ]
        else:
            down = [(w - 4.5, -12.0), (w - 2.6, 2.0), (w + 12, 8.0), (w + 14, 130.0)]
        halves.append([*_hairline(identity, side, r), *down])
    return _mirrored(halves[0], halves[1])


def _hairline(identity: Identity, side: float, receding: float) -> list[Point]:
    """The hairline of one side, from the middle outwards."""
    hair, w = identity.hair, identity.face.width
    if hair.bangs == "full":
        low = -identity.brows.lift - 5.0
        return _jagged([(0.5 + 3.4 * i, low + 0.03 * (3.4 * i / 4) ** 2) for i in range(11)], identity, 2.0)
    if hair.bangs == "side":
        toward = math.copysign(1.0, hair.part) * side
        if toward < 0:
            return _jagged([(4.0 * i, -30.0 + 0.42 * 4 * i) for i in range(9)], identity, 1.4)
        return [
            (0.0, -30.0),
            (0.5 * abs(hair.part), -38.0),
            (abs(hair.part) + 3, -47.0),
            (31.0, -36.0),
            (w - 6.0, -24.0),
        ]
    top = (
        -40.5
        - 1.0 * (identity.texture % 5)
        - 3.0 * receding
        - (4.0 if hair.style in ("swept", "updo") else 0.0)
    )
    inner = [(0.0, top + 1), (9.0, top - 5 * receding), (20.0 - 2 * receding, top + 1 - 15 * receding)]
    corner = [(29.0, top + 7 - 9 * receding), (w - 8.0 - 2 * receding, -27.0 - 4 * receding)]
    return smooth_outline([*inner, *corner], 4, closed=False)


def _jagged(points: list[Point], identity: Identity, size: float) -> list[Point]:
    """Let single locks end a little higher or lower along an edge."""
    grains = noise(np.arange(len(points)) * 9.0 + identity.texture % 500, np.full(len(points), 77.0))
    return [(x, y + size * float(grain)) for (x, y), grain in zip(points, grains, strict=True)]


_WAVE_PX = {"straight": 0.0, "slight": 1.0, "wavy": 3.0, "curly": 4.0}
_SHEEN = {"straight": 0.62, "slight": 0.52, "wavy": 0.40, "curly": 0.15}


def lay_hair(
    canvas: Canvas, frame: Frame, identity: Identity, scene: Scene, soft: Plane, depth: float = 1.0
) -> None:
    """Paint hair through the mask `soft`, with single strands at its edges; `depth` below 1 lies behind."""
    rows, columns = np.flatnonzero(soft.any(axis=1)), np.flatnonzero(soft.any(axis=0))
    if not len(rows):
        return
    down, right = slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
    centre = np.float32(frame.pose.yaw * _OUTER_DEPTH_PX)
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
    return hair.style in _LONG and hair.bangs == "none" and hair.wave != "curly"


def _tone(patch: Patch, hair: Hair, scene: Scene, strand: Plane) -> Plane:
    """How light the hair is: 1 is its colour; a band of sheen crosses the dome where it faces the light."""
    across = np.clip(patch.x * np.float32(1 / 52), -1.2, 1.2)
    side = 1 + np.float32(0.30 * scene.light.contrast * scene.light.x) * across - np.float32(0.22) * across**2
    band_y = np.float32(-50.0) + np.float32(20.0) * across**2
    band = np.exp(-(((patch.y - band_y) * np.float32(1 / 9)) ** 2))
    sheen = np.float32(_SHEEN[hair.wave] * (0.25 if hair.style == "buzz" else 1.0))
    tone: Plane = (np.float32(0.86) + np.float32(0.25) * strand) * side
    tone += band * sheen * (np.float32(0.40) + np.float32(0.5) * strand)
    if hair.style in _LONG:
        # Locks that hang in front of the neck lie in the shade of those above.
        tone *= 1 - np.float32(0.22) * np.clip((patch.y - 30) * np.float32(1 / 50), 0, 1)
    return tone


def _strands(patch: Patch, identity: Identity) -> Plane:
    """The lightness of single strands, about -1 to 1."""
    hair, offset = identity.hair, np.float32(identity.texture % 467)
    if hair.style == "afro" or (hair.wave == "curly" and hair.style not in _LONG):
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
        lowered = np.minimum(y, -12) + np.float32(0.12) * np.maximum(y + 12, 0)
        combed: Plane = lowered * np.float32(1.3) - away**2 * np.float32(0.034) + np.sign(away) * 97
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
