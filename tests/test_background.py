"""Background embeddings of a model: whose they are, and a person learnt without a folder of others."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import semblante
from semblante.celeba import PreparedSet
from semblante.cli import run
from semblante.cli.advice import describe_with_advice
from semblante.errors import SamePhotos, TooFewPhotos
from semblante.model.bundle import Bundle, write_bundle
from semblante.model.face_model import FaceModel
from semblante.person import Examples, Gallery, fit
from semblante.pipeline import FaceAnalyzer, LearnResult, TrainingPhotos
from semblante.report import learnt_section
from semblante.train.measured_bundle import choose_background
from semblante.types import Crops, Embeddings


def learn(name: str, photos: TrainingPhotos, model: Bundle) -> LearnResult:
    """Learn from drawn photos, which are framed as CelebA's are."""
    return semblante.learn(name, photos, FaceAnalyzer(model), aligned=True)


@pytest.fixture(scope="module")
def embeddings_of(bundle: Bundle) -> Callable[[Crops], Embeddings]:
    network = FaceModel(bundle, threads=1)
    return lambda crops: network(crops).embeddings


@pytest.fixture(scope="module")
def with_strangers(
    bundle: Bundle,
    prepared: PreparedSet,
    embeddings_of: Callable[[Crops], Embeddings],
    tmp_path_factory: pytest.TempPathFactory,
) -> Bundle:
    """The small network with a photo of each of its people but the first, whom the tests learn."""
    rows = np.flatnonzero(prepared.identities != prepared.identities[0])
    kept = choose_background(embeddings_of, prepared.images, prepared.identities, rows)
    folder = tmp_path_factory.mktemp("with") / "network"
    return write_bundle(folder, bundle.network_path.read_bytes(), bundle.manifest, kept)


