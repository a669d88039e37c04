"""An embedding network of others becomes a bundle: its embeddings, and the attributes of one of ours.

    network.onnx, description --embedding_graph--> embeddings  \\
                                                                crops -> logits, embeddings -> bundle
    bundle of ours            --its logits-------> logits      /

What stands on a bundle (neuron, calibration, library, report) then stands on that network. A description that
does not fit gives embeddings that hardly tell people apart; so each is tried on known pairs, beside the same
network described otherwise.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from jaxtyping import Float32
from onnx import TensorProto, helper, numpy_helper
from onnx.compose import add_prefix
from onnx.version_converter import convert_version

from semblante.celeba import PreparedSet
from semblante.errors import EmptyDataset, FolderNotEmpty
from semblante.files import sha256_of, translate_os_errors
from semblante.geometry import FRAME_HEIGHT_PX, FRAME_WIDTH_PX
from semblante.jobs import SILENT, JobContext
from semblante.labels import ATTRIBUTES
from semblante.model.bundle import Bundle, write_bundle
from semblante.train.description_check import check_description
from semblante.train.embedding_network import (
    Description,
    described_graph,
    open_described,
    resampling_matrix,
)
from semblante.train.foreign_network import ForeignNetwork
from semblante.train.measured_bundle import write_measured_bundle

ADOPTED_TERMS = (
    "Its embeddings are another network's, its attributes were learnt apart from them, each under terms of "
    "its own: see its card. Not for deciding about people, and not for identifying anyone without consent."
)
PREFIX: Final = "attributes/"
"""Before the names in the graph of our network, so that none clashes with the other's."""


def joined_graph(
    network: ForeignNetwork, description: Description, ours: Path, our_side_px: int
) -> onnx.ModelProto:
    """The graph of a bundle: crops uint8 (n, s, s, 3) to the logits of `ours` and embeddings of `network`."""
    theirs = described_graph(network, description, description.crop_side_px)
    attributes = add_prefix(convert_version(onnx.load(ours), network.opset), PREFIX).graph
    nodes, constants = _our_crops(description.crop_side_px, our_side_px)
    needed = _needed(attributes, PREFIX + "logits")
    used = {name for node in needed for name in node.input}
    graph = theirs.graph
    graph.node.extend([*nodes, *needed, helper.make_node("Identity", [PREFIX + "logits"], ["logits"])])
    graph.initializer.extend([*constants, *(each for each in attributes.initializer if each.name in used)])
    graph.output.append(helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", len(ATTRIBUTES)]))
    return theirs


def _our_crops(side_px: int, our_side_px: int) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """Nodes that resize crops of `side_px` as `geometry.resize_to_square` would, and their constants."""
    name = f"{PREFIX}resized/{{}}".format
    constants = {
        name("down"): _resized(our_side_px, side_px, FRAME_HEIGHT_PX),
        name("across"): _resized(our_side_px, side_px, FRAME_WIDTH_PX).T.copy(),
    }
    nodes = [
        helper.make_node("Cast", ["crops"], [name("float")], to=TensorProto.FLOAT),
        helper.make_node("Transpose", [name("float")], [name("planes")], perm=[0, 3, 1, 2]),
        helper.make_node("MatMul", [name("planes"), name("across")], [name("narrow")]),
        helper.make_node("MatMul", [name("down"), name("narrow")], [name("small")]),
        helper.make_node("Round", [name("small")], [name("rounded")]),
        helper.make_node("Transpose", [name("rounded")], [name("pixels")], perm=[0, 2, 3, 1]),
        helper.make_node("Cast", [name("pixels")], [PREFIX + "crops"], to=TensorProto.UINT8),
    ]
    return nodes, [numpy_helper.from_array(each, key) for key, each in constants.items()]


def _resized(our_side_px: int, side_px: int, frame_px: int) -> Float32[np.ndarray, "count side"]:
    return resampling_matrix(our_side_px, frame_px / our_side_px, 0.0, side_px, frame_px)


def _needed(graph: onnx.GraphProto, output: str) -> list[onnx.NodeProto]:
    """The nodes that `output` is computed from, in order."""
    wanted, kept = {output}, []
    for node in reversed(graph.node):
        if wanted & set(node.output):
            wanted |= set(node.input)
            kept.append(node)
    return kept[::-1]


def adopt(
    path: Path,
    out: Path,
    description: Description,
    ours: Bundle,
    data: PreparedSet | None = None,
    job: JobContext = SILENT,
) -> Bundle:
    """Write the bundle of the embedding network at `path` (ONNX) in `out`, an empty or a new folder.

    `ours` gives the attributes. `data` gives the background embeddings and the figures of the manifest;
    without it there are none, and a person is learnt with photos of others. Stages "checking" and
    "evaluating". Raises `NotAnEmbeddingNetwork` where the network cannot be run, or its description is
    contradicted by pairs of faces; `FolderNotEmpty`, `EmptyDataset`, `Cancelled`.
    """
    with translate_os_errors(out):
        if out.exists() and any(out.iterdir()):
            raise FolderNotEmpty("not_an_empty_folder", path=out)
    for split in ("train", "val"):
        if data is not None and not len(data.rows(split)):
            raise EmptyDataset("no_images_in_split", path=data.folder, split=split)
    network = open_described(path, description)
    check_description(path, network, description, data, job)
    content = joined_graph(network, description, ours.network_path, ours.side_px).SerializeToString()
    manifest = _manifest(content, path, network, description, ours)
    if data is None:
        return write_bundle(out, content, manifest)
    return write_measured_bundle(out, content, manifest, data, data.images, job)


def _manifest(
    content: bytes, path: Path, network: ForeignNetwork, description: Description, ours: Bundle
) -> dict[str, Any]:
    """What our network's manifest says of the attributes, and the description's of the embeddings."""
    own = ours.manifest
    validation = own["metrics"]["val"]
    return {
        "recipe": own["recipe"],
        "embedding_network": {**description.model_dump(mode="json"), "sha256": sha256_of(path)},
        "data": own["data"],
        "training": own["training"],
        "metrics": {
            "val": {key: validation[key] for key in ("accuracy", "balanced_accuracy", "majority_baseline")}
        },
        "history": own["history"],
        "licence": {**own["licence"], "text": ADOPTED_TERMS},
        "geometry": {**own["geometry"], "side_px": description.crop_side_px},
        "weights": {"bytes": len(content), "embedding_size": network.embedding_size, "opset": network.opset},
    }
