"""People are added with a consent, given photos of which only the faces are kept, and learnt from them."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from conftest import Cli
from fake_photos import BASE, WIDTH, NoNetwork, Shown, embeddings_of, made_up_photo, write_photo
from heard import Heard
from sentences import raises

from semblante.errors import (
    BadName,
    CannotBeToldApart,
    InvalidOption,
    ModelMismatch,
    NoCommonFace,
    NotAPersonFile,
    Refused,
    TooFewPhotos,
    UnknownPerson,
)
from semblante.library.people_store import Role
from semblante.model.bundle import Bundle
from semblante.pipeline import Library, PersonDetails
from semblante.pipeline.person_import import MAX_JSON_BYTES
from semblante.pipeline.photos_by_age import PhotosByAge
from semblante.types import Consent, Embeddings, FaceRef

ANA, BO, TWIN = 1, 2, 3
BACKGROUND = np.concatenate([embeddings_of(5000 + who, 1) for who in range(200)])
CONSENT = Consent("told", date(2020, 1, 2), "at the table")
DETAILS = PersonDetails("Ana", CONSENT, date(2001, 2, 3))


@pytest.fixture
def analyzer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NoNetwork:
    """Photos are read without a network, and the background is made up."""

    def background(_bundle: Bundle) -> Embeddings:
        return BACKGROUND

    monkeypatch.setattr(Bundle, "background", background)
    monkeypatch.setattr("semblante.pipeline.given_photos.keep_faces_of", lambda *_: None)
    return NoNetwork(Bundle(tmp_path / "base", {"weights": {"sha256": BASE, "embedding_size": WIDTH}}))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "data", create=True) as opened:
        yield opened


@pytest.fixture
def ana(library: Library) -> int:
    return library.add_person(DETAILS).id


def photos_of(who: int, count: int, start: int = 0) -> list[bytes]:
    return [made_up_photo(Shown(who), salt=salt) for salt in range(start, start + count)]


def hash_of(content: bytes) -> str:
    return sha256(content).hexdigest()


def give(
    library: Library, person: int, photos: Sequence[bytes], analyzer: NoNetwork, role: Role = "positive"
) -> list[str | None]:
    given = library.give_images(person, photos, role, analyzer)
    return [each.reason.code if each.reason else None for each in given]


class TestDetails:
    def test_a_person_is_added_before_anything_is_learnt(self, library: Library, ana: int) -> None:
        known = library.known_person(ana)
        assert (known.name, known.consent, known.birth_date) == ("Ana", CONSENT, date(2001, 2, 3))
        assert not known.is_learnt
        with raises(UnknownPerson, match="Ana is not learnt yet"):
            library.person("Ana")
        assert library.review("Ana").answers() == ()

    def test_a_name_belongs_to_one(self, library: Library, ana: int) -> None:
        with raises(InvalidOption, match="Ana is the name of somebody"):
            library.add_person(PersonDetails("ANA"))
        other = library.add_person(PersonDetails("Bo"))
        with raises(InvalidOption, match="Ana is the name of somebody"):
            library.edit_person(other.id, PersonDetails("ana", CONSENT))
        assert library.known_person(other.id) == other, "nothing has changed"

    def test_details_change_and_that_can_be_undone(self, library: Library, ana: int) -> None:
        edited = library.edit_person(ana, PersonDetails("Zoë", CONSENT, None))
        assert (edited.id, edited.name, edited.birth_date) == (ana, "Zoë", None)
        assert [each.kind for each in library.changes()] == ["edit", "rename", "add"]
        library.undo(2)
        assert library.known_person(ana).birth_date == date(2001, 2, 3)
        before = len(library.changes())
        library.edit_person(ana, DETAILS)
        assert len(library.changes()) == before, "what is as it was is no change"

    def test_one_that_was_changed_meanwhile_is_left_alone(self, library: Library, ana: int) -> None:
        seen = library.known_person(ana).changed
        library.edit_person(ana, replace(DETAILS, birth_date=None), seen)
        with raises(Refused, match="changed since it was read"):
            library.edit_person(ana, DETAILS, seen)

    @pytest.mark.parametrize(
        ("details", "kind", "says"),
        [
            (PersonDetails(" "), BadName, "empty"),
            (PersonDetails("Bo", replace(CONSENT, on=date.today() + timedelta(9))), InvalidOption, "come"),
            (PersonDetails("Bo", None, date.today() + timedelta(9)), InvalidOption, "still to come"),
            (PersonDetails("Bo", replace(CONSENT, note="x" * 1001)), InvalidOption, "1,001 characters"),
            (PersonDetails("Bo", replace(CONSENT, note="\ud800")), InvalidOption, "not valid Unicode"),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, library: Library, details: PersonDetails, kind: type[InvalidOption], says: str
    ) -> None:
        with raises(kind, match=says):
            library.add_person(details)
        assert library.names() == ()

    def test_nobody_has_another_number(self, library: Library) -> None:
        with raises(UnknownPerson, match="nobody has this number"):
            library.known_person(7)

    def test_a_command_shows_and_changes_them(self, library: Library, ana: int, cli: Cli) -> None:
        where = ("--library", library.folder)
        assert cli("details", "ana", *where).out == (
            "Ana: They said yes to me · noted on 2020-01-02: at the table\nBirth date: 2001-02-03\n"
        )
        said = cli("details", "Ana", "--consent", "parent", "--birth-date", "2002-03-04", *where)
        today = date.today().isoformat()
        assert said.out == f"Ana: I am their parent · noted on {today}\nBirth date: 2002-03-04\n"
        assert said.err.startswith("To take this back: semblante undo --people")
        assert library.known_person(ana).consent == Consent("parent", date.today())
        assert cli("undo", "--people", *where).code == 0
        assert library.known_person(ana).consent == CONSENT
        for arguments, problem in (
            (("--note", "x"), "say with --consent who agreed"),
            (("--consent", "nobody"), "nobody called nobody can agree"),
            (("--consent", "self", "--on", "2999-01-01"), "still to come"),
            (("--birth-date", "2999-01-01"), "still to come"),
        ):
            said = cli("details", "Ana", *arguments, *where)
            assert said.code == 2 and problem in said.err
        assert cli("details", "Bo", *where).code == 2


class TestGivenPhotos:
    def test_nothing_is_kept_without_a_consent(self, library: Library, analyzer: NoNetwork) -> None:
        bo = library.add_person(PersonDetails("Bo")).id
        with raises(InvalidOption, match="nobody is known to have agreed that Bo is learnt"):
            give(library, bo, photos_of(BO, 1), analyzer)
        assert library.given_faces(bo, analyzer) == () and library.store.face_count() == 0

    def test_photos_that_cannot_teach_are_named_and_not_kept(
        self, library: Library, ana: int, analyzer: NoNetwork
    ) -> None:
        poor = made_up_photo(Shown(ANA, ("blurred",)))
        photos = [*photos_of(ANA, 1), b"text", made_up_photo(), poor]
        assert give(library, ana, photos, analyzer) == [
            None,
            "not_a_picture",
            "no_face_found",
            "face_unreliable",
        ]
        (kept,) = library.given_faces(ana, analyzer)
        assert kept.given.photo == hash_of(photos[0]) and kept.given.role == "positive"
        assert kept.photo is not None and len(kept.photo.faces) == 1

    def test_of_a_photo_only_the_faces_are_kept(
        self, library: Library, ana: int, analyzer: NoNetwork
    ) -> None:
        (photo,) = photos_of(ANA, 1)
        give(library, ana, [photo], analyzer)
        library.store.compact()
        assert not [
            path for path in library.folder.rglob("*") if path.is_file() and photo in path.read_bytes()
        ]

    def test_a_photo_is_taken_away(self, library: Library, ana: int, analyzer: NoNetwork) -> None:
        photos = photos_of(ANA, 2)
        give(library, ana, photos, analyzer)
        library.take_photos(ana, [hash_of(photos[0])])
        assert [each.given.photo for each in library.given_faces(ana, analyzer)] == [hash_of(photos[1])]
        assert library.store.face_count() == 1

    def test_another_network_did_not_read_them(self, library: Library, ana: int, analyzer: NoNetwork) -> None:
        give(library, ana, photos_of(ANA, 6), analyzer)
        other = Bundle(Path("other"), {"weights": {"sha256": "cd" * 32, "embedding_size": WIDTH}})
        assert [each.photo for each in library.given_faces(ana, other)] == [None] * 6
        with raises(TooFewPhotos, match="0 usable photos"):
            library.check_lesson(ana, other)


class TestLessons:
    def test_a_person_is_learnt_from_what_was_given(
        self, library: Library, ana: int, analyzer: NoNetwork
    ) -> None:
        photos = [*photos_of(ANA, 7), made_up_photo(Shown(BO), Shown(ANA), salt=50)]
        give(library, ana, photos, analyzer)
        library.check_lesson(ana, analyzer)
        heard = Heard()
        report = library.learn_given(ana, analyzer, job=heard.job)
        assert library.person("Ana").photos_of_person == 8
        assert library.person("Ana").consent == CONSENT
        assert [each.kind for each in library.changes()] == ["learn", "add"]
        own = [each for each in report.faces if each.is_person]
        assert {each.face for each in own} == {
            *(FaceRef(hash_of(each), 0) for each in photos[:7]),
            FaceRef(hash_of(photos[7]), 1),
        }, "the face that they share"
        (beside,) = [each for each in report.faces if not each.is_person]
        assert beside.face == FaceRef(hash_of(photos[7]), 0) and not beside.is_named
        assert min(each.probability for each in own) > beside.probability
        assert report.background_logits.shape == (200,) and report.separability is None
        first, last = heard.neuron[0], heard.neuron[-1]
        assert first.positives == (0.0,) * 8 and len(last.negatives) == 100
        assert set(report.own) == {each.face for each in own}
        assert min(last.positives) > max(last.negatives) and last.negatives == tuple(sorted(last.negatives))
        losses = [each.loss for each in heard.neuron]
        assert heard.neuron[0].step == 1 and heard.neuron[-1].step == heard.neuron[-1].steps
        assert losses[0] == pytest.approx(np.log(2), abs=1e-3) and losses[-1] < losses[0] / 4

    def test_the_day_of_a_photo_is_known_or_asked_for(
        self, library: Library, ana: int, analyzer: NoNetwork
    ) -> None:
        photos = photos_of(ANA, 7)
        give(library, ana, photos, analyzer)
        for photo in photos[:6]:
            library.set_day_of_photo(hash_of(photo), date(2019, 5, 6))
        with raises(InvalidOption, match="still to come"):
            library.set_day_of_photo(hash_of(photos[6]), date.today() + timedelta(9))
        days = {each.given.photo: each.day for each in library.given_faces(ana, analyzer)}
        assert (days[hash_of(photos[0])], days[hash_of(photos[6])]) == (date(2019, 5, 6), None)
        heard = Heard()
        library.learn_given(ana, analyzer, job=heard.job)
        advice = {each.code: each for each in heard.advice}
        assert advice["advice_day_unknown"].photos == (hash_of(photos[6]),)
        assert advice["advice_ages_missing"].params["needed"] == 5

    def test_too_few_are_said_before_it_begins(self, library: Library, ana: int, analyzer: NoNetwork) -> None:
        give(library, ana, photos_of(ANA, 3), analyzer)
        with raises(TooFewPhotos, match="Ana: 3 usable photos, 5 needed; add 2"):
            library.check_lesson(ana, analyzer)
        assert not library.known_person(ana).is_learnt

    def test_photos_of_several_people_are_not_learnt_from(
        self, library: Library, ana: int, analyzer: NoNetwork
    ) -> None:
        give(library, ana, [made_up_photo(Shown(who), Shown(who + 50)) for who in range(10, 16)], analyzer)
        with raises(NoCommonFace):
            library.learn_given(ana, analyzer)
        assert not library.known_person(ana).is_learnt

    def test_others_who_were_named_are_told_apart(
        self, library: Library, ana: int, analyzer: NoNetwork
    ) -> None:
        give(library, ana, photos_of(ANA, 8), analyzer)
        give(library, ana, photos_of(BO, 6, start=100), analyzer, "negative")
        report = library.learn_given(ana, analyzer)
        assert report.separability is not None and report.separability.separable
        assert sum(each.is_named for each in report.faces) == 6

    def test_what_a_lesson_has_shown_is_found_anew(
        self, library: Library, ana: int, analyzer: NoNetwork
    ) -> None:
        with raises(UnknownPerson, match="not learnt"):
            library.judge_anew(ana, analyzer)
        give(library, ana, photos_of(ANA, 8), analyzer)
        give(library, ana, photos_of(BO, 6, start=100), analyzer, "negative")
        report = library.learn_given(ana, analyzer, 0.01)
        changes = library.changes()
        anew = library.judge_anew(ana, analyzer)
        assert (anew.faces, anew.own, anew.separability) == (report.faces, report.own, report.separability)
        assert anew.person.rule == report.person.rule and library.changes() == changes
        assert np.array_equal(anew.background_logits, report.background_logits)
        other = Bundle(analyzer.bundle.folder, {"weights": {"sha256": "other", "embedding_size": WIDTH}})
        with raises(ModelMismatch):
            library.judge_anew(ana, other)

    def test_a_twin_is_said_and_nothing_is_kept_unless_that_is_wanted(
        self, library: Library, ana: int, analyzer: NoNetwork
    ) -> None:
        give(library, ana, photos_of(ANA, 8), analyzer)
        give(library, ana, photos_of(ANA, 8, start=100), analyzer, "negative")
        with raises(CannotBeToldApart, match="Ana looks too much like the others"):
            library.learn_given(ana, analyzer)
        assert not library.known_person(ana).is_learnt
        report = library.learn_given(ana, analyzer, keep_inseparable=True)
        assert report.separability is not None and not report.separability.separable
        assert library.known_person(ana).is_learnt

    def test_a_second_lesson_takes_what_is_given_now(
        self, library: Library, ana: int, analyzer: NoNetwork
    ) -> None:
        photos = photos_of(ANA, 8)
        give(library, ana, photos, analyzer)
        library.learn_given(ana, analyzer)
        library.take_photos(ana, [hash_of(photos[0])])
        give(library, ana, photos_of(ANA, 2, start=20), analyzer)
        assert library.learn_given(ana, analyzer).person.photos_of_person == 9

    def test_what_the_collection_taught_teaches_too(
        self, library: Library, tmp_path: Path, analyzer: NoNetwork
    ) -> None:
        """A group was named, and then photos are given."""
        for number in range(6):
            write_photo(tmp_path / "photos" / f"{number}.jpg", Shown(ANA), salt=number)
        library.scan([tmp_path / "photos"], analyzer)
        (group,) = library.people(analyzer).groups
        library.name_group(group, "Ana", analyzer)
        (known,) = library.known_people()
        library.edit_person(known.id, DETAILS)
        # Of two faces, the one that is known already is hers.
        give(library, known.id, [made_up_photo(Shown(BO), Shown(ANA), salt=60)], analyzer)
        report = library.learn_given(known.id, analyzer)
        assert report.person.photos_of_person == 7
        listed = library.known_person(known.id)
        assert (listed.photos, listed.others, listed.yes) == (1, 1, 6)

    def test_answers_are_kept_by_a_lesson(self, library: Library, ana: int, analyzer: NoNetwork) -> None:
        photos = [*photos_of(ANA, 6), made_up_photo(Shown(BO), Shown(ANA), salt=50)]
        give(library, ana, photos, analyzer)
        library.learn_given(ana, analyzer)
        review = library.review("Ana")
        wrong = FaceRef(hash_of(photos[6]), 0)
        review.record_answers({wrong: "no"}, BACKGROUND)
        assert [(each.face, each.kind) for each in review.answers()] == [(wrong, "negative")]
        with raises(InvalidOption, match="no face here can teach"):
            review.record_answers({FaceRef("00" * 32, 0): "yes"}, BACKGROUND)
        with raises(InvalidOption, match="no face here taught Ana"):
            review.record_answers({FaceRef("00" * 32, 0): "remove"}, BACKGROUND)
        review.record_answers({wrong: "remove"}, BACKGROUND)
        assert review.answers() == ()

    def test_a_no_counts_before_what_the_photos_have_in_common(
        self, library: Library, ana: int, analyzer: NoNetwork
    ) -> None:
        """Her double stands first in a photo of both: which of the two she is, only the user knows."""
        photos = [*photos_of(ANA, 6), made_up_photo(Shown(ANA, noise=0.2), Shown(ANA), salt=50)]
        give(library, ana, [*photos, *photos_of(ANA, 1, start=60)], analyzer)
        library.learn_given(ana, analyzer)
        taken = {each.face for each in library.store.taught("Ana") if each.kind == "positive"}
        double, alone = FaceRef(hash_of(photos[6]), 0), FaceRef(hash_of(photos_of(ANA, 1, start=60)[0]), 0)
        assert {double, alone} <= taken
        library.record_answers(ana, {double: "no", alone: "no"}, analyzer)
        library.learn_given(ana, analyzer)
        taught = {each.face: each.kind for each in library.store.taught("Ana")}
        assert (taught[double], taught[alone]) == ("negative", "negative")
        assert taught[FaceRef(hash_of(photos[6]), 1)] == "positive"
        assert library.store.rejected_faces("Ana") == {double, alone}
        library.record_answers(ana, {double: "remove", alone: "yes"}, analyzer)
        library.learn_given(ana, analyzer)
        taught = {each.face: each.kind for each in library.store.taught("Ana")}
        assert (taught[double], taught[alone]) == ("positive", "positive")

    def test_a_yes_counts_before_a_photo_of_others(
        self, library: Library, ana: int, analyzer: NoNetwork
    ) -> None:
        give(library, ana, photos_of(ANA, 6), analyzer)
        both = made_up_photo(Shown(BO), Shown(ANA), salt=50)
        give(library, ana, [both], analyzer, "negative")
        library.learn_given(ana, analyzer, keep_inseparable=True)
        hers = FaceRef(hash_of(both), 1)
        library.record_answers(ana, {hers: "yes"}, analyzer)
        library.learn_given(ana, analyzer)
        assert {each.kind for each in library.store.taught("Ana") if each.face == hers} == {"positive"}

    def test_photos_are_counted_by_age(self, library: Library, ana: int, analyzer: NoNetwork) -> None:
        photos = photos_of(ANA, 7)
        give(library, ana, photos, analyzer)
        for photo in photos[:6]:
            library.set_day_of_photo(hash_of(photo), date(2005, 5, 6))
        found = library.photos_by_age(ana, date(2012, 2, 2))
        assert found.years == (0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0)
        assert found.undated == 1
        assert [each.from_years for each in found.missing] == [0, 6, 10]
        nobody = library.add_person(PersonDetails("Bo", CONSENT)).id
        assert library.photos_by_age(nobody, date(2012, 2, 2)) == PhotosByAge()

    def test_forgetting_takes_what_was_given(self, library: Library, ana: int, analyzer: NoNetwork) -> None:
        give(library, ana, photos_of(ANA, 6), analyzer)
        assert library.forget("Ana").shared == 0
        assert (library.names(), library.store.face_count()) == ((), 0)
        assert library.known_people() == ()


class TestExport:
    @pytest.fixture
    def exported(self, library: Library, ana: int, analyzer: NoNetwork) -> bytes:
        photos = photos_of(ANA, 6)
        give(library, ana, photos, analyzer)
        library.set_day_of_photo(hash_of(photos[0]), date(2005, 5, 6))
        library.learn_given(ana, analyzer)
        return library.export_person(ana)

    def test_a_person_comes_back_into_another_library(
        self, library: Library, ana: int, exported: bytes, tmp_path: Path, analyzer: NoNetwork
    ) -> None:
        with Library(tmp_path / "other", create=True) as other:
            kept = other.import_person(exported)
            before = library.known_person(ana)
            assert (kept.name, kept.consent, kept.birth_date) == ("Ana", CONSENT, date(2001, 2, 3))
            assert (kept.is_learnt, kept.photos, kept.id != before.id) == (True, 6, True)
            assert other.person("Ana").rule == library.person("Ana").rule
            theirs, ours = other.store.taught("Ana"), library.store.taught("Ana")
            assert [each.face for each in theirs] == [each.face for each in ours]
            for one, same in zip(theirs, ours, strict=True):
                np.testing.assert_array_equal(one.embedding, same.embedding)
                np.testing.assert_array_equal(one.copy_descriptor, same.copy_descriptor)
            assert other.photos_by_age(kept.id, date(2006, 1, 1)).years == (0, 0, 0, 0, 1)
            # It goes on from there.
            give(other, kept.id, photos_of(ANA, 1, start=30), analyzer)
            assert other.learn_given(kept.id, analyzer).person.photos_of_person == 7
            with raises(InvalidOption, match="Ana is the name of somebody"):
                other.import_person(exported)

    def test_one_who_is_not_learnt_comes_back_too(self, library: Library, ana: int, tmp_path: Path) -> None:
        with Library(tmp_path / "other", create=True) as other:
            kept = other.import_person(library.export_person(ana))
            assert (kept.name, kept.consent, kept.is_learnt) == ("Ana", CONSENT, False)

    def test_a_no_comes_along(self, library: Library, ana: int, analyzer: NoNetwork, tmp_path: Path) -> None:
        give(library, ana, photos_of(ANA, 6), analyzer)
        library.learn_given(ana, analyzer)
        poor = write_photo(tmp_path / "photos" / "poor.jpg", Shown(ANA, ("blurred",)))
        library.scan(poor, analyzer)
        no = FaceRef(hash_of(poor.read_bytes()), 0)
        library.record_answers(ana, {no: "no"}, analyzer)
        with Library(tmp_path / "other", create=True) as other:
            other.import_person(library.export_person(ana))
            assert other.store.rejected_faces("Ana") == {no}

    @pytest.mark.parametrize(
        ("file", "old", "new", "reason"),
        [
            ("about.json", b'"name"', b"name", "no JSON"),
            ("about.json", b'"place": 0', b'"place": -1', "a face in no place"),
            ("about.json", b'"embedding": "....', b'"embedding": "', "an embedding of another size"),
            ("about.json", b'"embedding": "........', b'"embedding": "AACAfwAA', "an infinite number"),
            ("about.json", b"\\Z", b" " * (MAX_JSON_BYTES + 1), "it unpacks to too much"),
            ("about.json", b'"Ana"', b'"Eva"', "a name that is not that of the person file"),
            ("person.json", b'"Ana"', b'"Eva"', "a person file that was changed"),
        ],
    )
    def test_what_is_no_export_is_refused(
        self, exported: bytes, tmp_path: Path, file: str, old: bytes, new: bytes, reason: str
    ) -> None:
        content = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(exported)) as whole, zipfile.ZipFile(content, "w", 8) as damaged:
            for name in whole.namelist():
                held = whole.read(name)
                damaged.writestr(name, re.sub(old, new, held, count=1) if name == file else held)
        with Library(tmp_path / "other", create=True) as other:
            for sent in (content.getvalue(), exported[: len(exported) // 2], b"", b"text"):
                with raises(NotAPersonFile):
                    other.import_person(sent)
                assert other.known_people() == (), reason


def test_times_are_utc(library: Library, ana: int, analyzer: NoNetwork) -> None:
    give(library, ana, photos_of(ANA, 1), analyzer)
    (kept,) = library.given_faces(ana, analyzer)
    assert abs(kept.given.at - datetime.now(UTC)) < timedelta(minutes=5)
