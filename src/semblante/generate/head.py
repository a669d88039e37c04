"""The head's form and skin: its outline, relief and colour, lit by the scene's light; and the ears and neck.

The relief is a height map in px: a dome with a nose, cheeks, brows and a chin laid on it as soft bumps. Its
slopes are turned into shading, so that a face is lit from wherever the scene's light comes.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from semblante.generate.canvas import (
    Canvas,
    Frame,
    Patch,
    Plane,
    Sheet,
    blob,
    inside,
    mixed,
    noise,
    rgb,
    scaled,
)
from semblante.generate.identity import Face, Identity
from semblante.generate.picture import Scene

OUTLINE_DEPTH_PX = -30.0
NOSE_DEPTH_PX = 15.0
_CENTRE_Y = 4.0
_ANGLES = 720


@dataclass(frozen=True)
class Head:
    """The head on one picture: the pixels it may cover, its mask, `radius` (1 at the outline) and relief."""

    patch: Patch
    mask: Plane
    radius: Plane
    relief: Sheet
    albedo: Canvas
    """The unlit skin, lips, brows and beard, on planes as large as the picture."""


def outline_radii(face: Face) -> Float32[np.ndarray, "720"]:
    """How far the outline lies from (0, 4), for every half degree from the right (x) over down (y)."""
    right = [
        (0.0, -72.0),
        (20.0, -69.0),
        (36.0, -54.0),
        (face.width - 0.5, -28.0),
        (face.width, -4.0),
        (face.width - 0.8 + face.chubby, 16.0),
        (0.46 * face.width + 0.54 * face.jaw + 1.2 + 1.6 * face.chubby, 34.0),
        (face.jaw - 2.0 + face.chubby, face.length - 23.0),
        (0.55 * face.jaw + 0.55 * face.chin - 3.0, face.length - 10.0),
        (face.chin * 0.72, face.length - 2.8),
        (0.0, face.length),
    ]
    points = np.array([*right, *[(-x, y) for x, y in right[-2:0:-1]]])
    angles = np.unwrap(np.arctan2(points[:, 1] - _CENTRE_Y, points[:, 0]))
    radii = np.hypot(points[:, 0], points[:, 1] - _CENTRE_Y)
    turn = 2 * math.pi
    angles = np.concatenate([angles - turn, angles, angles + turn])
    radii = np.tile(radii, 3)
    wanted = np.arange(_ANGLES) * (turn / _ANGLES)
    straight = np.interp(wanted, angles, radii)
    kernel = np.hanning(27)
    padded = np.concatenate([straight[-13:], straight, straight[:13]])
    return np.convolve(padded, kernel / kernel.sum(), mode="valid").astype(np.float32)


def shape_head(frame: Frame, identity: Identity, scene: Scene) -> Head:
    """Work out the head's outline and relief, with bare skin."""
    x, y = frame.turned(0.0, 0.0, OUTLINE_DEPTH_PX)
    patch = frame.patch(x, y, 56.0, 84.0)
    down = patch.y - np.float32(_CENTRE_Y)
    distance = np.hypot(patch.x, down)
    direction = np.arctan2(down, patch.x) * np.float32(_ANGLES / (2 * math.pi))
    edge = outline_radii(identity.face).take(direction.astype(np.int32) % _ANGLES)
    radius = distance / edge
    dome = np.clip(1 - radius**2.5, 0, 1) ** np.float32(0.62) * np.float32(36)
    relief = np.zeros_like(frame.x)
    relief[patch.rows, patch.columns] = dome
    for x, y, depth, sigma_x, sigma_y, height in _bumps(identity, scene):
        middle = frame.turned(x, y, depth)
        bump = frame.patch(*middle, 3 * sigma_x, 3 * sigma_y)
        relief[bump.rows, bump.columns] += np.float32(height) * blob(bump, sigma_x, sigma_y)
    _raise_nose(frame, identity, relief)
    albedo = np.empty((3, *frame.x.shape), np.float32)
    albedo[:] = rgb(identity.skin.colour)
    head = Head(patch, inside((1 - radius) * edge), radius, relief, Canvas(albedo))
    _colour_skin(frame, identity, scene, head.albedo)
    return head


