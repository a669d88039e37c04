"""Embedding networks that others trained, made to take the crops of this package.

    network.onnx, description -> graph: crops uint8 (n, s, s, 3) of the CelebA frame -> unit embeddings (n, d)

An ONNX file says neither how a face lies in its input nor how the pixels are scaled; a description does. All
crops lie in one frame, so the network's own crop is a fixed resampling of ours: two products of matrices, as
in `networks.FoveatedResampling`. Teachers of a training and adopted networks are both made here.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import numpy as np
import onnx
from jaxtyping import Float32
from onnx import TensorProto, helper, numpy_helper
from onnx.version_converter import convert_version
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from semblante.errors import NotAnEmbeddingNetwork
from semblante.files import sha256_of, translate_os_errors
from semblante.geometry import FRAME_HEIGHT_PX, FRAME_WIDTH_PX
from semblante.onnx_runtime import open_session

FRAME_LANDMARKS: Final = ((69.0, 111.0), (108.0, 111.0), (88.0, 136.0), (73.0, 153.0), (105.0, 153.0))
"""Where eyes, nose tip and mouth corners lie in the CelebA frame, (x, y) in its pixels: the mean of all."""
KNOWN: Final = Path(__file__).with_name("embedding_networks.json")
"""Descriptions of published networks, by name."""
OPSET: Final = 21
"""The first with block-wise weights of 8 bits; older networks are converted to it."""
SIDE_STEP_PX = 16

Point = tuple[float, float]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class Description(BaseModel):
    """What an embedding network takes and returns, and where it comes from.

    `landmarks` are the places (x, y) of the eye at the left of the picture, the other eye, the nose tip and
    the left and right mouth corner in its input, in pixels of a square of `side_px`. The input is
    `(pixel - mean) / scale` in planes of `colors`. `sha256` are the files that the description is known to
    fit; empty where it is a family's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1)]
    side_px: Annotated[int, Field(ge=16, le=1024)]
    landmarks: tuple[Point, Point, Point, Point, Point]
    colors: Literal["rgb", "bgr"]
    mean: Finite
    scale: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    output: str | None = None
    licence: str
    source: str
    training_data: str
    sha256: tuple[str, ...] = ()

    @property
    def frame_transform(self) -> tuple[float, Point]:
        """Scale and shift (x, y) from pixels of the input to the frame's, by least squares.

        The template of a published network is upright to a tenth of a degree, so no rotation is left.
        """
        theirs, frame = np.array(self.landmarks), np.array(FRAME_LANDMARKS)
        centred = theirs - theirs.mean(axis=0)
        scale = float((centred * (frame - frame.mean(axis=0))).sum() / (centred**2).sum())
        x, y = (frame.mean(axis=0) - scale * theirs.mean(axis=0)).tolist()
        return scale, (x, y)

    @property
    def crop_side_px(self) -> int:
        """The side of the crop of the whole frame that holds as much as the network's own input."""
        scale, _ = self.frame_transform
        return math.ceil(FRAME_HEIGHT_PX / scale / SIDE_STEP_PX) * SIDE_STEP_PX


def known_descriptions() -> dict[str, Description]:
    """The descriptions of published networks that come with the package, by name."""
    descriptions = TypeAdapter(tuple[Description, ...]).validate_json(KNOWN.read_bytes())
    return {each.name: each for each in descriptions}


def describe_network(network: Path, description: str | None = None) -> Description:
    """The description of the ONNX file `network`.

    `description` is the name of a known one, or the path of one as JSON. Without it the file's hash decides,
    else the JSON beside the file: `arcface.json` beside `arcface.onnx`. Raises `NotAnEmbeddingNetwork`:
    `network_undescribed`, `description_unknown`, `description_unfit`.
    """
    known = known_descriptions()
    if description in known:
        return known[description]
    if description is None:
        digest = sha256_of(network)
        for each in known.values():
            if digest in each.sha256:
                return each
        beside = network.with_suffix(".json")
        if not beside.is_file():
            raise NotAnEmbeddingNetwork("network_undescribed", path=network, known=list(known))
        return _read_description(beside)
    if not Path(description).is_file():
        raise NotAnEmbeddingNetwork("description_unknown", name=description, known=list(known))
    return _read_description(Path(description))


def _read_description(path: Path) -> Description:
    with translate_os_errors(path):
        content = path.read_bytes()
    try:
        return Description.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(map(str, first["loc"])) or "JSON"
        raise NotAnEmbeddingNetwork("description_unfit", path=path, field=field) from error


