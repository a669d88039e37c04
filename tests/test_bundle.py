"""A trained network on disk and at work: whole and unchanged, or refused by name."""

import hashlib
import json
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from conftest import copy_bundle
from onnx import TensorProto, helper
from sentences import raises

from semblante.celeba import PreparedSet
from semblante.errors import FileAccessError, NotABundle
from semblante.geometry import FRAME_HEIGHT_PX, FRAME_WIDTH_PX
from semblante.labels import ATTRIBUTES
from semblante.metrics.results import Evaluation
from semblante.model.bundle import (
    BACKGROUND_NAME,
    MANIFEST_NAME,
    NETWORK_NAME,
    PRETRAINED,
    Bundle,
    has_pretrained,
    load_pretrained,
    open_bundle,
    write_bundle,
)
from semblante.model.face_model import BATCH, FaceModel
from semblante.model.manifest import Geometry, problem_of

Change = Callable[[dict[str, Any]], Any]
Port = tuple[str, int, list[Any]]
"""An input or output of a network: name, type, shape."""


@pytest.fixture
def copy(bundle: Bundle, tmp_path: Path) -> Path:
    """A copy of the bundle that a test may change."""
    return copy_bundle(bundle, tmp_path / "copy")


def _set(field: str, value: Any) -> Change:
    """Change a field such as `weights.sha256` of a manifest; `...` removes it."""

    def change(manifest: dict[str, Any]) -> None:
        *groups, last = field.split(".")
        for group in groups:
            manifest = manifest[group]
        if value is ...:
            manifest.pop(last, None)
        else:
            manifest[last] = value

    return change


def _change(folder: Path, change: Change) -> None:
    path = folder / MANIFEST_NAME
    manifest = json.loads(path.read_text(encoding="utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")


def test_a_whole_bundle_opens(bundle: Bundle, copy: Path) -> None:
    opened = open_bundle(copy)
    assert opened.manifest == bundle.manifest
    assert (opened.side_px, opened.network_path) == (32, copy / NETWORK_NAME)
    assert [row.epoch for row in opened.history] == [1, 2]


@pytest.mark.parametrize("place", ["start", "middle", "end", "appended"])
def test_a_changed_byte_in_the_network(place: str, copy: Path) -> None:
    content = bytearray((copy / NETWORK_NAME).read_bytes())
    if place == "appended":
        content.append(0)
    else:
        content[{"start": 0, "middle": len(content) // 2, "end": -1}[place]] ^= 1
    (copy / NETWORK_NAME).write_bytes(content)
    with raises(
        NotABundle, match=rf"{NETWORK_NAME}: the network was changed since it was written .*weights\.sha256"
    ):
        open_bundle(copy)


@pytest.mark.parametrize("name", [NETWORK_NAME, MANIFEST_NAME])
def test_a_missing_file(name: str, copy: Path) -> None:
    (copy / name).unlink()
    with raises(NotABundle, match=f"copy: no trained network here .*{name}.*semblante train"):
        open_bundle(copy)


def test_no_folder_at_all(tmp_path: Path) -> None:
    with raises(NotABundle, match="none: no trained network here"):
        open_bundle(tmp_path / "none")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b'{"format": "semblante', "cut short"),
        (b"\xff\xfe\x00", "not text"),
        (b"[" * 100_000, "nested deeper than any parser goes"),
        (b"1" * 10_000, "a number longer than Python reads"),
    ],
)
def test_a_manifest_that_is_not_json(content: bytes, reason: str, copy: Path) -> None:
    (copy / MANIFEST_NAME).write_bytes(content)
    with raises(NotABundle, match=rf"{MANIFEST_NAME}: the manifest does not fit \(it is not JSON"):
        open_bundle(copy)


