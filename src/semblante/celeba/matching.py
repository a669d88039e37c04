"""Which file a list means by a name: the file of that name, else the one that differs in its ending only.

The edition in PNG has `000001.png` where the lists say `000001.jpg`, and some programs write `000001.JPG`.
A file that another row names exactly is never taken for that.
"""

from collections.abc import Iterable, Mapping

from semblante.celeba.archives import Entry
from semblante.celeba.parsing import NumberList
from semblante.images import SUFFIXES


def stem_of(name: str) -> str:
    """The name without the ending of a picture, in lower case."""
    stem, _, ending = name.lower().rpartition(".")
    return stem if stem and f".{ending}" in SUFFIXES else name.lower()


def match_images(
    names: Iterable[str], images: Mapping[str, Entry]
) -> tuple[dict[str, Entry], tuple[str, ...]]:
    """The image of each of the `names` that has one, and the sorted names of the images that are left."""
    missing: list[str] = []
    found: dict[str, Entry] = {}
    for name in names:
        if name in images:
            found[name] = images[name]
        else:
            missing.append(name)
    left = sorted(name for name in images if name not in found)
    if not missing or not left:
        return found, tuple(left)
    free: dict[str, str] = {}
    for name in left:
        free.setdefault(stem_of(name), name)
    taken = set()
    for name in missing:
        if file := free.pop(stem_of(name), None):
            found[name] = images[file]
            taken.add(file)
    return found, tuple(name for name in left if name not in taken)


def match_numbers(names: Iterable[str], numbers: NumberList) -> dict[str, int]:
    """The number of each of the `names` that has one; of two names that differ in their ending, none."""
    found: dict[str, int] = {}
    missing: list[str] = []
    for name in names:
        if name in numbers.number_of:
            found[name] = numbers.number_of[name]
        else:
            missing.append(name)
    if missing:
        by_stem: dict[str, int | None] = {}
        for name, number in numbers.number_of.items():
            stem = stem_of(name)
            by_stem[stem] = number if by_stem.get(stem, number) == number else None
        for name in missing:
            if (number_found := by_stem.get(stem_of(name))) is not None:
                found[name] = number_found
    return found
