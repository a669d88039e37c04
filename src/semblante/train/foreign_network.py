"""ONNX files that others wrote: whatever they take and return becomes planes of pixels and unit rows.

    network.onnx -> one opset, constants computed, names of its own
                 -> `pixels` float32 (n, 3, s, s) -> all at once, or one by one -> `embeddings` (n, d)

A file is tried on two pictures before it is trusted. One that gives another answer for two at once than for
each alone, or none, is run one by one: the batch of many published files is fixed at 1, and some are
quantised by the range of the whole batch.
"""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import onnx
from jaxtyping import Float32
from onnx import TensorProto, helper, numpy_helper
from onnx.compose import add_prefix_graph
from onnx.external_data_helper import load_external_data_for_model
from onnx.inliner import inline_local_functions
from onnx.version_converter import convert_version

from semblante.errors import NotAnEmbeddingNetwork, Reason
from semblante.files import translate_os_errors
from semblante.onnx_runtime import open_session
from semblante.types import Embeddings

OPSET: Final = 21
"""The first with block-wise weights of 8 bits; older networks are converted to it."""
PREFIX: Final = "network/"
"""Before all names of the file, so that none clashes with ours."""
CHANNELS: Final = 3
MIN_AGREEMENT: Final = 0.999
"""The least cosine between the embeddings of a picture alone and beside another one."""

Nodes = list[onnx.NodeProto]
Constants = list[onnx.TensorProto]
OpsetImports = Sequence[onnx.OperatorSetIdProto]
Planes = Float32[np.ndarray, "n 3 p p"]


@dataclass(frozen=True, eq=False)
class ForeignNetwork:
    """Nodes from `pixels` float32 (n, 3, s, s) to `embeddings` float32 (n, d), with what they take.

    `opset_imports` are the operators' versions, `embedding_size` is d.
    """

    nodes: Nodes
    constants: Constants
    opset_imports: OpsetImports
    side_px: int
    embedding_size: int | None = None

    @property
    def opset(self) -> int:
        """The version of ONNX's own operators."""
        return next(each.version for each in self.opset_imports if each.domain in ("", "ai.onnx"))

    def model(self, before: Nodes, constants: Constants, crops: onnx.ValueInfoProto) -> onnx.ModelProto:
        """The network behind nodes from `crops` to `pixels`, which take `constants`."""
        size = [helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["n", self.embedding_size])]
        graph = helper.make_graph(
            [*before, *self.nodes], "embeddings", [crops], size, [*constants, *self.constants]
        )
        return helper.make_model(graph, opset_imports=self.opset_imports, ir_version=ir_version(self.opset))

    def runner(self) -> Callable[[Planes], Embeddings]:
        """What gives the embeddings of pixels."""
        shape: list[str | int | None] = ["n", CHANNELS, self.side_px, self.side_px]
        model = self.model([], [], helper.make_tensor_value_info("pixels", TensorProto.FLOAT, shape))
        session = open_session(model.SerializeToString())

        def run(pixels: Planes) -> Embeddings:
            embeddings: Embeddings = session.run(["embeddings"], {"pixels": pixels})[0]
            return embeddings

        return run


def ir_version(opset: int) -> int:
    """The oldest version of the file format that may hold operators of `opset`."""
    return int(helper.find_min_ir_version_for([helper.make_opsetid("", opset)]))


def open_network(path: Path, side_px: int, pixels: Planes, output: str | None = None) -> ForeignNetwork:
    """Open the file at `path`, whose input has the side `side_px`, and try it on `pixels` of two pictures.

    `output` names the embedding where the file has several outputs. Raises `NotAnEmbeddingNetwork`:
    `network_unreadable`, `network_ports`, `network_input_differs`, `network_fails`; `FileAccessError`.
    """
    model = _load(path)
    taken, given = _ports(path, model.graph, output)
    nodes, constants = _folded(model.graph, model.opset_import)
    through = partial(_through, nodes, taken, _channels_last(path, taken, side_px), given)
    problem: str | Reason = Reason("no_finite_embedding")
    for arranged in (through("pixels", "vectors", axis=1), _one_by_one(through, side_px)):
        normalised = helper.make_node("LpNormalization", ["vectors"], ["embeddings"], axis=1, p=2)
        network = ForeignNetwork([*arranged, normalised], constants, model.opset_import, side_px)
        try:
            run = network.runner()
            both = run(pixels)
            alone = np.concatenate([run(pixels[:1]), run(pixels[1:])])
        # ONNX Runtime's own exceptions share no public base class.
        except Exception as error:
            problem = _first_line(error)
            continue
        if both.shape == alone.shape and (both * alone).sum(axis=1).min() >= MIN_AGREEMENT:
            return replace(network, embedding_size=both.shape[1])
    raise NotAnEmbeddingNetwork("network_fails", path=path, problem=problem)


