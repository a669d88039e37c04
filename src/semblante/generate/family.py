"""Drawn people who grow up, and brothers and sisters: identities made from others.

`at_age` changes with age what changes in people. Until 18, seen from the eyes, the face becomes longer and
narrower, nose, mouth and brows become larger, the eyes smaller. Later come wrinkles, and gray hair where the
years are due. What tells a person from others is kept, but it is less marked in a child.

The amounts are made up to look right. They show that a program treats ages as it should, not how well it
works with real children.
"""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from PIL import ExifTags, Image

from semblante.files import atomic_write, make_folder
from semblante.generate.canvas import Rgb, mixed
from semblante.generate.dataset import JPEG_QUALITY
from semblante.generate.drawn_face import DrawnFace, draw
from semblante.generate.identity import (
    Beard,
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
    sample_identity,
)
from semblante.generate.picture import sample_scene
from semblante.generate.seeded_rng import SeededRng
from semblante.jobs import SILENT, JobContext

DAYS_A_YEAR: Final = 365.25
GROWN_UP_YEARS: Final = 18.0
_GROWTH_POWER: Final = 0.6
"""Growth is fastest at first: half of it is done at the age of six."""
MAX_YOUNG: Final = 0.3
"""How much of the growth may be left where a feature still counts as big, pointy or bushy."""
_BEARD_YEARS: Final = 16.0
_WRINKLES_YEARS, _WRINKLED_YEARS = 36.0, 70.0
_GRAYING_YEARS: Final = 15.0
_GRAY: Final[Rgb] = (176.0, 174.0, 173.0)
_BEFORE_GRAY: Final[Rgb] = (92.0, 58.0, 36.0)
_FAMILY_STREAM: Final = 1 << 20
"""Above any number of a picture, so that children do not share random numbers with pictures."""


def at_age(adult: Identity, years: float) -> Identity:
    """The person at an age in years; `adult` is as `sample_identity` or `child_of` gives it."""
    young = 1 - min(max(years, 0.0) / GROWN_UP_YEARS, 1.0) ** _GROWTH_POWER
    return replace(
        adult,
        age=years,
        face=_face(adult.face, young),
        eyes=_eyes(adult.eyes, young, years),
        brows=_brows(adult.brows, young),
        nose=_nose(adult.nose, young),
        mouth=_mouth(adult.mouth, young),
        skin=_skin(adult.skin, young, years),
        hair=_hair(adult, years),
        beard=adult.beard if years >= _BEARD_YEARS else Beard("none", False, 0.0),
        habits=adult.habits if years >= GROWN_UP_YEARS else _habits(adult.habits),
    )


def child_of(seed: int, mother: int, father: int, number: int) -> Identity:
    """Child `number` of two people of the crowd `seed`, as an adult: each feature comes from one of them.

    Two children of the same parents share half of their features on average.
    """
    rng = SeededRng(seed, mother, father, _FAMILY_STREAM + number)
    parents = sample_identity(seed, mother), sample_identity(seed, father)

    def either() -> Identity:
        return parents[rng.integer(2)]

    like = either()  # Beard and habits are a man's or a woman's.
    grown = replace(
        like,
        age=rng.between(24.0, 34.0),
        face=either().face,
        eyes=either().eyes,
        brows=either().brows,
        nose=either().nose,
        mouth=either().mouth,
        skin=either().skin,
        hair=replace(like.hair, colour=(hair := either().hair).colour, colour_name=hair.colour_name),
        texture=rng.integer(1 << 30),
    )
    return at_age(grown, grown.age)


def draw_at_age(adult: Identity, years: float, seed: int, picture: int) -> DrawnFace:
    """Draw picture number `picture` of the person, at an age in years."""
    identity = at_age(adult, years)
    return draw(identity, sample_scene(identity, seed, adult.texture, picture))