def _bumps(identity: Identity, scene: Scene) -> list[tuple[float, float, float, float, float, float]]:
    """The soft bumps of the face: x, y, depth, sigma x, sigma y, height, all in px."""
    face, nose, mouth = identity.face, identity.nose, identity.mouth
    lips_y = 41.0
    bumps = [
        (0.0, lips_y - 1, 6.0, 15.0, 9.0, 4.5),
        (0.0, lips_y + mouth.lower + 6.0, 3.0, 9.0, 2.8, -2.2),
        (0.0, face.length - 9.0, 4.0, 8.0 if identity.male else 6.5, 6.0, 4.2),
        (0.0, 31.5, 8.0, 1.7, 3.6, -0.9),
        (0.0, -34.0, -2.0, 26.0, 16.0, 3.0),
    ]
    for side in (-1.0, 1.0):
        cheek = 1.6 + 2.4 * face.cheekbones + 2.6 * scene.smile + 2.0 * face.chubby
        bumps += [
            (side * 19.0, -1.0, 0.0, 10.5, 6.5, -4.6),
            (side * 17.0, -14.0, 2.0, 12.0, 4.0, 3.2 if identity.male else 1.8),
            (side * 26.0, 16.5 - 2 * scene.smile, -6.0, 8.5, 7.5, cheek),
            (side * 28.0, 35.0, -8.0, 8.0, 10.0, 3.4 * face.chubby - 2.6 * face.cheekbones),
            (side * nose.width, nose.length + 1.5, 9.0, 3.0, 3.2, 3.6),
            (side * 17.0, 11.5, -1.0, 7.0, 3.0, 1.6 * identity.eyes.bags),
            (side * 17.5, 15.0, -1.0, 8.0, 1.8, -1.5 * identity.eyes.bags),
        ]
    return bumps


def _raise_nose(frame: Frame, identity: Identity, relief: Sheet) -> None:
    nose = identity.nose
    patch = frame.patch(*frame.turned(0.0, nose.length * 0.5, NOSE_DEPTH_PX * 0.5), 20.0, 26.0)
    along = np.clip((patch.y + np.float32(nose.length * 0.5)) / np.float32(nose.length), -0.5, 1.5)
    rise = np.clip(along * np.float32(0.92) + np.float32(0.16), 0, 1.15)
    # The ridge leans with the head: it starts between the eyes and ends at the tip, which is nearer.
    lean = np.float32(frame.pose.yaw * NOSE_DEPTH_PX) * (along - np.float32(0.5))
    half = np.float32(nose.bridge) + rise * np.float32(0.22 * nose.width)
    ridge = np.exp(((patch.x - lean) / half) ** 2 * np.float32(-0.5))
    # The tip hangs lower than the sides, and rounds off below.
    fall = inside(np.float32(1.13) - along - (patch.x - lean) ** 2 * np.float32(0.0028), 0.30)
    relief[patch.rows, patch.columns] += ridge * rise * fall * np.float32(10.5)
    tip_y = nose.length - (0.5 if nose.pointy else 0.0)
    tip = frame.patch(*frame.turned(0.0, tip_y, NOSE_DEPTH_PX), 14.0, 14.0)
    size = (2.6, 2.6, 5.2) if nose.pointy else (0.30 * nose.width + 1.6, 3.6, 4.2)
    relief[tip.rows, tip.columns] += blob(tip, size[0], size[1]) * np.float32(size[2])


def _colour_skin(frame: Frame, identity: Identity, scene: Scene, albedo: Canvas) -> None:
    """Lay the blood under the skin, the shade around the eyes, freckles and moles on the bare skin."""
    skin = identity.skin
    red = 0.35 + 0.65 * scene.blush
    for side in (-1.0, 1.0):
        cheek = frame.patch(*frame.turned(side * 26.0, 19.0, -6.0), 34.0, 30.0)
        albedo.tint(
            cheek,
            blob(cheek, 10.5, 8.5) * np.float32(red),
            (1.0, 0.86 - 0.14 * scene.blush, 0.86 - 0.10 * scene.blush),
        )
        socket = frame.patch(*frame.turned(side * 18.5, -1.0, 0.0), 30.0, 20.0)
        albedo.tint(socket, blob(socket, 10.0, 6.5) * np.float32(0.8), (0.90, 0.84, 0.84))
        bag = frame.patch(*frame.turned(side * 17.5, 9.5, 0.0), 20.0, 10.0)
        albedo.tint(bag, blob(bag, 7.5, 2.6) * np.float32(identity.eyes.bags), (0.80, 0.74, 0.80))
    _colour_cheekbones(frame, identity, albedo)
    nose = frame.patch(*frame.turned(0.0, identity.nose.length, NOSE_DEPTH_PX), 26.0, 20.0)
    albedo.tint(nose, blob(nose, 8.0, 6.0) * np.float32(0.5), (1.0, 0.88, 0.87))
    if skin.freckles:
        _freckle(frame, identity, albedo)
    for x, y, size in skin.moles:
        mole = frame.patch(*frame.turned(x, y, 0.0), 4.0, 4.0)
        albedo.paint(mole, blob(mole, size, size), scaled(mixed(skin.colour, (70.0, 30.0, 20.0), 0.75), 0.8))


