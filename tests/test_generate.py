"""Drawn faces: the same bytes every time, labels that are true of the pixels, and CelebA's layout."""

import hashlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from jaxtyping import Float, UInt8
from PIL import Image
from sentences import raises

from semblante.errors import Cancelled, FolderNotEmpty, InvalidOption
from semblante.generate import (
    Identity,
    Pose,
    Scene,
    dataset,
    draw,
    draw_picture,
    sample_identity,
    sample_scene,
    write_celeba,
    write_person,
    write_strangers,
)
from semblante.generate.attributes import true_attributes
from semblante.generate.canvas import HEIGHT_PX, WIDTH_PX, Box, Rgb
from semblante.generate.dataset import Drawn, PictureKey, draw_all, draw_jpeg
from semblante.generate.identity import Beard, Hair
from semblante.generate.picture import Glasses, Hat
from semblante.jobs import Event, JobContext, Progress
from semblante.labels import ATTRIBUTES

CELEBA_SHARES = dict(
    zip(
        ATTRIBUTES,
        # Of the 202,599 pictures, in percent.
        (
            *(11, 27, 51, 20, 2, 15, 24, 23, 24, 15, 5, 21, 14, 6, 5, 7, 6, 4, 39, 46),
            *(42, 48, 4, 12, 83, 28, 4, 28, 8, 7, 6, 48, 21, 32, 19, 5, 47, 12, 7, 77),
        ),
        strict=True,
    )
)

Change = Callable[[Identity, Scene], tuple[Identity, Scene]]
ALL: Box = (0, 0, WIDTH_PX, HEIGHT_PX)
EYES: Box = (52, 94, 126, 124)
BROWS: Box = (50, 82, 128, 108)
MOUTH: Box = (62, 136, 116, 176)
NOSE: Box = (62, 92, 114, 156)
FACE: Box = (40, 60, 136, 196)
TOP: Box = (20, 0, 156, 95)
RED: Rgb = (176.0, 30.0, 48.0)
GOLD: Rgb = (226.0, 190.0, 104.0)


def plain() -> tuple[Identity, Scene]:
    """A young man, hair brown, straight and short, seen from the front, with nothing remarkable."""
    identity = sample_identity(1, 4)
    identity = replace(
        identity,
        male=True,
        age=30.0,
        face=replace(identity.face, cheekbones=0.0, chubby=0.0, double_chin=0.0, oval=False),
        eyes=replace(identity.eyes, height=8.6, bags=0.0, narrow=False),
        brows=replace(identity.brows, thickness=1.6, arch=1.5, lift=13.0, arched=False, bushy=False),
        nose=replace(identity.nose, width=9.0, length=25.0, big=False, pointy=False),
        mouth=replace(identity.mouth, upper=3.0, lower=4.4, big=False),
        skin=replace(identity.skin, colour=(230.0, 186.0, 152.0), pale=False, wrinkles=0.0, moles=()),
        hair=Hair("short", "brown", (92.0, 58.0, 36.0), "slight", 12.0, 0.4, 0.5, 0.0, "none"),
        beard=Beard("none", False, 0.5),
    )
    scene = replace(
        sample_scene(identity, 1, 4, 0),
        pose=Pose(),
        smile=0.0,
        mouth_open=0.0,
        makeup=0.0,
        blush=0.0,
        lipstick=None,
        glasses=None,
        hat=None,
        earrings=None,
        necklace=None,
        necktie=None,
        garment="round",
        blur_px=0.0,
    )
    return identity, scene


def on(part: str, **changes: object) -> Change:
    """Change fields of one part of the identity."""
    return lambda identity, scene: (
        replace(identity, **{part: replace(getattr(identity, part), **changes)}),
        scene,
    )


def in_scene(**changes: object) -> Change:
    return lambda identity, scene: (identity, replace(scene, **changes))  # type: ignore[arg-type]


