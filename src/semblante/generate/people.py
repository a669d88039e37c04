"""Makes up people out of (seed, person number).

Whatever a CelebA attribute names is sampled as a yes or a no at about CelebA's rate, and then as a measure
well inside that answer: a big nose is clearly bigger than one that is not, so that the label is true to
the eye. What goes together in people goes together here (age and grey hair, a beard and being a man).
"""

from semblante.generate.canvas import Rgb, mixed, scaled
from semblante.generate.chance import Dice
from semblante.generate.identity import (
    Beard,
    BeardStyle,
    Brows,
    Eyes,
    Face,
    Habits,
    Hair,
    HairColour,
    HairStyle,
    Identity,
    Mouth,
    Nose,
    Skin,
    Wave,
)

_SKINS: tuple[Rgb, ...] = (
    (250, 226, 212),
    (243, 209, 187),
    (236, 194, 166),
    (222, 173, 138),
    (204, 152, 113),
    (180, 127, 90),
    (152, 102, 70),
    (122, 79, 54),
    (96, 62, 44),
)
_IRISES: dict[str, Rgb] = {
    "brown": (92, 56, 30),
    "dark": (56, 34, 22),
    "hazel": (122, 96, 46),
    "green": (94, 128, 84),
    "blue": (88, 134, 172),
    "grey": (128, 146, 156),
}
_HAIRS: dict[HairColour, tuple[Rgb, ...]] = {
    "black": ((26, 22, 24), (36, 28, 26), (22, 22, 30)),
    "brown": ((92, 58, 36), (112, 74, 46), (78, 50, 34)),
    "blond": ((206, 168, 104), (222, 192, 136), (188, 148, 86)),
    "red": ((148, 64, 30), (168, 84, 42), (118, 44, 28)),
    "gray": ((158, 156, 156), (196, 195, 194), (134, 132, 134)),
}


def sample_identity(seed: int, person: int) -> Identity:
    """The person number `person` of the crowd `seed`; always the same one."""
    dice = Dice(seed, person, 0)
    male = dice.chance(0.42)
    age = dice.between(17, 42) if dice.chance(0.70 if male else 0.86) else dice.between(48, 78)
    darkness = dice.between(0, 1) ** 1.25
    skin = _skin(dice, male, age, darkness)
    hair = _hair(dice, male, age, darkness)
    return Identity(
        male=male,
        age=age,
        face=_face(dice, male, age),
        eyes=_eyes(dice, male, age, darkness),
        brows=_brows(dice, male),
        nose=_nose(dice, male, darkness),
        mouth=_mouth(dice, male, age),
        skin=skin,
        hair=hair,
        beard=_beard(dice, male),
        habits=_habits(dice, male, age),
        texture=dice.integer(1 << 30),
    )


def _face(dice: Dice, male: bool, age: float) -> Face:
    heavy = dice.chance(0.09 if male else 0.035)
    oval = not heavy and dice.chance(0.26 if male else 0.34)
    chubby = dice.between(0.75, 1.0) if heavy else dice.between(0.0, 0.25)
    return Face(
        width=dice.between(40.5, 43) if oval else dice.between(42, 46) + 2 * chubby,
        jaw=(dice.between(30, 32) if oval else dice.between(33, 37.5)) + (1.5 if male else -1.5) + 5 * chubby,
        chin=(dice.between(13, 15) if oval else dice.between(14.5, 20)) + (2 if male else -1) + 3 * chubby,
        length=(dice.between(73, 77) if oval else dice.between(65, 72)) + (2.5 if male else -1),
        cheekbones=dice.either(dice.chance(0.30 if male else 0.52), (0.75, 1.0), (0.0, 0.25)),
        chubby=chubby,
        double_chin=dice.either(heavy and dice.chance(0.6 if age < 45 else 0.9), (0.75, 1.0), (0.0, 0.2)),
        ears=dice.between(0.85, 1.2) + (0.1 if age > 60 else 0),
        oval=oval,
    )


def _eyes(dice: Dice, male: bool, age: float, darkness: float) -> Eyes:
    narrow = dice.chance(0.12)
    weights = [30.0, 12.0, 10.0, 10.0, 20.0, 8.0] if darkness < 0.45 else [45.0, 50.0, 4.0, 1.0, 0.5, 0.5]
    bags = dice.chance((0.28 if male else 0.08) + (0.25 if age > 45 else 0))
    return Eyes(
        half_width=dice.between(10.2, 11.4) + (0.0 if male else 0.6),
        height=dice.between(4.2, 5.2) if narrow else dice.between(7.4, 9.2) + (0 if male else 0.7),
        spacing=dice.between(36.8, 39.2),
        tilt=dice.between(-0.6, 1.8),
        iris=list(_IRISES.values())[dice.index(weights)],
        crease=dice.between(0.05, 0.25) if dice.chance(0.2) else dice.between(0.6, 1.0),
        bags=dice.either(bags, (0.75, 1.0), (0.0, 0.2)),
        narrow=narrow,
    )


def _brows(dice: Dice, male: bool) -> Brows:
    arched = dice.chance(0.07 if male else 0.41)
    bushy = not arched and dice.chance(0.28 if male else 0.07)
    thin = (1.5, 1.9) if male else (1.1, 1.6)
    return Brows(
        thickness=dice.either(bushy, (2.5, 3.2), thin),
        arch=dice.either(arched, (4.2, 5.6), (0.8, 2.2)),
        lift=dice.between(12.0, 14.0) + (0.0 if male else 1.0),
        arched=arched,
        bushy=bushy,
    )


