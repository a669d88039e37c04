"""The two networks of model 1, `Classic` and `Modern`, as PyTorch modules.

    crop --resample--> resampled --encode--> code --heads--> logits (n, 40), embeddings (n, d)

Both take pixels, float (n, 3, s, s) RGB from 0 to 255, and resample and scale them themselves, so that a crop
cannot be prepared in two ways. The embeddings are what model 2 is built on.

`Modern` sees the crop foveated: sampled twice as densely over the face as beside it. All crops lie in one
frame, so the sampling points are the same in each. That gives as many pixels on a face as a crop of 1.4 times
the side, at half the work.
"""

import math
from abc import abstractmethod
from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor, nn

from semblante.labels import ATTRIBUTES
from semblante.metrics import sigmoid

FACE_ACROSS, FACE_DOWN = (0.22, 0.78), (0.38, 0.85)
"""Where the face lies in the CelebA frame, as shares of its width and height: ear to ear, brow to chin."""
DENSITY = 2.0
"""How many times as densely the face is sampled as what lies beside it."""
SOFTNESS = 0.03
"""How gradually the density changes at the face's edge, as a share of the frame."""


def sampling_points(count: int, face: tuple[float, float]) -> Float32[np.ndarray, " count"]:
    """`count` rising points on an axis of the crop, from -1 to 1 at its edges, dense over `face`."""
    share = np.linspace(0, 1, 2001)
    inside = sigmoid((share - face[0]) / SOFTNESS) * sigmoid((face[1] - share) / SOFTNESS)
    density = 1 + (DENSITY - 1) * inside
    cumulative = np.append(0, np.cumsum((density[1:] + density[:-1]) / 2))
    quantiles = (np.arange(count) + 0.5) / count
    return (np.interp(quantiles, cumulative / cumulative[-1], share) * 2 - 1).astype(np.float32)


def sampling_grid(side_px: int) -> Float32[np.ndarray, "side side 2"]:
    """The points (x, y) of a resampled image, as `torch.nn.functional.grid_sample` takes them."""
    across, down = np.meshgrid(sampling_points(side_px, FACE_ACROSS), sampling_points(side_px, FACE_DOWN))
    return np.stack([across, down], axis=-1)


def interpolation_matrix(
    points: Float32[np.ndarray, " count"], side_px: int
) -> Float32[np.ndarray, "count side"]:
    """The matrix that interpolates an axis of `side_px` pixels linearly at `points`."""
    pixel = np.clip((points + 1) / 2 * side_px - 0.5, 0, side_px - 1)
    distance = np.abs(pixel[:, None] - np.arange(side_px))
    weights: Float32[np.ndarray, "count side"] = np.maximum(0, 1 - distance).astype(np.float32)
    return weights