def _colour_cheekbones(frame: Frame, identity: Identity, albedo: Canvas) -> None:
    high = identity.face.cheekbones
    for side in (-1.0, 1.0):
        bone = frame.patch(*frame.turned(side * 27.5, 13.5, -6.0), 22.0, 12.0)
        lean = bone.y + np.float32(0.35 * side) * bone.x
        glow = np.exp(-((bone.x / 7) ** 2) - (lean / 3.4) ** 2)
        albedo.tint(bone, glow * np.float32(high), (1.13, 1.12, 1.11))
        hollow = frame.patch(*frame.turned(side * 31.0, 30.0, -12.0), 20.0, 24.0)
        lean = hollow.x + np.float32(0.45 * side) * hollow.y
        shade = np.exp(-((lean / 4.6) ** 2) - (hollow.y / 9) ** 2)
        albedo.tint(hollow, shade * np.float32(high), (0.87, 0.82, 0.81))


def _freckle(frame: Frame, identity: Identity, albedo: Canvas) -> None:
    patch = frame.patch(*frame.turned(0.0, 18.0, 0.0), 40.0, 24.0)
    offset = identity.texture % 512
    grains = noise(patch.x * np.float32(2.6) + offset, patch.y * np.float32(2.6) + offset)
    spots = np.clip((grains - np.float32(0.42)) * 4, 0, 1)
    where = np.maximum(blob(patch, 22.0, 8.0), 0) * np.float32(0.55 * identity.skin.freckles)
    albedo.tint(patch, spots * where, (0.70, 0.52, 0.42))


def paint_neck(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene) -> None:
    """Draw the neck, lit like a cylinder, in the shadow of the chin."""
    half = (25.5 if identity.male else 20.5) + 4.0 * identity.face.chubby
    x, _ = frame.turned(0.0, 0.0, -34.0)
    patch = frame.patch(x, 80.0, 70.0, 55.0)
    flare = np.clip(patch.y - 6, 0, 40)
    width = np.float32(half) + flare**2 * np.float32(0.055)
    across = patch.x / width
    mask = inside((1 - np.abs(across)) * width)
    side = np.clip(
        0.5 * across * np.float32(scene.light.x) * 1.6 - 0.42 * across**2 + np.float32(0.92), 0.35, 1.15
    )
    lit = rgb(scaled(identity.skin.colour, scene.light.level)) * rgb(scene.light.tint) * side
    canvas.paint(patch, mask, lit.astype(np.float32))
    face = identity.face
    shadow_x = patch.x + np.float32(6.0 * scene.light.x)
    below = (shadow_x / np.float32(face.jaw + 1)) ** 2 + (
        (patch.y + np.float32(96.0 - face.length)) / 34
    ) ** 2
    canvas.tint(patch, np.clip((1.25 - below) * 1.3, 0, 1) * mask, (0.66, 0.54, 0.54))
    if face.double_chin > 0.5:
        _paint_double_chin(canvas, frame, identity, scene)
    for side in (-1.0, 1.0):
        tendon = frame.patch(side * 12.0, 92.0, 12.0, 30.0)
        lean = tendon.x + np.float32(side * 0.25) * tendon.y
        canvas.tint(
            tendon,
            np.exp(-((lean / 2.6) ** 2)) * inside(20 - np.abs(tendon.y), 12.0) * np.float32(0.3),
            (0.8, 0.72, 0.7),
        )


def _paint_double_chin(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene) -> None:
    face = identity.face
    patch = frame.patch(*frame.turned(0.0, face.length - 3.5, -14.0), face.jaw + 6, 24.0)
    across, down = patch.x / np.float32(face.jaw * 0.68), patch.y / np.float32(15.5)
    out = np.sqrt(across**2 + down**2)
    tone = np.clip(
        1.02
        - np.float32(0.42) * np.clip(out, 0, 1.05) ** 3 * (patch.y > -2)
        + np.float32(0.12 * scene.light.x) * across,
        0.5,
        1.1,
    )
    tone *= np.float32(0.90 * scene.light.level)
    canvas.paint(patch, inside((1 - out) * 13, 2.0), rgb(identity.skin.colour) * rgb(scene.light.tint) * tone)


def paint_ears(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene) -> None:
    """Draw both ears; hair may cover them later."""
    size = 0.9 * identity.face.ears
    colour = scaled(mixed(identity.skin.colour, (220.0, 110.0, 90.0), 0.10), scene.light.level)
    for side in (-1.0, 1.0):
        x, y = frame.turned(side * (identity.face.width - 0.5), 6.0, -42.0)
        patch = frame.patch(x, y, 12.0, 22.0)
        lean = patch.x * np.float32(side) - patch.y * np.float32(-0.16)
        width = np.float32(5.8 * size) - patch.y * np.float32(0.10)
        oval = np.sqrt((lean / width) ** 2 + (patch.y / np.float32(15.5 * size)) ** 2)
        shade = np.float32(1.0 + 0.22 * scene.light.x * side)
        rim = np.clip(1.15 - 0.55 * np.exp(-(((oval - 0.62) / 0.17) ** 2)) - 0.25 * (oval < 0.5), 0, 1.2)
        lit = rgb(colour) * rgb(scene.light.tint) * (shade * rim)
        canvas.paint(patch, inside((1 - oval) * 6), lit.astype(np.float32))


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