def _nose(dice: Dice, male: bool, darkness: float) -> Nose:
    big = dice.chance((0.36 if male else 0.09) + 0.12 * darkness)
    pointy = not big and dice.chance(0.24 if male else 0.42)
    return Nose(
        width=dice.between(11.2, 13.2)
        if big
        else dice.between(6.8, 7.6)
        if pointy
        else dice.between(8.4, 9.6),
        length=dice.either(big, (27, 29.5), (23.5, 26.5)) + (0.8 if male else 0),
        bridge=dice.between(2.4, 3.4) + (0.8 if big else 0),
        big=big,
        pointy=pointy,
    )


def _mouth(dice: Dice, male: bool, age: float) -> Mouth:
    big = dice.chance((0.16 if male else 0.33) * (1.0 if age < 45 else 0.5))
    return Mouth(
        width=dice.between(15.5, 18.2) + (0.8 if male else 0),
        upper=dice.either(big, (5.2, 6.2), (2.4, 3.5)),
        lower=dice.either(big, (6.8, 8.0), (3.6, 5.0)),
        big=big,
    )


def _skin(dice: Dice, male: bool, age: float, darkness: float) -> Skin:
    place = darkness * (len(_SKINS) - 1)
    first = min(int(place), len(_SKINS) - 2)
    colour = mixed(_SKINS[first], _SKINS[first + 1], place - first)
    pale = darkness < 0.12 and dice.chance(0.5)
    if pale:
        colour = (251.0, 235.0, 228.0)
    moles = [
        (dice.between(-30, 30), dice.between(14, 58), dice.between(0.6, 1.1))
        for _ in range(dice.index([5, 3, 2]))
    ]
    return Skin(
        colour=mixed(colour, (255.0, 190.0, 120.0), dice.between(-0.05, 0.09) if not pale else 0.0),
        pale=pale,
        rosy=darkness < 0.5 and dice.chance(0.03 if male else 0.09),
        freckles=dice.between(0.5, 1.0) if darkness < 0.35 and dice.chance(0.16) else 0.0,
        moles=tuple(moles),
        wrinkles=min(max((age - 36) / 34, 0.0), 1.0),
    )


def _hair(dice: Dice, male: bool, age: float, darkness: float) -> Hair:
    name = _hair_colour(dice, male, age, darkness)
    shades = _HAIRS[name]
    wave = _WAVES[dice.index([4, 3, 2, 0.3] if darkness < 0.55 else [3, 2, 3, 5])]
    style = _STYLES[dice.index(_style_weights(male, age, wave, darkness))]
    receding = male and dice.chance(0.10 if age < 45 else 0.38) and style in ("short", "buzz", "swept")
    fringed = style in ("bob", "long", "short") and not receding and dice.chance(0.13 if male else 0.26)
    part = dice.between(-4, 4) if dice.chance(0.35) else dice.between(9, 20) * (1 if dice.chance(0.5) else -1)
    return Hair(
        style=style,
        colour_name=name,
        colour=scaled(shades[dice.integer(len(shades))], dice.between(0.88, 1.12)),
        wave=wave,
        part=part,
        volume=dice.between(0, 1),
        length=dice.between(0, 1),
        receding=dice.either(receding, (0.75, 1.0), (0.0, 0.15)),
        bangs=("full" if dice.chance(0.6) else "side") if fringed else "none",
    )


_STYLES: tuple[HairStyle, ...] = ("bald", "buzz", "short", "swept", "afro", "bob", "long", "updo")
_WAVES: tuple[Wave, ...] = ("straight", "slight", "wavy", "curly")


def _style_weights(male: bool, age: float, wave: Wave, darkness: float) -> list[float]:
    afro = 14.0 * darkness if wave == "curly" else 0.0
    if male:
        return [5.5 if age < 45 else 14, 10 + 16 * darkness, 48, 24, afro, 3, 4, 0]
    return [0.1, 0.6, 5, 2, afro, 20 if age < 45 else 34, 52 if age < 45 else 16, 16]


def _hair_colour(dice: Dice, male: bool, age: float, darkness: float) -> HairColour:
    names: tuple[HairColour, ...] = ("black", "brown", "blond", "red", "gray")
    gray = 0.0 if age < 45 else 0.30 if age < 58 else 1.4 if male else 0.7
    if darkness > 0.55:
        return names[dice.index([0.86, 0.12, 0.03, 0.02, gray])]
    return names[dice.index([0.22, 0.40, 0.14 if male else 0.36, 0.08, gray])]


def _beard(dice: Dice, male: bool) -> Beard:
    styles: tuple[BeardStyle, ...] = ("none", "stubble", "mustache", "goatee", "beard")
    style = styles[dice.index([58, 24, 4, 9, 9])] if male else "none"
    odds = 0.75 if style == "beard" else 0.12
    return Beard(style=style, sideburns=male and dice.chance(odds), thickness=dice.between(0, 1))


def _habits(dice: Dice, male: bool, age: float) -> Habits:
    polished = not male and dice.chance(0.78)
    wears_glasses = dice.chance((0.10 if male else 0.05) + (0.10 if age > 45 else 0))
    return Habits(
        glasses=0.7 if wears_glasses else 0.012,
        hat=0.45 if dice.chance(0.07) else 0.02,
        makeup=0.88 if polished else 0.08 if not male else 0.0,
        lipstick=0.95 if polished else 0.22 if not male else 0.0,
        earrings=dice.between(0.2, 0.7) if not male else 0.25 if dice.chance(0.06) else 0.0,
        necklace=dice.between(0.05, 0.4) if not male else 0.02,
        necktie=dice.between(0.1, 0.5) if male and age > 25 and dice.chance(0.55) else 0.0,
        smile=dice.between(0.2, 0.8),
    )
