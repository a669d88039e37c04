"""Whether photos show one person: named where they do not, and only doubted by a network that can tell."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import Cli
from faces_made_up import background, photo_of
from heard import Heard
from sentences import raises

from semblante.celeba import PreparedSet
from semblante.errors import NoCommonFace
from semblante.generate import write_person, write_strangers
from semblante.metrics.results import AcceptRate, Estimate
from semblante.model.bundle import Bundle, load_pretrained
from semblante.pipeline.agreement import Agreement, check_sorted, find_person, tells_people_apart
from semblante.train import choose, train
from semblante.types import AnalyzedPhoto, FaceRef

ANA, LUIS = 0, 1
NEGATIVES = background()
STRANGERS = [[100 + number] for number in range(10)]


def photos_of(people: Sequence[Sequence[int]], noise: float = 0.6) -> list[AnalyzedPhoto]:
    rng = np.random.default_rng(0)
    return [photo_of(f"{number}.jpg", each, rng, noise) for number, each in enumerate(people)]


def named(heard: Heard) -> dict[str, list[tuple[str, ...]]]:
    """The photos of each advice."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for each in heard.advice:
        found.setdefault(each.code, []).append(each.photos)
    return {code: sorted(photos) for code, photos in found.items()}


def files(*numbers: int) -> tuple[str, ...]:
    return tuple(f"{number}.jpg" for number in numbers)


class TestANetworkThatCanTell:
    def test_ten_strangers_are_refused_and_named(self) -> None:
        heard = Heard()
        with raises(NoCommonFace, "no face is in most of the photos .*--course"):
            find_person("Ana", photos_of(STRANGERS), NEGATIVES, True, heard.job)
        assert {photo for each in heard.advice for photo in each.photos} == set(files(*range(10)))

    def test_two_groups_are_refused_and_named(self) -> None:
        heard = Heard()
        people = [*[[ANA]] * 5, *[[LUIS]] * 5, [300]]
        with raises(NoCommonFace):
            find_person("Ana", photos_of(people), NEGATIVES, True, heard.job)
        assert named(heard) == {
            "advice_same_face": [files(*range(5)), files(*range(5, 10))],
            "advice_unlike_the_others": [files(10)],
        }

    @pytest.mark.parametrize(
        ("people", "agreement", "says"),
        [
            ([[ANA]] * 8, "agree", {}),
            ([*[[ANA]] * 8, [300], [301]], "agree", {"advice_perhaps_someone_else": [files(8, 9)]}),
            (STRANGERS, "contradict", {}),
            (
                [*[[ANA]] * 5, *[[LUIS]] * 4],
                "contradict",
                {"advice_same_face": [files(*range(5)), files(*range(5, 9))]},
            ),
        ],
        ids=["one person", "two outliers", "strangers", "two people"],
    )
    def test_sorted_photos_are_kept_and_said_of(
        self, people: list[list[int]], agreement: Agreement, says: dict[str, list[tuple[str, ...]]]
    ) -> None:
        heard = Heard()
        consensus, found = check_sorted("Ana", photos_of(people), NEGATIVES, True, heard.job)
        assert [ref.photo for ref in consensus.positives] == list(files(*range(len(people))))
        assert found == agreement
        if people is STRANGERS:
            assert {photo for each in heard.advice for photo in each.photos} == set(files(*range(10)))
        else:
            assert named(heard) == says

    def test_sorted_photos_are_not_doubted_for_want_of_others(self) -> None:
        heard = Heard()
        _, found = check_sorted("Ana", photos_of(STRANGERS), NEGATIVES[:20], True, heard.job)
        assert (found, heard.advice) == ("not_checked", [])


class TestANetworkThatCannotTell:
    @pytest.mark.parametrize("people", [[[ANA]] * 8, STRANGERS], ids=["one person", "as if strangers"])
    def test_photos_with_one_face_each_are_taken(self, people: list[list[int]]) -> None:
        heard = Heard()
        consensus, agreement = find_person("Ana", photos_of(people), NEGATIVES, False, heard.job)
        assert consensus.positives == tuple(FaceRef(source, 0) for source in files(*range(len(people))))
        assert (agreement, heard.advice, consensus.outliers) == ("not_checked", [], ())

    def test_photos_of_several_are_left_out_where_nobody_is_found(self) -> None:
        heard = Heard()
        people = [*STRANGERS, [200, 201]]
        consensus, _ = find_person("Ana", photos_of(people), NEGATIVES, False, heard.job)
        assert len(consensus.positives) == 10
        assert named(heard) == {"advice_crowd_left_out": [files(10)]}

    def test_what_it_finds_is_used_and_whom_it_doubts_is_named(self) -> None:
        heard = Heard()
        people = [*[[ANA]] * 8, [200, ANA], [300]]
        consensus, _ = find_person("Ana", photos_of(people), NEGATIVES, False, heard.job)
        assert consensus.positives[-2:] == (FaceRef("8.jpg", 1), FaceRef("9.jpg", 0))
        assert consensus.other_faces == (FaceRef("8.jpg", 0),)
        assert named(heard) == {"advice_perhaps_someone_else": [files(9)]}

    def test_without_any_photo_of_one_there_is_nobody(self) -> None:
        with raises(NoCommonFace):
            find_person(
                "Ana", photos_of([[10 * k, 10 * k + 1] for k in range(8)]), NEGATIVES, False, Heard().job
            )


