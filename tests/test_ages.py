"""Neurons by age: learnt where one neuron does not serve, and asked by the day of a photo."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from faces_made_up import background, copy_descriptor, embeddings, face, photo
from fake_photos import NoNetwork, Shown, made_up_analyzer, write_photo
from heard import Heard
from sentences import raises

from semblante.errors import InvalidOption, NotAPersonFile, Reason
from semblante.i18n import describe
from semblante.library import SqliteStore
from semblante.library.store import FileState, PhotoRecord
from semblante.person import (
    AgeSpan,
    Examples,
    FitResult,
    Gallery,
    Person,
    advice_on_ages,
    decide,
    fit,
    fit_ages,
    measure_separability,
    open_person,
    person_as_json,
    relearn,
    save,
)
from semblante.person.ages import age_on, age_span
from semblante.pipeline import (
    Library,
    TrainingPhotos,
    decide_photo,
    find_photos_of,
    known_person,
    learn,
)
from semblante.report.wording import learnt_text
from semblante.types import Embeddings

BASE = "0123456789abcdef" * 4
BORN = date(2010, 3, 1)
AS_A_BABY, AS_A_PUPIL, SOMEBODY_ELSE = 0, 1, 2
"""Whose direction a face has: who a person looks like may change with age."""
BABY, PUPIL = date(2011, 6, 1), date(2021, 6, 1)
OTHERS = background(400)


def gallery(seed: int, *looks: tuple[int, date | None, int]) -> Gallery:
    """So many faces that look like somebody, taken on a day."""
    rng = np.random.default_rng(seed)
    rows = [(embeddings(who, rng, 0.6), day) for who, day, count in looks for _ in range(count)]
    faces = [(f"photo {seed}-{k}", row, copy_descriptor(row), day) for k, (row, day) in enumerate(rows)]
    return Gallery.of(faces, 64)


def learnt(positives: Gallery, negatives: Gallery, birth_date: date | None = BORN) -> FitResult:
    examples = Examples(positives, negatives)
    result = fit("Ana", examples, BASE, background=OTHERS)
    result = replace(result, person=replace(result.person, birth_date=birth_date))
    return fit_ages(result, examples, OTHERS)


@cache
def changing() -> FitResult:
    """Ana as a baby looks like her brother as a pupil, and the other way round: no neuron knows both."""
    return learnt(
        gallery(1, (AS_A_BABY, BABY, 10), (AS_A_PUPIL, PUPIL, 10)),
        gallery(2, (AS_A_PUPIL, BABY, 10), (AS_A_BABY, PUPIL, 10)),
    )


def look(who: int) -> Embeddings:
    return embeddings(who, np.random.default_rng(99), 0.2)[None]


def verdicts(person: Person, who: int, *days: date | None) -> list[str | None]:
    return [decide(person, look(who), ["a.jpg"], day)[0].verdict for day in days]


class TestAge:
    """Ages on a day."""

    @pytest.mark.parametrize(
        ("day", "years", "span"),
        [
            (date(2010, 2, 28), -1, None),
            (BORN, 0, AgeSpan(0, 3)),
            (date(2013, 2, 28), 2, AgeSpan(0, 3)),
            (date(2013, 3, 1), 3, AgeSpan(3, 6)),
            (date(2069, 3, 1), 59, AgeSpan(45, 60)),
            (date(2161, 1, 1), 150, None),
        ],
    )
    def test_it_changes_on_the_birthday(self, day: date, years: int, span: AgeSpan | None) -> None:
        assert age_on(day, BORN) == years
        assert age_span(day, BORN) == span

    def test_who_is_born_in_a_leap_year_s_february(self) -> None:
        born = date(2012, 2, 29)
        assert (age_on(date(2013, 2, 28), born), age_on(date(2013, 3, 1), born)) == (0, 1)

    def test_without_a_day_or_a_birth_date_there_is_no_age(self) -> None:
        assert age_span(None, BORN) is age_span(BABY, None) is None


class TestLearning:
    """Whether neurons by age are learnt, which held-out faces decide."""

    def test_where_one_neuron_does_not_serve_each_age_has_its_own(self) -> None:
        result = changing()
        assert [each.span for each in result.person.ages] == [AgeSpan(0, 3), AgeSpan(10, 14)]
        assert [each.photos_of_person for each in result.person.ages] == [10, 10]
        evidence = result.by_age
        assert evidence is not None and evidence.kept
        assert evidence.faces == 40, "her own twenty, and twenty of her brother's"
        assert evidence.right_by_one == 20 and evidence.right_by_age >= 35

    def test_at_each_age_the_two_can_be_told_apart(self) -> None:
        """By one neuron they cannot."""
        result = changing()
        found = measure_separability(result, 20)
        assert found is not None and found.separable and found.faces == 20
        by_one = measure_separability(replace(result, parts=()), 20)
        assert by_one is not None and not by_one.separable

    def test_where_one_neuron_serves_there_are_no_others(self) -> None:
        result = learnt(gallery(1, (AS_A_BABY, BABY, 10), (AS_A_BABY, PUPIL, 10)), gallery(2))
        assert result.person.ages == ()
        assert result.by_age is not None and not result.by_age.kept

    @pytest.mark.parametrize(
        ("looks", "why"),
        [
            ([(AS_A_BABY, BABY, 20)], "one age"),
            ([(AS_A_BABY, BABY, 4), (AS_A_PUPIL, PUPIL, 4)], "too few of each age"),
            ([(AS_A_BABY, None, 10), (AS_A_PUPIL, None, 10)], "no dates"),
            ([(AS_A_BABY, date(2001, 1, 1), 10), (AS_A_PUPIL, date(2002, 1, 1), 10)], "not born yet"),
        ],
    )
    def test_what_gives_no_reason_to_try(
        self, looks: Sequence[tuple[int, date | None, int]], why: str
    ) -> None:
        result = learnt(gallery(1, *looks), gallery(2))
        assert (result.person.ages, result.by_age) == ((), None), why

    def test_a_person_without_dates_is_learnt_as_before(self) -> None:
        """Dates of photos alone change nothing: neuron, rule and evaluation stay the same."""
        looks = (AS_A_BABY, BABY, 10), (AS_A_PUPIL, PUPIL, 10)
        dated = learnt(gallery(1, *looks), gallery(2), None).person
        plain = fit(
            "Ana", Examples(replace(gallery(1, *looks), days=()), gallery(2)), BASE, background=OTHERS
        )
        np.testing.assert_array_equal(dated.neuron.weights, plain.person.neuron.weights)
        assert (dated.rule, dated.evaluation, dated.ages) == (plain.person.rule, plain.person.evaluation, ())

    def test_learnt_anew_it_has_neurons_by_age_again(self) -> None:
        person = changing().person
        looks = (AS_A_BABY, BABY, 12), (AS_A_PUPIL, PUPIL, 12)
        brother = (AS_A_PUPIL, BABY, 10), (AS_A_BABY, PUPIL, 10)
        again = relearn(person, Examples(gallery(1, *looks), gallery(2, *brother)), OTHERS).person
        assert again.birth_date == BORN
        assert [each.photos_of_person for each in again.ages] == [12, 12]


class TestDecisions:
    """The day of a photo chooses the neuron."""

    def test_the_neuron_of_the_age_answers(self) -> None:
        person = changing().person
        assert verdicts(person, AS_A_BABY, BABY, PUPIL) == ["yes", "no"]
        assert verdicts(person, AS_A_PUPIL, BABY, PUPIL) == ["no", "yes"]
        assert verdicts(person, SOMEBODY_ELSE, BABY, PUPIL) == ["no", "no"]

    def test_an_age_that_was_not_learnt_is_answered_by_the_neuron_for_all_ages(self) -> None:
        person = changing().person
        (answer,) = decide(person, look(AS_A_BABY), ["a.jpg"], date(2015, 1, 1))
        (plain,) = decide(replace(person, ages=()), look(AS_A_BABY), ["a.jpg"])
        assert (answer.probability, answer.ages, answer.reason) == (plain.probability, None, None)

    def test_without_a_day_it_is_said_what_answered(self) -> None:
        person = changing().person
        undated = photo("a.jpg", face(look(AS_A_BABY)[0]))
        (answer,) = decide_photo(person, undated)
        assert answer.reason == Reason("day_unknown") and answer.ages is None
        assert "no known date" in describe(answer.reason)
        (dated,) = decide_photo(person, replace(undated, taken=BABY))
        assert (dated.reason, dated.ages, dated.verdict) == (None, AgeSpan(0, 3), "yes")
        (poor,) = decide_photo(person, photo("a.jpg", face(look(AS_A_BABY)[0], issues=["blurred"])))
        assert poor.reason is not None and poor.reason.code != "day_unknown"


class TestLibrary:
    """The index knows when photos were taken, and asks the neuron of that age."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[SqliteStore]:
        """Ana's two looks, each in a photo of both days and in one without a day; and Ana."""
        with SqliteStore(tmp_path) as opened:
            for number, (who, day) in enumerate(
                (who, day) for who in (AS_A_BABY, AS_A_PUPIL) for day in (BABY, PUPIL, None)
            ):
                shown = replace(photo("", face(look(who)[0])), taken=day)
                file = FileState(Path(f"/p/{who}-{day}.jpg"), 1, 1, 1)
                opened.write([PhotoRecord(bytes([number]) * 32, shown, (file,))], BASE)
            person = changing().person
            opened.keep_person(person_as_json(person), "Ana", [], birth_date=BORN)
            yield opened

    def found(self, store: SqliteStore) -> set[str]:
        matches = find_photos_of(store, "Ana").matches
        return {match.path.stem for match in matches if match.verdict == "yes"}

    def test_a_search_asks_the_neuron_of_the_photo_s_day(self, store: SqliteStore) -> None:
        assert self.found(store) == {f"{AS_A_BABY}-{BABY}", f"{AS_A_PUPIL}-{PUPIL}"}

    def test_what_a_user_tells_of_a_photo_counts(self, store: SqliteStore) -> None:
        store.set_day([bytes([2]) * 32], BABY)
        assert self.found(store) == {f"{AS_A_BABY}-{BABY}", f"{AS_A_BABY}-None", f"{AS_A_PUPIL}-{PUPIL}"}

    def test_neurons_of_another_birth_date_are_not_asked(self, store: SqliteStore) -> None:
        assert len(known_person(store, "Ana").ages) == 2
        store.set_person_details("Ana", None, date(2009, 1, 1))
        assert known_person(store, "Ana").ages == () and not self.found(store)


