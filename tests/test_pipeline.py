"""The rooms together: photos are found and read, people learnt and recognised, networks measured."""

import html
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sentences import raises

import semblante
from semblante.celeba import PreparedSet, prepare
from semblante.errors import BadName, Cancelled, EmptyDataset, ModelMismatch, SamePhotos, TooFewPhotos
from semblante.i18n import describe, speaking
from semblante.jobs import Event, JobContext, Progress, Skipped
from semblante.metrics import Scored, evaluation_of
from semblante.model.bundle import Bundle, write_bundle
from semblante.model.face_model import FaceModel
from semblante.person import Decision, Person
from semblante.pipeline import (
    FaceAnalyzer,
    LearnResult,
    TrainingPhotos,
    evaluate,
)
from semblante.report import data_section, learnt_section, write_report
from semblante.report.wording import learnt_text


def learn(name: str, photos: TrainingPhotos, analyzer: FaceAnalyzer, **more: Any) -> LearnResult:
    """Learn from drawn photos, which are framed as CelebA's are."""
    return semblante.learn(name, photos, analyzer, aligned=True, **more)


def recognise(person: Person, photos: Sequence[Path], analyzer: FaceAnalyzer) -> Iterator[Decision]:
    return analyzer.recognise(person, photos, aligned=True)


