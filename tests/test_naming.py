"""Whom a name stands for: known names given again, renaming, merging, corrections, and the way back."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from conftest import Cli
from fake_photos import BASE, WIDTH, NoNetwork, Shown, embeddings_of, write_photo
from sentences import raises

from semblante.errors import InvalidOption, SamePhotos, TooFewPhotos, UnknownPerson
from semblante.files import sha256_of
from semblante.library import KnownPerson, Taught
from semblante.model.bundle import Bundle
from semblante.person import Examples, Gallery, fit, person_as_json
from semblante.pipeline import Correction, IfKnown, Library
from semblante.pipeline.learning import LearnResult
from semblante.pipeline.taught_faces import examples_of
from semblante.pipeline.training_faces import TrainingFace, TrainingFaces
from semblante.types import Embeddings, FaceRef

ANA, BO, EVA = 1, 2, 3
STRANGERS = np.concatenate([embeddings_of(5000 + who, 1) for who in range(200)])


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return Bundle(tmp_path / "base", {"weights": {"sha256": BASE, "embedding_size": WIDTH}})


@pytest.fixture
def analyzer(bundle: Bundle, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cli: Cli) -> NoNetwork:
    """Photos are read without a network, and the background is made up."""

    def background(_bundle: Bundle) -> Embeddings:
        return STRANGERS

    monkeypatch.setattr("semblante.pipeline.FaceAnalyzer", NoNetwork)
    monkeypatch.setattr(Bundle, "background", background)
    monkeypatch.setattr("semblante.pipeline.open_base", lambda folder=None, person=None: bundle)
    monkeypatch.setenv("SEMBLANTE_HOME", str(tmp_path / "data"))
    return NoNetwork(bundle)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Eight photos of Ana's and seven of Bo's, one of Ana and Bo, and one of Eva's."""
    for number in range(8):
        write_photo(tmp_path / "photos" / f"ana-{number}.jpg", Shown(ANA), salt=number)
    for number in range(7):
        write_photo(tmp_path / "photos" / f"bo-{number}.jpg", Shown(BO), salt=100 + number)
    write_photo(tmp_path / "photos" / "both.jpg", Shown(ANA), Shown(BO), salt=200)
    write_photo(tmp_path / "photos" / "eva.jpg", Shown(EVA), salt=201)
    return tmp_path / "photos"


@pytest.fixture
def library(tmp_path: Path, photos: Path, analyzer: NoNetwork) -> Iterator[Library]:
    with Library(tmp_path / "data", create=True) as opened:
        opened.scan([photos], analyzer)
        yield opened


def learnt(photos: Path, who: int, files: Sequence[str], name: str = "Ana", base: str = BASE) -> LearnResult:
    """A person learnt from the first faces of these photos, as `learn` gives it."""
    faces = []
    for file in files:
        (read,) = NoNetwork(Bundle(photos, {})).analyze_many([photos / file])
        faces.append(TrainingFace(FaceRef(str(photos / file), 0), read.faces[0]))  # type: ignore[union-attr]
    rows = np.stack([each.face.embedding for each in faces])
    examples = Examples(Gallery(rows, tuple(files)), Gallery(rows[:0], ()))
    training = TrainingFaces(tuple(faces))
    return LearnResult(fit(name, examples, base, background=STRANGERS), training, training, None)


def of(who: str, count: int, start: int = 0) -> list[str]:
    return [f"{who}-{number}.jpg" for number in range(start, start + count)]


def known(library: Library, name: str = "Ana") -> KnownPerson:
    (found,) = [each for each in library.known_people() if each.name == name]
    return found


def found(library: Library, name: str = "Ana", verdict: str = "yes") -> set[str]:
    return {each.path.name for each in library.find(name).matches if each.verdict == verdict}


def state(library: Library) -> dict[str, tuple[str, set[tuple[object, ...]]]]:
    return {
        name: (
            library.store.person(name),
            {(each.kind, each.face, each.confirmed_by_user) for each in library.store.taught(name)},
        )
        for name in library.names()
    }


