"""How fast a recipe trains here: images a second over some steps, and the epoch that this makes.

    python bench/training.py classic --side 192 --images 53219

Data comes from memory and holds noise: a network's speed does not depend on the pixels. The step is the
trainer's own, with its augmentation and moving average of the weights.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

# As the command line sets it, before PyTorch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import torch

from semblante.celeba import PreparedManifest, PreparedSet
from semblante.labels import ATTRIBUTES
from semblante.train import RECIPES, choose
from semblante.train.distributed import distributed_context
from semblante.train.loop import Training

WARM_UP_STEPS = 3


def measure(recipe: str, side_px: int, steps: int) -> dict[str, float | str | int]:
    """Images a second of `recipe` at `side_px`: the median of `steps` steps after a warm-up."""
    batch = RECIPES[recipe].batch
    images = batch * 60  # Enough that the recipe keeps its own batch.
    noise = np.random.default_rng(0)
    data = PreparedSet(
        folder=Path(),
        images=noise.integers(0, 256, (images, side_px, side_px, 3), dtype=np.uint8),
        labels=noise.integers(0, 2, (images, 40), dtype=np.uint8),
        identities=(np.arange(images) // 2).astype(np.int32),
        splits=(np.arange(images) < 2).astype(np.uint8),
        names=(),
        manifest=PreparedManifest(
            format="made up",
            terms="drawn",
            layout="official",
            count=images,
            counts={},
            people=None,
            side_px=side_px,
            frame=(178, 218),
            attributes=ATTRIBUTES,
            sha256="",
            sha256s={},
            sources={},
            fingerprint="",
            notes=(),
            skipped={},
        ),
    )
    times_s = []
    with tempfile.TemporaryDirectory() as folder, distributed_context() as distributed:
        training = Training(data, Path(folder), choose(recipe, side_px, 1), {}, distributed)
        step = training.new_step()
        for rows in training.train_loader.shuffled(batch, 0, 0)[: steps + WARM_UP_STEPS]:
            started_s = time.perf_counter()
            step(rows, 0.5).sum().item()  # Waits for a GPU.
            times_s.append(time.perf_counter() - started_s)
        device = distributed.device.type
    step_s = float(np.median(times_s[WARM_UP_STEPS:]))
    return {
        "recipe": recipe,
        "side_px": side_px,
        "batch": batch,
        "device": device,
        "threads": torch.get_num_threads(),
        "images_per_s": round(batch / step_s, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recipe", choices=sorted(RECIPES))
    parser.add_argument("--side", type=int, required=True)
    parser.add_argument("--images", type=int, default=53_219, help="images in an epoch")
    parser.add_argument("--steps", type=int, default=20)
    options = parser.parse_args()
    result = measure(options.recipe, options.side, options.steps)
    result["seconds_per_epoch"] = round(options.images / float(result["images_per_s"]), 1)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
