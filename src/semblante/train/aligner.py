"""The training of the aligner, from a prepared set to `aligner.onnx` and `aligner.json`.

    python -m semblante.train.aligner PREPARED OUT

All of CelebA's crops lie in one frame. A window of a crop is turned, shifted and scaled at random, and the
network says how to undo that: no labels are needed. It also says by how much it expects to be wrong (the
scale of a Laplace distribution), which it learns on faces that are partly hidden. Each crop is looked at
twice, the second time from where the first look led, because that is how it is used.
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
from semblante.train.export import exported
from semblante.train.finalize import CELEBA_TERMS, DRAWN_TERMS

EPOCHS = 6
BATCH = 128
LEARNING_RATE = 2e-3
LOOKS = 2
TURN_RAD = math.radians(50)
SCALE = 0.3
"""Of the natural logarithm, each way."""
SHIFT_PX = (24.0, 16.0)
"""Frame pixels across and down, each way."""
HIDDEN = (0.5, 0.6)
"""The share of windows that are partly hidden, and the largest side of what hides them."""
COARSE = 0.3
"""The share of windows as blurred as those of small faces."""


class Moves(nn.Module):
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
        self.look = nn.Sequential(*layers, nn.Flatten(), nn.Linear(64 * 36, 128), nn.ReLU())
        self.tr = nn.Linear(128, 5)
        nn.init.zeros_(self.tr.weight)
        nn.init.zeros_(self.tr.bias)
        self.register_buffer("disk", disk(), persistent=False)

    disk: Tensor

    def forward(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """Only the disk is looked at."""
        said = self.tr(self.look((windows - 127.5) / 64 * self.disk))
        return said[:, :4], said[:, 4]


class Deployed(nn.Module):
    """The network as shipped: windows uint8 (n, 48, 48, 3) to moves (n, 4) and errors (n,), frame px."""

    def __init__(self, moves: Moves) -> None:
        super().__init__()
        self.moves = moves

    def forward(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """The moves and their expected errors."""
        moves, log_errors = self.moves(windows.permute(0, 3, 1, 2).float())
        return moves, log_errors.exp()


def disk() -> Tensor:
    """1 within the disk that fills a window, 0 beside it: (1, 1, 48, 48)."""
    middles = (torch.arange(WINDOW_PX) + 0.5) / WINDOW_PX * 2 - 1
    return (middles[:, None] ** 2 + middles**2 <= 1).float()[None, None]


def matrices(a: Tensor, b: Tensor, shift: Tensor) -> Tensor:
    """Similarities about the window's middle as (n, 3, 3), in halves of its side."""
    zero, one = torch.zeros_like(a), torch.ones_like(a)
    rows = [
        torch.stack([a, -b, shift[:, 0]], 1),
        torch.stack([b, a, shift[:, 1]], 1),
        torch.stack([zero, zero, one], 1),
    ]
    return torch.stack(rows, 1)


def random_matrices(count: int, generator: torch.Generator) -> Tensor:
    """Where windows lie at first."""

    def between(limit: float) -> Tensor:
        return (torch.rand(count, generator=generator) * 2 - 1) * limit

    turn, scale = between(TURN_RAD), torch.exp(between(SCALE))
    shift = torch.stack([between(limit / (WINDOW_SIDE / 2)) for limit in SHIFT_PX], 1)
    return matrices(torch.cos(turn) * scale, torch.sin(turn) * scale, shift)


def windows_of(crops: Tensor, placed: Tensor) -> Tensor:
    """Windows (n, 3, 48, 48) of whole crops (n, 3, s, s), where `placed` (n, 3, 3) puts them."""
    middles = (torch.arange(WINDOW_PX) + 0.5) / WINDOW_PX * 2 - 1
    down, across = torch.meshgrid(middles, middles, indexing="ij")
    places = torch.stack([across, down, torch.ones_like(down)], -1).reshape(-1, 3)
    there = (places @ placed.transpose(1, 2))[..., :2] * (WINDOW_SIDE / 2) + torch.tensor(MIDDLE)
    at = there / torch.tensor([FRAME_WIDTH_PX, FRAME_HEIGHT_PX]) * 2 - 1
    at = at.reshape(len(crops), WINDOW_PX, WINDOW_PX, 2).to(crops.dtype)
    taken: Tensor = functional.grid_sample(crops, at, padding_mode="reflection", align_corners=False)
    return taken


