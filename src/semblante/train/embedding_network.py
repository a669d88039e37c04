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
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from semblante.errors import NotAnEmbeddingNetwork
from semblante.files import sha256_of, translate_os_errors
from semblante.geometry import FRAME_HEIGHT_PX, FRAME_WIDTH_PX
from semblante.onnx_runtime import open_session
from semblante.train.foreign_network import (
    OPSET,
    Constants,
    ForeignNetwork,
    Nodes,
    Planes,
    ir_version,
    open_network,
)
from semblante.types import Crops

FRAME_LANDMARKS: Final = ((69.0, 111.0), (108.0, 111.0), (88.0, 136.0), (73.0, 153.0), (105.0, 153.0))
"""Where eyes, nose tip and mouth corners lie in the CelebA frame, (x, y) in its pixels: the mean of all."""
KNOWN: Final = Path(__file__).with_name("embedding_networks.json")
"""Descriptions of published networks, by name."""
SIDE_STEP_PX: Final = 16
MIN_SCALE, MAX_SCALE = 0.1, 16.0
"""Pixels of the frame for one of an input, in which the eyes are 2 to 400 pixels apart."""
MAX_MISFIT_PX: Final = 15.0
"""How far, in pixels of the frame, a described landmark may lie from where it is: of published ones, 5."""

Point = tuple[float, float]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Description(BaseModel):
    """What an embedding network takes and returns, and where it comes from.

    `landmarks` are the places (x, y) of the eye at the left of the picture, the other eye, the nose tip and
    the left and right mouth corner in its input, in pixels of a square of `side_px`. The input is
    `(pixel - mean) / scale` in planes of `colors`; mean and scale are one number, or three in the order of
    `colors`. `output` names the embedding where the file has several outputs. `sha256` are the files that the
    description is known to fit; empty where it is a family's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1)]
    side_px: Annotated[int, Field(ge=16, le=1024)]
    landmarks: tuple[Point, Point, Point, Point, Point]
    colors: Literal["rgb", "bgr"]
    mean: Finite | tuple[Finite, Finite, Finite]
    scale: Positive | tuple[Positive, Positive, Positive]
    output: str | None = None
    licence: str
    source: str
    training_data: str | None = None
    sha256: tuple[str, ...] = ()

    @field_validator("landmarks")
    @classmethod
    def _check_landmarks(cls, places: tuple[Point, ...]) -> tuple[Point, ...]:
        scale, shift = _frame_transform(places)
        apart = np.abs(np.array(places) * scale + shift - FRAME_LANDMARKS)
        if not MIN_SCALE <= scale <= MAX_SCALE or apart.max() > MAX_MISFIT_PX:
            raise ValueError("no upright face")
        return places

    @property
    def frame_transform(self) -> tuple[float, Point]:
        """Scale and shift (x, y) from pixels of the input to the frame's, by least squares.

        The template of a published network is upright to a tenth of a degree, so no rotation is left.
        """
        return _frame_transform(self.landmarks)

    @property
    def crop_side_px(self) -> int:
        """The side of the crop of the whole frame that holds as much as the network's own input."""
        scale, _ = self.frame_transform
        return math.ceil(FRAME_HEIGHT_PX / scale / SIDE_STEP_PX - 1e-6) * SIDE_STEP_PX

    @property
    def min_prepared_side_px(self) -> int:
        """The least side of prepared crops that show all that the network can see in CelebA's pictures."""
        return min(self.crop_side_px, FRAME_WIDTH_PX)


def _frame_transform(landmarks: Sequence[Point]) -> tuple[float, Point]:
    theirs, frame = np.array(landmarks), np.array(FRAME_LANDMARKS)
    centred = theirs - theirs.mean(axis=0)
    size = max(float((centred**2).sum()), np.finfo(np.float64).tiny)
    scale = float((centred * (frame - frame.mean(axis=0))).sum()) / size
    x, y = (frame.mean(axis=0) - scale * theirs.mean(axis=0)).tolist()
    return scale, (x, y)


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


def open_described(network: Path, description: Description) -> ForeignNetwork:
    """The network in the ONNX file `network`, tried on bright and on dark noise, scaled as described.

    Raises `NotAnEmbeddingNetwork` where the file is no network of one picture and one vector.
    """
    noise = np.random.default_rng(0).integers(0, 256, (2, 3, description.side_px, description.side_px))
    noise[1] //= 4
    pixels = (noise - _planes(description.mean)) / _planes(description.scale)
    return open_network(network, description.side_px, pixels.astype(np.float32), description.output)


def embedding_graph(network: Path, description: Description, side_px: int) -> onnx.ModelProto:
    """The graph that takes crops uint8 (n, s, s, 3) of the frame, s = `side_px`, and gives unit embeddings.

    Raises `NotAnEmbeddingNetwork` where the file is no ONNX network of one picture and one vector.
    """
    return described_graph(open_described(network, description), description, side_px)


def described_graph(network: ForeignNetwork, description: Description, side_px: int) -> onnx.ModelProto:
    """The graph of `embedding_graph`, of a network that is open."""
    before, constants = preprocessing(description, side_px)
    crops = helper.make_tensor_value_info("crops", TensorProto.UINT8, ["n", side_px, side_px, 3])
    return network.model(before, constants, crops)


def pixels_of(description: Description, crops: Crops) -> Planes:
    """What the network takes in place of the crops (n, s, s, 3) of the frame, computed as in its graph."""
    before, constants = preprocessing(description, crops.shape[1])
    taken = helper.make_tensor_value_info("crops", TensorProto.UINT8, ["n", *crops.shape[1:]])
    given = onnx.ValueInfoProto(name="pixels")
    graph = helper.make_graph(before, "pixels", [taken], [given], constants)
    imports = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(graph, opset_imports=imports, ir_version=ir_version(OPSET))
    session = open_session(model.SerializeToString())
    pixels: Planes = session.run(["pixels"], {"crops": crops})[0]
    return pixels


def _planes(values: float | tuple[float, float, float]) -> Float32[np.ndarray, "c 1 1"]:
    return np.asarray(values, np.float32).reshape(-1, 1, 1)


def preprocessing(description: Description, side_px: int) -> tuple[Nodes, Constants]:
    """Nodes from `crops` of the side `side_px` to `pixels`, the network's input, and their constants."""
    scale, (x, y) = description.frame_transform
    constants = {
        "crops/down": resampling_matrix(description.side_px, scale, y, side_px, FRAME_HEIGHT_PX),
        "crops/across": resampling_matrix(description.side_px, scale, x, side_px, FRAME_WIDTH_PX).T.copy(),
        "crops/colors": np.array([0, 1, 2] if description.colors == "rgb" else [2, 1, 0]),
        "crops/mean": _planes(description.mean),
        "crops/scale": _planes(description.scale),
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
        result = "pixels" if number == len(steps) - 1 else f"crops/{number}"
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
