"""Who a drawn person is: everything that stays the same from picture to picture, sampled from two numbers.

Lengths are in px of face coordinates (see `canvas`), colours RGB from 0 to 255, shares from 0 to 1. The
flags are CelebA's words for a measure, such as `Nose.big`. An attribute is sampled as a yes or a no at about
CelebA's rate, and then as a measure well inside that answer: a big nose is clearly bigger than one that is
not, so that the label is true to the eye. What goes together in people goes together here, such as age and
gray hair.
"""

from dataclasses import dataclass
from typing import Literal

from semblante.generate.canvas import Rgb, mixed, scaled
from semblante.generate.seeded_rng import SeededRng

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


_SKINS: tuple[Rgb, ...] = (
    (245.0, 212.0, 190.0),
    (242.0, 204.0, 179.0),
    (236.0, 194.0, 166.0),
    (222.0, 173.0, 138.0),
    (204.0, 152.0, 113.0),
    (180.0, 127.0, 90.0),
    (152.0, 102.0, 70.0),
    (122.0, 79.0, 54.0),
    (96.0, 62.0, 44.0),
)
_IRISES: dict[str, Rgb] = {
    "brown": (92.0, 56.0, 30.0),
    "dark": (56.0, 34.0, 22.0),
    "hazel": (122.0, 96.0, 46.0),
    "green": (94.0, 128.0, 84.0),
    "blue": (88.0, 134.0, 172.0),
    "grey": (128.0, 146.0, 156.0),
}
_HAIRS: dict[HairColour, tuple[Rgb, ...]] = {
    "black": ((26.0, 22.0, 24.0), (36.0, 28.0, 26.0), (22.0, 22.0, 30.0)),
    "brown": ((92.0, 58.0, 36.0), (112.0, 74.0, 46.0), (78.0, 50.0, 34.0)),
    "blond": ((206.0, 168.0, 104.0), (222.0, 192.0, 136.0), (188.0, 148.0, 86.0)),
    "red": ((148.0, 64.0, 30.0), (168.0, 84.0, 42.0), (118.0, 44.0, 28.0)),
    "gray": ((158.0, 156.0, 156.0), (196.0, 195.0, 194.0), (134.0, 132.0, 134.0)),
}


def sample_identity(seed: int, person: int) -> Identity:
    """The person number `person` of the crowd `seed`; always the same one."""
    rng = SeededRng(seed, person, 0)
    male = rng.happens(0.42)
    age = rng.between(17.0, 42.0) if rng.happens(0.70 if male else 0.86) else rng.between(48.0, 78.0)
    darkness = rng.between(0.0, 1.0) ** 1.5
    skin = _skin(rng, male, age, darkness)
    hair = _hair(rng, male, age, darkness)
    return Identity(
        male=male,
        age=age,
        face=_face(rng, male, age),
        eyes=_eyes(rng, male, age, darkness),
        brows=_brows(rng, male),
        nose=_nose(rng, male, darkness),
        mouth=_mouth(rng, male, age),
        skin=skin,
        hair=hair,
        beard=_beard(rng, male),
        habits=_habits(rng, male, age),
        texture=rng.integer(1 << 30),
    )


def _face(rng: SeededRng, male: bool, age: float) -> Face:
    heavy = rng.happens(0.09 if male else 0.035)
    oval = not heavy and rng.happens(0.26 if male else 0.34)
    chubby = rng.between(0.75, 1.0) if heavy else rng.between(0.0, 0.25)
    return Face(
        width=rng.between(40.5, 43.0) if oval else rng.between(42.0, 46.0) + 2 * chubby,
        jaw=rng.either(oval, (30.0, 32.0), (33.0, 37.5)) + (1.5 if male else -2.5) + 5 * chubby,
        chin=rng.either(oval, (13.0, 15.0), (14.5, 20.0)) + (2.0 if male else -2.0) + 3 * chubby,
        length=rng.either(oval, (73.0, 77.0), (65.0, 72.0)) + (2.5 if male else -1.0),
        cheekbones=rng.either(rng.happens(0.30 if male else 0.52), (0.75, 1.0), (0.0, 0.25)),
        chubby=chubby,
        double_chin=rng.either(heavy and rng.happens(0.6 if age < 45 else 0.9), (0.75, 1.0), (0.0, 0.2)),
        ears=rng.between(0.85, 1.2) + (0.1 if age > 60 else 0),
        oval=oval,
    )