@pytest.mark.parametrize("content", ["[]", "null", '"text"', "{}", "7"])
def test_a_manifest_that_is_other_json(content: str, copy: Path) -> None:
    (copy / MANIFEST_NAME).write_text(content)
    with raises(NotABundle, match=rf"{MANIFEST_NAME}: .*the field format is missing"):
        open_bundle(copy)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("format", "semblante bundle 2", "of another version"),
        ("attributes", ..., "no attributes"),
        ("attributes", "Smiling", "text, no list"),
        ("attributes", [*ATTRIBUTES[1:], 7], "a number among them"),
        ("geometry", ..., "a group is missing"),
        ("geometry.side_px", 0, "no pixels"),
        ("geometry.side_px", "32", "text"),
        ("geometry.side_px", 1e400, "endless"),
        ("weights.embedding_size", -1, "fewer than none"),
        ("weights.embedding_size", True, "a truth, not a count"),
        ("weights.sha256", "abc", "too short"),
        ("weights.sha256", None, "nothing"),
        ("training.positive_rates", [0.5] * 39, "one too few"),
        ("training.positive_rates", [2.0] * 40, "no rates"),
        ("training.best_epoch", ..., "missing"),
        ("metrics.val.accuracy", float("nan"), "not a number"),
        ("licence.terms", ..., "under unknown terms"),
        ("licence.text", 3, "no text"),
        ("history", [{"epoch": 1}], "a row without its cells"),
        ("history", "1,2,3", "no rows"),
        ("background", [], "no group"),
        ("background", {"file": "../x", "sha256": "0" * 64, "count": 5}, "a file elsewhere"),
        ("background", {"file": BACKGROUND_NAME, "count": 5}, "no hash"),
        ("background", {"file": BACKGROUND_NAME, "sha256": "0" * 64, "count": 0}, "nobody"),
        ("history", {"1": 2}, "no list"),
    ],
)
def test_a_field_that_does_not_fit(field: str, value: Any, reason: str, copy: Path) -> None:
    _change(copy, _set(field, value))
    named = field if field != "geometry" else "geometry.side_px"
    with raises(NotABundle, match=rf"{MANIFEST_NAME}: .*the field {named} is missing or does not fit"):
        open_bundle(copy)


def test_another_hash_in_the_manifest(copy: Path) -> None:
    _change(copy, _set("weights.sha256", "0" * 64))
    with raises(NotABundle, match=r"its SHA-256 is not the manifest's field weights\.sha256"):
        open_bundle(copy)


@pytest.mark.parametrize(
    ("names", "problem", "reason"),
    [
        (ATTRIBUTES[::-1], "names 40; number 1 is Young and should be 5_o_Clock_Shadow", "turned round"),
        (ATTRIBUTES[:-1], "names 39; number 40 is — and should be Young", "one too few"),
        ([*ATTRIBUTES, "Freckles"], "names 41; number 41 is Freckles and should be —", "one too many"),
        (
            [*ATTRIBUTES[:31], "Grin", *ATTRIBUTES[32:]],
            "names 40; number 32 is Grin and should be Smiling",
            "renamed",
        ),
        ([], "names 0; number 1 is — and should be 5_o_Clock_Shadow", "none"),
    ],
)
def test_other_attributes(names: list[str], problem: str, reason: str, copy: Path) -> None:
    _change(copy, _set("attributes", list(names)))
    with raises(NotABundle, match=f"{MANIFEST_NAME}: .*the field attributes {problem}"):
        open_bundle(copy)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("recipe.name", 7, "no text"),
        ("data.train_images", "53219", "a number as text"),
        ("data.train_people", 0, "nobody, where null would say unknown"),
        ("training.minutes", -1, "less than no time"),
        ("training.minutes", float("inf"), "for ever"),
        ("training.epochs", 1.5, "half an epoch"),
        ("training.device", ["cuda"], "a list"),
        ("weights.bytes", True, "a truth"),
        ("weights.opset", "20", "text"),
        ("weights.file", "other.onnx", "a file that is not there"),
        ("geometry.frame", [10, 10], "another frame"),
        ("geometry.frame", "178x218", "text"),
    ],
)
def test_a_field_that_may_be_missing_but_not_wrong(field: str, value: Any, reason: str, copy: Path) -> None:
    _change(copy, _set(field, ...))
    assert open_bundle(copy).side_px == 32
    _change(copy, _set(field, value))
    with raises(NotABundle, match=rf"{MANIFEST_NAME}: .*the field {field} does not fit"):
        open_bundle(copy)


