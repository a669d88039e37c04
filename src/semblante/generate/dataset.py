"""Writes drawn faces to disk: a whole set in CelebA's official layout, or the photos of one person.

Pictures are drawn by several processes. Each picture follows from its three numbers alone, so the bytes do
not depend on how many processes there are or which one draws it.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from semblante.errors import FolderNotEmpty, InvalidOption
from semblante.files import atomic_write, make_folder, translate_os_errors, write_json
from semblante.generate.workers import CHUNK, PictureKey, draw_all
from semblante.i18n import tr
from semblante.labels import ATTRIBUTES
from semblante.types import SPLITS, OnProgress, Split, unwatched

IMAGES_FOLDER = "img_align_celeba"
ATTRIBUTES_FILE = "list_attr_celeba.txt"
PARTITION_FILE = "list_eval_partition.txt"
IDENTITIES_FILE = "identity_CelebA.txt"
ORIGIN_FILE = "drawn.json"
"""Says that nobody real is in the set, so that what is trained on it is not bound to CelebA's terms."""


@dataclass(frozen=True)
class DrawnSet:
    """What `write_celeba` wrote; `images` is the number of pictures in each split."""

    folder: Path
    people: int
    images: dict[Split, int]


def write_celeba(
    folder: Path,
    people: int,
    pictures_each: int,
    seed: int = 0,
    on_progress: OnProgress = unwatched,
) -> DrawnSet:
    """Write `people * pictures_each` drawn faces into the new `folder`, laid out as CelebA is published.

    The people are split 70 : 15 : 15 into train, validation and test, at least one in each, so that nobody
    is in two. Person n is the n-th of the crowd `seed`, counted from 0, and has identity n + 1 on file.

    Raises:
        BadSetting: fewer than 3 people, no pictures, or a negative seed.
        FolderNotEmpty: `folder` exists and holds something.
        NoRoom, NoAccess: it cannot be written.
    """
    _check(people >= 3, tr("{people} people: at least 3 are needed, one in each split", people=people))
    keys = [PictureKey(seed, n, k) for n in range(people) for k in range(pictures_each)]
    _check_keys(keys)
    _refuse_full(folder)
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    names = [f"{number:06d}.jpg" for number in range(1, len(keys) + 1)]
    splits = [_split_of(key.person, people) for key in keys]
    try:
        with translate_os_errors(folder):
            (partial / IMAGES_FOLDER).mkdir(parents=True)
            attributes = _write_pictures(
                [partial / IMAGES_FOLDER / name for name in names], keys, on_progress
            )
            _write_tables(partial, names, keys, splits, attributes)
            origin = {"drawn_by": __package__, "seed": seed, "people": people, "pictures_each": pictures_each}
            write_json(partial / ORIGIN_FILE, origin)
            if folder.exists():
                folder.rmdir()
            partial.replace(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return DrawnSet(folder, people, {split: splits.count(split) for split in SPLITS})


def write_person(folder: Path, name: str, seed: int, person: int, count: int) -> list[Path]:
    """Write `count` pictures of one drawn person as `name-01.jpg`, ... and return their paths.

    Raises:
        BadSetting: no pictures, or a negative number.
        NoRoom, NoAccess: they cannot be written.
    """
    return _write_named(folder, name, [PictureKey(seed, person, picture) for picture in range(count)])


def write_strangers(folder: Path, name: str, seed: int, people: Sequence[int]) -> list[Path]:
    """Write one picture of each of `people` as `name-01.jpg`, ... and return their paths.

    Raises as `write_person` does.
    """
    return _write_named(folder, name, [PictureKey(seed, person, 0) for person in people])


def _write_named(folder: Path, name: str, keys: list[PictureKey]) -> list[Path]:
    _check_keys(keys)
    paths = [folder / f"{name}-{number:02d}.jpg" for number in range(1, len(keys) + 1)]
    make_folder(folder)
    for path, (content, _) in zip(paths, draw_all(keys), strict=True):
        atomic_write(path, content)
    return paths


def _check_keys(keys: list[PictureKey]) -> None:
    _check(bool(keys), tr("no pictures asked for: at least 1 is needed"))
    lowest = min(min(key.seed, key.person) for key in keys)
    _check(
        lowest >= 0,
        tr("{number}: a seed or a person's number cannot be negative; use 0 or more", number=lowest),
    )


def _check(holds: bool, problem: str) -> None:
    if not holds:
        raise InvalidOption(problem)


def _refuse_full(folder: Path) -> None:
    with translate_os_errors(folder):
        full = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    if full:
        raise FolderNotEmpty(
            tr("{path}: exists already and is not an empty folder; choose another or remove it", path=folder)
        )


def _split_of(person: int, people: int) -> Split:
    held_out = max(1, round(0.15 * people))
    if person >= people - held_out:
        return "test"
    return "val" if person >= people - 2 * held_out else "train"


def _write_pictures(
    paths: list[Path], keys: list[PictureKey], on_progress: OnProgress
) -> UInt8[np.ndarray, "n 40"]:
    rows = []
    for done, (path, (content, attributes)) in enumerate(zip(paths, draw_all(keys), strict=True), start=1):
        path.write_bytes(content)
        rows.append(attributes)
        if done % CHUNK == 0 or done == len(keys):
            on_progress(done, len(keys))
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