def _eyes(rng: SeededRng, male: bool, age: float, darkness: float) -> Eyes:
    narrow = rng.happens(0.12)
    weights = [30.0, 12.0, 10.0, 10.0, 20.0, 8.0] if darkness < 0.45 else [45.0, 50.0, 4.0, 1.0, 0.5, 0.5]
    bags = rng.happens((0.28 if male else 0.08) + (0.25 if age > 45 else 0.0))
    return Eyes(
        half_width=rng.between(10.8, 11.9) + (0.0 if male else 0.6),
        height=rng.between(4.2, 5.2) if narrow else rng.between(7.9, 9.7) + (0 if male else 0.7),
        spacing=rng.between(36.8, 39.2),
        tilt=rng.between(-0.6, 1.8),
        iris=list(_IRISES.values())[rng.index(weights)],
        crease=rng.between(0.05, 0.25) if rng.happens(0.2) else rng.between(0.6, 1.0),
        bags=rng.either(bags, (0.75, 1.0), (0.0, 0.2)),
        narrow=narrow,
    )


def _brows(rng: SeededRng, male: bool) -> Brows:
    arched = rng.happens(0.07 if male else 0.41)
    bushy = not arched and rng.happens(0.28 if male else 0.07)
    thin = (1.5, 1.9) if male else (1.1, 1.6)
    return Brows(
        thickness=rng.either(bushy, (2.5, 3.2), thin),
        arch=rng.either(arched, (4.2, 5.6), (0.8, 2.2)),
        lift=rng.between(12.0, 14.0) + (0.0 if male else 1.0),
        arched=arched,
        bushy=bushy,
    )


def _nose(rng: SeededRng, male: bool, darkness: float) -> Nose:
    big = rng.happens((0.36 if male else 0.09) + 0.12 * darkness)
    pointy = not big and rng.happens(0.24 if male else 0.42)
    return Nose(
        width=rng.between(11.2, 13.2) if big else rng.between(6.8, 7.6) if pointy else rng.between(8.4, 9.6),
        length=rng.either(big, (27.0, 29.5), (23.5, 26.5)) + (0.8 if male else 0),
        bridge=rng.between(2.4, 3.4) + (0.8 if big else 0),
        big=big,
        pointy=pointy,
    )


def _mouth(rng: SeededRng, male: bool, age: float) -> Mouth:
    big = rng.happens((0.16 if male else 0.33) * (1.0 if age < 45 else 0.5))
    return Mouth(
        width=rng.between(16.4, 19.0) + (0.8 if male else 0),
        upper=rng.either(big, (5.2, 6.2), (2.4, 3.5)),
        lower=rng.either(big, (6.8, 8.0), (3.6, 5.0)),
        big=big,
    )


def _skin(rng: SeededRng, male: bool, age: float, darkness: float) -> Skin:
    place = darkness * (len(_SKINS) - 1)
    first = min(int(place), len(_SKINS) - 2)
    colour = mixed(_SKINS[first], _SKINS[first + 1], place - first)
    pale = darkness < 0.12 and rng.happens(0.22)
    if pale:
        colour = (252.0, 231.0, 220.0)
    moles = [
        (rng.between(-30.0, 30.0), rng.between(14.0, 58.0), rng.between(0.6, 1.1))
        for _ in range(rng.index([5.0, 3.0, 2.0]))
    ]
    return Skin(
        colour=mixed(colour, (255.0, 190.0, 120.0), rng.between(-0.05, 0.09) if not pale else 0.0),
        pale=pale,
        rosy=darkness < 0.5 and rng.happens(0.05 if male else 0.14),
        freckles=rng.between(0.5, 1.0) if darkness < 0.35 and rng.happens(0.16) else 0.0,
        moles=tuple(moles),
        wrinkles=min(max((age - 36) / 34, 0.0), 1.0),
    )


