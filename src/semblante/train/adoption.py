"""An embedding network of others becomes a bundle: its embeddings, and the attributes of one of ours.

    network.onnx, description --embedding_graph--> embeddings  \\
                                                                crops -> logits, embeddings -> bundle
    bundle of ours            --its logits-------> logits      /

What stands on a bundle (neuron, calibration, library, report) then stands on that network. A description that
does not fit gives embeddings that hardly tell people apart; so each is tried on known pairs, beside the same
network described otherwise.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from jaxtyping import Bool, Float32, Float64, Int64
from onnx import TensorProto, helper, numpy_helper
from onnx.compose import add_prefix
from onnx.version_converter import convert_version

from semblante.celeba import PreparedSet
from semblante.errors import FolderNotEmpty, NotAnEmbeddingNetwork
from semblante.files import sha256_of, translate_os_errors
from semblante.generate import draw_picture
from semblante.geometry import FRAME_HEIGHT_PX, FRAME_WIDTH_PX, resize_to_square
from semblante.jobs import SILENT, JobContext
from semblante.labels import ATTRIBUTES
from semblante.metrics import Scored, evaluation_of
from semblante.model.bundle import Bundle, write_bundle
from semblante.model.face_model import FaceModel
from semblante.onnx_runtime import open_session
from semblante.train.embedding_network import OPSET, Description, embedding_graph, resampling_matrix
from semblante.train.measured_bundle import choose_background
from semblante.types import Crops, Embeddings

PREFIX: Final = "attributes/"
"""Before the names in the graph of our network, so that none clashes with the other's."""
FALSE_ACCEPT_RATE = 1e-2
MIN_TRUE_ACCEPT_RATE = 0.5
"""Of pairs of drawn faces. SFace tells 93.5 %, and 23 % with pixels from -1 to 1 instead of 0 to 255."""
MIN_GAIN, MIN_STANDARD_ERRORS = 0.01, 3.0
"""By so much another description must tell more genuine pairs before the one given is doubted."""
DRAWN_SEED, DRAWN_PEOPLE, DRAWN_PICTURES = 77, 40, 4
MAX_TRIED_IMAGES = 600
BATCH = 32


def joined_graph(network: Path, description: Description, ours: Path, our_side_px: int) -> onnx.ModelProto:
    """The graph of a bundle: crops uint8 (n, s, s, 3) to the logits of `ours` and embeddings of `network`."""
    side_px = description.crop_side_px
    theirs = embedding_graph(network, description, side_px)
    size = embedding_size(theirs.SerializeToString())
    attributes = add_prefix(convert_version(onnx.load(ours), OPSET), PREFIX).graph
    nodes, constants = _our_crops(side_px, our_side_px)
    needed = _needed(attributes, PREFIX + "logits")
    used = {name for node in needed for name in node.input}
    graph = theirs.graph
    outputs = [
        helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", len(ATTRIBUTES)]),
        helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["n", size]),
    ]
    whole = helper.make_graph(
        [*graph.node, *nodes, *needed, helper.make_node("Identity", [PREFIX + "logits"], ["logits"])],
        description.name,
        list(graph.input),
        outputs,
        [*graph.initializer, *constants, *(each for each in attributes.initializer if each.name in used)],
    )
    return helper.make_model(whole, opset_imports=theirs.opset_import, ir_version=theirs.ir_version)


