"""A user's photos become scores: found on disk, decoded by all cores, cropped, and put through the network.

A photo that cannot be used is named with its reason and does not stop the others. Memory does not grow with
the number of photos: only one batch of pixels is held at a time.
"""

import glob
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, UInt8

from semblante.errors import BadImage, NoAccess, NothingUsable
from semblante.files import explained
from semblante.geometry import is_celeba_frame, square
from semblante.images import load
from semblante.library.walking import photos_at
from semblante.network import BATCH, Network
from semblante.text import say
from semblante.types import Features, OnProgress, unwatched

Crop = UInt8[np.ndarray, "s s 3"]


@dataclass(frozen=True)
class UnusablePhoto:
    """A photo that no answer can be given for, or a folder that none was found in, and why."""

    path: Path
    reason: str


OnUnusable = Callable[[UnusablePhoto], None]


@dataclass(frozen=True)
class UsablePhotos:
    """The photos that could be used, the network's scores row by row, and the others with their reasons."""

    paths: tuple[Path, ...]
    logits: Float32[np.ndarray, "n 40"]
    features: Features
    unusable: tuple[UnusablePhoto, ...]


def find_photos(places: Sequence[Path], on_unusable: OnUnusable | None = None) -> tuple[Path, ...]:
    """The pictures at `places`: files as named, folders searched to the bottom, patterns such as `*.jpg`.

    In the order given, those of a folder by name, none twice; hidden files and folders are left out. Raises
    `NoAccess` where a place does not exist, and where a folder cannot be looked into, unless `on_unusable`
    takes note of it.
    """
    found: dict[Path, None] = {}
    for place in places:
        found.update(dict.fromkeys(_at(place, on_unusable)))
    return tuple(found)


def find_some_photos(places: Sequence[Path]) -> tuple[Path, ...]:
    """What `find_photos` finds. Raises `NothingUsable` where that is nothing."""
    paths = find_photos(places)
    if not paths:
        raise NothingUsable(say("{path}: there are no photos here", path=", ".join(map(str, places))))
    return paths


def _at(place: Path, on_unusable: OnUnusable | None) -> list[Path]:
    with explained(place):
        if place.is_dir():
            return _in_folder(place, on_unusable)
        if place.exists():
            return [place]
    matches = _matches(place)
    if not matches:
        raise NoAccess(say("{path}: there is no such file or folder; check the path", path=place))
    return [
        photo
        for match in matches
        for photo in (_in_folder(match, on_unusable) if match.is_dir() else [match])
    ]


def _matches(pattern: Path) -> list[Path]:
    """What the pattern matches, by name. `**` follows links to folders; what it finds again is left out."""
    matches = map(Path, glob.glob(str(pattern), recursive=True))  # noqa: PTH207 (it may be absolute)
    shortest: dict[Path, Path] = {}
    for match in sorted(matches, key=lambda path: len(path.parts)):
        # A link to a photo is one of its own; a link to a folder only leads to photos.
        shortest.setdefault(match.resolve() if match.is_dir() else match.parent.resolve() / match.name, match)
    return sorted(shortest.values())


def _in_folder(folder: Path, on_unusable: OnUnusable | None) -> list[Path]:
    def tell(closed: Path, error: OSError) -> None:
        try:
            with explained(closed):
                raise error
        except NoAccess as problem:
            if on_unusable is None:
                raise
            on_unusable(UnusablePhoto(closed, str(problem).removeprefix(f"{closed}: ")))

    return sorted(photos_at(folder, tell))


def read_crop(path: Path, side_px: int) -> Crop:
    """The photo at `path` as a square crop. Raises `BadImage` if it is no aligned crop, or `NoAccess`."""
    pixels = load(path).pixels
    height_px, width_px = pixels.shape[:2]
    if not is_celeba_frame(height_px, width_px):
        problem = say(
            "{width} x {height} pixels: not an aligned face in CelebA's framing (178 x 218)",
            width=width_px,
            height=height_px,
        )
        raise BadImage(f"{path}: {problem}")
    return square(pixels, side_px)


def photo_features(
    network: Network, paths: Sequence[Path], on_progress: OnProgress = unwatched
) -> UsablePhotos:
    """The scores of all the photos at `paths` that can be used."""
    parts = []
    for part in stream_photos(network, paths):
        parts.append(part)
        on_progress(min(len(parts) * BATCH, len(paths)), len(paths))
    nothing = network(np.zeros((0, network.bundle.side_px, network.bundle.side_px, 3), np.uint8))
    return UsablePhotos(
        paths=tuple(path for part in parts for path in part.paths),
        logits=np.concatenate([nothing.logits, *(part.logits for part in parts)]),
        features=np.concatenate([nothing.features, *(part.features for part in parts)]),
        unusable=tuple(photo for part in parts for photo in part.unusable),
    )


def stream_photos(network: Network, paths: Sequence[Path]) -> Iterator[UsablePhotos]:
    """The scores of the photos at `paths`, batch by batch; the next is decoded while the network runs."""
    side_px = network.bundle.side_px

    def read(path: Path) -> Crop | UnusablePhoto:
        try:
            return read_crop(path, side_px)
        except (BadImage, NoAccess) as error:
            return UnusablePhoto(path, str(error).removeprefix(f"{path}: "))

    batches = [paths[start : start + BATCH] for start in range(0, len(paths), BATCH)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:

        def submit(path: Path) -> Future[Crop | UnusablePhoto]:
            # A thread of its own would not know the language that its reasons are to be said in.
            return pool.submit(copy_context().run, read, path)

        coming = [submit(path) for path in batches[0]] if batches else []
        for number, batch in enumerate(batches, start=1):
            crops = [future.result() for future in coming]
            coming = [submit(path) for path in batches[number]] if number < len(batches) else []
            usable = [
                (path, crop) for path, crop in zip(batch, crops, strict=True) if isinstance(crop, np.ndarray)
            ]
            stacked = (
                np.stack([crop for _, crop in usable])
                if usable
                else np.zeros((0, side_px, side_px, 3), np.uint8)
            )
            scores = network(stacked)
            yield UsablePhotos(
                paths=tuple(path for path, _ in usable),
                logits=scores.logits,
                features=scores.features,
                unusable=tuple(crop for crop in crops if isinstance(crop, UnusablePhoto)),
            )