class TestWholeWay:
    """From photos to a person who is kept: what a user told of the photos counts."""

    @pytest.fixture
    def analyzer(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NoNetwork:
        return made_up_analyzer(tmp_path, monkeypatch)

    def test_the_birth_date_and_the_days_are_kept(self, analyzer: NoNetwork, tmp_path: Path) -> None:
        paths = [write_photo(tmp_path / f"{k}.jpg", Shown(1), salt=k) for k in range(12)]
        photos = TrainingPhotos(
            paths, days=dict.fromkeys(paths[:6], BABY) | dict.fromkeys(paths[6:11], PUPIL)
        )
        heard = Heard()
        result = learn("Ana", photos, analyzer, birth_date=BORN, job=heard.job)
        assert result.fit.by_age is not None and not result.fit.by_age.kept, "she looks the same"
        assert {each.code for each in heard.advice} >= {"advice_ages_missing", "advice_day_unknown"}
        assert "One neuron answers for all ages" in learnt_text(result)
        with Library(tmp_path / "data", create=True) as library:
            library.keep(result, analyzer.bundle.background())
            assert library.person("Ana").birth_date == BORN
            hashes = [bytes.fromhex(each.face.photo) for each in library.store.taught("Ana")]
            assert sorted(library.store.days(hashes).values()) == [BABY] * 6 + [PUPIL] * 5
            again = replace(result, fit=replace(result.fit, person=replace(result.person, birth_date=None)))
            assert library.keep(again, analyzer.bundle.background()).person.birth_date == BORN, (
                "it need not be told again"
            )

    def test_a_day_to_come_is_no_birth_date(self, analyzer: NoNetwork, tmp_path: Path) -> None:
        with raises(InvalidOption, "still to come"):
            learn("Ana", tmp_path, analyzer, birth_date=date(9000, 1, 1))


class TestAdvice:
    """What is asked for."""

    def test_the_ages_that_are_missing_are_named(self) -> None:
        shown = gallery(1, (AS_A_BABY, BABY, 6), (AS_A_PUPIL, PUPIL, 2))
        (advice,) = advice_on_ages(shown, BORN, date(2026, 1, 1))
        assert advice.code == "advice_ages_missing" and advice.params["needed"] == 5
        ages = [describe(reason) for reason in advice.params["ages"]]  # type: ignore[attr-defined]
        assert ages == ["3 to 5 years", "6 to 9 years", "10 to 13 years", "14 to 17 years"]

    def test_photos_without_a_day_or_with_a_wrong_one_are_named(self) -> None:
        shown = gallery(1, (0, BABY, 5), (0, None, 1), (0, date(1999, 1, 1), 1))
        found = {each.code: each.photos for each in advice_on_ages(shown, BORN, BABY)}
        assert found == {"advice_day_unknown": ("photo 1-5",), "advice_day_impossible": ("photo 1-6",)}


class TestFile:
    """Neurons by age in the person file."""

    def test_it_keeps_them(self, tmp_path: Path) -> None:
        person = changing().person
        save(person, tmp_path / "ana.json")
        found = open_person(tmp_path / "ana.json")
        assert found.birth_date == BORN
        for kept, given in zip(found.ages, person.ages, strict=True):
            assert (kept.span, kept.rule, kept.photos_of_person) == (given.span, given.rule, 10)
            np.testing.assert_array_equal(kept.neuron.weights, given.neuron.weights)

    @pytest.mark.parametrize(
        ("field", "value", "says"),
        [
            ("from_years", 1, "ages"),
            ("neuron", {}, r"ages\.neuron"),
            ("photos_of_person", 0, "photos_of_person"),
        ],
    )
    def test_a_wrong_field_is_named(self, field: str, value: object, says: str, tmp_path: Path) -> None:
        save(changing().person, tmp_path / "ana.json")
        content = json.loads((tmp_path / "ana.json").read_text(encoding="utf-8"))
        content["ages"][1][field] = value
        (tmp_path / "ana.json").write_text(json.dumps(content), encoding="utf-8")
        with raises(NotAPersonFile, says):
            open_person(tmp_path / "ana.json")
