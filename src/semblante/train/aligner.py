"""The training of the aligner, from a prepared set to `aligner.onnx` and `aligner.json`.

    python -m semblante.train.aligner PREPARED OUT

All of CelebA's crops lie in one frame. A window of a crop is turned, shifted and scaled at random, and the
network estimates how to undo that: no labels are needed. It also estimates its own error (the scale of a
Laplace distribution), which it learns on faces that are partly hidden. Alignment is iterated: each crop is
trained on twice, the second time from where the first iteration led, because that is how it is used.
"""

import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor, nn
from torch.nn import functional

from semblante.celeba import PreparedSet, open_prepared
from semblante.faces.aligner import (
    MANIFEST_NAME,
    MIDDLE,
    NETWORK_NAME,
    POINTS,
    WINDOW_PX,
    WINDOW_SIDE,
)
from semblante.files import atomic_write, sha256_of, write_json
from semblante.geometry import FRAME_HEIGHT_PX, FRAME_WIDTH_PX
from semblante.jobs import SILENT, Event, JobContext, Progress
from semblante.train.export import export_module
from semblante.train.finalize import CELEBA_TERMS, DRAWN_TERMS

EPOCHS = 6
BATCH = 128
LEARNING_RATE = 2e-3
ITERATIONS = 2
TURN_RAD = math.radians(50)
SCALE = 0.3
"""Of the natural logarithm, each way."""
SHIFT_PX = (24.0, 16.0)
"""Frame pixels across and down, each way."""
OCCLUDED_SHARE, MAX_OCCLUDER_SIDE = 0.5, 0.6
"""The share of windows that are partly hidden, and the side of what hides them in sides of the window."""
BLURRED_SHARE = 0.3
"""The share of windows as blurred as those of small faces."""
PRINT_EVERY_STEPS = 100


class AlignerNetwork(nn.Module):
    """Windows, float (n, 3, 48, 48) from 0 to 255, to moves (n, 4) and the logarithm of their error (n,)."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after, stride in ((3, 16, 2), (16, 32, 2), (32, 32, 1), (32, 64, 2), (64, 64, 1)):
            layers += [
                nn.Conv2d(before, after, 3, stride, padding=1, bias=False),
                nn.BatchNorm2d(after),
                nn.ReLU(),
            ]
        self.trunk = nn.Sequential(*layers, nn.Flatten(), nn.Linear(64 * 36, 128), nn.ReLU())
        self.head = nn.Linear(128, 5)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self.register_buffer("disk", disk(), persistent=False)

    disk: Tensor

    def forward(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """Pixels outside the disk count for nothing."""
        estimate = self.head(self.trunk((windows - 127.5) / 64 * self.disk))
        return estimate[:, :4], estimate[:, 4]


class DeployedAligner(nn.Module):
    """The network as exported: windows uint8 (n, 48, 48, 3) to moves (n, 4) and errors (n,), frame px."""

    def __init__(self, network: AlignerNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """The moves and their expected errors."""
        moves, log_errors = self.network(windows.permute(0, 3, 1, 2).float())
        return moves, log_errors.exp()


def disk() -> Tensor:
    """1 within the disk that fills a window, 0 beside it: (1, 1, 48, 48)."""
    middles = (torch.arange(WINDOW_PX) + 0.5) / WINDOW_PX * 2 - 1
    return (middles[:, None] ** 2 + middles**2 <= 1).float()[None, None]


def matrices(a: Tensor, b: Tensor, shift: Tensor) -> Tensor:
    """Similarity transforms about the window's middle as (n, 3, 3), in halves of its side."""
    zero, one = torch.zeros_like(a), torch.ones_like(a)
    rows = [
        torch.stack([a, -b, shift[:, 0]], 1),
        torch.stack([b, a, shift[:, 1]], 1),
        torch.stack([zero, zero, one], 1),
    ]
    return torch.stack(rows, 1)


def random_matrices(count: int, generator: torch.Generator) -> Tensor:
    """Where windows lie before the first iteration (n, 3, 3), at random."""

    def between(limit: float) -> Tensor:
        return (torch.rand(count, generator=generator) * 2 - 1) * limit

    turn, scale = between(TURN_RAD), torch.exp(between(SCALE))
    shift = torch.stack([between(limit / (WINDOW_SIDE / 2)) for limit in SHIFT_PX], 1)
    return matrices(torch.cos(turn) * scale, torch.sin(turn) * scale, shift)


def sample_windows(crops: Tensor, placements: Tensor) -> Tensor:
    """Windows (n, 3, 48, 48) of whole crops (n, 3, s, s), where `placements` (n, 3, 3) put them."""
    middles = (torch.arange(WINDOW_PX) + 0.5) / WINDOW_PX * 2 - 1
    down, across = torch.meshgrid(middles, middles, indexing="ij")
    points = torch.stack([across, down, torch.ones_like(down)], -1).reshape(-1, 3)
    there = (points @ placements.transpose(1, 2))[..., :2] * (WINDOW_SIDE / 2) + torch.tensor(MIDDLE)
    at = there / torch.tensor([FRAME_WIDTH_PX, FRAME_HEIGHT_PX]) * 2 - 1
    at = at.reshape(len(crops), WINDOW_PX, WINDOW_PX, 2).to(crops.dtype)
    taken: Tensor = functional.grid_sample(crops, at, padding_mode="reflection", align_corners=False)
    return taken


