"""What any store of faces must do, whatever it is made of; a new one is added to `STORES`."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from faces_made_up import copy_descriptor
from fake_photos import BASE, WIDTH, embeddings_of
from sentences import raises

from semblante.errors import FileAccessError, InvalidOption, NotInIndex, UnknownPerson
from semblante.labels import ATTRIBUTES
from semblante.library import Change, FaceStore, KnownPerson, LearntAnew, SqliteStore, Taught, key_file
from semblante.library.history_store import MAX_CHANGES
from semblante.library.store import FileState, PhotoRecord
from semblante.types import AnalyzedPhoto, Consent, Face, FaceRef, Quality


def encrypted(folder: Path) -> FaceStore:
    """The store that comes with Semblante, encrypted."""
    opened = SqliteStore(folder)
    if opened.vault.is_encrypted:
        opened.vault.unlock("a passphrase")
    else:
        opened.vault.encrypt("a passphrase")
    return opened


STORES: dict[str, Callable[[Path], FaceStore]] = {"sqlite": SqliteStore, "encrypted": encrypted}
OTHER_BASE = "cd" * 32
CONSENT = Consent("told", date(2026, 11, 28), "at the table")
LANDMARKS = ((20.0, 50.0), (60.0, 50.0), (40.0, 74.0), (24.0, 90.0), (56.0, 90.0))


@pytest.fixture(params=list(STORES.values()), ids=list(STORES))
def make(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], FaceStore]:
    """What opens the store in a folder."""
    monkeypatch.setattr(key_file, "SCRYPT_COST", 2)
    opens: Callable[[Path], FaceStore] = request.param
    return opens


@pytest.fixture
def store(make: Callable[[Path], FaceStore], tmp_path: Path) -> Iterator[FaceStore]:
    opened = make(tmp_path)
    yield opened
    opened.close()


def face(who: int, seed: int = 0, is_good: bool = True) -> Face:
    quality = Quality(40.0, 0.8, 0.9, 0.9, () if is_good else ("blurred",), -0.25)
    logits = np.linspace(-3, 3, len(ATTRIBUTES), dtype=np.float32)
    row = embeddings_of(who, 1, seed=seed)[0]
    return Face((1.5, 2.0, 80.0, 90.0), 0.9, LANDMARKS, quality, logits, row, copy_descriptor(row))


def content(number: int) -> bytes:
    return number.to_bytes(32, "big")


def record(number: int, people: Sequence[int] | str | None, *paths: str, mtime_ns: int = 1) -> PhotoRecord:
    """A content at these paths that shows these people, has this issue, or is known already."""
    outcome = (
        AnalyzedPhoto(paths[0], 640, 480, tuple(face(who, number, who < 90) for who in people))
        if isinstance(people, list)
        else people
    )
    files = tuple(FileState(Path(path), 100 + number, mtime_ns, 7) for path in paths)
    return PhotoRecord(content(number), outcome, files)  # type: ignore[arg-type]


def given(number: int, people: list[int]) -> PhotoRecord:
    """A photo that is given to learn from: it has no path."""
    outcome = AnalyzedPhoto("", 640, 480, tuple(face(who, number, who < 90) for who in people))
    return PhotoRecord(content(number), outcome, ())


def numbers(store: FaceStore, base: str = BASE) -> list[int]:
    return [number for table in store.faces(base) for number in table.numbers.tolist()]


def paths(store: FaceStore, faces: Sequence[int]) -> list[str]:
    return [str(each.path) for each in store.photos_of_faces(faces)]


def test_it_has_the_methods(store: FaceStore) -> None:
    assert isinstance(store, FaceStore)
    assert (store.bases(), store.names(), store.face_count(), store.set_aside) == ((), (), 0, None)


def test_copies_are_counted_as_one_photo(store: FaceStore) -> None:
    store.write([record(1, [1], "/p/a.jpg", "/p/b.jpg", "/p/c.jpg"), record(2, [2], "/p/d.jpg")], BASE)
    assert store.photo_counts() == (2, 2)
    store.mark_missing([Path("/p/a.jpg")], [])
    assert store.photo_counts() == (2, 1)


def test_photos_are_known_by_path_and_content(store: FaceStore) -> None:
    odd = "/p/\udcff\n.jpg"
    store.write([record(1, [1, 2], "/p/a.jpg", odd), record(2, "damaged", "/p/b.jpg")], BASE)
    known = store.known_photos([Path("/p/a.jpg"), Path(odd), Path("/p/b.jpg"), Path("/p/new.jpg")])
    assert set(known) == {Path("/p/a.jpg"), Path(odd), Path("/p/b.jpg")}
    first = known[Path("/p/a.jpg")]
    assert first.file == FileState(Path("/p/a.jpg"), 101, 1, 7)
    assert (first.sha256, first.base_sha256, first.missing, first.issue) == (content(1), BASE, False, None)
    assert known[Path("/p/b.jpg")].issue == "damaged"
    assert store.known_contents([content(1), content(2), content(3)], BASE) == {
        content(1): None,
        content(2): "damaged",
    }
    assert store.known_contents([content(1)], OTHER_BASE) == {}
    assert sorted(store.paths_of_contents([content(1)])) == sorted([Path("/p/a.jpg"), Path(odd)])


def test_many_are_looked_up_at_once(store: FaceStore) -> None:
    store.write([record(number, [number], f"/p/{number}.jpg") for number in range(1500)], BASE)
    assert len(store.known_photos([Path(f"/p/{number}.jpg") for number in range(2000)])) == 1500
    assert len(store.known_contents([content(number) for number in range(2000)], BASE)) == 1500
    assert len(store.photos_of_faces(numbers(store))) == 1500
    assert len(store.stored_faces(numbers(store))) == 1500


def test_what_a_network_read_stays_unless_it_is_forced(store: FaceStore) -> None:
    store.write([record(1, [1, 2, 3], "/p/a.jpg")], BASE)
    before = numbers(store)
    store.write([record(1, [4], "/p/b.jpg")], BASE)
    assert numbers(store) == before, "another run read it, too"
    assert sorted(store.paths_of_contents([content(1)])) == [Path("/p/a.jpg"), Path("/p/b.jpg")]
    store.write([record(1, [4, 5], "/p/a.jpg")], BASE, force=True)
    assert numbers(store) == before[:2], "another run may be about to use these numbers"
    (table,) = store.faces(BASE)
    np.testing.assert_allclose(table.embeddings[0], embeddings_of(4, 1, seed=1)[0], atol=1e-3)
    store.write([record(1, [6], "/p/a.jpg")], OTHER_BASE)
    assert (len(numbers(store)), len(numbers(store, OTHER_BASE)), store.bases()) == (0, 1, (OTHER_BASE,))


def test_a_record_of_a_content_that_is_gone_is_left_out(store: FaceStore) -> None:
    store.write([record(1, None, "/p/a.jpg")], BASE)
    assert store.known_photos([Path("/p/a.jpg")]) == {}


def test_a_changed_photo_replaces_its_content_unless_another_has_it(store: FaceStore) -> None:
    store.write([record(1, [1], "/p/a.jpg", "/p/copy.jpg"), record(2, [2], "/p/b.jpg")], BASE)
    store.write([record(3, [3], "/p/a.jpg", mtime_ns=2), record(4, [4], "/p/b.jpg", mtime_ns=2)], BASE)
    assert set(store.known_contents([content(number) for number in range(1, 5)], BASE)) == {
        content(1),
        content(3),
        content(4),
    }
    assert store.face_count() == 3


def test_the_photos_of_a_folder(store: FaceStore) -> None:
    places = ["/p/a.jpg", "/p/in/b.jpg", "/p-q/c.jpg", "/p.jpg"]
    store.write([record(number, [1], path) for number, path in enumerate(places)], BASE)
    assert sorted(store.photos_in(Path("/p"))) == [(Path("/p/a.jpg"), False), (Path("/p/in/b.jpg"), False)]
    assert list(store.photos_in(Path("/p.jpg"))) == [(Path("/p.jpg"), False)]
    assert len(list(store.photos_in(Path("/")))) == 4
    assert list(store.photos_in(Path("/q"))) == []


def test_missing_photos_are_not_shown_and_leave_when_they_are_removed(store: FaceStore) -> None:
    store.write([record(1, [1], "/p/a.jpg", "/p/copy.jpg"), record(2, [2], "/p/b.jpg")], BASE)
    first, second = numbers(store)
    store.mark_missing([Path("/p/a.jpg"), Path("/p/b.jpg")], [])
    assert paths(store, [first, second]) == ["/p/copy.jpg"]
    assert len(store.present_contents()) == 1
    assert store.known_photos([Path("/p/a.jpg")])[Path("/p/a.jpg")].missing
    both = [Path("/p/a.jpg"), Path("/p/b.jpg")]
    store.mark_missing(both, both)
    assert numbers(store) == [first], "the copy still has it"
    store.write([record(1, None, "/p/copy.jpg", mtime_ns=5)], BASE)
    assert store.known_photos([Path("/p/copy.jpg")])[Path("/p/copy.jpg")].file.mtime_ns == 5


def test_photos_are_listed_by_path_and_each_once(store: FaceStore) -> None:
    odd = "/p/in/\udcff.jpg"
    store.write(
        [
            record(1, [1, 2], "/p/b.jpg", "/p/in/copy.jpg"),
            record(2, "damaged", "/p/a.jpg"),
            record(3, [], odd),
            record(4, [3], "/q/gone.jpg"),
        ],
        BASE,
    )
    store.mark_missing([Path("/q/gone.jpg")], [])
    listed = store.list_photos(None, 10)
    assert [str(each.path) for each in listed] == ["/p/a.jpg", "/p/b.jpg", odd]
    assert [(each.sha256, each.width_px, each.issue, each.base_sha256) for each in listed] == [
        (content(2).hex(), None, "damaged", BASE),
        (content(1).hex(), 640, None, BASE),
        (content(3).hex(), 640, None, BASE),
    ]
    assert [str(each.path) for each in store.list_photos(Path("/p/a.jpg"), 1)] == ["/p/b.jpg"]
    inside = store.list_photos(None, 10, Path("/p/in"))
    assert [str(each.path) for each in inside] == ["/p/in/copy.jpg", odd], "the first that is in the folder"
    wanted = np.array([listed[1].content, listed[2].content])
    assert [each.path.name for each in store.list_photos(None, 10, None, wanted[:1])] == ["b.jpg"]
    assert (
        store.count_photos(),
        store.count_photos(Path("/p/in"), wanted),
        store.count_photos(Path("/q")),
    ) == (
        3,
        2,
        0,
    )
    assert store.faces_in_contents(wanted.tolist()) == numbers(store)[:2]
    assert store.present_contents(Path("/p/in")).tolist() == sorted(wanted.tolist())
    many = np.concatenate([wanted[:1], np.arange(10_000, 20_000)])
    assert [each.path.name for each in store.list_photos(None, 10, None, many)] == ["b.jpg"]
    assert store.count_photos(None, many) == 1
    store.mark_missing([Path("/p/b.jpg"), Path("/p/in/copy.jpg")], [])
    assert store.count_photos(None, many) == 0, "what was counted before is not given again"
    assert store.present_contents(Path("/p/in")).tolist() == [int(wanted[1])]


def test_faces_come_in_order_after_a_number(store: FaceStore) -> None:
    store.write([record(1, [1, 90], "/p/a.jpg")], BASE)
    store.write([record(2, [2], "/p/b.jpg")], OTHER_BASE)
    store.write([record(3, [3], "/p/c.jpg")], BASE)
    found = numbers(store)
    assert found == sorted(found) and len(found) == 3
    (table,) = store.faces(BASE, after=found[0])
    assert table.numbers.tolist() == found[1:]
    assert table.good.tolist() == [False, True]
    assert table.embeddings.shape == (2, WIDTH) and table.logits.shape == (2, 40)
    np.testing.assert_allclose(np.linalg.norm(table.embeddings, axis=1), 1, atol=2e-3)
    (bare,) = store.faces(BASE, logits=False)
    assert bare.logits.shape == (3, 0)
    assert list(store.faces(BASE, after=found[-1])) == []


def test_the_generation_changes_with_removals_alone(
    store: FaceStore, make: Callable[[Path], FaceStore], tmp_path: Path
) -> None:
    store.write([record(1, [1], "/p/a.jpg")], BASE)
    seen = [store.generation()]
    store.write([record(2, [2], "/p/b.jpg")], BASE)
    store.keep_person("{}", "Ana", [])
    store.mark_missing([Path("/p/b.jpg")], [])
    assert store.generation() == seen[0]
    store.write([record(1, [3], "/p/a.jpg")], BASE, force=True)
    seen.append(store.generation())
    store.mark_missing([Path("/p/b.jpg")], [Path("/p/b.jpg")])
    seen.append(store.generation())
    store.erase_person("Ana", numbers(store))
    seen.append(store.generation())
    other = make(tmp_path / "other")
    seen.append(other.generation())
    other.close()
    assert len(set(seen)) == len(seen)


def test_where_a_face_is_seen(store: FaceStore) -> None:
    store.write([record(1, [1, 2], "/p/b.jpg", "/p/a.jpg")], BASE)
    first, second = numbers(store)
    seen = store.photos_of_faces([second, 999])
    assert [(str(each.path), each.number) for each in seen] == [("/p/a.jpg", second), ("/p/b.jpg", second)]
    assert seen[0].face == FaceRef(content(1).hex(), 1)
    assert (seen[0].box, seen[0].photo_width_px, seen[0].photo_height_px) == (
        (1.5, 2.0, 80.0, 90.0),
        640,
        480,
    )
    assert store.face_numbers([FaceRef(content(1).hex(), 0), FaceRef("00" * 32, 0)]) == {
        FaceRef(content(1).hex(), 0): first
    }


def test_faces_beside_others(store: FaceStore) -> None:
    store.write([record(1, [1, 2, 90], "/p/a.jpg"), record(2, [3], "/p/b.jpg")], BASE)
    first, *_ = numbers(store)
    beside = store.faces_beside([first])
    assert [(each.face.index, each.is_good) for each in beside] == [(0, True), (1, True), (2, False)]
    (alone,) = store.stored_faces([first, 999])
    expected = copy_descriptor(embeddings_of(1, 1, seed=1)[0])
    np.testing.assert_array_equal(alone.copy_descriptor, expected)
    np.testing.assert_allclose(alone.embedding, embeddings_of(1, 1, seed=1)[0], atol=1e-3)


def taught(kind: str, number: int, index: int = 0, confirmed: bool = False) -> Taught:
    ref = FaceRef(content(number).hex(), index)
    row = embeddings_of(number, 1)[0]
    return Taught(kind, ref, row, confirmed, copy_descriptor(row))  # type: ignore[arg-type]


def test_people_are_kept_with_what_taught_them(store: FaceStore) -> None:
    store.keep_person("old", "Zoë", [taught("negative", 1)])
    store.keep_person("new", "ZOE\u0308", [taught("negative", 3), taught("positive", 2, 1, True)])
    store.keep_person("bo", "Bo", [])
    assert store.names() == ("Bo", "ZOE\u0308")
    assert store.person(" zoë ") == "new"
    kept = store.taught("zoë")
    assert [(each.kind, each.face.index, each.confirmed_by_user) for each in kept] == [
        ("positive", 1, True),
        ("negative", 0, False),
    ]
    np.testing.assert_allclose(kept[0].embedding, embeddings_of(2, 1)[0], atol=1e-3)
    np.testing.assert_array_equal(kept[0].copy_descriptor, copy_descriptor(embeddings_of(2, 1)[0]))
    for ask in (store.person, store.taught, lambda name: store.erase_person(name, [])):
        with pytest.raises(UnknownPerson):
            ask("Ana")


def test_the_day_of_a_photo_is_the_one_that_a_user_told(store: FaceStore) -> None:
    """Else that of its metadata; it is known of photos that taught and are in no folder, too."""
    taken, by_user = date(2020, 2, 29), date(1998, 7, 1)
    dated = record(1, [1], "/p/a.jpg"), record(2, [2], "/p/b.jpg")
    store.write(
        [replace(each, outcome=replace(each.outcome, taken=taken)) for each in dated],  # type: ignore[type-var]
        BASE,
    )
    store.write([record(3, [3], "/p/c.jpg")], BASE)
    store.note_taken({content(9): taken})
    store.set_day([content(2), content(3)], by_user)
    hashes = [content(number) for number in (1, 2, 3, 4, 9)]
    assert store.days(hashes) == {
        content(1): taken,
        content(2): by_user,
        content(3): by_user,
        content(9): taken,
    }
    assert store.analyzed_photos([content(1)], BASE)[content(1)].taken == taken
    numbers_of, days = store.content_days()
    assert len(numbers_of) == 3 and np.all(np.diff(numbers_of) > 0)
    assert sorted(map(date.fromordinal, days.tolist())) == [by_user, by_user, taken]
    store.set_day(hashes, None)
    assert store.days(hashes) == {content(1): taken, content(2): taken, content(9): taken}


def test_a_day_leaves_with_the_last_that_is_known_of_its_photo(store: FaceStore) -> None:
    """A photo that only taught somebody who is erased."""
    store.write([record(1, [1], "/p/a.jpg")], BASE)
    store.note_taken({content(1): date(2020, 1, 1), content(9): date(2020, 1, 1)})
    store.keep_person("ana", "Ana", [taught("positive", 9)])
    store.erase_person("Ana", [])
    assert set(store.days([content(1), content(9)])) == {content(1)}


def test_a_birth_date_is_kept_until_another_is_given(store: FaceStore) -> None:
    """Learning again does not need it again."""
    store.keep_person("ana", "Ana", [], birth_date=date(2010, 1, 1))
    store.keep_person("ana", "Ana", [])
    assert store.person_details("ana") == (None, date(2010, 1, 1))
    store.keep_person("ana", "Ana", [], birth_date=date(2011, 1, 1))
    assert store.person_details("Ana") == (None, date(2011, 1, 1))
    store.undo_changes([store.changes()[0].number])
    assert store.person_details("Ana") == (None, date(2010, 1, 1))
    assert store.person_details("Bo") == (None, None)


def test_erasing_takes_faces_but_not_those_of_others(store: FaceStore) -> None:
    store.write([record(number, [number, 50 + number], f"/p/{number}.jpg") for number in range(1, 6)], BASE)
    refs = [FaceRef(content(number).hex(), 0) for number in range(6)]
    place = store.face_numbers(refs)
    further = [place[refs[number]] for number in (2, 3, 4)]
    store.keep_person("ana", "Ana", [taught("positive", 1), taught("negative", 3)])
    store.keep_person("bo", "Bo", [taught("positive", 4), taught("negative", 1), taught("negative", 2)])
    assert store.erase_person("ana", further) == (2, 2), "3 was said not to be hers, 4 is somebody else"
    assert set(numbers(store)).isdisjoint({place[refs[1]], place[refs[2]]})
    assert store.face_count() == 8
    assert [each.face.photo for each in store.taught("Bo")] == [content(4).hex()]
    assert store.names() == ("Bo",)
    assert set(store.known_contents([content(1), content(2)], BASE)) == {content(1), content(2)}
    store.compact()
    assert store.damaged_copies() == []


def test_a_face_that_taught_somebody_else_stays(store: FaceStore) -> None:
    """Somebody was misnamed: the faces that taught her are another's."""
    store.write([record(number, [number], f"/p/{number}.jpg") for number in (1, 2)], BASE)
    store.keep_person("bo", "Bo", [taught("positive", 1)])
    store.keep_person("ana", "Ana", [taught("positive", 1), taught("positive", 2)])
    assert store.erase_person("Ana", []) == (2, 1)
    assert paths(store, numbers(store)) == ["/p/1.jpg"]
    assert [each.face.photo for each in store.taught("Bo")] == [content(1).hex()]


