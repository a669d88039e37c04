"""How long one crop takes on one core, beside a ResNet-50 at 112 x 112 (He et al. 2016) in the same run.

    python bench/latency.py [--base BUNDLE] [--rounds 60]

Both are ONNX files run by ONNX Runtime with one thread, in turns, so that a busy machine slows both alike.
The ResNet-50 has random weights, which take as long as any others, in float32. Prints JSON: medians in
milliseconds, and their ratio, which should be 0.1 or less.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn

from semblante.pipeline import open_base
from semblante.train.export import export_module

SIDE_PX = 112
STAGES = ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))
"""Middle channels, blocks and first stride of ResNet-50's stages (He et al. 2016, table 1)."""
EXPANSION = 4


class Bottleneck(nn.Module):
    """ResNet-50's block: 1x1, 3x3 and 1x1 convolutions beside a shortcut."""

    def __init__(self, channels_in: int, middle: int, stride: int) -> None:
        super().__init__()
        out = middle * EXPANSION
        self.body = nn.Sequential(
            *_convolution(channels_in, middle, 1, 1),
            nn.ReLU(),
            *_convolution(middle, middle, 3, stride),
            nn.ReLU(),
            *_convolution(middle, out, 1, 1),
        )
        same = stride == 1 and channels_in == out
        self.shortcut = nn.Sequential() if same else nn.Sequential(*_convolution(channels_in, out, 1, stride))

    def forward(self, inputs: Tensor) -> Tensor:
        return torch.relu(self.body(inputs) + self.shortcut(inputs))


class Resnet50(nn.Module):
    """ResNet-50 on crops uint8 (n, s, s, 3), as ours take them."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [*_convolution(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
        channels = 64
        for middle, blocks, stride in STAGES:
            for block in range(blocks):
                layers.append(Bottleneck(channels, middle, 1 if block else stride))
                channels = middle * EXPANSION
        self.layers = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 512))

    def forward(self, crops: Tensor) -> Tensor:
        embeddings: Tensor = self.layers(crops.permute(0, 3, 1, 2).float())
        return embeddings


def _convolution(channels_in: int, channels_out: int, kernel: int, stride: int) -> list[nn.Module]:
    convolution = nn.Conv2d(channels_in, channels_out, kernel, stride, padding=kernel // 2, bias=False)
    return [convolution, nn.BatchNorm2d(channels_out)]


def session(network: bytes) -> onnxruntime.InferenceSession:
    """The ONNX file `network`, on one thread that does not spin."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", type=Path)
    parser.add_argument("--rounds", type=int, default=60)
    options = parser.parse_args()
    bundle = open_base(options.base)
    sessions = {
        "network": (session(bundle.network_path.read_bytes()), bundle.side_px),
        "resnet-50": (session(export_module(Resnet50(), SIDE_PX, ["embeddings"])), SIDE_PX),
    }
    rng = np.random.default_rng(0)
    times_ms: dict[str, list[float]] = {name: [] for name in sessions}
    for _ in range(options.rounds + 5):
        for name, (network, side_px) in sessions.items():
            crops = rng.integers(0, 256, (1, side_px, side_px, 3), dtype=np.uint8)
            begun_s = time.perf_counter()
            network.run(None, {"crops": crops})
            times_ms[name].append((time.perf_counter() - begun_s) * 1000)
    medians = {name: statistics.median(times[5:]) for name, times in times_ms.items()}
    result = {f"{name}_ms": round(value, 3) for name, value in medians.items()}
    print(json.dumps({**result, "ratio": round(medians["network"] / medians["resnet-50"], 4)}))


if __name__ == "__main__":
    main()