def test_the_evaluation_in_the_manifest_is_the_one_that_was_written(
    evaluation: Evaluation, copy: Path
) -> None:
    _change(copy, _set("metrics.val.evaluation", ...))
    assert open_bundle(copy).evaluation is None, "an older bundle has none"
    _change(copy, _set("metrics.val.evaluation", evaluation.as_json()))
    kept = open_bundle(copy).evaluation
    assert kept is not None and kept.as_json() == evaluation.as_json()
    assert kept.attributes[3].accuracy == evaluation.attributes[3].accuracy


def test_an_evaluation_from_before_pairs_were_compared(evaluation: Evaluation, copy: Path) -> None:
    _change(copy, _set("metrics.val.evaluation", evaluation.as_json()))
    for field in ("verification", "groups"):
        _change(copy, _set(f"metrics.val.evaluation.{field}", ...))
    kept = open_bundle(copy).evaluation
    assert kept is not None and (kept.verification, kept.groups) == (None, ())


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("images", "20", "a number as text"),
        ("split", "all", "no split"),
        ("resampled", ..., "missing"),
        ("mean_accuracy", 0.9, "a number without its interval"),
        ("mean_accuracy.low", ..., "an interval without its end"),
        ("reliability.expected_calibration_error", "small", "a word"),
        ("reliability.counts", 7, "no list"),
        ("people", True, "a truth, not a count"),
        ("verification", [], "a list, no group"),
        ("groups", {}, "a group, no list"),
    ],
)
def test_an_evaluation_that_does_not_fit(
    field: str, value: Any, reason: str, evaluation: Evaluation, copy: Path
) -> None:
    place = f"metrics.val.evaluation.{field}"
    _change(copy, _set("metrics.val.evaluation", evaluation.as_json()))
    _change(copy, _set(place, value))
    with raises(NotABundle, match=rf"{MANIFEST_NAME}: .*the field {place} does not fit"):
        open_bundle(copy)


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        ("attributes.0.name", "Nonsense", "no attribute"),
        ("attributes.3.name", "Smiling", "an attribute in another's place"),
        ("groups.0.attribute", "Nonsense", "a group by no attribute"),
        ("groups.1.left_out", ["Bald", "Nonsense"], "an attribute left out that there is not"),
    ],
)
def test_an_evaluation_of_other_attributes(
    place: str, value: Any, reason: str, evaluation: Evaluation, copy: Path
) -> None:
    kept = evaluation.as_json()
    rows, number, field = place.split(".")
    kept[rows][int(number)][field] = value
    _change(copy, _set("metrics.val.evaluation", kept))
    with raises(NotABundle, match=rf"{MANIFEST_NAME}: .*the field metrics\.val\.evaluation\.{place}"):
        open_bundle(copy)


@pytest.mark.parametrize("count", [0, 5, 39])
def test_an_evaluation_that_lacks_attributes(count: int, evaluation: Evaluation, copy: Path) -> None:
    kept = evaluation.as_json()
    _change(copy, _set("metrics.val.evaluation", {**kept, "attributes": kept["attributes"][:count]}))
    with raises(NotABundle, match=rf"{MANIFEST_NAME}: .*metrics\.val\.evaluation\.attributes does not fit"):
        open_bundle(copy)


def test_an_evaluation_of_an_attribute_too_many(evaluation: Evaluation, copy: Path) -> None:
    kept = evaluation.as_json()
    _change(copy, _set("metrics.val.evaluation", {**kept, "attributes": kept["attributes"] * 2}))
    with raises(NotABundle, match=r"metrics\.val\.evaluation\.attributes\.40\.name does not fit"):
        open_bundle(copy)


def test_the_frame_is_the_one_that_faces_are_placed_in() -> None:
    frame = [FRAME_WIDTH_PX, FRAME_HEIGHT_PX]
    assert Geometry.model_validate({"side_px": 96, "frame": frame}).frame == tuple(frame)


def test_the_manifest_in_the_package_fits() -> None:
    """Opening it does not check its fields."""
    assert not has_pretrained() or problem_of((PRETRAINED / MANIFEST_NAME).read_bytes()) is None