class FoveatedResampling(nn.Module):
    """Resamples crops of `side_px` to `resampled_px`: float (n, 3, s, s) to (n, 3, r, r)."""

    across: Tensor
    down: Tensor

    def __init__(self, side_px: int, resampled_px: int) -> None:
        super().__init__()
        for name, face in (("across", FACE_ACROSS), ("down", FACE_DOWN)):
            matrix = interpolation_matrix(sampling_points(resampled_px, face), side_px)
            self.register_buffer(name, torch.from_numpy(matrix), persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        """Two products of matrices, one for each axis: any runtime has them, and they are exact."""
        resampled = self.down @ pixels @ self.across.T
        return resampled.contiguous(memory_format=torch.channels_last)


class AttributeNetwork(nn.Module):
    """What both networks share: a crop is resampled to `resampled_px` a side, encoded, and read by heads."""

    trunk: nn.Module
    embedding_size: int
    resampled_px: int
    mean: Tensor
    spread: Tensor

    def __init__(self, mean: float, spread: float) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean), persistent=False)
        self.register_buffer("spread", torch.tensor(spread), persistent=False)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (n, 40) and embeddings (n, d) of a crop's pixels (n, 3, s, s) from 0 to 255."""
        return self.forward_resampled(self.resample(pixels))

    def resample(self, pixels: Tensor) -> Tensor:
        """The input of the encoder (n, 3, r, r): here, the crop itself."""
        return pixels

    def forward_resampled(self, resampled: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and embeddings of a resampled crop (n, 3, r, r) from 0 to 255, which may be augmented."""
        return self.heads(self.encode(resampled))

    def encode(self, resampled: Tensor) -> Tensor:
        """The vector (n, c) that the heads read."""
        code: Tensor = self.trunk((resampled - self.mean) / self.spread)
        return code

    @abstractmethod
    def heads(self, code: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and embeddings of what `encode` gives."""


class Classic(AttributeNetwork):
    """The course's network: three convolutions with pooling, flatten, dense 64, dropout, 40 outputs.

    The details that the recipe leaves open are those of Keras, in which the course was written: no padding,
    Glorot uniform weights, biases of zero, pixels from 0 to 1. The embeddings are the flattened convolutions.
    """

    FILTERS = (3, 40, 80, 120)

    def __init__(self, side_px: int) -> None:
        super().__init__(mean=0.0, spread=255.0)
        self.resampled_px = side_px
        layers: list[nn.Module] = []
        for channels_in, channels_out in pairwise(self.FILTERS):
            layers += [nn.Conv2d(channels_in, channels_out, kernel_size=3), nn.ReLU(), nn.MaxPool2d(2)]
            side_px = (side_px - 2) // 2
        self.embedding_size = self.FILTERS[-1] * side_px**2
        self.trunk = nn.Sequential(*layers, nn.Flatten())
        self.head = nn.Sequential(
            nn.Linear(self.embedding_size, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, len(ATTRIBUTES))
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def heads(self, code: Tensor) -> tuple[Tensor, Tensor]:
        """The dense layers read the flattened convolutions, which are the embeddings as well."""
        return self.head(code), code


class Modern(AttributeNetwork):
    """A residual network (He et al. 2016) with two heads on one trunk: attributes, and who somebody is.

    Its input is resampled (`FoveatedResampling`). A strided convolution and three stages of blocks follow,
    each halving the side. Attributes are read from the average of the last stage. An average tells that there
    is a smile, not where a face keeps its parts, so the embeddings come from whole maps: the last stage's
    and, in fewer channels, the finer one before it (as in DeepID, Sun et al. 2014). A linear layer and a
    batch normalisation without scale, which centres them (as in ArcFace, Deng et al. 2019), make the
    embeddings. Without known people nothing trains that layer, and it stays the random projection that it
    starts as, which keeps distances (Johnson and Lindenstrauss 1984).
    """

    STEM = 32
    STAGES = ((64, 2), (128, 3), (256, 2))
    """Channels and blocks of each stage."""
    FINER = 32
    """Channels in which the embeddings see the map before the last stage."""
    MAX_MAP_SIDE = 4
    """Places each way in which the embeddings see the last map, twice as many before; more are averaged."""
    EMBEDDING_SIZE = 256
    STRIDE_PX = 16
    """Pixels of the resampled crop that one place of the last map stands for, each way."""
    RESAMPLED_SHARE = 2 / 3
    """Of the crop's side."""
    MIN_RESAMPLED_PX = 48
    """Smaller crops keep their number of pixels: their last map is small enough."""

    def __init__(self, side_px: int, dropout: float = 0.1) -> None:
        super().__init__(mean=127.5, spread=64.0)
        # In whole places of the last map.
        resampled_px = int(side_px * self.RESAMPLED_SHARE) // self.STRIDE_PX * self.STRIDE_PX
        self.resampled_px = max(resampled_px, min(side_px, self.MIN_RESAMPLED_PX))
        self.resampling = FoveatedResampling(side_px, self.resampled_px)
        stem = nn.Sequential(_convolution(3, self.STEM, stride=2), nn.ReLU())
        *stages, self.last = (
            _stage(before[0], *stage) for before, stage in pairwise(((self.STEM, 1), *self.STAGES))
        )
        self.trunk = nn.Sequential(stem, *stages)
        (finer, _), (coarse, _) = self.STAGES[-2:]
        side, finer_side = (math.ceil(self.resampled_px * times / self.STRIDE_PX) for times in (1, 2))
        map_side = min(self.MAX_MAP_SIDE, side)
        self.coarse_map, self.finer_map = _flat(side, map_side), _flat(finer_side, 2 * map_side)
        self.finer = nn.Sequential(_convolution(finer, self.FINER, kernel_size=1), nn.ReLU())
        self.coarse_shape = (coarse, map_side**2)
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(coarse, len(ATTRIBUTES)))
        self.embedding_size = self.EMBEDDING_SIZE
        self.embedding = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear((coarse + 4 * self.FINER) * map_side**2, self.EMBEDDING_SIZE, bias=False),
            nn.BatchNorm1d(self.EMBEDDING_SIZE, affine=False),
        )

    def resample(self, pixels: Tensor) -> Tensor:
        """The crop, sampled densely over the face and sparsely beside it."""
        resampled: Tensor = self.resampling(pixels)
        return resampled

    def encode(self, resampled: Tensor) -> Tensor:
        """The last stage's map and, in fewer channels, the one before it, side by side as vectors."""
        before = super().encode(resampled)
        return torch.cat([self.coarse_map(self.last(before)), self.finer_map(self.finer(before))], dim=1)

    def heads(self, code: Tensor) -> tuple[Tensor, Tensor]:
        """Attributes of the last map's average, embeddings of all. Once trained, both heads are linear."""
        last = code[:, : math.prod(self.coarse_shape)].reshape(-1, *self.coarse_shape).mean(dim=2)
        return self.head(last), self.embedding(code)


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

    def join_pool(self) -> None:
        """Make one convolution of a shortcut's average and what follows: the same answers, sooner in 8 bits.

        The same only where the side is even, since an average at the edge of an odd one has fewer pixels.
        """
        if isinstance(self.shortcut, nn.Sequential):
            weight = self.shortcut.get_parameter("1.0.weight").data
            joined = nn.Conv2d(weight.shape[1], weight.shape[0], kernel_size=2, stride=2, bias=False)
            joined.weight.data = weight.expand(-1, -1, 2, 2) / 4
            self.shortcut = nn.Sequential(joined, self.shortcut.get_submodule("1.1"))

    def forward(self, inputs: Tensor) -> Tensor:
        """(n, channels_in, s, s) to (n, channels_out, s / stride, s / stride)."""
        return torch.relu(self.body(inputs) + self.shortcut(inputs))


def _stage(channels_in: int, channels: int, blocks: int) -> nn.Sequential:
    first = ResidualBlock(channels_in, channels, stride=2)
    return nn.Sequential(first, *(ResidualBlock(channels, channels, stride=1) for _ in range(blocks - 1)))


def _flat(side: int, places: int) -> nn.Sequential:
    """Maps of `side` places each way, averaged to `places` unless they have as many, as one vector."""
    return nn.Sequential(nn.Identity() if side == places else nn.AdaptiveAvgPool2d(places), nn.Flatten())


def _convolution(channels_in: int, channels_out: int, stride: int = 1, kernel_size: int = 3) -> nn.Sequential:
    convolution = nn.Conv2d(
        channels_in, channels_out, kernel_size, stride, padding=kernel_size // 2, bias=False
    )
    nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
    return nn.Sequential(convolution, nn.BatchNorm2d(channels_out))
