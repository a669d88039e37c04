"""What changes from picture to picture of one person: pose, light, expression, dress and surroundings."""

import math
from dataclasses import dataclass
from typing import Literal

from semblante.generate.canvas import Pose, Rgb, mixed
from semblante.generate.identity import Identity
from semblante.generate.seeded_rng import SeededRng

Backdrop = Literal["studio", "sky", "bokeh", "shapes"]
Garment = Literal["round", "vee", "shirt", "suit", "straps", "hood"]


@dataclass(frozen=True)
class Light:
    """Where the light comes from (a direction towards it: x right, y down) and what it is like."""

    x: float
    y: float
    contrast: float
    level: float
    tint: Rgb


@dataclass(frozen=True)
class Glasses:
    """`shape` from 0 (round) to 1 (square); half sizes in px."""

    shape: float
    half_width: float
    half_height: float
    rim: float
    colour: Rgb
    dark: bool


@dataclass(frozen=True)
class Hat:
    """A hat and its colours."""

    kind: Literal["cap", "beanie", "brim"]
    colour: Rgb
    band: Rgb


@dataclass(frozen=True)
class Scene:
    """One picture of a person. Colours that are None are not worn; sizes are in px, shares from 0 to 1."""

    pose: Pose
    light: Light
    smile: float
    mouth_open: float
    gaze: tuple[float, float]
    makeup: float
    eye_shadow: Rgb
    blush: float
    lipstick: Rgb | None
    glasses: Glasses | None
    hat: Hat | None
    earrings: Rgb | None
    necklace: Rgb | None
    necktie: Rgb | None
    garment: Garment
    cloth: Rgb
    backdrop: Backdrop
    backdrop_colours: tuple[Rgb, Rgb, Rgb]
    blur_px: float
    grain: int


_CLOTHS: tuple[Rgb, ...] = (
    (38.0, 42.0, 54.0),
    (28.0, 28.0, 30.0),
    (226.0, 224.0, 218.0),
    (120.0, 34.0, 42.0),
    (40.0, 74.0, 112.0),
    (70.0, 96.0, 76.0),
    (176.0, 148.0, 116.0),
    (196.0, 96.0, 92.0),
    (96.0, 72.0, 112.0),
    (214.0, 178.0, 84.0),
    (90.0, 130.0, 150.0),
    (150.0, 60.0, 90.0),
    (60.0, 60.0, 66.0),
    (238.0, 214.0, 208.0),
)
# For each of the cloths; no white ties.
_TIE_WEIGHTS = [2.0, 2.0, 0.0, 6.0, 4.0, 2.0, 1.0, 1.0, 2.0, 2.0, 2.0, 1.0, 1.0, 0.0]
_BACKDROPS: tuple[Backdrop, ...] = ("studio", "sky", "bokeh", "shapes")
_LIPSTICKS: tuple[Rgb, ...] = (
    (176.0, 30.0, 48.0),
    (196.0, 62.0, 84.0),
    (150.0, 32.0, 62.0),
    (206.0, 84.0, 84.0),
    (190.0, 74.0, 104.0),
    (168.0, 52.0, 46.0),
)
_SHADOWS: tuple[Rgb, ...] = (
    (92.0, 62.0, 58.0),
    (70.0, 62.0, 76.0),
    (110.0, 76.0, 92.0),
    (64.0, 74.0, 90.0),
    (120.0, 88.0, 60.0),
    (84.0, 50.0, 66.0),
)
_RIMS: tuple[Rgb, ...] = (
    (28.0, 24.0, 26.0),
    (74.0, 44.0, 28.0),
    (120.0, 104.0, 84.0),
    (40.0, 44.0, 66.0),
    (130.0, 28.0, 36.0),
)
_JEWELS: tuple[Rgb, ...] = ((226.0, 190.0, 104.0), (222.0, 224.0, 230.0), (240.0, 234.0, 224.0))
_TINTS: tuple[Rgb, ...] = (
    (1.0, 1.0, 1.0),
    (1.04, 1.0, 0.95),
    (0.98, 1.0, 1.03),
    (1.04, 0.99, 0.93),
    (1.02, 0.98, 1.0),
)


