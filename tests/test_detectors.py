"""The default detector: the file that comes along runs, and YuNet's outputs become boxes.

Made-up files of YuNet's form say where a box lies; drawn faces, that the true one finds faces.
"""

import json
import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from onnx import TensorProto, helper
from onnx.numpy_helper import to_array
from sentences import raises
from test_faces import photo_of

from semblante.errors import InvalidOption, NotABundle
from semblante.faces import default_detector, detectors, name_of
from semblante.faces.weights import FOLDER
from semblante.faces.yunet import (
    COARSE_SIDE_PX,
    FILE_NAME,
    MANIFEST_NAME,
    MAX_SIDE_PX,
    STRIDES_PX,
    YuNet,
    decode_boxes,
    runnable,
    without_overlaps,
)
from semblante.onnx_runtime import open_session
from semblante.types import Detection, Pixels

SMALL_PX = 128


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
    find = YuNet(write_network(tmp_path / "y.onnx", height, width), 1, SMALL_PX)
    found = find(blue_spot(200, 256, x=160, y=64, side=32))
    boxes = np.array([each.box for each in found])
    # Seen at half the size, the square is one place of the grid of 16 pixels and four of that of 8.
    assert len(found) == 5
    assert [each.score for each in found] == pytest.approx([1.0] * 5, abs=0.05)
    assert any(np.allclose(box, (144, 48, 176, 80), atol=0.01) for box in boxes)
    np.testing.assert_allclose([boxes[:, ::2].min(), boxes[:, ::2].max()], [144, 184], atol=0.01)
    np.testing.assert_allclose([boxes[:, 1::2].min(), boxes[:, 1::2].max()], [48, 88], atol=0.01)


def test_nothing_blue_nothing_found(tmp_path: Path) -> None:
    find = YuNet(write_network(tmp_path / "y.onnx"), 1, SMALL_PX)
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
    path = write_network(tmp_path / "y.onnx")
    monkeypatch.setenv("SEMBLANTE_DETECTOR", str(path))
    assert name_of(default_detector(threads=1)) == str(path)


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


@pytest.fixture(scope="module")
def detect() -> YuNet:
    detector = default_detector(threads=1)
    assert isinstance(detector, YuNet)
    return detector


