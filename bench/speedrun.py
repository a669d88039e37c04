"""Seconds from a prepared set to a validation accuracy of 90.5 %, everything counted, and the floor.

    python bench/speedrun.py DATA [--epochs 8] [--target 0.905] [--recipe modern] [--attributes-alone]
    torchrun --standalone --nproc-per-node 8 bench/speedrun.py DATA

The clock starts with this process: loading PyTorch, moving the images to the GPU, training and validating all
count; only writing the bundle does not. EPOCHS is the length of the schedule: the shortest that reaches the
target is the fastest; people need not be learnt for it. Prints JSON. `floor_s` is what the arithmetic of the
training steps would take at the speed of a large matrix product on the device of each process, and what
reading each image once an epoch would take at the speed of a large copy.
"""

import time

started_s = time.perf_counter()

import argparse  # noqa: E402 (the clock runs before anything is loaded)
import json  # noqa: E402
import os  # noqa: E402
import tempfile  # noqa: E402
from collections.abc import Callable  # noqa: E402
from dataclasses import replace  # noqa: E402
from pathlib import Path  # noqa: E402

# As the command line sets it, before PyTorch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from semblante.celeba import open_prepared  # noqa: E402
from semblante.jobs import Epoch, Event, JobContext  # noqa: E402
from semblante.train import RECIPES, choose, train  # noqa: E402
from semblante.train.distributed import Distributed  # noqa: E402
from semblante.train.recipes import Recipe  # noqa: E402

MATRIX_SIDE, COPIED_BYTES = 4096, 1 << 28
STEP_TO_FORWARD = 3
"""A step's arithmetic is a forward pass and twice as much to go back; the memory bank takes one more."""


class Reached(Exception):
    """The target, after `seconds`."""

    def __init__(self, event: Epoch, seconds: float) -> None:
        super().__init__()
        self.event, self.seconds = event, seconds


def forward_flops(recipe: str, side_px: int) -> int:
    """Multiplications and additions of convolutions and dense layers for one image."""
    network = RECIPES[recipe].network(side_px).eval()
    total = 0

    def count(module: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal total
        assert isinstance(module.weight, Tensor)
        total += 2 * module.weight.numel() * (output[0, 0].numel() if output.ndim == 4 else 1)

    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.register_forward_hook(count)
    network(torch.zeros(1, 3, side_px, side_px))
    return total


def measured_s(device: torch.device, recipe: Recipe) -> tuple[float, float]:
    """Seconds an operation, of a matrix product, and seconds a byte, of a copy; medians of ten.

    The product is in the numbers that the recipe computes in here.
    """
    with Distributed(device).mixed_precision():
        in_bfloat16 = recipe.mixed_precision and torch.is_autocast_enabled(device.type)
    kind = torch.bfloat16 if in_bfloat16 else torch.float32
    side = MATRIX_SIDE if device.type == "cuda" else MATRIX_SIDE // 4
    matrix = torch.randn(side, side, device=device, dtype=kind)
    block = torch.randint(0, 255, (COPIED_BYTES,), device=device, dtype=torch.uint8)
    product_s = _median_s(device, lambda: matrix @ matrix)
    return product_s / (2 * side**3), _median_s(device, block.clone) / (2 * COPIED_BYTES)


def _median_s(device: torch.device, call: Callable[[], object]) -> float:
    times_s = []
    for _ in range(12):
        begun_s = time.perf_counter()
        call()
        if device.type == "cuda":
            torch.cuda.synchronize()
        times_s.append(time.perf_counter() - begun_s)
    return sorted(times_s[2:])[5]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--recipe", choices=sorted(RECIPES), default="modern")
    parser.add_argument("--side", type=int)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--target", type=float, default=0.905)
    parser.add_argument("--attributes-alone", action="store_true", help="do not learn who is who")
    options = parser.parse_args()
    data = open_prepared(options.data)
    if options.attributes_alone:
        RECIPES[options.recipe] = replace(RECIPES[options.recipe], identity=None)
    settings = choose(options.recipe, options.side or data.side_px, options.epochs)

    def stop_at_target(event: Event) -> None:
        if isinstance(event, Epoch) and event.history and event.history[-1].accuracy >= options.target:
            raise Reached(event, time.perf_counter() - started_s)

    with tempfile.TemporaryDirectory(prefix="semblante-speedrun-") as folder:
        try:
            best = max(
                row.accuracy
                for row in train(data, Path(folder), settings, JobContext(stop_at_target)).history
            )
            print(json.dumps({"reached": False, "best_accuracy": best}))
            return
        except Reached as reached:
            found = reached
        except RuntimeError:
            if os.environ.get("RANK", "0") == "0":
                raise
            return  # The main process has reached the target, and left.
    history, processes = found.event.history, int(os.environ.get("WORLD_SIZE", "1"))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    recipe, images = RECIPES[options.recipe], len(data.rows("train"))
    operation_s, byte_s = measured_s(device, recipe)
    passes = STEP_TO_FORWARD + (recipe.identity is not None)
    flops = passes * len(history) * forward_flops(options.recipe, settings.side_px)
    result = {
        "reached": True,
        "seconds": round(found.seconds, 1),
        "epochs": len(history),
        "accuracy": history[-1].accuracy,
        "device": torch.cuda.get_device_name() if device.type == "cuda" else "cpu",
        "processes": processes,
        "floor_s": {
            "arithmetic": round(flops * images * operation_s / processes, 3),
            "bytes": round(len(history) * images * settings.side_px**2 * 3 * byte_s / processes, 3),
        },
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