def undo(store: FaceStore, count: int = 1) -> tuple[Change, ...]:
    """Take back the last changes, or what there is of them."""
    return store.undo_changes([each.number for each in store.changes()[:count]])


def state(store: FaceStore) -> dict[str, object]:
    """All that is known of people, in values that can be compared."""
    return {
        name: (
            store.person(name),
            [
                (each.kind, each.face, each.confirmed_by_user, each.embedding.tobytes())
                for each in store.taught(name)
            ],
            next(each for each in store.known_people() if each.name == name),
        )
        for name in store.names()
    }


def test_people_are_listed_with_what_taught_them(store: FaceStore) -> None:
    rows = [taught("positive", 1), taught("positive", 2), taught("negative", 3)]
    answers = [taught("positive", 4, 0, True), taught("negative", 5, 0, True), taught("negative", 6, 0, True)]
    before = datetime.now(UTC)
    store.keep_person("ana", "Ana", [*rows, *answers])
    (ana,) = store.known_people()
    assert (ana.name, ana.photos, ana.others, ana.yes, ana.no) == ("Ana", 2, 1, 1, 2)
    assert ana.changed is not None and before <= ana.changed <= datetime.now(UTC)
    assert ana.former_names == ()
    assert ana.portrait == rows[0].face, "one of the photos to learn from, whatever was answered since"
    store.keep_person("ana", "Ana", answers)
    assert store.known_people(ana.id)[0].portrait == answers[0].face, "there is no other"
    store.keep_person("ana", "Ana", [*rows, *answers])
    (ana,) = store.known_people()
    store.keep_person("bo", "Bo", [])
    assert store.known_people(ana.id) == (ana,) and store.known_people(10**6) == ()


