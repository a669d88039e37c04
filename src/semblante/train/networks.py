"""The two networks of model 1, `Classic` and `Modern`, as PyTorch modules.

Both take pixels, float (n, 3, s, s) RGB from 0 to 255, look at them and scale them themselves, and give the
40 attribute logits (n, 40) and the embeddings (n, d) that model 2 is built on. So a crop cannot be prepared
in two ways.
"""

import math
from abc import abstractmethod
from itertools import pairwise

import torch
from torch import Tensor, nn

from semblante.labels import ATTRIBUTES
from semblante.train.foveation import View


class AttributeNetwork(nn.Module):
    """What both networks share: of a crop's pixels comes a view (`view_px` a side), which the trunk reads."""

    trunk: nn.Module
    embedding_size: int
    view_px: int
    mean: Tensor
    spread: Tensor

    def __init__(self, mean: float, spread: float) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean), persistent=False)
        self.register_buffer("spread", torch.tensor(spread), persistent=False)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (n, 40) and embeddings (n, d) of a crop's pixels (n, 3, s, s) from 0 to 255."""
        return self.see(self.look(pixels))

    def look(self, pixels: Tensor) -> Tensor:
        """What of a crop is seen (n, 3, v, v): here, all."""
        return pixels

    def see(self, view: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and embeddings of a view (n, 3, v, v), from 0 to 255, such as the trainer changes it."""
        return self.tell(self.read(view))

    def read(self, view: Tensor) -> Tensor:
        """What is read in a view (n, d), and the heads are told."""
        read: Tensor = self.trunk((view - self.mean) / self.spread)
        return read

    @abstractmethod
    def tell(self, read: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and embeddings of what was read."""


class Classic(AttributeNetwork):
    """The course's network: three convolutions with pooling, flatten, dense 64, dropout, 40 outputs.

    The details that the recipe leaves open are those of Keras, in which the course was written: no padding,
    Glorot uniform weights, biases of zero, pixels from 0 to 1. The embeddings are the flattened convolutions.
    """

    FILTERS = (3, 40, 80, 120)

    def __init__(self, side_px: int) -> None:
        super().__init__(mean=0.0, spread=255.0)
        self.view_px = side_px
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

    def tell(self, read: Tensor) -> tuple[Tensor, Tensor]:
        """The flattened convolutions are the embeddings, and the head reads them."""
        return self.head(read), read


class Modern(AttributeNetwork):
    """A residual network (He et al. 2016) with two heads on one trunk: attributes, and who somebody is.

    It looks at the face closely (`view`). A strided convolution and three stages of blocks, each halving
    the side. Attributes are read from the average of the last stage. Averages say that there is a smile, not
    where a face keeps its parts, so the embeddings come from whole maps, the last stage's and, in fewer
    channels, the finer one before it (as in DeepID, Sun et al. 2014): a linear layer and a batch
    normalisation without scale, which centres them (as in ArcFace, Deng et al. 2019). Without known people
    nothing trains that layer, and it stays the random projection that it starts as, which keeps distances
    (Johnson and Lindenstrauss 1984).
    """

    STEM = 32
    STAGES = ((64, 2), (128, 3), (256, 2))
    """Channels and blocks of each stage."""
    FINER = 32
    """Channels in which the embeddings see the map before the last stage."""
    LARGEST_MAP = 4
    """Places each way in which the embeddings see the last map, twice as many before; more are averaged."""
    FEATURES = 256
    STRIDE_PX = 16
    """Pixels of a view that one place of the last map stands for, each way."""
    VIEW_SHARE = 2 / 3
    """Of the crop's side."""
    SMALLEST_VIEW_PX = 48
    """Smaller crops are looked at as they are: their last map is small enough."""

    def __init__(self, side_px: int) -> None:
        super().__init__(mean=127.5, spread=64.0)
        # In whole places of the last map.
        view_px = int(side_px * self.VIEW_SHARE) // self.STRIDE_PX * self.STRIDE_PX
        self.view_px = max(view_px, min(side_px, self.SMALLEST_VIEW_PX))
        self.view = View(side_px, self.view_px)
        stem = nn.Sequential(_convolution(3, self.STEM, stride=2), nn.ReLU())
        *stages, self.last = (
            _stage(before[0], *stage) for before, stage in pairwise(((self.STEM, 1), *self.STAGES))
        )
        self.trunk = nn.Sequential(stem, *stages)
        (finer, _), (coarse, _) = self.STAGES[-2:]
        side, finer_side = (math.ceil(self.view_px * times / self.STRIDE_PX) for times in (1, 2))
        places = min(self.LARGEST_MAP, side)
        self.coarse_map, self.finer_map = _flat(side, places), _flat(finer_side, 2 * places)
        self.finer = nn.Sequential(_convolution(finer, self.FINER, kernel_size=1), nn.ReLU())
        self.coarse_shape = (coarse, places**2)
        self.head = nn.Sequential(nn.Dropout(0.1), nn.Linear(coarse, len(ATTRIBUTES)))
        self.embedding_size = self.FEATURES
        self.embedding = nn.Sequential(
            nn.Dropout(0.1),
            nn.Linear((coarse + 4 * self.FINER) * places**2, self.FEATURES, bias=False),
            nn.BatchNorm1d(self.FEATURES, affine=False),
        )

    def look(self, pixels: Tensor) -> Tensor:
        """The face closely, what is around it from afar."""
        looked: Tensor = self.view(pixels)
        return looked

    def read(self, view: Tensor) -> Tensor:
        """The last stage's map and, in fewer channels, the one before it, side by side as vectors."""
        before = super().read(view)
        return torch.cat([self.coarse_map(self.last(before)), self.finer_map(self.finer(before))], dim=1)

    def tell(self, read: Tensor) -> tuple[Tensor, Tensor]:
        """Attributes of the last map's average, embeddings of all. Once trained, both heads are linear."""
        last = read[:, : math.prod(self.coarse_shape)].reshape(-1, *self.coarse_shape).mean(dim=2)
        return self.head(last), self.embedding(read)


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
