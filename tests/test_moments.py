"""Copies of a photo count once: of every kind, in learning, in folds, and among photos of others."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from faces_made_up import Array, copy_descriptor
from heard import Heard
from picture_copies import COPIES
from PIL import Image
from sentences import raises

from semblante.errors import SamePhotos, TooFewPhotos
from semblante.faces import copy_similarity
from semblante.generate import write_person, write_strangers
from semblante.generate.drawn_face import draw
from semblante.generate.identity import sample_identity
from semblante.generate.picture import sample_scene
from semblante.person import Examples, Gallery, fit, open_person, save
from semblante.person.moments import MIN_COPY_SIMILARITY, moments_of, one_of_each
from semblante.pipeline import FaceAnalyzer, TrainingPhotos, learn


@pytest.fixture(scope="module")
def engine() -> FaceAnalyzer:
    return FaceAnalyzer(threads=1)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_person(tmp_path_factory.mktemp("ana"), "ana", 3, 42, 7)


def write_copies(photo: Path, folder: Path, kinds: Sequence[str]) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{photo.stem}-{kind}.png" for kind in kinds]
    for path, kind in zip(paths, kinds, strict=True):
        COPIES[kind](Image.open(photo).convert("RGB")).save(path)
    return paths


def descriptors(engine: FaceAnalyzer, pictures: Sequence[Image.Image]) -> Array:
    return np.stack([engine.analyze(np.asarray(each))[0].copy_descriptor for each in pictures])


@pytest.mark.parametrize("kind", COPIES)
def test_copies_of_each_kind_are_of_one_moment(engine: FaceAnalyzer, photos: list[Path], kind: str) -> None:
    pictures = [Image.open(path).convert("RGB") for path in photos[:2]]
    found = descriptors(engine, [*pictures, *map(COPIES[kind], pictures)])
    assert moments_of(found).tolist() == [0, 1, 0, 1]


def test_different_photos_of_one_person_are_of_different_moments(
    engine: FaceAnalyzer, photos: list[Path]
) -> None:
    found = descriptors(engine, [Image.open(path).convert("RGB") for path in photos])
    assert len(np.unique(moments_of(found))) == len(photos)


def test_photos_that_follow_each_other_are_of_one_moment(engine: FaceAnalyzer) -> None:
    """A burst: the head moves a little, the smile and the gaze change."""
    rng = np.random.default_rng(0)
    identity = sample_identity(3, 42)
    scene = sample_scene(identity, 3, 42, 0)
    frames = []
    for _ in range(6):
        right, down = scene.pose.shift
        moved = replace(
            scene.pose,
            yaw=scene.pose.yaw + rng.normal(scale=0.02),
            roll=scene.pose.roll + rng.normal(scale=0.03),
            shift=(right + rng.normal(scale=2), down + rng.normal(scale=2)),
        )
        smile = min(1.0, max(0.0, scene.smile + rng.normal(scale=0.05)))
        frames.append(Image.fromarray(draw(identity, replace(scene, pose=moved, smile=smile)).pixels))
    assert len(np.unique(moments_of(descriptors(engine, frames)))) == 1


def test_similarity_is_symmetric_and_a_face_that_is_not_known_is_like_none() -> None:
    rng = np.random.default_rng(0)
    rows = np.stack([copy_descriptor(rng.normal(size=8).astype(np.float32)) for _ in range(6)])
    rows[3] = 0
    similarity = copy_similarity(rows, rows)
    assert np.allclose(similarity, similarity.T, atol=1e-6)
    assert np.allclose(np.delete(np.diag(similarity), 3), 1, atol=1e-6)
    assert (similarity[3] < MIN_COPY_SIMILARITY).all()
    assert moments_of(rows).tolist() == [0, 1, 2, 3, 4, 5]


def test_copies_chain() -> None:
    """A small one and a bright one of it may be less alike than either is to the photo."""
    rng = np.random.default_rng(1)
    first, last = rng.normal(size=(2, 400))
    steps = [first, first + 0.3 * last, first + 0.7 * last, rng.normal(size=400)]
    rows = np.stack([np.round(127 * each / np.abs(each).max()).astype(np.int8) for each in steps])
    similarity = copy_similarity(rows, rows)
    assert (
        similarity[0, 1] > MIN_COPY_SIMILARITY < similarity[1, 2] and similarity[0, 2] < MIN_COPY_SIMILARITY
    )
    assert moments_of(rows).tolist() == [0, 0, 0, 3]


def test_many_faces_are_compared_part_by_part() -> None:
    rng = np.random.default_rng(2)
    rows = rng.integers(-127, 128, (1500, 400)).astype(np.int8)
    rows[1400:] = rows[:100]
    assert moments_of(rows)[1400:].tolist() == list(range(100))


def test_the_median_photo_stands_for_a_moment() -> None:
    values = np.array([3.0, 1.0, 2.0, 9.0, 5.0, 4.0])
    assert one_of_each(np.array([0, 0, 0, 3, 4, 4]), values).tolist() == [2, 3, 5]
    assert one_of_each(np.zeros(0, np.intp), np.zeros(0)).tolist() == []


def test_copies_of_one_photo_teach_nobody(engine: FaceAnalyzer, photos: list[Path], tmp_path: Path) -> None:
    copies = write_copies(photos[0], tmp_path / "copies", list(COPIES))
    heard = Heard()
    with raises(TooFewPhotos, r"the 13 photos show 1 moment \(copies count once\), 5 needed"):
        learn("Ana", TrainingPhotos([photos[0], *copies]), engine, job=heard.job)
    assert [len(each.photos) for each in heard.advice if each.code == "advice_one_moment"] == [13]


def test_copies_beside_other_photos_are_counted_and_judged_once(
    engine: FaceAnalyzer, photos: list[Path], tmp_path: Path
) -> None:
    copies = write_copies(photos[2], tmp_path / "copies", ["mirrored", "brighter", "without colours"])
    result = learn("Ana", TrainingPhotos([*photos, *copies], is_sorted=True), engine)
    person = result.person
    assert (person.photos_of_person, person.moments_of_person) == (10, 7)
    assert person.evaluation.photos_of_person == 7 == int(result.fit.held_out.labels.sum())
    save(person, tmp_path / "ana.json")
    assert open_person(tmp_path / "ana.json").moments_of_person == 7


@pytest.mark.parametrize("kind", ["mirrored", "smaller", "brighter"])
def test_a_copy_among_the_photos_of_others_is_refused(
    engine: FaceAnalyzer, photos: list[Path], tmp_path: Path, kind: str
) -> None:
    others = write_strangers(tmp_path / "others", "other", 4, range(10, 15))
    copies = write_copies(photos[1], tmp_path / "copies", [kind])
    with raises(SamePhotos, rf"ana-02\.jpg and .*ana-02-{kind}\.png are the same photo"):
        learn("Ana", TrainingPhotos(photos, [*others, *copies]), engine)


def test_a_copy_among_the_photos_to_validate_with_is_left_out(
    engine: FaceAnalyzer, photos: list[Path], tmp_path: Path
) -> None:
    others = write_strangers(tmp_path / "others", "other", 4, range(10, 22))
    copies = write_copies(photos[0], tmp_path / "copies", ["smaller", "recompressed"])
    new = write_person(tmp_path / "new", "new", 9, 7, 6)
    heard = Heard()
    sets = TrainingPhotos(photos, others[:6], [*new, *copies], others[6:], is_sorted=True)
    result = learn("Ana", sets, engine, job=heard.job)
    assert result.person.evaluation.photos_of_person <= 6
    named = [each.photos for each in heard.advice if each.code == "advice_validation_copies"]
    assert named == [tuple(map(str, copies))]


class TestFit:
    """With made-up embeddings: a copy is a face with the same descriptor."""

    @staticmethod
    def examples(of_others: int = 40, seed: int = 0) -> tuple[Gallery, Gallery]:
        rng = np.random.default_rng(seed)
        rows = rng.normal(size=(8 + of_others, 16))
        rows[:8] += 1.5 * rng.normal(size=16)
        unit = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        drawn = rng.integers(-127, 128, (len(rows), 400)).astype(np.int8)
        names = tuple(map(str, range(len(rows))))
        return Gallery(unit[:8], names[:8], drawn[:8]), Gallery(unit[8:], names[8:], drawn[8:])

    @pytest.mark.parametrize("side", [0, 1], ids=["of the person", "of others"])
    def test_copies_change_nothing(self, side: int) -> None:
        """A photo saved ten times weighs as it did, and is judged once."""
        sides = list(self.examples())
        once = fit("Ana", Examples(*sides), "0" * 64)
        rows = [*[0] * 10, *range(1, len(sides[side]))]
        given = sides[side]
        assert given.copy_descriptors is not None
        sides[side] = Gallery(
            given.embeddings[rows], tuple(given.sources[row] for row in rows), given.copy_descriptors[rows]
        )
        copied = fit("Ana", Examples(*sides), "0" * 64)
        assert len(copied.held_out.labels) == len(once.held_out.labels) == 48
        assert copied.person.evaluation.photos_of_person == 8
        cosine = once.person.neuron.weights @ copied.person.neuron.weights
        lengths = np.linalg.norm(once.person.neuron.weights) * np.linalg.norm(copied.person.neuron.weights)
        assert cosine / lengths > 0.9

    def test_copies_are_in_one_fold(self) -> None:
        """Photos that say nothing of a person, each five times: no neuron may know one by its copy."""
        rng = np.random.default_rng(5)
        rows = rng.normal(size=(60, 64)).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        drawn = rng.integers(-127, 128, (60, 400)).astype(np.int8)
        copied = np.repeat(np.arange(8), 5)
        positives = Gallery(rows[copied], tuple(map(str, copied)), drawn[copied])
        negatives = Gallery(rows[8:], tuple(map(str, range(8, 60))), drawn[8:])
        assert fit("Ana", Examples(positives, negatives), "0" * 64).person.evaluation.roc.area < 0.8