def test_changes_are_taken_back_the_last_first(store: FaceStore) -> None:
    assert (store.changes(), undo(store)) == ((), ())
    states = [state(store)]
    store.keep_person("1", "Ana", [taught("positive", 1), taught("negative", 2)])
    states.append(state(store))
    store.keep_person("2", "ANA", [taught("negative", 1), taught("positive", 3, 0, True)], "answer")
    states.append(state(store))
    store.keep_person("bo", "Bo", [taught("positive", 4)])
    states.append(state(store))
    store.keep_person("3", "Zoë", store.taught("Ana"), "rename", ["ana"])
    states.append(state(store))
    assert store.names() == ("Bo", "Zoë") and store.known_people()[1].former_names == ("ANA",)
    store.keep_person("both", "Bo", [*store.taught("Bo"), *store.taught("Zoë")], "merge", ["ZOË"])
    assert store.names() == ("Bo",)
    assert sorted(store.known_people()[0].former_names) == ["ANA", "Zoë"]
    assert [(each.kind, each.name, each.instead_of) for each in store.changes()] == [
        ("merge", "Bo", ("Zoë",)),
        ("rename", "Zoë", ("ANA",)),
        ("learn", "Bo", ()),
        ("answer", "ANA", ()),
        ("learn", "Ana", ()),
    ]
    for expected in states[:1:-1]:
        last = store.changes()[0]
        assert undo(store) == (last,)
        assert state(store) == expected
    assert [each.kind for each in undo(store, 5)] == ["answer", "learn"], "there are no more"
    assert (state(store), undo(store)) == (states[0], ())


