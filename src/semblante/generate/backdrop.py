"""What lies behind the person: soft gradients, out-of-focus lights or shapes."""

import numpy as np
from jaxtyping import Float32
from PIL import Image, ImageDraw, ImageFilter

from semblante.generate.canvas import HEIGHT_PX, WIDTH_PX, Rgb, mixed
from semblante.generate.picture import Scene
from semblante.generate.seeded_rng import SeededRng

_SHRUNK = 4


def backdrop(scene: Scene) -> Float32[np.ndarray, "3 218 178"]:
    """The picture before the person steps into it."""
    width, height = WIDTH_PX // _SHRUNK + 1, HEIGHT_PX // _SHRUNK + 1
    dice = SeededRng(scene.grain, 7)
    image = _gradient(scene, width, height, dice)
    pen = ImageDraw.Draw(image)
    if scene.backdrop == "bokeh":
        for _ in range(14):
            _draw_light(pen, scene, dice, width, height)
        image = image.filter(ImageFilter.BoxBlur(0.6))
    elif scene.backdrop == "shapes":
        for _ in range(7):
            x, y = dice.between(-6.0, float(width)), dice.between(-6.0, float(height))
            far = (x + dice.between(5.0, 22.0), y + dice.between(6.0, 34.0))
            pen.rectangle(
                (x, y, *far),
                fill=_whole(
                    mixed(scene.backdrop_colours[dice.integer(3)], (0.0, 0.0, 0.0), dice.between(0.0, 0.3))
                ),
            )
        image = image.filter(ImageFilter.BoxBlur(2)).filter(ImageFilter.BoxBlur(2))
    large = image.resize((WIDTH_PX, HEIGHT_PX), Image.Resampling.BICUBIC)
    return np.ascontiguousarray(np.asarray(large, np.float32).transpose(2, 0, 1))


def _gradient(scene: Scene, width: int, height: int, dice: SeededRng) -> Image.Image:
    first, second, third = (np.array(colour, np.float32) for colour in scene.backdrop_colours)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / np.float32(height)
    if scene.backdrop == "studio":
        away = np.hypot(x - dice.between(0.2, 0.6), y - dice.between(0.2, 0.6))[..., None]
        colours = first + (second * 0.6 - first) * np.clip(away, 0, 1)
    else:
        lean = np.float32(dice.between(-0.5, 0.5))
        share = np.clip(y + lean * (x - 0.4), 0, 1)[..., None]
        colours = first + (second - first) * share + (third - second) * np.clip(share - 0.5, 0, 1)
    return Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8))


def _draw_light(pen: ImageDraw.ImageDraw, scene: Scene, dice: SeededRng, width: int, height: int) -> None:
    x, y, radius = dice.between(0.0, float(width)), dice.between(0.0, float(height)), dice.between(1.2, 4.5)
    glow = mixed(scene.backdrop_colours[dice.integer(3)], (255.0, 240.0, 210.0), dice.between(0.1, 0.5))
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_whole(glow))


def _whole(colour: Rgb) -> tuple[int, int, int]:
    return round(colour[0]), round(colour[1]), round(colour[2])
