"""Who a drawn person is: everything that stays the same from picture to picture.

Lengths are in px of face coordinates (see `canvas`), colours RGB from 0 to 255, shares from 0 to 1. The
flags are CelebA's words for a measure (`Nose.big`); the measure is sampled to fit them, in `people`.
"""

from dataclasses import dataclass
from typing import Literal

from semblante.generate.canvas import Rgb

HairColour = Literal["black", "brown", "blond", "red", "gray"]
HairStyle = Literal["bald", "buzz", "short", "swept", "afro", "bob", "long", "updo"]
Wave = Literal["straight", "slight", "wavy", "curly"]
BeardStyle = Literal["none", "stubble", "mustache", "goatee", "beard"]


@dataclass(frozen=True)
class Face:
    """The head's shape. Half widths and heights in px of face coordinates; shares from 0 to 1."""

    width: float
    jaw: float
    chin: float
    length: float
    cheekbones: float
    chubby: float
    double_chin: float
    ears: float
    oval: bool


@dataclass(frozen=True)
class Eyes:
    """`half_width` and `height` of the opening and `tilt` up at the outer corner in px; others are shares."""

    half_width: float
    height: float
    spacing: float
    tilt: float
    iris: Rgb
    crease: float
    bags: float
    narrow: bool


@dataclass(frozen=True)
class Brows:
    """Half `thickness` and `arch` in px; `lift` above the eye in px."""

    thickness: float
    arch: float
    lift: float
    arched: bool
    bushy: bool


@dataclass(frozen=True)
class Nose:
    """`width` is half the distance between the wings, `length` from the eye line to the tip, in px."""

    width: float
    length: float
    bridge: float
    big: bool
    pointy: bool


@dataclass(frozen=True)
class Mouth:
    """Half `width` and the heights of the `upper` and `lower` lip, in px."""

    width: float
    upper: float
    lower: float
    big: bool


@dataclass(frozen=True)
class Skin:
    """The colour in even light; the sides of the marks are seeded by `Identity.texture`."""

    colour: Rgb
    pale: bool
    rosy: bool
    freckles: float
    moles: tuple[tuple[float, float, float], ...]
    wrinkles: float


@dataclass(frozen=True)
class Hair:
    """How the hair is worn. `part` is the parting's x in px; `receding` how far the temples went back."""

    style: HairStyle
    colour_name: HairColour
    colour: Rgb
    wave: Wave
    part: float
    volume: float
    length: float
    receding: float
    bangs: Literal["none", "full", "side"]


@dataclass(frozen=True)
class Beard:
    """Facial hair; `sideburns` run down before the ears with or without the rest."""

    style: BeardStyle
    sideburns: bool
    thickness: float


@dataclass(frozen=True)
class Habits:
    """How likely a picture shows the person so, from 0 to 1."""

    glasses: float
    hat: float
    makeup: float
    lipstick: float
    earrings: float
    necklace: float
    necktie: float
    smile: float


@dataclass(frozen=True)
class Identity:
    """One person who does not exist."""

    male: bool
    age: float
    face: Face
    eyes: Eyes
    brows: Brows
    nose: Nose
    mouth: Mouth
    skin: Skin
    hair: Hair
    beard: Beard
    habits: Habits
    texture: int