@pytest.mark.parametrize("name", [NETWORK_NAME, MANIFEST_NAME])
def test_a_folder_in_the_place_of_a_file(name: str, copy: Path) -> None:
    (copy / name).unlink()
    (copy / name).mkdir()
    with raises(FileAccessError, match=f"{name}: a folder, where a file is expected"):
        open_bundle(copy)


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("geometry.side_px", 48, r"crops is uint8 \[n, 32, 32, 3\] and should be uint8 \[n, 48, 48, 3\]"),
        ("weights.embedding_size", 7, r"embeddings is float \[n, \d+\] and should be float \[n, 7\]"),
    ],
)
def test_a_manifest_of_another_network(field: str, value: int, problem: str, copy: Path) -> None:
    _change(copy, _set(field, value))
    said = rf"{NETWORK_NAME}: .* does not fit its manifest \({problem}, as the field {field} says\)"
    with raises(NotABundle, match=said):
        FaceModel(open_bundle(copy))


def _network(crops: Port, outputs: Sequence[Port]) -> bytes:
    """A network that does no work, with the input and the outputs given as name, type and shape."""
    nodes = [helper.make_node("Shape", [crops[0]], ["n"], start=0, end=1)]
    for name, kind, shape in outputs:
        lengths = helper.make_tensor(f"{name}.lengths", TensorProto.INT64, [len(shape) - 1], shape[1:])
        zero = helper.make_tensor(f"{name}.zero", kind, [], [0])
        nodes += [
            helper.make_node("Constant", [], [f"{name}.lengths"], value=lengths),
            helper.make_node("Constant", [], [f"{name}.zero"], value=zero),
            helper.make_node("Concat", ["n", f"{name}.lengths"], [f"{name}.shape"], axis=0),
            helper.make_node("Expand", [f"{name}.zero", f"{name}.shape"], [name]),
        ]
    ports = [helper.make_tensor_value_info(*port) for port in (crops, *outputs)]
    graph = helper.make_graph(nodes, "idle", ports[:1], ports[1:])
    # A format that even the oldest ONNX Runtime we allow can read.
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=8)
    content: bytes = model.SerializeToString()
    return content


BYTES, NUMBERS, DOUBLES = TensorProto.UINT8, TensorProto.FLOAT, TensorProto.DOUBLE
CROPS: Port = ("crops", BYTES, ["n", 32, 32, 3])
LOGITS, FEATURES = ("logits", NUMBERS, ["n", 40]), ("embeddings", NUMBERS, ["n", 256])


@pytest.mark.parametrize(
    ("crops", "outputs", "problem", "reason"),
    [
        (("image", *CROPS[1:]), [LOGITS, FEATURES], "its inputs are image and should be crops", "name"),
        (("crops", NUMBERS, CROPS[2]), [LOGITS, FEATURES], r"crops is float \[n, 32, 32, 3\]", "no bytes"),
        (("crops", BYTES, ["n", 3, 32, 32]), [LOGITS, FEATURES], r"crops is uint8 \[n, 3, 32, 32\]", "order"),
        (
            ("crops", BYTES, [1, 32, 32, 3]),
            [LOGITS, FEATURES],
            r"crops is uint8 \[1, 32, 32, 3\]",
            "only one",
        ),
        (CROPS, [LOGITS], "outputs are logits and should be embeddings, logits", "one output"),
        (
            CROPS,
            [LOGITS, FEATURES, ("more", NUMBERS, ["n"])],
            "outputs are embeddings, logits, more",
            "three",
        ),
        (
            CROPS,
            [("answers", *LOGITS[1:]), FEATURES],
            "outputs are answers, embeddings and should be",
            "name",
        ),
        (CROPS, [("logits", NUMBERS, ["n", 39]), FEATURES], r"logits is float \[n, 39\]", "39 attributes"),
        (CROPS, [("logits", DOUBLES, ["n", 40]), FEATURES], r"logits is double \[n, 40\]", "type"),
        (CROPS, [LOGITS, ("embeddings", NUMBERS, ["n"])], r"embeddings is float \[n\] and should be", "flat"),
    ],
)
def test_a_network_with_another_signature(
    crops: Port, outputs: Sequence[Port], problem: str, reason: str, bundle: Bundle, tmp_path: Path
) -> None:
    manifest = {**bundle.manifest, "weights": {**bundle.manifest["weights"], "embedding_size": 256}}
    unfit = write_bundle(tmp_path, _network(crops, outputs), manifest)
    with raises(NotABundle, match=rf"{NETWORK_NAME}: .* does not fit its manifest .*{problem}"):
        FaceModel(unfit)


