"""Writes drawn faces to disk: a whole set in CelebA's official layout, or the photos of one person.

Several processes draw where that is worth starting them. Each picture follows from its three numbers alone,
so the bytes do not depend on how many processes there are or which one draws it.
"""

import io
import os
import shutil
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from semblante.cores import usable_cores
from semblante.errors import FolderNotEmpty, InvalidOption
from semblante.files import atomic_write, make_folder, translate_os_errors, write_json
from semblante.generate.drawn_face import draw_picture
from semblante.jobs import SILENT, JobContext
from semblante.labels import ATTRIBUTES
from semblante.process_pool import ProcessPool
from semblante.types import SPLITS, Split

IMAGES_FOLDER = "img_align_celeba"
ATTRIBUTES_FILE = "list_attr_celeba.txt"
PARTITION_FILE = "list_eval_partition.txt"
IDENTITIES_FILE = "identity_CelebA.txt"
ORIGIN_FILE = "drawn.json"
"""Says that nobody real is in the set, so that what is trained on it is not bound to CelebA's terms."""

CHUNK_PICTURES = 16
JPEG_QUALITY = 92
MIN_PEOPLE = 3
"""One in each split."""

Drawn = tuple[bytes, UInt8[np.ndarray, "40"]]
"""One picture as the bytes of a JPEG file, and its attributes."""


@dataclass(frozen=True)
class PictureKey:
    """The three numbers that a picture follows from."""

    seed: int
    person: int
    picture: int


@dataclass(frozen=True)
class DrawnSet:
    """What `write_celeba` wrote; `images` is the number of pictures in each split."""

    folder: Path
    people: int
    images: dict[Split, int]