def _hair(rng: SeededRng, male: bool, age: float, darkness: float) -> Hair:
    name = _hair_colour(rng, male, age, darkness)
    shades = _HAIRS[name]
    wave = _WAVES[rng.index([2.6, 3.6, 2.4, 0.3] if darkness < 0.55 else [2.2, 2.6, 3.0, 5.0])]
    style = _STYLES[rng.index(_style_weights(male, age, wave, darkness))]
    receding = male and rng.happens(0.17 if age < 45 else 0.48) and style in ("short", "buzz", "swept")
    fringed = style in ("bob", "long", "short") and not receding and rng.happens(0.13 if male else 0.26)
    side = 1 if rng.happens(0.5) else -1
    part = side * rng.either(rng.happens(0.35), (0.0, 4.0), (9.0, 20.0))
    return Hair(
        style=style,
        colour_name=name,
        colour=scaled(shades[rng.integer(len(shades))], rng.between(0.88, 1.12)),
        wave=wave,
        part=part,
        volume=rng.between(0.0, 1.0),
        length=rng.between(0.0, 1.0),
        receding=rng.either(receding, (0.75, 1.0), (0.0, 0.15)),
        bangs=("full" if rng.happens(0.6) else "side") if fringed else "none",
    )


_STYLES: tuple[HairStyle, ...] = ("bald", "buzz", "short", "swept", "afro", "bob", "long", "updo")
_WAVES: tuple[Wave, ...] = ("straight", "slight", "wavy", "curly")


def _style_weights(male: bool, age: float, wave: Wave, darkness: float) -> list[float]:
    afro = 14.0 * darkness if wave == "curly" else 0.0
    if male:
        return [5.5 if age < 45 else 14.0, 10.0 + 16.0 * darkness, 48.0, 24.0, afro, 3.0, 4.0, 0.0]
    return [0.1, 0.6, 5.0, 2.0, afro, 20.0 if age < 45 else 34.0, 52.0 if age < 45 else 16.0, 16.0]


def _hair_colour(rng: SeededRng, male: bool, age: float, darkness: float) -> HairColour:
    names: tuple[HairColour, ...] = ("black", "brown", "blond", "red", "gray")
    gray = 0.0 if age < 45 else 0.15 if age < 58 else 0.8 if male else 0.3
    if darkness > 0.42:
        return names[rng.index([0.80, 0.22, 0.03, 0.03, gray])]
    return names[rng.index([0.16, 0.34, 0.18 if male else 0.36, 0.13, gray])]


def _beard(rng: SeededRng, male: bool) -> Beard:
    styles: tuple[BeardStyle, ...] = ("none", "stubble", "mustache", "goatee", "beard")
    style = styles[rng.index([58.0, 24.0, 3.0, 11.0, 6.0])] if male else "none"
    odds = 0.7 if style == "beard" else 0.10
    return Beard(style=style, sideburns=male and rng.happens(odds), thickness=rng.between(0.0, 1.0))


def _habits(rng: SeededRng, male: bool, age: float) -> Habits:
    polished = not male and rng.happens(0.86)
    wears_glasses = rng.happens((0.10 if male else 0.05) + (0.10 if age > 45 else 0.0))
    return Habits(
        glasses=0.7 if wears_glasses else 0.012,
        hat=0.45 if rng.happens(0.07) else 0.02,
        makeup=0.80 if polished else 0.08 if not male else 0.0,
        lipstick=0.97 if polished else 0.22 if not male else 0.0,
        earrings=rng.between(0.1, 0.5) if not male else 0.25 if rng.happens(0.06) else 0.0,
        necklace=rng.between(0.05, 0.4) if not male else 0.02,
        necktie=rng.between(0.15, 0.6) if male and age > 25 and rng.happens(0.55) else 0.0,
        smile=rng.between(0.2, 0.8),
    )