def known(store: FaceStore, name: str) -> KnownPerson:
    return next(each for each in store.known_people() if each.name == name)


def test_a_person_keeps_number_and_details_through_all_changes(store: FaceStore) -> None:
    store.set_person_details("Ana", CONSENT, date(2001, 2, 3))
    added = known(store, "Ana")
    assert (added.is_learnt, added.consent, added.birth_date) == (False, CONSENT, date(2001, 2, 3))
    with pytest.raises(UnknownPerson, match="person_not_learnt"):
        store.person("ana")
    assert store.taught("ana") == ()
    store.keep_person("1", "Ana", [taught("positive", 1)])
    store.set_person_details("ANA", CONSENT, None)
    store.keep_person("1", "Zoë", [taught("positive", 1)], "rename", ["Ana"])
    renamed = known(store, "Zoë")
    assert (renamed.id, renamed.is_learnt, renamed.consent, renamed.birth_date, renamed.photos) == (
        added.id,
        True,
        CONSENT,
        None,
        1,
    )
    assert [each.kind for each in store.changes()] == ["rename", "edit", "learn", "add"]
    undo(store, 2)
    assert known(store, "Ana").birth_date == date(2001, 2, 3)
    undo(store, 2)
    assert store.names() == ()


def test_numbers_and_details_go_to_nobody_else(store: FaceStore) -> None:
    store.set_person_details("Ana", CONSENT, None)
    store.set_person_details("Bo", None, date(1990, 1, 1))
    ana, bo = store.known_people()
    store.keep_person("2", "Ana", [], "learn", ["Ana"])
    assert (known(store, "Ana").id != ana.id, known(store, "Ana").consent) == (True, None)
    undo(store)
    store.keep_person("1", "Bo", [], "rename", ["Ana"])
    assert (known(store, "Bo").id, known(store, "Bo").birth_date) == (ana.id, None), "Bo was dropped"
    undo(store)
    assert store.known_people() == (ana, bo)
    store.keep_person("both", "Bo", [], "merge", ["Ana"])
    merged = known(store, "Bo")
    assert (merged.id, merged.consent, merged.birth_date) == (bo.id, CONSENT, date(1990, 1, 1))
    undo(store)
    assert store.known_people() == (ana, bo)
    store.erase_person("Bo", [])
    store.set_person_details("Cy", None, None)
    assert known(store, "Cy").id not in (ana.id, bo.id)