SPECTACLES = Glasses(
    shape=0.5, half_width=15.0, half_height=11.0, rim=2.0, colour=(28.0, 24.0, 26.0), dark=False
)
BEANIE = Hat("beanie", (120.0, 34.0, 42.0), (40.0, 74.0, 112.0))

# Attribute, how to bring it about, where it must be seen.
TOGGLES: list[tuple[str, Change, Box]] = [
    ("5_o_Clock_Shadow", on("beard", style="stubble"), (44, 130, 132, 192)),
    ("Arched_Eyebrows", on("brows", arch=5.0, arched=True), BROWS),
    ("Bags_Under_Eyes", on("eyes", bags=0.9), (50, 104, 126, 134)),
    ("Bald", on("hair", style="bald"), (30, 20, 146, 118)),
    ("Bangs", on("hair", bangs="full"), (36, 30, 140, 104)),
    ("Big_Lips", on("mouth", upper=5.7, lower=7.4, big=True), MOUTH),
    ("Big_Nose", on("nose", width=12.2, length=28.0, big=True), NOSE),
    ("Blurry", in_scene(blur_px=2.3), ALL),
    ("Bushy_Eyebrows", on("brows", thickness=2.9, bushy=True), BROWS),
    ("Chubby", on("face", chubby=0.9), FACE),
    ("Double_Chin", on("face", double_chin=0.9), (44, 170, 132, 206)),
    ("Eyeglasses", in_scene(glasses=SPECTACLES), (38, 94, 138, 128)),
    ("Goatee", on("beard", style="goatee"), (60, 136, 116, 186)),
    ("Heavy_Makeup", in_scene(makeup=0.9), EYES),
    ("High_Cheekbones", on("face", cheekbones=1.0), (40, 112, 136, 162)),
    ("Mouth_Slightly_Open", in_scene(mouth_open=6.0), MOUTH),
    ("Mustache", on("beard", style="mustache"), (60, 134, 116, 158)),
    ("Narrow_Eyes", on("eyes", height=4.7, narrow=True), EYES),
    ("Pointy_Nose", on("nose", width=7.2, pointy=True), NOSE),
    ("Receding_Hairline", on("hair", receding=0.9), (36, 30, 140, 100)),
    ("Rosy_Cheeks", in_scene(blush=0.95), (40, 108, 136, 160)),
    ("Sideburns", on("beard", sideburns=True), (38, 86, 138, 142)),
    ("Smiling", in_scene(smile=0.9), (46, 96, 130, 172)),
    ("Wearing_Earrings", in_scene(earrings=GOLD), (30, 116, 146, 156)),
    ("Wearing_Hat", in_scene(hat=BEANIE), TOP),
    ("Wearing_Lipstick", in_scene(lipstick=RED), MOUTH),
    ("Wearing_Necklace", in_scene(necklace=GOLD), (54, 180, 122, 218)),
    ("Wearing_Necktie", in_scene(necktie=RED, garment="suit"), (0, 180, 178, 218)),
]
# What also changes with one of them, by definition.
FOLLOWS = {
    "5_o_Clock_Shadow": {"No_Beard"},
    "Goatee": {"No_Beard", "Mustache"},
    "Bald": {"Brown_Hair"},
    "Wearing_Hat": {"Brown_Hair"},
}


@pytest.mark.parametrize(("name", "change", "box"), TOGGLES, ids=[name for name, _, _ in TOGGLES])
def test_what_a_label_names_is_seen_where_it_belongs(name: str, change: Change, box: Box) -> None:
    before, after = draw(*plain()), draw(*change(*plain()))

    changed = {ATTRIBUTES[i] for i in np.flatnonzero(before.attributes != after.attributes)}
    assert changed - {"Attractive"} == {name} | FOLLOWS.get(name, set())
    assert after.attributes[ATTRIBUTES.index(name)] == 1

    difference = np.abs(before.pixels.astype(float) - after.pixels).mean(axis=2)
    x0, y0, x1, y1 = (round(edge) for edge in box)
    here = difference[y0:y1, x0:x1].sum()
    assert (difference[y0:y1, x0:x1] > 12).sum() > 25, "hardly anything is seen"
    assert here > 0.9 * difference.sum(), "most of the change lies elsewhere"