class TestLearningUnderAKnownName:
    @pytest.fixture
    def ana(self, library: Library, photos: Path) -> Library:
        """Ana, learnt from five photos, with one answer each way."""
        kept = library.keep(learnt(photos, ANA, of("ana", 5)), STRANGERS)
        assert (kept.outcome, kept.answers) == ("new", 0)
        review = library.review("Ana")
        review.correct(
            [Correction(photos / "ana-5.jpg", "yes"), Correction(photos / "eva.jpg", "no")], STRANGERS
        )
        return library

    def test_the_same_person_keeps_the_answers(self, ana: Library, photos: Path) -> None:
        kept = ana.keep(learnt(photos, ANA, of("ana", 5, 3)), STRANGERS)
        assert (kept.outcome, kept.answers) == ("relearnt", 1), "ana-5 is among the new photos"
        listed = known(ana)
        assert (listed.photos, listed.yes, listed.no) == (5, 0, 1)

    def test_somebody_unlike_is_refused(self, ana: Library, photos: Path) -> None:
        before = state(ana)
        with raises(InvalidOption, match="seems to be somebody else: of these 5 faces, 0 may be Ana's"):
            ana.keep(learnt(photos, BO, of("bo", 5)), STRANGERS)
        assert state(ana) == before

    @pytest.mark.parametrize(
        ("if_known", "counts", "reason"),
        [
            ("replace", (5, 0, 0), "no answer is carried to somebody unlike"),
            ("merge", (10, 1, 1), "whoever says that it is one person keeps all"),
        ],
    )
    def test_or_what_is_asked_for(
        self, if_known: IfKnown, counts: tuple[int, int, int], reason: str, ana: Library, photos: Path
    ) -> None:
        before = state(ana)
        kept = ana.keep(learnt(photos, BO, of("bo", 5)), STRANGERS, if_known)
        assert kept.outcome == {"replace": "replaced", "merge": "merged"}[if_known]
        listed = known(ana)
        assert (listed.photos, listed.yes, listed.no) == counts, reason
        assert found(ana) >= {"bo-6.jpg"}
        assert ("ana-6.jpg" in found(ana)) == (if_known == "merge")
        ana.undo()
        assert state(ana) == before, "it is one change"

    def test_the_same_person_may_be_merged_and_replaced_too(self, ana: Library, photos: Path) -> None:
        assert ana.keep(learnt(photos, ANA, of("ana", 5, 3)), STRANGERS, "merge").answers == 2
        assert known(ana).photos == 7
        ana.keep(learnt(photos, ANA, of("ana", 5, 3)), STRANGERS, "replace")
        assert (known(ana).photos, known(ana).yes) == (5, 0)

    def test_one_of_another_network_is_replaced(self, ana: Library, photos: Path) -> None:
        other = learnt(photos, ANA, of("ana", 5), base="cd" * 32)
        with raises(InvalidOption, match="learnt on another network"):
            ana.keep(other, STRANGERS, "merge")
        assert ana.keep(other, STRANGERS).outcome == "replaced"
        assert (known(ana).yes, known(ana).no) == (0, 0)


class TestNamingGroups:
    @pytest.fixture
    def named(self, library: Library, analyzer: NoNetwork) -> Callable[..., str]:
        def name(who: str, name: str, if_known: IfKnown | None = None) -> str:
            """Name the group that shows `who`."""
            for group in library.people(analyzer).groups:
                if any(path.name.startswith(who) for path in library.photos_of(group)):
                    return library.name_group(group, name, analyzer, if_known=if_known).outcome
            raise AssertionError(who)

        return name

    def test_a_second_group_that_is_unlike(self, named: Callable[..., str], library: Library) -> None:
        assert named("ana-", "Ana") == "new"
        before = state(library)
        with raises(InvalidOption, match="of these 8 faces, 0 may be Ana's"):
            named("bo-", "Ana")
        assert state(library) == before
        assert named("bo-", "Ana", "replace") == "replaced"
        assert found(library) == {*of("bo", 7), "both.jpg"}
        library.undo()
        assert state(library) == before
        assert named("bo-", "ANA", "merge") == "merged"
        assert found(library) == {*of("bo", 7), *of("ana", 8), "both.jpg"}
        assert library.names() == ("Ana",)
        assert [each.kind for each in library.changes()] == ["name", "name"]

    def test_a_second_group_that_is_alike(self, library: Library, analyzer: NoNetwork, photos: Path) -> None:
        """Learnt strictly, her other photos are unsure, and make a group of their own."""
        library.keep(learnt(photos, ANA, of("ana", 5)), STRANGERS)
        strict = library.person("Ana")
        strict = replace(strict, rule=replace(strict.rule, yes_above=1.0))
        library.store.keep_person(person_as_json(strict), "Ana", library.store.taught("Ana"))
        groups = [each for each in library.people(analyzer).groups if each.name is None]
        (hers,) = [each for each in groups if any("ana" in path.name for path in library.photos_of(each))]
        kept = library.name_group(hers, "Ana", analyzer)
        assert (kept.outcome, known(library).photos) == ("merged", 0)
        assert known(library).yes == 9, "each face taught once"


