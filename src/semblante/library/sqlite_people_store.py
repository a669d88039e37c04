"""`SqlitePeople`: the half of `SqliteStore` about people."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from semblante.errors import UnknownPerson
from semblante.library import sqlite_given as given
from semblante.library import sqlite_people as people
from semblante.library.history_store import PeopleChange
from semblante.library.names import key_of, unknown_person
from semblante.library.people_store import GivenPhoto, KnownPerson, LearntAnew, Taught
from semblante.library.sqlite_file import SqliteFile
from semblante.library.sqlite_rejections import rejected_places
from semblante.types import Consent, FaceRef


class SqlitePeople(SqliteFile):
    """The people in the open file of an index; see `PeopleStore` for what each method does."""

    def names(self) -> tuple[str, ...]:
        """See `PeopleStore`."""
        with self.asking() as connection:
            return tuple(name for (name,) in connection.execute("SELECT name FROM people ORDER BY key"))

    def person(self, name: str) -> str:
        """See `PeopleStore`."""
        with self.asking() as connection:
            found = connection.execute("SELECT person FROM people WHERE key = ?", (key_of(name),)).fetchone()
        if found is None:
            raise unknown_person(name, self.known_people())
        text: str = found[0]
        if not text:
            raise UnknownPerson("person_not_learnt", name=name)
        return text

    def taught(self, name: str) -> tuple[Taught, ...]:
        """See `PeopleStore`."""
        self.number_of(name)
        with self.asking() as connection:
            return people.taught_of(connection, key_of(name))

    def keep_person(
        self,
        person_json: str,
        name: str,
        taught: Sequence[Taught],
        kind: PeopleChange = "learn",
        instead_of: Sequence[str] = (),
        birth_date: date | None = None,
        rejected: Mapping[FaceRef, bool] = MappingProxyType({}),
        beside: Sequence[LearntAnew] = (),
        consent: Consent | None = None,
    ) -> int:
        """See `PeopleStore`."""
        with self.writing() as connection:
            return people.keep_person(
                connection, person_json, name, taught, kind, instead_of, birth_date, rejected, beside, consent
            )

    def rejected_faces(self, name: str) -> frozenset[FaceRef]:
        """See `PeopleStore`."""
        number = self.number_of(name)
        with self.asking() as connection:
            places = rejected_places(connection, [number])
            return frozenset(FaceRef(sha256.hex(), place) for sha256, place in places)

    def set_person_details(self, name: str, consent: Consent | None, birth_date: date | None) -> None:
        """See `PeopleStore`."""
        with self.writing() as connection:
            people.set_person_details(connection, name, consent, birth_date)

    def person_details(self, name: str) -> tuple[Consent | None, date | None]:
        """See `PeopleStore`."""
        with self.asking() as connection:
            return people.person_details(connection, key_of(name))

    def known_people(self, number: int | None = None) -> tuple[KnownPerson, ...]:
        """See `PeopleStore`."""
        with self.asking() as connection:
            return people.known_people(connection, number)

    def given_photos(self, name: str) -> tuple[GivenPhoto, ...]:
        """See `PeopleStore`."""
        number = self.number_of(name)
        with self.asking() as connection:
            return given.given_photos(connection, number)

    def take_photos(self, name: str, hashes: Sequence[bytes]) -> None:
        """See `PeopleStore`."""
        self.number_of(name)
        with self.writing() as connection:
            people.take_photos(connection, name, hashes)

    def erase_person(self, name: str, numbers: Iterable[int], keep_faces: bool = False) -> tuple[int, int]:
        """See `PeopleStore`."""
        self.number_of(name)
        with self.writing() as connection:
            return people.erase_person(connection, key_of(name), numbers, keep_faces)

    def number_of(self, name: str) -> int:
        """The number of the person. Raises `UnknownPerson`."""
        with self.asking() as connection:
            found = connection.execute("SELECT id FROM people WHERE key = ?", (key_of(name),)).fetchone()
        if found is None:
            raise unknown_person(name, self.known_people())
        number: int = found[0]
        return number
