"""`LibraryPeople`: the half of `Library` about the people whom it knows."""

import threading
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from semblante.closing import Closing
from semblante.errors import InvalidOption
from semblante.jobs import SILENT, JobContext
from semblante.library import (
    EmbeddingMatrix,
    FaceStore,
    GivenPhoto,
    KnownPerson,
    Role,
    Thumbnails,
    drop_orphans,
    is_known,
    kept_name,
)
from semblante.model.bundle import Bundle
from semblante.person import Person, check_day
from semblante.person.decision import FALSE_MATCH_RATE
from semblante.pipeline.analyzer import FaceAnalyzer, bundle_of
from semblante.pipeline.collection import known_person
from semblante.pipeline.details import (
    PersonDetails,
    add_person,
    check_consented,
    edit_person,
    person_named,
    person_with_id,
)
from semblante.pipeline.export import export_person
from semblante.pipeline.given_photos import GivenFaces, GivenImage, give_images, given_faces, read_images
from semblante.pipeline.learning import LearnResult
from semblante.pipeline.lessons import LessonReport, check_lesson, judge_anew, learn_given
from semblante.pipeline.look_alikes import KeptLesson
from semblante.pipeline.naming import IfKnown, Kept, keep_learnt, rename_person, shared_faces
from semblante.pipeline.photos_by_age import PhotosByAge, photos_by_age
from semblante.pipeline.review import AnswerKind, Review
from semblante.pipeline.taught_faces import NearFace, nearest
from semblante.types import Embeddings, Face, FaceRef


