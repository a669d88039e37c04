"""The two networks of model 1, `Classic` and `Modern`, as PyTorch modules.

Both take pixels, float (n, 3, s, s) RGB from 0 to 255, scale them themselves and give the 40 attribute
logits (n, 40) and the features (n, d) that model 2 is built on. So a crop cannot be scaled in two ways.
"""

from abc import abstractmethod
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from semblante.labels import ATTRIBUTES


class AttributeNetwork(nn.Module):
    """What both networks share: pixels are scaled, then read."""

    feature_count: int
    mean: Tensor
    spread: Tensor

    def __init__(self, mean: float, spread: float) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean), persistent=False)
        self.register_buffer("spread", torch.tensor(spread), persistent=False)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (n, 40) and features (n, d) of pixels (n, 3, s, s) from 0 to 255."""
        return self.read((pixels - self.mean) / self.spread)

    @abstractmethod
    def read(self, scaled: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and features of scaled pixels."""


class Classic(AttributeNetwork):
    """The course's network: three convolutions with pooling, flatten, dense 64, dropout, 40 outputs.

    The details that the recipe leaves open are those of Keras, in which the course was written: no padding,
    Glorot uniform weights, biases of zero, pixels from 0 to 1. The features are the flattened convolutions.
    """

    FILTERS = (3, 40, 80, 120)

    def __init__(self, side_px: int) -> None:
        super().__init__(mean=0.0, spread=255.0)
        layers: list[nn.Module] = []
        for channels_in, channels_out in pairwise(self.FILTERS):
            layers += [nn.Conv2d(channels_in, channels_out, kernel_size=3), nn.ReLU(), nn.MaxPool2d(2)]
            side_px = (side_px - 2) // 2
        self.feature_count = self.FILTERS[-1] * side_px**2
        self.features = nn.Sequential(*layers, nn.Flatten())
        self.head = nn.Sequential(
            nn.Linear(self.feature_count, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, len(ATTRIBUTES))
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def read(self, scaled: Tensor) -> tuple[Tensor, Tensor]:
        """The flattened convolutions are the features, and the head reads them."""
        features = self.features(scaled)
        return self.head(features), features


class Modern(AttributeNetwork):
    """A small residual network (He et al. 2016) with an averaged head, so that any side fits.

    Four stages of two 3x3 convolutions; all but the first halve the side and double the channels. Where a
    shortcut halves the side it averages instead of skipping pixels (ResNet-D, He et al. 2019).

    Averages tell attributes, but who somebody is lies also in where things are. So the features are the
    averaged last stage beside a coarse map of the third, each of length one.
    """

    CHANNELS = (32, 64, 128, 256)
    COARSE = 2
    """Pixels of the third stage that one place of the coarse map averages, each way."""

    def __init__(self, side_px: int) -> None:
        super().__init__(mean=127.5, spread=64.0)
        first, second, third, fourth = self.CHANNELS
        self.early = nn.Sequential(
            _convolution(3, first, stride=2),
            nn.ReLU(),
            ResidualBlock(first, first, stride=1),
            ResidualBlock(first, second, stride=2),
            ResidualBlock(second, third, stride=2),
        )
        self.late = nn.Sequential(
            ResidualBlock(third, fourth, stride=2), nn.AdaptiveAvgPool2d(1), nn.Flatten()
        )
        self.coarse_map = nn.Sequential(nn.AvgPool2d(self.COARSE), nn.Flatten())
        self.head = nn.Sequential(nn.Dropout(0.1), nn.Linear(fourth, len(ATTRIBUTES)))
        third_side_px = -(-side_px // 8)
        self.feature_count = fourth + third * (third_side_px // self.COARSE) ** 2

    def read(self, scaled: Tensor) -> tuple[Tensor, Tensor]:
        """The head reads the averaged last stage; the features hold the coarse map too."""
        third = self.early(scaled)
        last = self.late(third)
        parts = (normalize(part, dim=1) for part in (last, self.coarse_map(third)))
        return self.head(last), torch.cat(list(parts), dim=1)


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut; `stride` 2 halves the side."""

    def __init__(self, channels_in: int, channels_out: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _convolution(channels_in, channels_out, stride),
            nn.ReLU(),
            _convolution(channels_out, channels_out),
        )
        # Each block begins as its shortcut alone, which makes the first steps stable (Goyal et al. 2017).
        nn.init.zeros_(self.body.get_parameter("2.1.weight"))
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1:
            self.shortcut = nn.Sequential(
                nn.AvgPool2d(stride, ceil_mode=True), _convolution(channels_in, channels_out, kernel_size=1)
            )

    def forward(self, inputs: Tensor) -> Tensor:
        """(n, channels_in, s, s) to (n, channels_out, s / stride, s / stride)."""
        return torch.relu(self.body(inputs) + self.shortcut(inputs))


def _convolution(channels_in: int, channels_out: int, stride: int = 1, kernel_size: int = 3) -> nn.Sequential:
    convolution = nn.Conv2d(
        channels_in, channels_out, kernel_size, stride, padding=kernel_size // 2, bias=False
    )
    nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
    return nn.Sequential(convolution, nn.BatchNorm2d(channels_out))
