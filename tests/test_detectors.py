"""The default detectors: YuNet's outputs become boxes. The files here are made up, with YuNet's form."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from onnx import TensorProto, helper
from sentences import raises

from semblante.errors import InvalidOption
from semblante.faces import default_detector
from semblante.faces.detectors import STRIDES_PX, YuNet, decode_boxes, without_overlaps

MAX_SIDE_PX = 128


def write_network(path: Path, height: int | str = "height", width: int | str = "width") -> Path:
    """A network that takes blue for a face: each place says how blue it is, its box a grid step wide."""
    nodes, outputs = [], []
    constants: dict[str, npt.NDArray[Any]] = {
        "one": np.array([0], np.int64),
        "two": np.array([1], np.int64),
        "axis": np.array([1], np.int64),
        "flat": np.array([1, -1, 1], np.int64),
        "byte": np.array(1 / 255, np.float32),
        "none": np.array(0, np.float32),
    }
    nodes.append(helper.make_node("Slice", ["input", "one", "two", "axis"], ["first"]))
    for stride in STRIDES_PX:
        side = [stride, stride]
        nodes += [
            helper.make_node("AveragePool", ["first"], [f"p{stride}"], kernel_shape=side, strides=side),
            helper.make_node("Mul", [f"p{stride}", "byte"], [f"m{stride}"]),
            helper.make_node("Reshape", [f"m{stride}", "flat"], [f"cls_{stride}"]),
            helper.make_node("Identity", [f"cls_{stride}"], [f"obj_{stride}"]),
            helper.make_node("Mul", [f"cls_{stride}", "none"], [f"z{stride}"]),
            helper.make_node("Concat", [f"z{stride}"] * 4, [f"bbox_{stride}"], axis=2),
        ]
        for kind, count in (("cls", 1), ("obj", 1), ("bbox", 4)):
            shape = [1, None, count]
            outputs.append(helper.make_tensor_value_info(f"{kind}_{stride}", TensorProto.FLOAT, shape))
    given = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, height, width])
    held = [onnx.numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "yunet", [given], outputs, held)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def blue_spot(height: int, width: int, x: int, y: int, side: int) -> np.ndarray:
    """A red photo with a blue square."""
    photo = np.zeros((height, width, 3), np.uint8)
    photo[..., 0] = 255
    photo[y : y + side, x : x + side] = (0, 0, 255)
    return photo


@pytest.mark.parametrize(("height", "width"), [("height", "width"), (128, 128)])
def test_blue_is_found_where_it_is(tmp_path: Path, height: int | str, width: int | str) -> None:
    # The photo is twice as large as it is looked at, and no multiple of 32: a colour read in the wrong order,
    # a forgotten scale or a row taken for a column would each put the box elsewhere.
    find = YuNet(write_network(tmp_path / "y.onnx", height, width), 1, MAX_SIDE_PX)
    found = find(blue_spot(200, 256, x=160, y=64, side=32))
    boxes = np.array([each.box for each in found])
    # Seen at half the size, the square is one place of the grid of 16 pixels and four of that of 8.
    assert len(found) == 5
    assert [each.score for each in found] == pytest.approx([1.0] * 5, abs=0.05)
    assert any(np.allclose(box, (144, 48, 176, 80), atol=0.01) for box in boxes)
    np.testing.assert_allclose([boxes[:, ::2].min(), boxes[:, ::2].max()], [144, 184], atol=0.01)
    np.testing.assert_allclose([boxes[:, 1::2].min(), boxes[:, 1::2].max()], [48, 88], atol=0.01)


def test_nothing_blue_nothing_found(tmp_path: Path) -> None:
    find = YuNet(write_network(tmp_path / "y.onnx"), 1, MAX_SIDE_PX)
    assert find(np.full((50, 70, 3), (255, 255, 0), np.uint8)) == []


def test_a_place_says_where_its_box_lies() -> None:
    # The place in row 1, column 2 of a grid of 8 pixels: half a step right, a step up, 16 wide and 32 high.
    cls, obj, bbox = (np.zeros((12, count), np.float32) for count in (1, 1, 4))
    cls[6], obj[6], bbox[6] = 0.9, 0.9, (0.5, -1, np.log(2), np.log(4))
    boxes, scores = decode_boxes(cls, obj, bbox, stride_px=8, width_px=32)
    np.testing.assert_allclose(boxes, [[12, -16, 28, 16]], atol=1e-4)
    np.testing.assert_allclose(scores, [0.9], atol=1e-6)


def test_doubles_are_left_out_and_neighbours_kept() -> None:
    boxes = np.array([(0, 0, 10, 10), (1, 0, 11, 10), (6, 0, 16, 10), (40, 40, 50, 50)], np.float32)
    scores = np.array([0.7, 0.9, 0.8, 0.6], np.float32)
    # The second hides the first (9 of 11 shared); the third shares 5 of 15 with it, the fourth nothing.
    assert without_overlaps(boxes, scores) == [1, 3]
    boxes[2, :] += (2, 0, 2, 0)
    assert without_overlaps(boxes, scores) == [1, 2, 3]
    assert without_overlaps(boxes[:0], scores[:0]) == []


def test_the_environment_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEMBLANTE_DETECTOR", str(write_network(tmp_path / "y.onnx")))
    assert isinstance(default_detector(threads=1), YuNet)


def test_a_file_that_is_none_of_yunets_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "other.onnx"
    monkeypatch.setenv("SEMBLANTE_DETECTOR", str(path))
    with raises(InvalidOption, match=r"other\.onnx"):
        default_detector()
    path.write_bytes(b"no network")
    with raises(InvalidOption, match="no ONNX file"):
        default_detector()
    model = onnx.load(write_network(path))
    for output in [output for output in model.graph.output if output.name == "obj_16"]:
        model.graph.output.remove(output)
    onnx.save(model, path)
    with raises(InvalidOption, match="no output obj_16"):
        default_detector()