@pytest.fixture(scope="module")
def bundle(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The small network without strangers: here all others are given."""
    folder = tmp_path_factory.mktemp("bare") / "network"
    return write_bundle(folder, bundle.network_path.read_bytes(), bundle.manifest)


@pytest.fixture(scope="module")
def analyzer(bundle: Bundle) -> Iterator[FaceAnalyzer]:
    with FaceAnalyzer(bundle) as opened:
        yield opened


@pytest.fixture(scope="module")
def people(drawn: Path) -> dict[str, list[Path]]:
    """The drawn photos of each person."""
    photos: dict[str, list[Path]] = {}
    for line in (drawn / "identity_CelebA.txt").read_text().splitlines():
        name, person = line.split()
        photos.setdefault(person, []).append(drawn / "img_align_celeba" / name)
    return photos


@pytest.fixture(scope="module")
def me(people: dict[str, list[Path]]) -> list[Path]:
    """The six photos of the first person."""
    return next(iter(people.values()))


@pytest.fixture(scope="module")
def others(people: dict[str, list[Path]]) -> list[Path]:
    """Forty photos of others."""
    return [photo for photos in list(people.values())[1:] for photo in photos][:40]


@pytest.fixture(scope="module")
def result(me: list[Path], others: list[Path], analyzer: FaceAnalyzer) -> LearnResult:
    return learn("Ana", TrainingPhotos(me, others, is_sorted=True), analyzer)


def test_unusable_photos_are_named_and_the_order_is_kept(
    result: LearnResult, analyzer: FaceAnalyzer, me: list[Path], others: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "text.jpg").write_text("Dear diary")
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    Image.new("RGB", (300, 200)).save(tmp_path / "wide.png")
    odd = [tmp_path / "text.jpg", tmp_path / "loop.jpg", tmp_path / "wide.png"]
    # Enough for several processes, with an unusable photo at the start, the end and in between.
    photos = [odd[0], *me, odd[1], *others, odd[2]]
    photos = [*photos, *_copies(others, tmp_path / "copies", 10)]
    answers = list(recognise(result.person, photos, analyzer))
    assert [answer.source for answer in answers] == list(map(str, photos))
    reasons = {Path(each.source).name: describe(each.reason) for each in answers if each.reason}
    assert set(reasons) == {"text.jpg", "loop.jpg", "wide.png"}
    assert reasons["text.jpg"] == "not a picture, or one of a format that is not known"
    assert reasons["wide.png"] == "no face was found"
    for answer in answers:
        assert (answer.probability is None) == (answer.reason is not None) == (answer.face is None)
        if answer.reason:
            assert answer.verdict is None


def _copies(photos: Sequence[Path], folder: Path, count: int) -> list[Path]:
    folder.mkdir()
    return [
        Path(shutil.copy(photos[number % len(photos)], folder / f"{number:03}.jpg"))
        for number in range(count)
    ]


def test_a_person_is_learnt_and_recognised(
    result: LearnResult, bundle: Bundle, analyzer: FaceAnalyzer, me: list[Path], others: list[Path]
) -> None:
    assert (result.person.name, result.person.base_sha256) == ("Ana", bundle.network_sha256)
    assert (result.person.photos_of_person, result.person.photos_of_others) == (6, 40)
    mine, theirs = (
        [answer.probability or 0 for answer in recognise(result.person, photos, analyzer)]
        for photos in (me, others)
    )
    assert np.mean(mine) > np.mean(theirs) + 0.1
    section = learnt_section(result)
    assert len(section.answers) == len(result.fit.held_out.labels) >= 44, "one photo of each moment"
    assert sum(photo.is_person for photo in section.answers) == 6


def test_a_report_says_each_half_in_its_own_language(result: LearnResult, tmp_path: Path) -> None:
    write_report(tmp_path / "ana.html", [learnt_section(result)], "drawn")
    page = (tmp_path / "ana.html").read_text(encoding="utf-8")
    english, spanish = page.split('<article lang="es">')
    with speaking("en"):
        said = learnt_text(result)
    assert said in html.unescape(english) and said not in html.unescape(spanish)
    with speaking("es"):
        said = learnt_text(result)
    assert said in html.unescape(spanish) and said not in html.unescape(english)


def skipped(heard: Sequence[Event]) -> list[tuple[str, str]]:
    """The names of the photos that were skipped, and why."""
    return [(each.path.name, describe(each.reason)) for each in heard if isinstance(each, Skipped)]


def test_unusable_photos_do_not_stop_learning(
    analyzer: FaceAnalyzer, me: list[Path], others: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "empty.jpg").touch()
    heard: list[Event] = []
    sets = TrainingPhotos([*me, tmp_path / "empty.jpg"], others, is_sorted=True)
    result = learn("Ana", sets, analyzer, job=JobContext(heard.append))
    assert result.person.photos_of_person == 6
    assert skipped(heard) == [("empty.jpg", "the file is empty")]


def test_what_could_not_be_used_is_named_also_where_learning_is_refused(
    analyzer: FaceAnalyzer, me: list[Path], others: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "empty.jpg").touch()
    heard: list[Event] = []
    sets = TrainingPhotos([*me[:4], tmp_path / "empty.jpg"], others, is_sorted=True)
    with pytest.raises(TooFewPhotos):
        learn("Ana", sets, analyzer, job=JobContext(heard.append))
    assert skipped(heard) == [("empty.jpg", "the file is empty")]


def test_a_folder_without_photos_of_others_is_said(
    analyzer: FaceAnalyzer, me: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "none").mkdir()
    with raises(EmptyDataset, "none: there are no photos here"):
        learn("Ana", TrainingPhotos(me, [tmp_path / "none"]), analyzer)


def test_progress_covers_all_photos_once(analyzer: FaceAnalyzer, me: list[Path], others: list[Path]) -> None:
    heard: list[Event] = []
    learn("Ana", TrainingPhotos(me, others, is_sorted=True), analyzer, job=JobContext(heard.append))
    seen = [each for each in heard if isinstance(each, Progress)]
    assert seen == [Progress("reading_photos", done, 46) for done in range(1, 47)]


def test_cancelling_stops_at_the_next_photo(
    analyzer: FaceAnalyzer, me: list[Path], others: list[Path]
) -> None:
    heard: list[Event] = []
    job = JobContext(heard.append, lambda: len(heard) == 3)
    with pytest.raises(Cancelled):
        learn("Ana", TrainingPhotos(me, others, is_sorted=True), analyzer, job=job)
    assert heard == [Progress("reading_photos", done, 46) for done in range(1, 4)]


def test_recognising_tells_how_far_it_is_and_stops_when_asked(
    analyzer: FaceAnalyzer, me: list[Path], others: list[Path]
) -> None:
    ana = learn("Ana", TrainingPhotos(me, others, is_sorted=True), analyzer).person
    heard: list[Event] = []
    job = JobContext(heard.append, lambda: len(heard) == 3)
    given: list[Decision] = []
    with pytest.raises(Cancelled):
        given.extend(analyzer.recognise(ana, me, aligned=True, job=job))
    assert heard == [Progress("reading_photos", done, len(me)) for done in range(1, 4)]


def test_cancelling_stops_while_the_neuron_is_trained(
    analyzer: FaceAnalyzer, me: list[Path], others: list[Path]
) -> None:
    heard: list[Event] = []
    asked_after_reading = 0

    def cancelled() -> bool:
        nonlocal asked_after_reading
        asked_after_reading += Progress("reading_photos", 46, 46) in heard
        return asked_after_reading == 100

    with pytest.raises(Cancelled):
        learn(
            "Ana",
            TrainingPhotos(me, others, is_sorted=True),
            analyzer,
            job=JobContext(heard.append, cancelled),
        )


@pytest.mark.parametrize(
    ("side", "count", "missing"),
    [("Ana", 0, 5), ("Ana", 1, 4), ("Ana", 4, 1), ("Others", 1, 4), ("Others", 4, 1)],
)
def test_too_few_photos(
    side: str, count: int, missing: int, analyzer: FaceAnalyzer, me: list[Path], others: list[Path]
) -> None:
    mine, theirs = (me[:count], others) if side == "Ana" else (me, others[:count])
    with raises(TooFewPhotos, f"{side}: {count} usable photos?, 5 needed; add {missing}"):
        learn("Ana", TrainingPhotos(mine, theirs, is_sorted=True), analyzer)


def test_five_photos_are_enough(analyzer: FaceAnalyzer, me: list[Path], others: list[Path]) -> None:
    assert learn("Ana", TrainingPhotos(me[:5], others, is_sorted=True), analyzer).person.photos_of_person == 5


@pytest.mark.parametrize("shared", [1, 6])
def test_the_same_photos_on_both_sides(
    shared: int, analyzer: FaceAnalyzer, me: list[Path], others: list[Path], tmp_path: Path
) -> None:
    """Copies count too: it is the picture that is the same, not the file."""
    copies = _copies(me[:shared], tmp_path / "copies", shared)
    with raises(SamePhotos, rf"are the same photo.*\({shared} such photos?\)"):
        learn("Ana", TrainingPhotos(me, [*others, *copies], is_sorted=True), analyzer)


def test_one_folder_for_both(analyzer: FaceAnalyzer, drawn: Path) -> None:
    with pytest.raises(SamePhotos):
        learn("Ana", TrainingPhotos([drawn], [drawn], is_sorted=True), analyzer)


def test_validation_photos_must_be_new(analyzer: FaceAnalyzer, me: list[Path], others: list[Path]) -> None:
    with pytest.raises(SamePhotos):
        learn("Ana", TrainingPhotos(me, others[:20], me, others[20:], is_sorted=True), analyzer)


def test_a_name_that_is_none(analyzer: FaceAnalyzer, me: list[Path], others: list[Path]) -> None:
    with raises(BadName, "empty"):
        learn(" \t", TrainingPhotos(me, others), analyzer)


def test_another_base_is_refused_before_any_photo_is_looked_at(
    result: LearnResult, bundle: Bundle, analyzer: FaceAnalyzer
) -> None:
    stranger = replace(result.person, base_sha256="0" * 64)
    with raises(ModelMismatch, f"000000000000….*{bundle.network_sha256[:12]}"):
        recognise(stranger, [Path("there is no such photo.jpg")], analyzer)


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_measuring_is_the_metrics_of_the_networks_answers(
    split: str, bundle: Bundle, prepared: PreparedSet
) -> None:
    rows = np.flatnonzero(prepared.splits == ["train", "val", "test"].index(split))
    scores = FaceModel(bundle)(np.asarray(prepared.images[rows]))
    rates = np.array(bundle.manifest["training"]["positive_rates"])
    labels, identities = prepared.labels[rows], prepared.identities[rows]
    scored = Scored(scores.logits, labels, identities, rates, scores.embeddings, prepared.manifest.terms)
    measured = evaluate(FaceModel(bundle), prepared, split)  # type: ignore[arg-type]
    expected = evaluation_of(scored, split, bundle.network_sha256, prepared.sha256)  # type: ignore[arg-type]
    assert measured.evaluation.as_json() == expected.as_json()
    assert measured.rows.tolist() == rows.tolist()


def test_features_that_are_too_many_are_not_compared(
    bundle: Bundle, prepared: PreparedSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = len(prepared.rows("train"))
    for most, verified in (
        (images * bundle.embedding_size, True),
        (images * bundle.embedding_size - 1, False),
    ):
        monkeypatch.setattr("semblante.model.face_model.MAX_EMBEDDING_VALUES", most)
        found = evaluate(FaceModel(bundle), prepared, "train").evaluation
        assert (found.verification is not None) == verified
        assert len(found.groups) == 4


def test_measuring_repeats_what_training_saw(bundle: Bundle, prepared: PreparedSet) -> None:
    """Accuracy on the validation images, by ONNX Runtime here and by PyTorch then."""
    measured = evaluate(FaceModel(bundle), prepared).evaluation.mean_accuracy.value
    assert measured == pytest.approx(bundle.manifest["metrics"]["val"]["accuracy"], abs=0.002)


def test_a_set_of_another_side_is_resized(
    bundle: Bundle, drawn: Path, prepared: PreparedSet, tmp_path: Path
) -> None:
    larger = evaluate(FaceModel(bundle), prepare(drawn, tmp_path / "set", 64)).evaluation
    same = evaluate(FaceModel(bundle), prepared).evaluation
    assert larger.images == same.images
    assert larger.mean_accuracy.value == pytest.approx(same.mean_accuracy.value, abs=0.03)


def test_an_empty_split_is_named(bundle: Bundle, prepared: PreparedSet) -> None:
    with raises(EmptyDataset, match="no images in the split test; choose another"):
        evaluate(FaceModel(bundle), replace(prepared, splits=prepared.splits % 2), "test")


def test_evaluating_tells_how_far_it_is_and_stops_when_asked(bundle: Bundle, prepared: PreparedSet) -> None:
    events: list[Event] = []
    evaluate(FaceModel(bundle), prepared, "train", JobContext(events.append))
    images = len(prepared.rows("train"))
    assert events[-1] == Progress("evaluating", images, images)
    with pytest.raises(Cancelled):
        evaluate(FaceModel(bundle), prepared, "train", JobContext(cancelled=lambda: True))
    asked_after_the_last_image = 0

    def cancelled() -> bool:
        nonlocal asked_after_the_last_image
        asked_after_the_last_image += events[-1] == Progress("evaluating", images, images)
        return asked_after_the_last_image == 40

    events.clear()
    with pytest.raises(Cancelled):
        evaluate(FaceModel(bundle), prepared, "train", JobContext(events.append, cancelled))


def test_the_data_section_counts_what_there_is(prepared: PreparedSet) -> None:
    section = data_section(prepared)
    assert sum(section.images.values()) == 120
    assert section.people == 20
    assert len(section.pictures) == 24


HEAVY = {"torch", "cv2", "sklearn", "fastapi"}
NOT_WITH_THE_PACKAGE = HEAVY | {"numpy", "onnxruntime", "PIL", "pydantic", "polib", "typer", "rich"}
ONLY_IMPORT = "import semblante"
FULL_PATH = """
import sys
from pathlib import Path
import semblante
from semblante.cli import run

bundle, data, course, me, out = sys.argv[1:]
assert run(["evaluate", bundle, data, "--json"]) == 0
assert run(["learn", "Ana", "--course", course, "--base", bundle, "--out", out, "--aligned"]) == 0
assert run(["recognise", out, me, "--base", bundle, "--aligned"]) == 0
"""


@pytest.mark.parametrize(
    ("script", "left_out", "reason"),
    [(ONLY_IMPORT, NOT_WITH_THE_PACKAGE, "the package alone"), (FULL_PATH, HEAVY, "step 2")],
)
def test_what_is_not_imported(
    script: str,
    left_out: set[str],
    reason: str,
    bundle: Bundle,
    prepared: PreparedSet,
    me: list[Path],
    others: list[Path],
    tmp_path: Path,
) -> None:
    copy, mine, theirs = tmp_path / "bundle", tmp_path / "train" / "Ana", tmp_path / "train" / "others"
    mine.parent.mkdir()
    shutil.copytree(bundle.folder, copy)  # evaluating writes into it
    for folder, photos in ((mine, me), (theirs, others)):
        _copies(photos, folder, len(photos))
    arguments = [copy, prepared.folder, tmp_path, mine, tmp_path / "ana.json"]
    report = "\nimport sys; print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", script + report, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.rpartition("LOADED")[2].split())
    assert "semblante" in loaded
    assert loaded & left_out == set(), reason
