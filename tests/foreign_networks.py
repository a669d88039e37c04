"""Embedding networks as others publish them, for tests: small ones, and the bundled one in disguise."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.compose import add_prefix

from semblante.model.bundle import Bundle
from semblante.train.embedding_network import FRAME_LANDMARKS, Description

SIDE_PX = 109
"""Half of the frame's height: the side of what a bundle in disguise takes."""


def described(side_px: int = 16, **fields: Any) -> Description:
    """A description of a network that sees the whole frame, and what is 20 pixels beside it."""
    scale = 218 / side_px
    values: dict[str, Any] = {
        "name": "tiny",
        "side_px": side_px,
        "landmarks": tuple(((x + 20) / scale, y / scale) for x, y in FRAME_LANDMARKS),
        "colors": "rgb",
        "mean": 0.0,
        "scale": 1.0,
        "licence": "MIT",
        "source": "tests",
    }
    return Description.model_validate(values | fields)


def save(
    path: Path,
    nodes: Sequence[onnx.NodeProto],
    constants: dict[str, Any],
    shape: Sequence[int | str],
    *,
    kind: int = TensorProto.FLOAT,
    result: str = "given",
    opset: int = 21,
    **options: Any,
) -> Path:
    """Write a network with the input `taken` and the output `result`."""
    graph = helper.make_graph(
        list(nodes),
        "others",
        [helper.make_tensor_value_info("taken", kind, list(shape))],
        [onnx.ValueInfoProto(name=result)],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.save(model, path, **options)
    return path


def projection(values: int, size: int = 8) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A matrix that is always the same."""
    return np.random.default_rng(5).standard_normal((values, size)).astype(np.float32)


def linear(path: Path, side_px: int = 16, *, batch: int | str = "n", **options: Any) -> Path:
    """A network whose embedding is a fixed linear map of the pixels."""
    nodes = [
        helper.make_node("Flatten", ["taken"], ["flat"]),
        helper.make_node("MatMul", ["flat", "map"], ["given"]),
    ]
    return save(path, nodes, {"map": projection(3 * side_px**2)}, [batch, 3, side_px, side_px], **options)


def disguised(path: Path, bundle: Bundle, mean: float = 0.0, scale: float = 1.0, colors: str = "rgb") -> Path:
    """The embeddings of a bundle with an input of `SIDE_PX`, its pixels scaled and ordered as told."""
    model = add_prefix(onnx.load(bundle.network_path), "bundled/")
    constants: dict[str, Any] = {
        "mean": np.float32(mean),
        "scale": np.float32(scale),
        "order": np.array([0, 1, 2] if colors == "rgb" else [2, 1, 0]),
        "starts": np.array([10]),
        "ends": np.array([99]),
        "across": np.array([3]),
        "whole": np.array([1, 3, bundle.side_px, bundle.side_px]),
        "least": np.float32(0),
        "most": np.float32(255),
    }
    nodes = [
        helper.make_node("Mul", ["taken", "scale"], ["scaled"]),
        helper.make_node("Add", ["scaled", "mean"], ["bright"]),
        helper.make_node("Gather", ["bright", "order"], ["coloured"], axis=1),
        helper.make_node("Slice", ["coloured", "starts", "ends", "across"], ["frame"]),
        helper.make_node("Resize", ["frame", "", "", "whole"], ["square"], mode="linear"),
        helper.make_node("Clip", ["square", "least", "most"], ["clipped"]),
        helper.make_node("Round", ["clipped"], ["rounded"]),
        helper.make_node("Transpose", ["rounded"], ["laid"], perm=[0, 2, 3, 1]),
        helper.make_node("Cast", ["laid"], ["bundled/crops"], to=TensorProto.UINT8),
        *model.graph.node,
        helper.make_node("Identity", ["bundled/embeddings"], ["given"]),
    ]
    constants |= {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    opset = next(each.version for each in model.opset_import if each.domain == "")
    return save(path, nodes, constants, [1, 3, SIDE_PX, SIDE_PX], opset=opset)
