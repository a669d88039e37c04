"""Embedding networks that others wrote: whatever they take and return, they take our crops."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from foreign_networks import described, linear, projection, save
from onnx import TensorProto, helper
from sentences import raises

from semblante.errors import NotAnEmbeddingNetwork
from semblante.onnx_runtime import open_session
from semblante.train.embedding_network import (
    FRAME_LANDMARKS,
    describe_network,
    embedding_graph,
    known_descriptions,
    pixels_of,
)
from semblante.types import Crops, Embeddings

SIDE_PX = 16


def crops(count: int = 3, side_px: int = 48) -> Crops:
    return np.random.default_rng(2).integers(0, 256, (count, side_px, side_px, 3), dtype=np.uint8)


def embeddings(path: Path, taken: Crops, **fields: Any) -> Embeddings:
    """What the network at `path` gives of crops, taken through the graph of a description."""
    model = embedding_graph(path, described(SIDE_PX, **fields), taken.shape[1])
    onnx.checker.check_model(model)
    found: Embeddings = open_session(model.SerializeToString()).run(["embeddings"], {"crops": taken})[0]
    return found


def expected(taken: Crops, **fields: Any) -> Embeddings:
    """What `linear` must give."""
    pixels = pixels_of(described(SIDE_PX, **fields), taken)
    rows = pixels.reshape(len(pixels), -1) @ projection(3 * SIDE_PX**2)
    unit: Embeddings = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def test_the_known_descriptions_put_a_face_where_it_lies_in_the_frame() -> None:
    known = known_descriptions()
    assert list(known) == ["sface", "arcface", "mobilefacenet", "dlib", "0095"]
    for each in known.values():
        scale, shift = each.frame_transform
        places = np.array(each.landmarks) * scale + shift
        assert np.abs(places - FRAME_LANDMARKS).max() < 6, each.name
    assert [each.crop_side_px for each in known.values()] == [208, 208, 208, 304, 256]


def test_a_place_of_the_frame_lies_where_the_description_says() -> None:
    description = described(109)
    for (x, y), (found_x, found_y) in zip(FRAME_LANDMARKS, description.landmarks, strict=True):
        frame = np.zeros((1, 218, 218, 3), np.uint8)  # As a crop is, 178 pixels of the frame across.
        frame[0, int(y), int(x * 218 / 178)] = 255
        row, column = np.unravel_index(pixels_of(description, frame)[0, 0].argmax(), (109, 109))
        assert abs(row + 0.5 - found_y) < 1 and abs(column + 0.5 - found_x) < 1


def test_pixels_are_ordered_and_scaled_as_described() -> None:
    plain = np.full((1, 24, 24, 3), (200, 100, 50), np.uint8)
    pixels = pixels_of(described(colors="bgr", mean=(50, 90, 100), scale=(1.0, 2.0, 4.0)), plain)
    np.testing.assert_allclose(pixels[0, :, 3, 3], [0, 5, 25], atol=1e-3)
    np.testing.assert_allclose(
        pixels_of(described(mean=127.5, scale=127.5), plain).max(), 72.5 / 127.5, rtol=1e-5
    )


@pytest.mark.parametrize("batch", [1, "n", 3], ids=["one", "any", "three"])
def test_the_batch_of_the_file_does_not_matter(batch: int | str, tmp_path: Path) -> None:
    taken = crops()
    found = embeddings(linear(tmp_path / "a.onnx", batch=batch), taken)
    np.testing.assert_allclose(found, expected(taken), atol=1e-4)


def test_a_network_that_can_only_take_one_picture_takes_them_one_by_one(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Reshape", ["taken", "row"], ["flat"]),
        helper.make_node("MatMul", ["flat", "map"], ["given"]),
    ]
    constants = {"row": np.array([1, 3 * SIDE_PX**2]), "map": projection(3 * SIDE_PX**2)}
    path = save(tmp_path / "a.onnx", nodes, constants, [1, 3, SIDE_PX, SIDE_PX])
    np.testing.assert_allclose(embeddings(path, crops()), expected(crops()), atol=1e-4)


def test_a_network_whose_answer_depends_on_the_batch_takes_pictures_one_by_one(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("ReduceMax", ["taken", "all"], ["largest"], keepdims=1),
        helper.make_node("Sub", ["taken", "largest"], ["moved"]),
        helper.make_node("Flatten", ["moved"], ["flat"]),
        helper.make_node("MatMul", ["flat", "map"], ["given"]),
    ]
    constants = {"all": np.array([0, 1, 2, 3]), "map": projection(3 * SIDE_PX**2)}
    path = save(tmp_path / "a.onnx", nodes, constants, ["n", 3, SIDE_PX, SIDE_PX])
    dark_and_bright = np.stack([crops(1)[0] // 4, crops(1)[0]])
    alone = np.concatenate([embeddings(path, each[None]) for each in dark_and_bright])
    np.testing.assert_allclose(embeddings(path, dark_and_bright), alone, atol=1e-5)


def test_a_network_that_takes_the_colours_last(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Transpose", ["taken"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Flatten", ["planes"], ["flat"]),
        helper.make_node("MatMul", ["flat", "map"], ["given"]),
    ]
    constants = {"map": projection(3 * SIDE_PX**2)}
    path = save(tmp_path / "a.onnx", nodes, constants, ["n", SIDE_PX, SIDE_PX, 3])
    np.testing.assert_allclose(embeddings(path, crops()), expected(crops()), atol=1e-4)


def test_an_output_of_four_dimensions_is_a_row(tmp_path: Path) -> None:
    kernel = projection(3 * SIDE_PX**2).T.reshape(8, 3, SIDE_PX, SIDE_PX)
    path = save(
        tmp_path / "a.onnx",
        [helper.make_node("Conv", ["taken", "kernel"], ["given"])],
        {"kernel": kernel},
        ["n", 3, SIDE_PX, SIDE_PX],
    )
    np.testing.assert_allclose(embeddings(path, crops()), expected(crops()), atol=1e-4)


def test_numbers_of_16_bits(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Flatten", ["taken"], ["flat"]),
        helper.make_node("MatMul", ["flat", "map"], ["given"]),
    ]
    half = {"map": projection(3 * SIDE_PX**2).astype(np.float16)}
    shape: list[int | str] = ["n", 3, SIDE_PX, SIDE_PX]
    path = save(tmp_path / "a.onnx", nodes, half, shape, kind=TensorProto.FLOAT16)
    fields = {"mean": 127.5, "scale": 127.5}
    np.testing.assert_allclose(embeddings(path, crops(), **fields), expected(crops(), **fields), atol=0.02)


def test_an_old_network_is_brought_up_to_date(tmp_path: Path) -> None:
    channels = np.ones(3, np.float32)
    nodes = [
        helper.make_node("BatchNormalization", ["taken", *"abcd"], ["normal"]),
        helper.make_node("PRelu", ["normal", "slope"], ["positive"]),
        helper.make_node("Flatten", ["positive"], ["flat"]),
        helper.make_node("Gemm", ["flat", "map", "bias"], ["given"]),
    ]
    constants = {
        **dict(zip("abcd", (channels, 0 * channels, 0 * channels, channels), strict=True)),
        "slope": np.full((3, 1, 1), 0.5, np.float32),
        "map": projection(3 * SIDE_PX**2),
        "bias": np.zeros(8, np.float32),
    }
    path = save(tmp_path / "a.onnx", nodes, constants, [1, 3, SIDE_PX, SIDE_PX], opset=11)
    np.testing.assert_allclose(embeddings(path, crops()), expected(crops()), atol=1e-3)


def test_weights_of_8_bits_are_unpacked(tmp_path: Path) -> None:
    plain = projection(3 * SIDE_PX**2)
    step = np.float32(np.abs(plain).max() / 127)
    nodes = [
        helper.make_node("DequantizeLinear", ["packed", "step"], ["map"]),
        helper.make_node("Flatten", ["taken"], ["flat"]),
        helper.make_node("MatMul", ["flat", "map"], ["given"]),
    ]
    constants = {"packed": np.round(plain / step).astype(np.int8), "step": step}
    path = save(tmp_path / "a.onnx", nodes, constants, ["n", 3, SIDE_PX, SIDE_PX], opset=13)
    model = embedding_graph(path, described(SIDE_PX), 48)
    assert "DequantizeLinear" not in [node.op_type for node in model.graph.node]
    np.testing.assert_allclose(embeddings(path, crops()), expected(crops()), atol=0.02)


def test_a_weight_that_only_an_inner_graph_takes(tmp_path: Path) -> None:
    """Of an `If`, as PyTorch writes one where a dimension may be squeezed."""
    branch = [helper.make_node("MatMul", ["flat", "map"], ["product"])]
    body = helper.make_graph(branch, "body", [], [onnx.ValueInfoProto(name="product")])
    nodes = [
        helper.make_node("Flatten", ["taken"], ["flat"]),
        helper.make_node("If", ["always"], ["given"], then_branch=body, else_branch=body),
    ]
    constants = {"map": projection(3 * SIDE_PX**2), "always": np.array(True)}
    path = save(tmp_path / "a.onnx", nodes, constants, ["n", 3, SIDE_PX, SIDE_PX])
    np.testing.assert_allclose(embeddings(path, crops()), expected(crops()), atol=1e-4)


def test_names_in_the_file_may_be_ours(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Flatten", ["taken"], ["crops"]),
        helper.make_node("MatMul", ["crops", "pixels"], ["vectors"]),
        helper.make_node("Identity", ["vectors"], ["embeddings"]),
    ]
    constants = {"pixels": projection(3 * SIDE_PX**2)}
    path = save(tmp_path / "a.onnx", nodes, constants, ["n", 3, SIDE_PX, SIDE_PX], result="embeddings")
    np.testing.assert_allclose(embeddings(path, crops()), expected(crops()), atol=1e-4)


def test_weights_in_a_file_beside_it(tmp_path: Path) -> None:
    options: dict[str, Any] = {"save_as_external_data": True, "location": "weights.bin", "size_threshold": 0}
    path = linear(tmp_path / "a.onnx", **options)
    np.testing.assert_allclose(embeddings(path, crops()), expected(crops()), atol=1e-4)
    (tmp_path / "weights.bin").unlink()
    with raises(NotAnEmbeddingNetwork, r"a\.onnx: this is no ONNX network that can be read: .*weights\.bin"):
        embeddings(path, crops())


def test_a_file_that_is_no_network(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    for content in (b"", b"not at all", b"\x08\x07"):
        path.write_bytes(content)
        with raises(NotAnEmbeddingNetwork, "this is no ONNX network that can be read"):
            embeddings(path, crops())


def test_a_network_of_two_pictures(tmp_path: Path) -> None:
    path = linear(tmp_path / "a.onnx")
    model = onnx.load(path)
    model.graph.input.append(helper.make_tensor_value_info("second", TensorProto.FLOAT, ["n", 8]))
    model.graph.node.append(helper.make_node("Add", ["given", "second"], ["sum"]))
    model.graph.output[0].name = "sum"
    onnx.save(model, path)
    with raises(NotAnEmbeddingNetwork, "inputs are taken, second, its outputs sum"):
        embeddings(path, crops())


def test_of_several_outputs_the_description_names_one(tmp_path: Path) -> None:
    path = linear(tmp_path / "a.onnx")
    model = onnx.load(path)
    model.graph.output.append(onnx.ValueInfoProto(name="flat"))
    onnx.save(model, path)
    with raises(NotAnEmbeddingNetwork, "its outputs given, flat. Of several outputs, .* field output"):
        embeddings(path, crops())
    np.testing.assert_allclose(embeddings(path, crops(), output="given"), expected(crops()), atol=1e-4)


def test_a_network_of_another_side(tmp_path: Path) -> None:
    path = linear(tmp_path / "a.onnx", 24)
    with raises(NotAnEmbeddingNetwork, "its input is n, 3, 24, 24, .* should be n, 3, 16, 16"):
        embeddings(path, crops())


def test_a_network_that_cannot_run_or_gives_no_number(tmp_path: Path) -> None:
    path = linear(tmp_path / "a.onnx")
    model = onnx.load(path)
    model.graph.node[1].op_type = "NoSuchOperator"
    onnx.save(model, path)
    with raises(NotAnEmbeddingNetwork, "NoSuchOperator"):
        embeddings(path, crops())
    nodes = [
        helper.make_node("Flatten", ["taken"], ["flat"]),
        helper.make_node("Div", ["flat", "zero"], ["given"]),
    ]
    save(path, nodes, {"zero": np.float32(0)}, ["n", 3, SIDE_PX, SIDE_PX])
    with raises(NotAnEmbeddingNetwork, "its embeddings are no finite numbers"):
        embeddings(path, crops())


class TestDescription:
    """How the description of a file is found."""

    def test_by_name_by_file_and_beside_the_network(self, tmp_path: Path) -> None:
        path = linear(tmp_path / "a.onnx")
        assert describe_network(path, "dlib").side_px == 150
        with raises(NotAnEmbeddingNetwork, "nothing says what this network takes.* sface, arcface.*--as"):
            describe_network(path)
        named = tmp_path / "named.json"
        named.write_text(described(SIDE_PX).model_dump_json())
        assert describe_network(path, str(named)) == described(SIDE_PX)
        named.rename(tmp_path / "a.json")
        assert describe_network(path) == described(SIDE_PX)

    def test_a_name_that_is_not_known(self, tmp_path: Path) -> None:
        with raises(NotAnEmbeddingNetwork, "arcfase is neither .*; did you mean arcface"):
            describe_network(tmp_path / "a.onnx", "arcfase")

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("side_px", 4),
            ("landmarks", [[1, 1]] * 5),
            ("landmarks", [[16 - x, y] for x, y in described().landmarks]),
            ("landmarks", [[x, y] for x, y in described().landmarks[:4]]),
            ("colors", "grey"),
            ("mean", [1, 2]),
            ("scale", 0),
            ("scales", 1),
        ],
    )
    def test_a_field_that_does_not_fit_is_named(self, field: str, value: Any, tmp_path: Path) -> None:
        path = tmp_path / "a.json"
        fields = json.loads(described().model_dump_json())
        path.write_text(json.dumps({**fields, field: value}))
        with raises(NotAnEmbeddingNetwork, rf"a\.json: the description's field {field}"):
            describe_network(tmp_path / "a.onnx", str(path))

    def test_what_is_no_json_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_text("side: 112")
        with raises(NotAnEmbeddingNetwork, "field JSON is missing or not valid"):
            describe_network(tmp_path / "a.onnx", str(tmp_path / "a.json"))

    def test_the_landmarks_make_the_crop(self) -> None:
        assert described(16).crop_side_px == 16 and described(112).crop_side_px == 112
        scale, shift = described(16).frame_transform
        assert (scale, *shift) == pytest.approx((13.625, -20, 0), abs=1e-9)
