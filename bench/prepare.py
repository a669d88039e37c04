"""How near `prepare` comes to the speed of decoding and resizing alone, on the same cores.

    python bench/prepare.py SOURCE [--images 6000] [--rounds 5] [--side 96] [--zip]

A sample of SOURCE's images is copied to a temporary folder. Then, in turns so that a busy machine slows both
alike, `prepare` makes a set of it, and as many threads as it uses decode and resize the same files, held in
memory, throwing the results away. Prints JSON: `ratio` is that of images a second, the median over the
rounds, and should be 0.80 or more; `cpu_ratio` is that of processor seconds, which other programs disturb
less.
"""

import argparse
import json
import shutil
import statistics
import tempfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from semblante.celeba import prepare
from semblante.celeba.join import read_table
from semblante.celeba.source import Source, find_source
from semblante.cores import usable_cores
from semblante.geometry import resize_to_square
from semblante.images import decode
from semblante.labels import ATTRIBUTES

CHUNK = 100


class Round(NamedTuple):
    """Wall and processor seconds of `prepare`, and of decoding and resizing alone."""

    prepare_s: float
    prepare_cpu_s: float
    alone_s: float
    alone_cpu_s: float


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("--images", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--side", type=int, default=96)
    parser.add_argument("--zip", action="store_true", help="prepare from img_align_celeba.zip (stored)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="semblante-bench-") as temporary:
        folder = Path(temporary)
        with find_source(options.source) as source:
            names = write_sample(source, folder / "source", options.images, options.zip)
        with find_source(folder / "source") as sample:
            files = [sample.images[name].read() for name in names]
        rounds = [measure(folder, files, options.side) for _ in range(options.rounds)]
    result = {
        "images": len(files),
        "side_px": options.side,
        "cores": usable_cores(),
        "zip": options.zip,
        "prepare_images_per_s": [round(len(files) / each.prepare_s) for each in rounds],
        "decode_and_resize_images_per_s": [round(len(files) / each.alone_s) for each in rounds],
        "ratio": round(statistics.median(each.alone_s / each.prepare_s for each in rounds), 3),
        "cpu_ratio": round(statistics.median(each.alone_cpu_s / each.prepare_cpu_s for each in rounds), 3),
    }
    print(json.dumps(result, indent=2))


def write_sample(source: Source, folder: Path, count: int, zipped: bool) -> list[str]:
    """Write the first `count` images of `source` and their labels; returns their names."""
    table = read_table(source)
    names = list(table.names[:count])
    images = folder / "img_align_celeba"
    images.mkdir(parents=True)
    for name in names:
        (images / name).write_bytes(table.images[name].read())
    rows = (
        f"{name} " + " ".join(map(str, row)) for name, row in zip(names, table.labels.tolist(), strict=False)
    )
    (folder / "list_attr_celeba.txt").write_text("\n".join([str(len(names)), " ".join(ATTRIBUTES), *rows]))
    if zipped:
        with zipfile.ZipFile(folder / "img_align_celeba.zip", "w") as archive:
            for name in names:
                archive.write(images / name, f"img_align_celeba/{name}")
        shutil.rmtree(images)
    return names


def measure(folder: Path, files: list[bytes], side_px: int) -> Round:
    """Time `prepare`, from the call to the finished folder, then decoding and resizing alone."""
    begun, cpu_begun = time.perf_counter(), time.process_time()
    prepare(folder / "source", folder / "out", side_px)
    prepare_s, prepare_cpu_s = time.perf_counter() - begun, time.process_time() - cpu_begun
    shutil.rmtree(folder / "out")
    chunks = [files[start : start + CHUNK] for start in range(0, len(files), CHUNK)]
    begun, cpu_begun = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(usable_cores()) as pool:
        list(pool.map(decode_and_resize, chunks, [side_px] * len(chunks)))
    return Round(prepare_s, prepare_cpu_s, time.perf_counter() - begun, time.process_time() - cpu_begun)


def decode_and_resize(files: list[bytes], side_px: int) -> None:
    for content in files:
        resize_to_square(decode(content), side_px)


if __name__ == "__main__":
    main()
