"""Facial hair, laid on the unlit skin: stubble, moustache, goatee, full beard and sideburns."""

import numpy as np

from semblante.generate.canvas import Frame, Plane, Rgb, inside, mixed, noise, rgb, scaled
from semblante.generate.head import Head
from semblante.generate.identity import Identity
from semblante.generate.mouth import Lips
from semblante.generate.picture import Scene


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
