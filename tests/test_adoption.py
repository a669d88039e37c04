"""An embedding network of others as a base: its description is tried, its bundle is used as one of ours."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Cli
from foreign_networks import SIDE_PX, described, disguised, projection, save
from onnx import helper
from test_train_cli import semblante

from semblante.celeba import PreparedSet
from semblante.errors import NotAnEmbeddingNetwork
from semblante.generate import write_person
from semblante.geometry import resize_to_square
from semblante.i18n import describe, speaking
from semblante.model.bundle import Bundle, load_pretrained, open_bundle
from semblante.model.face_model import FaceModel
from semblante.train.adoption import adopt
from semblante.train.description_check import check_description
from semblante.train.embedding_network import Description, open_described

RIGHT: dict[str, Any] = {"mean": 127.5, "scale": 127.5, "colors": "bgr"}
"""How `network` takes its pixels."""


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled model's embeddings, as others could have published them."""
    return disguised(tmp_path_factory.mktemp("others") / "network.onnx", load_pretrained(), **RIGHT)


def refusal(path: Path, description: Description, data: PreparedSet | None = None) -> tuple[str, str]:
    """The code with which a description is refused, and the field that it doubts."""
    try:
        check_description(path, open_described(path, description), description, data)
    except NotAnEmbeddingNetwork as error:
        return error.code, str(error.params.get("field", ""))
    return "", ""