def _future_opset(model: onnx.ModelProto) -> None:
    model.opset_import[0].version = 9999


def _future_format(model: onnx.ModelProto) -> None:
    model.ir_version = 99


@pytest.mark.parametrize(("change", "version"), [(_future_opset, "opset 9999"), (_future_format, "IR 99")])
def test_a_network_from_the_future(
    change: Callable[[onnx.ModelProto], None], version: str, bundle: Bundle, tmp_path: Path
) -> None:
    model = onnx.load(bundle.network_path)
    change(model)
    with raises(NotABundle, match=rf"{NETWORK_NAME}: .*newer ONNX \({version}\) .*read \(\d+\); .*pip"):
        FaceModel(write_bundle(tmp_path, model.SerializeToString(), bundle.manifest))


@pytest.fixture
def accompanied(bundle: Bundle, tmp_path: Path) -> Path:
    """A bundle that holds seven strangers."""
    embeddings = np.random.default_rng(0).normal(size=(7, bundle.embedding_size))
    unit = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    network = bundle.network_path.read_bytes()
    return write_bundle(tmp_path / "with", network, bundle.manifest, unit.astype(np.float16)).folder


def test_strangers_come_back(accompanied: Path, bundle: Bundle) -> None:
    kept = np.load(accompanied / BACKGROUND_NAME)
    opened = open_bundle(accompanied)
    background = opened.background()
    assert background is not None and background.dtype == np.float32
    np.testing.assert_allclose(background, kept, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(background, axis=1), 1, atol=1e-6)
    listed = opened.manifest["background"]
    assert (listed["file"], listed["count"]) == (BACKGROUND_NAME, 7)


def test_strangers_that_are_replaced_once_the_bundle_is_open_are_not_taken(accompanied: Path) -> None:
    opened = open_bundle(accompanied)
    kept = np.load(accompanied / BACKGROUND_NAME)
    np.save(accompanied / BACKGROUND_NAME, kept[::-1])
    with raises(NotABundle, match=rf"{BACKGROUND_NAME}: .*background\.sha256"):
        opened.background()


def test_a_bundle_without_strangers_has_none(accompanied: Path, bundle: Bundle) -> None:
    """Written over one that has some, too: neither the manifest nor the folder keeps them."""
    whole = open_bundle(accompanied)
    again = write_bundle(accompanied, bundle.network_path.read_bytes(), whole.manifest)
    assert again.background() is None and open_bundle(accompanied).background() is None
    assert not (accompanied / BACKGROUND_NAME).exists()


def test_strangers_that_were_changed_are_found_when_opened(accompanied: Path) -> None:
    content = bytearray((accompanied / BACKGROUND_NAME).read_bytes())
    content[-1] ^= 1
    (accompanied / BACKGROUND_NAME).write_bytes(content)
    with raises(NotABundle, match=rf"{BACKGROUND_NAME}: .*background\.sha256"):
        open_bundle(accompanied)
    (accompanied / BACKGROUND_NAME).unlink()
    with raises(NotABundle, match=rf"{BACKGROUND_NAME}: it is missing.*background\.sha256"):
        open_bundle(accompanied)


@pytest.mark.parametrize(
    ("width", "value", "field", "reason"),
    [
        (3, 0.5, "background.count", "of another length"),
        (None, 0.0, "background.file", "of no direction"),
        (None, np.nan, "background.file", "not numbers"),
    ],
)
def test_strangers_of_another_network(
    width: int | None, value: float, field: str, reason: str, bundle: Bundle, tmp_path: Path
) -> None:
    background = np.full((7, width or bundle.embedding_size), value, np.float16)
    written = write_bundle(tmp_path, bundle.network_path.read_bytes(), bundle.manifest, background)
    with raises(NotABundle, match=field):
        written.background()