class TestRenaming:
    @pytest.fixture
    def both(self, library: Library, photos: Path) -> Library:
        library.keep(learnt(photos, ANA, of("ana", 5)), STRANGERS)
        library.keep(learnt(photos, BO, of("bo", 5), "Bo"), STRANGERS)
        return library

    def test_a_new_name(self, both: Library) -> None:
        before = state(both)
        kept = both.rename("ana", " Anna ")
        assert (kept.person.name, kept.outcome, both.names()) == ("Anna", "new", ("Anna", "Bo"))
        assert known(both, "Anna").former_names == ("Ana",)
        assert found(both, "Anna") >= set(of("ana", 8))
        with raises(UnknownPerson, match="now it is Anna"):
            both.find("Ana")
        both.undo()
        assert state(both) == before

    def test_another_spelling(self, both: Library) -> None:
        both.rename("Ana", "ANA")
        assert (both.names(), known(both, "ANA").former_names) == (("ANA", "Bo"), ())
        with raises(InvalidOption, match="has this name already"):
            both.rename("ana", "ANA")

    def test_a_name_that_is_taken(self, both: Library, analyzer: NoNetwork) -> None:
        before = state(both)
        with raises(InvalidOption, match="Bo is the name of somebody who is known already"):
            both.rename("Ana", "BO")
        assert state(both) == before
        assert both.rename("Ana", "Bo", if_known="replace").outcome == "replaced"
        assert (both.names(), known(both, "Bo").photos) == (("Bo",), 5)
        assert found(both, "Bo") >= set(of("ana", 8))
        both.undo()
        assert state(both) == before
        assert both.rename("Ana", "bo", analyzer, "merge").outcome == "merged"
        assert (both.names(), known(both, "Bo").photos, known(both, "Bo").yes) == (("Bo",), 5, 5)
        assert found(both, "Bo") >= {*of("ana", 8), *of("bo", 7)}
        both.undo()
        assert state(both) == before

    def test_two_who_were_told_apart_can_be_merged(
        self, both: Library, photos: Path, analyzer: NoNetwork
    ) -> None:
        both.review("Ana").correct([Correction(photos / "bo-0.jpg", "no")], STRANGERS)
        both.rename("Bo", "Ana", analyzer, "merge")
        assert (known(both).photos, known(both).yes, known(both).no) == (5, 5, 0)

    def test_forgetting_takes_the_face_that_is_found_though_another_was_likelier(
        self, tmp_path: Path, library: Library, photos: Path, analyzer: NoNetwork
    ) -> None:
        twins = tmp_path / "twins" / "twins.jpg"
        write_photo(twins, Shown(ANA), Shown(ANA, noise=0.2), salt=300)
        library.scan([twins], analyzer)
        kept = library.keep(learnt(photos, ANA, of("ana", 6)), STRANGERS).person
        store, photo = library.store, sha256_of(twins)
        refs = [FaceRef(photo, index) for index in range(2)]
        numbers = store.face_numbers(refs)
        shown = {each.face: each for each in store.stored_faces(numbers.values())}
        less, likelier = sorted(refs, key=lambda ref: kept.neuron.logits(shown[ref].embedding[None])[0])
        answer = Taught("negative", likelier, shown[likelier].embedding, True)
        store.keep_person(person_as_json(kept), "Ana", (*store.taught("Ana"), answer), "answer")
        assert {match.face for match in library.find("Ana").matches if match.path == twins} == {less}
        library.forget("Ana")
        assert store.face_numbers(refs).keys() == {likelier}

    def test_forgetting_takes_each_face_of_a_collage(
        self, tmp_path: Path, library: Library, photos: Path, analyzer: NoNetwork
    ) -> None:
        collage = tmp_path / "collage" / "collage.jpg"
        write_photo(collage, Shown(ANA), Shown(ANA, noise=0.2), salt=300)
        library.scan([collage], analyzer)
        library.keep(learnt(photos, ANA, of("ana", 6)), STRANGERS)
        refs = [FaceRef(sha256_of(collage), index) for index in range(2)]
        assert library.store.face_numbers(refs).keys() == set(refs)
        library.forget("Ana")
        assert not library.store.face_numbers(refs)

    def test_forgetting_takes_what_bears_the_former_name(self, both: Library) -> None:
        from semblante.files import REPORT_MARK
        from semblante.organize.journal import journal

        (both.folder / "ana.html").write_text(f"{REPORT_MARK}<p>Ana</p>", encoding="utf-8")
        with journal(both.folder, "Ana", "copy") as written:
            written.done(0)
        both.rename("Ana", "Anna")
        gone = both.forget("Anna")
        assert (gone.journals, [path.name for path in gone.files]) == (1, ["ana.html"])
        assert not any(b"Ana" in path.read_bytes() for path in both.folder.rglob("*") if path.is_file())
        assert both.changes() == (), "what was learnt of Bo came before the change of the name"


