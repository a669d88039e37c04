"""Feature maps: what the convolutions of a network answer to one crop, read from its ONNX file as it is.

A network file names its inner values, but gives only logits and embeddings. Protocol Buffers merge messages
that are written one after the other, and append what is repeated ("Encoding", "Last One Wins"). So further
outputs behind the file's bytes make them outputs of the same network, and no ONNX library is needed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float32, UInt8

from semblante.model.bundle import Bundle
from semblante.onnx_runtime import open_session

# Field numbers of onnx.proto: a model's graph; a graph's nodes and outputs; a node's outputs and operator;
# the name of an output.
_GRAPH, _NODE, _OUTPUT, _NODE_OUTPUT, _OPERATOR, _NAME = 7, 1, 12, 2, 4, 1
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
MAX_MAPS: Final = 24
"""Of each layer: those that differ most from place to place."""


@dataclass(frozen=True, eq=False)
class FeatureMaps:
    """A layer's answers to one crop: of its `channels`, the maps that differ most, brightest at 255."""

    channels: int
    maps: UInt8[np.ndarray, "k s s"]


@dataclass(frozen=True, eq=False)
class FaceFeatureMaps:
    """A face as the network takes it, and what its layers answer, the finest maps first."""

    crop: UInt8[np.ndarray, "s s 3"]
    layers: tuple[FeatureMaps, ...]


class FeatureMapReader:
    """The network of a bundle with the answers of its convolutions; several threads may use it at once."""

    def __init__(self, bundle: Bundle) -> None:
        """Open the bundle's ONNX file a second time. Raises what ONNX Runtime raises."""
        content = bundle.network_path.read_bytes()
        self._layers = list(_convolutions(content))
        self._session = open_session(content + _with_outputs(self._layers), threads=1)

    def __call__(self, crop: UInt8[np.ndarray, "s s 3"]) -> FaceFeatureMaps:
        """The maps of the last convolution of each resolution."""
        answers = self._session.run(self._layers, {"crops": crop[None]})
        # A crop may go through the network together with its mirror image: the first row is the crop's own.
        by_side = {answer.shape[-1]: answer[0] for answer in answers if answer.shape[-1] > 1}
        return FaceFeatureMaps(crop, tuple(_shown(by_side[side]) for side in sorted(by_side, reverse=True)))


def _shown(answers: Float32[np.ndarray, "c s s"]) -> FeatureMaps:
    """The most varied maps, above zero, as the layers after them see them."""
    positive = np.maximum(answers, 0)
    varied = np.argsort(-positive.std(axis=(1, 2)), kind="stable")[:MAX_MAPS]
    chosen = positive[np.sort(varied)]
    brightest = np.maximum(chosen.max(axis=(1, 2), keepdims=True), 1e-6)
    return FeatureMaps(len(answers), np.rint(255 * chosen / brightest).astype(np.uint8))


def _convolutions(model: bytes) -> Iterator[str]:
    """The name of each convolution's output, in the order of the file."""
    for field, graph in _fields(model):
        if field != _GRAPH:
            continue
        for inner, node in _fields(graph):
            if inner == _NODE:
                parts = dict(reversed(list(_fields(node))))
                if parts.get(_OPERATOR) == b"Conv":
                    yield parts[_NODE_OUTPUT].decode()


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields of a message that hold bytes, by number."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        kind = key & 7
        if kind == _BYTES:
            length, place = _varint(message, place)
            yield key >> 3, message[place : place + length]
            place += length
        elif kind == _VARINT:
            _, place = _varint(message, place)
        else:
            place += {_FIXED64: 8, _FIXED32: 4}[kind]


def _varint(message: bytes, place: int) -> tuple[int, int]:
    """The number at a place, and the place behind it."""
    value = shift = 0
    while True:
        byte = message[place]
        value |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return value, place


def _with_outputs(names: list[str]) -> bytes:
    return b"".join(_field(_GRAPH, _field(_OUTPUT, _field(_NAME, name.encode()))) for name in names)


def _field(number: int, content: bytes) -> bytes:
    """A field of fewer than 128 times 128 bytes."""
    low, high = len(content) & 127, len(content) >> 7
    return bytes([number << 3 | _BYTES, low | 128, high]) + content