def embedding_size(content: bytes) -> int:
    """How long the embeddings of a graph are, found by running it once."""
    session = open_session(content)
    side_px = session.get_inputs()[0].shape[1]
    found = session.run(["embeddings"], {"crops": np.zeros((2, side_px, side_px, 3), np.uint8)})[0]
    return int(found.shape[1])


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
    network: Path,
    out: Path,
    description: Description,
    ours: Bundle,
    data: PreparedSet | None = None,
    job: JobContext = SILENT,
) -> Bundle:
    """Write the bundle of an embedding network in `out`, an empty or a new folder.

    `ours` gives the attributes. `data` gives the background embeddings and the figures of the manifest;
    without it there are none, and a person is learnt with photos of others. Stages "checking" and
    "evaluating". Raises `NotAnEmbeddingNetwork` where the network cannot be run, or its description is
    contradicted by pairs of faces; `FolderNotEmpty`, `Cancelled`.
    """
    with translate_os_errors(out):
        if out.exists() and any(out.iterdir()):
            raise FolderNotEmpty("not_an_empty_folder", path=out)
    check_description(network, description, data, job)
    content = joined_graph(network, description, ours.network_path, ours.side_px).SerializeToString()
    manifest = _manifest(content, network, description, ours)
    bundle = write_bundle(out, content, manifest)
    if data is None:
        return bundle
    model = FaceModel(bundle)

    def batch(rows: Int64[np.ndarray, " k"]) -> Crops:
        job.check()
        return _crops_of(data, rows, bundle.side_px)

    rows = data.rows("val")
    logits, embeddings = model.collect((batch(part) for part in _batches(rows)), len(rows), job)
    rates = np.asarray(manifest["training"]["positive_rates"])
    scored = Scored(logits, data.labels[rows], data.identities[rows], rates, embeddings, data.manifest.terms)
    evaluation = evaluation_of(scored, "val", bundle.network_sha256, data.sha256, job)

    def embeddings_of(crops: Crops) -> Embeddings:
        job.check()
        resized = np.stack([resize_to_square(crop, bundle.side_px) for crop in crops])
        return model(resized).embeddings

    background = choose_background(embeddings_of, data.images, data.identities, data.rows("train"))
    manifest["metrics"]["val"] |= {
        "accuracy": evaluation.mean_accuracy.value,
        "balanced_accuracy": evaluation.mean_balanced_accuracy.value,
        "evaluation": evaluation.as_json(),
    }
    return write_bundle(out, content, manifest, background)


def check_description(
    network: Path, description: Description, data: PreparedSet | None = None, job: JobContext = SILENT
) -> None:
    """Raise `NotAnEmbeddingNetwork` where pairs of faces contradict the description; stage "checking".

    The faces are drawn ones, and the validation people of `data`. `description_tells_nobody`: fewer than
    `MIN_TRUE_ACCEPT_RATE` of the drawn pairs are matched. `description_contradicted`: another colour order,
    range of pixels or template tells clearly more pairs of a set (McNemar's test on the genuine pairs).
    """
    sets = [_drawn_faces(description.crop_side_px)]
    if data is not None and (known := _known_faces(data, description.crop_side_px)) is not None:
        sets.append(known)
    others = list(_alternatives(description))
    for number, (crops, identities) in enumerate(sets):
        matched = _matched_pairs(network, description, crops, identities, job)
        if number == 0 and matched.mean() < MIN_TRUE_ACCEPT_RATE:
            raise NotAnEmbeddingNetwork("description_tells_nobody", path=network, share=float(matched.mean()))
        for done, (field, other) in enumerate(others):
            job.progress("checking", number * len(others) + done, len(sets) * len(others))
            better = _matched_pairs(network, other, crops, identities, job)
            gained, lost = int((better & ~matched).sum()), int((matched & ~better).sum())
            gain = (gained - lost) / len(matched)
            if gain > MIN_GAIN and gained - lost > MIN_STANDARD_ERRORS * math.sqrt(gained + lost):
                raise NotAnEmbeddingNetwork(
                    "description_contradicted",
                    path=network,
                    field=field,
                    described=float(matched.mean()),
                    otherwise=float(better.mean()),
                )


