"""Which network is worked on where none is named: the shipped one, or the one a person was learnt on."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Cli, copy_bundle
from sentences import raises

from semblante.errors import InvalidOption, ModelMismatch, NotABundle
from semblante.model.bundle import NETWORK_NAME, Bundle, write_bundle
from semblante.person import Person, open_person
from semblante.pipeline import FaceAnalyzer, TrainingPhotos, open_base
from semblante.pipeline.finding import listed


@pytest.fixture
def pretrained(bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small network as if it came with the package."""
    folder = copy_bundle(bundle, tmp_path / "package" / "pretrained")
    monkeypatch.setattr("semblante.model.bundle.PRETRAINED", folder)
    return folder


@pytest.fixture(scope="module")
def other(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """Another network, which gives the same answers; its hash is what counts."""
    import onnx

    model = onnx.load(bundle.network_path)
    model.producer_name = "another"
    return write_bundle(
        tmp_path_factory.mktemp("other") / "network", model.SerializeToString(), bundle.manifest
    )


@pytest.fixture(scope="module")
def sets(drawn: Path) -> TrainingPhotos:
    """Five photos of the first person drawn, and twenty of others."""
    photos = sorted((drawn / "img_align_celeba").iterdir())
    return TrainingPhotos(photos[:5], photos[6:26], is_sorted=True)


@pytest.fixture(scope="module")
def ana(sets: TrainingPhotos, bundle: Bundle) -> Person:
    """Learnt on the small network in its own folder."""
    return FaceAnalyzer(bundle).learn("Ana", sets, aligned=True)


def test_a_named_folder_wins(pretrained: Path, ana: Person, other: Bundle) -> None:
    assert open_base(other.folder).folder == other.folder
    assert open_base(other.folder, ana).network_sha256 == other.network_sha256


def test_without_a_folder_the_shipped_network_is_the_base(pretrained: Path) -> None:
    assert open_base().folder == pretrained


@pytest.mark.parametrize("folder", [None, Path("no longer there")])
def test_a_person_of_the_shipped_network_needs_no_folder(
    folder: Path | None, pretrained: Path, ana: Person
) -> None:
    assert open_base(person=replace(ana, base_folder=folder)).folder == pretrained


def test_a_person_of_another_network_finds_it(pretrained: Path, ana: Person, other: Bundle) -> None:
    theirs = replace(ana, base_sha256=other.network_sha256, base_folder=other.folder)
    assert open_base(person=theirs).folder == other.folder


@pytest.mark.parametrize(
    ("folder", "sentence"),
    [
        (None, "does not say where its base is; name it with --base"),
        (Path("gone"), "in gone, which is no lo"),
    ],
)
def test_a_base_that_cannot_be_found(
    folder: Path | None, sentence: str, pretrained: Path, ana: Person
) -> None:
    lost = replace(ana, base_sha256="0" * 64, base_folder=folder)
    with raises(InvalidOption, match=f"Ana.*{sentence}"):
        open_base(person=lost)


def test_a_package_with_a_newer_network_is_told_apart(
    pretrained: Path, ana: Person, sets: TrainingPhotos
) -> None:
    """The folder is there still, with another network in it."""
    older = replace(ana, base_sha256="0" * 64, base_folder=pretrained)
    with raises(ModelMismatch, "Ana was learnt on the base network 000000000000…"):
        FaceAnalyzer(open_base(person=older)).recognise(older, sets.positives)


def test_a_package_without_a_network(
    ana: Person, bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("semblante.model.bundle.PRETRAINED", tmp_path / "none")
    assert open_base(person=ana).folder == bundle.folder.resolve()
    with raises(NotABundle, match="came without a trained network"):
        FaceAnalyzer()


def test_a_damaged_package_is_said(pretrained: Path, ana: Person) -> None:
    content = bytearray((pretrained / NETWORK_NAME).read_bytes())
    content[100] ^= 1
    (pretrained / NETWORK_NAME).write_bytes(content)
    with raises(NotABundle, match="the network was changed since it was written"):
        open_base(person=ana)


def test_nothing_needs_a_base(pretrained: Path, sets: TrainingPhotos, cli: Cli, tmp_path: Path) -> None:
    """Learn, recognise and read without naming a network; then the package and the person file move."""
    out = tmp_path / "ana.json"
    for folder, photos in (("Ana", listed(sets.positives)), ("others", listed(sets.negatives))):
        (tmp_path / "train" / folder).mkdir(parents=True)
        for photo in photos:
            os.link(photo, tmp_path / "train" / folder / photo.name)
    assert cli("learn", "Ana", "--course", tmp_path, "--out", out).code == 0
    photo = listed(sets.positives)[0]
    said = cli("recognise", "--aligned", out, photo)
    assert said.code == 0 and "Ana: " in said.out
    assert cli("attributes", photo).code == 0
    moved = tmp_path / "elsewhere"
    shutil.move(pretrained.parent, moved)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("semblante.model.bundle.PRETRAINED", moved / "pretrained")
        again = cli("recognise", "--aligned", out, photo)
    assert again == said
    analyzer = FaceAnalyzer(open_base(moved / "pretrained"))
    assert len(list(analyzer.recognise(open_person(out), [photo], aligned=True))) == 1