class LibraryPeople(Closing):
    """The people whom a library knows: added, learnt, asked about, renamed. Any thread may use it."""

    def __init__(self, store: FaceStore) -> None:
        self.store = store
        self._matrix = EmbeddingMatrix(store)
        self._thumbnails = Thumbnails(store.vault)
        self._teaching = threading.Lock()

    def names(self) -> tuple[str, ...]:
        """The people who are known, by name."""
        return self.store.names()

    def knows(self, name: str) -> bool:
        """Whether somebody of this name is known, in whatever spelling."""
        return is_known(self.store, name)

    def kept_name(self, name: str) -> str:
        """The name as it was given when the person was learnt. Raises `UnknownPerson`."""
        return kept_name(self.store, name)

    def person(self, name: str) -> Person:
        """The person of this name, with what is known beside the photos.

        Raises `UnknownPerson`, also for one who is not learnt yet, or `NotAPersonFile`.
        """
        return known_person(self.store, name)

    def known_people(self) -> tuple[KnownPerson, ...]:
        """The people who are known, by name: what taught each, and when that was last changed."""
        return self.store.known_people()

    def known_person(self, person_id: int) -> KnownPerson:
        """The person with this number. Raises `UnknownPerson`."""
        return person_with_id(self.store, person_id)

    def person_named(self, name: str) -> KnownPerson:
        """The person of this name, in whatever spelling, learnt or not. Raises `UnknownPerson`."""
        return person_named(self.store, name)

    def nearest_taught(self, person_id: int, face: Face, count: int = 3) -> tuple[NearFace, ...]:
        """The faces that a person was learnt from that are most similar to a face, the nearest first.

        See `semblante.pipeline.taught_faces.nearest`.
        """
        return nearest(self.store.taught(self.known_person(person_id).name), face, count)

    def add_person(self, details: PersonDetails) -> KnownPerson:
        """Add somebody who is not learnt yet; see `semblante.pipeline.details.add_person`."""
        with self._teaching:
            return add_person(self.store, details)

    def edit_person(
        self, person_id: int, details: PersonDetails, unchanged_since: datetime | None = None
    ) -> KnownPerson:
        """Change what is known beside the photos; see `semblante.pipeline.details.edit_person`."""
        with self._teaching:
            return edit_person(self.store, person_id, details, unchanged_since)

    def give_images(
        self, person_id: int, images: Sequence[bytes], role: Role, analyzer: FaceAnalyzer
    ) -> tuple[GivenImage, ...]:
        """Give the content of image files to learn a person from, or, as `negative`, from as others.

        See `semblante.pipeline.given_photos.give_images`.
        """
        check_consented(self.known_person(person_id))
        read = read_images(images, analyzer)
        with self._teaching:
            # That took time: by now, the person may have another name, or be forgotten.
            person, base = self.known_person(person_id), analyzer.bundle.network_sha256
            give_images(self.store, self._thumbnails, person, images, read, role, base)
        return read

    def given_photos(self, person_id: int) -> tuple[GivenPhoto, ...]:
        """The photos that were given to learn a person from, in order. Raises `UnknownPerson`."""
        return self.store.given_photos(self.known_person(person_id).name)

    def given_faces(
        self, person_id: int, base: FaceAnalyzer | Bundle, photos: Collection[str] | None = None
    ) -> tuple[GivenFaces, ...]:
        """The photos that were given to learn a person from, or those of them with these hashes, and faces.

        Raises `UnknownPerson`.
        """
        name = self.known_person(person_id).name
        return given_faces(self.store, name, bundle_of(base).network_sha256, photos)

    def take_photos(self, person_id: int, photos: Sequence[str]) -> None:
        """Take photos away that were given, by the hashes of their content; see `PeopleStore.take_photos`."""
        with self._teaching:
            name = self.known_person(person_id).name
            self.store.take_photos(name, [bytes.fromhex(each) for each in photos])
            drop_orphans(self.store, self._thumbnails)

    def set_day_of_photo(self, photo: str, day: date | None) -> None:
        """Say when a photo was taken, by the hash of its content; None takes that back.

        Raises `InvalidOption` for a day that is still to come.
        """
        self.store.set_day([bytes.fromhex(photo)], None if day is None else check_day(day))

    def photos_by_age(self, person_id: int, today: date) -> PhotosByAge:
        """How many photos of a person there are of each age; see `semblante.pipeline.photos_by_age`."""
        return photos_by_age(self.store, self.known_person(person_id), today)

    def check_lesson(
        self, person_id: int, base: FaceAnalyzer | Bundle, false_match_rate: float = FALSE_MATCH_RATE
    ) -> None:
        """Raise what makes it certain that `learn_given` cannot succeed."""
        person, base_sha256 = self.known_person(person_id), bundle_of(base).network_sha256
        check_lesson(self.store, person, base_sha256, false_match_rate)

    def learn_given(
        self,
        person_id: int,
        base: FaceAnalyzer | Bundle,
        false_match_rate: float = FALSE_MATCH_RATE,
        keep_inseparable: bool = False,
        job: JobContext = SILENT,
    ) -> LessonReport:
        """Learn a person from the photos that were given; see `semblante.pipeline.lessons.learn_given`."""
        with self._teaching:
            person = self.known_person(person_id)
            return learn_given(self.store, person, bundle_of(base), false_match_rate, keep_inseparable, job)

    def judge_anew(self, person_id: int, base: FaceAnalyzer | Bundle) -> LessonReport:
        """What a person's last lesson has shown, found anew; see `semblante.pipeline.lessons.judge_anew`."""
        return judge_anew(self.store, self.known_person(person_id), bundle_of(base))

    def record_answers(
        self, person_id: int, answers: Mapping[FaceRef, AnswerKind], base: FaceAnalyzer | Bundle
    ) -> KeptLesson:
        """Learn a person anew with answers about faces; see `Review.record_answers`.

        Raises `InvalidOption` also where nobody agreed that the person is learnt.
        """
        person = self.known_person(person_id)
        check_consented(person)
        return self.review(person.name).record_answers(answers, bundle_of(base).background())

    def export_person(self, person_id: int) -> bytes:
        """All that is kept of a person as a zip file; see `semblante.pipeline.export.export_person`."""
        return export_person(self.store, self._thumbnails, self.known_person(person_id))

    def import_person(self, content: bytes) -> KnownPerson:
        """Keep a person from such a file; see `semblante.pipeline.person_import.import_person`."""
        from semblante.pipeline.person_import import import_person

        with self._teaching:
            return import_person(self.store, content)

    def keep(
        self, result: LearnResult, background: Embeddings | None = None, if_known: IfKnown | None = None
    ) -> Kept:
        """Keep a person who was learnt; see `semblante.pipeline.naming.keep_learnt`.

        Raises `InvalidOption` also for a `Person` alone: the library keeps the faces that taught, too.
        """
        if not isinstance(result, LearnResult):
            raise InvalidOption("not_a_learn_result", kind=type(result).__name__)
        with self._teaching:
            return keep_learnt(self.store, result, background, if_known)

    def review(self, name: str) -> Review:
        """The questions about a person, and the way to answer them."""
        return Review(self.store, name, self._matrix, self._teaching)

    def rename(
        self,
        name: str,
        new_name: str,
        base: FaceAnalyzer | Bundle | None = None,
        if_known: IfKnown | None = None,
    ) -> Kept:
        """Give a person another name, or merge two; see `semblante.pipeline.naming.rename_person`."""
        with self._teaching:
            return rename_person(
                self.store, name, new_name, None if base is None else bundle_of(base), if_known
            )

    def merge_people(self, person_id: int, other_id: int, base: FaceAnalyzer | Bundle) -> Kept:
        """Make two learnt people one, who keeps number, name and consent of the first.

        Raises `UnknownPerson`, `InvalidOption` where it is one person already or nobody is known to have
        agreed, and what `rename` does.
        """
        with self._teaching:
            person, other = self.known_person(person_id), self.known_person(other_id)
            check_consented(person)
            if person.id == other.id:
                raise InvalidOption("merge_needs_two_people", name=person.name)
            kept = rename_person(self.store, other.name, person.name, bundle_of(base), "merge")
        drop_orphans(self.store, self._thumbnails)
        return kept

    def shared_faces(self, name: str) -> dict[str, int]:
        """The other people whom faces taught that taught this person too, and how many faces each."""
        return shared_faces(self.store, name)