@pytest.mark.parametrize("content", [b"", b"no array", pickle.dumps([1, 2])], ids=["empty", "text", "pickle"])
def test_strangers_that_are_no_array(content: bytes, accompanied: Path) -> None:
    """The hash fits, since whoever wrote the manifest wrote the file; it is still never unpickled."""
    (accompanied / BACKGROUND_NAME).write_bytes(content)
    _change(accompanied, _set("background.sha256", hashlib.sha256(content).hexdigest()))
    opened = open_bundle(accompanied)
    with raises(NotABundle, match=r"background\.file"):
        opened.background()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (lambda whole: b"not ONNX", "text"),
        (lambda whole: b"", "empty"),
        (lambda whole: whole[: len(whole) // 2], "cut short"),
        (lambda whole: whole[:40], "cut shorter"),
    ],
)
def test_bytes_that_are_no_network(
    content: Callable[[bytes], bytes], reason: str, bundle: Bundle, tmp_path: Path
) -> None:
    written = write_bundle(tmp_path, content(bundle.network_path.read_bytes()), bundle.manifest)
    with raises(NotABundle, match=rf"{NETWORK_NAME}: ONNX Runtime cannot run this network \(.+\); train"):
        FaceModel(written)


def test_the_shipped_bundle(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("semblante.model.bundle.PRETRAINED", copy)
    assert has_pretrained()
    assert load_pretrained().folder == copy


def test_a_package_without_a_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("semblante.model.bundle.PRETRAINED", tmp_path)
    assert not has_pretrained()
    with raises(NotABundle, match=r"came without a trained network; name one with --base, or .*train"):
        load_pretrained()


def test_a_bundle_is_never_written_by_halves(
    bundle: Bundle, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between its two files, the folder holds no bundle, not an old manifest with a new network."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("semblante.model.bundle.write_json", stop)
    with pytest.raises(KeyboardInterrupt):
        write_bundle(copy, b"another network", bundle.manifest)
    with raises(NotABundle, match="no trained network here"):
        open_bundle(copy)


def test_no_crops_give_no_scores(bundle: Bundle) -> None:
    scores = FaceModel(bundle)(np.zeros((0, 32, 32, 3), np.uint8))
    assert scores.logits.shape == (0, 40)
    assert scores.embeddings.shape == (0, bundle.embedding_size)


@pytest.mark.parametrize("size", [1, 7, BATCH, BATCH + 1, 120])
def test_scores_do_not_depend_on_the_batches(size: int, bundle: Bundle, prepared: PreparedSet) -> None:
    network = FaceModel(bundle, threads=1)
    crops = np.asarray(prepared.images[:])
    whole = network(crops)
    parts = [network(crops[start : start + size]) for start in range(0, len(crops), size)]
    np.testing.assert_allclose(np.concatenate([part.logits for part in parts]), whole.logits, atol=1e-4)
    np.testing.assert_allclose(
        np.concatenate([part.embeddings for part in parts]), whole.embeddings, atol=1e-5
    )


def test_scores_follow_their_crops(bundle: Bundle, prepared: PreparedSet) -> None:
    """Turning the order of the crops turns that of the scores alone; embeddings have length one."""
    network = FaceModel(bundle, threads=1)
    crops = np.asarray(prepared.images[:70])
    forwards, backwards = network(crops), network(crops[::-1])
    np.testing.assert_allclose(backwards.logits[::-1], forwards.logits, atol=1e-4)
    assert np.ptp(forwards.logits, axis=0).max() > 0.01, "all crops alike would prove nothing"
    np.testing.assert_allclose(np.linalg.norm(forwards.embeddings, axis=1), 1, atol=1e-5)


def test_several_threads_share_one_model(bundle: Bundle) -> None:
    model = FaceModel(bundle, threads=1, providers=("CPUExecutionProvider",))
    side_px = bundle.side_px
    rng = np.random.default_rng(0)
    crops = rng.integers(0, 256, (4 * BATCH + 5, side_px, side_px, 3), np.uint8)
    whole = model(crops)
    parts = np.array_split(crops, 7)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(model, parts))
    np.testing.assert_allclose(np.concatenate([each.logits for each in found]), whole.logits, atol=1e-4)
    np.testing.assert_allclose(
        np.concatenate([each.embeddings for each in found]), whole.embeddings, atol=1e-4
    )


def test_no_bundled_network_names_a_folder_of_whoever_made_it() -> None:
    for network in load_pretrained().folder.glob("*.onnx"):
        assert b'.py", line' not in network.read_bytes(), network.name
