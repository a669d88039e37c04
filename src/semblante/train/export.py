"""A trained PyTorch network becomes an ONNX file, in 8 bits if wanted: crops in, logits and embeddings out.

8 bits are a quarter of the size and twice the speed, with nearly the same answers. It is static quantisation
by ONNX Runtime (Jacob et al., "Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference", CVPR 2018): each convolution's weights get a scale for each output
channel, each activation one scale, from its range on some training crops. Nothing is trained. What is little
of the work stays as it is: small products of matrices, and the first convolution, since all that follows
reads its output. With it in 8 bits a network lost one of its 51 points of true accept rate.
"""

import contextlib
import copy
import logging
import math
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import onnxscript  # noqa: F401 (PyTorch needs it to export; better missed now than once the training is done)
import torch
from jaxtyping import UInt8
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn
from torch.nn import functional

from semblante.errors import SemblanteError
from semblante.onnx_runtime import open_session, session_options
from semblante.train.embedding_map import EmbeddingMap
from semblante.train.networks import AttributeNetwork, Modern, ResidualBlock
from semblante.types import Crops

OPSET = 20
MAX_LOGIT_DIFFERENCE = 1e-3
"""How far a logit may lie from PyTorch's: the order of sums differs, nothing else may."""
CALIBRATION_BATCH = 16
MIN_QUANTISED_WEIGHTS = 100_000
"""A product of matrices with fewer is little of the work."""


class DeployedNetwork(nn.Module):
    """The network as exported: crops uint8 (n, s, s, 3) to logits (n, 40) and unit embeddings (n, d).

    With `flip_tta` it encodes each crop and its mirror image, and gives the mean of both, which needs heads
    that are linear. With an `embedding_map`, embeddings are mapped before they get the length 1.
    """

    def __init__(
        self, network: AttributeNetwork, flip_tta: bool = False, embedding_map: EmbeddingMap | None = None
    ) -> None:
        super().__init__()
        self.network, self.flip_tta = network, flip_tta
        self.embedding_map = None if embedding_map is None else _layer(embedding_map)

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """The crops' logits and embeddings."""
        resampled = self.network.resample(crops.permute(0, 3, 1, 2).float())
        if self.flip_tta:
            both = self.network.encode(torch.cat([resampled, resampled.flip(3)]))
            code = both.reshape(2, -1, both.shape[1]).mean(dim=0)
        else:
            code = self.network.encode(resampled)
        logits, embeddings = self.network.heads(code)
        if self.embedding_map is not None:
            embeddings = self.embedding_map(embeddings)
        return logits, functional.normalize(embeddings, dim=1)


def _layer(embedding_map: EmbeddingMap) -> nn.Linear:
    """The map as a layer: so it is one product of few weights, which stays out of the 8 bits."""
    layer = nn.Linear(*embedding_map.matrix.shape)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(embedding_map.matrix.T))
        layer.bias.copy_(torch.from_numpy(-embedding_map.centre @ embedding_map.matrix))
    return layer


def to_onnx(deployed: DeployedNetwork, side_px: int) -> bytes:
    """The bytes of an ONNX file of a network for crops of `side_px`."""
    joined = copy.deepcopy(deployed)
    if deployed.network.resampled_px % Modern.STRIDE_PX == 0:  # All maps that are halved have even sides.
        for block in joined.modules():
            if isinstance(block, ResidualBlock):
                block.join_pool()
    return export_module(joined, side_px, ["logits", "embeddings"])


def export_module(module: nn.Module, side_px: int, outputs: list[str], input_name: str = "crops") -> bytes:
    """The bytes of an ONNX file of a module: pictures uint8 (n, side, side, 3) to `outputs`."""
    example = torch.zeros(2, side_px, side_px, 3, dtype=torch.uint8)
    with _quiet_exporter():
        program = torch.onnx.export(
            module.cpu().eval(),
            (example,),
            dynamo=True,
            input_names=[input_name],
            output_names=outputs,
            dynamic_shapes={input_name: {0: torch.export.Dim("n")}},
            opset_version=OPSET,
            verbose=False,
        )
    assert program is not None  # None only with the old exporter.
    content: bytes = without_traces(program.model_proto).SerializeToString()
    return content