class TestGivenPhotos:
    """Photos given to learn from have no path; only what was read in them is kept."""

    @pytest.fixture
    def ana(self, store: FaceStore) -> FaceStore:
        store.set_person_details("Ana", CONSENT, None)
        store.give_photos("Ana", [given(1, [1]), given(2, [1, 90])], "positive", BASE)
        store.give_photos("Ana", [given(3, [2])], "negative", BASE)
        return store

    def test_their_faces_are_read_back_as_they_were(self, ana: FaceStore) -> None:
        assert [(each.photo, each.role) for each in ana.given_photos("ana")] == [
            (content(1).hex(), "positive"),
            (content(2).hex(), "positive"),
            (content(3).hex(), "negative"),
        ]
        read = ana.analyzed_photos([content(2), content(9)], BASE)
        assert list(read) == [content(2)] and read[content(2)].source == content(2).hex()
        assert [each.quality.issues for each in read[content(2)].faces] == [(), ("blurred",)]
        shown, expected = read[content(2)].faces[0], face(1, 2)
        assert (shown.box, shown.landmarks, shown.quality.side_light) == (
            expected.box,
            expected.landmarks,
            expected.quality.side_light,
        )
        np.testing.assert_allclose(shown.embedding, expected.embedding, atol=1e-3)
        np.testing.assert_allclose(shown.logits, expected.logits, atol=1e-2)
        np.testing.assert_array_equal(shown.copy_descriptor, expected.copy_descriptor)
        assert ana.analyzed_photos([content(2)], OTHER_BASE) == {}

    def test_they_are_in_no_photo_of_the_collection(self, ana: FaceStore) -> None:
        assert ana.photo_counts() == (0, 0) and len(ana.present_contents()) == 0
        assert ana.photos_of_faces(numbers(ana)) == []

    def test_one_has_one_role(self, ana: FaceStore) -> None:
        ana.give_photos("Ana", [given(3, [2])], "positive", BASE)
        assert [each.role for each in ana.given_photos("Ana")] == ["positive"] * 3

    def test_one_that_is_taken_away_is_gone_with_what_it_taught(self, ana: FaceStore) -> None:
        ana.keep_person("1", "Ana", [taught("positive", 1), taught("positive", 2), taught("negative", 3)])
        ana.take_photos("Ana", [content(2)])
        assert len(ana.given_photos("Ana")) == 2 and ana.analyzed_photos([content(2)], BASE) == {}
        assert [each.face.photo for each in ana.taught("Ana")] == [content(1).hex(), content(3).hex()]
        assert ana.person("Ana") == "1" and ana.changes()[0].kind == "remove"

    def test_answers_about_one_that_is_taken_away_hold(self, ana: FaceStore) -> None:
        """The second photo was scanned as well: its answers teach on. Of the third only the no is left."""
        ana.write([record(2, [1, 2], "/p/b.jpg")], BASE)
        yes, no = taught("positive", 2, 0, True), taught("negative", 2, 1, True)
        third = taught("negative", 3, 0, True)
        ana.keep_person("1", "Ana", [taught("positive", 1), yes, no, third], "answer")
        ana.take_photos("Ana", [content(number) for number in (1, 2, 3)])
        assert [(each.face, each.kind) for each in ana.taught("Ana")] == [
            (yes.face, "positive"),
            (no.face, "negative"),
        ]
        assert ana.rejected_faces("Ana") == {no.face, third.face}

    def test_what_is_somewhere_else_stays(self, ana: FaceStore) -> None:
        ana.write([record(1, [1], "/p/a.jpg")], BASE)
        ana.set_person_details("Bo", CONSENT, None)
        ana.give_photos("Bo", [given(3, [2])], "positive", BASE)
        ana.take_photos("Ana", [content(1), content(2), content(3)])
        assert set(ana.analyzed_photos([content(number) for number in (1, 2, 3)], BASE)) == {
            content(1),
            content(3),
        }
        ana.mark_missing([Path("/p/a.jpg")], [Path("/p/a.jpg")])
        assert ana.analyzed_photos([content(1)], BASE) == {}

    def test_a_scan_that_misses_a_photo_leaves_what_was_given(self, ana: FaceStore) -> None:
        ana.write([record(1, [1], "/p/a.jpg")], BASE)
        ana.mark_missing([Path("/p/a.jpg")], [Path("/p/a.jpg")])
        assert set(ana.analyzed_photos([content(1)], BASE)) == {content(1)}

    def test_they_go_with_the_person(self, ana: FaceStore) -> None:
        ana.keep_person("1", "Zoë", [], "rename", ["Ana"])
        assert len(ana.given_photos("Zoë")) == 3
        ana.keep_person("2", "Bo", [], "learn")
        ana.keep_person("both", "Bo", [], "merge", ["Zoë"])
        assert ana.given_photos("Bo") == ()
        undo(ana)
        assert len(ana.given_photos("Zoë")) == 3, "a change that can be undone keeps them"
        ana.keep_person("both", "Bo", [], "merge", ["Zoë"])
        ana.erase_person("Bo", [])
        assert ana.analyzed_photos([content(number) for number in (1, 2, 3)], BASE) == {}
        assert ana.face_count() == 0

    def test_an_added_person_who_is_taken_back_leaves_nothing(self, ana: FaceStore) -> None:
        undo(ana)
        assert (ana.names(), ana.face_count()) == ((), 0)


