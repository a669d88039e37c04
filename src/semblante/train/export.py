"""A trained PyTorch network becomes ONNX: uint8 crops in, logits and embeddings out."""

import contextlib
import copy
import logging
import warnings
from collections.abc import Iterator

import numpy as np
import onnxruntime
import onnxscript  # noqa: F401 (PyTorch needs it to export; better missed now than once the training is done)
import torch
from torch import Tensor, nn
from torch.nn import functional

from semblante.errors import SemblanteError
from semblante.i18n import tr
from semblante.train.discriminant_scaling import DiscriminantScaling
from semblante.train.networks import AttributeNetwork, Modern, ResidualBlock
from semblante.types import Crops

OPSET = 20
TOLERANCE = 1e-3
"""How far a logit may lie from PyTorch's: the order of sums differs, nothing else may."""


class Deployed(nn.Module):
    """The network as shipped: crops uint8 (n, s, s, 3) to logits (n, 40) and unit embeddings (n, d).

    Where `mirrored`, it looks at each crop and at its mirror image, and gives the mean of both: that needs
    heads that are linear. Where there is a `stretch`, embeddings are shifted and multiplied as it says before
    they get the length 1.
    """

    def __init__(
        self, network: AttributeNetwork, mirrored: bool = False, stretch: DiscriminantScaling | None = None
    ) -> None:
        super().__init__()
        self.network, self.mirrored = network, mirrored
        self.stretch = None if stretch is None else _layer(stretch)

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """The crops' logits and embeddings."""
        view = self.network.look(crops.permute(0, 3, 1, 2).float())
        if self.mirrored:
            both = self.network.read(torch.cat([view, view.flip(3)]))
            read = both.reshape(2, -1, both.shape[1]).mean(dim=0)
        else:
            read = self.network.read(view)
        logits, embeddings = self.network.tell(read)
        if self.stretch is not None:
            embeddings = self.stretch(embeddings)
        return logits, functional.normalize(embeddings, dim=1)


def _layer(stretch: DiscriminantScaling) -> nn.Linear:
    """The stretch as a layer: so it is one product of few weights, which stays out of the 8 bits."""
    layer = nn.Linear(*stretch.matrix.shape)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(stretch.matrix.T))
        layer.bias.copy_(torch.from_numpy(-stretch.centre @ stretch.matrix))
    return layer


def to_onnx(deployed: Deployed, side_px: int) -> bytes:
    """The bytes of an ONNX file of a network for crops of `side_px`."""
    joined = copy.deepcopy(deployed)
    if deployed.network.view_px % Modern.STRIDE_PX == 0:  # All maps that are halved have even sides.
        for block in joined.modules():
            if isinstance(block, ResidualBlock):
                block.join_pool()
    return exported(joined, side_px, ["logits", "embeddings"])


def exported(deployed: nn.Module, side_px: int, outputs: list[str], taken: str = "crops") -> bytes:
    """The bytes of an ONNX file of a module: pictures uint8 (n, side, side, 3), `taken`, to `outputs`."""
    example = torch.zeros(2, side_px, side_px, 3, dtype=torch.uint8)
    with _quiet():
        program = torch.onnx.export(
            deployed.cpu().eval(),
            (example,),
            dynamo=True,
            input_names=[taken],
            output_names=outputs,
            dynamic_shapes={taken: {0: torch.export.Dim("n")}},
            opset_version=OPSET,
            verbose=False,
        )
    assert program is not None  # None only with the old exporter.
    content: bytes = program.model_proto.SerializeToString()
    return content


def check_export(content: bytes, deployed: Deployed, crops: Crops) -> None:
    """Raise unless the ONNX file gives on `crops` what the trained network gives."""
    with torch.inference_mode():
        expected = deployed.cpu().eval()(torch.from_numpy(crops))
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    found = session.run(["logits", "embeddings"], {"crops": crops})
    worst = max(float(np.abs(a.numpy() - b).max()) for a, b in zip(expected, found, strict=True))
    if not worst <= TOLERANCE:
        raise SemblanteError(
            tr(
                "the exported network differs from the trained one by {worst:.2g}; please report this",
                worst=worst,
            )
        )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporter's remarks about packages that are not used here off the screen."""
    exporter = logging.getLogger("torch.onnx")
    level = exporter.level
    exporter.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        exporter.setLevel(level)