def embedding_graph(network: Path, description: Description, side_px: int) -> onnx.ModelProto:
    """The graph that takes crops uint8 (n, s, s, 3) of the frame, s = `side_px`, and gives unit embeddings.

    Raises `NotAnEmbeddingNetwork` where the file is no ONNX network of one picture and one vector.
    """
    model = _opened(network)
    graph = model.graph
    stored = {each.name for each in graph.initializer}
    used = {name for node in graph.node for name in node.input}
    inputs = [each for each in graph.input if each.name in used - stored]
    outputs = [each for each in graph.output if description.output in (None, each.name)]
    if len(inputs) != 1 or len(outputs) != 1:
        raise NotAnEmbeddingNetwork(
            "network_ports",
            path=network,
            inputs=[each.name for each in inputs],
            outputs=[each.name for each in graph.output],
        )
    nodes, weights = _folded(graph)
    before, constants = _preprocessing(description, side_px, inputs[0].name)
    after = helper.make_node("LpNormalization", [outputs[0].name], ["embeddings"], axis=1, p=2)
    crops = helper.make_tensor_value_info("crops", TensorProto.UINT8, ["n", side_px, side_px, 3])
    embeddings = helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["n", None])
    joined = helper.make_graph(
        [*before, *nodes, after], description.name, [crops], [embeddings], [*constants, *weights]
    )
    return helper.make_model(joined, opset_imports=model.opset_import, ir_version=model.ir_version)


def _opened(network: Path) -> onnx.ModelProto:
    with translate_os_errors(network):
        content = network.read_bytes()
    try:
        model = onnx.load_from_string(content)
        version = next(each.version for each in model.opset_import if each.domain in ("", "ai.onnx"))
        return model if version >= OPSET else convert_version(model, OPSET)
    # protobuf's and the converter's exceptions share no public base class.
    except Exception as error:
        problem = (str(error).splitlines() or [""])[0]
        raise NotAnEmbeddingNetwork("network_unreadable", path=network, problem=problem) from error


def _preprocessing(
    description: Description, side_px: int, input_name: str
) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """Nodes from `crops` to the network's input, and their constants."""
    scale, (x, y) = description.frame_transform
    constants = {
        "crops/down": resampling_matrix(description.side_px, scale, y, side_px, FRAME_HEIGHT_PX),
        "crops/across": resampling_matrix(description.side_px, scale, x, side_px, FRAME_WIDTH_PX).T.copy(),
        "crops/colors": np.array([0, 1, 2] if description.colors == "rgb" else [2, 1, 0]),
        "crops/mean": np.float32(description.mean),
        "crops/scale": np.float32(description.scale),
    }
    steps: tuple[tuple[str, dict[str, Any], tuple[str, ...]], ...] = (
        ("Cast", {"to": TensorProto.FLOAT}, ()),
        ("Transpose", {"perm": [0, 3, 1, 2]}, ()),
        ("Gather", {"axis": 1}, ("crops/colors",)),
        ("MatMul", {}, ("crops/across",)),
        ("MatMul", {}, ("crops/down",)),
        ("Sub", {}, ("crops/mean",)),
        ("Div", {}, ("crops/scale",)),
    )
    nodes, value = [], "crops"
    for number, (kind, attributes, others) in enumerate(steps):
        result = input_name if number == len(steps) - 1 else f"crops/{number}"
        inputs = [*others, value] if others == ("crops/down",) else [value, *others]
        nodes.append(helper.make_node(kind, inputs, [result], **attributes))
        value = result
    return nodes, [numpy_helper.from_array(np.asarray(each), name) for name, each in constants.items()]


def resampling_matrix(
    count: int, scale: float, shift_px: float, side_px: int, frame_px: int
) -> Float32[np.ndarray, "count side"]:
    """The matrix that resamples an axis of a crop to the `count` pixels of an input.

    Pixel centres are at halves in the frame and in the crop. A triangle as wide as the coarser of both
    averages where the crop has more pixels than the input. What lies beside the crop continues its edge.
    """
    step = scale * side_px / frame_px
    centres = ((np.arange(count) + 0.5) * scale + shift_px) * side_px / frame_px - 0.5
    width = max(1.0, step)
    margin = math.ceil(count * step + width)
    pixels = np.arange(-margin, side_px + margin)
    weights = np.maximum(0, 1 - np.abs(centres[:, None] - pixels) / width)
    weights /= weights.sum(axis=1, keepdims=True)
    matrix = np.zeros((count, side_px), np.float32)
    np.add.at(matrix.T, np.clip(pixels, 0, side_px - 1), weights.T)
    return matrix


def _folded(graph: onnx.GraphProto) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """The nodes that depend on the input, and all that they take as constants.

    Weights of 8 bits are kept in files whose runtime cannot run them so; they are computed once, here.
    """
    constants = {each.name: each for each in graph.initializer}
    fixed, nodes = set(constants) | {""}, []
    constant_nodes = []
    for node in graph.node:
        if set(node.input) <= fixed:
            constant_nodes.append(node)
            fixed |= set(node.output)
        else:
            nodes.append(node)
    used = {name for node in nodes for name in node.input}
    computed = sorted(used & {name for node in constant_nodes for name in node.output})
    values = _computed(constant_nodes, list(constants.values()), computed)
    kept = [each for name, each in constants.items() if name in used]
    return nodes, [*kept, *values]


def _computed(
    nodes: Sequence[onnx.NodeProto], constants: Sequence[onnx.TensorProto], names: Sequence[str]
) -> list[onnx.TensorProto]:
    if not names:
        return []
    outputs = [onnx.ValueInfoProto(name=name) for name in names]
    model = helper.make_model(
        helper.make_graph(nodes, "constants", [], outputs, constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    values = open_session(model.SerializeToString()).run(names, {})
    return [
        numpy_helper.from_array(np.asarray(value), name) for name, value in zip(names, values, strict=True)
    ]