def test_a_change_is_taken_back_alone_unless_a_later_one_is_about_the_same(store: FaceStore) -> None:
    first = store.keep_person("ana 1", "Ana", [taught("positive", 1)])
    second = store.keep_person("bo", "Bo", [taught("positive", 2)])
    third = store.keep_person("ana 2", "Ana", [taught("positive", 1), taught("positive", 3)], "answer")
    assert [each.number for each in store.changes()] == [third, second, first]
    assert [each.number for each in store.changes(count=2)] == [third, second]
    assert [each.number for each in store.changes(before=third)] == [second, first]
    assert [each.number for each in store.changes(1, before=second)] == [first]
    with raises(InvalidOption, match=f"take back change {third} first"):
        store.undo_changes([first])
    with raises(InvalidOption, match="take back change"):
        store.undo_changes([second, first])
    assert store.names() == ("Ana", "Bo"), "all of it or nothing"
    assert [each.name for each in store.undo_changes([second])] == ["Bo"]
    assert store.names() == ("Ana",)
    assert [each.number for each in store.undo_changes([third, first])] == [third, first]
    assert store.names() == ()
    with raises(NotInIndex, match=f"no change {third}"):
        store.undo_changes([third])
    assert store.keep_person("ana", "Ana", []) > third, "no number is given again"


def test_people_who_were_taught_beside_somebody_are_taken_back_with_the_change(store: FaceStore) -> None:
    born = date(2001, 2, 3)
    first = store.keep_person("ana 1", "Ana", [taught("positive", 1)], birth_date=born)
    ana = store.known_people()[0].id
    beside = [LearntAnew("ana 2", "ANA", [taught("positive", 1), taught("negative", 2)])]
    beside += [LearntAnew("nobody", "Nobody", [])]
    second = store.keep_person("bo", "Bo", [taught("positive", 2)], beside=beside)
    assert (store.person("Ana"), store.person("Bo"), store.names()) == ("ana 2", "bo", ("Ana", "Bo"))
    assert [each.kind for each in store.taught("Ana")] == ["positive", "negative"]
    known = store.known_people()[0]
    assert (known.id, known.name, known.birth_date, known.is_learnt) == (ana, "Ana", born, True)
    assert [(each.name, each.instead_of, each.beside) for each in store.changes()] == [
        ("Bo", (), ("Ana",)),
        ("Ana", (), ()),
    ]
    with raises(InvalidOption, match=f"take back change {second} first"):
        store.undo_changes([first])
    store.undo_changes([second])
    assert (store.person("Ana"), store.names()) == ("ana 1", ("Ana",))
    assert [each.kind for each in store.taught("Ana")] == ["positive"]


