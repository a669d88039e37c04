"""Tiny CelebA sources for tests: smooth pictures of nothing, and lists in each layout."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from semblante.labels import ATTRIBUTES

COUNT = 12
NAMES = tuple(f"{number:06}.jpg" for number in range(1, COUNT + 1))


def picture(number: int, kind: str = "JPEG", size: tuple[int, int] = (178, 218)) -> bytes:
    """A picture file whose colours and slopes depend on `number`."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    colours = [(40 * number + x) % 256, (25 * number + y // 2) % 256, (x + y + 9 * number) // 3 % 256]
    content = io.BytesIO()
    Image.fromarray(np.stack(colours, axis=2).astype(np.uint8)).save(content, kind)
    return content.getvalue()


def labels(number: int) -> list[int]:
    """40 labels of 0 and 1 that are the bits of a multiple of `number`."""
    return [(number * 0x9E3779B97F >> bit) & 1 for bit in range(40)]


def person(name: str) -> int:
    """Three pictures in a row show one person."""
    return 100 + _number(name) // 3


def split(name: str) -> int:
    """A person is in one split only."""
    return person(name) % 3


def official_lists(names: Sequence[str] = NAMES) -> dict[str, str]:
    """The three official lists, written as CelebA's own are: -1 and 1, two blanks before a 1."""
    rows = [f"{name} " + " ".join(f"{2 * v - 1:2}" for v in labels(_number(name))) for name in names]
    return {
        "list_attr_celeba.txt": "\n".join([str(len(names)), " ".join(ATTRIBUTES) + " ", *rows]) + "\n",
        "list_eval_partition.txt": "".join(f"{name} {split(name)}\n" for name in names),
        "identity_CelebA.txt": "".join(f"{name} {person(name)}\n" for name in names),
    }


def kaggle_lists(names: Sequence[str] = NAMES) -> dict[str, str]:
    """Kaggle's two lists."""
    rows = [",".join([name, *(str(2 * v - 1) for v in labels(_number(name)))]) for name in names]
    return {
        "list_attr_celeba.csv": "\n".join([",".join(["image_id", *ATTRIBUTES]), *rows]) + "\n",
        "list_eval_partition.csv": "image_id,partition\n"
        + "".join(f"{name},{split(name)}\n" for name in names),
    }


def pictures(names: Sequence[str] = NAMES) -> dict[str, bytes]:
    """A picture for each name."""
    return {name: picture(_number(name)) for name in names}


def write(folder: Path, files: dict[str, str] | dict[str, bytes], below: str = "") -> Path:
    """Write `files` into `folder`/`below`; returns `folder`."""
    for name, content in files.items():
        path = folder / below / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def write_official(folder: Path, names: Sequence[str] = NAMES) -> Path:
    """The official layout in `folder`, which is returned."""
    write(folder, official_lists(names))
    return write(folder, pictures(names), "img_align_celeba")


def write_zip(
    path: Path, files: Iterable[tuple[str, bytes | str]], method: int = zipfile.ZIP_DEFLATED
) -> Path:
    """A zip file at `path` with `files`; returns `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return path


def content_of(folder: Path) -> dict[str, bytes]:
    """Every file in `folder` with its content."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def _number(name: str) -> int:
    return int(name.partition(".")[0])