def degrade(windows: Tensor, generator: torch.Generator) -> Tensor:
    """Windows in other light, some blurred, some partly hidden by a part of another window."""
    count = len(windows)

    def rng(*shape: int) -> Tensor:
        return torch.rand(count, *shape, generator=generator)

    blurred = functional.interpolate(functional.avg_pool2d(windows, 3), size=WINDOW_PX, mode="bilinear")
    windows = torch.where(rng(1, 1, 1) < BLURRED_SHARE, blurred, windows)
    sides, middles = rng(2, 1) * MAX_OCCLUDER_SIDE, (torch.arange(WINDOW_PX) + 0.5) / WINDOW_PX
    starts = rng(2, 1) * (1 - sides)
    inside = (starts <= middles) & (middles < starts + sides)
    occluded = inside[:, 0, :, None] & inside[:, 1, None, :] & (rng(1, 1) < OCCLUDED_SHARE)
    windows = torch.where(occluded[:, None], windows.roll(1, 0).flip(2), windows)
    grey = windows.mean(dim=1, keepdim=True)
    windows = grey + (windows - grey) * rng(1, 1, 1) * 1.2
    lit = (windows - 127.5) * (0.5 + rng(1, 1, 1)) + 127.5 + 80 * (rng(1, 1, 1) - 0.5)
    noise = torch.randn(lit.shape, generator=generator) * 8 * rng(1, 1, 1)
    return (lit + noise).clamp(0, 255)


def distances_px(moves: Tensor, placements: Tensor) -> Tensor:
    """The mean distance (n,) of the points from their places after the moves, in frame pixels."""
    half = WINDOW_SIDE / 2
    points = torch.from_numpy((POINTS - MIDDLE) / half).float()
    homogeneous = functional.pad(points, (0, 1), value=1.0)
    moved = homogeneous @ matrices(1 + moves[:, 0], moves[:, 1], moves[:, 2:]).transpose(1, 2)
    truth = homogeneous @ torch.linalg.inv(placements).transpose(1, 2)
    apart: Tensor = torch.linalg.vector_norm((moved - truth)[..., :2], dim=-1)
    return apart.mean(dim=1) * half


def load_crops(data: PreparedSet, rows: Int64[np.ndarray, " n"]) -> Tensor:
    """The whole crops (n, 3, s, s) of some rows, which are sorted."""
    pixels: Tensor = torch.from_numpy(data.images[np.sort(rows)]).permute(0, 3, 1, 2).float()
    return pixels


def align_iteratively(
    network: AlignerNetwork, crops: Tensor, generator: torch.Generator
) -> tuple[Tensor, list[Tensor]]:
    """The summed loss of `ITERATIONS` on each crop, and the distances (n,) in frame pixels after each."""
    placements, losses, distances = random_matrices(len(crops), generator), [], []
    for _ in range(ITERATIONS):
        moves, log_errors = network(degrade(sample_windows(crops, placements), generator))
        distance_px = distances_px(moves, placements)
        # The negative log-likelihood of a Laplace distribution, less a constant.
        losses.append((distance_px / log_errors.exp() + log_errors).mean())
        distances.append(distance_px.detach())
        with torch.no_grad():
            placements = placements @ matrices(1 + moves[:, 0], moves[:, 1], moves[:, 2:])
    return torch.stack(losses).sum(), distances


def train_aligner(
    data: PreparedSet, seed: int = 0, epochs: int = EPOCHS, job: JobContext = SILENT
) -> tuple[AlignerNetwork, list[float]]:
    """A trained network, and the mean distances in frame pixels on validation crops after each iteration.

    Emits progress in steps. Raises `Cancelled` where `job` is cancelled; nothing is kept of it.
    """
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    network = AlignerNetwork()
    rows = data.rows("train")
    steps_per_epoch = math.ceil(len(rows) / BATCH)
    steps = epochs * steps_per_epoch
    optimizer = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps, pct_start=0.1)
    for epoch in range(epochs):
        order = rows[torch.randperm(len(rows), generator=generator).numpy()]
        batches = np.array_split(order, steps_per_epoch)
        for step, batch in enumerate(batches, start=1 + epoch * steps_per_epoch):
            loss, _ = align_iteratively(network, load_crops(data, batch), generator)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            job.progress("training_aligner", step, steps)
    network.eval()
    val_rows, parts = data.rows("val"), []
    with torch.inference_mode():
        for batch in np.array_split(val_rows, math.ceil(len(val_rows) / BATCH)):
            job.check()
            parts.append(align_iteratively(network, load_crops(data, batch), generator)[1])
    return network, [float(torch.cat(iteration).mean()) for iteration in zip(*parts, strict=True)]


def write_aligner(data: PreparedSet, out: Path, job: JobContext = SILENT) -> None:
    """Train, and write the network and its manifest, the latter last."""
    network, distances = train_aligner(data, job=job)
    content = export_module(DeployedAligner(network), WINDOW_PX, ["moves", "errors"], input_name="windows")
    atomic_write(out / NETWORK_NAME, content)
    terms = data.manifest.terms
    manifest = {
        "format": "semblante aligner 1",
        "file": NETWORK_NAME,
        "sha256": sha256_of(out / NETWORK_NAME),
        "data": {"sha256": data.sha256, "terms": terms, "train_images": len(data.rows("train"))},
        "validation": {"mean_distance_px_after_each_iteration": distances},
        "licence": {"terms": terms, "text": DRAWN_TERMS if terms == "drawn" else CELEBA_TERMS},
    }
    write_json(out / MANIFEST_NAME, manifest)


def main() -> None:
    """The command line of this module; `scripts/train-shipped` runs it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("prepared", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    started_s = time.monotonic()

    def print_progress(event: Event) -> None:
        if isinstance(event, Progress) and event.done % PRINT_EVERY_STEPS == 0:
            print(f"step {event.done}/{event.total}, {time.monotonic() - started_s:.0f} s", flush=True)

    write_aligner(open_prepared(options.prepared), options.out, JobContext(print_progress))


if __name__ == "__main__":
    main()