def test_ignored_faces_are_marked_until_it_is_taken_back(store: FaceStore) -> None:
    store.write([record(1, [1, 2], "/p/a.jpg"), record(2, [3], "/p/b.jpg")], BASE)
    one, two, three = numbers(store)
    refs = [FaceRef(content(1).hex(), 0), FaceRef(content(1).hex(), 1), FaceRef(content(2).hex(), 0)]
    gone = FaceRef(content(9).hex(), 0)
    assert store.face_refs([three, one, 999]) == {one: refs[0], three: refs[2]}
    change = store.ignore_faces([refs[0], gone])
    assert store.ignored_numbers().tolist() == [one]
    assert set(store.ignored_faces()) == {refs[0], gone}
    assert store.ignore_faces([refs[0]]) is None, "it was so already"
    other = store.ignore_faces(refs)
    assert store.ignored_numbers().tolist() == [one, two, three]
    assert [(each.number, each.kind, each.faces) for each in store.changes()] == [
        (other, "ignore", 2),
        (change, "ignore", 2),
    ]
    store.write([record(1, [4, 5], "/p/a.jpg")], BASE, force=True)
    assert store.ignored_numbers().tolist() == [one, two, three], "a rescan keeps it"
    back = store.ignore_faces([refs[0], refs[2]], ignored=False)
    assert store.ignored_numbers().tolist() == [two]
    assert change is not None and other is not None and back is not None
    with raises(InvalidOption, match=f"take back change {back} first"):
        store.undo_changes([other])
    store.undo_changes([back, change])
    assert store.ignored_numbers().tolist() == [two, three]
    store.undo_changes([other])
    assert (store.ignored_faces(), store.changes()) == ((), ())


def test_the_faces_of_ignored_folders_are_ignored_unless_a_copy_lies_elsewhere(store: FaceStore) -> None:
    photos = [
        ("/p/in/a.jpg",),
        ("/p/in/deep/b.jpg", "/p/c.jpg"),
        ("/p/in/d.jpg", "/p/in/e.jpg"),
        ("/p/inn.jpg",),
    ]
    store.write([record(number, [number], *paths) for number, paths in enumerate(photos)], BASE)
    first, _, third, _ = numbers(store)
    change = store.ignore_folder(Path("/p/in"))
    assert store.ignored_numbers().tolist() == [first, third]
    assert store.ignored_folders() == (Path("/p/in"),)
    assert store.ignore_folder(Path("/p/in")) is None
    assert [(each.kind, each.name) for each in store.changes()] == [("ignore_folder", "/p/in")]
    store.write([record(9, [9], "/p/in/new.jpg")], BASE)
    assert len(store.ignored_numbers()) == 3, "those to come, too"
    store.mark_missing([Path("/p/c.jpg")], [])
    assert len(store.ignored_numbers()) == 4
    store.ignore_folder(Path("/p/in/deep"))
    assert change is not None
    store.undo_changes([change])
    assert len(store.ignored_numbers()) == 1
    store.ignore_folder(Path("/p/in/deep"), ignored=False)
    assert (store.ignored_numbers().tolist(), store.ignored_folders()) == ([], ())


def test_groups_are_kept_until_it_is_taken_back(store: FaceStore) -> None:
    store.write([record(1, [1, 2], "/p/a.jpg"), record(2, [3, 4], "/p/b.jpg")], BASE)
    one, two, three, four = numbers(store)
    refs = [FaceRef(content(photo).hex(), place) for photo in (1, 2) for place in (0, 1)]
    first = store.keep_groups([refs[:2], refs[2:]], "split_group")
    labels = store.kept_groups()
    assert labels[one] == labels[two] != labels[three] == labels[four]
    second = store.keep_groups([refs[:1] + refs[2:3]], "merge_groups")
    labels = store.kept_groups()
    assert len({labels[one], labels[two], labels[four]}) == 3 and labels[one] == labels[three]
    ignored = store.ignore_faces(refs[:1], as_group=True)
    assert [(each.number, each.kind, each.faces) for each in store.changes()] == [
        (ignored, "ignore", 1),
        (second, "merge_groups", 2),
        (first, "split_group", 4),
    ]
    assert ignored is not None and store.kept_groups()[one] != labels[one]
    with raises(InvalidOption, match=f"take back change {ignored} first"):
        store.undo_changes([second])
    store.undo_changes([ignored])
    assert (store.kept_groups(), store.ignored_faces()) == (labels, ())
    store.undo_changes([second, first])
    assert store.kept_groups() == {}


def test_the_state_is_another_one_after_every_change(
    store: FaceStore, make: Callable[[Path], FaceStore], tmp_path: Path
) -> None:
    seen = [store.state()]
    assert store.state() == seen[0]
    store.write([record(1, [1], "/p/a.jpg")], BASE)
    seen.append(store.state())
    store.ignore_folder(Path("/p"))
    seen.append(store.state())
    assert store.names() == () and store.state() == seen[-1]
    other = make(tmp_path)
    other.mark_missing([Path("/p/a.jpg")], [])
    other.close()
    seen.append(store.state())
    assert len(set(seen)) == len(seen)