def disturbed(windows: Tensor, generator: torch.Generator) -> Tensor:
    """Windows in other light, some blurred, some partly hidden by a part of another window."""
    count = len(windows)

    def rng(*shape: int) -> Tensor:
        return torch.rand(count, *shape, generator=generator)

    coarse = functional.interpolate(functional.avg_pool2d(windows, 3), size=WINDOW_PX, mode="bilinear")
    windows = torch.where(rng(1, 1, 1) < COARSE, coarse, windows)
    share, largest = HIDDEN
    sides, middles = rng(2, 1) * largest, (torch.arange(WINDOW_PX) + 0.5) / WINDOW_PX
    starts = rng(2, 1) * (1 - sides)
    inside = (starts <= middles) & (middles < starts + sides)
    hidden = inside[:, 0, :, None] & inside[:, 1, None, :] & (rng(1, 1) < share)
    windows = torch.where(hidden[:, None], windows.roll(1, 0).flip(2), windows)
    grey = windows.mean(dim=1, keepdim=True)
    windows = grey + (windows - grey) * rng(1, 1, 1) * 1.2
    lit = (windows - 127.5) * (0.5 + rng(1, 1, 1)) + 127.5 + 80 * (rng(1, 1, 1) - 0.5)
    noise = torch.randn(lit.shape, generator=generator) * 8 * rng(1, 1, 1)
    return (lit + noise).clamp(0, 255)


def distances(moves: Tensor, placed: Tensor) -> Tensor:
    """How far (n,) the points lie from their places after the moves, in frame pixels of the window."""
    half = WINDOW_SIDE / 2
    points = torch.from_numpy((POINTS - MIDDLE) / half).float()
    homogeneous = functional.pad(points, (0, 1), value=1.0)
    moved = homogeneous @ matrices(1 + moves[:, 0], moves[:, 1], moves[:, 2:]).transpose(1, 2)
    truth = homogeneous @ torch.linalg.inv(placed).transpose(1, 2)
    apart: Tensor = torch.linalg.vector_norm((moved - truth)[..., :2], dim=-1)
    return apart.mean(dim=1) * half


def crops_of(data: PreparedSet, rows: Int64[np.ndarray, " n"]) -> Tensor:
    """The whole crops (n, 3, s, s) of some rows."""
    pixels: Tensor = torch.from_numpy(data.images[np.sort(rows)]).permute(0, 3, 1, 2).float()
    return pixels


def looked_at(network: Moves, crops: Tensor, generator: torch.Generator) -> tuple[Tensor, list[Tensor]]:
    """The loss of `LOOKS` looks at each crop, and the distances (n,) after each."""
    placed, losses, found = random_matrices(len(crops), generator), [], []
    for _ in range(LOOKS):
        moves, log_errors = network(disturbed(windows_of(crops, placed), generator))
        apart = distances(moves, placed)
        losses.append((apart / log_errors.exp() + log_errors).mean())
        found.append(apart.detach())
        with torch.no_grad():
            placed = placed @ matrices(1 + moves[:, 0], moves[:, 1], moves[:, 2:])
    return torch.stack(losses).sum(), found


def train_aligner(data: PreparedSet, seed: int = 0, epochs: int = EPOCHS) -> tuple[Moves, list[float]]:
    """A trained network, and the mean distances on validation crops after each look, in frame pixels."""
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    network = Moves()
    rows = data.rows("train")
    steps = epochs * math.ceil(len(rows) / BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps, pct_start=0.1)
    started_s, step = time.monotonic(), 0
    for epoch in range(epochs):
        order = rows[torch.randperm(len(rows), generator=generator).numpy()]
        for batch in np.array_split(order, math.ceil(len(rows) / BATCH)):
            loss, found = looked_at(network, crops_of(data, batch), generator)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            step += 1
            if step % 100 == 0:
                apart = " ".join(f"{each.mean():.2f}" for each in found)
                print(f"{epoch + 1} {step}/{steps} {apart} {time.monotonic() - started_s:.0f} s", flush=True)
    network.eval()
    with torch.inference_mode():
        parts = [
            looked_at(network, crops_of(data, batch), generator)[1]
            for batch in np.array_split(data.rows("val"), math.ceil(len(data.rows("val")) / BATCH))
        ]
    return network, [float(torch.cat(look).mean()) for look in zip(*parts, strict=True)]


def write_aligner(data: PreparedSet, out: Path) -> None:
    """Train, and write the network and its manifest, the latter last."""
    network, apart = train_aligner(data)
    content = exported(Deployed(network), WINDOW_PX, ["moves", "errors"], taken="windows")
    atomic_write(out / NETWORK_NAME, content)
    terms = data.manifest.terms
    manifest = {
        "format": "semblante aligner 1",
        "file": NETWORK_NAME,
        "sha256": sha256_of(out / NETWORK_NAME),
        "data": {"sha256": data.sha256, "terms": terms, "train_images": len(data.rows("train"))},
        "validation": {"mean_distance_px_after_each_look": apart},
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
    write_aligner(open_prepared(options.prepared), options.out)


if __name__ == "__main__":
    main()