class TestTheFileThatComesAlong:
    def test_it_is_the_published_one(self, detect: YuNet) -> None:
        manifest = json.loads((FOLDER / MANIFEST_NAME).read_text())
        assert manifest["file"] == FILE_NAME and detect.name == manifest["name"]
        # What the OpenCV Zoo has under this name.
        assert manifest["sha256"] == "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10"
        assert "Shiqi Yu" in (FOLDER / manifest["licence"]["file"]).read_text()

    def test_a_changed_file_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        shutil.copy(FOLDER / MANIFEST_NAME, tmp_path)
        (tmp_path / FILE_NAME).write_bytes((FOLDER / FILE_NAME).read_bytes() + b"0")
        monkeypatch.setattr(detectors, "FOLDER", tmp_path)
        with raises(NotABundle, match="changed since it was written"):
            default_detector()

    def test_its_weights_are_unpacked_as_they_were_packed(self) -> None:
        """A network with the weights that ONNX's rules give answers the same."""
        content = (FOLDER / FILE_NAME).read_bytes()
        free = runnable(content)
        assert len(free) == len(content) != 0 and free != content
        photo = np.random.default_rng(0).uniform(0, 255, (1, 3, 640, 640)).astype(np.float32)
        names = [f"{kind}_{stride}" for kind in ("cls", "obj", "bbox") for stride in STRIDES_PX]
        reference = open_session(unpacked(onnx.load_from_string(content)).SerializeToString(), 1)
        for expected, found in zip(
            reference.run(names, {"input": photo}),
            open_session(free, 1, unpacks_weights=True).run(names, {"input": photo}),
            strict=True,
        ):
            np.testing.assert_allclose(found, expected, atol=1e-4)

    @pytest.mark.parametrize("share", [0.08, 0.25, 0.6, 0.9])
    def test_small_and_large_faces_are_found_once_in_their_place(self, detect: YuNet, share: float) -> None:
        """Faces from a twelfth of the photo to nearly all of it: the frame's face is some 100 pixels."""
        side_px = 1000
        for person in range(3):
            photo, truth = photo_of(person, scale=share * side_px / 100, side_px=side_px)
            (found,) = detect(photo)
            x0, y0, x1, y1 = found.box
            middle = truth.inverse()(np.array([(x0 + x1) / 2, (y0 + y1) / 2]))
            np.testing.assert_allclose(middle, (89, 126), atol=16)
            assert (x1 - x0) * (y1 - y0) == pytest.approx((99 * truth.scale) ** 2, rel=0.4)

    @pytest.mark.parametrize("size", [(1, 1), (1, 900), (33, 20), (2500, 40), (640, 480), (641, 481)])
    def test_photos_of_any_size_are_searched(self, detect: YuNet, size: tuple[int, int]) -> None:
        assert detect(np.full((*size, 3), 128, np.uint8)) == []

    def test_a_face_at_the_edge_of_an_odd_size_has_its_box_there(self, detect: YuNet) -> None:
        photo, _ = photo_of(0)
        (whole,) = detect(photo)
        cut = np.ascontiguousarray(photo[37:, 51:])
        (found,) = detect(cut)
        moved = np.array(whole.box) - (51, 37, 51, 37)
        np.testing.assert_allclose(found.box, moved, atol=6)

    def test_threads_share_it(self, detect: YuNet) -> None:
        photos = [photo_of(person)[0] for person in range(3)]
        expected = [detect(photo) for photo in photos]
        found: dict[int, list[Detection]] = {}

        def look(number: int) -> None:
            found[number] = detect(photos[number % 3])

        threads = [threading.Thread(target=look, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [found[number] for number in range(6)] == expected * 2


def unpacked(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same network with floats in place of weights in 8 bits, by the rules of ONNX."""
    held = {each.name: to_array(each) for each in model.graph.initializer}
    floats: dict[str, npt.NDArray[Any]] = {}
    nodes = []
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear":
            packed, scale, zero = (held[name].astype(np.float32) for name in node.input)
            floats[node.output[0]] = (packed - zero) * scale
        elif node.op_type == "Reshape" and node.input[0] in floats:
            floats[node.output[0]] = floats[node.input[0]].reshape(held[node.input[1]])
        else:
            nodes.append(node)
    used = {name for node in nodes for name in node.input}
    kept = {name: value for name, value in {**held, **floats}.items() if name in used}
    initializers = [onnx.numpy_helper.from_array(value, name) for name, value in kept.items()]
    graph = helper.make_graph(nodes, "yunet", list(model.graph.input), list(model.graph.output), initializers)
    return helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)


class OneBox(YuNet):
    """Reports one box of this part of the photo, from its corner on; in the finer search only if so told."""

    def __init__(self, part: float, fine: bool) -> None:
        self._part, self._fine, self._max_side_px = part, fine, MAX_SIDE_PX
        self.searched: list[int] = []

    def _search(self, pixels: Pixels) -> tuple[np.ndarray, np.ndarray]:
        height, width = pixels.shape[:2]
        self.searched.append(max(height, width))
        box = np.array([[0, 0, self._part * width, self._part * height]], np.float32)
        count = int(self._fine or self.searched[-1] <= COARSE_SIDE_PX)
        return box[:count], np.full(count, 0.7, np.float32)


@pytest.mark.parametrize(
    ("height", "width", "part", "fine", "searches", "count"),
    [
        pytest.param(COARSE_SIDE_PX, 200, 0.8, True, 1, 1, id="a small photo is searched once"),
        pytest.param(1280, 960, 0.8, True, 2, 1, id="a large face found twice is one"),
        pytest.param(960, 1280, 0.8, False, 2, 1, id="a large face is found in the coarser photo"),
        pytest.param(960, 1280, 0.2, False, 2, 0, id="what is small there is dropped"),
        pytest.param(960, 1280, 0.2, True, 2, 1, id="a small face is found in the finer photo"),
    ],
)
def test_large_faces_are_searched_for_in_a_coarser_photo_too(
    height: int, width: int, part: float, fine: bool, searches: int, count: int
) -> None:
    detect = OneBox(part, fine)
    found = detect(np.zeros((height, width, 3), np.uint8))
    assert detect.searched == [min(MAX_SIDE_PX, max(height, width)), COARSE_SIDE_PX][:searches]
    assert len(found) == count
    for each in found:
        np.testing.assert_allclose(each.box, (0, 0, part * width, part * height), atol=2)