def _load(path: Path) -> onnx.ModelProto:
    """The model of one opset, its functions inlined and all its names prefixed."""
    with translate_os_errors(path):
        content = path.read_bytes()
    try:
        model = onnx.load_from_string(content)
        load_external_data_for_model(model, str(path.parent))
        model = inline_local_functions(model) if model.functions else model
        version = max(each.version for each in model.opset_import if each.domain in ("", "ai.onnx"))
        model = model if version >= OPSET else convert_version(model, OPSET)
        names = {each.name: PREFIX + each.name for each in model.graph.initializer}
        add_prefix_graph(model.graph, PREFIX, inplace=True, name_map=names)
    # protobuf's and the converter's exceptions share no public base class.
    except Exception as error:
        raise NotAnEmbeddingNetwork("network_unreadable", path=path, problem=_first_line(error)) from error
    return model


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _ports(path: Path, graph: onnx.GraphProto, output: str | None) -> tuple[onnx.ValueInfoProto, str]:
    """The one input, and the name of the one output or of the one called `output`."""
    stored = {each.name for each in graph.initializer}
    used = {name for node in graph.node for name in _reads(node)}
    inputs = [each for each in graph.input if each.name in used - stored]
    outputs = [each.name for each in graph.output]
    chosen = outputs if len(outputs) == 1 else [name for name in outputs if name == f"{PREFIX}{output}"]
    if len(inputs) != 1 or len(chosen) != 1:
        names = [[name.removeprefix(PREFIX) for name in each] for each in ([i.name for i in inputs], outputs)]
        raise NotAnEmbeddingNetwork("network_ports", path=path, inputs=names[0], outputs=names[1])
    return inputs[0], chosen[0]


def _channels_last(path: Path, taken: onnx.ValueInfoProto, side_px: int) -> bool:
    """Whether the input is (n, s, s, 3) and not (n, 3, s, s). Raises `NotAnEmbeddingNetwork` if neither."""
    shape = [each.dim_value or None for each in taken.type.tensor_type.shape.dim]
    planes, last = (CHANNELS, side_px, side_px), (side_px, side_px, CHANNELS)
    for places in (planes, last):
        if not shape or (
            len(shape) == 4
            and all(found in (None, given) for found, given in zip(shape[1:], places, strict=True))
        ):
            return places is last
    found = ["n", *(each or "?" for each in shape[1:])]
    raise NotAnEmbeddingNetwork(
        "network_input_differs", path=path, found=found, expected=["n", *planes], side_px=side_px
    )


def _through(
    nodes: Nodes,
    taken: onnx.ValueInfoProto,
    channels_last: bool,
    given: str,
    start: str,
    end: str,
    axis: int,
) -> Nodes:
    """The nodes from planes of pixels called `start` to vectors called `end`, which begin at `axis`."""
    kind = taken.type.tensor_type.elem_type
    perm = [0, 2, 3, 1] if channels_last else [0, 1, 2, 3]
    return [
        helper.make_node("Transpose", [start], [f"{start}/laid"], perm=perm),
        helper.make_node("Cast", [f"{start}/laid"], [taken.name], to=kind),
        *nodes,
        helper.make_node("Cast", [given], [f"{start}/given"], to=TensorProto.FLOAT),
        helper.make_node("Flatten", [f"{start}/given"], [end], axis=axis),
    ]


def _one_by_one(through: Callable[..., Nodes], side_px: int) -> Nodes:
    """Nodes that run the network for each picture by itself."""
    axes = numpy_helper.from_array(np.array([0]), "picture/axes")
    whole = helper.make_node("Unsqueeze", ["plane", "picture/axes"], ["picture"])
    row = helper.make_node("Squeeze", ["picture/row", "picture/axes"], ["vector"])
    body = helper.make_graph(
        [whole, *through("picture", "picture/row", axis=0), row],
        "one picture",
        [helper.make_tensor_value_info("plane", TensorProto.FLOAT, [CHANNELS, side_px, side_px])],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [None])],
        [axes],
    )
    return [helper.make_node("Scan", ["pixels"], ["vectors"], body=body, num_scan_inputs=1)]


def _folded(graph: onnx.GraphProto, opset_imports: OpsetImports) -> tuple[Nodes, Constants]:
    """The nodes that depend on the input, and all that they take as constants.

    Weights of 8 bits are kept in files whose runtime cannot run them so; they are computed once, here.
    """
    constants = {each.name: each for each in graph.initializer}
    fixed = {*constants, ""}
    nodes: Nodes = []
    constant_nodes: Nodes = []
    for node in graph.node:
        if _reads(node) <= fixed:
            constant_nodes.append(node)
            fixed |= set(node.output)
        else:
            nodes.append(node)
    used = {name for node in nodes for name in _reads(node)} | {each.name for each in graph.output}
    computed = sorted(used & {name for node in constant_nodes for name in node.output})
    values = _computed(constant_nodes, list(constants.values()), computed, opset_imports)
    return nodes, [*(each for name, each in constants.items() if name in used), *values]


def _reads(node: onnx.NodeProto) -> Set[str]:
    """What a node takes, also the graphs within it; names of their own are among them."""
    graphs = [graph for each in node.attribute for graph in (each.g, *each.graphs)]
    inner = (name for graph in graphs for each in graph.node for name in _reads(each))
    own = {name for graph in graphs for each in graph.node for name in each.output}
    own |= {each.name for graph in graphs for each in (*graph.initializer, *graph.input)}
    return set(node.input) | (set(inner) - own)


def _computed(
    nodes: Nodes, constants: Constants, names: Sequence[str], opset_imports: OpsetImports
) -> Constants:
    if not names:
        return []
    outputs = [onnx.ValueInfoProto(name=name) for name in names]
    graph = helper.make_graph(nodes, "constants", [], outputs, constants)
    model = helper.make_model(graph, opset_imports=opset_imports, ir_version=ir_version(OPSET))
    values = open_session(model.SerializeToString()).run(names, {})
    return [
        numpy_helper.from_array(np.asarray(value), name) for name, value in zip(names, values, strict=True)
    ]
