"""Whatever a user does, in whatever order: a no and an ignored face hold, and each change is undone whole.

Random sequences of teaching, naming, answering, ignoring, merging, splitting, renaming, forgetting, undoing
and scanning again, on made-up photos of three people and strangers.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from album import PEOPLE, PHOTOS
from fake_photos import BASE, WIDTH, NoNetwork, embeddings_of
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from semblante.errors import SemblanteError
from semblante.files import sha256_of
from semblante.library import KnownPerson
from semblante.model.bundle import Bundle
from semblante.pipeline import Group, IfKnown, Library, PersonDetails
from semblante.types import Consent, Embeddings, FaceRef

SEQUENCES, STEPS = 3, 12
"""Few and short, for the time that learning takes; to look for more, raise both."""
NAMES = ("Ana", "Bo", "Eva", "Zoe", "ana")
CONSENT = Consent("told", date(2020, 1, 2), "")
BACKGROUND = np.concatenate([embeddings_of(5000 + who, 1) for who in range(60)])


@dataclass(frozen=True)
class State:
    """All that a user has said, as the library tells it."""

    people: dict[int, tuple[object, ...]]
    rejected: dict[int, frozenset[FaceRef]]
    ignored: frozenset[FaceRef]
    folders: tuple[Path, ...]
    groups: frozenset[frozenset[FaceRef]]


class Watched(RuleBasedStateMachine):
    """A library of photos in which Ana and Bo are known, and what a user has said is compared."""

    analyzer: NoNetwork

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.photos = self.folder / "photos"
        for name, content in PHOTOS.items():
            path = self.photos / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        self.library = Library(self.folder / "data", create=True)
        self.library.scan(self.photos, self.analyzer)
        self.faces = [
            FaceRef(sha256_of(path), place)
            for path in sorted(self.photos.rglob("*.jpg"))
            for place in range(3)
            if self.library.store.face_numbers([FaceRef(sha256_of(path), place)])
        ]
        self.undoable: list[State | None] = []
        """The state before each change that is left, the first first; None within what was done at once."""
        for name in ("Ana", "Bo"):
            self._teach(self.library.add_person(PersonDetails(name, CONSENT)), name, others=False)
        self.library.scan(self.photos, self.analyzer)
        self.undoable = [None] * len(self.library.changes())
        self.undoable[0] = State({}, {}, frozenset(), (), frozenset())

    def teardown(self) -> None:
        if hasattr(self, "library"):
            changes = self.library.changes()
            if changes:
                self.library.undo(len(changes))
                assert self.state() == self.undoable[0], "all of it is undone"
            self.library.close()
            shutil.rmtree(self.folder)

    def state(self) -> State:
        library, store = self.library, self.library.store
        known = library.known_people()
        kept: dict[str, set[FaceRef]] = {}
        labels = store.kept_groups()
        for number, face in library.refs_of(labels).items():
            kept.setdefault(labels[number], set()).add(face)
        return State(
            {each.id: self._person(each) for each in known},
            {each.id: store.rejected_faces(each.name) for each in known},
            frozenset(library.ignored_faces()),
            library.ignored_folders(),
            frozenset(map(frozenset, kept.values())),
        )

    def _person(self, known: KnownPerson) -> tuple[object, ...]:
        taught = self.library.store.taught(known.name)
        person = self.library.store.person(known.name) if known.is_learnt else ""
        faces = frozenset((each.face, each.kind, each.confirmed_by_user) for each in taught)
        return known.name, known.former_names, known.consent, known.birth_date, person, faces

    def change(self, act: Callable[[], object]) -> bool:
        """Do something that is a change, or is refused and then changes nothing; whether it was done."""
        before, known = self.state(), {each.number for each in self.library.changes()}
        try:
            act()
        except SemblanteError as error:
            assert self.state() == before, error
            assert {each.number for each in self.library.changes()} == known, error
            return False
        added = [each for each in self.library.changes() if each.number not in known]
        if not added:
            assert self.state() == before
        if len(added) > 1:
            state = self.state()
            undone = self.library.undo(len(added))
            assert [each.number for each in undone] == [each.number for each in added]
            assert self.state() == before, undone
            known = {each.number for each in self.library.changes()}
            act()
            again = [each for each in self.library.changes() if each.number not in known]
            assert [each.kind for each in again] == [each.kind for each in added]
            after = self.state()
            assert after.ignored == state.ignored and after.groups == state.groups
        if added:
            self.undoable += [before, *[None] * (len(added) - 1)]
        return bool(added)

    @contextmanager
    def holding(self, *but: tuple[str, FaceRef]) -> Iterator[None]:
        """Whoever is still known afterwards is still not whom a user said not to be, but for these."""
        before, names = self.state(), {each.id: each.name for each in self.library.known_people()}
        yield
        after = self.state()
        for number, faces in before.rejected.items():
            if number in after.rejected:
                freed = {face for name, face in but if name.lower() == names[number].lower()}
                assert faces - freed <= after.rejected[number]

    def _teach(self, person: KnownPerson, who: str, others: bool) -> None:
        names = [each for each in PHOTOS if each.startswith(who)]
        self.library.give_images(person.id, [PHOTOS[each] for each in names], "positive", self.analyzer)
        if others:
            rival = next(each for each in PEOPLE if each != who)
            given = [PHOTOS[each] for each in PHOTOS if each.startswith(rival)]
            self.library.give_images(person.id, given, "negative", self.analyzer)
        with self.holding():
            self.change(lambda: self.library.learn_given(person.id, self.analyzer))

    def _somebody(self, data: st.DataObject) -> KnownPerson | None:
        known = self.library.known_people()
        return data.draw(st.sampled_from(known)) if known else None

    def _group(self, data: st.DataObject) -> Group | None:
        people = self.library.people(self.analyzer, 1)
        unknown = [each for each in people.groups if each.name is None] + list(people.ignored_groups)
        return unknown[data.draw(st.integers(0, len(unknown) - 1))] if unknown else None


class Curation(Watched):
    """What a user does."""

    @rule(name=st.sampled_from(NAMES), born=st.booleans())
    def add(self, name: str, born: bool) -> None:
        details = PersonDetails(name, CONSENT, date(2001, 2, 3) if born else None)
        self.change(lambda: self.library.add_person(details))

    @rule(data=st.data(), who=st.sampled_from([*PEOPLE]), others=st.booleans())
    def teach(self, data: st.DataObject, who: str, others: bool) -> None:
        """From photos that are given."""
        person = self._somebody(data)
        if person is not None and person.consent is not None:
            self._teach(person, who, others)

    @rule(data=st.data(), count=st.integers(1, 6))
    def take_photos(self, data: st.DataObject, count: int) -> None:
        person = self._somebody(data)
        if person is not None:
            given = [each.photo for each in self.library.store.given_photos(person.name)][:count]
            with self.holding():
                self.change(lambda: self.library.take_photos(person.id, given))

    @rule(
        data=st.data(),
        name=st.sampled_from(NAMES),
        doubtful=st.booleans(),
        if_known=st.sampled_from([None, "merge", "replace"]),
    )
    def name_group(self, data: st.DataObject, name: str, doubtful: bool, if_known: IfKnown | None) -> None:
        group = self._group(data)
        if group is not None:
            faces = self.library.refs_of((*group.faces, *group.doubtful)).values()
            with self.holding(*((name, each) for each in faces)):
                self.change(lambda: self.library.name_group(group, name, self.analyzer, doubtful, if_known))

    @rule(data=st.data(), kind=st.sampled_from(["yes", "no", "remove"]))
    def answer(self, data: st.DataObject, kind: Any) -> None:
        person = self._somebody(data)
        if person is None:
            return
        face = data.draw(st.sampled_from(self.faces))
        taught = {each.face: each for each in self.library.store.taught(person.name)}
        # A yes may take the place of an answer about a copy of the photo, which is the same face.
        with self.holding((person.name, face)):
            done = self.change(lambda: self.library.record_answers(person.id, {face: kind}, self.analyzer))
        if done and kind == "no":
            assert face in self.library.store.rejected_faces(person.name), taught.get(face)
        if done and kind != "no":
            assert face not in self.library.store.rejected_faces(person.name)

    @rule(data=st.data(), name=st.sampled_from(NAMES), if_known=st.sampled_from([None, "merge", "replace"]))
    def rename(self, data: st.DataObject, name: str, if_known: IfKnown | None) -> None:
        person = self._somebody(data)
        if person is not None:
            with self.holding(*((each, face) for each in NAMES for face in self.faces)):
                self.change(lambda: self.library.rename(person.name, name, self.analyzer, if_known))

    @rule(data=st.data(), name=st.sampled_from(NAMES), agreed=st.booleans(), born=st.booleans())
    def edit(self, data: st.DataObject, name: str, agreed: bool, born: bool) -> None:
        person = self._somebody(data)
        if person is not None:
            details = PersonDetails(name, CONSENT if agreed else None, date(1999, 9, 9) if born else None)
            with self.holding():
                self.change(lambda: self.library.edit_person(person.id, details))

    @rule(data=st.data(), ignored=st.booleans())
    def ignore(self, data: st.DataObject, ignored: bool) -> None:
        faces = data.draw(st.sets(st.sampled_from(self.faces), min_size=1, max_size=3))
        if self.change(lambda: self.library.ignore_faces(faces, ignored)):
            assert (self.state().ignored >= faces) == ignored

    @rule(data=st.data())
    def ignore_others(self, data: st.DataObject) -> None:
        face = data.draw(st.sampled_from(self.faces))
        self.change(lambda: self.library.ignore_others(face.photo))

    @rule(data=st.data())
    def ignore_folder(self, data: st.DataObject) -> None:
        ignored = data.draw(st.booleans())
        self.change(lambda: self.library.ignore_folder(self.photos / "party", ignored))

    @rule(data=st.data(), ignored=st.booleans())
    def ignore_group(self, data: st.DataObject, ignored: bool) -> None:
        group = self._group(data)
        if group is not None:
            self.change(lambda: self.library.ignore_group(group, ignored))

    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        first, second = self._group(data), self._group(data)
        if first and second:
            self.change(lambda: self.library.merge_groups([first, second]))

    @rule(data=st.data())
    def split(self, data: st.DataObject) -> None:
        group = self._group(data)
        if group is not None:
            members = [*self.library.refs_of((*group.faces, *group.doubtful)).values()]
            part = data.draw(st.sets(st.sampled_from(members), min_size=1, max_size=3)) if members else set()
            self.change(lambda: self.library.split_group(group, [part]))

    @rule(data=st.data(), keep_faces=st.booleans())
    def forget(self, data: st.DataObject, keep_faces: bool) -> None:
        person = self._somebody(data)
        if person is None:
            return
        with self.holding(*((each, face) for each in NAMES for face in self.faces)):
            gone = self.library.forget(person.name, keep_faces)
        assert gone.receipt.left == 0
        assert not self.library.knows(person.name)
        left = self.library.changes()
        for each in left:
            assert person.name not in (each.name, *each.instead_of, *each.beside)
        self.undoable = []
        if left:  # What was before the last of that person's is not known any more; all later ones are.
            self.library.undo(len(left))

    @rule(count=st.integers(1, 4))
    def undo(self, count: int) -> None:
        if count <= len(self.undoable):
            self.library.undo(count)
            *self.undoable, before = self.undoable[: len(self.undoable) - count + 1]
            assert before is None or self.state() == before

    @rule(data=st.data())
    def undo_one(self, data: st.DataObject) -> None:
        """One change of before; what a later one is about stays, and later undos are no longer compared."""
        changes = self.library.changes()
        if not changes:
            return
        number = data.draw(st.sampled_from(changes)).number
        before = self.state()
        try:
            self.library.undo_change(number)
        except SemblanteError as error:
            assert error.code == "change_superseded" and self.state() == before
            return
        place = len(changes) - 1 - [each.number for each in changes].index(number)
        if place == len(changes) - 1:
            expected = self.undoable.pop()
            assert expected is None or self.state() == expected
        else:  # The states after it are as they were less this change: all are taken back to begin anew.
            self.library.undo(len(changes) - 1)
            assert self.state() == self.undoable[0]
            self.undoable = []

    @rule(force=st.booleans(), prune=st.booleans())
    def scan(self, force: bool, prune: bool) -> None:
        before = self.state()
        self.library.scan(self.photos, self.analyzer, force, prune)
        assert self.state() == before

    @rule(data=st.data(), prune=st.booleans())
    def miss_photos(self, data: st.DataObject, prune: bool) -> None:
        """Some files are gone for a scan, and come back."""
        before = self.state()
        files = [path for path in sorted(self.photos.rglob("*.jpg")) if path.is_file()]
        gone = data.draw(st.sets(st.sampled_from(files), min_size=1, max_size=4))
        content = {path: path.read_bytes() for path in gone}
        for path in gone:
            path.unlink()
        self.library.scan(self.photos, self.analyzer, prune=prune)
        for path, held in content.items():
            path.write_bytes(held)
        self.library.scan(self.photos, self.analyzer)
        assert self.state() == before


class CheckedCuration(Curation):
    """What is so after each step."""

    @invariant()
    def rejected_and_ignored_faces_are_not_asked_about(self) -> None:
        if not hasattr(self, "library"):
            return
        library = self.library
        ignored = set(library.store.ignored_numbers().tolist())
        hidden = {
            each for each, number in library.store.face_numbers(self.faces).items() if number in ignored
        }
        for known in library.known_people():
            rejected = library.store.rejected_faces(known.name)
            taught = library.store.taught(known.name)
            assert not rejected & {each.face for each in taught if each.kind == "positive"}
            assert len({each.face for each in taught}) == len(taught)
            if not known.is_learnt:
                continue
            matches = library.find(known.name).matches
            assert len({each.face.photo for each in matches}) == len(matches), "one face a photo"
            assert not rejected & {each.face for each in matches}
            unsure = {each.face for each in matches if each.verdict == "unsure"}
            assert not hidden & unsure
            asked = {each.face for each in library.review(known.name).unanswered()}
            assert not asked & rejected and not asked & hidden

    @invariant()
    def groups_hold_each_face_once(self) -> None:
        if not hasattr(self, "library"):
            return
        people = self.library.people(self.analyzer, 1)
        ignored = set(self.library.store.ignored_numbers().tolist())
        unknown = [each for each in people.groups if each.name is None]
        listed = [number for each in unknown for number in (*each.faces, *each.doubtful)]
        assert len(listed) == len(set(listed)) and not ignored & set(listed)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type[CheckedCuration]:
    """One whose photos are read without a network."""

    def background(_bundle: Bundle) -> Embeddings:
        return BACKGROUND

    monkeypatch.setattr(Bundle, "background", background)
    monkeypatch.setattr("semblante.pipeline.given_photos.keep_faces_of", lambda *_: None)
    analyzer = NoNetwork(Bundle(tmp_path / "base", {"weights": {"sha256": BASE, "embedding_size": WIDTH}}))
    return type("WithoutNetwork", (CheckedCuration,), {"analyzer": analyzer})


def test_any_sequence_of_changes(machine: type[CheckedCuration]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
            # A sequence that fails is short enough, and to make it shorter takes minutes.
            phases=[Phase.generate],
        ),
    )