@pytest.mark.slow
def test_one_person_differs_from_another_more_than_from_themself() -> None:
    people, pictures = 14, 3
    looks = np.array([[_look(person, picture) for picture in range(pictures)] for person in range(people)])
    flat = looks.reshape(people * pictures, -1)
    distances = np.abs(flat[:, None] - flat[None]).mean(axis=2)
    np.fill_diagonal(distances, np.inf)
    owner = np.arange(people * pictures) // pictures
    same = (owner[:, None] == owner[None]) & np.isfinite(distances)
    other = owner[:, None] != owner[None]

    assert distances[same].mean() < 0.8 * distances[other].mean()
    # Chance would find the right owner in 2 of 41 cases.
    assert (owner[distances.argmin(axis=1)] == owner).mean() > 0.6


def _look(person: int, picture: int) -> Float[np.ndarray, "d"]:
    """The middle of the face and the hairline, small, without things worn and with even brightness."""
    identity = sample_identity(2, person)
    scene = sample_scene(identity, 2, person, picture)
    bare = replace(scene, glasses=None, hat=None, blur_px=0.0, backdrop_colours=((90.0,) * 3,) * 3)
    small = np.asarray(
        Image.fromarray(draw(identity, bare).pixels).crop((36, 40, 140, 190)).resize((26, 38)), float
    )
    even: Float[np.ndarray, d] = ((small - small.mean(axis=(0, 1))) / small.std()).ravel()
    return even


def _fingerprint(keys: list[tuple[int, int, int]]) -> dict[tuple[int, int, int], str]:
    return {key: hashlib.sha256(draw_picture(*key).pixels.tobytes()).hexdigest() for key in keys}


def test_a_picture_depends_on_its_three_numbers_alone() -> None:
    keys = [(0, 0, 0), (0, 0, 1), (0, 1, 0), (7, 0, 0), (0, 25, 3)]
    once = _fingerprint(keys)
    script = (
        "import hashlib; from semblante.generate import draw_picture\n"
        f"for key in {keys[::-1]!r}: print(hashlib.sha256(draw_picture(*key).pixels.tobytes()).hexdigest())"
    )
    elsewhere = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert _fingerprint(keys[::-1]) == once
    assert elsewhere.stdout.split() == [once[key] for key in keys[::-1]]
    assert len(set(once.values())) == len(keys)


def test_the_frame_is_celebas() -> None:
    faces = [draw_picture(3, person, 0) for person in range(12)]
    left, right = (np.array([face.eyes[side] for face in faces]) for side in (0, 1))
    mouths = np.array([face.boxes["Mouth"] for face in faces])

    assert all(face.pixels.shape == (218, 178, 3) and face.pixels.dtype == np.uint8 for face in faces)
    assert np.abs(left - (69, 111)).max() < 6
    assert np.abs(right - (107, 111)).max() < 6
    assert np.abs(left.mean(axis=0) - (69, 111)).max() < 1.5
    assert np.abs((mouths[:, 1] + mouths[:, 3]) / 2 - 152).max() < 9
    assert np.abs((mouths[:, 0] + mouths[:, 2]) / 2 - 88).max() < 9


@pytest.mark.parametrize(
    ("name", "change"),
    [("Eyeglasses", in_scene(glasses=SPECTACLES)), ("Wearing_Hat", in_scene(hat=BEANIE))],
)
def test_the_box_of_a_thing_worn_holds_it(name: str, change: Change) -> None:
    before, after = draw(*plain()), draw(*change(*plain()))
    x0, y0, x1, y1 = (round(edge) for edge in after.boxes[name])
    # A shadow may fall beyond the box, but it is faint.
    difference = np.abs(before.pixels.astype(int) - after.pixels).sum(axis=2) > 120

    assert name not in before.boxes
    assert difference[y0:y1, x0:x1].sum() > 0.93 * difference.sum()
    assert difference[y0:y1, x0:x1].mean() > 0.12