def test_a_no_holds_until_it_is_taken_back(store: FaceStore) -> None:
    refs = [FaceRef(content(number).hex(), 0) for number in range(9)]
    answers = [taught("negative", 2, 0, True), taught("negative", 3)]
    store.keep_person("1", "Ana", [taught("positive", 1), *answers], "answer")
    assert store.rejected_faces("Ana") == {refs[2]}, "a negative of a photo is no answer"
    store.keep_person("2", "Ana", [taught("positive", 4)])
    assert store.rejected_faces("Ana") == {refs[2]}, "whatever she is learnt from later"
    store.keep_person("3", "Ana", [taught("positive", 4)], "answer", rejected={refs[5]: True})
    assert store.rejected_faces("ana") == {refs[2], refs[5]}
    store.keep_person("4", "Ana", [taught("positive", 2), taught("positive", 4)], "answer")
    assert store.rejected_faces("Ana") == {refs[5]}
    undo(store)
    assert store.rejected_faces("Ana") == {refs[2], refs[5]}
    store.keep_person("5", "Zoë", [taught("positive", 4)], "rename", ["Ana"])
    assert store.rejected_faces("Zoë") == {refs[2], refs[5]}
    store.keep_person("bo", "Bo", [taught("negative", 6, 0, True)], "answer")
    store.keep_person("both", "Bo", [taught("positive", 4)], "merge", ["Zoë"])
    assert store.rejected_faces("Bo") == {refs[2], refs[5], refs[6]}
    undo(store)
    assert store.rejected_faces("Bo") == {refs[6]}
    assert store.rejected_faces("Zoë") == {refs[2], refs[5]}
    store.keep_person("bo", "Bo", [], "remove")
    assert store.rejected_faces("Bo") == set(), "the answer was taken out"
    store.keep_person("other", "Zoë", [], "learn", ["Zoë"])
    assert store.rejected_faces("Zoë") == set(), "she is somebody else"
    undo(store)
    store.keep_person("5", "Zoë", [], "remove", rejected={refs[5]: False})
    assert store.rejected_faces("Zoë") == {refs[2]}
    store.erase_person("Zoë", [])
    with pytest.raises(UnknownPerson):
        store.rejected_faces("Zoë")


def test_an_erased_face_leaves_no_mark(store: FaceStore) -> None:
    store.write([record(1, [1], "/p/a.jpg")], BASE)
    store.ignore_faces([FaceRef(content(1).hex(), 0)])
    store.keep_person("ana", "Ana", [taught("positive", 1)])
    store.erase_person("Ana", [])
    assert store.ignored_faces() == ()
    undo(store)
    assert store.ignored_faces() == ()


def test_so_many_changes_are_kept(store: FaceStore) -> None:
    for number in range(MAX_CHANGES + 5):
        store.keep_person(str(number), "Ana", [taught("positive", number)])
    assert len(store.changes()) == MAX_CHANGES
    undo(store, MAX_CHANGES)
    assert store.person("Ana") == "4"


def test_what_is_erased_is_not_brought_back(store: FaceStore) -> None:
    """Of the changes, those of others after the last of the person stay, less the faces that are gone."""
    store.keep_person("bo", "Bo", [taught("positive", 1), taught("negative", 2)])
    store.keep_person("ana", "Ana", [taught("positive", 2)])
    store.keep_person("bo 2", "Bo", [taught("positive", 1), taught("positive", 3)])
    store.keep_person("bo 3", "Bo", [taught("positive", 3), taught("negative", 2)])
    store.erase_person("Ana", [])
    assert [(each.kind, each.name) for each in store.changes()] == [("learn", "Bo")] * 2
    undo(store)
    assert store.person("Bo") == "bo 2"
    undo(store)
    assert store.person("Bo") == "bo"
    assert [each.face.photo for each in store.taught("Bo")] == [content(1).hex()]
    assert undo(store) == ()


def test_a_former_name_is_erased_with_whoever_has_it(store: FaceStore) -> None:
    store.keep_person("1", "Ana", [])
    store.keep_person("1", "Bo", [], "rename", ["Ana"])
    with pytest.raises(UnknownPerson, match="person_renamed"):
        store.person("ana")
    store.keep_person("2", "Ana", [])
    store.erase_person("Ana", [])
    assert store.known_people()[0].former_names == ()


def test_what_was_written_is_there_when_it_is_opened_again(
    store: FaceStore, make: Callable[[Path], FaceStore], tmp_path: Path
) -> None:
    store.write([record(1, [1], "/p/a.jpg")], BASE)
    generation = store.generation()
    store.close()
    store.close()
    for ask in (store.names, store.compact, lambda: list(store.faces(BASE)), lambda: store.write([], BASE)):
        with pytest.raises(FileAccessError, match="library_closed"):
            ask()
    again = make(tmp_path)
    assert (again.face_count(), again.generation()) == (1, generation)
    again.close()


def test_eight_threads_use_one(store: FaceStore) -> None:
    failures: list[BaseException] = []
    start = threading.Barrier(8)

    def work(thread: int) -> None:
        try:
            start.wait()
            for step in range(20):
                number = thread * 100 + step
                store.write([record(number, [thread], f"/p/{number}.jpg")], BASE)
                store.keep_person(str(step), f"Person {thread}", [taught("positive", number)])
                own = [number for table in store.faces(BASE) for number in table.numbers.tolist()]
                assert len(own) >= step + 1 and own == sorted(set(own))
                assert store.person(f"person {thread}") == str(step)
                assert store.known_photos([Path(f"/p/{number}.jpg")])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []
    assert (store.face_count(), len(store.names())) == (160, 8)
