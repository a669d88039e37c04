"""`/people`: who is known, added before anything is learnt, and forgotten."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, File, Path, Response, UploadFile
from pydantic import Field

from semblante.api.cursors import Cursor, Limit
from semblante.api.engine import Engine, TheEngine
from semblante.api.etags import IfMatch, check_if_match, etag_of
from semblante.api.face_ids import portrait_id
from semblante.api.receipts import receipt_values
from semblante.api.routes.jobs import JobOut, accepted
from semblante.api.schemas import Day, LookAlikeOut, Schema
from semblante.jobs import JobContext
from semblante.pipeline import KnownPerson, PersonDetails, key_of
from semblante.types import Consent, Consenter

router = APIRouter(prefix="/people", tags=["people"])

PersonId = Annotated[int, Path(ge=0, lt=2**53, description="The person's number.")]


class ConsentIO(Schema):
    """Who agreed that the person is learnt, on which day, and what else is to be remembered."""

    who: Consenter
    on: Day
    note: str = ""

    @classmethod
    def of(cls, consent: Consent | None) -> "ConsentIO | None":
        """That of a consent, or None without one."""
        return None if consent is None else cls(who=consent.who, on=consent.on, note=consent.note)

    def consent(self) -> Consent:
        """As the library has it."""
        return Consent(self.who, self.on, self.note)


class PersonIn(Schema):
    """Somebody to be added. Without a consent, nothing is learnt and no photo is taken."""

    name: str
    consent: ConsentIO | None = None
    birth_date: Day | None = None


class PersonChange(Schema):
    """What is to be changed; what is left out stays as it is."""

    name: str | None = None
    consent: ConsentIO | None = None
    birth_date: Day | None = None


class PersonOut(Schema):
    """A person; the counts are of faces.

    `taught` are the person's own of photos to learn from, and `taught_others` those of other people there;
    `answered_yes` and `answered_no` are those that a user answered about. `face` is one to show for the
    person, by its id.
    """

    id: str
    name: str
    former_names: tuple[str, ...]
    is_learnt: bool
    consent: ConsentIO | None
    birth_date: date | None
    taught: int
    taught_others: int
    answered_yes: int
    answered_no: int
    changed: datetime | None
    face: str | None

    @classmethod
    def of(cls, person: KnownPerson) -> "PersonOut":
        """That of a person whom the library knows."""
        return cls(
            id=str(person.id),
            name=person.name,
            former_names=person.former_names,
            is_learnt=person.is_learnt,
            consent=ConsentIO.of(person.consent),
            birth_date=person.birth_date,
            taught=person.photos,
            taught_others=person.others,
            answered_yes=person.yes,
            answered_no=person.no,
            changed=person.changed,
            face=portrait_id(person),
        )


class PeopleOut(Schema):
    """Some of the people, by name, of so many in `total`; `next` is the cursor of what comes then."""

    people: tuple[PersonOut, ...]
    total: int
    next: str | None


class MergePeopleIn(Schema):
    """The number of the person who is to become one with that of the address."""

    person: Annotated[int, Field(ge=0, lt=2**53)]


class MergedPersonOut(Schema):
    """The person, the number of the change, and known people who look alike."""

    person: PersonOut
    change: int
    look_alikes: tuple[LookAlikeOut, ...]


@router.get("")
async def list_people(engine: TheEngine, limit: Limit = 50, cursor: Cursor = None) -> PeopleOut:
    """Everybody who is known, by name."""
    known = await engine.run(lambda: engine.library.known_people())
    shown, more = engine.cursors.page("people", known, lambda each: key_of(each.name), limit, cursor)
    return PeopleOut(people=tuple(map(PersonOut.of, shown)), total=len(known), next=more)


@router.post("", status_code=201)
async def add_person(person: PersonIn, response: Response, engine: TheEngine) -> PersonOut:
    """Add somebody, to be learnt from photos that are given."""
    details = PersonDetails(person.name, _consent(person.consent), person.birth_date)
    added = PersonOut.of(await engine.run(lambda: engine.library.add_person(details)))
    response.headers["Location"] = f"/api/v1/people/{added.id}"
    return _tagged(added, response)


@router.post("/import", status_code=201)
async def import_person(
    file: Annotated[UploadFile, File(description="What an export has given.")],
    response: Response,
    engine: TheEngine,
) -> PersonOut:
    """Keep a person from an exported zip file, with the faces that taught."""
    content = await file.read()
    kept = PersonOut.of(await engine.run(lambda: engine.library.import_person(content)))
    response.headers["Location"] = f"/api/v1/people/{kept.id}"
    return _tagged(kept, response)


@router.get("/{person_id:int}")
async def show_person(person_id: PersonId, response: Response, engine: TheEngine) -> PersonOut:
    """Show a person; the `ETag` is what `If-Match` compares when the person is changed."""
    return _tagged(PersonOut.of(await _person(engine, person_id)), response)


@router.patch("/{person_id:int}")
async def edit_person(
    person_id: PersonId,
    change: PersonChange,
    response: Response,
    engine: TheEngine,
    if_match: IfMatch = None,
) -> PersonOut:
    """Change name, consent or birth date; `null` takes consent or birth date away."""

    def edit() -> KnownPerson:
        before = engine.library.known_person(person_id)
        check_if_match(if_match, PersonOut.of(before))
        given = change.model_fields_set
        details = PersonDetails(
            before.name if change.name is None else change.name,
            _consent(change.consent) if "consent" in given else before.consent,
            change.birth_date if "birth_date" in given else before.birth_date,
        )
        return engine.library.edit_person(person_id, details, before.changed)

    return _tagged(PersonOut.of(await engine.run(edit)), response)


@router.post("/{person_id:int}/merge")
async def merge_people(person_id: PersonId, merge: MergePeopleIn, engine: TheEngine) -> MergedPersonOut:
    """Make another person, who was learnt under a second name, one with this one, and learn from both.

    This one keeps its number, name and consent; the other one is no longer there.
    """

    def make_one() -> MergedPersonOut:
        kept = engine.library.merge_people(person_id, merge.person, engine.analyzer)
        return MergedPersonOut(
            person=PersonOut.of(engine.library.known_person(person_id)),
            change=kept.change,
            look_alikes=tuple(map(LookAlikeOut.of, kept.look_alikes)),
        )

    return await engine.run(make_one)


@router.delete("/{person_id:int}", status_code=202)
async def forget_person(
    person_id: PersonId, response: Response, engine: TheEngine, if_match: IfMatch = None
) -> JobOut:
    """Forget a person in every byte of the data folder.

    The result of the job says what is gone, and is the receipt: which files were `searched` afterwards, and
    how often what was known of the person was `found` in each.
    """
    check_if_match(if_match, PersonOut.of(await _person(engine, person_id)))

    def forget(job: JobContext) -> dict[str, Any]:
        # The job may have waited, and the person may have changed meanwhile; another may have the name.
        check_if_match(if_match, PersonOut.of(engine.library.known_person(person_id)))
        gone = engine.library.forget_person(person_id, job)
        engine.forget_answers()
        return {
            "taught": gone.taught,
            "faces": gone.faces,
            "journals": gone.journals,
            "files": [each.name for each in gone.files],
            "shared": gone.shared,
            **receipt_values(gone.receipt, engine.folder),
        }

    return accepted(engine.jobs.start("forget", forget), response)


@router.get(
    "/{person_id:int}/export", response_class=Response, responses={200: {"content": {"application/zip": {}}}}
)
async def export_person(person_id: PersonId, engine: TheEngine) -> Response:
    """All that is kept of a person as a zip file: JSON, the person file, and thumbnails of the faces."""
    content = await engine.run(lambda: engine.library.export_person(person_id))
    headers = {"Content-Disposition": f'attachment; filename="person-{person_id}.zip"'}
    return Response(content, media_type="application/zip", headers=headers)


async def _person(engine: Engine, person_id: int) -> KnownPerson:
    return await engine.run(lambda: engine.library.known_person(person_id))


def _tagged(person: PersonOut, response: Response) -> PersonOut:
    response.headers["ETag"] = etag_of(person)
    return person


def _consent(given: ConsentIO | None) -> Consent | None:
    return None if given is None else given.consent()