@pytest.fixture(scope="module")
def truths() -> UInt8[np.ndarray, "n 40"]:
    people = [sample_identity(5, person) for person in range(900)]
    return np.stack(
        [true_attributes(one, sample_scene(one, 5, number, 0)) for number, one in enumerate(people)]
    )


@pytest.mark.slow
def test_attributes_are_about_as_frequent_as_in_celeba(truths: UInt8[np.ndarray, "n 40"]) -> None:
    shares = dict(zip(ATTRIBUTES, 100 * truths.mean(axis=0), strict=True))
    # More people with dark hair than CelebA has, as its celebrities are mostly fair.
    far = {
        name: (round(float(shares[name]), 1), celeba)
        for name, celeba in CELEBA_SHARES.items()
        if abs(shares[name] - celeba) > max(5.0, 0.22 * celeba) and name != "Black_Hair"
    }
    assert far == {}
    assert 24 < shares["Black_Hair"] < 45


@pytest.mark.slow
def test_attributes_go_together_as_in_people(truths: UInt8[np.ndarray, "n 40"]) -> None:
    column = dict(zip(ATTRIBUTES, truths.T.astype(bool), strict=True))
    colours = sum(
        column[name].astype(int) for name in ("Black_Hair", "Blond_Hair", "Brown_Hair", "Gray_Hair")
    )

    assert column["No_Beard"][~column["Male"]].all()
    assert not (column["Wearing_Lipstick"] & column["Male"]).any()
    assert not (column["Gray_Hair"] & column["Young"]).any()
    assert not (column["Straight_Hair"] & column["Wavy_Hair"]).any()
    assert not (column["Double_Chin"] & ~column["Chubby"]).any()
    assert colours.max() == 1
    assert column["Bald"][~column["Male"]].mean() < 0.01 < column["Bald"][column["Male"]].mean()


def test_a_set_has_celebas_official_layout(tmp_path: Path) -> None:
    events: list[Event] = []
    drawn = write_celeba(tmp_path / "set", 7, 2, seed=1, job=JobContext(events.append))

    names = [f"{number:06d}.jpg" for number in range(1, 15)]
    assert sorted(path.name for path in drawn.folder.iterdir()) == sorted(
        [
            "drawn.json",
            "img_align_celeba",
            "identity_CelebA.txt",
            "list_attr_celeba.txt",
            "list_eval_partition.txt",
        ]
    )
    assert sorted(path.name for path in (drawn.folder / "img_align_celeba").iterdir()) == names
    count, header, *rows = (drawn.folder / "list_attr_celeba.txt").read_text().splitlines()
    assert (int(count), tuple(header.split())) == (14, ATTRIBUTES)
    assert [row.split()[0] for row in rows] == names
    signs = np.array([row.split()[1:] for row in rows], int)
    assert (
        signs == 2 * np.stack([draw_picture(1, n, k).attributes for n in range(7) for k in range(2)]) - 1.0
    ).all()
    split = dict(line.split() for line in (drawn.folder / "list_eval_partition.txt").read_text().splitlines())
    owner = dict(line.split() for line in (drawn.folder / "identity_CelebA.txt").read_text().splitlines())
    assert list(split) == list(owner) == names
    assert [owner[name] for name in names] == [str(n + 1) for n in range(7) for _ in range(2)]
    assert len({(owner[name], split[name]) for name in names}) == 7, "somebody is in two splits"
    assert drawn.images == {"train": 10, "val": 2, "test": 2}
    assert events[-1] == Progress("drawing", 14, 14)
    with Image.open(drawn.folder / "img_align_celeba" / "000001.jpg") as first:
        assert (first.format, first.mode, first.size) == ("JPEG", "RGB", (178, 218))


