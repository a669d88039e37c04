"""A person in the library: kept with what taught, asked about where unsure, and learnt anew from each answer.

Here are also the answers that a photo gets from its faces.
"""

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from conftest import Cli
from faces_made_up import LENGTH, background, direction, embeddings, face, photo
from sentences import raises

import semblante
from semblante.errors import Reason, SamePhotos, UnknownPerson
from semblante.i18n import describe
from semblante.jobs import Advice, Event, JobContext
from semblante.library import FailedRead, SqliteStore, scan
from semblante.model.bundle import Bundle
from semblante.person import Examples, FitResult, Gallery, fit, measure_separability, person_as_json
from semblante.pipeline import (
    FaceAnalyzer,
    Review,
    TrainingPhotos,
    UnusablePhoto,
    decide_photo,
    keep_learnt,
    known_person,
)
from semblante.pipeline.learning import LearnResult
from semblante.pipeline.training_faces import TrainingFace, TrainingFaces
from semblante.types import AnalyzedPhoto, Embeddings, Face, FaceRef, Photo, QualityIssue, Verdict

ANA, EVA = 0, 1
BASE = "0123456789abcdef" * 4
OTHERS = background(800)


def gallery(rows: Sequence["np.ndarray"]) -> Gallery:
    embeddings = np.stack(rows) if rows else np.zeros((0, LENGTH), np.float32)
    return Gallery(embeddings, tuple(f"photo {k}" for k in range(len(rows))))


def photos_of(person: int, count: int, noise: float = 0.9, seed: int = 0) -> list["np.ndarray"]:
    rng = np.random.default_rng([seed, person])
    return [embeddings(person, rng, noise) for _ in range(count)]


TAUGHT = photos_of(ANA, 8, noise=2.0)
"""Photos so unlike each other that much is unsure."""


@cache
def learnt() -> FitResult:
    return fit("Ana", Examples(gallery(TAUGHT), gallery([])), BASE, background=OTHERS)


def thresholds() -> tuple[float, float]:
    """The logits below which Ana's neuron says no, and above which it says yes."""
    rule = learnt().person.rule
    no_below, yes_above = (
        (math.log(share / (1 - share)) - rule.offset) / rule.slope
        for share in (rule.no_below, rule.yes_above)
    )
    return no_below, yes_above


def looking(logit: float) -> Embeddings:
    """A face of which Ana's neuron says so much."""
    neuron = learnt().person.neuron
    weights = neuron.weights.astype(np.float64)
    ahead = weights * (logit - neuron.bias) / (weights @ weights)
    return np.asarray(ahead, np.float32)


class TestAnswers:
    """What is said of a photo, from what is said of its faces."""

    @staticmethod
    def said(
        *faces: tuple[float, Sequence[QualityIssue]], several: bool = False
    ) -> list[tuple[Verdict | None, str | None]]:
        read = [face(looking(logit), issues=issues) for logit, issues in faces]
        given = decide_photo(learnt().person, photo("p.jpg", *read), several)
        assert all(answer.face in read for answer in given)
        return [(each.verdict, describe(each.reason) if each.reason else None) for each in given]

    def test_the_likeliest_face_decides(self) -> None:
        no_below, yes_above = thresholds()
        sure, doubtful, other = yes_above + 1, (yes_above + no_below) / 2, no_below - 1
        assert self.said((other, ()), (doubtful, ())) == [("unsure", None)]
        assert self.said((other, ()), (sure, ()), (other, ())) == [("yes", None)]
        assert self.said((other, ()), (other - 1, ())) == [("no", None)]

    def test_a_flawed_face_never_says_yes(self) -> None:
        no_below, yes_above = thresholds()
        sure, other = yes_above + 1, no_below - 1
        reason = "the face cannot be relied on: it is blurred, it is seen from the side"
        assert self.said((sure, ("blurred", "turned"))) == [("unsure", reason)]
        assert self.said((other, ("small",))) == [("no", "the face cannot be relied on: it is too small")]
        poor = face(looking(sure), issues=("blurred",))
        (answer,) = decide_photo(learnt().person, photo("p.jpg", poor))
        assert answer.probability == learnt().person.rule.yes_above, "no more than an unsure one"
        # Not even where it is likelier than a good face that does.
        assert self.said((sure + 5, ("blurred", "turned")), (sure, ())) == [("yes", None)]

    def test_where_there_may_be_several_each_face_is_answered(self) -> None:
        no_below, yes_above = thresholds()
        sure, other = yes_above + 1, no_below - 1
        said = self.said((sure, ()), (other, ()), (sure, ("small",)), several=True)
        assert [verdict for verdict, _ in said] == ["yes", "no", "unsure"]

    def test_photos_without_a_face_and_photos_that_are_none(self) -> None:
        (empty,) = decide_photo(learnt().person, photo("sea.jpg"))
        assert empty.reason is not None
        assert (empty.verdict, empty.probability) == (None, None)
        assert describe(empty.reason) == "no face was found"
        (broken,) = decide_photo(learnt().person, UnusablePhoto(Path("b.jpg"), Reason("empty_file")))
        assert broken.reason is not None
        assert (broken.source, broken.verdict, broken.probability) == ("b.jpg", None, None)
        assert describe(broken.reason) == "the file is empty"