class TestCorrections:
    @pytest.fixture
    def ana(self, library: Library, photos: Path) -> Library:
        """Ana, and among her answers a yes about Bo and a no about herself, both wrong."""
        library.keep(learnt(photos, ANA, of("ana", 6)), STRANGERS)
        wrong = [Correction(photos / "bo-0.jpg", "yes"), Correction(photos / "ana-7.jpg", "no")]
        library.review("Ana").correct(wrong, STRANGERS)
        assert "bo-0.jpg" in found(library) and "ana-7.jpg" not in found(library)
        return library

    def test_wrong_answers_are_put_right_at_once(self, ana: Library, photos: Path) -> None:
        before = state(ana)
        right = [Correction(photos / "bo-0.jpg", "no"), Correction(photos / "ana-7.jpg", "yes")]
        ana.review("ana").correct(right, STRANGERS)
        assert "bo-0.jpg" not in found(ana) and "ana-7.jpg" in found(ana)
        assert (known(ana).yes, known(ana).no) == (1, 1)
        ana.undo()
        assert state(ana) == before

    def test_what_is_answered_is_found_as_answered(self, ana: Library) -> None:
        matches = {each.path.name: each for each in ana.find("Ana").matches}
        assert (matches["bo-0.jpg"].verdict, matches["bo-0.jpg"].probability) == ("yes", None)
        assert "ana-7.jpg" not in matches
        review, passed, asked = ana.review("Ana"), set[FaceRef](), set[str]()
        while question := review.next_question(passed):
            passed.add(question.key)
            asked.add(question.match.path.name)
        assert asked and not asked & {"bo-0.jpg", "ana-7.jpg"}

    def test_what_is_said_twice_counts_once(self, ana: Library, photos: Path) -> None:
        right = Correction(photos / "ana-7.jpg", "yes")
        learnt_once = ana.review("Ana").correct([right, right], STRANGERS).person
        assert learnt_once.photos_of_person == known(ana).photos + known(ana).yes == 8

    @pytest.mark.parametrize("answers", [("yes", "no"), ("yes", "remove"), ("remove", "no")])
    def test_two_answers_about_one_face_are_refused(
        self, ana: Library, photos: Path, answers: tuple[Literal["yes", "no", "remove"], ...]
    ) -> None:
        before, photo = state(ana), photos / "ana-7.jpg"
        with raises(InvalidOption, match="one face is given two different answers, in .*ana-7"):
            ana.review("Ana").correct([Correction(photo, answer) for answer in answers], STRANGERS)
        assert state(ana) == before

    def test_a_photo_that_taught_is_known_by_its_path(self, ana: Library, photos: Path) -> None:
        taught = ana.store.taught("Ana")
        sources = examples_of(ana.store, len(taught[0].embedding), taught).positives.sources
        assert photos / "ana-0.jpg" in sources and all(isinstance(each, Path) for each in sources)

    def test_one_face_is_taken_out(self, ana: Library, photos: Path) -> None:
        ana.review("Ana").correct(
            [Correction(photos / "bo-0.jpg", "remove"), Correction(photos / "ana-0.jpg", "remove")], STRANGERS
        )
        assert (known(ana).photos, known(ana).yes, known(ana).no) == (5, 0, 1)
        assert ana.changes()[0].kind == "remove"
        with raises(InvalidOption, match="no face here taught Ana"):
            ana.review("Ana").correct([Correction(photos / "ana-0.jpg", "remove")], STRANGERS)

    def test_a_photo_that_taught_need_not_be_scanned(
        self, ana: Library, photos: Path, tmp_path: Path
    ) -> None:
        new = [
            write_photo(tmp_path / "new" / f"{number}.jpg", Shown(ANA), salt=400 + number)
            for number in range(6)
        ]
        ana.keep(learnt(tmp_path / "new", ANA, [path.name for path in new]), STRANGERS)
        ana.review("Ana").correct([Correction(new[0], "remove")], STRANGERS)
        assert known(ana).photos == 5
        unknown = write_photo(tmp_path / "new" / "x.jpg", Shown(ANA), salt=999)
        with raises(InvalidOption, match="this photo is not in the index, and did not teach Ana"):
            ana.review("Ana").correct([Correction(unknown, "yes")], STRANGERS)

    def test_the_face_that_is_meant(self, ana: Library, photos: Path) -> None:
        """Of two in a photo: the likeliest, the one that was answered about, or the one that is named."""

        def answers() -> dict[int, str]:
            photo = sha256_of(photos / "both.jpg")
            return {
                each.face.index: each.kind for each in ana.store.taught("Ana") if each.face.photo == photo
            }

        both = photos / "both.jpg"
        review = ana.review("Ana")
        review.correct([Correction(both, "no")], STRANGERS)
        assert answers() == {0: "negative"}, "Ana herself"
        review.correct([Correction(both, "yes")], STRANGERS)
        assert answers() == {0: "positive"}
        review.correct([Correction(both, "no", face=2)], STRANGERS)
        assert answers() == {0: "positive", 1: "negative"}
        review.correct([Correction(both, "remove", face=2)], STRANGERS)
        assert answers() == {0: "positive"}
        with raises(InvalidOption, match="no face here can teach"):
            review.correct([Correction(both, "yes", face=3)], STRANGERS)

    def test_a_poor_face_cannot_teach(self, ana: Library, photos: Path, analyzer: NoNetwork) -> None:
        poor = write_photo(photos / "poor.jpg", Shown(ANA, ("blurred",)), salt=300)
        ana.scan([photos], analyzer)
        with raises(InvalidOption, match="cannot be relied on"):
            ana.review("Ana").correct([Correction(poor, "yes")], STRANGERS)

    def test_a_no_holds_for_a_poor_face_and_with_another_network(
        self, ana: Library, photos: Path, analyzer: NoNetwork
    ) -> None:
        """It is not forgotten with what taught: a face is meant, not its embedding."""
        poor = write_photo(photos / "poor.jpg", Shown(ANA, ("blurred",)), salt=300)
        ana.scan([photos], analyzer)
        unsure = {"poor.jpg"}
        assert unsure <= found(ana, verdict="unsure")
        refs = {name: FaceRef(sha256_of(photos / name), 0) for name in ("poor.jpg", "ana-1.jpg")}
        review = ana.review("Ana")
        review.record_answers({refs["poor.jpg"]: "no"}, STRANGERS)
        assert not unsure & found(ana, verdict="unsure") and poor.exists()
        review.record_answers({refs["ana-1.jpg"]: "no"}, STRANGERS)
        assert "ana-1.jpg" not in found(ana)
        ana.keep(learnt(photos, ANA, of("ana", 5, 3), base="cd" * 32), STRANGERS)
        ana.keep(learnt(photos, ANA, of("ana", 5, 3)), STRANGERS)
        assert known(ana).no == 0, "none of them teaches"
        assert ana.store.rejected_faces("Ana") == set(refs.values())
        assert "ana-1.jpg" not in found(ana) and not unsure & found(ana, verdict="unsure")
        review.record_answers({refs["poor.jpg"]: "remove"}, STRANGERS)
        assert unsure <= found(ana, verdict="unsure")
        ana.undo()
        assert not unsure & found(ana, verdict="unsure")
        with raises(InvalidOption, match="no face here can teach"):
            review.record_answers({refs["poor.jpg"]: "yes"}, STRANGERS)

    def test_too_few_photos_are_left_as_they_were(self, ana: Library, photos: Path) -> None:
        before = state(ana)
        with pytest.raises(TooFewPhotos):
            ana.review("Ana").correct(
                [Correction(photos / file, "remove") for file in [*of("ana", 4), "bo-0.jpg"]], STRANGERS
            )
        assert state(ana) == before

    def test_a_photo_that_is_gone_is_known_by_its_path(self, ana: Library, photos: Path) -> None:
        (photos / "bo-0.jpg").unlink()
        ana.review("Ana").correct([Correction(photos / "bo-0.jpg", "no")], STRANGERS)
        assert (known(ana).yes, known(ana).no) == (0, 2)

    def test_a_copy_with_another_answer_is_no_contradiction(self, ana: Library, photos: Path) -> None:
        """Answers about one photo, saved twice, follow the last one."""
        taught = [*ana.store.taught("Ana")]
        bo = next(each for each in taught if each.confirmed_by_user and each.kind == "positive")
        copy = Taught("positive", FaceRef("ab" * 32, 0), bo.embedding, True)
        ana.store.keep_person(ana.store.person("Ana"), "Ana", [*taught, copy])
        ana.review("Ana").correct([Correction(photos / "bo-0.jpg", "no")], STRANGERS)
        assert (known(ana).yes, known(ana).no) == (0, 2)
        unconfirmed = [replace(each, confirmed_by_user=False) for each in [*taught, copy]]
        ana.store.keep_person(ana.store.person("Ana"), "Ana", unconfirmed)
        with pytest.raises(SamePhotos):
            ana.review("Ana").correct([Correction(photos / "bo-0.jpg", "no")], STRANGERS)