class TestWhichNetworkCanTell:
    def test_the_pretrained_one(self) -> None:
        assert tells_people_apart(load_pretrained())

    def test_not_one_that_was_measured_on_drawn_faces(self, monkeypatch: pytest.MonkeyPatch) -> None:
        evaluation = load_pretrained().evaluation
        assert evaluation
        monkeypatch.setattr(Bundle, "evaluation", replace(evaluation, terms="drawn"))
        assert not tells_people_apart(load_pretrained())

    @pytest.mark.parametrize(("measured", "can"), [(None, False), (0.02, False), (0.5, True)])
    def test_by_what_was_measured(
        self, measured: float | None, can: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        evaluation = load_pretrained().evaluation
        assert evaluation and evaluation.verification
        estimate = None if measured is None else Estimate(measured, 0.0, 1.0)
        rates = (AcceptRate(1e-3, estimate, 0.4),)
        changed = replace(evaluation, verification=replace(evaluation.verification, rates=rates))
        monkeypatch.setattr(Bundle, "evaluation", changed)
        assert tells_people_apart(load_pretrained()) == can


@pytest.fixture(scope="module")
def classic(prepared: PreparedSet, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The course's network after one epoch."""
    return train(prepared, tmp_path_factory.mktemp("classic") / "network", choose("classic", 24, 1))


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("people")
    write_person(folder / "own", "photo", 5, 7, 12)
    write_strangers(folder / "others", "other", 5, range(20, 32))
    return folder


class TestTheCourse:
    """`train --recipe classic`, then `learn`: twelve photos of one face, with folders and without."""

    NAMES = ("Ana", "María José de la O", "李雷", "أحمد")

    @pytest.mark.parametrize("name", NAMES)
    def test_without_folders(
        self, name: str, cli: Cli, classic: Bundle, people: Path, tmp_path: Path
    ) -> None:
        own = tmp_path / name
        shutil.copytree(people / "own", own)
        said = cli("learn", name, own, "--aligned", "--base", classic.folder, "--out", tmp_path / "p.json")
        assert said.code == 0, said.err
        assert f"the figures hold only if all are of {name}." in said.out
        assert "Learnt from 12 photos" in said.out

    @pytest.mark.parametrize("validation", [False, True])
    def test_with_its_folders(
        self, validation: bool, cli: Cli, classic: Bundle, people: Path, tmp_path: Path
    ) -> None:
        for side, folder in (("own", "María José"), ("others", "others")):
            for number, photo in enumerate(sorted((people / side).iterdir())):
                part = "validation" if validation and number % 2 else "train"
                (tmp_path / part / folder).mkdir(parents=True, exist_ok=True)
                shutil.copy(photo, tmp_path / part / folder)
        out = tmp_path / "p.json"
        said = cli("learn", "María José", "--course", tmp_path, "--base", classic.folder, "--out", out)
        assert said.code == 0, said.err
        assert f"Learnt from {6 if validation else 12} photos" in said.out
        assert "This network cannot tell whether the photos show one person" in said.out

    def test_strangers_are_no_person_of_whom_much_is_claimed(
        self, cli: Cli, classic: Bundle, people: Path, tmp_path: Path
    ) -> None:
        said = cli(
            *("learn", "Ana", people / "others", "--aligned"),
            *("--base", classic.folder, "--out", tmp_path / "p.json"),
        )
        assert said.code == 0, said.err
        assert "This network cannot tell whether the photos show one person" in said.out


@pytest.mark.parametrize("is_course", [False, True], ids=["photos", "course"])
def test_drawn_strangers_are_not_learnt_without_a_word(
    is_course: bool, cli: Cli, classic: Bundle, tmp_path: Path
) -> None:
    """A network that cannot tell says so. (To the pretrained one, drawn people are all alike.)"""
    write_strangers(tmp_path / "train" / "Ana", "other", 6, range(12))
    write_strangers(tmp_path / "train" / "others", "other", 6, range(20, 26))
    photos = ["--course", tmp_path] if is_course else [tmp_path / "train" / "Ana", "--aligned"]
    said = cli("learn", "Ana", *photos, "--base", classic.folder, "--out", tmp_path / "p.json")
    assert said.code == 0 and "the figures hold only if all are of Ana." in said.out
