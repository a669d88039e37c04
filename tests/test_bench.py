"""Every measurement that the documents name still runs, here on drawn faces and with small numbers."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from foreign_networks import SIDE_PX, described, disguised, linear
from PIL import Image
from test_faces import photo_of

from semblante.celeba import PreparedSet
from semblante.generate import write_person
from semblante.model.bundle import Bundle, load_pretrained

pytestmark = pytest.mark.slow

BENCH = Path(__file__).resolve().parents[1] / "bench"


def printed(script: str, *arguments: object) -> str:
    """What `bench/<script>.py` prints."""
    command = [sys.executable, str(BENCH / f"{script}.py"), *map(str, arguments)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def measured(script: str, *arguments: object) -> Any:
    """What it prints as JSON."""
    return json.loads(printed(script, *arguments))


def test_copies(prepared: PreparedSet, tmp_path: Path) -> None:
    write_person(tmp_path / "lfw" / "photos" / "Ana", "ana", 3, 7, 10)
    sheet = tmp_path / "sheet.png"
    found = measured(
        "copies", tmp_path / "lfw", "--least", 6, "--prepared", prepared.folder, "--sheet", sheet
    )
    assert found["copies"]["all kinds"] > 0.9 and found["copies"]["mirrored"]["copies"] >= 8
    assert found["different photos"]["pairs"] >= 28
    assert found["different images of the prepared set"]["pairs"] > 0 and sheet.exists()


@pytest.mark.parametrize("recipe", ["classic", "modern"])
def test_training(recipe: str) -> None:
    found = measured("training", recipe, "--side", 24, "--images", 1000, "--steps", 1)
    assert found["seconds_per_epoch"] == pytest.approx(1000 / found["images_per_s"], abs=0.06)


def test_ablations(prepared: PreparedSet) -> None:
    variants = ("modern", "no discriminant scaling", "a centre learnt for each person")
    table = printed("ablations", prepared.folder, *variants, "--people", 0.5, "--epochs", 1, "--side", 32)
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["variant"] for row in rows] == list(variants)
    assert rows[0]["accuracy"] == rows[1]["accuracy"], "stretching changes no attribute"
    assert 0 < int(rows[0]["train_images"]) < len(prepared.rows("train"))


def test_distillation(prepared: PreparedSet, tmp_path: Path) -> None:
    network = linear(tmp_path / "tiny.onnx")
    network.with_suffix(".json").write_text(described().model_dump_json())
    given = (prepared.folder, network, tmp_path / "work", "taught", "scaled, not mapped", "no blends")
    table = printed("distillation", *given, "--people", 0.5, "--epochs", 2, "--side", 32)
    whole, scaled, without = csv.DictReader(io.StringIO(table))
    assert whole["accuracy"] == scaled["accuracy"], "the map of the embeddings changes no attribute"
    assert (whole["epochs"], without["epochs"]) == ("2", "3")
    assert whole["train_images"] == without["train_images"]


def test_the_speedrun_stops_at_its_target(prepared: PreparedSet) -> None:
    found = measured("speedrun", prepared.folder, "--epochs", 3, "--target", 0.1)
    assert found["reached"]
    assert found["epochs"] == 1
    assert found["seconds"] > found["floor_s"]["arithmetic"]
    assert found["accuracy"] >= 0.1


def test_the_speedrun_says_that_a_target_was_missed(prepared: PreparedSet) -> None:
    found = measured("speedrun", prepared.folder, "--epochs", 1, "--target", 1.1)
    assert not found["reached"]


def test_teachers(prepared: PreparedSet, tmp_path: Path) -> None:
    network = disguised(tmp_path / "network.onnx", load_pretrained())
    (tmp_path / "network.json").write_text(described(SIDE_PX).model_dump_json())
    chosen = ("--images", 12, "--photos", 5, "--least", 6, "--people", 1)
    table = printed("teachers", prepared.folder, network, *chosen).splitlines()
    assert [line.split(" | ")[0] for line in table[2:]] == ["| bundled", "| tiny"]
    assert all(re.search(r" MB \| \d+\.\d ms \|$", line) for line in table[2:])


def test_people(prepared: PreparedSet, bundle: Bundle) -> None:
    # The training split, for its people are many enough that some are alike.
    chosen = ("--split", "train", "--photos", 5, "--least", 6, "--people", 1)
    (found,) = measured("people", prepared.folder, "--base", bundle.folder, *chosen)
    assert found["summary"]["people"] == len(found["each"]) == 1
    assert sum(found["summary"]["own"].values()) == pytest.approx(1, abs=1e-3)
    assert found["summary"]["contradictions"] == 0
    bins = found["summary"]["reliability"]["bins"]
    assert sum(each["own"] for each in bins) == 1


def test_groups(prepared: PreparedSet, bundle: Bundle) -> None:
    found = measured("groups", prepared.folder, "--base", bundle.folder, "--orders", 1)
    for each in found.values():
        assert 0 <= each["found_certain"] <= each["found"] <= each["people"] <= each["faces"]
    assert found["validation people once"]["people"] == 0 < found["validation people"]["people"]


def test_latency() -> None:
    found = measured("latency", "--rounds", 2)
    assert found["ratio"] == pytest.approx(found["network_ms"] / found["resnet-50_ms"], rel=0.02)
    assert found["ratio"] < 1, "the bundled model is far smaller than ResNet-50"


def test_the_index() -> None:
    found = measured("library", "find", "--faces", 3000)
    assert 0 < found["by_person_and_attributes_found"] <= found["by_person_found"] < found["faces"] == 3000
    grouped = measured("library", "people", "--faces", 200)
    assert 0 < grouped["people"] < grouped["faces"] == 200
    assert measured("library", "scan", "--photos", 40)["photos"] == 40


def test_reading() -> None:
    found = measured("reading", "--photos", 1)
    assert 0 < found["speed as a share of decoding alone"] < 1


def test_preparing(drawn: Path) -> None:
    found = measured("prepare", drawn, "--images", 20, "--rounds", 1, "--side", 24)
    (prepared_per_s,), (alone_per_s,) = (
        found[f"{what}_images_per_s"] for what in ("prepare", "decode_and_resize")
    )
    assert found["images"] == 20
    assert found["ratio"] == pytest.approx(prepared_per_s / alone_per_s, rel=0.05)


def test_placing_faces(drawn: Path, prepared: PreparedSet) -> None:
    found = measured("alignment", prepared.folder, drawn / "img_align_celeba", "--images", 4)
    assert found["celeba"]["images"] == 4


@pytest.fixture
def listed_photos(tmp_path: Path) -> Path:
    """Two photos of drawn people, with the list of their faces."""
    (tmp_path / "photos").mkdir()
    listed = {}
    for person in range(2):
        Image.fromarray(photo_of(person)[0]).save(tmp_path / "photos" / f"{person}.png")
        face = {"box_xywh": [150, 140, 100, 120], "points_xy": [[180, 180], [220, 180], [200, 220]]}
        listed[f"{person}.png"] = [face]
    (tmp_path / "faces-by-yunet.json").write_text(json.dumps(listed))
    return tmp_path


def test_detectors(listed_photos: Path) -> None:
    found = measured("detectors", listed_photos, "--turns", 1)
    assert found["photos"] == found["YuNet, 640 px"]["found"]["as it is"] == 2
    assert all(each["YuNet"] > 0 for each in found["milliseconds"].values())


def test_photos_that_lie_on_their_side(listed_photos: Path) -> None:
    found = measured("turned", listed_photos)
    for degrees in (90, 180, 270):
        counts = found[f"turned by {degrees} degrees"]
        assert counts["found as it is"] + counts["of these in the right place"] == found["photos"] == 2
    assert found["without a face"]["with a false face turned"] == 0


def test_broken_photos_are_told_from_whole_ones() -> None:
    found = measured("broken", "--photos", 40, "--share", 0.25)
    assert found["broken"] == found["named as broken"] == 10
    assert found["broken and not named"] == found["whole and named"] == 0


def test_families() -> None:
    found = measured("families", "--families", 1, "--photos", 2, "--tested", 1, "--strangers", 6)
    assert found["children"] == 2
    assert found["one neuron, nobody named"]["own yes"] > 0.5
    assert found["one neuron, others named"]["rival yes"] < found["one neuron, nobody named"]["rival yes"]
    assert found["cosine by years apart"]["0 to 1"] > found["cosine by years apart"]["15 to 25"]


def test_live() -> None:
    pytest.importorskip("uvicorn", reason="the service's packages are not installed")
    found = measured("live", "speed", "--frames", 14, "--people", 1)
    assert all(found[way]["frames_per_s"] > 0 for way in ("photos", "coached", "followed", "over loopback"))


def test_the_service_under_load() -> None:
    pytest.importorskip("uvicorn", reason="the service's packages are not installed")
    found = measured("service", "--clients", 4, "--seconds", 0.5, "--people", 1)
    (figures,) = found["loads"]
    assert figures["lost"] == figures["wrong"] == 0 < figures["answers"]
    assert sum(each["answers"] for each in figures["by_queue"]) == figures["answers"]


def test_a_service_that_is_killed() -> None:
    pytest.importorskip("uvicorn", reason="the service's packages are not installed")
    found = measured("service_kills", "--kills", 1, "--clients", 2)
    assert found["acknowledged, person"] > 0
    assert found["lost"] == found["lost at the end"] == found["doubled"] == found["not_asked_for"] == 0


def test_lists_of_a_large_library() -> None:
    pytest.importorskip("uvicorn", reason="the service's packages are not installed")
    found = measured("listing", "--faces", 1200, "--people", 2, "--rounds", 1)
    assert found["photos"]["total"] == found["faces"]["total"] == 1200
    for listing in ("photos", "faces"):
        filters = found[listing]["filters"]
        assert filters["none"]["total"] > filters["two attributes"]["total"] > 0
        assert filters["a folder"]["total"] == 200


def test_the_page_starts() -> None:
    pytest.importorskip("uvicorn", reason="the service's packages are not installed")
    found = measured("page", "startup", "--rounds", 1, "--warm")
    for command in ("serve, warm", "app, warm"):
        assert 0 < found[command]["first_answer_s"] <= found[command]["ready_s"]


@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")
def test_the_page_in_a_browser() -> None:
    pytest.importorskip("playwright", reason="playwright is not installed")
    found = measured("page", "grid", "--photos", 400, "--frames", 10)
    assert all(found[part]["p50_ms"] > 0 for part in ("beginning", "end", "end, flung"))
    found = measured("page", "camera", "--seconds", 1)
    assert found["frames_per_s"] > 0


def test_requests_answered_together() -> None:
    found = measured("batching", "--seconds", 0.5, "--clients", 4)
    (figures,) = found["loads"]
    assert all(figures[way]["answers_a_second"] > 0 for way in ("one by one", "batched"))