def test_there_may_be_nothing_to_take_back(library: Library) -> None:
    with raises(InvalidOption, match="there is no change of people to take back"):
        library.undo()


def test_several_changes_are_taken_back_at_once(library: Library, photos: Path) -> None:
    library.keep(learnt(photos, ANA, of("ana", 5)), STRANGERS)
    before = state(library)
    for file in ("bo-0.jpg", "bo-1.jpg"):
        library.review("Ana").correct([Correction(photos / file, "no")], STRANGERS)
    with raises(InvalidOption, match="there are 3 changes of people to take back"):
        library.undo(4)
    with raises(InvalidOption, match="there are 3 changes of people to take back"):
        library.undo(0)
    assert [each.kind for each in library.undo(2)] == ["answer", "answer"]
    assert state(library) == before


class TestOnTheCommandLine:
    @pytest.fixture(autouse=True)
    def ana(self, library: Library, photos: Path) -> Library:
        library.keep(learnt(photos, ANA, of("ana", 6)), STRANGERS)
        return library

    def test_people_are_listed_without_a_scan(self, cli: Cli, tmp_path: Path, photos: Path) -> None:
        data = tmp_path / "elsewhere"
        with Library(data, create=True) as other:
            assert cli("people", "--known", "--library", data).err.startswith("Nobody is known yet")
            other.keep(learnt(photos, ANA, of("ana", 6)), STRANGERS)
            other.rename("Ana", "Anna")
        assert (
            f"Whom the library knows: semblante people --known --library {data}"
            in cli("people", "--library", data).err
        )
        said = cli("people", "--known", "--library", data)
        assert said.code == 0
        assert said.out.startswith(
            "Anna: photos given to learn from: 6, faces of other people: 0; faces answered: 0 yes, 0 no; "
            "last changed 20"
        )
        assert said.out.endswith("; before: Ana\n") and said.err == ""
        (listed,) = json.loads(cli("people", "--known", "--json", "--library", data).out)["people"]
        assert listed["portrait"]["index"] == 0
        assert {**listed, "changed": None, "id": 0, "portrait": None} == {
            "id": 0,
            "name": "Anna",
            "photos": 6,
            "others": 0,
            "yes": 0,
            "no": 0,
            "changed": None,
            "former_names": ["Ana"],
            "is_learnt": True,
            "consent": None,
            "birth_date": None,
            "portrait": None,
        }

    def test_answers_are_corrected_and_taken_back(self, cli: Cli, photos: Path, library: Library) -> None:
        before = state(library)
        said = cli(
            *("review", "ana", "--yes", photos / "bo-0.jpg", "--yes", photos / "bo-0.jpg"),
            *("--no", photos / "ana-7.jpg"),
        )
        assert (said.code, said.out) == (0, "Ana: corrected: 2; faces that teach now: 7\n")
        assert said.err == "To take this back: semblante undo --people\n"
        assert "bo-0.jpg" in cli("find", "Ana").out and "ana-7.jpg" not in cli("find", "Ana").out
        assert "semblante review Ana --no PHOTO" in cli("find", "Ana").err
        listed = cli("undo", "--people", "--list").out.splitlines()
        assert [(line[:4], line[21:]) for line in listed] == [
            ("1  2", "1 face is Ana, 1 face is not Ana"),
            ("2  2", "Ana was learnt from photos"),
        ]
        said = cli("undo", "--people", "3")
        assert said.code == 2 and "to list them: semblante undo --people --list" in said.err
        assert "would be taken back: 20" in cli("undo", "--people", "--dry-run").out
        assert cli("undo", "--people").out.endswith("1 face is Ana, 1 face is not Ana\n")
        assert state(library) == before
        assert cli("undo", "--people").out.startswith("taken back: 20")
        said = cli("undo", "--people")
        assert said.code == 2 and "there is no change of people to take back" in said.err
        assert "No change of people" in cli("undo", "--people", "--list").err

    def test_a_face_of_two_people_is_said(self, cli: Cli, photos: Path, library: Library) -> None:
        library.keep(learnt(photos, BO, of("bo", 5), "Bo Derek"), STRANGERS)
        said = cli("review", "Ana", "--yes", photos / "bo-0.jpg")
        assert "Faces that teach Ana and also Bo Derek: 1; to take one out: " in said.err
        assert "semblante review 'Bo Derek' --remove PHOTO" in said.err
        assert library.shared_faces("bo derek") == {"Ana": 1}
        assert cli("review", "Bo Derek", "--remove", photos / "bo-0.jpg").code == 2, "four are too few"
        cli("review", "Ana", "--no", photos / "bo-0.jpg")
        assert library.shared_faces("Ana") == {}

    def test_forgetting_says_that_it_ends_the_way_back_of_others(
        self, cli: Cli, photos: Path, library: Library
    ) -> None:
        library.keep(learnt(photos, BO, of("bo", 5), "Bo"), STRANGERS)
        said = "Earlier changes of other people, which undo --people can take back now and not afterwards: 1"
        assert said in cli("forget", "bo", "--yes").err, "Ana was learnt before"
        assert library.changes() == ()
        library.keep(learnt(photos, BO, of("bo", 5), "Bo"), STRANGERS)
        assert "Earlier changes" not in cli("forget", "Ana", "--yes").err
        assert len(library.changes()) == 1

    def test_people_are_renamed_and_merged(self, cli: Cli, photos: Path, library: Library) -> None:
        library.keep(learnt(photos, BO, of("bo", 5), "Bo"), STRANGERS)
        said = cli("rename", "Bo", "Ana")
        assert said.code == 2 and "or say with --merge that both are one person" in said.err
        said = cli("rename", "Bo", "Ana", "--merge")
        assert said.out == "Bo is called Ana now\n"
        assert "Ana and the Ana of before are one person now" in said.err
        assert cli("rename", "Ana", "Anna", "--lang", "es").out == "Ana se llama ahora Anna\n"
        listed = cli("undo", "--people", "--list").out.splitlines()
        assert [line[21:] for line in listed[:2]] == ["Ana was renamed Anna", "Bo became one person with Ana"]
        assert cli("find", "Bo").err.startswith(
            "Bo is not known here under that name any more; now it is Anna"
        )
        assert "did you mean Anna?" in cli("find", "Anan").err
        taken_back = cli("undo", "--people", "2").out.splitlines()
        assert [line.split("  ")[1] for line in taken_back] == [
            "Ana was renamed Anna",
            "Bo became one person with Ana",
        ]
        assert library.names() == ("Ana", "Bo")

    @pytest.mark.parametrize(
        ("arguments", "problem"),
        [
            (("rename", "Ana", "Bo", "--merge", "--replace"), "Choose one of --merge and --replace"),
            (("rename", "Bob", "Ana"), "Bob is not known here (known: Ana)"),
            (("rename", "Ana", " "), "The name is empty"),
            (("people", "--merge"), "give it with --name"),
            (("people", "--known", "--group", "1"), "leave out --group"),
            (("learn", "Ana", "x.jpg", "--merge", "--out", "a.json"), "leave out --out"),
            (("review", "Ana", "--face", "1"), "--face is about a photo"),
            (("review", "Ana", "--yes", "nowhere.jpg"), "no such file"),
            (("undo", "--people", "20260101-000000"), "is no number of a change"),
        ],
    )
    def test_mistakes_are_said(self, arguments: tuple[str, ...], problem: str, cli: Cli) -> None:
        said = cli(*arguments)
        assert (said.code, said.out) == (2, "") and problem in said.err