class TestSeparability:
    @staticmethod
    def of(others: Sequence["np.ndarray"]) -> FitResult:
        mine = gallery(photos_of(ANA, 10))
        return fit("Ana", Examples(mine, gallery(others)), BASE, background=OTHERS)

    def test_someone_else_is_told_apart(self) -> None:
        found = measure_separability(self.of(photos_of(EVA, 8)), 8)
        assert found is not None and found.separable
        assert found.faces == 8 and found.yes == 0 and found.area > 0.95

    def test_a_twin_is_not(self) -> None:
        """Photos that differ from hers only by chance."""
        found = measure_separability(self.of(photos_of(ANA, 8, seed=9)), 8)
        assert found is not None and not found.separable

    def test_only_those_who_were_named_count(self) -> None:
        fitted = self.of([*photos_of(EVA, 5), *photos_of(ANA, 5, seed=9)])
        found = measure_separability(fitted, 5)
        assert found is not None and found.faces == 5
        assert measure_separability(fitted, 0) is None


@pytest.fixture
def library(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "data") as opened:
        yield opened


def reader(
    shown: dict[str, AnalyzedPhoto],
) -> Callable[[Iterable[Path]], Iterator[AnalyzedPhoto | FailedRead]]:
    return lambda paths: (replace(shown[path.name], source=str(path)) for path in paths)