@pytest.mark.slow
def test_bytes_do_not_depend_on_the_number_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset, "CHUNK_PICTURES", 2)
    sets = []
    for cores in (1, 2):
        monkeypatch.setattr(dataset, "usable_cores", lambda cores=cores: cores)
        folder = write_celeba(tmp_path / str(cores), people=3, pictures_each=6).folder
        sets.append({path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")})
    assert sets[0] == sets[1]
    assert len(sets[0]) == 18 + 4


def test_a_full_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with raises(FolderNotEmpty, match="not an empty folder"):
        write_celeba(tmp_path, people=3, pictures_each=1)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_interrupted_set_leaves_nothing(tmp_path: Path) -> None:
    def stop(event: Event) -> None:
        raise KeyboardInterrupt

    folder = tmp_path / "set"
    folder.mkdir()
    with pytest.raises(KeyboardInterrupt):
        write_celeba(folder, people=3, pictures_each=1, job=JobContext(stop))
    assert list(tmp_path.iterdir()) == [folder]
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("cores", [1, 2])
def test_a_cancelled_set_ends_at_once_and_leaves_nothing(
    cores: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset, "CHUNK_PICTURES", 2)
    monkeypatch.setattr(dataset, "usable_cores", lambda: cores)
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 5

    with pytest.raises(Cancelled):
        write_celeba(tmp_path / "set", people=20, pictures_each=10, job=JobContext(cancelled=cancelled))
    assert asked <= 5 + 2 * cores, "of the hundred chunks that a whole set has"
    assert list(tmp_path.iterdir()) == []


def slow_drawer() -> Callable[[PictureKey], Drawn]:
    """Draws the first picture of each person, and takes a minute for the others."""

    def draw(key: PictureKey) -> Drawn:
        time.sleep(60 if key.picture else 0)
        return draw_jpeg(key)

    return draw


def test_drawing_ends_soon_where_a_picture_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset, "CHUNK_PICTURES", 1)
    monkeypatch.setattr(dataset, "usable_cores", lambda: 2)
    monkeypatch.setattr(dataset, "drawer", slow_drawer)
    asked_to_end = threading.Event()
    drawn = draw_all([PictureKey(1, 0, k) for k in range(9)], JobContext(cancelled=asked_to_end.is_set))
    next(drawn)
    threading.Timer(0.5, asked_to_end.set).start()
    started_s = time.monotonic()
    with pytest.raises(Cancelled):
        next(drawn)
    assert time.monotonic() - started_s < 20


def test_a_cancelled_person_keeps_the_pictures_that_are_written(tmp_path: Path) -> None:
    questions = iter(range(4))
    job = JobContext(cancelled=lambda: next(questions, None) is None)
    with pytest.raises(Cancelled):
        write_person(tmp_path, "ana", seed=3, person=1, count=9, job=job)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ana-01.jpg", "ana-02.jpg", "ana-03.jpg"]


@pytest.mark.parametrize(
    ("people", "pictures_each", "seed", "problem"),
    [
        (2, 5, 0, "at least 3"),  # One split would be empty.
        (3, 0, 0, "no pictures"),
        (3, 1, -1, "-1"),  # NumPy's seeds are not negative.
    ],
)
def test_settings_that_cannot_work(
    tmp_path: Path, people: int, pictures_each: int, seed: int, problem: str
) -> None:
    with raises(InvalidOption, match=problem):
        write_celeba(tmp_path / "set", people, pictures_each, seed)
    assert list(tmp_path.iterdir()) == []


def test_photos_of_one_person_and_of_strangers(tmp_path: Path) -> None:
    ana = write_person(tmp_path / "ana", "ana", seed=3, person=1, count=2)
    others = write_strangers(tmp_path / "others", "other", seed=3, people=[1, 5])

    assert [path.name for path in ana] == ["ana-01.jpg", "ana-02.jpg"]
    assert [path.name for path in others] == ["other-01.jpg", "other-02.jpg"]
    assert others[0].read_bytes() == ana[0].read_bytes() != ana[1].read_bytes()