def _alternatives(description: Description) -> Iterator[tuple[str, Description]]:
    """The description with one field changed, and that field."""

    def changed(**fields: Any) -> Description:
        return description.model_copy(update=fields)

    yield "colors", changed(colors="bgr" if description.colors == "rgb" else "rgb")
    for mean, scale in ((0.0, 1.0), (0.0, 255.0), (127.5, 127.5)):
        if not math.isclose(scale, description.scale, rel_tol=0.05):
            yield "scale", changed(mean=mean, scale=scale)
    places, middle = np.array(description.landmarks), description.side_px / 2
    for factor in (0.8, 1.25):
        yield "landmarks", changed(landmarks=_points((places - middle) * factor + middle))
    for shift in (-0.1, 0.1):
        yield "landmarks", changed(landmarks=_points(places + np.array([0, shift * description.side_px])))


def _points(places: Float64[np.ndarray, "5 2"]) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in places)


def _matched_pairs(
    network: Path,
    description: Description,
    crops: Crops,
    identities: Int64[np.ndarray, " n"],
    job: JobContext,
) -> Bool[np.ndarray, " pairs"]:
    """For each pair of one person's faces, whether it is more alike than 99 of 100 pairs of two people."""
    graph = embedding_graph(network, description, crops.shape[1])
    session = open_session(graph.SerializeToString())
    parts = []
    for start in range(0, len(crops), BATCH):
        job.check()
        parts.append(session.run(["embeddings"], {"crops": crops[start : start + BATCH]})[0])
    embeddings = np.nan_to_num(np.concatenate(parts))
    embeddings -= embeddings.mean(axis=0)
    embeddings /= np.maximum(np.linalg.norm(embeddings, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    one, other = np.triu_indices(len(embeddings), 1)
    cosines, same = (embeddings @ embeddings.T)[one, other], identities[one] == identities[other]
    matched: Bool[np.ndarray, " pairs"] = cosines[same] > np.quantile(cosines[~same], 1 - FALSE_ACCEPT_RATE)
    return matched


def _drawn_faces(side_px: int) -> tuple[Crops, Int64[np.ndarray, " n"]]:
    keys = [(person, picture) for person in range(DRAWN_PEOPLE) for picture in range(DRAWN_PICTURES)]
    crops = [resize_to_square(draw_picture(DRAWN_SEED, *key).pixels, side_px) for key in keys]
    return np.stack(crops), np.array([person for person, _ in keys])


def _known_faces(data: PreparedSet, side_px: int) -> tuple[Crops, Int64[np.ndarray, " n"]] | None:
    """The first validation images of people who are in two or more of them; None where there are none."""
    rows = data.rows("val")
    people, counts = np.unique(data.identities[rows], return_counts=True)
    rows = rows[np.isin(data.identities[rows], people[(counts > 1) & (people >= 0)])][:MAX_TRIED_IMAGES]
    identities = data.identities[rows].astype(np.int64)
    if len(np.unique(identities)) < 2:
        return None
    return _crops_of(data, rows, side_px), identities


def _crops_of(data: PreparedSet, rows: Int64[np.ndarray, " k"], side_px: int) -> Crops:
    return np.stack([resize_to_square(data.images[row], side_px) for row in rows])


def _batches(rows: Int64[np.ndarray, " n"]) -> list[Int64[np.ndarray, " k"]]:
    return np.split(rows, range(BATCH, len(rows), BATCH))


def _manifest(content: bytes, network: Path, description: Description, ours: Bundle) -> dict[str, Any]:
    """What our network's manifest says of the attributes, and the description's of the embeddings."""
    own = ours.manifest
    validation = own["metrics"]["val"]
    return {
        "recipe": {"name": "adopted"},
        "embeddings": {**description.model_dump(mode="json"), "sha256": sha256_of(network)},
        "data": own["data"],
        "training": own["training"],
        "metrics": {
            "val": {key: validation[key] for key in ("accuracy", "balanced_accuracy", "majority_baseline")}
        },
        "history": own["history"],
        "licence": own["licence"],
        "geometry": {**own["geometry"], "side_px": description.crop_side_px},
        "weights": {"bytes": len(content), "embedding_size": embedding_size(content), "opset": OPSET},
    }