def sha256(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


@pytest.fixture
def scanned(library: SqliteStore, tmp_path: Path) -> SqliteStore:
    """Eight photos that taught Ana, and new ones: of her, doubtful, poor and of others."""
    no_below, yes_above = thresholds()
    doubtful = (yes_above + no_below) / 2
    shown = {f"taught{k}.jpg": face(each) for k, each in enumerate(TAUGHT)}
    # Faces that the neuron is not sure of, the first being the likeliest.
    rng = np.random.default_rng(5)
    step = (yes_above - no_below) / 8
    for k in range(3):
        shown[f"doubtful{k}.jpg"] = face(beside(looking(doubtful - k * step), rng))
    shown["poor.jpg"] = face(beside(looking(doubtful + step), rng), issues=["blurred"])
    shown |= {f"other{k}.jpg": face(direction(500 + k)) for k in range(5)}
    return index(library, tmp_path / "photos", shown)


def beside(of: Embeddings, rng: np.random.Generator) -> Embeddings:
    """Another face of the same logit."""
    weights = learnt().person.neuron.weights
    aside = rng.normal(size=LENGTH)
    aside -= weights * (aside @ weights) / (weights @ weights)
    return np.asarray(of + 0.8 * aside / np.linalg.norm(aside), np.float32)


def index(library: SqliteStore, folder: Path, shown: dict[str, Face]) -> SqliteStore:
    folder.mkdir()
    for name in shown:
        (folder / name).write_bytes(name.encode())
    scan(library, [folder], reader({name: photo(name, each) for name, each in shown.items()}), BASE)
    keep_learnt(library, learnt_from(folder), OTHERS)
    return library


def learnt_from(folder: Path) -> LearnResult:
    mine = tuple(
        TrainingFace(FaceRef(str(folder / f"taught{k}.jpg"), 0), face(each)) for k, each in enumerate(TAUGHT)
    )
    taught = TrainingFaces(mine)
    return LearnResult(learnt(), taught, taught, None)


def test_a_lesson_is_kept_with_what_taught(scanned: SqliteStore) -> None:
    kept = known_person(scanned, "ana")
    assert person_as_json(kept) == person_as_json(learnt().person)
    taught = scanned.taught("Ana")
    assert {each.face.photo for each in taught} == {sha256(f"taught{k}.jpg") for k in range(8)}
    assert {(each.kind, each.face.index) for each in taught} == {("positive", 0)}


def test_unsure_photos_are_asked_about_the_likeliest_first(scanned: SqliteStore) -> None:
    passed: set[FaceRef] = set()
    review = Review(scanned, "Ana")
    asked = []
    while question := review.next_question(passed):
        asked.append(question.match.path.name)
        passed.add(question.key)
    assert asked == ["doubtful0.jpg", "doubtful1.jpg", "doubtful2.jpg"], "no poor face, and none twice"


@pytest.mark.parametrize("is_person", [True, False])
def test_an_answer_is_learnt_at_once(is_person: bool, scanned: SqliteStore) -> None:
    question = Review(scanned, "Ana").next_question()
    assert question is not None
    before = known_person(scanned, "Ana")
    after = Review(scanned, "Ana").record_answer(question, is_person, OTHERS).person
    logits = [float(each.neuron.logits(question.face.embedding[None])[0]) for each in (before, after)]
    assert (logits[1] > logits[0]) == is_person
    assert person_as_json(known_person(scanned, "Ana")) == person_as_json(after)
    kinds = [each.kind for each in scanned.taught("Ana")]
    assert (kinds.count("positive"), kinds.count("negative")) == ((9, 0) if is_person else (8, 1))
    assert after.rule.false_match_rate == before.rule.false_match_rate
    again = Review(scanned, "Ana").next_question()
    assert again is None or again.key != question.key, "what was answered is not asked again"


def test_learning_again_keeps_the_answers(scanned: SqliteStore, tmp_path: Path) -> None:
    for is_person in (True, False):
        question = Review(scanned, "Ana").next_question()
        assert question is not None
        Review(scanned, "Ana").record_answer(question, is_person, OTHERS)
    answered = scanned.taught("Ana")
    before = known_person(scanned, "Ana")
    again = learnt_from(tmp_path / "photos")
    again = replace(again, training=TrainingFaces(again.training.positives[:6]))
    assert keep_learnt(scanned, again, OTHERS).answers == 2
    kept = scanned.taught("ana")
    assert [(each.kind, each.confirmed_by_user) for each in kept].count(("positive", False)) == 6
    assert {each.face.photo for each in kept if each.confirmed_by_user} == {
        each.face.photo for each in answered if each.confirmed_by_user
    }
    after = known_person(scanned, "Ana")
    confirmed = next(each for each in kept if each.confirmed_by_user and each.kind == "negative")
    logits = [float(each.neuron.logits(confirmed.embedding[None])[0]) for each in (learnt().person, after)]
    assert logits[1] < logits[0], "it was learnt from them"
    assert person_as_json(after) != person_as_json(before)
    # On another network, faces look otherwise.
    other = replace(again, fit=replace(again.fit, person=replace(after, base_sha256="f" * 64)))
    assert keep_learnt(scanned, other, OTHERS).answers == 0
    assert not any(each.confirmed_by_user for each in scanned.taught("Ana"))


def test_an_answer_that_contradicts_a_photo_that_taught_changes_nothing(
    scanned: SqliteStore, tmp_path: Path
) -> None:
    question = Review(scanned, "Ana").next_question()
    assert question is not None
    same = replace(question, face=replace(question.face, embedding=scanned.taught("Ana")[0].embedding))
    before = scanned.person("Ana")
    with raises(SamePhotos, r"taught4.jpg and .*doubtful0.jpg are the same photo") as caught:
        Review(scanned, "Ana").record_answer(same, False, OTHERS)
    assert isinstance(caught.value.params["first"], Path), "the service shows the name of a file alone"
    assert scanned.person("Ana") == before and len(scanned.taught("Ana")) == 8


def test_a_copy_of_a_photo_follows_the_last_answer(scanned: SqliteStore) -> None:
    question = Review(scanned, "Ana").next_question()
    assert question is not None
    copy = replace(question, face=replace(question.face, face=FaceRef("ab" * 32, 0)))
    for each in (question, copy):
        Review(scanned, "Ana").record_answer(each, True, OTHERS)
    Review(scanned, "Ana").record_answer(question, False, OTHERS)
    confirmed = [(each.face.photo, each.kind) for each in scanned.taught("Ana") if each.confirmed_by_user]
    assert confirmed == [(question.face.face.photo, "negative")], "the copy's answer is contradicted"


def test_photos_to_learn_from_outweigh_an_answer(scanned: SqliteStore, tmp_path: Path) -> None:
    """A photo that was answered no, saved again, is among those that show her."""
    question = Review(scanned, "Ana").next_question()
    assert question is not None
    Review(scanned, "Ana").record_answer(question, False, OTHERS)
    again = learnt_from(tmp_path / "photos")
    (tmp_path / "photos" / "saved-again.jpg").write_bytes(b"saved again")
    photo_again = FaceRef(str(tmp_path / "photos" / "saved-again.jpg"), 0)
    hers = TrainingFace(photo_again, face(question.face.embedding))
    again = replace(again, training=TrainingFaces((*again.training.positives, hers)))
    assert keep_learnt(scanned, again, OTHERS).answers == 0
    assert not any(each.confirmed_by_user for each in scanned.taught("Ana"))


def test_a_person_who_cannot_be_used_is_replaced(scanned: SqliteStore, tmp_path: Path) -> None:
    scanned.keep_person("{}", "Ana", ())
    assert keep_learnt(scanned, learnt_from(tmp_path / "photos"), OTHERS).answers == 0
    assert known_person(scanned, "Ana").name == "Ana"


def test_only_what_will_be_asked_is_counted(scanned: SqliteStore) -> None:
    lefts = []
    passed: set[FaceRef] = set()
    review = Review(scanned, "Ana")
    while question := review.next_question(passed):
        lefts.append(question.left)
        passed.add(question.key)
    assert lefts == [3, 2, 1], "the poor face is not"


def test_nobody_of_this_name(library: SqliteStore) -> None:
    with pytest.raises(UnknownPerson):
        Review(library, "Ana").next_question()


class TestOnTheCommandLine:
    """The dialogue; of the network only the hash is asked for."""

    @pytest.fixture
    def asked(
        self, tmp_path: Path, knowing: Bundle, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[Callable[[str], None]]:
        """A library with Ana in it, and a way to type."""
        person = replace(learnt().person, base_sha256=knowing.network_sha256, base_folder=knowing.folder)
        monkeypatch.setattr("semblante.model.bundle.Bundle.background", lambda _: OTHERS)
        folder = tmp_path / "photos"
        rng = np.random.default_rng(5)
        shown = {f"taught{k}.jpg": face(each) for k, each in enumerate(TAUGHT)}
        middle = sum(thresholds()) / 2
        shown |= {f"doubtful{k}.jpg": face(beside(looking(middle), rng)) for k in range(4)}
        folder.mkdir()
        for name in shown:
            (folder / name).write_bytes(name.encode())
        with SqliteStore(tmp_path / "data") as library:
            read = reader({name: photo(name, each) for name, each in shown.items()})
            scan(library, [folder], read, knowing.network_sha256)
            result = learnt_from(folder)
            keep_learnt(library, replace(result, fit=replace(result.fit, person=person)), OTHERS)

        def types(*keys: str) -> None:
            coming = iter(keys)

            def answer(_question: str) -> str:
                try:
                    return next(coming)
                except StopIteration:
                    raise EOFError from None

            monkeypatch.setattr("builtins.input", answer)

        yield types

    @pytest.mark.parametrize(
        ("keys", "language", "learnt_from", "me", "reason"),
        [
            ([], "en", 0, 8, "the end of the input"),
            (["q"], "en", 0, 8, "quit"),
            (["maybe", "", "Y", "q"], "en", 1, 9, "asked again until it is an answer"),
            (["s", "n", "q"], "en", 1, 8, "skip, then no"),
            (["s", "t"], "es", 1, 9, "in Spanish s is yes"),
            (["b", "y", "b", "n", "q"], "en", 1, 8, "a step back, and the answer is another one"),
            (["y", "s", "b", "b", "n", "q"], "en", 1, 8, "two steps back"),
            (["s", "v", "v", "n", "t"], "es", 1, 8, "in Spanish v steps back"),
        ],
    )
    def test_the_dialogue(
        self,
        keys: list[str],
        language: str,
        learnt_from: int,
        me: int,
        reason: str,
        asked: Callable[..., None],
        cli: Cli,
        tmp_path: Path,
    ) -> None:
        asked(*keys)
        said = cli("review", "ana", "--library", tmp_path / "data", "--lang", language)
        assert said.code == 0, said.err
        assert said.out.splitlines()[-1].endswith(f": {learnt_from}"), reason
        with SqliteStore(tmp_path / "data") as library:
            assert sum(each.kind == "positive" for each in library.taught("Ana")) == me, reason

    def test_an_answer_can_be_changed(self, asked: Callable[..., None], cli: Cli, tmp_path: Path) -> None:
        asked("y", "n", "q")
        cli("review", "Ana", "--library", tmp_path / "data")
        with SqliteStore(tmp_path / "data") as library:
            first = {each.face.photo: each.kind for each in library.taught("Ana") if each.confirmed_by_user}
            before = library.person("Ana")
        # They come in the order of kind, the yes first: it is taken back, and the no is said again.
        asked("n", "n")
        said = cli("review", "Ana", "--again", "--library", tmp_path / "data")
        assert said.out.count("answered so far: yes") == said.out.count("answered so far: no") == 1
        assert said.out.splitlines()[-2:] == [
            "No photo is left to ask about.",
            "Ana: answers learnt from: 1",
        ]
        with SqliteStore(tmp_path / "data") as library:
            confirmed = {
                each.face.photo: each.kind for each in library.taught("Ana") if each.confirmed_by_user
            }
            assert confirmed == dict.fromkeys(first, "negative")
            assert library.person("Ana") != before

    def test_a_step_back_says_what_was_answered(
        self, asked: Callable[..., None], cli: Cli, tmp_path: Path
    ) -> None:
        asked("y", "b", "y", "b", "n", "q")
        said = cli("review", "Ana", "--library", tmp_path / "data")
        assert said.out.count("answered so far: yes") == 2
        assert f"semblante undo --people 2 --library {tmp_path / 'data'}" in said.err
        with SqliteStore(tmp_path / "data") as library:
            confirmed = [each.kind for each in library.taught("Ana") if each.confirmed_by_user]
            assert confirmed == ["negative"]
            assert [each.kind for each in library.changes()] == ["answer", "answer", "learn"]

    def test_photos_are_opened_where_that_is_asked(
        self, asked: Callable[..., None], cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Not the photos themselves, but copies with the face marked, one after the other."""
        opened: list[str] = []
        read: list[str] = []

        def load(path: Path, _max_side_px: int | None = None) -> Photo:
            read.append(path.name)
            return Photo(np.zeros((480, 640, 3), np.uint8), str(path), 640, 480)

        monkeypatch.setattr("semblante.pipeline.face_pictures.load", load)
        monkeypatch.setattr("webbrowser.open", opened.append)
        asked("s", "s", "s", "s")
        said = cli("review", "Ana", "--library", tmp_path / "data", "--open")
        assert "No photo is left to ask about." in said.out
        assert sorted(read) == [f"doubtful{k}.jpg" for k in range(4)]
        assert len(set(opened)) == 4 and str(tmp_path) not in "".join(opened)


class TestGroupPhotos:
    """From pictures to a person: drawn faces side by side, with a detector that knows where they are."""

    read: dict[str, AnalyzedPhoto]

    @pytest.fixture
    def analyzer(self, knowing: Bundle) -> FaceAnalyzer:
        return FaceAnalyzer(knowing)

    @pytest.fixture
    def mixed(self, analyzer: FaceAnalyzer, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
        """Six photos of Ana, each with somebody else before her, and two of somebody else alone."""
        rng = np.random.default_rng(0)
        people = [[100 + k, ANA] for k in range(6)] + [[200], [201]]
        self.read = read = {
            f"{k}.jpg": photo(f"{k}.jpg", *(face(embeddings(each, rng)) for each in shown))
            for k, shown in enumerate(people)
        }
        monkeypatch.setattr(
            "semblante.pipeline.training_faces.find_some_photos", lambda paths, _: tuple(paths)
        )
        monkeypatch.setattr(
            "semblante.pipeline.analyzer.FaceAnalyzer.analyze_many",
            lambda _self, paths, _aligned, _job: (read[str(path)] for path in paths),
        )
        monkeypatch.setattr("semblante.model.bundle.Bundle.background", lambda _: OTHERS)
        monkeypatch.setattr("semblante.model.bundle.Bundle.embedding_size", LENGTH)
        return [Path(name) for name in read]

    def test_teach_with_bystanders_and_say_who_is_somebody_else(
        self, mixed: list[Path], analyzer: FaceAnalyzer
    ) -> None:
        heard: list[Event] = []
        result = semblante.learn("Ana", TrainingPhotos(mixed), analyzer, 0.01, job=JobContext(heard.append))
        hers = [(each.ref.photo, each.ref.index) for each in result.training.positives]
        assert hers == [(f"{k}.jpg", 1) for k in range(6)]
        assert [each.ref.photo for each in result.training.negatives] == [f"{k}.jpg" for k in range(6)]
        advice = {each.code: each.photos for each in heard if isinstance(each, Advice)}
        assert advice["advice_someone_else"] == ("6.jpg", "7.jpg")
        assert advice["advice_several_people"] == tuple(f"{k}.jpg" for k in range(6))
        assert result.separability is None and result.person.rule.false_match_rate == 0.01

    def test_photos_of_others_are_looked_at_too(self, mixed: list[Path], analyzer: FaceAnalyzer) -> None:
        """Among those named as others: the person, a landscape, a face too small, and somebody else."""
        rng = np.random.default_rng(5)
        shown = {
            "ana.jpg": [face(embeddings(ANA, rng, 0.3))],
            "sea.jpg": [],
            "far.jpg": [face(embeddings(300, rng), ("small",))],
            "eva.jpg": [face(embeddings(EVA, rng))],
        }
        self.read |= {name: photo(name, *faces) for name, faces in shown.items()}
        heard: list[Event] = []
        job = JobContext(heard.append)
        analyzer.learn("Ana", TrainingPhotos(mixed, list(map(Path, shown))), job=job)
        assert Advice("advice_no_face", ("sea.jpg",)) in heard
        assert Advice("advice_face_small", ("far.jpg",)) in heard
        assert Advice("advice_perhaps_the_person", ("ana.jpg",)) in heard
        heard.clear()
        analyzer.learn("Ana", TrainingPhotos(mixed, [Path("eva.jpg")]), job=job)
        codes = {each.code for each in heard if isinstance(each, Advice)}
        assert "advice_perhaps_the_person" not in codes

    def test_a_looser_rate_says_yes_to_more(self, mixed: list[Path], analyzer: FaceAnalyzer) -> None:
        strict, loose = (analyzer.learn("Ana", mixed, rate).rule for rate in (0.001, 0.05))
        logits = np.linspace(-30, 30, 601)
        yes = [int((rule.probabilities(logits) > rule.yes_above).sum()) for rule in (strict, loose)]
        assert yes[0] < yes[1]


def test_people_are_kept_and_known_by_name(cli: Cli, drawn: Path, knowing: Bundle, tmp_path: Path) -> None:
    """Learn without a file, then recognise by name; the library is asked in any capitals."""
    lines = (drawn / "identity_CelebA.txt").read_text().splitlines()
    first = lines[0].split()[1]
    mine = [drawn / "img_align_celeba" / line.split()[0] for line in lines if line.split()[1] == first]
    others = [drawn / "img_align_celeba" / line.split()[0] for line in lines[6:16]]
    named = [part for path in others for part in ("--not", path)]
    said = cli("learn", "--aligned", "Ana", *mine, *named, "--base", knowing.folder)
    assert said.code == 0, said.err
    assert "Ana is in the library" in said.out
    again = cli("recognise", "--aligned", "ANA", *mine[:2])
    assert again.code == 0 and "Ana: " in again.out