def smaller(factor: float) -> dict[str, Any]:
    """The right landmarks, nearer to the middle."""
    middle = SIDE_PX / 2
    places = np.array(described(SIDE_PX).landmarks)
    return {"landmarks": ((places - middle) * factor + middle).tolist()}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({}, None),
        ({"colors": "rgb"}, "colors"),
        ({"mean": 0.0, "scale": 1.0}, "scale"),
        (smaller(0.35), "landmarks"),
    ],
    ids=["right", "colours", "range", "template"],
)
def test_a_description_that_does_not_fit_is_noticed(
    wrong: dict[str, Any], field: str | None, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # This network cares less about colours than about where a face lies: it takes more people to show it.
    monkeypatch.setattr("semblante.train.description_check.DRAWN_PEOPLE", 64)
    code, doubted = refusal(network, described(SIDE_PX, **{**RIGHT, **wrong}))
    if field is None:
        assert code == ""
    else:
        assert code == "description_tells_nobody" or (code, doubted) == ("description_contradicted", field)


@pytest.mark.slow
def test_a_weak_network_is_not_called_wrongly_described(bundle: Bundle, tmp_path: Path) -> None:
    """One that has hardly learnt anything, and one that has learnt nothing."""
    weak = disguised(tmp_path / "weak.onnx", bundle)
    assert refusal(weak, described(SIDE_PX))[0] != "description_contradicted"
    nodes = [
        helper.make_node("Flatten", ["taken"], ["flat"]),
        helper.make_node("MatMul", ["flat", "map"], ["given"]),
    ]
    for side_px in (16, 24):
        path = save(
            tmp_path / "a.onnx", nodes, {"map": projection(3 * side_px**2, 64)}, ["n", 3, side_px, side_px]
        )
        assert refusal(path, described(side_px))[0] != "description_contradicted"


@pytest.mark.slow
def test_a_network_that_tells_nobody_is_refused(tmp_path: Path) -> None:
    """It sees one corner of the picture, where no face is."""
    nodes = [
        helper.make_node("Slice", ["taken", "start", "end", "axes"], ["corner"]),
        helper.make_node("Flatten", ["corner"], ["flat"]),
        helper.make_node("MatMul", ["flat", "map"], ["given"]),
    ]
    constants = {
        "start": np.array([14, 7]),
        "end": np.array([16, 9]),
        "axes": np.array([2, 3]),
        "map": projection(12),
    }
    path = save(tmp_path / "a.onnx", nodes, constants, ["n", 3, 16, 16])
    assert refusal(path, described(16))[0] == "description_tells_nobody"


def test_the_bundle_holds_the_embeddings_of_one_and_the_attributes_of_the_other(
    network: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("semblante.train.adoption.check_description", lambda *_: None)
    description, pretrained = described(SIDE_PX, **RIGHT), load_pretrained()
    adopted = open_bundle(adopt(network, tmp_path / "adopted", description, pretrained).folder)
    assert (adopted.side_px, adopted.embedding_size) == (112, pretrained.embedding_size)
    assert adopted.background() is None and adopted.evaluation is None
    frames = np.random.default_rng(3).integers(0, 256, (3, 14, 14, 3), dtype=np.uint8)
    crops = np.stack([resize_to_square(frame, 112) for frame in frames])
    found = FaceModel(adopted)(crops)
    own = FaceModel(pretrained)(np.stack([resize_to_square(crop, pretrained.side_px) for crop in crops]))
    assert np.corrcoef(found.logits.ravel(), own.logits.ravel())[0, 1] > 0.99
    assert (found.embeddings * own.embeddings).sum(axis=1).min() > 0.9
    assert adopted.manifest["embedding_network"]["licence"] == "MIT"


@pytest.mark.slow
def test_an_adopted_base_is_used_like_one_of_ours(
    network: Path, bundle: Bundle, prepared: PreparedSet, tmp_path: Path, cli: Cli
) -> None:
    description = tmp_path / "description.json"
    description.write_text(described(SIDE_PX, **RIGHT).model_dump_json())
    out, options = tmp_path / "adopted", ["--data", prepared.folder, "--base", bundle.folder]
    said = cli("adopt", network, out, "--as", description, *options)
    assert said.code == 0, said.err
    assert said.out.startswith("Adopted tiny: embeddings of 128 numbers, ")
    assert "Its licence as stated: MIT. What it learnt from: its makers do not say." in said.out
    assert "Background embeddings: 14" in said.out
    assert "its crops of 32 pixels show less than this network can see" in said.err

    write_person(tmp_path / "photos" / "Ana", "ana", 8, 7, 10)
    write_person(tmp_path / "photos" / "Eva", "eva", 8, 8, 11)
    base = ["--base", out]
    library = ["--library", tmp_path / "index"]
    assert cli("scan", tmp_path / "photos", "--aligned", *base, *library).code == 0
    rate = ["--false-match-rate", 0.1]  # The background is of 14 people.
    learnt = cli("learn", "Ana", tmp_path / "photos" / "Ana", "--aligned", *rate, *base, *library)
    assert learnt.code == 0, learnt.err
    found = json.loads(cli("find", "Ana", "--json", *library).out)
    assert {Path(each["path"]).parent.name for each in found["matches"][:5]} == {"Ana"}
    recognised = cli("recognise", "Ana", tmp_path / "photos", "--aligned", "--json", *library)
    assert recognised.code == 0, recognised.err
    assert cli("people", *base, *library).code == 0
    assert cli("evaluate", out, prepared.folder, "--out", tmp_path / "report").code == 0
    card = cli("card", *base).out
    assert "Two networks in one file" in card and "tiny" in card and "MIT" in card


def test_a_missing_package_is_named_before_pytorch_is_loaded(network: Path, tmp_path: Path) -> None:
    done = semblante("adopt", network, tmp_path / "out", "--as", "arcface", absent=("onnx",))
    assert (done.returncode, done.stdout) == (2, "torch not loaded\n")
    assert "not installed: onnx; install them with: pip install '.[train]'" in done.stderr
    done = semblante("adopt", network, tmp_path / "out", "--as", "arcface", absent=("torch",))
    assert (done.returncode, done.stdout) == (2, "torch not loaded\n")
    assert "its input is n, 3, 109, 109" in done.stderr


def test_a_folder_with_other_files_stays_as_it_is(network: Path, tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "mine.txt").touch()
    said = cli("adopt", network, tmp_path, "--as", "arcface")
    assert said.code == 2 and "not an empty folder" in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_refusal_is_said_in_spanish() -> None:
    params = {"path": Path("a.onnx"), "field": "colors", "described": 0.915, "otherwise": 0.925}
    with speaking("es"):
        assert "con otro valor de colors" in describe(
            NotAnEmbeddingNetwork("description_contradicted", **params)
        )
