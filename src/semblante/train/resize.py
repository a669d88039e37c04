"""The prepared crops at the side that a training asks for, made once and kept on disk while it runs."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from semblante.files import check_disk_space, replace_when_done
from semblante.geometry import resize_to_square
from semblante.process_pool import usable_cores
from semblante.types import Crops

CHUNK = 512


def crops_at(crops: Crops, side_px: int, folder: Path) -> UInt8[np.ndarray, "n side side 3"]:
    """The crops themselves if they have that side, else a memory-mapped copy in `folder`."""
    if crops.shape[1] == side_px:
        return crops
    path = resized_path(folder, side_px)
    if not path.exists():
        shape = (len(crops), side_px, side_px, 3)
        check_disk_space(folder, int(np.prod(shape)))
        with replace_when_done(path) as partial:
            resized = np.lib.format.open_memmap(partial, mode="w+", dtype=np.uint8, shape=shape)

            def resize(start: int) -> None:
                for row in range(start, min(start + CHUNK, len(crops))):
                    resized[row] = resize_to_square(np.asarray(crops[row]), side_px)

            # Pillow lets go of the interpreter while it resizes, so threads use all cores.
            with ThreadPoolExecutor(usable_cores()) as pool:
                list(pool.map(resize, range(0, len(crops), CHUNK)))
            resized.flush()
    loaded: UInt8[np.ndarray, "n side side 3"] = np.load(path, mmap_mode="r")
    return loaded


def resized_path(folder: Path, side_px: int) -> Path:
    """Where `crops_at` keeps its copy; whoever asked for it deletes it when the training is done."""
    return folder / f"crops-{side_px}.npy"