def without_traces(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model less what the exporter notes of its origin: the lines of code of each node, with folders."""
    graph = model.graph
    for each in (graph, *graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer):
        each.ClearField("metadata_props")
        each.ClearField("doc_string")
    return model


def check_export(content: bytes, deployed: DeployedNetwork, crops: Crops) -> None:
    """Raise `SemblanteError` (`export_differs`) unless the file answers on `crops` as the network does."""
    with torch.inference_mode():
        expected = deployed.cpu().eval()(torch.from_numpy(crops))
    session = open_session(content)
    found = session.run(["logits", "embeddings"], {"crops": crops})
    difference = max(float(np.abs(a.numpy() - b).max()) for a, b in zip(expected, found, strict=True))
    if not difference <= MAX_LOGIT_DIFFERENCE:
        raise SemblanteError("export_differs", difference=difference)


class _CalibrationCrops(CalibrationDataReader):  # type: ignore[misc]
    """The crops that show how large activations become, batch by batch."""

    def __init__(self, crops: Crops) -> None:
        starts = range(0, len(crops), CALIBRATION_BATCH)
        self._batches = iter([crops[start : start + CALIBRATION_BATCH] for start in starts])

    def get_next(self) -> dict[str, UInt8[np.ndarray, "n s s 3"]] | None:
        batch = next(self._batches, None)
        return None if batch is None else {"crops": np.ascontiguousarray(batch)}


def quantise(content: bytes, crops: Crops) -> bytes:
    """The ONNX file `content` with its large layers in 8 bits.

    `crops` UInt8 (n, s, s, 3) show how large activations become.
    """
    with tempfile.TemporaryDirectory(prefix="semblante-") as folder, _quiet_quantiser():
        whole, prepared, small = (Path(folder) / name for name in ("whole.onnx", "ready.onnx", "small.onnx"))
        whole.write_bytes(content)
        quant_pre_process(str(whole), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(small),
            _CalibrationCrops(crops),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv", "Gemm", "Add", "Relu", "AveragePool"],
            per_channel=True,
            # 7 bits of the weights: 8 overflow on processors without VNNI instructions, silently.
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=_excluded_nodes(prepared),
            calibrate_method=CalibrationMethod.MinMax,
        )
        return small.read_bytes()


def _excluded_nodes(path: Path) -> list[str]:
    """The names of the first convolution's node and of those that multiply by few weights."""
    graph = onnx.load(path).graph
    weights = {each.name: math.prod(each.dims) for each in graph.initializer}
    first = next(node for node in graph.node if node.op_type == "Conv")
    small = [
        node
        for node in graph.node
        if node.op_type == "Gemm" and weights[node.input[1]] < MIN_QUANTISED_WEIGHTS
    ]
    return [str(node.name) for node in (first, *small)]


def embedding_agreement(content: bytes, other: bytes, crops: Crops) -> float:
    """The mean cosine between the embeddings that two ONNX files give to crops UInt8 (n, s, s, 3)."""
    embeddings = [open_session(each).run(["embeddings"], {"crops": crops})[0] for each in (content, other)]
    return float((embeddings[0] * embeddings[1]).sum(axis=1).mean())


@contextlib.contextmanager
def _quiet_exporter() -> Iterator[None]:
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


@contextlib.contextmanager
def _quiet_quantiser() -> Iterator[None]:
    """Keep the quantiser's remarks, which are for whoever writes it, off the screen.

    It opens sessions with options of its own, which get our number of threads.
    """
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    options = onnxruntime.SessionOptions
    onnxruntime.SessionOptions = session_options
    try:
        yield
    finally:
        onnxruntime.SessionOptions = options
        logging.disable(before)