@pytest.fixture(scope="module")
def without(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("without") / "network"
    return write_bundle(folder, bundle.network_path.read_bytes(), bundle.manifest)


@pytest.fixture(scope="module")
def people(drawn: Path) -> list[list[Path]]:
    """The drawn photos, six of each of twenty people, the first first."""
    photos: dict[str, list[Path]] = {}
    for line in (drawn / "identity_CelebA.txt").read_text().splitlines():
        name, person = line.split()
        photos.setdefault(person, []).append(drawn / "img_align_celeba" / name)
    return list(photos.values())


def numbered(count: int) -> Crops:
    """Crops that say in each pixel which row they are."""
    rows = np.arange(count, dtype=np.uint8)[:, None, None, None]
    return np.broadcast_to(rows, (count, 2, 2, 3)).copy()


def row_numbers(crops: Crops) -> Embeddings:
    return crops[:, 0, 0].astype(np.float32)


class TestChoosing:
    PEOPLE = np.array([7, 7, 7, 3, 3, -1, 9, -1, 4, 3], np.int32)

    def test_one_photo_of_each_and_each_photo_of_the_unknown(self) -> None:
        rows = np.arange(9)  # The last is of no training person.
        kept = choose_background(row_numbers, numbered(10), self.PEOPLE, rows)
        assert kept.dtype == np.float16
        chosen = kept[:, 0].astype(int).tolist()
        assert sorted(self.PEOPLE[chosen].tolist()) == [-1, -1, 3, 4, 7, 9]
        assert 9 not in chosen

    def test_the_seed_decides(self) -> None:
        def kept(seed: int) -> list[float]:
            chosen = choose_background(row_numbers, numbered(10), self.PEOPLE, np.arange(10), seed)
            first: list[float] = chosen[:, 0].tolist()
            return first

        assert kept(1) == kept(1)
        assert len({tuple(kept(seed)) for seed in range(20)}) > 4

    def test_no_more_than_fit_and_nobody_is_preferred(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Someone with many photos is as likely to be chosen as someone with one."""
        monkeypatch.setattr("semblante.train.measured_bundle.MAX_BACKGROUND_PEOPLE", 2)
        people = np.array([0] * 37 + [1, 2, 3], np.int32)
        chosen = [
            choose_background(row_numbers, numbered(40), people, np.arange(40), seed)[:, 0].astype(int)
            for seed in range(200)
        ]
        assert all(len(each) == 2 for each in chosen)
        assert 70 < sum(people[each].tolist().count(0) for each in chosen) < 130

    def test_long_features_are_of_fewer_people(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("semblante.train.measured_bundle.MAX_BACKGROUND_VALUES", 11)
        kept = choose_background(row_numbers, numbered(10), self.PEOPLE, np.arange(10))
        assert kept.shape == (3, 3), "three numbers each, and no more than eleven"


class TestLearning:
    def test_without_a_folder_of_others(self, with_strangers: Bundle, people: list[list[Path]]) -> None:
        result = learn("Ana", TrainingPhotos(people[0], is_sorted=True), with_strangers)
        person, evaluation = result.person, result.person.evaluation
        assert (person.photos_of_person, person.photos_of_others, person.background) == (6, 19, 19)
        assert (evaluation.photos_of_person, evaluation.photos_of_others) == (6, 19)
        assert evaluation.background == 19
        section = learnt_section(result)
        assert sum(not photo.is_person for photo in section.answers) == 19
        assert all((photo.image is not None) == photo.is_person for photo in section.answers)

    def test_others_of_ones_own_are_added(self, with_strangers: Bundle, people: list[list[Path]]) -> None:
        result = learn("Ana", TrainingPhotos(people[0], people[1][:2], is_sorted=True), with_strangers)
        evaluation = result.person.evaluation
        assert (evaluation.photos_of_others, evaluation.background) == (21, 19)
        shown = {photo.answer.source for photo in learnt_section(result).answers if photo.image is not None}
        assert shown == set(map(str, people[0] + people[1][:2]))

    def test_validation_photos_are_evidence_beside_the_strangers(
        self, with_strangers: Bundle, people: list[list[Path]]
    ) -> None:
        photos = TrainingPhotos(people[0][:5], (), people[0][5:] + people[2][:4], people[1], is_sorted=True)
        result = learn("Ana", photos, with_strangers)
        evaluation = result.person.evaluation
        assert (evaluation.method, evaluation.photos_of_person) == ("validation", 5)
        assert (evaluation.photos_of_others, evaluation.background) == (6 + 19, 19)

    def test_strangers_the_network_knows_are_asked_for_more(self) -> None:
        """New people pass a threshold more often than they do, so only a third as many of them may."""
        rng = np.random.default_rng(3)

        def gallery(count: int, towards: float = 0.0) -> Gallery:
            rows = rng.normal(size=(count, 16)) + towards
            unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
            return Gallery(unit.astype(np.float32), tuple(map(str, range(count))))

        me, crowd, nobody = gallery(10, 1.0), gallery(4000), gallery(0)
        passing = []
        for others, background in ((crowd, None), (nobody, crowd.embeddings)):
            examples = Examples(me, others)
            learnt = fit("Ana", examples, "0" * 64, background=background, false_match_rate=0.01)
            theirs = learnt.held_out.probabilities[learnt.held_out.labels == 0]
            passing.append(int((theirs > learnt.person.rule.yes_above + 1e-9).sum()))
        # Above the fortieth of 4,000 lies less than 1 in 100, above the thirteenth less than a third of that.
        assert 12 < passing[0] <= 39 and passing[1] <= 12

    def test_a_photo_on_both_sides_is_still_refused(
        self, with_strangers: Bundle, people: list[list[Path]]
    ) -> None:
        with pytest.raises(SamePhotos):
            learn("Ana", TrainingPhotos(people[0], people[0][:1], is_sorted=True), with_strangers)

    def test_a_network_without_strangers_asks_for_others(
        self, without: Bundle, people: list[list[Path]]
    ) -> None:
        with pytest.raises(TooFewPhotos) as raised:
            learn("Ana", TrainingPhotos(people[0], is_sorted=True), without)
        said = describe_with_advice(raised.value)
        assert re.search(r"this network has no background faces.*--not", said)

    def test_on_the_command_line(
        self,
        with_strangers: Bundle,
        people: list[list[Path]],
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        for folder in ("Ana", "others"):
            (tmp_path / "train" / folder).mkdir(parents=True)
        for path in people[0]:
            os.link(path, tmp_path / "train" / "Ana" / path.name)
        out = tmp_path / "ana.json"
        base, course = str(with_strangers.folder), str(tmp_path)
        options = ["--base", base, "--out", str(out), "--aligned", "--lang", "en"]
        assert run(["learn", "Ana", "--course", course, *options]) == 0
        assert "19 of the others are background faces of the model" in capsys.readouterr().out
        kept = json.loads(out.read_text(encoding="utf-8"))
        assert (kept["photos"]["background"], kept["evaluation"]["background"]) == (19, 19)
        assert run(["recognise", str(out), str(people[0][0]), "--aligned"]) == 0
