"""What a store knows of people: `PeopleStore`, the half of `FaceStore` about them, and its values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal, Protocol

import numpy as np
from jaxtyping import Float32, Int8

from semblante.library.history_store import PeopleChange
from semblante.types import Consent, FaceRef


@dataclass(frozen=True, eq=False)
class Taught:
    """A face that a person was taught with: the person's own (positive), or one of somebody else (negative).

    `face.photo` is the SHA-256 of the photo's content in hexadecimal; the embedding has length one.
    `confirmed_by_user` are those that a user answered about in a review, or by naming a group, beside the
    photos that the person was learnt from. `copy_descriptor` is None where it is not known.
    """

    kind: Literal["positive", "negative"]
    face: FaceRef
    embedding: Float32[np.ndarray, " d"]
    confirmed_by_user: bool = False
    copy_descriptor: Int8[np.ndarray, "400"] | None = None


Role = Literal["positive", "negative"]
"""Whether a photo is given as one of the person, or as one of others."""


@dataclass(frozen=True)
class GivenPhoto:
    """A photo given to learn a person from, by the SHA-256 of its content, and when it was given (UTC)."""

    photo: str
    role: Role
    at: datetime


@dataclass(frozen=True)
class KnownPerson:
    """A person in a list: how many faces taught, and when the person was last changed (UTC; None: unknown).

    `id` is the person's number, through all changes. `photos` and `others` are faces of the photos to learn
    from, the person's own and other people's; `yes` and `no` are those that a user confirmed. `former_names`
    are names that the person had before. One who is not learnt yet has no neuron. `portrait` is one of the
    person's faces that taught, of the photos to learn from while there are any, else one of a photo that was
    given; None where there is none.
    """

    id: int
    name: str
    photos: int
    others: int
    yes: int
    no: int
    changed: datetime | None
    former_names: tuple[str, ...]
    is_learnt: bool
    consent: Consent | None
    birth_date: date | None
    portrait: FaceRef | None


@dataclass(frozen=True, eq=False)
class LearntAnew:
    """A known person's file as JSON, and the faces that it was taught with."""

    person_json: str
    name: str
    taught: Sequence[Taught]


class PeopleStore(Protocol):
    """The people whom a user taught, and the photos given to learn them from."""

    def names(self) -> tuple[str, ...]:
        """The people who are known, by name."""

    def person(self, name: str) -> str:
        """The JSON of a person's file, whatever capitals `name` has; what is told of the person is not in it.

        Raises `UnknownPerson`, also where the person is not learnt yet.
        """

    def taught(self, name: str) -> tuple[Taught, ...]:
        """The faces that a person was taught with, by kind and place. Raises `UnknownPerson`."""

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
        """Keep a person's file and the faces it was taught with, in place of what is known of `name`.

        The people called `instead_of` leave the store; their names become former names of this one. Where
        `name` itself is among them, the one of this name was somebody else. A renamed person, and otherwise
        the one of this name, keeps number, consent and birth date, unless another `consent` or `birth_date`
        is given; in a merge, those of the others fill what is missing. People `beside` who are known are kept
        so, too. All of it is one change, whose number it returns.

        Confirmed negatives are rejected as this person until the person is taught with them, they are taken
        out by an answer, or `rejected` says no; it rejects further faces, too.
        """

    def rejected_faces(self, name: str) -> frozenset[FaceRef]:
        """The faces that are not this person, as a user said. Raises `UnknownPerson`."""

    def set_person_details(self, name: str, consent: Consent | None, birth_date: date | None) -> None:
        """Keep who agreed that a person is learnt, and the birth date: a change; somebody new is added."""

    def person_details(self, name: str) -> tuple[Consent | None, date | None]:
        """What `set_person_details` kept: None and None of somebody unknown."""

    def known_people(self, number: int | None = None) -> tuple[KnownPerson, ...]:
        """The people who are known, by name, and what taught them; or the one with this number, if any."""

    # The photos given to learn a person from

    def given_photos(self, name: str) -> tuple[GivenPhoto, ...]:
        """The photos that were given to learn a person from, in order. Raises `UnknownPerson`."""

    def take_photos(self, name: str, hashes: Sequence[bytes]) -> None:
        """Take photos away: what only they showed leaves the store at once, what they taught is a change.

        Answers stay about faces of photos that are in the store otherwise, too, and a no in any case. The
        person's neuron stays as it is until the person is learnt again. Raises `UnknownPerson`.
        """

    # Forgetting

    def erase_person(self, name: str, numbers: Iterable[int], keep_faces: bool = False) -> tuple[int, int]:
        """Remove a person, the faces that taught it wherever they are, and further faces by number.

        Faces stay that taught somebody else as that person's own, and of the further ones also those that are
        known not to be this person's. What other people were taught with the removed ones goes too. With
        `keep_faces`, no face leaves the store: they are somebody unknown's from now on. Photos that were
        given go with the person where they are nowhere else. The name leaves the former names of others. Of
        the changes, the last of this person and all before it can no longer be undone, and the removed faces
        leave the others. The photos stay known as read. Returns how many faces the person was taught with,
        and how many faces of the store are gone. Raises `UnknownPerson`.
        """
