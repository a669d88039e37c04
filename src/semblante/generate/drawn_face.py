"""Draws one person in one scene, from the backdrop forwards."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8
from PIL import Image, ImageDraw, ImageFilter

from semblante.generate.attributes import true_attributes
from semblante.generate.canvas import HEIGHT_PX, WIDTH_PX, Box, Canvas, Frame, Point, Rgb, mixed
from semblante.generate.dress import paint_clothes, paint_earrings, paint_necklace
from semblante.generate.eyes import colour_brows, colour_lids, eye_middle, paint_eyes, shade_sockets
from semblante.generate.hair import paint_back_hair, paint_front_hair
from semblante.generate.head import light_head, paint_ears, paint_neck, shape_head
from semblante.generate.identity import Identity, sample_identity
from semblante.generate.mouth import Lips, colour_beard, colour_lips, paint_mouth, shade_mouth, shade_nose
from semblante.generate.picture import Scene, sample_scene
from semblante.generate.seeded_rng import SeededRng
from semblante.generate.wear import paint_glasses, paint_hat


@dataclass(frozen=True)
class DrawnFace:
    """A drawn picture and the truth about it.

    `attributes` is 0 or 1 for each of `labels.ATTRIBUTES`. `eyes` are the middles of the left and the right
    eye as seen, and `boxes` where something is, as (x0, y0, x1, y1): always "Mouth", and "Eyeglasses" and
    "Wearing_Hat" where they are worn; all in px of the picture.
    """

    pixels: UInt8[np.ndarray, "218 178 3"]
    attributes: UInt8[np.ndarray, "40"]
    eyes: tuple[Point, Point]
    boxes: dict[str, Box]


def draw_picture(seed: int, person: int, picture: int) -> DrawnFace:
    """Draw picture number `picture` of person number `person`; the same numbers give the same bytes."""
    identity = sample_identity(seed, person)
    return draw(identity, sample_scene(identity, seed, person, picture))


def draw(identity: Identity, scene: Scene) -> DrawnFace:
    """Draw `identity` in `scene`."""
    frame = Frame(scene.pose)
    canvas = Canvas(_backdrop(scene))
    lips = Lips(frame, identity, scene)
    _paint_body_and_face(canvas, frame, identity, scene, lips)
    paint_front_hair(canvas, frame, identity, scene)
    paint_earrings(canvas, frame, identity, scene)
    glasses_box = paint_glasses(canvas, frame, identity, scene)
    hat_box = paint_hat(canvas, frame, identity, scene)
    boxes = {"Mouth": frame.box(*lips.middle, lips.half_width, lips.half_height() + 1)}
    if glasses_box is not None:
        boxes["Eyeglasses"] = glasses_box
    if hat_box is not None:
        boxes["Wearing_Hat"] = hat_box
    left, right = (frame.pixel(*eye_middle(frame, identity, side)) for side in (-1.0, 1.0))
    return DrawnFace(_developed(canvas, scene), true_attributes(identity, scene), (left, right), boxes)


def _paint_body_and_face(canvas: Canvas, frame: Frame, identity: Identity, scene: Scene, lips: Lips) -> None:
    paint_back_hair(canvas, frame, identity, scene)
    head = shape_head(frame, identity, scene)
    paint_neck(canvas, frame, identity, scene)
    paint_clothes(canvas, frame, identity, scene)
    paint_necklace(canvas, frame, identity, scene)
    paint_ears(canvas, frame, identity, scene)
    colour_lids(head.albedo, frame, identity, scene)
    colour_brows(head.albedo, frame, identity, scene)
    colour_beard(frame, identity, scene, head, lips)
    colour_lips(head.albedo, head.relief, identity, scene, lips)
    light_head(canvas, identity, scene, head)
    shade_nose(canvas, frame, identity, scene)
    shade_mouth(canvas, frame, identity, scene)
    shade_sockets(canvas, frame, identity, scene)
    paint_eyes(canvas, frame, identity, scene)
    paint_mouth(canvas, identity, scene, lips)


def _developed(canvas: Canvas, scene: Scene) -> UInt8[np.ndarray, "218 178 3"]:
    """Blur as a bad camera does, or leave the picture as it is."""
    pixels = canvas.as_image()
    if scene.blur_px:
        pixels = np.array(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(scene.blur_px)))
    return pixels


_SHRUNK = 4


def _backdrop(scene: Scene) -> Float32[np.ndarray, "3 218 178"]:
    """The picture before the person steps into it."""
    width, height = WIDTH_PX // _SHRUNK + 1, HEIGHT_PX // _SHRUNK + 1
    rng = SeededRng(scene.grain, 7)
    image = _gradient(scene, width, height, rng)
    pen = ImageDraw.Draw(image)
    if scene.backdrop == "bokeh":
        for _ in range(14):
            _draw_light(pen, scene, rng, width, height)
        image = image.filter(ImageFilter.BoxBlur(0.6))
    elif scene.backdrop == "shapes":
        for _ in range(7):
            x, y = rng.between(-6.0, float(width)), rng.between(-6.0, float(height))
            far = (x + rng.between(5.0, 22.0), y + rng.between(6.0, 34.0))
            pen.rectangle(
                (x, y, *far),
                fill=_whole(
                    mixed(scene.backdrop_colours[rng.integer(3)], (0.0, 0.0, 0.0), rng.between(0.0, 0.3))
                ),
            )
        image = image.filter(ImageFilter.BoxBlur(2)).filter(ImageFilter.BoxBlur(2))
    large = image.resize((WIDTH_PX, HEIGHT_PX), Image.Resampling.BICUBIC)
    return np.ascontiguousarray(np.asarray(large, np.float32).transpose(2, 0, 1))


def _gradient(scene: Scene, width: int, height: int, rng: SeededRng) -> Image.Image:
    first, second, third = (np.array(colour, np.float32) for colour in scene.backdrop_colours)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / np.float32(height)
    if scene.backdrop == "studio":
        away = np.hypot(x - rng.between(0.2, 0.6), y - rng.between(0.2, 0.6))[..., None]
        colours = first + (second * 0.6 - first) * np.clip(away, 0, 1)
    else:
        lean = np.float32(rng.between(-0.5, 0.5))
        share = np.clip(y + lean * (x - 0.4), 0, 1)[..., None]
        colours = first + (second - first) * share + (third - second) * np.clip(share - 0.5, 0, 1)
    return Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8))


def _draw_light(pen: ImageDraw.ImageDraw, scene: Scene, rng: SeededRng, width: int, height: int) -> None:
    x, y, radius = rng.between(0.0, float(width)), rng.between(0.0, float(height)), rng.between(1.2, 4.5)
    glow = mixed(scene.backdrop_colours[rng.integer(3)], (255.0, 240.0, 210.0), rng.between(0.1, 0.5))
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_whole(glow))


def _whole(colour: Rgb) -> tuple[int, int, int]:
    return round(colour[0]), round(colour[1]), round(colour[2])