def write_celeba(
    folder: Path | str,
    people: int,
    pictures_each: int,
    seed: int = 0,
    job: JobContext = SILENT,
) -> DrawnSet:
    """Write `people * pictures_each` drawn faces into the new `folder`, laid out as CelebA is published.

    The people are split 70 : 15 : 15 into train, validation and test, at least one in each, so that nobody
    is in two. Person n is the n-th of the crowd `seed`, counted from 0, and has identity n + 1 on file.
    The stage of progress is "drawing", counted in pictures. A set that is stopped leaves nothing.

    Raises:
        InvalidOption: fewer than 3 people, no pictures, or a negative seed.
        FolderNotEmpty: `folder` exists and holds something.
        DiskFull, FileAccessError: it cannot be written.
        Cancelled: the caller asked to stop.
    """
    if people < MIN_PEOPLE:
        raise InvalidOption("too_few_people_to_draw", people=people, min_people=MIN_PEOPLE)
    keys = [PictureKey(seed, n, k) for n in range(people) for k in range(pictures_each)]
    _check_keys(keys)
    folder = Path(folder)
    _refuse_full(folder)
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    names = [f"{number:06d}.jpg" for number in range(1, len(keys) + 1)]
    splits = [_split_of(key.person, people) for key in keys]
    try:
        with translate_os_errors(folder):
            (partial / IMAGES_FOLDER).mkdir(parents=True)
            attributes = _write_pictures([partial / IMAGES_FOLDER / name for name in names], keys, job)
            _write_tables(partial, names, keys, splits, attributes)
            origin = {"drawn_by": __package__, "seed": seed, "people": people, "pictures_each": pictures_each}
            write_json(partial / ORIGIN_FILE, origin)
            if folder.exists():
                folder.rmdir()
            partial.replace(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return DrawnSet(folder, people, {split: splits.count(split) for split in SPLITS})


def write_person(
    folder: Path | str, name: str, seed: int, person: int, count: int, job: JobContext = SILENT
) -> list[Path]:
    """Write `count` pictures of one drawn person as `name-01.jpg`, ... and return their paths.

    Raises:
        InvalidOption: no pictures, or a negative number.
        DiskFull, FileAccessError: they cannot be written.
        Cancelled: the caller asked to stop; the pictures written until then are kept.
    """
    keys = [PictureKey(seed, person, picture) for picture in range(count)]
    return _write_named(Path(folder), name, keys, job)


def write_strangers(
    folder: Path | str, name: str, seed: int, people: Sequence[int], job: JobContext = SILENT
) -> list[Path]:
    """Write one picture of each of `people` as `name-01.jpg`, ... and return their paths.

    Raises as `write_person` does.
    """
    return _write_named(Path(folder), name, [PictureKey(seed, person, 0) for person in people], job)


def _write_named(folder: Path, name: str, keys: list[PictureKey], job: JobContext) -> list[Path]:
    _check_keys(keys)
    paths = [folder / f"{name}-{number:02d}.jpg" for number in range(1, len(keys) + 1)]
    make_folder(folder)
    with closing(draw_all(keys, job)) as drawn:
        for path, (content, _) in zip(paths, drawn, strict=True):
            atomic_write(path, content)
    return paths


def _check_keys(keys: list[PictureKey]) -> None:
    if not keys:
        raise InvalidOption("no_pictures_to_draw")
    lowest = min(min(key.seed, key.person) for key in keys)
    if lowest < 0:
        raise InvalidOption("negative_seed", number=lowest)


def _refuse_full(folder: Path) -> None:
    with translate_os_errors(folder):
        full = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    if full:
        raise FolderNotEmpty("not_an_empty_folder", path=folder)


def _split_of(person: int, people: int) -> Split:
    held_out = max(1, round(0.15 * people))
    if person >= people - held_out:
        return "test"
    return "val" if person >= people - 2 * held_out else "train"


def _write_pictures(paths: list[Path], keys: list[PictureKey], job: JobContext) -> UInt8[np.ndarray, "n 40"]:
    rows = []
    with closing(draw_all(keys, job)) as drawn:
        for path, (content, attributes) in zip(paths, drawn, strict=True):
            path.write_bytes(content)
            rows.append(attributes)
    return np.stack(rows)


def _write_tables(
    folder: Path,
    names: list[str],
    keys: list[PictureKey],
    splits: list[Split],
    attributes: UInt8[np.ndarray, "n 40"],
) -> None:
    """Write the three text files as CelebA has them; attributes are 1 or -1 there, in columns three wide."""
    signs = [
        f"{name} " + " ".join(f"{2 * int(one) - 1:2d}" for one in row)
        for name, row in zip(names, attributes, strict=True)
    ]
    _write_lines(folder / ATTRIBUTES_FILE, [str(len(names)), " ".join(ATTRIBUTES) + " ", *signs])
    parts = [f"{name} {SPLITS.index(split)}" for name, split in zip(names, splits, strict=True)]
    _write_lines(folder / PARTITION_FILE, parts)
    owners = [f"{name} {key.person + 1}" for name, key in zip(names, keys, strict=True)]
    _write_lines(folder / IDENTITIES_FILE, owners)


def _write_lines(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def draw_jpeg(key: PictureKey) -> Drawn:
    """Draw one picture, here."""
    face = draw_picture(key.seed, key.person, key.picture)
    file = io.BytesIO()
    Image.fromarray(face.pixels).save(file, "JPEG", quality=JPEG_QUALITY)
    return file.getvalue(), face.attributes


def drawer() -> Callable[[PictureKey], Drawn]:
    """What a process that helps to draw is to do with each key."""
    return draw_jpeg


def draw_all(keys: Sequence[PictureKey], job: JobContext = SILENT) -> Generator[Drawn]:
    """Draw all pictures, in order. The stage of progress is "drawing". Raises `Cancelled`."""
    processes = min(usable_cores(), -(-len(keys) // (4 * CHUNK_PICTURES)))
    with ExitStack() as closing_pool:
        drawn: Iterable[Drawn] = map(draw_jpeg, keys)
        if processes > 1:
            pool = closing_pool.enter_context(ProcessPool(drawer, processes=processes))
            drawn = pool.map_in_order(keys, CHUNK_PICTURES, check=job.check)
        for done, picture in enumerate(drawn):
            if done % CHUNK_PICTURES == 0:
                job.progress("drawing", done, len(keys))
            job.check()
            yield picture
    job.progress("drawing", len(keys), len(keys))