def sample_scene(identity: Identity, seed: int, person: int, picture: int) -> Scene:
    """Picture number `picture` of the person: the same for the same numbers."""
    rng = SeededRng(seed, person, 1 + picture)
    habits = identity.habits
    smiling = rng.happens(habits.smile)
    parted = rng.happens(0.76 if smiling else 0.22)
    made_up = rng.happens(habits.makeup)
    painted = rng.happens(habits.lipstick) and (made_up or rng.happens(0.5))
    rosy = rng.happens(0.95 if identity.skin.rosy else 0.0)
    tie = rng.happens(habits.necktie)
    hat = _sample_hat(rng) if rng.happens(habits.hat) else None
    return Scene(
        pose=_sample_pose(rng),
        light=_sample_light(rng),
        smile=rng.either(smiling, (0.65, 1.0), (-0.08, 0.12)),
        mouth_open=rng.either(parted, (3.6, 8.0), (0.0, 0.0)),
        gaze=(rng.about(0.0, 0.8), rng.about(0.0, 0.4)),
        makeup=rng.either(made_up, (0.75, 1.0), (0.0, 0.15)),
        eye_shadow=_SHADOWS[rng.integer(len(_SHADOWS))],
        blush=rng.either(rosy, (0.85, 1.0), (0.0, 0.2)),
        lipstick=_LIPSTICKS[rng.integer(len(_LIPSTICKS))] if painted else None,
        glasses=_sample_glasses(rng) if rng.happens(habits.glasses) else None,
        hat=hat,
        earrings=_JEWELS[rng.integer(3)] if rng.happens(habits.earrings) else None,
        necklace=_JEWELS[rng.integer(3)] if not tie and rng.happens(habits.necklace) else None,
        necktie=_CLOTHS[rng.index(_TIE_WEIGHTS)] if tie else None,
        garment="suit" if tie else _sample_garment(rng, identity.male),
        cloth=mixed(_CLOTHS[rng.integer(len(_CLOTHS))], (128.0, 128.0, 128.0), rng.between(0.0, 0.25)),
        backdrop=_BACKDROPS[rng.integer(4)],
        backdrop_colours=_sample_backdrop(rng),
        blur_px=rng.between(1.9, 2.8) if rng.happens(0.05) else 0.0,
        grain=rng.integer(1 << 30),
    )


def _sample_pose(rng: SeededRng) -> Pose:
    return Pose(
        yaw=rng.about(0.0, 0.10),
        pitch=rng.about(0.0, 0.06),
        roll=rng.about(0.0, 0.030),
        shift=(rng.about(0.0, 0.9), rng.about(0.0, 0.9)),
        scale=rng.about(1.0, 0.022),
    )


def _sample_light(rng: SeededRng) -> Light:
    angle = rng.between(-math.pi, 0.0)
    reach = rng.between(0.2, 0.75)
    return Light(
        x=math.cos(angle) * reach,
        y=math.sin(angle) * reach * 0.8 - 0.1,
        contrast=rng.between(0.45, 0.95),
        level=rng.between(0.90, 1.06),
        tint=_TINTS[rng.integer(len(_TINTS))],
    )


def _sample_glasses(rng: SeededRng) -> Glasses:
    dark = rng.happens(0.25)
    return Glasses(
        shape=rng.between(0.0, 1.0),
        half_width=rng.between(14.0, 16.2),
        half_height=rng.between(9.5, 13.0),
        rim=rng.between(1.1, 2.3),
        colour=_RIMS[rng.integer(len(_RIMS))],
        dark=dark,
    )


def _sample_hat(rng: SeededRng) -> Hat:
    kinds: tuple[Literal["cap", "beanie", "brim"], ...] = ("cap", "beanie", "brim")
    colours = [colour for colour in _CLOTHS if min(colour) < 190]
    return Hat(kinds[rng.integer(3)], colours[rng.integer(len(colours))], colours[rng.integer(len(colours))])


def _sample_garment(rng: SeededRng, male: bool) -> Garment:
    garments: tuple[Garment, ...] = ("round", "vee", "shirt", "suit", "straps", "hood")
    return garments[rng.index([5.0, 2.0, 5.0, 4.0, 0.0, 2.0] if male else [4.0, 5.0, 2.0, 2.0, 4.0, 1.0])]


def _sample_backdrop(rng: SeededRng) -> tuple[Rgb, Rgb, Rgb]:
    bright = rng.between(40.0, 225.0)
    tones: list[Rgb] = []
    for _ in range(3):
        level = min(max(bright + rng.about(0.0, 26.0), 14.0), 245.0)
        tones.append(tuple(min(max(level + rng.about(0.0, 17.0), 6.0), 250.0) for _ in range(3)))  # type: ignore[arg-type]
    return tones[0], tones[1], tones[2]