def write_album(
    folder: Path | str,
    name: str,
    adult: Identity,
    born: date,
    days: Sequence[date],
    seed: int = 0,
    job: JobContext = SILENT,
) -> list[Path]:
    """Write a picture of the person on each of the days, as old as then, and return the paths.

    They are called `name-01.jpg`, ... and have the day as the time of capture in their EXIF. The stage of
    progress is "drawing". Raises `DiskFull`, `FileAccessError` or `Cancelled`.
    """
    folder = Path(folder)
    make_folder(folder)
    paths = [folder / f"{name}-{number:02d}.jpg" for number in range(1, len(days) + 1)]
    for number, (path, day) in enumerate(zip(paths, days, strict=True)):
        job.progress("drawing", number, len(days))
        drawn = draw_at_age(adult, (day - born).days / DAYS_A_YEAR, seed, number)
        exif = Image.Exif()
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"{day:%Y:%m:%d} 12:00:00"
        file = io.BytesIO()
        Image.fromarray(drawn.pixels).save(file, "JPEG", quality=JPEG_QUALITY, exif=exif)
        atomic_write(path, file.getvalue())
    job.progress("drawing", len(days), len(days))
    return paths


def _face(face: Face, young: float) -> Face:
    return replace(
        face,
        width=face.width + 2.0 * young,
        jaw=face.jaw - 2.0 * young,
        chin=face.chin - 3.0 * young,
        length=face.length - 11.0 * young,
        cheekbones=face.cheekbones * (1 - young),
        chubby=face.chubby + (0.9 - face.chubby) * young,
        ears=face.ears + 0.15 * young,
    )


def _eyes(eyes: Eyes, young: float, years: float) -> Eyes:
    return replace(
        eyes,
        half_width=eyes.half_width + 0.8 * young,
        height=eyes.height + 2.4 * young,
        bags=eyes.bags if years >= GROWN_UP_YEARS else 0.0,
    )


def _brows(brows: Brows, young: float) -> Brows:
    return replace(
        brows,
        thickness=brows.thickness * (1 - 0.5 * young),
        arch=brows.arch * (1 - 0.5 * young),
        bushy=brows.bushy and young < MAX_YOUNG,
    )


def _nose(nose: Nose, young: float) -> Nose:
    return replace(
        nose,
        width=nose.width * (1 - 0.2 * young),
        length=nose.length * (1 - 0.3 * young),
        bridge=nose.bridge * (1 - 0.6 * young),
        big=nose.big and young < MAX_YOUNG,
        pointy=nose.pointy and young < MAX_YOUNG,
    )


def _mouth(mouth: Mouth, young: float) -> Mouth:
    return replace(
        mouth,
        width=mouth.width * (1 - 0.2 * young),
        upper=mouth.upper * (1 - 0.1 * young),
        big=mouth.big and young < MAX_YOUNG,
    )


def _skin(skin: Skin, young: float, years: float) -> Skin:
    wrinkles = (years - _WRINKLES_YEARS) / (_WRINKLED_YEARS - _WRINKLES_YEARS)
    return replace(
        skin,
        wrinkles=min(max(wrinkles, 0.0), 1.0),
        moles=() if young > 0.6 else skin.moles,
        freckles=skin.freckles * (1 - young),
    )


def _hair(adult: Identity, years: float) -> Hair:
    hair = adult.hair
    if years < GROWN_UP_YEARS:
        hair = replace(hair, style=_child_style(adult, years), receding=0.0)
    graying_from = 38.0 + adult.texture % 20
    if hair.colour_name == "gray":
        hair = replace(hair, colour_name="brown", colour=_BEFORE_GRAY)
    gray = min(max((years - graying_from) / _GRAYING_YEARS, 0.0), 1.0)
    name: HairColour = "gray" if gray > 0.5 else hair.colour_name
    return replace(hair, colour_name=name, colour=mixed(hair.colour, _GRAY, gray))


def _child_style(adult: Identity, years: float) -> HairStyle:
    if years < 2:
        return "buzz"
    if adult.hair.style == "afro":
        return "afro"
    return "short" if adult.male else "bob" if years < 8 else "long"


def _habits(habits: Habits) -> Habits:
    return replace(habits, hat=0.05, makeup=0.0, lipstick=0.0, earrings=0.0, necklace=0.0, necktie=0.0)
